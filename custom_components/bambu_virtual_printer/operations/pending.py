"""Pending uploads as Home Assistant's modules use them; errors are Home Assistant's.

Deciding twice does no harm: a verb on an upload that was decided about before changes nothing and returns that.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..const import DOMAIN
from ..engine.library.library import Library
from ..engine.library.values.errors import AlreadyProcessedError
from ..engine.library.values.job import Job
from ..engine.library.values.records import (
    Approval,
    Archive,
    Upload,
    UploadChanges,
    UploadPage,
    UploadState,
)
from ..engine.library.values.sent_by import FROM_ANYBODY, SentBy
from ..engine.library.values.targets import TARGET_NONE, is_gone
from .errors import library_errors, undo_errors
from .permissions import Permissions, Right
from .plans import NO_CHANGES, PlanChanges

PAGE_SIZE = 200


class Result(StrEnum):
    """What came of a verb."""

    DONE = "done"
    ALREADY_PROCESSED = "already_processed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a verb, with the upload's name and state, and what it became."""

    result: Result
    name: str
    state: UploadState
    archive: Archive | None = None
    jobs: tuple[Job, ...] = ()
    undo_until: datetime | None = None
    """Until when it can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What to write on an upload; None leaves it as it is."""

    name: str | None = None
    notes: str | None = None
    tags: Sequence[str] | None = None
    favourite: bool | None = None
    project: str | None = None
    link: str | None = None


NO_NOTES = Notes()


class Review:
    """The pending uploads of the library. Methods raise ServiceValidationError, HomeAssistantError."""

    def __init__(self, library: Library, permissions: Permissions) -> None:
        """Ask this library, for those who may."""
        self._library = library
        self._permissions = permissions

    async def _check(self, right: Right, upload_id: str) -> None:
        """Make sure that whoever acts has a right to an upload. Raises NotPermittedError, NotFoundError."""
        if await self._permissions.is_limited():
            upload = await self._library.upload(upload_id)
            await self._permissions.require_for(right, upload)

    async def pending(
        self,
        *,
        printer_id: str | None,
        limit: int,
        cursor: str | None,
        only: SentBy = FROM_ANYBODY,
        instance: str | None = None,
    ) -> UploadPage:
        """List pending uploads, newest first."""
        with library_errors():
            return await self._library.pending.page(
                printer_id=printer_id,
                limit=limit,
                cursor=cursor,
                only=replace(only, hidden=await self._permissions.hidden()),
                instance=instance,
            )

    async def upload(self, upload_id: str) -> Upload:
        """Return an upload in any state."""
        with library_errors(upload_id):
            await self._check(Right.SEE, upload_id)
            return await self._library.upload(upload_id)

    async def edit(self, upload_id: str, notes: Notes, plan: PlanChanges) -> Outcome:
        """Write on a pending upload, and change how jobs are to be made of it."""

        async def edit() -> Outcome:
            await self._check(Right.WORK, upload_id)
            changes = await self._changes(upload_id, notes, plan)
            return _of_upload(await self._library.pending.edit(upload_id, changes))

        return await self._decide(upload_id, edit)

    async def approve(
        self,
        upload_id: str,
        *,
        to_queue: bool,
        notes: Notes = NO_NOTES,
        plan: PlanChanges = NO_CHANGES,
    ) -> Outcome:
        """Archive a pending upload, and put it in the queue if asked."""
        review = self._library.pending
        verb = review.approve_to_queue if to_queue else review.approve_to_archive

        async def approve() -> Outcome:
            await self._check(Right.DECIDE, upload_id)
            changes = await self._changes(upload_id, notes, plan)
            return _of_approval(await verb(upload_id, changes), to_queue=to_queue)

        return await self._decide(upload_id, approve)

    async def discard(self, upload_id: str) -> Outcome:
        """Remove a pending upload; its file is kept for a while."""

        async def discard() -> Outcome:
            await self._check(Right.WORK, upload_id)
            return _of_upload(await self._library.pending.discard(upload_id))

        return await self._decide(upload_id, discard)

    async def send_back(self, upload_id: str, note: str) -> Outcome:
        """Remove a pending upload, with a note for the sender; its file is kept for a while."""

        async def send_back() -> Outcome:
            await self._check(Right.DECIDE, upload_id)
            return _of_upload(await self._library.pending.send_back(upload_id, note))

        return await self._decide(upload_id, send_back)

    async def undo(self, upload_id: str) -> Upload:
        """Take back what was decided about an upload: it is pending again."""
        with library_errors(upload_id):
            await self._check(Right.WORK, upload_id)
            name = (await self._library.upload(upload_id)).name
            with undo_errors(name):
                return await self._library.pending.undo(upload_id)

    async def discarded(self) -> list[Upload]:
        """Return what was discarded or deleted and can be had back, the last one first."""
        with library_errors():
            kept = await self._library.pending.undoable()
            uploads = [
                await self._library.upload(upload_id)
                for upload_id in sorted(kept, key=lambda item: kept[item], reverse=True)
            ]
        hidden = await self._permissions.hidden()
        return [upload for upload in uploads if upload.file.person not in hidden]

    async def discarded_last(self) -> str:
        """Return what was discarded or deleted last of that whose files are kept."""
        if discarded := await self.discarded():
            return discarded[0].id
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_was_discarded"
        )

    async def forget_printers(self, known: Collection[str]) -> None:
        """Let jobs of what is pending be meant for no printer that were meant for a real one that is not `known` any more."""
        for upload in await self._all(None):
            if is_gone(upload.plan.target, known):
                # It may just have been decided about, or it is not a printable file.
                with suppress(HomeAssistantError):
                    await self.edit(
                        upload.id, NO_NOTES, PlanChanges(target=TARGET_NONE)
                    )

    async def all_ids(self, *, printer_id: str | None) -> list[str]:
        """Return the ids of all that are pending now, the oldest first."""
        return [upload.id for upload in reversed(await self._all(printer_id))]

    async def _all(self, printer_id: str | None) -> list[Upload]:
        """Return all that are pending now, the newest first."""
        uploads: list[Upload] = []
        cursor = None
        while True:
            page = await self.pending(
                printer_id=printer_id, limit=PAGE_SIZE, cursor=cursor
            )
            uploads += page.uploads
            if (cursor := page.cursor) is None:
                return uploads

    async def _changes(
        self, upload_id: str, notes: Notes, plan: PlanChanges
    ) -> UploadChanges:
        upload = await self._library.upload(upload_id)
        plan.check(upload.plan)
        return UploadChanges(
            name=notes.name,
            notes=notes.notes,
            tags=notes.tags,
            favourite=notes.favourite,
            project=notes.project,
            link=notes.link,
            plan=None if plan.is_empty else lambda now: plan.apply(now, upload.printer),
        )

    async def _decide(
        self, upload_id: str, verb: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        with library_errors(upload_id):
            try:
                return await verb()
            except AlreadyProcessedError as err:
                return Outcome(
                    result=Result.ALREADY_PROCESSED,
                    name=err.upload.name,
                    state=err.upload.state,
                )


def _of_upload(upload: Upload) -> Outcome:
    return Outcome(
        result=Result.DONE,
        name=upload.name,
        state=upload.state,
        undo_until=upload.kept_until,
    )


def _of_approval(approval: Approval, *, to_queue: bool) -> Outcome:
    return Outcome(
        result=Result.DONE,
        name=approval.archive.name,
        state=UploadState.QUEUED if to_queue else UploadState.ARCHIVED,
        archive=approval.archive,
        jobs=approval.jobs,
        undo_until=approval.undo_until,
    )
