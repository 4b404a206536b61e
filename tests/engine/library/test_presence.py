"""A library whose disk is not there, another one in its place, one without a marker, and what was written beneath it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
import shutil

import pytest
from sqlalchemy import create_engine, text
from ulid_transform import ulid_now

from custom_components.bambu_virtual_printer.engine.library import presence
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.marker import (
    MARKER_FILE,
    read_marker,
    write_marker,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    LibraryAbsentError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    LibraryAbsent,
    LibraryPresent,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    UploadState,
)
from tests.support.library import (
    REVIEW,
    Events,
    Home,
    archive_file,
    commit,
    hold_file,
    receive,
    write_upload,
)

type SlicedData = Callable[..., bytes]

PLACES = ("", "pending", "archive")


@pytest.fixture(autouse=True)
def quick_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "LOOK_EVERY_S", 0.02)


def unmount(home: Home) -> Path:
    """Leave the folder empty, as one is on which nothing is mounted. Returns where the library is meanwhile."""
    disk = home.folder.with_name("disk")
    home.folder.rename(disk)
    home.folder.mkdir()
    return disk


def mount(home: Home, disk: Path) -> None:
    home.folder.rmdir()
    disk.rename(home.folder)


def waiting_for(
    event: asyncio.Event, work: Callable[[], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    async def _work() -> None:
        await event.wait()
        await work()

    return _work


def forget_identity(home: Home) -> None:
    """Make library and index what a version without markers left."""
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM library_identity"))
    engine.dispose()
    for place in PLACES:
        (home.folder / place / MARKER_FILE).unlink()


def library_with_aside(home: Home, events: Events) -> Library:
    return Library(
        home.folder,
        home.database_url,
        emit=events,
        settings=replace(home.library().settings, reserve_bytes=0),
        aside=home.folder.with_name("aside"),
    )


async def test_nothing_is_received_or_made_while_the_disk_is_missing(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        kept = (await archive_file(library, events, sliced_data())).archive
        held = (await hold_file(library, events, sliced_data())).upload
        (job,) = await library.queue.add(kept.id)
        card = library.storage(REVIEW)
        incoming = await card.begin("late.3mf")
        await asyncio.to_thread(write_upload, incoming.path, sliced_data())
        disk = unmount(home)
        with pytest.raises(LibraryAbsentError):
            await card.begin("Cube.3mf")
        with pytest.raises(LibraryAbsentError):
            await commit(card, incoming, sliced_data())
        with pytest.raises(LibraryAbsentError):
            await library.file_path(kept.id)
        with pytest.raises(LibraryAbsentError):
            await library.queue.start(job.id)
        assert (await library.queue.job(job.id)).state is not JobState.FAILED
        absent = await events.next(LibraryAbsent)
        assert (absent.folder, absent.is_other) == (home.folder, False)
        assert list(home.folder.iterdir()) == []
        with pytest.raises(LibraryAbsentError):
            await library.pending.approve_to_archive(held.id)
        assert (await library.upload(held.id)).state is UploadState.PENDING
        mount(home, disk)
        await events.next(LibraryPresent)
        assert await library.file_path(kept.id) is not None
        await library.pending.approve_to_archive(held.id)
        await archive_file(library, events, sliced_data())
        assert len(events.of(LibraryAbsent)) == 1


async def test_a_start_without_the_disk_waits_for_it_and_goes_on_then(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        kept = (await archive_file(library, events, sliced_data())).archive
        undecided = await receive(library.storage(REVIEW), "a.3mf", sliced_data())
    disk = unmount(home)
    async with home.open() as (library, events):
        await events.next(LibraryAbsent)
        assert not library.is_present
        assert (await library.archives(ArchiveQuery())).archives == (kept,)
        assert (await library.statistics()).archives == 1
        await library.maintain()
        assert (await library.upload(undecided.id)).state is UploadState.RECEIVED
        with pytest.raises(LibraryAbsentError):
            await receive(library.storage(REVIEW), "b.3mf", sliced_data())
        assert list(home.folder.iterdir()) == []
        mount(home, disk)
        assert (await events.next(UploadHeld)).upload.id == undecided.id
        # What waited goes on just before it is told.
        await events.next(LibraryPresent)
        assert library.is_present


async def test_what_is_being_received_outlasts_a_disk_that_is_away_for_a_moment(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        card = library.storage(REVIEW)
        before = await card.begin("before.3mf")
        left_over = home.folder / "inbox" / ulid_now()
        left_over.mkdir()
        disk = unmount(home)
        await events.next(LibraryAbsent)
        # It is looked at only after the next upload has begun.
        looked = asyncio.Event()
        library._upkeep.presence._opened = waiting_for(
            looked, library._upkeep.presence._opened
        )
        mount(home, disk)
        after = await card.begin("after.3mf")
        looked.set()
        await events.next(LibraryPresent)
        assert not left_over.exists()
        for incoming in (before, after):
            await asyncio.to_thread(write_upload, incoming.path, sliced_data())
            await commit(card, incoming, sliced_data())
        given_up = await card.begin("given_up.3mf")
        await card.abandon(given_up)
        assert not [*(home.folder / "inbox").iterdir()]


@pytest.mark.parametrize("place", ["pending", "archive"])
async def test_each_folder_may_be_on_a_disk_of_its_own_that_is_missing(
    home: Home, sliced_data: SlicedData, place: str
) -> None:
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
        await hold_file(library, events, sliced_data())
        (home.folder / place).rename(home.folder / "elsewhere")
        (home.folder / place).mkdir()
        with pytest.raises(LibraryAbsentError):
            await library.storage(REVIEW).begin("Cube.3mf")
        await events.next(LibraryAbsent)
        (home.folder / place).rmdir()
        (home.folder / "elsewhere").rename(home.folder / place)
        await events.next(LibraryPresent)


async def test_an_existing_library_gets_its_marker_at_the_first_start(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
    forget_identity(home)
    async with home.open() as (library, events):
        assert library.is_present
        (library_id,) = {read_marker(home.folder / place) for place in PLACES}
        assert library_id
    async with home.open():
        assert read_marker(home.folder) == library_id


async def test_an_empty_folder_is_not_taken_for_a_library_that_never_had_a_marker(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
    forget_identity(home)
    disk = unmount(home)
    async with home.open() as (library, events):
        await events.next(LibraryAbsent)
        assert list(home.folder.iterdir()) == []
        mount(home, disk)
        await events.next(LibraryPresent)
        assert read_marker(home.folder)


async def test_another_library_is_never_written_to(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
        disk = unmount(home)
        for place in PLACES:
            (home.folder / place).mkdir(exist_ok=True)
            write_marker(home.folder / place, "another")
        async with asyncio.timeout(10):
            while not any(event.is_other for event in events.of(LibraryAbsent)):
                await asyncio.sleep(0.01)
        assert not await library.adopt_folder()
        with pytest.raises(LibraryAbsentError):
            await library.storage(REVIEW).begin("Cube.3mf")
        assert home.files() == set()
        shutil.rmtree(home.folder)
        disk.rename(home.folder)
        await events.next(LibraryPresent)


async def test_a_library_moved_without_its_marker_or_to_another_folder_is_known(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        kept = (await archive_file(library, events, sliced_data())).archive
        library_id = read_marker(home.folder)
    for place in PLACES:
        (home.folder / place / MARKER_FILE).unlink()
    async with home.open() as (library, _):
        assert library.is_present
        assert read_marker(home.folder) == library_id
    moved = replace(home, folder=home.folder.with_name("moved"))
    shutil.copytree(home.folder / "archive", moved.folder / "archive")
    async with moved.open() as (library, _):
        assert library.is_present
        assert await library.file_path(kept.id) is not None
        assert read_marker(moved.folder) == library_id


async def test_a_person_may_begin_again_in_an_empty_folder(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        kept = (await archive_file(library, events, sliced_data())).archive
        library_id = read_marker(home.folder)
        shutil.rmtree(home.folder)
        await events.next(LibraryAbsent)
        assert await library.adopt_folder()
        assert read_marker(home.folder) == library_id
        assert await library.file_path(kept.id) is None
        await hold_file(library, events, sliced_data())


async def test_a_lost_index_takes_the_library_that_is_there(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        await hold_file(library, events, sliced_data())
        library_id = read_marker(home.folder)
    shutil.rmtree(Path(home.database_url.removeprefix("sqlite:///")).parent)
    async with home.open() as (library, events):
        await events.next(UploadHeld)
        assert read_marker(home.folder) == library_id


async def test_what_an_older_version_wrote_beneath_the_disk_is_taken_in(
    home: Home, sliced_data: SlicedData
) -> None:
    events = Events()
    async with library_with_aside(home, events) as library:
        beneath = [
            (await archive_file(library, events, sliced_data())).archive.id,
            (await hold_file(library, events, sliced_data())).upload.id,
        ]
        kept = [
            (await archive_file(library, events, sliced_data())).archive.id
            for _ in range(4)
        ]
    forget_identity(home)
    disk = unmount(home)
    for item_id in beneath:
        (found,) = disk.rglob(item_id)
        place = home.folder / found.relative_to(disk)
        place.parent.mkdir(parents=True, exist_ok=True)
        found.rename(place)
    events = Events()
    async with library_with_aside(home, events) as library:
        await events.next(LibraryAbsent)
        assert not list(home.folder.rglob("*.3mf"))
        shutil.rmtree(home.folder)
        disk.rename(home.folder)
        await events.next(LibraryPresent)
        for item_id in (*beneath, *kept):
            assert await library.file_path(item_id) is not None
        assert (await library.upload(beneath[1])).state is UploadState.PENDING
        await library.pending.approve_to_archive(beneath[1])
    assert not list(home.folder.with_name("aside").iterdir())
