"""What *Print* in the slicer means where a virtual printer is set to more than keeping it: a job of the plate, in front.

Runs in the transaction that writes down the request or the archive, so that a Print is never merely archived.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from ...values import OnPrint, PrintRequest
from ..values.events import JobAdded, JobEvent, JobMoved, JobStarted
from ..values.job import Job, JobState
from ..values.records import ArchiveDetails, Upload
from ..values.sliced_file import SlicedFile
from . import job_changes, job_rows

FRONT = 1


def act_on(
    connection: Connection,
    upload: Upload,
    facts: SlicedFile,
    requests: Sequence[PrintRequest],
    *,
    filament_price: float,
    now: datetime,
) -> tuple[JobEvent, ...]:
    """Put the plates that were asked for in front of the queue, and start them where that is set. Returns what happened.

    `upload` is in the archive. A plate has one job of this upload, however often its slicer repeats the request: one that
    has begun, or is over, stays as it is.
    """
    if upload.printer.on_print is OnPrint.SEND:
        return ()
    numbers = list(dict.fromkeys(_plates(facts, requests)))
    known = job_rows.all_of_archive(connection, upload.id, job_rows.MAX_LIMIT)
    missing = [
        number for number in numbers if all(job.plate != number for job in known)
    ]
    added: tuple[Job, ...] = ()
    if missing:
        added = job_rows.add(
            connection,
            upload.id,
            facts,
            replace(upload.plan, plates=tuple(missing)),
            requests=requests,
            filament_price=filament_price,
            now=now,
        )
    return _bring_to_front(connection, upload, numbers, [*known, *added], added)


def print_again(
    connection: Connection,
    upload: Upload,
    archive: ArchiveDetails,
    requests: Sequence[PrintRequest],
    *,
    filament_price: float,
    now: datetime,
) -> tuple[JobEvent, ...]:
    """Do that for an upload which is discarded because `archive` has its bytes, by new jobs of that. Returns what happened.

    To be called once for each request: jobs do not tell which upload they were added for.
    """
    numbers = list(dict.fromkeys(_plates(archive.facts, requests)))
    if upload.printer.on_print is OnPrint.SEND or not numbers:
        return ()
    added = job_rows.add(
        connection,
        archive.archive.id,
        archive.facts,
        replace(upload.plan, plates=tuple(numbers)),
        requests=requests,
        filament_price=filament_price,
        now=now,
    )
    return _bring_to_front(connection, upload, numbers, added, added)


def _bring_to_front(
    connection: Connection,
    upload: Upload,
    numbers: Sequence[int],
    ours: Sequence[Job],
    added: Sequence[Job],
) -> tuple[JobEvent, ...]:
    """Put the jobs of these plates first, and start them where that is set. Returns what happened, with the jobs that were added."""
    events: list[JobEvent] = []
    for number in reversed(numbers):
        job = next(job for job in ours if job.plate == number)
        # It may have been claimed since it was read.
        job = job_rows.for_change(connection, job.id)
        if not job.state.is_queued or job.state is JobState.WAITING:
            continue
        is_new = any(job.id == one.id for one in added)
        if job.position != FRONT:
            job = job_rows.move(connection, job, FRONT)
            if not is_new:
                events.append(JobMoved(job=job))
        if upload.printer.on_print is OnPrint.START:
            job = job_changes.start(connection, job)
            events.append(JobStarted(job=job, upload_id=upload.id))
    return (
        *(JobAdded(job=job_rows.get(connection, job.id)) for job in added),
        *events,
    )


def _plates(facts: SlicedFile, requests: Sequence[PrintRequest]) -> Iterator[int]:
    """Yield the plates that requests are for, as far as they can be printed; all where one names none."""
    printable = [plate.number for plate in facts.printable_plates]
    for request in requests:
        if request.plate is None or len(printable) == 1:
            yield from printable
        elif request.plate in printable:
            yield request.plate
