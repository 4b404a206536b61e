"""The package around a 3MF: a ZIP from the network, read within bounds.

What is declared is checked before anything is read and what is inflated while it is read, so neither time nor memory
depends on what the file claims. Only plain and deflated members count: slicers write nothing else, and the other
methods may ask for gigabytes.
"""

from collections import deque
from collections.abc import Iterator
import io
from pathlib import Path
import re
import struct
from typing import Self, override
import zipfile
import zlib

from ...explanations import explain
from ..values.errors import SlicedFileError, unreadable

MAX_MEMBERS = 10_000
MAX_DIRECTORY_BYTES = 2 * 1024 * 1024
MAX_RATIO = 200
# Small texts that repeat themselves compress beyond any ratio, and cannot hurt.
RATIO_FLOOR_BYTES = 1024 * 1024
CHUNK_BYTES = 16 * 1024

# What leads to the root of a package, however often.
_ROOT = re.compile(r"(?:\.?/)*")

# What `zipfile` raises at bytes that are not what it expects.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


DAMAGED = explain("threemf_damaged", "The file is not a 3MF, or it is damaged.")


class ThreeMFError(SlicedFileError):
    """The file is no 3MF that can be read."""


class MemberError(Exception):
    """One member is missing, damaged or beyond the bounds; the rest of the package may be fine."""


def part_name(written: str) -> str:
    """Return the name of a part as Bambu Studio (2.8) understands the name of a ZIP's member.

    Backslashes are slashes, and a leading "/" or "./" means nothing. Nothing is ever unpacked to where a name points.
    """
    return _ROOT.sub("", written.replace("\\", "/"), count=1)


class _BoundedReader(io.BufferedReader):
    """A file of which no single read is large: `zipfile` reads the whole directory in one go."""

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise ThreeMFError(DAMAGED)
        return super().read(size)


class Package:
    """An open 3MF. Use it as a context manager, in a thread that may block."""

    def __init__(self, path: Path) -> None:
        """Read the directory. Raises ThreeMFError."""
        self._path = path
        try:
            self._file = _BoundedReader(io.FileIO(path))
        except OSError as err:
            raise ThreeMFError(unreadable(path.name).because(err)) from err
        try:
            self._zip = zipfile.ZipFile(self._file)
        except _DAMAGE as err:
            self._file.close()
            raise ThreeMFError(DAMAGED) from err
        except OSError as err:
            self._file.close()
            raise ThreeMFError(unreadable(path.name).because(err)) from err
        except ThreeMFError:
            self._file.close()
            raise
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            self.close()
            raise ThreeMFError(
                explain(
                    "threemf_of_many_parts",
                    "The file has more than {limit} parts.",
                    limit=MAX_MEMBERS,
                )
            )
        # Of parts with one name the last counts, as for most readers. Case makes no difference in a package (ECMA-376-2).
        self._names: dict[str, str] = {}
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            name = part_name(member.filename)
            self._names[name.casefold()] = name
            self._members[name.casefold()] = member

    def __enter__(self) -> Self:
        """Enter the context."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all members, in the order of the directory."""
        return tuple(self._names.values())

    def __contains__(self, name: str) -> bool:
        """Return whether there is a member of this name."""
        return name.casefold() in self._members

    def read(self, name: str, max_bytes: int) -> bytes:
        """Return a whole member. Raises MemberError."""
        return b"".join(self.chunks(name, max_bytes))

    def chunks(self, name: str, max_bytes: int) -> Iterator[bytes]:
        """Yield a whole member piece by piece. Raises MemberError, also in between."""
        member = self._member(name)
        if member.file_size > max_bytes or member.compress_size > max_bytes:
            raise MemberError(f"{name} is larger than {max_bytes} bytes")
        if member.file_size > max(RATIO_FLOOR_BYTES, MAX_RATIO * member.compress_size):
            raise MemberError(f"{name} claims to inflate more than {MAX_RATIO} times")
        yield from self._inflated(member, max_bytes)

    def beginning(self, name: str, max_bytes: int) -> Iterator[bytes]:
        """Yield the first bytes of a member of any size. Raises MemberError, also in between."""
        yield from self._inflated(self._member(name), max_bytes)

    def ending(self, name: str, max_bytes: int, *, max_inflated_bytes: int) -> bytes:
        """Return the last bytes of a member, for which all of it is inflated. Raises MemberError, also when that is too much."""
        chunks: deque[bytes] = deque()
        kept_bytes = 0
        for chunk in self.chunks(name, max_inflated_bytes):
            chunks.append(chunk)
            kept_bytes += len(chunk)
            while kept_bytes - len(chunks[0]) >= max_bytes:
                kept_bytes -= len(chunks.popleft())
        return b"".join(chunks)[-max_bytes:]

    def size(self, name: str) -> int:
        """Return how many bytes a member says it has. Raises MemberError."""
        return self._member(name).file_size

    def _member(self, name: str) -> zipfile.ZipInfo:
        try:
            member = self._members[name.casefold()]
        except KeyError:
            raise MemberError(f"{name} is missing") from None
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise MemberError(f"{name} is compressed in a way slicers do not use")
        return member

    def _inflated(self, member: zipfile.ZipInfo, max_bytes: int) -> Iterator[bytes]:
        """Yield up to `max_bytes`, whatever the directory declared."""
        left = max_bytes
        try:
            with self._zip.open(member) as stream:
                while left and (chunk := stream.read(min(left, CHUNK_BYTES))):
                    left -= len(chunk)
                    yield chunk
        except _DAMAGE as err:
            raise MemberError(f"{member.filename} is damaged: {err}") from err
        except OSError as err:
            raise ThreeMFError(unreadable(self._path.name).because(err)) from err
