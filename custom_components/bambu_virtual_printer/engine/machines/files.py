"""Names for files on a printer's card.

The firmware parses the name as part of a URL, and two jobs must never share one: ASCII without spaces, with a part of the
job's own, and one suffix (Bambuddy #374, #1540; an A1 fails on spaces in some forms of the URL).
"""

import re
import unicodedata

MAX_NAME_LENGTH = 100
SUFFIX = ".gcode.3mf"

_SUFFIXES = re.compile(r"(?:\.gcode|\.3mf)+$", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9_.()+-]+")
_RUNS = re.compile(r"_{2,}|\.{2,}")
_KEY = re.compile(r"[A-Za-z0-9]{1,26}")
_EDGES = "._-"
_FALLBACK = "print"


def remote_name(title: str, key: str) -> str:
    """Make the name that a file gets on the card. `key` is unique to the job: 1 to 26 letters and digits.

    Raises ValueError for another key.
    """
    if not _KEY.fullmatch(key):
        raise ValueError("a key has 1 to 26 letters and digits")
    plain = unicodedata.normalize("NFKD", _SUFFIXES.sub("", title))
    ascii_ = plain.encode("ascii", "ignore").decode()
    safe = _RUNS.sub("_", _UNSAFE.sub("_", ascii_)).strip(_EDGES)
    room = MAX_NAME_LENGTH - len(SUFFIX) - len(key) - 1
    stem = safe[:room].rstrip(_EDGES) or _FALLBACK
    return f"{stem}_{key}{SUFFIX}"
