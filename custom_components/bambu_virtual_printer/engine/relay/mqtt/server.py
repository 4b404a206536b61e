"""Relays MQTT sessions: TLS is terminated on both sides, and addresses in messages are replaced.

Slicers share the session that Home Assistant has with the printer; those that cannot have sessions of their own, in which the
printer checks the access code and everything else. While one side of these does not read, the other is not read either, so that
buffers stay bounded.
"""

import asyncio
from collections.abc import Callable

from ...events import RelayEvent, SlicerConnected
from ...explanations import Explanation
from ...net import endings
from ...net.admission import OpenConnection
from ...net.failed_logins import FailedLogins
from ...net.printer_client import Dialler
from ...values import ConnectedSlicer, JsonObject
from ..meter import Traffic
from ..shared import SharedSession
from ..upstream import Upstream
from .session import MqttRelayContext, MqttSession
from .shared_slicer import SharedReports


class MqttRelay:
    """Serves all slicers that are admitted. Pass `factory` to a TLS listener.

    `on_print(peer, command)` is called with every `project_file` that is relayed, `on_change` when a session was opened
    or closed, `on_failure(reason)` when the printer could not be connected to.
    """

    def __init__(
        self,
        upstream: Upstream,
        address: str,
        dialler: Dialler,
        emit: Callable[[RelayEvent], None],
        failed_logins: FailedLogins,
        *,
        shared: SharedSession,
        on_print: Callable[[str, JsonObject], None],
        on_change: Callable[[], None],
        on_failure: Callable[[Explanation], None],
    ) -> None:
        """Prepare; `address` is the printer's address for slicers. Those that can use `shared` instead of sessions of their own."""
        self._context = MqttRelayContext(
            upstream=upstream,
            address=address,
            dialler=dialler,
            emit=emit,
            failed_logins=failed_logins,
            on_print=on_print,
            on_failure=on_failure,
            shared=shared,
            reports=SharedReports(address),
        )
        self._on_change = on_change
        self._sessions: dict[MqttSession, None] = {}
        self._all_closed = asyncio.Event()
        self._all_closed.set()
        self._closed = False
        self._logged_in_peers: frozenset[str] = frozenset()

    def is_logged_in(self, peer: str) -> bool:
        """Return whether a client is logged in at the printer. Safe from any thread."""
        return peer in self._logged_in_peers

    @property
    def traffic(self) -> Traffic:
        """The traffic of all sessions."""
        return self._context.traffic

    @property
    def slicers(self) -> tuple[ConnectedSlicer, ...]:
        """The clients that are logged in, in the order of their connections."""
        found = (session.slicer for session in self._sessions)
        return tuple(slicer for slicer in found if slicer)

    def factory(self, connection: OpenConnection) -> asyncio.Protocol:
        """Make the protocol of a new connection."""
        session = MqttSession(
            self._context,
            connection,
            opened=self._opened,
            logged_in=self._logged_in,
            closed=self._session_closed,
        )
        return session.slicer_leg

    async def close(self) -> None:
        """End all sessions in good order; on return no socket, timer or task is left."""
        self._closed = True
        for session in tuple(self._sessions):
            session.end(endings.STOPPED)
        await self._all_closed.wait()

    def _opened(self, session: MqttSession) -> bool:
        """Keep a session until `closed`. Returns whether it may begin."""
        self._sessions[session] = None
        self._all_closed.clear()
        self._context.traffic.connections += 1
        self._on_change()
        return not self._closed

    def _logged_in(self, slicer: ConnectedSlicer) -> None:
        """Report a session whose login the printer accepted."""
        self._update_logged_in()
        self._context.emit(
            SlicerConnected(peer=slicer.peer, client_id=slicer.client_id)
        )

    def _session_closed(self, session: MqttSession) -> None:
        """Forget a session."""
        del self._sessions[session]
        self._update_logged_in()
        self._context.traffic.connections -= 1
        if not self._sessions:
            self._all_closed.set()
        self._on_change()

    def _update_logged_in(self) -> None:
        self._logged_in_peers = frozenset(slicer.peer for slicer in self.slicers)
