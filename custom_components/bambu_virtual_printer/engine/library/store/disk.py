"""Facts of files, and errors of the disk as people are told of them. Everything here blocks."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import errno
import hashlib
import os
from pathlib import Path

from ...explanations import Explanation, explain
from ...regular_files import open_regular
from ...storage import DISK_FULL_ERRNOS, StorageError, StorageFullError
from ..values.errors import unreadable
from ..values.store_faults import StoreError

# What disks say of what they cannot read, by what stands there or by its checksum.
_UNREADABLE = {errno.EBADMSG, errno.EIO, errno.EUCLEAN}

NOT_KEPT = explain("file_not_kept", "The file cannot be kept: {why}.")
NOT_REMOVED = explain("files_not_removed", "The files cannot be removed: {why}.")


def not_listed(folder: Path) -> Explanation:
    """Say of a folder that it cannot be read."""
    return explain(
        "folder_not_listed",
        "The folder {folder} cannot be read: {why}.",
        folder=str(folder),
    )


def not_moved(folder: Path) -> Explanation:
    """Say of a folder that it cannot be moved."""
    return explain(
        "folder_not_moved",
        "The folder {folder} cannot be moved: {why}.",
        folder=str(folder),
    )


def is_unreadable(err: StorageError | OSError) -> bool:
    """Return whether it is this computer's disk that does not give a file, for which others have nothing to wait."""
    cause = err.__cause__ if isinstance(err, StorageError) else err
    return (
        not isinstance(err, StoreError)
        and isinstance(cause, OSError)
        and cause.errno in _UNREADABLE
    )


@contextmanager
def explained(what: Explanation) -> Iterator[None]:
    """Turn an OSError into StorageError or StorageFullError; `what` says what failed, and has a placeholder `why`."""
    try:
        yield
    except OSError as err:
        kind = StorageFullError if err.errno in DISK_FULL_ERRNOS else StorageError
        raise kind(what.because(err)) from err


def file_size(path: Path) -> int:
    """Return the size of a file, in bytes. Raises StorageError."""
    with explained(unreadable(path.name)):
        return path.stat().st_size


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file. Raises StorageError."""
    with explained(unreadable(path.name)), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget_content(path: Path) -> None:
    """Have the system forget what it has read of a file, so that it asks the disk again. Never raises."""
    with suppress(OSError), open_regular(path) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
