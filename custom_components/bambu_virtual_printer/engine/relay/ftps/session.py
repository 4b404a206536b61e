"""One slicer's FTPS session through the relay: its control connection, and data connections as it asks for them.

The dialogue is strictly one reply to one command, so one task carries both directions. Only what has to differ is
changed: data ports are the relay's own, and each side may be encrypted or not.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
import logging
import socket
import ssl
from typing import cast

from ...explanations import Explanation
from ...net.admission import Displacement, OpenConnection
from ...net.failed_logins import FailedLogins
from ...net.listener import ListenError, close_now, listening_socket
from ...net.log_bounds import LogRate
from ...net.printer_client import CONNECT_TIMEOUT_S, Dialler, reason_of
from ...pki.printer_identity import NotThePrinterError, client_context
from ...printable import text
from ...protocol.ports import FTPS_DATA_PORTS, FTPS_PORT
from ...values import Service
from ..meter import Traffic, counting
from ..rewriting import AddressRewriter
from ..upstream import Upstream
from . import replies
from .replies import EndedError, passive_port, read_line, read_reply
from .transfer import Protection, RelayedTransfer

_LOGGER = logging.getLogger(__name__)

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


def _printer_context() -> ssl.SSLContext:
    """Make a context for connections to the printer: TLS 1.2 only.

    Session reuse fails with TLS 1.3 on several models (docs/protocol.md, Real printers), and needs one context.
    """
    context = client_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpsRelayContext:
    """What all sessions of one relay share."""

    upstream: Upstream
    address: str
    """The printer's address for slicers."""
    bind_ip: str
    server: ssl.SSLContext
    """The context of connections with slicers."""
    dialler: Dialler
    failed_logins: FailedLogins
    on_change: Callable[[], None]
    on_failure: Callable[[Explanation], None]
    client: ssl.SSLContext = field(default_factory=_printer_context)
    """The context of connections to the printer."""
    control: Traffic = field(default_factory=Traffic)
    data: Traffic = field(default_factory=Traffic)
    log_rate: LogRate = field(default_factory=LogRate)


class FtpsSession:
    """One slicer's dialogue with the printer."""

    def __init__(
        self,
        context: FtpsRelayContext,
        connection: OpenConnection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Serve the slicer of an open connection; `run` does it."""
        self.peer: str = (writer.get_extra_info("peername") or ("",))[0]
        self.uploading: RelayedTransfer | None = None
        self.task: asyncio.Task[None] | None = None
        self._context = context
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
        self._data: asyncio.Task[RelayedTransfer] | None = None

    def displaced(self, _why: Displacement) -> None:
        """Close without waiting for the slicer."""
        self._send_final_reply(replies.TOO_MANY)
        close_now(self._slicer[1].transport)
        if self.task:
            self.task.cancel()

    async def run(self) -> None:
        """Relay the dialogue until one side ends it."""
        writers = [self._slicer[1]]
        try:
            await self._connect()
            writers.append(self._printer[1])
            await self._reply_to_slicer(REPLY_TIMEOUT_S)
            while True:
                await self._next_command()
        except EndedError:
            pass
        except (OSError, NotThePrinterError) as err:
            _LOGGER.debug("FTPS for %s ended: %s", self.peer, reason_of(err))
            self._send_final_reply(replies.NO_PRINTER)
        except asyncio.CancelledError:
            self._send_final_reply(replies.STOPPED)
            raise
        except Exception:
            if self._context.log_rate.allows("unexpected"):
                _LOGGER.exception("A relayed FTPS session failed unexpectedly")
        finally:
            await self._drop_data()
            await asyncio.gather(*map(_close, writers))

    async def _connect(self) -> None:
        """Connect to the printer. Raises NotThePrinterError, OSError."""
        upstream = self._context.upstream
        try:
            address = upstream.reachable_address()
            reader = asyncio.StreamReader(replies.MAX_LINE_BYTES)
            transport, protocol, _peer = await self._context.dialler.open(
                lambda: asyncio.StreamReaderProtocol(reader),
                address,
                FTPS_PORT,
                upstream.identity,
                context=self._context.client,
            )
        except (OSError, NotThePrinterError) as err:
            self._context.on_failure(reason_of(err))
            raise
        self._printer = (
            reader,
            asyncio.StreamWriter(transport, protocol, reader, self._loop),
        )
        tls: ssl.SSLObject = transport.get_extra_info("ssl_object")
        self._session = tls.session
        self._printer_address = address
        self._rewriter = AddressRewriter(self._context.address, [address])

    # --- the dialogue ---

    async def _next_command(self) -> None:
        try:
            line = await read_line(self._slicer[0], IDLE_LIMIT_S)
        except TimeoutError:
            self._send_final_reply(replies.IDLE)
            raise EndedError from None
        self._context.control.up.add(len(line))
        verb, _, argument = line.decode(errors="replace").strip().partition(" ")
        match verb.upper():
            case refused if refused in _REFUSED:
                self._answer(replies.REFUSED)
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
                    self._send_final_reply(replies.TOO_MANY)
                    raise EndedError
                if other == "PASS" and reply.startswith(b"530"):
                    self._connection.refused()
                    self._context.failed_logins.count(self.peer, Service.FTPS)
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
        port = passive_port(reply)
        try:
            listening = _open_data_port(self._context.bind_ip, port)
        except ListenError:
            self._answer(replies.NO_DATA_PORT)
            return
        own_port: int = listening.getsockname()[1]
        self._data = self._loop.create_task(self._connect_data(listening, port))
        self._data.add_done_callback(partial(_over, listening))
        self._answer(replies.passive(mode, self._context.address, own_port))

    async def _protect(self, level: str) -> None:
        """Agree on encryption with each side separately: the printer need not support what the slicer asks for."""
        if level not in {"P", "C"}:
            self._answer(replies.PROTECTION_UNKNOWN)
            return
        wanted = level == "P"
        for private in (wanted, not wanted):
            reply = await self._ask(f"PROT {'P' if private else 'C'}\r\n".encode())
            if reply.startswith(b"2"):
                self._slicer_private = wanted
                self._printer_private = private
                reply = replies.protected(level)
                break
        self._answer(reply)

    async def _transfer(self, line: bytes, *, upload: bool, name: str | None) -> None:
        if self._data is None:
            self._answer(replies.PASSIVE_FIRST)
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

    async def _move(self, transfer: RelayedTransfer, *, upload: bool) -> None:
        """Have a thread move the bytes, and pass on the printer's final reply. Raises OSError, EndedError."""
        traffic = self._context.data
        protection = Protection(
            server=self._context.server,
            client=self._context.client,
            private_slicer=self._slicer_private,
            private_printer=self._printer_private,
            identity=self._context.upstream.identity,
            dialler=self._context.dialler,
            session=self._session,
        )
        count = counting(transfer.up, traffic.up) if upload else traffic.down.add
        carried, closed = transfer.start(protection, count, upload=upload)
        self.uploading = transfer if upload else None
        traffic.connections += 1
        self._context.on_change()
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
            self._context.on_change()
            await closed

    # --- the data connection ---

    async def _connect_data(
        self, listening: socket.socket, port: int
    ) -> RelayedTransfer:
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
            # At once: nobody else is to be taken.
            listening.close()
        return RelayedTransfer(slicer=slicer, printer=printer, peer=self.peer)

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
        return await read_reply(self._printer[0], REPLY_TIMEOUT_S)

    async def _reply_to_slicer(self, timeout_s: float) -> None:
        self._answer(await read_reply(self._printer[0], timeout_s))

    def _send_final_reply(self, final_reply: bytes) -> None:
        """Reply with the reason why the session ends."""
        if not self._slicer[1].transport.is_closing():
            self._slicer[1].write(final_reply)

    def _answer(self, reply: bytes) -> None:
        reply = self._rewriter.rewrite(reply)
        self._context.control.down.add(len(reply))
        self._slicer[1].write(reply)


def _open_data_port(address: str, wished: int) -> socket.socket:
    """Open a data port, `wished` if it is free. Raises ListenError."""
    failure: ListenError | None = None
    for port in (wished, *FTPS_DATA_PORTS):
        try:
            return listening_socket(Service.FTPS_DATA, address, port)
        except ListenError as err:
            failure = err
    assert failure
    raise failure


def _over(listening: socket.socket, task: asyncio.Task[RelayedTransfer]) -> None:
    # A task that is cancelled before its first step closes nothing itself.
    listening.close()
    if not task.cancelled():
        # A client that transfers nothing never awaits its result.
        task.exception()


async def _close(writer: asyncio.StreamWriter) -> None:
    """Close a control connection once everything was sent; abort it after CLOSE_LIMIT_S."""
    writer.close()
    with suppress(OSError):
        async with asyncio.timeout(CLOSE_LIMIT_S):
            await writer.wait_closed()
        return
    cast(asyncio.Transport, writer.transport).abort()
