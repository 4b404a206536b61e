"""Takes in files that no slicer sent: from a folder, or as they come from somewhere else."""

from collections.abc import AsyncIterable
from pathlib import Path

from .. import storage
from ..storage import PrinterStorage
from ..values import ReceivedFile
from .context import Workshop
from .copying import pour
from .threemf import reader
from .threemf.package import ThreeMFError
from .values.errors import InvalidChangeError


async def import_file(
    workshop: Workshop,
    card: PrinterStorage,
    source: Path | AsyncIterable[bytes],
    name: str,
) -> ReceivedFile:
    """Put a sliced 3MF on a card, as an upload that is complete.

    Raises InvalidChangeError when it is none or too large, StorageError.
    """
    incoming = await card.begin(name)
    try:
        poured = await pour(
            workshop, source, incoming.path, max_bytes=storage.MAX_UPLOAD_BYTES
        )
        await workshop.extras.run(_check, incoming.path)
    except BaseException:
        await card.abandon(incoming)
        raise
    return await card.commit(
        incoming,
        size_bytes=poured.size_bytes,
        sha256=poured.sha256,
        peer="",
        encrypted=False,
    )


def _check(path: Path) -> None:
    """Make sure that a file is a sliced 3MF. Raises InvalidChangeError."""
    try:
        facts = reader.read(path)
    except ThreeMFError as err:
        raise InvalidChangeError(str(err)) from err
    if not facts.printable:
        raise InvalidChangeError("The file was not sliced; there is nothing to print.")
