"""Tries out whether a printer can be relayed to, and says what is wrong where it cannot."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from enum import StrEnum
import ssl
from typing import Any

from ..net.bind_frames import FrameDecoder, FrameError, encode_frame
from ..net.mqtt.framing import Framer
from ..net.mqtt.packets import DISCONNECT, ConnectReturnCode, ProtocolError, connect
from .target import (
    CONNECT_TIMEOUT_S,
    FTPS_PORT,
    MQTT_PORT,
    Names,
    WrongPrinterError,
    certificate_names,
    client_context,
    connect_to,
    reason_of,
    resolve,
)

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
class TargetCheck:
    """How the check of a printer went.

    `serial` is what the printer's certificate names. `model_code`, `name` and `firmware_version` are what it tells on
    the bind port, empty when it does not: not every printer answers there, and a relay does without.
    """

    mqtt: PortCheck
    ftps: PortCheck
    bind: PortCheck
    address: str | None
    serial: str
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


async def check_target(host: str, serial: str, access_code: str) -> TargetCheck:
    """Log in on MQTT, look at FTPS and ask on the bind ports, all at once. Raises nothing.

    `host` is an IPv4 address or a name. The access code is sent only to a printer whose certificate names `serial`.
    """
    context = client_context()
    try:
        address = await resolve(host)
    except OSError as err:
        failed = PortCheck(problem=Problem.UNREACHABLE, detail=reason_of(err))
        return TargetCheck(
            mqtt=failed,
            ftps=failed,
            bind=failed,
            address=None,
            serial="",
            virtual=False,
        )
    found: list[Names] = []
    mqtt, ftps, (bind, told) = await asyncio.gather(
        _checked(_check_mqtt(address, serial, access_code, context, found)),
        _checked(_check_ftps(address, serial, context)),
        _ask_who(address, serial, context),
    )
    names = found[0] if found else Names(serial="", issuer="")
    others: tuple[int, ...] = ()
    if mqtt.problem is Problem.UNREACHABLE:
        others = await _open_ports(address, FOREIGN_PORTS)
    return TargetCheck(
        mqtt=mqtt,
        ftps=ftps,
        bind=bind,
        address=address,
        serial=names.serial,
        virtual=names.virtual,
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
    except ssl.SSLError as err:
        return PortCheck(problem=Problem.NOT_A_PRINTER, detail=reason_of(err))
    except OSError as err:
        return PortCheck(problem=Problem.UNREACHABLE, detail=reason_of(err))
    except (WrongPrinterError, EOFError, ProtocolError) as err:
        return PortCheck(problem=Problem.NOT_A_PRINTER, detail=str(err))
    return PortCheck()


async def _check_mqtt(
    address: str,
    serial: str,
    access_code: str,
    context: ssl.SSLContext,
    found: list[Names],
) -> None:
    """Log in. `found` gets what the certificate says. Raises _PortError, ProtocolError, EOFError, OSError."""
    reader, transport = await _open(address, MQTT_PORT, serial, context)
    try:
        found.append(certificate_names(transport.get_extra_info("ssl_object")))
        _check_names(found[0], serial)
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


async def _check_ftps(address: str, serial: str, context: ssl.SSLContext) -> None:
    """Wait for the banner. Raises _PortError, EOFError, OSError."""
    reader, transport = await _open(address, FTPS_PORT, serial, context)
    try:
        _check_names(certificate_names(transport.get_extra_info("ssl_object")), serial)
        if not (await _some(reader)).startswith(b"220"):
            raise _PortError(Problem.NOT_A_PRINTER, "no FTP server answers")
        transport.write(b"QUIT\r\n")
    finally:
        transport.close()


async def _ask_who(
    address: str, serial: str, context: ssl.SSLContext
) -> tuple[PortCheck, dict[str, Any]]:
    """Ask on both bind ports, of which printers have one or the other. Returns the best outcome and the answer."""
    checks = []
    for port, tls in ((BIND_PORT, None), (BIND_TLS_PORT, context)):
        told: dict[str, Any] = {}
        check = await _checked(_detect(address, port, serial, tls, told))
        if check.problem is None:
            return check, told
        checks.append(check)
    return checks[0], {}


async def _detect(
    address: str,
    port: int,
    serial: str,
    context: ssl.SSLContext | None,
    told: dict[str, Any],
) -> None:
    """Put what the printer tells into `told`. Raises _PortError, EOFError, OSError."""
    reader, transport = await _open(address, port, serial, context)
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
    if str(login.get("id", "")).casefold() != serial.casefold():
        raise _PortError(Problem.WRONG_SERIAL, f"it is {login.get('id')}")
    told |= login


def _check_names(names: Names, serial: str) -> None:
    if names.serial.casefold() != serial.casefold():
        raise _PortError(Problem.WRONG_SERIAL, f"it is {names.serial or 'nameless'}")


async def _open(
    address: str, port: int, serial: str, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.Transport]:
    reader = asyncio.StreamReader(_MAX_ANSWER_BYTES)
    transport, _protocol = await connect_to(
        lambda: asyncio.StreamReaderProtocol(reader), address, port, serial, context
    )
    return reader, transport


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
