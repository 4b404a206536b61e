"""What two instances decide about one upload at the same time: one of them does, and the other is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.library import intake, undo
from custom_components.bambu_virtual_printer.engine.library.index import upload_rows
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    AlreadyProcessedError,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    LibrarySettings,
    UploadState,
)
from tests.support.library import Events, archive_file, hold_file
from tests.support.shared import CABIN, HOUSE, shared_library

type SlicedData = Callable[..., bytes]
type Opened = tuple[Library, Events]

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
async def two(
    tmp_path: Path, postgresql: Callable[[], str]
) -> AsyncIterator[tuple[Opened, Opened]]:
    """Two instances on one library."""
    url = postgresql()
    async with (
        shared_library(url, tmp_path / "house", HOUSE) as first,
        shared_library(url, tmp_path / "cabin", CABIN) as second,
    ):
        for library, _ in (first, second):
            library.settings = LibrarySettings(
                reserve_bytes=0, undo_for=timedelta(days=1)
            )
        yield first, second


async def test_a_decision_that_was_made_elsewhere_stands(
    two: tuple[Opened, Opened], sliced_data: SlicedData
) -> None:
    (house, events), (cabin, _) = two
    held = (await hold_file(house, events, sliced_data())).upload
    results = await asyncio.gather(
        house.pending.discard(held.id),
        cabin.pending.discard(held.id),
        return_exceptions=True,
    )
    errors = [one for one in results if isinstance(one, BaseException)]
    assert len(errors) == 1
    assert isinstance(errors[0], AlreadyProcessedError)
    assert (await house.upload(held.id)).state is UploadState.DISCARDED


async def test_of_approvals_at_the_same_time_one_is_made(
    two: tuple[Opened, Opened], sliced_data: SlicedData
) -> None:
    (house, events), (cabin, _) = two
    for number in range(2):
        held = (
            await hold_file(house, events, sliced_data(title=f"Number {number}"))
        ).upload
        stale = await cabin.upload(held.id)
        approval = await house.pending.approve_to_queue(held.id)
        assert len(approval.jobs) == 1
        # Who looked before that is told now.
        assert stale.state is UploadState.PENDING
        with pytest.raises(AlreadyProcessedError):
            await cabin._context.index.run(intake._approved, held.id, queueing=True)
        assert (await house.upload(held.id)).state is UploadState.QUEUED
    assert len(await cabin.queue.queued_jobs()) == 2


async def test_what_was_restored_elsewhere_keeps_its_files_and_waits_once(
    two: tuple[Opened, Opened], sliced_data: SlicedData
) -> None:
    (house, events), (cabin, _) = two
    held = (await hold_file(house, events, sliced_data())).upload
    await house.pending.discard(held.id)
    stale = await house.upload(held.id)
    await house.pending.undo(held.id)
    index = cabin._context.index
    # What the cabin knew before: it is too late to sweep it, or to restore it once more.
    assert not await index.run(upload_rows.keep_no_longer, held.id)
    upload, events_of = await index.run(undo._waiting_again, stale)
    assert upload.state is UploadState.PENDING
    assert events_of == []
    assert await house.file_path(held.id)


async def test_an_archive_that_was_restored_elsewhere_is_there_once(
    two: tuple[Opened, Opened], sliced_data: SlicedData
) -> None:
    (house, events), (cabin, _) = two
    archived = (await archive_file(house, events, sliced_data())).archive
    await house.delete_archive(archived.id)
    stale = await house.upload(archived.id)
    await house.restore_archive(archived.id)
    index = cabin._context.index
    restored, jobs = await index.run(undo._archived_again, stale)
    assert (restored.id, jobs) == (archived.id, ())
    assert (await cabin.archives(ArchiveQuery())).total == 1
