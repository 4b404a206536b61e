"""Takes in files that no slicer sent: from a folder, or as they come from somewhere else."""

from collections.abc import AsyncIterable, AsyncIterator
import hashlib
from pathlib import Path

from ..model import PrinterStorage, ReceivedFile
from . import threemf
from .errors import LibraryError
from .files import explained
from .package import ThreeMFError
from .workshop import Workshop

BLOCK_BYTES = 1024 * 1024


async def import_file(
    workshop: Workshop,
    card: PrinterStorage,
    source: Path | AsyncIterable[bytes],
    name: str,
) -> ReceivedFile:
    """Put a sliced 3MF on a card, as an upload that is complete. Raises LibraryError when it is none, StorageError."""
    incoming = await card.begin(name)
    try:
        blocks = _read(workshop, source) if isinstance(source, Path) else source
        digest = hashlib.sha256()
        size_bytes = 0

        def append(block: bytes) -> None:
            with explained("The file cannot be kept"), incoming.path.open("ab") as file:
                file.write(block)
            digest.update(block)

        await workshop.files.run(append, b"")
        async for block in blocks:
            await workshop.files.run(append, block)
            size_bytes += len(block)
        await workshop.files.run(_check, incoming.path)
    except BaseException:
        await card.abandon(incoming)
        raise
    return await card.commit(
        incoming,
        size_bytes=size_bytes,
        sha256=digest.hexdigest(),
        peer="",
        encrypted=False,
    )


async def _read(workshop: Workshop, path: Path) -> AsyncIterator[bytes]:
    """Yield a file block by block. Raises StorageError."""
    offset = 0

    def read() -> bytes:
        with explained(f"{path.name} cannot be read"), path.open("rb") as file:
            file.seek(offset)
            return file.read(BLOCK_BYTES)

    while block := await workshop.files.run(read):
        yield block
        offset += len(block)


def _check(path: Path) -> None:
    """Make sure that a file is a sliced 3MF. Raises LibraryError."""
    try:
        facts = threemf.read(path)
    except ThreeMFError as err:
        raise LibraryError(str(err)) from err
    if not facts.printable:
        raise LibraryError("The file was not sliced; there is nothing to print.")
