"""Brings the tables of an older version up to date, each step in a transaction of its own.

A step says what changed in its own words, as far as the tables of later versions may differ from those it knew.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    Row,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    inspect,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.schema import CreateColumn

from ..values.errors import IndexTooNewError
from ..values.sanitize import fold_case
from . import archive_counts, rows, search_text, totals
from .schema import (
    FULL_TEXT,
    FULL_TEXT_RESTORED,
    FULL_TEXT_STATEMENTS,
    IS_LIVE,
    Text,
    UtcDateTime,
    archive_materials,
    archive_tags,
    archives,
    archives_by_age,
    archives_by_archiving,
    archives_by_time,
    change_sequence,
    doomed_files,
    drivers,
    energies,
    instances,
    jobs,
    left_files,
    libraries,
    machines,
    metadata,
    plates,
    printed_copies,
    prints,
    real_printers,
    uploads,
    uploads_kept,
    uploads_uncounted,
    verdicts,
    versions,
)

type Migration = Callable[[Connection], None]


def migrate(engine: Engine, migrations: Sequence[Migration] | None = None) -> None:
    """Bring the tables to the newest version. A new database begins with the tables of today.

    Raises IndexTooNewError when a newer version of this software has written them.
    """
    migrations = MIGRATIONS if migrations is None else migrations
    with engine.begin() as connection:
        version = _begun(connection, migrations)
    for step in range(version, 1 + len(migrations)):
        with engine.begin() as connection:
            _take(connection, migrations, step)


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest version in one transaction. Raises IndexTooNewError."""
    for step in range(_begun(connection, MIGRATIONS), newest_version()):
        _take(connection, MIGRATIONS, step)


def newest_version() -> int:
    """Return the version of the tables that this software makes."""
    return 1 + len(MIGRATIONS)


def version_of(connection: Connection) -> int | None:
    """Return the version of the tables; None where there are none."""
    if not inspect(connection).has_table(versions.name):
        return None
    version: int = connection.execute(select(versions.c.version)).scalar_one()
    return version


def _begun(connection: Connection, migrations: Sequence[Migration]) -> int:
    """Return the version of the tables, which are made where there are none. Raises IndexTooNewError."""
    newest = 1 + len(migrations)
    version = version_of(connection)
    if version is None:
        metadata.create_all(connection)
        connection.execute(insert(versions).values(version=newest))
        return newest
    if version > newest:
        raise IndexTooNewError(version, newest)
    return version


def _take(connection: Connection, migrations: Sequence[Migration], step: int) -> None:
    migrations[step - 1](connection)
    connection.execute(update(versions).values(version=step + 1))


def _to_2(connection: Connection) -> None:
    """Add review, the queue, and what archives cost and how often they were printed."""
    for table, column in (
        ("uploads", Column("annotations", JSON, server_default="{}", nullable=False)),
        ("uploads", Column("plan", JSON, server_default="{}", nullable=False)),
        ("uploads", Column("queueing", Boolean, server_default=_FALSE, nullable=False)),
        ("archives", Column("cost", Float, server_default=_ZERO, nullable=False)),
        (
            "archives",
            Column("print_count", Integer, server_default=_ZERO, nullable=False),
        ),
        ("archives", Column("last_printed_at", UtcDateTime)),
        ("archives", Column("given_name", Text, server_default="", nullable=False)),
        (
            "archives",
            Column("search_id", BigInteger, server_default=_ZERO, nullable=False),
        ),
    ):
        _add_column(connection, table, column)
    _number(connection)
    archive_materials.create(connection)
    jobs.create(connection)
    _list_materials(connection)
    # Deleted archives are in no list any more.
    connection.execute(
        delete(archive_tags).where(
            archive_tags.c.archive_id.in_(
                select(archives.c.id).where(archives.c.deleted_at.is_not(None))
            )
        )
    )
    if connection.dialect.name == "sqlite":
        for statement in FULL_TEXT_STATEMENTS:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(
            f"INSERT INTO {FULL_TEXT}(rowid, search_text)"  # noqa: S608
            " SELECT search_id, search_text FROM archives WHERE deleted_at IS NULL"
        )


def _to_3(connection: Connection) -> None:
    """Add what to do with uploads that the archive has already."""
    column: Column[str] = Column(
        "duplicates", Text, server_default="keep", nullable=False
    )
    _add_column(connection, "uploads", column)


def _to_4(connection: Connection) -> None:
    """Add where archives are from."""
    column: Column[str] = Column("link", Text, server_default="", nullable=False)
    _add_column(connection, "archives", column)


def _to_5(connection: Connection) -> None:
    """Add what pending uploads cost."""
    column: Column[float] = Column("cost", Float)
    _add_column(connection, "uploads", column)


def _to_6(connection: Connection) -> None:
    """Keep the print requests of all plates, not the last one only."""
    connection.exec_driver_sql("ALTER TABLE uploads RENAME COLUMN request TO requests")
    array = (
        "json_array(json(requests))"
        if connection.dialect.name == "sqlite"
        else "json_build_array(requests)"
    )
    connection.exec_driver_sql(
        f"UPDATE uploads SET requests = {array} WHERE requests IS NOT NULL"  # noqa: S608
    )


def _to_7(connection: Connection) -> None:
    """Add which library the index is of."""
    libraries.create(connection)


def _to_8(connection: Connection) -> None:
    """Add prints on real printers and their plates.

    An index of version 1 has got the table of jobs as it is today.
    """
    known = {column["name"] for column in inspect(connection).get_columns(jobs.name)}
    for column in (
        Column("problem", Text, server_default="", nullable=False),
        Column("problem_code", Text, server_default="", nullable=False),
        Column("retry_at", UtcDateTime),
    ):
        if column.name not in known:
            _add_column(connection, "jobs", column)
    prints.create(connection, checkfirst=True)
    plates.create(connection, checkfirst=True)


def _to_9(connection: Connection) -> None:
    """Add who sent a file, where the way in has it."""
    for table in ("uploads", "archives"):
        column: Column[str] = Column("sender", Text, server_default="", nullable=False)
        _add_column(connection, table, column)


def _to_10(connection: Connection) -> None:
    """Add what is remembered of real printers. An index older than prints has got their table as it is today."""
    known = {column["name"] for column in inspect(connection).get_columns(prints.name)}
    column: Column[str] = Column(
        "mapping_form", Text, server_default="", nullable=False
    )
    if column.name not in known:
        _add_column(connection, "prints", column)
    machines.create(connection, checkfirst=True)


def _to_11(connection: Connection) -> None:
    """Add until when the files are kept of what was discarded."""
    _add_column(connection, "uploads", Column("kept_until", UtcDateTime))
    uploads_kept.create(connection)


def _to_12(connection: Connection) -> None:
    """Add what the slicer's Print means."""
    column: Column[str] = Column(
        "on_print", Text, server_default="send", nullable=False
    )
    _add_column(connection, "uploads", column)


def _to_13(connection: Connection) -> None:
    """Let the search find deleted archives that are restored."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(FULL_TEXT_RESTORED)


def _to_14(connection: Connection) -> None:
    """Add who sent a file, and which button of the slicer was pressed for it and for each plate.

    An index of version 1 has got the table of jobs as it is today.
    """
    for table in ("uploads", "archives"):
        person: Column[str] = Column("person", Text, server_default="", nullable=False)
        _add_column(connection, table, person)
    known = {column["name"] for column in inspect(connection).get_columns(jobs.name)}
    for table in ("archives", "jobs"):
        intent: Column[str] = Column(
            "intent", Text, server_default="send", nullable=False
        )
        if table == "archives" or intent.name not in known:
            _add_column(connection, table, intent)
    asked = "(SELECT id FROM uploads WHERE requests IS NOT NULL)"
    for table, key in (("archives", "id"), ("jobs", "archive_id")):
        connection.exec_driver_sql(
            f"UPDATE {table} SET intent = 'print' WHERE {key} IN {asked}"  # noqa: S608
        )
    _remake_indexes(connection)


def _to_15(connection: Connection) -> None:
    """Add what people said of prints, what prints took, which print lies on a plate, which spool was in use last, the copies printed for people, when jobs may begin, how many changes there were, and where things came in.

    Also which spools jobs may use. An index of version 1 has got the table of jobs as it is today, one older than prints that of plates.
    """

    def counts() -> Sequence[Column[Any]]:
        return (
            Column("judged_good", Integer, server_default="0", nullable=False),
            Column("judged_failed", Integer, server_default="0", nullable=False),
            Column("energy_kwh", Float),
            Column("energy_cost", Float),
        )

    _add_missing(connection, "archives", counts())
    _add_missing(
        connection,
        "jobs",
        (
            Column("verdict", Text),
            Column("verdict_reason", Text, server_default="", nullable=False),
            Column("verdict_by", Text, server_default="", nullable=False),
            Column("verdict_at", UtcDateTime),
            Column("reprint", Text, server_default="", nullable=False),
            Column("filament_rule", Text),
            Column("print_anyway", Boolean, server_default=_FALSE, nullable=False),
            *counts(),
            Column("timing", JSON(none_as_null=True)),
            Column("late_for", UtcDateTime),
            Column("state_before", Text),
            Column("position_before", Integer),
        ),
    )
    _add_missing(
        connection,
        "plates",
        (
            Column("print_id", Text, server_default="", nullable=False),
            Column("job_id", Text, server_default="", nullable=False),
        ),
    )
    _add_missing(
        connection, "machines", (Column("last_spool", JSON(none_as_null=True)),)
    )
    verdicts.create(connection, checkfirst=True)
    energies.create(connection, checkfirst=True)
    _count_copies(connection)
    for table in (change_sequence, instances, real_printers, drivers, doomed_files):
        table.create(connection, checkfirst=True)
    for name in ("uploads", "archives", "library_identity"):
        _add_missing(
            connection,
            name,
            (Column("instance", Text, server_default="", nullable=False),),
        )
    _add_missing(
        connection,
        "uploads",
        (Column("stored_at", UtcDateTime), Column("photo_count", Integer)),
    )
    # Only archives were given photos; those of the others are counted once the library is open.
    connection.exec_driver_sql(
        "UPDATE uploads SET photo_count = 0 WHERE id NOT IN (SELECT id FROM archives)"
    )
    uploads_uncounted.create(connection, checkfirst=True)
    if not inspect(connection).has_table(totals.totals.name):
        totals.begin(connection)
        for index in ("archives_totals", "jobs_totals"):
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {index}")
    _fold_again(connection)
    archives_by_archiving.create(connection, checkfirst=True)
    archives_by_time.drop(connection, checkfirst=True)
    archives_by_time.create(connection)
    if not inspect(connection).has_table(archive_counts.archive_counts.name):
        archive_counts.begin(connection)


def _to_16(connection: Connection) -> None:
    """Add what is left on cards of prints whose jobs were removed for good."""
    left_files.create(connection, checkfirst=True)


def _to_17(connection: Connection) -> None:
    """Add when uploads were written down, and the order in which archives go."""
    _add_missing(connection, uploads.name, [uploads.c.filed_at])
    archives_by_age.create(connection, checkfirst=True)


def _to_18(connection: Connection) -> None:
    """Add how many times jobs were started. An index of version 1 has got the table of jobs as it is today."""
    starts: Column[int] = Column("starts", Integer, server_default="0", nullable=False)
    _add_missing(connection, "jobs", (starts,))


def _add_missing(
    connection: Connection, table: str, columns: Sequence[Column[Any]]
) -> None:
    known = {column["name"] for column in inspect(connection).get_columns(table)}
    for column in columns:
        if column.name not in known:
            _add_column(connection, table, column)


def _fold_again(connection: Connection) -> None:
    """Fold what was folded while compatibility forms brought capitals back, such as that of ℃: nobody finds it any more."""
    for column in (archives.c.search_text, archives.c.sort_name):
        for row in _unfolded(connection, archives.c.id, column):
            connection.execute(
                update(archives)
                .where(archives.c.id == row.id)
                .values({column.name: fold_case(row.label)})
            )
    for table, column in (
        (archive_tags, archive_tags.c.tag_key),
        (archive_materials, archive_materials.c.material),
    ):
        for row in _unfolded(connection, table.c.archive_id, column):
            its = table.c.archive_id == row.id
            folded = fold_case(row.label)
            known = select(column).where(its, column == folded)
            if connection.execute(known).first():
                # They are one now.
                connection.execute(delete(table).where(its, column == row.label))
            else:
                connection.execute(
                    update(table)
                    .where(its, column == row.label)
                    .values({column.name: folded})
                )


def _unfolded(
    connection: Connection, key: Column[str], column: Column[str]
) -> Iterator[Row[Any]]:
    """Give the `id` of each row of which a column is to be folded, and that column as `label`, some at a time."""
    is_unfolded = (
        # Only what has other letters than ASCII is looked through for them, which takes fifty times as long.
        or_(
            column != func.lower(column),
            and_(
                func.length(column) != func.length(cast(column, LargeBinary)),
                column.op("GLOB", is_comparison=True)(f"*{_CAPITALS}*"),
            ),
        )
        if connection.dialect.name == "sqlite"
        else column.op("~", is_comparison=True)(_CAPITALS)
    )
    query = (
        select(key.label("id"), column.label("label"))
        .where(is_unfolded)
        .order_by(key, column)
        .limit(_FOLDED_AT_ONCE)
    )
    last: Row[Any] | None = None
    while True:
        after = (
            query
            if last is None
            else query.where(tuple_(key, column) > tuple_(last.id, last.label))
        )
        rows_ = connection.execute(after).all()
        yield from rows_
        if len(rows_) < _FOLDED_AT_ONCE:
            return
        last = rows_[-1]


def _count_copies(connection: Connection) -> None:
    """Count the copies that were printed for people; of older jobs only the end is known."""
    if inspect(connection).has_table(printed_copies.name):
        return
    printed_copies.create(connection)
    connection.exec_driver_sql(
        "INSERT INTO printed_copies (person, at, filament_g, print_time_s)"
        " SELECT a.person, j.finished_at, j.copies_printed * COALESCE(j.filament_g, 0),"
        " j.copies_printed * COALESCE(j.print_time_s, 0)"
        " FROM jobs j JOIN archives a ON a.id = j.archive_id"
        " WHERE a.person <> '' AND j.copies_printed > 0 AND j.finished_at IS NOT NULL"
    )


def _add_column(connection: Connection, table: str, column: Column[Any]) -> None:
    definition = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {definition}")


def _number(connection: Connection) -> None:
    """Give every archive its number for the search."""
    ids = connection.execute(select(archives.c.id).order_by(archives.c.id)).scalars()
    last = 0
    numbers = []
    for archive_id in ids:
        last = max(search_text.id_of(archive_id), last + 1)
        numbers.append({"its_id": archive_id, "number": last})
    if numbers:
        connection.execute(
            update(archives)
            .where(archives.c.id == bindparam("its_id"))
            .values(search_id=bindparam("number")),
            numbers,
        )


def _list_materials(connection: Connection) -> None:
    """Write the materials of live archives into a table of their own."""
    found = connection.execute(
        select(archives.c.id, archives.c.filament_types).where(IS_LIVE)
    )
    materials = [
        {"archive_id": archive_id, "material": material}
        for archive_id, types in found
        for material in sorted({fold_case(kind) for kind in rows.split(types)})
    ]
    if materials:
        connection.execute(insert(archive_materials), materials)


# What compatibility forms of one character have of it.
_CAPITALS = "[A-ZÆĦƎƐȢΑ-ΩςϜ]"
_FOLDED_AT_ONCE = 500
_ZERO = text("0")
_FALSE = text("FALSE")


def _remake_indexes(connection: Connection) -> None:
    """Make the indexes of archives what they are today: they hold nothing that the table does not."""
    for index in inspect(connection).get_indexes(archives.name):
        if index["name"]:
            connection.exec_driver_sql(f'DROP INDEX "{index["name"]}"')
    for wanted in archives.indexes:
        wanted.create(connection)


MIGRATIONS: Sequence[Migration] = (
    _to_2,
    _to_3,
    _to_4,
    _to_5,
    _to_6,
    _to_7,
    _to_8,
    _to_9,
    _to_10,
    _to_11,
    _to_12,
    _to_13,
    _to_14,
    _to_15,
    _to_16,
    _to_17,
    _to_18,
)
"""The step to version 2, the step to version 3, ..."""
