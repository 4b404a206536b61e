"""Tests of the FTPS server, with real clients."""
