"""Takes what came in here to the store of a shared library, in the background, and removes from there what is gone.

An item is taken file by file, its sidecar last; then the index has it as stored, and only then its folder becomes part
of the cache. A few items are taken at once, so that small ones do not wait for a large one. Each step can be repeated.
While the store does not answer nothing is lost: everything stays where it is.
"""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
import logging
from pathlib import Path
import time
from typing import NamedTuple, Never

from sqlalchemy import Connection

from ..pauses import Pauses
from ..storage import StorageError
from .context import LibraryContext
from .index import stored_rows
from .index.stored_rows import Standing, Whereabouts
from .item_failures import ItemFailures
from .renewing import Renewing
from .rounds import Rounds
from .store.backend import keys
from .store.disk import NOT_KEPT, NOT_REMOVED, explained, file_sha256, is_unreadable
from .store.layout import PART_SUFFIX, PHOTOS, is_file, photos_in
from .store.sidecar import SIDECAR_FILE
from .store_worker import StoreWorker
from .stored_files import StoredFiles
from .unfit_files import UnfitFiles
from .values.events import FilesUnfit, StoreAway, StorePresent
from .values.store_faults import StoreError, StoreFault

_LOGGER = logging.getLogger(__name__)

AT_ONCE = 3
"""Items that are stored at the same time; each takes some tens of MB of memory on its way to a bucket."""
END_WITHIN_S = 5.0
PUT_WITHIN_S = 6 * 3600.0
LOOK_EVERY_S = 30.0
TRY_AGAIN_AFTER_S = 2.0
MAX_TRY_AGAIN_AFTER_S = 60.0
SWEEP_EVERY_S = 6 * 3600.0
SWEPT_AFTER = timedelta(days=2)
"""Longer than any upload takes."""


class _Stamp(NamedTuple):
    """What tells whether a file was changed."""

    size_bytes: int
    changed_ns: int


class _ChangedError(Exception):
    """A file is not as it was when its item was begun: it was moved, removed or written anew."""


class _UnfitError(Exception):
    """The sliced file of an item is damaged or lost here, and the store does not have it."""


class _UnreadableError(_UnfitError):
    """The disk does not give the sliced file of an item."""


_NO_FILE = _Stamp(-1, -1)
"""What no file is like."""


class _Begun:
    """The items that were begun, of which those are begun again after the next news that have to wait for it."""

    def __init__(self) -> None:
        self._news = 0
        # How much news there was when an item was begun.
        self._begun: dict[str, int] = {}
        self._put_off: set[str] = set()

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._begun

    def add(self, item_id: str) -> None:
        self._begun[item_id] = self._news

    def put_off(self, item_id: str) -> None:
        """Have an item wait for news that it does not know yet."""
        if self._begun[item_id] == self._news:
            self._put_off.add(item_id)
        else:
            del self._begun[item_id]

    def note_news(self) -> None:
        """Have everything begun again that was put off."""
        self._news += 1
        for item_id in self._put_off:
            del self._begun[item_id]
        self._put_off.clear()


class Storing:
    """The one that writes to the store."""

    def __init__(self, context: LibraryContext, stored: StoredFiles) -> None:
        """Use the tools of the library."""
        self._context = context
        self._stored = stored
        self._worker = StoreWorker(
            stored.backend, "bambu_library_store", AT_ONCE, within_s=PUT_WITHIN_S
        )
        # Of what is here, the files that the store has.
        self._put: dict[str, dict[str, _Stamp]] = {}
        self._renewing = Renewing(context, stored, self._worker)
        self._unfit = UnfitFiles[_Stamp](self._tell_unfit)
        self._not_stored = ItemFailures(self._worker.look)
        self._not_removed = ItemFailures(self._worker.look)
        self._swept_at: float | None = None
        self._rounds = Rounds(
            self._round,
            rest_s=LOOK_EVERY_S,
            pauses=Pauses(TRY_AGAIN_AFTER_S, MAX_TRY_AGAIN_AFTER_S),
            failing=self._away,
            working=self._present,
            wanted=context.store_wanted,
        )

    def start(self) -> None:
        """Begin."""
        self._rounds.start()

    async def stop(self) -> None:
        """End; what is under way is given up, and begun again by the next start."""
        await self._rounds.stop()
        await self._worker.close(within_s=END_WITHIN_S)

    async def _round(self) -> None:
        """Store, renew and remove what there is to. Raises StoreError, StorageError.

        What fails of single items is raised once everything else is done.
        """
        context = self._context
        await context.archive_worker.run(context.folder.check_present)
        try:
            # Also while nothing has to go there: files are fetched from it.
            await self._worker.look()
            outcomes = [
                # First: a store that is full takes nothing else.
                await self._remove(),
                await self._store_all(),
                await self._renewing.renew_stored(),
            ]
            await self._sweep()
        finally:
            # Files are fetched also from a store that takes none.
            await context.archive_worker.run(self._stored.cache.trim)
        for failure in outcomes:
            if failure is not None:
                raise failure

    # --- storing ----------------------------------------------------------------------------------------------------

    async def _store_all(self) -> Exception | None:
        """Take items to the store, a few at once, those too that come meanwhile.

        Returns what is wrong with single items; what is wrong with all is raised once the others under way have ended.
        """
        context = self._context
        under_way: set[asyncio.Task[None]] = set()
        begun = _Begun()
        failures = self._not_stored
        failures.begin()
        try:
            while not failures.are_enough():
                if context.store_wanted.is_set():
                    context.store_wanted.clear()
                    begun.note_news()
                ids = await context.archive_worker.run(self._stored.local_ids)
                self._keep(ids)
                for item_id in failures.in_order(ids):
                    if item_id in begun:
                        continue
                    while len(under_way) >= AT_ONCE:
                        await asyncio.wait(
                            under_way, return_when=asyncio.FIRST_COMPLETED
                        )
                    if failures.are_enough():
                        break
                    begun.add(item_id)
                    task = asyncio.create_task(self._store_one(item_id, begun))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                if not under_way:
                    break
                await _first(under_way, context.store_wanted)
            while under_way:
                await asyncio.wait(under_way)
            self._unfit.tell()
        finally:
            for task in under_way:
                task.cancel()
        return failures.outcome()

    def _keep(self, item_ids: Collection[str]) -> None:
        """Forget what was remembered of items that are not here any more."""
        for gone in self._put.keys() - {*item_ids}:
            del self._put[gone]
        self._unfit.keep(item_ids)

    async def _store_one(self, item_id: str, begun: _Begun) -> None:
        """Take an item to the store; one that is not settled yet is begun again when there is news."""
        async with self._not_stored.apart(item_id):
            if not await self._store(item_id):
                begun.put_off(item_id)

    async def _store(self, item_id: str) -> bool:
        """Take an item to the store. Returns False where that has to wait: it is not settled, or was changed meanwhile."""
        context = self._context
        match await context.index.read(stored_rows.standing, item_id):
            case Standing.UNKNOWN | Standing.UNDECIDED:
                # Recovery files it, intake reads it.
                return False
            case Standing.GONE:
                await self._let_go(item_id)
                return True
            case Standing.WANTED:
                pass
        where = await context.index.read(stored_rows.whereabouts, item_id)
        if where is None:
            return True
        if not await context.is_here(item_id):
            # Removed, or moved, since it was listed.
            return False
        try:
            await self._put_all(item_id, where)
            await self._complete(item_id)
        except _ChangedError:
            # Somebody wrote on it meanwhile, here or at another instance.
            context.store_wanted.set()
            return False
        except _UnfitError:
            # The others go on, and this one too once it is another file.
            return True
        self._unfit.remove(item_id)
        return True

    async def _complete(self, item_id: str) -> None:
        """Have the index know that an item was put, all of it as it is now. Raises _ChangedError."""
        context = self._context
        async with context.locks(item_id):
            await self._renewing.renew_here(item_id)
            files = await context.archive_worker.run(self._files, item_id)
            is_put = _stamps(files) == self._put.get(item_id)
            if not is_put or self._stored.removed_photos(item_id):
                raise _ChangedError
            if await context.index.run(_mark_stored, item_id):
                await self._note_stored(item_id)
                if not self._stored.is_in_use(item_id):
                    await context.archive_worker.run(self._to_cache, item_id)
                    self._put.pop(item_id, None)
                return
        await self._let_go(item_id)

    async def _note_stored(self, item_id: str) -> None:
        """Remember that the index knows an item; everything goes on without."""
        try:
            await self._context.archive_worker.run(
                self._stored.seen.note_stored, item_id
            )
        except StorageError as err:
            _LOGGER.warning("What was stored is not remembered: %s", err)

    async def _put_all(self, item_id: str, where: Whereabouts) -> None:
        """Put those files of an item that were not put as they are now, the sidecar last. Raises _ChangedError, _UnfitError.

        What the store has and is not here any more stays there: it may be all there is.
        """
        context = self._context
        async with context.locks(item_id):
            await self._renewing.renew_here(item_id)
            files = await context.archive_worker.run(self._files, item_id)
            removed = self._stored.removed_photos(item_id)
        _, stamp_of_sliced = files.get(where.file_name, (None, None))
        if self._unfit.has(item_id, stamp_of_sliced):
            raise _UnfitError
        if stamp_of_sliced is None and not await self._has(item_id, where):
            self._note_unfit(item_id, where, None)
        put = self._put.setdefault(item_id, {})
        prefix = keys.item_prefix(item_id)
        for name, (path, stamp) in files.items():
            if put.get(name) == stamp:
                continue
            sha256 = where.sha256 if name == where.file_name else ""
            try:
                await self._worker.change(
                    partial(self._renewing.note_late, item_id),
                    self._put_file,
                    prefix + name,
                    path,
                    stamp,
                    sha256,
                )
            except _UnfitError as err:
                if not await self._has(item_id, where):
                    # A disk may give after all what cannot be read, so that is tried again.
                    found = _NO_FILE if isinstance(err, _UnreadableError) else stamp
                    self._note_unfit(item_id, where, found)
                # What is here is of no use, and in the way of what the store has.
                await context.archive_worker.run(_drop, path, stamp)
                raise _ChangedError from None
            put[name] = stamp
        for name in put.keys() - files.keys():
            del put[name]
        for name in removed:
            if f"{PHOTOS}/{name}" not in files:
                key = keys.photo_key(item_id, name)
                await self._worker.run(self._stored.backend.remove, key)
            self._stored.forget_removed_photo(item_id, name)

    def _note_unfit(
        self, item_id: str, where: Whereabouts, stamp: _Stamp | None
    ) -> Never:
        """Remember that the sliced file of an item is damaged or lost here. Raises _UnfitError."""
        if not self._unfit.has(item_id, stamp):
            _LOGGER.error("%s of %s is damaged or lost", where.file_name, item_id)
        self._unfit.add(item_id, where.file_name, stamp)
        raise _UnfitError

    async def _has(self, item_id: str, where: Whereabouts) -> bool:
        """Return whether the store has the sliced file of an item, which is there whole or not at all."""
        if where.is_stored:
            return True
        prefix = keys.item_prefix(item_id)
        sizes = await self._worker.run(self._stored.backend.sizes, prefix)
        return sizes.get(prefix + where.file_name) == where.size_bytes

    def _put_file(self, key: str, path: Path, stamp: _Stamp, sha256: str) -> None:
        try:
            self._stored.backend.put(key, path, sha256 or file_sha256(path))
        except StorageError as err:
            if _is_changed(path, stamp):
                raise _ChangedError from err
            if sha256 and is_unreadable(err):
                raise _UnreadableError from err
            if _is_of_file(err) and sha256 and file_sha256(path) != sha256:
                # Not the store has damaged it.
                raise _UnfitError from err
            raise

    def _files(self, item_id: str) -> Mapping[str, tuple[Path, _Stamp]]:
        """Return the files of an item that the store gets, by their names in it, the sidecar last. Raises _ChangedError."""
        folder = self._context.folder.folder(item_id)
        if folder is None:
            raise _ChangedError
        with explained(NOT_KEPT):
            paths = [path for path in sorted(folder.iterdir()) if _is_stored(path)]
            names = {path.name: path for path in paths}
            names |= {f"{PHOTOS}/{path.name}": path for path in photos_in(folder)}
            if (sidecar := names.pop(SIDECAR_FILE, None)) is not None:
                names[SIDECAR_FILE] = sidecar
            return {name: (path, _stamp(path)) for name, path in names.items()}

    def _to_cache(self, item_id: str) -> None:
        folder = self._context.folder.folder(item_id)
        if folder is not None:
            self._stored.cache.take(item_id, folder)

    async def _let_go(self, item_id: str) -> None:
        """Remove what nobody can have any more, from here and from the store."""
        async with self._context.locks(item_id):
            standing = await self._context.index.read(stored_rows.standing, item_id)
            if standing is Standing.GONE:
                await self._stored.remove(item_id)
        self._put.pop(item_id, None)

    # --- removing ---------------------------------------------------------------------------------------------------

    async def _remove(self) -> Exception | None:
        """Remove from the store what is gone. Returns why something could not be."""
        context, failures = self._context, self._not_removed
        failures.begin()
        doomed = await context.index.read(stored_rows.doomed)
        for item_id in failures.in_order(doomed):
            if failures.are_enough():
                break
            async with failures.apart(item_id):
                standing = await context.index.read(stored_rows.standing, item_id)
                if standing is not Standing.GONE and await context.index.run(
                    stored_rows.spare, item_id
                ):
                    # Somebody has it again, as a version before this one let moves do.
                    continue
                await self._worker.run(
                    self._stored.backend.remove, keys.item_prefix(item_id)
                )
                await context.index.run(stored_rows.set_removed, item_id)
        return failures.outcome()

    async def _sweep(self) -> None:
        """Remove what uploads to the store that were cut left there, and what could not be removed here, now and then."""
        now = time.monotonic()
        if self._swept_at is None or now - self._swept_at > SWEEP_EVERY_S:
            await self._context.archive_worker.run(self._stored.sweep_withdrawn)
            # What is being put by others is old to a clock that is days ahead.
            older_than = SWEPT_AFTER + max(self._context.clock.ahead(), timedelta())
            await self._worker.run(self._stored.backend.sweep, older_than)
            self._swept_at = now

    # --- being away -------------------------------------------------------------------------------------------------

    def _away(self, err: StorageError) -> None:
        _LOGGER.warning("Files wait for the store: %s", err)
        self._context.emit(
            StoreAway(place=self._stored.backend.place, reason=err.explanation)
        )

    def _tell_unfit(self, names: tuple[str, ...]) -> None:
        self._context.emit(FilesUnfit(place=self._stored.backend.place, names=names))

    def _present(self) -> None:
        _LOGGER.warning("The store is there again")
        self._context.emit(StorePresent())


async def _first(tasks: set[asyncio.Task[None]], event: asyncio.Event) -> None:
    """Wait until one of the tasks has ended, or the event is set."""
    waiter = asyncio.create_task(event.wait())
    try:
        await asyncio.wait({*tasks, waiter}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiter.cancel()


def _mark_stored(connection: Connection, item_id: str) -> bool:
    """Record that an item is stored. Returns False when nobody can have it any more."""
    if stored_rows.standing(connection, item_id) is Standing.GONE:
        return False
    stored_rows.set_stored(connection, item_id)
    return True


def _is_stored(path: Path) -> bool:
    """Return whether a file is one that the store gets: small pictures are made again."""
    return path.suffix not in {PART_SUFFIX, ".webp"} and is_file(path)


def _stamp(path: Path) -> _Stamp:
    status = path.stat()
    return _Stamp(status.st_size, status.st_mtime_ns)


def _drop(path: Path, stamp: _Stamp) -> None:
    """Remove a file that is of no use, unless it was changed."""
    with explained(NOT_REMOVED):
        if not _is_changed(path, stamp):
            path.unlink(missing_ok=True)


def _is_of_file(err: StorageError) -> bool:
    return isinstance(err, StoreError) and err.fault is StoreFault.DIFFERS


def _is_changed(path: Path, stamp: _Stamp) -> bool:
    try:
        return _stamp(path) != stamp
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _stamps(files: Mapping[str, tuple[Path, _Stamp]]) -> dict[str, _Stamp]:
    return {name: stamp for name, (_, stamp) in files.items()}
