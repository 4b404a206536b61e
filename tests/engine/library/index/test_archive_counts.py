"""The counts of archives that the database keeps are always those of the tables, whatever statement changed them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st
import pytest
from sqlalchemy import Connection, delete, insert, select, update

from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_counts,
    counts,
    made,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    archive_materials,
    archive_tags,
    archives,
)
from tests.support.rows import check_kept_after_any_changes, drop_archive_counts, row_of

NOW = datetime(2026, 11, 29, tzinfo=UTC)
PEOPLE = ("", "anna", "ben")
VALUES = {
    "person": st.sampled_from(PEOPLE),
    "sender": st.sampled_from(("", "Anna", "Ben")),
    "project": st.sampled_from(("", "Xmas", "É")),
    "sliced_for": st.sampled_from(("", "P1S")),
    "month": st.sampled_from(("2026-10", "2026-11")),
    "printer_id": st.sampled_from(("p1", "p2")),
    "printer_name": st.sampled_from(("Attic", "attic")),
    "filament_colors": st.sampled_from(("", "#FF0000", "#FF0000,#00FF00", "#" * 600)),
}
type Change = tuple[str, int, dict[str, str], str]


@st.composite
def _changes(draw: st.DrawFn) -> list[Change]:
    kinds = st.sampled_from(
        ("archive", "change", "delete", "restore", "purge", "tag", "respell", "untag")
    )
    return [
        (
            draw(kinds),
            draw(st.integers(0, 3)),
            draw(st.fixed_dictionaries(VALUES)),
            draw(st.sampled_from(("Kids", "kids", "toys"))),
        )
        for _ in range(draw(st.integers(0, 25)))
    ]


def _apply(connection: Connection, change: Change, step: int) -> None:
    kind, number, values, tag = change
    archive_id = f"A{number}"
    labels = archive_tags.c.archive_id == archive_id
    live = {
        row.id: row.deleted_at is None
        for row in connection.execute(select(archives.c.id, archives.c.deleted_at))
    }
    its = archives.c.id == archive_id
    match kind:
        case "archive" if archive_id not in live:
            row = row_of(archives, id=archive_id, search_id=step, **values)
            connection.execute(insert(archives).values(row))
        case "change":
            # All at once, those that were deleted included.
            connection.execute(
                update(archives).where(archives.c.id >= archive_id).values(values)
            )
        case "delete":
            connection.execute(update(archives).where(its).values(deleted_at=NOW))
            for table in (archive_tags, archive_materials):
                connection.execute(
                    delete(table).where(table.c.archive_id == archive_id)
                )
        case "restore":
            connection.execute(
                update(archives).where(its).values(deleted_at=None, search_id=step)
            )
        case "purge":
            # Its tags and materials go with it.
            connection.execute(delete(archives).where(its))
        case "tag" if live.get(archive_id):
            connection.execute(delete(archive_tags).where(labels))
            connection.execute(
                insert(archive_tags).values(
                    archive_id=archive_id, tag_key=tag.lower(), tag=tag, position=0
                )
            )
            connection.execute(
                delete(archive_materials).where(
                    archive_materials.c.archive_id == archive_id
                )
            )
            connection.execute(
                insert(archive_materials).values(archive_id=archive_id, material=tag)
            )
        case "respell":
            connection.execute(update(archive_tags).where(labels).values(tag=tag))
        case "untag":
            connection.execute(delete(archive_tags).where(labels))


def _kept(connection: Connection) -> set[tuple[object, ...]]:
    return {
        tuple(row) for row in connection.execute(select(archive_counts.archive_counts))
    }


def _check_empty(connection: Connection) -> None:
    assert _kept(connection) == set()


@pytest.mark.asyncio
async def test_counts_are_those_of_the_tables_after_any_changes(
    new_database: Callable[[], str],
) -> None:
    """Add, change, delete, restore, purge and tag in any order: counting everything once more finds the same."""
    index = Index(new_database())
    await index.open()

    try:
        await check_kept_after_any_changes(
            index,
            _changes(),
            _apply,
            kept=_kept,
            recount=archive_counts.recount,
            check_empty=_check_empty,
        )
    finally:
        await index.close()


@pytest.mark.asyncio
async def test_what_hidden_people_sent_is_not_counted(
    new_database: Callable[[], str],
) -> None:
    index = Index(new_database())
    await index.open()

    def work(connection: Connection) -> None:
        for number, person in enumerate(PEOPLE):
            row = row_of(
                archives,
                id=f"A{number}",
                search_id=number,
                person=person,
                sender=person.title(),
                project="Xmas",
                month="2026-11",
                received_at=NOW,
                printer_id="p1",
                printer_name="Attic",
                sliced_for="P1S",
                filament_colors="#ff0000FF",
            )
            connection.execute(insert(archives).values(row))
            connection.execute(
                insert(archive_tags).values(
                    archive_id=f"A{number}", tag_key="kids", tag="Kids", position=0
                )
            )
        for hidden, count in (((), 3), (("ben",), 2), (PEOPLE[1:], 1)):
            facets = made.facets(connection, hidden)
            assert facets.tags == {"Kids": count}
            assert facets.projects == {"Xmas": count}
            assert facets.sliced_for == {"P1S": count}
            assert facets.colours == {"#FF0000": count}
            assert facets.printers == {("p1", "Attic"): count}
            assert len(facets.people) == count - 1
            (month,) = counts.months(connection, UTC, hidden)
            assert month.count == count

    try:
        await index.run(work)
    finally:
        await index.close()


@pytest.mark.asyncio
async def test_tables_with_rows_begin_with_their_counts(tmp_path: Path) -> None:
    """An index from before the counts has them after the step, and they follow from there on."""
    index = Index(f"sqlite:///{tmp_path / 'library.db'}")
    await index.open()

    def forget(connection: Connection) -> None:
        drop_archive_counts(connection)
        row = row_of(archives, id="A", search_id=1, project="Xmas")
        connection.execute(insert(archives).values(row))

    def follow(connection: Connection) -> dict[str, int]:
        archive_counts.begin(connection)
        row = row_of(archives, id="B", search_id=2, project="Xmas")
        connection.execute(insert(archives).values(row))
        return made.facets(connection).projects

    try:
        await index.run(forget)
        assert await index.run(follow) == {"Xmas": 2}
    finally:
        await index.close()
