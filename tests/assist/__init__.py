"""Tests of the sentences' installation."""
