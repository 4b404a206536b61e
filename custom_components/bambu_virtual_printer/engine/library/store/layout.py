"""Where things stand in the library's folder.

    inbox/<id>/<name>.part              being received; worth nothing until it is moved on
    pending/<id>/<name>, upload.json    acknowledged; waits for a decision
    archive/<yyyy>/<mm>/<id>/...        the same folder, kept for good; year and month are those of the id
                            photos/     added by people

Everything here blocks and raises OSError.
"""

from datetime import UTC, datetime
import os
from pathlib import Path
import re
from stat import S_ISREG

from ulid_transform import ulid_to_timestamp

from ..values.names import GCODE_SUFFIX, SUFFIX

INBOX = "inbox"
PENDING = "pending"
ARCHIVE = "archive"
PHOTOS = "photos"
PART_SUFFIX = ".part"
COPYING_SUFFIX = ".copying"
REMOVED_SUFFIX = ".removed"

ID_LENGTH = 26
# ULIDs of this millennium.
_ID = re.compile(r"0[0-9A-HJKMNP-TV-Z]{25}")
_MONTHS = "[0-9][0-9][0-9][0-9]/[0-9][0-9]"
_WITHDRAWN = re.compile(rf"{_ID.pattern}{re.escape(REMOVED_SUFFIX)}")
# What is swept at start: all of the inbox, and what was moving to or from another disk.
_LEFT_OVER = {
    INBOX: re.compile(
        rf"{_ID.pattern}({re.escape(REMOVED_SUFFIX)}|{re.escape(COPYING_SUFFIX)})?"
    ),
    PENDING: re.compile(rf"{_ID.pattern}{re.escape(COPYING_SUFFIX)}"),
}


def is_item_id(text: str) -> bool:
    """Return whether a text is the id of an upload or archive."""
    return _ID.fullmatch(text) is not None


class Layout:
    """The places in one library's folder. Ids are ULIDs."""

    def __init__(self, root: Path) -> None:
        """Remember the folder; nothing is touched."""
        self.root = root

    def inbox(self, item_id: str) -> Path:
        """Return the folder of an upload while it is received."""
        return self.root / INBOX / item_id

    def removed(self, item_id: str) -> Path:
        """Return where a folder is moved to be removed."""
        return self.root / INBOX / (item_id + REMOVED_SUFFIX)

    def pending(self, item_id: str) -> Path:
        """Return the folder of a pending upload."""
        return self.root / PENDING / item_id

    def archive(self, item_id: str) -> Path:
        """Return the folder of an archive."""
        made = datetime.fromtimestamp(ulid_to_timestamp(item_id) / 1000, UTC)
        return self.root / ARCHIVE / f"{made.year:04}" / f"{made.month:02}" / item_id

    def find(self, item_id: str) -> Path | None:
        """Return the folder of an upload or archive, or None when there is none."""
        for folder in (self.pending(item_id), self.archive(item_id)):
            if folder.is_dir():
                return folder
        return None

    def archive_months(self) -> list[Path]:
        """Return the archive's folders of months, oldest first."""
        return sorted((self.root / ARCHIVE).glob(_MONTHS))

    def left_over(self) -> list[Path]:
        """Return what a crash left behind. Other names are not the library's: the folder may be shared."""
        return [
            path
            for name, is_left_over in _LEFT_OVER.items()
            for path in (self.root / name).iterdir()
            if is_left_over.fullmatch(path.name)
        ]


def ids_in(folder: Path) -> list[str]:
    """Return the ids of the items in a folder, oldest first. Raises FileNotFoundError."""
    with os.scandir(folder) as entries:
        return sorted(
            entry.name
            for entry in entries
            if _ID.fullmatch(entry.name) and entry.is_dir()
        )


def folders_in(folder: Path) -> list[Path]:
    """Return what is named as an item in a folder, oldest first; nothing if the folder is missing."""
    try:
        return sorted(path for path in folder.iterdir() if _ID.fullmatch(path.name))
    except FileNotFoundError:
        return []


def photos_in(folder: Path) -> list[Path]:
    """Return the photos of an item's folder, oldest first."""
    try:
        return sorted(
            path
            for path in (folder / PHOTOS).iterdir()
            if _ID.fullmatch(path.stem) and is_file(path)
        )
    except FileNotFoundError:
        return []


def is_file(path: Path) -> bool:
    """Return whether this is a file. Raises OSError where that cannot be said, which Path's own takes for no."""
    try:
        return S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False


def withdrawn(folder: Path) -> Path:
    """Return where an item's folder is moved to be removed, where its place is on another disk than the inbox."""
    return folder.with_name(folder.name + REMOVED_SUFFIX)


def withdrawn_in(folder: Path) -> list[Path]:
    """Return what was moved so and is still there. Raises FileNotFoundError."""
    return [path for path in folder.iterdir() if _WITHDRAWN.fullmatch(path.name)]


def sliced_files_in(folder: Path) -> list[Path]:
    """Return the sliced files in an item's folder; there should be one."""
    return sorted(
        path
        for path in folder.glob("*")
        if path.name.endswith((SUFFIX, GCODE_SUFFIX)) and path.is_file()
    )
