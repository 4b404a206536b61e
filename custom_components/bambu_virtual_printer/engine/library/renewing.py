"""Keeps the sidecars of a shared library as the index has them: here until an item is stored, and in the store from then on.

Several instances may write on one item at the same time. Whoever puts a sidecar puts what the index has, and looks at it
again afterwards: so the last one that is put has the last change, and nobody else's is lost.
"""

from functools import partial
import hashlib
from pathlib import Path

from sqlalchemy import Connection

from .context import LibraryContext
from .index import archive_rows, stored_rows, upload_rows
from .index.stored_rows import Standing
from .item_failures import ItemFailures
from .store.backend import keys
from .store.sidecar import Sidecar
from .store_worker import StoreWorker
from .stored_files import StoredFiles
from .values.records import UploadState
from .values.store_faults import StoreError, StoreFault


class Renewing:
    """Writes sidecars anew. Everything may raise StorageError."""

    def __init__(
        self, context: LibraryContext, stored: StoredFiles, worker: StoreWorker
    ) -> None:
        """Use the tools of the library; `worker` speaks with the store."""
        self._context = context
        self._stored = stored
        self._worker = worker
        self._failures = ItemFailures(worker.look)
        # Threads add to it.
        self._landed_late: set[str] = set()

    def note_late(self, item_id: str) -> None:
        """Have it looked at what the store has of an item, after something was put there that nobody waited for any more."""
        self._landed_late.add(item_id)

    async def renew_here(self, item_id: str) -> None:
        """Write the sidecar of an item that is here as the index has it. The item's lock is held by the caller."""
        sidecar = await self._context.index.read(_sidecar, item_id)
        if sidecar is not None:
            await self._context.archive_worker.run(self._stored.renew_sidecar, sidecar)

    async def renew_stored(self) -> Exception | None:
        """Put the sidecars that wait, of items that are stored. Returns what is wrong with single ones."""
        context, failures = self._context, self._failures
        failures.begin()
        await self._follow_late()
        waiting = await context.archive_worker.run(self._stored.renewals.waiting)
        for item_id in failures.in_order(waiting):
            if failures.are_enough():
                break
            async with failures.apart(item_id):
                await self._renew(item_id)
        return failures.outcome()

    async def _follow_late(self) -> None:
        """Have newer sidecars put again where an older one landed late, and removed again what is gone."""
        index, run = self._context.index, self._context.archive_worker.run
        while self._landed_late:
            item_id = self._landed_late.pop()
            try:
                sidecar = await index.read(_sidecar, item_id)
                if sidecar is not None:
                    await run(self._stored.renewals.add, sidecar)
                await index.run(_doom_again, item_id)
            except BaseException:
                self._landed_late.add(item_id)
                raise

    async def _renew(self, item_id: str) -> None:
        """Put a sidecar that waits, unless it has to wait on: its item is not stored yet, or is not known."""
        index, run = self._context.index, self._context.archive_worker.run
        renewals = self._stored.renewals
        waiting = await run(renewals.content, item_id)
        standing = await index.read(stored_rows.standing, item_id)
        if standing is Standing.WANTED:
            where = await index.read(stored_rows.whereabouts, item_id)
            if where is None or not where.is_stored:
                return
            sidecar = await index.read(_sidecar, item_id)
            content = waiting if sidecar is None else sidecar.encode()
            part = await run(renewals.begin, content)
            try:
                await self._worker.change(
                    partial(self.note_late, item_id),
                    self._put,
                    keys.sidecar_key(item_id),
                    part,
                    content,
                )
            except StoreError as err:
                if err.fault is StoreFault.DIFFERS:
                    # Somebody else has put another one just then; the next round looks again.
                    return
                raise
            if await index.read(_sidecar, item_id) != sidecar:
                # Written on meanwhile, perhaps at another instance; the next round puts that.
                return
        elif standing is not Standing.GONE:
            return
        await run(renewals.done, item_id, waiting)

    def _put(self, key: str, part: Path, content: bytes) -> None:
        try:
            self._stored.backend.put(key, part, hashlib.sha256(content).hexdigest())
        finally:
            part.unlink(missing_ok=True)


def _sidecar(connection: Connection, item_id: str) -> Sidecar | None:
    """Return what the index has of an archive or pending upload; None of what is only kept to be restored."""
    upload = upload_rows.get(connection, item_id)
    if upload is None:
        return None
    archive = archive_rows.get(connection, item_id)
    if archive is None and upload.state is not UploadState.PENDING:
        return None
    return Sidecar.of(upload, archive)


def _doom_again(connection: Connection, item_id: str) -> None:
    is_gone = stored_rows.standing(connection, item_id) is Standing.GONE
    if is_gone and stored_rows.is_doomed(connection, item_id):
        stored_rows.doom(connection, item_id)
