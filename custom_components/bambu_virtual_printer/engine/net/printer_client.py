"""Connections to real printers, whose certificates are checked before anything is sent to them."""

import asyncio
from collections.abc import Callable
import socket
import ssl

from ..explanations import Explanation, as_it_stands, why_os
from ..pki.authority import CA_NAME
from ..pki.printer_identity import (
    NotThePrinterError,
    Peer,
    PrinterIdentity,
    PrinterTrust,
    client_context,
)
from ..protocol.ports import MQTT_PORT
from .listener import HANDSHAKE_TIMEOUT_S, SHUTDOWN_TIMEOUT_S
from .sockets import keep_alive

CONNECT_TIMEOUT_S = 5.0
RESOLVE_TIMEOUT_S = 5.0
# In pass-through the slicer's TLS goes to the printer, so the check needs a connection of its own, made lately.
VERIFIED_FOR_S = 10.0


class Dialler:
    """Opens TLS connections to printers, and returns only those to the expected printer.

    All connections of relays are made here, so that no access code is sent to another device.
    """

    def __init__(self, trust: PrinterTrust) -> None:
        """Connect to printers that `trust` verifies or a person has confirmed."""
        self._trust = trust
        self._context = client_context()

    async def open[Connection: asyncio.Protocol](
        self,
        factory: Callable[[], Connection],
        address: str,
        port: int,
        expected: PrinterIdentity,
        *,
        context: ssl.SSLContext | None = None,
    ) -> tuple[asyncio.Transport, Connection, Peer]:
        """Connect, with `context` or the default one. Raises NotThePrinterError, TimeoutError, OSError.

        The protocol that `factory` makes must not write before this returns.
        """
        transport, protocol = await connect_to(
            factory, address, port, expected.serial, context or self._context
        )
        try:
            peer = self.check(transport.get_extra_info("ssl_object"), expected)
        except BaseException:
            transport.abort()
            raise
        return transport, protocol, peer

    def check(
        self, tls: ssl.SSLObject | ssl.SSLSocket, expected: PrinterIdentity
    ) -> Peer:
        """Check the peer of a connection that was opened elsewhere. Raises NotThePrinterError."""
        return self._trust.check(tls, expected).peer

    async def identify(self, address: str, expected: PrinterIdentity) -> None:
        """Check the certificate on the MQTT port, and disconnect. Raises NotThePrinterError, TimeoutError, OSError."""
        transport, _protocol, _peer = await self.open(
            asyncio.Protocol, address, MQTT_PORT, expected
        )
        transport.abort()


def is_virtual(peer: Peer) -> bool:
    """Return whether a certificate is a virtual printer's, of this or another program.

    A real printer's is issued by Bambu Lab or self-signed.
    """
    return peer.issuer == CA_NAME


async def connect_to[Connection: asyncio.Protocol](
    factory: Callable[[], Connection],
    address: str,
    port: int,
    serial: str,
    context: ssl.SSLContext | None,
) -> tuple[asyncio.Transport, Connection]:
    """Open a connection to a printer, over TLS if there is a context. Raises OSError."""
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setblocking(False)
        keep_alive(sock)
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await loop.sock_connect(sock, (address, port))
        return await loop.create_connection(
            factory,
            sock=sock,
            ssl=context,
            # The name that real slicers ask for (measured).
            server_hostname=serial if context else None,
            ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S if context else None,
            ssl_shutdown_timeout=SHUTDOWN_TIMEOUT_S if context else None,
        )
    except BaseException:
        sock.close()
        raise


async def resolve(host: str) -> str:
    """Return the IPv4 address of a host. Raises OSError."""
    async with asyncio.timeout(RESOLVE_TIMEOUT_S):
        found = await asyncio.get_running_loop().getaddrinfo(
            host, None, family=socket.AF_INET, type=socket.SOCK_STREAM
        )
    return str(found[0][4][0])


def reason_of(err: Exception) -> Explanation:
    """Return in a few words why a connection failed."""
    match err:
        case NotThePrinterError():
            return err.explanation
        case OSError():
            return why_os(err)
        case _:
            return as_it_stands(type(err).__name__)
