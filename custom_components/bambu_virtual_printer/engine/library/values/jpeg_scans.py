"""Counts the scans of a JPEG without decoding any of them.

A progressive JPEG draws all of its pixels once for every scan it has, and a scan may take no more than a few bytes: one
megabyte can ask for minutes of work. Cameras and programs write ten to twenty (ITU-T T.81, G.1; libjpeg's own script has
ten).
"""

import re
from typing import BinaryIO

# How many segments are looked at; those of real files are a few hundred.
MAX_SEGMENTS = 4096

_BLOCK_BYTES = 64 * 1024
# A marker, in coded data too: there an 0xFF that means itself is followed by 0x00, and restart markers (D0 to D7) divide.
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
_WITHOUT_LENGTH = frozenset({0x01, 0xD8})
_END = 0xD9
_SCAN = 0xDA


def count_scans(file: BinaryIO, *, at_most: int) -> int | None:
    """Return how many scans the first picture of a file has; None when there are more than `at_most`, or endless segments.

    Raises OSError.
    """
    scans = offset = 0
    for _ in range(MAX_SEGMENTS):
        if (found := _find_marker(file, offset)) is None:
            return scans
        marker, offset = found
        if marker == _END:
            return scans
        if marker == _SCAN:
            scans += 1
            if scans > at_most:
                return None
        if marker not in _WITHOUT_LENGTH:
            file.seek(offset)
            # A length counts its own two bytes.
            offset += max(2, int.from_bytes(file.read(2)))
    return None


def _find_marker(file: BinaryIO, offset: int) -> tuple[int, int] | None:
    """Return the next marker's code and where what belongs to it begins; None at the end of the file."""
    file.seek(offset)
    rest = b""
    while block := file.read(_BLOCK_BYTES):
        window = rest + block
        if found := _MARKER.search(window):
            return found[1][0], offset + found.end()
        rest = window[-1:]
        offset += len(window) - 1
    return None
