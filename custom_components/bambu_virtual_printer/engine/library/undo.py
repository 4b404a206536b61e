"""Taking back what people decided: a discarded upload waits again, an archive does instead of being one, a deleted one is back.

All of it for a while (`LibrarySettings.undo_for`), and as long as nothing was printed of it and its file is there.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from .context import LibraryContext
from .index import archive_rows, job_rows, upload_rows
from .index.job_changes import cancel_all, uncancel_all
from .values.errors import NO_SUCH_UPLOAD, NotFoundError, too_late_to_undo
from .values.events import (
    ArchiveAdded,
    ArchiveDeleted,
    JobAdded,
    JobFinished,
    LibraryEvent,
    QueueEmptied,
    UploadRestored,
)
from .values.job import Job
from .values.prints import Problem
from .values.records import IN_ARCHIVE, Archive, Upload, UploadState

MAX_JOBS = 500


def undoable_until(context: LibraryContext, since: datetime) -> datetime | None:
    """Return until when what was done `since` then can be taken back; None when it cannot."""
    undo_for = context.settings.undo_for
    return None if undo_for is None else since + undo_for


def kept_until(context: LibraryContext) -> datetime | None:
    """Return until when the files of what is discarded now are kept; None when they are not."""
    if context.storage.is_low:
        return None
    return undoable_until(context, context.clock.now())


async def take_back(context: LibraryContext, upload_id: str) -> Upload:
    """Take back what was decided about an upload. Returns it as it waits then.

    What waits already stays so. Raises NotFoundError, NothingToUndoError.
    """
    async with context.locks(upload_id):
        upload = await context.index.read(_found, upload_id)
        if upload.state is UploadState.PENDING:
            return upload
        if not await context.exists(upload_id, upload.file_name):
            raise too_late_to_undo(upload.name)
        if upload.state not in IN_ARCHIVE:
            upload, events = await context.index.run(_waiting_again, upload)
        else:
            upload, events = await _unarchived(context, upload)
        for event in events:
            context.emit(event)
    await context.watch_storage()
    return upload


async def restore_archive(context: LibraryContext, archive_id: str) -> Archive:
    """Have back a deleted archive, and the jobs that were cancelled with it as they were.

    One that is there already stays as it is. Raises NotFoundError, NothingToUndoError.
    """
    async with context.locks(archive_id):
        archive = await context.index.read(archive_rows.get, archive_id)
        if archive is not None:
            return archive
        upload = await context.index.read(_found, archive_id)
        if not await context.exists(archive_id, upload.file_name):
            raise too_late_to_undo(upload.name)
        restored, jobs = await context.index.run(_archived_again, upload)
        context.emit(ArchiveAdded(archive=restored))
        for job in jobs:
            context.emit(JobAdded(job=job))
    await context.watch_storage()
    return restored


async def _unarchived(
    context: LibraryContext, upload: Upload
) -> tuple[Upload, list[LibraryEvent]]:
    now = context.clock.now()

    def is_young(archive: Archive) -> bool:
        until = undoable_until(context, archive.archived_at)
        return until is not None and now < until

    # After a crash in between recovery moves what the index says is pending.
    upload, events = await context.index.run(_not_archived, upload, is_young)
    await context.unarchive_files(upload.id, upload.file.sha256)
    await context.write_sidecar(upload, None)
    return upload, events


def _found(connection: Connection, upload_id: str) -> Upload:
    upload = upload_rows.get(connection, upload_id)
    if upload is None:
        raise NotFoundError(NO_SUCH_UPLOAD)
    return upload


def _waiting_again(
    connection: Connection, upload: Upload
) -> tuple[Upload, list[LibraryEvent]]:
    """Have back what was discarded or sent back, unless that was done elsewhere."""
    upload = upload_rows.existing(connection, upload.id)
    if upload.state is UploadState.PENDING:
        return upload, []
    if upload.kept_until is None or upload.state in IN_ARCHIVE:
        raise too_late_to_undo(upload.name)
    # The note of what was sent back is none of a pending upload.
    is_sent_back = upload.state is UploadState.SENT_BACK
    upload = upload_rows.take_back(
        connection, upload.id, reason=None if is_sent_back else upload.reason
    )
    return upload, [UploadRestored(upload=upload)]


def _archived_again(
    connection: Connection, upload: Upload
) -> tuple[Archive, tuple[Job, ...]]:
    """Have back a deleted archive, unless that was done elsewhere."""
    if (restored := archive_rows.get(connection, upload.id)) is not None:
        return restored, ()
    upload = upload_rows.existing(connection, upload.id)
    if (
        upload.state not in IN_ARCHIVE
        or upload.kept_until is None
        or upload.facts is None
    ):
        raise too_late_to_undo(upload.name)
    archive_rows.restore(connection, upload, upload.facts)
    jobs = uncancel_all(connection, upload.id, Problem.ARCHIVE_DELETED)
    upload_rows.keep_for_good(connection, upload.id)
    # Counted with its jobs.
    archive = archive_rows.get(connection, upload.id)
    assert archive is not None
    return archive, jobs


def _not_archived(
    connection: Connection, upload: Upload, is_young: Callable[[Archive], bool]
) -> tuple[Upload, list[LibraryEvent]]:
    """Let a young archive, of which nothing was printed, wait for a decision again; its jobs go."""
    details = archive_rows.details(connection, upload.id)
    if details is None or not is_young(details.archive):
        raise too_late_to_undo(upload.name)
    jobs = job_rows.all_of_archive(connection, upload.id, MAX_JOBS)
    if any(map(_has_begun, jobs)):
        raise too_late_to_undo(upload.name)
    cancelled, is_last = cancel_all(connection, upload.id, Problem.TAKEN_BACK)
    upload_rows.wait_again(connection, details)
    archive_rows.forget(connection, upload.id)
    upload = upload_rows.existing(connection, upload.id)
    events: list[LibraryEvent] = [JobFinished(job=job) for job in cancelled]
    if is_last:
        events.append(QueueEmptied())
    events.append(ArchiveDeleted(archive=details.archive, purged=True, undone=True))
    events.append(UploadRestored(upload=upload))
    return upload, events


def _has_begun(job: Job) -> bool:
    return (
        job.state.is_started
        or job.attempts > 0
        or job.copies_printed > 0
        or job.started_at is not None
    )
