"""One MQTT connection: the socket side of a session.

Connections do not delay each other: packets are handled a few at a time, and a client that does not read what it is sent
is not read either. What was received before a client left is still handled.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import logging
import socket
from typing import cast, override

from ...explanations import Explanation
from ...net import endings
from ...net.admission import Displacement, OpenConnection
from ...net.listener import close_now, may_write
from ...protocol.mqtt import packets
from ...protocol.mqtt.decoder import MAX_PACKET_BYTES, PacketDecoder
from ...protocol.mqtt.framing import HEADER_BYTES_MAX
from ...protocol.mqtt.packets import ConnectReturnCode, ProtocolError
from ...protocol.mqtt.server_session import (
    CommandReceived,
    Left,
    LoginRequested,
    Session,
    Subscribed,
)

_LOGGER = logging.getLogger(__name__)

# A CONNECT has some hundred bytes; a client that is not logged in may send no more than this.
MAX_CONNECT_BYTES = 64 * 1024
# A slicer's burst has about five packets; a flood is handled in slices, between which others have a turn.
PACKETS_PER_TURN = 32
# When this much waits to be handled, no more is read. A single incomplete packet always fits.
READ_AHEAD_BYTES = HEADER_BYTES_MAX + MAX_PACKET_BYTES
# Reports are 5 kB a second: with large buffers a sleeping client would go unnoticed for many minutes.
KERNEL_BUFFER_BYTES = 32 * 1024
WRITE_BUFFER_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A client has connected; its TLS handshake is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The connection is closed; the last event."""

    reason: Explanation


type ConnectionEvent = Opened | LoginRequested | Subscribed | CommandReceived | Closed


class Connection(asyncio.Protocol):
    """A client's connection. `handle` is called for each of its events."""

    def __init__(
        self,
        serial: str,
        admitted: OpenConnection,
        handle: Callable[[Connection, ConnectionEvent], None],
    ) -> None:
        """Prepare; the client is answered under `serial` until it names another."""
        self.admitted = admitted
        """The admitted connection."""
        self.peer = ""
        self.stalled_since: float | None = None
        """Since when (loop time) the client has not read what it was sent, or None."""
        self._handle = handle
        self._session = Session(serial)
        self._decoder = PacketDecoder(MAX_CONNECT_BYTES)
        self._logged_in = False
        self._reason: Explanation | None = None
        # Packets that still arrive are ignored.
        self._ignore_input = False
        self._lost = False
        self._corked = False
        self._outgoing: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._turn: asyncio.Handle | None = None

    @property
    def serial(self) -> str:
        """The serial number by which this client knows the printer."""
        return self._session.serial

    @property
    def report_topic(self) -> str:
        """The topic of this client's reports."""
        return self._session.report_topic

    # --- called by the server ---

    def admit(self) -> None:
        """Accept the login."""
        self._stop_timer()
        self._logged_in = True
        self._decoder.limit_bytes = MAX_PACKET_BYTES
        self.send(packets.connack(ConnectReturnCode.ACCEPTED))

    def refuse(
        self, code: ConnectReturnCode, reason: Explanation, *, after_s: float = 0.0
    ) -> None:
        """Refuse the login and close, after `after_s` seconds."""
        self._ignore_input = True
        self._stop_timer()
        self._timer = self._loop.call_later(after_s, self._refuse_now, code, reason)

    def send(self, packet: bytes) -> None:
        """Send a packet; no effect once the connection is closing."""
        self._outgoing.append(packet)
        if not self._corked:
            self._flush()

    def publish(self, payload: bytes) -> None:
        """Send a message on this client's report topic."""
        self.send(packets.publish(self.report_topic, payload))

    def end(self, reason: Explanation) -> None:
        """Close once everything was sent. The Closed event follows."""
        self._leave(reason)
        self._flush()
        # A transport that is closed twice cannot be aborted any more.
        if not self._transport.is_closing():
            self._transport.close()

    def abort(self, reason: Explanation) -> None:
        """Close at once. The Closed event follows."""
        self._leave(reason)
        self._transport.abort()

    # --- called by the transport ---

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Set up the socket and report it."""
        self._loop = asyncio.get_running_loop()
        self._transport = cast(asyncio.Transport, transport)
        self.peer, *_ = transport.get_extra_info("peername") or ("",)
        self._transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES
        )
        self.admitted.when_displaced(self._displaced)
        self._handle(self, Opened())

    @override
    def data_received(self, data: bytes) -> None:
        """Handle what has arrived."""
        if self._ignore_input:
            return
        self._decoder.feed(data)
        if self._turn is None:
            self._work()
        self._regulate_reading()

    @override
    def pause_writing(self) -> None:
        """Record that the client does not read what it is sent."""
        self.stalled_since = self._loop.time()

    @override
    def resume_writing(self) -> None:
        """Handle what the client sent in the meantime."""
        self.stalled_since = None
        self._work_soon()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Handle what was received, then report the end."""
        self._lost = True
        self.stalled_since = None
        if self._reason is None:
            self._reason = endings.broken(exc) if exc else endings.LEFT
        self._work_soon()

    # --- inside ---

    def _work_soon(self) -> None:
        if self._turn is None:
            self._turn = self._loop.call_soon(self._work)

    def _work(self) -> None:
        """Handle some packets; what they cause to be sent goes out in one write."""
        self._turn = None
        if self.stalled_since is not None:
            return
        self._corked = True
        try:
            more = self._handle_packets()
        except ProtocolError as err:
            _LOGGER.debug("%s does not speak MQTT: %s", self.peer, err)
            if err.refusal is not None and not self._logged_in:
                self.send(packets.connack(err.refusal))
            self.end(endings.protocol_error(err))
            more = False
        finally:
            self._corked = False
            self._flush()
        if more:
            self._work_soon()
        elif self._lost:
            self._stop_timer()
            self._handle(self, Closed(reason=self._reason or endings.LEFT))
        self._regulate_reading()

    def _handle_packets(self) -> bool:
        """Handle some packets. Returns whether there may be more. Raises ProtocolError."""
        for _ in range(PACKETS_PER_TURN):
            if self._ignore_input or (packet := self._decoder.next_packet()) is None:
                return False
            acknowledgement, event = self._session.receive(packet)
            if acknowledgement:
                self.send(acknowledgement)
            match event:
                case Left():
                    self.end(endings.GOODBYE)
                case LoginRequested() | Subscribed() | CommandReceived():
                    self._handle(self, event)
        return True

    def _regulate_reading(self) -> None:
        if self._decoder.buffered_bytes >= READ_AHEAD_BYTES:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _flush(self) -> None:
        if self._outgoing and may_write(self._transport):
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    def _refuse_now(self, code: ConnectReturnCode, reason: Explanation) -> None:
        self.send(packets.connack(code))
        self.end(reason)

    def _displaced(self, why: Displacement) -> None:
        self._leave(why.value)
        self._outgoing.clear()
        close_now(self._transport)

    def _leave(self, reason: Explanation) -> None:
        self._ignore_input = True
        if self._reason is None:
            self._reason = reason
        self._stop_timer()

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
