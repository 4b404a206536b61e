"""What a server gets together: failures are told as ever, and little is waited for where an archive is added."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from ulid_transform import ulid_now

from benchmarks.archives import made, vocabulary
from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_rows,
    archiving,
    postgresql_connection,
    upload_rows,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    serial_suffixes,
)
from custom_components.bambu_virtual_printer.engine.library.index.together import (
    insert_each,
    together,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Archive,
)

from .test_postgresql_transactions import opened

pytestmark = pytest.mark.usefixtures("loopback")

NOW = datetime(2026, 11, 30, tzinfo=UTC)
PRICE = 25.0


@pytest.fixture(params=["sqlite", "postgresql"])
def url(
    request: pytest.FixtureRequest,
    postgresql: Callable[[], str],
    tmp_path: Any,
) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/library.db"
    return postgresql()


def remember(connection: Connection, *values: str) -> None:
    rows = [{"suffix": value, "issued_at": NOW} for value in values]
    insert_each(connection, serial_suffixes, rows)


def remembered(connection: Connection) -> list[str]:
    query = select(serial_suffixes.c.suffix).order_by(serial_suffixes.c.suffix)
    return list(connection.execute(query).scalars())


async def test_what_is_sent_together_is_done_in_its_order(url: str) -> None:
    def work(connection: Connection) -> list[str]:
        with together(connection):
            remember(connection, "a", "b")
            connection.execute(
                serial_suffixes.update().values(suffix=serial_suffixes.c.suffix + "!")
            )
            remember(connection, "c")
        return remembered(connection)

    async with opened(url) as index:
        assert await index.run(work) == ["a!", "b!", "c"]
        assert await index.read(remembered) == ["a!", "b!", "c"]


async def test_a_statement_that_fails_among_others_undoes_the_transaction_and_is_told(
    url: str,
) -> None:
    told: list[Exception] = []

    def work(connection: Connection) -> None:
        remember(connection, "before")
        try:
            with together(connection):
                remember(connection, "a")
                remember(connection, "a")
                remember(connection, "b")
        except IntegrityError as err:
            told.append(err)
            raise ZeroDivisionError from err

    async with opened(url) as index:
        with pytest.raises(ZeroDivisionError):
            await index.run(work)
        assert len(told) == 1
        assert await index.read(remembered) == []
        await index.run(remember, "b")


async def test_what_the_caller_raises_among_statements_is_raised(url: str) -> None:
    def work(connection: Connection) -> None:
        with together(connection):
            remember(connection, "a")
            raise ZeroDivisionError

    async with opened(url) as index:
        with pytest.raises(ZeroDivisionError):
            await index.run(work)
        assert await index.read(remembered) == []


async def test_a_connection_that_is_lost_among_statements_has_them_done_once_more(
    postgresql: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    attempts: list[None] = []

    def work(connection: Connection) -> None:
        attempts.append(None)
        with together(connection):
            remember(connection, "a")
            if len(attempts) == 1:
                postgresql_connection.hang_up(connection.connection.driver_connection)
            remember(connection, "b")

    async with opened(postgresql()) as index:
        await index.run(work)
        assert len(attempts) == 2
        assert await index.read(remembered) == ["a", "b"]
    assert "psycopg" not in {each.name for each in caplog.records}


def add(connection: Connection, number: int, *, sha256: str = "") -> Archive:
    random = Random(number)
    upload, facts = made(random, vocabulary(Random(1)), NOW, ulid_now())
    upload_rows.add(connection, upload)
    return archiving.archive_upload(
        connection,
        upload,
        name=upload.name,
        facts=facts,
        plan=None,
        archived_at=NOW,
        options_due_at=None,
        filament_price=PRICE,
    )[0].archive


async def test_what_is_told_of_an_archive_that_was_added_is_what_is_read_of_it_later(
    url: str,
) -> None:
    async with opened(url) as index:
        # The same number makes the same file.
        for number in (1, 2, 1, 3, 1):
            added = await index.run(add, number)
            assert added == await index.read(archive_rows.get, added.file.id)
        assert added.duplicates.count == 3
        assert added.duplicates.sequence == 2


async def test_adding_an_archive_waits_for_the_server_a_few_times_only(
    postgresql: Callable[[], str],
) -> None:
    waits: list[str] = []

    def note(
        connection: Connection, cursor: Any, statement: str, *_arguments: object
    ) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        if not driver.pgconn.pipeline_status:
            waits.append(statement)

    async with opened(postgresql()) as index:
        await index.run(add, 1)
        event.listen(Engine, "before_cursor_execute", note)
        try:
            added = await index.run(add, 2)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    assert added.annotations.tags or added.filament_types
    # Whether it was decided about, which number is free, and what else has these bytes.
    assert len(waits) == 3, waits
