"""The library's files."""
