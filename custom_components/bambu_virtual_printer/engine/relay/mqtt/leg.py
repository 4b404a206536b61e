"""One side of a relayed MQTT session."""

import asyncio
from typing import Protocol, cast, override

from ...protocol.mqtt.framing import Framer

WRITE_BUFFER_BYTES = 64 * 1024


class LegOwner(Protocol):
    """The session of a leg."""

    def leg_opened(self, leg: Leg) -> None:
        """Handle the opened connection."""

    def leg_lost(self, leg: Leg, exc: Exception | None) -> None:
        """Handle the closed connection; `exc` is the error, if there was one."""

    def received(self, leg: Leg) -> None:
        """Handle packets in the framer of a leg."""

    def leg_filled(self, leg: Leg) -> None:
        """Take note that its peer does not read."""

    def leg_drained(self, leg: Leg) -> None:
        """Take note that its peer reads again."""


class Leg(asyncio.Protocol):
    """A TLS connection and the packets received on it. While `other` is not read by its peer, this one is not read."""

    def __init__(self, owner: LegOwner, framer: Framer) -> None:
        """Prepare; `framer` bounds the packets."""
        self.framer = framer
        self.transport: asyncio.Transport | None = None
        self.other: Leg | None = None
        self.is_full = False
        """Whether its peer does not read what was written."""
        self._owner = owner

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        self._owner.leg_opened(self)

    @override
    def data_received(self, data: bytes) -> None:
        self.framer.feed(data)
        self._owner.received(self)

    @override
    def pause_writing(self) -> None:
        self.is_full = True
        if self.other:
            self.other.pause()
        self._owner.leg_filled(self)

    @override
    def resume_writing(self) -> None:
        self.is_full = False
        if self.other:
            self.other.resume()
        self._owner.leg_drained(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.leg_lost(self, exc)

    @property
    def unread_bytes(self) -> int:
        """How much was written and is not sent yet."""
        return self.transport.get_write_buffer_size() if self.transport else 0

    def pause(self) -> None:
        """Stop reading."""
        if self.transport:
            self.transport.pause_reading()

    def resume(self) -> None:
        """Resume reading."""
        if self.transport:
            self.transport.resume_reading()

    def write(self, data: bytes) -> None:
        """Send bytes; no effect once the connection is closing."""
        if self.transport and not self.transport.is_closing():
            self.transport.write(data)

    def close(self) -> None:
        """Close with close_notify once everything was sent.

        Clients that use libmosquitto reconnect after a close_notify, and never after an end without one.
        """
        if self.transport and not self.transport.is_closing():
            self.transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self.transport:
            self.transport.abort()
