"""TCP listeners: bind first, serve later, hand over connections after the TLS handshake.

Connections without bytes and broken-off handshakes are common (certificate snapshots, port checks). They are not
reported, except by one call of `on_refused` where the client sent a TLS alert.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import errno
from functools import partial
import logging
import socket
import ssl
from time import monotonic

from ..values import Service
from .admission import Admission, Displacement, OpenConnection
from .handshakes import HandshakeLimiter, whole_record
from .log_bounds import LogRate
from .pauses import PAUSE_S
from .sockets import keep_alive

_LOGGER = logging.getLogger(__name__)

BACKLOG = 128
HANDSHAKE_TIMEOUT_S = 10.0
SHUTDOWN_TIMEOUT_S = 2.0
# So that a flood of connects does not block the event loop.
ACCEPTS_PER_TURN = 16
ACCEPT_PAUSE_S = 1.0
# TCP_CLOSE, TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_CLOSING of the kernel's tcp_states.h.
_ENDED_BY_CLIENT = {7, 8, 9, 11}
OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class ListenError(OSError):
    """A listener could not be bound. `errno` is the cause; `service`, `address` and `port` name it."""

    def __init__(
        self, service: Service, address: str, port: int, cause: OSError
    ) -> None:
        """Keep which listener failed and why."""
        super().__init__(
            cause.errno,
            f"{service} cannot listen on {address} port {port}: {cause.strerror or cause}",
        )
        self.service = service
        self.address = address
        self.port = port


type Factory = Callable[[OpenConnection], asyncio.BaseProtocol]


@dataclass(frozen=True, slots=True)
class Adopt:
    """Takes over the non-blocking sockets of clients whose first TLS message is complete, to serve them in another thread."""

    take: Callable[[OpenConnection, socket.socket], None]
    """Must not raise; it closes the socket in the end."""


class Listener:
    """One listening TCP socket. Bound when made; accepts between `start` and `close`."""

    def __init__(
        self,
        service: Service,
        address: str,
        port: int,
        factory: Factory | Adopt,
        *,
        tls: ssl.SSLContext | None = None,
        admission: Admission | None = None,
        handshakes: HandshakeLimiter | None = None,
        on_refused: Callable[[str, str], None] | None = None,
    ) -> None:
        """Bind; port 0 is any that is free. Raises ListenError.

        `factory` makes the protocol of a connection whose handshake is over, or it is an Adopt, which takes over the socket
        before the handshake. Either calls `log_in` of the OpenConnection once the client has sent the right access code, or is
        closed after LOGIN_LIMIT_S; with `when_displaced` it sets how. `admission` and `handshakes` are shared by all printers. `on_refused(peer, alert)` is called when a client
        broke off the handshake with a TLS alert, such as `unknown_ca`.
        """
        self.service = service
        self.address = address
        self._factory = factory
        self._tls = tls
        self._admission = admission or Admission()
        self._handshakes = handshakes or HandshakeLimiter()
        self._on_refused = on_refused
        self._loop = asyncio.get_running_loop()
        self._openings: set[asyncio.Task[None]] = set()
        self._resume: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._log_rate = LogRate()
        self._sock = listening_socket(service, address, port)
        self.port = port or int(self._sock.getsockname()[1])

    @property
    def bound(self) -> bool:
        """Whether the socket is open."""
        return self._sock.fileno() >= 0

    def start(self) -> None:
        """Begin to accept."""
        self._resume = None
        self._loop.add_reader(self._sock, self._accept)

    def close(self) -> None:
        """Stop accepting and free the port at once. Connections that were handed over stay open."""
        if not self.bound:
            return
        for timer in (self._resume, self._expiry):
            if timer:
                timer.cancel()
        self._resume = self._expiry = None
        self._loop.remove_reader(self._sock)
        self._sock.close()
        for task in self._openings:
            task.cancel()

    async def wait_closed(self) -> None:
        """Wait until no handshake is under way any more."""
        if self._openings:
            await asyncio.wait(self._openings)

    def _accept(self) -> None:
        for _ in range(ACCEPTS_PER_TURN):
            try:
                sock, (peer, _port) = self._sock.accept()
            except BlockingIOError, InterruptedError, ConnectionAbortedError:
                return
            except OSError as err:
                self._pause(err)
                return
            self._admit(sock, peer)

    def _pause(self, err: OSError) -> None:
        """Stop accepting for ACCEPT_PAUSE_S: the process or the system is out of resources, or the network is going down."""
        if self._log_rate.allows(err.errno):
            _LOGGER.warning(
                "%s on %s pauses accepting: %s",
                self.service,
                self.address,
                err.strerror,
            )
        self._loop.remove_reader(self._sock)
        self._resume = self._loop.call_later(ACCEPT_PAUSE_S, self.start)

    def _admit(self, sock: socket.socket, peer: str) -> None:
        connection = self._admission.admit(self.address, peer, sock)
        if connection is None:
            sock.close()
            if self._log_rate.allows("full"):
                _LOGGER.warning(
                    "%s on %s refuses %s and others: too many connections are open",
                    self.service,
                    self.address,
                    peer,
                )
            return
        opening = _Opening()
        connection.when_displaced(opening.displaced)
        task = opening.task = self._loop.create_task(
            self._open(connection, opening, sock),
            name=f"{self.service} {self.address} opening {peer}",
        )
        self._openings.add(task)
        task.add_done_callback(partial(self._opened, sock))
        if self._expiry is None:
            self._expire()

    def _expire(self) -> None:
        """Close connections that did not log in in time, and schedule the next check."""
        now = monotonic()
        if self._expiry is not None:
            if self._loop.time() - self._expiry.when() > PAUSE_S:
                self._admission.restart_deadlines(self.address, now)
            self._expiry = None
        if (deadline := self._admission.expire(self.address, now)) is not None:
            self._expiry = self._loop.call_later(deadline - now, self._expire)

    def _opened(self, sock: socket.socket, task: asyncio.Task[None]) -> None:
        self._openings.discard(task)
        # A task that is cancelled before its first step closes nothing itself.
        if task.cancelled():
            sock.close()

    async def _open(
        self, connection: OpenConnection, opening: _Opening, sock: socket.socket
    ) -> None:
        """Turn an accepted socket into a connection of the factory's protocol."""
        peer = connection.peer
        try:
            sock.setblocking(False)
            keep_alive(sock)
            if isinstance(self._factory, Adopt):
                await whole_record(sock)
                await self._handshakes.turn(peer)
                self._factory.take(connection, sock)
                return
            factory = partial(self._factory, connection)
            if self._tls is None:
                opening.transport, _ = await self._loop.connect_accepted_socket(
                    factory, sock
                )
                return
            # No handshake begins before the client's first message is complete.
            await whole_record(sock)
            await self._handshakes.turn(peer)
            opening.transport, _ = await self._loop.connect_accepted_socket(
                factory,
                sock,
                ssl=self._tls,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
                ssl_shutdown_timeout=SHUTDOWN_TIMEOUT_S,
            )
        except ssl.SSLError as err:
            sock.close()
            _LOGGER.debug(
                "%s: handshake with %s failed: %s", self.service, peer, err.reason
            )
            if self._on_refused and (alert := alert_name(err)):
                self._on_refused(peer, alert)
        except OSError as err:
            sock.close()
            _LOGGER.debug(
                "%s: %s gave up before the session: %r", self.service, peer, err
            )


class _Opening:
    """Closes a displaced connection until its protocol sets a better way."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.transport: asyncio.BaseTransport | None = None

    def displaced(self, _why: Displacement) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            close_now(self.transport)
        elif self.task:
            self.task.cancel()


def may_write(transport: asyncio.Transport) -> bool:
    """Return whether what is written can still reach the client.

    asyncio does not notice that a client ended a TLS connection without close_notify while reading was paused, and logs
    a warning for every write to it. On Linux the state of the socket shows it (TCP_INFO, tcp(7)).
    """
    if transport.is_closing():
        return False
    if not hasattr(socket, "TCP_INFO"):
        return True
    try:
        state = transport.get_extra_info("socket").getsockopt(
            socket.IPPROTO_TCP, socket.TCP_INFO, 1
        )[0]
    except OSError:
        return False
    return state not in _ENDED_BY_CLIENT


def close_now(transport: asyncio.WriteTransport) -> None:
    """Close with close_notify and FIN, without waiting for the client."""
    transport.close()
    transport.abort()


def alert_name(err: ssl.SSLError) -> str | None:
    """Return the TLS alert a client sent, named as in RFC 8446, or None.

    OpenSSL prefixes it with the version that introduced it, for example `TLSV1_ALERT_UNKNOWN_CA`.
    """
    _version, found, name = (err.reason or "").partition("_ALERT_")
    return name.lower() if found else None


def listening_socket(service: Service, address: str, port: int) -> socket.socket:
    """Open a non-blocking socket that listens. Raises ListenError."""
    # asyncio sets TCP_NODELAY only on sockets whose protocol is named.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
        sock.listen(BACKLOG)
    except OSError as err:
        sock.close()
        raise ListenError(service, address, port, err) from err
    return sock
