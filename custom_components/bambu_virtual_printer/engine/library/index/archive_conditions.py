"""A query for archives in the terms of the database: the conditions, what leads to few archives, and what to sort by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    column,
    func,
    literal,
    select,
    table,
    tuple_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ..values.errors import TextField, TooLongError
from ..values.records import ArchiveQuery, ArchiveSort
from ..values.sanitize import fold_case
from . import rows
from .schema import FULL_TEXT, archive_materials, archive_tags, archives

MAX_WORDS = 32
# The full-text index is one of pieces so long.
PIECE_CHARS = 3

_FULL_TEXT = table(FULL_TEXT, column("rowid", BigInteger))
_FILAMENT_COLORS = func.upper(archives.c.filament_colors)


@dataclass(frozen=True, slots=True)
class Order:
    """What to sort by; the id comes last and decides between equal rows, in the same direction."""

    columns: tuple[ColumnElement[Any], ...]
    is_descending: bool = True

    def after(self, values: Sequence[str | float]) -> ColumnElement[bool]:
        """Return the condition for rows that come after the one with these values."""
        return self.after_columns([literal(value) for value in values])

    def after_columns(
        self, values: Sequence[ColumnElement[Any]]
    ) -> ColumnElement[bool]:
        """Return the same for values that are looked up."""
        here, there = tuple_(*self.columns), tuple_(*values)
        return here < there if self.is_descending else here > there

    @property
    def directions(self) -> list[ColumnElement[Any]]:
        """What goes into ORDER BY."""
        if self.is_descending:
            return [column.desc() for column in self.columns]
        return list(self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """One thing that is asked for.

    `among` is it as a test of each archive. With `of_source`, an index of the source leads to the archives for which that
    holds; the source may be a table that has nothing of deleted archives.
    """

    among: ColumnElement[bool]
    source: FromClause = archives
    of_source: ColumnElement[bool] | None = None
    item_id: ColumnElement[Any] = field(default=archives.c.id)
    is_by_id: bool = True
    """Whether the index of the source has them in the order of their ids."""

    @property
    def leads(self) -> bool:
        """Whether an index has the archives for which it holds."""
        return self.of_source is not None

    @property
    def is_text(self) -> bool:
        """Whether the source knows archives by their numbers for the search."""
        return self.source is _FULL_TEXT

    def joined(self) -> FromClause:
        """Return the source with the archives that it leads to."""
        if self.source is archives:
            return archives
        key = archives.c.search_id if self.is_text else archives.c.id
        return self.source.join(archives, key == self.item_id)


def conditions(query: ArchiveQuery, *, has_full_text: bool) -> list[Condition]:
    """Return everything that is asked for. Raises LibraryError."""
    return [
        *_words(query.text, has_full_text=has_full_text),
        *_labels(query),
        *_columns(query),
    ]


def order(
    sort: ArchiveSort, lead: Condition | None = None, *, is_scan: bool = False
) -> Order:
    """Return what to sort by where the rows come from `lead`; with `is_scan`, out of reach of an index."""
    by_id = archives.c.id if lead is None else lead.item_id

    def value(column: Column[Any]) -> ColumnElement[Any]:
        return column if lead is None and not is_scan else unindexed(column)

    match sort:
        case ArchiveSort.NEWEST:
            return Order((by_id,))
        case ArchiveSort.OLDEST:
            return Order((by_id,), is_descending=False)
        case ArchiveSort.NAME:
            return Order((value(archives.c.sort_name), by_id), is_descending=False)
        case ArchiveSort.PRINT_TIME:
            return Order((value(archives.c.print_time_s), by_id))
        case ArchiveSort.FILAMENT:
            return Order((value(archives.c.filament_g), by_id))
        case ArchiveSort.SIZE:
            return Order((value(archives.c.size_bytes), by_id))


def unindexed(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column to compare or sort by, out of reach of its own index in SQLite.

    The columns are never null, so this changes nothing but the plan. PostgreSQL makes its own.
    """
    return _Unindexed(column)


class _Unindexed(FunctionElement[Any]):
    """A column that SQLite takes for an expression."""

    inherit_cache = True

    def __init__(self, column: Column[Any]) -> None:
        """Be of the column's type, so that values are bound as for it."""
        super().__init__(column)
        self.type = column.type


@compiles(_Unindexed)
def _plain(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    return compiler.process(column, **options)


@compiles(_Unindexed, "sqlite")
def _hidden(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    name = _plain(element, compiler, **options)
    return f"coalesce({name}, {name})"


def _words(text: str, *, has_full_text: bool) -> Iterator[Condition]:
    words = fold_case(text).split()
    if len(words) > MAX_WORDS:
        raise TooLongError(TextField.SEARCH, MAX_WORDS)
    words = list(dict.fromkeys(words))
    pieces = [word for word in words if has_full_text and len(word) >= PIECE_CHARS]
    if pieces:
        phrases = " ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
        among = archives.c.search_text.contains(pieces[0], autoescape=True)
        for piece in pieces[1:]:
            among &= archives.c.search_text.contains(piece, autoescape=True)
        yield Condition(
            among=among,
            source=_FULL_TEXT,
            of_source=column(FULL_TEXT).op("MATCH", is_comparison=True)(phrases),
            item_id=_FULL_TEXT.c.rowid,
        )
    for word in words:
        if word not in pieces:
            yield Condition(archives.c.search_text.contains(word, autoescape=True))


def _labels(query: ArchiveQuery) -> Iterator[Condition]:
    """Return the tags and the material; their tables have nothing of deleted archives."""
    wanted = [
        (archive_tags, archive_tags.c.tag_key, key)
        for key in dict.fromkeys(map(fold_case, query.tags))
    ]
    if query.filament is not None:
        key = fold_case(query.filament)
        wanted.append((archive_materials, archive_materials.c.material, key))
    for number, (labels, label, key) in enumerate(wanted):
        its = labels.alias(f"label_{number}")
        of_source = its.c[label.name] == key
        yield Condition(
            among=select(its.c.archive_id)
            .where(of_source, its.c.archive_id == archives.c.id)
            .exists(),
            source=its,
            of_source=of_source,
            item_id=its.c.archive_id,
        )


def _columns(query: ArchiveQuery) -> Iterator[Condition]:
    only = query.sent_by
    for column_, value in (
        (archives.c.sliced_for, query.sliced_for),
        (archives.c.printer_id, query.printer_id),
        (archives.c.favourite, query.favourite),
        (archives.c.project, query.project),
        (archives.c.instance, query.instance),
    ):
        if value is not None:
            yield Condition(unindexed(column_) == value, of_source=column_ == value)
    yield from map(
        Condition,
        rows.sent_by(only, unindexed(archives.c.person), archives.c.sender),
    )
    if only.intent is not None:
        yield Condition(unindexed(archives.c.intent) == only.intent.value)
    if query.received_from is not None or query.received_before is not None:
        yield _received(query)
    if query.colour is not None:
        colour = query.colour.upper()
        yield Condition(_FILAMENT_COLORS.contains(colour, autoescape=True))
    if query.printed is not None:
        count = unindexed(archives.c.print_count)
        of_source = archives.c.print_count > 0
        if query.printed:
            yield Condition(count > 0, of_source=of_source, is_by_id=False)
        else:
            yield Condition(count == 0)


def _received(query: ArchiveQuery) -> Condition:
    """Return the condition on when it was received; archives by time are nearly, but not always, in the order of their ids."""

    def between(at: ColumnElement[Any]) -> ColumnElement[bool]:
        parts = []
        if query.received_from is not None:
            parts.append(at >= query.received_from)
        if query.received_before is not None:
            parts.append(at < query.received_before)
        return parts[0] if len(parts) == 1 else parts[0] & parts[1]

    at = archives.c.received_at
    return Condition(between(unindexed(at)), of_source=between(at), is_by_id=False)
