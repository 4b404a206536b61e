"""Taking files to the store: a few at once, in bounded memory, and on after any error."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict
import errno
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys
import threading
from typing import Any

import pytest
from sqlalchemy import Connection

from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library import store_worker, storing
from custom_components.bambu_virtual_printer.engine.library.index import stored_rows
from custom_components.bambu_virtual_printer.engine.library.index.stored_rows import (
    Standing,
)
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store import cache
from custom_components.bambu_virtual_printer.engine.library.store.backend.keys import (
    sidecar_key,
)
from custom_components.bambu_virtual_printer.engine.library.store.disk import explained
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
    unreadable,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    FilesUnfit,
    StoreAway,
    StorePresent,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveChanges,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    StoreBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreFault,
    store_error,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from scripts.servers.object_store import ObjectStore
from tests.engine.library.sharing import PATIENCE_S, House, until
from tests.support.library import archive_file, hold_file
from tests.support.pictures import PICTURES

type SlicedData = Callable[..., bytes]

ROOT = Path(__file__).parents[3]
MIB = 1024 * 1024


pytestmark = pytest.mark.usefixtures("impatient")


def backend_of(library: Library) -> StoreBackend:
    assert library._context.stored is not None
    return library._context.stored.backend


async def test_small_files_do_not_wait_for_a_large_one(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events):
        backend = backend_of(one)
        put = backend.put
        go_on, counting = threading.Event(), threading.Lock()
        held: list[str] = []
        under_way: set[str] = set()
        most = 0

        def slow(key: str, path: Path, sha256: str) -> None:
            nonlocal most
            with counting:
                if is_large := not held and key.endswith(".3mf"):
                    held.append(key)
            if is_large:
                go_on.wait(PATIENCE_S)
            with counting:
                under_way.add(key)
                most = max(most, len(under_way))
            put(key, path, sha256)
            with counting:
                under_way.discard(key)

        monkeypatch.setattr(type(backend), "put", lambda _self, *args: slow(*args))
        try:
            for seed in range(8):
                await archive_file(one, events, sliced_data(seed=seed))
            await until(
                lambda: sum(key.endswith("upload.json") for key in house.stored()) == 7
            )
            assert held[0] not in house.stored()
        finally:
            go_on.set()
        await until(lambda: not house.local("one"))
        assert held[0] in house.stored()
        assert most <= storing.AT_ONCE


async def test_it_goes_on_after_an_error_that_nobody_foresaw(
    house: House,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with house.open("one") as (one, events):
        backend = backend_of(one)
        put = backend.put
        failures = iter(range(3))

        def fail(key: str, path: Path, sha256: str) -> None:
            if next(failures, None) is not None:
                raise RuntimeError("a defect")
            put(key, path, sha256)

        monkeypatch.setattr(type(backend), "put", lambda _self, *args: fail(*args))
        await archive_file(one, events, sliced_data(seed=1))
        await until(lambda: not house.local("one"))
        assert "tried again later" in caplog.text


async def test_what_is_not_decided_about_is_looked_at_again_when_there_is_news(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing but news begins a round.
    monkeypatch.setattr(storing, "LOOK_EVERY_S", 3600.0)
    looks: list[str] = []
    is_decided = threading.Event()
    standing = stored_rows.standing

    def _undecided(connection: Connection, item_id: str) -> Standing:
        # The first one that is asked about.
        if not is_decided.is_set() and item_id == (looks or [item_id])[0]:
            looks.append(item_id)
            return Standing.UNDECIDED
        return standing(connection, item_id)

    monkeypatch.setattr(stored_rows, "standing", _undecided)
    async with house.open("one") as (one, events):
        await archive_file(one, events, sliced_data(seed=1))
        await until(lambda: looks)
        second = await archive_file(one, events, sliced_data(seed=2))
        await until(
            lambda: sidecar_key(second.archive.id) in house.stored(),
        )
        # Once for each piece of news, and not again and again.
        assert len(looks) < 10
        is_decided.set()
        one._context.store_wanted.set()
        await until(lambda: not house.local("one"))


async def test_the_cache_is_bounded_also_while_nothing_can_be_stored(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "IN_USE_FOR_S", 0.0)
    async with (
        house.open("one") as (one, events),
        house.open("two", cache_bytes=0) as (two, events_of_two),
    ):
        item_id = (await archive_file(one, events, sliced_data(seed=1))).archive.id
        await until(lambda: not house.local("one"))

        def _full(*_: object) -> None:
            raise store_error(StoreFault.FULL, "the store")

        monkeypatch.setattr(backend_of(two), "put", _full)
        await archive_file(two, events_of_two, sliced_data(seed=2))
        await events_of_two.next(StoreAway)
        assert await two.file_path(item_id)
        await until(lambda: house.cached("two") == [])


async def test_a_store_that_hangs_is_told_of_and_gone_on_with(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A look that was under way when it began to hang is waited for so long; the others not even that.
    monkeypatch.setattr(store_worker, "THERE_WITHIN_S", 5.0)
    monkeypatch.setattr(store_worker, "LOOK_EVERY_S", 0.1)
    is_back = threading.Event()
    async with house.open("one") as (one, events):
        backend = backend_of(one)
        looking = one._upkeep._storing._worker._looking  # type: ignore[union-attr]
        try:
            looking._answer_within_s = 0.2
            for name in ("put", "marked_as"):

                def _hangs(
                    *args: Any, do: Callable[..., Any] = getattr(backend, name)
                ) -> Any:
                    is_back.wait()
                    return do(*args)

                monkeypatch.setattr(backend, name, _hangs)
            await archive_file(one, events, sliced_data(seed=1))
            await events.next(StoreAway)
            # Receiving goes on.
            await archive_file(one, events, sliced_data(seed=2))
        finally:
            looking._answer_within_s = 5.0
            is_back.set()
        await events.next(StorePresent)
        await until(lambda: not house.local("one"))
        assert len(events.of(StoreAway)) == 1


async def test_what_cannot_be_removed_keeps_nothing_else_in_the_store(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events):
        ids = [
            (await archive_file(one, events, sliced_data(seed=seed))).archive.id
            for seed in range(3)
        ]
        await until(lambda: not house.local("one"))
        remove = backend_of(one).remove

        def _keeps_one(key: str) -> None:
            if ids[0] in key:
                raise store_error(StoreFault.NOT_REMOVED, "the store")
            remove(key)

        with monkeypatch.context() as patch:
            patch.setattr(backend_of(one), "remove", _keeps_one)
            for item_id in ids:
                await one.delete_archive(item_id, purge=True)
            await events.next(StoreAway)
            await until(
                lambda: {key.split("/")[2] for key in house.stored()} == {ids[0]}
            )
        await until(lambda: not house.stored())
        await events.next(StorePresent)


async def test_a_full_store_is_emptied_of_what_is_deleted_and_takes_the_rest_then(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events):
        item_id = (await archive_file(one, events, sliced_data(seed=1))).archive.id
        await until(lambda: not house.local("one"))
        put = backend_of(one).put

        def _full(*args: Any) -> None:
            if house.stored():
                raise store_error(StoreFault.FULL, "the store")
            put(*args)

        monkeypatch.setattr(backend_of(one), "put", _full)
        other = (await archive_file(one, events, sliced_data(seed=2))).archive.id
        await events.next(StoreAway)
        await one.delete_archive(item_id, purge=True)
        await until(lambda: not any(item_id in key for key in house.stored()))
        # It takes only the first file then, and that is enough to see.
        await until(lambda: any(other in key for key in house.stored()))


async def test_what_is_approved_while_it_is_put_is_put_from_its_new_place(
    house: House,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with house.open("one") as (one, events):
        backend = backend_of(one)
        put = backend.put
        begun, go_on = threading.Event(), threading.Event()

        def _slow(key: str, path: Path, sha256: str) -> None:
            if key.endswith(".3mf") and not go_on.is_set():
                begun.set()
                go_on.wait(PATIENCE_S)
            put(key, path, sha256)

        monkeypatch.setattr(backend, "put", _slow)
        try:
            held = (await hold_file(one, events, sliced_data(seed=1))).upload
            await until(begun.is_set)
            await one.pending.approve_to_archive(held.id)
        finally:
            go_on.set()
        await until(lambda: not house.local("one"))
        assert sidecar_key(held.id) in house.stored()
        assert await one.file_path(held.id)
        assert not events.of(StoreAway)
        assert "is not stored" not in caplog.text


async def test_what_is_removed_while_it_is_put_is_not_missed(
    house: House,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with house.open("one") as (one, events):
        backend = backend_of(one)
        put = backend.put
        begun, go_on = threading.Event(), threading.Event()

        def _slow(key: str, path: Path, sha256: str) -> None:
            put(key, path, sha256)
            begun.set()
            go_on.wait(PATIENCE_S)

        monkeypatch.setattr(backend, "put", _slow)
        try:
            archive = (await archive_file(one, events, sliced_data(seed=1))).archive
            await until(begun.is_set)
            await one.delete_archive(archive.id, purge=True)
        finally:
            go_on.set()
        await until(lambda: not house.stored() and not house.local("one"))
        # In another round.
        await archive_file(one, events, sliced_data(seed=2))
        await until(lambda: not house.local("one"))
        assert not events.of(StoreAway)
        assert "is not stored" not in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        store_error(StoreFault.FAILED, "the store", "413"),
        store_error(StoreFault.NOT_WRITTEN, "the store"),
        # As a folder says of a file that cannot be read.
        store_error(StoreFault.UNREACHABLE, "the store"),
        StorageError(as_it_stands("Cube.gcode.3mf cannot be read.")),
    ],
    ids=["refused", "denied", "input", "local"],
)
async def test_files_that_always_fail_stop_nothing_behind_them(
    house: House,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    error: StorageError,
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, told):
        gone, noted = [
            (await archive_file(two, told, sliced_data(seed=seed))).archive.id
            for seed in range(2)
        ]
        await until(lambda: not house.local("two"))
        backend = backend_of(one)
        put = backend.put
        tries: Counter[str] = Counter()
        rounds: list[None] = []

        def _fails(key: str, path: Path, sha256: str) -> None:
            if path.name == "Bad.gcode.3mf":
                tries[key] += 1
                raise error
            put(key, path, sha256)

        remove = storing.Storing._remove

        async def _counted(self: storing.Storing) -> Exception | None:
            rounds.append(None)
            return await remove(self)

        with monkeypatch.context() as patch:
            patch.setattr(storing.Storing, "_remove", _counted)
            patch.setattr(backend, "put", _fails)
            for seed in range(storing.AT_ONCE + 1):
                data = sliced_data(seed=10 + seed)
                await archive_file(one, events, data, "Bad.gcode.3mf")
            good = (await archive_file(one, events, sliced_data(seed=20))).archive.id
            await until(lambda: sidecar_key(good) in house.stored())
            assert (await events.next(StoreAway)).reason == error.explanation
            # Nor do they stop anything else.
            await one.delete_archive(gone, purge=True)
            await one.update_archive(noted, ArchiveChanges(notes="Seen"))
            await until(
                lambda: (
                    not any(gone in key for key in house.stored())
                    and not [*(house.working_folder("one") / "renewals").iterdir()]
                )
            )
            assert len(tries) == storing.AT_ONCE + 1
            assert max(tries.values()) <= len(rounds) + 1
        await events.next(StorePresent)
        await until(lambda: not house.local("one"))
        assert len(events.of(StoreAway)) == 1


def removing_halfway(monkeypatch: pytest.MonkeyPatch, *, local: Path) -> list[Path]:
    """Have the cache refuse what is stored, and only the sliced file of it be removed, once. Returns what was removed so."""
    removed: list[Path] = []
    rename, rmtree = Path.rename, shutil.rmtree

    def refuse(self: Path, target: Path) -> Path:
        if cache.CACHE in target.parts:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    def halfway(folder: Path, *args: Any, **kwargs: Any) -> None:
        if folder.is_relative_to(local) and folder.is_dir() and not removed:
            removed.append(folder)
            for path in folder.glob("*.3mf"):
                path.unlink()
            raise OSError(errno.ENOTEMPTY, "Directory not empty")
        rmtree(folder, *args, **kwargs)

    monkeypatch.setattr(Path, "rename", refuse)
    monkeypatch.setattr(shutil, "rmtree", halfway)
    return removed


async def test_a_local_folder_that_is_removed_halfway_takes_nothing_from_the_store(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed = removing_halfway(
        monkeypatch, local=house.working_folder("one") / "archive"
    )
    monkeypatch.setattr(storing, "SWEEP_EVERY_S", 0.0)
    data = sliced_data(seed=1)
    async with house.open("one") as (one, events):
        archive = (await archive_file(one, events, data)).archive
        await until(lambda: removed and not house.local("one"))
        # What was left is removed in another round.
        archives = house.working_folder("one") / "archive"
        await until(lambda: not [*archives.glob("*/*/*")])
        path = await one.file_path(archive.id)
        assert path
        assert path.read_bytes() == data


@contextmanager
def not_marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the index be away whenever an item was put."""

    def away(*_: object) -> bool:
        raise IndexUnavailableError(as_it_stands("away"))

    with monkeypatch.context() as patch:
        patch.setattr(storing, "_mark_stored", away)
        yield


@pytest.mark.parametrize("restarts", [False, True])
async def test_what_is_lost_here_after_it_was_put_stays_in_the_store(
    house: House,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    restarts: bool,
) -> None:
    data = sliced_data(seed=1)
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(PICTURES["JPEG"])
    local = house.working_folder("one")
    async with AsyncExitStack() as stack:
        one, events = await stack.enter_async_context(house.open("one"))
        with not_marked(monkeypatch):
            archive = (await archive_file(one, events, data)).archive
            await one.add_photo(archive.id, picture)
            await until(
                lambda: (
                    sidecar_key(archive.id) in house.stored()
                    and any("/photos/" in key for key in house.stored())
                )
            )
            for path in [*local.rglob("*.3mf"), *local.rglob("*.jpg")]:
                path.unlink()
            if restarts:
                await stack.aclose()
        if restarts:
            one, events = await stack.enter_async_context(house.open("one"))
        await until(lambda: not house.local("one"))
        path = await one.file_path(archive.id)
        assert path
        assert path.read_bytes() == data
        assert len(await one.photos(archive.id)) == 1
        assert not events.of(StoreAway)


def damaged(path: Path) -> None:
    """Have a disk that loses a bit, which nobody has written."""
    content, status = path.read_bytes(), path.stat()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("spoil", [damaged, Path.unlink], ids=["damaged", "lost"])
async def test_a_file_that_is_spoilt_before_it_was_put_is_told_of_and_not_sent_again(
    house: House,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], None],
) -> None:
    data = sliced_data(seed=1)
    async with house.open("one") as (one, events):
        backend = backend_of(one)
        put = backend.put
        sent: list[str] = []

        def spoiling(key: str, path: Path, sha256: str) -> None:
            if path.name == "Bad.gcode.3mf":
                if not sent:
                    spoil(path)
                sent.append(key)
            put(key, path, sha256)

        monkeypatch.setattr(backend, "put", spoiling)
        bad = (await archive_file(one, events, data, "Bad.gcode.3mf")).archive
        assert (await events.next(FilesUnfit)).names == ("Bad.gcode.3mf",)
        # Others are stored, round by round.
        for seed in range(2, 5):
            other = (await archive_file(one, events, sliced_data(seed=seed))).archive
            await until(lambda key=sidecar_key(other.id): key in house.stored())
        assert len(sent) == 1
        assert not events.of(StoreAway)
        where = await one._context.index.read(stored_rows.whereabouts, bad.id)
        assert where is not None
        assert not where.is_stored
        assert sidecar_key(bad.id) not in house.stored()
        # As from a backup.
        folder = one._context.folder.folder(bad.id)
        assert folder
        (folder / "Bad.gcode.3mf").write_bytes(data)
        one._context.store_wanted.set()
        assert (await events.next(FilesUnfit, count=2)).names == ()
        await until(lambda: not house.local("one"))
        path = await one.file_path(bad.id)
        assert path
        assert path.read_bytes() == data


async def test_a_file_that_the_disk_does_not_give_is_told_of_once_and_tried_again(
    house: House,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with house.open("one") as (one, events):
        backend = backend_of(one)
        put = backend.put
        is_bad = threading.Event()
        is_bad.set()
        tried: list[str] = []

        def failing(key: str, path: Path, sha256: str) -> None:
            with explained(unreadable(path.name)):
                if path.name == "Bad.gcode.3mf" and is_bad.is_set():
                    tried.append(key)
                    raise OSError(errno.EIO, "Input/output error")
            put(key, path, sha256)

        monkeypatch.setattr(backend, "put", failing)
        bad = await archive_file(one, events, sliced_data(seed=1), "Bad.gcode.3mf")
        assert (await events.next(FilesUnfit)).names == ("Bad.gcode.3mf",)
        other = (await archive_file(one, events, sliced_data(seed=2))).archive
        await until(lambda: sidecar_key(other.id) in house.stored())
        assert not events.of(StoreAway)

        for times in (2, 3):
            one._context.store_wanted.set()
            await until(lambda times=times: len(tried) >= times)
        assert caplog.text.count("Bad.gcode.3mf of ") == 1
        is_bad.clear()
        one._context.store_wanted.set()
        assert (await events.next(FilesUnfit, count=2)).names == ()
        await until(lambda: sidecar_key(bad.archive.id) in house.stored())


async def test_a_store_that_damages_a_file_is_told_of_and_gets_the_others(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events):
        backend = backend_of(one)
        put = backend.put

        def damaging(key: str, path: Path, sha256: str) -> None:
            if path.name == "Bad.gcode.3mf":
                raise store_error(StoreFault.DIFFERS, "the store", path.name)
            put(key, path, sha256)

        with monkeypatch.context() as patch:
            patch.setattr(backend, "put", damaging)
            bad = await archive_file(one, events, sliced_data(seed=1), "Bad.gcode.3mf")
            other = await archive_file(one, events, sliced_data(seed=2))
            reason = str((await events.next(StoreAway)).reason)
            assert reason == "Bad.gcode.3mf in the store is damaged."
            await until(lambda: sidecar_key(other.archive.id) in house.stored())
        assert sidecar_key(bad.archive.id) not in house.stored()
        assert not events.of(FilesUnfit)
        await events.next(StorePresent)
        assert sidecar_key(bad.archive.id) in house.stored()


async def test_a_spoilt_file_that_the_store_has_whole_makes_room_for_it(
    house: House, sliced_data: SlicedData
) -> None:
    data = sliced_data(seed=1)
    async with house.open("one") as (one, events):
        one._context.stored.is_in_use = lambda _: True  # type: ignore[union-attr, method-assign]
        archive = (await archive_file(one, events, data)).archive
        await until(lambda: sidecar_key(archive.id) in house.stored())
        folder = one._context.folder.folder(archive.id)
        assert folder
    damaged(folder / archive.file_name)
    async with house.open("one") as (one, events):
        await until(lambda: not house.local("one"))
        path = await one.file_path(archive.id)
        assert path
        assert path.read_bytes() == data
        assert not events.of(FilesUnfit)


async def test_a_spoilt_file_that_is_deleted_is_told_of_no_more(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events):
        backend = backend_of(one)
        put = backend.put

        def spoiling(key: str, path: Path, sha256: str) -> None:
            if path.suffix == ".3mf":
                damaged(path)
            put(key, path, sha256)

        monkeypatch.setattr(backend, "put", spoiling)
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        assert (await events.next(FilesUnfit)).names == ("Cube.gcode.3mf",)
        await one.delete_archive(archive.id, purge=True)
        assert (await events.next(FilesUnfit, count=2)).names == ()
        assert not house.local("one")


async def test_a_file_that_the_disk_does_not_tell_of_is_not_taken_for_none(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that answers with an error has every file all the same."""
    failing = threading.Event()
    local = str(house.working_folder("one"))
    stat = os.stat

    def faulty(path: Any, *args: Any, **options: Any) -> Any:
        place = str(path)
        if failing.is_set() and place.startswith(local) and place.endswith(".3mf"):
            raise OSError(errno.EIO, "Input/output error")
        return stat(path, *args, **options)

    monkeypatch.setattr(os, "stat", faulty)
    data = sliced_data(seed=1)
    async with house.open("one") as (one, events):
        with not_marked(monkeypatch):
            archive = (await archive_file(one, events, data)).archive
            await until(lambda: sidecar_key(archive.id) in house.stored())
            failing.set()
            assert "cannot be kept" in str((await events.next(StoreAway)).reason)
        assert house.local("one")
        failing.clear()
        await until(lambda: not house.local("one"))
        path = await one.file_path(archive.id)
        assert path
        assert path.read_bytes() == data


async def test_a_photo_that_is_removed_before_its_item_is_stored_goes_from_the_store(
    house: House,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Also by the next start, which does not know what was put."""
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(PICTURES["JPEG"])
    with not_marked(monkeypatch):
        async with house.open("one") as (one, events):
            archive = (await archive_file(one, events, sliced_data(seed=1))).archive
            first = await one.add_photo(archive.id, picture)
            second = await one.add_photo(archive.id, picture)
            third = await one.add_photo(archive.id, picture)
            await until(
                lambda: sum("/photos/" in key for key in house.stored()) == 3,
            )
            await one.remove_photo(archive.id, first.id)
            await until(lambda: not any(first.id in key for key in house.stored()))
        async with house.open("one") as (one, events):
            await one.remove_photo(archive.id, second.id)
            await until(lambda: not any(second.id in key for key in house.stored()))
    async with house.open("one") as (one, events):
        await until(lambda: not house.local("one"))
        assert await one.photos(archive.id) == (third,)


PUTTER = """
import json, sys, threading
from pathlib import Path
from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import BucketBackend, BucketSettings
from custom_components.bambu_virtual_printer.engine.library.store.disk import file_sha256

def measured(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024

store = BucketBackend(BucketSettings(**json.loads(sys.argv[1])))
small, large, at_once = Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
store.put("small", small, file_sha256(small))
sha256 = file_sha256(large)
before = measured("VmRSS:")
threads = [threading.Thread(target=store.put, args=(f"large-{n}", large, sha256)) for n in range(at_once)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sizes = [store.sizes(f"large-{n}").get(f"large-{n}") for n in range(at_once)]
print(json.dumps({"grown": measured("VmHWM:") - before, "sizes": sizes}))
"""


@pytest.mark.timeout(400)
async def test_large_files_are_stored_in_little_memory(
    s3: ObjectStore, tmp_path: Path
) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"small")
    size = 64 * MIB
    with large.open("wb") as file:
        file.truncate(size)
    said = await asyncio.to_thread(
        subprocess.run,
        [
            *(sys.executable, "-c", PUTTER),
            json.dumps(asdict(s3.settings(prefix="large"))),
            *(str(small), str(large), str(storing.AT_ONCE)),
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
    )
    found = json.loads(said.stdout)
    assert found["sizes"] == [size] * storing.AT_ONCE
    # All of them together have twice that.
    assert found["grown"] < 96 * MIB
