"""The real printer behind a relay: where it is, and how one makes sure that it is the one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import os
import socket
import ssl

from cryptography import x509
from cryptography.x509.oid import NameOID

from ..net.listener import SHUTDOWN_TIMEOUT_S, keep_alive

MQTT_PORT = 8883
FTPS_PORT = 990

CONNECT_TIMEOUT_S = 5.0
HANDSHAKE_TIMEOUT_S = 10.0
RESOLVE_TIMEOUT_S = 5.0

# Printers offer plain RSA suites, which hardened systems strip from the defaults.
_CIPHERS = "DEFAULT:AES256-GCM-SHA384:AES128-GCM-SHA256"
# How virtual printers (ours and others') name their CA. A real one's is Bambu Lab's or itself.
VIRTUAL_PRINTER_CA = "Virtual Printer CA"


class WrongPrinterError(Exception):
    """Somebody else answers where the printer was expected; the text says who."""


@dataclass(slots=True, kw_only=True, eq=False)
class Target:
    """The printer as it is known now. `host` is what was configured: an IPv4 address or a name.

    `address` is its IPv4 address while it can be reached, otherwise None. It is written by the event loop and may be
    read by every thread.
    """

    host: str
    serial: str
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a printer's certificate says of it."""

    serial: str
    issuer: str

    @property
    def virtual(self) -> bool:
        """Whether it is that of a virtual printer."""
        return self.issuer == VIRTUAL_PRINTER_CA


def client_context() -> ssl.SSLContext:
    """Make a context for TLS to a printer: TLS 1.2 or newer.

    Printers sign their certificates themselves or have them from a CA that no system knows, and are called by address
    while the certificate names the serial (protocol 4.4). So the chain is not verified here; `certificate_names` tells
    whose it is.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    return context


def certificate_names(tls: ssl.SSLObject | ssl.SSLSocket) -> Names:
    """Return who the certificate of the other side is for and from. Raises WrongPrinterError."""
    encoded = tls.getpeercert(binary_form=True)
    try:
        certificate = x509.load_der_x509_certificate(encoded or b"")
        return Names(
            serial=_common_name(certificate.subject),
            issuer=_common_name(certificate.issuer),
        )
    except ValueError as err:
        raise WrongPrinterError("its certificate cannot be read") from err


def check_serial(tls: ssl.SSLObject | ssl.SSLSocket, serial: str) -> Names:
    """Return who the certificate is for and from. Raises WrongPrinterError if that is not the printer `serial`."""
    names = certificate_names(tls)
    if names.serial.casefold() != serial.casefold():
        raise WrongPrinterError(
            f"the printer {names.serial or 'without a name'} answers instead of {serial}"
        )
    return names


async def identify(address: str, serial: str, context: ssl.SSLContext) -> Names:
    """Look at the certificate on the MQTT port and go away again. Raises WrongPrinterError, TimeoutError, OSError."""
    transport, _protocol = await connect_to(
        asyncio.Protocol, address, MQTT_PORT, serial, context
    )
    try:
        return check_serial(transport.get_extra_info("ssl_object"), serial)
    finally:
        transport.abort()


async def connect_to[Connection: asyncio.Protocol](
    factory: Callable[[], Connection],
    address: str,
    port: int,
    serial: str,
    context: ssl.SSLContext | None,
) -> tuple[asyncio.Transport, Connection]:
    """Open a connection to the printer, over TLS with a context. Raises OSError."""
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


def reason_of(err: Exception) -> str:
    """Say in a few words why a connection failed."""
    match err:
        case WrongPrinterError():
            return str(err)
        case TimeoutError():
            return "no answer"
        case ssl.SSLError():
            return f"no TLS: {err.reason or 'broken off'}"
        case OSError(errno=int(number)) if number > 0:
            # asyncio puts the address into the text.
            return os.strerror(number)
        case OSError(strerror=str(text)):
            return text
        case _:
            return type(err).__name__


def _common_name(name: x509.Name) -> str:
    return next(
        (
            str(attribute.value)
            for attribute in name.get_attributes_for_oid(NameOID.COMMON_NAME)
        ),
        "",
    )
