"""Keeps what was received: files on disk, facts in an index. Knows nothing of Home Assistant."""
