"""Clients: a raw one that can do everything in the wrong order, Python's own, and files to send."""

from collections.abc import Iterator
from contextlib import contextmanager
import ftplib
import io
import random
import re
import socket
import ssl
import struct
import threading
from types import TracebackType
from typing import Self, override
import zipfile

from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from tests.support.serials import SERIAL
from tests.support.waiting import LIMIT_S

ACCESS_CODE = "12345678"


def sliced_file(size_bytes: int = 10_000, seed: int = 1) -> bytes:
    """Make a ZIP archive of about this size that does not compress."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Metadata/slice_info.config", "<config/>")
        archive.writestr(
            "Metadata/plate_1.gcode", random.Random(seed).randbytes(size_bytes)
        )
    return buffer.getvalue()


def trusting(ca: CertificateAuthority) -> ssl.SSLContext:
    """Make a client context that trusts this CA and nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=ca.pem)
    return context


class RawClient:
    """A control connection that says what it is told, and data connections of every kind."""

    def __init__(
        self, address: str, context: ssl.SSLContext, *, source: str | None = None
    ) -> None:
        self.address = address
        self.context = context
        self.source = source
        self.sock = context.wrap_socket(
            self._connect(990, source), server_hostname=SERIAL
        )
        self._lines = self.sock.makefile("rb")
        self.banner = self.reply()

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
        """Close the control connection without a word."""
        self._lines.close()
        self.sock.close()

    def reset(self) -> None:
        """Have the control connection break off."""
        self._lines.close()
        reset(self.sock)

    def send(self, *lines: str) -> None:
        self.send_bytes("".join(f"{line}\r\n" for line in lines).encode())

    def send_bytes(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reply(self) -> str:
        """Read one reply, all lines of it; an empty one at the end of the connection."""
        reply = ""
        while line := self._lines.readline().decode():
            reply += line
            if re.match(r"\d{3} ", line):
                break
        return reply.rstrip()

    def command(self, line: str) -> str:
        self.send(line)
        return self.reply()

    def log_in(self, access_code: str = ACCESS_CODE) -> None:
        assert self.command("USER bblp").startswith("331")
        assert self.command(f"PASS {access_code}").startswith("230")
        assert self.command("PBSZ 0").startswith("200")
        assert self.command("PROT P").startswith("200")

    def epsv(self) -> int:
        reply = self.command("EPSV")
        found = re.fullmatch(r"229 .*\(\|\|\|(\d+)\|\)", reply)
        assert found, reply
        return int(found[1])

    def pasv(self) -> tuple[str, int]:
        reply = self.command("PASV")
        found = re.fullmatch(r"227 .*\((\d+,\d+,\d+,\d+),(\d+),(\d+)\)", reply)
        assert found, reply
        return found[1].replace(",", "."), int(found[2]) * 256 + int(found[3])

    def connect(self, port: int) -> socket.socket:
        """Open a data connection and say nothing yet."""
        return self._connect(port, self.source)

    def encrypt(self, sock: socket.socket) -> ssl.SSLSocket:
        """Shake hands on a data connection, resuming the control connection's session."""
        return self.context.wrap_socket(
            sock,
            server_hostname=SERIAL,
            session=self.sock.session,
            suppress_ragged_eofs=False,
        )

    @contextmanager
    def storing(self, name: str) -> Iterator[ssl.SSLSocket]:
        """Begin an encrypted upload the way slicers do."""
        port = self.epsv()
        with self.connect(port) as sock:
            assert self.command(f"STOR {name}").startswith("150")
            with self.encrypt(sock) as data:
                yield data

    def store(self, name: str, content: bytes) -> str:
        """Upload a file and return the final reply."""
        with self.storing(name) as data:
            data.sendall(content)
            with data.unwrap():
                pass
        return self.reply()

    def fetch(self, command: str, *, encrypted: bool = True) -> bytes:
        """Fetch a file or a list; the end must be announced, and 226 be said."""
        port = self.epsv()
        with self.connect(port) as sock:
            assert self.command(command).startswith("150")
            with self.encrypt(sock) if encrypted else sock as data:
                # An end without close_notify raises here.
                content = b"".join(iter(lambda: data.recv(65536), b""))
        assert self.reply().startswith("226")
        return content

    def _connect(self, port: int, source: str | None) -> socket.socket:
        return socket.create_connection(
            (self.address, port),
            LIMIT_S,
            source_address=(source, 0) if source else None,
        )


def reset(sock: socket.socket) -> None:
    """Close so that the other side sees a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(sock, ssl.SSLSocket):
        # Its own close would say goodbye first.
        socket.socket(fileno=sock.detach()).close()
    else:
        sock.close()


def pour(sock: socket.socket) -> bool:
    """Send until the other side has had enough, and tell whether that came soon.

    In a thread of its own: in ours, the failed write would make the next read on another TLS socket fail as well
    (OpenSSL's error queue, see the server's channels).
    """
    ended = False

    def _pour() -> None:
        nonlocal ended
        try:
            for _ in range(1000):
                sock.sendall(bytes(100_000))
        except OSError:
            ended = True

    thread = threading.Thread(target=_pour)
    thread.start()
    thread.join()
    return ended


def plain_fin(sock: ssl.SSLSocket) -> None:
    """Close like the clients that never send close_notify: a bare FIN."""
    socket.socket(fileno=sock.detach()).close()


class ImplicitFtps(ftplib.FTP_TLS):
    """Python's own client over implicit TLS; `reuse` decides whether data connections resume the session."""

    def __init__(self, context: ssl.SSLContext, *, reuse: bool) -> None:
        super().__init__(context=context, timeout=LIMIT_S)
        self.reuse = reuse
        self.resumed: list[bool | None] = []

    def open(self, address: str) -> Self:
        self.host = address
        raw = socket.create_connection((address, 990), LIMIT_S)
        self.af = raw.family
        self.sock = self.context.wrap_socket(raw, server_hostname=SERIAL)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        self.login("bblp", ACCESS_CODE)
        self.prot_p()
        return self

    @override
    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        sock, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        assert isinstance(self.sock, ssl.SSLSocket)
        data = self.context.wrap_socket(
            sock,
            server_hostname=SERIAL,
            session=self.sock.session if self.reuse else None,
        )
        self.resumed.append(data.session_reused)
        return data, size
