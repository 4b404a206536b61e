"""Which jobs have to begin until when on a printer, so that each is ready by its time: the earliest deadline first, backwards."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .quiet import Quiet
from .values import Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A job that has to begin by a moment, before those that have to be ready later."""

    job_id: str
    due: datetime
    begin_by: datetime


class Deadlines:
    """Those of one printer, the first to begin first. Jobs that cannot be ready in time any more are not among them."""

    def __init__(
        self,
        jobs: Iterable[tuple[str, Wishes, datetime]],
        quiet: Callable[[Wishes], Quiet],
    ) -> None:
        """Reckon backwards from the last one; each job comes with the first moment at which it may begin.

        `quiet` returns the quiet hours for a job.
        """
        found: list[Deadline] = []
        late: set[str] = set()
        next_begin: datetime | None = None
        timed = [
            (wishes.due, job_id, wishes, earliest)
            for job_id, wishes, earliest in jobs
            if wishes.due is not None and wishes.length is not None
        ]
        timed.sort(key=lambda one: one[:2], reverse=True)
        for due, job_id, wishes, earliest in timed:
            hours, length = quiet(wishes), wishes.length
            assert length is not None
            begin: datetime | None = due if next_begin is None else min(due, next_begin)
            for _copy in range(wishes.copies):
                assert begin
                begin = hours.last_start(earliest, begin - length, length)
                if begin is None:
                    break
            if begin is None:
                # Nobody has to wait for what comes too late in any case.
                late.add(job_id)
                continue
            next_begin = begin
            found.append(Deadline(job_id=job_id, due=due, begin_by=begin))
        self._first = found[-1] if found else None
        self.late = frozenset(late)
        """Those that cannot be ready in time, because of their own time or of those that have to be ready later."""
        self.begin_by: Mapping[str, datetime] = {
            one.job_id: one.begin_by for one in found
        }

    def first_before(self, job_id: str, end: datetime) -> Deadline | None:
        """Return the job that has to begin before a moment, and so before this one; None where this one may go first."""
        first = self._first
        if first is None or first.job_id == job_id or first.begin_by >= end:
            return None
        return first
