"""One instance drives a printer, and another one as soon as that has gone: whatever goes away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import logging
import threading

import pytest
from sqlalchemy import create_engine, delete, insert, text

from custom_components.bambu_virtual_printer.engine.library.index.driver_locks import (
    DriverLocks,
    DriverTimes,
    lock_key,
)
from custom_components.bambu_virtual_printer.engine.library.index.migrations import (
    newest_version,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    metadata,
    versions,
)
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    HERE,
    NOBODY_KNOWN,
    Driver,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from tests.support.database_proxy import DatabaseProxy

HOUSE = Instance(id="1", name="House", version="2026.12.0")
CABIN = Instance(id="2", name="Cabin", version="2026.12.0")
SERIAL = "01P00A000000001"
OTHER = "01P00A000000002"
# So that nothing is found out by waiting.
PATIENT = DriverTimes(heartbeat_s=600, asking_s=0.05, trusted_s=1200)
# But none is given up that only waits for a processor.
QUICK = DriverTimes(
    heartbeat_s=0.05, asking_s=0.05, trusted_s=3.0, confirm_s=0.3, first_retry_s=0.05
)

CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name = 'Bambu Virtual Printer drivers'"
    " AND datname = current_database()"
)


@pytest.fixture
def database(postgresql: Callable[[], str], loopback: None) -> str:
    url = postgresql()
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    return url


@asynccontextmanager
async def locks(
    url: str, instance: Instance, times: DriverTimes = PATIENT
) -> AsyncIterator[DriverLocks]:
    made = DriverLocks(url, instance, times)
    made.start()
    try:
        yield made
    finally:
        await made.close()


async def until(made: DriverLocks, serial: str, driver: Driver) -> None:
    """Wait until a printer is driven like this. Nothing is asked but when there is news."""
    news = asyncio.Event()
    end = made.subscribe(news.set)
    try:
        async with asyncio.timeout(30):
            while made.driver(serial) != driver:
                news.clear()
                await news.wait()
    finally:
        end()


async def test_a_printer_is_driven_by_the_first_and_the_other_knows_by_whom(
    database: str,
) -> None:
    async with locks(database, HOUSE) as house, locks(database, CABIN) as cabin:
        assert house.driver(SERIAL) == NOBODY_KNOWN
        house.ask(SERIAL)
        await until(house, SERIAL, HERE)
        cabin.ask(SERIAL)
        cabin.ask(OTHER)
        await until(cabin, OTHER, HERE)
        assert cabin.driver(SERIAL) == Driver(is_here=False, instance="House")
        assert not await cabin.confirm(SERIAL)
        assert await house.confirm(SERIAL)
        # Each of them is known.
        engine = create_engine(database)
        with engine.begin() as connection:
            found = connection.execute(text("SELECT name, version FROM instances"))
            assert {tuple(row) for row in found} == {
                ("House", "2026.12.0"),
                ("Cabin", "2026.12.0"),
            }
        engine.dispose()
        house.release(SERIAL)
        assert house.driver(SERIAL) != HERE
        await until(cabin, SERIAL, HERE)
        house.ask(SERIAL)
        await until(house, SERIAL, Driver(is_here=False, instance="Cabin"))
    assert "bambu_library_drivers" not in str(threading.enumerate())


async def test_the_other_takes_over_when_the_first_ends(database: str) -> None:
    async with locks(database, CABIN) as cabin:
        async with locks(database, HOUSE) as house:
            house.ask(SERIAL)
            await until(house, SERIAL, HERE)
            cabin.ask(SERIAL)
            await until(cabin, SERIAL, Driver(is_here=False, instance="House"))
        await until(cabin, SERIAL, HERE)


async def test_a_connection_that_the_server_ends_is_noticed_at_once_and_made_anew(
    database: str,
) -> None:
    async with locks(database, HOUSE) as house:
        house.ask(SERIAL)
        await until(house, SERIAL, HERE)
        seen: list[Driver] = []
        house.subscribe(lambda: seen.append(house.driver(SERIAL)))
        execute(database, CUT)
        async with asyncio.timeout(30):
            while len(seen) < 2:
                await asyncio.sleep(0.01)
        assert seen == [NOBODY_KNOWN, HERE]


async def test_a_silent_server_is_trusted_no_longer_than_it_keeps_the_lock(
    database: str,
) -> None:
    async with (
        DatabaseProxy(database) as proxy,
        locks(proxy.url, HOUSE, QUICK) as house,
        locks(database, CABIN) as cabin,
    ):
        house.ask(SERIAL)
        await until(house, SERIAL, HERE)
        cabin.ask(SERIAL)
        await until(cabin, SERIAL, Driver(is_here=False, instance="House"))
        proxy.fall_silent()
        assert not await house.confirm(SERIAL)
        await until(house, SERIAL, NOBODY_KNOWN)
        # The first connection has been given up; only now the server ends it.
        proxy.cut()
        await until(cabin, SERIAL, HERE)
        proxy.go_on()
        await until(house, SERIAL, Driver(is_here=False, instance="Cabin"))


async def test_a_server_that_is_away_is_tried_until_it_is_back(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with DatabaseProxy(database) as proxy:
        proxy.is_open = False
        async with locks(proxy.url, HOUSE, QUICK) as house:
            house.ask(SERIAL)
            async with asyncio.timeout(30):
                while "does not answer" not in caplog.text:
                    await asyncio.sleep(0.01)
            assert house.driver(SERIAL) == NOBODY_KNOWN
            assert not await house.confirm(SERIAL)
            proxy.is_open = True
            await until(house, SERIAL, HERE)
            proxy.is_open = False
            proxy.cut()
            await until(house, SERIAL, NOBODY_KNOWN)
            proxy.is_open = True
            await until(house, SERIAL, HERE)
        assert caplog.text.count("answers again") == 2


async def test_a_server_that_lets_nobody_write_is_tried_less_and_less_often(
    database: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    pauses: list[float] = []
    enough, go_on = asyncio.Event(), asyncio.Event()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            enough.set()
            await go_on.wait()

    execute(database, "ALTER DATABASE {} SET default_transaction_read_only = on")
    monkeypatch.setattr(asyncio, "sleep", pause)
    async with locks(database, HOUSE) as house, asyncio.timeout(30):
        house.ask(SERIAL)
        await enough.wait()
        assert pauses == [0.5, 1, 2, 4, 8, 10]
        assert caplog.text.count("does not answer") == 1
        assert "answers again" not in caplog.text
        execute(database, "ALTER DATABASE {} RESET default_transaction_read_only")
        go_on.set()
        await until(house, SERIAL, HERE)
        assert caplog.text.count("answers again") == 1
        # The next time it begins anew.
        execute(database, CUT)
        await until(house, SERIAL, NOBODY_KNOWN)
        await until(house, SERIAL, HERE)
    assert pauses[6:] == [0.5]


def execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ WRITE")
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        connection.exec_driver_sql(statement.format(f'"{name}"'))
    engine.dispose()


async def test_one_of_an_older_version_than_the_tables_lets_go_of_its_printers(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    newest = newest_version()
    set_version(database, newest)
    async with locks(database, HOUSE, QUICK) as house:
        house.ask(SERIAL)
        await until(house, SERIAL, HERE)
        # A newer one has brought them up to date, and takes the printer.
        set_version(database, newest + 1)
        await until(house, SERIAL, NOBODY_KNOWN)
        assert not await house.confirm(SERIAL)
        engine = create_engine(database)
        with engine.begin() as connection:
            schema = connection.execute(text("SELECT current_schema()")).scalar_one()
            taken = text("SELECT pg_advisory_lock(:key)")
            connection.execute(taken, {"key": lock_key(schema, SERIAL)})
        engine.dispose()
        assert "Update Bambu Virtual Printer" in caplog.text
        # As when a copy of the tables was put back.
        set_version(database, newest)
        await until(house, SERIAL, HERE)


def set_version(url: str, version: int) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(delete(versions))
        connection.execute(insert(versions).values(version=version))
    engine.dispose()


async def test_it_can_be_closed_while_the_server_is_silent(database: str) -> None:
    async with DatabaseProxy(database) as proxy:
        async with locks(proxy.url, HOUSE, QUICK) as house:
            house.ask(SERIAL)
            await until(house, SERIAL, HERE)
            proxy.fall_silent()
        assert "bambu_library_drivers" not in str(threading.enumerate())


def test_the_key_of_a_lock_stays_the_same_for_good() -> None:
    assert lock_key("public", SERIAL) != lock_key("other", SERIAL)
    # Other versions may be in use beside this one.
    assert lock_key("public", SERIAL) == 8171262656289840273
