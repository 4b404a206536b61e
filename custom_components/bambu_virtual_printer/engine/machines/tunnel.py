"""The client of a printer's file tunnel, which takes files into the internal memory of printers without a stick. Blocks.

All pieces are sent without reading in between; the printer answers once, up to two minutes after the last one, or earlier
where it gives up (open-bambu-networking, P2S; docs/protocol.md, File tunnel).
"""

from collections.abc import Callable, Mapping
import socket
from typing import Any, BinaryIO

from ..pki.printer_identity import NotThePrinterError
from ..protocol import file_tunnel
from ..protocol.file_tunnel import (
    CHUNK_BYTES,
    CHUNK_KIB,
    HEADER_BYTES,
    Command,
    FrameError,
    Kind,
    Reply,
    Result,
)
from ..protocol.ports import PICTURES_PORT, USER_NAME
from .errors import UploadCause, UploadError
from .ftps import CONNECT_TIMEOUT_S, CancelledTransferError, read_block, words
from .tls import HandshakeStalledError, PrinterTls, shut_down
from .tls_socket import TlsSocket

MEMORY = "emmc"
_CLIENT = "bambu_virtual_printer"
_VERSION = "1.0"


class PrinterTunnel:
    """One session. `give_up` may be called by other threads; everything else by one."""

    def __init__(
        self, tls: PrinterTls, *, timeout_s: float, final_reply_timeout_s: float
    ) -> None:
        """Keep the settings; `open` connects."""
        self._tls = tls
        self._timeout_s = timeout_s
        self._final_reply_timeout_s = final_reply_timeout_s
        self._raw: socket.socket | None = None
        self._sock: TlsSocket | None = None
        self._sequence = 0
        self._piece_bytes = CHUNK_BYTES
        self._aborted = False

    def open(self, address: str, access_code: str, port: int = PICTURES_PORT) -> None:
        """Connect, make sure that it is the printer, and log in. Raises UploadError."""
        try:
            self._connect(address, port)
            self._send(Kind.LOGIN, file_tunnel.login(USER_NAME, access_code))
            self._take_login_reply()
            self._send(Kind.CALL, file_tunnel.setup(_CLIENT, _VERSION))
            self._reply()
        except NotThePrinterError as err:
            raise UploadError(UploadCause.NOT_THE_PRINTER, str(err)) from err
        except (HandshakeStalledError, OSError, EOFError, FrameError) as err:
            self._check_aborted()
            raise UploadError(UploadCause.UNREACHABLE, words(err)) from err

    def close(self) -> None:
        """Close the connection."""
        for sock in (self._sock, self._raw):
            if sock is not None:
                sock.close()

    def give_up(self) -> None:
        """Break off whatever is under way."""
        self._aborted = True
        self._tls.abort()
        if self._raw is not None:
            shut_down(self._raw)

    def begin(self, name: str, size_bytes: int) -> int:
        """Begin to send a file; return from where on the printer wants it. Raises UploadError."""
        reply = self._ask(
            Command.UPLOAD,
            {"type": "model", "storage": MEMORY, "path": name, "total": size_bytes},
        )
        if reply.result not in {Result.GO_ON, Result.EXISTS}:
            raise _refusal(reply.result)
        fields = reply.fields if isinstance(reply.fields, dict) else {}
        largest_kib = file_tunnel.number(fields.get("chunk_size"))
        self._piece_bytes = min(largest_kib or CHUNK_KIB, CHUNK_KIB) * 1024
        offset = file_tunnel.number(fields.get("offset")) or 0
        return offset if offset < size_bytes else 0

    def store(
        self,
        file: BinaryIO,
        offset: int,
        size_bytes: int,
        *,
        on_block: Callable[[bytes], None],
        md5: Callable[[], str],
    ) -> bool:
        """Send a file from `offset` on, after `begin`. Returns whether the printer has confirmed that it has it.

        `on_block` is called with every block before it is sent, and may raise; `md5` is asked after the last one. False
        stands for an end without an answer. Raises UploadError.
        """
        try:
            while offset < size_bytes and (
                block := read_block(file, min(self._piece_bytes, size_bytes - offset))
            ):
                on_block(block)
                fields: dict[str, Any] = {
                    "frag_id": offset // self._piece_bytes,
                    "offset": offset,
                    "size": len(block),
                }
                offset += len(block)
                if offset == size_bytes:
                    fields["file_md5"] = md5().lower()
                self._send(
                    Kind.CALL,
                    file_tunnel.call(Command.UPLOAD, self._sequence, fields, block),
                )
        except OSError:
            # What it says of the reason may have arrived.
            self._check_aborted()
        return self._final_reply()

    def size_of(self, name: str) -> int | None:
        """Ask how large a file is. None where it is not there. Raises UploadError."""
        reply = self._ask(
            Command.LIST,
            {
                "type": "model",
                "storage": MEMORY,
                "api_version": file_tunnel.API_VERSION,
                "notify": "DETAIL",
            },
        )
        fields = reply.fields if isinstance(reply.fields, dict) else {}
        listed = fields.get("file_lists")
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, dict) and entry.get("name") == name:
                return file_tunnel.number(entry.get("size"))
        return None

    def remove(self, name: str) -> bool:
        """Delete a file; False where it was not there. Raises UploadError."""
        fields = {"paths": [name], "storage": MEMORY, "type": "model"}
        return self._ask(Command.DELETE, fields).result == Result.OK

    # --- dialogue ---

    def _connect(self, address: str, port: int) -> None:
        self._raw = sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._check_aborted()
        sock.settimeout(CONNECT_TIMEOUT_S)
        sock.connect((address, port))
        sock.settimeout(self._timeout_s)
        self._sock = self._tls.wrap_socket(sock)

    def _take_login_reply(self) -> None:
        try:
            kind, _payload = self._receive()
        except (EOFError, ConnectionError) as err:
            self._check_aborted()
            raise UploadError(UploadCause.WRONG_CODE, "the login is refused") from err
        if kind is not Kind.LOGIN_REPLY:
            raise FrameError("no reply to the login")

    def _ask(self, command: Command, fields: Mapping[str, Any]) -> Reply:
        self._sequence += 1
        try:
            self._send(Kind.CALL, file_tunnel.call(command, self._sequence, fields))
            return self._reply()
        except (OSError, EOFError, FrameError) as err:
            self._check_aborted()
            raise UploadError(UploadCause.BROKEN_OFF, words(err)) from err

    def _final_reply(self) -> bool:
        assert self._sock
        self._sock.settimeout(self._final_reply_timeout_s)
        try:
            reply = self._reply()
        except OSError, EOFError, FrameError:
            self._check_aborted()
            return False
        if reply.result != Result.OK:
            raise _refusal(reply.result)
        return True

    def _reply(self) -> Reply:
        """Wait for the reply to the last call."""
        while True:
            kind, payload = self._receive()
            if kind is Kind.REPLY and b'"notify"' not in payload[:64]:
                reply, _data = file_tunnel.read_reply(payload)
                if reply.sequence == self._sequence:
                    return reply

    def _receive(self) -> tuple[Kind, bytes]:
        header = file_tunnel.read_header(self._exactly(HEADER_BYTES))
        return header.kind, self._exactly(header.length_bytes)

    def _exactly(self, size_bytes: int) -> bytes:
        assert self._sock
        data = bytearray()
        while len(data) < size_bytes:
            more = self._sock.recv(size_bytes - len(data))
            if not more:
                raise EOFError
            data += more
        return bytes(data)

    def _send(self, kind: Kind, payload: bytes) -> None:
        assert self._sock
        self._sock.sendall(file_tunnel.frame(kind, payload, self._sequence))

    def _check_aborted(self) -> None:
        if self._aborted:
            raise CancelledTransferError


def _refusal(result: int) -> UploadError:
    """Return by the result why a printer refuses a file."""
    match result:
        case Result.NO_ROOM:
            cause = UploadCause.STORAGE_FULL
        case (
            Result.NO_STORAGE
            | Result.BAD_NAME
            | Result.NOT_CREATED
            | Result.NOT_OPENED
            | Result.NOT_WRITTEN
        ):
            cause = UploadCause.STORAGE_REFUSED
        case (
            Result.BUSY
            | Result.TIMED_OUT
            | Result.PIPE
            | Result.CHECK_FAILED
            | Result.BAD_MD5
            | Result.BAD_SIZE
        ):
            cause = UploadCause.BROKEN_OFF
        case _:
            cause = UploadCause.REFUSED
    return UploadError(cause, file_tunnel.meaning(result))
