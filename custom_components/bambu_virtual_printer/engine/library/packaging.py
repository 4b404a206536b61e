"""Makes the files that real printers are sent, where those of the archive are none of theirs: plain G-code becomes a 3MF.

They are made anew for each upload, in the inbox, and removed after it; what a crash left there is swept at the next start.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from pathlib import Path
import threading

from ulid_transform import ulid_now

from ..storage import StorageError
from .context import LibraryContext
from .gcode.package import StoppedError, make_package
from .store.disk import NOT_KEPT, explained
from .values.names import is_plain_gcode

FILE_NAME = "print.3mf"


class Packaging:
    """Makes them, in threads of its own: others need not wait for what takes minutes."""

    def __init__(self, context: LibraryContext) -> None:
        """Use the folder of the library."""
        self._context = context

    def to_send(
        self, path: Path, *, file_name: str, title: str
    ) -> AbstractAsyncContextManager[Path]:
        """Return what yields the file that a printer is sent of an archive's: a 3MF of plain G-code, anything else as it is.

        Entering raises SlicedFileError, StorageError.
        """
        if is_plain_gcode(file_name):
            return self.packaged(path, title=title)
        return nullcontext(path)

    @asynccontextmanager
    async def packaged(self, path: Path, *, title: str) -> AsyncIterator[Path]:
        """Yield where the 3MF of plain G-code is, as long as it is needed. Raises SlicedFileError, StorageError."""
        context = self._context
        item_id = ulid_now()
        stopped = threading.Event()
        try:
            work = context.start(
                context.package_worker.run(self._make, item_id, path, title, stopped)
            )
            try:
                made = await asyncio.shield(work)
            except asyncio.CancelledError:
                stopped.set()
                await asyncio.wait([work])
                # It was given up.
                work.exception()
                raise
            yield made
        finally:
            with suppress(StorageError):
                await context.finish(
                    context.package_worker.run(context.folder.abandon, item_id)
                )

    def _make(
        self, item_id: str, path: Path, title: str, stopped: threading.Event
    ) -> Path:
        reserve_bytes = self._context.settings.reserve_bytes
        with explained(NOT_KEPT):
            # As a rule it becomes a quarter of it.
            size_bytes = path.stat().st_size // 2
        target = self._context.folder.begin(
            item_id, FILE_NAME, reserve_bytes=reserve_bytes + size_bytes
        )
        with suppress(StoppedError), explained(NOT_KEPT):
            make_package(path, target, title=title, is_stopped=stopped.is_set)
        return target
