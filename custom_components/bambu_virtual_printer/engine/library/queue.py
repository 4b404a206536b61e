"""The print queue: one ordered list of jobs, and all that people and printers do to it.

The queue is printed from position 1 on; dragging a job decides its place. The priority decides where a job
is put when it comes, or when its priority changes: before the first one of lower priority.

Everything is one transaction in the index. Done a second time, a verb changes nothing and emits nothing; only starts are counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Unpack

from sqlalchemy import Connection

from ..explanations import explain
from .context import LibraryContext
from .index import archive_rows, job_changes, job_rows
from .index.queue_reading import QueueReading
from .values.errors import (
    NO_SUCH_ARCHIVE,
    InvalidChangeError,
    JobStateError,
    NotFoundError,
)
from .values.events import (
    JobAdded,
    JobChanged,
    JobEvent,
    JobFinished,
    JobHeld,
    JobMoved,
    JobPutBack,
    JobReleased,
    JobStarted,
    JobStartedAgain,
    QueueEmptied,
)
from .values.job import (
    DEFAULT_PLAN,
    TRANSITIONS,
    Job,
    JobChanges,
    JobPage,
    JobPlan,
    JobState,
    JobVerb,
)
from .values.prints import Problem
from .values.sanitize import clean_text
from .values.sent_by import FROM_ANYBODY, SentBy

# Earlier attempts do not count any more.
UNCANCEL_WITHIN = timedelta(minutes=10)
_FRESH: dict[str, object] = {
    "problem": "",
    "problem_code": "",
    "retry_at": None,
    "attempts": 0,
}

_EVENT_TYPES: dict[JobVerb, Callable[[Job], JobEvent]] = {
    JobVerb.HOLD: lambda job: JobHeld(job=job),
    JobVerb.RELEASE: lambda job: JobReleased(job=job),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """A job after a verb.

    `changed` is False when the verb had been done before, `corrected` is True when only the reason of an
    earlier end changed, `again` when only a start was counted, `is_last` when no job is left.
    """

    job: Job
    changed: bool = True
    corrected: bool = False
    again: bool = False
    is_last: bool = False


class JobQueue:
    """The jobs of a library. Everything may raise LibraryError; errors named are beside that."""

    def __init__(self, context: LibraryContext) -> None:
        """Use the tools of the library."""
        self._context = context
        self._reading = QueueReading()

    # --- looking ----------------------------------------------------------------------------------------------------

    async def queued_jobs(self) -> tuple[Job, ...]:
        """Return all unfinished jobs in their order, those that are with a real printer first."""
        return await self._context.index.read(self._reading.read)

    async def history(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        only: SentBy = FROM_ANYBODY,
        instance: str | None = None,
    ) -> JobPage:
        """Return finished jobs, newest first; of an `instance`, those of what came in there."""
        return await self._context.index.read(
            job_rows.history,
            limit=limit,
            cursor=cursor,
            only=only,
            instance=instance,
        )

    async def of_archive(self, archive_id: str, *, limit: int = 50) -> tuple[Job, ...]:
        """Return the jobs of an archive in any state, the newest first."""
        return await self._context.index.read(
            job_rows.all_of_archive, archive_id, limit
        )

    async def job(self, job_id: str) -> Job:
        """Return a job in any state. Raises NotFoundError."""
        return await self._context.index.read(job_rows.get, job_id)

    async def next(self) -> Job | None:
        """Return the job that is to begin next, or None when nothing is in the queue."""
        return await self._context.index.read(job_rows.first)

    # --- people -----------------------------------------------------------------------------------------------------

    async def add(
        self, archive_id: str, plan: JobPlan = DEFAULT_PLAN
    ) -> tuple[Job, ...]:
        """Put an archive in the queue, also if it was there before. Returns a job for each plate.

        Raises NotFoundError, NotQueueableError, InvalidChangeError.
        """
        filament_price = self._context.settings.filament_price

        def work(connection: Connection) -> tuple[Job, ...]:
            details = archive_rows.details(connection, archive_id)
            if details is None:
                raise NotFoundError(NO_SUCH_ARCHIVE)
            self._context.check_queueable(details.facts)
            return job_rows.add(
                connection,
                archive_id,
                details.facts,
                plan,
                requests=details.requests,
                filament_price=filament_price,
                now=datetime.now(UTC),
            )

        async def add() -> tuple[Job, ...]:
            added = await self._context.index.run(work)
            for job in added:
                self._context.emit(JobAdded(job=job))
            return added

        return await self._context.finish(add())

    async def edit(self, job_id: str, **changes: Unpack[JobChanges]) -> Job:
        """Change a job in the queue; what is not named stays. Raises NotFoundError, JobStateError, InvalidChangeError."""

        def work(connection: Connection) -> _Outcome:
            job = job_changes.queued(connection, job_id)
            after = job_changes.edit(connection, job, changes)
            return _Outcome(job=after, changed=after != job)

        return await self._change(work, lambda job: JobChanged(job=job))

    async def move_to(self, job_id: str, position: int) -> Job:
        """Move a job in the queue to a position, from 1; beyond the end is the end. Raises NotFoundError, JobStateError."""

        def place(_: Connection, __: Job) -> int:
            return position

        return await self._move(job_id, place)

    async def move_to_top(self, job_id: str) -> Job:
        """Make a job the first in the queue. Raises NotFoundError, JobStateError."""
        return await self.move_to(job_id, 1)

    async def move_before(self, job_id: str, other_id: str) -> Job:
        """Put a job right before another one in the queue. Raises NotFoundError, JobStateError."""

        def place(connection: Connection, job: Job) -> int:
            other = job_changes.queued(connection, other_id)
            is_behind = job_changes.position(other) > job_changes.position(job)
            return job_changes.position(other) - is_behind

        return await self._move(job_id, place)

    async def move_after(self, job_id: str, other_id: str) -> Job:
        """Put a job right after another one in the queue, or after one that a printer has, which is the top.

        Raises NotFoundError, JobStateError.
        """

        def place(connection: Connection, job: Job) -> int:
            other = job_rows.get(connection, other_id)
            if other.state.is_active:
                return 1
            job_changes.check_queued(other)
            is_before = job_changes.position(other) < job_changes.position(job)
            return job_changes.position(other) + is_before

        return await self._move(job_id, place)

    async def hold(self, job_id: str) -> Job:
        """Keep a job in the queue from beginning. Raises NotFoundError, JobStateError."""
        return await self._do(JobVerb.HOLD, job_id)

    async def release(self, job_id: str) -> Job:
        """Let a job begin that was held. Raises NotFoundError, JobStateError."""
        return await self._do(JobVerb.RELEASE, job_id, **_FRESH)

    async def retry(self, job_id: str) -> Job:
        """Put a job that did not succeed back into the queue: one that is held for it, that failed or was cancelled.

        Raises NotFoundError, JobStateError.
        """

        def work(connection: Connection) -> _Outcome:
            job = job_rows.for_change(connection, job_id)
            may_begin = job.state in (JobState.PENDING, JobState.WAITING)
            if may_begin and not job.problem:
                return _Outcome(job=job, changed=False)
            if not may_begin:
                job_changes.allow(JobVerb.RETRY, job)
            job_rows.check_archive(connection, job)
            after = job_changes.requeue(
                connection,
                job,
                **_FRESH,
                state=(job.state if may_begin else JobState.PENDING).value,
                error="",
                finished_at=None,
                state_before=None,
                position_before=None,
            )
            return _Outcome(job=after)

        return await self._change(work, lambda job: JobReleased(job=job))

    async def uncancel(self, job_id: str) -> Job:
        """Have back a job that was cancelled in the queue a moment ago, as it was and where: what was held stays held.

        One in the queue stays as it is. Raises NotFoundError, NothingToUndoError, InvalidChangeError.
        """

        def work(connection: Connection) -> _Outcome:
            job = job_rows.for_change(connection, job_id)
            if job.state.is_queued:
                return _Outcome(job=job, changed=False)
            since = datetime.now(UTC) - UNCANCEL_WITHIN
            return _Outcome(job=job_changes.uncancel(connection, job, since))

        return await self._change(work, lambda job: JobAdded(job=job))

    async def start(self, job_id: str) -> Job:
        """Mark a job for dispatch, whether held, scheduled or to be tried again: it begins as soon as it can.

        Each time counts, of one that is started already too: whoever says so again means what has come in its way since. A
        job whose file is gone fails instead. Raises NotFoundError, JobStateError.
        """
        job = await self.job(job_id)
        is_there = await self._context.exists(job.archive_id, job.file_name)
        if not is_there and job.state.is_queued:
            return await self._finish(
                JobVerb.FINISH, job_id, JobState.FAILED, problem=Problem.FILE_GONE
            )

        def work(connection: Connection) -> _Outcome:
            job = job_rows.for_change(connection, job_id)
            is_again = job.state is JobState.WAITING
            if not is_again:
                job_changes.allow(JobVerb.START, job)
            after = job_changes.start(connection, job, error="", **_FRESH)
            is_news = not is_again or job.problem or job.retry_at
            return _Outcome(job=after, again=not is_news)

        return await self._change(work, lambda job: JobStarted(job=job))

    async def note_late(self, job_id: str, due: datetime) -> bool:
        """Note that people are told that a due time, or that of a printer, cannot be kept.

        Returns whether they were not yet. Raises NotFoundError.
        """

        def work(connection: Connection) -> bool:
            job = job_rows.for_change(connection, job_id)
            is_of_printer = job.due is None
            if job.late_for == due or job.due not in (None, due):
                return False
            if is_of_printer and job.late_for is not None:
                return False
            job_rows.write(connection, job_id, late_for=due)
            return True

        return await self._context.index.run(work)

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job in the queue. Raises NotFoundError, JobStateError when a printer has it."""
        return await self._finish(JobVerb.CANCEL, job_id, JobState.CANCELLED, "")

    async def finish(
        self,
        job_id: str,
        state: JobState,
        error: str = "",
        *,
        seen_copies: int | None = None,
    ) -> Job:
        """Note how a job ended, at a printer or by a person's word. `state` is one of the finished ones.

        A completed job that has copies left is first in the queue again. Of one that has failed already, another `error`
        replaces the first. With `seen_copies`, how many were printed when a person said so, a copy that was noted since is not
        followed by another. Raises NotFoundError, JobStateError.
        """
        if not state.is_finished:
            raise InvalidChangeError(
                explain(
                    "job_does_not_end_so",
                    "A job cannot end like this: {state}.",
                    state=state.explanation,
                )
            )
        return await self._finish(
            JobVerb.FINISH, job_id, state, clean_text(error), seen_copies=seen_copies
        )

    # --- how --------------------------------------------------------------------------------------------------------

    async def _do(self, verb: JobVerb, job_id: str, **values: object) -> Job:
        """Do a verb that leaves the job where it is in the queue."""
        target = TRANSITIONS[verb][1]
        assert target is not None

        def work(connection: Connection) -> _Outcome:
            job = job_rows.for_change(connection, job_id)
            if job.state is target:
                return _Outcome(job=job, changed=False)
            job_changes.allow(verb, job)
            return _Outcome(
                job=job_rows.write(connection, job_id, state=target.value, **values)
            )

        return await self._change(work, _EVENT_TYPES[verb])

    async def _finish(
        self,
        verb: JobVerb,
        job_id: str,
        state: JobState,
        error: str = "",
        problem: Problem | None = None,
        seen_copies: int | None = None,
    ) -> Job:
        def work(connection: Connection) -> _Outcome:
            job = job_rows.for_change(connection, job_id)
            if seen_copies is not None and seen_copies < job.copies_printed:
                raise JobStateError(
                    explain(
                        "copy_noted_already", "This copy was noted as printed already."
                    )
                )
            if job.state is state is JobState.FAILED and error not in ("", job.error):
                return _Outcome(
                    job=job_rows.write(connection, job_id, error=error), corrected=True
                )
            if job.state is state:
                return _Outcome(job=job, changed=False)
            job_changes.allow(verb, job)
            if job.phase is not None:
                raise JobStateError(
                    explain("job_at_printer", "A printer is busy with the job.")
                )
            if verb is JobVerb.CANCEL:
                job_changes.note_place(connection, job)
            job, is_last = job_changes.end(connection, job, state, error, problem)
            return _Outcome(job=job, is_last=is_last)

        return await self._change(work, ending)

    async def _move(self, job_id: str, place: Callable[[Connection, Job], int]) -> Job:
        def work(connection: Connection) -> _Outcome:
            job = job_changes.queued(connection, job_id)
            after = job_rows.move(connection, job, place(connection, job))
            return _Outcome(job=after, changed=after != job)

        return await self._change(work, lambda job: JobMoved(job=job))

    async def _change(
        self,
        work: Callable[[Connection], _Outcome],
        event_type: Callable[[Job], JobEvent],
    ) -> Job:
        """Run a verb and emit its event, both or neither, even if the caller is cancelled."""

        async def change() -> Job:
            outcome = await self._context.index.run(work)
            if outcome.corrected:
                self._context.emit(JobChanged(job=outcome.job))
            elif outcome.again:
                self._context.emit(JobStartedAgain(job=outcome.job))
            elif outcome.changed:
                self._context.emit(event_type(outcome.job))
            if outcome.is_last:
                self._context.emit(QueueEmptied())
            return outcome.job

        return await self._context.finish(change())


def ending(job: Job) -> JobEvent:
    """Return the event of a job that ended or is back in the queue."""
    return JobPutBack(job=job) if job.state.is_queued else JobFinished(job=job)
