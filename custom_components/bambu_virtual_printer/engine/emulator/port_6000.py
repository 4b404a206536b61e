"""TCP 6000 of a virtual printer: the pictures of its camera and its file tunnel, told apart by a client's first bytes.

A handler for each protocol is registered by those bytes. TLS and all that follows is done in the transfer thread:

    client = yield from ...    the handshake, and FIRST_BYTES of the client
    handler.serve(client)      a generator, which reads and writes by the client's methods until the connection is over

    data = yield from client.read(80)                    exactly that much, what came first included
    yield from client.write(data)
    sender = yield from client.log_in(user, code)        on the loop; None: refused, close
    value = yield from client.on_loop(function)          whatever else has to be done there

A client that sends anything else is closed; one that sends nothing, once it is late (`net.admission`). The video of port 322 is
served in the same way, by the one handler that takes whatever comes; so it is to programs on this computer, without TLS.
"""

import asyncio
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from functools import partial
import logging
import socket
import ssl
from typing import Protocol, override

from ..events import TlsRefused
from ..explanations import Explanation
from ..net import endings
from ..net.admission import Displacement, OpenConnection
from ..net.listener import Adopt, alert_name
from ..net.loop_bridge import call_on_loop, set_from_thread
from ..reception.channel import Channel, ClearChannel, TlsChannel
from ..reception.failures import AbortedError, CutError, TransferError
from ..reception.reactor import Fiber, Reactor, Steps, Wait
from ..reception.transfer_thread import TransferThread
from ..values import Sender, Service
from .logins import Logins

_LOGGER = logging.getLogger(__name__)

FIRST_BYTES = 8
MAX_CLIENTS = 32
"""Logged in, of both protocols together; others are bounded by `net.admission`."""
CLOSE_LIMIT_S = 5.0
# How long a client may take to read what it was sent.
WRITE_LIMIT_S = 30.0

_READ_BYTES = 64 * 1024


class Handler(Protocol):
    """One of the protocols. Its methods are called in the transfer thread."""

    magic: bytes
    """The FIRST_BYTES of a client that speaks it."""

    def serve(self, client: Client) -> Steps:
        """Serve a client until it is gone; nothing of it was read yet. Raises TransferError, OSError."""


class Client(Fiber):
    """One connection. Everything but `end` is called in the transfer thread."""

    def __init__(
        self,
        port: Port6000,
        admitted: OpenConnection,
        sock: socket.socket,
        context: ssl.SSLContext | None,
        reactor: Reactor,
        scratch: memoryview,
    ) -> None:
        """Take over a socket whose client has sent its ClientHello, or anything where there is no TLS."""
        super().__init__(sock)
        self.admitted = admitted
        self.peer = admitted.peer
        self.sender: Sender | None = None
        """Who is logged in."""
        self.reactor = reactor
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the socket is closed."""
        self.when_ended: list[Callable[[], object]] = []
        """Called on the loop once the socket is closed; added to on the loop."""
        self._loop = asyncio.get_running_loop()
        self._port = port
        self._channel: Channel = (
            TlsChannel(sock, b"", context, scratch)
            if context
            else ClearChannel(sock, b"")
        )
        self._unread = bytearray()
        self._buffer = memoryview(bytearray(_READ_BYTES))

    # --- from any thread ---

    def wake(self) -> None:
        """Let the handler look around, whatever it waits for."""
        self.reactor.call(partial(self.reactor.wake, self))

    def end(self, reason: Explanation) -> None:
        """Close at once."""
        self.reactor.call(partial(self.reactor.fail, self, AbortedError(reason)))

    # --- for handlers ---

    def read(self, size: int) -> Generator[Wait, None, bytes]:
        """Return exactly so many bytes. Raises CutError at the client's end, OSError."""
        while len(self._unread) < size:
            if not self.receive():
                yield Wait.READ
        data = bytes(self._unread[:size])
        del self._unread[:size]
        return data

    def receive(self) -> bool:
        """Take in what has arrived. Returns whether there was anything. Raises CutError at the client's end, OSError."""
        count = self._channel.receive_into(self._buffer)
        if count == 0:
            raise CutError(endings.LEFT)
        self._unread += self._buffer[: count or 0]
        return bool(count)

    def receive_into(self, view: memoryview) -> int | None:
        """Return how many bytes were put into `view`, None if none are there yet. Raises CutError at the client's end, OSError."""
        if self._unread:
            count = min(len(view), len(self._unread))
            view[:count] = self._unread[:count]
            del self._unread[:count]
            return count
        received = self._channel.receive_into(view)
        if received == 0:
            raise CutError(endings.LEFT)
        return received

    def peek(self, size: int) -> bytes | None:
        """Return the next bytes without taking them, None while fewer have arrived. Raises CutError at the client's end, OSError."""
        while len(self._unread) < size:
            if not self.receive():
                return None
        return bytes(self._unread[:size])

    @property
    def received_bytes(self) -> int:
        """How much was received and not read."""
        return len(self._unread)

    def take_received(self) -> bytes:
        """Return what was received and not read."""
        data = bytes(self._unread)
        self._unread.clear()
        return data

    def forget_received(self) -> None:
        """Drop what was received and not read."""
        self._unread.clear()

    def write(self, data: bytes) -> Steps:
        """Send all of it. Raises OSError, TransferError when the client reads nothing."""
        before, self.idle_limit_s = self.idle_limit_s, WRITE_LIMIT_S
        rest = memoryview(data)
        while rest:
            rest = rest[self._channel.put(rest) :]
            while not self._channel.flush():
                yield Wait.WRITE
        self.idle_limit_s = before

    def on_loop[T](self, function: Callable[[], T]) -> Generator[Wait, None, T]:
        """Return what a function returns that is called on the loop. It must not raise."""
        results: list[T] = []

        def _call() -> None:
            results.append(function())
            self.wake()

        call_on_loop(self._loop, _call)
        while not results:
            yield Wait.WAKE
        return results[0]

    def log_in(
        self, user: bytes, access_code: bytes
    ) -> Generator[Wait, None, Sender | None]:
        """Return who logs in; None, after the delay that guessing has, if nobody may."""
        refusals: list[None] = []

        def _check() -> Sender | None:
            sender = self._port.check(self, user, access_code)
            if sender is None:
                self._loop.call_later(self._port.refusal_delay_s(self.peer), _refuse)
            return sender

        def _refuse() -> None:
            refusals.append(None)
            self.wake()

        sender = yield from self.on_loop(_check)
        while sender is None and not refusals:
            yield Wait.WAKE
        return sender

    # --- the connection ---

    @override
    def run(self) -> Steps:
        try:
            if isinstance(self._channel, TlsChannel):
                yield from self._shake_hands(self._channel)
            while len(self._unread) < FIRST_BYTES:
                if not self.receive():
                    yield Wait.READ
            handler = self._port.handler(bytes(self._unread[:FIRST_BYTES]))
            if handler is None:
                raise CutError(endings.protocol_error(ValueError("unknown protocol")))
            yield from handler.serve(self)
            with suppress(OSError):
                self._channel.put_close_notify()
                self._channel.flush()
        except OSError as err:
            raise CutError(endings.broken(err)) from err

    def _shake_hands(self, channel: TlsChannel) -> Steps:
        try:
            while not channel.do_handshake():
                while not channel.flush():
                    yield Wait.WRITE
                yield Wait.READ
            while not channel.flush():
                yield Wait.WRITE
        except ssl.SSLError as err:
            with suppress(OSError):
                channel.flush()
            if alert := alert_name(err):
                call_on_loop(self._loop, self._port.refused, self.peer, alert)
            raise

    @override
    def ended(self, error: TransferError | None) -> None:
        call_on_loop(self._loop, self._port.ended, self, error)
        set_from_thread(self._loop, self.closed, None)


class Port6000:
    """The connections of one virtual printer to its port 6000. Give `adopt` to a listener."""

    def __init__(
        self,
        context: ssl.SSLContext | None,
        transfer_thread: TransferThread,
        logins: Logins,
        handlers: Sequence[Handler],
        on_refused: Callable[[TlsRefused], None],
        service: Service = Service.TUNNEL,
    ) -> None:
        """Prepare; there is no TLS without a context. `on_refused` is called on the loop when a client broke off the handshake with a TLS alert.

        A handler whose first bytes are none takes all clients that no other takes.
        """
        self._handlers: Mapping[bytes, Handler] = {
            handler.magic: handler for handler in handlers
        }
        self._service = service
        self._context = context
        self._transfer_thread = transfer_thread
        self._logins = logins
        self._on_refused = on_refused
        self._clients: set[Client] = set()
        self._closed = False

    @property
    def adopt(self) -> Adopt:
        """What takes over the sockets of clients."""
        return Adopt(self._take)

    def handler(self, first: bytes) -> Handler | None:
        """Return the handler of a client that begins like this; called in the transfer thread."""
        return self._handlers.get(first) or self._handlers.get(b"")

    @property
    def logged_in(self) -> int:
        """How many clients are logged in."""
        return sum(client.sender is not None for client in self._clients)

    def drop(self, person: str) -> None:
        """End the connections of somebody whose code is good no more."""
        for client in tuple(self._clients):
            if client.sender is not None and client.sender.person == person:
                client.end(endings.REVOKED)

    async def close(self) -> None:
        """End all connections, and wait until their sockets are closed."""
        self._closed = True
        clients = tuple(self._clients)
        for client in clients:
            client.end(endings.STOPPED)
        if clients:
            await asyncio.wait(
                {client.closed for client in clients}, timeout=CLOSE_LIMIT_S
            )

    # --- called for clients, on the loop ---

    def check(self, client: Client, user: bytes, access_code: bytes) -> Sender | None:
        """Return who logs in with this code, None if nobody may."""
        sender = self._logins.check(user, access_code, client.peer, self._service)
        if sender is None:
            client.admitted.refused()
            return None
        if self.logged_in >= MAX_CLIENTS or not client.admitted.log_in():
            _LOGGER.debug("%s has too many connections", client.peer)
            return None
        client.sender = sender
        return sender

    def refusal_delay_s(self, peer: str) -> float:
        """Return how long the refusal of a wrong code is delayed."""
        return self._logins.refusal_delay_s(peer)

    def refused(self, peer: str, alert: str) -> None:
        """Report that a client broke off the handshake with a TLS alert."""
        self._on_refused(TlsRefused(peer=peer, service=self._service, alert=alert))

    def ended(self, client: Client, error: TransferError | None) -> None:
        """Forget a connection."""
        self._clients.discard(client)
        for call in client.when_ended:
            call()
        _LOGGER.debug("%s is gone: %s", client.peer, error or endings.LEFT)

    def _take(self, admitted: OpenConnection, sock: socket.socket) -> None:
        if self._closed:
            sock.close()
            return
        try:
            client = self._transfer_thread.adopt(sock, partial(self._client, admitted))
        except AbortedError:
            return
        self._clients.add(client)

        def _displaced(why: Displacement) -> None:
            client.end(why.value)

        admitted.when_displaced(_displaced)

    def _client(
        self,
        admitted: OpenConnection,
        reactor: Reactor,
        sock: socket.socket,
        scratch: memoryview,
    ) -> Client:
        return Client(self, admitted, sock, self._context, reactor, scratch)
