"""Keeps the last messages exchanged with a printer, for diagnostics, without what identifies a person or a printer."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
import re
from typing import Any

from .reports import Message, MessageKind

MAX_MESSAGES = 50

REDACTED = "**REDACTED**"
_SECRET = frozenset(
    {
        "access_code", "chip_id", "dev_id", "file", "gcode_file", "header", "ip", "job_id", "mac", "md5", "model_id",
        "name", "param_enc", "passwd", "password", "profile_id", "rtsp_url", "sn", "ssid", "subtask_name", "tag_uid",
        "token", "tray_uuid", "ttcode", "url_enc", "user_id",
    }
)  # fmt: skip
# Of a status only what a start, an end or an error is seen by.
_TOLD = (
    "msg", "gcode_state", "print_error", "mc_print_error_code", "hms", "subtask_id", "task_id", "project_id", "print_type",
    "stg_cur", "gcode_file_prepare_percent",
)  # fmt: skip
_WORTH = frozenset({"gcode_state", "print_error", "hms", "subtask_id"})
# The form of a URL matters, the name in it does not.
_URL = re.compile(r"([a-z]{1,8}://(?:/?[a-z0-9]{1,12}/){0,3}/?).*", re.DOTALL)
# In any other text. A serial number has fifteen letters and digits; an address differs from a version by its key alone.
_SERIAL = re.compile(r"\b(?=[A-Z]*[0-9])[0-9A-Z]{15}\b")
_ADDRESS = re.compile(r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b")
_VERSIONS = frozenset({"sw_ver", "hw_ver", "sw_new_ver", "ota_new_version_number"})
_MAX_DEPTH = 6
_MAX_TEXT = 200


class Direction(StrEnum):
    """The sender."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message, without what must not be shown."""

    at: datetime
    direction: Direction
    topic: str
    fields: Mapping[str, Any]


class Dialogue:
    """The last messages."""

    def __init__(self) -> None:
        """Begin with none."""
        self._entries: deque[Entry] = deque(maxlen=MAX_MESSAGES)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The last messages, oldest first."""
        return tuple(self._entries)

    def sent(self, topic: str, fields: Mapping[str, Any]) -> None:
        """Note a command."""
        self._note(Direction.SENT, topic, fields)

    def received(self, message: Message) -> None:
        """Note a reply, or a status that is about a print."""
        fields = message.fields
        if message.kind is MessageKind.STATUS:
            if not _WORTH & fields.keys():
                return
            fields = {key: fields[key] for key in _TOLD if key in fields}
        self._note(Direction.RECEIVED, message.topic, fields)

    def _note(
        self, direction: Direction, topic: str, fields: Mapping[str, Any]
    ) -> None:
        self._entries.append(
            Entry(
                at=datetime.now(UTC),
                direction=direction,
                topic=topic,
                fields=redacted(fields),
            )
        )


def redacted(value: Any, depth: int = 0) -> Any:
    """Return a copy without serial numbers, addresses, names and tags."""
    if depth > _MAX_DEPTH:
        return REDACTED
    match value:
        case dict():
            return {
                key: _redacted_field(key, inner, depth) for key, inner in value.items()
            }
        case list():
            return [redacted(inner, depth + 1) for inner in value[:_MAX_TEXT]]
        case str():
            return _ADDRESS.sub(REDACTED, _SERIAL.sub(REDACTED, value[:_MAX_TEXT]))
        case _:
            return value


def _redacted_field(key: str, value: Any, depth: int) -> Any:
    if key == "url" and isinstance(value, str):
        found = _URL.match(value)
        return f"{found[1]}{REDACTED}" if found else REDACTED
    if key in _SECRET:
        return REDACTED if value else value
    if key in _VERSIONS and isinstance(value, str):
        return value[:_MAX_TEXT]
    return redacted(value, depth + 1)
