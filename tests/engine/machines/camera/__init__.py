"""Cameras of simulated printers."""
