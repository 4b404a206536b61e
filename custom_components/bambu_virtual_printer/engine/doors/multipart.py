"""A parser of multipart/form-data that takes the body in pieces of any size and keeps none of it (RFC 7578, 2046).

Bytes in, events out: no sockets, no files. What a part holds is passed on as it comes, so a file of any size takes no
more memory than its longest header.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
import re

MAX_PARTS = 32
MAX_HEADER_BYTES = 8 * 1024
"""All headers of one part."""
MAX_PREAMBLE_BYTES = 8 * 1024
MAX_BOUNDARY_CHARS = 70

_MEDIA_TYPE = re.compile(r"\s*multipart/form-data\s*(?:;|\Z)", re.IGNORECASE)
# A token, or a string in quotes with backslashes before what is meant literally (RFC 9110, 5.6.6).
_PARAMETER = re.compile(
    r""";\s*(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s;"]*))""",
    re.DOTALL,
)
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_CONTENT_ENCODINGS = frozenset({"", "7bit", "8bit", "binary"})


class MultipartError(Exception):
    """The body is not a form; the text is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartBegun:
    """A part begins. `file_name` is None for a plain field."""

    name: str
    file_name: str | None


@dataclass(frozen=True, slots=True)
class PartData:
    """More of the part's contents; valid until the next event."""

    data: memoryview


@dataclass(frozen=True, slots=True)
class PartEnded:
    """The part is complete."""


type Event = PartBegun | PartData | PartEnded


class _State(Enum):
    PREAMBLE = auto()
    HEADERS = auto()
    BODY = auto()
    AFTER_DELIMITER = auto()
    END = auto()


def boundary_of(content_type: str) -> bytes:
    """Return the boundary that a Content-Type header names. Raises MultipartError."""
    if not _MEDIA_TYPE.match(content_type):
        raise MultipartError("The request is no form (multipart/form-data)")
    boundary = _parameters(content_type).get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise MultipartError("The form has no usable boundary")
    return boundary.encode()


class MultipartParser:
    """Feed it the body; `finish` when that has ended."""

    def __init__(self, boundary: bytes) -> None:
        """Start before the first part."""
        self._delimiter = b"\r\n--" + boundary
        self._state = _State.PREAMBLE
        # The first delimiter may stand at the very beginning, without a line before it.
        self._buffer = b"\r\n"
        self._preamble_bytes = 0
        self._parts = 0

    @property
    def complete(self) -> bool:
        """Whether the last delimiter was seen; what follows it is ignored."""
        return self._state is _State.END

    def feed(self, data: bytes) -> Iterator[Event]:
        """Take a piece of the body. Yields its events; exhaust it before the next piece. Raises MultipartError."""
        if self._state is _State.END:
            return
        self._buffer = self._buffer + data if self._buffer else data
        while True:
            match self._state:
                case _State.PREAMBLE:
                    if not self._skip_preamble():
                        return
                case _State.AFTER_DELIMITER:
                    if not self._end_delimiter():
                        return
                case _State.HEADERS:
                    begun = self._take_headers()
                    if begun is None:
                        return
                    yield begun
                case _State.BODY:
                    at = self._buffer.find(self._delimiter)
                    held = self._held_back() if at < 0 else 0
                    count = len(self._buffer) - held if at < 0 else at
                    if count:
                        yield PartData(memoryview(self._buffer)[:count])
                    if at < 0:
                        self._buffer = self._buffer[count:]
                        return
                    self._drop(at + len(self._delimiter))
                    self._state = _State.AFTER_DELIMITER
                    yield PartEnded()
                case _State.END:
                    self._buffer = b""
                    return

    def finish(self) -> None:
        """Handle the end of the body. Raises MultipartError if it ended too early."""
        if not self.complete:
            raise MultipartError("The form was cut short")

    def _held_back(self) -> int:
        """Return how many of the last bytes may be the beginning of a delimiter."""
        tail = self._buffer[-(len(self._delimiter) - 1) :]
        at = tail.find(b"\r")
        while at >= 0:
            if self._delimiter.startswith(tail[at:]):
                return len(tail) - at
            at = tail.find(b"\r", at + 1)
        return 0

    def _drop(self, count: int) -> None:
        self._buffer = self._buffer[count:]

    def _skip_preamble(self) -> bool:
        at = self._buffer.find(self._delimiter)
        skipped = len(self._buffer) - self._held_back() if at < 0 else at
        self._preamble_bytes += skipped
        if self._preamble_bytes > MAX_PREAMBLE_BYTES:
            raise MultipartError("The form does not begin with its boundary")
        if at < 0:
            self._drop(skipped)
            return False
        self._drop(at + len(self._delimiter))
        self._state = _State.AFTER_DELIMITER
        return True

    def _end_delimiter(self) -> bool:
        """Distinguish the last delimiter from one that a part follows. Returns False if more bytes are needed."""
        if len(self._buffer) < 2:
            return False
        if self._buffer.startswith(b"--"):
            self._state = _State.END
            return True
        rest = self._buffer.lstrip(b" \t")
        if len(rest) < 2 and len(self._buffer) <= MAX_HEADER_BYTES:
            return False
        if not rest.startswith(b"\r\n"):
            raise MultipartError("The form's boundary is not followed by a part")
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise MultipartError(f"The form has more than {MAX_PARTS} parts")
        # The line's end stays: with it an empty list of headers ends like any other.
        self._buffer = rest
        self._state = _State.HEADERS
        return True

    def _take_headers(self) -> PartBegun | None:
        at = self._buffer.find(b"\r\n\r\n")
        if at > MAX_HEADER_BYTES or (at < 0 and len(self._buffer) > MAX_HEADER_BYTES):
            raise MultipartError("The headers of a part are too long")
        if at < 0:
            return None
        lines = self._buffer[:at].decode(errors="replace").split("\r\n")
        self._drop(at + 4)
        self._state = _State.BODY
        return _part(lines)


def _part(lines: list[str]) -> PartBegun:
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    disposition = headers.get("content-disposition", "")
    parameters = _parameters(disposition)
    if not disposition.lower().startswith("form-data") or "name" not in parameters:
        raise MultipartError("A part of the form has no name")
    encoding = headers.get("content-transfer-encoding", "").lower()
    if encoding not in _CONTENT_ENCODINGS:
        raise MultipartError(f"The encoding {encoding[:40]} is not supported")
    file_name = parameters.get("filename")
    return PartBegun(
        name=parameters["name"],
        file_name=None if file_name is None else file_name.replace("%22", '"'),
    )


def _parameters(header: str) -> dict[str, str]:
    """Return the parameters of a header, the first of each name."""
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(header):
        value = (
            match["token"]
            if match["quoted"] is None
            else re.sub(r'\\(["\\])', r"\1", match["quoted"])
        )
        found.setdefault(match["name"].lower(), value)
    return found
