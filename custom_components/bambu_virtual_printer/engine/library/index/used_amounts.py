"""How much people have had printed, to be run by `Index.run`."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from ..values.job import JobState
from ..values.made import NOTHING, Amount
from .schema import archives, jobs, printed_copies

_ACTIVE = tuple(state.value for state in JobState if state.is_active)


def used_since(connection: Connection, begin: datetime) -> Mapping[str, Amount]:
    """Return what was printed for each person since then, and the copies that printers have now."""
    printed = (
        select(
            printed_copies.c.person,
            *_sums(printed_copies.c.filament_g, printed_copies.c.print_time_s),
        )
        .where(printed_copies.c.at >= begin)
        .group_by(printed_copies.c.person)
    )
    active = (
        select(archives.c.person, *_sums(jobs.c.filament_g, jobs.c.print_time_s))
        .join(archives, archives.c.id == jobs.c.archive_id)
        .where(jobs.c.state.in_(_ACTIVE), archives.c.person != "")
        .group_by(archives.c.person)
    )
    used: dict[str, Amount] = {}
    for query in (printed, active):
        for row in connection.execute(query):
            more = Amount(
                filament_g=float(row.filament_g), print_time_s=float(row.print_time_s)
            )
            used[row.person] = used.get(row.person, NOTHING) + more
    return used


def _sums(
    filament_g: ColumnElement[float], print_time_s: ColumnElement[int]
) -> tuple[ColumnElement[float], ColumnElement[int]]:
    return (
        func.coalesce(func.sum(filament_g), 0.0).label("filament_g"),
        func.coalesce(func.sum(print_time_s), 0).label("print_time_s"),
    )
