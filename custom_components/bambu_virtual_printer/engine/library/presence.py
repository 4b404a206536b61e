"""Checks whether the library is there: its disk or share may be missing at the start, and come and go at any time.

While it is missing nothing is received, nothing is decided and no folder is made. The index, the queue and the
printers keep working.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from pathlib import Path

from ulid_transform import ulid_now

from ..storage import StorageError
from .context import LibraryContext
from .index import identity_rows, upload_rows
from .index.identity_rows import Identity
from .store.aside import Aside
from .store.folder import Standing
from .values.errors import IndexUnavailableError, LibraryError
from .values.events import LibraryAbsent, LibraryPresent
from .values.records import IN_ARCHIVE

_LOGGER = logging.getLogger(__name__)

LOOK_EVERY_S = 10.0
MAX_STRAYS = 100
"""A folder with more strays is not one that was written to by mistake."""


class Presence:
    """Checks whether the library is there, reports when that changes, and has it opened when it comes."""

    def __init__(
        self,
        context: LibraryContext,
        aside: Path | None,
        opened: Callable[[], Awaitable[None]],
    ) -> None:
        """Keep folders that were written where the library is missing in `aside`; `opened` is awaited when the library has come."""
        self._context = context
        self._aside = None if aside is None else Aside(context.folder, aside)
        self._opened = opened
        self._reason: str | None = None
        shared = context.shared
        self._instance = shared.instance.id if shared else ""
        self._known: Identity | None = None
        self.is_present = False

    async def look(self) -> None:
        """Look whether the library is there now, and act on it. Raises StorageError."""
        context = self._context
        try:
            standing = await self._standing(await self._identity())
        except IndexUnavailableError:
            if context.shared is None or not context.shared.library_id:
                raise
            standing = await self._marked_as(context.shared.library_id)
        if standing is Standing.PRESENT:
            if not self.is_present:
                await self._take_in()
                await self._opened()
                self.is_present = True
                if self._reason is not None:
                    _LOGGER.warning("The library is there again")
                    self._reason = None
                    context.emit(LibraryPresent())
            return
        self.is_present = False
        if context.folder.library_id is None:
            # The index is of a library that has no marker yet, and is not here.
            context.folder.library_id = ulid_now()
        await self._put_aside()
        if self._reason != standing.value:
            self._reason = standing.value
            _LOGGER.error("The library is not in %s", context.folder.root)
            context.emit(
                LibraryAbsent(
                    folder=context.folder.root, is_other=standing is Standing.OTHER
                )
            )

    async def watch(self) -> None:
        """Look every `LOOK_EVERY_S`, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except StorageError as err:
                _LOGGER.warning("The library could not be looked at: %s", err)

    async def adopt(self) -> bool:
        """Mark the folder as the library's because a person says so; never another library's.

        Returns whether the library is there now. Raises StorageError.
        """
        known = await self._identity()
        if await self._standing(known) is Standing.ABSENT:
            await self._mark(known.id if known else ulid_now())
        await self.look()
        return self.is_present

    async def _identity(self) -> Identity | None:
        """Return which library the index is of. That of a shared one, which may be away, is asked once."""
        if self._instance and self._known is not None:
            return self._known
        self._known = await self._context.index.read(identity_rows.get, self._instance)
        if self._known is None and (shared := self._context.shared) is not None:
            # This instance is new in it.
            return Identity(shared.library_id, "") if shared.library_id else None
        return self._known

    async def _marked_as(self, library_id: str) -> Standing:
        """Return what the folder is by its markers alone, while the index of a shared library cannot be used."""
        folder = self._context.folder
        folder.library_id = library_id
        try:
            return await self._context.archive_worker.run(folder.standing, library_id)
        except StorageError as err:
            _LOGGER.debug("%s", err)
            return Standing.ABSENT

    async def _standing(self, known: Identity | None) -> Standing:
        """Return what the folder is, and mark one that is the library's but has no marker, or not in all its places."""
        context = self._context
        folder = context.folder
        if known is None:
            library_id = await context.archive_worker.run(folder.marked_as)
        else:
            library_id = known.id
            try:
                standing = await context.archive_worker.run(folder.standing, library_id)
            except StorageError as err:
                _LOGGER.debug("%s", err)
                return Standing.ABSENT
            folder.library_id = library_id
            if standing is Standing.PRESENT and known.folder == str(folder.root):
                return standing
            if standing is Standing.OTHER:
                return standing
        if (
            known is not None and known.folder != str(folder.root)
        ) or await self._is_ours(known, library_id):
            await self._mark(library_id or ulid_now())
            return Standing.PRESENT
        return Standing.ABSENT

    async def _is_ours(self, known: Identity | None, library_id: str | None) -> bool:
        """Return whether a folder without all its markers is the library by what lies in it."""
        if known is None and (library_id is not None or self._instance):
            # The index was lost or is new, or the instance is.
            return True
        sample = await self._context.index.read(identity_rows.sample)
        if not sample:
            return known is None
        found = await self._context.archive_worker.run(
            self._context.folder.holds, sample
        )
        return 2 * found > len(sample)

    async def _mark(self, library_id: str) -> None:
        context = self._context
        await context.archive_worker.run(context.folder.mark, library_id)
        context.folder.library_id = library_id
        await context.index.run(
            identity_rows.put,
            Identity(library_id, str(context.folder.root)),
            self._instance,
        )
        self._known = None

    async def _put_aside(self) -> None:
        """Move what an older version wrote where the library was missing to another disk."""
        context = self._context
        if self._aside is None or context.folder.library_id is None:
            return
        strays = await context.archive_worker.run(
            self._aside.strays, context.folder.library_id
        )
        if len(strays) > MAX_STRAYS:
            _LOGGER.error("%s has too much in it to be put aside", context.folder.root)
            return
        for stray in strays:
            try:
                await context.archive_worker.run(
                    self._aside.put, stray, context.settings.reserve_bytes
                )
            except StorageError as err:
                _LOGGER.warning("%s stays where it is: %s", stray, err)
            else:
                _LOGGER.warning(
                    "%s waits in %s for the library", stray, self._aside.place
                )

    async def _take_in(self) -> None:
        """Move what was put aside into the library."""
        context = self._context
        if self._aside is None:
            return
        ids = await context.archive_worker.run(self._aside.ids)
        states = await context.index.read(upload_rows.states, ids)
        for item_id in ids:
            try:
                await context.archive_worker.run(
                    self._aside.take_in,
                    item_id,
                    archived=states.get(item_id) in IN_ARCHIVE,
                )
            except LibraryError:
                raise
            except StorageError as err:
                _LOGGER.error("%s: %s", item_id, err)
