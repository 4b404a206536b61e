"""Names: the one a person reads, and the one a file has on disk."""

from enum import StrEnum
import re
import unicodedata

from .sanitize import clean_text
from .sliced_file import SlicedFile

# The shortest limit of the file systems a library may be on (encrypted shares), less room for ".part".
MAX_NAME_BYTES = 135
SUFFIX = ".3mf"
GCODE_SUFFIX = ".gcode"

_STRIPPED = re.compile(r"(?:\.gcode)?\.3mf$|\.gcode$", re.IGNORECASE)
# Not allowed on FAT and Windows shares; the slash anywhere.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
_FALLBACK = "upload"


class NameSource(StrEnum):
    """Where the display name of an upload is taken from."""

    METADATA = "metadata"
    FILENAME = "filename"


def stem(file_name: str) -> str:
    """Strip `.gcode.3mf`, `.3mf` and `.gcode`, however often they are repeated."""
    name = clean_text(file_name)
    while (shorter := _STRIPPED.sub("", name)) != name and shorter.strip():
        name = shorter
    return name.strip()


def display_name(file_name: str, facts: SlicedFile | None, source: NameSource) -> str:
    """Return what to call an upload: its title or its file's name, and the plate when it is a later one of several."""
    name = stem(file_name)
    if facts is None:
        return name
    if source is NameSource.METADATA and facts.title:
        name = facts.title
    match facts.printable_plates or facts.plates:
        case [plate] if plate.number > 1 and not re.search(
            rf"plate[ _-]*{plate.number}$", name, re.IGNORECASE
        ):
            return f"{name} - Plate {plate.number}"
    return name


def is_plain_gcode(name: str) -> bool:
    """Return whether a name is that of G-code outside of a 3MF."""
    return name.lower().endswith(GCODE_SUFFIX)


def safe_file_name(name: str) -> str:
    """Return a name for the disk: no folders, nothing hidden, short enough, and ending in `.gcode` or always in `.3mf`.

    Every file has a folder of its own, so two names may become one.
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", name.encode(errors="replace").decode())
    name = _FORBIDDEN.sub("_", name)
    suffix = GCODE_SUFFIX if is_plain_gcode(name) else SUFFIX
    if name.lower().endswith(suffix):
        name = name[: -len(suffix)]
    name = name.encode()[: MAX_NAME_BYTES - len(suffix)].decode(errors="ignore")
    name = name.strip(" .") or _FALLBACK
    if _DEVICE.match(name):
        name = f"_{name}"
    return name + suffix
