"""Tests of threemf."""
