"""The slicer's side of the file tunnel, byte by byte, so that it can do everything wrong."""

import hashlib
import json
import socket
import ssl
import struct
from types import TracebackType
from typing import Any, Self

from tests.support.ftps_clients import ACCESS_CODE
from tests.support.waiting import LIMIT_S

PORT = 6000
LOGIN = 0x0101013F
LOGIN_REPLY = 0x0001013F
CALL = 0x0102013F
REPLY = 0x0002013F
CHUNK_BYTES = 255 * 1024


def frame(kind: int, payload: bytes, counter: int = 0) -> bytes:
    return struct.pack("<IIII", len(payload), kind, counter, 0) + payload


def login(code: str = ACCESS_CODE, user: str = "bblp") -> bytes:
    return frame(LOGIN, struct.pack("<8s8s", user.encode(), code.encode()))


def call(command: int, sequence: int, req: Any, data: bytes = b"") -> bytes:
    head = {"mtype": 12289, "cmdtype": command, "sequence": sequence, "req": req}
    text = json.dumps(head, separators=(",", ":")).encode()
    return frame(CALL, text + b"\n\n" + data if data else text)


class TunnelClient:
    """One connection, which is logged in unless it should not be."""

    def __init__(
        self,
        address: str,
        *,
        code: str = ACCESS_CODE,
        source: str | None = None,
        log_in: bool = True,
    ) -> None:
        """Connect."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.sock = context.wrap_socket(
            socket.create_connection(
                (address, PORT),
                LIMIT_S,
                source_address=(source, 0) if source else None,
            )
        )
        self.sequence = 0
        if log_in:
            try:
                self._log_in(code)
            except BaseException:
                self.close()
                raise

    def _log_in(self, code: str) -> None:
        self.send(login(code))
        assert self.receive() == (LOGIN_REPLY, bytes(4))
        setup = {"t_av": 1, "mtype": 12289, "peer_t": 3, "pid": "test", "ver": "1"}
        head = {"sequence": 0, "mtype": 12291, "req": setup}
        self.send(frame(CALL, json.dumps(head).encode()))
        assert self.reply() == (
            {"mtype": 12291, "sequence": 0, "result": 0, "reply": {}},
            b"",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self.sock.close()

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def read(self, size: int) -> bytes:
        """Read exactly so much. Raises EOFError at the end of the connection."""
        data = b""
        while len(data) < size:
            try:
                more = self.sock.recv(size - len(data))
            except (ConnectionError, ssl.SSLError) as err:
                raise EOFError from err
            if not more:
                raise EOFError
            data += more
        return data

    def receive(self) -> tuple[int, bytes]:
        """Receive a frame."""
        length, kind, _counter, zero = struct.unpack("<IIII", self.read(16))
        assert zero == 0
        return kind, self.read(length)

    def reply(self) -> tuple[dict[str, Any], bytes]:
        """Receive a reply, and the bytes that belong to it."""
        kind, payload = self.receive()
        assert kind == REPLY
        head, _, data = payload.partition(b"\n\n")
        return json.loads(head), data

    def is_closed(self) -> bool:
        """Wait for the end, and return whether nothing came before."""
        try:
            self.read(1)
        except EOFError:
            return True
        return False

    def start(self, command: int, req: Any, data: bytes = b"") -> int:
        """Send a call. Returns its sequence number."""
        self.sequence += 1
        self.send(call(command, self.sequence, req, data))
        return self.sequence

    def ask(self, command: int, req: Any) -> dict[str, Any]:
        """Send a call and return the reply, which must be to it."""
        sequence = self.start(command, req)
        head, _data = self.reply()
        assert (head["cmdtype"], head["sequence"]) == (command, sequence)
        return head

    def begin_upload(self, name: str, total: int, **more: Any) -> dict[str, Any]:
        req = {"type": "model", "storage": "emmc", "path": name, "total": total}
        return self.ask(5, req | more)

    def pieces(
        self, content: bytes, offset: int = 0, *, md5: str | None = None
    ) -> list[bytes]:
        """Return the frames with which a file is sent."""
        starts = range(offset, len(content), CHUNK_BYTES)
        frames = []
        for start in starts:
            piece = content[start : start + CHUNK_BYTES]
            req: dict[str, Any] = {
                "frag_id": start // CHUNK_BYTES,
                "offset": start,
                "size": len(piece),
            }
            if start + len(piece) == len(content):
                req["file_md5"] = md5 or hashlib.md5(content).hexdigest()
            frames.append(call(5, self.sequence, req, piece))
        return frames

    def upload(
        self, name: str, content: bytes, *, md5: str | None = None
    ) -> dict[str, Any]:
        """Upload a file as slicers do, without reading in between, and return the last reply."""
        begun = self.begin_upload(name, len(content))
        if begun["result"] not in {1, 19}:
            return begun
        for piece in self.pieces(content, begun["reply"]["offset"], md5=md5):
            self.send(piece)
        return self.reply()[0]

    def download(self, name: str, offset: int = 0) -> tuple[bytes, dict[str, Any]]:
        """Fetch a file. Returns its bytes and the last reply."""
        sequence = self.start(4, {"path": name, "offset": offset})
        content = b""
        while True:
            head, data = self.reply()
            assert (head["cmdtype"], head["sequence"]) == (4, sequence)
            if head["result"] != 1:
                return content, head
            assert head["reply"]["offset"] == offset + len(content)
            assert head["reply"]["size"] == len(data)
            content += data
