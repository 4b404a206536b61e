"""Queries about jobs, to be run by `Index.run`.

There is one queue for all printers: jobs that have not begun have the positions 1, 2, 3, ... without gaps. What takes a job
out of the queue or puts it in moves those behind it, in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    exists,
    func,
    insert,
    select,
    update,
)
from ulid_transform import ulid_now

from ...explanations import explain
from ...values import FilamentRule, Intent, PrintRequest
from ..values.errors import (
    NO_SUCH_JOB,
    NOT_SLICED,
    InvalidChangeError,
    LibraryError,
    NotFoundError,
)
from ..values.job import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_COPIES,
    Job,
    JobPage,
    JobPlan,
    JobState,
    PrintOptions,
    Priority,
    Target,
)
from ..values.json_codec import from_json, to_json
from ..values.plate_requests import is_for, request_for
from ..values.prints import PrintPhase, Problem, Question
from ..values.sent_by import FROM_ANYBODY, SentBy
from ..values.sliced_file import Filament, Plate, SlicedFile
from ..values.timing import NO_TIMING, Timing
from ..values.verdicts import Reprint, Verdict
from . import rows
from .schema import (
    IS_LIVE,
    IS_OPEN,
    IS_UNFINISHED,
    archive_plates,
    archives,
    jobs,
    printed_copies,
    prints,
)

MAX_LIMIT = 500

_HAS_THUMBNAIL = exists().where(
    archive_plates.c.archive_id == jobs.c.archive_id,
    archive_plates.c.number == jobs.c.plate,
    archive_plates.c.facts["thumbnail"].as_string().is_not(None),
)
_FILAMENTS = (
    select(archive_plates.c.facts["filaments"])
    .where(
        archive_plates.c.archive_id == jobs.c.archive_id,
        archive_plates.c.number == jobs.c.plate,
    )
    .scalar_subquery()
)
_JOBS = select(
    jobs,
    _HAS_THUMBNAIL.label("has_thumbnail"),
    _FILAMENTS.label("filaments"),
    archives.c.name,
    archives.c.file_name,
    archives.c.plate_count,
    archives.c.sliced_for,
    archives.c.peer,
    archives.c.sender,
    archives.c.person,
    archives.c.instance,
    archives.c.printer_id,
    archives.c.printer_name,
    archives.c.printer_model,
    archives.c.mode,
    prints.c.phase,
    prints.c.question,
    prints.c.is_stopping,
).select_from(
    jobs.join(archives, archives.c.id == jobs.c.archive_id).outerjoin(
        prints, (prints.c.job_id == jobs.c.id) & IS_OPEN
    )
)
_IS_QUEUED = jobs.c.position.is_not(None) & jobs.c.state.in_(
    [state.value for state in JobState if state.is_queued]
)
# Those a printer has come first; they have no position.
_QUEUE_ORDER = (func.coalesce(jobs.c.position, 0), jobs.c.id)
QUEUE = _JOBS.where(IS_UNFINISHED).order_by(*_QUEUE_ORDER)
"""All unfinished jobs in their order, those that are with a printer first."""
POSITION = jobs.columns.keys().index("position")
"""Which value of a row of those is the position."""


# --- looking --------------------------------------------------------------------------------------------------------


def get(connection: Connection, job_id: str) -> Job:
    """Return a job. Raises NotFoundError."""
    row = connection.execute(_JOBS.where(jobs.c.id == job_id)).first()
    if row is None:
        raise NotFoundError(NO_SUCH_JOB)
    return from_row(row)


def for_change(connection: Connection, job_id: str) -> Job:
    """Return a job that nobody can claim until the end of the transaction. Raises NotFoundError."""
    _keep(connection, jobs.c.id == job_id)
    return get(connection, job_id)


def _keep(connection: Connection, which: ColumnElement[bool]) -> None:
    """Keep jobs from being claimed until the end of the transaction, where that is done beside other changes."""
    if connection.dialect.name != "sqlite":
        query = select(jobs.c.id).where(which).order_by(jobs.c.id)
        connection.execute(query.with_for_update()).all()


def numbered(found: Sequence[Job]) -> tuple[Job, ...]:
    """Return the unfinished jobs with their places: some were claimed a moment ago, and are still counted."""
    active = [job for job in found if job.position is None]
    queued = [job for job in found if job.position is not None]
    if not queued or queued[-1].position == len(queued):
        return tuple(found)
    return (
        *active,
        *(
            job if job.position == place else replace(job, position=place)
            for place, job in enumerate(queued, start=1)
        ),
    )


def of_archive(connection: Connection, archive_id: str) -> tuple[Job, ...]:
    """Return the unfinished jobs of an archive in their order."""
    query = _JOBS.where(IS_UNFINISHED, jobs.c.archive_id == archive_id)
    return tuple(map(from_row, connection.execute(query.order_by(*_QUEUE_ORDER))))


def of_archive_for_change(connection: Connection, archive_id: str) -> tuple[Job, ...]:
    """Return the same, and none of them can be claimed until the end of the transaction."""
    _keep(connection, IS_UNFINISHED & (jobs.c.archive_id == archive_id))
    return of_archive(connection, archive_id)


def all_of_archive(
    connection: Connection, archive_id: str, limit: int
) -> tuple[Job, ...]:
    """Return the jobs of an archive in any state, the newest first."""
    query = _JOBS.where(jobs.c.archive_id == archive_id)
    return tuple(
        map(from_row, connection.execute(query.order_by(jobs.c.id.desc()).limit(limit)))
    )


def cancelled_with(
    connection: Connection, archive_id: str, problem: Problem
) -> tuple[tuple[Job, JobState, int], ...]:
    """Return the jobs of an archive that were cancelled because of `problem`, what they were before, and their places, first to last."""
    query = select(jobs.c.id, jobs.c.state_before, jobs.c.position_before).where(
        jobs.c.archive_id == archive_id,
        jobs.c.state == JobState.CANCELLED.value,
        jobs.c.problem == problem.value,
        jobs.c.state_before.is_not(None),
        jobs.c.position_before.is_not(None),
    )
    rows = connection.execute(query.order_by(jobs.c.position_before)).all()
    return tuple(
        (get(connection, row.id), JobState(row.state_before), row.position_before)
        for row in rows
    )


def before_cancel(connection: Connection, job_id: str) -> tuple[JobState, int] | None:
    """Return what a job was that a person cancelled in the queue, and its place."""
    query = select(jobs.c.state_before, jobs.c.position_before).where(
        jobs.c.id == job_id,
        jobs.c.state == JobState.CANCELLED.value,
        # What was cancelled with its archive comes back with that.
        jobs.c.problem == "",
        jobs.c.state_before.is_not(None),
        jobs.c.position_before.is_not(None),
    )
    row = connection.execute(query).first()
    return None if row is None else (JobState(row.state_before), row.position_before)


def first(connection: Connection) -> Job | None:
    """Return the next job: the first one in the queue that is not held, or that is when all are."""
    is_staged = jobs.c.state == JobState.STAGED.value
    query = _JOBS.where(_IS_QUEUED, IS_UNFINISHED)
    row = connection.execute(
        query.order_by(is_staged, jobs.c.position).limit(1)
    ).first()
    return None if row is None else from_row(row)


def history(
    connection: Connection,
    *,
    limit: int,
    cursor: str | None,
    only: SentBy = FROM_ANYBODY,
    instance: str | None = None,
) -> JobPage:
    """Return finished jobs, newest first; of an `instance`, those of what came in there. Raises LibraryError."""
    limit = max(1, min(limit, MAX_LIMIT))
    wanted = [
        jobs.c.finished_at.is_not(None),
        *rows.sent_by(only, archives.c.person, archives.c.sender),
    ]
    if only.intent is not None:
        wanted.append(jobs.c.intent == only.intent.value)
    if instance is not None:
        wanted.append(archives.c.instance == instance)
    query = _JOBS.where(*wanted)
    if cursor is None:
        total = connection.execute(
            select(func.count())
            .select_from(jobs.join(archives, archives.c.id == jobs.c.archive_id))
            .where(*wanted)
        ).scalar_one()
    else:
        match rows.decode_cursor(cursor):
            case [int(total), str() as moment, str() as last_id]:
                query = query.where(_before(moment, last_id))
            case _:
                raise LibraryError(rows.BAD_CURSOR)
    query = query.order_by(jobs.c.finished_at.desc(), jobs.c.id.desc())
    found = [from_row(row) for row in connection.execute(query.limit(limit + 1))]
    more = len(found) > limit
    found = found[:limit]
    return JobPage(
        jobs=tuple(found),
        total=total,
        cursor=rows.encode_cursor(total, _text(found[-1].finished_at), found[-1].id)
        if more
        else None,
    )


def count_unfinished(connection: Connection) -> int:
    """Return how many jobs are in the queue or with a printer."""
    query = select(func.count()).select_from(jobs).where(IS_UNFINISHED)
    return connection.execute(query).scalar_one()


# --- adding ---------------------------------------------------------------------------------------------------------


def add(
    connection: Connection,
    archive_id: str,
    facts: SlicedFile,
    plan: JobPlan,
    *,
    requests: Sequence[PrintRequest],
    options_due_at: datetime | None = None,
    filament_price: float,
    now: datetime,
) -> tuple[Job, ...]:
    """Make one job of each plate that the plan names, in the order of the plates. Raises InvalidChangeError.

    `requests` are what slicers asked for. For plates they did not ask for they may do so until `options_due_at`. The
    plan's options go before theirs.
    """
    plates = planned_plates(facts, plan)
    wanted = {plate.number: request_for(requests, plate.number) for plate in plates}
    is_chosen = plan.options is not None
    position = _end_of(connection, plan.priority)
    _make_room(connection, position, len(plates))
    ids = [ulid_now() for _ in plates]
    connection.execute(
        insert(jobs),
        [
            {
                "id": job_id,
                "archive_id": archive_id,
                "plate": plate.number,
                "plate_name": plate.name,
                "state": (JobState.STAGED if plan.hold else JobState.PENDING).value,
                "position": position + place,
                "priority": plan.priority.value,
                "copies": plan.copies,
                "copies_printed": 0,
                "target": plan.target and to_json(plan.target),
                "not_before": plan.not_before,
                "due_at": plan.due,
                "timing": None if plan.timing == NO_TIMING else to_json(plan.timing),
                "options": _options(plan, wanted[plate.number]),
                "options_chosen": is_chosen,
                "filament_rule": plan.filament_rule and plan.filament_rule.value,
                "print_anyway": plan.print_anyway,
                "options_due_at": None if wanted[plate.number] else options_due_at,
                "intent": (Intent.PRINT if wanted[plate.number] else Intent.SEND).value,
                "print_time_s": plate.print_time_s,
                "filament_g": plate.filament_g,
                "filament_types": rows.joined([item.type for item in plate.filaments]),
                "filament_colors": rows.joined(
                    [item.color for item in plate.filaments]
                ),
                "cost": rows.cost(plate.filament_g, filament_price),
                "machine_id": "",
                "attempts": 0,
                "error": "",
                "created_at": now,
            }
            for place, (job_id, plate) in enumerate(zip(ids, plates, strict=True))
        ],
    )
    return tuple(get(connection, job_id) for job_id in ids)


def add_copy(connection: Connection, job: Job, now: datetime) -> Job:
    """Make a job that prints one more copy of another one's plate in the same way, the first in the queue."""
    row = connection.execute(select(jobs).where(jobs.c.id == job.id)).one()
    _make_room(connection, 1, 1)
    job_id = ulid_now()
    fresh = {
        "id": job_id,
        "state": JobState.PENDING.value,
        "position": 1,
        "copies": 1,
        "copies_printed": 0,
        "not_before": None,
        "due_at": None,
        "late_for": None,
        "options_due_at": None,
        "machine_id": "",
        "attempts": 0,
        "error": "",
        "problem": "",
        "problem_code": "",
        "retry_at": None,
        "starts": 0,
        "state_before": None,
        "position_before": None,
        "verdict": None,
        "verdict_reason": "",
        "verdict_by": "",
        "verdict_at": None,
        "reprint": "",
        "judged_good": 0,
        "judged_failed": 0,
        "energy_kwh": None,
        "energy_cost": None,
        "created_at": now,
        "started_at": None,
        "finished_at": None,
    }
    connection.execute(insert(jobs).values(row._asdict() | fresh))
    return get(connection, job_id)


def planned_plates(facts: SlicedFile, plan: JobPlan) -> Sequence[Plate]:
    """Return the plates that jobs are to be made of. Raises InvalidChangeError where the plan does not fit the file."""
    check_copies(plan.copies)
    check_times(plan.not_before, plan.due, plan.timing.cheapest_before)
    printable = facts.printable_plates
    if not printable:
        raise InvalidChangeError(NOT_SLICED)
    if not plan.plates:
        return printable
    if missing := set(plan.plates) - {plate.number for plate in printable}:
        raise InvalidChangeError(
            explain(
                "no_such_plates",
                "The file does not have these sliced plates: {plates}.",
                plates=", ".join(map(str, sorted(missing))),
            )
        )
    return [plate for plate in printable if plate.number in plan.plates]


def check_copies(copies: int) -> None:
    """Make sure that a job can be printed so many times. Raises InvalidChangeError."""
    if not 1 <= copies <= MAX_COPIES:
        raise InvalidChangeError(
            explain(
                "copies_out_of_range",
                "There can be 1 to {limit} copies.",
                limit=MAX_COPIES,
            )
        )


def check_times(*moments: datetime | None) -> None:
    """Make sure that times can be reckoned with, in any zone. Raises InvalidChangeError."""
    for moment in moments:
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise InvalidChangeError(
                explain(
                    "time_out_of_range",
                    "A job can be planned for the years {first} to {last}.",
                    first=str(FIRST_YEAR),
                    last=str(LAST_YEAR),
                )
            )


def check_archive(connection: Connection, job: Job) -> None:
    """Make sure that a job's file is still in the archive. Raises InvalidChangeError."""
    query = select(archives.c.id).where(archives.c.id == job.archive_id, IS_LIVE)
    if connection.execute(query).first() is None:
        raise InvalidChangeError(explain("archive_deleted", "The archive was deleted."))


# --- changing -------------------------------------------------------------------------------------------------------


def stamp(
    connection: Connection, archive_id: str, request: PrintRequest
) -> tuple[Job, ...]:
    """Write the slicer's options on the jobs in the queue of the plate it named, but for what a person chose. Returns those."""
    query = select(
        jobs.c.id, jobs.c.plate, jobs.c.options, jobs.c.options_chosen
    ).where(jobs.c.archive_id == archive_id, _IS_QUEUED)
    options = PrintOptions.of_request(request)
    return tuple(
        write(
            connection,
            row.id,
            options=to_json(
                from_json(PrintOptions, row.options or {}).over(options)
                if row.options_chosen
                else options
            ),
            options_due_at=None,
            intent=Intent.PRINT.value,
        )
        for row in connection.execute(query.order_by(jobs.c.position)).all()
        if is_for(request, row.plate)
    )


def _options(plan: JobPlan, request: PrintRequest | None) -> dict[str, Any] | None:
    """Return the column of what was chosen, and below it what the slicer asked for."""
    options = None if request is None else PrintOptions.of_request(request)
    if plan.options is not None:
        options = plan.options.over(options)
    return None if options is None else to_json(options)


def write(connection: Connection, job_id: str, **values: Any) -> Job:
    """Change columns of a job. Returns it."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))
    return get(connection, job_id)


def set_priority(connection: Connection, job: Job, priority: Priority) -> Job:
    """Give a job another priority, and the last place among those of the same."""
    remove_from_queue(connection, job)
    write(connection, job.id, priority=priority.value)
    return put_in_queue(connection, job, _end_of(connection, priority))


def move(connection: Connection, job: Job, position: int) -> Job:
    """Give a job in the queue another place; beyond the end is the end. Those between the two places make room."""
    before = job.position
    assert before is not None
    after = max(1, min(position, _length(connection)))
    if after == before:
        return job
    first, last, step = (
        (before + 1, after, -1) if after > before else (after, before - 1, 1)
    )
    connection.execute(
        update(jobs)
        .where(jobs.c.position.between(first, last))
        .values(position=jobs.c.position + step)
    )
    return write(connection, job.id, position=after)


def put_back(connection: Connection, job: Job, position: int, **values: Any) -> Job:
    """Put a job that is in no queue at a place of it, and change its columns; beyond the end is the end."""
    put_in_queue(connection, job, min(position, _length(connection) + 1))
    return write(connection, job.id, **values)


def remove_from_queue(connection: Connection, job: Job) -> None:
    """Take a job out of the queue, if it is in it; those behind it move up."""
    position = job.position
    if position is None and connection.dialect.name != "sqlite":
        # Where jobs are claimed beside other changes, one that a printer has may still be counted.
        query = select(jobs.c.position).where(jobs.c.id == job.id)
        position = connection.execute(query).scalar()
    if position is None:
        return
    connection.execute(update(jobs).where(jobs.c.id == job.id).values(position=None))
    connection.execute(
        update(jobs)
        .where(jobs.c.position > position)
        .values(position=jobs.c.position - 1)
    )


def state_before(connection: Connection, job_id: str) -> JobState:
    """Return what a job is again that was claimed and has not begun: started by a person, or not."""
    query = select(jobs.c.state_before).where(jobs.c.id == job_id)
    is_started = connection.execute(query).scalar() == JobState.WAITING.value
    return JobState.WAITING if is_started else JobState.PENDING


def lock(connection: Connection, job_id: str) -> bool:
    """Keep others from changing a job until the end of the transaction. Returns False where somebody else does, or it is gone."""
    query = select(jobs.c.id).where(jobs.c.id == job_id)
    locked = connection.execute(query.with_for_update(skip_locked=True))
    return locked.first() is not None


def is_known(connection: Connection, job_id: str) -> bool:
    """Return whether there is such a job."""
    query = select(jobs.c.id).where(jobs.c.id == job_id)
    return connection.execute(query).first() is not None


def close_gaps(connection: Connection) -> None:
    """Take the jobs out of the queue that were claimed beside other changes."""
    query = select(jobs.c.id).where(jobs.c.position.is_not(None), ~_IS_QUEUED)
    for job_id in connection.execute(query).scalars().all():
        remove_from_queue(connection, get(connection, job_id))


def put_in_queue(connection: Connection, job: Job, position: int) -> Job:
    """Put a job that is not in the queue into it; those from there on move back."""
    remove_from_queue(connection, replace(job, position=None))
    _make_room(connection, position, 1)
    return write(connection, job.id, position=position)


def count_print(connection: Connection, job: Job, at: datetime) -> None:
    """Note that a plate was printed: on its archive, and for whoever sent it."""
    connection.execute(
        update(archives)
        .where(archives.c.id == job.archive_id)
        .values(print_count=archives.c.print_count + 1, last_printed_at=at)
    )
    if job.person:
        connection.execute(
            insert(printed_copies).values(
                person=job.person,
                at=at,
                filament_g=job.filament_g or 0.0,
                print_time_s=job.print_time_s or 0,
            )
        )


def put_at_end(connection: Connection, job_id: str, priority: Priority) -> None:
    """Put a job that has no position behind all of its priority."""
    put_in_queue(connection, get(connection, job_id), _end_of(connection, priority))


def _make_room(connection: Connection, position: int, count: int) -> None:
    connection.execute(
        update(jobs)
        .where(jobs.c.position >= position)
        .values(position=jobs.c.position + count)
    )


def _end_of(connection: Connection, priority: Priority) -> int:
    """Return the place before the first job of lower priority, or the end of the queue."""
    lower = select(func.min(jobs.c.position)).where(jobs.c.priority < priority.value)
    position: int | None = connection.execute(lower).scalar_one()
    return _length(connection) + 1 if position is None else position


def _length(connection: Connection) -> int:
    query = (
        select(func.count())
        .select_from(jobs)
        .where(jobs.c.position.is_not(None), IS_UNFINISHED)
    )
    return connection.execute(query).scalar_one()


def _before(moment: str, job_id: str) -> ColumnElement[bool]:
    """Return the condition for jobs that come after this one, newest first. Raises LibraryError."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError as err:
        raise LibraryError(rows.BAD_CURSOR) from err
    return (jobs.c.finished_at < at) | (
        (jobs.c.finished_at == at) & (jobs.c.id < job_id)
    )


def _text(moment: datetime | None) -> str:
    assert moment is not None
    return moment.isoformat()


def from_row(row: Row[Any]) -> Job:
    """Return the job of a row."""
    return Job(
        id=row.id,
        archive_id=row.archive_id,
        name=row.name,
        file_name=row.file_name,
        printer=rows.printer(row),
        peer=row.peer,
        plate=row.plate,
        plate_name=row.plate_name,
        plate_count=row.plate_count,
        has_thumbnail=bool(row.has_thumbnail),
        sliced_for=row.sliced_for,
        state=JobState(row.state),
        # One that was claimed a moment ago may still be counted.
        position=row.position if JobState(row.state).is_queued else None,
        priority=Priority(row.priority),
        copies=row.copies,
        copies_printed=row.copies_printed,
        target=None if row.target is None else from_json(Target, row.target),
        not_before=row.not_before,
        due=row.due_at,
        timing=NO_TIMING if row.timing is None else from_json(Timing, row.timing),
        late_for=row.late_for,
        options=None if row.options is None else from_json(PrintOptions, row.options),
        options_due_at=row.options_due_at,
        filament_rule=row.filament_rule and FilamentRule(row.filament_rule),
        print_anyway=bool(row.print_anyway),
        filaments=tuple(map(Filament.from_json, row.filaments or ())),
        print_time_s=row.print_time_s,
        filament_g=row.filament_g,
        filament_types=rows.split(row.filament_types),
        filament_colors=rows.split(row.filament_colors),
        cost=row.cost,
        machine_id=row.machine_id,
        attempts=row.attempts,
        error=row.error,
        problem=Problem(row.problem) if row.problem else None,
        problem_code=row.problem_code,
        retry_at=row.retry_at,
        starts=row.starts,
        phase=row.phase and PrintPhase(row.phase),
        question=row.question and Question(row.question),
        is_stopping=bool(row.is_stopping),
        intent=Intent(row.intent),
        sender=row.sender,
        person=row.person,
        instance=row.instance,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        verdict=row.verdict and Verdict(row.verdict),
        verdict_reason=row.verdict_reason,
        verdict_by=row.verdict_by,
        verdict_at=row.verdict_at,
        reprint=Reprint(row.reprint),
        judged_good=row.judged_good,
        judged_failed=row.judged_failed,
        energy_kwh=row.energy_kwh,
        energy_cost=row.energy_cost,
    )
