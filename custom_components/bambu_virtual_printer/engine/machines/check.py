"""Checks whether a real printer answers on its ports and accepts the access code."""

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
from ..protocol.mqtt.framing import Framer, PacketType
from ..protocol.mqtt.packets import (
    DISCONNECT,
    ConnectReturnCode,
    ProtocolError,
    connect,
)
from ..protocol.ports import BIND_PORT, BIND_TLS_PORT, FTPS_PORT, MQTT_PORT, USER_NAME

ANSWER_TIMEOUT_S = 10.0
# FTP, HTTP and HTTPS: no printer of these serves them.
FOREIGN_PORTS = (21, 80, 443)
FOREIGN_TIMEOUT_S = 3.0

_MAX_ANSWER_BYTES = 65536


class Problem(StrEnum):
    """What can be wrong with one of a printer's ports."""

    UNREACHABLE = "unreachable"
    """No answer, or the connection is refused."""
    NOT_A_PRINTER = "not_a_printer"
    """Something answers, but not what a printer does."""
    WRONG_SERIAL = "wrong_serial"
    """Another printer answers."""
    UNVERIFIED = "unverified"
    """It has the printer's name, but neither the maker's CA nor a person has confirmed its certificate."""
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

    `serial` is the name in the printer's certificate, `fingerprint` its SHA-256 as OpenSSL prints it. `model_code`, `name` and
    `firmware_version` come from the bind port and are empty without an answer there: some printers give none, and a relay
    does not need it.
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
    """Open ports that printers do not have, probed if MQTT does not answer: a hint at what the device is."""

    @property
    def ok(self) -> bool:
        """Whether it can be relayed to."""
        return self.mqtt.problem is None and self.ftps.problem is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """How a printer describes itself on a bind port."""

    model_code: str = ""
    name: str = ""
    firmware_version: str = ""


class _PortError(Exception):
    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


_FAILURES = (_PortError, NotThePrinterError, ProtocolError, EOFError, OSError)


async def check_printer(
    dialler: Dialler, host: str, expected: PrinterIdentity, access_code: str | None
) -> PrinterCheck:
    """Log in on MQTT, read the FTPS banner and ask on the bind ports, all at once. Raises nothing.

    `host` is an IPv4 address or a name. The access code is sent only to the expected printer; without a code MQTT is checked
    by the certificate alone. A `Machine` of the same printer has to be paused for a login.
    """
    try:
        address = await resolve(host)
    except OSError as err:
        failed = PortCheck(problem=Problem.UNREACHABLE, detail=str(reason_of(err)))
        return PrinterCheck(
            mqtt=failed,
            ftps=failed,
            bind=failed,
            address=None,
            serial="",
            fingerprint="",
            virtual=False,
        )
    (mqtt, peer), (ftps, _), (bind, names) = await asyncio.gather(
        _check_mqtt(dialler, address, expected, access_code),
        _checked(_read_banner(dialler, address, expected)),
        _ask_who(dialler, address, expected),
    )
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
        model_code=names.model_code,
        name=names.name,
        firmware_version=names.firmware_version,
        other_ports=others,
    )


async def _checked[Found](
    attempt: Awaitable[Found],
) -> tuple[PortCheck, Found | None]:
    """Wait for an attempt at a port. Returns how it went, and its result unless it failed."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S + CONNECT_TIMEOUT_S):
            found = await attempt
    except _FAILURES as err:
        return _failed(err), None
    return PortCheck(), found


def _failed(err: Exception) -> PortCheck:
    match err:
        case _PortError(problem=problem):
            return PortCheck(problem=problem, detail=str(err))
        case NotThePrinterError():
            return PortCheck(problem=_problem_of(err), detail=str(err))
        case ssl.SSLError():
            return PortCheck(problem=Problem.NOT_A_PRINTER, detail=str(reason_of(err)))
        case OSError():
            return PortCheck(problem=Problem.UNREACHABLE, detail=str(reason_of(err)))
        case _:
            return PortCheck(problem=Problem.NOT_A_PRINTER, detail=str(err))


def _problem_of(err: NotThePrinterError) -> Problem:
    match err.refusal:
        case WrongSerial():
            return Problem.WRONG_SERIAL
        case Unknown() | Changed():
            return Problem.UNVERIFIED


async def _check_mqtt(
    dialler: Dialler, address: str, expected: PrinterIdentity, access_code: str | None
) -> tuple[PortCheck, Peer | None]:
    """Log in. Returns how that went, and the certificate's owner if one was presented."""
    try:
        reader, transport, peer = await _open(dialler, address, MQTT_PORT, expected)
    except NotThePrinterError as err:
        return _failed(err), err.refusal.peer
    except OSError as err:
        return _failed(err), None
    try:
        if access_code is None:
            return PortCheck(), peer
        check, _ = await _checked(_log_in(reader, transport, access_code))
        return check, peer
    finally:
        transport.close()


async def _log_in(
    reader: asyncio.StreamReader, transport: asyncio.Transport, access_code: str
) -> None:
    """Send CONNECT and judge the CONNACK. Raises _PortError, ProtocolError, EOFError, OSError."""
    transport.write(
        connect("bambu-virtual-printer-check", USER_NAME, access_code.encode(), 60)
    )
    framer = Framer(_MAX_ANSWER_BYTES)
    while (frame := framer.next_frame()) is None:
        framer.feed(await _some(reader))
    if frame.kind != PacketType.CONNACK or len(frame.body) != 2:
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


async def _read_banner(
    dialler: Dialler, address: str, expected: PrinterIdentity
) -> None:
    """Wait for the FTP server's banner. Raises _PortError, NotThePrinterError, EOFError, OSError."""
    reader, transport, _peer = await _open(dialler, address, FTPS_PORT, expected)
    try:
        if not (await _some(reader)).startswith(b"220"):
            raise _PortError(Problem.NOT_A_PRINTER, "no FTP server answers")
        transport.write(b"QUIT\r\n")
    finally:
        transport.close()


async def _ask_who(
    dialler: Dialler, address: str, expected: PrinterIdentity
) -> tuple[PortCheck, _Names]:
    """Ask on both bind ports; a printer has one or the other. Returns the better check, and the answer."""
    checks = []
    for port in (BIND_PORT, BIND_TLS_PORT):
        check, names = await _checked(_detect(dialler, address, port, expected))
        if names is not None:
            return check, names
        checks.append(check)
    return checks[0], _Names()


async def _detect(
    dialler: Dialler, address: str, port: int, expected: PrinterIdentity
) -> _Names:
    """Ask on one bind port. Raises _PortError, NotThePrinterError, EOFError, OSError."""
    if port == BIND_TLS_PORT:
        reader, transport, _peer = await _open(dialler, address, port, expected)
    else:
        # In clear text: the answer holds only what the printer announces anyway.
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
        raise _PortError(Problem.NOT_A_PRINTER, "the answer has no login object")
    if str(login.get("id", "")).casefold() != expected.serial.casefold():
        raise _PortError(Problem.WRONG_SERIAL, f"it is {str(login.get('id'))[:64]!r}")
    return _Names(
        model_code=_text(login, "model"),
        name=_text(login, "name"),
        firmware_version=_text(login, "version"),
    )


async def _open(
    dialler: Dialler, address: str, port: int, expected: PrinterIdentity
) -> tuple[asyncio.StreamReader, asyncio.Transport, Peer]:
    reader = asyncio.StreamReader(_MAX_ANSWER_BYTES)
    transport, _protocol, peer = await dialler.open(
        lambda: asyncio.StreamReaderProtocol(reader), address, port, expected
    )
    return reader, transport, peer


async def _open_ports(address: str, ports: Sequence[int]) -> tuple[int, ...]:
    """Return which of the ports are open."""

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


def _text(login: dict[str, Any], key: str) -> str:
    value = login.get(key)
    return value if isinstance(value, str) else ""
