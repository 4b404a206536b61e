"""Rows of the index of which only some columns matter, and what older versions of it did not have."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from custom_components.bambu_virtual_printer.engine.library.index import archive_counts
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    String,
    Text,
    UtcDateTime,
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
