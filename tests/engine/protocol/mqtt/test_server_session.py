from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.protocol.mqtt.decoder import (
    PacketDecoder,
)
from custom_components.bambu_virtual_printer.engine.protocol.mqtt.packets import (
    ProtocolError,
)
from custom_components.bambu_virtual_printer.engine.protocol.mqtt.server_session import (
    CommandReceived,
    Left,
    LoginRequested,
    Session,
    SessionEvent,
    Subscribed,
)
from tests.support import mqtt_wire as wire

SERIAL = "01P00A391812345"
OTHER_SERIAL = "00M09A000000001"
COMMAND = b'{"pushing":{"command":"pushall"}}'


def receive(session: Session, data: bytes) -> tuple[bytes, SessionEvent | None]:
    decoder = PacketDecoder()
    decoder.feed(data)
    packet = decoder.next_packet()
    assert packet is not None
    return session.receive(packet)


@pytest.fixture
def session() -> Session:
    session = Session(SERIAL)
    receive(session, wire.connect())
    return session


def test_connect_asks_for_a_login_and_is_answered_by_nobody_yet() -> None:
    reply, event = receive(Session(SERIAL), wire.connect("12345678"))
    assert reply == b""
    assert isinstance(event, LoginRequested)
    assert event.connect.password == b"12345678"


@pytest.mark.parametrize(
    "data",
    [
        wire.publish(f"device/{SERIAL}/request", COMMAND),
        wire.subscribe(("#", 0)),
        wire.unsubscribe("#"),
        wire.puback(1),
        wire.pubrel(1),
        wire.pingreq(),
        wire.disconnect(),
    ],
)
def test_nothing_comes_before_a_connect(data: bytes) -> None:
    with pytest.raises(ProtocolError, match="not a CONNECT"):
        receive(Session(SERIAL), data)


def test_a_second_connect_is_an_error(session: Session) -> None:
    with pytest.raises(ProtocolError, match="second CONNECT") as caught:
        receive(session, wire.connect())
    assert caught.value.refusal is None


def test_any_filter_is_granted_with_qos_1_at_most(session: Session) -> None:
    reply, event = receive(session, wire.subscribe(("#", 2), ("a/+", 1), ("x", 0)))
    assert reply == b"\x90\x05\x00\x01\x01\x01\x00"
    assert event == Subscribed()


def test_unsubscribe_and_pings_are_answered(session: Session) -> None:
    assert receive(session, wire.unsubscribe("#", "a")) == (b"\xb0\x02\x00\x01", None)
    assert receive(session, wire.pingreq()) == (b"\xd0\x00", None)


def test_disconnect_is_a_goodbye(session: Session) -> None:
    assert receive(session, wire.disconnect()) == (b"", Left())


@pytest.mark.parametrize("data", [wire.puback(1), wire.pubrec(1), wire.pubcomp(1)])
def test_acknowledgements_of_what_was_never_sent_are_ignored(
    session: Session, data: bytes
) -> None:
    assert receive(session, data) == (b"", None)


@pytest.mark.parametrize(
    ("qos", "reply"), [(0, b""), (1, b"\x40\x02\x00\x09"), (2, b"\x50\x02\x00\x09")]
)
@pytest.mark.parametrize(
    "topic", [f"device/{SERIAL}/request", f"device/{OTHER_SERIAL}/request"]
)
def test_requests_are_acknowledged_and_told(
    session: Session, topic: str, qos: int, reply: bytes
) -> None:
    data = wire.publish(topic, COMMAND, qos, 9, retain=True, dup=bool(qos))
    told = CommandReceived(payload=COMMAND, redelivered=bool(qos))
    assert receive(session, data) == (reply, told)


@pytest.mark.parametrize(
    "topic",
    [
        f"device/{SERIAL}/report",
        f"device/{SERIAL}/request/x",
        "device/request",
        "device//request",
        "request",
        f"x/device/{SERIAL}/request",
    ],
)
def test_publishes_to_other_topics_are_acknowledged_and_ignored(
    session: Session, topic: str
) -> None:
    assert receive(session, wire.publish(topic, b"x", 0)) == (b"", None)
    assert receive(session, wire.publish(topic, b"x", 1, 3)) == (
        b"\x40\x02\x00\x03",
        None,
    )
    assert receive(session, wire.publish(topic, b"x", 2, 3)) == (
        b"\x50\x02\x00\x03",
        None,
    )


def test_a_repeated_message_of_qos_2_is_told_once_until_it_is_released(
    session: Session,
) -> None:
    first = wire.command(COMMAND, qos=2, packet_id=4)
    again = wire.publish(f"device/{SERIAL}/request", COMMAND, 2, 4, dup=True)
    told = CommandReceived(payload=COMMAND)
    assert receive(session, first) == (b"\x50\x02\x00\x04", told)
    assert receive(session, again) == (b"\x50\x02\x00\x04", None)
    assert receive(session, wire.pubrel(4)) == (b"\x70\x02\x00\x04", None)
    assert receive(session, first) == (b"\x50\x02\x00\x04", told)


def test_a_release_of_nothing_is_completed(session: Session) -> None:
    assert receive(session, wire.pubrel(77)) == (b"\x70\x02\x00\x4d", None)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["publish", "pubrel"]), st.integers(1, 3))))
def test_messages_of_qos_2_are_told_exactly_once(
    steps: list[tuple[str, int]],
) -> None:
    session = Session(SERIAL)
    receive(session, wire.connect())
    unreleased: set[int] = set()
    for step, packet_id in steps:
        if step == "publish":
            data = wire.command(COMMAND, qos=2, packet_id=packet_id)
            _reply, event = receive(session, data)
            assert (event is not None) == (packet_id not in unreleased)
            unreleased.add(packet_id)
        else:
            receive(session, wire.pubrel(packet_id))
            unreleased.discard(packet_id)


@pytest.mark.parametrize(
    ("packets", "serial"),
    [
        ([], SERIAL),
        ([wire.subscribe(("#", 0))], SERIAL),
        ([wire.subscribe(("device/+/report", 0))], SERIAL),
        ([wire.subscribe((f"device/{OTHER_SERIAL}/report", 0))], OTHER_SERIAL),
        ([wire.subscribe((f"device/{OTHER_SERIAL}/#", 0))], OTHER_SERIAL),
        ([wire.subscribe((f"device/{OTHER_SERIAL}/report\0", 0))], OTHER_SERIAL),
        (
            [wire.subscribe(("x", 0), (f"device/{OTHER_SERIAL}/report", 0))],
            OTHER_SERIAL,
        ),
        ([wire.publish(f"device/{OTHER_SERIAL}/request", COMMAND)], OTHER_SERIAL),
        (
            [
                wire.subscribe((f"device/{SERIAL}/report", 0)),
                wire.publish(f"device/{OTHER_SERIAL}/request", COMMAND),
            ],
            SERIAL,
        ),
        (
            [
                wire.publish(f"device/{OTHER_SERIAL}/request", COMMAND),
                wire.subscribe((f"device/{SERIAL}/report", 0)),
            ],
            OTHER_SERIAL,
        ),
        ([wire.subscribe((f"device/{'x' * 65}/report", 0))], SERIAL),
        ([wire.subscribe(("other/thing/report", 0))], SERIAL),
    ],
)
def test_the_first_topic_with_a_serial_decides_under_which_one_is_answered(
    session: Session, packets: list[bytes], serial: str
) -> None:
    for data in packets:
        receive(session, data)
    assert session.serial == serial
    assert session.report_topic == f"device/{serial}/report"


def test_commands_do_not_show_in_logs(session: Session) -> None:
    assert "pushall" not in repr(CommandReceived(payload=COMMAND))
