"""Moves a library: from this Home Assistant into one that several share, and back. Both stay whole until it has ended."""
