"""The print queue: how jobs come, the order they stand in, and every verb from every state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    InvalidChangeError,
    JobStateError,
    LibraryError,
    NotFoundError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    JobAdded,
    JobChanged,
    JobFinished,
    JobHeld,
    JobMoved,
    JobPutBack,
    JobReleased,
    JobStarted,
    JobStartedAgain,
    QueueEmptied,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    TRANSITIONS,
    Job,
    JobPlan,
    JobState,
    JobVerb,
    PrintOptions,
    Priority,
    Target,
    TargetKind,
    WaitingKey,
)
from custom_components.bambu_virtual_printer.engine.library.values.plate_requests import (
    MAX_REQUESTS,
    with_request,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Outcome,
    Print,
    Problem,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.values import Mode, PrintRequest
from tests.support.library import (
    IMMEDIATE,
    REVIEW,
    Events,
    Home,
    archive_file,
    hold_file,
    receive,
)
from tests.support.print_requests import REQUEST
from tests.support.prints import begin, claim

type SlicedData = Callable[..., bytes]

QUEUE = replace(IMMEDIATE, id="p3", mode=Mode.QUEUE)
TARGET = Target(kind=TargetKind.PRINTER, id="01P00A391812345")
ANY_PLATE = replace(REQUEST, plate=None)
RELEASED = JobPlan(hold=False, target=TARGET)


async def queue_file(
    library: Library,
    events: Events,
    data: bytes,
    *,
    request: Any = None,
    plan: JobPlan = JobPlan(),
) -> list[Job]:
    """Send a file by a printer in queue mode. Returns its jobs."""
    before = len(events.of(JobAdded))
    file = await receive(library.storage(QUEUE, plan=plan), "Cube.gcode.3mf", data)
    library.intake(file.id, request)
    await events.next(JobAdded, count=before + 1)
    return [event.job for event in events.of(JobAdded)[before:]]


def positions(jobs: tuple[Job, ...]) -> list[tuple[str, int | None]]:
    return [(job.id, job.position) for job in jobs]


# --- how they come --------------------------------------------------------------------------------------------------


async def test_an_upload_becomes_an_archive_and_a_job_for_each_sliced_plate(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        jobs = await queue_file(library, events, sliced_data(plates=3), request=REQUEST)
        details = await library.archive(jobs[0].archive_id)
        assert details.archive.open_jobs == 3
        assert (await library.upload(jobs[0].archive_id)).state is UploadState.QUEUED
        assert [job.plate for job in jobs] == [1, 2, 3]
        assert [job.position for job in jobs] == [1, 2, 3]
        for job, plate in zip(jobs, details.facts.plates, strict=True):
            assert job.state is JobState.STAGED
            assert job.print_time_s == plate.print_time_s
            assert job.filament_g == plate.filament_g
            assert job.cost == pytest.approx((plate.filament_g or 0) / 40, abs=1e-3)
            assert job.filament_types == ("PLA",)
            assert job.options == (
                PrintOptions.of_request(REQUEST) if job.plate == REQUEST.plate else None
            )
            assert job.title == f"{details.archive.name} - Plate {plate.number}"
        more = await queue_file(library, events, sliced_data())
        assert more[0].position == 4
        assert more[0].title == more[0].name
    async with home.open() as (library, events):
        queued = await library.queue.queued_jobs()
        assert [job.plate for job in queued] == [1, 2, 3, 1]
        assert queued[:3] == tuple(jobs)


async def test_what_was_not_sliced_is_held_and_not_lost(home: Home) -> None:
    async with home.open() as (library, events):
        file = await receive(library.storage(QUEUE), "Cube.3mf", b"no ZIP")
        library.intake(file.id)
        held = (await events.next(UploadHeld)).upload
        assert "not a 3MF" in str(held.reason)
        assert await library.queue.queued_jobs() == ()


async def test_a_request_that_comes_late_is_stamped_onto_the_jobs(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, chosen, begun = await queue_file(
            library, events, sliced_data(plates=3), plan=RELEASED
        )
        own = PrintOptions(timelapse=not REQUEST.timelapse)
        await library.queue.edit(chosen.id, options=own)
        await claim(library, begun.id)
        assert first.options is None
        received = first.created_at
        reason = first.waiting_reason(received)
        assert reason is not None
        assert reason.key is WaitingKey.SLICER_OPTIONS
        reason = first.waiting_reason(received + timedelta(seconds=6))
        assert reason is not None
        assert reason.key is WaitingKey.NO_PRINTER_CONNECTION
        await library.print_requested(ANY_PLATE, first.archive_id)
        stamped = await library.queue.job(first.id)
        assert stamped.options == PrintOptions.of_request(REQUEST)
        assert stamped.options_due_at is None
        assert JobChanged(job=stamped) in events.of(JobChanged)
        asked = PrintOptions.of_request(REQUEST)
        both = (await library.queue.job(chosen.id)).options
        assert both == replace(asked, timelapse=own.timelapse)
        assert (await library.queue.job(begun.id)).options is None


async def test_options_a_person_planned_beat_those_of_the_slicer_whenever_they_come(
    home: Home, sliced_data: SlicedData
) -> None:
    own = PrintOptions(timelapse=not REQUEST.timelapse)
    plan = replace(RELEASED, options=own)
    async with home.open() as (library, events):
        (job,) = await queue_file(library, events, sliced_data(), plan=plan)
        assert job.options == own
        assert job.options_due_at is not None
        await library.print_requested(ANY_PLATE, job.archive_id)
        asked = PrintOptions.of_request(REQUEST)
        both = replace(asked, timelapse=own.timelapse)
        assert (await library.queue.job(job.id)).options == both
        (again,) = await library.queue.add(job.archive_id, plan)
        assert again.options == both


async def test_spools_that_a_person_chose_replace_all_of_the_slicers_choice(
    home: Home, sliced_data: SlicedData
) -> None:
    plan = replace(RELEASED, options=PrintOptions(ams_mapping=(2,)))
    spool = {"type": "PLA", "preset_id": "GFA00", "color": "000000FF"}
    pooled = replace(ANY_PLATE, ams_mapping=None, ams_mapping2=None, spools=(spool,))
    async with home.open() as (library, events):
        for request in (ANY_PLATE, pooled):
            (job,) = await queue_file(library, events, sliced_data(), plan=plan)
            await library.print_requested(request, job.archive_id)
            options = (await library.queue.job(job.id)).options
            assert options is not None
            assert options.ams_mapping == (2,)
            assert (options.ams_mapping2, options.spools) == (None, None)
        (job,) = await queue_file(library, events, sliced_data(), plan=RELEASED)
        await library.print_requested(pooled, job.archive_id)
        options = (await library.queue.job(job.id)).options
        assert options is not None
        assert options.spools == (spool,)


def for_plate(plate: int | None, *mapping: int) -> PrintRequest:
    return replace(REQUEST, plate=plate, ams_mapping=mapping)


FIRST, SECOND = for_plate(1, 0, -1), for_plate(2, -1, 3)


async def mappings(library: Library) -> list[tuple[int, ...] | None]:
    """Return what the jobs in line map, in the order of the plates."""
    jobs = sorted(await library.queue.queued_jobs(), key=lambda job: job.plate)
    return [job.options and job.options.ams_mapping for job in jobs]


@pytest.mark.parametrize(
    ("requests", "wanted"),
    [
        ([SECOND], [None, (-1, 3)]),
        ([FIRST, SECOND], [(0, -1), (-1, 3)]),
        ([SECOND, FIRST], [(0, -1), (-1, 3)]),
        ([SECOND, FIRST, for_plate(2, -1, 1)], [(0, -1), (-1, 1)]),
        ([for_plate(None, 2, 2)], [(2, 2), (2, 2)]),
        ([for_plate(None, 2, 2), SECOND], [(2, 2), (-1, 3)]),
        ([SECOND, for_plate(None, 2, 2)], [(2, 2), (2, 2)]),
        ([for_plate(7, 5, 5)], [None, None]),
    ],
)
@pytest.mark.parametrize("way", ["before", "first with the file", "after", "review"])
async def test_a_request_belongs_to_the_job_of_the_plate_it_names(
    home: Home,
    sliced_data: SlicedData,
    way: str,
    requests: list[PrintRequest],
    wanted: list[tuple[int, ...] | None],
) -> None:
    data = sliced_data(plates=2)
    async with home.open() as (library, events):
        printer = REVIEW if way == "review" else QUEUE
        file = await receive(library.storage(printer), "Cube.gcode.3mf", data)
        early = {"before": len(requests), "first with the file": 1}.get(way, 0)
        for request in requests[: early if way == "before" else 0]:
            await library.print_requested(request, file.id)
        library.intake(file.id, requests[0] if way == "first with the file" else None)
        await events.next(UploadHeld if way == "review" else JobAdded)
        for request in requests[early:]:
            await library.print_requested(request, file.id)
        if way == "review":
            assert (await library.upload(file.id)).request == requests[-1]
            await library.pending.approve_to_queue(file.id)
        assert await mappings(library) == wanted
        assert (await library.archive(file.id)).request == requests[-1]
        for job in await library.queue.queued_jobs():
            await library.queue.cancel(job.id)
        await library.queue.add(file.id)
        assert await mappings(library) == wanted


async def test_a_file_with_one_plate_takes_requests_for_that_plate_only(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        (job,) = await queue_file(library, events, sliced_data(), request=FIRST)
        assert job.options == PrintOptions.of_request(FIRST)
        await library.print_requested(for_plate(3, 1), job.archive_id)
        assert await mappings(library) == [FIRST.ams_mapping]


async def test_only_jobs_whose_plate_was_asked_for_do_not_wait_for_the_slicer(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, second = await queue_file(
            library, events, sliced_data(plates=2), request=SECOND, plan=RELEASED
        )
        assert first.options_due_at is not None
        assert second.options_due_at is None


def test_requests_for_any_number_of_plates_do_not_pile_up() -> None:
    known: tuple[PrintRequest, ...] = ()
    for plate in range(1, 500):
        known = with_request(known, for_plate(plate, plate))
    assert [request.plate for request in known] == list(range(500 - MAX_REQUESTS, 500))


def test_a_mapping_that_maps_nothing_is_left_out() -> None:
    unresolved = replace(REQUEST, ams_mapping=(-1, -1))
    assert PrintOptions.of_request(unresolved).ams_mapping is None
    mapped = replace(REQUEST, ams_mapping=(-1, 2))
    assert PrintOptions.of_request(mapped).ams_mapping == (-1, 2)


async def test_an_archive_is_queued_again_plate_by_plate(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data(plates=3))).archive
        await library.print_requested(ANY_PLATE, archive.id)
        plan = JobPlan(plates=(3, 1), copies=4, target=TARGET, hold=False)
        jobs = await library.queue.add(archive.id, plan)
        assert [job.plate for job in jobs] == [1, 3]
        assert {job.copies for job in jobs} == {4}
        assert jobs[0].options == PrintOptions.of_request(REQUEST)
        assert jobs[0].options_due_at is None
        again = await library.queue.add(archive.id)
        assert len(again) == 3
        with pytest.raises(InvalidChangeError, match="these sliced plates: 4"):
            await library.queue.add(archive.id, JobPlan(plates=(4,)))
        await library.delete_archive(archive.id)
        with pytest.raises(NotFoundError):
            await library.queue.add(archive.id)


# --- why they wait --------------------------------------------------------------------------------------------------


async def test_every_job_says_why_it_does_not_begin(
    home: Home, sliced_data: SlicedData
) -> None:
    now = datetime.now(UTC)

    async def key(**changes: Any) -> WaitingKey:
        await library.queue.edit(job.id, **changes)
        reason = (await library.queue.job(job.id)).waiting_reason(now)
        assert reason is not None
        return reason.key

    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        [job] = await library.queue.add(archive.id)
        assert await key() is WaitingKey.STAGED
        await library.queue.release(job.id)
        assert await key() is WaitingKey.NO_TARGET
        assert await key(target=TARGET) is WaitingKey.NO_PRINTER_CONNECTION
        later = now + timedelta(hours=1)
        assert await key(not_before=later) is WaitingKey.SCHEDULED
        scheduled = (await library.queue.job(job.id)).waiting_reason(now)
        assert scheduled is not None
        assert scheduled.until == later
        assert await key(not_before=None) is WaitingKey.NO_PRINTER_CONNECTION
        started = await library.queue.start(job.id)
        assert started.state is JobState.WAITING
        reason = started.waiting_reason(now)
        assert reason is not None
        assert reason.key is WaitingKey.NO_PRINTER_CONNECTION
        await claim(library, job.id)
        assert (await library.queue.job(job.id)).waiting_reason(now) is None


async def test_a_started_job_waits_for_no_schedule(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        later = datetime.now(UTC) + timedelta(hours=1)
        [job] = await library.queue.add(archive.id, JobPlan(not_before=later))
        started = await library.queue.start(job.id)
        assert (started.state, started.not_before) == (JobState.WAITING, None)
        assert events.of(JobStarted)[0].job == started


async def test_a_job_whose_file_is_gone_fails_when_it_is_started(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queue_file(library, events, sliced_data())
        home.sliced_files()[0].unlink()
        failed = await library.queue.start(job.id)
        assert failed.state is JobState.FAILED
        assert failed.problem is Problem.FILE_GONE
        assert events.of(JobFinished)[0].job == failed


async def test_the_reason_of_a_failed_job_can_be_corrected(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        data = sliced_data()
        [job] = await queue_file(library, events, data)
        failed = await library.queue.finish(job.id, JobState.FAILED, "jam")
        events.seen.clear()
        corrected = await library.queue.finish(job.id, JobState.FAILED, "out of PLA")
        assert corrected == replace(failed, error="out of PLA")
        # Said again, or without a reason, it stays what it is.
        for reason in ("out of  PLA", ""):
            same = await library.queue.finish(job.id, JobState.FAILED, reason)
            assert same == corrected
        assert events.seen == [JobChanged(job=corrected)]
        held = await hold_file(library, events, data)
        assert held.upload.known
        assert held.upload.known.last_failure == "out of PLA"


async def test_jobs_that_ended_another_way_have_no_reason_to_correct(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queue_file(library, events, sliced_data())
        skipped = await library.queue.finish(job.id, JobState.SKIPPED)
        events.seen.clear()
        same = await library.queue.finish(job.id, JobState.SKIPPED, "why")
        assert same == skipped
        with pytest.raises(JobStateError, match="Skipped"):
            await library.queue.finish(job.id, JobState.FAILED, "why")
        assert events.seen == []


# --- every verb from every state ------------------------------------------------------------------------------------

PATHS: dict[JobState, list[tuple[str, tuple[Any, ...]]]] = {
    JobState.PENDING: [],
    JobState.STAGED: [("hold", ())],
    JobState.WAITING: [("start", ())],
    JobState.COMPLETED: [("finish", (JobState.COMPLETED,))],
    JobState.FAILED: [("finish", (JobState.FAILED, "jam"))],
    JobState.SKIPPED: [("finish", (JobState.SKIPPED,))],
    JobState.CANCELLED: [("cancel", ())],
}


async def bring(library: Library, job: Job, state: JobState) -> Print | None:
    """Bring a new job into a state. Returns the print that a printer has of it then."""
    match state:
        case JobState.DISPATCHING:
            return await claim(library, job.id)
        case JobState.PRINTING:
            return await begin(library, job.id)
    for step, values in PATHS[state]:
        await getattr(library.queue, step)(job.id, *values)
    return None


VERBS: dict[JobVerb, tuple[str, tuple[Any, ...], type]] = {
    JobVerb.HOLD: ("hold", (), JobHeld),
    JobVerb.RELEASE: ("release", (), JobReleased),
    JobVerb.START: ("start", (), JobStarted),
    JobVerb.CANCEL: ("cancel", (), JobFinished),
    JobVerb.FINISH: ("finish", (JobState.SKIPPED,), JobFinished),
}


@pytest.mark.parametrize("state", JobState)
async def test_verbs_work_from_the_states_they_are_for_and_from_no_other(
    home: Home, sliced_data: SlicedData, state: JobState
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        for verb, (name, arguments, told) in VERBS.items():
            [job] = await library.queue.add(archive.id, RELEASED)
            print_ = await bring(library, job, state)
            job = await library.queue.job(job.id)
            assert job.state is state
            events.seen.clear()
            before, after = TRANSITIONS[verb]
            method = getattr(library.queue, name)
            if print_ is not None and verb is JobVerb.FINISH:
                # Its end is told by the printer, or by whoever answers for the print.
                with pytest.raises(JobStateError, match="busy with the job"):
                    await method(job.id, *arguments)
            elif state in before:
                job = await method(job.id, *arguments)
                assert job.state is (after or JobState.SKIPPED)
                assert events.of(told)[0].job == job
                assert (job.position is not None) == job.state.is_queued
                assert (job.finished_at is not None) == job.state.is_finished
            elif (verb, state) == (JobVerb.START, JobState.WAITING):
                again = await method(job.id, *arguments)
                assert again == replace(job, starts=2)
                assert events.seen == [JobStartedAgain(job=again)]
            elif state is (after or JobState.SKIPPED):
                assert await method(job.id, *arguments) == job
                assert events.seen == []
            else:
                with pytest.raises(JobStateError, match="not possible"):
                    await method(job.id, *arguments)
                assert await library.queue.job(job.id) == job
                assert events.seen == []
            if print_ is not None:
                await library.prints.end(print_, Outcome.CANCELLED_HERE, occupies=False)
            elif not (await library.queue.job(job.id)).state.is_finished:
                await library.queue.finish(job.id, JobState.CANCELLED)


@pytest.mark.parametrize("state", JobState)
async def test_a_printer_takes_only_jobs_that_are_released(
    home: Home, sliced_data: SlicedData, state: JobState
) -> None:
    async with home.open() as (library, events):
        [job] = await queue_file(library, events, sliced_data(), plan=RELEASED)
        await bring(library, job, state)
        taken = await library.prints.claim(job.id, "attic", 1)
        assert (taken is not None) == (state in TRANSITIONS[JobVerb.DISPATCH][0])


async def test_unknown_jobs_are_not_found(home: Home) -> None:
    async with home.open() as (library, _):
        for name, arguments, _ in VERBS.values():
            with pytest.raises(NotFoundError, match="no such job"):
                await getattr(library.queue, name)("nothing", *arguments)
        with pytest.raises(NotFoundError):
            await library.queue.edit("nothing", copies=1)


async def test_copies_are_printed_one_after_the_other(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, second = await queue_file(
            library, events, sliced_data(plates=2), plan=replace(RELEASED, copies=2)
        )
        for printed in (1, 2):
            print_ = await begin(library, second.id)
            await library.prints.end(print_, Outcome.FINISHED, occupies=True)
            job = await library.queue.job(second.id)
            assert job.copies_printed == printed
            if printed == 1:
                assert (job.state, job.position) == (JobState.PENDING, 1)
                assert (job.attempts, job.machine_id) == (0, "")
                assert events.of(JobPutBack)[0].job == job
                with pytest.raises(InvalidChangeError, match="are printed already"):
                    await library.queue.edit(job.id, copies=1)
        assert job.state is JobState.COMPLETED
        statistics = await library.statistics()
        assert statistics.printed == 2
        assert second.filament_g is not None
        assert statistics.printed_filament_g == pytest.approx(2 * second.filament_g)
        assert statistics.printed_print_time_s == 2 * (second.print_time_s or 0)
        assert statistics.printed_cost == pytest.approx(
            2 * second.filament_g / 40, abs=0.01
        )
        assert (statistics.queued, statistics.active) == (1, 0)
        assert statistics.next_job == await library.queue.job(first.id)
        archive = (await library.archive(first.archive_id)).archive
        assert archive.print_count == 2
        assert archive.last_printed_at is not None
        assert (await library.archives(ArchiveQuery(printed=True))).total == 1
        assert (await library.archives(ArchiveQuery(printed=False))).total == 0


async def test_a_copy_printed_by_hand_does_not_release_the_others(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, second = await queue_file(
            library, events, sliced_data(plates=2), plan=JobPlan(copies=2)
        )
        job = await library.queue.finish(second.id, JobState.COMPLETED)
        assert (job.state, job.position) == (JobState.STAGED, 2)
        assert job.copies_printed == 1
        job = await library.queue.finish(second.id, JobState.COMPLETED)
        assert job.state is JobState.COMPLETED
        assert [job.id for job in await library.queue.queued_jobs()] == [first.id]


async def test_the_last_job_empties_the_queue_once(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, second = await queue_file(library, events, sliced_data(plates=2))
        await library.queue.cancel(first.id)
        assert events.of(QueueEmptied) == []
        await library.queue.finish(second.id, JobState.COMPLETED)
        await library.queue.finish(second.id, JobState.COMPLETED)
        assert events.of(QueueEmptied) == [QueueEmptied()]
        assert await library.queue.next() is None
        with pytest.raises(InvalidChangeError):
            await library.queue.finish(second.id, JobState.PENDING)


async def test_deleting_an_archive_cancels_its_jobs_unless_one_is_printing(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, second = await queue_file(
            library, events, sliced_data(plates=2), plan=RELEASED
        )
        [other] = await queue_file(library, events, sliced_data(), plan=RELEASED)
        print_ = await begin(library, first.id)
        with pytest.raises(JobStateError, match="busy with it"):
            await library.delete_archive(first.archive_id)
        assert (await library.archive(first.archive_id)).archive.open_jobs == 2
        await library.prints.end(print_, Outcome.FINISHED, occupies=True)
        await library.delete_archive(first.archive_id)
        cancelled = await library.queue.job(second.id)
        assert cancelled.state is JobState.CANCELLED
        assert cancelled.problem is Problem.ARCHIVE_DELETED
        assert positions(await library.queue.queued_jobs()) == [(other.id, 1)]
        assert events.of(QueueEmptied) == []
        assert (await library.statistics()).printed == 1
        await library.delete_archive(other.archive_id, purge=True)
        assert events.of(QueueEmptied) == [QueueEmptied()]
        with pytest.raises(NotFoundError):
            await library.queue.job(other.id)


async def test_history_is_paged_newest_first(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        jobs = await queue_file(library, events, sliced_data(plates=5))
        for job in jobs[:4]:
            await library.queue.cancel(job.id)
        page = await library.queue.history(limit=3)
        assert page.total == 4
        rest = await library.queue.history(limit=3, cursor=page.cursor)
        assert (rest.total, rest.cursor) == (4, None)
        ids = [job.id for job in (*page.jobs, *rest.jobs)]
        assert ids == [job.id for job in reversed(jobs[:4])]
        for cursor in ("x", "W10=", "WzEsICJ4IiwgInkiXQ=="):
            with pytest.raises(LibraryError, match="cursor"):
                await library.queue.history(cursor=cursor)


# --- order ----------------------------------------------------------------------------------------------------------


async def test_jobs_stand_where_people_put_them(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        jobs = await queue_file(library, events, sliced_data(plates=5))
        a, b, c, d, e = (job.id for job in jobs)
        queue = library.queue

        async def order() -> str:
            jobs = await queue.queued_jobs()
            assert [job.position for job in jobs] == list(range(1, len(jobs) + 1))
            names = dict(zip((a, b, c, d, e), "abcde", strict=True))
            return "".join(names[job.id] for job in jobs)

        await queue.move_to_top(d)
        assert await order() == "dabce"
        await queue.move_to(d, 3)
        assert await order() == "abdce"
        await queue.move_to(a, 99)
        assert await order() == "bdcea"
        await queue.move_before(a, d)
        assert await order() == "badce"
        await queue.move_before(b, e)
        assert await order() == "adcbe"
        await queue.move_after(a, b)
        assert await order() == "dcbae"
        await queue.move_after(e, d)
        assert await order() == "decba"
        moved = len(events.of(JobMoved))
        for same in (
            queue.move_to(d, 1),
            queue.move_before(d, e),
            queue.move_after(e, d),
        ):
            await same
        await queue.move_after(e, e)
        await queue.move_before(c, c)
        assert await order() == "decba"
        assert len(events.of(JobMoved)) == moved
        await queue.cancel(e)
        assert await order() == "dcba"
        for verb in (
            queue.move_to_top(e),
            queue.move_before(e, a),
            queue.move_after(a, e),
        ):
            with pytest.raises(JobStateError, match="not in the queue"):
                await verb
        assert await order() == "dcba"


async def test_urgent_jobs_are_put_before_those_that_are_less_so(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data(plates=2))).archive
        queue = library.queue
        one = JobPlan(plates=(1,))
        [low] = await queue.add(archive.id, replace(one, priority=Priority.LOW))
        [normal] = await queue.add(archive.id, one)
        high = await queue.add(archive.id, JobPlan(priority=Priority.HIGH))
        ids = [job.id for job in await queue.queued_jobs()]
        assert ids == [high[0].id, high[1].id, normal.id, low.id]
        changed = await queue.edit(low.id, priority=Priority.HIGH)
        assert changed.position == 3
        await queue.edit(high[0].id, priority=Priority.NORMAL)
        ids = [job.id for job in await queue.queued_jobs()]
        assert ids == [high[1].id, low.id, normal.id, high[0].id]
        # Who drags decides.
        await queue.move_to_top(normal.id)
        assert (await queue.queued_jobs())[0].priority is Priority.NORMAL


async def test_the_next_job_is_the_first_that_is_not_held(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, second = await queue_file(library, events, sliced_data(plates=2))
        found = await library.queue.next()
        assert found is not None
        assert found.id == first.id
        await library.queue.release(second.id)
        found = await library.queue.next()
        assert found is not None
        assert found.id == second.id


async def test_an_edit_changes_what_it_names_and_nothing_else(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queue_file(library, events, sliced_data())
        due = datetime(2026, 12, 24, 18, tzinfo=UTC)
        edited = await library.queue.edit(job.id, target=TARGET, due=due, copies=2)
        assert edited == replace(job, target=TARGET, due=due, copies=2)
        assert await library.queue.edit(job.id, target=TARGET) == edited
        assert len(events.of(JobChanged)) == 1
        assert (await library.queue.edit(job.id, target=None, due=None)) == replace(
            job, copies=2
        )
        with pytest.raises(InvalidChangeError, match="copies"):
            await library.queue.edit(job.id, copies=0)
        await library.queue.cancel(job.id)
        with pytest.raises(JobStateError):
            await library.queue.edit(job.id, copies=3)


@given(
    plan=st.builds(
        JobPlan,
        target=st.none()
        | st.builds(Target, kind=st.sampled_from(TargetKind), id=st.text()),
        plates=st.lists(st.integers(1, 99)).map(tuple),
        copies=st.integers(1, 99),
        hold=st.booleans(),
        priority=st.sampled_from(Priority),
        not_before=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_plans_survive_json(plan: JobPlan) -> None:
    import json

    from custom_components.bambu_virtual_printer.engine.library.values.json_codec import (
        from_json,
        to_json,
    )

    assert from_json(JobPlan, json.loads(json.dumps(to_json(plan)))) == plan
