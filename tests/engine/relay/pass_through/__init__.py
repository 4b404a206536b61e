"""Tests of proxy mode, against a simulated printer of the tests' own."""
