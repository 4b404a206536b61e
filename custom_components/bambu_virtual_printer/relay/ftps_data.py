"""One FTPS data connection through a relay that ends TLS: blocking work for a thread of its own.

Whether the slicer encrypts an upload is seen from its first byte, because some do not although they said so (protocol
6.4). The printer's side resumes the TLS session of the control connection, which real printers insist on.

A thread serves one connection and ends: OpenSSL's errors stay with the thread, and would be raised by the next one.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
import logging
import socket
import ssl
import struct
import threading

from .meter import Meter

_LOGGER = logging.getLogger(__name__)

BLOCK_BYTES = 256 * 1024
# Nothing at all for that long, and the transfer has failed.
IDLE_LIMIT_S = 120.0
# How long an end waits for the other side's.
PARTING_LIMIT_S = 5.0
# The reply that an upload's end waits for has a limit of its own, and this is longer.
REPLIED_LIMIT_S = 240.0

_TLS_HANDSHAKE = b"\x16"
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How a data connection is encrypted: `server` towards the slicer, `client` towards the printer.

    `private_slicer` and `private_printer` are what PROT agreed on with each.
    """

    server: ssl.SSLContext
    client: ssl.SSLContext
    private_slicer: bool
    private_printer: bool
    serial: str
    session: ssl.SSLSession | None


@dataclass(slots=True, kw_only=True, eq=False)
class Transfer:
    """A data connection whose sockets are both connected, from `start` on served by a thread."""

    slicer: socket.socket
    printer: socket.socket
    peer: str
    name: str | None = None
    up: Meter = field(default_factory=Meter)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _replied: threading.Event = field(default_factory=threading.Event)

    def start(
        self, protection: Protection, count: Callable[[int], None], *, upload: bool
    ) -> tuple[asyncio.Future[OSError | None], asyncio.Future[None]]:
        """Begin. Returns two futures: the bytes were moved, or why not; and the connection is closed.

        An upload's connection to the slicer stays open until `reply_sent`: slicers take its end for the end of
        everything, and the printer's 226 has to reach them first (protocol 6.3).
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
            except Exception as err:
                _LOGGER.exception("A relayed transfer failed unexpectedly")
                failure = OSError(str(err))
            if failure:
                # Not an end that could be taken for the file's; and at once, for the printer has something to say to it.
                self._reset()
                self.printer.close()
            loop.call_soon_threadsafe(_set, carried, failure)
            if upload:
                self._replied.wait(REPLIED_LIMIT_S)
            if not failure:
                self.slicer = _part(self.slicer)
            self.close()
            loop.call_soon_threadsafe(_set, closed, None)

        threading.Thread(target=_run, name="bvp-ftps-relay", daemon=True).start()
        return carried, closed

    def reply_sent(self) -> None:
        """Let the connection end; the slicer has what the printer said to it."""
        self._replied.set()

    def cancel(self) -> None:
        """End the connection now, so that neither side takes what it has for the whole."""
        self._reset()
        for sock in (self.slicer, self.printer):
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        self._replied.set()

    def close(self) -> None:
        """Close both sockets."""
        self.slicer.close()
        self.printer.close()

    def _upload(self, protection: Protection, count: Callable[[int], None]) -> None:
        self._limit()
        first = self.slicer.recv(1, socket.MSG_PEEK)
        if first == _TLS_HANDSHAKE:
            self.slicer = protection.server.wrap_socket(self.slicer, server_side=True)
        self._protect_printer(protection)
        _copy(self.slicer, self.printer, count)
        self.printer = _say_goodbye(self.printer)

    def _download(self, protection: Protection, count: Callable[[int], None]) -> None:
        self._limit()
        self._protect_printer(protection)
        if protection.private_slicer:
            self.slicer = protection.server.wrap_socket(self.slicer, server_side=True)
        _copy(self.printer, self.slicer, count)

    def _limit(self) -> None:
        for sock in (self.slicer, self.printer):
            sock.settimeout(IDLE_LIMIT_S)

    def _protect_printer(self, protection: Protection) -> None:
        if protection.private_printer:
            self.printer = protection.client.wrap_socket(
                self.printer,
                server_hostname=protection.serial,
                session=protection.session,
            )

    def _reset(self) -> None:
        for sock in (self.slicer, self.printer):
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _copy(
    source: socket.socket, sink: socket.socket, count: Callable[[int], None]
) -> None:
    block = memoryview(bytearray(BLOCK_BYTES))
    while size := source.recv_into(block):
        sink.sendall(block[:size])
        count(size)


def _say_goodbye(sock: socket.socket) -> socket.socket:
    """Say that this was all, in TLS and in TCP. Returns the socket beneath."""
    if isinstance(sock, ssl.SSLSocket):
        sock.settimeout(0)
        # The alert is out by the time it wants to read the answer to it.
        with suppress(OSError):
            sock.unwrap()
        sock = socket.socket(fileno=sock.detach())
    with suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
    return sock


def _part(sock: socket.socket) -> socket.socket:
    """Say goodbye and wait for the other side's: closing before it could destroy what it has not read."""
    sock = _say_goodbye(sock)
    sock.settimeout(PARTING_LIMIT_S)
    with suppress(OSError):
        while sock.recv(4096):
            pass
    return sock


def _set[T](future: asyncio.Future[T], value: T) -> None:
    if not future.done():
        future.set_result(value)
