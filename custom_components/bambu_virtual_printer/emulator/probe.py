"""Tries out whether a printer's listeners could be bound, without ever serving anybody."""

import asyncio
from collections.abc import Collection

from ..model import Service
from ..net.listener import Listener, ListenError
from .discovery import Discovery, Searches
from .identity import Presence


def unbindable(identity: Presence, skip: Collection[Service] = ()) -> list[ListenError]:
    """Bind every listener but those in `skip`, and close them again. Returns what failed."""
    ports = identity.ports
    failures = []
    for service, port in (
        (Service.BIND, ports.bind),
        (Service.BIND_TLS, ports.bind_tls),
        (Service.MQTT, ports.mqtt),
        (Service.FTPS, ports.ftps),
    ):
        if service in skip:
            continue
        try:
            Listener(service, identity.bind_ip, port, asyncio.Protocol).close()
        except ListenError as err:
            failures.append(err)
    if Service.DISCOVERY not in skip:
        try:
            Discovery(identity, Searches()).close()
        except ListenError as err:
            failures.append(err)
    return failures
