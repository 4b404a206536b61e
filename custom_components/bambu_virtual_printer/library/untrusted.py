"""Text and numbers out of files that anybody may have made: cleaned and bounded, or nothing.

Every function takes whatever a parser gave (None included) and never raises.
"""

import html
import math
import re
import unicodedata

MAX_TEXT_CHARS = 255

# Control and format characters (a right-to-left override in a file name lies to the reader), lone surrogates and
# private or unassigned code points: no database or terminal has to see them.
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_SPACES = re.compile(r"\s+")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")


def text(value: object, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Return one line of printable text, cut to `max_chars`; empty for anything but a string."""
    if not isinstance(value, str):
        return ""
    # Cut twice: the first cut keeps the work small, the second the promise.
    line = _SPACES.sub(" ", value[: 4 * max_chars])
    return _UNPRINTABLE.sub("", line).strip()[:max_chars].strip()


def unescaped_text(value: object, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Return text that slicers and web sites may have HTML-escaped any number of times."""
    if not isinstance(value, str):
        return ""
    value = value[: 16 * max_chars]
    while (plain := html.unescape(value)) != value:
        value = plain
    return text(value, max_chars=max_chars)


def number(value: object, *, maximum: float, minimum: float = 0.0) -> float | None:
    """Return a finite number within the bounds, or None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        result = float(value)
    except ValueError, OverflowError:
        return None
    return result if math.isfinite(result) and minimum <= result <= maximum else None


def whole(value: object, *, maximum: int, minimum: int = 0) -> int | None:
    """Return a number within the bounds, rounded, or None."""
    result = number(value, minimum=minimum, maximum=maximum)
    return None if result is None else round(result)


def color(value: object) -> str:
    """Return a colour as upper-case `#RRGGBB`, without its alpha part; empty when it is none."""
    if isinstance(value, str) and _COLOR.fullmatch(value.strip()):
        return value.strip()[:7].upper()
    return ""


def folded(value: str) -> str:
    """Return text as searching and sorting see it: no case, accents or compatibility forms, and spaces for underscores."""
    plain = unicodedata.normalize("NFKD", value.casefold()).replace("_", " ")
    return "".join(char for char in plain if not unicodedata.combining(char))
