"""Tests of the rules about time."""
