"""Bit sets in reports: hexadecimal text, or a number."""

from typing import Any

_MAX_DIGITS = 32
_WORD = 1 << 32


def read_bits(value: Any) -> int | None:
    """Return a bit set from hexadecimal text; None for anything else."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_DIGITS:
        return None
    try:
        return int(value, 16)
    except ValueError:
        return None


def changed(value: Any, *, clear: int = 0, put: int = 0) -> Any:
    """Return a value with bits cleared and set, in its own notation; one that is not a bit set is returned unchanged."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value & ~clear | put
    found = read_bits(value)
    return value if found is None else f"{found & ~clear | put:X}"


def changed_word(value: Any, *, clear: int = 0, put: int = 0) -> Any:
    """Clear and set bits of a 32-bit number, which is signed in reports."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    number = (value % _WORD) & ~clear | put
    return number - _WORD if number >= _WORD >> 1 else number


def mask(*bits: int) -> int:
    """Return a bit set of these bits."""
    return sum(1 << bit for bit in bits)
