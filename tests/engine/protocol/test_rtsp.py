"""RTSP in every split, and its Digest login against the example of RFC 2617."""

from collections.abc import Sequence
import hashlib

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.protocol import rtsp
from custom_components.bambu_virtual_printer.engine.protocol.rtsp import (
    Message,
    Packet,
    RtspDecoder,
    RtspError,
)

PACKET = b"$\0\0\3abc"
RESPONSE = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\ncontent-length: 4\r\nX\r\n\r\nbody"
REQUEST = b"PLAY rtsps://127.0.0.1/live RTSP/1.0\r\nCSeq: 3\r\n\r\n"


def _cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    starts = [0, *ends]
    return [data[start:end] for start, end in zip(starts, ends, strict=False)]


@given(places=st.lists(st.integers(min_value=0, max_value=200), max_size=8))
def test_messages_and_packets_are_found_however_they_arrive(places: list[int]) -> None:
    decoder = RtspDecoder()
    stream = PACKET + RESPONSE + PACKET + REQUEST + PACKET
    found = [one for piece in _cut(stream, places) for one in decoder.feed(piece)]
    packets = [one for one in found if isinstance(one, Packet)]
    response, request = [one for one in found if isinstance(one, Message)]
    assert [packet.wire for packet in packets] == [PACKET] * 3
    assert (packets[0].channel, packets[0].payload) == (0, b"abc")
    assert packets[0].on(5) == b"$\5\0\3abc"
    assert (response.status, response.body) == (200, b"body")
    assert (request.status, request.method) == (0, "PLAY")
    assert request.url == "rtsps://127.0.0.1/live"


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(rtsp.MAX_HEAD_BYTES),
        b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"\r\n\r\n",
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(RtspError):
        list(RtspDecoder().feed(data))


@given(data=st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        list(RtspDecoder().feed(data))
    except RtspError:
        return


@given(password=st.text(), other=st.text(), header=st.text())
def test_a_digest_is_right_by_its_password_alone(
    password: str, other: str, header: str
) -> None:
    asked = rtsp.challenge("0123")
    told = rtsp.authorization(
        asked, method="PLAY", url="rtsp://a/b", user="bblp", password=password
    )

    def _is_right(header: str, **changed: str) -> bool:
        given = {"method": "PLAY", "nonce": "0123", "user": "bblp"} | changed
        return rtsp.is_right(header, password=password, **given)

    assert _is_right(told)
    assert not _is_right(told, method="TEARDOWN")
    assert not _is_right(told, nonce="4567")
    assert not _is_right(header)
    assert not _is_right(f"Digest {header}")
    if other != password:
        assert not rtsp.is_right(
            told, method="PLAY", nonce="0123", user="bblp", password=other
        )


def test_a_login_is_that_of_the_standard() -> None:
    """RFC 2617, 3.5, with the client's nonce that ours takes."""
    asked = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    told = rtsp.parameters(
        rtsp.authorization(
            asked,
            method="GET",
            url="/dir/index.html",
            user="Mufasa",
            password="Circle Of Life",
        )
    )
    assert told["opaque"] == "5ccc069c403ebaf9f0171e9517f40e41"
    assert told["cnonce"] == "dcd98b7102dd2f0e"
    # 939e7578ed9e3c518a452acee763bce9 and 39aff3a2bab6126f332b942af96d3366 are HA1 and HA2 of the standard.
    expected = hashlib.md5(
        b"939e7578ed9e3c518a452acee763bce9:dcd98b7102dd2f0e8b11d0f600bfb0c093:00000001:dcd98b7102dd2f0e:auth:"
        b"39aff3a2bab6126f332b942af96d3366",
        usedforsecurity=False,
    ).hexdigest()
    assert told["response"] == expected


def test_our_own_question_is_answered_right_with_the_right_code_alone() -> None:
    for code, expected in (("12345678", True), ("87654321", False)):
        header = rtsp.authorization(
            rtsp.challenge("abc"),
            method="PLAY",
            url="rtsps://x/y",
            user="bblp",
            password=code,
        )
        for method, nonce, right in (
            ("PLAY", "abc", expected),
            ("SETUP", "abc", False),
            ("PLAY", "other", False),
        ):
            assert (
                rtsp.is_right(
                    header, method=method, nonce=nonce, user="bblp", password="12345678"
                )
                is right
            )


@pytest.mark.parametrize("asked", ["", "Basic realm=x", "Digest realm=x"])
def test_nothing_is_answered_to_another_question(asked: str) -> None:
    with pytest.raises(RtspError):
        rtsp.authorization(asked, method="PLAY", url="/", user="bblp", password="x")
