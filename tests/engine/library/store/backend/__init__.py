"""Tests of the places for files of a shared library."""
