"""What a store's file is copied to on this computer: whole and verified, or not there. Everything here blocks."""

from collections.abc import Iterable
import hashlib
from pathlib import Path
from typing import BinaryIO, Never

from ...values.store_faults import StoreFault, store_error
from ..disk import NOT_KEPT, explained


def write_copy(
    blocks: Iterable[bytes], path: Path, sha256: str, *, key: str, place: str
) -> None:
    """Write the blocks of a stored file into a new file; `key` and `place` say in errors which it is.

    Without a SHA-256 it is not compared. Raises StorageFullError, StorageError, StoreError and what `blocks` raises; then
    nothing is there.
    """
    with explained(NOT_KEPT):
        file = path.open("xb")
    try:
        with file:
            found = _write(blocks, file)
        if sha256 and found != sha256:
            _raise_differs(place, key)
    except BaseException:
        discard(path)
        raise


def discard(path: Path) -> None:
    """Remove a file that is not whole, if that is possible."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _write(blocks: Iterable[bytes], file: BinaryIO) -> str:
    """Write all blocks. Returns their SHA-256."""
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
        with explained(NOT_KEPT):
            file.write(block)
    with explained(NOT_KEPT):
        file.flush()
    return digest.hexdigest()


def _raise_differs(place: str, key: str) -> Never:
    raise store_error(StoreFault.DIFFERS, place, key)
