"""Relays TCP ports to the same ports of the printer, byte for byte, so that the printer's own TLS reaches the slicer.

Sockets are only used in the relay thread; the event loop binds the ports, reads the counters, and has the printer
verified.

What is passed through is encrypted, so logins are not seen here. A client that is logged in at the printer by MQTT
through this proxy counts as authenticated; others may be closed to make room.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
import errno
from functools import partial
import logging
import os
import selectors
import socket
from time import monotonic, time

from ..net.admission import Admission, OpenConnection
from ..net.binding import PrinterStartError
from ..net.listener import ListenError, listening_socket
from ..net.log_bounds import LogRate
from ..net.printer_client import CONNECT_TIMEOUT_S
from ..net.sockets import keep_alive, reset_on_close
from ..protocol.ports import FTPS_PORT
from ..values import Service
from .meter import Meter, Traffic
from .pump import Pump, counting
from .thread import RelayThread
from .upstream import Upstream

_LOGGER = logging.getLogger(__name__)

# The client sends first on these, so the printer is not connected to before.
CLIENT_SPEAKS_FIRST = frozenset({Service.FTPS, Service.RTSPS, Service.TUNNEL})
# Without any byte from or to a slicer. Firmware closes idle FTPS control connections after five minutes.
IDLE_LIMIT_S = 600.0
# An interrupted link may come back; a relay should not give up before its ends do.
USER_TIMEOUT_S = 120.0
# Bounds of the kernel's send and receive buffers. By default they take megabytes, so that the slicer has sent a file
# long before it has reached a slow printer, and then waits for the 226 for a limited time. At 1 Mbit/s the 226 came 65 s
# after the slicer's last byte, and 14 s with these, most of which the slicer's own kernel buffers (measured). They are
# enough for 100 Mbit/s over 10 ms.
UNSENT_BYTES = 64 * 1024
RECEIVED_BYTES = 128 * 1024
# One side has ended and the other one sends nothing. An H2D may need minutes for its 226 (docs/protocol.md, Real printers).
HALF_OPEN_LIMIT_S = 240.0
ACCEPTS_PER_TURN = 16
ACCEPT_PAUSE_S = 1.0
REBIND_INTERVAL_S = 5.0
CLOSE_LIMIT_S = 5.0


class RelayedConnection:
    """One relayed connection, in the relay thread."""

    def __init__(
        self,
        ports: PassThrough,
        service: Service,
        slicer: socket.socket,
        place: OpenConnection,
        traffic: Traffic,
    ) -> None:
        """Take over the accepted socket of a slicer that was admitted."""
        self.service = service
        self.place = place
        self.peer = place.peer
        self.started_at = time()
        """Seconds since the epoch."""
        self.up = Meter()
        """What was sent to the printer."""
        self.moved_at = monotonic()
        self.connecting_until: float | None = None
        self._ports = ports
        self._traffic = traffic
        self._slicer = slicer
        self._printer: socket.socket | None = None
        self._pumps: tuple[Pump, Pump] | None = None
        self._ready = partial(self._guarded, self._move)
        self._closed = False

    def on_first_data(self, then: Callable[[], None]) -> None:
        """Call `then` once the slicer has sent something, or has ended."""

        def _spoken() -> None:
            self._ports.thread.watch(self._slicer, 0, None)
            then()

        self._ports.thread.watch(
            self._slicer, selectors.EVENT_READ, partial(self._guarded, _spoken)
        )

    def connect(self, address: str, port: int) -> None:
        """Connect to the printer. The slicer's first bytes wait in its socket."""
        self._guarded(partial(self._connect, address, port))

    def check(self, now: float, active_at: float) -> None:
        """Close it if it has timed out. `active_at` is when any connection of its client last moved a byte."""
        self._guarded(partial(self._check, now, active_at))

    def close(self, reason: str | None = None, *, failed: bool = False) -> None:
        """Close both sides; with a `reason` by a reset, so that neither takes a part for the whole.

        `failed` means that the printer could not be connected to.
        """
        if self._closed:
            return
        self._closed = True
        for sock in (self._slicer, self._printer):
            if sock:
                self._ports.thread.watch(sock, 0, None)
                if reason:
                    reset_on_close(sock)
                sock.close()
        self._ports.connection_closed(self, reason, failed=failed)

    def _connect(self, address: str, port: int) -> None:
        self._printer = sock = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
        )
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
        for each in (self._slicer, sock):
            _set_options(each)
        self.connecting_until = monotonic() + CONNECT_TIMEOUT_S
        with suppress(BlockingIOError):
            sock.connect((address, port))
        self._ports.thread.watch(
            sock, selectors.EVENT_WRITE, partial(self._guarded, self._connected)
        )

    def _connected(self) -> None:
        assert self._printer
        if error := self._printer.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))
        self.connecting_until = None
        # Watched again below, with another callback.
        self._ports.thread.watch(self._printer, 0, None)
        up = counting(self.up, self._traffic.up)
        down = counting(self._traffic.down)
        self._pumps = (
            Pump(self._slicer, self._printer, up),
            Pump(self._printer, self._slicer, down),
        )
        self._move()

    def _check(self, now: float, active_at: float) -> None:
        if self.connecting_until is not None and now > self.connecting_until:
            raise TimeoutError(errno.ETIMEDOUT, "no answer")
        if self._pumps and all(pump.moved for pump in self._pumps):
            # The printer answers it, and limits logins itself.
            self.place.deadline = float("inf")
        for pump in self._pumps or ():
            # A source that has ended is not read any more, so a later reset of it is noticed only here.
            if pump.ended and (
                error := pump.source.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            ):
                raise OSError(error, os.strerror(error))
        half_open = any(pump.ended for pump in self._pumps or ())
        if half_open and now - self.moved_at > HALF_OPEN_LIMIT_S:
            self.close("half open")
        # A control connection is idle during a transfer on its data connection.
        elif now - active_at > IDLE_LIMIT_S:
            self.close("idle")

    def _move(self) -> None:
        assert self._pumps
        self.moved_at = monotonic()
        more = [pump.move() for pump in self._pumps]
        if all(pump.finished for pump in self._pumps):
            self.close()
            return
        self._watch()
        if any(more):
            self._ports.thread.soon(self._ready)

    def _watch(self) -> None:
        assert self._pumps
        up, down = self._pumps
        for reading, writing in ((up, down), (down, up)):
            events = selectors.EVENT_READ if reading.wants_reading else 0
            if writing.wants_writing:
                events |= selectors.EVENT_WRITE
            self._ports.thread.watch(reading.source, events, self._ready)

    def _guarded(self, step: Callable[[], None]) -> None:
        if self._closed:
            return
        try:
            step()
        except OSError as err:
            self.close(
                err.strerror or str(err), failed=self.connecting_until is not None
            )
        except Exception as err:
            if self._ports.log_rate.allows("unexpected"):
                _LOGGER.exception("A relayed connection failed unexpectedly")
            self.close(type(err).__name__)


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
        on_failure: Callable[[str], None],
    ) -> None:
        """Prepare. Passive FTPS ports that are in use are opened later.

        `is_logged_in(peer)` is called in the relay thread. The others are called on the event loop: `verified_address`
        returns the address at which the printer was verified, `on_change` is called when a connection was opened or
        closed, `on_failure(reason)` when the printer did not answer.
        """
        self.thread = thread
        self.traffic = {service: Traffic() for service in ports}
        self._address = address
        self._upstream = upstream
        self._admission = admission
        self._verified_address = verified_address
        self._is_logged_in = is_logged_in
        self.log_rate = LogRate()
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
        self.thread.call(self._start)

    async def close(self) -> None:
        """Free the ports and reset every connection."""
        if not self._bound:
            return
        self._bound = False
        for task in self._verifying:
            task.cancel()
        if self._verifying:
            await asyncio.wait(self._verifying)
        self.thread.call(self._close)
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
            self.thread.call(partial(connection.close, "the printer is not there"))
        else:
            self.thread.call(partial(connection.connect, address, port))

    # --- in the thread ---

    def connection_closed(
        self, connection: RelayedConnection, reason: str | None, *, failed: bool
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
                self._call_on_loop(partial(self._on_failure, reason))

    def _start(self) -> None:
        for listening in self._listening:
            self._accept_on(*listening)
        self.thread.add_ticker(self._tick)

    def _close(self) -> None:
        self.thread.remove_ticker(self._tick)
        for _service, _port, sock in self._listening:
            self.thread.watch(sock, 0, None)
            sock.close()
        self._listening.clear()
        for connection in tuple(self._connections):
            connection.close("the relay stopped")
        self._call_on_loop(self._closed.set)

    def _accept_on(self, service: Service, port: int, sock: socket.socket) -> None:
        ready = partial(self._accept, service, port, sock)
        self.thread.watch(sock, selectors.EVENT_READ, ready)

    def _accept(self, service: Service, port: int, listening: socket.socket) -> None:
        for _ in range(ACCEPTS_PER_TURN):
            try:
                sock, (peer, _port) = listening.accept()
            except BlockingIOError, InterruptedError, ConnectionAbortedError:
                return
            except OSError as err:
                if self.log_rate.allows(err.errno):
                    _LOGGER.warning("%s pauses accepting: %s", service, err.strerror)
                self.thread.watch(listening, 0, None)
                self._paused.append((service, port, listening))
                self._resume_at = monotonic() + ACCEPT_PAUSE_S
                return
            self._open(service, port, sock, peer)

    def _open(
        self, service: Service, port: int, sock: socket.socket, peer: str
    ) -> None:
        sock.setblocking(False)
        place = None
        if self._upstream.address is not None and self._is_allowed(service, peer):
            place = self._admission.admit(self._address, peer, sock)
        if place is None:
            reset_on_close(sock)
            sock.close()
            return
        traffic = self.traffic[service]
        connection = RelayedConnection(self, service, sock, place, traffic)
        self._connections[connection] = None
        traffic.connections += 1
        self._call_on_loop(self._on_change)
        place.when_displaced(
            lambda why: self.thread.call(partial(connection.close, why.value))
        )
        if self._is_logged_in(peer):
            place.log_in()
        if service is Service.FTPS_DATA:
            # Its control connection is the one that logs in.
            place.deadline = float("inf")
        if service in CLIENT_SPEAKS_FIRST and not place.authenticated:
            connection.on_first_data(partial(self._connect, connection, service, port))
        else:
            self._connect(connection, service, port)

    def _connect(
        self, connection: RelayedConnection, service: Service, port: int
    ) -> None:
        """Connect to the printer, after a new verification if the last one is too old."""
        # The printer's own FTPS port is fixed, even where the relay's is redirected.
        port = FTPS_PORT if service is Service.FTPS else port
        address = self._upstream.address
        # A data connection goes where its control connection went.
        certain = service is Service.FTPS_DATA or self._upstream.verified_lately
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
            if not connection.place.authenticated and self._is_logged_in(
                connection.peer
            ):
                connection.place.log_in()
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
        self.thread.call_on_loop(function)


def _listening(service: Service, address: str, port: int) -> socket.socket:
    """Open a listening socket whose connections have small receive buffers. Raises ListenError."""
    sock = listening_socket(service, address, port)
    # Accepted sockets inherit it, in time for their first receive window (tcp(7)).
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
    return sock


def _set_options(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    keep_alive(sock, USER_TIMEOUT_S)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
