"""The serial of the tests' printers."""

import os

# This process's own: test runs beside one another hear each other's announcements.
SERIAL = f"01P00A391{os.getpid() % 1_000_000:06}"
