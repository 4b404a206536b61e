"""Moves folders and files, also between disks, so that a crash at any moment leaves each of them whole.

Between two disks a move is a copy under a temporary name, a rename to the place, and the removal of the source, which is
renamed first so that its remains are not mistaken for all of it. Everything here blocks and raises OSError.
"""

import errno
import logging
from pathlib import Path
import shutil

from ...durable import make_folders, sync_file, sync_folder
from ...explanations import explain
from ...storage import StorageError
from .disk import file_sha256
from .layout import COPYING_SUFFIX, PART_SUFFIX, sliced_files_in

_LOGGER = logging.getLogger(__name__)

COPY_BLOCK_BYTES = 1024 * 1024


def move_folder(source: Path, target: Path, sha256: str | None = None) -> None:
    """Move an item's folder, by one rename where that is possible; a move that a crash cut short is finished.

    Raises StorageError when a copy's sliced file has not this SHA-256; without one, when it is not what its source is.
    """
    if target.is_dir():
        # A copy that was complete; only its source is left to remove.
        _withdraw(source)
        return
    make_folders(target.parent)
    try:
        source.rename(target)
    except OSError as err:
        if err.errno != errno.EXDEV:
            raise
        _copy_folder(source, target, sha256)
        sync_folder(target.parent)
        _withdraw(source)
    sync_folder(target.parent)
    sync_folder(source.parent)


def move_file(source: Path, target: Path) -> None:
    """Move a file, by one rename where that is possible; it appears complete or not at all."""
    try:
        source.rename(target)
    except OSError as err:
        if err.errno != errno.EXDEV:
            raise
        copy = target.with_name(target.name + PART_SUFFIX)
        try:
            copy_file(source, copy)
            copy.rename(target)
        except:
            copy.unlink(missing_ok=True)
            raise


def copy_file(source: Path, copy: Path) -> None:
    """Copy a file to a new place, and have it on the disk."""
    # Not shutil's copy: short counts of sendfile have truncated such copies on small machines.
    with source.open("rb") as reader, copy.open("xb") as writer:
        while block := reader.read(COPY_BLOCK_BYTES):
            writer.write(block)
    sync_file(copy)


def copying_name(place: Path) -> Path:
    """Return the name of a folder while it is copied to its place, or removed from there after a copy."""
    return place.with_name(place.name + COPYING_SUFFIX)


def remove_tree(folder: Path) -> None:
    """Remove a folder, or a file that stands in its place, if it is there."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        folder.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove leftovers; failures are logged."""
    try:
        remove_tree(folder)
    except OSError as err:
        _LOGGER.warning("%s could not be removed: %s", folder, err)


def _withdraw(source: Path) -> None:
    """Remove a folder that was copied."""
    if not source.is_dir():
        return
    rest = copying_name(source)
    remove_tree(rest)
    source.rename(rest)
    sync_folder(source.parent)
    remove_tree(rest)


def _copy_folder(source: Path, target: Path, sha256: str | None) -> None:
    """Copy a folder to another disk; it appears there complete or not at all."""
    copy = copying_name(target)
    remove_tree(copy)
    try:
        _copy_tree(source, copy)
        for duplicate in sliced_files_in(copy):
            expected = sha256 or file_sha256(source / duplicate.name)
            if file_sha256(duplicate) != expected:
                raise StorageError(
                    explain(
                        "copy_differs",
                        "The copy of {name} differs from it.",
                        name=duplicate.name,
                    )
                )
        copy.rename(target)
    except:
        # It may have filled the disk.
        sweep(copy)
        raise


def _copy_tree(source: Path, copy: Path) -> None:
    copy.mkdir()
    for entry in source.iterdir():
        copy_entry = _copy_tree if entry.is_dir() else copy_file
        copy_entry(entry, copy / entry.name)
    sync_folder(copy)
