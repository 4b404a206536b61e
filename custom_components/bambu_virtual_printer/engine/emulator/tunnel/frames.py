"""Reads the frames of one client, in the transfer thread. Every generator may raise OSError, TransferError, FrameError."""

from collections.abc import Generator
from dataclasses import dataclass

from ...protocol.file_tunnel import (
    HEADER_BYTES,
    MAX_HEAD_BYTES,
    SEPARATOR,
    FrameError,
    Header,
    read_header,
)
from ...reception.reactor import Steps, Wait
from ..port_6000 import Client

# How much one connection moves before others have a turn.
TURN_BYTES = 256 * 1024
_FIRST_HEAD_BYTES = 512
_DROPPED_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The JSON text of a frame; of the bytes after it, those that came along, and how many are still to be read."""

    text: bytes
    data: bytes
    left_bytes: int

    @property
    def data_bytes(self) -> int:
        """How many bytes belong to it."""
        return len(self.data) + self.left_bytes


class Frames:
    """The frames of one client."""

    def __init__(self, client: Client) -> None:
        """Read what this client sends."""
        self._client = client

    def header(self) -> Generator[Wait, None, Header]:
        """Read the header of the next frame."""
        data = bytearray(HEADER_BYTES)
        yield from self.fill(memoryview(data))
        return read_header(bytes(data))

    def head(self, header: Header) -> Generator[Wait, None, Head]:
        """Read the JSON text of a frame, and little more."""
        read = bytearray()
        while (end := read.find(SEPARATOR)) < 0 and len(read) < header.length_bytes:
            if len(read) > MAX_HEAD_BYTES:
                raise FrameError("a call that is too long")
            more = bytearray(
                min(max(len(read), _FIRST_HEAD_BYTES), header.length_bytes - len(read))
            )
            yield from self.fill(memoryview(more))
            read += more
        left_bytes = header.length_bytes - len(read)
        if end < 0:
            return Head(text=bytes(read), data=b"", left_bytes=left_bytes)
        return Head(
            text=bytes(read[:end]),
            data=bytes(read[end + len(SEPARATOR) :]),
            left_bytes=left_bytes,
        )

    def fill(self, view: memoryview) -> Steps:
        """Fill a buffer, in turns."""
        while view:
            count = self._client.receive_into(view[:TURN_BYTES])
            if count is None:
                yield Wait.READ
            else:
                view = view[count:]
                if view:
                    yield Wait.TURN

    def drop(self, size_bytes: int) -> Steps:
        """Read bytes that nobody wants."""
        buffer = memoryview(bytearray(min(size_bytes, _DROPPED_BYTES)))
        while size_bytes:
            part = buffer[:size_bytes]
            yield from self.fill(part)
            size_bytes -= len(part)
            yield Wait.TURN
