"""Lines of an FTP control connection: reading replies, and those of the relay itself."""

import asyncio
import re

MAX_LINE_BYTES = 8192

TOO_MANY = b"421 Too many connections, or no login for too long, closing\r\n"
NO_PRINTER = b"421 The printer cannot be reached, closing\r\n"
IDLE = b"421 Idle for too long, closing\r\n"
STOPPED = b"421 The printer is being switched off, closing\r\n"
REFUSED = b"502 Not supported by this relay.\r\n"
NO_DATA_PORT = b"425 No data port is free.\r\n"
PASSIVE_FIRST = b"425 Use PASV first.\r\n"
PROTECTION_UNKNOWN = b"504 P or C.\r\n"

_PASV_PORT = re.compile(rb"\d{1,3},\d{1,3},\d{1,3},\d{1,3},(\d{1,3}),(\d{1,3})")
_EPSV_PORT = re.compile(rb"\|\|\|(\d{1,5})\|")


class EndedError(Exception):
    """One of the two sides has ended the dialogue, or does not speak FTP."""


async def read_line(reader: asyncio.StreamReader, timeout_s: float) -> bytes:
    """Read a line. Raises EndedError, OSError, TimeoutError."""
    try:
        async with asyncio.timeout(timeout_s):
            line = await reader.readuntil(b"\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as err:
        raise EndedError from err
    return line


async def read_reply(reader: asyncio.StreamReader, timeout_s: float) -> bytes:
    """Read one reply; it may have several lines (RFC 959, 4.2). Raises EndedError, OSError, TimeoutError.

    `timeout_s` is the limit of each line.
    """
    first = await read_line(reader, timeout_s)
    reply = [first]
    if first[3:4] == b"-":
        while not reply[-1].startswith(first[:3] + b" "):
            reply.append(await read_line(reader, timeout_s))
            if sum(map(len, reply)) > MAX_LINE_BYTES:
                raise EndedError
    return b"".join(reply)


def passive_port(reply: bytes) -> int:
    """Return the port of a 227 or 229 reply; its address is ignored. Raises EndedError."""
    port = 0
    if found := _EPSV_PORT.search(reply):
        port = int(found[1])
    elif found := _PASV_PORT.search(reply):
        port = int(found[1]) * 256 + int(found[2])
    if not 0 < port <= 0xFFFF:
        raise EndedError
    return port


def protected(level: str) -> bytes:
    """Answer PROT."""
    return f"200 Protection level {level}.\r\n".encode()


def passive(mode: str, address: str, port: int) -> bytes:
    """Answer PASV or EPSV, which is `mode`."""
    if mode == "EPSV":
        text = f"229 Entering Extended Passive Mode (|||{port}|)"
    else:
        numbers = [*address.split("."), port >> 8, port & 0xFF]
        text = f"227 Entering Passive Mode ({','.join(map(str, numbers))})"
    return f"{text}\r\n".encode()
