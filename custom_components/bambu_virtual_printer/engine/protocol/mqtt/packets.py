"""MQTT 3.1.1 packets: what a client sends as values, what a server sends as bytes, and how a client logs in.

Section numbers are those of the OASIS standard.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum


class ConnectReturnCode(IntEnum):
    """The return code of a CONNACK (3.2.2.3)."""

    ACCEPTED = 0
    UNACCEPTABLE_PROTOCOL_VERSION = 1
    IDENTIFIER_REJECTED = 2
    SERVER_UNAVAILABLE = 3
    BAD_USER_NAME_OR_PASSWORD = 4
    NOT_AUTHORIZED = 5


class ProtocolError(Exception):
    """A client sent what MQTT does not allow; the connection has to be closed.

    `refusal` is what a CONNACK should say before that, when the packet in question was a first CONNECT.
    """

    def __init__(self, text: str, refusal: ConnectReturnCode | None = None) -> None:
        """Keep the error, and the CONNACK code to send."""
        super().__init__(text)
        self.refusal = refusal


# --- packets a client sends -----------------------------------------------------------------------------------------


class QoS(IntEnum):
    """Quality of service (4.3)."""

    AT_MOST_ONCE = 0
    AT_LEAST_ONCE = 1
    EXACTLY_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Will:
    """A client's will: the message to publish if its connection breaks (3.1.2.5)."""

    topic: str
    payload: bytes = field(repr=False)
    qos: QoS
    retain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """The first packet of a session."""

    client_id: str
    user: str | None
    password: bytes | None = field(repr=False)
    keep_alive_s: int
    clean_session: bool
    will: Will | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """A message. `packet_id` is None for QoS 0 and only then."""

    topic: str
    payload: bytes = field(repr=False)
    qos: QoS
    packet_id: int | None
    dup: bool
    retain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PubAck:
    """Acknowledges a QoS 1 message."""

    packet_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PubRec:
    """Second step of a QoS 2 message."""

    packet_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PubRel:
    """Third step of a QoS 2 message."""

    packet_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PubComp:
    """Last step of a QoS 2 message."""

    packet_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One topic filter of a SUBSCRIBE, and the requested QoS."""

    topic_filter: str
    qos: QoS


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """A SUBSCRIBE; it has at least one subscription."""

    packet_id: int
    subscriptions: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    """An UNSUBSCRIBE; it has at least one filter."""

    packet_id: int
    topic_filters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PingReq:
    """Keeps the connection alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnect:
    """The last packet of a session."""


type Packet = (
    Connect
    | Publish
    | PubAck
    | PubRec
    | PubRel
    | PubComp
    | Subscribe
    | Unsubscribe
    | PingReq
    | Disconnect
)


# --- packets a server sends -----------------------------------------------------------------------------------------

PINGRESP = b"\xd0\x00"
DISCONNECT = b"\xe0\x00"


def connack(code: ConnectReturnCode) -> bytes:
    """Encode a CONNACK without a kept session (3.2)."""
    return bytes((0x20, 2, 0, code))


def publish(topic: str, payload: bytes) -> bytes:
    """Encode a PUBLISH of QoS 0, not retained (3.3)."""
    name = topic.encode()
    return b"".join(
        (
            b"\x30",
            remaining_length(2 + len(name) + len(payload)),
            len(name).to_bytes(2),
            name,
            payload,
        )
    )


def puback(packet_id: int) -> bytes:
    """Encode a PUBACK (3.4)."""
    return b"\x40\x02" + packet_id.to_bytes(2)


def pubrec(packet_id: int) -> bytes:
    """Encode a PUBREC (3.5)."""
    return b"\x50\x02" + packet_id.to_bytes(2)


def pubcomp(packet_id: int) -> bytes:
    """Encode a PUBCOMP (3.7)."""
    return b"\x70\x02" + packet_id.to_bytes(2)


def suback(packet_id: int, granted: Iterable[QoS]) -> bytes:
    """Encode a SUBACK with one granted QoS for each filter (3.9)."""
    codes = bytes(granted)
    return b"\x90" + remaining_length(2 + len(codes)) + packet_id.to_bytes(2) + codes


def unsuback(packet_id: int) -> bytes:
    """Encode an UNSUBACK (3.11)."""
    return b"\xb0\x02" + packet_id.to_bytes(2)


def connect(client_id: str, user: str, password: bytes, keep_alive_s: int) -> bytes:
    """Encode a CONNECT with a login and a clean session (3.1)."""
    fields = b"".join(
        len(field).to_bytes(2) + field
        for field in (client_id.encode(), user.encode(), password)
    )
    body = b"\x00\x04MQTT\x04\xc2" + keep_alive_s.to_bytes(2) + fields
    return b"\x10" + remaining_length(len(body)) + body


def remaining_length(value: int) -> bytes:
    """Encode a remaining length, seven bits to a byte, the lowest first (2.2.3)."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
