"""The names that files may have on a printer's memory card."""

import unicodedata

from ..storage import MAX_NAME_BYTES

ARCHIVE_SUFFIX = ".3mf"
GCODE_SUFFIX = ".gcode"
# Files that are meant to be printed but are not sliced for these printers.
UNSLICED_SUFFIXES = (
    ".gco",
    ".g",
    ".bgcode",
    ".stl",
    ".step",
    ".stp",
    ".obj",
    ".amf",
)


def is_plain_gcode(name: str) -> bool:
    """Return whether a name is that of G-code outside of an archive."""
    return name.lower().endswith(GCODE_SUFFIX)


def is_kept(name: str) -> bool:
    """Return whether files of this name are kept: sliced ones.

    Other uploads of slicers are probes such as `verify_job` (firmware capture), and are dropped.
    """
    return is_plain_gcode(name) or name.lower().endswith(ARCHIVE_SUFFIX)


class NameRefusedError(Exception):
    """A path that cannot name a file."""


def file_name(path: str) -> str:
    """Return the last part of a path. Raises NameRefusedError for what cannot be a file's name."""
    name = path.rpartition("/")[2]
    if (
        name in {"", ".", ".."}
        or has_control_characters(name)
        or len(name.encode()) > MAX_NAME_BYTES
    ):
        raise NameRefusedError
    return name


def has_control_characters(text: str) -> bool:
    """Return whether a text has control characters (Unicode category Cc)."""
    return any(unicodedata.category(character) == "Cc" for character in text)
