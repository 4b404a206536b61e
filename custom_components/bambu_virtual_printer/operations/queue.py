"""The print queue as Home Assistant's modules use it; errors are Home Assistant's."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.typing import UNDEFINED, UndefinedType

from ..engine.library.library import Library
from ..engine.library.values.annotations import clean_line
from ..engine.library.values.errors import TextField
from ..engine.library.values.job import Job, JobChanges, JobPage, JobPlan, JobState
from ..engine.library.values.sent_by import FROM_ANYBODY, SentBy
from ..engine.library.values.targets import TARGET_NONE, is_gone, target_of
from .errors import library_errors
from .permissions import Permissions, Right, seen
from .plans import NO_TIMING_CHANGES, PlanChanges, TimingChanges, priority_of, rule_of
from .times import require_to_come


class JobAction(StrEnum):
    """What can be done to a job without saying more."""

    HOLD = "hold"
    RELEASE = "release"
    START = "start"
    CANCEL = "cancel"
    COMPLETE = "complete"


JOB_RIGHTS = {
    JobAction.HOLD: Right.WORK,
    JobAction.RELEASE: Right.DECIDE,
    JobAction.START: Right.DECIDE,
    JobAction.CANCEL: Right.WORK,
    JobAction.COMPLETE: Right.WORK,
}


class PrintQueue:
    """The jobs of the library. Methods raise ServiceValidationError, HomeAssistantError."""

    def __init__(
        self,
        library: Library,
        permissions: Permissions,
        plan_of: Callable[[str], JobPlan],
    ) -> None:
        """Ask this library, for those who may; `plan_of` tells how a virtual printer's jobs are made, by its id."""
        self._library = library
        self._permissions = permissions
        self._plan_of = plan_of

    async def check(self, right: Right, job_id: str) -> None:
        """Make sure that whoever acts has a right to a job. Raises NotPermittedError."""
        if await self._permissions.is_limited():
            with library_errors(job_id):
                job = await self._library.queue.job(job_id)
            await self._permissions.require_for(right, job)

    async def queued_jobs(self) -> tuple[Job, ...]:
        """Return unfinished jobs in their order."""
        with library_errors():
            jobs = await self._library.queue.queued_jobs()
        return seen(jobs, await self._permissions.hidden())

    async def history(
        self,
        *,
        limit: int,
        cursor: str | None,
        only: SentBy = FROM_ANYBODY,
        instance: str | None = None,
    ) -> JobPage:
        """Return finished jobs, newest first; of an `instance`, those of what came in there."""
        with library_errors():
            return await self._library.queue.history(
                limit=limit,
                cursor=cursor,
                only=replace(only, hidden=await self._permissions.hidden()),
                instance=instance,
            )

    async def of_archive(self, archive_id: str, *, limit: int) -> tuple[Job, ...]:
        """Return the jobs of an archive in any state, the newest first."""
        with library_errors(archive_id):
            jobs = await self._library.queue.of_archive(archive_id, limit=limit)
        return seen(jobs, await self._permissions.hidden())

    async def job(self, job_id: str) -> Job:
        """Return a job in any state."""
        await self.check(Right.SEE, job_id)
        with library_errors(job_id):
            return await self._library.queue.job(job_id)

    async def add(self, archive_id: str, plan: PlanChanges) -> tuple[Job, ...]:
        """Put an archive in the queue, once more if it was before; what `plan` leaves open is as its virtual printer says."""
        with library_errors(archive_id):
            archive = (await self._library.archive(archive_id)).archive
            await self._permissions.require_for(Right.DECIDE, archive)
            before = self._plan_of(archive.printer.id)
            plan.check(before)
            return await self._library.queue.add(
                archive_id, plan.apply(before, archive.printer)
            )

    async def edit(
        self,
        job_id: str,
        *,
        target: str | None = None,
        not_before: datetime | None | UndefinedType = UNDEFINED,
        due: datetime | None | UndefinedType = UNDEFINED,
        priority: str | None = None,
        copies: int | None = None,
        options: Mapping[str, Any] | None = None,
        filament_rule: str | None = None,
        print_anyway: bool | None = None,
        timing: TimingChanges = NO_TIMING_CHANGES,
    ) -> Job:
        """Change a job in the queue. Times that are None are cleared; options that are not named stay as they are."""
        await self.check(Right.DECIDE, job_id)
        changes: JobChanges = {}
        with library_errors(job_id):
            job = await self._library.queue.job(job_id)
            require_to_come(not_before, job.not_before)
            require_to_come(due, job.due)
            timing.check(job.timing)
            if target is not None:
                changes["target"] = target_of(target, job.printer.model)
            if not_before is not UNDEFINED:
                changes["not_before"] = not_before
            if due is not UNDEFINED:
                changes["due"] = due
            if priority is not None:
                changes["priority"] = priority_of(priority)
            if copies is not None:
                changes["copies"] = copies
            if filament_rule is not None:
                changes["filament_rule"] = rule_of(filament_rule)
            if print_anyway is not None:
                changes["print_anyway"] = print_anyway
            if options:
                changes["options"] = lambda now: replace(now, **options)
            changes["timing"] = timing.apply
            return await self._library.queue.edit(job_id, **changes)

    async def move(self, job_id: str, *, position: int) -> Job:
        """Give a job a place in the queue; 1 is the next to begin."""
        await self.check(Right.WORK, job_id)
        with library_errors(job_id):
            return await self._library.queue.move_to(job_id, position)

    async def move_after(self, job_id: str, other_id: str | None) -> Job:
        """Move a job behind another one, or to the front."""
        await self.check(Right.WORK, job_id)
        queue = self._library.queue
        with library_errors(job_id):
            if other_id is None:
                return await queue.move_to_top(job_id)
            return await queue.move_after(job_id, other_id)

    async def do(self, action: JobAction, job_id: str) -> Job:
        """Hold, release, start, cancel a job, or note that it was printed by hand."""
        await self.check(JOB_RIGHTS[action], job_id)
        queue = self._library.queue
        with library_errors(job_id):
            match action:
                case JobAction.HOLD:
                    return await queue.hold(job_id)
                case JobAction.RELEASE:
                    return await queue.release(job_id)
                case JobAction.START:
                    return await queue.start(job_id)
                case JobAction.CANCEL:
                    return await queue.cancel(job_id)
                case JobAction.COMPLETE:
                    return await queue.finish(job_id, JobState.COMPLETED)

    async def complete_seen(self, job_id: str, seen_copies: int) -> Job:
        """Note that a copy was printed by hand, unless one was noted since the person saw how many there were."""
        await self.check(JOB_RIGHTS[JobAction.COMPLETE], job_id)
        with library_errors(job_id):
            return await self._library.queue.finish(
                job_id, JobState.COMPLETED, seen_copies=seen_copies
            )

    async def uncancel(self, job_id: str) -> Job:
        """Have back a job that was cancelled a moment ago, as it was and where."""
        await self.check(Right.WORK, job_id)
        with library_errors(job_id):
            return await self._library.queue.uncancel(job_id)

    async def forget_printers(self, known: Collection[str]) -> None:
        """Let jobs in the queue be meant for no printer that were meant for a real one that is not `known` any more."""
        for job in await self.queued_jobs():
            if job.state.is_queued and is_gone(job.target, known):
                # It may have left the queue this moment.
                with suppress(HomeAssistantError):
                    await self.edit(job.id, target=TARGET_NONE)

    async def fail(self, job_id: str, reason: str) -> Job:
        """Note that a print failed that was made by other means, and why."""
        await self.check(Right.WORK, job_id)
        with library_errors(job_id):
            said = clean_line(TextField.REASON, reason)
            return await self._library.queue.finish(job_id, JobState.FAILED, said)
