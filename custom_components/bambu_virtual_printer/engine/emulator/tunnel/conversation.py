"""One client's connection, in the transfer thread: reads calls, has the session decide, moves the bytes."""

from collections.abc import Callable, Coroutine, Generator
from functools import partial
import logging

from ...protocol import file_tunnel
from ...protocol.file_tunnel import CHUNK_BYTES, Call, Command, FrameError, Kind, Result
from ...reception.failures import INTERNAL, CrashedError, TransferError
from ...reception.reactor import Steps, Wait
from ..port_6000 import Client
from .frames import Frames
from .pieces import Pieces
from .results import result_of
from .session import Session
from .values import Answer, Receive, Send, Upload

_LOGGER = logging.getLogger(__name__)

# Slicers keep a session for their file browser.
IDLE_LIMIT_S = 300.0
TRANSFER_IDLE_LIMIT_S = 60.0


class Conversation:
    """What is said on one connection after its login."""

    def __init__(self, client: Client, session: Session) -> None:
        """Speak with `client` for `session`."""
        self._client = client
        self._session = session
        self._frames = Frames(client)
        self._counter = 0

    def run(self) -> Steps:
        """Answer calls until the client is gone. Raises OSError, TransferError, FrameError."""
        while True:
            self._client.idle_limit_s = IDLE_LIMIT_S
            header = yield from self._frames.header()
            if header.kind is not Kind.CALL:
                raise FrameError("no call")
            head = yield from self._frames.head(header)
            yield from self._frames.drop(head.left_bytes)
            try:
                call = file_tunnel.read_call(head.text)
            except FrameError:
                unread = Call(command=0, sequence=0, fields={})
                yield from self._reply(unread, Result.BAD_JSON)
                continue
            if call.fragment is None:
                yield from self._answer(call)
            # Pieces of an upload that has failed: its client does not read before it has sent them all.
            yield Wait.TURN

    def _answer(self, call: Call) -> Steps:
        step = yield from self._on_session(lambda: self._session.answer(call))
        match step:
            case Answer(payloads=payloads):
                for payload in payloads:
                    yield from self._write(payload)
            case Receive(upload=upload):
                yield from self._receive(call, upload)
            case Send():
                yield from self._send(call, step)
            case None:
                yield from self._reply(call, Result.NOT_READ)

    def _receive(self, call: Call, upload: Upload) -> Steps:
        """Receive a file, and reply once it is safe on the disk."""
        client, session = self._client, self._session
        client.idle_limit_s = TRANSFER_IDLE_LIMIT_S
        outcome: list[TransferError | None] = []

        def ended(error: TransferError | None) -> None:
            outcome.append(error)
            client.wake()

        upload.sink.begin(ready=client.wake, ended=ended)
        yield from self._reply(
            call,
            Result.GO_ON,
            {"chunk_size": file_tunnel.CHUNK_KIB, "offset": upload.offset},
        )
        pieces = Pieces(client, self._frames, call, upload)
        error = yield from pieces.receive()
        if error is None:
            upload.sink.end(None)
            while not outcome:
                yield Wait.WAKE
            error = outcome[0]
        if error is None:
            yield from self._on_session(lambda: session.finish(upload, pieces.md5))
        else:
            yield from self._on_session(partial(session.fail, upload, error))
        if not upload.kept:
            yield from self._reply(
                call, result_of(upload.failure or CrashedError(INTERNAL))
            )
            return
        yield from self._reply(call, Result.OK)

    def _send(self, call: Call, step: Send) -> Steps:
        """Send a file; the last reply has its checksum."""
        client, source = self._client, step.source
        client.idle_limit_s = TRANSFER_IDLE_LIMIT_S
        source.begin(ready=client.wake, ended=lambda _error: None)
        offset = step.offset
        try:
            while (block := source.take()) != b"":
                if block is None:
                    yield Wait.WAKE
                    continue
                for start in range(0, len(block), CHUNK_BYTES):
                    piece = block[start : start + CHUNK_BYTES]
                    fields = {"offset": offset, "total": source.size_bytes, "size": len(piece)}  # fmt: skip
                    yield from self._write(
                        file_tunnel.reply(call, Result.GO_ON, fields, piece)
                    )
                    offset += len(piece)
                if self._is_cancelled(call):
                    yield from self._reply(call, Result.CANCELLED)
                    return
                yield Wait.TURN
            if offset != source.size_bytes:
                yield from self._reply(call, Result.NOT_READ)
                return
            end = {"offset": offset, "total": source.size_bytes, "size": 0, "file_md5": source.md5}  # fmt: skip
            yield from self._reply(call, Result.OK, end)
        except TransferError as err:
            if source.failure is not err:
                raise
            yield from self._reply(call, Result.NOT_READ)
        finally:
            source.end(None)

    def _is_cancelled(self, call: Call) -> bool:
        """Return whether the next thing that the client has said is that it does not want this any more."""
        waiting = self._client.peek(file_tunnel.HEADER_BYTES)
        if waiting is None:
            return False
        header = file_tunnel.read_header(waiting)
        if header.length_bytes > file_tunnel.MAX_HEAD_BYTES:
            return False
        whole = self._client.peek(file_tunnel.HEADER_BYTES + header.length_bytes)
        if whole is None:
            return False
        try:
            said = file_tunnel.read_call(whole[file_tunnel.HEADER_BYTES :])
        except FrameError:
            return False
        tasks = said.fields.get("tasks")
        return (
            said.command == Command.CANCEL
            and isinstance(tasks, list)
            and call.sequence in tasks
        )

    def _reply(self, call: Call, result: Result, fields: object = None) -> Steps:
        yield from self._write(file_tunnel.reply(call, result, fields))

    def _write(self, payload: bytes) -> Steps:
        self._counter += 1
        yield from self._client.write(
            file_tunnel.frame(Kind.REPLY, payload, self._counter)
        )

    def _on_session[T](
        self, work: Callable[[], Coroutine[object, object, T]]
    ) -> Generator[Wait, None, T | None]:
        """Have the session do something on the loop. Returns None after an internal error, which was logged."""
        client = self._client
        task = yield from client.on_loop(lambda: self._session.start(work()))
        yield from client.on_loop(
            lambda: task.add_done_callback(lambda _task: client.wake())
        )
        while not task.done():
            yield Wait.WAKE
        if task.cancelled():
            return None
        if error := task.exception():
            _LOGGER.error("A call of the file tunnel failed", exc_info=error)
            return None
        return task.result()
