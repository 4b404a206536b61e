"""RTSP 1.0 over one connection (RFC 2326): messages, and the packets of media between them; and Digest login (RFC 2617).

decoder.feed(data)          yields Message and Packet, in the order in which they came; raises RtspError
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
import hashlib
import hmac
import re

VERSION = "RTSP/1.0"
MAX_HEAD_BYTES = 16 * 1024
MAX_BODY_BYTES = 64 * 1024
REALM = "LIVE555 Streaming Media"
"""As real printers have it (SnapCon)."""

_PACKET = b"$"
_PACKET_HEAD_BYTES = 4
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(r"[0-9]{1,9}")
_PARAMETER = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


class RtspError(Exception):
    """What was received is not RTSP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request or a response; names of headers are in lower case, and of several of one name the last counts."""

    first: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def status(self) -> int:
        """The status of a response, 0 of a request."""
        version, _, rest = self.first.partition(" ")
        code = rest[:3]
        return int(code) if version.startswith("RTSP/") and code.isdecimal() else 0

    @property
    def method(self) -> str:
        """The method of a request."""
        return self.first.partition(" ")[0]

    @property
    def url(self) -> str:
        """The address of a request."""
        return self.first.split(" ")[1] if self.first.count(" ") >= 1 else ""


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet of RTP or RTCP on a channel (RFC 2326, 10.12), with its four bytes in front as it goes over the wire."""

    wire: bytes

    @property
    def channel(self) -> int:
        """The channel."""
        return self.wire[1]

    @property
    def payload(self) -> bytes:
        """The packet itself."""
        return self.wire[_PACKET_HEAD_BYTES:]

    def on(self, channel: int) -> bytes:
        """Return it as it goes over the wire on another channel."""
        return self.wire[:1] + bytes([channel]) + self.wire[2:]


class RtspDecoder:
    """Takes a stream apart. What is incomplete is held, in bounds."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message | Packet]:
        """Give what is complete by now. Raises RtspError."""
        self._buffer += data
        while (found := self._next()) is not None:
            yield found

    def _next(self) -> Message | Packet | None:
        buffer = self._buffer
        if buffer.startswith(_PACKET):
            if len(buffer) < _PACKET_HEAD_BYTES:
                return None
            size = _PACKET_HEAD_BYTES + int.from_bytes(buffer[2:4])
            return Packet(self._take(size)) if len(buffer) >= size else None
        end = buffer.find(_END_OF_HEAD, 0, MAX_HEAD_BYTES)
        if end < 0:
            if len(buffer) >= MAX_HEAD_BYTES:
                raise RtspError("a head without end")
            return None
        first, headers = _head(bytes(buffer[:end]))
        told = headers.get("content-length", "0").strip()
        # Python refuses to read thousands of digits.
        length = int(told) if _LENGTH.fullmatch(told) else MAX_BODY_BYTES + 1
        if length > MAX_BODY_BYTES:
            raise RtspError(f"a body of {told[:20]} bytes")
        size = end + len(_END_OF_HEAD)
        if len(buffer) < size + length:
            return None
        body = self._take(size + length)[size:]
        return Message(first=first, headers=headers, body=body)

    def _take(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data


def _head(data: bytes) -> tuple[str, dict[str, str]]:
    first, *lines = data.decode(errors="replace").lstrip("\r\n").split("\r\n")
    if VERSION[:5] not in first:
        raise RtspError(f"a first line {first[:40]!r}")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return first, headers


def encode(first: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Return a message as it goes over the wire."""
    if body:
        headers = {**headers, "Content-Length": str(len(body))}
    lines = [first, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def parameters(header: str) -> dict[str, str]:
    """Return the parameters of a header of a login: realm, nonce, response and so on."""
    return {
        name.lower(): quoted or plain
        for name, quoted, plain in _PARAMETER.findall(header)
    }


def challenge(nonce: str) -> str:
    """Return what a server asks a client to log in with."""
    return f'Digest realm="{REALM}", nonce="{nonce}"'


def authorization(
    asked: str, *, method: str, url: str, user: str, password: str
) -> str:
    """Return what a client answers to a WWW-Authenticate header. Raises RtspError where that asks for no Digest."""
    found = parameters(asked)
    if not asked.lower().startswith("digest") or "nonce" not in found:
        raise RtspError("no Digest is asked for")
    realm, nonce = found.get("realm", ""), found["nonce"]
    secret = _md5(f"{user}:{realm}:{password}")
    wanted = _md5(f"{method}:{url}")
    told = {"username": user, "realm": realm, "nonce": nonce, "uri": url}
    if "auth" in re.split(r"[\s,]+", found.get("qop", "")):
        told |= {"qop": "auth", "nc": "00000001", "cnonce": nonce[:16] or "0"}
        told["response"] = _md5(
            f"{secret}:{nonce}:{told['nc']}:{told['cnonce']}:auth:{wanted}"
        )
    else:
        told["response"] = _md5(f"{secret}:{nonce}:{wanted}")
    if "opaque" in found:
        told["opaque"] = found["opaque"]
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in told.items())


def is_right(header: str, *, method: str, nonce: str, user: str, password: str) -> bool:
    """Return whether a client's Authorization header is right for the nonce it was given."""
    told = parameters(header)
    secret = _md5(f"{user}:{REALM}:{password}")
    wanted = _md5(f"{method}:{told.get('uri', '')}")
    right = _md5(f"{secret}:{nonce}:{wanted}")
    return (
        header.lower().startswith("digest")
        and told.get("username", "").lower() == user
        and told.get("nonce") == nonce
        and hmac.compare_digest(
            told.get("response", "").encode(errors="replace"), right.encode()
        )
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
