"""What a newcomer is shown first: everything since the last keyframe, in bounds."""

import pytest

from custom_components.bambu_virtual_printer.engine.mirror import video
from custom_components.bambu_virtual_printer.engine.mirror.video import (
    GroupOfPictures,
    Video,
    begins_keyframe,
)
from custom_components.bambu_virtual_printer.engine.protocol.rtsp import Packet
from scripts.printer_double.video import packets
from tests.support.films import Film


def _video(*numbers: int) -> Video:
    return Video(
        sdp=b"v=0",
        packets=tuple(Packet(wire) for number in numbers for wire in packets(number)),
    )


def test_it_begins_with_the_last_keyframe() -> None:
    group = GroupOfPictures()
    assert group.items() == ()
    group.add(_video(7, 8))
    assert group.items() == (Video(sdp=b"v=0", packets=()),)
    group.add(_video(9, 10, 11))
    assert group.items() == (_video(10, 11),)
    group.add(_video(*range(12, 23)))
    assert group.items() == (_video(20, 21, 22),)
    group.clear()
    assert group.items() == ()


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "MAX_GROUP_BYTES", 4000)
    group = GroupOfPictures()
    group.add(_video(*range(10)))
    assert group.items()[0].packets == ()
    group.add(_video(10, 11))
    assert group.items() == (_video(10, 11),)


def test_control_packets_are_not_kept() -> None:
    group = GroupOfPictures()
    group.add(_video(0))
    group.add(Video(sdp=b"v=0", packets=(Packet(b"$\1\0\3abc"),)))
    assert group.items() == (_video(0),)


def test_keyframes_are_told_apart_where_the_time_stands_still() -> None:
    film = Film(100, times_stand_still=True)

    def _filmed(*numbers: int) -> Video:
        wires = [wire for number in numbers for wire in film(number)]
        return Video(sdp=b"v=0", packets=tuple(map(Packet, wires)))

    group = GroupOfPictures()
    group.add(_filmed(*range(13)))
    assert group.items() == (_filmed(10, 11, 12),)


RTP = bytes.fromhex("80600001000000010000000a")


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (RTP + b"\x67\0\0\0", True),
        (RTP + b"\x65\0\0\0", True),
        (RTP + b"\x68\0\0\0", False),
        (RTP + b"\x61\0\0\0", False),
        (RTP + b"\x7c\x85\0\0", True),
        (RTP + b"\x7c\x05\0\0", False),
        (RTP + b"\x78\0\x10\x67\0", True),
        (b"\x90" + RTP[1:] + b"\xbe\xde\0\x01\0\0\0\0\x65\0\0\0", True),
        (b"\x82" + RTP[1:] + bytes(8) + b"\x65\0\0\0", True),
        (RTP, False),
        (b"", False),
        (b"\x9f" + RTP[1:] + b"\xff" * 8, False),
    ],
)
def test_the_begin_of_a_keyframe_is_known(packet: bytes, expected: bool) -> None:
    assert begins_keyframe(packet) is expected
