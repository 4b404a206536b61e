"""Collects a printer's reports into the one status they are parts of.

A full report (`msg` 0) replaces what it names and leaves the rest; A1 and P1 never send again what they named once. All
others are deltas: objects are merged, lists whose members have an `id` by that id, other lists replaced. A tray that
comes with its id and state alone has lost its filament (recordings of A1, P2S, H2D; ha-bambulab, open-bambu-networking).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
import json
from typing import Any, cast

from .fields import JsonObject, text

MAX_MESSAGE_BYTES = 1024 * 1024
# Real reports have about 120 keys; a printer gone mad must not fill the memory.
MAX_KEYS = 1024
MAX_MEMBERS = 256
MAX_DEPTH = 16

PUSH_STATUS = "push_status"

# Lists whose members are known by their id. `*` stands for any member of the list before it.
_LISTS_BY_ID = frozenset(
    {
        ("ams", "ams"),
        ("ams", "ams", "*", "tray"),
        ("vir_slot",),
        ("vt_tray",),
        ("device", "extruder", "info"),
        ("device", "nozzle", "info"),
        ("device", "airduct", "parts"),
    }
)
_TRAYS = frozenset({("ams", "ams", "*", "tray"), ("vir_slot",), ("vt_tray",)})
_NO_FILAMENT = frozenset({"id", "state"})

type _Path = tuple[str, ...]


class MessageKind(StrEnum):
    """What a message on the report topic is."""

    STATUS = "status"
    REPLY = "reply"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: `topic` is the outermost key (print, info, system, …), `fields` what it holds."""

    topic: str
    kind: MessageKind
    fields: JsonObject

    @property
    def command(self) -> str:
        """The command it names; replies of an A1 mini to `gcode_line` name none."""
        return text(self.fields.get("command"))

    @property
    def sequence_id(self) -> str:
        """The number of the command it answers, or the printer's own count."""
        return text(self.fields.get("sequence_id"))


def parse(payload: bytes) -> tuple[Message, ...]:
    """Read what was published on the report topic. Returns nothing where it makes no sense.

    Firmware ends texts with NUL and has sent stray bytes that are no UTF-8 (A1 mini 01.07.02.00).
    """
    if len(payload) > MAX_MESSAGE_BYTES:
        return ()
    try:
        value = json.loads(payload.decode(errors="replace").rstrip("\0"))
    except ValueError, RecursionError:
        return ()
    if not isinstance(value, dict):
        return ()
    return tuple(
        Message(topic=topic, kind=_kind(topic, fields), fields=fields)
        for topic, fields in value.items()
        if isinstance(fields, dict)
    )


def _kind(topic: str, fields: JsonObject) -> MessageKind:
    """Distinguish replies from status: they share the topic, and what replies echo must never be merged."""
    if fields.get("command") == PUSH_STATUS:
        return MessageKind.STATUS if topic == "print" else MessageKind.OTHER
    # One that refuses may have neither a result nor anything but command and number (P1S 01.10.00.00).
    if "result" in fields or "command" in fields:
        return MessageKind.REPLY
    return MessageKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a printer has said of itself. Nothing in here is ever changed."""

    status: JsonObject
    """Its status, merged from its reports."""
    modules: tuple[JsonObject, ...]
    """Of its newest reply to get_version."""
    revision: int
    """Another number whenever something was said."""


class ReportCache:
    """The status so far. Starts empty; `fields` is not to be changed."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.fields: dict[str, Any] = {}

    def apply(self, report: JsonObject) -> None:
        """Take in the `print` object of a status report. What it repeats stays the object that it was."""
        if report.get("msg") == 0:
            for key, value in report.items():
                if key in self.fields or len(self.fields) < MAX_KEYS:
                    self.fields[key] = _kept(self.fields.get(key), value)
        else:
            _merge_object(self.fields, report, ())


def _merge_object(old: dict[str, Any], new: JsonObject, path: _Path) -> None:
    for key, value in new.items():
        if key in old or len(old) < MAX_KEYS:
            old[key] = _merged(old.get(key), value, (*path, key))


def _merged(old: Any, new: Any, path: _Path) -> Any:
    """Merge a value into the one before. What `new` holds is never changed later on."""
    if len(path) > MAX_DEPTH:
        return new
    if _is_repeated(old, new):
        return old
    if isinstance(new, dict):
        if path in _TRAYS and new.keys() <= _NO_FILAMENT:
            return new
        kept = dict(old) if isinstance(old, dict) else {}
        _merge_object(kept, new, path)
        return _kept(old, kept)
    if path in _LISTS_BY_ID and _has_ids(new) and _has_ids(old):
        return _kept(old, _merge_list(old, new, path))
    return new


def _kept(old: Any, new: Any) -> Any:
    """Return the object or list that was there before, where the new one says the same."""
    return old if _is_repeated(old, new) else new


def _is_repeated(old: Any, new: Any) -> bool:
    return isinstance(new, dict | list) and type(old) is type(new) and old == new


def _merge_list(
    old: list[dict[str, Any]], new: list[dict[str, Any]], path: _Path
) -> list[dict[str, Any]]:
    members: dict[str, dict[str, Any]] = {str(member["id"]): member for member in old}
    for member in new:
        id_ = str(member["id"])
        if id_ not in members and len(members) >= MAX_MEMBERS:
            continue
        before = members.get(id_)
        if path in _TRAYS and member.keys() <= _NO_FILAMENT:
            members[id_] = member
        else:
            kept = dict(before) if before else {}
            _merge_object(kept, member, (*path, "*"))
            members[id_] = _kept(before, kept)
    return list(members.values())


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(member, Mapping)
        and isinstance(cast("JsonObject", member).get("id"), str | int)
        for member in value
    )
