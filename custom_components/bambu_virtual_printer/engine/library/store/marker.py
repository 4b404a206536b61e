"""The file that tells a library's folder from an empty one of the same name, and from another library.

While a disk or a share is not mounted, the folder it is mounted on is there and empty. Only what lies in the library
itself can tell. Everything here blocks.
"""

from contextlib import suppress
import json
import os
from pathlib import Path

from ...regular_files import open_regular

MARKER_FILE = "library.json"
_MAX_BYTES = 4096
_NOTE = "This file tells Bambu Virtual Printer that its library is here. Leave it in its place."


def read_marker(folder: Path) -> str | None:
    """Return the id of the library that a folder belongs to, None where nothing says so. Raises OSError."""
    try:
        with open_regular(folder / MARKER_FILE) as file:
            content = json.loads(file.read(_MAX_BYTES))
    except FileNotFoundError, NotADirectoryError, ValueError:
        return None
    library_id = content.get("id") if isinstance(content, dict) else None
    return library_id if isinstance(library_id, str) and library_id else None


def write_marker(folder: Path, library_id: str) -> None:
    """Say which library a folder belongs to; on return that survives a power cut. Raises OSError."""
    part = folder / f"{MARKER_FILE}.part"
    with suppress(FileNotFoundError):
        part.unlink()
    with part.open("x") as file:
        json.dump({"id": library_id, "note": _NOTE}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / MARKER_FILE)
