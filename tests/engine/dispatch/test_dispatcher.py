"""A job's way to a printer and to its end, in virtual time: what is stored, what is sent, and what people are asked."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.dispatcher import (
    Cancellation,
    Started,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.orders import (
    WrongAnswerError,
)
from custom_components.bambu_virtual_printer.engine.dispatch.ports import Claim
from custom_components.bambu_virtual_printer.engine.dispatch.power_states import (
    PowerState,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.dispatch.unattended import (
    NoSuchPrintError,
    PrintedElsewhereError,
)
from custom_components.bambu_virtual_printer.engine.dispatch.worker import MachineRules
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    OtherPrinter,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    SlicedFileError,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Answer,
    Outcome,
    Print,
    PrintPhase,
    Problem,
    Question,
)
from custom_components.bambu_virtual_printer.engine.machines.codes import print_error
from custom_components.bambu_virtual_printer.engine.machines.errors import (
    NoReplyError,
    RefusedError,
    UploadCause,
)
from custom_components.bambu_virtual_printer.engine.machines.families import UrlForm
from custom_components.bambu_virtual_printer.engine.machines.values import (
    EXTERNAL_MAIN,
    Phase,
    Spool,
    SpoolPlace,
    Storage,
    StorageState,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError

from .conftest import ALLOWED, World
from .memory_store import MemoryStore
from .scenes import NEEDS
from .simulated_printer import BAD_MAPPING, SimulatedPrinter, Start
from .test_planner import IDLE, P1S
from .virtual_time import BEGINNING

LATER = BEGINNING + timedelta(days=30)
NO_AMS = replace(
    IDLE,
    ams=(),
    external=(
        Spool(
            place=SpoolPlace(unit=EXTERNAL_MAIN),
            is_present=True,
            type="PLA",
            color="000000FF",
            preset_id="GFA00",
        ),
    ),
)


def printing(world: World, job_id: str = "a") -> bool:
    return world.job(job_id).state == "printing"


def over(world: World, job_id: str = "a") -> bool:
    return world.job(job_id).state in {"completed", "failed", "cancelled"}


# --- the whole way ---


def test_a_job_is_sent_started_and_followed_to_its_end(world: World) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: over(world))
    assert world.disk.phases == list(PrintPhase)
    print_ = world.the_print()
    assert (print_.outcome, print_.publishes) == (Outcome.FINISHED, 1)
    assert world.job().state == "completed"
    assert print_.started_at
    assert print_.published_at
    assert print_.ended_at
    assert print_.percent == 100
    [printed] = printer.prints
    assert printed.subtask_id == str(print_.subtask_id)
    assert (printed.file, printed.end) == (print_.file, "finished")
    world.sleep(1)
    # The file is removed, so that nothing prints it again at power-up.
    assert printer.files == set()
    assert not world.the_print().on_card
    assert world.plate().is_occupied
    assert world.changes


def test_the_next_job_waits_for_the_plate(world: World) -> None:
    printer = world.printer()
    world.add("a")
    world.add("b")
    world.begin()
    world.until(lambda: world.job("a").state == "completed")
    world.sleep(120)
    assert world.reason("b") is ReasonKey.PLATE_NOT_CLEARED
    world.restart()
    assert world.reason("b") is ReasonKey.PLATE_NOT_CLEARED
    world.run(world.dispatcher.clear_plate("garage"))
    world.until(lambda: world.job("b").state == "completed")
    assert len(printer.prints) == 2


def test_what_is_put_in_front_before_the_plate_is_cleared_begins_before_all_others(
    world: World,
) -> None:
    world.printer()
    world.add("a")
    world.add("b")
    world.begin()
    world.until(lambda: world.job("a").state == "completed")
    world.sleep(120)
    read = world.store.waiting

    async def read_slowly() -> Sequence[QueuedJob]:
        jobs = await read()
        await asyncio.sleep(1)
        return jobs

    world.store.waiting = read_slowly  # type: ignore[method-assign]
    world.dispatcher.wake()
    world.sleep(0.5)
    # A plan has read the queue, and has not looked at the printers yet.
    world.add("again")
    world.disk.line.insert(0, world.disk.line.pop())
    world.run(world.dispatcher.clear_plate("garage"))
    world.until(lambda: world.job("again").state == "completed")
    assert world.job("b").state == "pending"


def test_a_plate_may_be_cleared_while_the_printer_is_off_and_not_attached(
    world: World,
) -> None:
    printer = world.printer()
    world.add("a")
    world.add("b")
    world.begin()
    world.until(lambda: world.job("a").state == "completed")
    world.run(world.dispatcher.detach("garage"))
    assert world.dispatcher.status("garage") is None
    world.sleep(1)
    assert world.reason("b") is ReasonKey.NO_SUCH_PRINTER
    world.run(world.dispatcher.clear_plate("garage"))
    world.run(world.dispatcher.attach("garage", printer, model="C12", rules=ALLOWED))
    world.until(lambda: world.job("b").state == "completed")


def test_who_has_an_ejector_does_without_the_plate_gate(world: World) -> None:
    world.printer()
    world.add("a", copies=3)
    world.begin(replace(ALLOWED, needs_cleared_plate=False))
    world.until(lambda: world.job("a").state == "completed", 4 * 3600)
    assert len({one.subtask_id for one in world.disk.of_job("a")}) == 3
    assert len({one.file for one in world.disk.of_job("a")}) == 3
    assert world.job("a").printed == 3


def test_several_printers_print_at_the_same_time(world: World) -> None:
    for name in ("one", "two", "three"):
        world.printer(name)
        world.add(f"for {name}", name)
    world.begin()
    world.until(
        lambda: all(job.state == "printing" for job in world.disk.jobs.values()), 90
    )


def test_nothing_starts_on_a_printer_that_nobody_has_allowed(world: World) -> None:
    printer = world.printer()
    world.add()
    world.begin(MachineRules())
    world.sleep(600)
    assert world.reason() is ReasonKey.NOT_ALLOWED
    assert world.disk.prints == {}
    world.dispatcher.set_rules("garage", ALLOWED)
    world.until(lambda: printer.prints, 60)


def test_a_job_begins_when_its_time_comes(world: World) -> None:
    world.printer()
    later = world.loop.clock() + timedelta(minutes=30)
    world.add(not_before=later)
    world.begin()
    world.sleep(60)
    assert world.reason() is ReasonKey.SCHEDULED
    world.until(lambda: world.disk.prints)
    assert timedelta() <= world.the_print().claimed_at - later < timedelta(seconds=5)


def test_where_news_are_awaited_it_is_looked_again_without_an_event(
    world: World,
) -> None:
    printer = world.printer()
    printer.age_s = 61.0
    world.add()
    world.begin()
    world.sleep(30)
    assert world.reason() is ReasonKey.NO_NEWS
    printer.age_s = 0.5
    world.until(lambda: world.disk.prints, 15)


def test_nothing_is_started_where_it_is_not_known_what_the_printer_does(
    world: World,
) -> None:
    printer = world.printer()
    # In the middle of somebody's print, with a word that only newer firmware has.
    vase = {"name": "Vase", "subtask_id": "999", "percent": 40}
    printer.report(phase=Phase.UNKNOWN, job=vase)
    world.add()
    world.begin()
    world.sleep(120)
    assert world.reason() is ReasonKey.PHASE_UNKNOWN
    reason = world.run(world.dispatcher.start_now("a"))
    assert isinstance(reason, Reason)
    assert reason.key is ReasonKey.PHASE_UNKNOWN
    assert (printer.files, printer.commands) == (set(), [])
    # It is looked at again by itself.
    printer.report(phase=Phase.FAILED)
    world.until(lambda: world.disk.prints, 5)


# --- what is in the way at the last moment ---


def test_a_phase_that_nobody_knows_during_the_upload_stops_the_start(
    world: World,
) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printer.files)
    printer.report(phase=Phase.UNKNOWN)
    world.until(lambda: world.job().state == "pending")
    world.sleep(1)
    assert world.reason() is ReasonKey.PHASE_UNKNOWN
    assert printer.commands == []


def test_the_printer_is_looked_at_again_right_before_the_start(world: World) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printer.files)
    printer.print_foreign()
    world.until(lambda: world.job().state == "pending")
    assert printer.commands == []
    assert world.reason() is ReasonKey.PRINTING
    assert world.job().problem is None
    world.sleep(60)
    assert printer.files == {"Vase.3mf"} - {"Vase.3mf"}


def test_a_spool_that_is_taken_out_during_the_upload_stops_the_start(
    world: World,
) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printer.files)
    printer.report(ams=())
    world.until(lambda: world.job().state == "pending")
    world.sleep(1)
    assert world.reason() is ReasonKey.FILAMENT_MISSING
    assert printer.commands == []


def test_a_job_whose_file_is_gone_fails_and_says_so(world: World) -> None:
    world.printer()
    world.add().path = None
    world.begin()
    world.until(lambda: over(world))
    assert (world.job().state, world.job().problem) == ("failed", Problem.FILE_GONE)
    assert not world.plate().is_occupied


# --- uploads ---


@pytest.mark.parametrize("cause", [UploadCause.BROKEN_OFF, UploadCause.FILE_UNREADABLE])
def test_an_upload_that_breaks_off_is_tried_again_later_and_then_held(
    world: World, cause: UploadCause
) -> None:
    printer = world.printer()
    printer.upload_failures = [cause] * 3
    world.add()
    world.begin()
    world.until(lambda: world.job().problem)
    world.sleep(1)
    assert world.reason() is ReasonKey.RETRY
    assert world.job().problem == f"upload_{cause}"
    world.until(lambda: world.job().state == "staged", 300)
    world.sleep(1)
    assert world.reason() is ReasonKey.PROBLEM
    assert len(world.disk.prints) == 3
    world.run(world.dispatcher.retry("a"))
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert len(printer.prints) == 1


@pytest.mark.parametrize("cause", [UploadCause.STORAGE_FULL, UploadCause.WRONG_CODE])
def test_an_upload_that_will_not_go_better_is_not_tried_again(
    world: World, cause: UploadCause
) -> None:
    world.printer().upload_failures = [cause]
    world.add()
    world.begin()
    world.until(lambda: world.job().problem)
    assert (world.job().state, world.job().problem) == ("staged", f"upload_{cause}")


@pytest.mark.parametrize(
    ("error", "problem", "attempts"),
    [
        (StorageError(as_it_stands("no room")), Problem.FILE_NOT_MADE, 3),
        (
            SlicedFileError(as_it_stands("none")),
            Problem.UPLOAD_FILE_UNREADABLE,
            1,
        ),
    ],
)
def test_a_file_that_cannot_be_made_holds_the_job_and_is_made_again(
    world: World, error: Exception, problem: Problem, attempts: int
) -> None:
    made: list[Path] = []
    fails = True

    @asynccontextmanager
    async def _package(path: Path) -> AsyncIterator[Path]:
        if fails:
            raise error
        made.append(path)
        yield path

    printer = world.printer()
    world.add()
    world.begin()
    world.store.package = _package
    world.until(lambda: world.job().state == "staged", 300)
    assert world.job().problem == problem
    assert (len(world.disk.prints), printer.prints) == (attempts, [])
    fails = False
    world.run(world.dispatcher.retry("a"))
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert (len(printer.prints), len(made)) == (1, 1)


def test_the_progress_of_an_upload_is_shown(world: World) -> None:
    world.printer()
    world.add()
    world.begin()
    seen = set()

    def done() -> bool:
        status = world.dispatcher.status("garage")
        assert status
        if status.upload:
            assert status.print
            seen.add(status.upload.sent_bytes)
        return printing(world)

    world.until(done)
    assert seen >= {0, 1, 2}
    status = world.dispatcher.status("garage")
    assert status
    assert status.upload is None


# --- starts that are not what they seem ---


def test_finish_for_a_while_after_the_start_is_no_end(world: World) -> None:
    printer = world.printer()
    printer.report(phase=Phase.FINISH)
    printer.next_start = Start.LATE
    world.add()
    world.begin()
    world.run(world.dispatcher.clear_plate("garage"))
    world.until(lambda: printer.commands)
    world.sleep(45)
    assert world.job().state == "dispatching"
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert len(printer.prints) == 1


@pytest.mark.parametrize("script", [Start.NOTHING, Start.LOST])
def test_a_start_of_which_nothing_comes_is_asked_about_and_never_sent_again(
    world: World, script: Start
) -> None:
    printer = world.printer()
    printer.next_start = script
    world.add()
    world.begin()
    world.until(lambda: world.disk.prints and world.the_print().question)
    assert world.the_print().question is Question.DID_IT_START
    world.add("b")
    world.dispatcher.wake()
    world.sleep(3600)
    assert world.reason("b") is ReasonKey.QUESTION
    assert printer.commands == ["project_file"]
    world.run(world.dispatcher.answer("a", Answer.NOT_STARTED))
    world.until(lambda: over(world))
    assert [one.outcome for one in world.disk.of_job("a")] == [
        Outcome.NOT_STARTED,
        Outcome.FINISHED,
    ]
    assert len(printer.prints) == 1


def test_an_answer_that_is_lost_does_not_matter_where_it_prints(world: World) -> None:
    printer = world.printer()
    printer.next_start = Start.UNANSWERED
    world.add()
    world.begin()
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert printer.commands == ["project_file"]


def test_the_other_form_of_the_url_is_tried_once_and_remembered(world: World) -> None:
    printer = world.printer()
    printer.next_start = Start.WRONG_PATH
    world.add()
    world.begin()
    world.until(lambda: over(world))
    assert printer.commands == ["project_file", "clean_print_error", "project_file"]
    assert printer.forms == [UrlForm.FTP, UrlForm.SDCARD]
    assert world.job().state == "completed"
    assert world.the_print().publishes == 2
    assert printer.url_form is UrlForm.SDCARD
    assert len(printer.prints) == 1


def test_a_file_that_no_form_of_the_url_opens_fails_with_the_code(
    world: World,
) -> None:
    printer = world.printer()
    printer.next_start = Start.NO_PATH
    world.add()
    world.begin()
    world.until(lambda: over(world))
    assert printer.commands.count("project_file") == 2
    assert (world.job().state, world.job().problem, world.job().code) == (
        "failed",
        Problem.FAILED_BEFORE_PRINTING,
        "0500-C010",
    )
    assert not world.plate().is_occupied
    assert printer.prints == []


@pytest.mark.parametrize(
    ("script", "state", "problem", "code"),
    [
        (Start.REFUSED, "staged", Problem.START_REFUSED, "0500-8051"),
        (Start.UNSIGNED, "pending", Problem.DEVELOPER_MODE_OFF, ""),
    ],
)
def test_a_refusal_puts_the_job_back_and_is_no_failure_of_it(
    world: World, script: Start, state: str, problem: Problem, code: str
) -> None:
    printer = world.printer()
    printer.next_start = script
    world.add()
    world.begin()
    world.until(lambda: world.job().problem)
    assert (world.job().state, world.job().problem, world.job().code) == (
        state,
        problem,
        code,
    )
    world.sleep(1)
    assert world.dispatcher.reasons["a"].key in {
        ReasonKey.PROBLEM,
        ReasonKey.SETTLING,
    }
    assert printer.files == set()


def test_a_printer_is_left_alone_for_a_minute_after_a_start(world: World) -> None:
    printer = world.printer()
    printer.next_start = Start.UNSIGNED
    world.add()
    world.begin()
    world.until(lambda: world.job().problem)
    world.sleep(50)
    assert world.reason() is ReasonKey.SETTLING
    world.until(lambda: printer.prints, 60)


def test_a_print_that_fails_while_it_prepares_has_failed_before_printing(
    world: World,
) -> None:
    printer = world.printer()
    printer.next_start = Start.FAILS
    world.add()
    world.begin()
    world.until(lambda: over(world))
    assert (world.the_print().outcome, world.job().code) == (
        Outcome.FAILED_BEFORE_PRINTING,
        "0300-4000",
    )
    assert world.plate().is_occupied
    world.add("b")
    world.dispatcher.wake()
    world.sleep(60)
    assert world.reason("b") is ReasonKey.ERROR_STANDS
    printer.report(print_error=None)
    world.run(world.dispatcher.clear_plate("garage"))
    world.until(lambda: printing(world, "b"))


# --- ends ---


@pytest.mark.parametrize("code", ["late", "brief", "never"])
def test_a_print_that_is_cancelled_at_the_printer_is_no_failure(
    world: World, code: str
) -> None:
    printer = world.printer()
    printer.cancel_code = code
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    world.sleep(200)
    printer.cancel()
    world.until(lambda: over(world), 30)
    print_ = world.the_print()
    assert print_.outcome is Outcome.CANCELLED_AT_PRINTER
    assert (print_.percent, print_.layer) == (20, 1)
    assert world.job().state == "cancelled"


def test_a_print_in_whose_place_another_one_runs_is_over(world: World) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    world.sleep(60)
    printer.replace_print()
    world.until(lambda: over(world), 30)
    assert world.the_print().outcome is Outcome.REPLACED
    assert world.job().problem is Problem.REPLACED


def test_a_printer_that_goes_idle_without_an_end_is_asked_about(world: World) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    printer.reboot()
    world.sleep(30)
    assert world.the_print().question is None
    printer.connect()
    world.until(lambda: world.the_print().question)
    assert world.the_print().question is Question.HOW_DID_IT_END
    for wrong in (Answer.STARTED, Answer.NOT_STARTED):
        with pytest.raises(WrongAnswerError):
            world.run(world.dispatcher.answer("a", wrong))
    world.run(world.dispatcher.answer("a", Answer.FAILED))
    assert (world.job().state, world.the_print().outcome) == ("failed", Outcome.FAILED)
    assert world.plate().is_occupied


def test_what_ended_while_the_session_was_gone_is_known_by_its_id(
    world: World,
) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    printer.disconnect()
    world.sleep(1000)
    assert printing(world)
    printer.connect()
    world.until(lambda: over(world), 30)
    assert world.job().state == "completed"


def test_another_print_after_a_gap_leaves_open_how_ours_ended(world: World) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    printer.disconnect()
    world.sleep(1000)
    printer.print_foreign()
    world.sleep(60)
    printer.connect()
    printer.report(wifi_dbm=-50)
    # The reports that follow tell no more than the first.
    world.sleep(30)
    assert world.the_print().question is Question.HOW_DID_IT_END
    world.run(world.dispatcher.answer("a", Answer.FINISHED))
    assert world.job().state == "completed"


# --- cancelling ---


def test_a_waiting_job_is_cancelled_without_a_word_to_the_printer(
    world: World,
) -> None:
    printer = world.printer()
    world.add(is_held=True).state = "staged"
    world.begin()
    result = world.run(world.dispatcher.cancel("a"))
    assert (result, world.job().state) == (Cancellation.CANCELLED, "cancelled")
    world.sleep(60)
    assert (printer.commands, printer.files) == ([], set())


@pytest.mark.parametrize("seconds", [0.0, 0.5, 3.9, 4.0])
def test_an_upload_is_cancelled_and_nothing_is_started(
    world: World, seconds: float
) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: world.disk.prints)
    world.sleep(seconds)
    result = world.run(world.dispatcher.cancel("a"))
    if result is Cancellation.NOT_CONFIRMED:
        assert world.the_print().phase.may_print
        return
    assert result is Cancellation.CANCELLED
    assert world.the_print().outcome is Outcome.CANCELLED_HERE
    world.sleep(60)
    assert printer.commands == []
    assert printer.files == set()


def test_a_print_is_stopped_only_when_that_is_confirmed(world: World) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    world.sleep(60)
    cancel = world.dispatcher.cancel
    assert world.run(cancel("a")) is Cancellation.NOT_CONFIRMED
    assert printer.commands == ["project_file"]
    assert world.run(cancel("a", confirm=True)) is Cancellation.STOPPING
    world.until(lambda: over(world), 30)
    assert world.the_print().outcome is Outcome.CANCELLED_HERE
    assert world.job().state == "cancelled"
    assert world.plate().is_occupied


def test_a_stop_waits_for_a_printer_that_cannot_be_reached(world: World) -> None:
    printer = world.printer(minutes=60)
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    printer.disconnect()
    result = world.run(world.dispatcher.cancel("a", confirm=True))
    assert result is Cancellation.WAITS
    world.restart()
    world.until(lambda: over(world), 60)
    assert printer.commands == ["project_file", "stop"]
    assert world.the_print().outcome is Outcome.CANCELLED_HERE


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (NoReplyError("gone"), Cancellation.UNANSWERED),
        (RefusedError("stop", "no", None), Cancellation.REFUSED),
    ],
)
def test_a_stop_that_is_not_taken_is_told_and_the_print_goes_on(
    world: World, answer: Exception, result: Cancellation
) -> None:
    printer = world.printer()
    printer.stop_answer = answer
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    assert world.run(world.dispatcher.cancel("a", confirm=True)) is result
    world.until(lambda: over(world))
    assert world.job().state == "completed"


def test_a_stop_before_the_printer_has_begun_is_given_when_it_begins(
    world: World,
) -> None:
    printer = world.printer()
    printer.next_start = Start.LATE
    world.add()
    world.begin()
    world.until(lambda: printer.commands)
    world.sleep(5)
    result = world.run(world.dispatcher.cancel("a", confirm=True))
    assert result is Cancellation.WAITS
    world.until(lambda: over(world), 120)
    assert printer.commands == ["project_file", "stop"]
    assert world.job().state == "cancelled"


def test_what_a_person_is_asked_about_is_answered_not_cancelled(world: World) -> None:
    printer = world.printer()
    printer.next_start = Start.LOST
    world.add()
    world.begin()
    world.until(lambda: world.disk.prints and world.the_print().question)
    result = world.run(world.dispatcher.cancel("a", confirm=True))
    assert result is Cancellation.QUESTION
    world.run(world.dispatcher.answer("a", Answer.CANCELLED))
    assert world.job().state == "cancelled"
    with pytest.raises(NoSuchPrintError):
        world.run(world.dispatcher.answer("a", Answer.CANCELLED))


def test_who_says_that_it_started_is_asked_how_it_ended(world: World) -> None:
    printer = world.printer()
    printer.next_start = Start.LOST
    world.add()
    world.begin()
    world.until(lambda: world.disk.prints and world.the_print().question)
    world.run(world.dispatcher.answer("a", Answer.STARTED))
    assert printing(world)
    world.until(lambda: world.the_print().question is Question.HOW_DID_IT_END, 60)
    world.run(world.dispatcher.answer("a", Answer.FINISHED))
    assert world.job().state == "completed"


# --- now ---


def test_a_job_is_started_now_before_all_others(world: World) -> None:
    printer = world.printer()
    world.begin(MachineRules())
    world.add("a")
    world.add("b").state = "staged"
    found = world.run(world.dispatcher.start_now("b"))
    assert not isinstance(found, Started)
    assert found.key is ReasonKey.NOT_ALLOWED
    world.dispatcher.set_rules("garage", ALLOWED)
    started = world.run(world.dispatcher.start_now("b"))
    assert started == Started(machine_id="garage")
    world.until(lambda: printer.prints)
    assert printing(world, "b")


# --- restarts ---


@pytest.mark.parametrize(
    "phase", [PrintPhase.CLAIMED, PrintPhase.UPLOADING, PrintPhase.UPLOADED]
)
def test_what_was_not_published_when_the_process_died_is_printed_once(
    world: World, phase: PrintPhase
) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: world.disk.prints)
    world.kill()
    before = world.the_print()
    world.disk.prints[before.id] = replace(before, phase=phase, on_card=True, file="x")
    printer.files.add("x")
    world.begin()
    printer.connect()
    world.until(lambda: over(world))
    assert [one.outcome for one in world.disk.of_job("a")] == [
        Outcome.NOT_STARTED,
        Outcome.FINISHED,
    ]
    assert len(printer.prints) == 1
    world.sleep(10)
    assert printer.files == set()


def test_a_print_that_runs_when_the_process_begins_anew_is_found_by_its_id(
    world: World,
) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    started_at = world.the_print().started_at
    world.restart()
    world.sleep(5)
    assert world.the_print().started_at == started_at
    world.until(lambda: over(world))
    assert (world.job().state, len(printer.prints)) == ("completed", 1)


@pytest.mark.parametrize(
    ("script", "down_s", "question"),
    [
        (Start.PRINTS, 1.0, None),
        (Start.PRINTS, 2000.0, None),
        (Start.LOST, 1.0, Question.DID_IT_START),
        (Start.NOTHING, 2000.0, Question.DID_IT_START),
    ],
)
def test_what_was_being_published_when_the_process_died_is_found_out_or_asked(
    world: World, script: Start, down_s: float, question: Question | None
) -> None:
    printer = world.printer()
    printer.next_start = script
    world.add()
    world.begin()
    world.until(lambda: printer.commands)
    world.restart(down_s=down_s)
    world.sleep(400)
    assert world.the_print().question is question
    if question is None:
        world.until(lambda: over(world))
        assert world.job().state == "completed"
    assert printer.commands == ["project_file"]


def test_a_finish_that_may_be_that_of_the_print_before_is_asked_about(
    world: World,
) -> None:
    printer = world.printer()
    printer.report(phase=Phase.FINISH)
    world.add()
    world.begin()
    world.run(world.dispatcher.clear_plate("garage"))
    world.until(lambda: printer.commands)
    world.restart(down_s=2000)
    world.sleep(400)
    assert world.the_print().question is Question.DID_IT_START
    world.run(world.dispatcher.answer("a", Answer.FINISHED))
    assert world.job().state == "completed"


def test_prints_of_printers_that_are_not_set_up_any_more_are_settled(
    world: World,
) -> None:
    world.printer()
    world.add("a")
    world.begin()
    world.until(lambda: printing(world))
    world.kill()
    world.printers.clear()
    world.begin()
    world.run(world.dispatcher.forget("garage"))
    assert world.the_print().question is Question.HOW_DID_IT_END
    assert world.run(world.dispatcher.cancel("a")) is Cancellation.QUESTION
    world.run(world.dispatcher.answer("a", Answer.FINISHED))
    assert world.job().state == "completed"
    for phase, answer, state in (
        (PrintPhase.UPLOADING, None, "pending"),
        (PrintPhase.PUBLISHING, Answer.NOT_STARTED, "pending"),
        (PrintPhase.PUBLISHING, Answer.STARTED, "printing"),
    ):
        job_id = f"{phase} {answer}"
        world.add(job_id)
        claim = world.run(world.store.claim(job_id, job_id))
        assert claim
        world.run(world.store.advance(claim.print, replace(claim.print, phase=phase)))
        world.run(world.dispatcher.forget(job_id))
        if answer:
            world.run(world.dispatcher.answer(job_id, answer))
        assert world.job(job_id).state == state
        world.disk.line[:] = []


def test_what_an_answer_says_has_ended_lies_on_the_plate_of_a_printer_that_is_not_attached(
    world: World,
) -> None:
    world.printer()
    world.add("a")
    world.begin()
    world.until(lambda: printing(world))
    world.kill()
    world.printers.clear()
    world.begin()
    world.run(world.dispatcher.forget("garage"))
    print_ = world.the_print()
    world.run(world.dispatcher.answer("a", Answer.FINISHED))
    plate = world.dispatcher.plate("garage")
    assert (plate.is_occupied, plate.print_id, plate.job_id) == (True, print_.id, "a")
    assert world.disk.plates["garage"].is_occupied
    assert world.run(world.dispatcher.clear_plate("garage", print_.id))
    assert not world.disk.plates["garage"].is_occupied


@pytest.mark.parametrize("slow", ["end", "memory"])
def test_an_answer_that_comes_while_its_printer_is_attached_leaves_the_plate_occupied(
    world: World, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    printer = world.printer()
    world.add("a")
    world.add("b")
    world.begin()
    world.until(lambda: printing(world))
    world.kill()
    world.printers.clear()
    world.begin()
    world.run(world.dispatcher.forget("garage"))
    do = getattr(world.store, slow)
    is_under_way = False

    async def do_slowly(*args: Any, **values: Any) -> Any:
        nonlocal is_under_way
        is_under_way = True
        await asyncio.sleep(5)
        return await do(*args, **values)

    async def attach_and_answer() -> None:
        works = [
            lambda: world.dispatcher.attach(
                "garage", printer, model="C12", rules=ALLOWED
            ),
            lambda: world.dispatcher.answer("a", Answer.FINISHED),
        ]
        first, second = works if slow == "memory" else reversed(works)
        begun = asyncio.create_task(first())
        while not is_under_way:
            await asyncio.sleep(0)
        await second()
        await begun

    monkeypatch.setattr(world.store, slow, do_slowly)
    printer.disconnect()
    world.run(attach_and_answer())
    assert world.job("a").state == "completed"
    plate = world.dispatcher.plate("garage")
    assert (plate.is_occupied, plate.job_id) == (True, "a")
    assert world.dispatcher.status("garage").print is None
    world.sleep(60)
    assert world.job("b").state == "pending"


@pytest.mark.parametrize("failures", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("after_s", [0.0, 4.5, 5.0, 40.0, 300.0])
def test_an_index_that_cannot_be_written_for_a_while_doubles_nothing(
    world: World, failures: int, after_s: float
) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.sleep(after_s)
    world.store.failures = failures
    world.until(lambda: world.disk.prints)
    world.until(lambda: over(world) or world.the_print().question)
    if world.the_print().question:
        world.run(world.dispatcher.answer("a", Answer.FINISHED))
    assert world.job().state == "completed"
    assert len(printer.prints) == 1


def test_a_job_that_is_claimed_while_the_open_prints_are_read_anew_is_printed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = world.printer()
    world.begin()
    world.sleep(5)
    read = world.store.open_prints
    is_reading = False

    async def read_slowly() -> Sequence[Print]:
        nonlocal is_reading
        found = await read()
        is_reading = True
        await asyncio.sleep(5)
        return found

    async def fail(_machine_id: str) -> Sequence[Print]:
        monkeypatch.undo()
        monkeypatch.setattr(world.store, "open_prints", read_slowly)
        raise OSError("the disk is full")

    monkeypatch.setattr(world.store, "leftovers", fail)
    printer.disconnect()
    printer.connect()
    world.until(lambda: is_reading)
    world.add()
    world.dispatcher.wake()
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert len(printer.prints) == 1


# --- claims that nobody was told of ---


@pytest.mark.parametrize("unread", [0, 3])
def test_a_claim_whose_answer_is_lost_is_printed_once_without_a_restart(
    world: World, unread: int
) -> None:
    printer = world.printer()
    world.begin()
    world.sleep(1)
    world.add()
    world.store.lost_claims = 1
    world.dispatcher.wake()
    world.until(lambda: world.disk.prints)
    world.store.failures = unread
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    first, second = world.disk.of_job("a")
    assert (first.outcome, second.outcome) == (Outcome.NOT_STARTED, Outcome.FINISHED)
    assert printer.commands == ["project_file"]
    assert len(printer.prints) == 1


def late_claim(world: World) -> SimulatedPrinter:
    """Have a claim stored only after it was given up, while nothing else is planned."""
    printer = world.printer()
    world.begin()
    world.sleep(1)
    world.add()
    world.store.lost_claims = 1
    world.store.lost_for_s = 1.0
    # After the error the planner waits for longer than that.
    world.dispatcher.wake()
    world.until(lambda: not world.store.lost_claims)
    world.until(lambda: world.disk.prints, 3)
    assert world.job().state == "dispatching"
    return printer


def test_a_claim_that_is_stored_after_it_was_given_up_is_printed_once(
    world: World,
) -> None:
    printer = late_claim(world)
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert len(printer.prints) == 1


def test_a_job_whose_claim_nobody_was_told_of_is_cancelled(world: World) -> None:
    printer = late_claim(world)
    assert world.run(world.dispatcher.cancel("a")) is Cancellation.CANCELLED
    assert world.job().state == "cancelled"
    world.add("b")
    world.dispatcher.wake()
    world.until(lambda: over(world, "b"))
    assert world.job("a").state == "cancelled"
    assert len(printer.prints) == 1


def test_a_claim_that_stands_in_the_way_of_another_job_is_found(world: World) -> None:
    printer = world.printer()
    world.begin(FREE)
    world.sleep(1)
    world.add("a")
    # As one that was stored long after anybody looked for it.
    world.run(world.store.claim("a", "garage"))
    world.add("b")
    world.dispatcher.wake()
    world.until(lambda: over(world, "a") and over(world, "b"))
    assert {world.job(one).state for one in "ab"} == {"completed"}
    assert len(printer.prints) == 2


def test_a_claim_that_cannot_be_put_back_at_once_is_put_back_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = world.printer()
    world.begin()
    world.sleep(1)
    world.add()
    claim = world.store.claim

    async def claim_while_it_is_switched_off(*args: Any) -> Claim | None:
        monkeypatch.undo()
        claimed = await claim(*args)
        world.dispatcher.set_power("garage", PowerState.SWITCHING_OFF)
        world.store.failures = 1
        return claimed

    monkeypatch.setattr(world.store, "claim", claim_while_it_is_switched_off)
    world.dispatcher.wake()
    world.until(lambda: world.disk.prints)
    world.until(lambda: world.job().state == "pending", 120)
    assert printer.commands == []
    world.dispatcher.set_power("garage", PowerState.ON)
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert len(printer.prints) == 1


def test_a_printer_is_used_once_the_index_answers_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    printer = world.printer()
    world.add(copies=2)
    world.begin()
    world.until(lambda: printing(world))
    # Its settings are changed while the index does not answer.
    world.run(world.dispatcher.detach("garage"))
    world.store.failures = 3
    world.run(world.dispatcher.attach("garage", printer, model=P1S, rules=ALLOWED))
    assert "garage cannot be driven" in caplog.text
    assert world.dispatcher.status("garage") is None
    world.until(lambda: world.dispatcher.status("garage"), 120)
    world.until(lambda: world.job().printed == 1)
    assert len(printer.prints) == 1
    # One that is gone meanwhile is not tried any more.
    world.run(world.dispatcher.detach("garage"))
    world.store.failures = 1
    world.run(world.dispatcher.attach("garage", printer, model=P1S, rules=ALLOWED))
    world.run(world.dispatcher.detach("garage"))
    world.sleep(120)
    assert world.dispatcher.status("garage") is None


# --- late starts ---


def given_up(world: World, **options: Any) -> SimulatedPrinter:
    """Have a start taken for lost by a person that the printer is still to begin with."""
    printer = world.printer(**options)
    printer.next_start = Start.VERY_LATE
    world.add()
    world.begin()
    world.until(lambda: world.disk.prints and world.the_print().question)
    world.store.failures = 0
    return printer


def test_a_print_that_begins_after_a_person_has_given_it_up_is_joined(
    world: World,
) -> None:
    printer = given_up(world)
    world.disk.jobs["a"].queued = replace(world.job().queued, not_before=LATER)
    world.run(world.dispatcher.answer("a", Answer.NOT_STARTED))
    world.until(lambda: printer.prints)
    world.until(lambda: printing(world), 5)
    assert world.disk.line == []
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert (len(printer.prints), len(world.disk.prints)) == (1, 1)
    assert printer.commands == ["project_file"]


def test_a_late_start_is_joined_although_the_job_is_being_sent_anew(
    world: World,
) -> None:
    printer = given_up(world, upload_s=300.0)
    world.run(world.dispatcher.answer("a", Answer.NOT_STARTED))
    world.until(lambda: len(world.disk.prints) == 2)
    world.until(lambda: over(world))
    first, second = world.disk.of_job("a")
    assert (first.outcome, second.outcome) == (Outcome.FINISHED, Outcome.NOT_STARTED)
    assert printer.commands == ["project_file"]
    assert len(printer.prints) == 1


def test_a_late_start_takes_the_job_back_from_another_printer(world: World) -> None:
    world.printer("attic", upload_s=400.0).report(phase=Phase.RUNNING)
    printer = given_up(world)
    job = world.job()
    job.queued = replace(job.queued, target=AnyPrinter(model=P1S))
    world.printers["attic"].report(phase=Phase.IDLE)
    printer.report(phase=Phase.IDLE, storage=Storage(state=StorageState.MISSING))
    world.run(world.dispatcher.clear_plate("attic"))
    world.run(world.dispatcher.answer("a", Answer.NOT_STARTED))
    world.until(lambda: len(world.disk.prints) == 2)
    assert world.the_print().machine_id == "attic"
    world.until(lambda: over(world))
    assert [one.outcome for one in world.disk.of_job("a")] == [
        Outcome.FINISHED,
        Outcome.NOT_STARTED,
    ]
    assert world.printers["attic"].commands == []


@pytest.fixture
def cabin(world: World) -> Iterator[World]:
    """Another Home Assistant with the same library, and another printer."""
    cabin = World(loop=world.loop, disk=world.disk)
    cabin.printer("attic", upload_s=1000.0)
    yield cabin
    cabin.kill()


def given_up_and_claimed_by(cabin: World, world: World) -> SimulatedPrinter:
    """Have a start given up here, and the job claimed there before the printer here begins with it."""
    printer = given_up(world)
    cabin.begin()
    world.job().queued = replace(world.job().queued, target=AnyPrinter(model=P1S))
    printer.report(storage=Storage(state=StorageState.MISSING))
    world.run(world.dispatcher.answer("a", Answer.NOT_STARTED))
    cabin.dispatcher.wake()
    world.until(lambda: world.the_print().machine_id == "attic")
    return printer


@pytest.mark.parametrize("is_told", [True, False])
def test_a_late_start_takes_the_job_back_from_the_printer_of_another_instance(
    world: World, cabin: World, caplog: pytest.LogCaptureFixture, *, is_told: bool
) -> None:
    printer = given_up_and_claimed_by(cabin, world)
    its = cabin.printers["attic"]
    cabin.add("b", "attic")
    world.until(lambda: printer.prints)
    world.until(lambda: printing(world), 5)
    if is_told:
        cabin.dispatcher.wake()
        # The file is not sent to its end.
        world.until(lambda: world.disk.of_job("b"), 60)
    world.until(lambda: over(world))
    world.until(lambda: over(world, "b"))
    assert [one.outcome for one in world.disk.of_job("a")] == [
        Outcome.FINISHED,
        Outcome.NOT_STARTED,
    ]
    assert (len(printer.prints), world.job().state) == (1, "completed")
    # That one prints the next, and was told to begin with nothing else.
    assert (its.commands, len(its.prints)) == (["project_file"], 1)
    world.until(lambda: not its.files, 700)
    assert not any(one.question for one in world.disk.prints.values())
    assert "interrupted" not in caplog.text


def test_a_job_that_is_cancelled_where_it_is_not_printed_any_more_is_not_cancelled(
    world: World, cabin: World
) -> None:
    printer = given_up_and_claimed_by(cabin, world)
    world.until(lambda: printer.prints)
    world.until(lambda: printing(world), 5)
    world.disk.others = {
        "garage": OtherPrinter(name="Garage", model=P1S, instance="House")
    }
    with pytest.raises(PrintedElsewhereError) as raised:
        world.run(cabin.dispatcher.cancel("a"))
    assert raised.value.instance == "House"
    world.until(lambda: over(world))
    assert world.job().state == "completed"


def test_a_late_start_that_is_over_when_it_is_seen_is_not_printed_again(
    world: World,
) -> None:
    printer = given_up(world)
    world.disk.jobs["a"].queued = replace(world.job().queued, not_before=LATER)
    world.run(world.dispatcher.answer("a", Answer.NOT_STARTED))
    printer.disconnect()
    world.sleep(3000)
    assert world.job().state == "pending"
    world.restart()
    world.until(lambda: over(world), 60)
    assert world.job().state == "completed"
    assert len(printer.prints) == 1


def test_a_late_start_of_a_job_that_was_cancelled_in_line_is_stopped(
    world: World,
) -> None:
    printer = given_up(world)
    world.disk.jobs["a"].queued = replace(world.job().queued, not_before=LATER)
    world.run(world.dispatcher.answer("a", Answer.NOT_STARTED))
    world.run(world.dispatcher.cancel("a"))
    world.until(lambda: printer.prints)
    world.until(lambda: printer.prints[0].end is not None, 60)
    assert printer.prints[0].end == "aborted"
    world.until(lambda: world.job().state == "cancelled", 60)
    # What it has printed until then lies on the plate.
    assert world.plate().is_occupied


@pytest.mark.parametrize(("stored_after_s", "waited_s"), [(2, 2), (300, 15)])
def test_the_end_of_a_print_that_is_reported_is_waited_for_until_it_is_stored(
    world: World, monkeypatch: pytest.MonkeyPatch, stored_after_s: int, waited_s: int
) -> None:
    world.printer()
    world.add()
    world.begin()
    end = world.store.end
    is_reported = False

    async def end_slowly(*args: Any, **values: Any) -> None:
        nonlocal is_reported
        is_reported = True
        await asyncio.sleep(stored_after_s)
        await end(*args, **values)

    monkeypatch.setattr(world.store, "end", end_slowly)
    world.until(lambda: world.disk.prints and world.the_print().phase.has_begun)
    began = world.loop.time()
    # It prints.
    world.run(world.dispatcher.ended("garage", world.the_print().id))
    assert world.loop.time() == began
    world.until(lambda: is_reported)
    reported = world.loop.time()
    world.run(world.dispatcher.ended("garage", world.the_print().id))
    assert world.loop.time() - reported == pytest.approx(waited_s, abs=1)
    # Of what has ended, and of printers that are driven elsewhere, nothing is waited for.
    world.until(lambda: over(world))
    now = world.loop.time()
    world.run(world.dispatcher.ended("garage", world.the_print().id))
    world.run(world.dispatcher.ended("attic", world.the_print().id))
    assert world.loop.time() == now


# --- what a printer takes ---


def test_the_form_of_the_url_that_worked_is_kept_through_a_restart(
    world: World,
) -> None:
    printer = world.printer()
    printer.next_start = Start.WRONG_PATH
    world.add()
    world.begin()
    world.until(lambda: over(world))
    world.add("b")
    world.restart()
    world.run(world.dispatcher.clear_plate("garage"))
    world.until(lambda: over(world, "b"))
    assert printer.forms == [UrlForm.FTP, UrlForm.SDCARD, UrlForm.SDCARD]


def test_a_printer_without_an_ams_gets_the_other_form_of_the_mapping_once(
    world: World,
) -> None:
    printer = world.printer(loaded=NO_AMS)
    printer.next_start = Start.WRONG_MAPPING
    world.add()
    world.begin()
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert printer.commands == ["project_file", "clean_print_error", "project_file"]
    assert ["ams_mapping2" in one for one in printer.mappings] == [True, False]
    world.add("b")
    world.restart()
    world.run(world.dispatcher.clear_plate("garage"))
    world.until(lambda: over(world, "b"))
    # What worked is kept.
    assert "ams_mapping2" not in printer.mappings[-1]
    assert len(printer.prints) == 2


def test_a_refused_mapping_to_an_ams_fails_with_the_code(world: World) -> None:
    printer = world.printer()
    printer.next_start = Start.WRONG_MAPPING
    world.add()
    world.begin()
    world.until(lambda: over(world))
    assert (world.job().problem, world.job().code) == (
        Problem.FAILED_BEFORE_PRINTING,
        "07FF-8012",
    )
    assert printer.commands == ["project_file"]


def test_a_mapping_that_is_refused_after_the_heat_up_is_another_the_next_time(
    world: World,
) -> None:
    printer = world.printer(loaded=NO_AMS)
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    printer.cancel()
    printer.cancel_code = "never"
    printer.report(phase=Phase.FAILED, print_error=print_error(BAD_MAPPING))
    world.until(lambda: over(world))
    assert (world.job().state, world.job().code) == ("failed", "07FF-8012")
    printer.report(print_error=None)
    world.run(world.dispatcher.clear_plate("garage"))
    world.run(world.dispatcher.retry("a"))
    world.until(lambda: over(world))
    assert ["ams_mapping2" in one for one in printer.mappings] == [True, False]


# --- the library ---


def test_a_job_whose_folder_is_away_waits_and_says_so(world: World) -> None:
    world.printer()
    world.disk.is_folder_away = True
    world.add()
    world.begin()
    world.sleep(60)
    assert world.reason() is ReasonKey.LIBRARY_AWAY
    assert world.disk.prints == {}
    world.disk.is_folder_away = False
    world.until(lambda: world.disk.prints, 60)


@pytest.mark.parametrize("is_fetched", [True, False])
def test_nothing_waits_for_the_file_of_another_job_that_is_being_fetched(
    world: World, is_fetched: bool
) -> None:
    far, near = world.printer("far"), world.printer("near")
    world.begin()
    world.sleep(1)
    find = world.store.file_path
    arrived = asyncio.Event()
    asked: list[str] = []

    async def fetch(job_id: str) -> Path | None:
        if job_id == "a":
            asked.append(job_id)
            await arrived.wait()
            if not is_fetched and len(asked) == 1:
                raise StorageError(as_it_stands("The store does not answer."))
        return await find(job_id)

    world.store.file_path = fetch
    world.add("a", "far")
    world.add("b", "near")
    world.add("c", "near")
    world.dispatcher.wake()
    world.until(lambda: printing(world, "b"), 120)
    assert world.reason("a") is ReasonKey.FETCHING
    assert world.run(world.dispatcher.cancel("c")) is Cancellation.CANCELLED
    world.until(lambda: over(world, "b"))
    assert (asked, far.prints) == (["a"], [])
    arrived.set()
    # Where it has arrived, nothing else is waited for.
    world.until(lambda: world.disk.of_job("a"), 1 if is_fetched else 60)
    world.until(lambda: over(world, "a"))
    assert {world.job(one).state for one in "ab"} == {"completed"}
    assert (len(far.prints), len(near.prints)) == (1, 1)


def test_a_fetch_under_way_ends_with_the_dispatcher(world: World) -> None:
    world.printer()
    world.begin()
    ended: list[str] = []

    async def fetch(job_id: str) -> Path | None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(job_id)
        return None

    world.store.file_path = fetch
    world.add()
    world.dispatcher.wake()
    world.sleep(60)
    world.end()
    assert ended == ["a"]
    assert world.disk.prints == {}


def test_a_job_whose_folder_goes_away_while_it_is_sent_waits_for_it(
    world: World,
) -> None:
    printer = world.printer()
    printer.upload_failures = [UploadCause.FILE_UNREADABLE]
    world.add()
    world.begin()
    world.until(lambda: world.job().problem)
    world.disk.is_folder_away = True
    world.sleep(3600)
    assert world.reason() is ReasonKey.LIBRARY_AWAY
    assert len(world.disk.prints) == 1
    world.disk.is_folder_away = False
    world.until(lambda: over(world))
    assert world.job().state == "completed"
    assert len(printer.prints) == 1


# --- the plate ---


def test_prints_that_were_started_elsewhere_occupy_the_plate_too(world: World) -> None:
    printer = world.printer()
    world.begin()
    printer.print_foreign()
    world.until(lambda: world.plate().running)
    assert not world.plate().is_occupied
    world.restart(down_s=2000)
    world.sleep(5)
    assert world.plate().is_occupied
    world.run(world.dispatcher.clear_plate("garage"))
    world.restart()
    world.sleep(5)
    assert not world.plate().is_occupied


def test_a_print_that_nobody_saw_occupies_the_plate_all_the_same(world: World) -> None:
    printer = world.printer()
    world.begin()
    world.kill()
    printer.print_foreign("Unseen")
    world.sleep(2000)
    world.begin()
    printer.connect()
    world.sleep(5)
    assert world.plate().is_occupied
    # Of a printer that is switched off and on it is still known.
    printer.reboot()
    printer.connect()
    world.restart()
    assert world.plate().is_occupied


@pytest.mark.parametrize("phase", [PrintPhase.UPLOADING, PrintPhase.PUBLISHING])
def test_a_print_that_nobody_saw_occupies_the_plate_of_a_printer_with_an_open_print(
    world: World, phase: PrintPhase
) -> None:
    printer = world.printer()
    printer.next_start = Start.LOST
    world.add()
    world.begin()
    world.until(lambda: world.disk.prints and world.the_print().phase is phase)
    world.kill()
    printer.print_foreign("Unseen")
    world.sleep(2000)
    world.begin()
    printer.connect()
    world.sleep(300)
    assert world.plate().is_occupied
    assert printer.printed_on_dirty == 0


def test_an_end_without_a_name_is_none(world: World, tmp_path: Path) -> None:
    printer = world.printer()
    printer.report(phase=Phase.FAILED)
    world.begin()
    world.sleep(5)
    assert not world.plate().is_occupied


def test_files_that_could_not_be_removed_are_removed_later(world: World) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    printer.drop_ftps()
    world.until(lambda: over(world))
    world.sleep(5)
    assert printer.files
    printer.connect()
    world.sleep(700)
    assert printer.files == set()


def test_an_orderly_end_leaves_what_prints_alone(world: World) -> None:
    printer = world.printer()
    world.add()
    world.begin()
    world.until(lambda: printing(world))
    world.end()
    assert printer.commands == ["project_file"]
    assert world.the_print().ended_at is None
    world.begin()
    world.until(lambda: over(world))
    assert world.job().state == "completed"


# --- what is left on spools ---

FREE = replace(ALLOWED, needs_cleared_plate=False)
SLOT = SpoolPlace(unit=0, slot=0)


def needing(job_id: str, grams: float, **fields: Any) -> QueuedJob:
    [filament] = NEEDS.filaments
    needs = replace(NEEDS, filaments=(replace(filament, grams=grams),))
    target = fields.pop("target", OnePrinter(machine_id="garage"))
    return QueuedJob(id=job_id, target=target, needs=needs, **fields)


def test_what_a_print_takes_is_not_there_for_the_next_before_the_sensor_knows(
    world: World,
) -> None:
    world.printer()
    world.begin(FREE)
    world.dispatcher.set_amounts("garage", {SLOT: 100.0})
    world.disk.add(needing("a", 60.0))
    world.disk.add(needing("b", 60.0))
    world.dispatcher.wake()
    world.until(lambda: over(world, "a"))
    world.sleep(120)
    assert world.reason("b") is ReasonKey.FILAMENT_SHORT
    [load] = world.dispatcher.reasons["b"].loads
    assert [one.left_g for one in load.too_little] == [40.0]
    # The sensor catches up, which says nothing new; then the spool is another one.
    world.dispatcher.set_amounts("garage", {SLOT: 40.0})
    world.sleep(1)
    assert world.reason("b") is ReasonKey.FILAMENT_SHORT
    world.dispatcher.set_amounts("garage", {SLOT: 1000.0})
    world.until(lambda: over(world, "b"))


def test_what_further_copies_take_of_a_spool_is_not_there_for_others(
    world: World,
) -> None:
    printer = world.printer()
    world.begin()
    world.dispatcher.set_amounts("garage", {SLOT: 130.0})
    world.disk.add(needing("a", 60.0, copies=2), copies=2)
    world.dispatcher.wake()
    world.until(lambda: world.job("a").state == "printing")
    world.disk.add(needing("b", 20.0))
    world.dispatcher.wake()
    world.sleep(1)
    # One copy is on the plate, 60 of 70 g are for the other one.
    assert world.reason("b") is ReasonKey.FILAMENT_SHORT
    assert len(printer.prints) == 1


@pytest.mark.parametrize("is_told_late", [False, True])
def test_what_further_copies_take_is_known_after_a_restart_too(
    world: World, is_told_late: bool
) -> None:
    printer = world.printer()
    world.begin()
    world.dispatcher.set_amounts("garage", {SLOT: 130.0})
    world.disk.add(needing("a", 60.0, copies=2), copies=2)
    world.dispatcher.wake()
    world.until(lambda: world.job("a").state == "printing")
    world.kill()
    world.begin()
    if is_told_late:
        printer.connect()
        world.sleep(1)
    world.dispatcher.set_amounts("garage", {SLOT: 130.0})
    world.disk.add(needing("b", 20.0))
    world.dispatcher.wake()
    world.sleep(1)
    if not is_told_late:
        # What is loaded shows only once it is back.
        assert world.reason("b") is ReasonKey.TAKEN
        printer.connect()
        world.sleep(1)
    assert world.reason("b") is ReasonKey.FILAMENT_SHORT
    [load] = world.dispatcher.reasons["b"].loads
    assert [(one.left_g, one.reserved_g) for one in load.too_little] == [(70.0, 60.0)]
    assert len(printer.prints) == 1


def test_what_further_copies_would_take_of_a_job_that_was_ended_elsewhere_is_there_for_others(
    world: World,
) -> None:
    printer = world.printer()
    world.begin(FREE)
    world.dispatcher.set_amounts("garage", {SLOT: 130.0})
    world.disk.add(needing("a", 60.0, copies=2), copies=2)
    world.dispatcher.wake()
    world.until(lambda: printing(world))
    # Somebody answers at another Home Assistant, which had not heard of this one.
    elsewhere = MemoryStore(world.disk, world.loop.clock)
    world.run(elsewhere.end(world.the_print(), Outcome.FAILED, occupies=False))
    world.until(lambda: printer.prints[0].end == "finished")
    world.disk.add(needing("b", 20.0))
    world.dispatcher.wake()
    world.until(lambda: printing(world, "b"))


def test_a_print_is_followed_after_a_restart_although_its_job_cannot_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_store: MemoryStore, _job_id: str) -> QueuedJob:
        raise OSError("the disk is full")

    world.printer()
    world.begin()
    world.add()
    world.until(lambda: printing(world))
    monkeypatch.setattr(MemoryStore, "job", fails)
    world.restart()
    world.until(lambda: over(world))
    assert world.job().state == "completed"


def test_what_a_start_would_have_taken_is_given_back_where_it_came_to_nothing(
    world: World,
) -> None:
    printer = world.printer()
    printer.next_start = Start.REFUSED
    world.begin(FREE)
    world.dispatcher.set_amounts("garage", {SLOT: 100.0})
    world.disk.add(needing("a", 60.0))
    world.dispatcher.wake()
    world.until(lambda: world.job("a").state == "staged")
    world.run(world.dispatcher.retry("a"))
    world.until(lambda: over(world, "a"))
    assert world.job("a").state == "completed"


def test_what_a_print_took_is_gone_although_the_answer_to_its_end_was_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.printer()
    world.begin(FREE)
    world.dispatcher.set_amounts("garage", {SLOT: 100.0})
    world.disk.add(needing("a", 60.0))
    world.dispatcher.wake()
    world.until(lambda: printing(world))
    lose_answer(world, monkeypatch, "end")
    world.until(lambda: over(world))
    world.disk.add(needing("b", 30.0))
    world.disk.add(needing("c", 30.0))
    world.dispatcher.wake()
    world.until(lambda: over(world, "b"))
    world.sleep(120)
    assert world.reason("c") is ReasonKey.FILAMENT_SHORT
    [load] = world.dispatcher.reasons["c"].loads
    assert [one.left_g for one in load.too_little] == [10.0]


def test_what_a_start_would_have_taken_is_there_although_the_answer_to_its_end_was_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = world.printer()
    printer.next_start = Start.REFUSED
    world.begin(FREE)
    world.dispatcher.set_amounts("garage", {SLOT: 100.0})
    world.disk.add(needing("a", 60.0))
    lose_answer(world, monkeypatch, "put_back")
    world.dispatcher.wake()
    world.until(lambda: world.job("a").state == "staged")
    world.run(world.dispatcher.retry("a"))
    world.until(lambda: over(world, "a"))
    assert world.job("a").state == "completed"


def lose_answer(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Have the next change of this name stored and its answer lost."""
    change = getattr(world.store, name)

    async def stored(*args: Any, **options: Any) -> None:
        monkeypatch.undo()
        await change(*args, **options)
        raise OSError("the index has not answered")

    monkeypatch.setattr(world.store, name, stored)


def test_of_two_printers_the_one_whose_spool_is_in_use_gets_the_job(
    world: World,
) -> None:
    first, second = world.printer("first"), world.printer("second")
    world.begin(FREE)
    world.sleep(1)
    second.report(active_spool=SLOT)
    second.report(active_spool=None)
    world.disk.add(needing("a", 1.0, target=AnyPrinter(model=P1S)))
    world.dispatcher.wake()
    world.until(lambda: over(world, "a"))
    assert (len(first.prints), len(second.prints)) == (0, 1)
    # Another spool was put there since, and the first has been free for longer.
    [unit] = second.state.ams
    other = replace(unit.spools[0], preset_id="GFA05")
    second.report(ams=(replace(unit, spools=(other, *unit.spools[1:])),))
    world.disk.add(needing("b", 1.0, target=AnyPrinter(model=P1S)))
    world.dispatcher.wake()
    world.until(lambda: over(world, "b"))
    assert (len(first.prints), len(second.prints)) == (1, 1)


@pytest.mark.parametrize("is_exchanged", [False, True])
def test_the_spool_in_use_last_is_known_after_a_restart_if_it_is_still_there(
    world: World, is_exchanged: bool
) -> None:
    first, second = world.printer("first"), world.printer("second")
    world.begin(FREE)
    world.sleep(1)
    second.report(active_spool=SLOT)
    second.report(active_spool=None)
    world.sleep(1)
    world.kill()
    if is_exchanged:
        [unit] = second.state.ams
        other = replace(unit.spools[0], preset_id="GFA05")
        second.report(ams=(replace(unit, spools=(other, *unit.spools[1:])),))
    for printer in (first, second):
        printer.disconnect()
    world.begin(FREE)
    world.sleep(1)
    for printer in (first, second):
        printer.connect()
    world.sleep(1)
    world.disk.add(needing("a", 1.0, target=AnyPrinter(model=P1S)))
    world.dispatcher.wake()
    world.until(lambda: over(world, "a"))
    assert (len(first.prints), len(second.prints)) == (is_exchanged, not is_exchanged)
