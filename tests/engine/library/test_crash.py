"""The process dies, at every single step and at any moment: no acknowledged file is lost, none is there twice."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
import errno
import hashlib
import itertools
import os
from pathlib import Path
from random import Random
import signal
import sqlite3
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.marker import (
    MARKER_FILE,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Archive,
    ArchiveQuery,
    Upload,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from custom_components.bambu_virtual_printer.engine.values import PrinterRef
from tests.engine.library.threemf.packages import PNG, config, package, plate
from tests.support.crashes import DISK_STEPS, Death, DiedError, dying
from tests.support.library import (
    IMMEDIATE,
    REVIEW,
    Events,
    Home,
    commit,
    receive,
    settled,
)

type SlicedData = Callable[..., bytes]

ROOT = Path(__file__).parents[3]


async def send_and_decide(
    library: Library, printer: PrinterRef, data: bytes, acknowledged: list[str]
) -> None:
    file = await receive(library.storage(printer), "Cube.3mf", data)
    acknowledged.append(file.id)
    library.intake(file.id)
    while tasks := library._context.tasks.copy():
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome


async def ids_kept(library: Library) -> list[str]:
    """Return every upload or archive the library knows of and has a good file for."""
    items: list[Archive | Upload] = []
    archives = await library.archives(ArchiveQuery())
    items += archives.archives
    while archives.cursor:
        archives = await library.archives(ArchiveQuery(cursor=archives.cursor))
        items += archives.archives
    uploads = await library.pending.page()
    items += uploads.uploads
    while uploads.cursor:
        uploads = await library.pending.page(cursor=uploads.cursor)
        items += uploads.uploads
    kept = []
    for item in items:
        path = await library.file_path(item.id)
        assert path is not None, item
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest == item.file.sha256, item
        kept.append(item.id)
    return kept


async def check_after_a_crash(home: Home, acknowledged: list[str]) -> list[str]:
    """Start again and check that there is one of everything that was acknowledged, and no rubbish."""
    async with home.open() as (library, _):
        await settled(library)
        kept = await ids_kept(library)
        assert len(kept) == len(set(kept))
        assert set(acknowledged) <= set(kept)
        # All that is on the disk belongs to something.
        places = {Path(name).parent.name for name in home.files()}
        assert places == set(kept)
        assert not list((home.folder / "inbox").iterdir())
        assert len(home.sliced_files()) == len(kept)
        return kept


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("printer", [IMMEDIATE, REVIEW], ids=["immediate", "review"])
async def test_dying_at_any_step_of_an_upload_loses_nothing_and_doubles_nothing(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    printer: PrinterRef,
    after: bool,
) -> None:
    data = sliced_data()
    acknowledged: list[str] = []
    lifetime = 0
    while True:
        lifetime += 1
        library = home.library()
        await library.__aenter__()
        await settled(library)
        death = Death(lifetime, after=after)
        with dying(death, monkeypatch), suppress(DiedError):
            await send_and_decide(library, printer, data, acknowledged)
        await library.__aexit__()
        kept = await check_after_a_crash(home, acknowledged)
        # A file whose acknowledgement got lost may be there; of each attempt at most one.
        assert len(kept) <= lifetime
        if not death.is_dead:
            break
    assert lifetime > 10
    assert acknowledged


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("elsewhere", ["pending", "archive"])
async def test_dying_at_any_step_of_a_move_to_another_disk_loses_nothing(
    home: Home,
    other_disk: Path,
    elsewhere: str,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    after: bool,
) -> None:
    home.folder.mkdir()
    (home.folder / elsewhere).symlink_to(other_disk)
    acknowledged: list[str] = []
    lifetime = 0
    is_alive = False
    while not is_alive:
        lifetime += 1
        library = home.library()
        await library.__aenter__()
        await settled(library)
        death = Death(lifetime, after=after)
        with dying(death, monkeypatch), suppress(DiedError):
            await send_and_decide(library, IMMEDIATE, sliced_data(), acknowledged)
        is_alive = not death.is_dead
        await library.__aexit__()
        async with home.open() as (library, _):
            await settled(library)
            kept = await ids_kept(library)
            assert set(acknowledged) <= set(kept)
            assert len(kept) == len(set(kept))
        files = (home.folder / "archive").rglob("*.3mf")
        places = {path.parent.name for path in files}
        assert places == set(kept)
        assert not list((home.folder / "inbox").iterdir())
        pending = {path.name for path in (home.folder / "pending").iterdir()}
        assert pending == {MARKER_FILE}
    assert lifetime > 15


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("purge", [False, True], ids=["deleted", "purged"])
async def test_dying_at_any_step_of_a_deletion_leaves_the_archive_or_nothing(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    purge: bool,
    after: bool,
) -> None:
    lifetime = 0
    while True:
        lifetime += 1
        events = Events()
        library = home.library(events)
        await library.__aenter__()
        await settled(library)
        acknowledged: list[str] = []
        await send_and_decide(library, IMMEDIATE, sliced_data(), acknowledged)
        death = Death(lifetime, after=after)
        with dying(death, monkeypatch), suppress(DiedError):
            await library.delete_archive(acknowledged[0], purge=purge)
        await library.__aexit__()
        kept = await check_after_a_crash(home, [])
        assert set(kept) <= set(acknowledged)
        async with home.open() as (library, _):
            for item_id in kept:
                await library.delete_archive(item_id, purge=purge)
        if not death.is_dead:
            assert kept == []
            break
    assert lifetime > 5


class Fault:
    """Lets some steps in a row fail, on the disk and in the index alike; those before and after succeed."""

    def __init__(self, first: int, *, count: int) -> None:
        """The steps from `first` on fail, `count` of them."""
        self.has_happened = False
        self._steps = itertools.count(1)
        self._failing = range(first, first + count)

    def step(self, error: Exception) -> None:
        if next(self._steps) in self._failing:
            self.has_happened = True
            raise error


@contextmanager
def faulty(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Count every change of the disk and of the index as a step that may fail."""

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            fault.step(OSError(errno.EIO, os.strerror(errno.EIO)))
            return real(*args, **kwargs)

        return call

    def fail_to_commit(_: Any) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        fault.step(OperationalError("COMMIT", {}, error))

    event.listen(Engine, "commit", fail_to_commit)
    with monkeypatch.context() as patch:
        for name in DISK_STEPS:
            patch.setattr(os, name, counted(getattr(os, name)))
        try:
            yield
        finally:
            event.remove(Engine, "commit", fail_to_commit)


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("printer", [IMMEDIATE, REVIEW], ids=["immediate", "review"])
async def test_errors_at_any_step_lose_no_upload_and_need_no_restart(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    printer: PrinterRef,
    count: int,
) -> None:
    data = sliced_data()
    for first in itertools.count(1):
        fault = Fault(first, count=count)
        acknowledged = []
        async with home.open() as (library, _):
            await settled(library)
            with faulty(fault, monkeypatch), suppress(StorageError):
                card = library.storage(printer)
                incoming = await card.begin("Cube.3mf")
                incoming.path.write_bytes(data)
                file = await commit(card, incoming, data)
                acknowledged.append(file.id)
                library.intake(file.id)
                await settled(library)
                if printer is REVIEW:
                    await library.pending.approve_to_queue(file.id)
            await settled(library)
            await library.maintain(datetime.now(UTC) + timedelta(hours=1))
            await settled(library)
            pending = (await library.pending.page()).uploads
            assert {upload.id for upload in pending} <= set(acknowledged)
            for upload in pending:
                await library.pending.approve_to_archive(upload.id)
            page = await library.archives(ArchiveQuery())
            assert [archive.id for archive in page.archives] == acknowledged
        kept = await check_after_a_crash(home, acknowledged)
        async with home.open() as (library, _):
            for item_id in acknowledged:
                await library.delete_archive(item_id)
            # A refused upload that could not be removed either waits now; the slicer sends it once more.
            await settled(library)
            for item_id in set(kept) - set(acknowledged):
                if printer is IMMEDIATE:
                    await library.delete_archive(item_id)
                else:
                    await library.pending.discard(item_id)
        assert home.files() == set()
        if not fault.has_happened:
            break
    assert first > 10


CHILD = """
import asyncio, sys
from pathlib import Path
from tests.support.library import Home, IMMEDIATE, REVIEW, receive

async def main():
    home = Home(folder=Path(sys.argv[1]), database_url=sys.argv[2])
    data = Path(sys.argv[3]).read_bytes()
    async with home.open() as (library, _):
        print("ready", flush=True)
        async def send(printer):
            while True:
                file = await receive(library.storage(printer), "Cube.3mf", data)
                print("ack", file.id, flush=True)
                library.intake(file.id)
        await asyncio.gather(send(IMMEDIATE), send(REVIEW), send(IMMEDIATE))

asyncio.run(main())
"""


async def kill_rounds(home: Home, file: Path, rounds: int, seed: int) -> int:
    """Kill a process that takes uploads in, again and again. Returns how many were acknowledged."""
    random = Random(seed)
    acknowledged: list[str] = []
    for _ in range(rounds):
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            CHILD,
            str(home.folder),
            home.database_url,
            str(file),
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert child.stdout is not None
        assert await asyncio.wait_for(child.stdout.readline(), 60) == b"ready\n"
        for _ in range(random.randint(1, 8)):
            line = await asyncio.wait_for(child.stdout.readline(), 60)
            acknowledged.append(line.split()[1].decode())
        await asyncio.sleep(random.uniform(0, 0.02))
        child.send_signal(signal.SIGKILL)
        rest = await child.stdout.read()
        await child.wait()
        # A line that was cut off was not read by anybody.
        lines = rest.decode().splitlines(keepends=True)
        acknowledged += [line.split()[1] for line in lines if line.endswith("\n")]
        await check_after_a_crash(home, acknowledged)
    return len(acknowledged)


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    """Return a 3MF of few bytes, of which there will be thousands."""
    path = tmp_path / "small.3mf"
    members: dict[str, str | bytes] = {
        "Metadata/slice_info.config": config(plate()),
        "Metadata/plate_1.gcode": "G28",
        "Metadata/plate_1.png": PNG,
    }
    path.write_bytes(package(members))
    return path


async def test_killing_the_process_at_random_moments_loses_nothing(
    home: Home, small_file: Path
) -> None:
    assert await kill_rounds(home, small_file, rounds=2, seed=1) >= 2


@pytest.mark.slow
async def test_killing_the_process_two_hundred_times_loses_nothing(
    home: Home, small_file: Path
) -> None:
    assert await kill_rounds(home, small_file, rounds=200, seed=2) >= 200


async def test_an_index_on_a_full_disk_refuses_uploads_and_loses_nothing(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        await send_and_decide(library, IMMEDIATE, sliced_data(), [])

        def fill_up(connection: Any) -> None:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        await library._context.index.run(fill_up)
        acknowledged = []

        async def fill_the_index() -> None:
            for number in range(500):
                name = f"{number}{'x' * 200}.3mf"
                file = await receive(library.storage(IMMEDIATE), name, sliced_data())
                acknowledged.append(file.id)

        with pytest.raises(IndexUnavailableError, match="database or disk is full"):
            await fill_the_index()
        assert not list((home.folder / "inbox").iterdir())
        assert len(home.sliced_files()) == 1 + len(acknowledged)
        assert len(events.of(ArchiveAdded)) == 1
        assert events.of(UploadHeld) == []
    await check_after_a_crash(home, acknowledged)
