"""Prints of jobs on real printers, as they are stored: claimed, sent, begun, ended. Every change emits an event.

Everything is one transaction in the index, with what it means for the job, its archive and the plate. That a job or a printer is
never taken twice is made sure by the index itself.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import logging
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from ulid_transform import ulid_now

from .context import LibraryContext
from .index import job_changes, job_rows, print_rows
from .queue import ending
from .values.errors import JobStateError, LibraryError, NotFoundError
from .values.events import (
    JobChanged,
    JobDispatching,
    JobPrinting,
    JobPutBack,
    JobQuestionRaised,
    JobQuestionSettled,
    LibraryEvent,
    QueueEmptied,
)
from .values.job import Job, JobState, JobVerb
from .values.prints import (
    MachineMemory,
    Outcome,
    Plate,
    Print,
    PrintPhase,
    Problem,
    StalePrintError,
)

_LOGGER = logging.getLogger(__name__)

LATE_WITHIN = timedelta(days=1)
"""After the start of a print was published, how long it is stopped if it begins although its job was cancelled."""
# A job whose row somebody else holds is looked at again.
_CLAIM_ATTEMPTS = 20
_CLAIM_RETRY_S = 0.05
_STATES = {
    Outcome.FINISHED: JobState.COMPLETED,
    Outcome.FAILED_BEFORE_PRINTING: JobState.FAILED,
    Outcome.FAILED: JobState.FAILED,
    Outcome.REPLACED: JobState.FAILED,
    Outcome.CANCELLED_AT_PRINTER: JobState.CANCELLED,
    Outcome.CANCELLED_HERE: JobState.CANCELLED,
}

type _Events = tuple[LibraryEvent, ...]


class Prints:
    """The prints of a library. Everything may raise LibraryError; errors named are beside that."""

    def __init__(self, context: LibraryContext) -> None:
        """Work on what this context holds."""
        self._context = context
        self._will_close_gaps = False

    # --- looking ---

    async def open(self) -> Sequence[Print]:
        """Return the prints that have not ended."""
        return await self._context.index.read(print_rows.open_prints)

    async def of_job(self, job_id: str) -> Sequence[Print]:
        """Return all prints of a job, oldest first."""
        return await self._context.index.read(print_rows.of_job, job_id)

    async def get(self, print_id: str) -> Print | None:
        """Return a print."""
        return await self._context.index.read(print_rows.get, print_id)

    async def known_md5(self, archive_id: str) -> str:
        """Return the MD5 that was taken of an archive's file when it was last printed; empty where it never was."""
        return await self._context.index.read(print_rows.known_md5, archive_id)

    async def left_on_card(self, machine_id: str) -> Sequence[Print]:
        """Return the prints that have ended and whose file may still be on the printer's card."""
        return await self._context.index.read(print_rows.left_on_card, machine_id)

    async def plates(self) -> Mapping[str, Plate]:
        """Return what is known of plates, by printer."""
        return await self._context.index.read(print_rows.all_plates)

    async def not_begun(self, machine_id: str) -> Sequence[Print]:
        """Return the prints whose start was published there and that are taken not to have begun; their jobs may be cancelled."""
        since = datetime.now(UTC) - LATE_WITHIN
        return await self._context.index.read(print_rows.not_begun, machine_id, since)

    async def memory(self, serial: str) -> MachineMemory:
        """Return what is remembered of the printer of this serial number."""
        return await self._context.index.read(print_rows.memory, serial)

    # --- changing ---

    async def claim(
        self, job_id: str, machine_id: str, subtask_id: int
    ) -> tuple[Job, Print] | None:
        """Take a job for a printer; only one caller succeeds, for the job and for the printer.

        None where either is taken, or the job may not begin.
        """
        if self._context.shared is not None:
            return await self._claim_beside_others(job_id, machine_id, subtask_id)
        return await self._change(
            lambda connection: _claim(connection, job_id, machine_id, subtask_id)
        )

    async def _claim_beside_others(
        self, job_id: str, machine_id: str, subtask_id: int
    ) -> tuple[Job, Print] | None:
        """Do the same without waiting for those who change something else. The job leaves its place in the queue later."""

        def work(connection: Connection) -> tuple[tuple[Job, Print] | bool, _Events]:
            if not job_rows.lock(connection, job_id):
                return job_rows.is_known(connection, job_id), ()
            try:
                with connection.begin_nested():
                    claimed, events = _claim(
                        connection, job_id, machine_id, subtask_id, keeps_place=True
                    )
            except IntegrityError:
                # The index allows one open print of each, and another one was first.
                return False, ()
            return claimed or False, events

        for _ in range(_CLAIM_ATTEMPTS):
            claimed = await self._change(work, is_beside=True)
            if isinstance(claimed, tuple):
                if not self._will_close_gaps:
                    self._will_close_gaps = True
                    self._context.start(self._close_gaps())
                return claimed
            if not claimed:
                break
            # Somebody changes the job just now, or only its place.
            await asyncio.sleep(_CLAIM_RETRY_S)
        return None

    async def _close_gaps(self) -> None:
        def work(connection: Connection) -> None:
            # What is claimed from here on is not seen by this transaction.
            self._will_close_gaps = False
            job_rows.close_gaps(connection)

        try:
            await self._context.index.run(work)
        except LibraryError as err:
            self._will_close_gaps = False
            _LOGGER.debug("The queue is closed up after the next claim: %s", err)

    async def advance(self, before: Print, after: Print) -> None:
        """Store the next state of a print. Raises StalePrintError where it is not `before` any more."""

        def work(connection: Connection) -> tuple[None, _Events]:
            print_rows.replace(connection, before, after)
            has_begun = after.phase.has_begun and not before.phase.has_begun
            if has_begun:
                job_rows.write(
                    connection,
                    after.job_id,
                    state=JobState.PRINTING.value,
                    state_before=None,
                    # It was about the copy before.
                    verdict=None,
                    verdict_reason="",
                    verdict_by="",
                    verdict_at=None,
                    reprint="",
                )
            job = job_rows.get(connection, after.job_id)
            events: list[LibraryEvent] = []
            if before.question and not after.question:
                events.append(JobQuestionSettled(job=job))
            if has_begun:
                events.append(JobPrinting(job=job))
            if after.question and after.question is not before.question:
                events.append(JobQuestionRaised(job=job))
            if not events and (before.phase, before.is_stopping) != (
                after.phase,
                after.is_stopping,
            ):
                events.append(JobChanged(job=job))
            return None, tuple(events)

        await self._change(work)

    async def put_back(
        self,
        print_: Print,
        *,
        problem: Problem | None,
        code: str = "",
        hold: bool = False,
        retry_at: datetime | None = None,
    ) -> None:
        """End a print that never began: its job is the first in line again, or held there. Raises StalePrintError.

        What a person had started is as it was then, unless it is held.
        """

        def work(connection: Connection) -> tuple[None, _Events]:
            _end(connection, print_, outcome=Outcome.NOT_STARTED, code=code)
            job = job_rows.get(connection, print_.job_id)
            before = job_rows.state_before(connection, job.id)
            job = job_changes.requeue(
                connection,
                job,
                state=(JobState.STAGED if hold else before).value,
                state_before=None,
                problem=problem or "",
                problem_code=code,
                retry_at=retry_at,
                # Only uploads are counted; what was refused is no failure of the job.
                attempts=job.attempts if retry_at else 0,
            )
            return None, (*_settled(print_, job), JobPutBack(job=job))

        await self._change(work)

    async def end(
        self,
        print_: Print,
        outcome: Outcome,
        *,
        occupies: bool,
        problem: Problem | None = None,
        code: str = "",
        percent: int | None = None,
        layer: int | None = None,
    ) -> None:
        """End a print: its job, its archive and, with `occupies`, the plate. Raises StalePrintError.

        A copy that is finished although its job was to be stopped counts, and no other one follows.
        """

        def work(connection: Connection) -> tuple[None, _Events]:
            started_at = print_.started_at
            if occupies or print_.phase.has_begun:
                # Nobody may have seen when.
                started_at = started_at or datetime.now(UTC)
            _end(
                connection,
                print_,
                outcome=outcome,
                started_at=started_at,
                code=code,
                percent=percent,
                layer=layer,
            )
            if occupies:
                print_rows.occupy_plate(connection, print_)
            job_rows.write(
                connection, print_.job_id, problem=problem or "", problem_code=code
            )
            job = job_rows.get(connection, print_.job_id)
            job, is_last = job_changes.end(
                connection, job, _STATES[outcome], goes_on=not print_.is_stopping
            )
            event = ending(job)
            rest = (event, QueueEmptied()) if is_last else (event,)
            return None, (*_settled(print_, job), *rest)

        await self._change(work)

    async def reopen(self, print_: Print) -> Print | None:
        """Record that a print goes on after all which had been ended as not begun; its job leaves the queue.

        If a person has cancelled the job meanwhile, the print is to be stopped.
        If another printer is about to get the job, of whichever instance, that is ended: it is stored before a start is published,
        which fails then. None where a start may have been published by now, the job is not in line, the printer has another
        print, or another instance has taken it over.
        """

        def work(connection: Connection) -> tuple[Print | None, _Events]:
            if print_rows.has_open(connection, machine_id=print_.machine_id):
                return None, ()
            try:
                job = job_rows.for_change(connection, print_.job_id)
                other = print_rows.open_of_job(connection, print_.job_id)
                if other is None:
                    job_changes.allow(JobVerb.REJOIN, job)
                elif other.phase.may_print:
                    return None, ()
                else:
                    _end(connection, other, outcome=Outcome.NOT_STARTED)
            except JobStateError, NotFoundError:
                return None, ()
            now = datetime.now(UTC)
            after = replace(
                print_,
                phase=PrintPhase.STARTED,
                is_stopping=job.state is JobState.CANCELLED,
                started_at=now,
                ended_at=None,
                outcome=None,
                code="",
            )
            print_rows.reopen(connection, after)
            job_rows.remove_from_queue(connection, job)
            job = job_rows.write(
                connection,
                job.id,
                state=JobState.PRINTING.value,
                finished_at=None,
                position_before=None,
                **_taken_by(print_, now),
            )
            return after, (JobPrinting(job=job),)

        try:
            return await self._change(work)
        except StalePrintError:
            return None

    async def note_energy(
        self, print_id: str, *, kwh: float, cost: float | None
    ) -> bool:
        """Note what a print took, for its job and its archive too. Only the first note counts. Returns whether it did."""

        def work(connection: Connection) -> tuple[bool, _Events]:
            print_ = print_rows.get(connection, print_id)
            if print_ is None or print_rows.has_energy(connection, print_id):
                return False, ()
            print_rows.add_energy(connection, print_, kwh=kwh, cost=cost)
            return True, (JobChanged(job=job_rows.get(connection, print_.job_id)),)

        return await self._change(work)

    async def remember(self, serial: str, **changes: object) -> None:
        """Store changed values of what is remembered of a printer: fields of `MachineMemory`."""
        await self._context.index.run(print_rows.remember, serial, changes)

    async def note_removed(self, print_: Print) -> None:
        """Note that a print's file is not on the card any more."""
        await self._context.index.run(print_rows.note_removed, print_.id)

    async def set_plate(self, machine_id: str, plate: Plate) -> None:
        """Store what is known of a plate."""
        await self._context.index.run(print_rows.set_plate, machine_id, plate)

    async def _change[Result](
        self,
        work: Callable[[Connection], tuple[Result, _Events]],
        *,
        is_beside: bool = False,
    ) -> Result:
        """Run a verb and emit its events, both or neither, even if the caller is cancelled."""
        index = self._context.index

        async def change() -> Result:
            result, events = await (index.run_beside if is_beside else index.run)(work)
            for event in events:
                self._context.emit(event)
            return result

        return await self._context.finish(change())


def _claim(
    connection: Connection,
    job_id: str,
    machine_id: str,
    subtask_id: int,
    *,
    keeps_place: bool = False,
) -> tuple[tuple[Job, Print] | None, _Events]:
    """Take a job for a printer. With `keeps_place` it is still counted in the queue, until `close_gaps`."""
    try:
        job = job_changes.allowed(connection, JobVerb.DISPATCH, job_id)
    except JobStateError, NotFoundError:
        return None, ()
    if print_rows.has_open(connection, job_id=job_id, machine_id=machine_id):
        return None, ()
    now = datetime.now(UTC)
    print_ = Print(
        id=ulid_now(),
        job_id=job_id,
        machine_id=machine_id,
        title=job.title,
        plate=job.plate,
        phase=PrintPhase.CLAIMED,
        claimed_at=now,
        subtask_id=subtask_id,
        attempt=job.attempts + 1,
    )
    print_rows.add(connection, print_)
    if not keeps_place:
        job_rows.remove_from_queue(connection, job)
    job = job_rows.write(
        connection,
        job_id,
        state=JobState.DISPATCHING.value,
        state_before=job.state.value,
        **_taken_by(print_, now),
    )
    return (job, print_), (JobDispatching(job=job),)


def _end(connection: Connection, print_: Print, **changes: Any) -> None:
    """Mark a print as ended, with these changes. Raises StalePrintError."""
    ended = replace(
        print_,
        phase=PrintPhase.ENDED,
        question=None,
        ended_at=datetime.now(UTC),
        **changes,
    )
    print_rows.replace(connection, print_, ended)


def _taken_by(print_: Print, started_at: datetime) -> dict[str, object]:
    """Return the columns of a job, beside its state, once a print of it is under way."""
    return {
        "machine_id": print_.machine_id,
        "attempts": print_.attempt,
        "error": "",
        "problem": "",
        "problem_code": "",
        "retry_at": None,
        "started_at": started_at,
    }


def _settled(print_: Print, job: Job) -> _Events:
    """Return the event that a question is settled by the end of the print it was about."""
    return (JobQuestionSettled(job=job),) if print_.question else ()
