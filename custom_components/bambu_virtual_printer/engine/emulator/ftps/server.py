"""The FTPS server of one virtual printer: its sessions, the uploads under way, and their end."""

import asyncio
from collections.abc import Callable
import ssl

from ...events import PrinterEvent
from ...net.admission import OpenConnection
from ...reception.failures import STOPPED
from ...reception.reception import UploadProgress
from ...reception.transfer_thread import TransferThread
from ...storage import PrinterStorage
from ..identity import Identity
from ..logins import Logins
from . import replies
from .context import SessionContext
from .data_connections import DataConnections
from .replies import Reply
from .session import CLOSE_LIMIT_S, ControlSession

# Logged in; others are bounded by `net.admission`.
MAX_SESSIONS = 32
STOP_LIMIT_S = CLOSE_LIMIT_S + 2


class FtpsServer:
    """Serves any number of clients up to a bound. Give `factory` to a TLS listener.

    `emit` is called on the loop for uploads that start, arrive and fail; for those that arrive after the success reply
    was sent.
    """

    def __init__(
        self,
        identity: Identity,
        context: ssl.SSLContext,
        storage: PrinterStorage,
        transfer_thread: TransferThread,
        logins: Logins,
        *,
        emit: Callable[[PrinterEvent], None],
        wants_md5: Callable[[str], bool],
    ) -> None:
        """Prepare; `context` is that of the listener, so that data connections can resume TLS sessions."""
        self._context = SessionContext(
            pasv_address=identity.pasv_address,
            storage=storage,
            transfer_thread=transfer_thread,
            data_connections=DataConnections(
                identity.data_ports, context, transfer_thread
            ),
            logins=logins,
            emit=emit,
            wants_md5=wants_md5,
        )
        # In the order in which they were opened.
        self._sessions: dict[ControlSession, None] = {}
        # Sessions that have ended and are being closed.
        self._leaving: set[ControlSession] = set()
        self._closing = False

    @property
    def sessions(self) -> int:
        """How many clients are connected."""
        return len(self._sessions)

    @property
    def uploads(self) -> tuple[UploadProgress, ...]:
        """The uploads under way."""
        return tuple(upload.progress for upload in self._context.uploads)

    def factory(self, admitted: OpenConnection) -> asyncio.BufferedProtocol:
        """Make the protocol of one control connection."""
        return ControlSession(
            self._context,
            admitted,
            opened=self._opened,
            may_log_in=self._may_log_in,
            ended=self._ended,
            closed=self._closed,
        )

    def drop(self, person: str) -> None:
        """End the sessions of somebody whose code is good no more, and their transfers."""
        for session in tuple(self._sessions):
            if session.sender.person == person:
                session.end(replies.WRONG_CODE)

    async def close(self) -> None:
        """End all sessions and transfers. On return their sockets, ports and files are closed."""
        self._closing = True
        sessions = [*self._sessions, *self._leaving]
        for session in sessions:
            session.end(replies.STOPPING)
        await _wait_or_cancel({session.task for session in sessions})
        await self._context.data_connections.close(STOPPED, STOP_LIMIT_S)

    def _opened(self, session: ControlSession) -> Reply | None:
        """Keep a session until `_closed`. Returns the reply to refuse it with, if it is refused."""
        if self._closing:
            self._leaving.add(session)
            return replies.STOPPING
        self._sessions[session] = None
        return None

    def _may_log_in(self) -> bool:
        """Return whether one more session may log in."""
        return sum(session.logged_in for session in self._sessions) < MAX_SESSIONS

    def _ended(self, session: ControlSession) -> None:
        self._sessions.pop(session, None)
        self._leaving.add(session)

    def _closed(self, session: ControlSession) -> None:
        self._leaving.discard(session)


async def _wait_or_cancel(tasks: set[asyncio.Task[None]]) -> None:
    """Wait for tasks that were asked to end; cancel those that have not after STOP_LIMIT_S."""
    if not tasks:
        return
    _done, late = await asyncio.wait(tasks, timeout=STOP_LIMIT_S)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=STOP_LIMIT_S)
