"""The database: opening, migrating, damage, and answers in words."""

import asyncio
import os
from pathlib import Path
import sqlite3
import threading

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.index import migrations
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.index.migrations import (
    MIGRATIONS,
    migrate,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexTooNewError,
    IndexUnavailableError,
    LibraryError,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index" / "library.db"


def index(file: Path) -> Index:
    return Index(f"sqlite:///{file}")


def remember(connection: Connection, value: str) -> None:
    connection.execute(
        text("INSERT INTO serial_suffixes VALUES (:value, '2026-11-22')"),
        {"value": value},
    )


def remembered(connection: Connection) -> list[str]:
    return list(
        connection.execute(text("SELECT suffix FROM serial_suffixes")).scalars()
    )


async def write(file: Path, value: str) -> None:
    database = index(file)
    assert await database.open() is None
    await database.run(remember, value)
    await database.close()


async def test_what_was_written_is_there_after_the_next_start(file: Path) -> None:
    await write(file, "first")
    database = index(file)
    assert await database.open() is None
    assert await database.run(remembered) == ["first"]
    assert await database.run(_pragma, "journal_mode") == "wal"
    assert await database.run(_pragma, "synchronous") == 2
    assert await database.run(_pragma, "foreign_keys") == 1
    await database.close()
    assert {path.name for path in file.parent.iterdir()} == {"library.db"}


def _pragma(connection: Connection, name: str) -> object:
    return connection.execute(text(f"PRAGMA {name}")).scalar_one()


async def test_a_transaction_that_fails_changes_nothing(file: Path) -> None:
    def fail(connection: Connection) -> None:
        remember(connection, "half")
        raise LibraryError(as_it_stands("no"))

    database = index(file)
    await database.open()
    with pytest.raises(LibraryError, match="no"):
        await database.run(fail)
    with pytest.raises(IndexUnavailableError, match="does not answer: no such table"):
        await database.run(
            lambda connection: connection.execute(text("SELECT 1 FROM x"))
        )
    with pytest.raises(IndexUnavailableError, match="does not answer: No row"):
        await database.run(
            lambda connection: connection.execute(text("SELECT 1 WHERE 0")).scalar_one()
        )
    assert await database.run(remembered) == []
    await database.close()


async def test_errors_hold_no_values(file: Path) -> None:
    database = index(file)
    await database.open()
    await database.run(remember, "secret")
    with pytest.raises(IndexUnavailableError) as error:
        await database.run(remember, "secret")
    assert "secret" not in str(error.value)
    assert "secret" not in repr(error.value.__cause__)
    await database.close()


async def test_the_thread_has_a_name_and_ends(file: Path) -> None:
    def threads() -> list[str]:
        names = [thread.name for thread in threading.enumerate()]
        return [name for name in names if name.startswith("bambu_library")]

    database = index(file)
    await database.open()
    assert threads() == ["bambu_library_index_0"]
    await database.close()
    assert threads() == []
    with pytest.raises(LibraryError, match="closed"):
        await database.run(remembered)


async def test_closing_waits_for_the_work_under_way(file: Path) -> None:
    database = index(file)
    await database.open()
    started, go_on = threading.Event(), threading.Event()

    def work(connection: Connection) -> None:
        started.set()
        assert go_on.wait(10)
        remember(connection, "late")

    task = asyncio.create_task(database.run(work))
    await asyncio.to_thread(started.wait, 10)
    closing = asyncio.create_task(database.close())
    go_on.set()
    await asyncio.gather(task, closing)
    database = index(file)
    await database.open()
    assert await database.run(remembered) == ["late"]
    await database.close()


async def test_what_comes_while_closing_leaves_no_connection_behind(
    file: Path,
) -> None:
    database = index(file)
    await database.open()
    await database.run(remember, "early")
    started, go_on = threading.Event(), threading.Event()

    def work(connection: Connection) -> None:
        started.set()
        assert go_on.wait(10)

    under_way = asyncio.create_task(database.run(work))
    await asyncio.to_thread(started.wait, 10)
    in_line = asyncio.create_task(database.run(remember, "late"))
    await asyncio.sleep(0)
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    with pytest.raises(LibraryError, match="closed"):
        await database.run(remember, "too late")
    go_on.set()
    await asyncio.gather(under_way, in_line, closing)
    # An open connection keeps its log.
    assert {path.name for path in file.parent.iterdir()} == {"library.db"}


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("no url", "cannot be read"),
        ("mysql://user:secret@host/db", "SQLite or PostgreSQL, not in mysql"),
        ("postgresql+nodriver://user:secret@host/db", "nodriver is not installed"),
        ("postgresql+pg8000://user:secret@host/db", "pg8000 is not installed"),
        ("sqlite:////proc/nowhere/library.db", "folder of the index cannot be used"),
        ("sqlite:////dev/null", "does not answer"),
    ],
)
async def test_a_database_that_cannot_be_is_told_without_its_password(
    url: str, problem: str
) -> None:
    async def attempt() -> None:
        database = Index(url)
        try:
            await database.open()
        finally:
            await database.close()

    with pytest.raises(IndexUnavailableError, match=problem) as error:
        await attempt()
    assert "secret" not in str(error.value)


# --- versions -------------------------------------------------------------------------------------------------------


def add_colour(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE archives ADD COLUMN colour TEXT"))


def add_sound(connection: Connection) -> None:
    # Fails when it does not come second.
    connection.execute(text("UPDATE archives SET colour = 'none'"))
    connection.execute(text("ALTER TABLE archives ADD COLUMN sound TEXT"))


def fail(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE half (a TEXT)"))
    raise LibraryError(as_it_stands("stopped in the middle"))


def test_steps_run_in_order_and_once(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/a.db")
    migrate(engine)
    steps = [*MIGRATIONS, add_colour, add_sound]
    migrate(engine, steps)
    migrate(engine, steps)
    columns = {column["name"] for column in inspect(engine).get_columns("archives")}
    assert {"colour", "sound"} <= columns
    engine.dispose()


async def test_a_step_that_fails_leaves_the_version_before_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(file, "kept")
    monkeypatch.setattr(migrations, "MIGRATIONS", [*MIGRATIONS, add_colour, fail])
    database = index(file)
    with pytest.raises(LibraryError, match="stopped in the middle"):
        await database.open()
    await database.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT version FROM schema_version").fetchall() == [
            (2 + len(MIGRATIONS),)
        ]
        tables = connection.execute("SELECT name FROM sqlite_schema").fetchall()
        assert ("half",) not in tables
    connection.close()
    monkeypatch.setattr(migrations, "MIGRATIONS", [*MIGRATIONS, add_colour, add_sound])
    database = index(file)
    await database.open()
    assert await database.run(remembered) == ["kept"]
    await database.close()


async def test_an_index_of_the_future_is_left_alone(file: Path) -> None:
    await write(file, "kept")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    before = file.read_bytes()
    database = index(file)
    with pytest.raises(
        IndexTooNewError, match="version 99, which is newer .* Update Bambu"
    ):
        await database.open()
    await database.close()
    assert file.read_bytes() == before


# --- damage ---------------------------------------------------------------------------------------------------------


def damage_header(file: Path) -> None:
    file.write_bytes(b"not a database" + file.read_bytes()[14:])


def damage_pages(file: Path) -> None:
    """Ruin everything but the first page, and leave a log behind as a crash would."""
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    file.write_bytes(content)
    file.with_name(f"{file.name}-wal").write_bytes(b"")


def damage_free_list(file: Path) -> None:
    """Leave a database that opens and reads, and still is wrong."""
    content = bytearray(file.read_bytes())
    content[36:40] = (7).to_bytes(4)
    file.write_bytes(content)
    file.with_name(f"{file.name}-wal").write_bytes(b"")


@pytest.mark.parametrize("damage", [damage_header, damage_pages, damage_free_list])
async def test_a_damaged_index_is_kept_aside_and_begun_anew(
    file: Path, damage: object
) -> None:
    await write(file, "lost")
    assert callable(damage)
    damage(file)
    damaged = file.read_bytes()
    database = index(file)
    kept_aside = await database.open()
    assert kept_aside is not None
    assert kept_aside.name.startswith("library.db.damaged-2")
    assert kept_aside.read_bytes() == damaged
    assert await database.run(remembered) == []
    await database.run(remember, "new")
    await database.close()


async def test_a_damaged_index_that_cannot_be_put_aside_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    await write(file, "lost")
    damage_header(file)
    monkeypatch.setattr(os, "rename", rename)
    database = index(file)
    with pytest.raises(
        IndexUnavailableError, match="cannot be renamed: permission denied"
    ):
        await database.open()
    await database.close()


async def test_damage_found_later_is_told(file: Path) -> None:
    await write(file, "x" * 5000)
    database = index(file)
    await database.open()
    damage_pages(file)
    with pytest.raises(IndexUnavailableError, match="The index is damaged"):
        await database.run(remembered)
    await database.close()
