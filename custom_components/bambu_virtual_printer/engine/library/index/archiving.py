"""Makes archives of uploads in the index, and the jobs that go with them, all in one transaction."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from ..values.job import JobPlan
from ..values.records import Annotations, Approval, Upload
from ..values.sliced_file import SlicedFile
from . import archive_rows, job_rows, upload_rows


def archive_upload(
    connection: Connection,
    upload: Upload,
    *,
    name: str,
    facts: SlicedFile,
    plan: JobPlan | None,
    options_expected_for: timedelta,
    filament_price: float,
) -> Approval:
    """Make an archive of an upload, and jobs by `plan` if there is one. Raises InvalidChangeError."""
    archive = archive_rows.add(
        connection,
        upload,
        name=name,
        facts=facts,
        annotations=upload.annotations,
        archived_at=datetime.now(UTC),
        filament_price=filament_price,
    )
    if plan is None:
        return Approval(archive=archive, jobs=())
    jobs = job_rows.add(
        connection,
        upload.id,
        facts,
        plan,
        requests=upload.requests,
        options_due_at=upload.file.received_at + options_expected_for
        if options_expected_for
        else None,
        filament_price=filament_price,
        now=datetime.now(UTC),
    )
    upload_rows.set_queued(connection, upload.id)
    # Once more: it has jobs now.
    return Approval(archive=archive_rows.existing(connection, upload.id), jobs=jobs)


def restore_archive(
    connection: Connection,
    upload: Upload,
    *,
    name: str,
    facts: SlicedFile,
    annotations: Annotations,
    archived_at: datetime,
    filament_price: float,
) -> None:
    """Write down an archive that the index had lost, and its upload."""
    if upload_rows.get(connection, upload.id) is None:
        upload_rows.add(connection, upload, was_lost=True)
    archive_rows.add(
        connection,
        upload,
        name=name,
        facts=facts,
        annotations=annotations,
        archived_at=archived_at,
        filament_price=filament_price,
    )
