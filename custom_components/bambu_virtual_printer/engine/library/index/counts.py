"""What there is, counted; to be run by `Index.run`."""

from collections import Counter
from datetime import UTC, datetime, tzinfo

from sqlalchemy import Connection, case, func, select

from ..values.job import JobState
from ..values.records import GONE, ArchiveMonth, ReceivedBy, Statistics, UploadState
from ..values.sent_by import FROM_ANYBODY, SentBy
from ..values.space import Space
from ..values.verdicts import Verdict
from . import job_rows, rows, upload_rows
from .schema import IS_LIVE, IS_UNFINISHED, archives, energies, jobs, uploads, verdicts

_PER_PRINTER = (
    archives.c.printer_id,
    func.max(archives.c.printer_name).label("printer_name"),
    func.count().label("archives"),
)


def months(
    connection: Connection, zone: tzinfo, only: SentBy = FROM_ANYBODY
) -> list[ArchiveMonth]:
    """Return in which months of a time zone archives came in, newest first.

    The index counts months in UTC without looking at rows; what came in between the beginning of a month there and here
    is counted on its own, and moved.
    """
    is_meant = (IS_LIVE, *rows.sent_by(only, archives.c.person, archives.c.sender))
    names: dict[str, str] = {}
    counts: Counter[tuple[int, str]] = Counter()
    in_utc = (
        select(archives.c.month, *_PER_PRINTER)
        .where(*is_meant)
        .group_by(archives.c.month, archives.c.printer_id)
    )
    for row in connection.execute(in_utc):
        month = int(row.month[:4]) * 12 + int(row.month[5:]) - 1
        counts[month, row.printer_id] = row.archives
        names[row.printer_id] = max(names.get(row.printer_id, ""), row.printer_name)
    begun = {month for month, _ in counts}
    for month in sorted(begun | {month + 1 for month in begun}):
        here, there = _beginning(month, zone), _beginning(month, UTC)
        between = (
            select(*_PER_PRINTER)
            .where(
                *is_meant,
                archives.c.received_at >= min(here, there),
                archives.c.received_at < max(here, there),
            )
            .group_by(archives.c.printer_id)
        )
        for row in connection.execute(between) if here != there else ():
            moved = row.archives if here < there else -row.archives
            counts[month, row.printer_id] += moved
            counts[month - 1, row.printer_id] -= moved
    return [
        ArchiveMonth(
            printer_id=printer_id,
            printer_name=names[printer_id],
            year=month // 12,
            month=month % 12 + 1,
            count=count,
        )
        for (month, printer_id), count in sorted(
            counts.items(), key=lambda item: (-item[0][0], item[0][1])
        )
        if count
    ]


def _beginning(month: int, zone: tzinfo) -> datetime:
    """Return when a month begins; months are counted from the year 0."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=zone).astimezone(UTC)


def statistics(
    connection: Connection, space: Space, *, storage_low: bool
) -> Statistics:
    """Count what is kept, what is in the queue, and what was ever archived and printed."""
    live = case((IS_LIVE, 1), else_=0)
    archived = connection.execute(
        select(
            func.coalesce(func.sum(live), 0).label("live"),
            func.coalesce(func.sum(live * archives.c.size_bytes), 0).label("bytes"),
            func.count().label("ever"),
            func.coalesce(func.sum(archives.c.filament_g), 0.0).label("filament_g"),
            func.coalesce(func.sum(archives.c.print_time_s), 0).label("print_time_s"),
            func.coalesce(func.sum(archives.c.cost), 0.0).label("cost"),
        )
    ).one()
    pending = connection.execute(
        select(
            func.count().label("number"),
            func.coalesce(func.sum(uploads.c.size_bytes), 0).label("bytes"),
        ).where(uploads.c.state == UploadState.PENDING.value)
    ).one()
    discarded_bytes = connection.execute(
        select(func.coalesce(func.sum(uploads.c.size_bytes), 0)).where(
            uploads.c.kept_until.is_not(None)
        )
    ).scalar_one()
    unfinished = connection.execute(
        select(func.count().label("all"), func.count(jobs.c.position).label("queued"))
        .select_from(jobs)
        .where(IS_UNFINISHED)
    ).one()
    times = jobs.c.copies_printed
    printed = connection.execute(
        select(
            func.coalesce(func.sum(times), 0).label("number"),
            func.coalesce(func.sum(times * jobs.c.filament_g), 0.0).label("filament_g"),
            func.coalesce(func.sum(times * jobs.c.print_time_s), 0).label("time_s"),
            func.coalesce(func.sum(times * jobs.c.cost), 0.0).label("cost"),
        ).where(times > 0)
    ).one()
    failed = connection.execute(
        select(func.count())
        .select_from(jobs)
        .where(jobs.c.state == JobState.FAILED.value)
    ).scalar_one()
    is_good = verdicts.c.verdict == Verdict.GOOD.value
    judged = connection.execute(
        select(
            func.count().label("all"),
            func.coalesce(func.sum(case((is_good, 1), else_=0)), 0).label("good"),
        ).select_from(verdicts)
    ).one()
    energy = connection.execute(
        select(
            func.coalesce(func.sum(energies.c.kwh), 0.0).label("kwh"),
            func.coalesce(func.sum(energies.c.cost), 0.0).label("cost"),
        )
    ).one()
    # PostgreSQL's sums are decimals.
    return Statistics(
        archives=int(archived.live),
        archive_bytes=int(archived.bytes),
        pending=pending.number,
        pending_bytes=int(pending.bytes),
        discarded_bytes=int(discarded_bytes),
        queued=unfinished.queued,
        active=unfinished.all - unfinished.queued,
        next_job=job_rows.first(connection),
        ever_archived=archived.ever,
        ever_filament_g=round(float(archived.filament_g), 2),
        ever_print_time_s=int(archived.print_time_s),
        ever_cost=round(float(archived.cost), 2),
        printed=int(printed.number),
        printed_filament_g=round(float(printed.filament_g), 2),
        printed_print_time_s=int(printed.time_s),
        printed_cost=round(float(printed.cost), 2),
        failed=failed,
        judged_good=int(judged.good),
        judged_failed=judged.all - int(judged.good),
        energy_kwh=round(float(energy.kwh), 3),
        energy_cost=round(float(energy.cost), 2),
        free_bytes=space.free_bytes,
        disk_bytes=space.disk_bytes,
        storage_low=storage_low,
    )


def received_by(connection: Connection, printer_id: str) -> ReceivedBy:
    """Count what came in by a printer, and return the newest that is still kept."""
    is_its = uploads.c.printer_id == printer_id
    count = connection.execute(
        select(func.count()).select_from(uploads).where(is_its)
    ).scalar_one()
    is_deleted = (
        select(archives.c.id).where(archives.c.id == uploads.c.id, ~IS_LIVE).exists()
    )
    is_gone = uploads.c.state.in_(state.value for state in GONE)
    newest = select(uploads).where(is_its, ~is_gone, ~is_deleted)
    row = connection.execute(newest.order_by(uploads.c.id.desc()).limit(1)).first()
    return ReceivedBy(
        count=count, last=None if row is None else upload_rows.from_row(row)
    )
