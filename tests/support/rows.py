"""Rows of the index of which only some columns matter, and what older versions of it did not have."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, delete

from custom_components.bambu_virtual_printer.engine.library.index import archive_counts
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    String,
    Text,
    UtcDateTime,
    archives,
)

SOME_TIME = datetime(2026, 11, 29, tzinfo=UTC)


def row_of(table: Any, **values: object) -> dict[str, object]:
    """Return a row in which everything that is needed is something."""
    made: dict[str, object] = {}
    for column in table.columns:
        if column.nullable or column.autoincrement is True:
            continue
        if isinstance(column.type, UtcDateTime):
            made[column.name] = SOME_TIME
        elif isinstance(column.type, Text | String):
            made[column.name] = ""
        else:
            made[column.name] = column.type.python_type()
    return made | values


def drop_archive_counts(connection: Connection) -> None:
    """Take away the counts of archives, which older versions did not have."""
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_count_%'"
        )
        for name in names.scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        for name in (
            "archives",
            "archives_labels",
            "archive_tags",
            "archive_materials",
        ):
            connection.exec_driver_sql(f"DROP FUNCTION {name}_count CASCADE")
    archive_counts.archive_counts.drop(connection)


async def check_kept_after_any_changes[Change](
    index: Index,
    changes: st.SearchStrategy[list[Change]],
    apply: Callable[[Connection, Change, int], None],
    *,
    kept: Callable[[Connection], object],
    recount: Callable[[Connection], None],
    check_empty: Callable[[Connection], None],
) -> None:
    """Check that what the database keeps up to date is what counting everything once more finds, after changes in any order."""
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(changes)
    def check(drawn: list[Change]) -> None:
        def work(connection: Connection) -> None:
            for step, change in enumerate(drawn):
                apply(connection, change, step)
            before = kept(connection)
            recount(connection)
            assert before == kept(connection)
            connection.execute(delete(archives))
            check_empty(connection)

        asyncio.run_coroutine_threadsafe(index.run(work), loop).result(60)

    await asyncio.to_thread(check)
