"""The file tunnel of the simulated printer, with faults: blocking, a thread per connection, as a P2S does it."""

from contextlib import suppress
import hashlib
import json
import ssl
import struct
from typing import Any, override

from .faults import Faults, FinalReply
from .threaded_server import ThreadedServer

PORT = 6000
CHUNK_KIB = 255
_LOGIN, _LOGIN_REPLY, _CALL, _REPLY = 0x0101013F, 0x0001013F, 0x0102013F, 0x0002013F
_LIST, _DELETE, _UPLOAD, _ABILITY = 1, 3, 5, 7
_OK, _GO_ON, _NO_FILE, _NO_ROOM, _WRONG_MD5 = 0, 1, 10, 20, 23


class SimulatedTunnel(ThreadedServer):
    """Runs from the beginning on, until `close`. `files` is what is in the internal memory."""

    def __init__(
        self,
        address: str,
        context: ssl.SSLContext,
        access_code: str,
        faults: Faults,
        files: dict[str, bytes],
    ) -> None:
        """Listen at once."""
        self.access_code = access_code
        self.faults = faults
        self.files = files
        self.partial: dict[str, bytearray] = {}
        """What arrived of uploads that were cut."""
        self.uploads = 0
        super().__init__(address, PORT, context)

    @override
    def serve(self, sock: ssl.SSLSocket) -> None:
        with suppress(OSError, EOFError):
            _Session(self, sock).run()


class _Session:
    def __init__(self, server: SimulatedTunnel, sock: ssl.SSLSocket) -> None:
        self._server = server
        self._sock = sock

    def run(self) -> None:
        kind, payload = self._receive()
        user, code = payload[:8].rstrip(b"\0"), payload[8:].rstrip(b"\0")
        if (kind, user, code) != (_LOGIN, b"bblp", self._server.access_code.encode()):
            return
        self._send(_LOGIN_REPLY, bytes(4))
        while True:
            kind, payload = self._receive()
            head, _, data = payload.partition(b"\n\n")
            call = json.loads(head)
            if call["mtype"] == 12291:
                self._reply(call, _OK, {})
            else:
                self._answer(call, call["req"], data)

    def _answer(self, call: dict[str, Any], req: dict[str, Any], data: bytes) -> None:
        files = self._server.files
        match call["cmdtype"]:
            case command if command == _ABILITY:
                self._reply(call, _OK, {"storage": ["emmc"]})
            case command if command == _LIST:
                entries = [
                    {"name": name, "path": name, "time": 0, "size": len(content)}
                    for name, content in files.items()
                ]
                self._reply(call, _OK, {"file_lists": entries})
            case command if command == _DELETE:
                gone = [files.pop(path, None) for path in req["paths"]]
                self._reply(call, _NO_FILE if None in gone else _OK, {})
            case command if command == _UPLOAD:
                self._upload(call, req["path"], req["total"])

    def _upload(self, call: dict[str, Any], name: str, total: int) -> None:
        server, faults = self._server, self._server.faults
        server.uploads += 1
        if faults.memory_is_full:
            self._reply(call, _NO_ROOM, {})
            return
        content = server.partial.pop(name, bytearray())
        del content[len(content) // (CHUNK_KIB * 1024) * CHUNK_KIB * 1024 :]
        limit = faults.cuts_after_bytes.pop(0) if faults.cuts_after_bytes else None
        self._reply(call, _GO_ON, {"chunk_size": CHUNK_KIB, "offset": len(content)})
        md5 = ""
        while len(content) < total:
            _kind, payload = self._receive()
            head, _, data = payload.partition(b"\n\n")
            req = json.loads(head)["req"]
            assert (req["offset"], req["size"]) == (len(content), len(data))
            assert len(data) <= CHUNK_KIB * 1024
            md5 = req.get("file_md5", "")
            content += data
            if limit is not None and len(content) >= limit:
                server.partial[name] = content
                raise EOFError
        final = (
            faults.final_replies.pop(0) if faults.final_replies else FinalReply.COMPLETE
        )
        if md5 != hashlib.md5(content).hexdigest():
            self._reply(call, _WRONG_MD5, {})
            return
        if final in {FinalReply.COMPLETE, FinalReply.GONE}:
            server.files[name] = bytes(content)
        match final:
            case FinalReply.COMPLETE:
                self._reply(call, _OK, {})
            case FinalReply.FULL:
                self._reply(call, _NO_ROOM, {})
            case _:
                raise EOFError

    def _reply(self, call: dict[str, Any], result: int, reply: dict[str, Any]) -> None:
        head = {key: call[key] for key in ("mtype", "cmdtype", "sequence") if key in call}  # fmt: skip
        text = json.dumps(head | {"result": result, "reply": reply})
        self._send(_REPLY, text.encode())

    def _send(self, kind: int, payload: bytes) -> None:
        # Real ones do not always send both at once.
        self._sock.sendall(struct.pack("<IIII", len(payload), kind, 0, 0))
        self._sock.sendall(payload)

    def _receive(self) -> tuple[int, bytes]:
        length, kind, _counter, _zero = struct.unpack("<IIII", self._exactly(16))
        return kind, self._exactly(length)

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            more = self._sock.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return bytes(data)
