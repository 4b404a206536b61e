"""Writes what comes from a folder or from somewhere else into a file, block by block."""

from collections.abc import AsyncIterable, AsyncIterator
import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from ..explanations import explain
from ..regular_files import open_regular
from ..storage import StorageError
from .context import LibraryContext
from .store.disk import NOT_KEPT, explained
from .values.errors import FileTooLargeError, unreadable

BLOCK_BYTES = 1024 * 1024
ROOM_CHECKED_EVERY_BYTES = 64 * 1024 * 1024


class CopiedFile(NamedTuple):
    """What was written."""

    size_bytes: int
    sha256: str


async def copy_stream(
    context: LibraryContext,
    source: Path | AsyncIterable[bytes],
    target: Path,
    *,
    max_bytes: int | None = None,
) -> CopiedFile:
    """Write a source into a new file; what there is of it after an error is the caller's to remove.

    Raises StorageFullError when less than the reserve would be left on the disk, StorageError, FileTooLargeError when
    there are more than `max_bytes`, and whatever the source raises.
    """
    blocks = _read(context, source) if isinstance(source, Path) else source
    digest = hashlib.sha256()
    size_bytes = checked_bytes = 0

    def append(block: bytes) -> None:
        with explained(NOT_KEPT), target.open("ab") as file:
            file.write(block)
        digest.update(block)

    await context.media_worker.run(append, b"")
    async for block in blocks:
        size_bytes += len(block)
        if max_bytes is not None and size_bytes > max_bytes:
            raise FileTooLargeError(max_bytes)
        await context.media_worker.run(append, block)
        if size_bytes - checked_bytes >= ROOM_CHECKED_EVERY_BYTES:
            checked_bytes = size_bytes
            await context.media_worker.run(
                context.folder.check_room, context.settings.reserve_bytes
            )
    return CopiedFile(size_bytes=size_bytes, sha256=digest.hexdigest())


async def _read(context: LibraryContext, path: Path) -> AsyncIterator[bytes]:
    """Yield a regular file block by block. Raises StorageError."""
    offset = 0
    identity: tuple[int, int] | None = None

    def read() -> tuple[bytes, tuple[int, int]]:
        # Opened for each block, so that one that does not answer leaves nothing open behind.
        with explained(unreadable(path.name)), open_regular(path) as file:
            status = os.fstat(file.fileno())
            file.seek(offset)
            return file.read(BLOCK_BYTES), (status.st_dev, status.st_ino)

    while True:
        block, opened = await context.external_worker.run(read)
        if identity not in (None, opened):
            raise StorageError(
                explain(
                    "file_replaced",
                    "{name} was replaced while it was read.",
                    name=path.name,
                )
            )
        identity = opened
        if not block:
            break
        yield block
        offset += len(block)
