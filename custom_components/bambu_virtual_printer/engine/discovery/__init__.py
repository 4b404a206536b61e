"""Announces virtual printers and finds real ones."""
