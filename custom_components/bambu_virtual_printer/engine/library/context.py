"""What the parts of the library share: the index, the folder, the threads, and the tasks under way."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
import logging
from pathlib import Path
from typing import Any

from ..explanations import Explanation
from ..storage import StorageError
from . import sliced, storage_watch
from .clock import LibraryClock
from .filing import Filing
from .index import upload_rows
from .index.database import Index
from .index.threads import DetachedWorker, KeyedLocks, Worker
from .index.usage import used_bytes
from .store.asked import Asked
from .store.disk import explained, file_sha256
from .store.folder import LibraryFolder
from .store.sidecar import Sidecar
from .stored_files import StoredFiles
from .values.errors import (
    FILE_GONE,
    PICTURES_NOT_KEPT,
    LibraryAbsentError,
    NotQueueableError,
)
from .values.events import LibraryEvent
from .values.queueable import queue_obstacle
from .values.records import Archive, LibrarySettings, Upload
from .values.shared import SharedParts
from .values.sliced_file import SlicedFile
from .values.space import Space

_LOGGER = logging.getLogger(__name__)

FINISH_WITHIN_S = 10.0
"""Work on paths outside of the library is abandoned when the library has been closing for so long."""


@dataclass(slots=True, kw_only=True)
class LibraryContext:
    """The tools of the library. `locks` keeps two from working on one upload or archive at the same time.

    Receiving an upload needs only `receive_worker`, so nothing slow may run there: `archive_worker` reads and moves what was
    received, `media_worker` is for pictures, photos, imports and exports, `external_worker` for paths that people name,
    `package_worker` for what is made to be printed.
    """

    settings: LibrarySettings
    listener: Callable[[LibraryEvent], None]
    index: Index
    folder: LibraryFolder
    real_models: Callable[[], frozenset[str]] = frozenset
    """Returns the slicers' names of the real printers' models, none where they are not known."""
    shared: SharedParts | None = None
    """None where this Home Assistant has the library to itself."""
    receive_worker: Worker = field(
        default_factory=lambda: Worker("bambu_library_receive", 2)
    )
    archive_worker: Worker = field(
        default_factory=lambda: Worker("bambu_library_archive", 2)
    )
    media_worker: Worker = field(
        default_factory=lambda: Worker("bambu_library_media", 2)
    )
    external_worker: DetachedWorker = field(
        default_factory=lambda: DetachedWorker("bambu_library_external", 4)
    )
    package_worker: Worker = field(
        default_factory=lambda: Worker("bambu_library_package", 2)
    )
    storage: storage_watch.StorageWatch = field(
        default_factory=storage_watch.StorageWatch
    )
    locks: KeyedLocks = field(default_factory=KeyedLocks)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    sweep_wanted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something was discarded whose files are kept, or room is needed."""
    store_wanted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there may be something to take to the store of a shared library, or to remove from there."""
    stored: StoredFiles | None = field(init=False)
    """The files of a shared library; None where this Home Assistant has the library to itself."""
    filing: Filing = field(default_factory=Filing)
    clock: LibraryClock = field(default_factory=LibraryClock)
    asked: Asked = field(init=False)
    """Where what slicers asked for is kept while it waits to be noted."""

    def __post_init__(self) -> None:
        """Make what a shared library needs."""
        self.asked = Asked(self.folder.root)
        self.stored = None
        if self.shared is not None:
            self.stored = StoredFiles(
                self.shared,
                folder=self.folder,
                index=self.index,
                worker=self.receive_worker,
                reserve_bytes=lambda: self.settings.reserve_bytes,
            )

    @property
    def instance_id(self) -> str:
        """The id of this Home Assistant among those that share the library; empty where it is not shared."""
        return self.shared.instance.id if self.shared else ""

    def queue_obstacle(self, facts: SlicedFile) -> Explanation | None:
        """Return why a file cannot be queued, None where it can be."""
        return queue_obstacle(facts, self.real_models())

    def check_queueable(self, facts: SlicedFile) -> None:
        """Make sure that a file can be queued. Raises NotQueueableError."""
        if obstacle := self.queue_obstacle(facts):
            raise NotQueueableError(obstacle)

    def emit(self, event: LibraryEvent) -> None:
        """Emit an event after its change is stored; errors of listeners are logged, since they cannot undo it."""
        try:
            self.listener(event)
        except Exception:
            _LOGGER.exception("An event listener failed for %s", type(event).__name__)

    def start[Result](self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Start a task that is waited for when the library closes."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def finish[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a task to its end even if the caller is cancelled."""
        return await asyncio.shield(self.start(work))

    async def path(self, item_id: str, file_name: str) -> Path | None:
        """Return where the file of an upload or archive is now, or None when it is gone.

        Of a shared library it is fetched if need be. Raises StorageError.
        """
        if self.stored is not None:
            return await self.stored.path(item_id, file_name)
        return await self.receive_worker.run(self._path, item_id, file_name)

    async def exists(self, item_id: str, file_name: str) -> bool:
        """Return whether the file of an upload or archive is there, wherever it is."""
        if self.stored is not None:
            return await self.stored.exists(item_id, file_name)
        return await self.path(item_id, file_name) is not None

    async def is_at_hand(
        self, item_id: str, file_name: str, *, size_bytes: int, sha256: str
    ) -> bool:
        """Return whether the file of an upload or archive can be had, whole, without any other instance.

        The store of a shared library may have lost what the index says that it has.
        """
        if self.stored is None:
            path = await self.path(item_id, file_name)
        elif await self.stored.is_stored(item_id):
            return await self.stored.has_file(item_id, file_name, size_bytes)
        else:
            path = await self.stored.local_path(item_id, file_name)
        if path is None:
            return False
        try:
            return await self.archive_worker.run(file_sha256, path) == sha256
        except StorageError as err:
            _LOGGER.warning("%s", err)
            return False

    async def is_here(self, item_id: str) -> bool:
        """Return whether the files of an upload or archive are this instance's to move."""
        if self.stored is None:
            return True
        return await self.archive_worker.run(self.stored.is_here, item_id)

    async def is_ours(self, upload_id: str) -> bool:
        """Return whether this instance decides about an upload that nobody has decided about: one that came in here.

        Its files may be in the store already: it was moved along before it was its turn.
        """
        if await self.is_here(upload_id):
            return True
        upload = await self.index.read(upload_rows.get, upload_id)
        return upload is not None and upload.file.instance == self.instance_id

    async def read(self, upload: Upload) -> SlicedFile:
        """Read an upload's facts and put its pictures beside it. Raises SlicedFileError, StorageError."""
        if upload.facts is not None and not await self.is_here(upload.id):
            # It was read where it came in.
            return upload.facts
        if self.stored is not None:
            path = await self.stored.path_now(upload.id, upload.file_name)
        else:
            path = await self.path(upload.id, upload.file_name)

        def work() -> SlicedFile:
            if path is None:
                raise StorageError(FILE_GONE)
            facts = sliced.read(path)
            with explained(PICTURES_NOT_KEPT):
                return sliced.extract_thumbnails(path, facts)

        return await self.archive_worker.run(work)

    async def archive_files(self, item_id: str, sha256: str) -> None:
        """Move an upload's files to the archive, if they are here. Its lock is held by the caller. Raises StorageError."""
        if await self.is_here(item_id):
            await self.archive_worker.run(self.folder.archive, item_id, sha256)

    async def unarchive_files(self, item_id: str, sha256: str) -> None:
        """Move an archive's files back to the pending uploads, if they are here. Its lock is held by the caller.

        Raises StorageError.
        """
        if await self.is_here(item_id):
            await self.archive_worker.run(self.folder.unarchive, item_id, sha256)

    async def write_sidecar(self, upload: Upload, archive: Archive | None) -> None:
        """Renew the sidecar, as a copy of what the index knows; a write error is logged, not raised."""
        sidecar = Sidecar.of(upload, archive)
        try:
            if self.stored is None:
                await self.archive_worker.run(self.folder.write_sidecar, sidecar)
            else:
                await self.archive_worker.run(self.stored.write_sidecar, sidecar)
                self.store_wanted.set()
        except StorageError as err:
            _LOGGER.warning("%s: %s", upload.file_name, err)

    async def keep_requests(self) -> None:
        """Keep on the disk what slicers asked for and is not noted yet; a write error is logged, not raised."""

        def work() -> None:
            # What is written where its disk is not mounted would be hidden later.
            self.folder.check_present()
            self.asked.write(self.filing.requests.copy())

        async with self.filing.keeping:
            try:
                await self.archive_worker.run(work)
            except StorageError as err:
                _LOGGER.warning("What slicers asked for is not kept: %s", err)

    async def remove_files(self, item_id: str) -> bool:
        """Remove the files of what the index has dropped. Returns whether they are gone.

        If not, the reason is logged and recovery removes them when the library is opened again.
        """
        try:
            if self.stored is None:
                await self.archive_worker.run(self.folder.remove, item_id)
            else:
                await self.stored.remove(item_id)
                self.store_wanted.set()
        except StorageError as err:
            _LOGGER.warning("%s is removed later: %s", item_id, err)
            return False
        return True

    async def space(self) -> Space:
        """Measure the disk the library is on: that of the store, where it tells, for one that is shared. Raises StorageError."""
        if self.stored is not None and (found := await self.stored.space()) is not None:
            return found
        return await self.archive_worker.run(self.folder.space)

    async def watch_storage(self) -> None:
        """Measure how much room is left, and emit an event when that became too little or enough again."""
        try:
            await self.archive_worker.run(self.folder.check_present)
            space = await self.archive_worker.run(self.folder.space)
            used = await self._used_bytes()
        except LibraryAbsentError:
            # The free space of the disk beneath it does not count.
            return
        except StorageError as err:
            _LOGGER.warning("The storage could not be measured: %s", err)
            return
        if (event := self.storage.update(self.settings, space, used)) is not None:
            self.emit(event)
        if self.storage.is_low:
            self.sweep_wanted.set()

    async def _used_bytes(self) -> int:
        """Measure what the budget is about; without the index, what it was when it was last there, and what came since."""
        if self.filing.is_waiting:
            return self.storage.used_bytes + self.filing.size_bytes
        self.storage.used_bytes = await self.index.read(used_bytes)
        return self.storage.used_bytes

    async def close(self) -> None:
        """Finish the tasks under way, and close the index and the threads."""
        if tasks := self.tasks.copy():
            await asyncio.wait(tasks, timeout=FINISH_WITHIN_S)
        self.external_worker.give_up()
        if self.stored is not None:
            self.stored.fetches.give_up()
        while tasks := self.tasks.copy():
            await asyncio.wait(tasks)
        await self.index.close()
        for worker in (
            self.receive_worker,
            self.archive_worker,
            self.media_worker,
            self.external_worker,
            self.package_worker,
        ):
            await worker.close()
        if self.stored is not None:
            await self.stored.close()

    def _path(self, item_id: str, file_name: str) -> Path | None:
        folder = self.folder.folder(item_id)
        path = folder and folder / file_name
        return path if path and path.is_file() else None
