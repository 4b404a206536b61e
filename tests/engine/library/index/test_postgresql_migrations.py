"""Instances of several versions that open one PostgreSQL database: the tables are changed once, and wholly or not at all."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, inspect, text

from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.index import (
    migrations,
    postgresql_tables,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexTooNewError,
    IndexUnavailableError,
    LibraryError,
)

pytestmark = pytest.mark.usefixtures("loopback")


def add_sound(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE archives ADD COLUMN sound TEXT"))


def fail(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE half (a TEXT)"))
    raise LibraryError(as_it_stands("stopped in the middle"))


def version(connection: Connection) -> int | None:
    return migrations.version_of(connection)


async def open_at_once(url: str, count: int) -> list[Index | BaseException]:
    """Open several indexes at once. Returns them, or what kept them from it."""
    indexes = [Index(url) for _ in range(count)]
    results = await asyncio.gather(
        *(index.open() for index in indexes), return_exceptions=True
    )
    return [
        result if isinstance(result, BaseException) else index
        for index, result in zip(indexes, results, strict=True)
    ]


async def close(indexes: list[Index | BaseException]) -> None:
    for index in indexes:
        assert isinstance(index, Index), index
        await index.close()


async def test_instances_that_start_at_once_make_the_tables_once(
    postgresql: Callable[[], str],
) -> None:
    indexes = await open_at_once(postgresql(), 4)
    first = indexes[0]
    assert isinstance(first, Index)
    assert await first.read(version) == migrations.newest_version()
    assert await first.read(postgresql_tables.has_trigrams)
    await close(indexes)


async def test_instances_that_start_at_once_bring_the_tables_up_to_date_once(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql()
    await close(await open_at_once(url, 1))
    steps: list[None] = []

    def count(connection: Connection) -> None:
        steps.append(None)
        add_sound(connection)

    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, count])
    await close(await open_at_once(url, 3))
    assert len(steps) == 1


async def test_a_step_that_fails_leaves_everything_as_it_was(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql()
    await close(await open_at_once(url, 1))
    known = migrations.MIGRATIONS
    monkeypatch.setattr(migrations, "MIGRATIONS", [*known, add_sound, fail])
    index = Index(url)
    with pytest.raises(LibraryError, match="stopped in the middle"):
        await index.open()
    await index.close()
    monkeypatch.setattr(migrations, "MIGRATIONS", known)
    index = Index(url)
    await index.open()
    assert await index.read(version) == migrations.newest_version()
    columns = await index.read(
        lambda connection: inspect(connection).get_columns("archives")
    )
    assert "sound" not in {column["name"] for column in columns}
    await index.close()


async def test_an_older_version_does_not_open_tables_of_a_newer_one(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql()
    known = migrations.MIGRATIONS
    monkeypatch.setattr(migrations, "MIGRATIONS", [*known, add_sound])
    await close(await open_at_once(url, 1))
    monkeypatch.setattr(migrations, "MIGRATIONS", known)
    index = Index(url)
    with pytest.raises(IndexTooNewError, match="Update Bambu Virtual Printer"):
        await index.open()
    await index.close()


async def test_an_older_version_that_runs_says_so_when_its_tables_are_gone(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE archives RENAME COLUMN notes TO remarks"))

    def notes(connection: Connection) -> list[str]:
        return list(connection.execute(text("SELECT notes FROM archives")).scalars())

    url = postgresql()
    older = Index(url)
    await older.open()
    assert await older.read(notes) == []
    known = migrations.MIGRATIONS
    monkeypatch.setattr(migrations, "MIGRATIONS", [*known, rename])
    await close(await open_at_once(url, 1))
    monkeypatch.setattr(migrations, "MIGRATIONS", known)
    with pytest.raises(IndexTooNewError):
        await older.read(notes)
    await older.close()


async def test_without_the_extension_everything_works_and_every_text_is_read(
    postgresql: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make = postgresql_tables._make_search_index

    def refused(connection: Connection) -> None:
        connection.execute(text("DROP EXTENSION IF EXISTS pg_trgm CASCADE"))
        connection.execute(text("CREATE ROLE plain_user"))
        connection.execute(text("SET LOCAL ROLE plain_user"))
        make(connection)
        connection.execute(text("RESET ROLE"))
        connection.execute(text("DROP ROLE plain_user"))

    monkeypatch.setattr(postgresql_tables, "_make_search_index", refused)
    index = Index(postgresql())
    await index.open()
    assert "pg_trgm" in caplog.text
    assert not await index.read(postgresql_tables.has_trigrams)
    await index.close()


async def test_a_statement_that_fits_no_version_is_told_as_it_is(
    postgresql: Callable[[], str],
) -> None:
    index = Index(postgresql())
    await index.open()
    with pytest.raises(IndexUnavailableError, match="nonsense"):
        await index.read(
            lambda connection: connection.execute(text("SELECT nonsense FROM archives"))
        )
    await index.close()
