"""Addresses in MQTT messages: none of the printer's is left, and nothing else is touched."""

from ipaddress import IPv4Address
import itertools
import json

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.protocol.mqtt.framing import Framer
from custom_components.bambu_virtual_printer.engine.protocol.mqtt.packets import (
    ProtocolError,
)
from custom_components.bambu_virtual_printer.engine.relay.rewriting import (
    MAX_ADDRESSES,
    AddressRewriter,
    rewrite_publish,
)
from tests.support import mqtt_wire as wire

TARGET, OWN = "192.168.1.50", "10.0.0.7"
LITTLE, OWN_LITTLE = 838969536, 117440522

ADDRESSES = (
    st.tuples(st.integers(1, 223), *3 * [st.integers(0, 255)])
    .filter(lambda octets: any(octets[2:]))
    .map(lambda octets: ".".join(map(str, octets)))
)


def _little(address: str) -> int:
    return int.from_bytes(IPv4Address(address).packed, "little")


def _rewrite(stream: list[bytes], rewriter: AddressRewriter) -> bytes:
    framer = Framer(2**20)
    found = []
    for piece in stream:
        framer.feed(piece)
        while frame := framer.next_frame():
            found.append(rewrite_publish(frame, rewriter))
    assert not framer.buffered_bytes
    return b"".join(found)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (f'{{"ip": {LITTLE}}}', f'{{"ip": {OWN_LITTLE}}}'),
        (
            f'"rtsps://{TARGET}:322/streaming/live/1"',
            f'"rtsps://{OWN}:322/streaming/live/1"',
        ),
        (f"rtsps:\\/\\/{TARGET}\\/live", f"rtsps:\\/\\/{OWN}\\/live"),
        (f"at {TARGET}.", f"at {OWN}."),
        (f"ip.{TARGET}", f"ip.{OWN}"),
        ("3232235826", "167772167"),
        ("-1062731470", "167772167"),
        (f'"{LITTLE}"', f'"{OWN_LITTLE}"'),
        # These only look alike.
        (f"1{TARGET}", f"1{TARGET}"),
        (f"{TARGET}1", f"{TARGET}1"),
        (f"1.{TARGET}", f"1.{TARGET}"),
        (f"{TARGET}.1", f"{TARGET}.1"),
        (
            f"1{LITTLE} {LITTLE}0 {LITTLE}.5 A{LITTLE}",
            f"1{LITTLE} {LITTLE}0 {LITTLE}.5 A{LITTLE}",
        ),
    ],
)
def test_an_address_is_replaced_however_it_is_written(
    payload: str, expected: str
) -> None:
    assert AddressRewriter(OWN, [TARGET]).rewrite(payload.encode()) == expected.encode()


def test_every_network_card_of_the_printer_is_learnt_and_zeros_stay() -> None:
    rewriter = AddressRewriter(OWN, [TARGET], collects=True)
    other = "172.16.200.201"
    report = {"net": {"info": [{"ip": LITTLE}, {"ip": _little(other)}, {"ip": 0}]}}
    rewritten = json.loads(rewriter.rewrite(json.dumps(report, indent=4).encode()))
    assert [each["ip"] for each in rewritten["net"]["info"]] == [
        OWN_LITTLE,
        OWN_LITTLE,
        0,
    ]
    assert rewriter.rewrite(f"http://{other}/".encode()) == f"http://{OWN}/".encode()


def test_a_printer_that_reports_ever_new_addresses_does_not_fill_the_memory() -> None:
    rewriter = AddressRewriter(OWN, [TARGET], collects=True)
    for number in range(2, 5 * MAX_ADDRESSES):
        rewriter.rewrite(b'{"ip": %d}' % (number << 24))
    assert len(rewriter._addresses) == MAX_ADDRESSES
    assert rewriter.rewrite(TARGET.encode()) == OWN.encode()


def test_a_small_number_is_no_address_wherever_it_stands() -> None:
    rewriter = AddressRewriter(OWN, ["60.0.0.0"], collects=True)
    payload = b'{"ip": 220, "bed": 60, "nozzle": 220}'
    assert rewriter.rewrite(payload) == payload
    assert rewriter.rewrite(payload) == payload


def test_without_addresses_to_replace_nothing_changes() -> None:
    rewriter = AddressRewriter(OWN, [OWN], collects=True)
    payload = b'{"ip": %d}' % OWN_LITTLE
    assert rewriter.rewrite(payload) == payload


PIECES = st.lists(
    st.one_of(
        st.text(max_size=20).map(str.encode),
        st.binary(max_size=20),
        st.sampled_from(
            [
                TARGET.encode(),
                b"%d" % LITTLE,
                OWN.encode(),
                b'{"ip": %d}' % LITTLE,
                b"192.168.1.5",
            ]
        ),
    ),
    max_size=8,
).map(b" ".join)


@given(
    payloads=st.lists(PIECES, min_size=1, max_size=4),
    qos=st.integers(0, 2),
    cuts=st.lists(st.integers(0, 500)),
)
def test_no_split_of_the_stream_changes_what_comes_out(
    payloads: list[bytes], qos: int, cuts: list[int]
) -> None:
    packets = [wire.publish("device/X/report", payload, qos, 7) for payload in payloads]
    stream = b"".join([wire.pingreq(), *packets, wire.puback(3)])
    edges = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    pieces = [stream[start:end] for start, end in itertools.pairwise(edges)]

    split = _rewrite(pieces, AddressRewriter(OWN, [TARGET], collects=True))
    every_byte = _rewrite(
        [bytes([byte]) for byte in stream],
        AddressRewriter(OWN, [TARGET], collects=True),
    )

    rewriter = AddressRewriter(OWN, [TARGET], collects=True)
    expected = [
        wire.publish("device/X/report", rewriter.rewrite(payload), qos, 7)
        for payload in payloads
    ]
    assert split == every_byte == b"".join([wire.pingreq(), *expected, wire.puback(3)])


@given(
    target=ADDRESSES,
    own=ADDRESSES,
    before=st.sampled_from(["", " ", '"', ":", "/", "x."]),
    after=st.sampled_from(["", " ", '"', ":322", ",", "}"]),
)
def test_no_octet_of_the_target_is_left(
    target: str, own: str, before: str, after: str
) -> None:
    assume(target not in own and own not in target)
    little = str(_little(target))
    assume(little != str(_little(own)))
    payload = f'{before}{target}{after} [{little}] {{"ip":{little}}}'.encode()
    rewritten = AddressRewriter(own, [target], collects=True).rewrite(payload).decode()
    assert rewritten == f'{before}{own}{after} [{_little(own)}] {{"ip":{_little(own)}}}'


def test_a_packet_without_addresses_stays_byte_for_byte_even_in_a_clumsy_encoding() -> (
    None
):
    # A remaining length in two bytes where one would do.
    packet = b"\x30\x87\x00" + b"\x00\x01t" + b"abcd"
    assert _rewrite([packet], AddressRewriter(OWN, [TARGET])) == packet


def test_a_publish_that_ends_in_its_topic_is_refused() -> None:
    with pytest.raises(ProtocolError):
        _rewrite([b"\x30\x03\x00\x09t"], AddressRewriter(OWN, [TARGET]))
