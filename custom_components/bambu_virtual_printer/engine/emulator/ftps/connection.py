"""One data connection: TLS or clear text, one transfer, and a lingering close that loses nothing in flight.

    opened       the client's first bytes show whether it is TLS or clear text; a ClientHello is answered at once, whether
                 it came before the command or, as from slicers, only after 150
    carrying     receive or send, until the end of the stream or a failure
    carried      the result is reported; the socket stays open, because the reply has to be sent first
    lingering    close_notify and FIN are sent, and the client's end is awaited

A stream that ends without close_notify counts as complete: several clients end every file that way (measured). One that
ends with a reset does not.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
import socket
import ssl
from time import monotonic
from typing import override

from ... import storage
from ...explanations import Explanation, explain
from ...net.ahead import bound_ahead
from ...net.handshakes import TLS_HANDSHAKE
from ...net.loop_bridge import set_from_thread
from ...reception.channel import Channel, ClearChannel, TlsChannel
from ...reception.failures import (
    BROKEN_OFF,
    STOPPED,
    TOO_LARGE,
    AbortedError,
    CutError,
    TooLargeError,
    TransferError,
)
from ...reception.reactor import Fiber, Reactor, Steps, Wait
from ...reception.sinks import Sink
from ...reception.sources import Source

# How much one connection moves before others have a turn.
TURN_BYTES = 256 * 1024
# In clear text a turn is one system call.
CLEAR_TURN_BYTES = 1024 * 1024
IDLE_LIMIT_S = 60.0
LINGER_LIMIT_S = 5.0

# The record type and the major version of every ClientHello (RFC 8446, 5.1). No archive begins with them.
_CLIENT_HELLO = TLS_HANDSHAKE + b"\x03"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receive:
    stream: Sink


@dataclass(frozen=True, slots=True, kw_only=True)
class _Send:
    stream: Source
    protected: bool


type _Job = _Receive | _Send


class DataConnection(Fiber):
    """One data connection. `receive`, `send`, `finish` and `abort` are called on the loop, the rest in the thread."""

    def __init__(
        self,
        context: ssl.SSLContext,
        reactor: Reactor,
        sock: socket.socket,
        scratch: memoryview,
    ) -> None:
        """Take over an accepted, non-blocking socket; `scratch` is a buffer that all connections of the thread share."""
        super().__init__(sock)
        self.encrypted = False
        """Whether the client encrypts; known after the transfer."""
        self._loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[TransferError | None] = self._loop.create_future()
        """Done when the socket is closed; the result is the error, if there was one."""
        self._reactor = reactor
        self._context = context
        self._scratch = scratch
        self._channel: Channel
        self._job: _Job | None = None
        self._carried = False
        self._may_close = False
        self._over: TransferError | None = None

    # --- from the loop -----------------------------------------------------------------------------------------------

    async def receive(self, sink: Sink) -> None:
        """Receive until the client ends the stream and the sink is done. Raises TransferError."""
        await self._carry(_Receive(stream=sink))

    async def send(self, source: Source, *, protected: bool) -> None:
        """Send all of the source, encrypted if `protected`. Raises TransferError."""
        await self._carry(_Send(stream=source, protected=protected))

    def finish(self) -> None:
        """Close in good order, in the background. Call it after the reply was sent."""
        self._reactor.call(self._allow_close)

    def abort(self, reason: Explanation) -> None:
        """Close at once; a transfer under way fails with AbortedError."""
        self._reactor.call(
            partial(self._reactor.fail, self, AbortedError(reason)),
        )

    async def _carry(self, job: _Job) -> None:
        if self._reactor.stopping:
            raise AbortedError(STOPPED)
        result: asyncio.Future[TransferError | None] = self._loop.create_future()
        job.stream.begin(
            ready=partial(self._reactor.call, partial(self._reactor.wake, self)),
            ended=partial(set_from_thread, self._loop, result),
        )
        self._reactor.call(partial(self._take, job))
        try:
            error = await result
        except asyncio.CancelledError:
            self.abort(STOPPED)
            raise
        if error:
            raise error

    # --- in the thread -----------------------------------------------------------------------------------------------

    def _take(self, job: _Job) -> None:
        if self._over:
            job.stream.end(self._over)
            return
        self._job = job
        self.idle_limit_s = IDLE_LIMIT_S
        self._reactor.wake(self)

    def _allow_close(self) -> None:
        self._may_close = True
        self._reactor.wake(self)

    @override
    def run(self) -> Steps:
        try:
            yield from self._detect_tls()
            while self._job is None:
                yield Wait.WAKE
            match self._job:
                case _Receive(stream=sink):
                    yield from self._receive(sink)
                case _Send(stream=source):
                    yield from self._send(source)
                    yield from self._send_close_notify()
            self._carried = True
            self._job.stream.end(None)
            while not self._may_close:
                yield Wait.WAKE
            if isinstance(self._job, _Receive):
                yield from self._send_close_notify()
            yield from self._linger()
        except ssl.SSLError as err:
            raise CutError(
                explain(
                    "transfer_not_encrypted",
                    "The encryption of the data connection failed ({code})",
                    code=err.reason or str(err),
                )
            ) from err
        except OSError as err:
            raise CutError(BROKEN_OFF) from err

    @override
    def ended(self, error: TransferError | None) -> None:
        self._over = error or CutError(BROKEN_OFF)
        if self._job and not self._carried:
            self._carried = True
            self._job.stream.end(self._over)
        set_from_thread(self._loop, self.closed, error)

    def _detect_tls(self) -> Steps:
        """Detect whether the client encrypts; do the handshake if so."""
        first = b""
        while len(first) < len(_CLIENT_HELLO) and _CLIENT_HELLO.startswith(first):
            if isinstance(self._job, _Send):
                # The client waits for data, so what PROT agreed on decides.
                self.encrypted = self._job.protected
                break
            try:
                more = self.sock.recv(len(_CLIENT_HELLO) - len(first))
            except BlockingIOError:
                yield Wait.READ
                continue
            if not more:
                break
            first += more
        if first == _CLIENT_HELLO:
            self.encrypted = True
        if self.encrypted:
            yield from self._do_handshake(first)
        else:
            self._channel = ClearChannel(self.sock, first)

    def _do_handshake(self, first: bytes) -> Steps:
        self._channel = tls = TlsChannel(self.sock, first, self._context, self._scratch)
        try:
            while not tls.do_handshake():
                yield from self._flush()
                yield Wait.READ
        except ssl.SSLError:
            with suppress(OSError):
                tls.flush()
            raise
        yield from self._flush()

    def _flush(self) -> Steps:
        while not self._channel.flush():
            yield Wait.WRITE

    def _receive(self, sink: Sink) -> Steps:
        """Receive to the end of the stream, in turns."""
        bound_ahead(self.sock)
        if self.encrypted:
            turn_bytes = TURN_BYTES
        else:
            turn_bytes = CLEAR_TURN_BYTES
            sink.join_blocks()
        while True:
            while (block := sink.take()) is None:
                yield Wait.WAKE
            filled = 0
            while filled < len(block):
                count = self._channel.receive_into(block[filled : filled + turn_bytes])
                if count == 0:
                    sink.put(block, filled)
                    return
                moved = count or 0
                filled += moved
                sink.received_bytes += moved
                if sink.failure:
                    raise sink.failure
                if sink.received_bytes > storage.MAX_UPLOAD_BYTES:
                    raise TooLargeError(TOO_LARGE)
                yield Wait.READ if count is None else Wait.TURN
            sink.put(block, filled)

    def _send(self, source: Source) -> Steps:
        """Send all of the source, in turns."""
        while (block := source.take()) != b"":
            if block is None:
                yield Wait.WAKE
                continue
            rest = memoryview(block)
            while rest:
                rest = rest[self._channel.put(rest) :]
                yield from self._flush()
            yield Wait.TURN

    def _send_close_notify(self) -> Steps:
        """Send close_notify and FIN; errors of a client that has gone are ignored."""
        with suppress(OSError):
            self._channel.put_close_notify()
            yield from self._flush()
            self.sock.shutdown(socket.SHUT_WR)

    def _linger(self) -> Steps:
        """Wait for the client's end: closing earlier could discard data that it has not read."""
        self.idle_limit_s = LINGER_LIMIT_S
        until = monotonic() + LINGER_LIMIT_S
        while monotonic() < until:
            try:
                if not self.sock.recv_into(self._scratch):
                    return
            except BlockingIOError:
                yield Wait.READ
