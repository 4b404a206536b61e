"""Announces printers and finds them."""
