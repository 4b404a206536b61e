"""The file tunnel of one virtual printer: its sessions, the uploads under way, and their end."""

import asyncio
from collections.abc import Callable
from typing import override

from ...events import PrinterEvent
from ...net import endings
from ...protocol.file_tunnel import (
    HEADER_BYTES,
    LOGIN_ACCEPTED,
    LOGIN_BYTES,
    LOGIN_MAGIC,
    FrameError,
    Kind,
    frame,
    read_login,
)
from ...reception.failures import LOST, CutError
from ...reception.reactor import Steps
from ...reception.reception import UploadProgress
from ...reception.transfer_thread import TransferThread
from ...storage import PrinterStorage
from ...values import Sender
from ..port_6000 import Client, Handler
from .context import TunnelContext
from .conversation import Conversation
from .interrupted import Interrupted
from .session import Session
from .values import Upload

STOP_LIMIT_S = 5.0


class TunnelServer(Handler):
    """Serves all clients of one virtual printer.

    `emit` is called on the loop for uploads that start, arrive and fail; for those that arrive before their clients are told.
    """

    magic = LOGIN_MAGIC

    def __init__(
        self,
        storage: PrinterStorage,
        transfer_thread: TransferThread,
        *,
        emit: Callable[[PrinterEvent], None],
    ) -> None:
        """Prepare."""
        self._context = TunnelContext(
            storage=storage,
            transfer_thread=transfer_thread,
            emit=emit,
            interrupted=Interrupted(self._give_up),
        )
        self._sessions: set[Session] = set()
        # Ends of uploads that nobody waits for.
        self._endings: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def uploads(self) -> tuple[UploadProgress, ...]:
        """The uploads under way, those that are interrupted included."""
        return tuple(upload.progress for upload in self._context.uploads)

    def drop(self, person: str) -> None:
        """Let nobody continue the uploads of somebody whose code is good no more; the port ends the connections."""
        for session in self._sessions:
            if session.sender.person == person:
                session.stop()
        self._context.interrupted.drop(person)

    def stop(self) -> None:
        """Let nobody continue an upload any more. Call it before the connections are ended."""
        self._is_closed = True
        for session in self._sessions:
            session.stop()

    async def close(self) -> None:
        """Wait until all files are closed. Call it after the connections have ended."""
        self._context.interrupted.drop()
        while self._endings:
            _done, late = await asyncio.wait(self._endings, timeout=STOP_LIMIT_S)
            if late:
                return

    @override
    def serve(self, client: Client) -> Steps:
        yield from client.read(HEADER_BYTES)
        login = yield from client.read(LOGIN_BYTES)
        sender = yield from client.log_in(*read_login(login))
        if sender is None:
            return
        session = yield from client.on_loop(lambda: self._opened(client, sender))
        yield from client.write(frame(Kind.LOGIN_REPLY, LOGIN_ACCEPTED))
        try:
            yield from Conversation(client, session).run()
        except FrameError as err:
            raise CutError(endings.protocol_error(err)) from err

    # --- on the loop -------------------------------------------------------------------------------------------------

    def _opened(self, client: Client, sender: Sender) -> Session:
        session = Session(self._context, client.peer, sender)
        if self._is_closed:
            session.stop()
        self._sessions.add(session)
        client.when_ended.append(lambda: self._ended(session))
        return session

    def _ended(self, session: Session) -> None:
        task = session.end()
        self._endings.add(task)

        def done(_task: asyncio.Task[None]) -> None:
            self._endings.discard(task)
            self._sessions.discard(session)

        task.add_done_callback(done)

    def _give_up(self, upload: Upload) -> None:
        """Fail an upload that nobody has continued."""
        reception = upload.reception
        assert reception is not None
        self._context.uploads.discard(reception)
        task = asyncio.get_running_loop().create_task(reception.fail(CutError(LOST)))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)
