"""Servers that several Home Assistants share a library by, started for a test, a benchmark or a kill test."""
