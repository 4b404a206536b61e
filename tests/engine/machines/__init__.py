"""Tests of what speaks with real printers, against recordings and against a simulated one."""
