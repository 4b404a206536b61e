"""What people say of prints, as the index keeps it: the first answer counts, and one copy is made of an offer at most."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    InvalidChangeError,
    JobStateError,
    NotFoundError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    JobAdded,
    JobJudged,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    Job,
    JobPlan,
    JobState,
    PrintOptions,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Outcome,
    Print,
    PrintPhase,
)
from custom_components.bambu_virtual_printer.engine.library.values.verdicts import (
    Reprint,
    Verdict,
)
from tests.support.library import Events, Home, archive_file
from tests.support.prints import begin, claim

type SlicedData = Callable[..., bytes]

TARGET = Target(kind=TargetKind.PRINTER, id="garage")


@pytest.fixture
def any_home(home: Home, new_database: Callable[[], str]) -> Home:
    """Return a library with its index in either kind of database."""
    return replace(home, database_url=new_database())


async def queued(
    library: Library, events: Events, data: bytes, *, copies: int = 1
) -> Job:
    archive = (await archive_file(library, events, data)).archive
    plan = JobPlan(
        hold=False,
        copies=copies,
        target=TARGET,
        options=PrintOptions(timelapse=True),
    )
    return (await library.queue.add(archive.id, plan))[0]


async def printed(
    library: Library, job: Job, outcome: Outcome = Outcome.FINISHED
) -> Print:
    print_ = await begin(library, job.id)
    await library.prints.end(print_, outcome, occupies=True)
    return print_


async def test_a_verdict_goes_to_the_job_its_archive_and_the_statistics(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data())
        await printed(library, job)

        answered = await library.verdicts.give(
            job.id, Verdict.FAILED, reason=" Came  off ", by="Anna"
        )

        assert answered.is_first
        after = await library.queue.job(job.id)
        assert after == answered.job
        assert after.state is JobState.COMPLETED
        assert (after.verdict, after.verdict_by) == (Verdict.FAILED, "Anna")
        assert after.verdict_at == answered.judgement.at
        assert (after.reprint, after.judged_good, after.judged_failed) == (
            Reprint.OFFERED,
            0,
            1,
        )
        archive = (await library.archive(job.archive_id)).archive
        assert (archive.judged_good, archive.judged_failed) == (0, 1)
        statistics = await library.statistics()
        assert (statistics.printed, statistics.failed) == (1, 0)
        assert (statistics.judged_good, statistics.judged_failed) == (0, 1)
        assert isinstance(events.seen[-1], JobJudged)
    async with home.open() as (library, events):
        assert await library.queue.job(job.id) == after


async def test_of_two_answers_at_once_the_first_counts_and_the_other_is_told_of_it(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data())
        await printed(library, job)

        good, failed = await asyncio.gather(
            library.verdicts.give(job.id, Verdict.GOOD, by="Anna"),
            library.verdicts.give(job.id, Verdict.FAILED, by="Ben", reprint=True),
        )

        assert (good.is_first, failed.is_first) == (True, False)
        assert failed.judgement == good.judgement
        assert (failed.judgement.verdict, failed.judgement.by) == (Verdict.GOOD, "Anna")
        assert (await library.statistics()).judged_good == 1
        assert await library.queue.queued_jobs() == ()


async def test_an_offer_is_answered_once_however_many_ask_for_it(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data())
        await printed(library, job)
        await library.verdicts.give(job.id, Verdict.FAILED)

        answers = await asyncio.gather(
            *(
                library.verdicts.answer_offer(job.id, wanted=True, by=name)
                for name in ("Anna", "Ben", "Cleo")
            )
        )

        assert [each.is_first for each in answers] == [True, False, False]
        (made,) = await library.queue.queued_jobs()
        assert {each.judgement.reprint_job_id for each in answers} == {made.id}
        assert {each.judgement.reprint_by for each in answers} == {"Anna"}
        late = await library.verdicts.answer_offer(job.id, wanted=False)
        assert not late.is_first
        assert late.judgement.reprint is Reprint.TAKEN
        added = events.of(JobAdded)
        assert [event.job.id for event in added] == [job.id, made.id]


async def test_what_is_printed_again_is_one_copy_of_the_same_plate_and_options_and_comes_first(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data(), copies=3)
        print_ = await printed(library, job)
        other = await queued(library, events, sliced_data())

        answered = await library.verdicts.give(
            job.id, Verdict.FAILED, print_id=print_.id, reprint=True
        )

        first, *rest = await library.queue.queued_jobs()
        assert first.id == answered.judgement.reprint_job_id
        assert [each.id for each in rest] == [job.id, other.id]
        assert [each.position for each in (first, *rest)] == [1, 2, 3]
        assert (first.plate, first.options, first.target, first.archive_id) == (
            job.plate,
            job.options,
            TARGET,
            job.archive_id,
        )
        assert (first.copies, first.copies_printed, first.state) == (
            1,
            0,
            JobState.PENDING,
        )
        assert first.verdict is None


async def test_each_copy_is_judged_for_itself(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data(), copies=2)
        first = await printed(library, job)
        await library.verdicts.give(job.id, Verdict.FAILED)
        second = await begin(library, job.id)
        # What was said is of the copy before.
        assert (await library.queue.job(job.id)).verdict is None
        await library.prints.end(second, Outcome.FINISHED, occupies=True)

        again = await library.verdicts.give(
            job.id, Verdict.GOOD, print_id=first.id, by="Ben"
        )
        assert (again.is_first, again.judgement.verdict) == (False, Verdict.FAILED)
        assert (await library.verdicts.give(job.id, Verdict.GOOD)).is_first
        after = await library.queue.job(job.id)
        assert (after.verdict, after.judged_good, after.judged_failed) == (
            Verdict.GOOD,
            1,
            1,
        )
        # The offer of the first copy stands.
        offered = await library.verdicts.answer_offer(
            job.id, print_id=first.id, wanted=False
        )
        assert offered.judgement.reprint is Reprint.DECLINED
        assert (await library.queue.job(job.id)).reprint is Reprint.NONE
        assert await library.queue.queued_jobs() == ()


@pytest.mark.parametrize(
    ("outcome", "phase"),
    [
        # Cancelled while it was sent, and after it had been published without ever beginning.
        (Outcome.CANCELLED_HERE, PrintPhase.UPLOADING),
        (Outcome.CANCELLED_HERE, PrintPhase.PUBLISHING),
        (Outcome.FAILED_BEFORE_PRINTING, PrintPhase.PUBLISHING),
    ],
)
async def test_a_print_that_never_began_is_not_judged(
    any_home: Home, sliced_data: SlicedData, outcome: Outcome, phase: PrintPhase
) -> None:
    async with any_home.open() as (library, events):
        job = await queued(library, events, sliced_data(), copies=2)
        first = await printed(library, job)
        assert (await library.verdicts.give(job.id, Verdict.GOOD)).is_first
        claimed = await claim(library, job.id)
        second = replace(claimed, phase=phase)
        await library.prints.advance(claimed, second)
        await library.prints.end(second, outcome, occupies=False)

        again = await library.verdicts.give(job.id, Verdict.FAILED, reprint=True)

        assert (again.is_first, again.judgement.id) == (False, first.id)
        with pytest.raises(JobStateError):
            await library.verdicts.give(job.id, Verdict.FAILED, print_id=second.id)
        after = await library.queue.job(job.id)
        assert (after.copies_printed, after.judged_good, after.judged_failed) == (
            1,
            1,
            0,
        )
        assert (after.verdict, after.reprint) == (Verdict.GOOD, Reprint.NONE)
        assert await library.queue.queued_jobs() == ()


async def test_a_job_that_was_cancelled_before_it_began_has_nothing_to_judge(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data())
        print_ = await claim(library, job.id)
        await library.prints.end(print_, Outcome.CANCELLED_HERE, occupies=False)
        with pytest.raises(JobStateError):
            await library.verdicts.give(job.id, Verdict.FAILED)
        # Neither has one that was cancelled in line.
        other = await queued(library, events, sliced_data())
        await library.queue.cancel(other.id)
        with pytest.raises(JobStateError):
            await library.verdicts.give(other.id, Verdict.FAILED)


@pytest.mark.parametrize(
    ("outcome", "phase", "occupies"),
    [
        # A person told the end of what nobody saw begin.
        *(
            (outcome, PrintPhase.PUBLISHING, True)
            for outcome in (
                Outcome.FINISHED,
                Outcome.FAILED,
                Outcome.CANCELLED_AT_PRINTER,
            )
        ),
        # A person told only that it had begun, and it was stopped later.
        (Outcome.CANCELLED_HERE, PrintPhase.STARTED, True),
        (Outcome.CANCELLED_HERE, PrintPhase.STARTED, False),
        (Outcome.CANCELLED_AT_PRINTER, PrintPhase.PUBLISHING, False),
    ],
)
async def test_what_left_something_on_the_plate_is_judged_although_nobody_saw_it_begin(
    any_home: Home,
    sliced_data: SlicedData,
    outcome: Outcome,
    phase: PrintPhase,
    occupies: bool,
) -> None:
    async with any_home.open() as (library, events):
        job = await queued(library, events, sliced_data(), copies=2)
        await printed(library, job)
        await library.verdicts.give(job.id, Verdict.GOOD)
        claimed = await claim(library, job.id)
        second = replace(claimed, phase=phase)
        assert second.started_at is None
        await library.prints.advance(claimed, second)
        await library.prints.end(second, outcome, occupies=occupies)

        answered = await library.verdicts.give(
            job.id, Verdict.FAILED, print_id=second.id
        )

        assert (answered.is_first, answered.judgement.id) == (True, second.id)
        again = await library.verdicts.give(job.id, Verdict.GOOD)
        assert (again.is_first, again.judgement.id) == (False, second.id)


async def test_a_job_that_was_printed_by_hand_is_judged_too(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data())
        with pytest.raises(JobStateError):
            await library.verdicts.give(job.id, Verdict.GOOD)
        await library.queue.finish(job.id, JobState.COMPLETED)

        answered = await library.verdicts.give(job.id, Verdict.GOOD)

        assert (answered.judgement.id, answered.job.verdict) == (job.id, Verdict.GOOD)


async def test_what_cannot_be_judged_or_printed_again_is_refused(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data())
        other = await queued(library, events, sliced_data())
        print_ = await begin(library, job.id)
        with pytest.raises(JobStateError):
            await library.verdicts.give(job.id, Verdict.GOOD, print_id=print_.id)
        with pytest.raises(NotFoundError):
            await library.verdicts.give(other.id, Verdict.GOOD, print_id=print_.id)
        with pytest.raises(NotFoundError):
            await library.verdicts.give("no such job", Verdict.GOOD)
        await library.prints.end(print_, Outcome.FAILED, occupies=True)
        with pytest.raises(JobStateError):
            await library.verdicts.answer_offer(job.id, wanted=True)
        await library.verdicts.give(job.id, Verdict.GOOD)
        with pytest.raises(JobStateError):
            await library.verdicts.answer_offer(job.id, wanted=True)


async def test_a_reprint_of_what_was_late_has_no_time_that_people_were_told_of(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data())
        due = datetime.now(UTC) + timedelta(hours=1)
        await library.queue.edit(job.id, due=due)
        assert await library.queue.note_late(job.id, due)
        await printed(library, job)
        answer = await library.verdicts.give(job.id, Verdict.FAILED, reprint=True)
        again = await library.queue.job(answer.judgement.reprint_job_id)
        assert (again.due, again.late_for) == (None, None)
        # It cannot be ready by the time of its printer: that is told.
        ready_by = due + timedelta(days=1)
        assert await library.queue.note_late(again.id, ready_by)
        assert not await library.queue.note_late(again.id, ready_by)


async def test_a_deleted_file_is_not_printed_again_and_the_offer_stays_open(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data())
        await printed(library, job)
        await library.delete_archive(job.archive_id, purge=False)

        with pytest.raises(InvalidChangeError):
            await library.verdicts.give(job.id, Verdict.FAILED, reprint=True)
        # Nothing was stored of it.
        assert (await library.queue.job(job.id)).verdict is None
        await library.verdicts.give(job.id, Verdict.FAILED)
        with pytest.raises(InvalidChangeError):
            await library.verdicts.answer_offer(job.id, wanted=True)
        assert (await library.queue.job(job.id)).reprint is Reprint.OFFERED


async def test_what_lies_on_a_plate_is_known_by_its_print(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        job = await queued(library, events, sliced_data())
        print_ = await printed(library, job)
        plate = (await library.prints.plates())["garage"]
        assert (plate.print_id, plate.job_id) == (print_.id, job.id)
        await library.prints.set_plate("garage", replace(plate, is_occupied=False))
        kept = (await library.prints.plates())["garage"]
        assert (kept.print_id, kept.is_occupied) == (print_.id, False)
