"""Lists of archives: filters, search, order and pages, to be run by `Index.run`.

A page is found by where the one before ended, not by counting rows from the beginning, so the thousandth page takes as
long as the first. The total is counted once, for the first page, and travels on in the cursor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, literal, select, tuple_

from . import archive_rows, rows
from .archive_rows import IS_LIVE
from .errors import LibraryError
from .records import ArchivePage, ArchiveQuery, ArchiveSort
from .schema import archive_tags, archives
from .untrusted import folded

MAX_LIMIT = 500
MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Order:
    """What to sort by; the id comes last and decides between equal rows, in the same direction."""

    columns: tuple[ColumnElement[Any], ...]
    is_descending: bool

    def after(self, values: Sequence[str | float]) -> ColumnElement[bool]:
        """Return the condition for rows that come after the one with these values."""
        here = tuple_(*self.columns)
        there = tuple_(*map(literal, values))
        return here < there if self.is_descending else here > there

    @property
    def directions(self) -> list[ColumnElement[Any]]:
        """What goes into ORDER BY."""
        if self.is_descending:
            return [column.desc() for column in self.columns]
        return list(self.columns)


_ID = archives.c.id
_ORDERS = {
    ArchiveSort.NEWEST: _Order((_ID,), True),
    ArchiveSort.OLDEST: _Order((_ID,), False),
    ArchiveSort.NAME: _Order((archives.c.sort_name, _ID), False),
    ArchiveSort.PRINT_TIME: _Order((archives.c.print_time_s, _ID), True),
    ArchiveSort.FILAMENT: _Order((archives.c.filament_g, _ID), True),
    ArchiveSort.SIZE: _Order((archives.c.size_bytes, _ID), True),
}


def page(connection: Connection, query: ArchiveQuery) -> ArchivePage:
    """Return one page of a query. Raises LibraryError."""
    limit = max(1, min(query.limit, MAX_LIMIT))
    order = _ORDERS[query.sort]
    conditions = _conditions(query)
    statement = select(*order.columns).where(*conditions)
    total = None
    if query.cursor is not None:
        total, after = _read_cursor(query, order)
        statement = statement.where(after)
    statement = statement.order_by(*order.directions).limit(limit + 1)
    found = [tuple(row) for row in connection.execute(statement)]
    more = len(found) > limit
    found = found[:limit]
    if total is None:
        total = _count(connection, conditions) if more else len(found)
    return ArchivePage(
        archives=tuple(
            archive_rows.by_ids(connection, [values[-1] for values in found])
        ),
        total=total,
        cursor=rows.encode_cursor(query.sort, total, *found[-1]) if more else None,
    )


def _read_cursor(query: ArchiveQuery, order: _Order) -> tuple[int, ColumnElement[bool]]:
    """Return the total and the condition for the rows that follow. Raises LibraryError."""
    match rows.decode_cursor(query.cursor or ""):
        case [query.sort, int() as total, *values] if len(values) == len(
            order.columns
        ) and all(isinstance(value, str | int | float) for value in values):
            return total, order.after(values)
    raise LibraryError(rows.BAD_CURSOR)


def _count(connection: Connection, conditions: list[ColumnElement[bool]]) -> int:
    return connection.execute(
        select(func.count()).select_from(archives).where(*conditions)
    ).scalar_one()


def _conditions(query: ArchiveQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [IS_LIVE]
    for column, value in (
        (archives.c.sliced_for, query.sliced_for),
        (archives.c.printer_id, query.printer_id),
        (archives.c.favourite, query.favourite),
        (archives.c.project, query.project),
    ):
        if value is not None:
            conditions.append(column == value)
    if query.received_from is not None:
        conditions.append(archives.c.received_at >= query.received_from)
    if query.received_before is not None:
        conditions.append(archives.c.received_at < query.received_before)
    conditions += [
        exists().where(
            archive_tags.c.archive_id == archives.c.id,
            archive_tags.c.tag_key == folded(tag),
        )
        for tag in query.tags
    ]
    conditions += [
        archives.c.search_text.contains(word, autoescape=True)
        for word in folded(query.text).split()[:MAX_WORDS]
    ]
    return conditions
