"""What was archived and printed within a time, to be counted; to be run by `Index.run`."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from ..values.job import JobState
from ..values.made import ArchivedFile, EndedJob, Made
from ..values.records import ArchiveFacets
from ..values.sent_by import FROM_ANYBODY, SentBy
from . import rows
from .archive_labels import projects, tags
from .schema import IS_LIVE, archive_materials, archives, jobs

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


def facets(connection: Connection, only: SentBy = FROM_ANYBODY) -> ArchiveFacets:
    """Return what archives can be chosen by, with how many there are of each, the most frequent first."""
    is_theirs = rows.sent_by(only, archives.c.person, archives.c.sender)
    count = func.count().label("archives")
    of_material = (
        select(archive_materials.c.material, count)
        .group_by(archive_materials.c.material)
        .order_by(count.desc(), archive_materials.c.material)
        .limit(MAX_FACETS)
    )
    if is_theirs:
        of_material = of_material.join(
            archives, archives.c.id == archive_materials.c.archive_id
        ).where(*is_theirs)
    materials = connection.execute(of_material)
    models = connection.execute(
        select(archives.c.sliced_for, count)
        .where(IS_LIVE, archives.c.sliced_for != "", *is_theirs)
        .group_by(archives.c.sliced_for)
        .order_by(count.desc(), archives.c.sliced_for)
        .limit(MAX_FACETS)
    )
    printers = connection.execute(
        select(
            archives.c.printer_id,
            func.max(archives.c.printer_name).label("name"),
            count,
        )
        .where(IS_LIVE, *is_theirs)
        .group_by(archives.c.printer_id)
        .order_by(count.desc(), archives.c.printer_id)
        .limit(MAX_FACETS)
    )
    people = connection.execute(
        select(archives.c.person, func.max(archives.c.sender).label("name"), count)
        .where(IS_LIVE, archives.c.person != "", *is_theirs)
        .group_by(archives.c.person)
        .order_by(count.desc(), archives.c.person)
        .limit(MAX_FACETS)
    )
    colours: dict[str, int] = {}
    for row in connection.execute(
        select(archives.c.filament_colors, count)
        .where(IS_LIVE, *is_theirs)
        .group_by(archives.c.filament_colors)
    ):
        for colour in {each[:7].upper() for each in rows.split(row.filament_colors)}:
            if colour:
                colours[colour] = colours.get(colour, 0) + row.archives
    return ArchiveFacets(
        tags=_first(tags(connection, only)),
        projects=_first(projects(connection, only)),
        materials={row.material: row.archives for row in materials},
        colours=_first(colours),
        sliced_for={row.sliced_for: row.archives for row in models},
        printers={(row.printer_id, row.name): row.archives for row in printers},
        people={(row.person, row.name): row.archives for row in people},
    )


def _first(counts: dict[str, int]) -> dict[str, int]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return dict(ordered[:MAX_FACETS])
