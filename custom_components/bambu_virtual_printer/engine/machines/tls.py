"""TLS to one printer, for libraries that connect by themselves: nothing is sent before the printer is identified."""

import socket
import ssl
from typing import Any, cast

from ..pki.printer_identity import PrinterIdentity, PrinterTrust, client_context
from .tls_socket import TlsSocket

HANDSHAKE_TIMEOUT_S = 10.0


class HandshakeStalledError(Exception):
    """The printer took the connection and never answered the handshake: all its slots are taken (A1 01.07.02.00)."""


class PrinterTls:
    """Wraps sockets in the manner of an SSLContext. Blocks; for one thread at a time, but `abort` may come from any."""

    # What paho looks at: whether the context has compared the name itself. The trust does.
    check_hostname = False

    def __init__(
        self,
        trust: PrinterTrust,
        identity: PrinterIdentity,
        *,
        newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
        handshake_timeout_s: float = HANDSHAKE_TIMEOUT_S,
    ) -> None:
        """Connect to the printer of this identity, by TLS no newer than `newest`."""
        self._trust = trust
        self._identity = identity
        self._handshake_timeout_s = handshake_timeout_s
        self._context = client_context()
        self._context.maximum_version = newest
        self._sock: socket.socket | None = None
        self._aborted = False
        self.serial = identity.serial
        """The serial number as the printer's certificate spells it, which is how its topics do."""

    def as_context(self) -> ssl.SSLContext:
        """Give this to a library that asks for a context and calls nothing but `wrap_socket`."""
        return cast("ssl.SSLContext", self)

    def wrap_socket(
        self,
        sock: socket.socket,
        *_args: Any,
        session: ssl.SSLSession | None = None,
        **_kwargs: Any,
    ) -> TlsSocket:
        """Shake hands, and make sure that it is the printer. Closes the socket where it is not.

        Raises HandshakeStalledError, NotThePrinterError, OSError.
        """
        timeout_s = sock.gettimeout()
        self._sock = sock
        try:
            self._check_aborted()
            sock.settimeout(self._handshake_timeout_s)
            # The name that slicers ask for (measured).
            connection = TlsSocket(sock, self._context, self._identity.serial, session)
            connection.do_handshake()
            self.serial = self._trust.check(connection.tls, self._identity).peer.serial
            sock.settimeout(timeout_s)
        except BaseException as err:
            sock.close()
            if isinstance(err, TimeoutError):
                raise HandshakeStalledError("no answer to the TLS handshake") from err
            raise
        return connection

    def _check_aborted(self) -> None:
        if self._aborted:
            raise ConnectionAbortedError("given up")

    def abort(self) -> None:
        """Break off the connection under way, and let none begin any more."""
        self._aborted = True
        if self._sock is not None:
            shut_down(self._sock)


def shut_down(sock: socket.socket) -> None:
    """Wake the thread that waits on a socket, which closes it then."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
