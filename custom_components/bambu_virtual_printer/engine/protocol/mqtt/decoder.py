"""Reads MQTT 3.1.1 packets: bytes in, packets out. No sockets.

Whatever is malformed raises ProtocolError and nothing else. Section numbers are those of the OASIS standard.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .framing import Frame, Framer
from .packets import (
    Connect,
    ConnectReturnCode,
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
    Subscription,
    Unsubscribe,
    Will,
)

MAX_PACKET_BYTES = 1024 * 1024
"""The longest packet body that is accepted; slicers' commands have a few kilobytes."""

# MQIsdp is MQTT 3.1, which older client libraries still speak; its packets look the same.
_PROTOCOL_LEVELS = {"MQTT": 4, "MQIsdp": 3}


class PacketDecoder:
    """Splits a stream of bytes into a client's packets. It must not be used after an error."""

    def __init__(self, limit_bytes: int = MAX_PACKET_BYTES) -> None:
        """Accept packets whose body has at most `limit_bytes`; the limit may be changed between packets."""
        self._framer = Framer(limit_bytes, check_first_byte)

    @property
    def limit_bytes(self) -> int:
        """The longest body that is accepted."""
        return self._framer.limit_bytes

    @limit_bytes.setter
    def limit_bytes(self, limit_bytes: int) -> None:
        self._framer.limit_bytes = limit_bytes

    @property
    def buffered_bytes(self) -> int:
        """How much was fed and not returned as packets yet."""
        return self._framer.buffered_bytes

    def feed(self, data: bytes) -> None:
        """Take received bytes."""
        self._framer.feed(data)

    def next_packet(self) -> Packet | None:
        """Return the next complete packet, or None when more bytes are needed. Raises ProtocolError."""
        frame = self._framer.next_frame()
        return None if frame is None else decode(frame)


# --- bodies ---------------------------------------------------------------------------------------------------------


class _Body:
    """Reads the body of one packet from front to back."""

    def __init__(self, flags: int, data: bytes) -> None:
        self.flags = flags
        self._data = data
        self._position = 0
        self._refusal: ConnectReturnCode | None = None

    def refuse_with(self, refusal: ConnectReturnCode) -> None:
        """Set the CONNACK code of later errors."""
        self._refusal = refusal

    def error(self, text: str) -> ProtocolError:
        """Make an error about this packet."""
        return ProtocolError(text, self._refusal)

    @property
    def remaining(self) -> int:
        return len(self._data) - self._position

    def rest(self) -> bytes:
        return self._take(self.remaining)

    def byte(self) -> int:
        return self._take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self._take(2))

    def binary(self) -> bytes:
        return self._take(self.number())

    def text(self) -> str:
        """Read a UTF-8 string (1.5.3).

        Orca on Linux sends the terminator of C strings along (measured): at the end it is dropped, elsewhere a NUL is
        as malformed as the standard says.
        """
        try:
            text = self.binary().decode().rstrip("\0")
        except UnicodeDecodeError:
            raise self.error("a string is not UTF-8") from None
        if "\0" in text:
            raise self.error("a string has a NUL inside")
        return text

    def packet_id(self) -> int:
        if not (packet_id := self.number()):
            raise self.error("a packet identifier is zero")
        return packet_id

    def topic(self) -> str:
        """Read a topic name, which unlike a filter has no wildcards (4.7)."""
        topic = self.topic_filter()
        if "+" in topic or "#" in topic:
            raise self.error("a topic name has wildcards")
        return topic

    def topic_filter(self) -> str:
        if not (topic_filter := self.text()):
            raise self.error("a topic is empty")
        return topic_filter

    def qos(self, value: int) -> QoS:
        try:
            return QoS(value)
        except ValueError:
            raise self.error(f"there is no QoS {value}") from None

    def _take(self, count: int) -> bytes:
        start, self._position = self._position, self._position + count
        if self._position > len(self._data):
            raise self.error("a packet ends too early")
        return self._data[start : self._position]


def _connect(body: _Body) -> Connect:
    """Read a CONNECT (3.1)."""
    # Not about the identifier, but there is no other code for a malformed CONNECT.
    body.refuse_with(ConnectReturnCode.IDENTIFIER_REJECTED)
    name = body.text()
    if name not in _PROTOCOL_LEVELS:
        raise body.error("the protocol is not MQTT")
    if (level := body.byte()) != _PROTOCOL_LEVELS[name]:
        raise ProtocolError(
            f"{name} level {level} is not spoken here",
            ConnectReturnCode.UNACCEPTABLE_PROTOCOL_VERSION,
        )
    flags = body.byte()
    has_user, has_password = bool(flags & 0x80), bool(flags & 0x40)
    has_will, will_flags = bool(flags & 0x04), flags & 0x38
    if flags & 0x01:
        raise body.error("a reserved flag is set")
    if will_flags and not has_will:
        raise body.error("there are flags of a will, but no will")
    if has_password and not has_user:
        raise body.error("there is a password, but no user name")
    keep_alive_s = body.number()
    client_id = body.text()
    will = None
    if has_will:
        will = Will(
            topic=body.topic(),
            payload=body.binary(),
            qos=body.qos(will_flags >> 3 & 0x03),
            retain=bool(will_flags & 0x20),
        )
    return Connect(
        client_id=client_id,
        user=body.text() if has_user else None,
        password=body.binary() if has_password else None,
        keep_alive_s=keep_alive_s,
        clean_session=bool(flags & 0x02),
        will=will,
    )


def _publish(body: _Body) -> Publish:
    """Read a PUBLISH (3.3)."""
    qos = body.qos(body.flags >> 1 & 0x03)
    topic = body.topic()
    return Publish(
        topic=topic,
        qos=qos,
        packet_id=body.packet_id() if qos else None,
        payload=body.rest(),
        dup=bool(body.flags & 0x08),
        retain=bool(body.flags & 0x01),
    )


def _subscribe(body: _Body) -> Subscribe:
    """Read a SUBSCRIBE (3.8)."""
    packet_id = body.packet_id()
    subscriptions = []
    while body.remaining:
        topic_filter = body.topic_filter()
        subscriptions.append(
            Subscription(topic_filter=topic_filter, qos=body.qos(body.byte()))
        )
    if not subscriptions:
        raise body.error("a SUBSCRIBE has no filter")
    return Subscribe(packet_id=packet_id, subscriptions=tuple(subscriptions))


def _unsubscribe(body: _Body) -> Unsubscribe:
    """Read an UNSUBSCRIBE (3.10)."""
    packet_id = body.packet_id()
    topic_filters = []
    while body.remaining:
        topic_filters.append(body.topic_filter())
    if not topic_filters:
        raise body.error("an UNSUBSCRIBE has no filter")
    return Unsubscribe(packet_id=packet_id, topic_filters=tuple(topic_filters))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """The format of one packet type: its flags, None for any (2.2.2), and its body."""

    flags: int | None = 0
    read: Callable[[_Body], Packet]


_KINDS: dict[int, _Kind] = {
    1: _Kind(read=_connect),
    3: _Kind(read=_publish, flags=None),
    4: _Kind(read=lambda body: PubAck(packet_id=body.packet_id())),
    5: _Kind(read=lambda body: PubRec(packet_id=body.packet_id())),
    6: _Kind(read=lambda body: PubRel(packet_id=body.packet_id()), flags=2),
    7: _Kind(read=lambda body: PubComp(packet_id=body.packet_id())),
    8: _Kind(read=_subscribe, flags=2),
    10: _Kind(read=_unsubscribe, flags=2),
    12: _Kind(read=lambda body: PingReq()),
    14: _Kind(read=lambda body: Disconnect()),
}


def check_first_byte(first: int) -> None:
    """Refuse packet types that clients do not send. Raises ProtocolError."""
    kind = _KINDS.get(first >> 4)
    if kind is None:
        raise ProtocolError(f"a client does not send packets of type {first >> 4}")
    if kind.flags is not None and kind.flags != first & 0x0F:
        raise ProtocolError(f"a packet of type {first >> 4} has the wrong flags")


def decode(frame: Frame) -> Packet:
    """Decode a packet of a type that clients send. Raises ProtocolError."""
    check_first_byte(frame.encoded[0])
    body = _Body(frame.flags, frame.body)
    packet = _KINDS[frame.kind].read(body)
    if body.remaining:
        raise body.error("a packet is longer than its content")
    return packet
