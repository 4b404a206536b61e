"""Tries out whether a printer can be relayed to, and says what is wrong where it cannot."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from enum import StrEnum
import ssl
from typing import Any

from ..net.printer_client import (
    CONNECT_TIMEOUT_S,
    Dialler,
    connect_to,
    is_virtual,
    reason_of,
    resolve,
)
from ..pki.printer_identity import (
    Changed,
    NotThePrinterError,
    Peer,
    PrinterIdentity,
    Unknown,
    WrongSerial,
)
from ..protocol.bind_frames import FrameDecoder, FrameError, encode_frame
from ..protocol.mqtt.framing import Framer
from ..protocol.mqtt.packets import (
    DISCONNECT,
    ConnectReturnCode,
    ProtocolError,
    connect,
)
from ..protocol.ports import FTPS_PORT, MQTT_PORT

BIND_PORT = 3000
BIND_TLS_PORT = 3002
ANSWER_TIMEOUT_S = 10.0
# FTP, HTTP and HTTPS: no printer of these serves them.
FOREIGN_PORTS = (21, 80, 443)
FOREIGN_TIMEOUT_S = 3.0

_USER = "bblp"
_CONNACK = 2
_MAX_ANSWER_BYTES = 65536


class Problem(StrEnum):
    """What can be wrong with one of a printer's ports."""

    UNREACHABLE = "unreachable"
    """Nobody answers, or the connection is refused."""
    NOT_A_PRINTER = "not_a_printer"
    """Something answers, but not what a printer does."""
    WRONG_SERIAL = "wrong_serial"
    """Another printer answers."""
    UNVERIFIED = "unverified"
    """It has the printer's name, and nobody vouches for its certificate: neither the maker nor a person."""
    WRONG_CODE = "wrong_code"
    """The printer refuses the access code."""
    REFUSED = "refused"
    """The printer refuses the login for another reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortCheck:
    """How the check of one port went; `problem` is None when all is well, `detail` is for the log."""

    problem: Problem | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterCheck:
    """How the check of a printer went.

    `serial` is what the printer's certificate names, `fingerprint` its SHA-256 as OpenSSL prints it. `model_code`, `name` and `firmware_version` are what it tells on
    the bind port, empty when it does not: not every printer answers there, and a relay does without.
    """

    mqtt: PortCheck
    ftps: PortCheck
    bind: PortCheck
    address: str | None
    serial: str
    fingerprint: str
    virtual: bool
    """Whether it is a virtual printer."""
    model_code: str = ""
    name: str = ""
    firmware_version: str = ""
    other_ports: tuple[int, ...] = ()
    """Open ports that printers do not have, looked for where nobody answers on MQTT: a hint at what it may be."""

    @property
    def ok(self) -> bool:
        """Whether it can be relayed to."""
        return self.mqtt.problem is None and self.ftps.problem is None


class _PortError(Exception):
    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.check = PortCheck(problem=problem, detail=detail)


async def check_printer(
    dialler: Dialler, host: str, expected: PrinterIdentity, access_code: str | None
) -> PrinterCheck:
    """Log in on MQTT, look at FTPS and ask on the bind ports, all at once. Raises nothing.

    `host` is an IPv4 address or a name. The access code is sent to nobody but the printer that is expected; without one nobody
    logs in, and MQTT is looked at by its certificate alone. A `Machine` of the same printer has to be paused for a login.
    """
    try:
        address = await resolve(host)
    except OSError as err:
        failed = PortCheck(problem=Problem.UNREACHABLE, detail=reason_of(err))
        return PrinterCheck(
            mqtt=failed,
            ftps=failed,
            bind=failed,
            address=None,
            serial="",
            fingerprint="",
            virtual=False,
        )
    found: list[Peer] = []
    mqtt, ftps, (bind, told) = await asyncio.gather(
        _checked(_check_mqtt(dialler, address, expected, access_code, found)),
        _checked(_check_ftps(dialler, address, expected)),
        _ask_who(dialler, address, expected),
    )
    peer = found[0] if found else None
    others: tuple[int, ...] = ()
    if mqtt.problem is Problem.UNREACHABLE:
        others = await _open_ports(address, FOREIGN_PORTS)
    return PrinterCheck(
        mqtt=mqtt,
        ftps=ftps,
        bind=bind,
        address=address,
        serial=peer.serial if peer else "",
        fingerprint=peer.fingerprint if peer else "",
        virtual=peer is not None and is_virtual(peer),
        model_code=_text(told, "model"),
        name=_text(told, "name"),
        firmware_version=_text(told, "version"),
        other_ports=others,
    )


async def _checked(check: Awaitable[None]) -> PortCheck:
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S + CONNECT_TIMEOUT_S):
            await check
    except _PortError as err:
        return err.check
    except NotThePrinterError as err:
        return PortCheck(problem=_problem_of(err), detail=str(err))
    except ssl.SSLError as err:
        return PortCheck(problem=Problem.NOT_A_PRINTER, detail=reason_of(err))
    except OSError as err:
        return PortCheck(problem=Problem.UNREACHABLE, detail=reason_of(err))
    except (EOFError, ProtocolError) as err:
        return PortCheck(problem=Problem.NOT_A_PRINTER, detail=str(err))
    return PortCheck()


def _problem_of(err: NotThePrinterError) -> Problem:
    match err.refusal:
        case WrongSerial():
            return Problem.WRONG_SERIAL
        case Unknown() | Changed():
            return Problem.UNVERIFIED


async def _check_mqtt(
    dialler: Dialler,
    address: str,
    expected: PrinterIdentity,
    access_code: str | None,
    found: list[Peer],
) -> None:
    """Log in. `found` gets whose certificate it is. Raises _PortError, ProtocolError, EOFError, OSError and as below."""
    try:
        reader, transport, peer = await _open(dialler, address, MQTT_PORT, expected)
    except NotThePrinterError as err:
        found.append(err.refusal.peer)
        raise
    found.append(peer)
    if access_code is None:
        transport.close()
        return
    try:
        login = connect("bambu-virtual-printer-check", _USER, access_code.encode(), 60)
        transport.write(login)
        framer = Framer(_MAX_ANSWER_BYTES)
        while (frame := framer.next_frame()) is None:
            framer.feed(await _some(reader))
        if frame.kind != _CONNACK or len(frame.body) != 2:
            raise ProtocolError("the answer is no CONNACK")
        match frame.body[1]:
            case ConnectReturnCode.ACCEPTED:
                transport.write(DISCONNECT)
            case (
                ConnectReturnCode.BAD_USER_NAME_OR_PASSWORD
                | ConnectReturnCode.NOT_AUTHORIZED
            ):
                raise _PortError(Problem.WRONG_CODE, "the access code is refused")
            case code:
                raise _PortError(Problem.REFUSED, f"the login is refused with {code}")
    finally:
        transport.close()


async def _check_ftps(
    dialler: Dialler, address: str, expected: PrinterIdentity
) -> None:
    """Wait for the banner. Raises _PortError, NotThePrinterError, EOFError, OSError."""
    reader, transport, _peer = await _open(dialler, address, FTPS_PORT, expected)
    try:
        if not (await _some(reader)).startswith(b"220"):
            raise _PortError(Problem.NOT_A_PRINTER, "no FTP server answers")
        transport.write(b"QUIT\r\n")
    finally:
        transport.close()


async def _ask_who(
    dialler: Dialler, address: str, expected: PrinterIdentity
) -> tuple[PortCheck, dict[str, Any]]:
    """Ask on both bind ports, of which printers have one or the other. Returns the best outcome and the answer."""
    checks = []
    for port in (BIND_PORT, BIND_TLS_PORT):
        told: dict[str, Any] = {}
        check = await _checked(_detect(dialler, address, port, expected, told))
        if check.problem is None:
            return check, told
        checks.append(check)
    return checks[0], {}


async def _detect(
    dialler: Dialler,
    address: str,
    port: int,
    expected: PrinterIdentity,
    told: dict[str, Any],
) -> None:
    """Put what the printer tells into `told`. Raises _PortError, NotThePrinterError, EOFError, OSError."""
    if port == BIND_TLS_PORT:
        reader, transport, _peer = await _open(dialler, address, port, expected)
    else:
        # In clear text, and nothing is told there that is not announced to everybody anyhow.
        reader = asyncio.StreamReader(_MAX_ANSWER_BYTES)
        transport, _protocol = await connect_to(
            lambda: asyncio.StreamReaderProtocol(reader),
            address,
            port,
            expected.serial,
            None,
        )
    try:
        question = {"login": {"command": "detect", "sequence_id": "20000"}}
        transport.write(encode_frame(question))
        decoder = FrameDecoder()
        while (answer := decoder.feed(await _some(reader))) is None:
            pass
    except FrameError as err:
        raise _PortError(Problem.NOT_A_PRINTER, str(err)) from err
    finally:
        transport.close()
    login = answer.get("login")
    if not isinstance(login, dict):
        raise _PortError(Problem.NOT_A_PRINTER, "it does not tell who it is")
    if str(login.get("id", "")).casefold() != expected.serial.casefold():
        raise _PortError(Problem.WRONG_SERIAL, f"it is {str(login.get('id'))[:64]!r}")
    told |= login


async def _open(
    dialler: Dialler, address: str, port: int, expected: PrinterIdentity
) -> tuple[asyncio.StreamReader, asyncio.Transport, Peer]:
    reader = asyncio.StreamReader(_MAX_ANSWER_BYTES)
    transport, _protocol, peer = await dialler.open(
        lambda: asyncio.StreamReaderProtocol(reader), address, port, expected
    )
    return reader, transport, peer


async def _open_ports(address: str, ports: Sequence[int]) -> tuple[int, ...]:
    """Return those of the ports on which somebody answers."""

    async def is_open(port: int) -> bool:
        try:
            async with asyncio.timeout(FOREIGN_TIMEOUT_S):
                _reader, writer = await asyncio.open_connection(address, port)
        except OSError:
            return False
        writer.transport.abort()
        return True

    answers = await asyncio.gather(*map(is_open, ports))
    return tuple(port for port, answer in zip(ports, answers, strict=True) if answer)


async def _some(reader: asyncio.StreamReader) -> bytes:
    """Read something. Raises EOFError, TimeoutError, OSError."""
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        if data := await reader.read(_MAX_ANSWER_BYTES):
            return data
    raise EOFError("the connection was closed without an answer")


def _text(told: dict[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""
