"""Sets of bits as reports write them: as hexadecimal text, or as a number."""

from typing import Any

_MAX_DIGITS = 32
_WORD = 1 << 32


def read_bits(value: Any) -> int | None:
    """Read a set of bits from hexadecimal text; None where it is none."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_DIGITS:
        return None
    try:
        return int(value, 16)
    except ValueError:
        return None


def changed(value: Any, *, clear: int = 0, put: int = 0) -> Any:
    """Clear and set bits, in the notation that the value has; what is no set of bits stays as it is."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value & ~clear | put
    found = read_bits(value)
    return value if found is None else f"{found & ~clear | put:X}"


def changed_word(value: Any, *, clear: int = 0, put: int = 0) -> Any:
    """Clear and set bits of a number of 32 bits, which is signed on the wire."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    number = (value % _WORD) & ~clear | put
    return number - _WORD if number >= _WORD >> 1 else number


def mask(*bits: int) -> int:
    """Make a set of these bits."""
    return sum(1 << bit for bit in bits)
