"""Prints on real printers as the index keeps them: claimed once, stored step by step, ended with all that follows."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.library_store import (
    LibraryStore,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import own_obstacle
from custom_components.bambu_virtual_printer.engine.library.index import print_rows
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    JobStateError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    JobChanged,
    JobDispatching,
    JobFinished,
    JobPrinting,
    JobPutBack,
    JobQuestionRaised,
    JobQuestionSettled,
    JobReleased,
    JobStarted,
    QueueEmptied,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    Job,
    JobChanges,
    JobPlan,
    JobState,
    Priority,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    MachineMemory,
    Outcome,
    Plate,
    Print,
    PrintPhase,
    Problem,
    Question,
    StalePrintError,
    UsedSpool,
)
from custom_components.bambu_virtual_printer.engine.library.values.timing import (
    NO_TIMING,
    OwnQuiet,
    OwnSun,
    Timing,
    Unknown,
)
from custom_components.bambu_virtual_printer.engine.library.values.verdicts import (
    Verdict,
)
from tests.support.library import Events, Home, archive_file, hold_file

type SlicedData = Callable[..., bytes]

IN_A_DAY = datetime.now(UTC) + timedelta(days=1)


async def queued(
    library: Library,
    events: Events,
    data: bytes,
    *,
    copies: int = 1,
    timing: Timing = NO_TIMING,
) -> tuple[Job, ...]:
    archive = (await archive_file(library, events, data)).archive
    return await library.queue.add(
        archive.id, JobPlan(hold=False, copies=copies, timing=timing)
    )


async def claimed(library: Library, job: Job, number: int = 1) -> Print:
    found = await library.prints.claim(job.id, "garage", number)
    assert found
    return found[1]


async def test_a_job_and_a_printer_are_claimed_once_whoever_is_fastest(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, second = await queued(library, events, sliced_data(plates=2))
        attempts = [
            library.prints.claim(job.id, machine, number)
            for number, (job, machine) in enumerate(
                [(first, "garage"), (first, "attic"), (second, "garage")] * 3, 1
            )
        ]
        found = [one for one in await asyncio.gather(*attempts) if one]
        assert len({job.id for job, _ in found}) == len(found)
        assert len({print_.machine_id for _, print_ in found}) == len(found)
        assert [print_ for _, print_ in found] == list(await library.prints.open())
        assert len(events.of(JobDispatching)) == len(found)
        held = await library.queue.queued_jobs()
        assert await library.prints.claim("nobody", "cellar", 99) is None
        assert held == await library.queue.queued_jobs()


async def test_every_step_is_stored_and_told(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data())
        print_ = await claimed(library, job)

        async def step(before: Print, phase: PrintPhase, **values: object) -> Print:
            after = replace(before, phase=phase, **values)  # type: ignore[arg-type]
            await library.prints.advance(before, after)
            now = await library.queue.job(job.id)
            assert (now.phase, now.question) == (after.phase, after.question)
            return after

        print_ = await step(print_, PrintPhase.UPLOADING, file="x.3mf", on_card=True)
        with pytest.raises(JobStateError):
            await library.queue.edit(job.id, copies=2)
        for ending in (JobState.COMPLETED, JobState.FAILED):
            with pytest.raises(JobStateError, match="busy with the job"):
                await library.queue.finish(job.id, ending)
        with pytest.raises(JobStateError):
            await library.queue.cancel(job.id)
        print_ = await step(
            print_, PrintPhase.PUBLISHING, publishes=1, question=Question.DID_IT_START
        )
        with pytest.raises(StalePrintError):
            await library.prints.put_back(
                replace(print_, phase=PrintPhase.UPLOADED), problem=None
            )
        print_ = await step(print_, PrintPhase.STARTED, question=None)
        assert (await library.queue.job(job.id)).state is JobState.PRINTING
    async with home.open() as (library, later):
        assert list(await library.prints.open()) == [print_]
        await library.prints.end(print_, Outcome.FINISHED, occupies=True, percent=100)
        done = await library.queue.job(job.id)
        assert (done.state, done.phase) == (JobState.COMPLETED, None)
        assert await library.prints.plates() == {
            "garage": Plate(is_occupied=True, print_id=print_.id, job_id=job.id)
        }
        [left] = await library.prints.left_on_card("garage")
        assert (left.file, left.outcome) == ("x.3mf", Outcome.FINISHED)
        await library.prints.note_removed(left)
        assert not await library.prints.left_on_card("garage")
        archive = (await library.archive(job.archive_id)).archive
        assert archive.print_count == 1
        assert [type(event) for event in later.seen] == [JobFinished, QueueEmptied]
        with pytest.raises(StalePrintError):
            await library.prints.end(print_, Outcome.FINISHED, occupies=True)
    kinds = (JobChanged, JobPrinting, JobQuestionRaised, JobQuestionSettled)
    assert [type(event) for event in events.seen if isinstance(event, kinds)] == [
        JobChanged,
        JobQuestionRaised,
        JobQuestionSettled,
        JobPrinting,
    ]


@pytest.mark.parametrize("has_ended", [True, False])
async def test_the_end_of_a_print_settles_its_question_before_it_is_told(
    home: Home, sliced_data: SlicedData, *, has_ended: bool
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data())
        print_ = await claimed(library, job)
        asked = replace(
            print_, phase=PrintPhase.PUBLISHING, question=Question.DID_IT_START
        )
        await library.prints.advance(print_, asked)
        if has_ended:
            await library.prints.end(asked, Outcome.FINISHED, occupies=True)
        else:
            await library.prints.put_back(asked, problem=Problem.NOT_STARTED)
        [settled] = events.of(JobQuestionSettled)
        assert settled.job.question is None
        told = [type(event) for event in events.seen]
        after = told[told.index(JobQuestionSettled) + 1 :]
        assert after == ([JobFinished, QueueEmptied] if has_ended else [JobPutBack])


async def left_behind(library: Library, job: Job, number: int = 1) -> Print:
    """Print a job, and leave its file on the card."""
    print_ = await claimed(library, job, number)
    begun = replace(
        print_,
        phase=PrintPhase.PRINTING,
        file=f"{number}.3mf",
        url_form="sdcard",
        on_card=True,
    )
    await library.prints.advance(print_, begun)
    await library.prints.end(begun, Outcome.FINISHED, occupies=False)
    return begun


async def test_what_is_left_on_a_card_is_known_although_its_archive_is_gone(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: SlicedData
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        first, second = await queued(library, events, sliced_data(plates=2))
        gone = await left_behind(library, first)
        removed = await left_behind(library, second, 2)
        await library.prints.note_removed(removed)
        await library.delete_archive(first.archive_id, purge=True)
        assert await library.prints.get(gone.id) is None
    async with home.open() as (library, events):
        assert not await library.prints.left_on_card("attic")
        [left] = await library.prints.left_on_card("garage")
        assert (left.id, left.file, left.url_form) == (gone.id, "1.3mf", "sdcard")
        [job] = await queued(library, events, sliced_data())
        other = await left_behind(library, job, 3)
        found = await library.prints.left_on_card("garage")
        assert {one.id for one in found} == {gone.id, other.id}
        await library.prints.note_removed(left)
        [only] = await library.prints.left_on_card("garage")
        assert only.id == other.id
        await library.prints.note_removed(only)
        assert not await library.prints.left_on_card("garage")
        # Nothing is left of it, and nothing is noted.
        await library.delete_archive(job.archive_id, purge=True)
        assert not await library.prints.left_on_card("garage")


async def test_of_files_that_nobody_removes_the_newest_are_known(
    tmp_path: Path,
    new_database: Callable[[], str],
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(print_rows, "MAX_LEFT_FILES", 2)
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        prints = []
        for number in range(1, 4):
            [job] = await queued(library, events, sliced_data())
            prints.append(await left_behind(library, job, number))
            await library.delete_archive(job.archive_id, purge=True)
        found = await library.prints.left_on_card("garage")
        assert [one.id for one in found] == sorted(one.id for one in prints)[-2:]


async def test_a_copy_that_is_done_leaves_the_others_in_the_queue(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data(), copies=2)
        await library.prints.end(
            await claimed(library, job), Outcome.FINISHED, occupies=True
        )
        now = await library.queue.job(job.id)
        assert (now.state, now.copies_printed) == (JobState.PENDING, 1)
        await library.prints.set_plate("garage", Plate(running="x", last="y"))
        print_ = await claimed(library, job, 2)
        await library.prints.end(print_, Outcome.FINISHED, occupies=True)
        assert (await library.queue.job(job.id)).state is JobState.COMPLETED
        assert await library.prints.plates() == {
            "garage": Plate(
                is_occupied=True,
                running="x",
                last="y",
                print_id=print_.id,
                job_id=job.id,
            )
        }
        assert len(await library.prints.of_job(job.id)) == 2


@pytest.mark.parametrize(
    ("copies", "state"), [(3, JobState.CANCELLED), (1, JobState.COMPLETED)]
)
async def test_a_copy_that_is_done_although_it_was_to_be_stopped_is_the_last(
    home: Home, sliced_data: SlicedData, copies: int, state: JobState
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data(), copies=copies)
        print_ = await claimed(library, job)
        stopping = replace(print_, phase=PrintPhase.PRINTING, is_stopping=True)
        await library.prints.advance(print_, stopping)
        await library.prints.end(stopping, Outcome.FINISHED, occupies=True)
        now = await library.queue.job(job.id)
        assert (now.state, now.copies_printed, now.position) == (state, 1, None)
        assert now.finished_at
        assert [type(event) for event in events.seen[-2:]] == [
            JobFinished,
            QueueEmptied,
        ]
        plate = (await library.prints.plates())["garage"]
        assert (plate.is_occupied, plate.print_id) == (True, print_.id)
        assert (await library.archive(job.archive_id)).archive.print_count == 1
        if state is JobState.CANCELLED:
            again = await library.queue.retry(job.id)
            assert (again.state, again.copies_left) == (JobState.PENDING, 2)


async def test_a_job_that_came_to_nothing_says_why_and_is_tried_again(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data())
        await library.prints.put_back(
            await claimed(library, job),
            problem=Problem.START_REFUSED,
            code="0500-8051",
            hold=True,
        )
        held = await library.queue.job(job.id)
        assert (held.state, held.position, held.attempts) == (JobState.STAGED, 1, 0)
        assert (held.problem, held.problem_code) == (
            Problem.START_REFUSED,
            "0500-8051",
        )
        assert events.of(JobPutBack)[0].job == held
        again = await library.queue.retry(job.id)
        assert (again.state, again.problem) == (JobState.PENDING, None)
        assert await library.queue.retry(job.id) == again
        assert len(events.of(JobReleased)) == 1
        await library.prints.end(
            await claimed(library, job, 2),
            Outcome.FAILED,
            occupies=True,
            problem=Problem.FAILED,
            code="0300-4000",
        )
        failed = await library.queue.job(job.id)
        assert (failed.state, failed.problem) == (JobState.FAILED, Problem.FAILED)
        with pytest.raises(JobStateError):
            await library.queue.release(job.id)
        once_more = await library.queue.retry(job.id)
        assert (once_more.state, once_more.position) == (JobState.PENDING, 1)
        assert (once_more.finished_at, once_more.problem) == (None, None)
        await library.prints.end(
            await claimed(library, job, 3), Outcome.FINISHED, occupies=True
        )
        with pytest.raises(JobStateError):
            await library.queue.retry(job.id)


async def published_at(library: Library, job: Job, moment: datetime) -> Print:
    """Claim a job and publish its start, as of then."""
    print_ = await claimed(library, job)
    published = replace(
        print_, phase=PrintPhase.PUBLISHING, publishes=1, published_at=moment
    )
    await library.prints.advance(print_, published)
    return published


@pytest.mark.parametrize("in_line", [False, True])
async def test_a_start_of_a_cancelled_job_is_joined_to_be_stopped(
    home: Home, sliced_data: SlicedData, *, in_line: bool
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data())
        published = await published_at(library, job, datetime.now(UTC))
        if in_line:
            await library.prints.put_back(published, problem=Problem.NOT_STARTED)
            await library.queue.cancel(job.id)
        else:
            await library.prints.end(published, Outcome.CANCELLED_HERE, occupies=False)
        assert (await library.queue.job(job.id)).state is JobState.CANCELLED
        [lost] = await library.prints.not_begun("garage")
        joined = await library.prints.reopen(lost)
        assert joined
        assert joined.is_stopping
        now = await library.queue.job(job.id)
        assert (now.state, now.position, now.finished_at) == (
            JobState.PRINTING,
            None,
            None,
        )
        assert await library.prints.not_begun("garage") == ()
        await library.prints.end(joined, Outcome.CANCELLED_HERE, occupies=True)
        assert (await library.queue.job(job.id)).state is JobState.CANCELLED
        # It was seen to begin.
        assert await library.prints.not_begun("garage") == ()


async def test_a_start_of_long_ago_is_not_looked_for_once_its_job_is_cancelled(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data())
        long_ago = datetime.now(UTC) - timedelta(days=2)
        published = await published_at(library, job, long_ago)
        await library.prints.end(published, Outcome.CANCELLED_HERE, occupies=False)
        assert await library.prints.not_begun("garage") == ()


async def test_a_start_that_was_taken_for_lost_is_joined_while_its_job_is_in_line(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data())
        print_ = await claimed(library, job)
        published = replace(print_, phase=PrintPhase.PUBLISHING, publishes=1)
        await library.prints.advance(print_, published)
        await library.prints.put_back(published, problem=Problem.NOT_STARTED)
        [lost] = await library.prints.not_begun("garage")
        assert lost.outcome is Outcome.NOT_STARTED
        # Not while the job is with a printer once more.
        second = await claimed(library, job, 2)
        assert await library.prints.reopen(lost) is None
        await library.prints.put_back(second, problem=None)
        events.seen.clear()
        joined = await library.prints.reopen(lost)
        assert joined
        assert list(await library.prints.open()) == [joined]
        now = await library.queue.job(job.id)
        assert (now.state, now.position, now.machine_id, now.problem) == (
            JobState.PRINTING,
            None,
            "garage",
            None,
        )
        assert events.seen == [JobPrinting(job=now)]
        assert await library.prints.not_begun("garage") == ()
        await library.prints.end(joined, Outcome.FINISHED, occupies=True)
        # What was never published was never under way.
        assert (await library.queue.job(job.id)).state is JobState.COMPLETED
        assert await library.prints.not_begun("garage") == ()
        assert await library.prints.reopen(lost) is None


@pytest.mark.parametrize("was_claimed", [False, True])
@pytest.mark.parametrize(
    "timing",
    [
        None,
        Timing(only_while="binary_sensor.home"),
        Timing(cheapest_before=IN_A_DAY),
        Timing(quiet=OwnQuiet(begin=time(22), end=time(7))),
        Timing(sun=OwnSun(sensor="sensor.sun", limit_w=500.0)),
    ],
)
async def test_what_is_said_about_its_time_after_the_start_of_a_job_counts(
    home: Home, sliced_data: SlicedData, was_claimed: bool, timing: Timing | None
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data())
        await library.queue.start(job.id)
        if was_claimed:
            print_ = await claimed(library, job)
            await library.prints.put_back(print_, problem=Problem.CONNECTION_LOST)
        if timing is None:
            changes = JobChanges(not_before=IN_A_DAY)
        else:
            changes = JobChanges(timing=lambda _: timing)
        put_off = await library.queue.edit(job.id, **changes)
        assert put_off.state is JobState.PENDING
        assert (put_off.not_before, put_off.timing) == (
            (IN_A_DAY, NO_TIMING) if timing is None else (None, timing)
        )
        assert events.of(JobChanged)[-1].job == put_off
        [planned] = await LibraryStore(library).waiting()
        assert not planned.is_started
        reason = own_obstacle(planned, datetime.now(UTC))
        assert (reason and reason.until) == (IN_A_DAY if timing is None else None)
        # What is started again begins, whatever was said before.
        assert (await library.queue.start(job.id)).state is JobState.WAITING


async def test_a_job_stays_started_where_nothing_new_holds_it_back(
    home: Home, sliced_data: SlicedData
) -> None:
    both = Timing(only_while="binary_sensor.home", cheapest_before=IN_A_DAY)
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data(), timing=both)
        await library.queue.start(job.id)
        edits: tuple[JobChanges, ...] = (
            {"not_before": None},
            {"not_before": datetime.now(UTC) - timedelta(minutes=1)},
            {"timing": lambda now: now},
            {"timing": lambda now: replace(now, cheapest_before=None)},
            {"timing": lambda _: NO_TIMING},
            # Only a condition needs to be known.
            {"timing": lambda now: replace(now, unknown=Unknown.LET_GO)},
            # It puts nothing off.
            {"due": IN_A_DAY},
            {"copies": 3, "priority": Priority.HIGH},
        )
        for changes in edits:
            after = await library.queue.edit(job.id, **changes)
            assert after.state is JobState.WAITING
        # Held, it would wait for a person.
        await library.queue.hold(job.id)
        held = await library.queue.edit(job.id, not_before=IN_A_DAY)
        assert held.state is JobState.STAGED


@pytest.mark.parametrize("is_started", [False, True])
async def test_what_a_person_had_started_is_that_again_when_it_is_put_back(
    home: Home, sliced_data: SlicedData, is_started: bool
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data())
        if is_started:
            await library.queue.start(job.id)
        await claimed(library, job)
    # What is known of it is stored.
    async with home.open() as (library, events):
        before = JobState.WAITING if is_started else JobState.PENDING
        [print_] = await library.prints.open()
        retry_at = datetime.now(UTC) + timedelta(seconds=30)
        await library.prints.put_back(
            print_, problem=Problem.UPLOAD_BROKEN_OFF, retry_at=retry_at
        )
        again = await library.queue.job(job.id)
        assert (again.state, again.retry_at) == (before, retry_at)
        assert again.attempts == 1
        # Whoever does not want to wait says so, and it is still what it was.
        now = await library.queue.retry(job.id)
        assert (now.state, now.retry_at, now.problem) == (before, None, None)
        print_ = await claimed(library, job, 2)
        await library.prints.put_back(print_, problem=Problem.START_REFUSED, hold=True)
        held = await library.queue.job(job.id)
        assert held.state is JobState.STAGED
        # Whoever released it has not started it.
        await library.queue.release(job.id)
        print_ = await claimed(library, job, 3)
        await library.prints.put_back(print_, problem=None)
        assert (await library.queue.job(job.id)).state is JobState.PENDING


async def test_a_start_is_not_kept_for_the_next_copy(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data(), copies=2)
        await library.queue.start(job.id)
        print_ = await claimed(library, job)
        begun = replace(print_, phase=PrintPhase.PRINTING)
        await library.prints.advance(print_, begun)
        await library.prints.end(begun, Outcome.FINISHED, occupies=False)
        assert (await library.queue.job(job.id)).state is JobState.PENDING
        print_ = await claimed(library, job, 2)
        await library.prints.put_back(print_, problem=None)
        assert (await library.queue.job(job.id)).state is JobState.PENDING


async def test_start_tries_a_started_job_again_at_once(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data())
        first = await library.queue.start(job.id)
        again = await library.queue.start(job.id)
        assert again == replace(first, starts=2)
        print_ = await claimed(library, job)
        await library.prints.put_back(
            print_,
            problem=Problem.UPLOAD_BROKEN_OFF,
            retry_at=datetime.now(UTC) + timedelta(seconds=30),
        )
        again = await library.queue.start(job.id)
        assert (again.state, again.retry_at, again.problem) == (
            JobState.WAITING,
            None,
            None,
        )


async def test_every_start_of_a_job_is_counted_for_good(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data(), copies=2)
        assert job.starts == 0
        for starts in (1, 2):
            assert (await library.queue.start(job.id)).starts == starts
        print_ = await claimed(library, job)
        await library.prints.put_back(print_, problem=Problem.CONNECTION_LOST)
        again = await library.queue.start(job.id)
        assert (again.starts, again.problem) == (3, None)
        assert len(events.of(JobStarted)) == 2
        put_off = await library.queue.edit(job.id, not_before=IN_A_DAY)
        assert (put_off.state, put_off.starts) == (JobState.PENDING, 3)
        await library.queue.start(job.id)
        print_ = await claimed(library, job, 2)
        await library.prints.end(print_, Outcome.FINISHED, occupies=True)
    async with home.open() as (library, events):
        assert (await library.queue.job(job.id)).starts == 4
        [planned] = await LibraryStore(library).waiting()
        assert (planned.is_started, planned.starts) == (False, 4)
        # What is printed once more was not started yet.
        print_ = await claimed(library, job, 3)
        await library.prints.end(print_, Outcome.FINISHED, occupies=True)
        await library.verdicts.give(job.id, Verdict.FAILED, reprint=True)
        [made] = await library.queue.queued_jobs()
        assert made.starts == 0


async def put_back(library: Library, job: Job) -> Print:
    """Have a print given up that was published."""
    print_ = await claimed(library, job)
    published = replace(print_, phase=PrintPhase.PUBLISHING, publishes=1)
    await library.prints.advance(print_, published)
    await library.prints.put_back(published, problem=Problem.NOT_STARTED)
    [lost] = await library.prints.not_begun("garage")
    return lost


@pytest.mark.parametrize(
    "phase", [PrintPhase.CLAIMED, PrintPhase.UPLOADING, PrintPhase.UPLOADED]
)
async def test_a_start_that_was_taken_for_lost_ends_what_another_printer_is_sent(
    home: Home, sliced_data: SlicedData, phase: PrintPhase
) -> None:
    async with home.open() as (library, events):
        [job] = await queued(library, events, sliced_data(), copies=2)
        lost = await put_back(library, job)
        found = await library.prints.claim(job.id, "attic", 2)
        assert found
        other = replace(found[1], phase=phase, on_card=True)
        await library.prints.advance(found[1], other)
        events.seen.clear()
        joined = await library.prints.reopen(lost)
        assert joined
        assert list(await library.prints.open()) == [joined]
        now = await library.queue.job(job.id)
        assert (now.state, now.machine_id) == (JobState.PRINTING, "garage")
        assert events.seen == [JobPrinting(job=now)]
        # What is stored before a start is sent does not hold any more.
        with pytest.raises(StalePrintError):
            await library.prints.advance(
                other, replace(other, phase=PrintPhase.PUBLISHING, publishes=1)
            )
        [left] = await library.prints.left_on_card("attic")
        assert (left.id, left.outcome) == (other.id, Outcome.NOT_STARTED)
        assert await library.prints.not_begun("attic") == ()
        await library.prints.end(joined, Outcome.FINISHED, occupies=True)
        now = await library.queue.job(job.id)
        assert (now.state, now.position, now.copies_printed) == (JobState.PENDING, 1, 1)


async def test_a_start_that_was_taken_for_lost_ends_nothing_that_may_have_begun(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [job, next_job] = await queued(library, events, sliced_data(plates=2))
        lost = await put_back(library, job)
        found = await library.prints.claim(job.id, "attic", 2)
        assert found
        # Nor where the printer has something else.
        assert await library.prints.claim(next_job.id, "garage", 3)
        assert await library.prints.reopen(lost) is None
        [_, its] = sorted(await library.prints.open(), key=lambda one: one.subtask_id)
        await library.prints.put_back(its, problem=None)
        # Nor where another instance has taken it over.
        assert await library.prints.reopen(replace(lost, machine_id="shed")) is None
        assert await library.prints.open() == (found[1],)
        published = replace(found[1], phase=PrintPhase.PUBLISHING, publishes=1)
        await library.prints.advance(found[1], published)
        assert await library.prints.reopen(lost) is None
        assert await library.prints.open() == (published,)


async def test_what_a_printer_takes_is_remembered_by_its_serial_number(
    home: Home,
) -> None:
    lost_at = datetime(2026, 11, 28, 7, tzinfo=UTC)
    async with home.open() as (library, _):
        assert await library.prints.memory("01P00A") == MachineMemory()
        await library.prints.remember("01P00A", url_form="sdcard", mapping_form="flat")
        await library.prints.remember("01P00A", lost_at=lost_at)
    async with home.open() as (library, _):
        memory = MachineMemory(url_form="sdcard", mapping_form="flat", lost_at=lost_at)
        assert await library.prints.memory("01P00A") == memory
        assert await library.prints.memory("01P00B") == MachineMemory()
        spool = UsedSpool(
            unit=1, slot=2, type="PLA", color="FF0000FF", preset_id="GFA00"
        )
        await library.prints.remember("01P00A", lost_at=None, last_spool=spool)
        await library.prints.remember("01P00B", last_spool=spool)
    async with home.open() as (library, _):
        memory = await library.prints.memory("01P00A")
        assert (memory.lost_at, memory.last_spool) == (None, spool)
        assert await library.prints.memory("01P00B") == MachineMemory(last_spool=spool)
        await library.prints.remember("01P00B", last_spool=None)
        assert (await library.prints.memory("01P00B")).last_spool is None


async def test_who_gets_the_same_file_again_learns_how_its_print_failed(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        data = sliced_data()
        [job] = await queued(library, events, data)
        await library.prints.end(
            await claimed(library, job),
            Outcome.FAILED,
            occupies=True,
            problem=Problem.FAILED,
            code="0300-4000",
        )
        held = await hold_file(library, events, data)
        assert held.upload.known
        assert held.upload.known.last_problem == Problem.FAILED
