"""The camera of the simulated printer, as X1, P2S and H2 have it: RTSP over TLS on port 322, with a Digest login."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import hashlib
import re
import ssl
import struct
from typing import override

from .camera_server import CameraServer
from .faults import Faults

PORT = 322
REALM = "LIVE555 Streaming Media"
NONCE = "4b2c1a0f"
PICTURES_TO_A_KEYFRAME = 10
_FIELD = re.compile(r'(\w+)="?([^",]*)"?')
SDP = """v=0
o=- 1690000000 1 IN IP4 {address}
s=streamed by the LIVE555 Media Server
a=control:*
m=video 0 RTP/AVP 96
c=IN IP4 {address}
b=AS:3000
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1;profile-level-id=42C01E
a=control:rtsps://192.168.9.9:322/streaming/live/1/track1
"""


def packets(number: int) -> list[bytes]:
    """Return the packets of one picture, RTP in RTSP's frames; the first of a keyframe is its parameter set."""
    is_keyframe = number % PICTURES_TO_A_KEYFRAME == 0
    mark = number.to_bytes(4)
    nals = (
        [
            b"\x67SPS" + mark,
            b"\x7c\x85" + mark + bytes(900),
            b"\x7c\x45" + mark + bytes(900),
        ]
        if is_keyframe
        else [b"\x61" + mark + bytes(500)]
    )
    found = []
    for place, nal in enumerate(nals):
        sequence = (number * 3 + place) % 65536
        head = struct.pack(">BBHII", 0x80, 96, sequence, number * 3000, 0x1234)
        rtp = head + nal
        found.append(b"$\0" + struct.pack(">H", len(rtp)) + rtp)
    return found


class VideoCamera(CameraServer):
    """Serves between `start` and `stop`."""

    def __init__(
        self,
        context: ssl.SSLContext,
        faults: Faults,
        access_code: Callable[[], str],
        interval_s: float,
    ) -> None:
        """Prepare."""
        self.logins: list[str] = []
        """The Authorization headers that came."""
        self.requests: list[str] = []
        self.is_off = False
        """Whether connections are ended at once, as H2 does while its liveview is off."""
        self.pictures: Callable[[int], list[bytes]] = packets
        """Returns the packets of the picture of a number."""
        self._faults = faults
        self._access_code = access_code
        self._interval_s = interval_s
        self._address = ""
        super().__init__(PORT, context)

    @override
    async def start(self, address: str) -> None:
        self._address = address
        await super().start(address)

    @override
    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.viewers += 1
        playing: asyncio.Task[None] | None = None
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                while not self.is_off:
                    head = (await reader.readuntil(b"\r\n\r\n")).decode()
                    method, url = head.split(" ")[:2]
                    self.requests.append(method)
                    writer.write(self._reply(method, url, head))
                    if method == "PLAY" and playing is None:
                        playing = asyncio.create_task(self._play(writer))
        finally:
            if playing:
                playing.cancel()
            self.viewers -= 1

    def _reply(self, method: str, url: str, head: str) -> bytes:
        fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
        told = {"CSeq": fields["CSeq"]}
        body = b""
        status = "200 OK"
        if not self._is_allowed(method, fields.get("Authorization", "")):
            status = "401 Unauthorized"
            told["WWW-Authenticate"] = (
                f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth"'
            )
        elif method == "DESCRIBE":
            body = SDP.format(address=self._address).replace("\n", "\r\n").encode()
            told |= {"Content-Type": "application/sdp", "Content-Base": f"{url}/"}
            told["Content-Length"] = str(len(body))
        elif method == "SETUP":
            assert url.endswith("/streaming/live/1/track1"), url
            told |= {"Transport": fields["Transport"], "Session": "DEADBEEF;timeout=60"}
        else:
            assert fields["Session"] == "DEADBEEF"
        lines = [
            f"RTSP/1.0 {status}",
            *(f"{key}: {value}" for key, value in told.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    def _is_allowed(self, method: str, header: str) -> bool:
        if not header:
            return False
        self.logins.append(header)
        told = dict(_FIELD.findall(header))

        def _md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        secret = _md5(f"bblp:{REALM}:{self._access_code()}")
        right = _md5(
            f"{secret}:{NONCE}:{told['nc']}:{told['cnonce']}:auth:{_md5(f'{method}:{told["uri"]}')}"
        )
        return bool(told["response"] == right and told["username"] == "bblp")

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        number = 0
        while not self._faults.camera_stalls:
            writer.write(b"".join(self.pictures(number)))
            await writer.drain()
            number += 1
            await asyncio.sleep(self._interval_s)
