"""What a decoder takes out of packets of RTP, and what kind they are."""

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.protocol.h264 import (
    KEYFRAME,
    byte_stream,
    nal_type,
)

RTP = bytes.fromhex("80600001000000010000000a")
START = b"\0\0\0\1"
SPS = b"\x67one"
SLICE = b"\x65two three four"
PARTS = (b"\x7c\x85two", b"\x7c\x05 three", b"\x7c\x45 four")


@pytest.mark.parametrize(
    ("payloads", "units"),
    [
        ((SPS, SLICE), (SPS, SLICE)),
        ((b"\x78\0\4" + SPS + b"\0\4" + SPS,), (SPS, SPS)),
        ((SPS, *PARTS), (SPS, SLICE)),
        (PARTS[1:], ()),
        (PARTS[:2], ()),
        ((*PARTS[:2], *PARTS), (SLICE,)),
        ((b"", b"\x67", SPS), (SPS,)),
        ((b"\x78\0\4" + SPS + b"\0",), (SPS,)),
    ],
    ids=["single", "several in one", "parts", "no first part", "no last part", "begun anew", "too short", "cut"],
)  # fmt: skip
def test_units_are_taken_out_of_packets(
    payloads: tuple[bytes, ...], units: tuple[bytes, ...]
) -> None:
    found = byte_stream(b"v=0", [RTP + payload for payload in payloads])
    assert found == b"".join(START + unit for unit in units)


@pytest.mark.parametrize(
    "packet",
    [
        RTP + SLICE,
        b"\x82" + RTP[1:] + bytes(8) + SLICE,
        b"\x90" + RTP[1:] + b"\0\0\0\1" + bytes(4) + SLICE,
        b"\xa0" + RTP[1:] + SLICE + b"\0\0\3",
    ],
    ids=["plain", "sources", "extension", "padding"],
)
def test_what_is_around_a_unit_is_left_out(packet: bytes) -> None:
    assert nal_type(packet) == KEYFRAME
    assert byte_stream(b"", [packet]) == START + SLICE


def test_parameter_sets_of_the_description_come_first() -> None:
    sdp = b"a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z29uZQ==,aHR3bw==;x=1"
    assert byte_stream(sdp, [RTP + SLICE]) == b"".join(
        START + unit for unit in (b"gone", b"htwo", SLICE)
    )
    broken = sdp.replace(b"aHR3bw==", b"a")
    assert byte_stream(broken, ()) == START + b"gone"


@given(st.binary(max_size=80), st.lists(st.binary(max_size=80), max_size=5))
def test_any_bytes_are_taken(sdp: bytes, packets: list[bytes]) -> None:
    byte_stream(sdp, packets)
    assert all(0 <= nal_type(packet) < 32 for packet in packets)
