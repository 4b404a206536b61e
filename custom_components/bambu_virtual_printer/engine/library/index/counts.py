"""What there is, counted; to be run by `Index.run`."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, tzinfo

from sqlalchemy import Connection, bindparam, func, select

from ..values.records import GONE, ArchiveMonth, ReceivedBy, Statistics, UploadState
from ..values.space import Space
from . import archive_counts, job_rows, upload_rows
from .schema import IS_LIVE, IS_UNFINISHED, archives, jobs, uploads
from .totals import totals

# Built once, since it is asked for every month.
_BETWEEN = (
    select(archives.c.printer_id, func.count().label("archives"))
    .where(
        IS_LIVE,
        archives.c.person.not_in(bindparam("hidden", expanding=True)),
        archives.c.received_at >= bindparam("begin"),
        archives.c.received_at < bindparam("end"),
    )
    .group_by(archives.c.printer_id)
)


def months(
    connection: Connection, zone: tzinfo, hidden: Collection[str] = ()
) -> list[ArchiveMonth]:
    """Return in which months of a time zone archives came in, newest first; those of `hidden` people do not count.

    Months are counted in UTC; what came in between the beginning of a month there and here
    is counted on its own, and moved.
    """
    names: dict[str, str] = {}
    counts: Counter[tuple[int, str]] = Counter()
    for found in archive_counts.in_months(connection, hidden):
        month = int(found.month[:4]) * 12 + int(found.month[5:]) - 1
        counts[month, found.printer_id] = found.archives
        names[found.printer_id] = max(
            names.get(found.printer_id, ""), found.printer_name
        )
    begun = {month for month, _ in counts}
    for month in sorted(begun | {month + 1 for month in begun}):
        here, there = _beginning(month, zone), _beginning(month, UTC)
        if here == there:
            continue
        between = {
            "begin": min(here, there),
            "end": max(here, there),
            "hidden": sorted(hidden),
        }
        for row in connection.execute(_BETWEEN, between):
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
    sums = connection.execute(select(totals)).one()
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
    # PostgreSQL's sums are decimals.
    return Statistics(
        archives=sums.archives,
        archive_bytes=sums.archive_bytes,
        pending=pending.number,
        pending_bytes=int(pending.bytes),
        discarded_bytes=int(discarded_bytes),
        queued=unfinished.queued,
        active=unfinished.all - unfinished.queued,
        next_job=job_rows.first(connection),
        ever_archived=sums.ever_archived,
        ever_filament_g=round(sums.ever_filament_g, 2),
        ever_print_time_s=sums.ever_print_time_s,
        ever_cost=round(sums.ever_cost, 2),
        printed=sums.printed,
        printed_filament_g=round(sums.printed_filament_g, 2),
        printed_print_time_s=sums.printed_print_time_s,
        printed_cost=round(sums.printed_cost, 2),
        failed=sums.failed,
        judged_good=sums.judged_good,
        judged_failed=sums.judged - sums.judged_good,
        energy_kwh=round(sums.energy_kwh, 3),
        energy_cost=round(sums.energy_cost, 2),
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
