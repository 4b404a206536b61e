"""Reads single values of a printer's report, whatever type its firmware chose for them. Nothing here raises.

Numbers come as numbers or as text, sets of bits as hexadecimal text, lists as objects and the other way round. Whatever
makes no sense counts as absent.
"""

from collections.abc import Mapping
import math
import re
from typing import Any

type JsonObject = Mapping[str, Any]

MAX_TEXT_LENGTH = 512
MAX_LIST_LENGTH = 1024
_MAX_NUMBER = 2**53
_MAX_BITS_DIGITS = 32
_DECIMAL = re.compile(r"-?[0-9]{1,16}")
_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{0,20})?")
_HEXADECIMAL = re.compile(r"(?:0[xX])?([0-9A-Fa-f]+)")
_EMPTY: dict[str, Any] = {}
_WORD = 0xFFFF


def mapping(value: Any) -> JsonObject:
    """Return an object, empty where it is none."""
    return value if isinstance(value, dict) else _EMPTY


def items(value: Any) -> list[Any]:
    """Return a list, empty where it is none."""
    return value[:MAX_LIST_LENGTH] if isinstance(value, list) else []


def objects(value: Any) -> list[JsonObject]:
    """Return the objects of a list."""
    return [item for item in items(value) if isinstance(item, dict)]


def text(value: Any) -> str:
    """Return text that can be stored and shown; numbers become text, everything else nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, int) and abs(value) > _MAX_NUMBER:
        return ""
    clean = str(value)[:MAX_TEXT_LENGTH].encode(errors="replace").decode()
    return clean if clean.isprintable() else "".join(filter(str.isprintable, clean))


def integer(value: Any) -> int | None:
    """Return a whole number of at most 53 bits."""
    match value:
        case bool():
            return None
        case int():
            number = value
        case float() if math.isfinite(value) and value.is_integer():
            number = int(value)
        case str() if _DECIMAL.fullmatch(value.strip()):
            number = int(value)
        case _:
            return None
    return number if abs(number) <= _MAX_NUMBER else None


def number(value: Any) -> float | None:
    """Return a finite number."""
    match value:
        case bool():
            return None
        case int() if abs(value) <= _MAX_NUMBER:
            return float(value)
        case float() if math.isfinite(value):
            return value
        case str() if _NUMBER.fullmatch(value.strip()):
            return float(value)
        case _:
            return None


def bits(value: Any) -> int | None:
    """Return a set of bits that is written as hexadecimal text."""
    if not isinstance(value, str) or len(value) > _MAX_BITS_DIGITS:
        return None
    found = _HEXADECIMAL.fullmatch(value.strip())
    return int(found[1], 16) if found else None


def unsigned(value: Any) -> int | None:
    """Return a number of 32 bits, which firmware also writes as a negative one."""
    whole = integer(value)
    return None if whole is None else whole & 0xFFFFFFFF


def in_range(value: int | None, low: int, high: int) -> int | None:
    """Return a number if it is within these limits."""
    return value if value is not None and low <= value <= high else None


def packed_temperature(value: Any) -> tuple[float, float] | None:
    """Return the current and the target temperature that newer firmware packs into one number (H2D, P2S)."""
    whole = integer(value)
    if whole is None or not 0 <= whole <= 0xFFFFFFFF:
        return None
    return float(whole & _WORD), float(whole >> 16)
