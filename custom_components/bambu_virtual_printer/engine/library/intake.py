"""What becomes of an upload: read, then archived, queued or held, by the mode of its printer or the word of a person.

Every step can be repeated after a crash in the middle of it and comes to the same end; the folder and the state in the
index tell how far the last attempt came.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
import logging

from sqlalchemy import Connection

from ..explanations import Explanation, explain, why_failed
from ..storage import StorageError
from ..values import (
    DuplicatePolicy,
    Mode,
    OnPrint,
    PrinterRef,
    PrintRequest,
    ReceivedFile,
)
from .context import LibraryContext
from .index import archive_rows, archiving, job_rows, print_now, upload_rows
from .values.errors import (
    AlreadyProcessedError,
    IndexUnavailableError,
    LibraryAbsentError,
    LibraryError,
    SlicedFileError,
)
from .values.events import (
    ArchiveAdded,
    ArchiveChanged,
    JobAdded,
    JobChanged,
    JobEvent,
    LibraryEvent,
    QueueRefused,
    UploadApproved,
    UploadChanged,
    UploadDiscarded,
    UploadHeld,
    UploadStored,
)
from .values.job import OPTIONS_EXPECTED_FOR, Job
from .values.names import display_name
from .values.plate_requests import with_request
from .values.records import Approval, ArchiveDetails, Upload, UploadState
from .values.sliced_file import SlicedFile

_LOGGER = logging.getLogger(__name__)

UNANSWERED = 5
"""So often an upload is tried again that the database of a shared library, which answers by then, gives no answer about."""
KNOWN_ALREADY = explain("file_known", "This file is already in the archive.")


class Intake:
    """Takes uploads in, one at a time: the other file thread stays free for those that are just being received."""

    def __init__(self, context: LibraryContext) -> None:
        """Start with nothing to do."""
        self._context = context
        self._turn = asyncio.Lock()
        self._closing = False
        self._unanswered: dict[str, int] = {}

    def close(self) -> None:
        """Begin nothing new; what waits for its turn is done after the next start."""
        self._closing = True

    async def receive(
        self, file: ReceivedFile, printer: PrinterRef, request: PrintRequest | None
    ) -> None:
        """Emit that a file came, with what the archive knows of its bytes, then decide about it. Never raises."""
        known = None
        if self._context.filing.is_waiting:
            if request is not None:
                await self._have_wait(file.id, request)
            self._context.emit(
                UploadStored(file=file, printer=printer, request=request, known=None)
            )
            return
        try:
            if upload := await self._context.index.read(upload_rows.get, file.id):
                known = upload.known
        except LibraryError as err:
            _LOGGER.warning("%s could not be looked up: %s", file.name, err)
        self._context.emit(
            UploadStored(file=file, printer=printer, request=request, known=known)
        )
        await self.handle(file.id, request)

    async def handle(self, upload_id: str, request: PrintRequest | None = None) -> None:
        """Decide about an upload; nothing happens when that was done before. Never raises; errors are logged."""
        try:
            if request is not None:
                await self.note_request(upload_id, request)
            async with self._turn, self._context.locks(upload_id):
                if not self._closing:
                    await self._decide(upload_id)
        except LibraryError as err:
            # The index does not answer, so nothing can be stored; maintenance resumes from here.
            _LOGGER.error("Upload %s could not be handled: %s", upload_id, err)
            if isinstance(err, IndexUnavailableError):
                self._wait_for_index()

    async def note_request(self, upload_id: str, request: PrintRequest) -> None:
        """Store the slicer's print request, whatever the state of the upload, also on the job in the queue of its plate.

        While the index of a shared library is away it is kept on the disk, until then. Raises LibraryError.
        """
        if self._context.filing.is_waiting:
            await self._have_wait(upload_id, request)
            return
        try:
            await self.note_waiting(upload_id, request)
        except IndexUnavailableError:
            if self._context.stored is None:
                raise
            self._context.filing.begin()
            await self._have_wait(upload_id, request)

    async def _have_wait(self, upload_id: str, request: PrintRequest) -> None:
        """Have a print request wait until the index is there, also in the sidecar of a file that waits; errors are logged."""
        context = self._context
        context.filing.ask(upload_id, [request])
        await context.keep_requests()

        def work() -> None:
            sidecar = context.folder.read_sidecar(upload_id)
            if sidecar is not None:
                requests = with_request(sidecar.requests, request)
                context.folder.write_sidecar(replace(sidecar, requests=requests))

        async with context.locks(upload_id):
            try:
                await context.archive_worker.run(work)
            except StorageError as err:
                _LOGGER.warning("%s: %s", upload_id, err)

    async def note_waiting(self, upload_id: str, request: PrintRequest) -> None:
        """Store a print request that has waited for its turn. Raises LibraryError."""
        context = self._context

        def work(
            connection: Connection,
        ) -> tuple[
            Upload | None, ArchiveDetails | None, tuple[Job, ...], tuple[JobEvent, ...]
        ]:
            before = upload_rows.get(connection, upload_id)
            upload_rows.add_request(connection, upload_id, request)
            upload = upload_rows.get(connection, upload_id)
            jobs = job_rows.stamp(connection, upload_id, request)
            events: tuple[JobEvent, ...] = ()
            details = archive_rows.details(connection, upload_id)
            if before is None or upload is None:
                return upload, details, jobs, events
            if details is not None and not context.queue_obstacle(details.facts):
                events = print_now.act_on(
                    connection,
                    upload,
                    details.facts,
                    [request],
                    filament_price=context.settings.filament_price,
                    now=datetime.now(UTC),
                )
                if any(isinstance(event, JobAdded) for event in events):
                    upload_rows.set_queued(connection, upload_id)
                    # Once more: it has jobs now.
                    details = archive_rows.details(connection, upload_id)
            elif _was_skipped(upload) and not _is_repeated(request, before.requests):
                events = self._print_again(connection, upload, [request])
            return upload, details, jobs, events

        async with context.locks(upload_id):
            upload, details, jobs, events = await context.index.run(work)
            if upload is None:
                return
            archive = details.archive if details else None
            await context.write_sidecar(upload, archive)
            if archive is not None:
                context.emit(ArchiveChanged(archive=archive, by_slicer=True))
            elif upload.state is UploadState.PENDING:
                context.emit(UploadChanged(upload=upload, by_slicer=True))
            for job in jobs:
                context.emit(JobChanged(job=job))
            for event in events:
                context.emit(event)
            if not _prints(upload):
                return
            facts = details.facts if details else upload.facts
            if facts is not None and (obstacle := context.queue_obstacle(facts)):
                context.emit(
                    QueueRefused(
                        upload=upload, reason=obstacle, is_archived=archive is not None
                    )
                )
            elif upload.state is UploadState.PENDING:
                await self._print_pending(upload)

    async def _print_pending(self, upload: Upload) -> None:
        """Archive a pending upload, because its slicer's Print asks for it. Its lock is held by the caller."""
        if upload.reason or (
            upload.known and upload.printer.duplicates is DuplicatePolicy.ASK
        ):
            # Whatever it waits for, a person has to look at it.
            return
        try:
            approved = await self._context.index.run(
                _approved, upload.id, queueing=False
            )
        except AlreadyProcessedError:
            # Somebody at another instance was faster.
            return
        await self._archive_upload(approved, queueing=False, prints=True)

    async def approve(self, upload_id: str, *, queueing: bool) -> Approval:
        """Make an archive of a pending upload, and jobs when `queueing`. Its lock is held by the caller.

        Raises AlreadyProcessedError, and LibraryError, after which the upload is pending again, with the reason.
        """
        index = self._context.index
        # While the library is not there nothing is decided: the upload stays pending.
        await self._context.archive_worker.run(self._context.folder.check_present)
        upload = await index.run(_approved, upload_id, queueing=queueing)
        reason = await self._archive_upload(upload, queueing=queueing)
        if isinstance(reason, Explanation):
            raise LibraryError(reason)
        return reason

    async def _decide(self, upload_id: str) -> None:
        index = self._context.index
        upload = await index.read(upload_rows.get, upload_id)
        if upload is None:
            return
        match upload.state:
            case UploadState.ARCHIVING:
                # Approved before a crash.
                queueing = await index.read(upload_rows.is_queueing, upload_id)
                await self._archive_upload(upload, queueing=queueing)
            case UploadState.RECEIVED:
                if await self._is_settled_by_its_duplicate(upload):
                    return
                match upload.printer.mode:
                    case Mode.IMMEDIATE:
                        await self._archive_upload(upload, queueing=False, prints=True)
                    case Mode.QUEUE:
                        await self._archive_upload(upload, queueing=True, prints=True)
                    case Mode.REVIEW if _prints(upload):
                        await self._archive_upload(upload, queueing=False, prints=True)
                    case Mode.REVIEW | Mode.PROXY:
                        await self._read_and_hold(upload)

    async def _is_settled_by_its_duplicate(self, upload: Upload) -> bool:
        """Apply the printer's duplicate policy to an upload whose bytes are in the archive. Returns False to go by the mode."""
        known = upload.known
        if known is None:
            return False
        match upload.printer.duplicates:
            case DuplicatePolicy.KEEP:
                return False
            case DuplicatePolicy.ASK:
                await self._read_and_hold(upload)
                return True
            case DuplicatePolicy.SKIP:
                # The archive must not be deleted meanwhile: this file might be the last copy then.
                async with self._context.locks(known.original_id):
                    return await self._skip(upload, known.original_id)

    async def _skip(self, upload: Upload, original_id: str) -> bool:
        """Discard an upload that an archive has the file of. Returns False when that is gone, or at another instance only.

        And when nobody can tell. What others delete from then on is gone by their word.
        """
        context = self._context
        original = await context.index.read(archive_rows.details, original_id)
        if (
            original is None
            or not _may_be_printed_as(upload, original)
            # Last, since the file may have to be read for it.
            or not await context.is_at_hand(
                original_id,
                original.archive.file_name,
                size_bytes=upload.file.size_bytes,
                sha256=upload.file.sha256,
            )
        ):
            return False

        def work(
            connection: Connection,
        ) -> tuple[Upload, tuple[JobEvent, ...]] | None:
            # Others may have deleted it while the file was looked at; their locks are their own.
            if archive_rows.get(connection, original_id) is None:
                return None
            gone = upload_rows.let_go(
                connection, upload.id, UploadState.DISCARDED, KNOWN_ALREADY
            )
            return gone, self._print_again(connection, upload, upload.requests)

        done = await context.index.run(work)
        if done is None:
            return False
        gone, events = done
        await self.remove(upload.id, UploadDiscarded(upload=gone))
        for event in events:
            context.emit(event)
        return True

    def _print_again(
        self, connection: Connection, upload: Upload, requests: Sequence[PrintRequest]
    ) -> tuple[JobEvent, ...]:
        """Let what Print asks for, with a file that is discarded because it is archived, be printed from the archive."""
        context = self._context
        if upload.known is None:
            return ()
        original = archive_rows.details(connection, upload.known.original_id)
        if original is None or context.queue_obstacle(original.facts):
            return ()
        return print_now.print_again(
            connection,
            upload,
            original,
            requests,
            filament_price=context.settings.filament_price,
            now=datetime.now(UTC),
        )

    async def remove(self, upload_id: str, event: LibraryEvent) -> None:
        """Remove the file of an upload that the index dropped, and emit that. Its lock is held by the caller."""
        await self._context.remove_files(upload_id)
        self._context.emit(event)

    async def _read_and_hold(self, upload: Upload) -> None:
        facts = await self._attempt(upload, self._context.read(upload))
        if isinstance(facts, Explanation):
            await self._hold(upload, None, facts)
        else:
            await self._hold(upload, facts, None)

    async def _archive_upload(
        self, upload: Upload, *, queueing: bool, prints: bool = False
    ) -> Approval | Explanation:
        """Bring an upload into the archive; with `prints` what its slicer's Print asks for is done as well.

        Returns what it became, or why it is pending instead. Raises LibraryError.
        """
        facts = await self._attempt(upload, self._context.read(upload))
        if isinstance(facts, Explanation):
            await self._hold(upload, None, facts)
            return facts
        if upload.state is UploadState.RECEIVED and (queueing or _prints(upload)):
            if obstacle := self._context.queue_obstacle(facts):
                return await self._refuse(upload, facts, obstacle)
        approval = await self._attempt(
            upload, self._archive(upload, facts, queueing=queueing, prints=prints)
        )
        self._unanswered.pop(upload.id, None)
        if isinstance(approval, Explanation):
            await self._hold(upload, facts, approval)
        return approval

    async def _refuse(
        self, upload: Upload, facts: SlicedFile, obstacle: Explanation
    ) -> Approval | Explanation:
        """Keep an upload that should have been queued and cannot be, and say so. Returns what it became. Raises LibraryError."""
        if upload.printer.mode is Mode.REVIEW:
            await self._hold(upload, facts, None)
            kept: Approval | Explanation = obstacle
        else:
            kept = await self._attempt(
                upload, self._archive(upload, facts, queueing=False, prints=False)
            )
            if isinstance(kept, Explanation):
                await self._hold(upload, facts, kept)
                return kept
        self._context.emit(
            QueueRefused(
                upload=upload,
                reason=obstacle,
                is_archived=isinstance(kept, Approval),
            )
        )
        return kept

    async def _attempt[Result](
        self, upload: Upload, work: Awaitable[Result]
    ) -> Result | Explanation:
        """Return what comes of the work, or why nothing does."""
        try:
            return await work
        except LibraryAbsentError:
            # Nothing is known of the file; it is decided about once the library is there.
            raise
        except IndexUnavailableError as err:
            # Nor of what the database of a shared library has to say; but not for ever of one that answers others.
            unanswered = self._unanswered.pop(upload.id, 0) + 1
            if self._context.stored is None or unanswered > UNANSWERED:
                return err.explanation
            self._unanswered[upload.id] = unanswered
            self._wait_for_index()
            raise
        except (SlicedFileError, StorageError) as err:
            return err.explanation
        except Exception as err:
            _LOGGER.exception("Upload %s could not be handled", upload.id)
            return why_failed(err)

    def _wait_for_index(self) -> None:
        """Have everything that is to be decided about wait until the database of a shared library answers, in its order."""
        if self._context.stored is not None:
            self._context.filing.begin()

    async def _archive(
        self, upload: Upload, facts: SlicedFile, *, queueing: bool, prints: bool
    ) -> Approval:
        """Move the file to the archive, then write it down. Raises StorageError, after which it is where it was."""
        context = self._context
        if queueing:
            context.check_queueable(facts)
            job_rows.planned_plates(facts, upload.plan)
        is_approved = upload.state is UploadState.ARCHIVING
        await context.archive_files(upload.id, upload.file.sha256)
        try:
            approval, events = await context.index.run(
                archiving.archive_upload,
                upload,
                name=self._name(upload, facts),
                facts=facts,
                plan=upload.plan if queueing else None,
                archived_at=context.clock.now(),
                options_due_at=None
                if is_approved
                else upload.file.received_at
                + context.clock.ahead()
                + OPTIONS_EXPECTED_FOR,
                filament_price=context.settings.filament_price,
                prints=prints,
            )
        except Exception:
            await context.unarchive_files(upload.id, upload.file.sha256)
            raise
        if is_approved:
            await context.write_sidecar(upload, approval.archive)
            state = UploadState.QUEUED if approval.jobs else UploadState.ARCHIVED
            context.emit(
                UploadApproved(
                    upload=replace(upload, state=state),
                    archive=approval.archive,
                    jobs=approval.jobs,
                )
            )
        context.emit(ArchiveAdded(archive=approval.archive))
        context.store_wanted.set()
        for job in approval.jobs:
            context.emit(JobAdded(job=job))
        for event in events:
            context.emit(event)
        await context.watch_storage()
        return approval

    async def _hold(
        self, upload: Upload, facts: SlicedFile | None, reason: Explanation | None
    ) -> None:
        """Leave the file where it is, for a person to decide. Raises LibraryError."""
        held = await self._context.index.run(
            upload_rows.hold,
            upload.id,
            name=self._name(upload, facts),
            facts=facts,
            reason=reason,
            filament_price=self._context.settings.filament_price,
        )
        # For an index that is made anew from the store of a shared library, which this one may become.
        await self._context.write_sidecar(held, None)
        self._context.emit(UploadHeld(upload=held))
        self._context.store_wanted.set()
        await self._context.watch_storage()

    def _name(self, upload: Upload, facts: SlicedFile | None) -> str:
        return upload.annotations.name or display_name(
            upload.file.name, facts, self._context.settings.name_source
        )


def _approved(connection: Connection, upload_id: str, *, queueing: bool) -> Upload:
    """Record the decision about a pending upload, which several may make at once. Raises AlreadyProcessedError."""
    upload = upload_rows.existing(connection, upload_id)
    if upload.state is not UploadState.PENDING:
        raise AlreadyProcessedError(upload)
    upload_rows.approve(connection, upload_id, queueing=queueing)
    return upload_rows.existing(connection, upload_id)


def _prints(upload: Upload) -> bool:
    """Return whether the slicer's Print was used for an upload, and means more than Send."""
    return upload.printer.on_print is not OnPrint.SEND and bool(upload.requests)


def _was_skipped(upload: Upload) -> bool:
    return upload.state is UploadState.DISCARDED and upload.reason == KNOWN_ALREADY


def _is_repeated(request: PrintRequest, known: Sequence[PrintRequest]) -> bool:
    return any(other.plate == request.plate for other in known)


def _may_be_printed_as(upload: Upload, original: ArchiveDetails) -> bool:
    """Return whether jobs of an archive may do for an upload of the same bytes: what holds for a sender holds for jobs by their archives."""
    return (
        upload.printer.on_print is OnPrint.SEND
        or upload.file.person == original.archive.file.person
    )
