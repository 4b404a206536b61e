"""Lists of archives: filters, search, order and pages, to be run by `Index.read`.

A page is found by where the one before ended, not by counting rows from the beginning, so the thousandth page takes as
long as the first. What is found is counted for the first page, up to a bound, and travels on in the cursor together with
the way in which it is found: each way gives the same archives in the same order.

Words of three letters and more are looked up in SQLite's full-text index, which knows archives by numbers in the order of
their ids: so it gives the newest without sorting. Shorter words are looked for in every text. PostgreSQL chooses for all
words between every text and its index of their pieces.

SQLite chooses by the kind of an index, not by how much it leads to. So how much each thing that is asked for leads to is
counted first, up to the bound, and decides about the way:

    few by one of them       these are fetched, tested for the rest and sorted
    many, newest or oldest   they come in that order; testing ends when the page is full
    many, by something else  the archives are tested in the order asked for, which ends soon, as many are found
    many, but few together   all that one of them leads to, or all archives, are tested, which takes longest
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, func, literal, select

from ..values.errors import LibraryError
from ..values.records import ArchivePage, ArchiveQuery, ArchiveSort
from . import archive_rows, rows, search_text
from .archive_conditions import Condition, Order, conditions, order
from .schema import IS_LIVE, archives
from .totals import totals

MAX_LIMIT = 500
MAX_COUNTED = 10_000
"""What is found is counted up to here."""
MAX_COUNTED_OF_MANY = 2_000
"""The same in a library of more than `MANY`."""
MANY = 50_000
COUNTED_AMONG = 8_000
"""In PostgreSQL what is found is counted among so many of the newest archives of a library of more than `MANY`."""
MUCH_AMONG_NEWEST = 20
"""But among all where fewer of these are found, for those an index leads to."""

_BY_ID = {ArchiveSort.NEWEST, ArchiveSort.OLDEST}


@dataclass(frozen=True, slots=True)
class _Count:
    """How much is found: exactly so much, or at least."""

    number: int
    is_exact: bool


_STRAIGHT = -1
"""Stands for the way that nothing leads, where numbers stand for what leads."""
_SCAN = -2
"""Stands for the way that tests all that there is to be tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cursor:
    """Where a page begins: what is known of the pages before, and the last of them."""

    count: _Count
    way: int
    values: Sequence[str | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How archives are found: by what leads to them and tests of each, in an order."""

    number: int
    conditions: Sequence[Condition]
    order: Order
    lead: Condition | None = None

    @property
    def source(self) -> FromClause:
        """Where they come from."""
        return archives if self.lead is None else self.lead.joined()

    @property
    def tests(self) -> list[ColumnElement[bool]]:
        """What must be true of each."""
        tests: list[ColumnElement[bool]] = [IS_LIVE]
        for condition in self.conditions:
            if condition is self.lead and condition.of_source is not None:
                tests.append(condition.of_source)
            else:
                tests.append(condition.among)
        return tests

    def after(self, values: Sequence[str | float]) -> ColumnElement[bool]:
        """Return the condition for what comes after the archive that a cursor names."""
        *first, archive_id = values
        if self.lead is None or not self.lead.is_text:
            return self.order.after(values)
        number = select(archives.c.search_id).where(archives.c.id == archive_id)
        default = search_text.id_of(str(archive_id))
        last = func.coalesce(number.scalar_subquery(), literal(default))
        return self.order.after_columns([*map(literal, first), last])


def page(connection: Connection, query: ArchiveQuery) -> ArchivePage:
    """Return one page of a query. Raises LibraryError."""
    limit = max(1, min(query.limit, MAX_LIMIT))
    cursor = _read_cursor(query)
    wanted = conditions(query, has_full_text=_has_full_text(connection))
    way = None if cursor is None else _way_of(query, wanted, cursor.way)
    if cursor is not None and way is not None:
        count, values = cursor.count, cursor.values
    else:
        count, way = _chosen(connection, query, wanted)
        values = () if cursor is None else cursor.values
    statement = (
        select(*way.order.columns[:-1], archives.c.id)
        .select_from(way.source)
        .where(*way.tests, *([way.after(values)] if values else []))
        .order_by(*way.order.directions)
    )
    found = [tuple(row) for row in connection.execute(statement.limit(limit + 1))]
    more = len(found) > limit
    found = found[:limit]
    return ArchivePage(
        archives=tuple(
            archive_rows.by_ids(connection, [values[-1] for values in found])
        ),
        total=count.number,
        is_total_exact=count.is_exact,
        cursor=rows.encode_cursor(
            query.sort, count.number, count.is_exact, way.number, *found[-1]
        )
        if more
        else None,
    )


def _has_full_text(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _read_cursor(query: ArchiveQuery) -> _Cursor | None:
    """Return where a page begins that is not the first. Raises LibraryError."""
    if query.cursor is None:
        return None
    places = len(order(query.sort).columns)
    match rows.decode_cursor(query.cursor):
        case [
            query.sort,
            int() as number,
            bool() as is_exact,
            int() as way,
            *values,
            str() as last,
        ]:
            numbers_or_texts = all(
                isinstance(value, str | int | float) for value in values
            )
            if (
                numbers_or_texts
                and len(values) + 1 == places
                and search_text.is_id(last)
            ):
                return _Cursor(
                    count=_Count(number, is_exact), way=way, values=[*values, last]
                )
    raise LibraryError(rows.BAD_CURSOR)


def _way_of(
    query: ArchiveQuery, wanted: Sequence[Condition], number: int
) -> _Way | None:
    """Return the way that a number stands for; None where there is none such for what is asked for."""
    if number == _STRAIGHT:
        return _Way(number=number, conditions=wanted, order=order(query.sort))
    if number == _SCAN:
        lead = next((condition for condition in wanted if condition.leads), None)
        return _Way(
            number=number,
            conditions=wanted,
            order=order(query.sort, lead, is_scan=True),
            lead=lead,
        )
    if not 0 <= number < len(wanted) or not wanted[number].leads:
        return None
    lead = wanted[number]
    return _Way(
        number=number, conditions=wanted, order=order(query.sort, lead), lead=lead
    )


def _chosen(
    connection: Connection, query: ArchiveQuery, wanted: Sequence[Condition]
) -> tuple[_Count, _Way]:
    """Return how much is found, and how."""
    all_archives: int = connection.execute(select(totals.c.archives)).scalar_one()
    most = MAX_COUNTED if all_archives <= MANY else MAX_COUNTED_OF_MANY
    straight = _way_of(query, wanted, _STRAIGHT)
    assert straight is not None
    if not wanted:
        return _Count(all_archives, is_exact=True), straight
    if not _has_full_text(connection):
        # PostgreSQL knows how much things lead to.
        count = None
        is_led_to = len(wanted) == 1 and wanted[0].leads
        if all_archives > MANY and not is_led_to:
            count = _counted_among_newest(connection, straight, most)
        return count or _counted(connection, straight, most), straight
    leads = {
        condition: _led_to(connection, condition, most)
        for condition in wanted
        if condition.leads
    }
    if (lead := _best(leads, query.sort)) is not None:
        way = _way_of(query, wanted, wanted.index(lead))
        assert way is not None
        if len(wanted) == 1:
            return leads[lead], way
        return _counted(connection, way, most), way
    scan = _way_of(query, wanted, _SCAN)
    assert scan is not None
    count = _counted(connection, scan, most)
    is_found_soon = query.sort in _BY_ID or not count.is_exact
    return count, straight if is_found_soon else scan


def _best(leads: dict[Condition, _Count], sort: ArchiveSort) -> Condition | None:
    """Return what leads to few archives, or at least to them in the order asked for."""
    few = [condition for condition, count in leads.items() if count.is_exact]
    if few:
        return min(few, key=lambda condition: leads[condition].number)
    if sort in _BY_ID:
        return next((condition for condition in leads if condition.is_by_id), None)
    return None


def _led_to(connection: Connection, condition: Condition, most: int) -> _Count:
    """Count what a condition leads to."""
    assert condition.of_source is not None
    of_live = [IS_LIVE] if condition.source is archives else []
    rows_ = select(literal(1)).select_from(condition.source)
    return _up_to(connection, rows_.where(condition.of_source, *of_live), most)


def _counted(connection: Connection, way: _Way, most: int) -> _Count:
    """Count what a way finds."""
    rows_ = select(literal(1)).select_from(way.source).where(*way.tests)
    return _up_to(connection, rows_, most)


def _counted_among_newest(
    connection: Connection, way: _Way, most: int
) -> _Count | None:
    """Count what a way finds among the newest archives; None where that is little, and counting all of it takes no longer."""
    newest = select(archives.c.id).where(IS_LIVE).order_by(archives.c.id.desc())
    since = connection.execute(newest.offset(COUNTED_AMONG).limit(1)).scalar()
    rows_ = select(literal(1)).select_from(way.source)
    found = rows_.where(*way.tests, archives.c.id > since)
    number = _up_to(connection, found, most).number
    return _Count(number, is_exact=False) if number >= MUCH_AMONG_NEWEST else None


def _up_to(connection: Connection, found: Any, most: int) -> _Count:
    some = found.limit(most + 1).subquery()
    number = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return _Count(min(number, most), is_exact=number <= most)
