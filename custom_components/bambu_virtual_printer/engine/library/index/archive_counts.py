"""How many archives there are of each kind, kept by the database itself so that asking takes as long with a million as with a few.

Each row counts the live archives of one person that have something in common: a tag, a printer and a month, ... Triggers
change them with the tables that they are about, in the same transaction, whatever statement that is. Where a filter leaves
out people, their rows are left out.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import DDL, BigInteger, Column, Connection, Table, event, func, select

from .schema import Text, archive_materials, archive_tags, metadata

archive_counts = Table(
    "archive_counts",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    # How people read it.
    Column("name", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("archives", BigInteger, nullable=False),
)

LEFT_OUT = "bambu_virtual_printer.totals_left_out"
"""A setting of a transaction of PostgreSQL that copies many rows."""
MAX_COLOURS_CHARS = 512
"""Colours behind these of an archive are not counted: PostgreSQL has no index of texts of any length."""


class Kind(StrEnum):
    """What archives have in common."""

    MONTH = "month"
    """The month in which they were received (UTC), and by parts the printer."""
    PROJECT = "project"
    MODEL = "model"
    """The model of printer that they are sliced for."""
    PERSON = "person"
    COLOURS = "colours"
    """All colours of each, as its row has them."""
    TAG = "tag"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """What one row of a table counts for: SQL about a `row`. Each is of another kind."""

    kind: Kind
    key: str
    part: str = "''"
    name: str = "''"

    def values(self, row: str, person: str) -> str:
        """Return the key of what a row counts for."""
        parts = (f"'{self.kind}'", self.key, self.part, self.name)
        return ", ".join((*(part.replace("row.", row) for part in parts), person))


OF_ARCHIVES = (
    _Share(
        kind=Kind.MONTH, key="row.month", part="row.printer_id", name="row.printer_name"
    ),
    _Share(kind=Kind.PROJECT, key="row.project"),
    _Share(kind=Kind.MODEL, key="row.sliced_for"),
    _Share(kind=Kind.PERSON, key="row.person", name="row.sender"),
    _Share(
        kind=Kind.COLOURS,
        key=f"SUBSTR(row.filament_colors, 1, {MAX_COLOURS_CHARS})",
    ),
)
_COLUMNS = (
    *("deleted_at", "month", "printer_id", "printer_name", "project", "sliced_for"),
    *("person", "sender", "filament_colors"),
)
# These tables have nothing of deleted archives.
LABELS = (
    (archive_tags, _Share(kind=Kind.TAG, key="row.tag_key", name="row.tag")),
    (archive_materials, _Share(kind=Kind.MATERIAL, key="row.material")),
)
KEY = "kind, key, part, name, person"


def _add(number: int, row: str, person: str, shares: Collection[_Share]) -> str:
    """Return the statement that counts a row, or with -1 takes it off."""
    rows = ", ".join(f"({share.values(row, person)}, {number})" for share in shares)
    return (
        f"INSERT INTO archive_counts ({KEY}, archives) VALUES {rows}"  # noqa: S608
        f" ON CONFLICT ({KEY}) DO UPDATE SET archives = archive_counts.archives + excluded.archives"
    )


def _take_off(row: str, person: str, shares: Collection[_Share]) -> str:
    keys = ", ".join(f"({share.values(row, person)})" for share in shares)
    return (
        f"{_add(-1, row, person, shares)};"  # noqa: S608
        f" DELETE FROM archive_counts WHERE ({KEY}) IN (VALUES {keys}) AND archives = 0"
    )


def _person(row: str) -> str:
    return f"(SELECT person FROM archives WHERE id = {row}archive_id)"  # noqa: S608


# Labels of an archive are taken off as long as it says whose they are.
_REMOVE_LABELS = "; ".join(
    f"DELETE FROM {table.name} WHERE archive_id = OLD.id"  # noqa: S608
    for table, _ in LABELS
)


def _of_person(number: int, row: str) -> str:
    """Return the statements that count the labels of an archive, or take them off, where it becomes another's."""
    return "; ".join(
        f"INSERT INTO archive_counts ({KEY}, archives)"  # noqa: S608
        f" SELECT {share.values('', f'{row}.person')}, {number} FROM {table.name} WHERE archive_id = {row}.id"
        f" ON CONFLICT ({KEY}) DO UPDATE SET archives = archive_counts.archives + excluded.archives"
        for table, share in LABELS
    )


_BECOMES_ANOTHERS = (
    f"{_of_person(-1, 'OLD')}; {_of_person(1, 'NEW')};"  # noqa: S608
    " DELETE FROM archive_counts WHERE person = OLD.person AND archives = 0"
)


def _in_sqlite() -> Iterator[str]:
    def trigger(name: str, when: str, table: str, work: str) -> str:
        return f"CREATE TRIGGER {table}_count_{name} {when} BEGIN {work}; END"

    add = _add(1, "NEW.", "NEW.person", OF_ARCHIVES)
    take_off = _take_off("OLD.", "OLD.person", OF_ARCHIVES)
    was, now = (
        f"({', '.join(f'{row}.{name}' for name in _COLUMNS)})" for row in ("OLD", "NEW")
    )
    changed = (
        f"AFTER UPDATE OF {', '.join(_COLUMNS)} ON archives WHEN {was} IS NOT {now} AND"
    )
    for name, when, work in (
        ("added", "AFTER INSERT ON archives WHEN NEW.deleted_at IS NULL", add),
        ("removed", "AFTER DELETE ON archives WHEN OLD.deleted_at IS NULL", take_off),
        ("labels", "BEFORE DELETE ON archives", _REMOVE_LABELS),
        ("changed", f"{changed} OLD.deleted_at IS NULL", take_off),
        ("again", f"{changed} NEW.deleted_at IS NULL", add),
        (
            "moved",
            "AFTER UPDATE OF person ON archives WHEN OLD.person <> NEW.person",
            _BECOMES_ANOTHERS,
        ),
    ):
        yield trigger(name, when, "archives", work)
    for table, share in LABELS:
        its_add = _add(1, "NEW.", _person("NEW."), (share,))
        its_take_off = _take_off("OLD.", _person("OLD."), (share,))
        for name, on, work in (
            ("added", "INSERT", its_add),
            ("removed", "DELETE", its_take_off),
            ("changed", "UPDATE", f"{its_take_off}; {its_add}"),
        ):
            yield trigger(name, f"AFTER {on} ON {table.name}", table.name, work)


def _in_postgresql() -> Iterator[str]:
    def trigger(
        name: str, when: str, table: str, work: str, end: str = "NULL"
    ) -> Iterator[str]:
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF COALESCE(current_setting('{LEFT_OUT}', true), '') <> 'yes' THEN {work}; END IF;"
            f" RETURN {end}; END $$"
        )
        yield f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"

    add = _add(1, "NEW.", "NEW.person", OF_ARCHIVES)
    take_off = _take_off("OLD.", "OLD.person", OF_ARCHIVES)
    was, now = (
        f"({', '.join(f'{row}.{name}' for name in _COLUMNS)})" for row in ("OLD", "NEW")
    )
    yield from trigger(
        "archives_count",
        f"AFTER INSERT OR DELETE OR UPDATE OF {', '.join(_COLUMNS)}",
        "archives",
        f"IF TG_OP = 'UPDATE' AND {was} IS NOT DISTINCT FROM {now} THEN RETURN NULL; END IF;"
        f" IF TG_OP <> 'INSERT' AND OLD.deleted_at IS NULL THEN {take_off}; END IF;"
        f" IF TG_OP <> 'DELETE' AND NEW.deleted_at IS NULL THEN {add}; END IF;"
        f" IF TG_OP = 'UPDATE' AND OLD.person <> NEW.person THEN {_BECOMES_ANOTHERS}; END IF",
    )
    yield from trigger(
        "archives_labels_count", "BEFORE DELETE", "archives", _REMOVE_LABELS, "OLD"
    )
    for table, share in LABELS:
        its_add = _add(1, "NEW.", _person("NEW."), (share,))
        its_take_off = _take_off("OLD.", _person("OLD."), (share,))
        yield from trigger(
            f"{table.name}_count",
            "AFTER INSERT OR DELETE OR UPDATE",
            table.name,
            f"IF TG_OP <> 'INSERT' THEN {its_take_off}; END IF;"
            f" IF TG_OP <> 'DELETE' THEN {its_add}; END IF",
        )


_STATEMENTS = {"sqlite": tuple(_in_sqlite()), "postgresql": tuple(_in_postgresql())}
for _dialect, _statements in _STATEMENTS.items():
    for _statement in _statements:
        # All tables are there only then.
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(metadata, "after_create", _ddl.execute_if(dialect=_dialect))


def begin(connection: Connection) -> None:
    """Begin to count the archives of tables that have rows already."""
    archive_counts.create(connection)
    recount(connection)
    for statement in _STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def recount(connection: Connection) -> None:
    """Count everything; it changes nothing as long as the triggers saw all changes."""
    connection.exec_driver_sql("DELETE FROM archive_counts")
    into = f"INSERT INTO archive_counts ({KEY}, archives)"
    for share in OF_ARCHIVES:
        connection.exec_driver_sql(
            f"{into} SELECT {share.values('', 'person')}, COUNT(*) FROM archives"  # noqa: S608
            " WHERE deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5"
        )
    for table, share in LABELS:
        connection.exec_driver_sql(
            f"{into} SELECT {share.values(f'{table.name}.', 'archives.person')}, COUNT(*)"  # noqa: S608
            f" FROM {table.name} JOIN archives ON archives.id = {table.name}.archive_id"
            " GROUP BY 1, 2, 3, 4, 5"
        )


class Counted(NamedTuple):
    """How many archives have something in common."""

    key: str
    name: str
    archives: int


def counted(
    connection: Connection, kind: Kind, hidden: Collection[str] = ()
) -> list[Counted]:
    """Return how many archives there are of each that is not empty, the most frequent first.

    Where one has several names, tags have the first, and all others the last. Those of `hidden` people are left out.
    """
    name = func.min if kind is Kind.TAG else func.max
    count = func.sum(archive_counts.c.archives)
    query = (
        select(archive_counts.c.key, name(archive_counts.c.name), count)
        .where(
            archive_counts.c.kind == kind.value,
            archive_counts.c.key != "",
            archive_counts.c.person.not_in(sorted(hidden)),
        )
        .group_by(archive_counts.c.key)
        .order_by(count.desc(), archive_counts.c.key)
    )
    # PostgreSQL's sums are decimals.
    return [
        Counted(key, its_name, int(number))
        for key, its_name, number in connection.execute(query)
    ]


class CountedMonth(NamedTuple):
    """How many archives came in by a printer in a month, as "2026-11" (UTC)."""

    month: str
    printer_id: str
    printer_name: str
    archives: int


def in_months(
    connection: Connection, hidden: Collection[str] = ()
) -> list[CountedMonth]:
    """Return how many archives came in by each printer in each month; those of `hidden` people are left out."""
    query = (
        select(
            archive_counts.c.key,
            archive_counts.c.part,
            func.max(archive_counts.c.name),
            func.sum(archive_counts.c.archives),
        )
        .where(
            archive_counts.c.kind == Kind.MONTH.value,
            archive_counts.c.person.not_in(sorted(hidden)),
        )
        .group_by(archive_counts.c.key, archive_counts.c.part)
    )
    return [
        CountedMonth(month, printer_id, printer_name, int(number))
        for month, printer_id, printer_name, number in connection.execute(query)
    ]
