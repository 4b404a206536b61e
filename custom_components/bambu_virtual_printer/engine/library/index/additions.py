"""What many rows at once add to the sums and counts that the database keeps, in PostgreSQL.

Its triggers would change the same few rows again and again, and it keeps every state of a row that one transaction has
changed. So they leave out what a move copies, which is counted here, some rows at a time, while others write; only the
outcome is added while they have to wait.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, bindparam, text

from .archive_counts import KEY, LABELS, OF_ARCHIVES
from .schema import archives
from .totals import SHARES, leave_out

_COUNT = (
    f"INSERT INTO added_counts ({KEY}, archives) {{query}} GROUP BY 1, 2, 3, 4, 5"
    f" ON CONFLICT ({KEY}) DO UPDATE SET archives = added_counts.archives + excluded.archives"
)
_ADD = (
    f"INSERT INTO archive_counts ({KEY}, archives) SELECT {KEY}, archives FROM added_counts WHERE archives <> 0"  # noqa: S608
    f" ON CONFLICT ({KEY}) DO UPDATE SET archives = archive_counts.archives + excluded.archives"
)
_REMOVE_EMPTY = (
    f"DELETE FROM archive_counts WHERE archives = 0 AND ({KEY}) IN"  # noqa: S608
    f" (SELECT {KEY} FROM added_counts WHERE archives < 0)"
)


class Additions:
    """The sums and counts of what one transaction adds, until `add_up`. SQLite's triggers do it at once."""

    def __init__(self, connection: Connection) -> None:
        """Have the triggers leave out what is changed from now on until the end of the transaction."""
        self._connection = connection
        self._sums: Counter[str] = Counter()
        self._is_needed = connection.dialect.name == "postgresql"
        if self._is_needed:
            leave_out(connection)
            connection.exec_driver_sql(
                "CREATE TEMPORARY TABLE added_counts (LIKE archive_counts INCLUDING ALL) ON COMMIT DROP"
            )

    def count(
        self, table: Table, rows: Collection[Mapping[str, Any]], sign: int = 1
    ) -> None:
        """Count rows, by their keys, that are there by now; with -1 take off those that are about to be changed."""
        if not rows or not self._is_needed:
            return
        for share in SHARES:
            if share.table is table:
                sums = ", ".join(
                    f"COALESCE(SUM({amount.replace('row.', '')}), 0) AS {name}"
                    for name, amount in share.amounts.items()
                )
                found = self._about(f"SELECT {sums} FROM {table.name}", table, rows)  # noqa: S608
                for name, value in found.mappings().one().items():
                    self._sums[name] += sign * value
        number = f"{sign} * COUNT(*)"
        if table is archives:
            values = ", ".join(
                f"({share.values('archives.', 'archives.person')})"
                for share in OF_ARCHIVES
            )
            self._about(
                f"SELECT share.*, {number} FROM archives"  # noqa: S608
                f" CROSS JOIN LATERAL (VALUES {values}) AS share ({KEY})",
                table,
                rows,
                _COUNT,
                " AND archives.deleted_at IS NULL",
            )
        for labels, part in LABELS:
            if table is labels:
                name = table.name
                values = part.values(f"{name}.", "archives.person")
                self._about(
                    f"SELECT {values}, {number} FROM {name}"  # noqa: S608
                    f" JOIN archives ON archives.id = {name}.archive_id",
                    table,
                    rows,
                    _COUNT,
                )

    def add_up(self) -> None:
        """Add what was counted; it takes as long as there are kinds of archives that were. Nobody else may write meanwhile."""
        if not self._is_needed:
            return
        if self._sums:
            changes = ", ".join(f"{name} = {name} + :{name}" for name in self._sums)
            self._connection.execute(text(f"UPDATE totals SET {changes}"), self._sums)  # noqa: S608
        for statement in (_ADD, _REMOVE_EMPTY):
            self._connection.exec_driver_sql(statement)

    def _about(
        self,
        query: str,
        table: Table,
        rows: Collection[Mapping[str, Any]],
        statement: str = "{query}",
        further: str = "",
    ) -> CursorResult[Any]:
        """Run a query about these rows."""
        keys = [key.name for key in table.primary_key.columns]
        columns = ", ".join(f"{table.name}.{key}" for key in keys)
        wanted = text(
            statement.format(query=f"{query} WHERE ({columns}) IN :keys{further}")
        ).bindparams(bindparam("keys", expanding=True))
        values = [tuple(row[key] for key in keys) for row in rows]
        return self._connection.execute(
            wanted, {"keys": values if len(keys) > 1 else [key for (key,) in values]}
        )
