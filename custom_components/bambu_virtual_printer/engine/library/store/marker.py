"""The marker of a library's folder, which distinguishes it from an empty one of the same name and from another library.

While a disk or a share is not mounted, the folder it is mounted on is there and empty, so the marker has to be in the
library itself. Everything here blocks.
"""

import json
from pathlib import Path

from ...durable import replace_file
from ...regular_files import open_regular
from .layout import PART_SUFFIX

MARKER_FILE = "library.json"
_MAX_BYTES = 4096
_NOTE = "This file tells Bambu Virtual Printer that its library is here. Leave it in its place."


def read_marker(folder: Path) -> str | None:
    """Return the id of the library that a folder belongs to, None without a marker. Raises OSError."""
    try:
        with open_regular(folder / MARKER_FILE) as file:
            content = json.loads(file.read(_MAX_BYTES))
    except FileNotFoundError, NotADirectoryError, ValueError:
        return None
    library_id = content.get("id") if isinstance(content, dict) else None
    return library_id if isinstance(library_id, str) and library_id else None


def write_marker(folder: Path, library_id: str) -> None:
    """Mark a folder as that of a library; on return that survives a power cut. Raises OSError."""
    content = json.dumps({"id": library_id, "note": _NOTE}, indent=1)
    replace_file(
        folder / MARKER_FILE,
        content.encode(),
        temporary=folder / f"{MARKER_FILE}{PART_SUFFIX}",
    )
