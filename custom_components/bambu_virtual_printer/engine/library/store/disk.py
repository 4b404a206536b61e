"""Facts of files, and errors of the disk in words for a person. Everything here blocks."""

from collections.abc import Iterator
from contextlib import contextmanager
import hashlib
from pathlib import Path

from ...storage import DISK_FULL_ERRNOS, StorageError, StorageFullError


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn an OSError into StorageError or StorageFullError, whose text begins with `what`."""
    try:
        yield
    except OSError as err:
        kind = StorageFullError if err.errno in DISK_FULL_ERRNOS else StorageError
        raise kind(f"{what}: {err.strerror or err}.") from err


def file_size(path: Path) -> int:
    """Return the size of a file, in bytes. Raises StorageError."""
    with explained(f"{path.name} cannot be read"):
        return path.stat().st_size


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file. Raises StorageError."""
    with explained(f"{path.name} cannot be read"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
