"""What a person has cancelled or had stopped stays so, however its print ends; in virtual time."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.dispatcher import (
    Cancellation,
)
from custom_components.bambu_virtual_printer.engine.dispatch.worker import MachineRules
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Answer,
    Outcome,
    Print,
    PrintPhase,
    Question,
)
from custom_components.bambu_virtual_printer.engine.machines.codes import print_error
from custom_components.bambu_virtual_printer.engine.machines.commands import Reply
from custom_components.bambu_virtual_printer.engine.machines.errors import (
    NoReplyError,
    NotConnectedError,
    RefusedError,
    UploadCause,
)
from custom_components.bambu_virtual_printer.engine.machines.values import Phase

from .conftest import World
from .memory_store import JobStateError
from .simulated_printer import BUSY, OK, WRONG_PATH, SimulatedPrinter, Start

FREE = MachineRules(is_allowed=True, needs_cleared_plate=False)


def in_phase(world: World, phase: PrintPhase) -> Callable[[], bool]:
    return lambda: bool(world.disk.prints) and world.the_print().phase is phase


def over(world: World, job_id: str = "a") -> bool:
    return world.job(job_id).state in {"completed", "failed", "cancelled"}


def cancel(world: World, *, confirm: bool = False) -> Cancellation:
    return world.run(world.dispatcher.cancel("a", confirm=confirm))


def nothing_follows(world: World, state: str = "cancelled") -> None:
    """Check that the job stays as it is, also after a restart."""
    begun = len(world.disk.of_job("a"))
    for _ in range(2):
        world.sleep(900)
        assert world.job().state == state
        assert len(world.disk.of_job("a")) == begun
        world.restart()


# --- before the start ---


def test_a_cancel_while_an_upload_that_failed_is_put_back_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = world.printer()
    printer.upload_failures = [UploadCause.BROKEN_OFF]
    world.add()
    world.begin(FREE)
    put_back = world.store.put_back
    is_being_stored = False

    async def put_back_slowly(print_: Print, **values: Any) -> None:
        nonlocal is_being_stored
        is_being_stored = True
        await asyncio.sleep(2)
        await put_back(print_, **values)

    monkeypatch.setattr(world.store, "put_back", put_back_slowly)
    world.until(lambda: is_being_stored)
    assert cancel(world) is Cancellation.CANCELLED
    assert world.the_print().outcome is Outcome.NOT_STARTED
    nothing_follows(world)
    assert printer.commands == []


@pytest.mark.parametrize(
    ("failures", "result"),
    [(1, Cancellation.CANCELLED), (6, Cancellation.UNANSWERED)],
)
def test_a_cancel_that_cannot_be_stored_at_once_is_kept(
    world: World, failures: int, result: Cancellation
) -> None:
    """Nobody is told that it is cancelled before it is; it is not printed once the index is back."""
    printer = world.printer(upload_s=40)
    world.add()
    world.begin(FREE)
    world.until(in_phase(world, PrintPhase.UPLOADING))
    world.sleep(10)

    async def cancel_while_away() -> Cancellation:
        world.store.failures = failures
        return await world.dispatcher.cancel("a")

    assert world.run(cancel_while_away()) is result
    assert (world.job().state == "cancelled") is (result is Cancellation.CANCELLED)
    world.until(lambda: over(world))
    nothing_follows(world)
    assert printer.commands == []


def test_who_is_told_nothing_about_a_cancel_knows_that_a_restart_may_print_it(
    world: World,
) -> None:
    world.printer(upload_s=40)
    world.add()
    world.begin(FREE)
    world.until(in_phase(world, PrintPhase.UPLOADING))

    async def cancel_while_away() -> Cancellation:
        world.store.failures = 10_000
        return await world.dispatcher.cancel("a")

    assert world.run(cancel_while_away()) is Cancellation.UNANSWERED
    world.restart()
    world.until(lambda: over(world))
    assert world.job().state == "completed"


def test_a_cancel_is_about_its_own_job_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its print is over, of which nobody here was told, when its printer has the next one."""
    world.printer(minutes=10)
    world.add("a")
    world.add("b")
    world.begin(FREE)
    end = world.store.end

    async def end_without_answer(*args: Any, **values: Any) -> None:
        monkeypatch.undo()
        await end(*args, **values)
        raise OSError("lost")

    monkeypatch.setattr(world.store, "end", end_without_answer)
    world.until(lambda: over(world))
    with pytest.raises(JobStateError):
        cancel(world, confirm=True)
    world.until(lambda: over(world, "b"))
    assert [world.job(one).state for one in "ab"] == ["completed", "completed"]


# --- while the start is sent ---


def starting(
    world: World, monkeypatch: pytest.MonkeyPatch, *, ends: Exception | int
) -> SimulatedPrinter:
    """Begin a start that comes to nothing six seconds after it was sent: it fails, or the printer shows an error."""
    printer = world.printer()

    async def start(*_args: Any, **_values: Any) -> Reply:
        monkeypatch.undo()
        printer.commands.append("project_file")
        await asyncio.sleep(3)
        if isinstance(ends, int):
            printer.report(print_error=print_error(ends))
        await asyncio.sleep(3)
        if isinstance(ends, Exception):
            raise ends
        return OK

    monkeypatch.setattr(printer, "start", start)
    world.add()
    world.begin(FREE)
    world.until(lambda: printer.commands)
    world.sleep(1)
    return printer


@pytest.mark.parametrize("ends", [BUSY, WRONG_PATH, NotConnectedError("off")])
def test_a_stop_that_is_ordered_while_the_start_is_sent_ends_what_does_not_begin(
    world: World, monkeypatch: pytest.MonkeyPatch, ends: Exception | int
) -> None:
    printer = starting(world, monkeypatch, ends=ends)
    assert cancel(world, confirm=True) is Cancellation.CANCELLED
    assert world.the_print().outcome is Outcome.CANCELLED_HERE
    printer.truth = replace(printer.truth, print_error=None)
    nothing_follows(world)
    assert printer.commands == ["project_file"]


def test_nothing_is_sent_after_a_stop_was_ordered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made sure right before the start that the printer is driven from here, which takes a while."""
    printer = world.printer()
    world.add()
    world.begin(FREE)
    worker = world.dispatcher._printers.worker("garage")
    assert worker

    async def confirm(_serial: str) -> bool:
        await asyncio.sleep(5)
        return True

    monkeypatch.setattr(worker._drivers, "confirm", confirm)
    world.until(in_phase(world, PrintPhase.PUBLISHING))
    assert cancel(world, confirm=True) is Cancellation.CANCELLED
    nothing_follows(world)
    assert printer.commands == []


@pytest.mark.parametrize("is_attached", [True, False])
def test_what_was_to_be_stopped_and_has_not_started_by_a_persons_word_is_cancelled(
    world: World, *, is_attached: bool
) -> None:
    printer = world.printer()
    printer.next_start = Start.NOTHING
    world.add()
    world.begin(FREE)
    world.until(in_phase(world, PrintPhase.PUBLISHING))
    world.sleep(2)
    assert cancel(world, confirm=True) is Cancellation.WAITS
    if is_attached:
        world.restart()
    else:
        world.run(world.dispatcher.forget("garage"))
    world.until(lambda: world.the_print().question is Question.DID_IT_START)
    world.run(world.dispatcher.answer("a", Answer.NOT_STARTED))
    assert world.the_print().outcome is Outcome.CANCELLED_HERE
    assert not world.plate().is_occupied if is_attached else True
    nothing_follows(world)
    assert printer.commands == ["project_file"]


# --- what is printed ---


def stopped_without_success(world: World, *, copies: int) -> SimulatedPrinter:
    """Have a job printed that is to be stopped, which its printer has not answered."""
    printer = world.printer(minutes=10)
    world.add(copies=copies)
    world.begin(FREE)
    world.until(in_phase(world, PrintPhase.PRINTING))
    printer.stop_answer = NoReplyError("gone")
    assert cancel(world, confirm=True) is Cancellation.UNANSWERED
    printer.stop_answer = None
    return printer


@pytest.mark.parametrize(("copies", "state"), [(3, "cancelled"), (1, "completed")])
@pytest.mark.parametrize("is_seen", [True, False])
def test_a_copy_that_is_finished_although_it_was_to_be_stopped_is_the_last(
    world: World, copies: int, state: str, *, is_seen: bool
) -> None:
    if is_seen:
        printer = stopped_without_success(world, copies=copies)
    else:
        printer = world.printer(minutes=10)
        world.add(copies=copies)
        world.begin(FREE)
        world.until(in_phase(world, PrintPhase.PRINTING))
        printer.disconnect()
        assert cancel(world, confirm=True) is Cancellation.WAITS
        world.sleep(900)
        printer.connect()
    world.until(lambda: over(world))
    assert (world.job().state, world.job().printed) == (state, 1)
    assert world.plate().is_occupied
    nothing_follows(world, state)
    assert [one.end for one in printer.prints] == ["finished"]


def test_a_copy_that_is_finished_by_a_persons_word_is_the_last_of_what_was_to_be_stopped(
    world: World,
) -> None:
    printer = world.printer(minutes=10)
    world.add(copies=3)
    world.begin(FREE)
    world.until(in_phase(world, PrintPhase.PRINTING))
    printer.disconnect()
    assert cancel(world, confirm=True) is Cancellation.WAITS
    world.sleep(900)
    # It has forgotten what it did.
    printer.reboot()
    printer.connect()
    world.until(lambda: world.the_print().question is Question.HOW_DID_IT_END)
    world.run(world.dispatcher.answer("a", Answer.FINISHED))
    assert (world.job().state, world.job().printed) == ("cancelled", 1)
    nothing_follows(world)


def test_a_stop_that_comes_too_late_for_a_copy_ends_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of the copy is being stored when the stop is ordered."""
    printer = world.printer(minutes=10)
    world.add(copies=3)
    world.begin(FREE)
    end = world.store.end
    is_being_stored = False

    async def end_slowly(*args: Any, **values: Any) -> None:
        nonlocal is_being_stored
        is_being_stored = True
        await asyncio.sleep(2)
        await end(*args, **values)

    monkeypatch.setattr(world.store, "end", end_slowly)
    world.until(lambda: is_being_stored)
    assert cancel(world, confirm=True) is Cancellation.CANCELLED
    assert world.job().printed == 1
    nothing_follows(world)
    assert [one.end for one in printer.prints] == ["finished"]


def test_a_stop_without_an_answer_is_sent_once_more_when_the_printer_is_back(
    world: World,
) -> None:
    printer = stopped_without_success(world, copies=1)
    world.sleep(60)
    assert printer.commands == ["project_file"]
    printer.disconnect()
    world.sleep(60)
    printer.connect()
    world.until(lambda: over(world), 30)
    assert printer.commands == ["project_file", "stop"]
    assert world.the_print().outcome is Outcome.CANCELLED_HERE


@pytest.mark.parametrize("restarts", [True, False])
@pytest.mark.parametrize("subtask_id", ["4711", ""])
def test_a_stop_that_was_kept_does_not_stop_another_print_of_the_same_name(
    world: World, subtask_id: str, *, restarts: bool
) -> None:
    """Somebody has begun the same plate at the printer while it could not be reached."""
    printer = stopped_without_success(world, copies=1)
    printer.disconnect()
    job = printer.truth.job
    printer.cancel()
    world.sleep(20)
    if restarts:
        world.kill()
        world.begin(FREE)
    printer.truth = replace(
        printer.truth,
        phase=Phase.RUNNING,
        print_error=None,
        job=replace(
            job,
            subtask_id=subtask_id,
            file="/data/Metadata/plate_1.gcode",
            plate=1,
        ),
    )
    printer.connect()
    world.sleep(600)
    assert printer.commands == ["project_file"]


def test_a_stop_in_the_moment_in_which_the_session_ends_leaves_time_for_everything_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that was awaited would have let the loop learn that the session has ended."""
    printer = world.printer()
    world.add()
    world.begin(FREE)
    world.until(in_phase(world, PrintPhase.PRINTING))
    tried = 0

    async def stop() -> None:
        nonlocal tried
        tried += 1
        assert tried < 100
        raise NotConnectedError("the session has just ended")

    with monkeypatch.context() as patch:
        patch.setattr(printer, "stop", stop)
        assert cancel(world, confirm=True) is Cancellation.WAITS
        world.sleep(1)
        assert tried == 1
    printer.disconnect()
    world.sleep(1)
    printer.connect()
    world.until(lambda: over(world), 30)
    assert printer.prints[0].end == "aborted"


def test_a_stop_that_the_session_lost_is_sent_again_although_nobody_told_of_its_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = world.printer()
    world.add()
    world.begin(FREE)
    world.until(in_phase(world, PrintPhase.PRINTING))

    async def stop() -> None:
        raise NotConnectedError("for a moment")

    with monkeypatch.context() as patch:
        patch.setattr(printer, "stop", stop)
        assert cancel(world, confirm=True) is Cancellation.WAITS
    world.until(lambda: over(world), 120)
    assert printer.prints[0].end == "aborted"


def refusing_what_was_kept(world: World) -> SimulatedPrinter:
    """Order a stop, of the first of three copies, while the printer is away, which refuses it when it is back."""
    printer = world.printer()
    world.add(copies=3)
    world.begin(FREE)
    world.until(in_phase(world, PrintPhase.PRINTING))
    printer.disconnect()
    assert cancel(world, confirm=True) is Cancellation.WAITS
    printer.stop_answer = RefusedError("stop", "busy", None)
    printer.connect()
    return printer


def test_a_stop_that_was_kept_and_is_refused_then_is_tried_again_and_no_copy_follows(
    world: World,
) -> None:
    printer = refusing_what_was_kept(world)
    world.sleep(10)
    assert world.the_print().is_stopping
    world.sleep(7200)
    assert [one.end for one in printer.prints] == ["finished"]
    assert (world.job().state, world.job().printed) == ("cancelled", 1)
    nothing_follows(world)


def test_a_kept_stop_that_is_refused_for_a_while_is_carried_out_then(
    world: World,
) -> None:
    printer = refusing_what_was_kept(world)
    world.sleep(100)
    printer.stop_answer = None
    world.until(lambda: over(world), 120)
    assert [one.end for one in printer.prints] == ["aborted"]


# --- prints that begin after all ---


@pytest.mark.parametrize("restarts", [False, True])
def test_a_stopped_print_that_begins_after_it_was_answered_that_it_did_not_is_stopped(
    world: World, *, restarts: bool
) -> None:
    printer = world.printer()
    printer.next_start = Start.VERY_LATE
    world.add()
    world.begin(FREE)
    world.until(in_phase(world, PrintPhase.PUBLISHING))
    world.sleep(2)
    assert cancel(world, confirm=True) is Cancellation.WAITS
    world.until(lambda: world.the_print().question is Question.DID_IT_START)
    world.run(world.dispatcher.answer("a", Answer.NOT_STARTED))
    assert world.job().state == "cancelled"
    if restarts:
        world.restart()
    world.until(lambda: bool(printer.prints))
    world.until(lambda: over(world) and printer.prints[0].end is not None, 60)
    assert printer.prints[0].end == "aborted"
    assert world.the_print().outcome is Outcome.CANCELLED_HERE
    assert world.disk.plates["garage"].is_occupied
    nothing_follows(world)
    assert len(printer.prints) == 1
