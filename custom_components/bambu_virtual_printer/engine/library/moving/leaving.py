"""What an instance that leaves a shared library took along is decided about there no longer, and what was decided meanwhile not here.

Between the copy and the leaving others work on: they approve uploads, cancel and print jobs. Everything here blocks, in the
transactions of the caller, in which nobody else writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from ..index import job_rows, upload_rows
from ..index.schema import IS_OPEN, IS_UNFINISHED, jobs, prints, real_printers, uploads
from ..values.job import JobState
from ..values.prints import Outcome, PrintPhase
from ..values.records import GONE, IN_ARCHIVE, UploadState

_UNDECIDED = {UploadState.RECEIVED, UploadState.PENDING}
_SETTLED = [state.value for state in GONE | IN_ARCHIVE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What waits here alone from now on: the ids of uploads and of jobs."""

    uploads: Sequence[str]
    jobs: Sequence[str]


def withdraw(shared: Connection, local: Connection, instance_id: str) -> Withdrawn:
    """Have each upload and each job that came along wait in one library only."""
    return Withdrawn(
        uploads=_withdraw_uploads(shared, local),
        jobs=_withdraw_jobs(shared, local, instance_id),
    )


def _withdraw_uploads(shared: Connection, local: Connection) -> list[str]:
    waiting = list(
        local.execute(
            select(uploads.c.id).where(uploads.c.state.not_in(_SETTLED))
        ).scalars()
    )
    states = upload_rows.states(shared, waiting)
    taken = [id_ for id_ in waiting if states.get(id_) in _UNDECIDED]
    shared.execute(delete(uploads).where(uploads.c.id.in_(taken)))
    decided = [id_ for id_ in waiting if id_ in states and id_ not in taken]
    # It has become an archive of the others, or is gone.
    local.execute(
        update(uploads)
        .where(uploads.c.id.in_(decided))
        .values(state=UploadState.DISCARDED.value, kept_until=None, on_card=False)
    )
    return taken


def _withdraw_jobs(
    shared: Connection, local: Connection, instance_id: str
) -> list[str]:
    waiting = list(local.execute(select(jobs.c.id).where(IS_UNFINISHED)).scalars())
    own = select(real_printers.c.machine_id).where(
        real_printers.c.instance == instance_id
    )
    printed = select(prints.c.job_id).where(IS_OPEN, prints.c.machine_id.not_in(own))
    # Claims do not wait for those who write.
    shared.execute(select(jobs.c.id).where(jobs.c.id.in_(waiting)).with_for_update())
    taken = list(
        shared.execute(
            select(jobs.c.id).where(
                jobs.c.id.in_(waiting), IS_UNFINISHED, jobs.c.id.not_in(printed)
            )
        ).scalars()
    )
    end_jobs(shared, taken)
    # Others have printed or cancelled these, or do so now.
    end_jobs(local, [id_ for id_ in waiting if id_ not in taken])
    return taken


def end_jobs(connection: Connection, ids: Sequence[str]) -> None:
    """End jobs and what is printed of them, as far as this library is concerned."""
    moment = datetime.now(UTC)
    for id_ in ids:
        job_rows.remove_from_queue(connection, job_rows.get(connection, id_))
    connection.execute(
        update(jobs)
        .where(jobs.c.id.in_(ids))
        .values(state=JobState.CANCELLED.value, finished_at=moment, position=None)
    )
    connection.execute(
        update(prints)
        .where(prints.c.job_id.in_(ids), IS_OPEN)
        .values(
            phase=PrintPhase.ENDED.value,
            question=None,
            ended_at=moment,
            outcome=Outcome.CANCELLED_HERE.value,
        )
    )
