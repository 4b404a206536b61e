"""Relays FTPS with TLS terminated here, for printers or slicers that do not work with pass-through.

The dialogue is strictly one reply to one command, so one task per slicer carries both. Only what has to differ is
changed: data ports are the relay's own, and each side may be encrypted or not.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import errno
from functools import partial
import logging
import re
import socket
import ssl
from typing import cast

from ..net.admission import Displacement, OpenConnection
from ..net.failed_logins import FailedLogins
from ..net.listener import ListenError, close_now, listening_socket
from ..net.log_bounds import LogRate
from ..net.printer_client import CONNECT_TIMEOUT_S, Dialler, reason_of
from ..pki.printer_identity import NotThePrinterError, client_context
from ..printable import text
from ..protocol.ports import FTPS_DATA_PORTS, FTPS_PORT
from ..values import Service
from .ftps_data import Protection, Transfer
from .meter import Traffic
from .pump import counting
from .rewriting import AddressRewriter
from .upstream import Upstream

_LOGGER = logging.getLogger(__name__)

MAX_LINE_BYTES = 8192
# Firmware closes after five minutes.
IDLE_LIMIT_S = 600.0
REPLY_TIMEOUT_S = 60.0
# An H2D acknowledges a big file after more than 30 s (docs/protocol.md, Real printers).
FINAL_REPLY_TIMEOUT_S = 180.0
ACCEPT_TIMEOUT_S = 30.0
CLOSE_LIMIT_S = 5.0

_UPLOADS = frozenset({"STOR", "APPE", "STOU"})
_DOWNLOADS = frozenset({"RETR", "LIST", "NLST", "MLSD"})
# In active mode the printer would connect to the slicer past the relay.
_REFUSED = frozenset({"PORT", "EPRT", "LPRT", "AUTH", "CCC"})
_PASV_PORT = re.compile(rb"\d{1,3},\d{1,3},\d{1,3},\d{1,3},(\d{1,3}),(\d{1,3})")
_EPSV_PORT = re.compile(rb"\|\|\|(\d{1,5})\|")


_TOO_MANY = b"421 Too many connections, or no login for too long, closing\r\n"
_NO_PRINTER = b"421 The printer cannot be reached, closing\r\n"
_IDLE = b"421 Idle for too long, closing\r\n"
_STOPPED = b"421 The printer is being switched off, closing\r\n"


class EndedError(Exception):
    """One of the two sides has ended the dialogue, or does not speak FTP."""


class FtpsRelay:
    """Serves all slicers that are admitted. Pass `factory` to a TLS listener that uses the same context.

    `on_change` is called when a connection was opened or closed, `on_failure(reason)` when the printer could not be
    connected to.
    """

    def __init__(
        self,
        upstream: Upstream,
        address: str,
        bind_ip: str,
        server: ssl.SSLContext,
        dialler: Dialler,
        failed_logins: FailedLogins,
        *,
        on_change: Callable[[], None],
        on_failure: Callable[[str], None],
    ) -> None:
        """Prepare. `address` is the printer's address for slicers; data ports are bound on `bind_ip`."""
        self.upstream = upstream
        self.address = address
        self.bind_ip = bind_ip
        self.server = server
        self.dialler = dialler
        self.failed_logins = failed_logins
        self.on_change = on_change
        self.on_failure = on_failure
        self.log_rate = LogRate()
        self.traffic = {Service.FTPS: Traffic(), Service.FTPS_DATA: Traffic()}
        # Session reuse breaks with TLS 1.3 on several models (docs/protocol.md, Real printers), and needs one context.
        self.client = client_context()
        self.client.maximum_version = ssl.TLSVersion.TLSv1_2
        self._sessions: dict[asyncio.Task[None], _Session] = {}

    @property
    def uploads(self) -> tuple[Transfer, ...]:
        """The uploads under way."""
        found = (session.uploading for session in self._sessions.values())
        return tuple(transfer for transfer in found if transfer)

    def factory(self, connection: OpenConnection) -> asyncio.Protocol:
        """Make the protocol of a new connection."""
        reader = asyncio.StreamReader(MAX_LINE_BYTES)
        return asyncio.StreamReaderProtocol(reader, partial(self._opened, connection))

    async def close(self) -> None:
        """End all sessions; on return no socket, task or thread is left."""
        tasks = tuple(self._sessions)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def open_data_port(self, wished: int) -> socket.socket:
        """Open a data port, `wished` if it is free. Raises ListenError."""
        failure: ListenError | None = None
        for port in (wished, *FTPS_DATA_PORTS):
            try:
                return listening_socket(Service.FTPS_DATA, self.bind_ip, port)
            except ListenError as err:
                failure = err
        assert failure
        raise failure

    def _opened(
        self,
        connection: OpenConnection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        session = _Session(self, connection, reader, writer)
        task = asyncio.get_running_loop().create_task(
            session.run(), name=f"FTPS relay for {session.peer}"
        )
        connection.when_displaced(session.displaced)
        session.task = task
        self._sessions[task] = session
        self._count(1)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._sessions[task]
        self._count(-1)

    def _count(self, step: int) -> None:
        self.traffic[Service.FTPS].connections += step
        self.on_change()


class _Session:
    """One slicer's dialogue with the printer."""

    def __init__(
        self,
        relay: FtpsRelay,
        connection: OpenConnection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.peer: str = (writer.get_extra_info("peername") or ("",))[0]
        self.uploading: Transfer | None = None
        self.task: asyncio.Task[None] | None = None
        self._relay = relay
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._slicer = reader, writer
        self._printer: tuple[asyncio.StreamReader, asyncio.StreamWriter]
        self._printer_address = ""
        self._rewriter: AddressRewriter
        self._session: ssl.SSLSession | None = None
        # The PROT level agreed on with each side.
        self._slicer_private = False
        self._printer_private = False
        # Waits for both ends of the data connection of the last PASV.
        self._data: asyncio.Task[Transfer] | None = None

    def displaced(self, _why: Displacement) -> None:
        """Close without waiting for the slicer."""
        self._send_final_reply(_TOO_MANY)
        close_now(self._slicer[1].transport)
        if self.task:
            self.task.cancel()

    async def run(self) -> None:
        """Relay the dialogue until one side ends it."""
        writers = [self._slicer[1]]
        try:
            await self._call()
            writers.append(self._printer[1])
            await self._reply_to_slicer(REPLY_TIMEOUT_S)
            while True:
                await self._next_command()
        except EndedError:
            pass
        except (OSError, NotThePrinterError) as err:
            _LOGGER.debug("FTPS for %s ended: %s", self.peer, reason_of(err))
            self._send_final_reply(_NO_PRINTER)
        except asyncio.CancelledError:
            self._send_final_reply(_STOPPED)
            raise
        except Exception:
            if self._relay.log_rate.allows("unexpected"):
                _LOGGER.exception("A relayed FTPS session failed unexpectedly")
        finally:
            await self._drop_data()
            await asyncio.gather(*map(_close, writers))

    async def _call(self) -> None:
        """Connect to the printer. Raises NotThePrinterError, OSError."""
        upstream = self._relay.upstream
        try:
            if (address := upstream.address) is None:
                raise ConnectionRefusedError(
                    errno.ECONNREFUSED, "the printer cannot be reached"
                )
            reader = asyncio.StreamReader(MAX_LINE_BYTES)
            transport, protocol, _peer = await self._relay.dialler.open(
                lambda: asyncio.StreamReaderProtocol(reader),
                address,
                FTPS_PORT,
                upstream.identity,
                context=self._relay.client,
            )
        except (OSError, NotThePrinterError) as err:
            self._relay.on_failure(reason_of(err))
            raise
        self._printer = (
            reader,
            asyncio.StreamWriter(transport, protocol, reader, self._loop),
        )
        tls: ssl.SSLObject = transport.get_extra_info("ssl_object")
        self._session = tls.session
        self._printer_address = address
        self._rewriter = AddressRewriter(self._relay.address, [address])

    # --- the dialogue ---

    async def _next_command(self) -> None:
        try:
            line = await _line(self._slicer[0], IDLE_LIMIT_S)
        except TimeoutError:
            self._send_final_reply(_IDLE)
            raise EndedError from None
        self._relay.traffic[Service.FTPS].up.add(len(line))
        verb, _, argument = line.decode(errors="replace").strip().partition(" ")
        match verb.upper():
            case refused if refused in _REFUSED:
                self._answer(b"502 Not supported by this relay.\r\n")
            case "PASV" | "EPSV" as mode:
                await self._passive(mode)
            case "PROT":
                await self._protect(argument.strip().upper())
            case upload if upload in _UPLOADS:
                await self._transfer(line, upload=True, name=argument)
            case download if download in _DOWNLOADS:
                await self._transfer(line, upload=False, name=None)
            case other:
                reply = await self._ask(line)
                if (
                    other == "PASS"
                    and reply.startswith(b"230")
                    and not self._connection.log_in()
                ):
                    self._send_final_reply(_TOO_MANY)
                    raise EndedError
                if other == "PASS" and reply.startswith(b"530"):
                    self._connection.refused()
                    self._relay.failed_logins.count(self.peer, Service.FTPS)
                self._answer(reply)
                if other == "QUIT":
                    raise EndedError
        await self._slicer[1].drain()

    async def _passive(self, mode: str) -> None:
        """Open a data port of the relay for the printer's."""
        await self._drop_data()
        reply = await self._ask(f"{mode}\r\n".encode())
        if not reply.startswith((b"227", b"229")):
            self._answer(reply)
            return
        port = _passive_port(reply)
        try:
            listening = self._relay.open_data_port(port)
        except ListenError:
            self._answer(b"425 No data port is free.\r\n")
            return
        own_port: int = listening.getsockname()[1]
        self._data = self._loop.create_task(self._connect_data(listening, port))
        # A client that transfers nothing never awaits its result.
        self._data.add_done_callback(_retrieve)
        if mode == "EPSV":
            answer = f"229 Entering Extended Passive Mode (|||{own_port}|)"
        else:
            numbers = [*self._relay.address.split("."), own_port >> 8, own_port & 0xFF]
            answer = f"227 Entering Passive Mode ({','.join(map(str, numbers))})"
        self._answer(f"{answer}\r\n".encode())

    async def _protect(self, level: str) -> None:
        """Agree on encryption with each side separately: the printer need not support what the slicer asks for."""
        if level not in {"P", "C"}:
            self._answer(b"504 P or C.\r\n")
            return
        wanted = level == "P"
        for private in (wanted, not wanted):
            reply = await self._ask(f"PROT {'P' if private else 'C'}\r\n".encode())
            if reply.startswith(b"2"):
                self._slicer_private = wanted
                self._printer_private = private
                reply = f"200 Protection level {level}.\r\n".encode()
                break
        self._answer(reply)

    async def _transfer(self, line: bytes, *, upload: bool, name: str | None) -> None:
        if self._data is None:
            self._answer(b"425 Use PASV first.\r\n")
            return
        reply = await self._ask(line)
        self._answer(reply)
        if not reply.startswith(b"1"):
            await self._drop_data()
            return
        await self._slicer[1].drain()
        data, self._data = self._data, None
        try:
            transfer = await data
        except OSError as err:
            # The printer's reply reports it.
            _LOGGER.debug("No data connection for %s: %s", self.peer, reason_of(err))
            await self._reply_to_slicer(FINAL_REPLY_TIMEOUT_S)
            return
        except asyncio.CancelledError:
            data.cancel()
            raise
        transfer.name = None if name is None else text(name)
        await self._move(transfer, upload=upload)

    async def _move(self, transfer: Transfer, *, upload: bool) -> None:
        """Have a thread move the bytes, and pass on the printer's final reply. Raises OSError, EndedError."""
        traffic = self._relay.traffic[Service.FTPS_DATA]
        protection = Protection(
            server=self._relay.server,
            client=self._relay.client,
            private_slicer=self._slicer_private,
            private_printer=self._printer_private,
            identity=self._relay.upstream.identity,
            dialler=self._relay.dialler,
            session=self._session,
        )
        count = counting(transfer.up, traffic.up) if upload else traffic.down.add
        carried, closed = transfer.start(protection, count, upload=upload)
        self.uploading = transfer if upload else None
        traffic.connections += 1
        self._relay.on_change()
        try:
            if failure := await carried:
                _LOGGER.debug(
                    "A transfer of %s failed: %s", self.peer, reason_of(failure)
                )
            await self._reply_to_slicer(FINAL_REPLY_TIMEOUT_S)
            await self._slicer[1].drain()
            transfer.reply_sent()
        except BaseException:
            transfer.cancel()
            raise
        finally:
            self.uploading = None
            traffic.connections -= 1
            self._relay.on_change()
            await closed

    # --- the data connection ---

    async def _connect_data(self, listening: socket.socket, port: int) -> Transfer:
        """Wait for the slicer, then connect to the printer's data port. Raises OSError."""
        slicer: socket.socket | None = None
        printer = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            async with asyncio.timeout(ACCEPT_TIMEOUT_S):
                while slicer is None:
                    sock, (peer, _port) = await self._loop.sock_accept(listening)
                    if peer == self.peer:
                        slicer = sock
                    else:
                        sock.close()
            printer.setblocking(False)
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._loop.sock_connect(printer, (self._printer_address, port))
        except BaseException:
            if slicer:
                slicer.close()
            printer.close()
            raise
        finally:
            listening.close()
        return Transfer(slicer=slicer, printer=printer, peer=self.peer)

    async def _drop_data(self) -> None:
        """Close the data connection of the last PASV, if it was not used."""
        if (data := self._data) is None:
            return
        self._data = None
        data.cancel()
        await asyncio.wait([data])
        if not data.cancelled() and data.exception() is None:
            data.result().close()

    # --- lines ---

    async def _ask(self, line: bytes) -> bytes:
        """Send a command to the printer and return its reply. Raises EndedError, OSError."""
        self._printer[1].write(line)
        await self._printer[1].drain()
        return await self._reply(REPLY_TIMEOUT_S)

    async def _reply(self, timeout_s: float) -> bytes:
        """Read one reply of the printer; it may have several lines (RFC 959, 4.2)."""
        first = await _line(self._printer[0], timeout_s)
        reply = [first]
        if first[3:4] == b"-":
            while not reply[-1].startswith(first[:3] + b" "):
                reply.append(await _line(self._printer[0], timeout_s))
                if sum(map(len, reply)) > MAX_LINE_BYTES:
                    raise EndedError
        return b"".join(reply)

    async def _reply_to_slicer(self, timeout_s: float) -> None:
        self._answer(await self._reply(timeout_s))

    def _send_final_reply(self, final_reply: bytes) -> None:
        """Reply with the reason why the session ends."""
        if not self._slicer[1].transport.is_closing():
            self._slicer[1].write(final_reply)

    def _answer(self, reply: bytes) -> None:
        reply = self._rewriter.rewrite(reply)
        self._relay.traffic[Service.FTPS].down.add(len(reply))
        self._slicer[1].write(reply)


async def _line(reader: asyncio.StreamReader, timeout_s: float) -> bytes:
    """Read a line. Raises EndedError, OSError, TimeoutError."""
    try:
        async with asyncio.timeout(timeout_s):
            line = await reader.readuntil(b"\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as err:
        raise EndedError from err
    return line


def _passive_port(reply: bytes) -> int:
    """Return the port of a 227 or 229 reply; its address may be nonsense. Raises EndedError."""
    port = 0
    if found := _EPSV_PORT.search(reply):
        port = int(found[1])
    elif found := _PASV_PORT.search(reply):
        port = int(found[1]) * 256 + int(found[2])
    if not 0 < port <= 0xFFFF:
        raise EndedError
    return port


def _retrieve(task: asyncio.Task[Transfer]) -> None:
    if not task.cancelled():
        task.exception()


async def _close(writer: asyncio.StreamWriter) -> None:
    """Close a control connection once everything was sent; abort it after CLOSE_LIMIT_S."""
    writer.close()
    with suppress(OSError):
        async with asyncio.timeout(CLOSE_LIMIT_S):
            await writer.wait_closed()
        return
    cast(asyncio.Transport, writer.transport).abort()
