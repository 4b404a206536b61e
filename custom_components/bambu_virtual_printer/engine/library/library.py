"""The library: keeps what was received. The one object the rest of the integration talks to.

    async with Library(folder, database_url, settings=..., emit=...) as library:
        card = library.storage(printer)       # where the printer's uploads go
        library.receive(file, printer, request)    # after each upload
        page = await library.archives(ArchiveQuery(text="benchy"))

Everything that blocks runs in a few threads of its own; they end with it, but for those that wait for a place outside
of the library that does not answer. Methods
raise `StorageError` and its subclasses, with texts for a person. Events are passed to `emit`, on the loop, after their
change is stored.
"""

from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Collection,
    Container,
    Mapping,
)
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

from ..explanations import Explanation
from ..values import UNNAMED, PrinterRef, PrintRequest, ReceivedFile, Sender
from . import export, importer, photos, sliced
from .archives import ArchiveEditor
from .context import LibraryContext
from .index import (
    archive_labels,
    archive_rows,
    archive_search,
    card_rows,
    counts,
    made,
    serial_rows,
    upload_rows,
    used_amounts,
)
from .index.changes import Changes, Hearing
from .index.database import Index
from .index.driver_locks import DriverLocks
from .instances import Instances
from .intake import Intake
from .memory_card import MemoryCard
from .packaging import Packaging
from .pending import PendingUploads
from .prints import Prints
from .queue import JobQueue
from .sharing_check import check_sharing
from .store.disk import explained
from .store.folder import LibraryFolder
from .threemf import thumbnails
from .upkeep import Upkeep
from .values.errors import (
    NO_SUCH_ARCHIVE,
    NO_SUCH_UPLOAD,
    PICTURES_NOT_KEPT,
    IndexTooNewError,
    NotFoundError,
    SlicedFileError,
)
from .values.events import ChangedElsewhere, IndexOutdated, IndexReplaced, LibraryEvent
from .values.job import DEFAULT_PLAN, JobPlan
from .values.made import Amount, Made
from .values.records import (
    NO_ANNOTATIONS,
    Annotations,
    Archive,
    ArchiveChanges,
    ArchiveDetails,
    ArchiveFacets,
    ArchiveMonth,
    ArchivePage,
    ArchiveQuery,
    LibrarySettings,
    Maintenance,
    Photo,
    ReceivedBy,
    Similar,
    Statistics,
    Upload,
)
from .values.sent_by import FROM_ANYBODY, SentBy
from .values.shared import RebuildProgress, SharedParts, SharingCheck
from .values.sliced_file import SlicedFile
from .values.space import Space
from .verdicts import Verdicts


class Library:
    """The uploads, archives and jobs. Use it as an async context manager."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        emit: Callable[[LibraryEvent], None],
        settings: LibrarySettings | None = None,
        aside: Path | None = None,
        shared: SharedParts | None = None,
        real_models: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """Remember the places; nothing is touched before the context is entered. Raises IndexUnavailableError.

        `database_url` is a SQLAlchemy URL of a SQLite file or a PostgreSQL database. `aside` is a folder on another disk,
        for what lies in the library's place by mistake while the library is not there. `shared` is what makes it one that
        several Home Assistants share; `folder` then holds what came in here and is not in the store yet. `real_models` returns the
        slicers' names of the real printers' models, none where they are not known.
        """
        self._context = LibraryContext(
            settings=settings or LibrarySettings(),
            listener=emit,
            index=Index(
                database_url,
                instance=None if shared is None else shared.instance,
                library_id="" if shared is None else shared.library_id,
                prepare=None if shared is None else shared.prepare,
            ),
            folder=LibraryFolder(folder),
            real_models=real_models,
            shared=shared,
        )
        self._intake = Intake(self._context)
        self._archive_editor = ArchiveEditor(self._context)
        self.pending = PendingUploads(self._context, self._intake)
        """What people do with pending uploads."""
        self.queue = JobQueue(self._context)
        """The jobs."""
        self.prints = Prints(self._context)
        """Their prints on real printers."""
        self.packaging = Packaging(self._context)
        """What is made of archived files to be printed."""
        self.instances = Instances(self._context)
        """The Home Assistants that share the library."""
        self.drivers = (
            None
            if shared is None
            else DriverLocks(
                database_url, shared.instance, library_id=shared.library_id
            )
        )
        """Which of them drives which real printer; None where it is not shared."""
        self.verdicts = Verdicts(self._context)
        """What people say of what was printed."""
        self._upkeep = Upkeep(
            self._context,
            aside=aside,
            intake=self._intake,
            pending=self.pending,
            archive_editor=self._archive_editor,
            connect=self._connect,
        )

    async def __aenter__(self) -> Self:
        """Open, and go on with what a crash interrupted. Raises StorageError; then nothing is left open.

        Where the library's disk is not there now, that comes later; everything else can be used. So does the index of a shared
        library: until then uploads are received, and everything else fails with the reason.
        """
        try:
            await self._upkeep.start()
        except BaseException:
            await self._upkeep.stop()
            await self._close()
            raise
        return self

    async def _connect(self) -> None:
        """Open the index, and what goes on beside it. Raises IndexUnavailableError; then it may be tried again."""
        context = self._context
        kept_aside = await context.index.open()
        if kept_aside is not None:
            context.emit(IndexReplaced(kept_aside=kept_aside))
        if self.drivers is not None:
            self.drivers.start()
        if context.shared is not None:
            context.index.listen(
                Hearing(changed=self._hear, outdated=self._hear_outdated)
            )

    async def __aexit__(self, *_: object) -> None:
        """Finish the work under way and close; no thread is left."""
        self._intake.close()
        await self._upkeep.stop()
        await self._close()

    async def _close(self) -> None:
        if self.drivers is not None:
            await self.drivers.close()
        await self._context.close()

    def _hear(self, changes: Changes) -> None:
        self._context.emit(ChangedElsewhere(instances=changes.instances))

    def _hear_outdated(self, error: IndexTooNewError) -> None:
        self._context.emit(IndexOutdated(reason=error.explanation))

    @property
    def is_present(self) -> bool:
        """Whether the library's folder is there; nothing can be received or read while it is not."""
        return self._upkeep.presence.is_present

    @property
    def is_shared(self) -> bool:
        """Whether other Home Assistants have it too."""
        return self._context.shared is not None

    @property
    def why_away(self) -> Explanation | None:
        """Why the index of a shared library cannot be used now; None while it can."""
        return self._upkeep.why_away

    @property
    def rebuild_progress(self) -> RebuildProgress | None:
        """How far the index of a shared library is that is filled with what lies in the store; None while nothing is done."""
        rebuilding = self._upkeep.rebuilding
        return None if rebuilding is None else rebuilding.progress

    async def look_at_index(self) -> Explanation | None:
        """Look now whether the index of a shared library can be used; what waits is filed then. Returns why not."""
        return await self._upkeep.look_at_index()

    async def check_sharing(self) -> SharingCheck | None:
        """Look whether what others have too can be used now; None where the library is this Home Assistant's own."""
        stored = self._context.stored
        return None if stored is None else await check_sharing(self._context, stored)

    async def adopt_folder(self) -> bool:
        """Use the library's folder as it is, though it has no marker. Returns whether it is used now.

        The folder of another library is never used. Raises StorageError.
        """
        return await self._upkeep.presence.adopt()

    @property
    def settings(self) -> LibrarySettings:
        """What a person chose; may be changed at any time."""
        return self._context.settings

    @settings.setter
    def settings(self, settings: LibrarySettings) -> None:
        self._context.settings = settings

    # --- receiving --------------------------------------------------------------------------------------------------

    def storage(
        self,
        printer: PrinterRef,
        *,
        annotations: Annotations = NO_ANNOTATIONS,
        plan: JobPlan = DEFAULT_PLAN,
    ) -> MemoryCard:
        """Return the memory card of a printer. Every upload begins with these annotations and this plan for its jobs."""
        return MemoryCard(self._context, printer, annotations, plan)

    def receive(
        self,
        file: ReceivedFile,
        printer: PrinterRef,
        request: PrintRequest | None = None,
    ) -> None:
        """Begin to decide about a file that was just stored, as `intake` does, after an event that it came."""
        self._context.start(self._intake.receive(file, printer, request))

    def intake(self, upload_id: str, request: PrintRequest | None = None) -> None:
        """Begin to decide about an upload; an event reports the end of it.

        By the mode of the printer they came by, uploads become archives, or archives and jobs, or wait for a person.
        Asked again, nothing happens to one that was decided about.
        """
        self._context.start(self._intake.handle(upload_id, request))

    async def print_requested(self, request: PrintRequest, upload_id: str) -> None:
        """Store a print request that came after its upload."""
        await self._intake.note_request(upload_id, request)

    async def forget_printer(self, printer_id: str) -> None:
        """Empty the card of a printer that was removed. Its uploads, pending ones too, are kept."""
        await self._context.index.run(card_rows.take_off, printer_id)

    async def rename_printer(self, printer_id: str, name: str) -> None:
        """Rename a printer in everything it received."""
        await self._context.index.run(upload_rows.rename_printer, printer_id, name)

    async def issue_serial_suffix(self, draw: Callable[[Container[str]], str]) -> str:
        """Let `draw` choose a suffix that was never issued, and remember it for good."""
        return await self._context.index.run(serial_rows.issue, draw)

    async def remember_serial_suffix(self, suffix: str) -> bool:
        """Remember a suffix that came from elsewhere. Returns False when it was known."""
        return await self._context.index.run(serial_rows.remember, suffix)

    # --- looking ----------------------------------------------------------------------------------------------------

    async def archives(self, query: ArchiveQuery) -> ArchivePage:
        """List archives."""
        return await self._context.index.read(archive_search.page, query)

    async def archive(self, archive_id: str) -> ArchiveDetails:
        """Return an archive with all its facts. Raises NotFoundError."""
        details = await self._context.index.read(archive_rows.details, archive_id)
        if details is None:
            raise NotFoundError(NO_SUCH_ARCHIVE)
        return details

    async def archive_months(
        self, zone: tzinfo = UTC, hidden: Collection[str] = ()
    ) -> list[ArchiveMonth]:
        """Return by which printers and in which months of a time zone archives came in, newest first, without those of some people."""
        return await self._context.index.read(counts.months, zone, hidden)

    async def similar(self, archive_id: str) -> Similar:
        """Return archives similar to this one, at most ten of each kind, newest first. Raises NotFoundError."""
        similar = await self._context.index.read(archive_rows.similar, archive_id)
        if similar is None:
            raise NotFoundError(NO_SUCH_ARCHIVE)
        return similar

    async def tags(self, hidden: Collection[str] = ()) -> dict[str, int]:
        """Return all tags with how many archives have them, the most frequent first, without those of some people."""
        return await self._context.index.read(archive_labels.tags, hidden)

    async def projects(self, hidden: Collection[str] = ()) -> dict[str, int]:
        """Return all projects with how many archives belong to them, in the order of their names, without those of some people."""
        return await self._context.index.read(archive_labels.projects, hidden)

    async def facets(self, hidden: Collection[str] = ()) -> ArchiveFacets:
        """Return what archives can be chosen by, without those of some people."""
        return await self._context.index.read(made.facets, hidden)

    async def made(
        self, *, begin: datetime, end: datetime, only: SentBy = FROM_ANYBODY
    ) -> Made:
        """Return what was archived and how jobs ended from `begin` until before `end`."""
        return await self._context.index.read(
            made.made, begin=begin, end=end, only=only
        )

    async def used_since(self, begin: datetime) -> Mapping[str, Amount]:
        """Return how much was printed for each person since then, with what printers have now."""
        return await self._context.index.read(used_amounts.used_since, begin)

    async def received_by(self, printer_id: str) -> ReceivedBy:
        """Return what came in by a printer."""
        return await self._context.index.read(counts.received_by, printer_id)

    async def upload(self, upload_id: str) -> Upload:
        """Return an upload in any state. Raises NotFoundError."""
        upload = await self._context.index.read(upload_rows.get, upload_id)
        if upload is None:
            raise NotFoundError(NO_SUCH_UPLOAD)
        return upload

    async def statistics(self) -> Statistics:
        """Count what is kept, and measure the disk."""
        context = self._context
        await context.watch_storage()
        if self.is_present:
            space = await context.space()
        else:
            # The free space of the disk beneath it does not count.
            space = Space(free_bytes=0, disk_bytes=0)
        return await context.index.read(
            counts.statistics, space, storage_low=context.storage.is_low
        )

    def queue_obstacle(self, facts: SlicedFile) -> Explanation | None:
        """Return why a file can be kept but not queued, None where it can be."""
        return self._context.queue_obstacle(facts)

    async def file_path(self, item_id: str) -> Path | None:
        """Return where the file of an archive or pending upload is, or None when it is gone. Raises NotFoundError."""
        upload = await self.upload(item_id)
        return await self._context.path(item_id, upload.file_name)

    async def thumbnail_path(
        self,
        item_id: str,
        plate: int | None = None,
        *,
        max_pixels: int | None = None,
    ) -> Path | None:
        """Return a plate's picture as a PNG file, or None; without a number, that of the first plate that is printed.

        With `max_pixels` it is a WebP file that is no wider and higher, as a rule. Works for archives and pending uploads. Raises NotFoundError.
        """
        number = await self.cover(item_id) if plate is None else plate
        if number is None:
            return None
        if (stored := self._context.stored) is not None:
            # A whole file is not fetched for a picture that the store has.
            picture = await stored.picture(item_id, number)
            if picture is not None and max_pixels is not None:
                return await self._context.media_worker.run(_small, picture, max_pixels)
            if picture is not None:
                return picture
        path = await self.file_path(item_id)
        if path is None:
            return None

        def find() -> Path | None:
            with explained(PICTURES_NOT_KEPT):
                if (picture := thumbnails.find(path, number)) is not None:
                    return picture
                # They are not written so as to survive a power cut.
                with suppress(SlicedFileError):
                    sliced.extract_thumbnails(path, sliced.read(path))
                return thumbnails.find(path, number)

        def find_small() -> Path | None:
            picture = find()
            if picture is None or max_pixels is None:
                return picture
            return _small(picture, max_pixels)

        return await self._context.media_worker.run(find_small)

    async def cover(self, item_id: str) -> int | None:
        """Return the plate whose picture is that of an archive or upload; None without any. Raises NotFoundError."""
        archive = await self._context.index.read(archive_rows.get, item_id)
        if archive is not None:
            return archive.cover
        upload = await self.upload(item_id)
        return upload.facts.cover if upload.facts else None

    async def photos(self, archive_id: str) -> tuple[Photo, ...]:
        """Return the photos of an archive, oldest first. Raises NotFoundError, and InvalidChangeError before it is one."""
        return await photos.of_archive(self._context, archive_id)

    async def photo_path(self, archive_id: str, photo_id: str) -> Path:
        """Return where a photo is. Raises NotFoundError, and InvalidChangeError before it is an archive."""
        return await photos.path_of(self._context, archive_id, photo_id)

    # --- changing ---------------------------------------------------------------------------------------------------

    async def update_archive(self, archive_id: str, changes: ArchiveChanges) -> Archive:
        """Write on an archive. Raises NotFoundError, InvalidChangeError."""
        return await self._archive_editor.update(archive_id, lambda _: changes)

    async def delete_archive(
        self, archive_id: str, *, purge: bool = False
    ) -> datetime | None:
        """Remove an archive's files and cancel its jobs. Its numbers stay in the statistics unless it is purged.

        Returns until when `restore_archive` can restore it; None when it cannot. Raises NotFoundError, and
        JobStateError while a printer is printing it.
        """
        return await self._archive_editor.delete(archive_id, purge=purge)

    async def restore_archive(self, archive_id: str) -> Archive:
        """Have back a deleted archive. Raises NotFoundError, NothingToUndoError."""
        return await self._archive_editor.restore(archive_id)

    async def add_photo(
        self, archive_id: str, source: Path | AsyncIterable[bytes]
    ) -> Photo:
        """Keep a photo with an archive: a JPEG, PNG or WebP picture, at most 20 MB, 50 megapixels, and 20 of them.

        Raises NotFoundError, InvalidChangeError when it is no such picture, StorageFullError, StorageError; then nothing
        is kept.
        """
        return await photos.add(self._context, archive_id, source)

    async def remove_photo(self, archive_id: str, photo_id: str) -> None:
        """Remove a photo of an archive. Raises NotFoundError, and InvalidChangeError before it is an archive."""
        await photos.remove(self._context, archive_id, photo_id)

    async def rename_tag(self, tag: str, new: str) -> int:
        """Rename a tag on all archives; an empty name removes it. Returns on how many."""
        return await self._archive_editor.rename_tag(tag, new)

    async def import_file(
        self,
        source: Path | AsyncIterable[bytes],
        *,
        name: str,
        printer: PrinterRef,
        annotations: Annotations = NO_ANNOTATIONS,
        plan: JobPlan = DEFAULT_PLAN,
        sender: Sender = UNNAMED,
    ) -> str:
        """Take in a sliced 3MF that no slicer sent, as if it came by `printer`, whose mode decides about it.

        Returns the id of the upload; events report what becomes of it. Raises LibraryError when it is no sliced 3MF, after
        which nothing is kept, and StorageFullError, StorageError.
        """
        card = self.storage(printer, annotations=annotations, plan=plan)
        file = await importer.import_file(self._context, card, source, name, sender)
        self.receive(file, printer)
        return file.id

    async def export(self, path: Path, query: ArchiveQuery | None = None) -> int:
        """Write the archives of a query into a new CSV or XLSX file, by its name. Returns how many.

        Raises InvalidChangeError when it is neither, StorageError.
        """
        return await self._context.finish(
            export.write_table(self._context, path, query or ArchiveQuery())
        )

    def csv_pieces(self, query: ArchiveQuery) -> AsyncIterator[bytes]:
        """Give the archives of a query as a CSV file, piece by piece. Raises LibraryError."""
        return export.csv_pieces(self._context, query)

    async def run_outside[**Parameters, Result](
        self,
        work: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Do work that blocks on a path that a person named. Raises what it raises, StorageError when nothing answers."""
        return await self._context.external_worker.run(work, *args, **kwargs)

    async def maintain(self, now: datetime | None = None) -> Maintenance:
        """Do what is due: discard expired uploads, delete what is kept no longer, look at the storage. Call it hourly.

        Uploads that could not be decided about, because the index did not answer, are taken up again.
        """
        return await self._upkeep.maintain(now or self._context.clock.now())

    # --- backups ----------------------------------------------------------------------------------------------------

    async def prepare_backup(self) -> None:
        """Make the files of the index safe to copy, one after the other, until `finish_backup`; everything goes on."""
        await self._context.index.prepare_backup()

    async def finish_backup(self) -> None:
        """Go back to normal after a backup."""
        await self._context.index.finish_backup()


def _small(picture: Path, max_pixels: int) -> Path:
    """Return a smaller form of a plate's picture. Blocks. Raises StorageError."""
    with explained(PICTURES_NOT_KEPT):
        return thumbnails.small(picture, max_pixels)
