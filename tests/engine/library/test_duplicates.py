"""The same bytes again: kept, asked about or skipped, and never lost over it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
import shutil
import threading
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library import stored_files
from custom_components.bambu_virtual_printer.engine.library.context import (
    LibraryContext,
)
from custom_components.bambu_virtual_printer.engine.library.index import upload_rows
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.backend import keys
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    UploadDiscarded,
    UploadHeld,
    UploadStored,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Archive,
    ArchiveQuery,
    DuplicateHistory,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreFault,
    store_error,
)
from custom_components.bambu_virtual_printer.engine.values import DuplicatePolicy
from tests.support.crashes import Death, DiedError, dying
from tests.support.library import (
    IMMEDIATE,
    REVIEW,
    Events,
    Home,
    archive_file,
    hold_file,
    receive,
    settled,
)
from tests.support.shared import CABIN, HOUSE, shared_library
from tests.support.waiting import until

type SlicedData = Callable[..., bytes]

ASK = replace(IMMEDIATE, duplicates=DuplicatePolicy.ASK)
SKIP = replace(IMMEDIATE, duplicates=DuplicatePolicy.SKIP)


async def send_again(library: Library, events: Events, data: bytes) -> UploadDiscarded:
    """Send a file that is to be skipped."""
    file = await receive(library.storage(SKIP), "Again.3mf", data)
    library.intake(file.id)
    return await events.next(UploadDiscarded)


async def test_pending_uploads_tell_how_prints_of_the_same_bytes_went(
    home: Home, sliced_data: SlicedData
) -> None:
    data, other = sliced_data(), sliced_data(plates=2)
    async with home.open() as (library, events):
        unknown = (await hold_file(library, events, data)).upload
        assert unknown.known is None
        first = (await archive_file(library, events, data)).archive
        second = (await archive_file(library, events, data)).archive
        await archive_file(library, events, other)
        for archive, outcome, error in (
            (first, JobState.COMPLETED, ""),
            (second, JobState.FAILED, "jam"),
            (first, JobState.FAILED, "spaghetti"),
            (second, JobState.COMPLETED, ""),
        ):
            (job,) = await library.queue.add(archive.id)
            await library.queue.finish(job.id, outcome, error)
        held = (await hold_file(library, events, data)).upload
        last = (await library.archive(second.id)).archive.last_printed_at
        assert held.known == DuplicateHistory(
            original_id=first.id,
            count=2,
            print_count=2,
            last_printed_at=last,
            last_failure="spaghetti",
        )
        # What was pending before the archive was there learns of it.
        page = await library.pending.page()
        assert [upload.known for upload in page.uploads] == [held.known] * 2
        # An archive is no duplicate of itself.
        assert (await library.upload(first.id)).known is None
        await library.delete_archive(first.id)
        await library.delete_archive(second.id)
        assert (await library.upload(held.id)).known is None


async def test_asking_holds_the_second_and_approving_it_archives_it(
    home: Home, sliced_data: SlicedData
) -> None:
    data = sliced_data()
    async with home.open() as (library, events):
        first = (await archive_file(library, events, data, printer=ASK)).archive
        held = (await hold_file(library, events, data, printer=ASK)).upload
        assert held.known and held.known.original_id == first.id
        assert held.reason is None
        assert held.facts is not None
        approval = await library.pending.approve_to_archive(held.id)
        assert approval.archive.duplicates.original_id == first.id


async def test_skipping_leaves_the_one_archive_and_says_which(
    home: Home, sliced_data: SlicedData
) -> None:
    data = sliced_data()
    async with home.open() as (library, events):
        first = (await archive_file(library, events, data, printer=SKIP)).archive
        gone = (await send_again(library, events, data)).upload
        assert gone.state is UploadState.DISCARDED
        assert gone.known and gone.known.original_id == first.id
        assert "already" in str(gone.reason)
        assert len(home.sliced_files()) == 1
        # Other bytes are none of this.
        await archive_file(library, events, sliced_data(plates=2), printer=SKIP)
        assert events.of(UploadHeld) == []


async def test_the_bytes_of_an_upload_are_found_wherever_they_are(
    home: Home, sliced_data: SlicedData
) -> None:
    """While it is pending, in the archive, and in another archive where it was given up."""
    data = sliced_data()
    async with home.open() as (library, events):
        card = library.storage(SKIP)
        sent = await receive(card, "Cube.gcode.3mf", data)
        paths = [await card.content(sent.id)]
        library.intake(sent.id)
        await events.next(ArchiveAdded)
        paths.append(await card.content(sent.id))
        gone = (await send_again(library, events, data)).upload
        paths.append(await card.content(gone.id))
        pending, archived, same = paths
        assert pending is not None
        assert archived is not None
        assert "pending" in pending.parts
        assert "pending" not in archived.parts
        assert archived == same
        assert archived.read_bytes() == data
        assert await card.content("01M816A461TBZTPCMSB3AWXXFA") is None


async def test_nothing_is_skipped_for_an_archive_whose_file_is_gone(
    home: Home, sliced_data: SlicedData
) -> None:
    data = sliced_data()
    async with home.open() as (library, events):
        await archive_file(library, events, data, printer=SKIP)
        home.sliced_files()[0].unlink()
        await archive_file(library, events, data, printer=SKIP)
        assert len(home.sliced_files()) == 1
        assert events.of(UploadDiscarded) == []


async def test_nothing_is_skipped_for_an_archive_whose_file_is_damaged(
    home: Home, sliced_data: SlicedData
) -> None:
    data = sliced_data()
    async with home.open() as (library, events):
        await archive_file(library, events, data, printer=SKIP)
        (damaged,) = home.sliced_files()
        damaged.write_bytes(bytes(len(data)))
        second = (await archive_file(library, events, data, printer=SKIP)).archive
        assert events.of(UploadDiscarded) == []
        path = await library.file_path(second.id)
        assert path
        assert path.read_bytes() == data


@pytest.mark.usefixtures("impatient")
async def test_nothing_is_skipped_for_a_file_that_is_only_at_another_instance(
    loopback: None,
    tmp_path: Path,
    postgresql: Callable[[], str],
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It may be gone for good with its disk."""

    def refuse(store: FolderBackend, *_: object) -> None:
        raise store_error(StoreFault.UNREACHABLE, store.place)

    url = postgresql()
    data = sliced_data()
    with monkeypatch.context() as patch:
        patch.setattr(FolderBackend, "put", refuse)
        async with shared_library(url, tmp_path / "house", HOUSE) as (house, events):
            first = (await archive_file(house, events, data)).archive
            # Here it is.
            await send_again(house, events, data)
    async with shared_library(url, tmp_path / "cabin", CABIN) as (cabin, events):
        second = (await archive_file(cabin, events, data, printer=SKIP)).archive
        assert second.duplicates.original_id == first.id
        assert events.of(UploadDiscarded) == []
        path = await cabin.file_path(second.id)
        assert path
        assert path.read_bytes() == data
        # One that the store has is enough.
        await until(lambda: not [*(tmp_path / "cabin" / "archive").rglob("*.3mf")])
        await cabin.delete_archive(first.id, purge=True)
        await send_again(cabin, events, data)


@asynccontextmanager
async def with_one_stored(
    place: Path, url: str, data: bytes
) -> AsyncIterator[tuple[Library, Events, Archive]]:
    """Open a shared library with an archive whose file is in the store alone."""
    async with shared_library(url, place / "house", HOUSE) as (house, events):
        first = (await archive_file(house, events, data)).archive
        await until(lambda: not [*(place / "house").rglob("*.3mf")])
        yield house, events, first


async def is_kept(library: Library, events: Events, data: bytes) -> bool:
    """Send a file that the archive knows. Returns whether it is archived once more, and there."""
    second = (await archive_file(library, events, data, printer=SKIP)).archive
    path = await library.file_path(second.id)
    assert path
    return path.read_bytes() == data and not events.of(UploadDiscarded)


@pytest.mark.usefixtures("loopback", "impatient")
@pytest.mark.parametrize("damage", ["lost", "cut", "all"])
async def test_nothing_is_skipped_for_a_file_that_the_store_has_lost(
    tmp_path: Path,
    postgresql: Callable[[], str],
    sliced_data: SlicedData,
    damage: str,
) -> None:
    data = sliced_data()
    async with with_one_stored(tmp_path, postgresql(), data) as (house, events, first):
        folder = tmp_path / "store" / keys.item_prefix(first.id)
        file = tmp_path / "store" / keys.file_key(first.id, first.file_name)
        match damage:
            case "all":
                shutil.rmtree(folder)
            case "lost":
                file.unlink()
            case _:
                file.write_bytes(data[:-1])
        assert await is_kept(house, events, data)


@pytest.mark.usefixtures("loopback", "impatient")
async def test_nothing_is_skipped_while_the_store_does_not_say_what_it_has(
    tmp_path: Path,
    postgresql: Callable[[], str],
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = sliced_data()
    release = threading.Event()
    real = FolderBackend.sizes
    hangs = True

    async with with_one_stored(tmp_path, postgresql(), data) as (house, events, first):

        def sizes(store: FolderBackend, prefix: str) -> Mapping[str, int]:
            if prefix != keys.item_prefix(first.id):
                return real(store, prefix)
            if not hangs:
                raise store_error(StoreFault.UNREACHABLE, store.place)
            release.wait()
            return {}

        monkeypatch.setattr(FolderBackend, "sizes", sizes)
        monkeypatch.setattr(stored_files, "ASKED_WITHIN_S", 0.1)
        try:
            assert await is_kept(house, events, data)
            # What hangs is waited for once.
            monkeypatch.setattr(stored_files, "ASKED_WITHIN_S", 3600.0)
            assert await is_kept(house, events, data)
        finally:
            hangs = False
            release.set()
        assert await is_kept(house, events, data)
        monkeypatch.setattr(FolderBackend, "sizes", real)
        await send_again(house, events, data)


@pytest.mark.usefixtures("loopback", "impatient")
async def test_the_store_is_asked_about_several_files_at_once(
    tmp_path: Path, postgresql: Callable[[], str], sliced_data: SlicedData
) -> None:
    async with with_one_stored(tmp_path, postgresql(), sliced_data(seed=1)) as (
        house,
        events,
        first,
    ):
        data = {seed: sliced_data(seed=seed) for seed in (1, 2)}
        second = (await archive_file(house, events, data[2])).archive
        await until(lambda: not [*(tmp_path / "house").rglob("*.3mf")])
        stored = house._context.stored
        assert stored
        answers = [
            stored.has_file(each.id, each.file_name, len(content) + more)
            for each, content in zip((first, second), data.values(), strict=True)
            for more in (0, 1)
        ]
        assert await asyncio.gather(*answers) == [True, False, True, False]


@pytest.mark.usefixtures("loopback", "impatient")
@pytest.mark.parametrize("purge", [True, False], ids=["for good", "for now"])
async def test_nothing_is_skipped_for_what_another_instance_deletes_just_then(
    tmp_path: Path,
    postgresql: Callable[[], str],
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    purge: bool,
) -> None:
    """Between the look and the decision; the locks are each instance's own."""
    url = postgresql()
    data = sliced_data()
    real = LibraryContext.is_at_hand
    async with (
        with_one_stored(tmp_path, url, data) as (house, events, first),
        shared_library(url, tmp_path / "cabin", CABIN) as (cabin, _),
    ):

        async def is_at_hand(context: LibraryContext, *args: Any, **names: Any) -> bool:
            found = await real(context, *args, **names)
            assert found
            await cabin.delete_archive(first.id, purge=purge)
            return found

        monkeypatch.setattr(LibraryContext, "is_at_hand", is_at_hand)
        assert await is_kept(house, events, data)


async def test_deleting_the_archive_while_its_duplicate_comes_leaves_one_of_them(
    home: Home, sliced_data: SlicedData
) -> None:
    data = sliced_data()
    async with home.open() as (library, events):

        def decided() -> int:
            return len(events.of(ArchiveAdded)) + len(events.of(UploadDiscarded))

        for _ in range(5):
            first = (await archive_file(library, events, data, printer=SKIP)).archive
            before = decided()
            file = await receive(library.storage(SKIP), "Again.3mf", data)
            library.intake(file.id)
            await library.delete_archive(first.id)
            await until(lambda before=before: decided() > before)
            upload = await library.upload(file.id)
            if upload.state is UploadState.ARCHIVED:
                await library.delete_archive(file.id)
            else:
                # Discarded while the archive was still there: a person deleted that one after.
                assert upload.state is UploadState.DISCARDED


async def test_what_a_printer_says_holds_after_a_restart(
    home: Home, sliced_data: SlicedData
) -> None:
    data = sliced_data()
    async with home.open() as (library, events):
        await archive_file(library, events, data)
        asked = await receive(library.storage(ASK), "Ask.3mf", data)
        skipped = await receive(library.storage(SKIP), "Skip.3mf", data)
    async with home.open() as (library, _):
        await settled(library)
        assert (await library.upload(asked.id)).state is UploadState.PENDING
        assert (await library.upload(skipped.id)).state is UploadState.DISCARDED


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_dying_at_any_step_of_skipping_never_loses_the_last_copy(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    after: bool,
) -> None:
    data = sliced_data()
    async with home.open() as (library, events):
        await archive_file(library, events, data)
    lifetime = 0
    while True:
        lifetime += 1
        library = home.library()
        await library.__aenter__()
        await settled(library)
        file = await receive(library.storage(SKIP), "Again.3mf", data)
        death = Death(lifetime, after=after)
        with dying(death, monkeypatch):
            library.intake(file.id)
            while tasks := library._context.tasks.copy():
                outcomes = await asyncio.gather(*tasks, return_exceptions=True)
                assert all(
                    outcome is None or isinstance(outcome, DiedError)
                    for outcome in outcomes
                )
        await library.__aexit__()
        async with home.open() as (library, _):
            await settled(library)
            assert (await library.archives(ArchiveQuery())).total == 1
            assert (await library.upload(file.id)).state is UploadState.DISCARDED
            assert (await library.pending.page()).uploads == ()
        assert len(home.sliced_files()) == 1
        if not death.is_dead:
            break
    assert lifetime > 3


async def test_review_asks_in_any_case(home: Home, sliced_data: SlicedData) -> None:
    printer = replace(REVIEW, duplicates=DuplicatePolicy.KEEP)
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
        held = (await hold_file(library, events, sliced_data(), printer=printer)).upload
        assert held.known is not None


async def test_a_file_is_announced_with_the_archive_s_history_before_what_becomes_of_it(
    home: Home, sliced_data: SlicedData
) -> None:
    data = sliced_data()
    async with home.open() as (library, events):
        for expected in (None, 1):
            events.seen.clear()
            file = await receive(library.storage(IMMEDIATE), "Cube.gcode.3mf", data)
            library.receive(file, IMMEDIATE)
            await events.next(ArchiveAdded)
            stored, *_ = events.seen
            assert isinstance(stored, UploadStored)
            assert stored.file == file
            assert stored.printer == IMMEDIATE
            assert (stored.known and stored.known.count) == expected


async def test_a_file_is_announced_though_the_index_does_not_answer(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _gone(*_: object) -> None:
        raise IndexUnavailableError(as_it_stands("The index does not answer: gone."))

    async with home.open() as (library, events):
        file = await receive(
            library.storage(IMMEDIATE), "Cube.gcode.3mf", sliced_data()
        )
        with monkeypatch.context() as patched:
            patched.setattr(upload_rows, "get", _gone)
            library.receive(file, IMMEDIATE)
            stored = await events.next(UploadStored)
        assert (stored.file, stored.known) == (file, None)
