"""Makes text of files, slicers and clients, which may be hostile, printable.

Removed are control characters, lone surrogates, invisible characters, and those that change the direction of the text
around them, because a name with them is displayed as another one (Unicode TR 36, Bidirectional Text Spoofing). The
joiners U+200C and U+200D stay: Persian, Hindi and other scripts, and emoji, need them.
"""

import re

MAX_TEXT_CHARS = 255
MAX_CLIENT_ID_CHARS = 100
"""How much of an MQTT client identifier is kept; servers have to allow 23 characters, and it may have 64 kB (3.1.3.1)."""

_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_SPACES = re.compile(r"\s+")
# A text of nothing else displays as empty.
_INVISIBLE = "\u200c\u200d "


def text(value: object, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Return one line of printable text, cut to `max_chars`; empty for anything but a string."""
    if not isinstance(value, str):
        return ""
    # Cut twice: the first bounds the work, the second the result.
    line = _SPACES.sub(" ", value[: 4 * max_chars])
    line = _UNPRINTABLE.sub("", line).strip()[:max_chars].strip()
    return line if line.strip(_INVISIBLE) else ""


def printable(value: str, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Return text without unprintable characters, cut to `max_chars`; its spaces stay as they are."""
    return _UNPRINTABLE.sub("", value[: 4 * max_chars])[:max_chars]
