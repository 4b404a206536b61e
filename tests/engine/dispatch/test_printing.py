"""The whole way with everything real but the printer: the library and its index, sockets, TLS, and a simulated printer.

The faults are those that users of other programs met with; the printer's double names each.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.dispatcher import (
    Cancellation,
    Dispatcher,
)
from custom_components.bambu_virtual_printer.engine.dispatch.library_store import (
    LibraryStore,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import ReasonKey
from custom_components.bambu_virtual_printer.engine.dispatch.times import DispatchTimes
from custom_components.bambu_virtual_printer.engine.dispatch.tracking import (
    TrackingTimes,
)
from custom_components.bambu_virtual_printer.engine.dispatch.worker import MachineRules
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    JobDispatching,
    JobFinished,
    JobPrinting,
    JobPutBack,
    JobQuestionRaised,
    JobQuestionSettled,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    Job,
    JobPlan,
    JobState,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Answer,
    Outcome,
    PrintPhase,
    Problem,
    Question,
)
from custom_components.bambu_virtual_printer.engine.machines.machine import Machine
from scripts.printer_double import (
    Faults,
    FinalReply,
    LateCode,
    PrinterDouble,
    Refusal,
    StartScript,
)
from scripts.printer_double.statuses import PLA_BLACK, PLA_RED, ams, unit
from tests.support.library import Events, Home, archive_file
from tests.support.machine_stage import TIMEOUT_S, Stage
from tests.support.waiting import until

GREEN = PLA_BLACK | {"tray_color": "00AE42FF", "cols": ["00AE42FF"]}
TARGET = Target(kind=TargetKind.PRINTER, id="garage")
QUICK = DispatchTimes(
    tracking=TrackingTimes(
        sign_s=TIMEOUT_S, first_report_s=1.0, ids_s=2.0, cancel_code_s=0.3, idle_s=0.3
    ),
    settle_s=0.0,
    retry_s=0.05,
    error_cleared_s=TIMEOUT_S,
    order_s=TIMEOUT_S,
)


@dataclass(kw_only=True)
class Floor:
    """A library whose queue prints on one simulated printer."""

    stage: Stage
    home: Home
    double: PrinterDouble
    data: bytes
    library: Library = field(init=False)
    events: Events = field(init=False)
    dispatcher: Dispatcher = field(init=False)
    machine: Machine = field(init=False)

    @asynccontextmanager
    async def open(
        self,
        *,
        begins_within_s: float = TIMEOUT_S,
        reply_timeout_s: float = TIMEOUT_S,
        **options: Any,
    ) -> AsyncIterator[None]:
        async with self.home.open() as (self.library, self.events):
            machine = self.machine = await self.stage.machine(
                self.double, wait=False, reply_timeout_s=reply_timeout_s, **options
            )
            machine.traits = replace(machine.traits, active_within_s=begins_within_s)
            tracking = replace(QUICK.tracking, sign_s=begins_within_s)
            async with Dispatcher(
                LibraryStore(self.library), times=replace(QUICK, tracking=tracking)
            ) as self.dispatcher:
                await self.dispatcher.attach(
                    "garage",
                    machine,
                    model=self.double.model.code,
                    rules=MachineRules(is_allowed=True),
                )
                yield

    async def queue(self, **plan: Any) -> Job:
        archive = (await archive_file(self.library, self.events, self.data)).archive
        [job] = await self.library.queue.add(
            archive.id, JobPlan(target=TARGET, hold=False, **plan)
        )
        self.dispatcher.wake()
        return job

    async def clear(self) -> None:
        await self.dispatcher.clear_plate("garage")

    async def job(self, job: Job) -> Job:
        return await self.library.queue.job(job.id)

    async def until(self, job: Job, condition: Callable[[Job], Any]) -> Job:
        async with asyncio.timeout(TIMEOUT_S):
            while not condition(now := await self.job(job)):
                await asyncio.sleep(0.02)
        return now

    async def waits(self, job: Job, key: ReasonKey) -> None:
        """Wait until the job waits for this."""

        def is_said() -> bool:
            reason = self.dispatcher.reasons.get(job.id)
            return reason is not None and reason.key is key

        await until(is_said)

    async def end(self, job: Job) -> Job:
        return await self.until(job, lambda now: now.state.is_finished)


@pytest.fixture
async def floor(stage: Stage, home: Home, sliced_data: Callable[..., bytes]) -> Floor:
    double = await stage.printer("C12", step_s=0.03)
    double.status["ams"] = ams(unit(0, "1001", PLA_RED, GREEN, None, None))
    return Floor(stage=stage, home=home, double=double, data=sliced_data())


async def test_a_queued_plate_is_printed_once_and_everything_tells_of_it(
    floor: Floor,
) -> None:
    async with floor.open():
        job = await floor.queue()
        done = await floor.end(job)
        assert done.state is JobState.COMPLETED
        [printed] = floor.double.prints
        assert printed.content == floor.data
        [sent] = floor.double.received("project_file")
        [print_] = await floor.library.prints.of_job(job.id)
        assert sent["subtask_id"] == str(print_.subtask_id) == printed.subtask_id
        assert sent["param"] == "Metadata/plate_1.gcode"
        assert (sent["use_ams"], sent["ams_mapping"]) == (True, [1])
        assert sent["md5"] == print_.md5
        assert sent["url"] == f"ftp://{print_.file}"
        assert print_.outcome is Outcome.FINISHED
        told = [
            type(event)
            for event in floor.events.seen
            if isinstance(event, JobDispatching | JobPrinting | JobFinished)
        ]
        assert told == [JobDispatching, JobPrinting, JobFinished]
        archive = (await floor.library.archive(job.archive_id)).archive
        assert archive.print_count == 1
        assert (await floor.library.statistics()).printed == 1
        await until(lambda: not floor.double.files)
        again = await floor.queue()
        await floor.waits(again, ReasonKey.PLATE_NOT_CLEARED)
        await floor.clear()
        assert (await floor.end(again)).state is JobState.COMPLETED
    assert len(floor.double.prints) == 2


async def test_copies_are_prints_of_their_own(floor: Floor) -> None:
    async with floor.open():
        job = await floor.queue(copies=2)
        await floor.until(job, lambda now: now.copies_printed == 1)
        await floor.clear()
        done = await floor.end(job)
        assert (done.state, done.copies_printed) == (JobState.COMPLETED, 2)
        assert len({one.subtask_id for one in floor.double.prints}) == 2


async def test_an_upload_without_a_good_end_is_judged_by_its_size(
    floor: Floor,
) -> None:
    floor.double.faults.final_replies = [FinalReply.BROKEN]
    async with floor.open():
        assert (await floor.end(await floor.queue())).state is JobState.COMPLETED
    assert len(floor.double.prints) == 1


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("552 full", Problem.UPLOAD_STORAGE_FULL),
        ("553 no card", Problem.UPLOAD_STORAGE_REFUSED),
        ("550 no", Problem.UPLOAD_REFUSED),
    ],
)
async def test_a_file_that_the_printer_does_not_take_holds_the_job(
    floor: Floor, reply: str, problem: Problem
) -> None:
    floor.double.faults.stor_replies = [reply] * 3
    async with floor.open():
        job = await floor.until(await floor.queue(), lambda now: now.problem)
        assert (job.state, job.problem) == (JobState.STAGED, problem)
        floor.double.faults.stor_replies = []
        await floor.dispatcher.retry(job.id)
        assert (await floor.end(job)).state is JobState.COMPLETED
    assert len(floor.double.prints) == 1


@pytest.mark.parametrize("refusal", [Refusal.VERIFY_FAILED, Refusal.HEALTH_MESSAGE])
async def test_without_developer_mode_the_job_waits_and_says_so(
    floor: Floor, refusal: Refusal
) -> None:
    floor.double.faults.refusal = refusal
    async with floor.open():
        job = await floor.until(await floor.queue(), lambda now: now.problem)
        assert (job.state, job.problem) == (
            JobState.PENDING,
            Problem.DEVELOPER_MODE_OFF,
        )
        await floor.waits(job, ReasonKey.DEVELOPER_MODE_OFF)
        assert floor.events.of(JobPutBack)
    assert floor.double.prints == []


@pytest.mark.parametrize(
    "faults",
    [
        Faults(refusal=Refusal.SILENCE),
        Faults(start=StartScript.NOTHING),
        Faults(ignores={"project_file"}),
    ],
    ids=["refused without a word", "accepted and not started", "lost"],
)
async def test_a_start_of_which_nothing_comes_is_a_question(
    floor: Floor, faults: Faults
) -> None:
    floor.double.faults = floor.double.broker.faults = faults
    async with floor.open(begins_within_s=1.0, reply_timeout_s=0.5):
        job = await floor.until(await floor.queue(), lambda now: now.question)
        assert job.question is Question.DID_IT_START
        # It is stored a moment before it is told.
        await until(lambda: floor.events.of(JobQuestionRaised))
        assert len(floor.events.of(JobQuestionRaised)) == 1
        assert len(floor.double.received("project_file")) == 1
        await floor.dispatcher.answer(job.id, Answer.CANCELLED)
        assert (await floor.job(job)).state is JobState.CANCELLED


async def test_the_other_form_of_the_url_is_tried_once(floor: Floor) -> None:
    floor.double.faults.resolves = ("file:///sdcard/",)
    async with floor.open():
        assert (await floor.end(await floor.queue())).state is JobState.COMPLETED
    sent = [
        one["url"].partition("/")[0] for one in floor.double.received("project_file")
    ]
    assert sent == ["ftp:", "file:"]
    assert len(floor.double.prints) == 1


async def test_a_file_that_no_form_opens_has_failed_before_printing(
    floor: Floor,
) -> None:
    floor.double.faults.start = StartScript.WRONG_PATH
    async with floor.open():
        job = await floor.end(await floor.queue())
        assert (job.state, job.problem, job.problem_code) == (
            JobState.FAILED,
            Problem.FAILED_BEFORE_PRINTING,
            "0500-C010",
        )
    assert len(floor.double.received("project_file")) == 2


async def test_finish_for_a_while_after_the_start_is_no_end(floor: Floor) -> None:
    floor.double.status["gcode_state"] = "FINISH"
    floor.double.faults.start = StartScript.LATE
    floor.double.faults.late_steps = 10
    async with floor.open():
        await floor.clear()
        job = await floor.end(await floor.queue())
        assert job.state is JobState.COMPLETED
    assert len(floor.double.prints) == 1


async def test_a_print_that_fails_while_it_prepares_has_failed_before_printing(
    floor: Floor,
) -> None:
    floor.double.faults.start = StartScript.FAILS_IN_PREPARE
    async with floor.open():
        job = await floor.end(await floor.queue())
        assert (job.problem, job.problem_code) == (
            Problem.FAILED_BEFORE_PRINTING,
            "0300-4000",
        )


async def test_a_print_that_breaks_off_has_failed_with_the_code(floor: Floor) -> None:
    floor.double.faults.breaks_off_at_percent = 50
    async with floor.open():
        job = await floor.end(await floor.queue())
        assert (job.state, job.problem, job.problem_code) == (
            JobState.FAILED,
            Problem.FAILED,
            "0300-4000",
        )
        [print_] = await floor.library.prints.of_job(job.id)
        assert (print_.percent, print_.layer) == (50, 2)


async def test_a_pause_right_after_the_start_is_a_start(floor: Floor) -> None:
    floor.double.faults.start = StartScript.PAUSES
    async with floor.open():
        job = await floor.until(
            await floor.queue(), lambda now: now.phase is PrintPhase.PRINTING
        )
        assert job.state is JobState.PRINTING
        cancel = floor.dispatcher.cancel
        assert await cancel(job.id) is Cancellation.NOT_CONFIRMED
        assert await cancel(job.id, confirm=True) is Cancellation.STOPPING
        assert (await floor.end(job)).state is JobState.CANCELLED
        [print_] = await floor.library.prints.of_job(job.id)
        assert print_.outcome is Outcome.CANCELLED_HERE


@pytest.mark.parametrize("code", LateCode)
async def test_a_print_cancelled_at_the_printer_is_cancelled(
    floor: Floor, code: LateCode
) -> None:
    floor.double.faults.cancel_code = code
    floor.double.steps = 1000
    async with floor.open():
        job = await floor.until(
            await floor.queue(), lambda now: now.phase is PrintPhase.PRINTING
        )
        floor.double.cancel()
        done = await floor.end(job)
        assert (done.state, done.problem) == (
            JobState.CANCELLED,
            Problem.CANCELLED_AT_PRINTER,
        )


async def test_a_print_in_whose_place_another_runs_is_over(floor: Floor) -> None:
    floor.double.steps = 1000
    async with floor.open():
        job = await floor.until(
            await floor.queue(), lambda now: now.phase is PrintPhase.PRINTING
        )
        floor.double.print_something_else()
        job = await floor.until(job, lambda now: now.state.is_finished or now.question)
        if job.question:
            await floor.dispatcher.answer(job.id, Answer.FAILED)
            job = await floor.job(job)
        assert job.state is JobState.FAILED


async def test_a_printer_that_restarts_in_a_print_leaves_a_question(
    floor: Floor,
) -> None:
    floor.double.steps = 1000
    async with floor.open():
        job = await floor.until(
            await floor.queue(), lambda now: now.phase is PrintPhase.PRINTING
        )
        await floor.double.power_off()
        await floor.double.power_on()
        job = await floor.until(job, lambda now: now.question)
        assert job.question is Question.HOW_DID_IT_END
        await floor.dispatcher.answer(job.id, Answer.FAILED)
        assert (await floor.job(job)).state is JobState.FAILED


async def test_a_spool_that_is_taken_away_while_the_job_waits_is_missed(
    floor: Floor,
) -> None:
    floor.double.status["gcode_state"] = "RUNNING"
    async with floor.open():
        job = await floor.queue()
        await floor.waits(job, ReasonKey.PRINTING)
        floor.double.report(ams=ams(unit(0, "1001", PLA_RED, None, None, None)))
        floor.double.report(gcode_state="FINISH")
        # It is told before the plate is cleared, so that both can be done with one walk.
        await floor.waits(job, ReasonKey.FILAMENT_MISSING)
        [load] = floor.dispatcher.reasons[job.id].loads
        assert (load.filament.type, load.filament.color) == ("PLA", "00AE42")
        floor.double.report(ams=ams(unit(0, "1001", PLA_RED, GREEN, None, None)))
        await floor.waits(job, ReasonKey.PLATE_NOT_CLEARED)
        await floor.clear()
        assert (await floor.end(job)).state is JobState.COMPLETED


@pytest.mark.parametrize(
    "faults",
    [
        Faults(stray_byte=True),
        Faults(anonymous_replies=True),
        Faults(foreign_replies=True),
    ],
    ids=["a byte that is no UTF-8", "replies without a command", "replies to others"],
)
async def test_odd_messages_change_nothing(floor: Floor, faults: Faults) -> None:
    floor.double.faults = floor.double.broker.faults = faults
    async with floor.open():
        assert (await floor.end(await floor.queue())).state is JobState.COMPLETED
    assert len(floor.double.prints) == 1


async def test_a_print_goes_on_while_nobody_looks_and_is_found_again(
    floor: Floor,
) -> None:
    floor.double.steps = 40
    async with floor.open():
        job = await floor.until(
            await floor.queue(), lambda now: now.phase is PrintPhase.PRINTING
        )
    async with floor.open():
        done = await floor.end(job)
        assert done.state is JobState.COMPLETED
        assert not floor.events.of(JobPrinting)
        assert not floor.events.of(JobQuestionSettled)
    assert len(floor.double.prints) == 1


async def test_what_ended_while_nobody_looked_is_known_afterwards(
    floor: Floor,
) -> None:
    async with floor.open():
        job = await floor.until(
            await floor.queue(), lambda now: now.phase is PrintPhase.PRINTING
        )
    await until(lambda: floor.double.status["gcode_state"] == "FINISH")
    async with floor.open():
        assert (await floor.end(job)).state is JobState.COMPLETED
        assert floor.dispatcher.status("garage")
    assert len(floor.double.prints) == 1


async def test_an_upload_that_is_cut_short_by_the_end_of_the_process_begins_anew(
    floor: Floor,
) -> None:
    floor.double.faults.seconds_per_block = 0.5
    async with floor.open():
        job = await floor.until(
            await floor.queue(), lambda now: now.phase is PrintPhase.UPLOADING
        )
    floor.double.faults.seconds_per_block = 0.0
    async with floor.open():
        assert (await floor.end(job)).state is JobState.COMPLETED
        await until(lambda: not floor.double.files)
        outcomes = [one.outcome for one in await floor.library.prints.of_job(job.id)]
        assert outcomes == [Outcome.NOT_STARTED, Outcome.FINISHED]
    assert len(floor.double.prints) == 1
