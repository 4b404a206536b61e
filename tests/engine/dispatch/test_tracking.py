"""What a printer's reports tell of a start, in orders that recordings and users have shown."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.tracking import (
    Begun,
    MappingRefused,
    NotBegun,
    Over,
    PathRefused,
    Tracker,
    Unclear,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Outcome,
    Print,
    PrintPhase,
    Problem,
    Question,
)
from custom_components.bambu_virtual_printer.engine.machines.codes import (
    health_messages,
    print_error,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    DeveloperMode,
    MachineState,
    Phase,
    PrintJob,
)

from .test_planner import IDLE

PRINT = Print(
    id="P1",
    job_id="a",
    machine_id="garage",
    title="Cube",
    plate=1,
    phase=PrintPhase.PUBLISHING,
    claimed_at=datetime(2026, 11, 29, tzinfo=UTC),
    subtask_id=4711,
    file="Cube_P1.gcode.3mf",
    phase_before="idle",
    publishes=1,
)
OURS = PrintJob(name="Cube", file="Cube_P1.gcode.3mf", subtask_id="4711")
UNNUMBERED = replace(OURS, subtask_id="")
OTHER = PrintJob(name="Vase", file="Vase.3mf", subtask_id="99")
LOST = replace(IDLE, availability=Availability.OFFLINE, is_current=False)


def state(phase: Phase, job: PrintJob = OURS, **fields: Any) -> MachineState:
    return replace(IDLE, phase=phase, job=job, **fields)


def tracker(before: MachineState | None = IDLE, **fields: Any) -> Tracker:
    return Tracker(
        replace(PRINT, **fields),
        now=0.0,
        published_at=0.0,
        active_within_s=180.0,
        before=before,
    )


def test_a_print_without_ids_is_recognised_by_its_title_and_file() -> None:
    """A1 started from its card, and firmware that clears the file's name at the end."""
    followed = tracker()
    begun = followed.see(state(Phase.RUNNING, UNNUMBERED), 3.0)
    assert begun == (Begun(is_printing=True),)
    inside = replace(UNNUMBERED, file="/data/Metadata/plate_1.gcode", plate=1)
    assert followed.see(state(Phase.RUNNING, inside), 5.0) == ()
    [over] = followed.see(state(Phase.FINISH, replace(UNNUMBERED, file="")), 9.0)
    assert isinstance(over, Over)
    assert over.outcome is Outcome.FINISHED
    # What comes after the end is of no print of ours.
    assert followed.see(state(Phase.RUNNING, OTHER), 12.0) == ()
    assert followed.deadline is None


@pytest.mark.parametrize(
    "job",
    [
        replace(UNNUMBERED, name="Vase"),
        replace(UNNUMBERED, file="Vase.3mf"),
        replace(UNNUMBERED, file="/data/Metadata/plate_2.gcode", plate=2),
    ],
    ids=["another title", "another file", "another plate"],
)
def test_a_print_of_another_name_is_not_ours(job: PrintJob) -> None:
    assert tracker().see(state(Phase.RUNNING, job), 3.0) == (
        Unclear(question=Question.DID_IT_START),
    )


def test_ids_that_follow_the_active_phase_are_waited_for() -> None:
    """P2S runs for a moment with the ids of the print before."""
    followed = tracker(state(Phase.FINISH, OTHER))
    assert followed.see(state(Phase.RUNNING, OTHER), 3.0) == ()
    assert followed.see(state(Phase.RUNNING, PrintJob()), 4.0) == ()
    assert followed.see(state(Phase.RUNNING), 5.0) == (Begun(is_printing=True),)


def test_ids_that_do_not_follow_are_a_question() -> None:
    followed = tracker(state(Phase.FINISH, OTHER))
    assert followed.see(state(Phase.RUNNING, OTHER), 3.0) == ()
    assert followed.deadline == 18.0
    assert followed.tick(18.0) == (Unclear(question=Question.DID_IT_START),)
    # It is asked once, and answered by the facts when they come.
    assert followed.see(state(Phase.RUNNING, OTHER), 20.0) == ()
    assert followed.see(state(Phase.PREPARE), 30.0) == (Begun(is_printing=False),)


def test_reports_that_do_not_say_what_the_printer_does_tell_nothing() -> None:
    followed = tracker()
    assert followed.see(state(Phase.UNKNOWN), 3.0) == ()
    assert followed.see(state(Phase.RUNNING), 4.0) == (Begun(is_printing=True),)
    assert followed.see(state(Phase.UNKNOWN), 5.0) == ()


@pytest.mark.parametrize("phase", [Phase.FINISH, Phase.FAILED])
def test_an_end_that_was_not_there_before_is_ours_though_no_start_was_seen(
    phase: Phase,
) -> None:
    followed = tracker(None)
    found = followed.see(state(phase), 100.0)
    if phase is Phase.FAILED:
        assert found == ()
        found = followed.tick(followed.deadline or 0.0)
    [over] = found
    assert isinstance(over, Over)
    assert over.outcome is (
        Outcome.FINISHED if phase is Phase.FINISH else Outcome.CANCELLED_AT_PRINTER
    )


def test_names_alone_are_a_sign_and_no_end() -> None:
    """A1: the names of the new print stand beside the state of the old one."""
    followed = tracker(state(Phase.FINISH, OTHER), phase_before="finish")
    assert followed.see(state(Phase.FINISH, UNNUMBERED), 10.0) == ()
    assert followed.deadline == 190.0
    assert followed.see(state(Phase.FINISH), 20.0) == ()
    assert followed.tick(190.0) == (Unclear(question=Question.DID_IT_START),)


@pytest.mark.parametrize(
    ("fields", "finding"),
    [
        (
            {"developer_mode": DeveloperMode.OFF},
            NotBegun(problem=Problem.DEVELOPER_MODE_OFF),
        ),
        (
            {"print_error": print_error(0x05024007)},
            NotBegun(problem=Problem.DEVELOPER_MODE_OFF),
        ),
        (
            {"print_error": print_error(0x05004004)},
            NotBegun(problem=Problem.BUSY, code="0500-4004"),
        ),
        ({"print_error": print_error(0x0500C010)}, PathRefused(code="0500-C010")),
        ({"print_error": print_error(0x07FF8012)}, MappingRefused(code="07FF-8012")),
    ],
    ids=["developer mode", "not signed", "busy", "path", "mapping"],
)
def test_a_refusal_is_told_apart_by_its_code(
    fields: dict[str, Any], finding: object
) -> None:
    followed = tracker()
    assert followed.see(state(Phase.IDLE, OTHER, **fields), 2.0) == (finding,)
    assert followed.tick(1000.0) == ()


def test_an_error_after_the_second_publish_is_an_end() -> None:
    followed = tracker(publishes=2)
    error = print_error(0x0500C010)
    [over] = followed.see(state(Phase.IDLE, print_error=error), 2.0)
    assert isinstance(over, Over)
    assert (over.outcome, over.code) == (Outcome.FAILED_BEFORE_PRINTING, "0500-C010")


def test_after_a_gap_no_error_is_taken_for_the_answer_to_our_start() -> None:
    followed = tracker()
    followed.see(LOST, 2.0)
    error = print_error(0x0500C010)
    assert followed.see(state(Phase.IDLE, OTHER, print_error=error), 30.0) == ()


def test_a_failure_is_named_by_a_health_message_where_there_is_no_code() -> None:
    followed = tracker()
    followed.see(state(Phase.RUNNING), 3.0)
    hms = health_messages([{"attr": 0x03000100, "code": 0x00010001}])
    assert followed.see(state(Phase.FAILED, hms=hms), 60.0) == ()
    [over] = followed.tick(70.0)
    assert isinstance(over, Over)
    assert (over.outcome, over.code) == (Outcome.FAILED, "0300-0100-0001-0001")


def test_another_print_ends_the_wait_for_the_code_of_a_failure() -> None:
    followed = tracker()
    followed.see(state(Phase.RUNNING), 3.0)
    followed.see(state(Phase.FAILED), 60.0)
    [over] = followed.see(state(Phase.RUNNING, OTHER), 62.0)
    assert isinstance(over, Over)
    assert over.outcome is Outcome.CANCELLED_AT_PRINTER


def test_failed_that_is_followed_by_idle_is_named_at_once() -> None:
    followed = tracker()
    followed.see(state(Phase.RUNNING), 3.0)
    followed.see(state(Phase.FAILED), 60.0)
    [over] = followed.see(state(Phase.IDLE), 62.0)
    assert isinstance(over, Over)
    assert over.outcome is Outcome.CANCELLED_AT_PRINTER


def test_an_end_of_another_print_after_a_gap_is_a_question() -> None:
    followed = tracker(None, phase=PrintPhase.PRINTING)
    assert followed.see(state(Phase.FINISH, OTHER), 100.0) == (
        Unclear(question=Question.HOW_DID_IT_END),
    )
    assert followed.see(state(Phase.FINISH, OTHER), 101.0) == ()


def test_a_print_that_goes_on_after_a_failure_without_a_reason_goes_on() -> None:
    """A report that was late: FAILED for one report, and then it prints."""
    followed = tracker()
    followed.see(state(Phase.RUNNING), 3.0)
    followed.see(state(Phase.FAILED), 60.0)
    assert followed.see(state(Phase.RUNNING), 61.0) == ()
    assert followed.tick(100.0) == ()
    assert followed.is_under_way


def test_what_a_printer_does_after_a_gap_is_proved_by_its_id_alone() -> None:
    followed = tracker()
    followed.see(state(Phase.RUNNING, UNNUMBERED), 3.0)
    # Nothing was missed since it was published.
    assert followed.is_proved_under_way
    followed.see(LOST, 4.0)
    assert not followed.is_proved_under_way
    for seconds in (5.0, 6.0):
        followed.see(state(Phase.RUNNING, UNNUMBERED), seconds)
        assert (followed.is_under_way, followed.is_proved_under_way) == (True, False)
    followed.see(state(Phase.RUNNING), 7.0)
    assert followed.is_proved_under_way
    followed.see(state(Phase.RUNNING, UNNUMBERED), 8.0)
    assert followed.is_proved_under_way
    followed.see(state(Phase.RUNNING, OTHER), 9.0)
    assert not followed.is_proved_under_way
