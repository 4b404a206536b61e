"""The folders on disk, and the only code that moves files between them.

    inbox/<id>/<name>.part              being received; worth nothing until it is moved on
    pending/<id>/<name>, upload.json    acknowledged; waits for a decision
    archive/<yyyy>/<mm>/<id>/...        the same folder, kept for good; year and month are those of the id
                            photos/     what people add to it; each photo comes by the inbox too

Rules that make a crash at any moment harmless: what a folder holds is on the disk before the folder is moved, it appears
at its new place by one rename, and where it stands is what it is. Removing goes the other way: back to the inbox, which
is swept at start. Everything here blocks and raises StorageError in words for a person.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
import errno
import hashlib
import logging
import os
from pathlib import Path
import re
import shutil

from ulid_transform import ulid_to_timestamp

from ...storage import DISK_FULL_ERRNOS, StorageError, StorageFullError
from ..values.errors import LibraryAbsentError
from ..values.names import GCODE_SUFFIX, SUFFIX
from ..values.space import Space
from .marker import read_marker, write_marker
from .sidecar import MAX_SIDECAR_BYTES, SIDECAR_FILE, Sidecar, SidecarError

_LOGGER = logging.getLogger(__name__)

INBOX = "inbox"
PENDING = "pending"
ARCHIVE = "archive"
PART_SUFFIX = ".part"
COPYING_SUFFIX = ".copying"
REMOVED_SUFFIX = ".removed"
PHOTOS = "photos"
COPY_BLOCK_BYTES = 1024 * 1024

# Any of them may be on a disk of its own.
_MARKED = ("", PENDING, ARCHIVE)

# ULIDs of this millennium.
_ID = re.compile(r"0[0-9A-HJKMNP-TV-Z]{25}")
# What is swept at start: all of the inbox, and what was moving to or from another disk.
_LEFT_OVER = {
    INBOX: re.compile(
        rf"{_ID.pattern}({re.escape(REMOVED_SUFFIX)}|{re.escape(COPYING_SUFFIX)})?"
    ),
    PENDING: re.compile(rf"{_ID.pattern}{re.escape(COPYING_SUFFIX)}"),
}
# What file systems answer that cannot or need not sync a folder.
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}


class Standing(StrEnum):
    """What a library's folder is."""

    PRESENT = "present"
    ABSENT = "absent"
    """Nothing there says that it is a library, as while a disk is not mounted."""
    OTHER = "other"
    """The folder of another library."""


class LibraryFolder:
    """The library's folder. Ids are ULIDs, file names safe ones."""

    def __init__(self, root: Path) -> None:
        """Remember the place; nothing is touched."""
        self.root = root
        self.library_id: str | None = None
        """What the markers have to say for the folder to be used; None does not ask for any."""

    # --- being there ------------------------------------------------------------------------------------------------

    def marked_as(self) -> str | None:
        """Return the id of the library that is here, None where nothing says so. Raises StorageError."""
        with explained(f"The library folder {self.root} cannot be read"):
            return read_marker(self.root)

    def standing(self, library_id: str) -> Standing:
        """Tell whether the library of this id is here. Raises StorageError."""
        with explained(f"The library folder {self.root} cannot be read"):
            found = {read_marker(self.root / place) for place in _MARKED}
        if found == {library_id}:
            return Standing.PRESENT
        return Standing.ABSENT if found <= {library_id, None} else Standing.OTHER

    def mark(self, library_id: str) -> None:
        """Make the folders, and say that the library of this id is here. Raises StorageError."""
        self.make_folders()
        with explained(f"The library folder {self.root} cannot be used"):
            for place in _MARKED:
                if read_marker(self.root / place) != library_id:
                    write_marker(self.root / place, library_id)
                    _sync_folder(self.root / place)

    def check_present(self) -> None:
        """Make sure that nothing is written to where the library is not, or told of it. Raises LibraryAbsentError."""
        if self.library_id is None:
            return
        try:
            standing = self.standing(self.library_id)
        except StorageError as err:
            raise LibraryAbsentError(str(err)) from err
        if standing is not Standing.PRESENT:
            raise LibraryAbsentError(f"The library is not in {self.root} now.")

    def holds(self, item_ids: Sequence[str]) -> int:
        """Count how many of these uploads and archives have a folder here. Raises StorageError."""
        return sum(self._stands(item_id) is not None for item_id in item_ids)

    def stray(self, library_id: str) -> list[Path]:
        """Return folders of items in places that the library is missing from, as an older version may have made them.

        Raises StorageError.
        """
        with explained(f"The library folder {self.root} cannot be read"):
            if read_marker(self.root) not in (None, library_id):
                return []
            found: list[Path] = []
            if read_marker(self.root / PENDING) is None:
                found += _folders(self.root / PENDING)
            if read_marker(self.root / ARCHIVE) is None:
                for month in (self.root / ARCHIVE).glob(
                    "[0-9][0-9][0-9][0-9]/[0-9][0-9]"
                ):
                    found += _folders(month)
        return found

    def put_aside(self, stray: Path, aside: Path, reserve_bytes: int) -> None:
        """Move the folder of an item to another disk until the library is there. Raises StorageError."""
        with explained(f"{stray} cannot be put aside"):
            size_bytes = sum(
                path.stat().st_size for path in stray.rglob("*") if path.is_file()
            )
            _make_folders(aside)
            if shutil.disk_usage(aside).free < size_bytes + reserve_bytes:
                raise StorageFullError(f"There is not enough room for {stray.name}.")
            _move(stray, aside / stray.name, _sha256_of_folder(stray))

    def aside_ids(self, aside: Path) -> list[str]:
        """Return the ids of what was put aside. Raises StorageError."""
        with explained(f"{aside} cannot be listed"):
            return _ids(aside) if aside.is_dir() else []

    def take_in(self, aside: Path, item_id: str, *, archived: bool) -> None:
        """Bring what was put aside to its place. Raises StorageError."""
        self.check_present()
        with explained(f"{aside / item_id} cannot be taken in"):
            if self._stands(item_id) is not None:
                _remove_tree(aside / item_id)
                return
            target = self._archive(item_id) if archived else self._pending(item_id)
            _move(aside / item_id, target, _sha256_of_folder(aside / item_id))

    def make_folders(self) -> None:
        """Make the folders. Raises StorageError."""
        with explained(f"The library folder {self.root} cannot be used"):
            for name in (INBOX, PENDING, ARCHIVE):
                (self.root / name).mkdir(parents=True, exist_ok=True)

    def prepare(self) -> None:
        """Make the folders and sweep the inbox. Raises StorageError."""
        self.check_present()
        self.make_folders()
        with explained(f"The library folder {self.root} cannot be used"):
            # Only what is ours: somebody may have pointed us to a folder of theirs.
            left_over = [
                path
                for name, is_left_over in _LEFT_OVER.items()
                for path in (self.root / name).iterdir()
                if is_left_over.fullmatch(path.name)
            ]
        for path in left_over:
            _sweep(path)

    def space(self) -> Space:
        """Return how full the disk is. Raises StorageError."""
        with explained(f"The disk of {self.root} does not answer"):
            usage = shutil.disk_usage(self.root)
        return Space(free_bytes=usage.free, disk_bytes=usage.total)

    def check_room(self, reserve_bytes: int) -> None:
        """Make sure that so much is free. Raises StorageFullError, StorageError."""
        if self.space().free_bytes < reserve_bytes:
            raise StorageFullError("There is not enough room on the disk.")

    def folder(self, item_id: str) -> Path | None:
        """Return where the folder of an upload or archive stands, or None when it is gone. Raises LibraryAbsentError."""
        folder = self._stands(item_id)
        if folder is None:
            self.check_present()
        return folder

    def _stands(self, item_id: str) -> Path | None:
        for folder in (self._pending(item_id), self._archive(item_id)):
            if folder.is_dir():
                return folder
        return None

    # --- receiving --------------------------------------------------------------------------------------------------

    def begin(self, item_id: str, file_name: str, *, reserve_bytes: int) -> Path:
        """Make a place for a new upload; what is written goes to the path returned. Raises StorageError."""
        self.check_present()
        self.check_room(reserve_bytes)
        folder = self.root / INBOX / item_id
        with explained("There is no place for an upload"):
            folder.mkdir(parents=True)
        return folder / (file_name + PART_SUFFIX)

    def abandon(self, item_id: str) -> None:
        """Remove what was received of an upload; never raises."""
        _sweep(self.root / INBOX / item_id)

    def commit(self, sidecar: Sidecar) -> None:
        """Keep a received file. On return it and its sidecar survive a power cut. Raises StorageError."""
        self.check_present()
        item_id = sidecar.file.id
        folder = self.root / INBOX / item_id
        part = folder / (sidecar.file_name + PART_SUFFIX)
        with explained("The upload cannot be kept"):
            size_bytes = part.stat().st_size
            if size_bytes != sidecar.file.size_bytes:
                raise StorageError(
                    f"The upload has {size_bytes} bytes on the disk instead of {sidecar.file.size_bytes}."
                )
            _sync(part)
            _write(folder / SIDECAR_FILE, sidecar.encode())
            part.rename(folder / sidecar.file_name)
            _sync_folder(folder)
            _move(folder, self._pending(item_id), sidecar.file.sha256)

    # --- deciding ---------------------------------------------------------------------------------------------------

    def archive(self, item_id: str, sha256: str) -> None:
        """Move an upload to the archive; nothing happens when it is there already. Raises StorageError.

        Where that takes a copy, because the archive is on another disk, the copy is compared with `sha256`.
        """
        self.check_present()
        with explained("The file cannot be moved to the archive"):
            _move(self._pending(item_id), self._archive(item_id), sha256)

    def unarchive(self, item_id: str, sha256: str) -> None:
        """Move an archive's folder back to the pending uploads. Raises StorageError."""
        self.check_present()
        with explained("The file cannot be moved back from the archive"):
            _move(self._archive(item_id), self._pending(item_id), sha256)

    def remove(self, item_id: str) -> None:
        """Remove an upload or archive with all its files, if it is there. Raises StorageError.

        Where the disk is not there nobody can tell whether they are.
        """
        self.check_present()
        for name in (INBOX, PENDING, ARCHIVE):
            if not (self.root / name).is_dir():
                raise StorageError(
                    f"The files cannot be removed: {self.root / name} is not there."
                )
        with explained("The files cannot be removed"):
            while folder := self.folder(item_id):
                doomed = self.root / INBOX / (item_id + REMOVED_SUFFIX)
                _remove_tree(doomed)
                try:
                    folder.rename(doomed)
                except OSError as err:
                    if err.errno != errno.EXDEV:
                        raise
                    doomed = folder
                _sync_folder(folder.parent)
                _remove_tree(doomed)
                _sync_folder(doomed.parent)
            for place in (self._pending(item_id), self._archive(item_id)):
                _remove_tree(_copying(place))

    # --- photos -----------------------------------------------------------------------------------------------------

    def photos(self, item_id: str) -> list[Path]:
        """Return what lies in an archive's folder of photos under an id of its own, oldest first. Raises StorageError."""
        folder = self.folder(item_id)
        if folder is None:
            return []
        with (
            explained("The photos cannot be listed"),
            suppress(FileNotFoundError),
        ):
            return sorted(
                path
                for path in (folder / PHOTOS).iterdir()
                if _ID.fullmatch(path.stem) and path.is_file()
            )
        return []

    def keep_photo(self, item_id: str, part: Path, name: str) -> Path:
        """Move what was received into an archive's folder of photos; on return it survives a power cut.

        Returns where it is. Raises StorageError.
        """
        folder = self.folder(item_id)
        if folder is None:
            raise StorageError("The archive's folder is no longer on the disk.")
        photos = folder / PHOTOS
        with explained("The photo cannot be kept"):
            _sync(part)
            _make_folders(photos)
            for left_over in photos.glob(f"*{PART_SUFFIX}"):
                left_over.unlink()
            _move_file(part, photos / name)
            _sync_folder(photos)
        return photos / name

    def remove_photo(self, path: Path) -> None:
        """Remove a photo, for good even after a power cut. Raises StorageError."""
        with explained("The photo cannot be removed"):
            path.unlink(missing_ok=True)
            _sync_folder(path.parent)

    # --- sidecars ---------------------------------------------------------------------------------------------------

    def write_sidecar(self, sidecar: Sidecar) -> None:
        """Replace the sidecar of an upload or archive, if its folder is there. Raises StorageError."""
        folder = self.folder(sidecar.file.id)
        if folder is None:
            return
        with explained("The notes beside the file cannot be written"):
            fresh = folder / f"{SIDECAR_FILE}{PART_SUFFIX}"
            _write(fresh, sidecar.encode())
            fresh.replace(folder / SIDECAR_FILE)
            _sync_folder(folder)

    def read_sidecar(self, item_id: str) -> Sidecar | None:
        """Return what the sidecar says; None when it is gone or damaged. Raises StorageError."""
        folder = self.folder(item_id)
        if folder is None:
            return None
        with explained("The notes beside the file cannot be read"):
            try:
                with (folder / SIDECAR_FILE).open("rb") as file:
                    sidecar = Sidecar.decode(file.read(MAX_SIDECAR_BYTES))
            except FileNotFoundError, SidecarError:
                return None
        return sidecar if sidecar.file.id == item_id else None

    # --- finding ----------------------------------------------------------------------------------------------------

    def pending_ids(self) -> list[str]:
        """Return the ids of all pending uploads, oldest first. Raises StorageError."""
        with explained("The pending uploads cannot be listed"):
            return _ids(self.root / PENDING)

    def archive_months(self) -> list[Path]:
        """Return the archive's folders of months, oldest first. Raises StorageError."""
        with explained("The archive cannot be listed"):
            return sorted((self.root / ARCHIVE).glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]"))

    def archive_ids(self, month: Path) -> list[str]:
        """Return the ids in one of these folders. Raises StorageError."""
        with explained("The archive cannot be listed"):
            ids = _ids(month)
        return [item_id for item_id in ids if self._archive(item_id).parent == month]

    def lone_file(self, item_id: str) -> Path | None:
        """Return the only sliced file in a folder, for one that lost its sidecar. Raises StorageError."""
        folder = self.folder(item_id)
        if folder is None:
            return None
        with explained("The folder cannot be listed"):
            files = _sliced_files(folder)
        return files[0] if len(files) == 1 else None

    def _pending(self, item_id: str) -> Path:
        return self.root / PENDING / item_id

    def _archive(self, item_id: str) -> Path:
        made = datetime.fromtimestamp(ulid_to_timestamp(item_id) / 1000, UTC)
        return self.root / ARCHIVE / f"{made.year:04}" / f"{made.month:02}" / item_id


def file_size(path: Path) -> int:
    """Return the size of a file, in bytes. Raises StorageError."""
    with explained(f"{path.name} cannot be read"):
        return path.stat().st_size


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file. Raises StorageError."""
    with explained(f"{path.name} cannot be read"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folders(place: Path) -> list[Path]:
    """Return the folders of items in a folder, if it is there."""
    try:
        return sorted(path for path in place.iterdir() if _ID.fullmatch(path.name))
    except FileNotFoundError:
        return []


def _sliced_files(folder: Path) -> list[Path]:
    """Return the sliced files in an item's folder; there should be one."""
    return sorted(
        path
        for path in folder.glob("*")
        if path.name.endswith((SUFFIX, GCODE_SUFFIX)) and path.is_file()
    )


def _sha256_of_folder(folder: Path) -> str:
    """Return the SHA-256 of the sliced file in an item's folder, empty without one."""
    for path in _sliced_files(folder):
        return file_sha256(path)
    return ""


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn the errors of a disk into words."""
    try:
        yield
    except OSError as err:
        kind = StorageFullError if err.errno in DISK_FULL_ERRNOS else StorageError
        raise kind(f"{what}: {err.strerror or err}.") from err


def _ids(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        return sorted(
            entry.name
            for entry in entries
            if _ID.fullmatch(entry.name) and entry.is_dir()
        )


def _move(source: Path, target: Path, sha256: str) -> None:
    """Move a folder, by one rename where that is possible. Works as well after a crash in the middle of it."""
    if target.is_dir():
        # A copy that was complete; only its source is left to remove.
        _withdraw(source)
        return
    _make_folders(target.parent)
    try:
        source.rename(target)
    except OSError as err:
        if err.errno != errno.EXDEV:
            raise
        _copy(source, target, sha256)
        _sync_folder(target.parent)
        _withdraw(source)
    _sync_folder(target.parent)
    _sync_folder(source.parent)


def _make_folders(folder: Path) -> None:
    """Make a folder and its parents so that they survive a power cut."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir()
    _sync_folder(folder.parent)


def _copying(place: Path) -> Path:
    """Return what a folder is called while it is being copied to its place, or removed from it after that."""
    return place.with_name(place.name + COPYING_SUFFIX)


def _withdraw(source: Path) -> None:
    """Remove a folder that was copied. What is left of it after a crash must not be taken for all of it."""
    if not source.is_dir():
        return
    rest = _copying(source)
    _remove_tree(rest)
    source.rename(rest)
    _sync_folder(source.parent)
    _remove_tree(rest)


def _copy(source: Path, target: Path, sha256: str) -> None:
    """Copy a folder to another disk; it appears there complete or not at all."""
    copy = _copying(target)
    _remove_tree(copy)
    try:
        _copy_tree(source, copy)
        for duplicate in _sliced_files(copy):
            if file_sha256(duplicate) != sha256:
                raise StorageError(f"The copy of {duplicate.name} differs from it.")
        copy.rename(target)
    except:
        # The disk may be full of it.
        _sweep(copy)
        raise


def _copy_tree(source: Path, copy: Path) -> None:
    copy.mkdir()
    for entry in source.iterdir():
        copy_entry = _copy_tree if entry.is_dir() else _copy_file
        copy_entry(entry, copy / entry.name)
    _sync_folder(copy)


def _copy_file(source: Path, copy: Path) -> None:
    # A loop of our own: short counts of sendfile have truncated such copies on small machines.
    with source.open("rb") as reader, copy.open("xb") as writer:
        while block := reader.read(COPY_BLOCK_BYTES):
            writer.write(block)
    _sync(copy)


def _move_file(source: Path, target: Path) -> None:
    """Move a file, by one rename where that is possible; it appears complete or not at all."""
    try:
        source.rename(target)
    except OSError as err:
        if err.errno != errno.EXDEV:
            raise
        copy = target.with_name(target.name + PART_SUFFIX)
        try:
            _copy_file(source, copy)
            copy.rename(target)
        except:
            copy.unlink(missing_ok=True)
            raise


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut, where the file system has a way to."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)


def sync_descriptor(folder: int) -> None:
    """Do the same for a folder that is open. Raises OSError."""
    try:
        os.fsync(folder)
    except OSError as err:
        if err.errno not in _NO_FOLDER_SYNC:
            raise


def _remove_tree(folder: Path) -> None:
    """Remove a folder or a file that lies where one should be, if it is there."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        folder.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what nobody needs; what does not let itself be removed is told in the log."""
    try:
        _remove_tree(folder)
    except OSError as err:
        _LOGGER.warning("%s could not be removed: %s", folder, err)
