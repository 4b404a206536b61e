"""Receives the pieces of one upload into its sink, in the transfer thread.

Clients send all pieces without waiting for a reply. One that goes on with an interrupted upload may send again what has
arrived already; that is dropped, and the checksum of the whole file tells whether it was the same.
"""

from collections.abc import Generator

from ...protocol import file_tunnel
from ...protocol.file_tunnel import Call, Command, FrameError, Kind, Result
from ...reception.failures import CALLED_OFF, AbortedError, TransferError
from ...reception.reactor import Steps, Wait
from ...reception.sinks import Sink
from ..port_6000 import Client
from .frames import Frames, Head
from .results import BAD_PIECES, BadPieceError
from .values import Upload


class Pieces:
    """The pieces of one upload, which belong to `call`."""

    def __init__(
        self, client: Client, frames: Frames, call: Call, upload: Upload
    ) -> None:
        """Receive what `client` sends in `frames`."""
        self._client = client
        self._frames = frames
        self._call = call
        self._upload = upload
        self._block: memoryview | None = None
        self._filled = 0
        self._is_complete = False
        self.md5: str | None = None
        """The MD5 of the whole file as the client says, in upper-case hex; None if it does not."""

    def receive(self) -> Generator[Wait, None, TransferError | None]:
        """Receive them all. Returns why the upload has failed while the connection goes on; raises where that is lost."""
        sink = self._upload.sink
        try:
            while not self._is_complete:
                header = yield from self._frames.header()
                if header.kind is not Kind.CALL:
                    raise FrameError("no call")
                head = yield from self._frames.head(header)
                call = file_tunnel.read_call(head.text)
                if call.fragment is None or call.sequence != self._call.sequence:
                    yield from self._other(call, head)
                    if self._is_cancelled_by(call):
                        return AbortedError(CALLED_OFF)
                    continue
                if error := (yield from self._take(call, head)):
                    return error
                yield Wait.TURN
        finally:
            # After a loss of the connection too: the client may go on from here.
            self._put_block(sink)
        return None

    def _take(
        self, call: Call, head: Head
    ) -> Generator[Wait, None, TransferError | None]:
        """Take one piece. Returns an error after dropping it."""
        sink, total_bytes = self._upload.sink, self._upload.total_bytes
        offset = file_tunnel.number(call.fields.get("offset"))
        size = file_tunnel.number(call.fields.get("size"))
        error: TransferError | None = None
        if (
            offset is None
            or size != head.data_bytes
            or offset + size > total_bytes
            or offset > sink.received_bytes
        ):
            error = BadPieceError(BAD_PIECES)
        elif sink.failure:
            error = sink.failure
        if error or offset is None:
            yield from self._frames.drop(head.left_bytes)
            return error
        if isinstance(md5 := call.fields.get("file_md5"), str) and md5:
            self.md5 = md5.upper()
        again_bytes = min(sink.received_bytes - offset, head.data_bytes)
        data = memoryview(head.data)[again_bytes:]
        dropped_bytes = max(0, again_bytes - len(head.data))
        yield from self._frames.drop(dropped_bytes)
        yield from self._store(data, head.left_bytes - dropped_bytes)
        self._is_complete = offset + head.data_bytes == total_bytes
        return None

    def _store(self, data: memoryview, left_bytes: int) -> Steps:
        """Put what came with the head into the sink, then so many bytes from the connection."""
        sink = self._upload.sink
        while data or left_bytes:
            while self._block is None:
                self._block = sink.take()
                if self._block is None:
                    yield Wait.WAKE
            room = self._block[self._filled :]
            if data:
                count = min(len(data), len(room))
                room[:count] = data[:count]
                data = data[count:]
            else:
                received = self._client.receive_into(room[:left_bytes])
                if received is None:
                    yield Wait.READ
                    continue
                count = received
                left_bytes -= count
            self._filled += count
            sink.received_bytes += count
            if self._filled == len(self._block):
                self._put_block(sink)

    def _put_block(self, sink: Sink) -> None:
        block, self._block = self._block, None
        filled, self._filled = self._filled, 0
        if block is not None:
            sink.put(block, filled)

    def _other(self, call: Call, head: Head) -> Steps:
        """Answer a call that is none of the pieces: a session does one thing at a time."""
        yield from self._frames.drop(head.left_bytes)
        if call.fragment is not None:
            # Of an upload that has failed before.
            return
        result, fields = Result.BUSY, None
        if call.command == Command.CANCEL:
            result, fields = Result.OK, {"tasks": call.fields.get("tasks") or []}
        payload = file_tunnel.reply(call, result, fields)
        yield from self._client.write(file_tunnel.frame(Kind.REPLY, payload))

    def _is_cancelled_by(self, call: Call) -> bool:
        if call.command != Command.CANCEL:
            return False
        tasks = call.fields.get("tasks")
        return isinstance(tasks, list) and self._call.sequence in tasks
