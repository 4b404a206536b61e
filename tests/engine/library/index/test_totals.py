"""The totals that the database keeps are always the sums over the tables, whatever statement changed them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st
import pytest
from sqlalchemy import Connection, delete, insert, select, update

from custom_components.bambu_virtual_printer.engine.library.index import totals
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    archives,
    energies,
    jobs,
    verdicts,
)
from tests.support.rows import check_kept_after_any_changes, row_of

NOW = datetime(2026, 11, 29, tzinfo=UTC)
NUMBERS = st.integers(0, 3)
AMOUNTS = st.one_of(st.none(), st.integers(0, 1000).map(lambda number: number / 4))


@st.composite
def _changes(draw: st.DrawFn) -> list[tuple[str, int, dict[str, object]]]:
    kinds = st.sampled_from(
        (
            *("archive", "delete", "resize", "purge"),
            *("job", "print", "judge", "rejudge", "measure"),
        )
    )
    return [
        (
            draw(kinds),
            draw(NUMBERS),
            {
                "size_bytes": draw(st.integers(0, 2**40)),
                "filament_g": draw(AMOUNTS),
                "print_time_s": draw(st.integers(0, 10**6)),
                "cost": draw(AMOUNTS),
            },
        )
        for _ in range(draw(st.integers(0, 25)))
    ]


def _apply(
    connection: Connection, change: tuple[str, int, dict[str, object]], step: int
) -> None:
    kind, number, values = change
    archive_id, job_id = f"A{number}", f"J{number}"
    known = set(connection.execute(select(archives.c.id)).scalars())
    job_ids = set(connection.execute(select(jobs.c.id)).scalars())
    amounts = values | {
        "filament_g": values["filament_g"] or 0.0,
        "cost": values["cost"] or 0.0,
    }
    match kind:
        case "archive" if archive_id not in known:
            row = row_of(archives, id=archive_id, search_id=step, **amounts)
            connection.execute(insert(archives).values(row))
        case "delete":
            gone = archives.c.deleted_at.is_(None)
            connection.execute(update(archives).where(gone).values(deleted_at=NOW))
        case "resize":
            connection.execute(
                update(archives)
                .where(archives.c.id == archive_id)
                .values(deleted_at=None, **amounts)
            )
        case "purge":
            # Its jobs, their verdicts and energies go with it.
            connection.execute(delete(archives).where(archives.c.id == archive_id))
        case "job" if archive_id in known and job_id not in job_ids:
            row = row_of(jobs, id=job_id, archive_id=archive_id)
            connection.execute(insert(jobs).values(row))
        case "print":
            connection.execute(
                update(jobs)
                .where(jobs.c.id == job_id)
                .values(
                    copies_printed=jobs.c.copies_printed + 1,
                    state="failed" if step % 2 else "completed",
                    filament_g=values["filament_g"],
                    print_time_s=values["print_time_s"],
                    cost=values["cost"],
                )
            )
        case "judge" if job_id in job_ids:
            verdict = "good" if step % 2 else "failed"
            row = row_of(verdicts, id=f"V{step}", job_id=job_id, verdict=verdict)
            connection.execute(insert(verdicts).values(row))
        case "rejudge":
            connection.execute(update(verdicts).values(verdict="good"))
        case "measure" if job_id in job_ids:
            row = row_of(
                energies,
                print_id=f"P{step}",
                job_id=job_id,
                kwh=amounts["filament_g"],
                cost=values["cost"],
            )
            connection.execute(insert(energies).values(row))


def _kept(connection: Connection) -> tuple[object, ...]:
    return tuple(connection.execute(select(totals.totals)).one())


def _check_empty(connection: Connection) -> None:
    assert set(_kept(connection)[1:]) == {0}


@pytest.mark.asyncio
async def test_totals_are_the_sums_after_any_changes(
    new_database: Callable[[], str],
) -> None:
    """Add, change, delete and purge in any order: counting everything once more finds the same."""
    index = Index(new_database())
    await index.open()

    try:
        await check_kept_after_any_changes(
            index,
            _changes(),
            _apply,
            kept=_kept,
            recount=totals.recount,
            check_empty=_check_empty,
        )
    finally:
        await index.close()


@pytest.mark.asyncio
async def test_tables_with_rows_begin_with_their_sums(tmp_path: Path) -> None:
    """An index from before totals has them after the step, and they follow from there on."""
    index = Index(f"sqlite:///{tmp_path / 'library.db'}")
    await index.open()

    def forget(connection: Connection) -> None:
        for name in ("archives", "jobs", "verdicts", "energies"):
            for when in ("added", "removed", "changed"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}_total_{when}")
        totals.totals.drop(connection)
        row = row_of(archives, id="A", search_id=1, size_bytes=7, filament_g=2.5)
        connection.execute(insert(archives).values(row))

    def follow(connection: Connection) -> tuple[int, int, float]:
        totals.begin(connection)
        row = row_of(archives, id="B", search_id=2, size_bytes=8, filament_g=2.5)
        connection.execute(insert(archives).values(row))
        kept = connection.execute(select(totals.totals)).one()
        return kept.archives, kept.archive_bytes, kept.ever_filament_g

    try:
        await index.run(forget)
        assert await index.run(follow) == (2, 15, 5.0)
    finally:
        await index.close()
