"""The client's side of a camera that streams video: RTSP, over TLS for slicers, in plain code of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import hashlib
import re
import ssl
from urllib.parse import urlsplit

from tests.support.waiting import LIMIT_S

PORT = 322
PATH = "/streaming/live/1"


class VideoClient:
    """One connection."""

    def __init__(
        self,
        url: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Use a connection, after its handshake if there is one."""
        self.url = url
        self.reader = reader
        self.writer = writer
        self.packets: list[bytes] = []
        self._sequence = 0
        self._login: tuple[str, str] | None = None

    async def request(
        self, method: str, url: str = "", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the response; packets that come before are kept."""
        self._sequence += 1
        url = url or self.url
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self._login:
            nonce, code = self._login
            secret = _md5(f"bblp:LIVE555 Streaming Media:{code}")
            response = _md5(f"{secret}:{nonce}:{_md5(f'{method}:{url}')}")
            lines.append(
                f'Authorization: Digest username="bblp", realm="LIVE555 Streaming Media", nonce="{nonce}", '
                f'uri="{url}", response="{response}"'
            )
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        async with asyncio.timeout(LIMIT_S):
            while (first := await self.reader.readexactly(1)) == b"$":
                await self._packet()
            head = first + await self.reader.readuntil(b"\r\n\r\n")
            status, *rest = head.decode().splitlines()
            told = {
                name.lower(): value
                for name, value in (line.split(": ", 1) for line in rest if line)
            }
            assert told["cseq"] == str(self._sequence)
            body = await self.reader.readexactly(int(told.get("content-length", 0)))
            return int(status.split()[1]), told, body

    async def describe(self, code: str) -> tuple[int, dict[str, str], bytes]:
        """Ask for the description, and log in where that is asked for."""
        status, headers, body = await self.request("DESCRIBE")
        if status == 401 and self._login is None:
            nonce = re.search(r'nonce="(\w+)"', headers["www-authenticate"])
            assert nonce
            self._login = nonce[1], code
            return await self.request("DESCRIBE")
        return status, headers, body

    async def play(self, channels: str = "0-1") -> None:
        """Have the track played."""
        status, _headers, _body = await self.request(
            "SETUP",
            f"{self.url}/track1",
            Transport=f"RTP/AVP/TCP;unicast;interleaved={channels}",
        )
        assert status == 200
        status, _headers, _body = await self.request("PLAY")
        assert status == 200

    async def packet(self) -> bytes:
        """Return the next packet, with the four bytes in front."""
        async with asyncio.timeout(LIMIT_S):
            while not self.packets:
                assert await self.reader.readexactly(1) == b"$"
                await self._packet()
            return self.packets.pop(0)

    async def _packet(self) -> None:
        head = await self.reader.readexactly(3)
        size = int.from_bytes(head[1:])
        self.packets.append(b"$" + head + await self.reader.readexactly(size))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@asynccontextmanager
async def local_video_connection(url: str) -> AsyncIterator[tuple[VideoClient, str]]:
    """Connect to an address of `stream_source`. Gives the password in it too."""
    told = urlsplit(url)
    assert (told.scheme, told.username) == ("rtsp", "bblp")
    assert told.password
    async with asyncio.timeout(LIMIT_S):
        reader, writer = await asyncio.open_connection(told.hostname, told.port)
    bare = f"rtsp://{told.hostname}:{told.port}{told.path}"
    try:
        yield VideoClient(bare, reader, writer), told.password
    finally:
        writer.transport.abort()


@asynccontextmanager
async def video_connection(address: str) -> AsyncIterator[VideoClient]:
    """Connect as a slicer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with asyncio.timeout(LIMIT_S):
        reader, writer = await asyncio.open_connection(address, PORT, ssl=context)
    try:
        yield VideoClient(f"rtsps://{address}:{PORT}{PATH}", reader, writer)
    finally:
        writer.transport.abort()
