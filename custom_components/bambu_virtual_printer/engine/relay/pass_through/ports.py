"""Relays TCP ports to the same ports of the printer, byte for byte, so that slicers get the printer's own TLS.

Sockets are only used in the relay thread; the event loop binds the ports, reads the counters, and has the printer
verified.

What is passed through is encrypted, so logins are not seen here. A client that is logged in at the printer by MQTT
through this proxy counts as authenticated; others may be closed to make room.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
import logging
import selectors
import socket
from time import monotonic

from ...explanations import Explanation
from ...net.admission import Admission
from ...net.binding import PrinterStartError
from ...net.listener import ListenError, listening_socket
from ...net.log_bounds import LogRate
from ...net.printer_client import reason_of
from ...net.sockets import reset_on_close
from ...protocol.ports import FTPS_PORT
from ...values import Service
from ..meter import Traffic
from ..upstream import Upstream
from .connection import RECEIVED_BYTES, RelayedConnection
from .thread import RelayThread

_LOGGER = logging.getLogger(__name__)

# The client sends first on these, so the printer is not connected to before.
CLIENT_SPEAKS_FIRST = frozenset({Service.FTPS, Service.RTSPS, Service.TUNNEL})
ACCEPTS_PER_TURN = 16
ACCEPT_PAUSE_S = 1.0
REBIND_INTERVAL_S = 5.0
CLOSE_LIMIT_S = 5.0


class PassThrough:
    """The passed-through ports of one printer. Call `bind`; relays between `start` and `close`."""

    def __init__(
        self,
        thread: RelayThread,
        address: str,
        ports: Mapping[Service, tuple[int, ...]],
        upstream: Upstream,
        *,
        admission: Admission,
        verified_address: Callable[[], Awaitable[str | None]],
        is_logged_in: Callable[[str], bool],
        on_change: Callable[[], None],
        on_failure: Callable[[Explanation], None],
    ) -> None:
        """Prepare. Passive FTPS ports that are in use are opened later.

        `is_logged_in(peer)` is called in the relay thread. The others are called on the event loop: `verified_address`
        returns the address at which the printer was verified, `on_change` is called when a connection was opened or
        closed, `on_failure(reason)` when the printer did not answer.
        """
        self._thread = thread
        self.traffic = {service: Traffic() for service in ports}
        self._address = address
        self._upstream = upstream
        self._admission = admission
        self._verified_address = verified_address
        self._is_logged_in = is_logged_in
        self._log_rate = LogRate()
        self._verifying: set[asyncio.Task[None]] = set()
        self._on_change = on_change
        self._on_failure = on_failure
        self._connections: dict[RelayedConnection, None] = {}
        self._listening: list[tuple[Service, int, socket.socket]] = []
        self._missing: list[tuple[Service, int]] = []
        self._paused: list[tuple[Service, int, socket.socket]] = []
        self._resume_at = 0.0
        self._rebind_at = 0.0
        self._bound = False
        self._closed = asyncio.Event()
        self._ports = ports

    # --- on the event loop ---

    @property
    def bound(self) -> Mapping[Service, bool]:
        """Which services have all their ports open."""
        missing = {service for service, _port in self._missing}
        return {
            service: self._bound and service not in missing for service in self.traffic
        }

    @property
    def connections(self) -> tuple[RelayedConnection, ...]:
        """The open connections."""
        return tuple(self._connections)

    def bind(self) -> None:
        """Open the ports. Raises PrinterStartError that names every one that failed."""
        failures: list[ListenError] = []
        for service, numbers in self._ports.items():
            for port in numbers:
                try:
                    sock = _listening(service, self._address, port)
                except ListenError as err:
                    if service is Service.FTPS_DATA:
                        self._missing.append((service, port))
                    else:
                        failures.append(err)
                else:
                    self._listening.append((service, port, sock))
        if failures:
            self.close_ports()
            raise PrinterStartError(failures)
        self._bound = True

    def start(self) -> None:
        """Start accepting."""
        self._thread.call(self._start)

    async def close(self) -> None:
        """Free the ports and reset every connection."""
        if not self._bound:
            return
        self._bound = False
        for task in self._verifying:
            task.cancel()
        if self._verifying:
            await asyncio.wait(self._verifying)
        self._thread.call(self._close)
        async with asyncio.timeout(CLOSE_LIMIT_S):
            await self._closed.wait()

    def close_ports(self) -> None:
        """Free the ports of a pass-through that was never started."""
        self._bound = False
        for _service, _port, sock in self._listening:
            sock.close()

    def _verify(self, connection: RelayedConnection, port: int) -> None:
        task = asyncio.get_running_loop().create_task(
            self._verify_and_connect(connection, port),
            name=f"verify the printer for {connection.peer}",
        )
        self._verifying.add(task)
        task.add_done_callback(self._verifying.discard)

    async def _verify_and_connect(
        self, connection: RelayedConnection, port: int
    ) -> None:
        address = await self._verified_address()
        if address is None:
            self._thread.call(partial(connection.close, "the printer is not there"))
        else:
            self._thread.call(partial(connection.connect, address, port))

    # --- in the thread ---

    def _connection_closed(
        self, connection: RelayedConnection, reason: str | None, failed: OSError | None
    ) -> None:
        """Forget a connection."""
        if self._connections.pop(connection, ...) is not ...:
            self.traffic[connection.service].connections -= 1
            self._call_on_loop(self._on_change)
        if reason:
            _LOGGER.debug(
                "%s of %s was cut: %s", connection.service, connection.peer, reason
            )
            if failed and self._bound:
                self._call_on_loop(partial(self._on_failure, reason_of(failed)))

    def _start(self) -> None:
        for listening in self._listening:
            self._accept_on(*listening)
        self._thread.add_ticker(self._tick)

    def _close(self) -> None:
        self._thread.remove_ticker(self._tick)
        for _service, _port, sock in self._listening:
            self._thread.watch(sock, 0, None)
            sock.close()
        self._listening.clear()
        for connection in tuple(self._connections):
            connection.close("the relay stopped")
        self._call_on_loop(self._closed.set)

    def _accept_on(self, service: Service, port: int, sock: socket.socket) -> None:
        ready = partial(self._accept, service, port, sock)
        self._thread.watch(sock, selectors.EVENT_READ, ready)

    def _accept(self, service: Service, port: int, listening: socket.socket) -> None:
        for _ in range(ACCEPTS_PER_TURN):
            try:
                sock, (peer, _port) = listening.accept()
            except BlockingIOError, InterruptedError, ConnectionAbortedError:
                return
            except OSError as err:
                if self._log_rate.allows(err.errno):
                    _LOGGER.warning("%s pauses accepting: %s", service, err.strerror)
                self._thread.watch(listening, 0, None)
                self._paused.append((service, port, listening))
                self._resume_at = monotonic() + ACCEPT_PAUSE_S
                return
            self._open(service, port, sock, peer)

    def _open(
        self, service: Service, port: int, sock: socket.socket, peer: str
    ) -> None:
        sock.setblocking(False)
        admitted = None
        if self._upstream.address is not None and self._is_allowed(service, peer):
            admitted = self._admission.admit(self._address, peer, sock)
        if admitted is None:
            reset_on_close(sock)
            sock.close()
            return
        traffic = self.traffic[service]
        connection = RelayedConnection(
            self._thread,
            service,
            sock,
            admitted,
            traffic,
            log_rate=self._log_rate,
            closed=self._connection_closed,
        )
        self._connections[connection] = None
        traffic.connections += 1
        self._call_on_loop(self._on_change)
        admitted.when_displaced(
            lambda why: self._thread.call(partial(connection.close, str(why.value)))
        )
        if self._is_logged_in(peer):
            admitted.log_in()
        if service is Service.FTPS_DATA:
            # Its control connection is the one that logs in.
            admitted.deadline = float("inf")
        if service in CLIENT_SPEAKS_FIRST and not admitted.authenticated:
            connection.on_first_data(partial(self._connect, connection, service, port))
        else:
            self._connect(connection, service, port)

    def _connect(
        self, connection: RelayedConnection, service: Service, port: int
    ) -> None:
        """Connect to the printer, after a new verification if the last one is too old."""
        # The printer's own FTPS port is fixed, even where the relay's is redirected.
        port = FTPS_PORT if service is Service.FTPS else port
        # A data connection goes where its control connection went. In this order: the event loop writes both.
        certain = service is Service.FTPS_DATA or self._upstream.verified_lately
        address = self._upstream.address
        if address is not None and certain:
            connection.connect(address, port)
        else:
            self._call_on_loop(partial(self._verify, connection, port))

    def _is_allowed(self, service: Service, peer: str) -> bool:
        """Return whether a client may connect: to data ports only with an open control connection.

        The printer cannot check that: it sees the relay's address for all clients.
        """
        return service is not Service.FTPS_DATA or any(
            connection.peer == peer and connection.service is Service.FTPS
            for connection in self._connections
        )

    def _tick(self, now: float) -> None:
        active: dict[str, float] = {}
        for connection in self._connections:
            active[connection.peer] = max(
                connection.moved_at, active.get(connection.peer, 0.0)
            )
        for connection in tuple(self._connections):
            if not connection.admitted.authenticated and self._is_logged_in(
                connection.peer
            ):
                connection.admitted.log_in()
            connection.check(now, active[connection.peer])
        self._admission.expire(self._address, now)
        if self._paused and now >= self._resume_at:
            paused, self._paused = self._paused, []
            for listening in paused:
                self._accept_on(*listening)
        if self._missing and now >= self._rebind_at:
            self._rebind_at = now + REBIND_INTERVAL_S
            self._bind_missing()

    def _bind_missing(self) -> None:
        missing, self._missing = self._missing, []
        for service, port in missing:
            try:
                sock = _listening(service, self._address, port)
            except ListenError:
                self._missing.append((service, port))
            else:
                self._listening.append((service, port, sock))
                self._accept_on(service, port, sock)
        if not self._missing:
            self._call_on_loop(self._on_change)

    def _call_on_loop(self, function: Callable[[], None]) -> None:
        self._thread.call_on_loop(function)


def _listening(service: Service, address: str, port: int) -> socket.socket:
    """Open a listening socket whose connections have small receive buffers. Raises ListenError."""
    sock = listening_socket(service, address, port)
    # Accepted sockets inherit it, in time for their first receive window (tcp(7)).
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
    return sock
