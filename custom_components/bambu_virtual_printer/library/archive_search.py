"""Lists of archives: filters, search, order and pages, to be run by `Index.run`.

A page is found by where the one before ended, not by counting rows from the beginning, so the thousandth page takes as
long as the first. The total is counted once, for the first page, and travels on in the cursor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, literal, select, tuple_

from . import archive_rows, rows
from .errors import LibraryError
from .records import ArchivePage, ArchiveQuery, ArchiveSort
from .schema import IS_LIVE, archive_tags, archives
from .untrusted import folded

MAX_LIMIT = 500
MAX_WORDS = 8
# How far a search looks ahead: most find fewer, so that one pass gives both the page and the total.
LOOK_AHEAD = 1000


@dataclass(frozen=True, slots=True)
class _Order:
    """What to sort by; the id comes last and decides between equal rows, in the same direction."""

    columns: tuple[ColumnElement[Any], ...]
    is_descending: bool = True

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


def page(connection: Connection, query: ArchiveQuery) -> ArchivePage:
    """Return one page of a query. Raises LibraryError."""
    limit = max(1, min(query.limit, MAX_LIMIT))
    order = _order(query)
    conditions = _conditions(query)
    statement = select(*order.columns).where(*conditions).order_by(*order.directions)
    rows_wanted = limit + 1
    total = None
    if query.cursor is not None:
        total, after = _read_cursor(query, order)
        statement = statement.where(after)
    elif _words(query):
        rows_wanted = max(limit, LOOK_AHEAD) + 1
    found = [tuple(row) for row in connection.execute(statement.limit(rows_wanted))]
    if total is None:
        is_all = len(found) < rows_wanted
        total = len(found) if is_all else _count(connection, conditions)
    more = len(found) > limit
    found = found[:limit]
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
    count = select(func.count()).select_from(archives)
    if len(conditions) == 1:
        # Databases count a whole table faster than those rows of it that are live.
        deleted = count.where(archives.c.deleted_at.is_not(None)).scalar_subquery()
        count = select(count.scalar_subquery() - deleted)
    else:
        count = count.where(*conditions)
    return connection.execute(count).scalar_one()


def _order(query: ArchiveQuery) -> _Order:
    by_id = archives.c.id
    match query.sort:
        case ArchiveSort.NEWEST:
            return _Order((by_id,))
        case ArchiveSort.OLDEST:
            return _Order((by_id,), is_descending=False)
        case ArchiveSort.NAME:
            name = _column(query, archives.c.sort_name)
            return _Order((name, by_id), is_descending=False)
        case ArchiveSort.PRINT_TIME:
            return _Order((_column(query, archives.c.print_time_s), by_id))
        case ArchiveSort.FILAMENT:
            return _Order((_column(query, archives.c.filament_g), by_id))
        case ArchiveSort.SIZE:
            return _Order((_column(query, archives.c.size_bytes), by_id))


def _conditions(query: ArchiveQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [IS_LIVE]
    for column, value in (
        (archives.c.sliced_for, query.sliced_for),
        (archives.c.printer_id, query.printer_id),
        (archives.c.favourite, query.favourite),
        (archives.c.project, query.project),
    ):
        if value is not None:
            conditions.append(_column(query, column) == value)
    received_at = _column(query, archives.c.received_at)
    if query.received_from is not None:
        conditions.append(received_at >= query.received_from)
    if query.received_before is not None:
        conditions.append(received_at < query.received_before)
    for tag in query.tags:
        tagged = select(archive_tags.c.archive_id).where(
            archive_tags.c.tag_key == folded(tag)
        )
        conditions.append(archives.c.id.in_(tagged))
    conditions += [
        archives.c.search_text.contains(word, autoescape=True) for word in _words(query)
    ]
    return conditions


def _words(query: ArchiveQuery) -> list[str]:
    return folded(query.text).split()[:MAX_WORDS]


def _column(query: ArchiveQuery, column: Column[Any]) -> ColumnElement[Any]:
    """Return a column to compare or sort by, out of reach of its index when words are searched.

    A search has to look at every text. One pass through `archives_texts` does that and answers everything else; going by
    another index instead would fetch row after row. The columns are never null, so this changes nothing but the plan.
    """
    return func.coalesce(column, column) if _words(query) else column
