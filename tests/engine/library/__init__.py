"""Tests of the library, on real files and a real database."""
