"""What is shown all the time reads no whole table in SQLite, whose only thread everything else waits for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, create_engine, event

from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_labels,
    archive_rows,
    counts,
    made,
    usage,
)
from custom_components.bambu_virtual_printer.engine.library.index.migrations import (
    migrate,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import archives
from custom_components.bambu_virtual_printer.engine.library.values.space import Space
from tests.support.rows import SOME_TIME, row_of

WORKS: dict[str, Callable[[Connection], object]] = {
    "used bytes": usage.used_bytes,
    "statistics": partial(
        counts.statistics, space=Space(free_bytes=1, disk_bytes=2), storage_low=False
    ),
    "months": partial(counts.months, zone=ZoneInfo("Europe/Berlin")),
    "facets": made.facets,
    "tags": archive_labels.tags,
    "projects": archive_labels.projects,
    "what was made": partial(
        made.made,
        begin=SOME_TIME - timedelta(days=1),
        end=datetime(2027, 1, 1, tzinfo=UTC),
    ),
    "an archive": partial(archive_rows.get, archive_id="A"),
    "similar": partial(archive_rows.similar, archive_id="A"),
}
# These indexes have only what is not over.
FEW = ("INDEX jobs_unfinished", "INDEX uploads_kept")


@pytest.mark.parametrize("what", WORKS)
def test_no_whole_table_is_read(tmp_path: Path, what: str) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'library.db'}")
    migrate(engine)
    asked: list[tuple[str, Any]] = []
    with engine.begin() as connection:
        row = row_of(
            archives,
            id="A",
            search_id=1,
            month="2026-11",
            mode="immediate",
            intent="send",
        )
        connection.execute(archives.insert().values(row))

        def note(*arguments: Any) -> None:
            asked.append((arguments[2], arguments[3]))

        event.listen(engine, "before_cursor_execute", note)
        WORKS[what](connection)
        event.remove(engine, "before_cursor_execute", note)
        steps = [
            (step[3], statement)
            for statement, values in asked
            for step in connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", values
            )
        ]
    engine.dispose()
    assert steps
    for table in ("uploads", "archives", "archive_tags", "jobs"):
        assert not [
            found
            for found in steps
            if found[0].startswith(f"SCAN {table}") and not found[0].endswith(FEW)
        ]
