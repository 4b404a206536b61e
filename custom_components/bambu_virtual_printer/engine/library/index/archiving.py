"""Makes archives of uploads in the index, and the jobs that go with them, all in one transaction."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from ..values.events import JobAdded, JobEvent
from ..values.job import Job, JobPlan
from ..values.records import Annotations, Approval, Upload
from ..values.sliced_file import SlicedFile
from . import archive_rows, job_rows, print_now, upload_rows


def archive_upload(
    connection: Connection,
    upload: Upload,
    *,
    name: str,
    facts: SlicedFile,
    plan: JobPlan | None,
    archived_at: datetime,
    options_due_at: datetime | None,
    filament_price: float,
    prints: bool = False,
) -> tuple[Approval, tuple[JobEvent, ...]]:
    """Make an archive of an upload, and jobs by `plan` if there is one.

    `archived_at` is by the library's clock, `options_due_at` by that of this computer, as everything about jobs is.
    With `prints` the slicer's Print is acted on as well; the events are its outcome, beside the jobs of the plan.
    Raises InvalidChangeError, AlreadyProcessedError.
    """
    upload_rows.check_undecided(connection, upload.id)
    archive = archive_rows.add(
        connection,
        upload,
        name=name,
        facts=facts,
        annotations=upload.annotations,
        archived_at=archived_at,
        filament_price=filament_price,
    )
    now = datetime.now(UTC)
    planned: tuple[Job, ...] = ()
    if plan is not None:
        planned = job_rows.add(
            connection,
            upload.id,
            facts,
            plan,
            requests=upload.requests,
            options_due_at=options_due_at,
            filament_price=filament_price,
            now=now,
        )
    events: tuple[JobEvent, ...] = ()
    if prints:
        events = print_now.act_on(
            connection,
            upload,
            facts,
            upload.requests,
            filament_price=filament_price,
            now=now,
        )
    jobs = job_rows.of_archive(connection, upload.id) if planned or events else ()
    if not jobs:
        return Approval(archive=archive, jobs=()), ()
    upload_rows.set_queued(connection, upload.id)
    # Once more: it has jobs now.
    archive = archive_rows.existing(connection, upload.id)
    return Approval(archive=archive, jobs=jobs), tuple(
        event for event in events if not isinstance(event, JobAdded)
    )


def restore_archive(
    connection: Connection,
    upload: Upload,
    *,
    name: str,
    facts: SlicedFile,
    annotations: Annotations,
    archived_at: datetime,
    filed_at: datetime,
    filament_price: float,
) -> None:
    """Store an archive that the index had lost, and its upload."""
    if upload_rows.get(connection, upload.id) is None:
        upload_rows.add(connection, upload, lost_until=filed_at)
    archive_rows.add(
        connection,
        upload,
        name=name,
        facts=facts,
        annotations=annotations,
        archived_at=archived_at,
        filament_price=filament_price,
    )
