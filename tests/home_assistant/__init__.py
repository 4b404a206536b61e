"""Tests of the Home Assistant side: a real hub, real printers on loopback, real slicer clients."""
