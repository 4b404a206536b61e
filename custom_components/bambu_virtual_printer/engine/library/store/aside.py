"""Folders of items that were written where the library's disk was missing, kept on another disk until it is there.

Older versions wrote so. Everything here blocks and raises StorageError.
"""

from pathlib import Path
import shutil

from ...durable import make_folders
from ...storage import StorageFullError
from ..values.errors import NO_ROOM
from .disk import explained, not_listed, not_moved
from .folder import LibraryFolder
from .layout import ARCHIVE, PENDING, folders_in, ids_in
from .marker import read_marker
from .moves import move_folder, remove_tree


class Aside:
    """The place on another disk for what belongs in a library's folder."""

    def __init__(self, folder: LibraryFolder, place: Path) -> None:
        """Remember both; nothing is touched."""
        self._folder = folder
        self._layout = folder.layout
        self.place = place

    def strays(self, library_id: str) -> list[Path]:
        """Return folders of items in places where the markers of this library are missing."""
        root = self._layout.root
        with explained(not_listed(root)):
            if read_marker(root) not in (None, library_id):
                return []
            found: list[Path] = []
            if read_marker(root / PENDING) is None:
                found += folders_in(root / PENDING)
            if read_marker(root / ARCHIVE) is None:
                for month in self._layout.archive_months():
                    found += folders_in(month)
        return found

    def put(self, stray: Path, reserve_bytes: int) -> None:
        """Move the folder of an item here; so much must stay free."""
        with explained(not_moved(stray)):
            size_bytes = sum(
                path.stat().st_size for path in stray.rglob("*") if path.is_file()
            )
            make_folders(self.place)
            if shutil.disk_usage(self.place).free < size_bytes + reserve_bytes:
                raise StorageFullError(NO_ROOM)
            move_folder(stray, self.place / stray.name)

    def ids(self) -> list[str]:
        """Return the ids of what is here."""
        with explained(not_listed(self.place)):
            return ids_in(self.place) if self.place.is_dir() else []

    def take_in(self, item_id: str, *, archived: bool) -> None:
        """Move an item to its place in the library, unless it is there already."""
        self._folder.check_present()
        stray = self.place / item_id
        with explained(not_moved(stray)):
            if self._layout.find(item_id) is not None:
                remove_tree(stray)
                return
            place = self._layout.archive if archived else self._layout.pending
            move_folder(stray, place(item_id))
