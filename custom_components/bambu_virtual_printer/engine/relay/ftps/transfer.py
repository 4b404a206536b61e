"""One FTPS data connection through a relay that terminates TLS: blocking work in a thread of its own.

Whether the slicer encrypts an upload is detected from its first byte, because some do not although they sent PROT P
(docs/protocol.md, FTPS). The printer's side resumes the TLS session of the control connection, which real printers
require.

Each thread serves one connection: OpenSSL's error queue belongs to the thread, and an error left in it would be raised
by the next connection.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
import errno
from functools import partial
import logging
import select
import socket
import ssl
import threading

from ...net.handshakes import TLS_HANDSHAKE
from ...net.loop_bridge import set_from_thread
from ...net.printer_client import Dialler
from ...net.sockets import reset_on_close
from ...net.wakeup import Wakeup
from ...pki.printer_identity import NotThePrinterError, PrinterIdentity
from ..meter import Meter

_LOGGER = logging.getLogger(__name__)

BLOCK_BYTES = 256 * 1024
# A transfer that moves nothing for so long has failed.
IDLE_LIMIT_S = 120.0
# How long a lingering close waits for the peer's end.
LINGER_LIMIT_S = 5.0
# The printer's final reply, which the end of an upload waits for, has a shorter limit of its own.
REPLIED_LIMIT_S = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How a data connection is encrypted: `server` is the context for the slicer, `client` that for the printer.

    `private_slicer` and `private_printer` are whether PROT P was agreed on with each.
    """

    server: ssl.SSLContext
    client: ssl.SSLContext
    private_slicer: bool
    private_printer: bool
    identity: PrinterIdentity
    dialler: Dialler
    session: ssl.SSLSession | None


@dataclass(slots=True, kw_only=True, eq=False)
class RelayedTransfer:
    """A data connection with both sockets connected; from `start` on a thread serves it."""

    slicer: socket.socket
    printer: socket.socket
    peer: str
    name: str | None = None
    up: Meter = field(default_factory=Meter)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _replied: threading.Event = field(default_factory=threading.Event)
    # Wakes the thread from any wait.
    _cancelled: Wakeup = field(default_factory=Wakeup)

    def start(
        self, protection: Protection, count: Callable[[int], None], *, upload: bool
    ) -> tuple[asyncio.Future[OSError | None], asyncio.Future[None]]:
        """Start. Returns two futures: the bytes were moved, with the error if there was one; and the sockets are closed.

        An upload's connection to the slicer stays open until `reply_sent`: slicers take its end for the end of the
        transfer, and the printer's 226 has to reach them first (docs/protocol.md, FTPS).
        """
        loop = asyncio.get_running_loop()
        carried: asyncio.Future[OSError | None] = loop.create_future()
        closed: asyncio.Future[None] = loop.create_future()

        def _run() -> None:
            work = self._upload if upload else self._download
            failure: OSError | None = None
            try:
                work(protection, count)
            except OSError as err:
                failure = err
            except NotThePrinterError as err:
                failure = ConnectionAbortedError(errno.ECONNABORTED, str(err))
            except Exception as err:
                _LOGGER.exception("A relayed transfer failed unexpectedly")
                failure = OSError(str(err))
            if failure:
                # A reset, so that it is not taken for the end of the file; and at once, since the printer replies to it.
                self._reset()
                self.printer.close()
            set_from_thread(loop, carried, failure)
            if upload:
                self._replied.wait(REPLIED_LIMIT_S)
            if not failure:
                self.slicer = _linger(self.slicer)
            self.close()
            set_from_thread(loop, closed, None)

        thread = threading.Thread(target=_run, name="bvp-ftps-relay", daemon=True)

        def _end(closed: asyncio.Future[None]) -> None:
            # It has nothing more to do, but may still be there for a moment; of one that is not waited for nothing is known.
            if not closed.cancelled():
                thread.join()

        closed.add_done_callback(_end)
        thread.start()
        return carried, closed

    def reply_sent(self) -> None:
        """Let the connection end; the printer's final reply was sent to the slicer."""
        self._replied.set()

    def cancel(self) -> None:
        """Reset the connection now, so that neither side takes a part for the whole file."""
        self._cancelled.wake()
        self._replied.set()

    def close(self) -> None:
        """Close both sockets."""
        for each in (self.slicer, self.printer, self._cancelled):
            each.close()

    def _upload(self, protection: Protection, count: Callable[[int], None]) -> None:
        self._unblock()
        peek = partial(self.slicer.recv, 1, socket.MSG_PEEK)
        if self._until(self.slicer, select.POLLIN, peek) == TLS_HANDSHAKE:
            self._protect_slicer(protection)
        self._protect_printer(protection)
        self._copy(self.slicer, self.printer, count)
        self.printer = _send_close_notify(self.printer)

    def _download(self, protection: Protection, count: Callable[[int], None]) -> None:
        self._unblock()
        self._protect_printer(protection)
        if protection.private_slicer:
            self._protect_slicer(protection)
        self._copy(self.printer, self.slicer, count)

    def _unblock(self) -> None:
        for sock in (self.slicer, self.printer):
            sock.setblocking(False)

    def _protect_slicer(self, protection: Protection) -> None:
        self.slicer = tls = protection.server.wrap_socket(
            self.slicer, server_side=True, do_handshake_on_connect=False
        )
        self._until(tls, select.POLLIN, tls.do_handshake)

    def _protect_printer(self, protection: Protection) -> None:
        if protection.private_printer:
            self.printer = tls = protection.client.wrap_socket(
                self.printer,
                do_handshake_on_connect=False,
                server_hostname=protection.identity.serial,
                session=protection.session,
            )
            self._until(tls, select.POLLIN, tls.do_handshake)
            # A peer that resumes the control connection's session has its keys, and sends no certificate again.
            if not tls.session_reused:
                protection.dialler.check(tls, protection.identity)

    def _copy(
        self, source: socket.socket, sink: socket.socket, count: Callable[[int], None]
    ) -> None:
        block = memoryview(bytearray(BLOCK_BYTES))
        while size := self._until(
            source, select.POLLIN, partial(source.recv_into, block)
        ):
            rest = block[:size]
            while rest:
                taken = self._until(sink, select.POLLOUT, partial(sink.send, rest))
                rest = rest[taken:]
            count(size)

    def _until[T](self, sock: socket.socket, event: int, step: Callable[[], T]) -> T:
        """Repeat a non-blocking step until it succeeds, waiting for the socket between. Raises OSError."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self._wait(sock, select.POLLIN)
            except ssl.SSLWantWriteError:
                self._wait(sock, select.POLLOUT)
            except BlockingIOError:
                self._wait(sock, event)

    def _wait(self, sock: socket.socket, event: int) -> None:
        """Wait for a socket. Raises TimeoutError, and ConnectionAbortedError after `cancel`."""
        poll = select.poll()
        poll.register(sock, event)
        poll.register(self._cancelled.sock, select.POLLIN)
        ready = dict(poll.poll(IDLE_LIMIT_S * 1000))
        if not ready:
            raise TimeoutError
        if self._cancelled.sock.fileno() in ready:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the relay stopped")

    def _reset(self) -> None:
        for sock in (self.slicer, self.printer):
            reset_on_close(sock)


def _send_close_notify(sock: socket.socket) -> socket.socket:
    """Send close_notify and FIN. Returns the TCP socket."""
    if isinstance(sock, ssl.SSLSocket):
        sock.settimeout(0)
        # The alert is sent before it tries to read the peer's.
        with suppress(OSError):
            sock.unwrap()
        sock = socket.socket(fileno=sock.detach())
    with suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
    return sock


def _linger(sock: socket.socket) -> socket.socket:
    """Send close_notify and FIN, and wait for the peer's: closing earlier could discard data that it has not read."""
    sock = _send_close_notify(sock)
    sock.settimeout(LINGER_LIMIT_S)
    with suppress(OSError):
        while sock.recv(4096):
            pass
    return sock
