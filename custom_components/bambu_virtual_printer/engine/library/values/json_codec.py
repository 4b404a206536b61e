"""Encodes dataclasses as JSON values and decodes them, for sidecar files and for columns of the index."""

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from datetime import datetime, time
from enum import Enum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


JSON_NAME = "json_name"
"""Metadata of a dataclass field: its key in JSON, where that is not the field's name."""


def to_json(value: DataclassInstance) -> dict[str, Any]:
    """Encode a dataclass."""
    return {
        _key(field): _encoded(getattr(value, field.name)) for field in fields(value)
    }


def from_json[Value: DataclassInstance](
    kind: type[Value], data: Mapping[str, Any]
) -> Value:
    """Decode what `to_json` encoded; unknown keys are ignored, missing ones get their default.

    Raises ValueError, TypeError, LookupError, AttributeError for anything else.
    """
    values: dict[str, Any] = {}
    for name, key, wanted in _fields(kind):
        if key not in data:
            continue
        value = _decoded(key, data[key], wanted)
        if not isinstance(value, wanted):
            kinds = " | ".join(each.__name__ for each in wanted)
            raise TypeError(f"{key} is no {kinds}")
        values[name] = value
    return kind(**values)


@cache
def _fields(
    kind: type[DataclassInstance],
) -> Sequence[tuple[str, str, tuple[type, ...]]]:
    """Return the fields of a dataclass: their names, their keys in JSON and the classes that a value may have."""
    hints = get_type_hints(kind)
    return tuple(
        (field.name, _key(field), _classes(hints[field.name])) for field in fields(kind)
    )


def _key(field: Field[Any]) -> str:
    key: str = field.metadata.get(JSON_NAME, field.name)
    return key


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime | time):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return to_json(value)
    return value


def _decoded(name: str, value: Any, wanted: tuple[type, ...]) -> Any:
    """Return a value as one of the classes wanted, where JSON has none of them."""
    if isinstance(value, list):
        return tuple(value)
    for kind in wanted:
        if kind is datetime and isinstance(value, str):
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError(f"{name} has no time zone")
            return moment
        if kind is time and isinstance(value, str):
            return time.fromisoformat(value)
        if issubclass(kind, Enum) and isinstance(value, str | int):
            return kind(value)
        if is_dataclass(kind) and isinstance(value, dict):
            return from_json(kind, value)
    return value


def _classes(hint: Any) -> tuple[type, ...]:
    """Return the classes a value of this type may have; the items of a tuple are not checked."""
    alternatives = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return tuple(get_origin(alternative) or alternative for alternative in alternatives)
