"""Sums over whole tables, kept by the database itself so that asking takes as long with a million archives as with none.

One row holds them. Triggers change it with the tables that it is about, in the same transaction, whatever statement that is. Where
nothing of it changes they leave it alone: whoever writes it waits for all others who do, and jobs are claimed beside them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Float,
    Integer,
    Table,
    event,
)

from .archive_counts import LEFT_OUT, recount as recount_archives
from .schema import archives, energies, jobs, metadata, verdicts

totals = Table(
    "totals",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    # Of archives that were not deleted.
    Column("archives", BigInteger, nullable=False),
    Column("archive_bytes", BigInteger, nullable=False),
    # Of all that there ever were, without those that were purged.
    Column("ever_archived", BigInteger, nullable=False),
    Column("ever_filament_g", Float, nullable=False),
    Column("ever_print_time_s", BigInteger, nullable=False),
    Column("ever_cost", Float, nullable=False),
    # Of copies that were printed.
    Column("printed", BigInteger, nullable=False),
    Column("printed_filament_g", Float, nullable=False),
    Column("printed_print_time_s", BigInteger, nullable=False),
    Column("printed_cost", Float, nullable=False),
    # Of jobs.
    Column("failed", BigInteger, nullable=False),
    # Of prints.
    Column("judged", BigInteger, nullable=False),
    Column("judged_good", BigInteger, nullable=False),
    Column("energy_kwh", Float, nullable=False),
    Column("energy_cost", Float, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """What each row of a table adds to the totals: SQL about a `row`, and the columns that it is about."""

    table: Table
    columns: tuple[str, ...]
    amounts: dict[str, str]

    def change(self, sign: str, row: str) -> str:
        """Return the statement that adds or takes off what one row is."""
        changes = ", ".join(
            f"{name} = {name} {sign} {amount.replace('row.', f'{row}.')}"
            for name, amount in self.amounts.items()
        )
        return f"UPDATE totals SET {changes}"  # noqa: S608

    def is_other(self, differs: str) -> str:
        """Return the condition that a changed row adds something else than before, with the operator for what differs."""
        return " OR ".join(
            f"({amount.replace('row.', 'OLD.')}) {differs} ({amount.replace('row.', 'NEW.')})"
            for amount in self.amounts.values()
            if "row." in amount
        )

    @property
    def recount(self) -> str:
        """Return the statement that sums all rows up."""
        sums = ", ".join(
            f"{name} = (SELECT COALESCE(SUM({amount.replace('row.', '')}), 0) FROM {self.table.name})"  # noqa: S608
            for name, amount in self.amounts.items()
        )
        return f"UPDATE totals SET {sums}"  # noqa: S608


_LIVE = "CASE WHEN row.deleted_at IS NULL THEN {} ELSE 0 END"
SHARES = (
    _Share(
        table=archives,
        columns=("deleted_at", "size_bytes", "filament_g", "print_time_s", "cost"),
        amounts={
            "archives": _LIVE.format("1"),
            "archive_bytes": _LIVE.format("row.size_bytes"),
            "ever_archived": "1",
            "ever_filament_g": "row.filament_g",
            "ever_print_time_s": "row.print_time_s",
            "ever_cost": "row.cost",
        },
    ),
    _Share(
        table=jobs,
        columns=("copies_printed", "filament_g", "print_time_s", "cost", "state"),
        amounts={
            "printed": "row.copies_printed",
            "printed_filament_g": "row.copies_printed * COALESCE(row.filament_g, 0)",
            "printed_print_time_s": "row.copies_printed * COALESCE(row.print_time_s, 0)",
            "printed_cost": "row.copies_printed * COALESCE(row.cost, 0)",
            "failed": "CASE WHEN row.state = 'failed' THEN 1 ELSE 0 END",
        },
    ),
    _Share(
        table=verdicts,
        columns=("verdict",),
        amounts={
            "judged": "1",
            "judged_good": "CASE WHEN row.verdict = 'good' THEN 1 ELSE 0 END",
        },
    ),
    _Share(
        table=energies,
        columns=("kwh", "cost"),
        amounts={
            "energy_kwh": "row.kwh",
            "energy_cost": "COALESCE(row.cost, 0)",
        },
    ),
)
_BEGIN = f"INSERT INTO totals VALUES (1{', 0' * (len(totals.columns) - 1)})"  # noqa: S608


def _triggers(dialect: str) -> Iterator[str]:
    """Return the statements that make the triggers."""
    for share in SHARES:
        name, columns = share.table.name, ", ".join(share.columns)
        add, take_off = share.change("+", "NEW"), share.change("-", "OLD")
        if dialect == "sqlite":
            is_other = f" WHEN {share.is_other('IS NOT')}"
            for when, on, only, change in (
                ("added", "INSERT", "", add),
                ("removed", "DELETE", "", take_off),
                ("changed", f"UPDATE OF {columns}", is_other, f"{take_off}; {add}"),
            ):
                yield (
                    f"CREATE TRIGGER {name}_total_{when} AFTER {on} ON {name}{only}"
                    f" BEGIN {change}; END"
                )
        else:
            yield (
                f"CREATE FUNCTION {name}_total() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF current_setting('{LEFT_OUT}', true) = 'yes' THEN RETURN NULL; END IF;"
                f" IF TG_OP <> 'INSERT' THEN {take_off}; END IF;"
                f" IF TG_OP <> 'DELETE' THEN {add}; END IF;"
                " RETURN NULL; END $$"
            )
            is_other = f" WHEN ({share.is_other('IS DISTINCT FROM')})"
            for suffix, on, only in (
                ("", "INSERT OR DELETE", ""),
                ("_changed", f"UPDATE OF {columns}", is_other),
            ):
                yield (
                    f"CREATE TRIGGER {name}_total{suffix} AFTER {on} ON {name}"
                    f" FOR EACH ROW{only} EXECUTE FUNCTION {name}_total()"
                )


for _dialect in ("sqlite", "postgresql"):
    # All tables are there only then.
    for _statement in (_BEGIN, *_triggers(_dialect)):
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(metadata, "after_create", _ddl.execute_if(dialect=_dialect))


def begin(connection: Connection) -> None:
    """Begin to keep the totals of tables that have rows already."""
    totals.create(connection)
    connection.exec_driver_sql(_BEGIN)
    _sum_up(connection)
    for statement in _triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)


def leave_out(connection: Connection) -> None:
    """Leave the totals and the counts of archives as they are until the end of the transaction, see `Additions`.

    PostgreSQL keeps every state of a row that one transaction has changed: a hundred thousand of them take hours.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL {LEFT_OUT} = 'yes'")


def recount(connection: Connection) -> None:
    """Sum and count everything; it changes nothing as long as the triggers saw all changes."""
    recount_archives(connection)
    _sum_up(connection)


def _sum_up(connection: Connection) -> None:
    for share in SHARES:
        connection.exec_driver_sql(share.recount)
