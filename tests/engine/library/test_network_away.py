"""A shared library whose database or store goes away: receiving goes on, and what waits is filed when they are back, once."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
import hashlib
import itertools
from pathlib import Path
import signal
import subprocess
import sys
import threading

import pytest
from sqlalchemy import Connection

from custom_components.bambu_virtual_printer.engine.explanations import (
    NO_ANSWER,
    as_it_stands,
)
from custom_components.bambu_virtual_printer.engine.library import recovery
from custom_components.bambu_virtual_printer.engine.library.context import (
    LibraryContext,
)
from custom_components.bambu_virtual_printer.engine.library.index import instance_rows
from custom_components.bambu_virtual_printer.engine.library.index.driver_locks import (
    DriverLocks,
)
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import (
    BucketBackend,
    BucketSettings,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
    LibraryError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    IndexAway,
    IndexPresent,
    StorageLow,
    StoreAway,
    StorePresent,
    UploadHeld,
    UploadStored,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from scripts.servers.object_store import ObjectStore
from scripts.servers.postgresql import Server
from tests.engine.library.sharing import PATIENCE_S, House, until
from tests.support import library as support
from tests.support.library import IMMEDIATE, REVIEW, receive, settled
from tests.support.print_requests import REQUEST

type SlicedData = Callable[..., bytes]

ROOT = Path(__file__).parents[3]


pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def cottage(postgresql_server: Server, tmp_path: Path) -> House:
    """Return a library whose database a test may stop; its files are in a folder."""
    root = tmp_path / "store"
    root.mkdir()
    return House(
        folder=tmp_path / "instances",
        database_url=postgresql_server.new_database(),
        new_backend=partial(FolderBackend, root),
    )


async def acknowledged(
    library: Library, data: bytes, name: str, printer: object = IMMEDIATE
) -> str:
    """Send a file as a slicer does, and begin to decide about it as its printer does."""
    file = await receive(library.storage(printer), name, data)  # type: ignore[arg-type]
    library.receive(file, printer)  # type: ignore[arg-type]
    return file.id


async def archived(library: Library) -> list[str]:
    page = await library.archives(ArchiveQuery())
    return sorted(archive.id for archive in page.archives)


async def until_archived(library: Library, ids: list[str]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(LibraryError):
                if await archived(library) == sorted(ids):
                    return
            await asyncio.sleep(0.1)


async def test_uploads_are_received_without_the_database_and_filed_in_order(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    async with cottage.open("one") as (one, events), cottage.open("two") as (two, _):
        ids = [await acknowledged(one, sliced_data(seed=0), "0.gcode.3mf")]
        await until_archived(one, ids)
        postgresql_server.stop()
        for seed in range(1, 6):
            data = sliced_data(seed=seed)
            ids.append(await acknowledged(one, data, f"{seed}.gcode.3mf"))
        assert (await events.next(IndexAway)).reason
        held = await acknowledged(one, sliced_data(seed=9), "9.gcode.3mf", REVIEW)
        await events.next(UploadStored, count=7)
        with pytest.raises(IndexUnavailableError):
            await one.archives(ArchiveQuery())
        postgresql_server.start()
        await events.next(IndexPresent)
        await until_archived(two, ids)
        await events.next(UploadHeld)
        assert (await two.upload(held)).state is UploadState.PENDING
        await events.next(ArchiveAdded, count=len(ids))
        added = [event.archive.id for event in events.of(ArchiveAdded)]
        assert added == ids
        assert len(events.of(IndexAway)) == len(events.of(IndexPresent)) == 1
        await until(lambda: not cottage.local("one"))


async def test_the_budget_holds_while_the_database_is_away(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    data = sliced_data(seed=1)
    settings = replace(cottage.settings, budget_bytes=3 * len(data))
    async with replace(cottage, settings=settings).open("one") as (one, events):
        ids = [await acknowledged(one, data, "1.gcode.3mf")]
        await until_archived(one, ids)
        postgresql_server.stop()
        for number in (2, 3):
            ids.append(await acknowledged(one, data, f"{number}.gcode.3mf"))
            await settled(one)
        with pytest.raises(StorageFullError, match="budget"):
            await acknowledged(one, data, "4.gcode.3mf")
        postgresql_server.start()
        await until_archived(one, ids)
        one.settings = replace(settings, budget_bytes=4 * len(data))
        await one.maintain()
        ids.append(await acknowledged(one, data, "5.gcode.3mf"))
        await until_archived(one, ids)
        assert events.of(StorageLow)


async def test_a_full_disk_refuses_uploads_while_the_database_is_away(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    async with cottage.open("one") as (one, _):
        postgresql_server.stop()
        ids = [await acknowledged(one, sliced_data(seed=1), "1.gcode.3mf")]
        room = one.settings
        one.settings = replace(room, reserve_bytes=1 << 60)
        card = one.storage(IMMEDIATE)
        assert await card.free_bytes() == 0
        with pytest.raises(StorageFullError):
            await card.begin("2.gcode.3mf")
        one.settings = room
        ids.append(await acknowledged(one, sliced_data(seed=3), "3.gcode.3mf"))
        postgresql_server.start()
        await until_archived(one, ids)


async def test_no_more_is_kept_than_people_want_once_the_database_is_back(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    settings = replace(cottage.settings, keep_count=2)
    async with replace(cottage, settings=settings).open("one") as (one, events):
        await until_archived(
            one, [await acknowledged(one, sliced_data(seed=0), "0.gcode.3mf")]
        )
        postgresql_server.stop()
        ids = [
            await acknowledged(one, sliced_data(seed=seed), f"{seed}.gcode.3mf")
            for seed in range(1, 4)
        ]
        postgresql_server.start()
        await events.next(ArchiveAdded, count=4)
        await until_archived(one, ids[-2:])


async def test_what_slicers_asked_for_meanwhile_is_done(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    async with cottage.open("one") as (one, events):
        known = await acknowledged(one, sliced_data(seed=0), "0.gcode.3mf", REVIEW)
        await events.next(UploadHeld)
        postgresql_server.stop()
        waiting = await acknowledged(one, sliced_data(seed=1), "1.gcode.3mf", REVIEW)
        await events.next(IndexAway)
        for upload_id in (known, waiting):
            await one.print_requested(REQUEST, upload_id)
        postgresql_server.start()
        await events.next(UploadHeld, count=2)
        for upload_id in (known, waiting):
            assert [
                request.plate for request in (await one.upload(upload_id)).requests
            ] == [REQUEST.plate]


@pytest.mark.parametrize("is_lost", [True, False])
async def test_what_slicers_asked_for_is_done_when_filing_it_fails_halfway(
    cottage: House,
    postgresql_server: Server,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    is_lost: bool,
) -> None:
    recover = recovery.recover_uploads
    done = 0

    async def failing_once(context: LibraryContext) -> list[str]:
        nonlocal done
        if done == 0:
            done += 1
            if not is_lost:
                raise StorageError(as_it_stands("The folder cannot be read."))
            await asyncio.to_thread(postgresql_server.stop)
            try:
                return await recover(context)
            finally:
                await asyncio.to_thread(postgresql_server.start)
        found = await recover(context)
        done += 1
        return found

    async with cottage.open("one") as (one, events):
        known = await acknowledged(one, sliced_data(seed=0), "0.gcode.3mf", REVIEW)
        await events.next(UploadHeld)
        monkeypatch.setattr(recovery, "recover_uploads", failing_once)
        postgresql_server.stop()
        waiting = await acknowledged(one, sliced_data(seed=1), "1.gcode.3mf", REVIEW)
        await events.next(IndexAway)
        for upload_id in (known, waiting):
            await one.print_requested(REQUEST, upload_id)
        postgresql_server.start()
        await events.next(UploadHeld, count=2)
        assert done == 2
        for upload_id in (known, waiting):
            assert [
                request.plate for request in (await one.upload(upload_id)).requests
            ] == [REQUEST.plate]


async def test_the_store_and_the_database_go_and_come(
    s3: ObjectStore,
    postgresql_server: Server,
    tmp_path: Path,
    sliced_data: SlicedData,
) -> None:
    house = House(
        folder=tmp_path / "instances",
        database_url=postgresql_server.new_database(),
        new_backend=lambda: BucketBackend(s3.settings(prefix="both-away")),
    )
    data = {}
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        try:
            s3.kill()
            for seed in range(3):
                content = sliced_data(seed=seed)
                data[await acknowledged(one, content, f"{seed}.gcode.3mf")] = content
            await events.next(StoreAway)
            await until_archived(two, list(data))
            postgresql_server.stop()
            for seed in range(3, 6):
                content = sliced_data(seed=seed)
                data[await acknowledged(one, content, f"{seed}.gcode.3mf")] = content
            await events.next(IndexAway)
        finally:
            s3.start()
        postgresql_server.start()
        await events.next(IndexPresent)
        await until_archived(two, list(data))
        await events.next(StorePresent)
        await until(lambda: not house.local("one"))
        for item_id, content in data.items():
            path = await two.file_path(item_id)
            assert path is not None
            assert path.read_bytes() == content


RECEIVER = """
import asyncio, hashlib, sys
from functools import partial
from pathlib import Path
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import FolderBackend
from tests.engine.library.sharing import House
from tests.engine.library.test_network_away import acknowledged

async def main(folder, url, store, first, count):
    house = House(folder=Path(folder), database_url=url, new_backend=partial(FolderBackend, Path(store)))
    base = Path(folder, "base.gcode.3mf").read_bytes()
    async with house.open("one") as (library, events):
        print("ready", flush=True)
        for number in range(int(first), int(first) + int(count)):
            data = base + b"%09d" % number
            item_id = await acknowledged(library, data, f"{number}.gcode.3mf")
            print(item_id, hashlib.sha256(data).hexdigest(), flush=True)
        await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


@contextmanager
def receiver(
    house: House, store: Path, number: int, count: int
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", RECEIVER, str(house.folder)),
            *(house.database_url, str(store), str(number), str(count)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


async def test_nothing_acknowledged_is_lost_when_process_and_database_are_killed(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData, tmp_path: Path
) -> None:
    """SIGKILL while the database is there, while it is away, and right after it is back."""
    cottage.folder.mkdir()
    (cottage.folder / "base.gcode.3mf").write_bytes(sliced_data(seed=1))
    promised: dict[str, str] = {}

    def take(process: subprocess.Popen[str], count: int) -> None:
        assert process.stdout is not None
        while count:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the receiver has ended")
            if line != "ready\n":
                item_id, sha256 = line.split()
                promised[item_id] = sha256
                count -= 1

    for number, (before, away, after) in enumerate(
        [(3, 0, 0), (2, 4, 0), (1, 3, 2), (2, 2, 3)]
    ):
        # One more than is waited for is under way when it is killed.
        count = before + away + after + 1
        with receiver(cottage, tmp_path / "store", 100 * number, count) as process:
            await asyncio.to_thread(take, process, before)
            if away or after:
                await asyncio.to_thread(postgresql_server.stop)
                await asyncio.to_thread(take, process, away)
                if not after:
                    process.send_signal(signal.SIGKILL)
                await asyncio.to_thread(postgresql_server.start)
                await asyncio.to_thread(take, process, after)
    async with cottage.open("one") as (one, _), cottage.open("two") as (two, _):
        # What was received and never acknowledged may be there too.
        async with asyncio.timeout(PATIENCE_S):
            while not promised.keys() <= set(await all_ids(one)):
                await asyncio.sleep(0.2)
        await until(lambda: not cottage.local("one"))
        ids = await all_ids(two)
        assert len(ids) == len(set(ids))
        for item_id, sha256 in promised.items():
            path = await two.file_path(item_id)
            assert path is not None
            assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256


async def all_ids(library: Library) -> list[str]:
    ids: list[str] = []
    query = ArchiveQuery(limit=100)
    while True:
        page = await library.archives(query)
        ids += [archive.id for archive in page.archives]
        if page.cursor is None:
            return ids
        query = ArchiveQuery(limit=100, cursor=page.cursor)


async def test_a_file_that_nobody_can_take_back_is_not_kept(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    """An upload whose slicer has gone before it was acknowledged, while the database is away."""
    async with cottage.open("one") as (one, events):
        postgresql_server.stop()
        await acknowledged(one, sliced_data(seed=0), "0.gcode.3mf")
        await events.next(IndexAway)
        card = one.storage(IMMEDIATE)
        incoming = await card.begin("1.gcode.3mf")
        data = sliced_data(seed=1)
        await asyncio.to_thread(support.write_upload, incoming.path, data)
        sending = asyncio.create_task(support.commit(card, incoming, data))
        await asyncio.sleep(0)
        sending.cancel()
        await asyncio.wait([sending])
        await support.settled(one)
        assert not any("1.gcode" in name for name in cottage.local("one"))
        postgresql_server.start()
        await events.next(IndexPresent)


async def test_threads_and_memory_do_not_grow_while_the_store_is_away(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events):
        stored = one._context.stored
        assert stored is not None
        place = stored.backend
        monkeypatch.setattr(
            stored,
            "backend",
            BucketBackend(
                BucketSettings(
                    endpoint="http://127.0.0.1:9",
                    bucket="prints",
                    access_key="a",
                    secret_key="b",
                )
            ),
        )
        for seed in range(3):
            await acknowledged(one, sliced_data(seed=seed), f"{seed}.gcode.3mf")
        await events.next(ArchiveAdded, count=3)
        await events.next(StoreAway)
        before = threading.active_count()
        for seed in range(3, 33):
            await acknowledged(one, sliced_data(seed=seed), f"{seed}.gcode.3mf")
        await events.next(ArchiveAdded, count=33)
        # Threads of the library's workers begin when they are needed.
        assert threading.active_count() <= before + 10
        assert len(events.of(StoreAway)) == 1
        monkeypatch.setattr(stored, "backend", place)
        await until(lambda: not house.local("one"))


async def test_a_store_that_is_away_is_told_also_while_nothing_has_to_go_there(
    cottage: House, tmp_path: Path
) -> None:
    async with cottage.open("one") as (_, events):
        for count in (1, 2):
            (tmp_path / "store").rename(tmp_path / "unplugged")
            away = await events.next(StoreAway, count=count)
            assert away.place == str(tmp_path / "store")
            (tmp_path / "unplugged").rename(tmp_path / "store")
            await events.next(StorePresent, count=count)


async def test_what_it_takes_to_use_the_index_is_begun_once_whatever_fails_after_it(
    cottage: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that keep a printer's lock would take it from each other."""
    begun: list[DriverLocks] = []
    start, now = DriverLocks.start, instance_rows.now
    asked = itertools.count()

    def started(self: DriverLocks) -> None:
        begun.append(self)
        start(self)

    def fails_first(connection: Connection) -> datetime:
        if not next(asked):
            raise IndexUnavailableError(NO_ANSWER)
        return now(connection)

    monkeypatch.setattr(DriverLocks, "start", started)
    monkeypatch.setattr(instance_rows, "now", fails_first)
    async with cottage.open("one") as (_, events):
        await events.next(IndexAway)
        await events.next(IndexPresent)
        assert len(begun) == 1
