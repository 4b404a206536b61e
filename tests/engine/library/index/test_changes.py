"""What other instances change is heard: at once, through restarts of the server, and whatever was missed meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import os
import signal
import threading
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text

from custom_components.bambu_virtual_printer.engine.library.index import changes
from custom_components.bambu_virtual_printer.engine.library.index.changes import (
    ChangeListener,
    Changes,
    Hearing,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import (
    Index,
    parsed_url,
)
from custom_components.bambu_virtual_printer.engine.library.index.postgresql_connection import (
    Place,
    make_engine,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import metadata
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexTooNewError,
    IndexUnavailableError,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from scripts.servers.postgresql import Server

pytestmark = pytest.mark.usefixtures("loopback")

WAIT_S = 20.0
ALL = Changes(instances=frozenset(), is_complete=False)


class Heard:
    """What was heard, in order."""

    def __init__(self) -> None:
        self.changes: list[Changes] = []
        self.outdated: list[IndexTooNewError] = []
        self._new = asyncio.Event()

    @property
    def hearing(self) -> Hearing:
        return Hearing(
            changed=lambda one: self._note(self.changes, one),
            outdated=lambda one: self._note(self.outdated, one),
        )

    def _note[What](self, where: list[What], what: What) -> None:
        where.append(what)
        self._new.set()

    async def wait(self, is_enough: Callable[[], object]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not is_enough():
                self._new.clear()
                await self._new.wait()

    async def of(self, instance: str) -> None:
        """Wait until a change by an instance is heard."""
        await self.wait(lambda: any(instance in one.instances for one in self.changes))


@asynccontextmanager
async def opened(
    url: str, name: str, heard: Heard | None = None
) -> AsyncIterator[Index]:
    index = Index(url, instance=Instance(id=name, name=name, version="1"))
    try:
        await index.open()
        if heard is not None:
            index.listen(heard.hearing)
            await heard.wait(lambda: heard.changes)
        yield index
    finally:
        await index.close()


def remember(connection: Connection, value: str) -> None:
    connection.execute(
        text("INSERT INTO serial_suffixes VALUES (:value, '2026-11-22')"),
        {"value": value},
    )


def count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT n FROM change_sequence")).scalar_one())


async def test_what_another_instance_changes_is_heard(
    postgresql: Callable[[], str],
) -> None:
    url, heard = postgresql(), Heard()
    async with opened(url, "a", heard), opened(url, "b") as other:
        assert heard.changes == [ALL]
        await other.run(remember, "x")
        await other.run_beside(remember, "y")
        await heard.wait(lambda: len(heard.changes) > 1)
        await heard.of("b")
        assert all(one.is_complete for one in heard.changes[1:])


async def test_what_this_instance_changes_and_what_changes_nothing_is_not_heard(
    postgresql: Callable[[], str],
) -> None:
    url, heard = postgresql(), Heard()
    async with opened(url, "a", heard) as index, opened(url, "b") as other:
        before = await index.read(count)
        await index.run(remember, "x")
        assert await other.run(count) == before + 1
        with pytest.raises(IndexUnavailableError):
            await other.run(remember, "x")
        await other.read(count)
        await other.run(remember, "y")
        await heard.of("b")
        assert await index.read(count) == before + 2
        told = [one.instances for one in heard.changes]
        assert told == [frozenset(), frozenset({"b"})]


async def test_libraries_in_schemas_of_their_own_do_not_hear_each_other(
    postgresql: Callable[[], str],
) -> None:
    url, heard = postgresql(), Heard()
    async with opened(url, "a", heard) as index:
        await index.run(lambda connection: connection.execute(text("CREATE SCHEMA x")))
        async with (
            opened(f"{url}&options=-c%20search_path%3Dx", "b") as elsewhere,
            opened(url, "c") as other,
        ):
            await elsewhere.run(remember, "x")
            assert await elsewhere.read(count) == 2
            await other.run(remember, "x")
            await heard.of("c")
        assert {name for one in heard.changes for name in one.instances} == {"c"}


async def test_what_changed_while_the_connection_was_lost_is_found(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, heard = postgresql(), Heard()
    async with opened(url, "a", heard), opened(url, "b") as other:

        def cut(connection: Connection) -> None:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database()"
                    " AND query LIKE 'SELECT change_sequence%'"
                )
            )
            remember(connection, "x")

        await other.run(cut)
        await heard.wait(lambda: heard.changes.count(ALL) >= 2)
        await other.run(remember, "y")
        await heard.of("b")


class Pauses(threading.Event):
    """The pauses between attempts to listen, none of which takes time; `taken` is called after each."""

    def __init__(self, taken: Callable[[Pauses], None]) -> None:
        super().__init__()
        self.all: list[float | None] = []
        self._taken = taken

    def wait(self, timeout: float | None = None) -> bool:
        self.all.append(timeout)
        self._taken(self)
        return self.is_set()


async def test_a_database_that_cannot_be_listened_to_is_tried_less_and_less_often(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, heard = postgresql(), Heard()
    engine = create_engine(url)
    attempts: list[object] = []

    def counted(*args: Any) -> Engine:
        made = make_engine(*args)
        event.listen(made, "connect", lambda *_: attempts.append(None))
        return made

    def taken(pauses: Pauses) -> None:
        if len(pauses.all) == 7:
            metadata.create_all(engine)
        elif len(pauses.all) == 8:
            pauses.set()

    monkeypatch.setattr(changes, "make_engine", counted)
    pauses = Pauses(taken)
    listener = ChangeListener(
        parsed_url(url), Place(schema="public"), "a", heard.hearing
    )
    listener._stopped = pauses
    listener.start()
    try:
        # There is nothing but an empty database, and then there are tables.
        await heard.wait(lambda: heard.changes)
        assert len(attempts) == 8
        with engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database()"
                    " AND query LIKE 'SELECT change_sequence%'"
                )
            )
        await asyncio.to_thread(listener._thread.join, WAIT_S)
    finally:
        await listener.stop()
        engine.dispose()
    assert pauses.all == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 0.2]
    assert len(attempts) == 8


async def test_a_server_that_is_restarted_is_listened_to_again(
    postgresql_server: Server,
) -> None:
    url, heard = postgresql_server.new_database(), Heard()
    async with opened(url, "a", heard), opened(url, "b") as other:
        await asyncio.to_thread(postgresql_server.stop)
        await asyncio.to_thread(postgresql_server.start)
        await heard.wait(lambda: heard.changes.count(ALL) >= 2)
        await other.run(remember, "x")
        await heard.of("b")


async def test_a_server_that_falls_silent_is_called_again(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "HEARTBEAT_S", 0.05)
    url, heard = postgresql_server.new_database(), Heard()
    async with opened(url, "a", heard) as index:

        def listeners(connection: Connection) -> list[int]:
            query = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%change_sequence.n%' AND pid <> pg_backend_pid()"
            return list(connection.execute(text(query)).scalars())

        [frozen] = await index.read(listeners)
        monkeypatch.setattr(changes, "SILENT_FOR_S", 0.5)
        os.kill(frozen, signal.SIGSTOP)
        try:
            await heard.wait(lambda: heard.changes.count(ALL) >= 2)
        finally:
            os.kill(frozen, signal.SIGCONT)


async def test_a_number_that_was_left_out_counts_as_a_change(
    postgresql: Callable[[], str],
) -> None:
    url, heard = postgresql(), Heard()
    async with opened(url, "a", heard) as index, opened(url, "b") as other:

        def leave_one_out(connection: Connection) -> None:
            connection.execute(text("UPDATE change_sequence SET n = n + 1"))

        await index.run(leave_one_out)
        await heard.wait(lambda: len(heard.changes) > 1)
        assert heard.changes[1] == ALL
        await other.run(
            lambda connection: connection.exec_driver_sql(
                "SELECT pg_notify(channel, 'nonsense') FROM pg_listening_channels() AS channel"
            )
        )
        await other.run(remember, "x")
        await heard.of("b")


async def test_a_newer_version_is_heard_of_and_then_nothing_is_read_or_written(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "HEARTBEAT_S", 0.05)
    url, heard = postgresql(), Heard()
    async with opened(url, "a", heard) as index, opened(url, "b") as newer:
        await newer.run(
            lambda connection: connection.execute(
                text("UPDATE schema_version SET version = version + 1")
            )
        )
        await heard.wait(lambda: heard.outdated)
        assert "Update Bambu Virtual Printer" in str(heard.outdated[0])
        for attempt in (
            index.read(count),
            index.run(remember, "x"),
            index.run_beside(remember, "x"),
        ):
            with pytest.raises(IndexTooNewError):
                await attempt


async def test_closing_ends_the_thread_also_while_there_is_no_server(
    postgresql_server: Server,
) -> None:
    def threads() -> list[str]:
        return [
            thread.name
            for thread in threading.enumerate()
            if thread.name.startswith("bambu_library")
        ]

    url, heard = postgresql_server.new_database(), Heard()
    async with opened(url, "a", heard):
        assert "bambu_library_index_listen" in threads()
    assert threads() == []
    async with opened(url, "a", Heard()):
        await asyncio.to_thread(postgresql_server.stop)
    assert threads() == []
