"""Detects ZIP archives that were cut short, without unpacking them.

A connection that ends cleanly does not prove that the file is complete: some clients and proxies close in the same way
when they give up. A ZIP archive has its central directory at the end, so a missing part is noticed (field layout: PKWARE
APPNOTE 6.3).
"""

from collections.abc import Iterator
import os
import re
import struct

MAX_ENTRIES = 10_000
MAX_DIRECTORY_BYTES = 16 * 1024 * 1024

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64_LOCATOR_SIGNATURE = b"PK\x06\x07"
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_SIGNATURE = b"PK\x06\x06"
_ENTRY = struct.Struct("<4s6H3L5H2L")
_ENTRY_SIGNATURE = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_EXTRA = struct.Struct("<2H")
_EXTRA_ZIP64 = 0x0001
_MAX_COMMENT_BYTES = 0xFFFF
_IN_ZIP64 = 0xFFFFFFFF
# As slicers write it; others are read for it later, with the whole file.
_PLATE = re.compile(rb"/?Metadata/plate_0*([1-9][0-9]{0,3})\.gcode", re.IGNORECASE)


class IncompleteArchiveError(Exception):
    """The file is not a complete ZIP archive; the text is what is wrong with it."""


def check_archive(descriptor: int, size_bytes: int) -> frozenset[int]:
    """Check an open file: its central directory, and the place of every entry. Returns the plates with G-code. Blocks.

    Raises IncompleteArchiveError, OSError.
    """
    try:
        directory_offset, directory_bytes, entries = _find_directory(
            descriptor, size_bytes
        )
        if not 0 < entries <= MAX_ENTRIES:
            raise IncompleteArchiveError(f"it claims to have {entries} entries")
        if directory_bytes > MAX_DIRECTORY_BYTES:
            raise IncompleteArchiveError("its table of contents is too large")
        directory = _read(descriptor, directory_bytes, directory_offset)
        plates = set()
        for name, offset, compressed_bytes in _entries(directory, entries):
            _check_entry(descriptor, offset, compressed_bytes, directory_offset)
            if plate := _PLATE.fullmatch(name):
                plates.add(int(plate[1]))
    except struct.error:
        raise IncompleteArchiveError("its table of contents is damaged") from None
    return frozenset(plates)


def _find_directory(descriptor: int, size_bytes: int) -> tuple[int, int, int]:
    """Return the central directory's offset and length, in bytes, and its number of entries."""
    tail_offset = max(0, size_bytes - _END.size - _MAX_COMMENT_BYTES)
    tail = _read(descriptor, size_bytes - tail_offset, tail_offset)
    at = len(tail)
    while (at := tail.rfind(_END_SIGNATURE, 0, at)) >= 0:
        if len(tail) - at < _END.size:
            continue
        *_, entries, directory_bytes, directory_offset, comment_bytes = (
            _END.unpack_from(tail, at)
        )
        # Only the record of the archive itself ends where the file ends.
        if at + _END.size + comment_bytes != len(tail):
            continue
        limit = tail_offset + at
        locator = _read(
            descriptor, _END64_LOCATOR.size, max(0, limit - _END64_LOCATOR.size)
        )
        if locator.startswith(_END64_LOCATOR_SIGNATURE):
            _signature, _disk, end64_offset, _disks = _END64_LOCATOR.unpack(locator)
            limit = min(limit, end64_offset)
            record = _read(descriptor, _END64.size, limit)
            if not record.startswith(_END64_SIGNATURE):
                break
            *_, entries, directory_bytes, directory_offset = _END64.unpack(record)
        if directory_offset + directory_bytes > limit:
            break
        return directory_offset, directory_bytes, entries
    raise IncompleteArchiveError("its table of contents is missing")


def _entries(directory: bytes, entries: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, offset and compressed size, in bytes, of every entry."""
    at = 0
    for _ in range(entries):
        fields = _ENTRY.unpack_from(directory, at)
        if fields[0] != _ENTRY_SIGNATURE:
            raise IncompleteArchiveError("its table of contents is damaged")
        compressed_bytes, full_bytes = fields[8:10]
        name_bytes, extra_bytes, comment_bytes = fields[10:13]
        offset = fields[16]
        at += _ENTRY.size
        name = directory[at : at + name_bytes]
        at += name_bytes
        extra = directory[at : at + extra_bytes]
        at += extra_bytes + comment_bytes
        if _IN_ZIP64 in {compressed_bytes, full_bytes, offset}:
            large = _zip64_fields(extra)
            if full_bytes == _IN_ZIP64:
                next(large)
            if compressed_bytes == _IN_ZIP64:
                compressed_bytes = next(large)
            if offset == _IN_ZIP64:
                offset = next(large)
        yield name, offset, compressed_bytes
    if at > len(directory):
        raise IncompleteArchiveError("its table of contents is damaged")


def _zip64_fields(extra: bytes) -> Iterator[int]:
    """Yield the numbers that did not fit into an entry's 32-bit fields."""
    at = 0
    while at < len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size
        if kind == _EXTRA_ZIP64:
            for offset in range(at, at + length, 8):
                yield from struct.unpack_from("<Q", extra, offset)
        at += length
    raise IncompleteArchiveError("its table of contents is damaged")


def _check_entry(
    descriptor: int, offset: int, compressed_bytes: int, directory_offset: int
) -> None:
    """Check that an entry's header and data are where the central directory says."""
    if offset + _LOCAL.size > directory_offset:
        raise IncompleteArchiveError("an entry lies outside of the file")
    signature, *_, name_bytes, extra_bytes = _LOCAL.unpack(
        _read(descriptor, _LOCAL.size, offset)
    )
    if signature != _LOCAL_SIGNATURE:
        raise IncompleteArchiveError("an entry is not where it should be")
    if (
        offset + _LOCAL.size + name_bytes + extra_bytes + compressed_bytes
        > directory_offset
    ):
        raise IncompleteArchiveError("an entry is cut short")


def _read(descriptor: int, count: int, offset: int) -> bytes:
    """Read up to `count` bytes; fewer when the file ends."""
    data = b""
    while len(data) < count:
        more = os.pread(descriptor, count - len(data), offset + len(data))
        if not more:
            break
        data += more
    return data
