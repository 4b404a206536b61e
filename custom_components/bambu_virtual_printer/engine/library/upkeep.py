"""What goes on while the library is open: watching for its disk, recovery, and removing what is kept no longer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
import logging
from pathlib import Path

from ..explanations import Explanation
from ..storage import StorageError
from ..values import PrintRequest
from . import recovery, retention
from .archives import ArchiveEditor
from .context import LibraryContext
from .index import instance_rows, upload_rows
from .intake import Intake
from .pending import PendingUploads
from .presence import Presence
from .rebuilding import Rebuilding
from .storing import Storing
from .values.errors import IndexFault, IndexUnavailableError
from .values.events import ArchivesRestored, IndexAway, IndexOutdated, IndexPresent
from .values.records import Maintenance, UploadState

_LOGGER = logging.getLogger(__name__)

SWEEP_AT_LEAST_EVERY_S = 3600.0
LOOK_AT_INDEX_EVERY_S = 5.0
TRY_INDEX_EVERY_S = 1.0
LOOK_WITHIN_S = 20.0
"""How long a person waits for the database to answer, or not."""
DECIDED_WITHIN = timedelta(minutes=10)
"""An upload that is not decided about after so long may have been forgotten; asking once more does no harm."""


class Upkeep:
    """The background tasks of a library; they run from `start` to `stop`."""

    def __init__(
        self,
        context: LibraryContext,
        *,
        aside: Path | None,
        intake: Intake,
        pending: PendingUploads,
        archive_editor: ArchiveEditor,
        connect: Callable[[], Awaitable[None]],
    ) -> None:
        """Prepare; `aside` is a folder on another disk, see `Presence`. `connect` opens the index, once."""
        self.presence = Presence(context, aside, self._resume)
        self._context = context
        self._intake = intake
        self._pending = pending
        self._archive_editor = archive_editor
        self._connect = connect
        self._is_connected = False
        self._deciding: dict[str, asyncio.Task[None]] = {}
        self.why_away: Explanation | None = None
        """Why the index of a shared library cannot be used now; None while it can."""
        self._told: IndexFault | None = None
        self._unfiled: str | None = None
        """Why what waits for the index was not filed, though that is there."""
        self._looked = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._index_watch: asyncio.Task[None] | None = None
        stored = context.stored
        self._storing = None if stored is None else Storing(context, stored)
        self.rebuilding = None if stored is None else Rebuilding(context, stored)
        """What fills the index of a shared library that has lost something."""
        self.recovery: asyncio.Task[None] | None = None
        """The comparison of the archive with the index, since the library was there."""

    async def start(self) -> None:
        """Look whether the library is there, go on with what was interrupted, and begin. Raises StorageError.

        The index of a shared library may be away; then what was interrupted is gone on with once it is there.
        """
        try:
            await self._connect_once()
            await self.presence.look()
        except IndexUnavailableError as err:
            if self._storing is None:
                raise
            self._away(err)
            await self.presence.look()
        self._watch = asyncio.create_task(self.presence.watch())
        self._sweeper = asyncio.create_task(self._sweep())
        if self._storing is not None:
            self._index_watch = asyncio.create_task(self._watch_index())
            self._storing.start()
        if self.rebuilding is not None:
            self.rebuilding.start()

    async def stop(self) -> None:
        """End the tasks; first the watch, which may begin a recovery."""
        if self.rebuilding is not None:
            await self.rebuilding.stop()
        if self._storing is not None:
            await self._storing.stop()
        for task in (self._watch, self._sweeper, self._index_watch):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
        if self.recovery is not None:
            self.recovery.cancel()

    async def look_at_index(self) -> Explanation | None:
        """Look now whether the index of a shared library can be used. Returns why not."""
        self._looked.clear()
        self._context.filing.begun.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_WITHIN_S):
                await self._looked.wait()
        return self.why_away

    async def maintain(self, now: datetime) -> Maintenance:
        """Discard expired uploads, delete what is kept no longer, look at the storage. Raises LibraryError.

        Uploads that could not be decided about, because the index did not answer, are taken up again.
        """
        if not self.presence.is_present:
            return Maintenance(expired=0, deleted=0)
        context = self._context
        for upload_id in await context.index.read(
            upload_rows.undecided_ids, known_before=now - DECIDED_WITHIN
        ):
            if await self._is_ours(upload_id):
                self._decide(upload_id)
        return await retention.maintain(
            context, self._pending, self._archive_editor, now
        )

    async def _is_ours(self, upload_id: str) -> bool:
        """Return whether this instance may decide about an upload: one that came in here, or was approved already."""
        context = self._context
        if await context.is_ours(upload_id):
            return True
        states = await context.index.read(upload_rows.states, [upload_id])
        return states.get(upload_id) is UploadState.ARCHIVING

    async def _watch_index(self) -> None:
        """Look whether the index of a shared library can be used; when it can again, write down what waited."""
        context = self._context
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AT_INDEX_EVERY_S):
                    await context.filing.begun.wait()
            context.filing.begun.clear()
            is_tried = True
            try:
                await self._connect_once()
                await self._ask_the_time()
                is_tried = bool(self.why_away) or context.filing.is_waiting
                if is_tried:
                    await self._try_to_file()
            except IndexUnavailableError as err:
                self._away(err)
            except Exception as err:  # noqa: BLE001 - it is logged, and tried again
                self._note_unfiled(err)
            else:
                if self.why_away:
                    self.why_away = self._told = None
                    _LOGGER.warning("The index can be used again")
                    context.emit(IndexPresent())
            self._looked.set()
            if is_tried:
                # What is decided about now may begin it again at once.
                await asyncio.sleep(TRY_INDEX_EVERY_S)

    async def _connect_once(self) -> None:
        if not self._is_connected:
            await self._connect()
            # Whatever fails from here on: connecting once more would begin all of it a second time.
            self._is_connected = True
            if self._storing is not None:
                await self._ask_the_time()

    async def _ask_the_time(self) -> None:
        """Go by the database's clock. Raises StorageError."""
        self._context.clock.set(await self._context.index.read(instance_rows.now))

    def _away(self, err: IndexUnavailableError) -> None:
        """Have uploads wait, and tell why; again when somebody has to do something else about it."""
        context = self._context
        context.filing.begin()
        self.why_away = err.explanation
        # How exactly a server does not answer may change every second.
        fault = err.fault if err.fault.needs_person else IndexFault.OTHER
        if fault is self._told:
            return
        self._told = fault
        _LOGGER.error("Uploads wait for the index: %s", err)
        if fault is IndexFault.TOO_NEW:
            context.emit(IndexOutdated(reason=err.explanation))
        else:
            context.emit(IndexAway(reason=err.explanation, fault=fault))

    async def _try_to_file(self) -> None:
        """Write down what waits for the index; where the library's own disk is the reason, it waits on. Raises IndexUnavailableError."""
        try:
            await self.presence.look()
            if self.presence.is_present:
                await self._file()
        except IndexUnavailableError:
            raise
        except Exception as err:  # noqa: BLE001 - it is logged, and tried again
            self._note_unfiled(err)
        else:
            self._unfiled = None

    def _note_unfiled(self, err: Exception) -> None:
        """Log why nothing is filed, once for each reason."""
        reason = f"{type(err).__name__}: {err}"
        if reason != self._unfiled:
            self._unfiled = reason
            _LOGGER.error(
                "What waits for the index is not filed: %s",
                err,
                exc_info=None if isinstance(err, StorageError) else err,
            )

    async def _file(self) -> None:
        """Write down what was received while the index was away, in the order it came. Raises StorageError."""
        context = self._context
        filing = context.filing
        arrived = filing.arrived
        undecided = await recovery.recover_uploads(context)
        await self._note_requests()
        # What comes from here on is decided about after these.
        decisions = [self._decide(upload_id) for upload_id in undecided]
        if filing.arrived == arrived and not filing.requests:
            filing.end()
        else:
            # What came meanwhile waits behind them.
            filing.begin()
        context.start(self._tidy_after(decisions))
        context.store_wanted.set()
        if self.recovery is None:
            await self._look_through()

    def _decide(self, upload_id: str) -> asyncio.Task[None]:
        """Begin to decide about an upload, unless that waits for its turn already. Returns what ends with that."""
        task = self._deciding.get(upload_id)
        if task is None:
            task = self._context.start(self._intake.handle(upload_id))
            self._deciding[upload_id] = task
            task.add_done_callback(lambda _task: self._deciding.pop(upload_id, None))
        return task

    async def _note_requests(self) -> None:
        """Note what slicers asked for while the index was away. Raises StorageError; then the rest waits on.

        What was noted and is still kept on the disk when Home Assistant is killed is noted twice, which does no harm.
        """
        waiting = self._context.filing.requests
        if not waiting:
            return
        try:
            for upload_id in tuple(waiting):
                while requests := waiting.get(upload_id):
                    await self._note_request(upload_id, requests[0])
                    self._context.filing.noted(upload_id, requests[0])
        finally:
            await self._context.keep_requests()

    async def _note_request(self, upload_id: str, request: PrintRequest) -> None:
        try:
            await self._intake.note_waiting(upload_id, request)
        except StorageError:
            raise
        except Exception:
            # It would keep all others waiting for good.
            _LOGGER.exception("What a slicer asked for cannot be noted")

    async def _tidy_after(self, decisions: Sequence[asyncio.Task[None]]) -> None:
        """Keep no more than people want, once what waited was decided about: nobody counted meanwhile."""
        if decisions:
            await asyncio.wait(decisions)
        await self._context.watch_storage()
        try:
            await self.maintain(self._context.clock.now())
        except StorageError as err:
            _LOGGER.warning("The library is tidied later: %s", err)

    async def _resume(self) -> None:
        """Go on with what was interrupted when the library was there the last time. Raises StorageError."""
        context = self._context
        await context.archive_worker.run(context.folder.prepare)
        kept = await context.archive_worker.run(context.asked.read)
        for upload_id, requests in kept.items():
            if upload_id not in context.filing.requests:
                context.filing.ask(upload_id, requests)
        if context.filing.requests and self._storing is not None:
            # They are noted with everything else that waits.
            context.filing.begin()
        if context.filing.is_waiting:
            # The rest follows when the index is there, which may have waited for this.
            context.filing.begun.set()
            return
        try:
            undecided = await recovery.recover_uploads(context)
        except IndexUnavailableError as err:
            if self._storing is None:
                raise
            # Uploads may begin from here on, so the folder is not put in order once more.
            self._away(err)
            return
        await self._note_requests()
        for upload_id in undecided:
            self._decide(upload_id)
        await self._look_through()

    async def _look_through(self) -> None:
        context = self._context
        await context.watch_storage()
        self.recovery = context.start(self._recover_archives())

    async def _recover_archives(self) -> None:
        """Compare the archive with the index, while everything else goes on."""
        try:
            count = await recovery.recover_archives(self._context)
        except StorageError as err:
            _LOGGER.error("The archive could not be checked: %s", err)
            return
        await self._count_photos()
        if count:
            _LOGGER.warning("%s archives the index had lost were found again", count)
            self._context.emit(ArchivesRestored(count=count))

    async def _count_photos(self) -> None:
        try:
            await recovery.count_photos(self._context)
        except StorageError as err:
            _LOGGER.error("Photos could not be counted: %s", err)

    async def _sweep(self) -> None:
        """Remove the files of discarded uploads when their time has come, or room is needed."""
        wanted = self._context.sweep_wanted
        while True:
            wanted.clear()
            wait_s = SWEEP_AT_LEAST_EVERY_S
            try:
                if self.presence.is_present and not self._context.filing.is_waiting:
                    now = self._context.clock.now()
                    if (until := await self._pending.sweep(now)) is not None:
                        wait_s = min(wait_s, max((until - now).total_seconds(), 1.0))
            except StorageError as err:
                _LOGGER.error("Discarded files could not be removed: %s", err)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await wanted.wait()
