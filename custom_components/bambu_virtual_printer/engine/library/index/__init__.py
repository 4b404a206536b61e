"""The library's index in SQL."""
