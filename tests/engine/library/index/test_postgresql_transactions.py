"""Transactions of several instances on one PostgreSQL server: one writer, connections that go, servers that do not answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
import os
import signal
import subprocess
import sys
import threading

import pytest
from sqlalchemy import Connection, text

from custom_components.bambu_virtual_printer.engine.library.index import (
    postgresql,
    postgresql_connection,
    postgresql_errors,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
    LibraryError,
)
from scripts.servers.postgresql import Server

pytestmark = pytest.mark.usefixtures("loopback")

WAIT_S = 20.0


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Index]:
    index = Index(url)
    try:
        await index.open()
        yield index
    finally:
        await index.close()


def remember(connection: Connection, value: str) -> None:
    connection.execute(
        text("INSERT INTO serial_suffixes VALUES (:value, '2026-11-22')"),
        {"value": value},
    )


def remembered(connection: Connection) -> list[str]:
    query = text("SELECT suffix FROM serial_suffixes ORDER BY suffix")
    return list(connection.execute(query).scalars())


class Pause:
    """A transaction that stands still until it may go on."""

    def __init__(self) -> None:
        self.begun, self._go_on = threading.Event(), threading.Event()

    def __call__(self, connection: Connection, value: str) -> None:
        self.begun.set()
        assert self._go_on.wait(WAIT_S)
        remember(connection, value)

    async def wait(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, WAIT_S)

    def end(self) -> None:
        self._go_on.set()


# --- one writer -----------------------------------------------------------------------------------------------------


async def test_instances_write_one_after_the_other(
    postgresql: Callable[[], str],
) -> None:
    url = postgresql()
    async with opened(url) as first, opened(url) as second:
        pause = Pause()
        seen: list[list[str]] = []
        writing = asyncio.create_task(first.run(pause, "a"))
        await pause.wait()

        def look_and_write(connection: Connection) -> None:
            seen.append(remembered(connection))
            remember(connection, "b")

        waiting = asyncio.create_task(second.run(look_and_write))
        await until_somebody_waits(first)
        assert seen == []
        pause.end()
        await asyncio.gather(writing, waiting)
        assert seen == [["a"]]


async def until_somebody_waits(index: Index) -> None:
    """Wait until the server says that a transaction waits for a lock of ours."""

    def waiting(connection: Connection) -> int:
        query = text(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()"
        )
        return int(connection.execute(query).scalar_one())

    async with asyncio.timeout(WAIT_S):
        while not await index.read(waiting):
            await asyncio.sleep(0.01)


async def test_reads_and_what_locks_its_own_rows_do_not_wait_for_the_writer(
    postgresql: Callable[[], str],
) -> None:
    url = postgresql()
    async with opened(url) as first, opened(url) as second:
        pause = Pause()
        writing = asyncio.create_task(first.run(pause, "a"))
        await pause.wait()
        assert await first.read(remembered) == []
        await second.run_beside(remember, "b")
        assert await second.read(remembered) == ["b"]
        pause.end()
        await writing
        assert await second.read(remembered) == ["a", "b"]


async def test_what_only_reads_cannot_write(postgresql: Callable[[], str]) -> None:
    async with opened(postgresql()) as index:
        with pytest.raises(IndexUnavailableError, match="can only be read"):
            await index.read(remember, "a")
        assert await index.run(remembered) == []


async def test_a_read_sees_one_moment(postgresql: Callable[[], str]) -> None:
    url = postgresql()
    async with opened(url) as index:
        loop = asyncio.get_running_loop()

        def look_twice(connection: Connection) -> tuple[list[str], list[str]]:
            before = remembered(connection)
            write = asyncio.run_coroutine_threadsafe(index.run(remember, "a"), loop)
            write.result(WAIT_S)
            return before, remembered(connection)

        assert await index.read(look_twice) == ([], [])


async def test_a_transaction_that_fails_changes_nothing(
    postgresql: Callable[[], str],
) -> None:
    def fail(connection: Connection) -> None:
        remember(connection, "half")
        raise LibraryError(postgresql_errors.NO_RIGHTS)

    async with opened(postgresql()) as index:
        for run in (index.run, index.run_beside):
            with pytest.raises(LibraryError):
                await run(fail)
            with pytest.raises(IndexUnavailableError, match="does not answer"):
                await run(lambda connection: connection.execute(text("SELECT x")))
        assert await index.read(remembered) == []


async def test_of_transactions_that_block_each_other_both_are_done(
    postgresql: Callable[[], str],
) -> None:
    url = postgresql()
    async with opened(url) as first, opened(url) as second:
        for value in ("a", "b"):
            await first.run(remember, value)
        met = threading.Barrier(2)

        def change(connection: Connection, *values: str) -> None:
            for value in values:
                connection.execute(
                    text(
                        "UPDATE serial_suffixes SET issued_at = now() WHERE suffix = :v"
                    ),
                    {"v": value},
                )
                # The one that is begun again finds nobody to wait for.
                try:
                    met.wait(WAIT_S if not met.broken else 0)
                except threading.BrokenBarrierError:
                    continue
                met.abort()

        await asyncio.gather(
            first.run_beside(change, "a", "b"), second.run_beside(change, "b", "a")
        )
        assert await first.read(remembered) == ["a", "b"]


# --- connections that go ------------------------------------------------------------------------------------------


def end_own_connection(connection: Connection) -> None:
    connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


async def test_a_transaction_whose_connection_is_lost_is_done_once_more(
    postgresql: Callable[[], str],
) -> None:
    attempts: list[None] = []

    def lose_the_first(connection: Connection) -> None:
        remember(connection, "a")
        attempts.append(None)
        if len(attempts) == 1:
            end_own_connection(connection)

    async with opened(postgresql()) as index:
        await index.run(lose_the_first)
        assert len(attempts) == 2
        assert await index.read(remembered) == ["a"]


async def test_a_connection_that_is_lost_each_time_is_told(
    postgresql: Callable[[], str],
) -> None:
    async with opened(postgresql()) as index:
        with pytest.raises(IndexUnavailableError, match="starting or stopping"):
            await index.run(end_own_connection)
        await index.run(remember, "a")


async def test_a_connection_that_is_lost_at_the_commit_leaves_it_open(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[None] = []

    def work(connection: Connection) -> None:
        remember(connection, "a")
        attempts.append(None)

    def lose(connection: Connection, statement: str) -> object:
        if statement == "COMMIT":
            postgresql_connection.hang_up(connection.connection.driver_connection)
        return execute(connection, statement)

    execute = Connection.exec_driver_sql
    async with opened(postgresql()) as index:
        monkeypatch.setattr(Connection, "exec_driver_sql", lose)
        with pytest.raises(IndexUnavailableError, match="not known whether"):
            await index.run(work)
        monkeypatch.undo()
        assert len(attempts) == 1
        await index.run(remember, "b")


async def test_connections_that_were_idle_when_the_server_was_restarted_are_replaced(
    postgresql_server: Server,
) -> None:
    async with opened(postgresql_server.new_database()) as index:
        await asyncio.gather(
            *(index.read(remembered) for _ in range(4)), index.run(remember, "a")
        )
        await asyncio.to_thread(restart, postgresql_server)
        await index.run(remember, "b")
        assert await index.read(remembered) == ["a", "b"]


def restart(server: Server) -> None:
    server.stop()
    server.start()


async def test_what_is_written_while_the_server_is_restarted_is_whole_or_not_there(
    postgresql_server: Server,
) -> None:
    url = postgresql_server.new_database()

    def write_two(connection: Connection, value: str) -> None:
        remember(connection, f"{value}-1")
        remember(connection, f"{value}-2")

    stopped = asyncio.Event()

    async def write_one(index: Index, value: str) -> bool:
        try:
            await index.run(write_two, value)
        except IndexUnavailableError:
            await asyncio.sleep(0.01)
            return False
        return True

    async def write(index: Index, name: str) -> tuple[set[str], int]:
        done: set[str] = set()
        after = number = 0
        async with asyncio.timeout(60):
            while after < 5:
                number += 1
                value = f"{name}{number:05}"
                if await write_one(index, value):
                    done.add(value)
                    after += stopped.is_set()
        return done, number

    async with opened(url) as first, opened(url) as second:
        writers = [
            asyncio.create_task(write(index, name))
            for index, name in ((first, "a"), (first, "b"), (second, "c"))
        ]
        for number in range(2):
            async with asyncio.timeout(60):
                while not await write_one(first, f"mark{number}"):
                    pass
            await asyncio.to_thread(restart, postgresql_server)
        stopped.set()
        results = await asyncio.gather(*writers)
        kept = set(await second.read(remembered))
    halves = {value.partition("-")[0] for value in kept}
    assert kept == {f"{value}-{half}" for value in halves for half in (1, 2)}
    for done, _number in results:
        assert done <= halves


# --- those that do not answer -------------------------------------------------------------------------------------


async def test_a_server_that_does_not_answer_holds_nobody_up(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(postgresql_server.new_database()) as index:
        await index.run(remember, "a")
        monkeypatch.setattr(postgresql, "ANSWER_WITHIN_S", 0.3)
        frozen = postgresql_server.processes
        for process in frozen:
            os.kill(process, signal.SIGSTOP)
        try:
            results = await asyncio.gather(
                *(index.run(remember, f"b{number}") for number in range(5)),
                index.read(remembered),
                return_exceptions=True,
            )
        finally:
            for process in frozen:
                os.kill(process, signal.SIGCONT)
        assert len(results) == 6
        for result in results:
            assert isinstance(result, IndexUnavailableError)
            assert str(result) == "The index does not answer: no answer."
        monkeypatch.undo()
        await index.run(remember, "c")
        assert {"a", "c"} <= set(await index.read(remembered))


HOLDER = """
import asyncio, sys
from sqlalchemy import text
from custom_components.bambu_virtual_printer.engine.library.index.database import Index

SETTING = "idle_in_transaction_session_timeout"

def hold(connection):
    connection.execute(text("INSERT INTO serial_suffixes VALUES ('half', '2026-11-22')"))
    print(connection.scalar(text(f"SHOW {SETTING}")), flush=True)
    idle = sys.stdin.readline().strip()
    connection.execute(text(f"SET LOCAL {SETTING} = '{idle}'"))
    print("set", flush=True)
    sys.stdin.read()

async def main():
    index = Index(sys.argv[1])
    await index.open()
    await index.run(hold)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("sent", "idle"), [(signal.SIGKILL, b"10s\n"), (signal.SIGSTOP, b"300ms\n")]
)
async def test_the_lock_of_an_instance_that_dies_or_hangs_in_a_transaction_is_freed(
    postgresql: Callable[[], str], sent: signal.Signals, idle: bytes
) -> None:
    url = postgresql()
    async with opened(url) as index:
        other = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", HOLDER, url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert other.stdout is not None
        assert other.stdin is not None
        try:
            async with asyncio.timeout(110):
                assert await other.stdout.readline() == b"10s\n"
                waiting = asyncio.create_task(index.run(remember, "next"))
                await until_somebody_waits(index)
                other.stdin.write(idle)
                assert await other.stdout.readline() == b"set\n"
                other.send_signal(sent)
                await waiting
            assert await index.read(remembered) == ["next"]
        finally:
            with suppress(ProcessLookupError):
                other.kill()
            await other.wait()


async def test_a_writer_that_takes_too_long_is_told_to_the_next_one(
    postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql()
    settings = postgresql_connection.SERVER_SETTINGS
    async with opened(url) as first:
        pause = Pause()
        writing = asyncio.create_task(first.run(pause, "a"))
        await pause.wait()
        monkeypatch.setitem(settings, "lock_timeout", "100ms")
        async with opened(url) as second:
            with pytest.raises(
                IndexUnavailableError, match="changing the library for too long"
            ):
                await second.run(remember, "b")
        pause.end()
        await writing


async def test_what_waits_while_the_server_cannot_be_reached_is_not_tried_one_by_one(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(postgresql_server.new_database()) as index:
        await index.run(remember, "a")
        await asyncio.to_thread(postgresql_server.stop)
        with pytest.raises(IndexUnavailableError):
            await index.run(remember, "b")
        calls: list[None] = []
        connected = postgresql.PostgresqlDatabase._connected

        def count(self: object, access: object) -> Connection:
            calls.append(None)
            return connected(self, access)  # type: ignore[arg-type]

        monkeypatch.setattr(postgresql.PostgresqlDatabase, "_connected", count)
        results = await asyncio.gather(
            *(index.run(remember, str(number)) for number in range(20)),
            return_exceptions=True,
        )
        assert all(isinstance(result, IndexUnavailableError) for result in results)
        assert len(calls) == 1
        await asyncio.to_thread(postgresql_server.start)
        await index.run(remember, "c")


async def test_no_thread_and_no_connection_is_left(
    postgresql: Callable[[], str],
) -> None:
    url = postgresql()
    async with opened(url) as index:
        async with opened(url) as other:
            await asyncio.gather(other.run(remember, "a"), other.read(remembered))
        await index.read(remembered)

        def connections(connection: Connection) -> int:
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            return int(connection.exec_driver_sql(query).scalar_one())

        async with asyncio.timeout(WAIT_S):
            # The server takes a moment to see that a client has gone.
            while await index.read(connections) > 1:
                await asyncio.sleep(0.01)
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith("bambu_library")]
