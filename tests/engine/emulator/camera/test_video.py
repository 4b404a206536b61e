"""The server of a camera's video against any bytes: a client of memory, and no time that passes."""

from collections.abc import Callable, Generator
from functools import partial
from typing import Any, override

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator.camera.video import (
    VideoServer,
    described,
)
from custom_components.bambu_virtual_printer.engine.emulator.logins import Logins
from custom_components.bambu_virtual_printer.engine.mirror.camera import Viewer
from custom_components.bambu_virtual_printer.engine.mirror.video import (
    Video,
    VideoCamera,
)
from custom_components.bambu_virtual_printer.engine.net import endings
from custom_components.bambu_virtual_printer.engine.net.guesses import (
    GUESSES,
    REFUSAL_DELAY_S,
    GuessTracker,
)
from custom_components.bambu_virtual_printer.engine.protocol import rtsp
from custom_components.bambu_virtual_printer.engine.protocol.rtsp import (
    Message,
    Packet,
    RtspDecoder,
)
from custom_components.bambu_virtual_printer.engine.reception.failures import CutError
from custom_components.bambu_virtual_printer.engine.values import UNNAMED, Service

CODE = "12345678"
PEER = "192.168.1.20"
URL = "rtsps://127.0.0.1:322/streaming/live/1"
SDP = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
PACKET = b"$\0\0\x10\x80\x60" + bytes(10) + b"\x67SPS"


class Playing(VideoCamera):
    """Shows one packet."""

    is_on = True

    def __init__(self) -> None:
        self.viewers = 0

    @override
    def watch(self, viewer: Viewer[Video]) -> Callable[[], None]:
        self.viewers += 1
        viewer.show(Video(sdp=SDP, packets=(Packet(PACKET),)))
        return self._stop

    def _stop(self) -> None:
        self.viewers -= 1


class Client:
    """Sends pieces one at a time, and leaves."""

    def __init__(
        self,
        pieces: list[bytes | Callable[[bytes], bytes]],
        *,
        peer: str = PEER,
        logins: Logins | None = None,
    ) -> None:
        self.peer = peer
        self.sender: object = None
        self._logins = logins or Logins(CODE, lambda _failed: None)
        self.idle_limit_s = 0.0
        self.when_ended: list[Callable[[], object]] = []
        self.sent = b""
        self._pieces = pieces
        self._unread = b""
        self._is_more = True

    def wake(self) -> None:
        """Do nothing: it is not waited for."""

    @property
    def received_bytes(self) -> int:
        return len(self._unread)

    def receive(self) -> bool:
        self._is_more = not self._is_more
        if self._is_more:
            return False
        if not self._pieces:
            raise CutError(endings.LEFT)
        piece = self._pieces.pop(0)
        self._unread += piece if isinstance(piece, bytes) else piece(self.sent)
        return True

    def take_received(self) -> bytes:
        data, self._unread = self._unread, b""
        return data

    def write(self, data: bytes) -> Generator[Any]:
        self.sent += data
        yield from ()

    def on_loop(self, function: Callable[[], Any]) -> Generator[Any, None, Any]:
        yield from ()
        return function()

    def log_in(self, user: bytes, code: bytes) -> Generator[Any, None, Any]:
        yield from ()
        self.sender = self._logins.check(user, code, self.peer, Service.RTSPS)
        return self.sender


def _run(
    pieces: list[bytes | Callable[[bytes], bytes]],
) -> tuple[Client, list[Message | Packet]]:
    """Serve a client to its end, and return what it was sent."""
    client, camera = Client(pieces), Playing()
    try:
        for _ in VideoServer(camera, CODE).serve(client):  # type: ignore[arg-type]
            pass
    except CutError:
        pass
    assert camera.viewers == len(client.when_ended)
    return client, list(RtspDecoder().feed(client.sent))


def _request(method: str, **headers: str) -> bytes:
    return rtsp.encode(f"{method} {URL} {rtsp.VERSION}", {"CSeq": "1"} | headers)


def _logged_in(sent: bytes, code: str = CODE) -> bytes:
    asked = sent.partition(b"WWW-Authenticate: ")[2].partition(b"\r\n")[0].decode()
    told = rtsp.authorization(
        asked, method="DESCRIBE", url=URL, user="bblp", password=code
    )
    return _request("DESCRIBE", Authorization=told)


TRANSPORT = "RTP/AVP/TCP;unicast;interleaved={}"
SOME_TEXT = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\n"),
    max_size=40,
)
requests = st.one_of(
    st.sampled_from(
        [
            _request("OPTIONS"),
            _request("DESCRIBE"),
            _request("SETUP", Transport=TRANSPORT.format("0-1")),
            _request("SETUP", Transport=TRANSPORT.format("300-301")),
            _request("PLAY"),
            _request("PAUSE"),
            _request("TEARDOWN"),
            b"$\1\0\4abcd",
            b"$\0\xff\xff",
        ]
    ),
    st.builds(lambda text: _request("SETUP", Transport=text), SOME_TEXT),
    st.builds(lambda text: _request("DESCRIBE", Authorization=text), SOME_TEXT),
    st.builds(
        lambda text: _request("DESCRIBE", Authorization=f"Digest {text}"), SOME_TEXT
    ),
    st.builds(lambda text: _request(text or "X"), SOME_TEXT),
    st.binary(max_size=60),
)


@given(pieces=st.lists(requests, max_size=8))
def test_nobody_sees_anything_without_the_right_digest(pieces: list[bytes]) -> None:
    client, answers = _run([*pieces])
    assert client.sender is None
    assert not client.when_ended
    assert not any(isinstance(each, Packet) for each in answers)
    for each in answers:
        assert isinstance(each, Message)
        assert each.status in (200, 401)
        assert not each.body
        # The methods are told to everybody.
        assert each.status == 401 or "public" in each.headers
    assert CODE.encode() not in client.sent


@pytest.mark.parametrize("is_guessing", [False, True])
def test_who_repeats_one_wrong_code_does_not_guess_but_who_tries_many_does(
    is_guessing: bool,
) -> None:
    guesses = GuessTracker()
    logins = Logins(CODE, lambda _failed: None, guesses)
    nonces = set()
    for number in range(3 * GUESSES):
        wrong = f"{number if is_guessing else 7:08}"
        for peer in (PEER, "192.168.1.21"):
            client = Client(
                [_request("DESCRIBE"), partial(_logged_in, code=wrong)],
                peer=peer,
                logins=logins,
            )
            # The printer may be restarted meanwhile.
            for _ in VideoServer(Playing(), CODE).serve(client):  # type: ignore[arg-type]
                pass
            assert client.sender is None
            nonces.add((peer, client.sent.partition(b'nonce="')[2][:32]))
    assert (guesses.handshake_pause_s(PEER) > 0) is is_guessing
    assert (guesses.refusal_delay_s(PEER) > REFUSAL_DELAY_S) is is_guessing
    # No client knows that of another.
    assert len({nonce for _, nonce in nonces}) == len(nonces) == 2


@given(pieces=st.lists(requests, max_size=8))
def test_whatever_comes_after_the_login_is_answered_or_ends_the_connection(
    pieces: list[bytes],
) -> None:
    client, answers = _run([_request("DESCRIBE"), _logged_in, *pieces])
    assert client.sender is UNNAMED
    asked, told, *rest = answers
    assert isinstance(asked, Message)
    assert isinstance(told, Message)
    assert (asked.status, told.status) == (401, 200)
    assert told.body == described(SDP)
    allowed = {200, 455, 461, 501}
    assert {each.status for each in rest if isinstance(each, Message)} <= allowed
    assert client.sent.count(PACKET[4:]) <= 1


@pytest.mark.parametrize(
    "pieces",
    [
        [_request("DESCRIBE"), _request("DESCRIBE", Authorization="Digest x")],
        [_request("DESCRIBE"), _logged_in, _request("TEARDOWN")],
    ],
    ids=["refused", "torn down"],
)
def test_what_is_over_is_ended_without_waiting_for_the_client(
    pieces: list[bytes | Callable[[bytes], bytes]],
) -> None:
    count = len(pieces)
    client = Client(pieces)
    for _ in VideoServer(Playing(), CODE).serve(client):  # type: ignore[arg-type]
        # Whatever is waited for, it is before the last response.
        assert client.sent.count(b"RTSP/1.0 ") < count
    assert client.sent.count(b"RTSP/1.0 ") == count


@given(sdp=st.binary(max_size=300), line=SOME_TEXT)
def test_a_description_of_anything_has_no_address_in_it(sdp: bytes, line: str) -> None:
    told = described(sdp + f"\r\nc=IN IP4 192.0.2.7\r\na={line}\r\n".encode())
    assert b"c=IN IP4 192.0.2.7" not in told
    assert told.startswith(b"v=0\r\n")
    assert told.endswith(b"a=control:track1\r\n")
