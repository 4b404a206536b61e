"""Facts of files, and errors of the disk as people are told of them. Everything here blocks."""

from collections.abc import Iterator
from contextlib import contextmanager
import hashlib
from pathlib import Path

from ...explanations import Explanation, explain
from ...storage import DISK_FULL_ERRNOS, StorageError, StorageFullError
from ..values.errors import unreadable

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
