"""The bind/detect handshake of "add printer by IP": TCP 3000 plain, 3002 over TLS, the same frames on both.

One exchange for each connection, without authentication. (Reply: firmware capture of an A1 mini.)
"""

import asyncio
from collections.abc import Callable
import logging
from typing import Any, cast, override

from ..events import DetectRequested
from ..net.admission import OpenConnection
from ..net.listener import close_now
from ..protocol.bind_frames import FrameDecoder, FrameError, encode_frame
from ..protocol.presence import Presence
from ..values import Service

_LOGGER = logging.getLogger(__name__)

EXCHANGE_TIMEOUT_S = 10.0


def detect_reply(request: dict[str, Any], identity: Presence) -> dict[str, Any] | None:
    """Return the reply to a detect request; None for anything else.

    `sequence_id` is returned with its value and JSON type, as firmware does.
    """
    match request:
        case {"login": {"command": "detect", **rest}}:
            return {
                "login": {
                    "command": "detect",
                    "sequence_id": rest.get("sequence_id", "0"),
                    "id": identity.serial,
                    "model": identity.model.code,
                    "name": identity.name,
                    "version": identity.firmware_version,
                    "bind": "free",
                    "connect": "lan",
                    "dev_cap": 1,
                }
            }
        case _:
            return None


class BindServer:
    """Answers detect requests on both ports."""

    def __init__(
        self, identity: Presence, emit: Callable[[DetectRequested], None]
    ) -> None:
        """Answer as `identity`; `emit` is called for every request that was answered."""
        self.identity = identity
        self._emit = emit
        self._connections: set[_BindConnection] = set()

    def factory(self, service: Service) -> Callable[[OpenConnection], asyncio.Protocol]:
        """Return the protocol factory for the listener of this service."""
        return lambda _connection: _BindConnection(self, service)

    def close(self) -> None:
        """End every exchange under way."""
        for connection in tuple(self._connections):
            connection.end()

    def opened(self, connection: _BindConnection) -> None:
        """Keep a connection until `closed`."""
        self._connections.add(connection)

    def closed(self, connection: _BindConnection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def detected(self, peer: str, service: Service) -> None:
        """Report an answered request."""
        self._emit(DetectRequested(peer=peer, service=service))


class _BindConnection(asyncio.Protocol):
    """One exchange: a request and its reply."""

    def __init__(self, server: BindServer, service: Service) -> None:
        self._server = server
        self._service = service
        self._decoder = FrameDecoder()
        self._transport: asyncio.Transport | None = None
        self._timeout: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._timeout = asyncio.get_running_loop().call_later(
            EXCHANGE_TIMEOUT_S, self.end
        )
        self._server.opened(self)

    @override
    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        peer = self._peer
        try:
            request = self._decoder.feed(data)
        except FrameError as err:
            _LOGGER.debug("%s: no frame from %s: %s", self._service, peer, err)
            self._transport.close()
            return
        if request is None:
            return
        if reply := detect_reply(request, self._server.identity):
            try:
                self._transport.write(encode_frame(reply))
            except FrameError as err:
                _LOGGER.debug("%s: no answer for %s: %s", self._service, peer, err)
            else:
                self._server.detected(peer, self._service)
        self._transport.close()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._timeout:
            self._timeout.cancel()
        self._server.closed(self)

    def end(self) -> None:
        """Close now, with close_notify: clients report an end without it as an error."""
        if self._transport:
            close_now(self._transport)

    @property
    def _peer(self) -> str:
        assert self._transport is not None
        peer: str = self._transport.get_extra_info("peername")[0]
        return peer
