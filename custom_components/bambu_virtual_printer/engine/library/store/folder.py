"""The library's folder on disk; nothing else writes to it.

Rules that make a crash at any moment harmless: what a folder holds is on the disk before the folder is moved, it appears
at its new place by one rename, and where it stands is what it is (see `layout`). Removing goes the other way: back to the
inbox, which is swept at start. Everything here blocks and raises StorageError.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
import errno
from pathlib import Path
import shutil

from ...durable import make_folders, replace_file, sync_file, sync_folder, write_file
from ...explanations import Explanation, explain
from ...storage import StorageError, StorageFullError
from ..values.errors import FILE_GONE, NO_ROOM, LibraryAbsentError, unreadable
from ..values.space import Space
from .disk import NOT_KEPT, NOT_REMOVED, explained, forget_content, not_listed
from .layout import (
    ARCHIVE,
    ID_LENGTH,
    INBOX,
    PART_SUFFIX,
    PENDING,
    PHOTOS,
    Layout,
    ids_in,
    photos_in,
    sliced_files_in,
)
from .marker import MARKER_FILE, read_marker, write_marker
from .moves import copying_name, move_file, move_folder, remove_tree, sweep
from .sidecar import MAX_SIDECAR_BYTES, SIDECAR_FILE, Sidecar, SidecarError

# Any of them may be on a disk of its own.
_MARKED = ("", PENDING, ARCHIVE)


_NOT_ARCHIVED = explain(
    "file_not_archived", "The file cannot be moved to the archive: {why}."
)
_NOT_MOVED_BACK = explain(
    "file_not_moved_back", "The file cannot be moved back from the archive: {why}."
)
NOTES_NOT_WRITTEN = explain(
    "notes_not_written", "The notes beside the file cannot be written: {why}."
)


class Standing(StrEnum):
    """What a library's folder is."""

    PRESENT = "present"
    ABSENT = "absent"
    """It has no marker of a library, as while a disk is not mounted."""
    OTHER = "other"
    """The folder of another library."""


class LibraryFolder:
    """The library's folder. Ids are ULIDs, file names safe ones."""

    def __init__(self, root: Path) -> None:
        """Remember the place; nothing is touched."""
        self.root = root
        self.layout = Layout(root)
        self.library_id: str | None = None
        """The id that the markers must have for the folder to be used; None does not require any."""
        self.make_room: Callable[[int], None] = lambda _: None
        """Told how many bytes there are too few, before anything is refused for that."""
        # What is being received. Threads add to it, and take from it.
        self._begun: set[str] = set()

    # --- being there ------------------------------------------------------------------------------------------------

    def marked_as(self) -> str | None:
        """Return the id of the library that is here, None without a marker. Raises StorageError."""
        with explained(not_listed(self.root)):
            return read_marker(self.root)

    def standing(self, library_id: str) -> Standing:
        """Return whether the library of this id is here. Raises StorageError."""
        with explained(not_listed(self.root)):
            found = {read_marker(self.root / place) for place in _MARKED}
        if found == {library_id}:
            return Standing.PRESENT
        return Standing.ABSENT if found <= {library_id, None} else Standing.OTHER

    def mark(self, library_id: str) -> None:
        """Make the folders, and mark them as those of the library of this id. Raises StorageError."""
        self.make_folders()
        with explained(self._unusable):
            for place in _MARKED:
                if read_marker(self.root / place) != library_id:
                    write_marker(self.root / place, library_id)

    def check_present(self) -> None:
        """Make sure that the library is here before anything is written or reported missing. Raises LibraryAbsentError."""
        if self.library_id is None:
            return
        try:
            standing = self.standing(self.library_id)
        except StorageError as err:
            raise LibraryAbsentError(err.explanation) from err
        if standing is not Standing.PRESENT:
            raise LibraryAbsentError(
                explain(
                    "library_not_there",
                    "The library is not in {folder} now.",
                    folder=str(self.root),
                )
            )

    def check_given(self) -> None:
        """Make sure of the same by what the disks give now: what was read before may outlast them. Raises LibraryAbsentError."""
        for place in _MARKED:
            forget_content(self.root / place / MARKER_FILE)
        self.check_present()

    @property
    def _unusable(self) -> Explanation:
        return explain(
            "library_unusable",
            "The library folder {folder} cannot be used: {why}.",
            folder=str(self.root),
        )

    def holds(self, item_ids: Sequence[str]) -> int:
        """Count how many of these uploads and archives have a folder here. Raises StorageError."""
        return sum(self.layout.find(item_id) is not None for item_id in item_ids)

    def make_folders(self) -> None:
        """Make the folders. Raises StorageError."""
        with explained(self._unusable):
            for name in (INBOX, PENDING, ARCHIVE):
                (self.root / name).mkdir(parents=True, exist_ok=True)

    def prepare(self) -> None:
        """Make the folders and remove what a crash left. Raises StorageError.

        What is being received stays: the disk may have been away for a moment only.
        """
        self.check_present()
        self.make_folders()
        with explained(self._unusable):
            left_over = self.layout.left_over()
        for path in left_over:
            if path.name[:ID_LENGTH] not in self._begun:
                sweep(path)

    def space(self) -> Space:
        """Return how full the disk is. Raises StorageError."""
        with explained(not_listed(self.root)):
            usage = shutil.disk_usage(self.root)
        return Space(free_bytes=usage.free, disk_bytes=usage.total)

    def check_room(self, reserve_bytes: int) -> None:
        """Make sure that so much is free. Raises StorageFullError, StorageError."""
        lacking = reserve_bytes - self.space().free_bytes
        if lacking > 0:
            self.make_room(lacking)
            if self.space().free_bytes < reserve_bytes:
                raise StorageFullError(NO_ROOM)

    def folder(self, item_id: str) -> Path | None:
        """Return where the folder of an upload or archive stands, or None when it is gone. Raises LibraryAbsentError."""
        folder = self.layout.find(item_id)
        if folder is None:
            self.check_present()
        return folder

    # --- receiving --------------------------------------------------------------------------------------------------

    def begin(self, item_id: str, file_name: str, *, reserve_bytes: int) -> Path:
        """Make a place for a new upload, and return the path to write it to. Raises StorageError."""
        self.check_present()
        self.check_room(reserve_bytes)
        folder = self.layout.inbox(item_id)
        self._begun.add(item_id)
        try:
            with explained(NOT_KEPT):
                folder.mkdir(parents=True)
        except StorageError:
            self._begun.discard(item_id)
            raise
        return folder / (file_name + PART_SUFFIX)

    def abandon(self, item_id: str) -> None:
        """Remove what was received of an upload; never raises."""
        self._begun.discard(item_id)
        sweep(self.layout.inbox(item_id))

    def commit(self, sidecar: Sidecar) -> None:
        """Keep a received file. On return it and its sidecar survive a power cut. Raises StorageError."""
        self.check_present()
        item_id = sidecar.file.id
        folder = self.layout.inbox(item_id)
        part = folder / (sidecar.file_name + PART_SUFFIX)
        with explained(NOT_KEPT):
            size_bytes = part.stat().st_size
            if size_bytes != sidecar.file.size_bytes:
                raise StorageError(
                    explain(
                        "upload_of_other_size",
                        "The upload has {found} bytes on the disk instead of {expected}.",
                        found=size_bytes,
                        expected=sidecar.file.size_bytes,
                    )
                )
            sync_file(part)
            write_file(folder / SIDECAR_FILE, sidecar.encode())
            part.rename(folder / sidecar.file_name)
            sync_folder(folder)
            move_folder(folder, self.layout.pending(item_id), sidecar.file.sha256)
        self._begun.discard(item_id)

    # --- deciding ---------------------------------------------------------------------------------------------------

    def archive(self, item_id: str, sha256: str) -> None:
        """Move an upload to the archive; nothing happens when it is there already. Raises StorageError.

        Where that takes a copy, because the archive is on another disk, the copy is compared with `sha256`.
        """
        self.check_present()
        with explained(_NOT_ARCHIVED):
            move_folder(
                self.layout.pending(item_id), self.layout.archive(item_id), sha256
            )

    def unarchive(self, item_id: str, sha256: str) -> None:
        """Move an archive's folder back to the pending uploads. Raises StorageError."""
        self.check_present()
        with explained(_NOT_MOVED_BACK):
            move_folder(
                self.layout.archive(item_id), self.layout.pending(item_id), sha256
            )

    def remove(self, item_id: str) -> None:
        """Remove an upload or archive with all its files, if it is there. Raises StorageError.

        Raises also while a disk is missing, since the files may be on it.
        """
        self.check_present()
        for name in (INBOX, PENDING, ARCHIVE):
            if not (self.root / name).is_dir():
                raise StorageError(
                    explain(
                        "folder_not_there",
                        "The folder {folder} is not there.",
                        folder=str(self.root / name),
                    )
                )
        with explained(NOT_REMOVED):
            while folder := self.folder(item_id):
                doomed = self.layout.removed(item_id)
                remove_tree(doomed)
                try:
                    folder.rename(doomed)
                except OSError as err:
                    if err.errno != errno.EXDEV:
                        raise
                    doomed = folder
                sync_folder(folder.parent)
                remove_tree(doomed)
                sync_folder(doomed.parent)
            for place in (self.layout.pending(item_id), self.layout.archive(item_id)):
                remove_tree(copying_name(place))

    # --- photos -----------------------------------------------------------------------------------------------------

    def photos(self, item_id: str) -> list[Path]:
        """Return the photos of an archive, oldest first; each is named by an id of its own. Raises StorageError."""
        folder = self.folder(item_id)
        if folder is None:
            return []
        with explained(not_listed(folder / PHOTOS)):
            return photos_in(folder)

    def keep_photo(self, item_id: str, part: Path, name: str) -> Path:
        """Move a received photo into an archive's folder; on return it survives a power cut.

        Returns where it is. Raises StorageError.
        """
        folder = self.folder(item_id)
        if folder is None:
            raise StorageError(FILE_GONE)
        photos = folder / PHOTOS
        with explained(NOT_KEPT):
            sync_file(part)
            make_folders(photos)
            for left_over in photos.glob(f"*{PART_SUFFIX}"):
                left_over.unlink()
            move_file(part, photos / name)
            sync_folder(photos)
        return photos / name

    def remove_photo(self, path: Path) -> None:
        """Remove a photo, for good even after a power cut. Raises StorageError."""
        with explained(NOT_REMOVED):
            path.unlink(missing_ok=True)
            sync_folder(path.parent)

    # --- sidecars ---------------------------------------------------------------------------------------------------

    def write_sidecar(self, sidecar: Sidecar) -> None:
        """Replace the sidecar of an upload or archive, if its folder is there. Raises StorageError."""
        folder = self.folder(sidecar.file.id)
        if folder is None:
            return
        with explained(NOTES_NOT_WRITTEN):
            replace_file(
                folder / SIDECAR_FILE,
                sidecar.encode(),
                temporary=folder / f"{SIDECAR_FILE}{PART_SUFFIX}",
            )

    def read_sidecar(self, item_id: str) -> Sidecar | None:
        """Return the sidecar of an upload or archive; None when it is gone or damaged. Raises StorageError."""
        folder = self.folder(item_id)
        if folder is None:
            return None
        with explained(unreadable(SIDECAR_FILE)):
            try:
                with (folder / SIDECAR_FILE).open("rb") as file:
                    sidecar = Sidecar.decode(file.read(MAX_SIDECAR_BYTES))
            except FileNotFoundError, SidecarError:
                return None
        return sidecar if sidecar.file.id == item_id else None

    # --- finding ----------------------------------------------------------------------------------------------------

    def pending_ids(self) -> list[str]:
        """Return the ids of all pending uploads, oldest first. Raises StorageError."""
        with explained(not_listed(self.root / PENDING)):
            return ids_in(self.root / PENDING)

    def archive_months(self) -> list[Path]:
        """Return the archive's folders of months, oldest first. Raises StorageError."""
        with explained(not_listed(self.root / ARCHIVE)):
            return self.layout.archive_months()

    def archive_ids(self, month: Path) -> list[str]:
        """Return the ids in one of these folders. Raises StorageError."""
        with explained(not_listed(month)):
            ids = ids_in(month)
        return [
            item_id for item_id in ids if self.layout.archive(item_id).parent == month
        ]

    def lone_file(self, item_id: str) -> Path | None:
        """Return the only sliced file in a folder, for one that lost its sidecar. Raises StorageError."""
        folder = self.folder(item_id)
        if folder is None:
            return None
        with explained(not_listed(folder)):
            files = sliced_files_in(folder)
        return files[0] if len(files) == 1 else None
