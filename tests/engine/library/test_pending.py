"""Review: every verb on pending uploads, done once, done again, and after a restart."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import hashlib
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.library.index import upload_rows
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    AlreadyProcessedError,
    InvalidChangeError,
    LibraryError,
    NotFoundError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    JobAdded,
    UploadApproved,
    UploadChanged,
    UploadDiscarded,
    UploadExpired,
    UploadHeld,
    UploadSentBack,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    JobState,
    Priority,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
    Approval,
    ArchiveQuery,
    LibrarySettings,
    UploadChanges,
    UploadState,
)
from tests.support.library import REVIEW, Home, hold_file, receive
from tests.support.print_requests import REQUEST

type SlicedData = Callable[..., bytes]

TARGET = Target(kind=TargetKind.MODEL, id="N2S")
CHANGES = UploadChanges(
    notes="for Anna",
    tags=["Gift", "gift", "PLA"],
    project="Xmas",
    name="Cube for Anna",
    plan=JobPlan(target=TARGET, plates=(2,), copies=3, priority=Priority.HIGH),
)


async def test_a_pending_upload_shows_its_facts_and_pictures(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data(plates=2))).upload
        assert upload.facts is not None
        assert len(upload.facts.printable_plates) == 2
        assert upload.facts.print_time_s
        for plate in (1, 2):
            assert await library.thumbnail_path(upload.id, plate)
        assert (await library.pending.page()).uploads == (upload,)
        assert (await library.pending.page(printer_id="other")).uploads == ()


async def test_what_is_edited_goes_along_into_archive_and_jobs(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data(plates=3))).upload
        edited = await library.pending.edit(upload.id, CHANGES)
        assert edited.annotations.tags == ("Gift", "PLA")
        assert edited.name == "Cube for Anna"
        assert events.of(UploadChanged)[-1].upload == edited
        seen = len(events.seen)
        assert await library.pending.edit(upload.id, CHANGES) == edited
        assert len(events.seen) == seen
    async with home.open() as (library, events):
        assert (await library.upload(upload.id)).plan == edited.plan
        approval = await library.pending.approve_to_queue(upload.id)
        archive = approval.archive
        assert archive.name == "Cube for Anna"
        assert archive.annotations == edited.annotations
        assert archive.open_jobs == 1
        [job] = approval.jobs
        assert (job.plate, job.copies, job.target) == (2, 3, TARGET)
        assert job.priority is Priority.HIGH


async def test_a_name_that_is_taken_back_leaves_the_files_own(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data(title="Gift"))).upload
        named = await library.pending.edit(upload.id, UploadChanges(name="For Ada"))
        assert named.name == "For Ada"
        assert await library.pending.edit(upload.id, UploadChanges(name="")) == upload


async def test_annotations_survive_the_loss_of_the_index(
    home: Home, sliced_data: SlicedData, tmp_path: Path
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data(plates=2))).upload
        edited = await library.pending.edit(upload.id, CHANGES)
    new = replace(home, database_url=f"sqlite:///{tmp_path}/new.db")
    async with new.open() as (library, events):
        held = (await events.next(UploadHeld)).upload
        assert (held.annotations, held.plan) == (edited.annotations, edited.plan)
        assert held.name == edited.name


@pytest.mark.parametrize("queueing", [False, True])
async def test_an_approved_upload_is_in_the_archive_and_nowhere_else(
    home: Home, sliced_data: SlicedData, queueing: bool
) -> None:
    data = sliced_data(plates=2)
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, data)).upload
        approval = await approve(library, upload.id, queueing=queueing)
        state = UploadState.QUEUED if queueing else UploadState.ARCHIVED
        assert (await library.upload(upload.id)).state is state
        assert [job.plate for job in approval.jobs] == ([1, 2] if queueing else [])
        assert all(job.state is JobState.STAGED for job in approval.jobs)
        path = await library.file_path(upload.id)
        assert path is not None
        assert path.read_bytes() == data
        assert home.sliced_files() == [path]
        [event] = events.of(UploadApproved)
        assert (event.archive, event.jobs) == (approval.archive, approval.jobs)
        assert event.upload.state is state
        assert len(events.of(ArchiveAdded)) == 1
        assert len(events.of(JobAdded)) == len(approval.jobs)


def approve(library: Library, upload_id: str, *, queueing: bool) -> asyncio.Task:
    review = library.pending
    verb = review.approve_to_queue if queueing else review.approve_to_archive
    return asyncio.ensure_future(verb(upload_id))


async def decide(library: Library, upload_id: str, verb: str) -> object:
    review = library.pending
    match verb:
        case "archive":
            return await review.approve_to_archive(upload_id)
        case "queue":
            return await review.approve_to_queue(upload_id)
        case "discard":
            return await review.discard(upload_id)
        case "send back":
            return await review.send_back(upload_id, "too large")
    return await review.edit(upload_id, CHANGES)


DECISIONS = ["archive", "queue", "discard", "send back"]


@pytest.mark.parametrize("first", DECISIONS)
async def test_a_late_tap_is_told_so_and_changes_nothing(
    home: Home, sliced_data: SlicedData, first: str
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data(plates=2))).upload
        await decide(library, upload.id, first)
    async with home.open() as (library, events):
        before = await library.upload(upload.id)
        jobs = await library.queue.queued_jobs()
        files = home.files()
        for verb in (*DECISIONS, "edit"):
            with pytest.raises(AlreadyProcessedError, match="already") as err:
                await decide(library, upload.id, verb)
            assert err.value.upload == before
        assert events.seen == []
        assert await library.queue.queued_jobs() == jobs
        assert home.files() == files


@pytest.mark.parametrize("verb", [*DECISIONS, "edit"])
async def test_what_never_was_is_not_found(home: Home, verb: str) -> None:
    async with home.open() as (library, _):
        with pytest.raises(NotFoundError):
            await decide(library, "01M81DZPXET4DKWAV4GYFRFNEK", verb)


@pytest.mark.parametrize("verb", DECISIONS)
async def test_of_many_taps_at_once_one_counts(
    home: Home, sliced_data: SlicedData, verb: str
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data())).upload
        answers = await asyncio.gather(
            *(decide(library, upload.id, verb) for _ in range(6)),
            return_exceptions=True,
        )
        refused = [one for one in answers if isinstance(one, AlreadyProcessedError)]
        assert len(refused) == 5
        assert len(await library.queue.queued_jobs()) == (verb == "queue")


async def test_discarded_and_sent_back_files_are_gone(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first = (await hold_file(library, events, sliced_data())).upload
        second = (await hold_file(library, events, sliced_data())).upload
        await library.pending.discard(first.id)
        sent_back = await library.pending.send_back(second.id, "too\nlarge\x07")
        assert str(sent_back.reason) == "too\nlarge"
        assert sent_back.state is UploadState.SENT_BACK
        assert sent_back.state.is_gone
        assert home.files() == set()
        assert events.of(UploadDiscarded)[0].upload.id == first.id
        assert events.of(UploadSentBack)[0].upload == sent_back
        assert await library.storage(REVIEW).files() == []
        # Who hears of it is told what it was; the index need not remember.
        assert sent_back.facts == second.facts
        assert (await library.upload(second.id)).facts is None


async def test_two_uploads_of_one_name_never_touch_each_other(
    home: Home, sliced_data: SlicedData
) -> None:
    one, other = sliced_data(plates=1), sliced_data(plates=2)
    async with home.open() as (library, events):
        first = (await hold_file(library, events, one)).upload
        second = (await hold_file(library, events, other)).upload
        await library.pending.discard(first.id)
        path = await library.file_path(second.id)
        assert path is not None
        assert path.read_bytes() == other
        await library.pending.approve_to_archive(second.id)
        third = (await hold_file(library, events, one)).upload
        path = await library.file_path(third.id)
        assert path is not None
        assert path.read_bytes() == one


async def test_plates_that_are_not_there_are_refused_and_nothing_is_changed(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data(plates=2))).upload
        for plan in (JobPlan(plates=(1, 7)), JobPlan(copies=0), JobPlan(copies=5000)):
            changes = UploadChanges(notes="x", plan=plan)
            with pytest.raises(InvalidChangeError):
                await library.pending.edit(upload.id, changes)
            with pytest.raises(InvalidChangeError):
                await library.pending.approve_to_queue(upload.id, changes)
        assert await library.upload(upload.id) == upload


async def test_what_was_not_sliced_can_be_archived_but_not_queued(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, b"no ZIP")).upload
        with pytest.raises(LibraryError, match="not a 3MF"):
            await library.pending.approve_to_queue(upload.id)
        pending = await library.upload(upload.id)
        assert pending.state is UploadState.PENDING
        assert str(pending.reason).startswith("The file is not a 3MF")
        assert len(home.sliced_files()) == 1


async def test_all_means_those_that_are_pending_now(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        good = [
            (await hold_file(library, events, sliced_data(plates=2))).upload.id
            for _ in range(2)
        ]
        bad = (await hold_file(library, events, b"no ZIP")).upload.id
        other = replace(REVIEW, id="p9")
        elsewhere = await hold_file(library, events, sliced_data(), printer=other)
        result = await library.pending.approve_all_to_queue(printer_id=REVIEW.id)
        assert result.done == tuple(good)
        [failure] = result.failed
        assert failure.id == bad
        assert "not a 3MF" in str(failure.reason)
        assert [job.archive_id for job in await library.queue.queued_jobs()] == [
            good[0],
            good[0],
            good[1],
            good[1],
        ]
        assert (await library.pending.approve_all_to_archive()).done == (
            elsewhere.upload.id,
        )
        sent = await library.pending.send_back_all("no")
        assert sent.done == (bad,)
        assert (await library.pending.discard_all()).done == ()


async def test_an_approval_goes_on_when_its_caller_gives_up(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data())).upload
        task = approve(library, upload.id, queueing=True)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await events.next(UploadApproved)
        assert (await library.upload(upload.id)).state is UploadState.QUEUED


@pytest.mark.parametrize("moved", [False, True])
async def test_an_approval_that_a_crash_cut_short_is_finished_by_the_next_start(
    home: Home, sliced_data: SlicedData, moved: bool
) -> None:
    data = sliced_data(plates=2)
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, data)).upload
        index = library._context.index
        await index.run(upload_rows.approve, upload.id, queueing=True)
        if moved:
            sha256 = hashlib.sha256(data).hexdigest()
            LibraryFolder(home.folder).archive(upload.id, sha256)
    async with home.open() as (library, events):
        await events.next(UploadApproved)
        assert (await library.upload(upload.id)).state is UploadState.QUEUED
        assert len(await library.queue.queued_jobs()) == 2


async def test_a_disk_that_refuses_leaves_the_upload_pending_with_the_reason(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data())).upload
        year = home.folder / "archive" / f"{upload.file.received_at:%Y}"
        year.write_bytes(b"in the way")
        with pytest.raises(LibraryError, match="cannot be moved"):
            await library.pending.approve_to_archive(upload.id)
        held = await events.next(UploadHeld, count=2)
        assert "cannot be moved" in str(held.upload.reason)
        year.unlink()
        await library.pending.approve_to_archive(upload.id)


async def test_an_upload_that_is_still_being_read_is_not_decided_about(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, _):
        file = await receive(library.storage(REVIEW), "Cube.3mf", sliced_data())
        with pytest.raises(LibraryError, match="still being read"):
            await library.pending.discard(file.id)


async def test_uploads_expire_only_when_somebody_wants_that(
    home: Home, sliced_data: SlicedData
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1, minutes=1)
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data())).upload
        assert (await library.maintain(tomorrow)).expired == 0
        library.settings = LibrarySettings(
            reserve_bytes=0, pending_expiry=timedelta(days=1)
        )
        assert (await library.maintain()).expired == 0
        assert (await library.maintain(tomorrow)).expired == 1
        assert events.of(UploadExpired)[0].upload.id == upload.id
        assert (await library.upload(upload.id)).state is UploadState.EXPIRED
        assert home.files() == set()


async def test_what_a_printer_gives_along_is_on_its_uploads(
    home: Home, sliced_data: SlicedData
) -> None:
    annotations = Annotations(tags=("kids",), project="School")
    plan = JobPlan(target=TARGET, hold=False)
    async with home.open() as (library, events):
        card = library.storage(REVIEW, annotations=annotations, plan=plan)
        file = await receive(card, "Cube.3mf", sliced_data())
        library.intake(file.id, REQUEST)
        upload = (await events.next(UploadHeld)).upload
        assert (upload.annotations, upload.plan) == (annotations, plan)
        approval: Approval = await library.pending.approve_to_queue(upload.id)
        assert approval.archive.annotations == annotations
        assert approval.jobs[0].state is JobState.PENDING
        assert approval.jobs[0].target == TARGET
        assert (await library.archives(ArchiveQuery(tags=["kids"]))).total == 1
