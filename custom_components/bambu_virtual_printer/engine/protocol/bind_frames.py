"""The frames of the bind/detect handshake on TCP 3000 and 3002; no sockets.

    offset 0  A5 A5            magic
           2  u16 little-endian  length of the whole frame (JSON + 6)
           4  JSON, UTF-8
         end  A7 A7            trailer

(Firmware capture of an A1 mini.)
"""

import json
import struct
from typing import Any

MAGIC = b"\xa5\xa5"
TRAILER = b"\xa7\xa7"
HEADER = struct.Struct("<2sH")
OVERHEAD = HEADER.size + len(TRAILER)
MAX_FRAME = 0xFFFF


class FrameError(Exception):
    """The bytes are not a bind frame."""


class FrameDecoder:
    """Collects the bytes of one frame, in any split."""

    def __init__(self) -> None:
        """Start empty."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> dict[str, Any] | None:
        """Return the frame's JSON object, or None while bytes are missing. Raises FrameError."""
        self._buffer += data
        buffer = self._buffer
        if not buffer.startswith(MAGIC[: len(buffer)]):
            raise FrameError("wrong magic")
        if len(buffer) < HEADER.size:
            return None
        if len(buffer) > MAX_FRAME:
            raise FrameError("too long")
        length: int = HEADER.unpack_from(buffer)[1]
        if len(buffer) >= length >= OVERHEAD and buffer[:length].endswith(TRAILER):
            return _json_object(buffer[HEADER.size : length - len(TRAILER)])
        # Some clients send another length; real printers check the trailer only.
        if buffer.endswith(TRAILER):
            try:
                return _json_object(buffer[HEADER.size : -len(TRAILER)])
            except FrameError:
                if len(buffer) >= length:
                    raise
        return None


def _json_object(data: bytearray) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as err:
        raise FrameError("not JSON") from err
    except RecursionError as err:
        raise FrameError("nested too deeply") from err
    if not isinstance(value, dict):
        raise FrameError("not an object")
    return value


def encode_frame(message: dict[str, Any]) -> bytes:
    """Frame a JSON object. Raises FrameError if it is too long for the length field, or not encodable.

    What was decoded cannot always be encoded: JSON may hold half a surrogate pair.
    """
    try:
        body = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError) as err:
        raise FrameError("not to be written as JSON") from err
    length = len(body) + OVERHEAD
    if length > MAX_FRAME:
        raise FrameError("too long")
    return HEADER.pack(MAGIC, length) + body + TRAILER
