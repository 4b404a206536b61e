"""Splits a stream of bytes into MQTT packets without decoding their bodies (2.2 of the OASIS standard).

A packet costs time in proportion to its size however small the pieces are in which it arrives.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from .packets import ProtocolError, remaining_length

HEADER_BYTES_MAX = 5
_LENGTH_BYTES_MAX = 4


class PacketType(IntEnum):
    """The types of MQTT 3.1.1 (2.2.1)."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    PUBREC = 5
    PUBREL = 6
    PUBCOMP = 7
    SUBSCRIBE = 8
    SUBACK = 9
    UNSUBSCRIBE = 10
    UNSUBACK = 11
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One packet as it was on the wire."""

    encoded: bytes = field(repr=False)
    """The whole packet."""
    body_start: int
    """Where the body begins, after type, flags and remaining length."""

    @property
    def kind(self) -> int:
        """The packet's type, 1 to 14."""
        return self.encoded[0] >> 4

    @property
    def flags(self) -> int:
        """The four flag bits."""
        return self.encoded[0] & 0x0F

    @property
    def body(self) -> bytes:
        """The bytes after the remaining length."""
        return self.encoded[self.body_start :]

    def with_body(self, body: bytes) -> bytes:
        """Encode a packet of the same type and flags with another body."""
        return self.encoded[:1] + remaining_length(len(body)) + body


class Framer:
    """Collects bytes into packets. It must not be used after an error."""

    def __init__(
        self, limit_bytes: int, check_first_byte: Callable[[int], None] | None = None
    ) -> None:
        """Accept packets whose body has at most `limit_bytes`; the limit may be changed between packets.

        `check_first_byte` sees type and flags before the rest has arrived, and may raise ProtocolError.
        """
        self.limit_bytes = limit_bytes
        self._check_first_byte = check_first_byte
        self._buffer = bytearray()
        # Where the body of the first packet begins and ends, once its header is complete.
        self._body: tuple[int, int] | None = None

    @property
    def buffered_bytes(self) -> int:
        """How much was fed and not returned as packets yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take received bytes."""
        self._buffer += data

    def next_frame(self) -> Frame | None:
        """Return the next complete packet, or None when more bytes are needed. Raises ProtocolError."""
        if self._body is None:
            self._body = self._read_header()
        if self._body is None:
            return None
        start, end = self._body
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            encoded = bytes(view[:end])
        del self._buffer[:end]
        self._body = None
        return Frame(encoded=encoded, body_start=start)

    def _read_header(self) -> tuple[int, int] | None:
        """Read type, flags and remaining length."""
        if not self._buffer:
            return None
        if self._check_first_byte:
            self._check_first_byte(self._buffer[0])
        length = 0
        for index in range(_LENGTH_BYTES_MAX):
            position = 1 + index
            if position == len(self._buffer):
                return None
            byte = self._buffer[position]
            length |= (byte & 0x7F) << (7 * index)
            if not byte & 0x80:
                break
        else:
            raise ProtocolError("the remaining length has more than four bytes")
        if length > self.limit_bytes:
            raise ProtocolError(f"a packet of {length} bytes is too long")
        start = position + 1
        return start, start + length
