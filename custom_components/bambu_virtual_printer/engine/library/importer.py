"""Takes in files that no slicer sent: from a folder, or as they come from somewhere else."""

from collections.abc import AsyncIterable
from pathlib import Path

from .. import storage
from ..storage import PrinterStorage
from ..values import UNNAMED, ReceivedFile, Sender
from . import sliced
from .context import LibraryContext
from .copying import copy_stream
from .values.errors import NOT_SLICED, NotSlicedError, SlicedFileError
from .values.names import safe_file_name


async def import_file(
    context: LibraryContext,
    card: PrinterStorage,
    source: Path | AsyncIterable[bytes],
    name: str,
    sender: Sender = UNNAMED,
) -> ReceivedFile:
    """Put a sliced file on a card, as an upload that is complete.

    Raises NotSlicedError, FileTooLargeError, StorageError.
    """
    incoming = await card.begin(name)
    try:
        copied = await copy_stream(
            context, source, incoming.path, max_bytes=storage.MAX_UPLOAD_BYTES
        )
        await context.media_worker.run(_check, incoming.path, safe_file_name(name))
    except BaseException:
        await card.abandon(incoming)
        raise
    return await card.commit(
        incoming,
        size_bytes=copied.size_bytes,
        sha256=copied.sha256,
        peer="",
        encrypted=False,
        sender=sender,
    )


def _check(path: Path, name: str) -> None:
    """Make sure that a file is a sliced one. Raises NotSlicedError."""
    try:
        facts = sliced.read(path, name)
    except SlicedFileError as err:
        raise NotSlicedError(err.explanation) from err
    if not facts.printable:
        raise NotSlicedError(NOT_SLICED)
