"""Bambu Virtual Printer."""
