"""Writes that survive a power cut.

What a file holds is on the disk after an fsync of the file, its name after an fsync of its folder (fsync(2)). Everything
here blocks and raises OSError.
"""

from contextlib import suppress
import errno
import os
from pathlib import Path

# Errors of file systems that cannot or need not sync a folder.
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}


def sync_file(path: Path) -> None:
    """Make a file's contents durable."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, if the file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)


def sync_descriptor(folder: int) -> None:
    """Make the names in an open folder durable, if the file system can."""
    try:
        os.fsync(folder)
    except OSError as err:
        if err.errno not in _NO_FOLDER_SYNC:
            raise


def make_folders(folder: Path, mode: int = 0o777) -> None:
    """Make a folder with this mode, and its parents; on return all are durable."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode)
    sync_folder(folder.parent)


def write_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a new file and make its contents durable, but not its name. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(
    path: Path, content: bytes, *, temporary: Path, mode: int = 0o666
) -> None:
    """Write a file so that a crash leaves the old one or the new one; on return the new one is durable.

    `temporary` is a name in the same folder; a file that a crash left there is removed.
    """
    temporary.unlink(missing_ok=True)
    write_file(temporary, content, mode)
    temporary.replace(path)
    sync_folder(path.parent)
