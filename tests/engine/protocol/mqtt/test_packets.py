from contextlib import suppress
import itertools

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.protocol.mqtt import packets
from custom_components.bambu_virtual_printer.engine.protocol.mqtt.decoder import (
    MAX_PACKET_BYTES,
    PacketDecoder,
)
from custom_components.bambu_virtual_printer.engine.protocol.mqtt.packets import (
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
from tests.support import mqtt_wire as wire

# What may stand in an MQTT string; a NUL may not, and a lone surrogate is no character.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
TOPIC = st.text(
    st.characters(codec="utf-8", exclude_characters="\0+#"), min_size=1, max_size=40
)
# paho checks the topic of a will itself.
WILL_TOPIC = st.text("abc/é", min_size=1, max_size=20)
PACKET_ID = st.integers(1, 0xFFFF)
PAYLOAD = st.binary(max_size=300)

SAMPLES: dict[str, tuple[bytes, Packet]] = {
    "connect": (
        wire.connect("12345678"),
        Connect(
            client_id="slicer",
            user="bblp",
            password=b"12345678",
            keep_alive_s=60,
            clean_session=True,
            will=None,
        ),
    ),
    "connect with a will": (
        wire.connect("12345678", will=("a/b", b"gone", 1, True), clean=False),
        Connect(
            client_id="slicer",
            user="bblp",
            password=b"12345678",
            keep_alive_s=60,
            clean_session=False,
            will=Will(topic="a/b", payload=b"gone", qos=QoS.AT_LEAST_ONCE, retain=True),
        ),
    ),
    "connect of MQTT 3.1": (
        wire.connect("12345678", protocol_3_1=True),
        Connect(
            client_id="slicer",
            user="bblp",
            password=b"12345678",
            keep_alive_s=60,
            clean_session=True,
            will=None,
        ),
    ),
    "connect without a login": (
        wire.connect(None, user=None, client_id=""),
        Connect(
            client_id="",
            user=None,
            password=None,
            keep_alive_s=60,
            clean_session=True,
            will=None,
        ),
    ),
    "publish QoS 0": (
        wire.publish("a", b"x", 0),
        Publish(
            topic="a",
            payload=b"x",
            qos=QoS.AT_MOST_ONCE,
            packet_id=None,
            dup=False,
            retain=False,
        ),
    ),
    "publish QoS 1": (
        wire.publish("a", b"", 1, 500, dup=True),
        Publish(
            topic="a",
            payload=b"",
            qos=QoS.AT_LEAST_ONCE,
            packet_id=500,
            dup=True,
            retain=False,
        ),
    ),
    "publish QoS 2": (
        wire.publish("a", b"x" * 200, 2, 0xFFFF, retain=True),
        Publish(
            topic="a",
            payload=b"x" * 200,
            qos=QoS.EXACTLY_ONCE,
            packet_id=0xFFFF,
            dup=False,
            retain=True,
        ),
    ),
    "puback": (wire.puback(7), PubAck(packet_id=7)),
    "pubrec": (wire.pubrec(7), PubRec(packet_id=7)),
    "pubrel": (wire.pubrel(7), PubRel(packet_id=7)),
    "pubcomp": (wire.pubcomp(7), PubComp(packet_id=7)),
    "subscribe": (
        wire.subscribe(("device/+/report", 0), ("#", 2)),
        Subscribe(
            packet_id=1,
            subscriptions=(
                Subscription(topic_filter="device/+/report", qos=QoS.AT_MOST_ONCE),
                Subscription(topic_filter="#", qos=QoS.EXACTLY_ONCE),
            ),
        ),
    ),
    "unsubscribe": (
        wire.unsubscribe("a/b", "#"),
        Unsubscribe(packet_id=1, topic_filters=("a/b", "#")),
    ),
    "pingreq": (wire.pingreq(), PingReq()),
    "disconnect": (wire.disconnect(), Disconnect()),
}


def decode(*pieces: bytes) -> list[Packet]:
    decoder = PacketDecoder()
    found: list[Packet] = []
    for piece in pieces:
        decoder.feed(piece)
        while packet := decoder.next_packet():
            found.append(packet)
    return found


def string(text: bytes) -> bytes:
    return len(text).to_bytes(2) + text


def packet(first: int, body: bytes) -> bytes:
    assert len(body) < 128
    return bytes((first, len(body))) + body


@pytest.mark.parametrize(("data", "expected"), SAMPLES.values(), ids=SAMPLES)
def test_packets_of_paho_are_read_however_they_are_split(
    data: bytes, expected: Packet
) -> None:
    assert decode(data) == [expected]
    assert decode(*(bytes((byte,)) for byte in data)) == [expected]
    for cut in range(1, len(data)):
        assert decode(data[:cut], data[cut:]) == [expected]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(list(SAMPLES.values())), min_size=1, max_size=12),
    st.data(),
)
def test_streams_of_packets_are_read_in_any_pieces(
    samples: list[tuple[bytes, Packet]], data: st.DataObject
) -> None:
    stream = b"".join(encoded for encoded, _packet in samples)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=20).map(sorted))
    pieces = [stream[a:b] for a, b in itertools.pairwise((0, *cuts, len(stream)))]
    assert decode(*pieces) == [packet for _encoded, packet in samples]


@settings(deadline=None)
@given(
    client_id=TEXT.filter(bool),
    user=TEXT,
    password=st.none() | TEXT,
    keep_alive_s=st.integers(0, 0xFFFF),
    clean=st.booleans(),
    will=st.none() | st.tuples(WILL_TOPIC, PAYLOAD, st.integers(0, 2), st.booleans()),
)
def test_every_connect_of_paho_is_understood(
    *,
    client_id: str,
    user: str,
    password: str | None,
    keep_alive_s: int,
    clean: bool,
    will: tuple[str, bytes, int, bool] | None,
) -> None:
    data = wire.connect(
        password,
        client_id=client_id,
        user=user,
        keep_alive_s=keep_alive_s,
        clean=clean,
        will=will,
    )
    expected_will = None
    if will:
        topic, payload, qos, retain = will
        expected_will = Will(topic=topic, payload=payload, qos=QoS(qos), retain=retain)
    assert decode(data) == [
        Connect(
            client_id=client_id,
            user=user,
            password=None if password is None else password.encode(),
            keep_alive_s=keep_alive_s,
            clean_session=clean,
            will=expected_will,
        )
    ]


@settings(deadline=None)
@given(TOPIC, st.binary(max_size=20_000), st.integers(0, 2), PACKET_ID, st.booleans())
@example("a", b"x" * 124, 0, 1, False)
@example("a", b"x" * 125, 0, 1, False)
@example("a", b"x" * 16380, 0, 1, False)
@example("a", b"x" * 16381, 0, 1, False)
def test_every_publish_of_paho_is_understood(
    topic: str, payload: bytes, qos: int, packet_id: int, flag: bool
) -> None:
    data = wire.publish(topic, payload, qos, packet_id, retain=flag, dup=not flag)
    assert decode(data) == [
        Publish(
            topic=topic,
            payload=payload,
            qos=QoS(qos),
            packet_id=packet_id if qos else None,
            retain=flag,
            dup=not flag,
        )
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(TOPIC, st.integers(0, 2)), min_size=1, max_size=5))
def test_every_subscribe_and_unsubscribe_of_paho_is_understood(
    topics: list[tuple[str, int]],
) -> None:
    subscribed, unsubscribed = decode(
        wire.subscribe(*topics), wire.unsubscribe(*(topic for topic, _qos in topics))
    )
    assert isinstance(subscribed, Subscribe)
    assert [(s.topic_filter, s.qos) for s in subscribed.subscriptions] == topics
    assert isinstance(unsubscribed, Unsubscribe)
    assert list(unsubscribed.topic_filters) == [topic for topic, _qos in topics]


def test_a_long_payload_in_thousands_of_segments_is_read() -> None:
    payload = bytes(range(256)) * 4000
    data = wire.publish("device/x/request", payload, 1, 9)
    segments = [data[at : at + 100] for at in range(0, len(data), 100)]
    (found,) = decode(*segments)
    assert isinstance(found, Publish)
    assert found.payload == payload


def test_the_longest_packet_is_read_and_a_longer_one_refused_by_its_header() -> None:
    body = string(b"a") + b"x" * (MAX_PACKET_BYTES - 3)
    length = bytearray()
    packets_length = MAX_PACKET_BYTES
    while packets_length > 0x7F:
        length.append(packets_length & 0x7F | 0x80)
        packets_length >>= 7
    length.append(packets_length)
    (found,) = decode(b"\x30" + length + body)
    assert isinstance(found, Publish)
    assert len(found.payload) == MAX_PACKET_BYTES - 3
    with pytest.raises(ProtocolError, match="too long"):
        decode(b"\x30\x81\x80\x40")


def test_the_limit_can_be_raised_between_packets() -> None:
    decoder = PacketDecoder(limit_bytes=30)
    decoder.feed(wire.connect("12345678"))
    with pytest.raises(ProtocolError, match="too long"):
        decoder.next_packet()
    decoder = PacketDecoder(limit_bytes=100)
    decoder.feed(wire.connect("12345678") + wire.publish("a", b"x" * 200))
    assert isinstance(decoder.next_packet(), Connect)
    decoder.limit_bytes = 1000
    assert isinstance(decoder.next_packet(), Publish)
    assert decoder.buffered_bytes == 0


def test_terminators_of_c_strings_are_dropped() -> None:
    body = (1).to_bytes(2) + string(b"device/01P00A391812345/report\0\0") + b"\x00"
    (found,) = decode(packet(0x82, body))
    assert isinstance(found, Subscribe)
    assert found.subscriptions[0].topic_filter == "device/01P00A391812345/report"


_HELLO = string(b"MQTT") + b"\x04"
_REJECTED = ConnectReturnCode.IDENTIFIER_REJECTED
_LEVEL = ConnectReturnCode.UNACCEPTABLE_PROTOCOL_VERSION

MALFORMED: dict[str, tuple[bytes, ConnectReturnCode | None]] = {
    "no packet type": (b"\x00\x00", None),
    "connack": (b"\x20\x02\x00\x00", None),
    "suback": (b"\x90\x03\x00\x01\x00", None),
    "unsuback": (b"\xb0\x02\x00\x01", None),
    "pingresp": (b"\xd0\x00", None),
    "auth of MQTT 5": (b"\xf0\x00", None),
    "web browser": (b"GET / HTTP/1.1\r\n", None),
    "five bytes of length": (b"\x30\xff\xff\xff\xff\x01", None),
    "flags of a connect": (b"\x11\x00", None),
    "flags of a subscribe": (packet(0x80, b"\x00\x01" + string(b"a") + b"\x00"), None),
    "flags of an unsubscribe": (packet(0xA0, b"\x00\x01" + string(b"a")), None),
    "flags of a pubrel": (packet(0x60, b"\x00\x01"), None),
    "flags of a pingreq": (b"\xc1\x00", None),
    "flags of a disconnect": (b"\xe8\x00", None),
    "empty connect": (packet(0x10, b""), _REJECTED),
    "other protocol": (packet(0x10, string(b"HTTP") + b"\x04\x02\x00\x00"), _REJECTED),
    "wrong case": (packet(0x10, string(b"mqtt") + b"\x04\x02\x00\x00"), _REJECTED),
    "MQTT 5": (
        packet(0x10, string(b"MQTT") + b"\x05\x02\x00\x3c\x00\x00\x00"),
        _LEVEL,
    ),
    "MQTT 3.1 under the new name": (
        packet(0x10, string(b"MQTT") + b"\x03\x02\x00\x3c\x00\x00"),
        _LEVEL,
    ),
    "MQTT 4 under the old name": (
        packet(0x10, string(b"MQIsdp") + b"\x04\x02\x00\x3c\x00\x00"),
        _LEVEL,
    ),
    "bridge": (packet(0x10, string(b"MQTT") + b"\x84\x02\x00\x3c\x00\x00"), _LEVEL),
    "reserved connect flag": (
        packet(0x10, _HELLO + b"\x03\x00\x3c" + string(b"a")),
        _REJECTED,
    ),
    "will QoS without a will": (
        packet(0x10, _HELLO + b"\x0a\x00\x3c" + string(b"a")),
        _REJECTED,
    ),
    "will retain without a will": (
        packet(0x10, _HELLO + b"\x22\x00\x3c" + string(b"a")),
        _REJECTED,
    ),
    "will QoS 3": (
        packet(
            0x10, _HELLO + b"\x1e\x00\x3c" + string(b"a") + string(b"t") + string(b"m")
        ),
        _REJECTED,
    ),
    "will topic with wildcards": (
        packet(
            0x10, _HELLO + b"\x06\x00\x3c" + string(b"a") + string(b"+") + string(b"m")
        ),
        _REJECTED,
    ),
    "password without user": (
        packet(0x10, _HELLO + b"\x42\x00\x3c" + string(b"a") + string(b"p")),
        _REJECTED,
    ),
    "missing password": (
        packet(0x10, _HELLO + b"\xc2\x00\x3c" + string(b"a") + string(b"u")),
        _REJECTED,
    ),
    "password cut short": (
        packet(
            0x10, _HELLO + b"\xc2\x00\x3c" + string(b"a") + string(b"u") + b"\x00\x09pw"
        ),
        _REJECTED,
    ),
    "more than a connect": (
        packet(0x10, _HELLO + b"\x02\x00\x3c" + string(b"a") + b"x"),
        _REJECTED,
    ),
    "client id that is not UTF-8": (
        packet(0x10, _HELLO + b"\x02\x00\x3c" + string(b"\xff")),
        _REJECTED,
    ),
    "client id with a surrogate": (
        packet(0x10, _HELLO + b"\x02\x00\x3c" + string(b"\xed\xa0\x80")),
        _REJECTED,
    ),
    "user with a NUL inside": (
        packet(0x10, _HELLO + b"\x82\x00\x3c" + string(b"a") + string(b"bb\0lp")),
        _REJECTED,
    ),
    "publish QoS 3": (packet(0x36, string(b"a") + b"\x00\x01"), None),
    "publish without topic": (packet(0x30, string(b"")), None),
    "publish without length": (packet(0x30, b"\x00"), None),
    "publish with a wildcard": (packet(0x30, string(b"device/+/request")), None),
    "publish with all wildcards": (packet(0x30, string(b"#")), None),
    "publish with topic cut short": (packet(0x30, b"\x00\x05abc"), None),
    "publish with identifier zero": (packet(0x32, string(b"a") + b"\x00\x00"), None),
    "publish without identifier": (packet(0x32, string(b"a") + b"\x01"), None),
    "puback with identifier zero": (b"\x40\x02\x00\x00", None),
    "puback too short": (b"\x40\x01\x00", None),
    "puback too long": (b"\x40\x03\x00\x01\x00", None),
    "pubrel with identifier zero": (b"\x62\x02\x00\x00", None),
    "subscribe to nothing": (packet(0x82, b"\x00\x01"), None),
    "subscribe with identifier zero": (
        packet(0x82, b"\x00\x00" + string(b"a") + b"\x00"),
        None,
    ),
    "subscribe to the empty topic": (
        packet(0x82, b"\x00\x01" + string(b"") + b"\x00"),
        None,
    ),
    "subscribe with QoS 3": (packet(0x82, b"\x00\x01" + string(b"a") + b"\x03"), None),
    "subscribe with reserved bits": (
        packet(0x82, b"\x00\x01" + string(b"a") + b"\x81"),
        None,
    ),
    "subscribe without QoS": (packet(0x82, b"\x00\x01" + string(b"a")), None),
    "unsubscribe from nothing": (packet(0xA2, b"\x00\x01"), None),
    "pingreq with a body": (b"\xc0\x01x", None),
    "disconnect with a body": (b"\xe0\x01x", None),
}


@pytest.mark.parametrize(("data", "refusal"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_packets_are_refused(
    data: bytes, refusal: ConnectReturnCode | None
) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(data)
    assert caught.value.refusal is refusal


def test_what_cannot_become_a_packet_is_refused_by_its_first_byte() -> None:
    with pytest.raises(ProtocolError):
        decode(b"G")


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_packets_or_a_protocol_error(data: bytes) -> None:
    with suppress(ProtocolError):
        decode(data)


@settings(deadline=None, max_examples=500)
@given(st.sampled_from([data for data, _packet in SAMPLES.values()]), st.data())
def test_damaged_packets_are_packets_or_a_protocol_error(
    sample: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(damaged) - 1))
        damaged[position] = data.draw(st.integers(0, 255))
    with suppress(ProtocolError):
        decode(bytes(damaged))


def test_secrets_and_payloads_do_not_show() -> None:
    shown = repr(decode(wire.connect("s3cr3tAC", will=("t", b"s3cr3tAC", 0, False))))
    shown += repr(decode(wire.publish("t", b"s3cr3tAC")))
    assert "s3cr3tAC" not in shown
    assert "slicer" in shown


def test_packets_of_a_server_have_the_bytes_of_the_standard() -> None:
    assert packets.connack(ConnectReturnCode.ACCEPTED) == b"\x20\x02\x00\x00"
    assert packets.connack(ConnectReturnCode.NOT_AUTHORIZED) == b"\x20\x02\x00\x05"
    assert packets.puback(0x0102) == b"\x40\x02\x01\x02"
    assert packets.pubrec(0x0102) == b"\x50\x02\x01\x02"
    assert packets.pubcomp(0x0102) == b"\x70\x02\x01\x02"
    assert packets.suback(0x0102, [QoS(0), QoS(1)]) == b"\x90\x04\x01\x02\x00\x01"
    assert packets.unsuback(0x0102) == b"\xb0\x02\x01\x02"
    assert packets.PINGRESP == b"\xd0\x00"


def test_a_report_has_the_layout_seen_on_the_wire() -> None:
    topic = "device/01P00A391800001/report"
    data = packets.publish(topic, b"x" * 3000)
    assert data.startswith(b"\x30\xd7\x17\x00\x1d" + topic.encode() + b"x")
    assert len(data) == 3 + 3031


@settings(deadline=None)
@given(TOPIC, st.binary(max_size=40_000))
@example("a", b"x" * 124)
@example("a", b"x" * 125)
@example("a", b"x" * 16380)
@example("a", b"x" * 16381)
def test_reports_are_encoded_as_paho_would(topic: str, payload: bytes) -> None:
    assert packets.publish(topic, payload) == wire.publish(topic, payload)
