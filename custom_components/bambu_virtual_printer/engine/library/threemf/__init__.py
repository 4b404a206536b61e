"""Reads sliced 3MF files."""
