"""What there is, counted; to be run by `Index.run`."""

from sqlalchemy import Connection, case, func, select

from . import upload_rows
from .files import Space
from .records import ArchiveMonth, ReceivedBy, Statistics, UploadState
from .schema import IS_LIVE, archives, uploads


def months(connection: Connection) -> list[ArchiveMonth]:
    """Return where archives are, newest month first."""
    query = (
        select(
            archives.c.month,
            archives.c.printer_id,
            func.max(archives.c.printer_name).label("printer_name"),
            func.count().label("archives"),
        )
        .where(IS_LIVE)
        .group_by(archives.c.month, archives.c.printer_id)
        .order_by(archives.c.month.desc(), archives.c.printer_id)
    )
    return [
        ArchiveMonth(
            printer_id=row.printer_id,
            printer_name=row.printer_name,
            year=int(row.month[:4]),
            month=int(row.month[5:]),
            count=row.archives,
        )
        for row in connection.execute(query)
    ]


def statistics(connection: Connection, space: Space) -> Statistics:
    """Count what is kept, and what was ever archived."""
    live = case((IS_LIVE, 1), else_=0)
    archived = connection.execute(
        select(
            func.coalesce(func.sum(live), 0).label("live"),
            func.coalesce(func.sum(live * archives.c.size_bytes), 0).label("bytes"),
            func.count().label("ever"),
            func.coalesce(func.sum(archives.c.filament_g), 0.0).label("filament_g"),
            func.coalesce(func.sum(archives.c.print_time_s), 0).label("print_time_s"),
        )
    ).one()
    pending = connection.execute(
        select(
            func.count().label("number"),
            func.coalesce(func.sum(uploads.c.size_bytes), 0).label("bytes"),
        ).where(uploads.c.state == UploadState.PENDING.value)
    ).one()
    # PostgreSQL's sums are decimals.
    return Statistics(
        archives=int(archived.live),
        archive_bytes=int(archived.bytes),
        pending=pending.number,
        pending_bytes=int(pending.bytes),
        ever_archived=archived.ever,
        ever_filament_g=float(archived.filament_g),
        ever_print_time_s=int(archived.print_time_s),
        free_bytes=space.free_bytes,
        disk_bytes=space.disk_bytes,
    )


def received_by(connection: Connection, printer_id: str) -> ReceivedBy:
    """Count what came in by a printer, and return the newest."""
    is_its = uploads.c.printer_id == printer_id
    count = connection.execute(
        select(func.count()).select_from(uploads).where(is_its)
    ).scalar_one()
    newest = select(uploads).where(is_its).order_by(uploads.c.id.desc()).limit(1)
    row = connection.execute(newest).first()
    return ReceivedBy(
        count=count, last=None if row is None else upload_rows.from_row(row)
    )
