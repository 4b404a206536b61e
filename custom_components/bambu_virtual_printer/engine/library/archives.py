"""What people do with archives: write on them and delete them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection

from ..explanations import explain
from .context import LibraryContext
from .index import archive_labels, archive_rows, upload_rows
from .index.job_changes import cancel_all
from .undo import kept_until, restore_archive
from .values.annotations import annotated, clean_tags, unique_tags
from .values.errors import NO_SUCH_ARCHIVE, InvalidChangeError, NotFoundError
from .values.events import ArchiveChanged, ArchiveDeleted, JobFinished, QueueEmptied
from .values.job import Job
from .values.prints import Problem
from .values.records import Archive, ArchiveChanges
from .values.sanitize import fold_case


class ArchiveEditor:
    """Changes archives, one verb at a time each. Everything may raise StorageError."""

    def __init__(self, context: LibraryContext) -> None:
        """Use the tools of the library."""
        self._context = context

    async def update(
        self, archive_id: str, change: Callable[[Archive], ArchiveChanges]
    ) -> Archive:
        """Apply to an archive's annotations what `change` returns. Raises NotFoundError, InvalidChangeError."""
        return await self._context.finish(self._update(archive_id, change))

    async def _update(
        self, archive_id: str, change: Callable[[Archive], ArchiveChanges]
    ) -> Archive:
        context = self._context

        def work(connection: Connection) -> tuple[Archive, Archive]:
            archive = archive_rows.get(connection, archive_id)
            if archive is None:
                raise NotFoundError(NO_SUCH_ARCHIVE)
            changes = change(archive)
            annotations = annotated(archive.annotations, changes)
            if changes.name is not None and not annotations.name:
                raise InvalidChangeError(
                    explain("name_needed", "An archive needs a name.")
                )
            if annotations == archive.annotations:
                return archive, archive
            return archive, archive_rows.annotate(connection, archive, annotations)

        async with context.locks(archive_id):
            before, archive = await context.index.run(work)
            if archive is before:
                return archive
            upload = await context.index.read(upload_rows.existing, archive_id)
            await context.write_sidecar(upload, archive)
        context.emit(ArchiveChanged(archive=archive))
        return archive

    async def rename_tag(self, tag: str, new: str) -> int:
        """Rename a tag on all archives; an empty name removes it. Returns on how many. Raises TooLongError."""
        return await self._context.finish(self._rename_tag(tag, new))

    async def _rename_tag(self, tag: str, new: str) -> int:
        (new,) = clean_tags([new]) or ("",)
        ids = await self._context.index.read(archive_labels.tagged_ids, tag)

        def change(archive: Archive) -> ArchiveChanges:
            tags = [
                new if fold_case(old) == fold_case(tag) else old
                for old in archive.annotations.tags
            ]
            return ArchiveChanges(tags=unique_tags(tags))

        renamed = 0
        for archive_id in ids:
            # Those that were deleted meanwhile have no tags.
            with suppress(NotFoundError):
                await self._update(archive_id, change)
                renamed += 1
        return renamed

    async def delete(
        self, archive_id: str, *, purge: bool, unless_wanted: bool = False
    ) -> datetime | None:
        """Delete an archive and cancel its jobs. Raises NotFoundError, JobStateError.

        Returns until when it can be restored; None when its files are removed at once, as when it is purged. Those that
        cannot be removed now are removed when the library is opened again.

        With `unless_wanted` favourites and what has jobs are left alone, and files go at once, for it is about room.
        Raises InvalidChangeError then.
        """
        return await self._context.finish(
            self._delete(archive_id, purge, unless_wanted)
        )

    async def restore(self, archive_id: str) -> Archive:
        """Have back what was deleted a while ago. Raises NotFoundError, NothingToUndoError."""
        return await self._context.finish(restore_archive(self._context, archive_id))

    async def _delete(
        self, archive_id: str, purge: bool, unless_wanted: bool
    ) -> datetime | None:
        context = self._context
        until = None if purge or unless_wanted else kept_until(context)

        def work(connection: Connection) -> tuple[Archive, tuple[Job, ...], bool]:
            found = archive_rows.get(connection, archive_id)
            if (
                unless_wanted
                and found
                and (found.annotations.favourite or found.open_jobs)
            ):
                raise InvalidChangeError(
                    explain(
                        "archive_wanted",
                        "{name} is a favourite or is still to be printed.",
                        name=found.name,
                    )
                )
            cancelled, is_last = cancel_all(
                connection, archive_id, Problem.ARCHIVE_DELETED
            )
            archive = archive_rows.mark_deleted(
                connection,
                archive_id,
                at=context.clock.now(),
                purging=purge,
                kept_until=until,
            )
            if archive is None:
                raise NotFoundError(NO_SUCH_ARCHIVE)
            return archive, cancelled, is_last

        async with context.locks(archive_id):
            archive, cancelled, is_last = await context.index.run(work)
            try:
                if until is not None:
                    context.sweep_wanted.set()
                elif await context.remove_files(archive_id) and purge:
                    await context.index.run(archive_rows.purge, archive_id)
            finally:
                for job in cancelled:
                    context.emit(JobFinished(job=job))
                if is_last:
                    context.emit(QueueEmptied())
                context.emit(ArchiveDeleted(archive=archive, purged=purge))
        await context.watch_storage()
        return until
