"""Shows slicers the video of a real printer by RTSP over TLS, as X1, P2S, H2 and X2D do on port 322.

RTSP ends here: what is relayed are packets of media. The login is a Digest with the printer's own access code: those of people
are known by their hashes only, with which no Digest can be checked. A client's nonce stays the same, so that a slicer that
repeats a stale code, or the code of a person, sends the same response each time and does not count as guessing codes (`net.guesses`).
"""

from collections import deque
from collections.abc import Callable, Generator
import hashlib
import hmac
import re
import secrets
import threading
from typing import override

from ...mirror.camera import Camera, Viewer
from ...mirror.video import Video, begins_keyframe
from ...net import endings
from ...protocol.ports import USER_NAME
from ...protocol.rtsp import (
    VERSION,
    Message,
    Packet,
    RtspDecoder,
    RtspError,
    challenge,
    encode,
    is_right,
    parameters,
)
from ...reception.failures import CutError
from ...reception.reactor import Steps, Wait
from ..port_6000 import Client, Handler

MAX_QUEUED_BYTES = 8 * 1024 * 1024
"""What is held for a slow client; beyond it, it goes on with the next keyframe."""
# The first keyframe of a P2S may take that long (SnapCon).
DESCRIBE_LIMIT_S = 15.0

_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN"
_CHANNELS = re.compile(r"interleaved=(\d{1,3})-(\d{1,3})")
_CHUNK_BYTES = 64 * 1024
# Of the lines that describe a track, those that decoders need.
_TRACK_LINE = re.compile(r"(b=|a=rtpmap:|a=fmtp:|a=framerate:)")
_MAX_PIPELINED_BYTES = 64 * 1024
_NONCE_BYTES = 16
_KEY = secrets.token_bytes(_NONCE_BYTES)


class VideoServer(Handler):
    """Serves all clients of one virtual printer."""

    magic = b""

    def __init__(self, video: Camera[Video], access_code: str) -> None:
        """Show this video to those who have this code."""
        self._video = video
        self._access_code = access_code

    @override
    def serve(self, client: Client) -> Steps:
        conversation = _Conversation(
            client, self._video, self._access_code, _nonce_of(client.peer)
        )
        try:
            yield from conversation.run()
        except RtspError as err:
            raise CutError(endings.protocol_error(err)) from err


class _Newest(Viewer[Video]):
    """What a client has not been sent yet."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._queue: deque[Packet] = deque()
        self._bytes = 0
        self._is_late = False
        self.sdp = b""
        self.is_over = False

    @override
    def show(self, item: Video) -> None:
        with self._lock:
            self.sdp = item.sdp
            for packet in item.packets:
                self._put(packet)
        self._wake()

    @override
    def ended(self) -> None:
        self.is_over = True
        self._wake()

    def take(self, channels: tuple[int, int]) -> bytes:
        """Return some packets on these channels, nothing if there are none."""
        chunk = bytearray()
        with self._lock:
            while self._queue and len(chunk) < _CHUNK_BYTES:
                packet = self._queue.popleft()
                self._bytes -= len(packet.wire)
                chunk += packet.on(channels[packet.channel & 1])
        return bytes(chunk)

    def _put(self, packet: Packet) -> None:
        if self._is_late:
            if packet.channel != 0 or not begins_keyframe(packet.payload):
                return
            self._is_late = False
        self._queue.append(packet)
        self._bytes += len(packet.wire)
        if self._bytes > MAX_QUEUED_BYTES:
            self._queue.clear()
            self._bytes = 0
            self._is_late = True


class _Conversation:
    """One client's requests, and the packets that it is sent between the responses."""

    def __init__(
        self, client: Client, video: Camera[Video], access_code: str, nonce: str
    ) -> None:
        self._client = client
        self._video = video
        self._access_code = access_code
        self._decoder = RtspDecoder()
        self._nonce = nonce
        self._session = secrets.token_hex(4).upper()
        self._newest = _Newest(client.wake)
        self._channels: tuple[int, int] | None = None
        self._is_playing = False
        self._is_watching = False
        self._is_over = False

    def run(self) -> Steps:
        while True:
            while self._client.receive():
                self._check_pipelined()
            for found in self._decoder.feed(self._client.take_received()):
                # Receiver reports of RTCP come as packets.
                if isinstance(found, Message):
                    yield from self._answer(found)
                if self._is_over:
                    # At once: the client may send nothing any more.
                    return
            if self._newest.is_over:
                return
            chunk = (
                self._newest.take(self._channels or (0, 1)) if self._is_playing else b""
            )
            if chunk:
                yield from self._client.write(chunk)
            else:
                yield Wait.READ

    def _check_pipelined(self) -> None:
        if self._client.received_bytes > _MAX_PIPELINED_BYTES:
            raise RtspError("too much at a time")

    def _answer(self, request: Message) -> Steps:
        if request.method == "OPTIONS":
            yield from self._reply(request, "200 OK", {"Public": _METHODS})
            return
        if self._client.sender is None:
            yield from self._log_in(request)
            if self._client.sender is None:
                return
        match request.method:
            case "DESCRIBE":
                yield from self._describe(request)
            case "SETUP":
                yield from self._set_up(request)
            case "PLAY" if self._channels is None:
                yield from self._reply(request, "455 Method Not Valid in This State")
            case "PLAY":
                yield from self._reply(request, "200 OK", {"Range": "npt=0.000-"})
                self._is_playing = True
            case "PAUSE":
                self._is_playing = False
                yield from self._reply(request, "200 OK")
            case "GET_PARAMETER" | "SET_PARAMETER":
                yield from self._reply(request, "200 OK")
            case "TEARDOWN":
                self._is_playing = False
                yield from self._reply(request, "200 OK")
                self._is_over = True
            case _:
                yield from self._reply(request, "501 Not Implemented")

    def _log_in(self, request: Message) -> Steps:
        header = request.headers.get("authorization")
        if header is not None:
            right = is_right(
                header,
                method=request.method,
                nonce=self._nonce,
                user=USER_NAME,
                password=self._access_code,
            )
            told = parameters(header)
            code = self._access_code if right else told.get("response", "")
            user = told.get("username", "").encode(errors="replace")
            yield from self._client.log_in(user, code.encode(errors="replace"))
            if self._client.sender is not None:
                return
            self._is_over = True
        yield from self._reply(
            request, "401 Unauthorized", {"WWW-Authenticate": challenge(self._nonce)}
        )

    def _describe(self, request: Message) -> Steps:
        yield from self._watch()
        before, self._client.idle_limit_s = self._client.idle_limit_s, DESCRIBE_LIMIT_S
        while not self._newest.sdp and not self._newest.is_over:
            while self._client.receive():
                self._check_pipelined()
            yield Wait.READ
        self._client.idle_limit_s = before
        if not self._newest.sdp:
            yield from self._reply(request, "404 Not Found")
            return
        headers = {
            "Content-Base": f"{request.url.rstrip('/')}/",
            "Content-Type": "application/sdp",
        }
        yield from self._reply(request, "200 OK", headers, described(self._newest.sdp))

    def _watch(self) -> Generator[Wait]:
        if self._is_watching:
            return
        self._is_watching = True
        client, newest = self._client, self._newest
        yield from client.on_loop(
            lambda: client.when_ended.append(self._video.watch(newest))
        )

    def _set_up(self, request: Message) -> Steps:
        wanted = request.headers.get("transport", "")
        if "RTP/AVP/TCP" not in wanted.upper():
            yield from self._reply(request, "461 Unsupported Transport")
            return
        yield from self._watch()
        found = _CHANNELS.search(wanted)
        first, second = (int(found[1]), int(found[2])) if found else (0, 1)
        if max(first, second) > 255:
            raise RtspError("no such channel")
        self._channels = first, second
        transport = f"RTP/AVP/TCP;unicast;interleaved={first}-{second}"
        yield from self._reply(request, "200 OK", {"Transport": transport})

    def _reply(
        self,
        request: Message,
        status: str,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Steps:
        told = {"CSeq": request.headers.get("cseq", "0")[:20]}
        if self._channels is not None:
            told["Session"] = f"{self._session};timeout=60"
        yield from self._client.write(
            encode(f"{VERSION} {status}", told | (headers or {}), body)
        )


def _nonce_of(peer: str) -> str:
    """Return the nonce of a client, the same for as long as the process lives, also where a printer was restarted."""
    return hmac.digest(_KEY, peer.encode(), hashlib.sha256)[:_NONCE_BYTES].hex()


def described(sdp: bytes) -> bytes:
    """Return a description of the video's track alone, without the real printer's address (RFC 8866)."""
    lines = ["v=0", "o=- 0 0 IN IP4 0.0.0.0", "s=Camera", "c=IN IP4 0.0.0.0", "t=0 0"]
    in_video = False
    for line in sdp.decode(errors="replace").splitlines():
        if line.startswith("m="):
            in_video = line.startswith("m=video")
            if in_video:
                lines.append(line)
        elif in_video and _TRACK_LINE.match(line):
            lines.append(line)
    lines += ["a=control:track1", ""]
    return "\r\n".join(lines).encode()
