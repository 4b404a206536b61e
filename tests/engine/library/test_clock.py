"""What time it is for a library: instances whose clocks are hours apart agree about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ulid_transform import ulid_to_timestamp

from custom_components.bambu_virtual_printer.engine.library import storing
from custom_components.bambu_virtual_printer.engine.library.clock import LibraryClock
from custom_components.bambu_virtual_printer.engine.library.index import instance_rows
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    NothingToUndoError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    JobAdded,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobPlan
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.values import Mode
from tests.support.library import IMMEDIATE, Events, archive_file, hold_file, receive
from tests.support.shared import CABIN, shared_library
from tests.support.waiting import until

UNDO_FOR = timedelta(minutes=30)
HOURS = timedelta(hours=2)
DAY = timedelta(days=1)
MOMENT = timedelta(minutes=1)


class DatabaseClock:
    """The clock of the database, which may be hours ahead of that of this computer, or behind it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let it be as right as that of this computer."""
        self.ahead = timedelta()
        real = instance_rows.now
        monkeypatch.setattr(instance_rows, "now", lambda c: real(c) + self.ahead)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def database_clock(monkeypatch: pytest.MonkeyPatch) -> DatabaseClock:
    return DatabaseClock(monkeypatch)


def clock(off_by: timedelta) -> LibraryClock:
    """Return the clock of a computer that is wrong by so much."""
    return LibraryClock(lambda: datetime.now(UTC) + off_by)


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("off_by", [HOURS, -HOURS], ids=["ahead", "behind"])
async def test_what_is_discarded_can_be_had_back_as_long_as_everywhere(
    tmp_path: Path,
    postgresql: Callable[[], str],
    sliced_data: Callable[..., bytes],
    off_by: timedelta,
) -> None:
    async def discarded(library: Library, events: Events) -> str:
        upload_id = (await hold_file(library, events, sliced_data())).upload.id
        await library.pending.discard(upload_id)
        return upload_id

    url = postgresql()
    async with (
        shared_library(url, tmp_path / "house") as (house, at_house),
        shared_library(url, tmp_path / "cabin", CABIN, clock=clock(off_by)) as (
            cabin,
            at_cabin,
        ),
    ):
        for library in (house, cabin):
            library.settings = replace(
                library.settings, low_space_bytes=0, undo_for=UNDO_FOR
            )
        ids = [await discarded(house, at_house), await discarded(cabin, at_cabin)]
        for library in (house, cabin):
            await library.maintain()
        for upload_id in ids:
            upload = await house.pending.undo(upload_id)
            assert upload.state is UploadState.PENDING
            await house.pending.discard(upload_id)
        await cabin.maintain(datetime.now(UTC) + UNDO_FOR + timedelta(minutes=1))
        for upload_id in ids:
            with pytest.raises(NothingToUndoError):
                await house.pending.undo(upload_id)


def test_a_clock_that_is_set_anew_changes_nothing() -> None:
    off_by = timedelta()
    library_clock = LibraryClock(lambda: datetime.now(UTC) + off_by)
    assert library_clock.now() <= datetime.now(UTC)
    told = datetime(2026, 12, 1, 10, tzinfo=UTC)
    library_clock.set(told)
    off_by = HOURS
    assert timedelta() <= library_clock.now() - told < HOURS


def test_an_answer_that_took_longer_does_not_set_it_back() -> None:
    library_clock = LibraryClock()
    told = datetime(2026, 12, 1, 10, tzinfo=UTC)
    library_clock.set(told)
    library_clock.set(told - timedelta(seconds=5))
    assert library_clock.now() >= told
    library_clock.set(told - MOMENT)
    assert library_clock.now() < told


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("ahead", [3 * DAY, -3 * DAY], ids=["behind", "ahead"])
async def test_what_came_in_just_now_is_kept_as_long_as_it_should_be_by_whichever_clock(
    tmp_path: Path,
    postgresql: Callable[[], str],
    sliced_data: Callable[..., bytes],
    database_clock: DatabaseClock,
    ahead: timedelta,
) -> None:
    url = postgresql()
    async with shared_library(url, tmp_path / "house") as (house, at_house):
        before = (await archive_file(house, at_house, sliced_data(seed=1))).archive
    database_clock.ahead = ahead
    async with shared_library(url, tmp_path / "cabin", CABIN) as (cabin, at_cabin):
        await cabin.delete_archive(before.id)
        held = (await hold_file(cabin, at_cabin, sliced_data(seed=2))).upload
        kept = (await archive_file(cabin, at_cabin, sliced_data(seed=3))).archive
        # Lists are in the order of the ids.
        begun_at = datetime.fromtimestamp(ulid_to_timestamp(held.id) / 1000, UTC)
        for moment in (begun_at, held.file.received_at, kept.archived_at):
            assert abs(moment - database_clock.now()) < MOMENT
        cabin.settings = replace(
            cabin.settings, low_space_bytes=0, pending_expiry=DAY, keep_for=DAY
        )
        done = await cabin.maintain()
        assert (done.expired, done.deleted) == (0, 0)
        done = await cabin.maintain(database_clock.now() + DAY + MOMENT)
        assert (done.expired, done.deleted) == (1, 1)
        assert (await cabin.upload(held.id)).state is UploadState.EXPIRED


@pytest.mark.usefixtures("loopback", "impatient")
async def test_an_approval_can_be_taken_back_as_long_as_the_database_says(
    tmp_path: Path,
    postgresql: Callable[[], str],
    sliced_data: Callable[..., bytes],
    database_clock: DatabaseClock,
) -> None:
    database_clock.ahead = HOURS
    async with shared_library(postgresql(), tmp_path / "house") as (house, events):
        house.settings = replace(house.settings, low_space_bytes=0, undo_for=UNDO_FOR)
        held = (await hold_file(house, events, sliced_data())).upload
        approval = await house.pending.approve_to_archive(held.id)
        assert approval.undo_until
        assert abs(approval.undo_until - database_clock.now() - UNDO_FOR) < MOMENT
        assert (await house.pending.undo(held.id)).state is UploadState.PENDING
        await house.pending.approve_to_archive(held.id)
        database_clock.ahead += UNDO_FOR + MOMENT
        await house.look_at_index()
        with pytest.raises(NothingToUndoError):
            await house.pending.undo(held.id)


@pytest.mark.usefixtures("loopback")
async def test_options_of_the_slicer_are_waited_for_by_the_clock_of_this_computer(
    tmp_path: Path,
    postgresql: Callable[[], str],
    sliced_data: Callable[..., bytes],
    database_clock: DatabaseClock,
) -> None:
    """It is what plans the job."""
    database_clock.ahead = HOURS
    queueing = replace(IMMEDIATE, mode=Mode.QUEUE)
    async with shared_library(postgresql(), tmp_path / "house") as (house, events):
        card = house.storage(queueing, plan=JobPlan(hold=False))
        file = await receive(card, "Cube.gcode.3mf", sliced_data())
        house.intake(file.id)
        job = (await events.next(JobAdded)).job
        assert job.options_due_at
        assert timedelta() < job.options_due_at - job.created_at < MOMENT


@pytest.mark.usefixtures("loopback", "impatient")
async def test_what_others_are_putting_into_the_store_is_not_old_to_a_clock_that_is_days_ahead(
    tmp_path: Path, postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ages: list[timedelta] = []
    monkeypatch.setattr(FolderBackend, "sweep", lambda _, age: ages.append(age))
    async with shared_library(postgresql(), tmp_path / "cabin", clock=clock(3 * DAY)):
        await until(lambda: ages)
    assert ages[0] > storing.SWEPT_AFTER + 3 * DAY - MOMENT
