"""What was archived and printed within a time, to be counted; to be run by `Index.run`."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from ..values.job import JobState
from ..values.made import ArchivedFile, EndedJob, Made
from ..values.records import ArchiveFacets
from ..values.sent_by import FROM_ANYBODY, SentBy
from . import rows
from .archive_counts import Counted, Kind, counted, in_months
from .archive_labels import projects, tags
from .schema import archives, jobs

_ENDS = (JobState.COMPLETED.value, JobState.FAILED.value)
MAX_FACETS = 200
"""How many different values of each kind are returned."""


def made(
    connection: Connection,
    *,
    begin: datetime,
    end: datetime,
    only: SentBy = FROM_ANYBODY,
) -> Made:
    """Return what was archived and how jobs ended from `begin` until before `end`, what was deleted since included."""
    is_theirs = rows.sent_by(only, archives.c.person, archives.c.sender)
    files = connection.execute(
        select(
            archives.c.archived_at,
            archives.c.project,
            archives.c.person,
            archives.c.sender,
        )
        .where(
            archives.c.archived_at >= begin, archives.c.archived_at < end, *is_theirs
        )
        .order_by(archives.c.archived_at, archives.c.id)
    )
    ended = connection.execute(
        select(
            jobs.c.finished_at,
            jobs.c.state,
            jobs.c.copies_printed,
            jobs.c.print_time_s,
            jobs.c.filament_g,
            jobs.c.filament_types,
            jobs.c.cost,
            jobs.c.judged_good,
            jobs.c.judged_failed,
            jobs.c.energy_kwh,
            jobs.c.energy_cost,
            jobs.c.machine_id,
            archives.c.project,
            archives.c.person,
            archives.c.sender,
        )
        .join(archives, archives.c.id == jobs.c.archive_id)
        .where(
            jobs.c.finished_at >= begin,
            jobs.c.finished_at < end,
            jobs.c.state.in_(_ENDS)
            | (jobs.c.copies_printed > 0)
            | jobs.c.energy_kwh.is_not(None)
            | (jobs.c.judged_failed > 0),
            *is_theirs,
        )
        .order_by(jobs.c.finished_at, jobs.c.id)
    )
    return Made(
        files=tuple(
            ArchivedFile(
                at=row.archived_at,
                project=row.project,
                person=row.person,
                sender=row.sender,
            )
            for row in files
        ),
        jobs=tuple(
            EndedJob(
                at=row.finished_at,
                prints=row.copies_printed,
                has_failed=row.state == JobState.FAILED.value,
                print_time_s=row.copies_printed * (row.print_time_s or 0),
                filament_g=row.copies_printed * (row.filament_g or 0.0),
                cost=row.copies_printed * (row.cost or 0.0),
                judged_good=row.judged_good,
                judged_failed=row.judged_failed,
                energy_kwh=row.energy_kwh or 0.0,
                energy_cost=row.energy_cost or 0.0,
                materials=tuple(dict.fromkeys(rows.split(row.filament_types))),
                machine_id=row.machine_id,
                project=row.project,
                person=row.person,
                sender=row.sender,
            )
            for row in ended
        ),
    )


def facets(connection: Connection, hidden: Collection[str] = ()) -> ArchiveFacets:
    """Return what archives can be chosen by, with how many there are of each, the most frequent first.

    Those of `hidden` people do not count.
    """

    def of(kind: Kind) -> list[Counted]:
        return counted(connection, kind, hidden)

    colours: Counter[str] = Counter()
    for each in of(Kind.COLOURS):
        for colour in {text[:7].upper() for text in rows.split(each.key)}:
            if colour:
                colours[colour] += each.archives
    names: dict[str, str] = {}
    printers: Counter[str] = Counter()
    for month in in_months(connection, hidden):
        printers[month.printer_id] += month.archives
        names[month.printer_id] = max(
            names.get(month.printer_id, ""), month.printer_name
        )
    return ArchiveFacets(
        tags=_first(tags(connection, hidden)),
        projects=_first(projects(connection, hidden)),
        materials=_first({each.key: each.archives for each in of(Kind.MATERIAL)}),
        colours=_first(colours),
        sliced_for=_first({each.key: each.archives for each in of(Kind.MODEL)}),
        printers={
            (printer_id, names[printer_id]): count
            for printer_id, count in _first(printers).items()
        },
        people=_first(
            {(each.key, each.name): each.archives for each in of(Kind.PERSON)}
        ),
    )


def _first[Key: (str, tuple[str, str])](counts: Mapping[Key, int]) -> dict[Key, int]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return dict(ordered[:MAX_FACETS])
