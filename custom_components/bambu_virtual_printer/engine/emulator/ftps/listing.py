"""Lists of files as clients parse them.

A LIST line has a two-digit day, an English month and the time, or the year for files older than half a year: several
clients parse it with regular expressions made for real printers' lists (measured).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ...storage import StoredFile

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip
_HALF_A_YEAR = timedelta(days=182)
# Clocks differ a little.
_SKEW = timedelta(days=1)


def long_list(files: Iterable[StoredFile], now: datetime) -> bytes:
    """Return the lines of LIST; times are UTC, as printers give them."""
    return "".join(f"{_line(file, now)}\r\n" for file in files).encode()


def name_list(files: Iterable[StoredFile]) -> bytes:
    """Return the lines of NLST."""
    return "".join(f"{file.name}\r\n" for file in files).encode()


def _line(file: StoredFile, now: datetime) -> str:
    at = file.modified.astimezone(UTC)
    recent = now - _HALF_A_YEAR < at < now + _SKEW
    time_or_year = f"{at:%H:%M}" if recent else f"{at.year:5}"
    return (
        f"-rw-r--r-- 1 0 0 {file.size_bytes}"
        f" {_MONTHS[at.month - 1]} {at.day:02} {time_or_year} {file.name}"
    )
