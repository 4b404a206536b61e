"""Frames and calls of the file tunnel, by which newer printers take files on TCP 6000 (docs/protocol.md, File tunnel).

    frame    16 bytes, little endian: length of the payload, kind, a counter, 0; then the payload
    login    user and access code, 8 bytes each; answered with 4 bytes 0
    call     JSON {mtype, cmdtype, sequence, req}, and if bytes belong to it an empty line and those
    reply    JSON {mtype, cmdtype, sequence, result, reply}, the same way; a call may have several

The first call sets the tunnel up and has another `mtype`. Facts are from write-ups of open clients for a P2S (2026), confirmed
with one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
import json
import struct
from typing import Any

from ..values import JsonObject

HEADER_BYTES = 16
LOGIN_BYTES = 16
LOGIN_MAGIC = bytes.fromhex("100000003f010101")
"""What a client sends first."""
LOGIN_ACCEPTED = bytes(4)
MAX_HEAD_BYTES = 64 * 1024
"""The longest JSON text of a call: 64 names of files, with room."""
CHUNK_KIB = 255
"""The most that real printers take in one call."""
CHUNK_BYTES = CHUNK_KIB * 1024
MAX_PAYLOAD_BYTES = MAX_HEAD_BYTES + 512 * 1024
API_VERSION = 2
SEPARATOR = b"\n\n"

MTYPE_SETUP = 12291
MTYPE_CALL = 12289

_HEADER = struct.Struct("<IIII")
_CREDENTIAL_BYTES = 8
_MAX_NUMBER = 2**63 - 1


class Kind(IntEnum):
    """The kinds of frames."""

    LOGIN = 0x0101013F
    LOGIN_REPLY = 0x0001013F
    CALL = 0x0102013F
    REPLY = 0x0002013F


class Command(IntEnum):
    """What can be called for."""

    LIST = 1
    SUB_FILE = 2
    DELETE = 3
    DOWNLOAD = 4
    UPLOAD = 5
    ABILITY = 7
    CANCEL = 0x1000


class Result(IntEnum):
    """Results of calls."""

    OK = 0
    GO_ON = 1
    BAD_JSON = 2
    PIPE = 3
    CANCELLED = 4
    BUSY = 5
    TIMED_OUT = 6
    NO_FILE = 10
    BAD_NAME = 11
    BAD_SIZE = 12
    NOT_OPENED = 13
    NOT_READ = 14
    CHECK_FAILED = 15
    BAD_TYPE = 16
    NO_STORAGE = 17
    BAD_VERSION = 18
    EXISTS = 19
    NO_ROOM = 20
    NOT_CREATED = 21
    NOT_WRITTEN = 22
    BAD_MD5 = 23
    NOT_RENAMED = 24
    NOT_SENT = 25


_MEANINGS = {
    Result.OK: "done",
    Result.GO_ON: "it goes on",
    Result.BAD_JSON: "the call cannot be read",
    Result.PIPE: "the connection inside the printer broke",
    Result.CANCELLED: "it was cancelled",
    Result.BUSY: "the printer is busy",
    Result.TIMED_OUT: "it took too long",
    Result.NO_FILE: "there is no such file",
    Result.BAD_NAME: "such a name is not taken",
    Result.BAD_SIZE: "the size is wrong or too large",
    Result.NOT_OPENED: "the file cannot be opened",
    Result.NOT_READ: "the file cannot be read",
    Result.CHECK_FAILED: "the file is not complete",
    Result.BAD_TYPE: "such files are not taken",
    Result.NO_STORAGE: "there is no such storage",
    Result.BAD_VERSION: "the printer speaks another version",
    Result.EXISTS: "the file is there already",
    Result.NO_ROOM: "there is no room for it",
    Result.NOT_CREATED: "the file cannot be created",
    Result.NOT_WRITTEN: "the file cannot be written",
    Result.BAD_MD5: "what arrived is not what was sent",
    Result.NOT_RENAMED: "the file cannot be moved into place",
    Result.NOT_SENT: "the file cannot be sent",
}


def meaning(result: int) -> str:
    """Return what a result says, with its number, in English for logs and the command line."""
    known = _MEANINGS.get(Result(result)) if result in set(Result) else None
    return f"{known} (result {result})" if known else f"result {result}"


class FrameError(ValueError):
    """The bytes are no frame, or no call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of a frame."""

    length_bytes: int
    kind: Kind
    counter: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call without the bytes that may follow it. `command` is None for the one that sets the tunnel up."""

    command: int | None
    sequence: int
    fields: Mapping[str, Any]

    @property
    def fragment(self) -> int | None:
        """The number of a piece of an upload; None if the call is none."""
        if self.command != Command.UPLOAD:
            return None
        return number(self.fields.get("frag_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply without the bytes that may follow it."""

    command: int | None
    sequence: int
    result: int
    fields: Any


# --- frames ---------------------------------------------------------------------------------------------------------


def header(kind: Kind, length_bytes: int, counter: int = 0) -> bytes:
    """Return the header of a frame."""
    return _HEADER.pack(length_bytes, kind, counter % 2**32, 0)


def frame(kind: Kind, payload: bytes, counter: int = 0) -> bytes:
    """Return a whole frame."""
    return header(kind, len(payload), counter) + payload


def read_header(data: bytes | memoryview) -> Header:
    """Read the header of a frame. Raises FrameError for an unknown kind, and a payload that is too long."""
    length_bytes, kind, counter, _ = _HEADER.unpack(data)
    if kind not in set(Kind):
        raise FrameError(f"unknown kind of frame {kind:#010x}")
    if length_bytes > MAX_PAYLOAD_BYTES:
        raise FrameError(f"a frame of {length_bytes} bytes")
    return Header(length_bytes=length_bytes, kind=Kind(kind), counter=counter)


def login(user: str, access_code: str) -> bytes:
    """Return the payload with which a client logs in. Raises FrameError if it does not fit."""
    parts = (user.encode(), access_code.encode())
    if any(len(part) > _CREDENTIAL_BYTES for part in parts):
        raise FrameError("user and access code have 8 bytes at most")
    return b"".join(part.ljust(_CREDENTIAL_BYTES, b"\0") for part in parts)


def read_login(payload: bytes) -> tuple[bytes, bytes]:
    """Return user and access code."""
    user, access_code = payload[:_CREDENTIAL_BYTES], payload[_CREDENTIAL_BYTES:]
    return user.rstrip(b"\0"), access_code.rstrip(b"\0")


# --- calls and replies ----------------------------------------------------------------------------------------------


def setup(client: str, version: str) -> bytes:
    """Return the payload of the first call."""
    wanted = {"t_av": 1, "mtype": MTYPE_CALL, "peer_t": 3, "pid": client, "ver": version}  # fmt: skip
    return _json({"sequence": 0, "mtype": MTYPE_SETUP, "req": wanted})


def call(
    command: int, sequence: int, fields: Mapping[str, Any], data: bytes = b""
) -> bytes:
    """Return the payload of a call, with the bytes that belong to it."""
    head = call_head(command, sequence, fields)
    return head + SEPARATOR + data if data else head


def call_head(command: int, sequence: int, fields: Mapping[str, Any]) -> bytes:
    """Return the JSON text of a call."""
    return _json(
        {
            "mtype": MTYPE_CALL,
            "cmdtype": command,
            "sequence": sequence,
            "req": dict(fields),
        }
    )


def reply(
    to: Call, result: Result, fields: Any = None, data: bytes | None = None
) -> bytes:
    """Return the payload of a reply, with the bytes that belong to it."""
    return reply_head(to, result, fields) + (b"" if data is None else SEPARATOR + data)


def reply_head(to: Call, result: Result, fields: Any = None) -> bytes:
    """Return the JSON text of a reply."""
    head: JsonObject = {"mtype": MTYPE_SETUP if to.command is None else MTYPE_CALL}
    if to.command is not None:
        head["cmdtype"] = to.command
    head |= {
        "sequence": to.sequence,
        "result": int(result),
        "reply": {} if fields is None else fields,
    }
    return _json(head)


def read_call(head: bytes) -> Call:
    """Read the JSON text of a call. Raises FrameError."""
    found = _object(head)
    fields = found.get("req")
    sequence = number(found.get("sequence"))
    match found.get("mtype"):
        case int() as mtype if mtype == MTYPE_SETUP:
            command = None
        case int() as mtype if mtype == MTYPE_CALL:
            command = number(found.get("cmdtype"))
            if command is None:
                raise FrameError("a call without a command")
        case _:
            raise FrameError("a call of an unknown type")
    return Call(
        command=command,
        sequence=sequence or 0,
        fields=fields if isinstance(fields, dict) else {},
    )


def read_reply(payload: bytes) -> tuple[Reply, bytes]:
    """Read a reply, and the bytes that belong to it. Raises FrameError."""
    head, _, data = payload.partition(SEPARATOR)
    found = _object(head)
    result = number(found.get("result"))
    if result is None:
        raise FrameError("a reply without a result")
    return (
        Reply(
            command=number(found.get("cmdtype")),
            sequence=number(found.get("sequence")) or 0,
            result=result,
            fields=found.get("reply"),
        ),
        data,
    )


def number(value: Any) -> int | None:
    """Return a whole number that is not negative; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value <= _MAX_NUMBER else None
    return None


def _json(value: JsonObject) -> bytes:
    # Compact: clients split head and bytes at the first empty line.
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode(errors="replace")


def _object(head: bytes) -> JsonObject:
    if len(head) > MAX_HEAD_BYTES:
        raise FrameError("a call that is too long")
    try:
        found = json.loads(head)
    except (ValueError, RecursionError) as err:
        raise FrameError("a call that is no JSON") from err
    if not isinstance(found, dict):
        raise FrameError("a call that is no JSON object")
    return found
