"""Changes of jobs by the rules of the queue: ends, returns to the queue, edits; to be run by `Index.run`."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from ...explanations import explain
from ..values.errors import InvalidChangeError, JobStateError, too_late_to_undo
from ..values.job import TRANSITIONS, Job, JobChanges, JobState, JobVerb, PrintOptions
from ..values.json_codec import to_json
from ..values.prints import Problem
from ..values.timing import NO_TIMING
from . import job_rows


def cancel_all(
    connection: Connection, archive_id: str, problem: Problem
) -> tuple[tuple[Job, ...], bool]:
    """Cancel the jobs of an archive, because of `problem`. Returns them and whether no job is left. Raises JobStateError when a printer has one."""
    found = job_rows.of_archive_for_change(connection, archive_id)
    if any(job.state.is_active for job in found):
        raise JobStateError(explain("archive_at_printer", "A printer is busy with it."))
    # From the end: so they do not move one another, of which there may be thousands.
    ended = []
    for job in reversed(found):
        note_place(connection, job)
        ended.append(end(connection, job, JobState.CANCELLED, problem=problem))
    return (
        tuple(job for job, _ in reversed(ended)),
        bool(ended) and ended[-1][1],
    )


def uncancel_all(
    connection: Connection, archive_id: str, problem: Problem
) -> tuple[Job, ...]:
    """Put the jobs of an archive that were cancelled because of `problem` back as they were, and where. Returns them."""
    return tuple(
        _as_before(connection, job, state, position)
        for job, state, position in job_rows.cancelled_with(
            connection, archive_id, problem
        )
    )


def note_place(connection: Connection, job: Job) -> None:
    """Note what a job in the queue is, and where, before it is cancelled."""
    job_rows.write(
        connection,
        job.id,
        state_before=job.state.value,
        position_before=job.position,
    )


def uncancel(connection: Connection, job: Job, since: datetime) -> Job:
    """Put a job that a person has cancelled `since` then back as it was, and where. Raises NothingToUndoError, InvalidChangeError."""
    before = job_rows.before_cancel(connection, job.id)
    is_recent = job.finished_at is not None and job.finished_at >= since
    if before is None or not is_recent:
        raise too_late_to_undo(job.title)
    job_rows.check_archive(connection, job)
    return _as_before(connection, job, *before)


def _as_before(connection: Connection, job: Job, state: JobState, position: int) -> Job:
    return job_rows.put_back(
        connection,
        job,
        position,
        state=state.value,
        problem="",
        error="",
        finished_at=None,
        state_before=None,
        position_before=None,
    )


def end(
    connection: Connection,
    job: Job,
    state: JobState,
    error: str = "",
    problem: Problem | None = None,
    *,
    goes_on: bool = True,
) -> tuple[Job, bool]:
    """End a job, or put it back to the queue when it has copies left; without `goes_on` these are cancelled. Returns it, and whether no job is left."""
    now = datetime.now(UTC)
    printed = job.copies_printed
    if state is JobState.COMPLETED:
        printed += 1
        job_rows.count_print(connection, job, now)
        if printed < job.copies and not goes_on:
            state = JobState.CANCELLED
        elif printed < job.copies:
            after = requeue(
                connection,
                job,
                attempts=0,
                error="",
                copies_printed=printed,
            )
            return after, False
    job_rows.remove_from_queue(connection, job)
    after = job_rows.write(
        connection,
        job.id,
        state=state.value,
        error=error,
        copies_printed=printed,
        finished_at=now,
        **({} if problem is None else {"problem": problem.value}),
    )
    return after, not job_rows.count_unfinished(connection)


def requeue(connection: Connection, job: Job, **values: object) -> Job:
    """Make a job the first in the queue again, or leave it as it is there: what is held stays held."""
    if job.position is None:
        job_rows.put_in_queue(connection, job, 1)
        values = {
            "state": JobState.PENDING.value,
            "machine_id": "",
            "started_at": None,
        } | values
    return job_rows.write(connection, job.id, **values)


def start(connection: Connection, job: Job, **values: object) -> Job:
    """Mark a job in the queue for dispatch, whatever it was scheduled for."""
    return job_rows.write(
        connection,
        job.id,
        state=JobState.WAITING.value,
        starts=job.starts + 1,
        not_before=None,
        **values,
    )


def edit(connection: Connection, job: Job, changes: JobChanges) -> Job:
    """Change a job in the queue; what is not named stays. Raises InvalidChangeError.

    One that a person has started is not started any more where it is said later when it may begin.
    """
    values: dict[str, object] = {}
    is_put_off = False
    if "not_before" in changes:
        not_before = changes["not_before"]
        job_rows.check_times(not_before)
        values["not_before"] = not_before
        is_put_off = not_before is not None and not_before > datetime.now(UTC)
    if "due" in changes:
        job_rows.check_times(changes["due"])
        values["due_at"] = changes["due"]
    if "timing" in changes:
        timing = changes["timing"](job.timing)
        job_rows.check_times(timing.cheapest_before)
        values["timing"] = None if timing == NO_TIMING else to_json(timing)
        is_put_off = is_put_off or timing.asks_more_than(job.timing)
    if job.state is JobState.WAITING and is_put_off:
        # It was started before that was said.
        values["state"] = JobState.PENDING.value
    if "target" in changes:
        target = changes["target"]
        values["target"] = target and to_json(target)
    if "filament_rule" in changes:
        rule = changes["filament_rule"]
        values["filament_rule"] = rule and rule.value
    if "print_anyway" in changes:
        values["print_anyway"] = changes["print_anyway"]
    if "options" in changes:
        options = changes["options"]
        if callable(options):
            options = options(job.options or PrintOptions())
        values["options"] = options and to_json(options)
        values["options_chosen"] = True
    if "copies" in changes:
        job_rows.check_copies(changes["copies"])
        if changes["copies"] <= job.copies_printed:
            raise InvalidChangeError(
                explain(
                    "copies_printed_already",
                    "There must be at least as many copies as are printed already: {count}.",
                    count=job.copies_printed,
                )
            )
        values["copies"] = changes["copies"]
    if values:
        job = job_rows.write(connection, job.id, **values)
    if "priority" in changes and changes["priority"] is not job.priority:
        job = job_rows.set_priority(connection, job, changes["priority"])
    return job


def queued(connection: Connection, job_id: str) -> Job:
    """Return a job that is in the queue. Raises NotFoundError, JobStateError."""
    job = job_rows.for_change(connection, job_id)
    check_queued(job)
    return job


def check_queued(job: Job) -> None:
    """Make sure that a job is in the queue. Raises JobStateError."""
    if not job.state.is_queued:
        raise JobStateError(
            explain(
                "job_not_queued",
                "The job is not in the queue any more: {state}.",
                state=job.state.explanation,
            )
        )


def allowed(connection: Connection, verb: JobVerb, job_id: str) -> Job:
    """Return a job that the verb can be done to. Raises NotFoundError, JobStateError."""
    job = job_rows.for_change(connection, job_id)
    allow(verb, job)
    return job


def allow(verb: JobVerb, job: Job) -> None:
    """Make sure that a verb can be done to a job. Raises JobStateError."""
    if job.state not in TRANSITIONS[verb][0]:
        raise JobStateError(
            explain(
                "job_in_other_state",
                "This is not possible with a job in this state: {state}.",
                state=job.state.explanation,
            )
        )


def position(job: Job) -> int:
    """Return the position of a job that is in the queue."""
    assert job.position is not None
    return job.position
