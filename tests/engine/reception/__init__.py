"""Tests of what receives and sends files."""
