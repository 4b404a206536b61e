"""Files what lies in the store of a shared library and is not in its index: after the loss of the index, or an older backup of it.

An index is older than the store when it does not know what this instance took there last, or has counted fewer changes than this instance
has seen before. Items are looked at in the order of their ids, some at a time, and filed one by one, each in a transaction of its own: whatever interrupts it, it goes on
where it was. Nothing in the store is changed.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
import logging
from pathlib import Path
import time
from typing import NamedTuple

from sqlalchemy import Connection

from ..pauses import Pauses
from . import recovery, sliced
from .context import LibraryContext
from .index import archiving, rebuild_rows, upload_rows
from .index.threads import DetachedWorker
from .rounds import Rounds
from .store.backend import keys
from .store.cache import Cache
from .store.disk import NOT_KEPT, explained
from .store.layout import PART_SUFFIX
from .store.sidecar import MAX_SIDECAR_BYTES, SIDECAR_FILE, Sidecar, SidecarError
from .stored_files import StoredFiles
from .values.errors import PICTURES_NOT_KEPT, SlicedFileError
from .values.events import ArchivesRestored
from .values.names import display_name
from .values.shared import RebuildProgress, StoreBackend
from .values.sliced_file import SlicedFile
from .values.store_faults import StoreError, StoreFault

_LOGGER = logging.getLogger(__name__)

AT_ONCE = 2
"""Files that are fetched at the same time, to be read."""
ITEMS_PER_STEP = 200
LOOK_EVERY_S = 60.0
TRY_AGAIN_AFTER_S = 5.0
MAX_TRY_AGAIN_AFTER_S = 300.0
TELL_EVERY_S = 60.0
END_WITHIN_S = 5.0
ANSWER_WITHIN_S = 3600.0
# What is wrong with one file only; the others are filed all the same.
_OF_ONE_FILE = {StoreFault.DIFFERS, StoreFault.MISSING}


class _Item(NamedTuple):
    """The files of an upload or archive in the store."""

    id: str
    keys: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything of it is there: the sidecar is put last."""
        return keys.sidecar_key(self.id) in self.keys

    @property
    def photo_count(self) -> int:
        """How many photos lie beside the file."""
        return len(keys.photos_of(self.id, self.keys))


class Rebuilding:
    """Looks whether the index lacks what is in the store, and then through the store."""

    def __init__(self, context: LibraryContext, stored: StoredFiles) -> None:
        """Use the tools of the library."""
        self.progress: RebuildProgress | None = None
        """How far it is; None while it does nothing."""
        self._context = context
        self._stored = stored
        self._worker = DetachedWorker(
            "bambu_library_rebuild", AT_ONCE, answer_within_s=ANSWER_WITHIN_S
        )
        self._rounds = Rounds(
            self._look,
            rest_s=LOOK_EVERY_S,
            pauses=Pauses(TRY_AGAIN_AFTER_S, MAX_TRY_AGAIN_AFTER_S),
            failing=lambda err: _LOGGER.warning("The index is filled later: %s", err),
        )

    def start(self) -> None:
        """Begin."""
        self._rounds.start()

    async def stop(self) -> None:
        """End; what is left is done after the next start."""
        await self._rounds.stop()
        await self._worker.close(within_s=END_WITHIN_S)

    async def _look(self) -> None:
        """Look whether the index lacks something, and then fill it. Raises StorageError."""
        context = self._context
        await context.archive_worker.run(context.folder.check_present)
        changes = await context.index.read(rebuild_rows.changes)
        owner = await context.index.read(rebuild_rows.owner_of)
        seen = await context.archive_worker.run(self._stored.seen.read)
        if owner is None and changes >= seen.changes and not await self._unknown():
            if changes > seen.changes:
                await context.archive_worker.run(
                    self._stored.seen.note_changes, changes
                )
            return
        if (
            library_id := context.folder.library_id
        ) is None or not await context.index.run(
            rebuild_rows.take_over, library_id, context.instance_id, context.clock.now()
        ):
            # Another instance is at it, or has done it by the time that it is this one's turn.
            return
        _LOGGER.warning("The index is filled with what lies in the store")
        count = await recovery.recover_archives(context)
        try:
            count += await self._look_through()
        finally:
            self.progress = None
        await context.index.run(rebuild_rows.end)
        # What the store has no more, or not as a whole, is not looked for again.
        if unknown := await self._unknown():
            await context.archive_worker.run(self._stored.seen.forget, unknown)
        changes = await context.index.read(rebuild_rows.changes)
        await context.archive_worker.run(self._stored.seen.note_changes, changes)
        await recovery.count_photos(context)
        if count:
            _LOGGER.warning("%s archives the index had lost were found again", count)
            context.emit(ArchivesRestored(count=count))

    async def _unknown(self) -> set[str]:
        """Return what this instance took to the store last and the index does not know. Raises IndexUnavailableError."""
        context = self._context
        ids = (await context.archive_worker.run(self._stored.seen.read)).stored
        return {*ids} - await context.index.read(rebuild_rows.known, ids)

    async def _look_through(self) -> int:
        """File what is in the store and not in the index. Returns how many that were. Raises StorageError."""
        filed = looked_at = 0
        told_at = time.monotonic()
        items = (
            _Item(item_id, tuple(its))
            for item_id, its in keys.by_item(self._stored.backend.list(""))
        )
        while step := await self._worker.run(lambda: [*islice(items, ITEMS_PER_STEP)]):
            whole = [item for item in step if item.is_whole]
            ids = [item.id for item in whole]
            known = await self._context.index.read(rebuild_rows.known, ids)
            await self._note_stored(sorted(known))
            lost = [item for item in whole if item.id not in known]
            for start in range(0, len(lost), AT_ONCE):
                filed += await self._file_some(lost[start : start + AT_ONCE])
                self.progress = RebuildProgress(
                    filed=filed, looked_at=looked_at + start
                )
            looked_at += len(step)
            self.progress = RebuildProgress(filed=filed, looked_at=looked_at)
            if time.monotonic() - told_at > TELL_EVERY_S:
                told_at = time.monotonic()
                _LOGGER.info(
                    "%s uploads in the store were looked at, and %s archives filed",
                    looked_at,
                    filed,
                )
        return filed

    async def _note_stored(self, ids: Sequence[str]) -> None:
        """Have the index know what the store has got since its backup."""
        index = self._context.index
        if lacking := await index.read(rebuild_rows.not_stored, ids):
            await index.run(rebuild_rows.set_stored, lacking, self._context.clock.now())

    async def _file_some(self, some: Sequence[_Item]) -> int:
        results = await asyncio.gather(
            *(self._file(item) for item in some), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return sum(result is True for result in results)

    async def _file(self, item: _Item) -> bool:
        """File an item as what it was. Returns False where nothing is known of it. Raises StorageError."""
        context, backend = self._context, self._stored.backend
        async with context.locks(item.id):
            place = context.folder.root / f"{item.id}{PART_SUFFIX}"
            try:
                sidecar = await self._worker.run(_read_sidecar, backend, item.id, place)
            except (SidecarError, StoreError) as err:
                if isinstance(err, StoreError) and err.fault not in _OF_ONE_FILE:
                    raise
                _LOGGER.warning("%s in the store is not filed: %s", item.id, err)
                return False
            # What was written on it here last may wait to be put.
            newer = await context.archive_worker.run(
                self._stored.renewals.find, item.id
            )
            # But somebody else may have archived it since.
            if newer is not None and (sidecar.waits or not newer.waits):
                sidecar = newer
            facts = await self._facts(item, sidecar)
            return await context.index.run(
                _restore,
                sidecar,
                facts,
                photo_count=item.photo_count,
                now=context.clock.now(),
                name=sidecar.annotations.name
                or display_name(sidecar.file.name, facts, context.settings.name_source),
                filament_price=context.settings.filament_price,
            )

    async def _facts(self, item: _Item, sidecar: Sidecar) -> SlicedFile:
        """Read what a file is about, which is fetched for that; where it is gone or damaged, that. Raises StorageError."""
        context, stored = self._context, self._stored
        key = keys.file_key(item.id, sidecar.file_name)
        await context.archive_worker.run(
            context.folder.check_room,
            context.settings.reserve_bytes + sidecar.file.size_bytes,
        )
        try:
            return await self._worker.run(
                _read_facts, stored.backend, stored.cache, item.id, sidecar, key
            )
        except (SlicedFileError, StoreError) as err:
            if isinstance(err, StoreError) and err.fault not in _OF_ONE_FILE:
                raise
            return SlicedFile(problems=(str(err),))


def _restore(
    connection: Connection,
    sidecar: Sidecar,
    facts: SlicedFile,
    *,
    photo_count: int,
    now: datetime,
    name: str,
    filament_price: float,
) -> bool:
    """Store an archive or a pending upload that the index had lost. Returns False when somebody did it before."""
    upload = recovery.upload_of(sidecar)
    if rebuild_rows.known(connection, [upload.id]):
        return False
    if sidecar.waits:
        upload_rows.add(connection, upload, lost_until=now)
        upload_rows.hold(
            connection,
            upload.id,
            name=name,
            facts=facts,
            reason=None,
            filament_price=filament_price,
        )
    else:
        archiving.restore_archive(
            connection,
            upload,
            name=name,
            facts=facts,
            annotations=sidecar.annotations,
            archived_at=min(upload.file.received_at, now),
            filed_at=now,
            filament_price=filament_price,
        )
    rebuild_rows.set_stored(connection, [upload.id], now)
    upload_rows.set_photo_count(connection, upload.id, photo_count)
    return True


def _read_sidecar(backend: StoreBackend, item_id: str, place: Path) -> Sidecar:
    """Fetch a sidecar. Raises SidecarError, StorageError."""
    try:
        with explained(NOT_KEPT):
            place.unlink(missing_ok=True)
        backend.fetch(keys.sidecar_key(item_id), place, "")
        with explained(NOT_KEPT):
            if place.stat().st_size > MAX_SIDECAR_BYTES:
                raise SidecarError(f"{SIDECAR_FILE} is too large")
            sidecar = Sidecar.decode(place.read_bytes())
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)
    if sidecar.file.id != item_id:
        raise SidecarError(f"{SIDECAR_FILE} is that of {sidecar.file.id}")
    return sidecar


def _read_facts(
    backend: StoreBackend, cache: Cache, item_id: str, sidecar: Sidecar, key: str
) -> SlicedFile:
    """Fetch a file into the cache, read it, and leave nothing of it there. Raises SlicedFileError, StorageError."""
    name, sha256 = sidecar.file_name, sidecar.file.sha256
    found = cache.find(item_id, name)
    path = found or cache.add(
        item_id, name, lambda part: backend.fetch(key, part, sha256)
    )
    try:
        with explained(PICTURES_NOT_KEPT):
            return sliced.extract_thumbnails(path, sliced.read(path))
    finally:
        if found is None:
            cache.remove(item_id)
