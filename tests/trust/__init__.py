"""Tests of the scripts that make slicers trust the CA, run by real shells."""
