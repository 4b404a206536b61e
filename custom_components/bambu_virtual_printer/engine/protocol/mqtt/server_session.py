"""The printer's side of one MQTT session: a packet in, an acknowledgement and an event out. No sockets, no clocks.

A printer is an unusual broker: every client gets the reports on one topic, whatever it subscribes to. Slicers may have
stored another serial number for its address, so each session uses the serial that its client names first (measured with
OrcaSlicer).
"""

from dataclasses import dataclass, field
import re

from . import packets
from .packets import (
    Connect,
    Disconnect,
    Packet,
    PingReq,
    ProtocolError,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
    QoS,
    Subscribe,
    Unsubscribe,
)

# A serial has 15 characters; the bound keeps the topic of every report short.
_SERIAL = re.compile(r"device/([^/+#]{1,64})/")
_REQUEST = re.compile(r"device/[^/]+/request")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequested:
    """A client asks to log in; its other packets are not to be handled before that succeeded."""

    connect: Connect


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A client subscribed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandReceived:
    """A message for the printer arrived; each is reported once in a session, at every QoS.

    `redelivered` means that the client may have sent it in an earlier session too, without an acknowledgement.
    """

    payload: bytes = field(repr=False)
    redelivered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A client sent DISCONNECT."""


type SessionEvent = LoginRequested | Subscribed | CommandReceived | Left


class Session:
    """One client's session."""

    def __init__(self, serial: str) -> None:
        """Use `serial` until the client names another."""
        self.serial = serial
        self._serial_named = False
        self._begun = False
        # Packet identifiers of QoS 2 messages that are not released yet; at most 2**16.
        self._unreleased: set[int] = set()

    @property
    def report_topic(self) -> str:
        """The topic of this client's reports."""
        return f"device/{self.serial}/report"

    def receive(self, packet: Packet) -> tuple[bytes, SessionEvent | None]:
        """Return the packet to send in answer, and the event. Raises ProtocolError."""
        if not self._begun and not isinstance(packet, Connect):
            raise ProtocolError("the first packet is not a CONNECT")
        match packet:
            case Connect():
                if self._begun:
                    raise ProtocolError("a second CONNECT")
                self._begun = True
                return b"", LoginRequested(connect=packet)
            case Publish():
                return self._publish(packet)
            case PubRel(packet_id=packet_id):
                self._unreleased.discard(packet_id)
                return packets.pubcomp(packet_id), None
            case Subscribe(packet_id=packet_id, subscriptions=subscriptions):
                for subscription in subscriptions:
                    self._note_serial(subscription.topic_filter)
                granted = [min(s.qos, QoS.AT_LEAST_ONCE) for s in subscriptions]
                return packets.suback(packet_id, granted), Subscribed()
            case Unsubscribe(packet_id=packet_id):
                return packets.unsuback(packet_id), None
            case PingReq():
                return packets.PINGRESP, None
            case Disconnect():
                return b"", Left()
            case PubAck() | PubRec() | PubComp():
                # The server sends QoS 0 only, so none of these is expected.
                return b"", None

    def _publish(self, packet: Publish) -> tuple[bytes, SessionEvent | None]:
        self._note_serial(packet.topic)
        event = None
        if _REQUEST.fullmatch(packet.topic):
            event = CommandReceived(payload=packet.payload, redelivered=packet.dup)
        if packet.packet_id is None:
            return b"", event
        if packet.qos is QoS.AT_LEAST_ONCE:
            return packets.puback(packet.packet_id), event
        if packet.packet_id in self._unreleased:
            event = None
        self._unreleased.add(packet.packet_id)
        return packets.pubrec(packet.packet_id), event

    def _note_serial(self, topic: str) -> None:
        if not self._serial_named and (named := _SERIAL.match(topic)):
            self._serial_named = True
            self.serial = named[1]
