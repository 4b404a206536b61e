"""Tests of the file tunnel, with real clients."""
