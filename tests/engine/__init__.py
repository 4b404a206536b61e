"""Tests of the engine, in folders named like its packages."""
