"""The files of a shared library as this instance has them: in its own folder, in the cache, or in the store."""

import asyncio
from collections.abc import Callable, Mapping
import logging
import math
from pathlib import Path
import time

from ..explanations import explain
from ..storage import StorageError
from .index import stored_rows
from .index.database import Index
from .index.threads import DetachedWorker, KeyedLocks, Worker
from .store.backend import keys
from .store.cache import Cache, photo_name
from .store.disk import explained, not_listed
from .store.folder import LibraryFolder
from .store.layout import PENDING, withdrawn_in
from .store.moves import sweep
from .store.renewals import Renewals
from .store.seen import Seen
from .store.sidecar import SIDECAR_FILE, Sidecar
from .store_worker import StoreWorker
from .threemf.thumbnails import name_of
from .values.errors import unreadable
from .values.shared import SharedParts, StoreBackend
from .values.space import Space
from .values.store_faults import StoreError, StoreFault

_LOGGER = logging.getLogger(__name__)

END_WITHIN_S = 5.0
FETCHED_WITHIN_S = 3600.0
FETCHES = 3
MEASURED_WITHIN_S = 2.0
ASKED_WITHIN_S = 10.0
"""How long the store is asked whether it still has a file that comes in once more."""
IN_USE_FOR_S = 300.0


class StoredFiles:
    """Finds, fetches and removes files. Everything may raise StorageError; StoreError when the store fails."""

    def __init__(
        self,
        shared: SharedParts,
        *,
        folder: LibraryFolder,
        index: Index,
        worker: Worker,
        reserve_bytes: Callable[[], int],
    ) -> None:
        """Use the tools of the library; `worker` is for its own folder."""
        self.backend: StoreBackend = shared.backend
        self.cache = Cache(folder.root, shared.cache_bytes)
        folder.make_room = self.cache.free
        self.seen = Seen(folder.root)
        self.renewals = Renewals(folder.root)
        self.fetches = StoreWorker(
            shared.backend, "bambu_library_fetch", FETCHES, within_s=FETCHED_WITHIN_S
        )
        # Apart from the others, whose places one that hangs would take.
        self._measuring = DetachedWorker(
            "bambu_library_measure", 1, answer_within_s=math.inf
        )
        self._measured: asyncio.Task[Space | None] | None = None
        self._measured_since = 0.0
        self._hanging: asyncio.Task[Mapping[str, int]] | None = None
        self._folder = folder
        self._index = index
        self._worker = worker
        self._reserve_bytes = reserve_bytes
        self._fetching = KeyedLocks()
        self._handed_out: dict[str, float] = {}
        self._removed_photos: dict[str, set[str]] = {}

    def is_here(self, item_id: str) -> bool:
        """Return whether an item stands in this instance's own folder. Blocks."""
        return self._folder.layout.find(item_id) is not None

    def local_ids(self) -> list[str]:
        """Return the ids of everything in this instance's own folder, oldest first. Blocks."""
        folder = self._folder
        ids = folder.pending_ids()
        for month in folder.archive_months():
            ids += folder.archive_ids(month)
        return sorted(ids)

    def sweep_withdrawn(self) -> None:
        """Remove what is left of folders that the cache could not take; failures are logged. Blocks."""
        folder = self._folder
        places = [folder.root / PENDING, *folder.archive_months()]
        for place in places:
            with explained(not_listed(place)):
                left_over = withdrawn_in(place)
            for path in left_over:
                sweep(path)

    def is_in_use(self, item_id: str) -> bool:
        """Return whether the place of an item's file was told so recently that the file may not have been opened yet."""
        before = time.monotonic() - IN_USE_FOR_S
        for other in [key for key, at in self._handed_out.items() if at < before]:
            del self._handed_out[other]
        return item_id in self._handed_out

    async def path(self, item_id: str, file_name: str) -> Path | None:
        """Return where the sliced file is on this computer, after fetching it if need be; None when it is gone.

        It stays there for a while.
        """
        self._handed_out[item_id] = time.monotonic()
        return await self.path_now(item_id, file_name)

    async def path_now(self, item_id: str, file_name: str) -> Path | None:
        """Return the same for somebody who opens it now, and has the item's lock."""
        found = await self.local_path(item_id, file_name)
        if found is not None:
            return found
        where = await self._index.read(stored_rows.whereabouts, item_id)
        if where is None:
            return None
        if not where.is_stored:
            raise StorageError(
                explain(
                    "file_still_elsewhere",
                    "The file is still at {instance}, and is not in the shared store yet.",
                    instance=where.instance,
                )
            )
        key = keys.file_key(item_id, file_name)
        return await self._fetched(
            item_id, file_name, key, where.sha256, where.size_bytes
        )

    async def exists(self, item_id: str, file_name: str) -> bool:
        """Return whether the sliced file is here, in the store or at another instance; nothing is fetched."""
        if await self.local_path(item_id, file_name) is not None:
            return True
        return await self._index.read(stored_rows.whereabouts, item_id) is not None

    async def local_path(self, item_id: str, name: str) -> Path | None:
        """Return where a file of an item is on this computer, None where it is not; nothing is fetched."""
        return await self._worker.run(self._find, item_id, name)

    async def is_stored(self, item_id: str) -> bool:
        """Return whether the store has the files of an upload or archive."""
        where = await self._index.read(stored_rows.whereabouts, item_id)
        return where is not None and where.is_stored

    async def has_file(self, item_id: str, file_name: str, size_bytes: int) -> bool:
        """Ask the store whether it has the sliced file of an item, whole by its size; one that does not answer soon has not."""
        asked = self._hanging
        if asked is None or asked.done():
            asked = asyncio.ensure_future(self._sizes(item_id))
            await asyncio.wait([asked], timeout=ASKED_WITHIN_S)
        if not asked.done():
            # It is waited for once.
            self._hanging = asked
            _LOGGER.warning("The store does not tell whether it has %s", file_name)
            return False
        return asked.result().get(keys.file_key(item_id, file_name)) == size_bytes

    async def _sizes(self, item_id: str) -> Mapping[str, int]:
        try:
            return await self._measuring.run(
                self.backend.sizes, keys.item_prefix(item_id)
            )
        except StorageError as err:
            _LOGGER.warning("The store does not tell what it has: %s", err)
            return {}

    async def picture(self, item_id: str, plate: int) -> Path | None:
        """Return where a plate's picture is on this computer, after fetching it if need be; None when there is none."""
        name = name_of(plate)
        found = await self.local_path(item_id, name)
        if found is not None or await self._worker.run(self.is_here, item_id):
            return found
        key = keys.picture_key(item_id, name)
        return await self._fetched(item_id, name, key)

    async def remove(self, item_id: str) -> None:
        """Remove what the index has dropped from here, and have it removed from the store."""
        await self._index.run(stored_rows.doom, item_id)
        await self._worker.run(self._folder.remove, item_id)
        await self._worker.run(self.cache.remove, item_id)
        self._removed_photos.pop(item_id, None)

    async def space(self) -> Space | None:
        """Measure the room in the store; None where it does not tell, or does not answer."""
        if self._measured is None or self._measured.done():
            self._measured = asyncio.ensure_future(self._measure())
            self._measured_since = time.monotonic()
        # One that hangs is waited for once.
        left_s = self._measured_since + MEASURED_WITHIN_S - time.monotonic()
        await asyncio.wait([self._measured], timeout=max(left_s, 0.0))
        return self._measured.result() if self._measured.done() else None

    async def _measure(self) -> Space | None:
        try:
            return await self._measuring.run(self.backend.space)
        except StorageError as err:
            _LOGGER.debug("The store does not tell how full it is: %s", err)
            return None

    # --- photos -----------------------------------------------------------------------------------------------------

    async def photos(self, item_id: str) -> Mapping[str, int]:
        """Return the names of the photos that the store has of an archive, and their sizes in bytes."""
        found = await self.fetches.run(self.backend.sizes, keys.photos_prefix(item_id))
        return {
            name: found[key] for name, key in keys.photos_of(item_id, found).items()
        }

    async def photo(self, item_id: str, name: str) -> Path | None:
        """Return where a photo is on this computer, after fetching it if need be; None when there is none."""
        key = keys.photo_key(item_id, name)
        return await self._fetched(item_id, photo_name(name), key)

    async def add_photo(self, item_id: str, part: Path, name: str, sha256: str) -> None:
        """Put a photo into the store."""
        key = keys.photo_key(item_id, name)
        await self.fetches.run(self.backend.put, key, part, sha256)

    def note_removed_photo(self, item_id: str, name: str) -> None:
        """Have a photo that was removed here removed from the store too, which may have it already."""
        self._removed_photos.setdefault(item_id, set()).add(name)

    def removed_photos(self, item_id: str) -> tuple[str, ...]:
        """Return the names of the photos that are to be removed from the store before their item is stored."""
        return tuple(self._removed_photos.get(item_id, ()))

    def forget_removed_photo(self, item_id: str, name: str) -> None:
        """Forget what the store does not have any more."""
        names = self._removed_photos.get(item_id, set())
        names.discard(name)
        if not names:
            self._removed_photos.pop(item_id, None)

    async def remove_photo(self, item_id: str, name: str) -> None:
        """Remove a photo from the store."""
        await self.fetches.run(self.backend.remove, keys.photo_key(item_id, name))
        await self._worker.run(self.cache.remove, item_id, photo_name(name))

    # --- sidecars ---------------------------------------------------------------------------------------------------

    def write_sidecar(self, sidecar: Sidecar) -> None:
        """Replace the sidecar here, or have it replaced in the store. Blocks."""
        if self.is_here(sidecar.file.id):
            self._folder.write_sidecar(sidecar)
        else:
            self.renewals.add(sidecar)

    def renew_sidecar(self, sidecar: Sidecar) -> None:
        """Write the sidecar here anew, where it is another one than this. Blocks."""
        folder = self._folder.folder(sidecar.file.id)
        if folder is None:
            return
        path = folder / SIDECAR_FILE
        with explained(unreadable(path.name)):
            is_same = path.exists() and path.read_bytes() == sidecar.encode()
        if not is_same:
            self._folder.write_sidecar(sidecar)

    # --- how --------------------------------------------------------------------------------------------------------

    def _find(self, item_id: str, name: str) -> Path | None:
        folder = self._folder.folder(item_id)
        path = folder and folder / name
        if path and path.is_file():
            return path
        return self.cache.find(item_id, name)

    async def _fetched(
        self, item_id: str, name: str, key: str, sha256: str = "", size_bytes: int = 0
    ) -> Path | None:
        """Return where a stored file is in the cache, after fetching it if need be; None when the store has it no more."""
        async with self._fetching(f"{item_id}/{name}"):
            if found := await self._worker.run(self.cache.find, item_id, name):
                return found
            await self._worker.run(
                self._folder.check_room, self._reserve_bytes() + size_bytes
            )
            fetch = self.backend.fetch
            try:
                return await self.fetches.run(
                    self.cache.add, item_id, name, lambda path: fetch(key, path, sha256)
                )
            except StoreError as err:
                if err.fault is StoreFault.MISSING:
                    return None
                raise

    async def close(self) -> None:
        """Give up everything under way."""
        await self.fetches.close(within_s=END_WITHIN_S)
        await self._measuring.close()
