"""Whole archives pass, whatever made them; cut, lengthened and forged ones do not."""

from collections.abc import Iterator
from contextlib import suppress
import io
import os
from pathlib import Path
import struct
import zipfile

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.reception import archive
from custom_components.bambu_virtual_printer.engine.reception.archive import (
    IncompleteArchiveError,
    check_archive,
)
from tests.support.ftps_clients import sliced_file

CONTENT = sliced_file(3000)


class Unseekable(io.BytesIO):
    """Makes zipfile write sizes after the data."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError


def _length(content: bytes) -> str:
    return f"{len(content)} bytes"


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def check(descriptor: int, content: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)
    check_archive(descriptor, len(content))


def archive_of(*names: str, comment: bytes = b"", into: io.BytesIO | None = None) -> bytes:  # fmt: skip
    buffer = into or io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = comment
        for name in names:
            made.writestr(name, name * 100)
    return buffer.getvalue()


def with_zip64(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Have zipfile believe that everything is too large for the old fields."""
    with monkeypatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", 10)
        patch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
        return archive_of("a.gcode", "b.gcode", "c.gcode")


@pytest.mark.parametrize(
    "content",
    [
        CONTENT,
        archive_of("one"),
        archive_of("folder/", "folder/file", comment=b"a comment"),
        archive_of("a", comment=b"x" * 0xFFFF),
        # A comment that looks like the end of an archive.
        archive_of("a", comment=b"PK\x05\x06" + bytes(30)),
        archive_of("a", "b", into=Unseekable()),
    ],
    ids=_length,
)
def test_whole_archive_passes(descriptor: int, content: bytes) -> None:
    check(descriptor, content)


def test_large_archive_format_passes(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = with_zip64(monkeypatch)
    assert b"PK\x06\x06" in content
    check(descriptor, content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(CONTENT) - 1))
def test_archive_cut_anywhere_is_refused(descriptor: int, at: int) -> None:
    with pytest.raises(IncompleteArchiveError):
        check(descriptor, CONTENT[:at])


def test_large_archive_format_cut_anywhere_is_refused(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = with_zip64(monkeypatch)
    for at in range(len(content)):
        with pytest.raises(IncompleteArchiveError):
            check(descriptor, content[:at])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(CONTENT) - 1), count=st.integers(1, 100), filler=st.binary()
)
def test_archive_with_a_hole_is_refused(
    descriptor: int, at: int, count: int, filler: bytes
) -> None:
    """Bytes that are missing, not merely different, move everything behind them."""
    damaged = CONTENT[:at] + filler[: count - 1] + CONTENT[at + count :]
    with pytest.raises(IncompleteArchiveError):
        check(descriptor, damaged)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x05\x06" + bytes(18),
        b"G28\n" * 1000,
        CONTENT + b"x",
        CONTENT + bytes(70_000),
        b"x" + CONTENT,
        CONTENT[: len(CONTENT) // 2] + CONTENT,
    ],
    ids=_length,
)
def test_what_is_no_archive_is_refused(descriptor: int, content: bytes) -> None:
    with pytest.raises(IncompleteArchiveError):
        check(descriptor, content)


def forged(**fields: int) -> bytes:
    """Change fields of the last record."""
    at = CONTENT.rindex(b"PK\x05\x06")
    names = ("disk", "start", "here", "entries", "directory_bytes", "offset", "comment")
    values = dict(
        zip(names, struct.unpack_from("<4H2LH", CONTENT, at + 4), strict=True)
    )
    return CONTENT[: at + 4] + struct.pack("<4H2LH", *(values | fields).values())


@pytest.mark.parametrize(
    "content",
    [
        forged(entries=0),
        forged(entries=1 + archive.MAX_ENTRIES),
        forged(entries=5),
        forged(offset=0),
        forged(offset=0xFFFFFFFE),
        forged(directory_bytes=0),
        forged(directory_bytes=0xFFFFFFFE),
        forged(directory_bytes=20),
    ],
    ids=range(8),
)
def test_forged_table_of_contents_is_refused(descriptor: int, content: bytes) -> None:
    with pytest.raises(IncompleteArchiveError):
        check(descriptor, content)


def test_huge_table_of_contents_is_not_read(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_DIRECTORY_BYTES", 50)
    with pytest.raises(IncompleteArchiveError, match="too large"):
        check(descriptor, CONTENT)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=8
    )
)
def test_damage_never_raises_anything_else(
    descriptor: int, changes: list[tuple[int, int]]
) -> None:
    for content in (CONTENT, LARGE):
        damaged = bytearray(content)
        for back, value in changes:
            damaged[-1 - back % len(damaged)] = value
        with suppress(IncompleteArchiveError):
            check(descriptor, bytes(damaged))


def _large() -> bytes:
    with pytest.MonkeyPatch.context() as monkeypatch:
        return with_zip64(monkeypatch)


LARGE = _large()
