"""Relays FTPS with TLS terminated here, for printers or slicers that do not work with pass-through."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
import ssl

from ...explanations import Explanation
from ...net.admission import OpenConnection
from ...net.failed_logins import FailedLogins
from ...net.printer_client import Dialler
from ...values import Service
from ..meter import Traffic
from ..upstream import Upstream
from .replies import MAX_LINE_BYTES
from .session import FtpsRelayContext, FtpsSession
from .transfer import RelayedTransfer


class FtpsRelay:
    """Serves all slicers that are admitted. Pass `factory` to a TLS listener that uses the same context.

    `on_change` is called when a connection was opened or closed, `on_failure(reason)` when the printer could not be
    connected to.
    """

    def __init__(
        self,
        upstream: Upstream,
        address: str,
        bind_ip: str,
        server: ssl.SSLContext,
        dialler: Dialler,
        failed_logins: FailedLogins,
        *,
        on_change: Callable[[], None],
        on_failure: Callable[[Explanation], None],
    ) -> None:
        """Prepare. `address` is the printer's address for slicers; data ports are bound on `bind_ip`."""
        self._context = FtpsRelayContext(
            upstream=upstream,
            address=address,
            bind_ip=bind_ip,
            server=server,
            dialler=dialler,
            failed_logins=failed_logins,
            on_change=on_change,
            on_failure=on_failure,
        )
        self._sessions: dict[asyncio.Task[None], FtpsSession] = {}

    @property
    def traffic(self) -> Mapping[Service, Traffic]:
        """The traffic of control and data connections."""
        return {
            Service.FTPS: self._context.control,
            Service.FTPS_DATA: self._context.data,
        }

    @property
    def uploads(self) -> tuple[RelayedTransfer, ...]:
        """The uploads under way."""
        found = (session.uploading for session in self._sessions.values())
        return tuple(transfer for transfer in found if transfer)

    def factory(self, connection: OpenConnection) -> asyncio.Protocol:
        """Make the protocol of a new connection."""
        reader = asyncio.StreamReader(MAX_LINE_BYTES)
        return asyncio.StreamReaderProtocol(reader, partial(self._opened, connection))

    async def close(self) -> None:
        """End all sessions; on return no socket, task or thread is left."""
        tasks = tuple(self._sessions)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _opened(
        self,
        connection: OpenConnection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        session = FtpsSession(self._context, connection, reader, writer)
        task = asyncio.get_running_loop().create_task(
            session.run(), name=f"FTPS relay for {session.peer}"
        )
        connection.when_displaced(session.displaced)
        session.task = task
        self._sessions[task] = session
        self._count(1)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._sessions[task]
        self._count(-1)

    def _count(self, step: int) -> None:
        self._context.control.connections += step
        self._context.on_change()
