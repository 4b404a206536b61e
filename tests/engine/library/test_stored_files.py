"""The files of a shared library: taken to the store in the background, read from there by every instance."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
import threading
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.explanations import (
    Explanation,
    as_it_stands,
)
from custom_components.bambu_virtual_printer.engine.library import (
    photos,
    store_worker,
    stored_files,
    storing,
)
from custom_components.bambu_virtual_printer.engine.library.store import cache
from custom_components.bambu_virtual_printer.engine.library.store.backend import keys
from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import (
    BucketBackend,
)
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    AlreadyProcessedError,
    NotFoundError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveChanged,
    StoreAway,
    StorePresent,
    UploadDiscarded,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveChanges,
    ArchiveQuery,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.space import Space
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreError,
    StoreFault,
)
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from custom_components.bambu_virtual_printer.engine.values import DuplicatePolicy
from tests.engine.library.sharing import PATIENCE_S, House, until
from tests.support.library import IMMEDIATE, REVIEW, archive_file, hold_file, receive
from tests.support.not_found_proxy import not_found_proxy
from tests.support.pictures import PICTURES

type SlicedData = Callable[..., bytes]


pytestmark = pytest.mark.usefixtures("impatient")


async def is_stored(house: House, name: str = "one") -> None:
    await until(lambda: not house.local(name) and house.stored())


async def test_what_came_in_at_one_is_read_at_another(
    house: House, sliced_data: SlicedData
) -> None:
    data = sliced_data(seed=1)
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, data)).archive
        await is_stored(house)
        prefix = keys.item_prefix(archive.id)
        stored = set(house.stored())
        assert {prefix + "Cube.gcode.3mf", prefix + "upload.json"} <= stored
        assert all(key.startswith(prefix) for key in stored)
        # Here the local copy has become part of the cache, there it is fetched.
        assert f"{archive.id}/Cube.gcode.3mf" in house.cached("one")
        assert house.cached("two") == []
        for library in (one, two):
            path = await library.file_path(archive.id)
            assert path is not None
            assert path.read_bytes() == data
        assert (await two.archives(ArchiveQuery())).archives[0].id == archive.id


async def test_pictures_are_had_without_the_file(
    house: House, sliced_data: SlicedData
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        here = await one.thumbnail_path(archive.id)
        assert here is not None
        picture = here.read_bytes()
        await is_stored(house)
        there = await two.thumbnail_path(archive.id)
        assert there is not None
        assert there.read_bytes() == picture
        small = await two.thumbnail_path(archive.id, max_pixels=16)
        assert small is not None
        assert small.suffix == ".webp"
        assert not any(name.endswith(".3mf") for name in house.cached("two"))
        # Where the store has none they are taken out of the file.
        house.new_backend().remove(keys.picture_key(archive.id, there.name))
        await asyncio.to_thread(two._context.stored.cache.remove, archive.id)  # type: ignore[union-attr]
        there = await two.thumbnail_path(archive.id)
        assert there is not None
        assert there.read_bytes() == picture


async def test_what_is_not_stored_yet_is_said_to_be_elsewhere(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("two") as (two, _):
        monkeypatch.setattr(storing.Storing, "start", lambda _: None)
        async with house.open("one") as (one, events):
            archive = (await archive_file(one, events, sliced_data(seed=1))).archive
            with pytest.raises(StorageError, match="still at one, and is not"):
                await two.file_path(archive.id)
            # It can be decided about all the same.
            await two.update_archive(archive.id, ArchiveChanges(notes="Seen"))
            assert (await one.archive(archive.id)).archive.annotations.notes == "Seen"


async def test_an_upload_is_decided_about_at_another(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        stored = (await hold_file(one, events, sliced_data(seed=1))).upload
        await is_stored(house)
        approval = await two.pending.approve_to_queue(stored.id)
        assert approval.jobs
        assert (await one.upload(stored.id)).state is UploadState.QUEUED
        # Also one that is still where it came in.
        with monkeypatch.context() as patch:
            patch.setattr(storing.Storing, "_store", lambda *_: asyncio.sleep(0))
            local = (await hold_file(one, events, sliced_data(seed=2), "B.3mf")).upload
            await two.pending.approve_to_archive(local.id)
            assert (await one.upload(local.id)).state is UploadState.ARCHIVED
            with pytest.raises(AlreadyProcessedError):
                await one.pending.approve_to_queue(local.id)
        await is_stored(house)
        assert await two.file_path(local.id)


async def test_two_that_approve_at_once_make_one_archive(
    house: House, sliced_data: SlicedData
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        for seed in range(6):
            upload = (
                await hold_file(one, events, sliced_data(seed=seed), f"{seed}.3mf")
            ).upload
            done = await asyncio.gather(
                one.pending.approve_to_queue(upload.id),
                two.pending.approve_to_queue(upload.id),
                return_exceptions=True,
            )
            assert sum(isinstance(one, Exception) for one in done) == 1
            assert (await one.upload(upload.id)).state is UploadState.QUEUED
            assert len(await one.queue.of_archive(upload.id)) == 1


async def test_an_approval_is_taken_back_at_another(
    house: House, sliced_data: SlicedData
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        upload = (await hold_file(one, events, sliced_data(seed=1))).upload
        await one.pending.approve_to_archive(upload.id)
        await is_stored(house)
        await two.pending.undo(upload.id)
        assert (await one.upload(upload.id)).state is UploadState.PENDING
        await two.pending.discard(upload.id)
        await one.pending.undo(upload.id)
        archive = (await two.pending.approve_to_archive(upload.id)).archive
        await two.delete_archive(archive.id)
        await one.restore_archive(archive.id)
        assert await one.file_path(archive.id)


async def test_what_is_removed_anywhere_goes_from_here_and_the_store(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await is_stored(house)
        await two.file_path(archive.id)
        await two.delete_archive(archive.id, purge=True)
        await until(lambda: house.stored() == [])
        assert house.cached("two") == []
        with pytest.raises(NotFoundError):
            await one.file_path(archive.id)
        # Also what has not left the instance where it came in.
        with monkeypatch.context() as patch:
            patch.setattr(storing.Storing, "_store", lambda *_: asyncio.sleep(0))
            local = (
                await archive_file(one, events, sliced_data(seed=2), "B.3mf")
            ).archive
            await two.delete_archive(local.id, purge=True)
            assert house.local("one")
        await until(lambda: not house.local("one"))
        await until(lambda: house.stored() == [])
        # And what was there when it was closed.
        with monkeypatch.context() as patch:
            patch.setattr(storing.Storing, "_store", lambda *_: asyncio.sleep(0))
            held = (await hold_file(one, events, sliced_data(seed=3), "C.3mf")).upload
            last = (
                await archive_file(one, events, sliced_data(seed=4), "D.3mf")
            ).archive
            await one._upkeep._storing.stop()  # type: ignore[union-attr]
            await two.pending.approve_to_archive(held.id)
            for item_id in (held.id, last.id):
                await two.delete_archive(item_id, purge=True)
            assert len(house.local("one")) >= 4
    async with house.open("one") as (one, _):
        await until(lambda: not house.local("one"))
        assert (await one.archives(ArchiveQuery())).archives == ()


def stored_sidecar(house: House, item_id: str) -> str:
    """Return the sidecar of an item in the store, nothing without one."""
    target = house.folder / "sidecar"
    target.unlink(missing_ok=True)
    try:
        house.new_backend().fetch(keys.sidecar_key(item_id), target, "")
    except StoreError:
        return ""
    return target.read_text()


def waiting_at(house: House, name: str) -> list[str]:
    """Return whose sidecars wait at an instance."""
    return [
        path.stem for path in (house.working_folder(name) / "renewals").glob("*.json")
    ]


async def test_notes_go_to_the_store_too(house: House, sliced_data: SlicedData) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await one.update_archive(archive.id, ArchiveChanges(notes="At once"))
        await until(lambda: "At once" in stored_sidecar(house, archive.id))
        await is_stored(house)
        await two.update_archive(archive.id, ArchiveChanges(notes="From there"))
        await until(lambda: "From there" in stored_sidecar(house, archive.id))
        await until(lambda: not waiting_at(house, "two"))


async def test_notes_on_what_is_not_stored_yet_wait_until_it_is(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, told):
        with monkeypatch.context() as patch:
            patch.setattr(
                one._upkeep._storing, "_store", lambda *_: asyncio.sleep(0, False)
            )
            archive = (await archive_file(one, events, sliced_data(seed=1))).archive
            await two.update_archive(archive.id, ArchiveChanges(notes="From there"))
            # Rounds of the other have an end each.
            for seed in (2, 3):
                gone = (await archive_file(two, told, sliced_data(seed=seed))).archive
                await until(lambda: not house.local("two"))
                await two.delete_archive(gone.id, purge=True)
                await until(lambda: not house.stored())
            assert waiting_at(house, "two") == [archive.id]
        one._context.store_wanted.set()
        await until(lambda: "From there" in stored_sidecar(house, archive.id))
        await is_stored(house)
        await until(lambda: not waiting_at(house, "two"))
        # What is removed before it was stored has nothing to wait for.
        with monkeypatch.context() as patch:
            patch.setattr(
                one._upkeep._storing, "_store", lambda *_: asyncio.sleep(0, False)
            )
            gone = (await archive_file(one, events, sliced_data(seed=4))).archive
            await two.update_archive(gone.id, ArchiveChanges(notes="From there"))
            await one.delete_archive(gone.id, purge=True)
            two._context.store_wanted.set()
            await until(lambda: not waiting_at(house, "two"))
        assert not stored_sidecar(house, gone.id)


async def test_an_item_is_stored_with_what_was_written_on_it_elsewhere_meanwhile(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    async with house.open("one") as (one, events):
        assert one._context.stored is not None
        backend = one._context.stored.backend
        put = backend.put

        def slow(key: str, path: Path, sha256: str) -> None:
            if key.endswith("upload.json") and not go_on.is_set():
                begun.set()
                go_on.wait(PATIENCE_S)
            put(key, path, sha256)

        monkeypatch.setattr(backend, "put", slow)
        try:
            archive = (await archive_file(one, events, sliced_data(seed=1))).archive
            await until(begun.is_set)
            async with house.open("two") as (two, _):
                await two.update_archive(archive.id, ArchiveChanges(notes="From there"))
            # The one that has written it is away.
        finally:
            go_on.set()
        await is_stored(house)
        assert "From there" in stored_sidecar(house, archive.id)


async def test_the_last_of_those_who_write_on_one_item_is_the_one_in_the_store(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await is_stored(house)
        assert one._context.stored is not None
        backend = one._context.stored.backend
        put = backend.put

        def slow(key: str, path: Path, sha256: str) -> None:
            if not go_on.is_set():
                begun.set()
                go_on.wait(PATIENCE_S)
            put(key, path, sha256)

        monkeypatch.setattr(backend, "put", slow)
        try:
            await one.update_archive(archive.id, ArchiveChanges(notes="First"))
            await until(begun.is_set)
            await two.update_archive(archive.id, ArchiveChanges(notes="Last"))
            await until(lambda: "Last" in stored_sidecar(house, archive.id))
        finally:
            go_on.set()
        await until(lambda: not waiting_at(house, "one"))
        assert "Last" in stored_sidecar(house, archive.id)
        # Nothing is left of what was put.
        assert not [*(house.working_folder("one") / "renewals").iterdir()]


async def test_photos_are_seen_everywhere(
    house: House, sliced_data: SlicedData, tmp_path: Path
) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(PICTURES["JPEG"])
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        first = await one.add_photo(archive.id, picture)
        await is_stored(house)
        second = await two.add_photo(archive.id, picture)
        for library in (one, two):
            assert (await library.archive(archive.id)).archive.photo_count == 2
            assert await library.photos(archive.id) == (first, second)
            for photo in (first, second):
                path = await library.photo_path(archive.id, photo.id)
                assert path.read_bytes() == picture.read_bytes()
        await one.remove_photo(archive.id, second.id)
        await two.remove_photo(archive.id, first.id)
        for library in (one, two):
            assert (await library.archive(archive.id)).archive.photo_count == 0
            assert await library.photos(archive.id) == ()
            with pytest.raises(NotFoundError):
                await library.photo_path(archive.id, first.id)
        await two.delete_archive(archive.id, purge=True)
        await until(lambda: house.stored() == [])


@pytest.mark.parametrize("asked", ["add", "remove", "count"])
async def test_nothing_waits_for_a_photo_in_a_store_that_hangs(
    house: House,
    sliced_data: SlicedData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(PICTURES["JPEG"])
    hangs, go_on = threading.Event(), threading.Event()
    data = sliced_data(seed=1)
    async with house.open("one") as (one, events):
        archive = (await archive_file(one, events, data)).archive
        await is_stored(house)
        photo = await one.add_photo(archive.id, picture)
        assert one._context.stored is not None
        backend = one._context.stored.backend

        def hanging(do: Callable[..., Any]) -> Callable[..., Any]:
            def work(*args: Any) -> Any:
                if "/photos/" in args[0]:
                    hangs.set()
                    go_on.wait(PATIENCE_S)
                return do(*args)

            return work

        try:
            match asked:
                case "add":
                    monkeypatch.setattr(backend, "put", hanging(backend.put))
                    work = asyncio.create_task(one.add_photo(archive.id, picture))
                case "remove":
                    monkeypatch.setattr(backend, "remove", hanging(backend.remove))
                    work = asyncio.create_task(one.remove_photo(archive.id, photo.id))
                case _:
                    monkeypatch.setattr(backend, "sizes", hanging(backend.sizes))
                    work = asyncio.create_task(
                        photos._recount(one._context, archive.id)
                    )
            await until(hangs.is_set)
            # Intake looks whether it has the file of what it skips.
            skips = replace(IMMEDIATE, duplicates=DuplicatePolicy.SKIP)
            async with asyncio.timeout(PATIENCE_S / 2):
                file = await receive(one.storage(skips), "Again.gcode.3mf", data)
                one.intake(file.id)
                await events.next(UploadDiscarded)
                await archive_file(one, events, sliced_data(seed=2))
                await one.update_archive(archive.id, ArchiveChanges(notes="Seen"))
            assert not work.done()
        finally:
            go_on.set()
        await work
        count = {"add": 2, "remove": 0}.get(asked, 1)
        archive = (await one.archive(archive.id)).archive
        assert archive.photo_count == count
        assert len(await one.photos(archive.id)) == count
        if asked != "count":
            # With what was written on it meanwhile.
            assert events.of(ArchiveChanged)[-1].archive == archive


async def test_a_photo_that_comes_to_the_store_after_its_archive_went_goes_too(
    house: House,
    sliced_data: SlicedData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(PICTURES["JPEG"])
    begun, go_on = threading.Event(), threading.Event()
    async with house.open("one") as (one, events):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await is_stored(house)
        assert one._context.stored is not None
        backend = one._context.stored.backend
        put = backend.put

        def slow(*args: Any) -> None:
            begun.set()
            go_on.wait(PATIENCE_S)
            put(*args)

        monkeypatch.setattr(backend, "put", slow)
        try:
            work = asyncio.create_task(one.add_photo(archive.id, picture))
            await until(begun.is_set)
            await one.delete_archive(archive.id, purge=True)
            await until(lambda: not house.stored())
        finally:
            go_on.set()
        with pytest.raises(NotFoundError):
            await work
        await until(lambda: not house.stored())


async def test_the_cache_is_bounded_and_what_it_lost_is_fetched_again(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        house.open("one") as (one, events),
        house.open("two", cache_bytes=0) as (two, _),
    ):
        data = [sliced_data(seed=seed) for seed in range(3)]
        ids = [
            (await archive_file(one, events, each, f"{seed}.gcode.3mf")).archive.id
            for seed, each in enumerate(data)
        ]
        await is_stored(house)
        for item_id, each in zip(ids, data, strict=True):
            path = await two.file_path(item_id)
            assert path is not None
            assert path.read_bytes() == each
        monkeypatch.setattr(cache, "IN_USE_FOR_S", 0.0)
        two._context.store_wanted.set()
        await until(lambda: house.cached("two") == [])
        assert len(house.cached("one")) >= 3
        assert await two.file_path(ids[0])


async def test_room_is_made_by_the_cache_for_what_is_fetched_and_received(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, told):
        ids = [
            (await archive_file(one, events, sliced_data(seed=seed))).archive.id
            for seed in range(3)
        ]
        await is_stored(house)
        await two.file_path(ids[0])
        cached = house.working_folder("two") / "cache"
        disk_bytes = size_of(cached) + 1

        def space(self: LibraryFolder) -> Space:
            used = size_of(self.root / "cache")
            return Space(free_bytes=disk_bytes - used, disk_bytes=disk_bytes)

        with monkeypatch.context() as patch:
            patch.setattr(LibraryFolder, "space", space)
            # What was asked for just now stays.
            with pytest.raises(StorageFullError):
                await two.file_path(ids[1])
            assert (cached / ids[0]).exists()
            patch.setattr(cache, "IN_USE_FOR_S", 0.0)
            assert await two.file_path(ids[1])
            assert not (cached / ids[0]).exists()
            settings = replace(house.settings, reserve_bytes=disk_bytes)
            patch.setattr(two._context, "settings", settings)
            await archive_file(two, told, sliced_data(seed=4))
            assert not (cached / ids[1]).exists()


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def test_a_file_is_fetched_once_for_many(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await is_stored(house)
        stored = two._context.stored
        assert stored is not None
        fetch, fetched = stored.backend.fetch, []
        monkeypatch.setattr(
            stored.backend, "fetch", lambda *args: (fetched.append(args), fetch(*args))
        )
        paths = await asyncio.gather(*(two.file_path(archive.id) for _ in range(20)))
        assert len(set(paths)) == 1
        assert len(fetched) == 1


async def test_the_memory_card_has_what_came_in_by_its_printer(
    house: House, sliced_data: SlicedData
) -> None:
    data = sliced_data(seed=1)
    async with house.open("one") as (one, events):
        await hold_file(one, events, data)
        await is_stored(house)
        assert one._context.stored is not None
        await asyncio.to_thread(
            one._context.stored.cache.remove, (await one.storage(REVIEW).files())[0].id
        )
        card = one.storage(REVIEW)
        assert [file.name for file in await card.files()] == ["Cube.gcode.3mf"]
        path = await card.locate("Cube.gcode.3mf")
        assert path is not None
        assert path.read_bytes() == data
        assert await card.picture("Cube.gcode.3mf")
        assert await card.remove("Cube.gcode.3mf")


@pytest.mark.parametrize("house", ["bucket"], indirect=True)
async def test_a_file_behind_a_proxy_that_finds_no_store_is_not_said_to_be_gone(
    house: House, sliced_data: SlicedData
) -> None:
    async with house.open("one") as (one, events):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await is_stored(house)
        with not_found_proxy() as proxy:
            away = replace(house, new_backend=partial(BucketBackend, proxy.settings))
            async with away.open("two") as (two, events_of_two):
                with pytest.raises(StoreError, match="does not answer"):
                    await two.file_path(archive.id)
                waiting = await archive_file(two, events_of_two, sliced_data(seed=2))
                await events_of_two.next(StoreAway)
        async with house.open("two") as (two, _):
            assert await two.file_path(archive.id)
            await until(lambda: keys.sidecar_key(waiting.archive.id) in house.stored())


async def test_a_damaged_file_in_the_store_is_named(
    house: House, sliced_data: SlicedData, tmp_path: Path
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await is_stored(house)
        other = tmp_path / "other"
        other.write_bytes(b"other")
        key = keys.file_key(archive.id, "Cube.gcode.3mf")
        sha256 = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
        house.new_backend().put(key, other, sha256)
        with pytest.raises(StoreError) as error:
            await two.file_path(archive.id)
        assert error.value.fault is StoreFault.DIFFERS
        house.new_backend().remove(key)
        assert await two.file_path(archive.id) is None


# --- the store away ---------------------------------------------------------------------------------------------------


async def test_receiving_goes_on_while_the_store_is_away(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        stored = one._context.stored
        assert stored is not None
        put = stored.backend.put
        fault = StoreError(StoreFault.UNREACHABLE, away())

        def fail(*_: object) -> None:
            raise fault

        monkeypatch.setattr(stored.backend, "put", fail)
        ids = []
        for seed in range(4):
            data = sliced_data(seed=seed)
            ids.append(
                (await archive_file(one, events, data, f"{seed}.3mf")).archive.id
            )
        told = await events.next(StoreAway)
        assert told.place == stored.backend.place
        assert told.reason == fault.explanation
        assert house.stored() == []
        assert (await one.statistics()).archives == 4
        monkeypatch.setattr(stored.backend, "put", put)
        await events.next(StorePresent)
        await is_stored(house)
        assert len(events.of(StoreAway)) == 1
        for item_id in ids:
            assert await two.file_path(item_id)


async def test_nobody_waits_for_a_file_from_a_store_that_hangs(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await is_stored(house)
        stored = two._context.stored
        assert stored is not None
        for name in ("fetch", "marked_as"):

            def hangs(*args: Any, do: Any = getattr(stored.backend, name)) -> Any:
                answers.wait()
                return do(*args)

            monkeypatch.setattr(stored.backend, name, hangs)
        monkeypatch.setattr(store_worker, "LOOK_EVERY_S", 0.1)
        try:
            with monkeypatch.context() as patch:
                patch.setattr(stored.fetches._looking, "_answer_within_s", 0.2)
                with pytest.raises(StorageError, match="does not answer"):
                    await asyncio.wait_for(two.file_path(archive.id), PATIENCE_S)
        finally:
            answers.set()
        assert await two.file_path(archive.id)


async def test_a_store_that_hangs_is_waited_for_once_to_tell_how_full_it_is(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_files, "MEASURED_WITHIN_S", 0.2)
    answers = threading.Event()
    asked = 0

    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await is_stored(house)
        stored = two._context.stored
        assert stored is not None

        def space() -> Space:
            nonlocal asked
            asked += 1
            answers.wait()
            return Space(free_bytes=1, disk_bytes=2)

        monkeypatch.setattr(stored.backend, "space", space)
        for _ in range(2 * stored_files.FETCHES):
            assert await stored.space() is None
        await until(lambda: asked)
        assert asked == 1
        # It takes the place of none that fetches.
        assert await two.file_path(archive.id)
        answers.set()
        await until(stored._measured.done)  # type: ignore[union-attr]
        monkeypatch.setattr(stored_files, "MEASURED_WITHIN_S", PATIENCE_S)
        assert await stored.space() == Space(free_bytes=1, disk_bytes=2)


def away() -> Explanation:
    return as_it_stands("The store is away.")


@pytest.mark.parametrize("stage", range(3))
async def test_a_cut_at_any_stage_is_gone_on_with(
    house: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch, stage: int
) -> None:
    """As when the process ends after each file of an item, before and after the index knows."""
    data = sliced_data(seed=1)
    async with house.open("one") as (one, events):
        stored = one._context.stored
        assert stored is not None
        put, count = stored.backend.put, 0

        def cut(*args: object) -> None:
            nonlocal count
            count += 1
            if count > stage:
                raise StoreError(StoreFault.UNREACHABLE, away())
            put(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(stored.backend, "put", cut)
        archive = (await archive_file(one, events, data)).archive
        await events.next(StoreAway)
        assert keys.sidecar_key(archive.id) not in house.stored()
    async with house.open("one") as (one, _), house.open("two") as (two, _):
        await is_stored(house)
        path = await two.file_path(archive.id)
        assert path is not None
        assert path.read_bytes() == data
