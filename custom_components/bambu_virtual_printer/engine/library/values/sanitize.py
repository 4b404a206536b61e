"""Text and numbers from untrusted files: cleaned and bounded, or nothing.

Every function takes whatever a parser gave (None included) and never raises.
"""

import html
from html.entities import html5
import math
import re
import unicodedata

from ...printable import MAX_TEXT_CHARS, text as clean_text

__all__ = ["clean_text", "color", "fold_case", "number", "to_int", "unescaped_text"]

# Every round undoes one layer of escaping, and all layers of ampersands. The rest is not escaped more often by accident.
MAX_UNESCAPE_ROUNDS = 4
# An ampersand however often it was escaped, in one look at the text.
_AMPERSANDS = re.compile(r"&(?:amp;|#0{0,7}38;|#x0{0,7}26;)+", re.IGNORECASE)
# HTML also knows a hundred entities without the semicolon, but nothing writes them: "bolts&notches" means itself.
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")


def unescaped_text(value: object, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Return text that slicers and web sites may have HTML-escaped several times; ampersands any number of times."""
    if not isinstance(value, str):
        return ""
    value = value[: 16 * max_chars]
    for _ in range(MAX_UNESCAPE_ROUNDS):
        plain = _ENTITY.sub(_unescaped, _AMPERSANDS.sub("&amp;", value))
        if plain == value:
            break
        value = plain
    return clean_text(value, max_chars=max_chars)


def _unescaped(entity: re.Match[str]) -> str:
    written = entity[0]
    if written[1] == "#":
        return html.unescape(written)
    return html5.get(written[1:], written)


def number(value: object, *, maximum: float, minimum: float = 0.0) -> float | None:
    """Return a finite number within the bounds, or None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        result = float(value)
    except ValueError, OverflowError:
        return None
    return result if math.isfinite(result) and minimum <= result <= maximum else None


def to_int(value: object, *, maximum: int, minimum: int = 0) -> int | None:
    """Return a number within the bounds, rounded, or None."""
    result = number(value, minimum=minimum, maximum=maximum)
    return None if result is None else round(result)


def color(value: object) -> str:
    """Return a colour as upper-case `#RRGGBB`, without its alpha part; empty when it is none."""
    if isinstance(value, str) and _COLOR.fullmatch(value.strip()):
        return value.strip()[:7].upper()
    return ""


def fold_case(value: str) -> str:
    """Return text as searching and sorting see it: no case, accents or compatibility forms, and spaces for underscores."""
    # Compatibility forms bring capitals back: ℃ is "°C".
    plain = unicodedata.normalize("NFKD", value.casefold()).casefold()
    plain = plain.replace("_", " ")
    return "".join(char for char in plain if not unicodedata.combining(char))
