"""Lists of archives: filters, search, order and pages, to be run by `Index.run`.

A page is found by where the one before ended, not by counting rows from the beginning, so the thousandth page takes as
long as the first. The total is counted once, for the first page, and travels on in the cursor.

Words of three letters and more are looked up in SQLite's full-text index, which knows archives by numbers in the order of
their ids: so it gives the newest without sorting. Shorter words, and all words in PostgreSQL, are looked for in every text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    column,
    func,
    intersect,
    literal,
    select,
    table,
    tuple_,
)

from ..values.errors import LibraryError, TextField, TooLongError
from ..values.records import ArchivePage, ArchiveQuery, ArchiveSort
from ..values.sanitize import fold_case
from . import archive_rows, rows
from .schema import FULL_TEXT, IS_LIVE, archive_materials, archive_tags, archives
from .totals import totals

MAX_LIMIT = 500
MAX_WORDS = 32
# The full-text index is one of pieces so long.
PIECE_CHARS = 3

_FULL_TEXT = table(FULL_TEXT, column("rowid", BigInteger))


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
    search = _Search(query, has_full_text=connection.dialect.name == "sqlite")
    total, after = _read_cursor(query, search.order)
    statement = (
        select(*search.order.columns, archives.c.id)
        .select_from(search.source)
        .where(*search.conditions, *after)
        .order_by(*search.order.directions)
    )
    found = [tuple(row) for row in connection.execute(statement.limit(limit + 1))]
    if total is None:
        total = len(found) if len(found) <= limit else search.count(connection)
    more = len(found) > limit
    found = found[:limit]
    return ArchivePage(
        archives=tuple(
            archive_rows.by_ids(connection, [values[-1] for values in found])
        ),
        total=total,
        cursor=rows.encode_cursor(query.sort, total, *found[-1][:-1]) if more else None,
    )


def _read_cursor(
    query: ArchiveQuery, order: _Order
) -> tuple[int | None, list[ColumnElement[bool]]]:
    """Return the total and the condition for the rows that follow, as far as there is a cursor. Raises LibraryError."""
    if query.cursor is None:
        return None, []
    match rows.decode_cursor(query.cursor):
        case [query.sort, int() as total, *values] if len(values) == len(
            order.columns
        ) and all(isinstance(value, str | int | float) for value in values):
            return total, [order.after(values)]
    raise LibraryError(rows.BAD_CURSOR)


class _Search:
    """A query in the terms of the database."""

    def __init__(self, query: ArchiveQuery, *, has_full_text: bool) -> None:
        """Decide where to look: in the full-text index, in all texts, or in no text."""
        words = fold_case(query.text).split()
        if len(words) > MAX_WORDS:
            raise TooLongError(TextField.SEARCH, MAX_WORDS)
        pieces = [word for word in words if len(word) >= PIECE_CHARS]
        self._full_text = has_full_text and bool(pieces)
        # One pass through a covering index beats going by an index and fetching row after row for the rest.
        self._scans = not self._full_text and (bool(words) or _is_narrow(query))
        self.source: FromClause = archives
        self.conditions: list[ColumnElement[bool]] = [IS_LIVE]
        if self._full_text:
            self.source = _FULL_TEXT.join(
                archives, archives.c.search_id == _FULL_TEXT.c.rowid
            )
            self.conditions.append(_matches(pieces))
            words = [word for word in words if word not in pieces]
        self.conditions += [
            archives.c.search_text.contains(word, autoescape=True) for word in words
        ]
        self._labels = _labels(query)
        self._filters = self._filtered(query)
        self.conditions += self._filters
        if self._full_text or self._scans:
            # One look for each archive instead of a list of all that have the label.
            self.conditions += [
                label.where(label.selected_columns[0] == archives.c.id).exists()
                for label in self._labels
            ]
        elif self._labels:
            ids = intersect(*self._labels) if len(self._labels) > 1 else self._labels[0]
            self.conditions.append(archives.c.id.in_(ids))
        self._is_plain = not (words or self._filters)
        self.order = self._order(query.sort)

    def count(self, connection: Connection) -> int:
        """Count all that is found."""
        count = select(func.count())
        match self._is_plain, self._full_text, bool(self._labels):
            case True, True, False:
                # It holds live archives only.
                count = count.select_from(_FULL_TEXT).where(self.conditions[1])
            case True, False, True:
                # So do these.
                count = count.select_from(intersect(*self._labels).subquery())
            case True, False, False:
                count = select(totals.c.archives)
            case _:
                count = count.select_from(self.source).where(*self.conditions)
        return connection.execute(count).scalar_one()

    def _filtered(self, query: ArchiveQuery) -> list[ColumnElement[bool]]:
        conditions = [
            self._column(column) == value
            for column, value in (
                (archives.c.sliced_for, query.sliced_for),
                (archives.c.printer_id, query.printer_id),
                (archives.c.favourite, query.favourite),
                (archives.c.project, query.project),
            )
            if value is not None
        ]
        only = query.sent_by
        conditions += rows.sent_by(
            only, self._column(archives.c.person), archives.c.sender
        )
        if only.intent is not None:
            conditions.append(self._column(archives.c.intent) == only.intent.value)
        received_at = self._column(archives.c.received_at)
        if query.received_from is not None:
            conditions.append(received_at >= query.received_from)
        if query.received_before is not None:
            conditions.append(received_at < query.received_before)
        if query.colour is not None:
            colours = func.upper(archives.c.filament_colors)
            conditions.append(colours.contains(query.colour.upper(), autoescape=True))
        if query.printed is not None:
            print_count = self._column(archives.c.print_count)
            conditions.append(print_count > 0 if query.printed else print_count == 0)
        return conditions

    def _order(self, sort: ArchiveSort) -> _Order:
        by_id = _FULL_TEXT.c.rowid if self._full_text else archives.c.id
        match sort:
            case ArchiveSort.NEWEST:
                return _Order((by_id,))
            case ArchiveSort.OLDEST:
                return _Order((by_id,), is_descending=False)
            case ArchiveSort.NAME:
                name = self._column(archives.c.sort_name)
                return _Order((name, by_id), is_descending=False)
            case ArchiveSort.PRINT_TIME:
                return _Order((self._column(archives.c.print_time_s), by_id))
            case ArchiveSort.FILAMENT:
                return _Order((self._column(archives.c.filament_g), by_id))
            case ArchiveSort.SIZE:
                return _Order((self._column(archives.c.size_bytes), by_id))

    def _column(self, column: Column[Any]) -> ColumnElement[Any]:
        """Return a column to compare or sort by, out of reach of its own index when words are searched.

        What the words lead to is looked up in `archives_found`, which answers everything else; going by another index
        instead would fetch row after row. The columns are never null, so this changes nothing but the plan.
        """
        if self._scans or self._full_text:
            return func.coalesce(column, column)
        return column


def _is_narrow(query: ArchiveQuery) -> bool:
    """Return whether a query asks for several things that no index has together."""
    asked = (
        query.sliced_for,
        query.printer_id,
        query.favourite,
        query.project,
        query.printed,
        query.filament,
        query.colour,
        query.sent_by.person,
        query.sent_by.intent,
        query.sent_by.hidden or None,
        query.received_from or query.received_before,
        query.tags or None,
    )
    return sum(value is not None for value in asked) > 1


def _matches(pieces: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that all these occur in the text."""
    phrases = " ".join(
        '"' + piece.replace('"', '""') + '"' for piece in dict.fromkeys(pieces)
    )
    return column(FULL_TEXT).op("MATCH", is_comparison=True)(phrases)


def _labels(query: ArchiveQuery) -> list[Select[Any]]:
    """Return what gives the ids of live archives with a tag or material, one for each that is asked for."""
    labels = [
        select(archive_tags.c.archive_id).where(archive_tags.c.tag_key == key)
        for key in dict.fromkeys(map(fold_case, query.tags))
    ]
    if query.filament is not None:
        labels.append(
            select(archive_materials.c.archive_id).where(
                archive_materials.c.material == fold_case(query.filament)
            )
        )
    return labels
