"""Bytes over a non-blocking socket, in clear text or encrypted.

TLS is done in memory buffers; the socket only carries bytes. With `ssl.SSLSocket` a system error of one
connection can stay in OpenSSL's error queue, which belongs to the thread, and be raised by the next connection that has
to wait (CPython 3.14 after a failed write or shutdown): one client's reset would end another one's upload.
"""

from abc import ABC, abstractmethod
from contextlib import suppress
import socket
import ssl
from typing import cast, override

# How much is encrypted before it is sent; a few TLS records.
_ENCRYPT_BYTES = 128 * 1024


class Channel(ABC):
    """A data connection's byte stream. Nothing blocks; every method may raise OSError, which includes ssl.SSLError."""

    def __init__(self, sock: socket.socket) -> None:
        """Use a non-blocking socket, which the caller owns."""
        self._sock = sock
        self._unsent = memoryview(b"")

    @abstractmethod
    def receive_into(self, view: memoryview) -> int | None:
        """Return how many bytes were received, 0 at the end of the stream, None if none are there yet."""

    @abstractmethod
    def put(self, data: memoryview) -> int:
        """Take bytes to be sent by `flush`. Returns how many were taken. Call it only after everything was flushed."""

    def flush(self) -> bool:
        """Send what was put. Returns whether everything was sent."""
        while self._unsent:
            try:
                sent = self._sock.send(self._unsent)
            except BlockingIOError:
                return False
            self._unsent = self._unsent[sent:]
        return True

    def put_close_notify(self) -> None:
        """Have `flush` send close_notify; the caller sends the FIN."""


class ClearChannel(Channel):
    """Clear text."""

    def __init__(self, sock: socket.socket, first: bytes) -> None:
        """Begin with `first`, which was received already."""
        super().__init__(sock)
        self._first = first

    @override
    def receive_into(self, view: memoryview) -> int | None:
        if first := self._first[: len(view)]:
            view[: len(first)] = first
            self._first = self._first[len(first) :]
            return len(first)
        try:
            return self._sock.recv_into(view)
        except BlockingIOError:
            return None

    @override
    def put(self, data: memoryview) -> int:
        self._unsent = data
        return len(data)


class TlsChannel(Channel):
    """The server's side of TLS.

    `scratch` is a buffer between the socket and OpenSSL, used within a call only; all channels of a thread share it.
    """

    def __init__(
        self,
        sock: socket.socket,
        first: bytes,
        context: ssl.SSLContext,
        scratch: memoryview,
    ) -> None:
        """Begin with `first`, which was received already; call `do_handshake` first."""
        super().__init__(sock)
        self._scratch = scratch
        self._inward = ssl.MemoryBIO()
        self._outward = ssl.MemoryBIO()
        self._inward.write(first)
        self._tls = context.wrap_bio(self._inward, self._outward, server_side=True)

    def do_handshake(self) -> bool:
        """Continue the handshake. Returns whether it is done. Its output waits for `flush`."""
        try:
            while True:
                try:
                    self._tls.do_handshake()
                except ssl.SSLWantReadError:
                    if not self._fill():
                        return False
                else:
                    return True
        finally:
            # After a failure too: this is the alert with the reason.
            self._unsent = memoryview(bytes(self._unsent) + self._outward.read())

    @override
    def receive_into(self, view: memoryview) -> int | None:
        read = self._tls.read
        size = len(view)
        filled = 0
        # A call returns one record at most, so this loop is the hot path.
        while filled < size:
            try:
                # With a buffer it returns a count, contrary to its annotation.
                count = cast(int, read(size - filled, view[filled:]))
            except ssl.SSLWantReadError:
                if self._fill():
                    continue
                return filled or None
            except ssl.SSLEOFError:
                # An end without close_notify, as several clients always end (measured).
                return filled
            if not count:
                return filled
            filled += count
        return filled

    @override
    def put(self, data: memoryview) -> int:
        taken = self._tls.write(data[:_ENCRYPT_BYTES])
        self._unsent = memoryview(self._outward.read())
        return taken

    @override
    def put_close_notify(self) -> None:
        # The alert is written at once; the error is that the client's has not arrived.
        with suppress(ssl.SSLError):
            self._tls.unwrap()
        self._unsent = memoryview(self._outward.read())

    def _fill(self) -> bool:
        """Pass what the socket has received, or its end, to OpenSSL. Returns whether there was anything."""
        try:
            count = self._sock.recv_into(self._scratch)
        except BlockingIOError:
            return False
        if count:
            self._inward.write(self._scratch[:count])
        else:
            self._inward.write_eof()
        return True
