"""The slicer's side of the file tunnel on port 6000, as Bambu Studio's network plugin uses it for newer printers."""

from collections.abc import Callable, Mapping
import hashlib
import os
from pathlib import Path
import socket
import ssl
import time
from types import TracebackType
from typing import Any, BinaryIO, Self

from custom_components.bambu_virtual_printer.engine.protocol import file_tunnel
from custom_components.bambu_virtual_printer.engine.protocol.file_tunnel import (
    CHUNK_BYTES,
    HEADER_BYTES,
    Command,
    FrameError,
    Kind,
    Reply,
    Result,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    find_model,
)
from scripts.slicer import USER, Printer, SlicerError

TUNNEL_PORT = 6000
TIMEOUT_S = 120.0
STORAGE = "emmc"
ATTEMPTS = 3
RETRY_PAUSE_S = 1.0


class TunnelClient:
    """One session. Blocks. Raises SlicerError for what the printer refuses, OSError and FrameError for what breaks."""

    def __init__(
        self,
        host: str,
        access_code: str,
        context: ssl.SSLContext,
        *,
        port: int = TUNNEL_PORT,
        source: str | None = None,
    ) -> None:
        """Connect, from an address of one's own if one is named, and log in."""
        self._sequence = 0
        self._sock = context.wrap_socket(
            socket.create_connection(
                (host, port), TIMEOUT_S, (source, 0) if source else None
            )
        )
        try:
            self._log_in(access_code)
        except BaseException:
            self._sock.close()
            raise

    def _log_in(self, access_code: str) -> None:
        self._send(Kind.LOGIN, file_tunnel.login(USER, access_code))
        try:
            kind, _payload = self._receive()
        except EOFError as err:
            raise SlicerError(
                "The printer refused the access code, or its file tunnel is turned off"
            ) from err
        if kind is not Kind.LOGIN_REPLY:
            raise SlicerError("The printer does not answer like a file tunnel")
        self._send(Kind.CALL, file_tunnel.setup("slicer", "1.0"))
        self._reply()

    def __enter__(self) -> Self:
        """Use the session."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the session."""
        self._sock.close()

    def ask(self, command: Command, fields: Mapping[str, Any]) -> Reply:
        """Call, and return the reply."""
        self._sequence += 1
        self._send(Kind.CALL, file_tunnel.call(command, self._sequence, fields))
        return self._reply()[0]

    def storages(self) -> list[str]:
        """Return where the printer can keep files."""
        reply = self.ask(
            Command.ABILITY, {"peer": "studio", "api_version": file_tunnel.API_VERSION}
        )
        fields = reply.fields if isinstance(reply.fields, dict) else {}
        return list(fields.get("storage") or [])

    def upload(
        self,
        name: str,
        file: BinaryIO,
        size_bytes: int,
        *,
        on_block: Callable[[int], None] | None = None,
    ) -> str:
        """Send a file, from where an earlier attempt ended. Returns what the printer says."""
        offset = self.begin(name, size_bytes)
        md5 = hashlib.md5(usedforsecurity=False)
        file.seek(0)
        left_bytes = offset
        while left_bytes and (block := file.read(min(left_bytes, CHUNK_BYTES))):
            md5.update(block)
            left_bytes -= len(block)
        while piece := file.read(CHUNK_BYTES):
            md5.update(piece)
            is_last = offset + len(piece) == size_bytes
            self._send_piece(piece, offset, md5.hexdigest() if is_last else "")
            offset += len(piece)
            if on_block:
                on_block(len(piece))
        return self.finish(name)

    def begin(self, name: str, size_bytes: int) -> int:
        """Begin to send a file. Returns from where on the printer wants it."""
        begun = self.ask(
            Command.UPLOAD,
            {"type": "model", "storage": STORAGE, "path": name, "total": size_bytes},
        )
        if begun.result not in {Result.GO_ON, Result.EXISTS}:
            raise _refused(name, begun)
        return int(begun.fields.get("offset", 0))

    def send_piece(self, content: memoryview, offset: int, md5: str) -> None:
        """Send the piece at `offset` of a file in memory; `md5` is that of all of it."""
        piece = content[offset : offset + CHUNK_BYTES]
        is_last = offset + len(piece) == len(content)
        self._send_piece(piece, offset, md5 if is_last else "")

    def finish(self, name: str) -> str:
        """Wait until the printer says that it has the file; return what it says."""
        done, _data = self._reply()
        if done.result != Result.OK:
            raise _refused(name, done)
        return file_tunnel.meaning(done.result)

    def _send_piece(self, piece: bytes | memoryview, offset: int, md5: str) -> None:
        fields: dict[str, Any] = {
            "frag_id": offset // CHUNK_BYTES,
            "offset": offset,
            "size": len(piece),
        }
        if md5:
            fields["file_md5"] = md5
        head = file_tunnel.call_head(Command.UPLOAD, self._sequence, fields)
        length_bytes = len(head) + len(file_tunnel.SEPARATOR) + len(piece)
        header = file_tunnel.header(Kind.CALL, length_bytes, self._sequence)
        self._sock.sendall(header + head + file_tunnel.SEPARATOR)
        # As it is: a copy of it would cost as much as encrypting it.
        self._sock.sendall(piece)

    def files(self) -> list[str]:
        """Return the names of the files on the card."""
        fields = {"type": "model", "storage": STORAGE, "api_version": file_tunnel.API_VERSION, "notify": "DETAIL"}  # fmt: skip
        reply = self.ask(Command.LIST, fields)
        return [entry["name"] for entry in reply.fields["file_lists"]]

    def _send(self, kind: Kind, payload: bytes) -> None:
        self._sock.sendall(file_tunnel.frame(kind, payload, self._sequence))

    def _reply(self) -> tuple[Reply, bytes]:
        while True:
            kind, payload = self._receive()
            if kind is Kind.REPLY:
                return file_tunnel.read_reply(payload)

    def _receive(self) -> tuple[Kind, bytes]:
        header = file_tunnel.read_header(self._exactly(HEADER_BYTES))
        return header.kind, self._exactly(header.length_bytes)

    def _exactly(self, size_bytes: int) -> bytes:
        data = b""
        while len(data) < size_bytes:
            more = self._sock.recv(size_bytes - len(data))
            if not more:
                raise EOFError("the printer ended the session")
            data += more
        return data


def upload_by_tunnel(
    host: str,
    access_code: str,
    context: ssl.SSLContext,
    name: str,
    file: BinaryIO,
    size_bytes: int,
    *,
    port: int = TUNNEL_PORT,
    on_block: Callable[[int], None] | None = None,
) -> str:
    """Store a file, and go on where the connection was lost, a few times. Blocks. Raises SlicerError."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with TunnelClient(host, access_code, context, port=port) as client:
                return client.upload(name, file, size_bytes, on_block=on_block)
        except FrameError as err:
            raise SlicerError(
                f"The printer says what nobody understands: {err}"
            ) from err
        except (OSError, EOFError) as err:
            if attempt == ATTEMPTS:
                raise SlicerError(f"The upload of {name} broke off: {err}") from err
            time.sleep(RETRY_PAUSE_S)
    raise AssertionError


def upload_file_by_tunnel(
    host: str,
    access_code: str,
    context: ssl.SSLContext,
    path: Path,
    *,
    on_block: Callable[[int], None] | None = None,
) -> str:
    """Store a file under its own name; otherwise as `upload_by_tunnel`."""
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        return upload_by_tunnel(
            host, access_code, context, path.name, file, size_bytes, on_block=on_block
        )


def check_has_tunnel(printer: Printer) -> None:
    """Make sure that a printer is of a model with a file tunnel, as far as is known. Raises SlicerError.

    Others have their camera on the same port, or nothing, and close the connection without a word.
    """
    try:
        model = find_model(printer.model)
    except KeyError:
        return
    if not model.file_tunnel:
        raise SlicerError(f"A {model.name} has no file tunnel; send without --tunnel")


def _refused(name: str, reply: Reply) -> SlicerError:
    return SlicerError(
        f"The printer refused {name}: {file_tunnel.meaning(reply.result)}"
    )
