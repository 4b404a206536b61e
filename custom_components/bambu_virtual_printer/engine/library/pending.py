"""Review: what people do with pending uploads.

Every verb is done once: what was decided before is answered with AlreadyProcessedError and stays as it is. A verb goes on
to its end when its caller gives up, and is taken up again after a crash.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ..explanations import Explanation, as_it_stands
from ..storage import StorageError
from .context import LibraryContext
from .index import job_rows, upload_rows
from .index.pending_reading import PendingReading
from .intake import Intake
from .undo import kept_until, take_back, undoable_until
from .values.annotations import annotated, clean_notes
from .values.errors import (
    NO_SUCH_UPLOAD,
    AlreadyProcessedError,
    LibraryError,
    NotFoundError,
    TextField,
    still_read,
)
from .values.events import (
    LibraryEvent,
    UploadChanged,
    UploadDiscarded,
    UploadExpired,
    UploadSentBack,
)
from .values.job import JobPlan
from .values.names import display_name
from .values.records import (
    Approval,
    BatchResult,
    Failure,
    Upload,
    UploadChanges,
    UploadPage,
    UploadState,
)
from .values.sent_by import FROM_ANYBODY, SentBy

MAX_NEWEST = 500
"""So many are listed of those that came last; pages have no such bound."""
_EVENT_TYPES: dict[UploadState, Callable[[Upload], LibraryEvent]] = {
    UploadState.DISCARDED: lambda upload: UploadDiscarded(upload=upload),
    UploadState.SENT_BACK: lambda upload: UploadSentBack(upload=upload),
    UploadState.EXPIRED: lambda upload: UploadExpired(upload=upload),
}


class PendingUploads:
    """The pending uploads of a library. Everything may raise StorageError; errors named are beside that."""

    def __init__(self, context: LibraryContext, intake: Intake) -> None:
        """Use the tools of the library."""
        self._context = context
        self._intake = intake
        self._newest = PendingReading(MAX_NEWEST)

    async def newest(self) -> tuple[Upload, ...]:
        """List the uploads that wait for a person, newest first, at most `MAX_NEWEST`. To be asked often: what is the same is kept."""
        return await self._context.index.read(self._newest.read)

    async def page(
        self,
        *,
        printer_id: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        only: SentBy = FROM_ANYBODY,
        instance: str | None = None,
    ) -> UploadPage:
        """List the uploads that wait for a person, newest first.

        `printer_id` asks for those of one virtual printer, `instance` for those that came in at one Home Assistant.
        """
        return await self._context.index.read(
            upload_rows.page,
            state=UploadState.PENDING,
            printer_id=printer_id,
            limit=limit,
            cursor=cursor,
            only=only,
            instance=instance,
        )

    # --- one --------------------------------------------------------------------------------------------------------

    async def edit(self, upload_id: str, changes: UploadChanges) -> Upload:
        """Write on a pending upload, or change how jobs are to be made of it.

        Raises NotFoundError, AlreadyProcessedError, InvalidChangeError.
        """

        async def edit() -> Upload:
            async with self._context.locks(upload_id):
                return await self._edit(upload_id, changes)

        return await self._context.finish(edit())

    async def approve_to_archive(
        self, upload_id: str, changes: UploadChanges | None = None
    ) -> Approval:
        """Make an archive of a pending upload, with the changes.

        Raises NotFoundError, AlreadyProcessedError, InvalidChangeError, and LibraryError when that fails: then the
        upload is pending again, with the reason.
        """
        return await self._context.finish(
            self._approve(upload_id, changes, queueing=False)
        )

    async def approve_to_queue(
        self, upload_id: str, changes: UploadChanges | None = None
    ) -> Approval:
        """Make an archive of a pending upload, with the changes, and jobs by its plan. Raises as `approve_to_archive`."""
        return await self._context.finish(
            self._approve(upload_id, changes, queueing=True)
        )

    async def discard(self, upload_id: str) -> Upload:
        """Remove a pending upload and, after a while, its file. Raises NotFoundError, AlreadyProcessedError."""
        return await self._let_go(upload_id, UploadState.DISCARDED)

    async def send_back(self, upload_id: str, note: str) -> Upload:
        """Remove a pending upload and, after a while, its file, with a note for its sender.

        Raises NotFoundError, AlreadyProcessedError.
        """
        return await self._let_go(
            upload_id,
            UploadState.SENT_BACK,
            as_it_stands(kept) if (kept := clean_notes(note, TextField.NOTE)) else None,
        )

    async def undo(self, upload_id: str) -> Upload:
        """Take back what was decided about an upload: it is pending again.

        When it was taken back before, nothing happens. Raises NotFoundError, NothingToUndoError.
        """
        return await self._context.finish(take_back(self._context, upload_id))

    async def undoable(self) -> dict[str, datetime]:
        """Return what was discarded or deleted and can be restored, and until when, the earliest first."""
        return await self._context.index.read(upload_rows.kept)

    # --- all --------------------------------------------------------------------------------------------------------

    async def approve_all_to_archive(
        self, *, printer_id: str | None = None
    ) -> BatchResult:
        """Do `approve_to_archive` to all that are pending now."""
        return await self._to_all(self.approve_to_archive, printer_id)

    async def approve_all_to_queue(
        self, *, printer_id: str | None = None
    ) -> BatchResult:
        """Do `approve_to_queue` to all that are pending now, in the order they came."""
        return await self._to_all(self.approve_to_queue, printer_id)

    async def discard_all(self, *, printer_id: str | None = None) -> BatchResult:
        """Do `discard` to all that are pending now."""
        return await self._to_all(self.discard, printer_id)

    async def send_back_all(
        self, note: str, *, printer_id: str | None = None
    ) -> BatchResult:
        """Do `send_back` to all that are pending now."""
        return await self._to_all(lambda item: self.send_back(item, note), printer_id)

    async def expire(self, now: datetime, after: timedelta) -> int:
        """Remove the uploads pending for so long. Returns how many."""
        ids = await self._context.index.read(
            upload_rows.pending_ids, known_before=now - after
        )
        result = await self._to_each(
            lambda item: self._let_go(item, UploadState.EXPIRED), ids
        )
        return len(result.done)

    async def sweep(self, now: datetime) -> datetime | None:
        """Remove the files of uploads discarded long enough ago, of all when room is needed. Returns when to do it again.

        None when nothing is kept.
        """
        kept = await self._context.index.read(upload_rows.kept)
        is_low = self._context.storage.is_low
        removed = False
        left: list[datetime] = []
        for upload_id, until in kept.items():
            if until > now and not is_low:
                left.append(until)
            else:
                await self._context.finish(self._remove_kept(upload_id))
                removed = True
        if removed:
            await self._context.watch_storage()
        return min(left, default=None)

    # --- how --------------------------------------------------------------------------------------------------------

    async def _approve(
        self, upload_id: str, changes: UploadChanges | None, *, queueing: bool
    ) -> Approval:
        async with self._context.locks(upload_id):
            upload = await self._context.index.read(_pending, upload_id)
            if changes is not None:
                upload = await self._edit(upload_id, changes)
            if queueing and upload.facts is not None:
                # Errors come before anything is touched.
                self._context.check_queueable(upload.facts)
                job_rows.planned_plates(upload.facts, upload.plan)
            approval = await self._intake.approve(upload_id, queueing=queueing)
            return replace(
                approval,
                undo_until=undoable_until(self._context, approval.archive.archived_at),
            )

    async def _edit(self, upload_id: str, changes: UploadChanges) -> Upload:
        def work(connection: Connection) -> tuple[Upload, Upload]:
            before = _pending(connection, upload_id)
            plan = _planned(before.plan, changes)
            if before.facts is not None and changes.plan is not None:
                job_rows.planned_plates(before.facts, plan)
            annotations = annotated(before.annotations, changes)
            return before, upload_rows.edit(
                connection,
                upload_id,
                name=annotations.name
                or display_name(
                    before.file.name,
                    before.facts,
                    self._context.settings.name_source,
                ),
                annotations=annotations,
                plan=plan,
            )

        before, upload = await self._context.index.run(work)
        if upload != before:
            await self._context.write_sidecar(upload, None)
            self._context.emit(UploadChanged(upload=upload))
        return upload

    async def _let_go(
        self, upload_id: str, state: UploadState, reason: Explanation | None = None
    ) -> Upload:
        return await self._context.finish(self._remove(upload_id, state, reason))

    async def _remove(
        self, upload_id: str, state: UploadState, reason: Explanation | None
    ) -> Upload:
        context = self._context
        kept_until = self._kept_until(state)

        def work(connection: Connection) -> Upload:
            upload = _pending(connection, upload_id)
            return upload_rows.let_go(
                connection,
                upload_id,
                state,
                reason or upload.reason,
                kept_until=kept_until,
            )

        async with context.locks(upload_id):
            upload = await context.index.run(work)
            event = _EVENT_TYPES[state](upload)
            if kept_until is None:
                await self._intake.remove(upload_id, event)
            else:
                context.emit(event)
                context.sweep_wanted.set()
        await context.watch_storage()
        return upload

    def _kept_until(self, state: UploadState) -> datetime | None:
        """Return until when the files of what goes into a state are kept; None when they are not."""
        return None if state is UploadState.EXPIRED else kept_until(self._context)

    async def _remove_kept(self, upload_id: str) -> None:
        """Remove the files of discarded uploads, unless they were restored meanwhile."""
        context = self._context
        async with context.locks(upload_id):
            # After a crash in between recovery removes what the index has dropped.
            if await context.index.run(upload_rows.keep_no_longer, upload_id):
                await context.remove_files(upload_id)

    async def _to_all(
        self, verb: Callable[[str], Awaitable[object]], printer_id: str | None
    ) -> BatchResult:
        ids = await self._context.index.read(
            upload_rows.pending_ids, printer_id=printer_id
        )
        return await self._to_each(verb, ids)

    async def _to_each(
        self, verb: Callable[[str], Awaitable[object]], ids: list[str]
    ) -> BatchResult:
        done: list[str] = []
        failed: list[Failure] = []
        for upload_id in ids:
            try:
                await verb(upload_id)
            except StorageError as err:
                failed.append(Failure(id=upload_id, reason=err.explanation))
            else:
                done.append(upload_id)
        return BatchResult(done=tuple(done), failed=tuple(failed))


def _planned(plan: JobPlan, changes: UploadChanges) -> JobPlan:
    match changes.plan:
        case None:
            return plan
        case JobPlan() as other:
            return other
        case change:
            return change(plan)


def _pending(connection: Connection, upload_id: str) -> Upload:
    """Return an upload that waits for a person. Raises NotFoundError, AlreadyProcessedError."""
    upload = upload_rows.get(connection, upload_id)
    if upload is None:
        raise NotFoundError(NO_SUCH_UPLOAD)
    if upload.state is UploadState.RECEIVED:
        raise LibraryError(still_read(upload.name))
    if upload.state is not UploadState.PENDING:
        raise AlreadyProcessedError(upload)
    return upload
