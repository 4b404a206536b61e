"""Checks whether a printer's listeners could be bound, and whether those that are bound answer."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
import ssl

from ..discovery.announcer import Discovery
from ..discovery.search_receiver import SearchReceiver
from ..explanations import Explanation, why_os
from ..net.admission import OpenConnection
from ..net.listener import Listener, ListenError
from ..protocol.ports import Ports
from ..protocol.presence import Presence
from ..values import Service

PROBE_TIMEOUT_S = 3.0


def unbindable(
    identity: Presence,
    skip: Collection[Service] = (),
    extra: Iterable[tuple[Service, int]] = (),
) -> list[ListenError]:
    """Bind every listener but those in `skip`, and `extra` TCP ports, and close them. Returns the failures."""
    failures = []
    for service, port in (*identity.ports.tcp, *extra):
        if service not in skip and (
            err := why_unbindable(service, identity.bind_ip, port)
        ):
            failures.append(err)
    if Service.DISCOVERY not in skip:
        try:
            Discovery(identity, SearchReceiver()).close()
        except ListenError as err:
            failures.append(err)
    return failures


def why_unbindable(service: Service, address: str, port: int) -> ListenError | None:
    """Bind a TCP port and close it. Returns why that is not possible, or None."""
    try:
        Listener(service, address, port, _make_protocol).close()
    except ListenError as err:
        return err
    return None


def _make_protocol(_connection: OpenConnection) -> asyncio.Protocol:
    """Make the protocol of a listener that never accepts."""
    return asyncio.Protocol()


def tcp_ports_free(address: str) -> bool:
    """Return whether every TCP port of a virtual printer can be bound at this address. Binds and closes them."""
    try:
        for service, port in Ports().tcp:
            Listener(service, address, port, _make_protocol).close()
    except ListenError:
        return False
    return True


class FaultKind(StrEnum):
    """What is wrong with a listener."""

    NO_ANSWER = "no_answer"
    OTHER_PROGRAM = "other_program"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a listener cannot be used; `detail` is the system's error text."""

    kind: FaultKind
    why: Explanation | None = None


async def probe_listener(
    address: str, port: int, certificate: bytes | None
) -> Fault | None:
    """Connect to a listener of a virtual printer like a client. Returns what is wrong, or None.

    `certificate` is its certificate (DER); None for a port without TLS. Another certificate means that another program
    holds the port.
    """
    context = None
    if certificate is not None:
        # The certificate is compared, not verified.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            _reader, writer = await asyncio.open_connection(address, port, ssl=context)
    except TimeoutError:
        return Fault(kind=FaultKind.NO_ANSWER)
    except OSError as err:
        return Fault(kind=FaultKind.REFUSED, why=why_os(err))
    try:
        if certificate is None:
            return None
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return None if shown == certificate else Fault(kind=FaultKind.OTHER_PROGRAM)
    finally:
        writer.transport.abort()
