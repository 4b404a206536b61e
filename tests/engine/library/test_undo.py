"""What was discarded can be had back for a while, through restarts, as long as there is room."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.bambu_virtual_printer.engine.library import queue as queue_module
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    InvalidChangeError,
    NotFoundError,
    NothingToUndoError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    ArchiveDeleted,
    JobAdded,
    JobFinished,
    QueueEmptied,
    UploadHeld,
    UploadRestored,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    JobState,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    PrintPhase,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveChanges,
    ArchiveQuery,
    LibrarySettings,
    Upload,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.values import Sender
from tests.support.library import REVIEW, Events, Home, receive, settled
from tests.support.prints import claim

NAME = "Box.gcode.3mf"
UNDO_FOR = timedelta(minutes=10)
SETTINGS = LibrarySettings(reserve_bytes=0, low_space_bytes=0, undo_for=UNDO_FOR)
LATER = timedelta(minutes=11)


async def _hold(library: object, events: Events, data: bytes) -> Upload:
    card = library.storage(REVIEW)  # type: ignore[attr-defined]
    held = len(events.of(UploadHeld))
    file = await receive(card, NAME, data)
    library.receive(file, REVIEW)  # type: ignore[attr-defined]
    return (await events.next(UploadHeld, count=held + 1)).upload


@pytest.fixture
def data(sliced_data: Callable[..., bytes]) -> bytes:
    """A sliced file."""
    return sliced_data()


@pytest.mark.parametrize("verb", ["discard", "send_back"])
async def test_what_was_discarded_waits_again_as_it_was(
    home: Home, data: bytes, verb: str
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        before = home.files()
        pending = library.pending
        gone = (
            await pending.discard(upload.id)
            if verb == "discard"
            else await pending.send_back(upload.id, "too large")
        )
        assert gone.kept_until
        assert gone.kept_until > datetime.now(UTC)
        assert (await pending.page()).uploads == ()
        assert home.files() == before
        assert await pending.undo(upload.id) == upload
        assert (await pending.page()).uploads == (upload,)
        assert events.of(UploadRestored)[-1].upload == upload
        # Once more does no harm.
        await pending.undo(upload.id)
        assert len(events.of(UploadRestored)) == 1
        approval = await pending.approve_to_archive(upload.id)
        assert approval.archive.id == upload.id


async def test_after_the_time_the_file_goes(home: Home, data: bytes) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        await library.pending.discard(upload.id)
        await library.maintain(datetime.now(UTC))
        assert home.files()
        await library.maintain(datetime.now(UTC) + LATER)
        assert home.files() == set()
        gone = await library.upload(upload.id)
        assert (gone.state, gone.facts, gone.kept_until) == (
            UploadState.DISCARDED,
            None,
            None,
        )
        with pytest.raises(NothingToUndoError):
            await library.pending.undo(upload.id)


async def test_it_goes_by_itself_when_its_time_has_come(
    home: Home, data: bytes
) -> None:
    events = Events()
    soon = replace(SETTINGS, undo_for=timedelta(milliseconds=1))
    async with home.library(events, soon) as library:
        upload = await _hold(library, events, data)
        await library.pending.discard(upload.id)
        # Closing waits for what was begun; the time is over before.
        while (await library.upload(upload.id)).kept_until:
            library._context.sweep_wanted.set()
            await library.statistics()
    assert home.files() == set()


async def test_it_can_be_had_back_after_a_restart(home: Home, data: bytes) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        await library.pending.discard(upload.id)
    async with home.library(Events(), SETTINGS) as library:
        assert (await library.pending.undo(upload.id)).id == upload.id
        assert await library.file_path(upload.id)


async def test_what_became_due_while_nobody_ran_goes_after_the_start(
    home: Home, data: bytes
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        await library.pending.discard(upload.id)
        await library.pending.sweep(datetime.now(UTC))
    async with home.library(Events(), SETTINGS) as library:
        await library.pending.sweep(datetime.now(UTC) + LATER)
    assert home.files() == set()


async def test_without_the_option_it_goes_at_once(home: Home, data: bytes) -> None:
    events = Events()
    async with home.library(events, replace(SETTINGS, undo_for=None)) as library:
        upload = await _hold(library, events, data)
        gone = await library.pending.discard(upload.id)
        assert gone.kept_until is None
        assert home.files() == set()
        with pytest.raises(NothingToUndoError):
            await library.pending.undo(upload.id)


async def test_what_is_kept_counts_as_used_and_makes_room_when_it_is_needed(
    home: Home, data: bytes
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        first = await _hold(library, events, data)
        await library.pending.discard(first.id)
        statistics = await library.statistics()
        assert statistics.discarded_bytes == len(data)
        assert statistics.used_bytes == len(data)
        # With two of them the budget is spent.
        library.settings = replace(SETTINGS, budget_bytes=len(data) * 3 // 2)
        second = await _hold(library, events, data)
        while (await library.upload(first.id)).kept_until:
            await library.statistics()
        statistics = await library.statistics()
        assert statistics.used_bytes == len(data)
        assert [upload.id for upload in (await library.pending.page()).uploads] == [
            second.id
        ]


async def test_nobody_has_back_what_never_was(home: Home) -> None:
    async with home.library(Events(), SETTINGS) as library:
        with pytest.raises(NotFoundError):
            await library.pending.undo("01KAPWZ3V8X4M2T9C6B5N7Q1RD")


@pytest.mark.parametrize("queueing", [False, True])
async def test_what_was_approved_waits_again_with_what_was_written_since(
    home: Home, data: bytes, queueing: bool
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        before = home.files()
        pending = library.pending
        approve = pending.approve_to_queue if queueing else pending.approve_to_archive
        approval = await approve(upload.id)
        assert approval.undo_until
        assert approval.undo_until > datetime.now(UTC)
        await library.update_archive(
            upload.id, ArchiveChanges(notes="For Anna", tags=["gift"])
        )
        again = await pending.undo(upload.id)
        assert again.state is UploadState.PENDING
        assert (again.annotations.notes, again.annotations.tags) == (
            "For Anna",
            ("gift",),
        )
        assert (again.facts, again.cost, again.plan) == (
            upload.facts,
            upload.cost,
            upload.plan,
        )
        assert (await pending.page()).uploads == (again,)
        assert home.files() == before
        for query in (
            ArchiveQuery(),
            ArchiveQuery(text="box"),
            ArchiveQuery(tags=["gift"]),
        ):
            assert (await library.archives(query)).total == 0
        statistics = await library.statistics()
        assert (statistics.ever_archived, statistics.queued) == (0, 0)
        assert len(events.of(JobFinished)) == len(approval.jobs) == int(queueing)
        assert len(events.of(QueueEmptied)) == int(queueing)
        assert events.of(ArchiveDeleted)[-1].archive.id == upload.id
        assert events.of(UploadRestored)[-1].upload == again
        # Another time.
        approval = await approve(upload.id)
        assert (await library.archives(ArchiveQuery(tags=["gift"]))).total == 1
        assert len(approval.jobs) == int(queueing)


async def test_what_a_person_has_begun_to_print_stays_archived(
    home: Home, data: bytes
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        approval = await library.pending.approve_to_queue(upload.id)
        await library.queue.start(approval.jobs[0].id)
        with pytest.raises(NothingToUndoError):
            await library.pending.undo(upload.id)
        assert (await library.archives(ArchiveQuery())).total == 1
        assert (await library.queue.job(approval.jobs[0].id)).position == 1


async def test_what_is_left_on_a_card_of_what_was_taken_back_is_known(
    home: Home, data: bytes
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        approval = await library.pending.approve_to_queue(upload.id)
        job = await library.queue.release(approval.jobs[0].id)
        print_ = await claim(library, job.id)
        sent = replace(print_, phase=PrintPhase.UPLOADED, file="x.3mf", on_card=True)
        await library.prints.advance(print_, sent)
        # Its printer is not free any more.
        await library.prints.put_back(sent, problem=None)
        await library.pending.undo(upload.id)
        [left] = await library.prints.left_on_card("garage")
        assert (left.id, left.file) == (print_.id, "x.3mf")


async def test_after_the_time_an_archive_stays_one(home: Home, data: bytes) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        await library.pending.approve_to_archive(upload.id)
        library.settings = replace(SETTINGS, undo_for=timedelta())
        with pytest.raises(NothingToUndoError):
            await library.pending.undo(upload.id)
        library.settings = replace(SETTINGS, undo_for=None)
        with pytest.raises(NothingToUndoError):
            await library.pending.undo(upload.id)
        assert (await library.archives(ArchiveQuery())).total == 1


async def test_a_deleted_archive_is_had_back_as_it_was(home: Home, data: bytes) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        approval = await library.pending.approve_to_queue(upload.id)
        await library.update_archive(
            upload.id, ArchiveChanges(name="Gear", notes="Fine.", tags=["gift"])
        )
        before = await library.archive(upload.id)
        files = home.files()
        until = await library.delete_archive(upload.id)
        assert until
        assert until > datetime.now(UTC)
        assert home.files() == files
        assert (await library.archives(ArchiveQuery())).total == 0
        assert upload.id in await library.pending.undoable()
    # Through a restart.
    events = Events()
    async with home.library(events, SETTINGS) as library:
        await settled(library)
        assert home.files() == files
        back = await library.restore_archive(upload.id)
        # Once more does no harm.
        assert await library.restore_archive(upload.id) == back
        assert await library.pending.undoable() == {}
        after = await library.archive(upload.id)
        assert after.facts == before.facts
        assert after.archive == back == before.archive
        for query in (
            ArchiveQuery(text="gear"),
            ArchiveQuery(tags=["gift"]),
            ArchiveQuery(filament="PLA"),
        ):
            assert (await library.archives(query)).total == 1
        assert [event.archive for event in events.of(ArchiveAdded)] == [back]
        (job,) = approval.jobs
        job = replace(job, name="Gear")
        assert await library.queue.job(job.id) == job
        assert [event.job for event in events.of(JobAdded)] == [job]


async def test_the_jobs_of_an_archive_that_is_had_back_are_what_and_where_they_were(
    home: Home, data: bytes
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        queue = library.queue
        upload = await _hold(library, events, data)
        (first,) = (await library.pending.approve_to_queue(upload.id)).jobs
        other = await _hold(library, events, data)
        (mine,) = (await library.pending.approve_to_queue(other.id)).jobs
        (last,) = await queue.add(upload.id, JobPlan(plates=(1,), hold=True))
        (cancelled,) = await queue.add(upload.id, JobPlan(plates=(1,)))
        await queue.cancel(cancelled.id)
        await queue.start(first.id)
        before = await queue.queued_jobs()
        assert [job.id for job in before] == [first.id, mine.id, last.id]
        await library.delete_archive(upload.id)
        assert [job.id for job in await queue.queued_jobs()] == [mine.id]
        await library.restore_archive(upload.id)
        assert await queue.queued_jobs() == before
        assert (await queue.job(cancelled.id)).state is JobState.CANCELLED
        # Deleted once more, they go and come once more.
        await library.delete_archive(upload.id)
        await library.restore_archive(upload.id)
        assert await queue.queued_jobs() == before


async def test_jobs_that_were_cancelled_are_what_and_where_they_were(
    home: Home, data: bytes
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        queue = library.queue
        upload = await _hold(library, events, data)
        (first,) = (await library.pending.approve_to_queue(upload.id)).jobs
        (held,) = await queue.add(upload.id, JobPlan(plates=(1,), hold=True))
        (last,) = await queue.add(upload.id, JobPlan(plates=(1,), hold=False))
        await queue.start(first.id)
        before = await queue.queued_jobs()
        for job_id in (first.id, held.id, last.id):
            await queue.cancel(job_id)
        assert await queue.queued_jobs() == ()
        events.seen.clear()
        back = [await queue.uncancel(job_id) for job_id in (last.id, held.id, first.id)]
        assert await queue.queued_jobs() == before
        assert [job.state for job in before] == [
            JobState.WAITING,
            JobState.STAGED,
            JobState.PENDING,
        ]
        assert [event.job for event in events.of(JobAdded)] == back
        # Once more does no harm, and says nothing.
        assert await queue.uncancel(held.id) == before[1]
        assert len(events.of(JobAdded)) == 3
        # What was put in line again otherwise, and has ended otherwise, is not had back.
        await queue.cancel(held.id)
        await queue.retry(held.id)
        await queue.finish(held.id, JobState.CANCELLED)
        with pytest.raises(NothingToUndoError):
            await queue.uncancel(held.id)


async def test_a_job_that_was_cancelled_long_ago_is_not_had_back(
    home: Home, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        (job,) = (await library.pending.approve_to_queue(upload.id)).jobs
        await library.queue.cancel(job.id)
        monkeypatch.setattr(queue_module, "UNCANCEL_WITHIN", timedelta(0))
        with pytest.raises(NothingToUndoError, match="too late"):
            await library.queue.uncancel(job.id)
        assert (await library.queue.job(job.id)).state is JobState.CANCELLED


async def test_a_job_that_was_cancelled_with_its_archive_comes_back_with_that_only(
    home: Home, data: bytes
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        (job,) = (await library.pending.approve_to_queue(upload.id)).jobs
        await library.delete_archive(upload.id)
        with pytest.raises(NothingToUndoError):
            await library.queue.uncancel(job.id)
        await library.restore_archive(upload.id)
        await library.queue.cancel(job.id)
        await library.delete_archive(upload.id)
        with pytest.raises(InvalidChangeError, match="deleted"):
            await library.queue.uncancel(job.id)


async def test_a_deleted_archive_goes_when_its_time_has_come(
    home: Home, data: bytes
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        await library.pending.approve_to_archive(upload.id)
        await library.delete_archive(upload.id)
        await library.maintain(datetime.now(UTC) + LATER)
        assert home.files() == set()
        with pytest.raises(NothingToUndoError):
            await library.restore_archive(upload.id)


async def test_what_is_purged_is_gone_at_once(home: Home, data: bytes) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        await library.pending.approve_to_archive(upload.id)
        assert await library.delete_archive(upload.id, purge=True) is None
        assert home.files() == set()
        with pytest.raises(NotFoundError):
            await library.restore_archive(upload.id)


async def test_a_file_that_somebody_removed_cannot_be_had_back(
    home: Home, data: bytes
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        upload = await _hold(library, events, data)
        path = await library.file_path(upload.id)
        await library.pending.discard(upload.id)
        assert path
        path.unlink()
        with pytest.raises(NothingToUndoError):
            await library.pending.undo(upload.id)


@pytest.mark.parametrize("verb", ["discard", "undo archiving", "delete"])
@pytest.mark.parametrize("replaced_by", ["", "Anna", "Ben"])
async def test_what_is_restored_is_on_the_memory_card_again_unless_replaced(
    home: Home, data: bytes, verb: str, replaced_by: str
) -> None:
    events = Events()
    anna, ben = (Sender(person=name, name=name) for name in ("Anna", "Ben"))
    async with home.library(events, SETTINGS) as library:
        card = library.storage(REVIEW)
        file = await receive(card, "Cube.gcode.3mf", data, anna)
        library.receive(file, REVIEW)
        await events.next(UploadHeld)
        if verb != "discard":
            await library.pending.approve_to_archive(file.id)
        if verb == "discard":
            await library.pending.discard(file.id)
        elif verb == "delete":
            await library.delete_archive(file.id)
        if verb != "undo archiving":
            assert await card.files() == []
            assert await card.locate("Cube.gcode.3mf", anna) is None
        if replaced_by:
            sender = anna if replaced_by == "Anna" else ben
            await receive(card, "Cube.gcode.3mf", b"other", sender)
        if verb == "delete":
            await library.restore_archive(file.id)
        else:
            await library.pending.undo(file.id)
        [shown] = await card.files(anna)
        if replaced_by == "Anna":
            assert shown.id != file.id
        else:
            assert shown.id == file.id
            assert await card.locate("Cube.gcode.3mf", anna)


@pytest.mark.parametrize("is_deleted", [True, False])
async def test_what_is_gone_for_good_or_was_taken_off_the_card_does_not_come_back_to_it(
    home: Home, data: bytes, is_deleted: bool
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        card = library.storage(REVIEW)
        upload = await _hold(library, events, data)
        if not is_deleted:
            assert await card.remove(upload.file.name)
        await library.pending.discard(upload.id)
        if is_deleted:
            await library.maintain(datetime.now(UTC) + LATER)
        else:
            await library.pending.undo(upload.id)
        assert await card.files() == []
