"""Text that strangers chose (of files, slicers and clients), made fit to be shown to people.

What is taken out: control characters, lone surrogates, invisible characters, and all that change the direction of what
stands around them, because a name with such in it is read as another one (Unicode TR 36, Bidirectional Text Spoofing).
The joiners U+200C and U+200D stay: they are part of how Persian, Hindi and other scripts, and emoji, are written.
"""

import re

MAX_TEXT_CHARS = 255
MAX_CLIENT_ID_CHARS = 100
"""What is kept of the name an MQTT client gives itself; servers have to allow 23 characters, and it may have 64 kB."""

_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_SPACES = re.compile(r"\s+")
# What is left of a text that shows nothing.
_INVISIBLE = "\u200c\u200d "


def text(value: object, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Return one line of printable text, cut to `max_chars`; empty for anything but a string."""
    if not isinstance(value, str):
        return ""
    # Cut twice: the first cut keeps the work small, the second the promise.
    line = _SPACES.sub(" ", value[: 4 * max_chars])
    line = _UNPRINTABLE.sub("", line).strip()[:max_chars].strip()
    return line if line.strip(_INVISIBLE) else ""


def printable(value: str, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Return text without what cannot or must not be shown, cut to `max_chars`; its spaces stay as they are."""
    return _UNPRINTABLE.sub("", value[: 4 * max_chars])[:max_chars]
