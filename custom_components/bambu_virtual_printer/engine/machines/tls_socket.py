"""A TLS client connection that does its TLS in memory and uses the socket for bytes alone.

With `ssl.SSLSocket` a system error of one connection can stay in OpenSSL's error queue, which belongs to the thread, and be
raised by the next connection that has to wait (CPython 3.14): the reset of one printer would end the session with another,
and of one upload the next. It has what paho and ftplib call of a socket.
"""

from contextlib import suppress
import io
import select
import socket
import ssl
from typing import Any, Self, TextIO, override

_RECEIVE_BYTES = 64 * 1024
# What surely fits into a socket that may be written to.
_SEND_BYTES = 8 * 1024


class TlsSocket:
    """Blocks, times out or neither, as the socket is set to."""

    def __init__(
        self,
        sock: socket.socket,
        context: ssl.SSLContext,
        server_hostname: str,
        session: ssl.SSLSession | None = None,
    ) -> None:
        """Take over a connected socket; `session` is one to resume."""
        self._sock = sock
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming,
            self._outgoing,
            server_hostname=server_hostname,
            session=session,
        )
        self._plain = bytearray()
        self._unsent = bytearray()
        self._ended = False

    @property
    def tls(self) -> ssl.SSLObject:
        """What is known of the peer."""
        return self._tls

    @property
    def raw(self) -> socket.socket:
        """The socket itself."""
        return self._sock

    @property
    def session(self) -> ssl.SSLSession | None:
        """The session, to be resumed by another connection."""
        return self._tls.session

    def do_handshake(self) -> None:
        """Shake hands; once is enough. Raises OSError."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                if not self._fill():
                    raise ConnectionResetError(
                        "the connection ended in the TLS handshake"
                    ) from None
            else:
                self._flush()
                return

    def recv(self, size: int) -> bytes:
        """Return what has arrived, nothing at the end. Raises OSError."""
        # The printer's first data may have come with the end of the handshake.
        self._decrypt()
        while not self._plain and not self._ended:
            if not self._fill():
                self._ended = True
            self._decrypt()
            # TLS's own records, such as alerts.
            self._flush()
        data = bytes(self._plain[:size])
        del self._plain[:size]
        return data

    def pending(self) -> int:
        """How much `recv` can return without waiting."""
        return len(self._plain)

    def send(self, data: bytes) -> int:
        """Send some of it, and return how much. Raises BlockingIOError where it would wait and must not, OSError."""
        if self._sock.gettimeout() != 0:
            self.sendall(data)
            return len(data)
        self._flush()
        if self._unsent or not select.select([], [self._sock], [], 0)[1]:
            raise BlockingIOError
        sent = self._tls.write(memoryview(data)[:_SEND_BYTES])
        self._flush()
        return sent

    def sendall(self, data: bytes) -> None:
        """Send all of it. Raises OSError."""
        view = memoryview(data)
        while view:
            view = view[self._tls.write(view) :]
        self._flush()

    def finish(self) -> None:
        """Send close_notify without waiting for the peer's. Raises OSError."""
        # It would wait for a close_notify that no printer sends.
        with suppress(ssl.SSLError):
            self._tls.unwrap()
        self._flush()
        self._sock.shutdown(socket.SHUT_WR)

    def makefile(self, _mode: str = "r", *, encoding: str = "utf-8") -> TextIO:
        """Make a file to read lines from."""
        return io.TextIOWrapper(
            io.BufferedReader(_Reader(self)), encoding=encoding, errors="replace"
        )

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def fileno(self) -> int:
        """Return the socket's number."""
        return self._sock.fileno()

    def gettimeout(self) -> float | None:
        """Return the socket's time-out."""
        return self._sock.gettimeout()

    def settimeout(self, timeout_s: float | None) -> None:
        """Set the socket's time-out."""
        self._sock.settimeout(timeout_s)

    def setblocking(self, flag: bool) -> None:
        """Set whether the socket blocks."""
        self._sock.setblocking(flag)

    def getpeername(self) -> Any:
        """Return the printer's address."""
        return self._sock.getpeername()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Close."""
        self.close()

    def _fill(self) -> bool:
        """Take in what has arrived; False at the end."""
        data = self._sock.recv(_RECEIVE_BYTES)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        return bool(data)

    def _decrypt(self) -> None:
        """Decrypt all that is there, so that `pending` knows."""
        if self._ended:
            return
        try:
            while data := self._tls.read(_RECEIVE_BYTES):
                self._plain += data
            self._ended = True
        except ssl.SSLWantReadError:
            return
        except ssl.SSLEOFError, ssl.SSLZeroReturnError:
            self._ended = True

    def _flush(self) -> None:
        """Send what has been encrypted, as far as it goes."""
        if self._sock.gettimeout() != 0:
            unsent, self._unsent = self._unsent, bytearray()
            for data in (unsent, self._outgoing.read()):
                if data:
                    self._sock.sendall(data)
            return
        if self._outgoing.pending:
            self._unsent += self._outgoing.read()
        if not self._unsent:
            return
        try:
            del self._unsent[: self._sock.send(self._unsent)]
        except BlockingIOError:
            return


class _Reader(io.RawIOBase):
    """Reads from a connection."""

    def __init__(self, source: TlsSocket) -> None:
        self._source = source

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Any) -> int:
        data = self._source.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)
