"""Our dataclasses as values that JSON knows, and back: for the sidecars beside the files and for columns of the index."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def to_json(value: DataclassInstance) -> dict[str, Any]:
    """Return a dataclass as values that JSON knows."""
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def from_json[Value: DataclassInstance](
    kind: type[Value], data: Mapping[str, Any]
) -> Value:
    """Make a dataclass of what `to_json` made; fields it does not know are left out.

    Raises ValueError, TypeError, LookupError, AttributeError at anything else.
    """
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if name not in data:
            continue
        wanted = _classes(hint)
        value = _restored(name, data[name], wanted)
        if not isinstance(value, wanted):
            raise TypeError(f"{name} is no {hint}")
        values[name] = value
    return kind(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return to_json(value)
    return value


def _restored(name: str, value: Any, wanted: tuple[type, ...]) -> Any:
    """Return a value as one of the classes wanted, where JSON has no such."""
    if isinstance(value, list):
        return tuple(value)
    for kind in wanted:
        if kind is datetime and isinstance(value, str):
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError(f"{name} has no time zone")
            return moment
        if issubclass(kind, Enum) and isinstance(value, str | int):
            return kind(value)
        if is_dataclass(kind) and isinstance(value, dict):
            return from_json(kind, value)
    return value


def _classes(hint: Any) -> tuple[type, ...]:
    """Return the classes a value of this type may have; what is in a tuple is not looked at."""
    alternatives = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return tuple(get_origin(alternative) or alternative for alternative in alternatives)
