"""One FTPS data connection through a relay that ends TLS: blocking work for a thread of its own.

Whether the slicer encrypts is seen from its first byte, because some do not although they said so (protocol 6.4). The
printer's side resumes the TLS session of the control connection, which real printers insist on.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
import socket
import ssl
import struct

from .meter import Meter

BLOCK_BYTES = 256 * 1024
# Nothing at all for that long, and the transfer has failed.
IDLE_LIMIT_S = 120.0

_TLS_HANDSHAKE = b"\x16"
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How the two sides of a data connection are encrypted, None where not at all."""

    slicer: ssl.SSLContext | None
    printer: ssl.SSLContext | None
    serial: str
    session: ssl.SSLSession | None


@dataclass(slots=True, kw_only=True, eq=False)
class Transfer:
    """A data connection: both sockets, connected, and what has passed."""

    slicer: socket.socket
    printer: socket.socket
    peer: str
    name: str | None = None
    up: Meter = field(default_factory=Meter)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def upload(
        self,
        protection: Protection,
        server: ssl.SSLContext,
        count: Callable[[int], None],
    ) -> None:
        """Move a file from the slicer to the printer. Raises OSError after which the printer has been reset.

        The slicer's connection stays open until `close`: it takes its end for the end of everything, and the printer's
        226 has to reach it first (protocol 6.3).
        """
        try:
            self._limit()
            first = self.slicer.recv(1, socket.MSG_PEEK)
            if first == _TLS_HANDSHAKE:
                self.slicer = server.wrap_socket(self.slicer, server_side=True)
            self._protect_printer(protection)
            _copy(self.slicer, self.printer, count)
            _finish(self.printer)
        except OSError:
            # Not an end that could be taken for the file's.
            _reset_on_close(self.printer)
            self.printer.close()
            raise

    def download(self, protection: Protection, count: Callable[[int], None]) -> None:
        """Move a listing or a file from the printer to the slicer. Raises OSError after which the slicer was reset."""
        try:
            self._limit()
            self._protect_printer(protection)
            if protection.slicer:
                self.slicer = protection.slicer.wrap_socket(
                    self.slicer, server_side=True
                )
            _copy(self.printer, self.slicer, count)
            _finish(self.slicer)
        except OSError:
            _reset_on_close(self.slicer)
            self.slicer.close()
            raise

    def cancel(self) -> None:
        """Make whatever waits on the connection fail; may be called from another thread."""
        for sock in (self.slicer, self.printer):
            _reset_on_close(sock)
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close both sides."""
        self.slicer.close()
        self.printer.close()

    def _limit(self) -> None:
        for sock in (self.slicer, self.printer):
            sock.settimeout(IDLE_LIMIT_S)

    def _protect_printer(self, protection: Protection) -> None:
        if protection.printer:
            self.printer = protection.printer.wrap_socket(
                self.printer,
                server_hostname=protection.serial,
                session=protection.session,
            )


def _copy(
    source: socket.socket, sink: socket.socket, count: Callable[[int], None]
) -> None:
    block = memoryview(bytearray(BLOCK_BYTES))
    while size := source.recv_into(block):
        sink.sendall(block[:size])
        count(size)


def _finish(sock: socket.socket) -> None:
    """Say that this was all, in TLS and in TCP, without waiting for the other side to say the same."""
    if isinstance(sock, ssl.SSLSocket):
        sock.settimeout(0)
        # The alert is out when it wants to read the answer to it.
        with suppress(ssl.SSLError, OSError):
            sock.unwrap()
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_WR)


def _reset_on_close(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
