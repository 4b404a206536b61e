"""What a machine can be told to do, and how printers answer; each fault of the simulated printer has a test that names it."""

import asyncio
from dataclasses import replace
import json
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from custom_components.bambu_virtual_printer.engine.machines.errors import (
    CommandError,
    DeveloperModeOffError,
    NoReplyError,
    NotConnectedError,
    RefusedError,
)
from custom_components.bambu_virtual_printer.engine.machines.families import UrlForm
from custom_components.bambu_virtual_printer.engine.machines.machine import Machine
from custom_components.bambu_virtual_printer.engine.machines.mapping import encode
from custom_components.bambu_virtual_printer.engine.machines.project_file import (
    ProjectFile,
    new_job_id,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    DeveloperMode,
    MachineState,
    Phase,
    SpoolPlace,
)
from scripts.printer_double import Faults, LateCode, PrinterDouble, Refusal, StartScript
from scripts.printer_double.double import ACCESS_CODE
from scripts.printer_double.statuses import PLA_BLACK, ams, unit
from tests.support.machine_stage import QUICK, Stage
from tests.support.serials import SERIAL
from tests.support.waiting import until

NAME = "plate_01J.gcode.3mf"
FAMILIES = ["C12", "N2S", "BL-P001", "N7", "O1D"]


async def uploaded(machine: Machine, plate: Path, **fields: Any) -> ProjectFile:
    """Upload a file, and make the start of it."""
    result = await machine.upload(plate, NAME)
    made: dict[str, Any] = {
        "file": NAME, "md5": result.md5, "plate": 2, "title": "Benchy", "job_id": new_job_id(),
        "mapping": encode((SpoolPlace(unit=0, slot=0),)), **fields,
    }  # fmt: skip
    return ProjectFile(**made)


def story(stage: Stage) -> list[Phase]:
    """The phases that were told of, in order."""
    told: list[Phase] = []
    for state in stage.states:
        if state.is_current and (not told or told[-1] is not state.phase):
            told.append(state.phase)
    return told


# --- a print from start to end ---


@pytest.mark.parametrize("model", FAMILIES)
async def test_a_plate_is_uploaded_started_and_followed_to_its_end(
    stage: Stage, plate: Path, model: str
) -> None:
    double = await stage.printer(model)
    machine = await stage.machine(double)
    project = await uploaded(machine, plate)
    reply = await machine.start(project)
    assert reply.is_confirmed
    await until(lambda: machine.state.phase is Phase.FINISH)
    assert story(stage) == [Phase.IDLE, Phase.PREPARE, Phase.RUNNING, Phase.FINISH]
    [printed] = double.prints
    assert (printed.file, printed.plate, printed.subtask_id) == (
        NAME,
        2,
        str(project.job_id),
    )
    assert printed.content == plate.read_bytes()
    job = machine.state.job
    assert (job.name, job.subtask_id, job.percent, job.layers) == (
        "Benchy",
        str(project.job_id),
        100,
        double.steps,
    )
    [sent] = double.received("project_file")
    assert {
        key: value for key, value in sent.items() if key != "sequence_id"
    } == project.fields(UrlForm.FTP)
    assert 0 < int(sent["sequence_id"]) < 2**31
    assert await machine.delete(NAME)
    assert double.files == {}


async def test_the_number_of_layers_is_asked_for_when_a_print_begins(
    stage: Stage, plate: Path
) -> None:
    """It is told once, and not at all when it is that of the print before."""
    double = await stage.printer("N2S")
    double.status["total_layer_num"] = double.steps
    machine = await stage.machine(double)
    asked = len(double.received("pushall"))
    await machine.start(await uploaded(machine, plate))
    await until(lambda: double.prints)
    await until(lambda: len(double.received("pushall")) >= asked + 2)
    assert machine.state.job.layers == double.steps


async def test_a_print_is_paused_resumed_and_stopped(stage: Stage, plate: Path) -> None:
    double = await stage.printer(step_s=0.05, steps=1000)
    machine = await stage.machine(double)
    await machine.start(await uploaded(machine, plate))
    await until(lambda: machine.state.phase is Phase.RUNNING)
    assert (await machine.pause()).is_confirmed
    await until(lambda: machine.state.phase is Phase.PAUSE)
    await machine.resume()
    await until(lambda: machine.state.phase is Phase.RUNNING)
    await machine.stop()
    await until(lambda: machine.state.phase is Phase.FAILED)
    assert [
        command["param"]
        for name in ("pause", "resume", "stop")
        for command in double.received(name)
    ] == [""] * 3


@pytest.mark.parametrize(
    ("code", "story_told"),
    [
        (LateCode.LATE, [None, "0300-400C"]),
        (LateCode.BRIEF, ["0300-400C", None]),
        (LateCode.NEVER, [None]),
    ],
)
async def test_the_code_of_a_cancellation_comes_late_is_brief_or_never_comes(
    stage: Stage, plate: Path, code: LateCode, story_told: list[str | None]
) -> None:
    double = await stage.printer("N7", steps=1000, faults=Faults(cancel_code=code))
    machine = await stage.machine(double)
    await machine.start(await uploaded(machine, plate))
    await until(lambda: machine.state.phase is Phase.RUNNING)
    double.cancel()
    await until(lambda: machine.state.phase is Phase.FAILED)

    def codes() -> list[str | None]:
        told: list[str | None] = []
        for state in stage.states:
            code = state.print_error.code if state.print_error else None
            if state.phase is Phase.FAILED and (not told or told[-1] != code):
                told.append(code)
        return told

    await until(lambda: codes() == story_told)


# --- starts that come to nothing ---


async def test_a_start_that_is_answered_and_comes_to_nothing_never_becomes_active(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer("N2S", faults=Faults(start=StartScript.NOTHING))
    machine = await stage.machine(double)
    assert (await machine.start(await uploaded(machine, plate))).is_confirmed
    await until(lambda: machine.state.job.name == "Benchy")
    assert not machine.state.phase.is_active
    assert machine.state.job.subtask_id == ""
    assert double.prints == []


@pytest.mark.parametrize(
    ("model", "error", "other"),
    [
        ("C12", "0500-C010", UrlForm.SDCARD),
        ("N2S", "0500-C010", UrlForm.SDCARD),
        ("BL-P001", "0500-C010", UrlForm.SDCARD),
        ("N7", "0500-4002", UrlForm.FTP_ROOT),
        ("O1D", "0500-4002", UrlForm.FTP_ROOT),
    ],
)
async def test_a_path_that_the_printer_cannot_open_is_tried_once_in_the_other_form(
    stage: Stage, plate: Path, model: str, error: str, other: UrlForm
) -> None:
    prefix = other.value.partition("{")[0]
    double = await stage.printer(model, faults=Faults(resolves=(prefix,)))
    machine = await stage.machine(double)
    project = await uploaded(machine, plate)
    await machine.start(project)
    await until(lambda: machine.state.print_error)
    assert machine.state.print_error
    assert (
        machine.state.print_error.code,
        machine.state.print_error.is_wrong_path,
    ) == (error, True)
    assert not machine.state.phase.is_active
    # The error that stands would block the next start.
    await machine.clean_print_error()
    await until(lambda: machine.state.print_error is None)
    assert machine.other_url_form is other
    await machine.start(project, form=machine.other_url_form)
    await until(lambda: machine.state.phase.is_active or double.prints)
    machine.remember_url_form(other)
    assert (machine.url_form, machine.other_url_form) == (other, UrlForm.FTP)
    assert len(double.prints) <= 1
    [cleaned] = double.received("clean_print_error")
    assert cleaned["print_error"] == int(error.replace("-", ""), 16)


async def test_a_file_that_no_form_opens_is_an_error_and_no_print(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer(faults=Faults(start=StartScript.WRONG_PATH))
    machine = await stage.machine(double)
    await machine.start(await uploaded(machine, plate))
    await until(lambda: machine.state.print_error)
    assert double.prints == []


async def test_finish_may_go_on_for_a_while_after_a_start(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer("O1D", faults=Faults(start=StartScript.LATE))
    double.status["gcode_state"] = "FINISH"
    machine = await stage.machine(double)
    await machine.start(await uploaded(machine, plate))
    assert machine.state.phase is Phase.FINISH
    await until(lambda: double.prints)
    await until(lambda: machine.state.phase is Phase.FINISH)
    assert story(stage) == [Phase.FINISH, Phase.PREPARE, Phase.RUNNING, Phase.FINISH]


async def test_a_print_may_fail_before_it_prints(stage: Stage, plate: Path) -> None:
    double = await stage.printer(faults=Faults(start=StartScript.FAILS_IN_PREPARE))
    machine = await stage.machine(double)
    await machine.start(await uploaded(machine, plate))
    await until(lambda: machine.state.phase is Phase.FAILED)
    assert story(stage) == [Phase.IDLE, Phase.PREPARE, Phase.FAILED]
    assert (
        machine.state.print_error
        and machine.state.print_error.key == "printer_error_homing_failed"
    )


async def test_a_print_may_pause_with_a_question_as_soon_as_it_has_begun(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer("N7", faults=Faults(start=StartScript.PAUSES))
    machine = await stage.machine(double)
    await machine.start(await uploaded(machine, plate))
    await until(lambda: machine.state.phase is Phase.PAUSE)
    assert (
        machine.state.print_error
        and machine.state.print_error.key == "printer_error_nozzle_mismatch"
    )
    await machine.resume()
    await until(lambda: machine.state.phase is Phase.FINISH)


async def test_a_tray_that_does_not_exist_makes_the_printer_wait_for_ever_and_says_nothing(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await machine.start(
        await uploaded(machine, plate, mapping=encode((SpoolPlace(unit=0, slot=2),)))
    )
    await until(lambda: machine.state.phase is Phase.PREPARE)
    assert (machine.state.print_error, machine.state.hms, double.prints) == (
        None,
        (),
        [],
    )


async def test_a_start_onto_a_running_print_cancels_it_on_an_a1_mini(
    stage: Stage, plate: Path
) -> None:
    """Why nothing may be started while a phase is active."""
    double = await stage.printer("N1", steps=1000)
    machine = await stage.machine(double)
    project = await uploaded(machine, plate)
    await machine.start(project)
    await until(lambda: machine.state.phase is Phase.RUNNING)
    assert machine.state.phase.is_active
    await machine.start(replace(project, job_id=project.job_id % 1000 + 1))
    await until(lambda: machine.state.phase is Phase.FAILED)
    assert len(double.prints) == 1


async def test_another_print_that_takes_over_is_told_by_its_id(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer(steps=1000)
    machine = await stage.machine(double)
    project = await uploaded(machine, plate)
    await machine.start(project)
    await until(
        lambda: (
            machine.state.job.subtask_id == str(project.job_id)
            and machine.state.phase is Phase.RUNNING
        )
    )
    double.print_something_else()
    await until(lambda: machine.state.job.name == "From the screen")
    assert machine.state.job.subtask_id != str(project.job_id)


async def test_a_print_that_fails_keeps_its_code(stage: Stage, plate: Path) -> None:
    double = await stage.printer(faults=Faults(breaks_off_at_percent=50))
    machine = await stage.machine(double)
    await machine.start(await uploaded(machine, plate))
    await until(lambda: machine.state.phase is Phase.FAILED)
    assert machine.state.print_error and not machine.state.print_error.is_cancellation


async def test_a_printer_that_reboots_meanwhile_with_another_address_tells_what_it_does_then(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer(steps=1000)
    machine = await stage.machine(double)
    project = await uploaded(machine, plate)
    await machine.start(project)
    await until(lambda: machine.state.phase is Phase.RUNNING)
    await double.power_off()
    await until(lambda: not machine.state.is_available)
    # Nothing ends because of silence.
    assert (machine.state.phase, machine.state.is_current) == (Phase.RUNNING, False)
    await double.power_on(stage.new_address())
    machine.seen_at(double.address)
    await until(lambda: machine.state.is_current)
    assert machine.state.phase is Phase.IDLE
    assert double.received("project_file").__len__() == 1


# --- Developer Mode ---


@pytest.mark.parametrize("model", ["BL-P001", "N7", "O1D"])
async def test_a_refusal_with_verify_failed_says_that_developer_mode_is_off(
    stage: Stage, plate: Path, model: str
) -> None:
    double = await stage.printer(model, faults=Faults(refusal=Refusal.VERIFY_FAILED))
    machine = await stage.machine(double)
    project = await uploaded(machine, plate)
    with pytest.raises(DeveloperModeOffError, match="verify failed"):
        await machine.start(project)
    assert machine.state.developer_mode is DeveloperMode.OFF
    # It was switched on, and the printer restarted.
    double.faults.refusal = Refusal.NONE
    await double.power_off()
    await double.power_on()
    await until(
        lambda: (
            machine.state.is_available
            and machine.state.developer_mode is DeveloperMode.UNKNOWN
        )
    )
    await machine.start(project)
    assert machine.state.developer_mode is DeveloperMode.ON


async def test_an_echo_and_then_a_health_message_say_that_developer_mode_is_off(
    stage: Stage,
) -> None:
    double = await stage.printer(faults=Faults(refusal=Refusal.HEALTH_MESSAGE))
    machine = await stage.machine(double)
    for _ in range(2):
        with pytest.raises(DeveloperModeOffError):
            await machine.pause()
    assert machine.state.developer_mode is DeveloperMode.OFF


async def test_an_echo_alone_decides_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from custom_components.bambu_virtual_printer.engine.machines import (
        machine as module,
    )

    monkeypatch.setattr(module, "COMPLAINT_TIMEOUT_S", 0.05)
    double = await stage.printer(faults=Faults(refusal=Refusal.HEALTH_MESSAGE))
    monkeypatch.setattr(double, "report", lambda **_fields: None)
    machine = await stage.machine(double)
    assert not (await machine.pause()).is_confirmed
    assert machine.state.developer_mode is DeveloperMode.UNKNOWN


async def test_a_health_message_from_before_the_command_is_history(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer("N2S")
    double.status["hms"] = [{"attr": 0x05000500, "code": 0x00010007, "timestamp": 1}]
    machine = await stage.machine(double)
    assert machine.state.hms[0].is_unverified_command
    assert machine.state.developer_mode is DeveloperMode.UNKNOWN
    await machine.start(await uploaded(machine, plate))
    assert machine.state.developer_mode is DeveloperMode.ON


async def test_a_health_message_that_comes_after_silence_says_so_too(
    stage: Stage,
) -> None:
    double = await stage.printer("N2S", faults=Faults(ignores={"pause"}))
    machine = await stage.machine(double, reply_timeout_s=0.05)
    with pytest.raises(NoReplyError):
        await machine.pause()
    double.report(hms=[{"attr": 0x05000500, "code": 0x00010007, "timestamp": 2}])
    await until(lambda: machine.state.developer_mode is DeveloperMode.OFF)
    machine.retry()
    assert machine.state.developer_mode is DeveloperMode.UNKNOWN


async def test_silence_decides_nothing(stage: Stage) -> None:
    double = await stage.printer("N1", faults=Faults(refusal=Refusal.SILENCE))
    machine = await stage.machine(double, reply_timeout_s=0.05)
    with pytest.raises(NoReplyError):
        await machine.stop()
    assert machine.state.developer_mode is DeveloperMode.UNKNOWN


async def test_what_was_known_is_forgotten_when_bit_29_changes(stage: Stage) -> None:
    double = await stage.printer("N7")
    double.status["fun"] = "20000000"
    machine = await stage.machine(double)
    await machine.pause()
    assert machine.state.developer_mode is DeveloperMode.ON
    double.report(fun="0")
    await until(lambda: machine.state.asks_for_signatures is False)
    assert machine.state.developer_mode is DeveloperMode.UNKNOWN


async def test_the_light_is_not_gated_and_tells_nothing(stage: Stage) -> None:
    double = await stage.printer("N7", faults=Faults(refusal=Refusal.VERIFY_FAILED))
    machine = await stage.machine(double)
    await machine.set_light(on=True)
    await until(lambda: machine.state.light("chamber_light"))
    await machine.set_light(on=False)
    await until(lambda: machine.state.light("chamber_light") is False)
    assert machine.state.developer_mode is DeveloperMode.UNKNOWN


# --- commands and replies ---


async def test_a_command_is_refused_with_the_printers_reason(stage: Stage) -> None:
    double = await stage.printer(faults=Faults(ignores={"resume"}))
    machine = await stage.machine(double)
    task = asyncio.create_task(machine.resume())
    await until(lambda: double.received("resume"))
    [sent] = double.received("resume")
    # A FAIL whose reason is "success" is a FAIL.
    double._publish(
        {
            "print": {
                "command": "resume",
                "sequence_id": sent["sequence_id"],
                "result": "FAIL",
                "reason": "success",
                "err_code": 5,
            }
        }
    )
    with pytest.raises(RefusedError) as caught:
        await task
    assert not isinstance(caught.value, DeveloperModeOffError)
    assert (caught.value.command, caught.value.reason, caught.value.code) == (
        "resume",
        "success",
        5,
    )


async def test_replies_to_others_are_nobodys_here(stage: Stage) -> None:
    double = await stage.printer(faults=Faults(ignores={"resume"}))
    machine = await stage.machine(double, reply_timeout_s=0.2)
    task = asyncio.create_task(machine.resume())
    await until(lambda: double.received("resume"))
    double._publish(
        {"print": {"command": "resume", "sequence_id": "3", "result": "success"}}
    )
    with pytest.raises(NoReplyError):
        await task


async def test_replies_are_never_merged_into_the_state(stage: Stage) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    double._publish(
        {
            "print": {
                "command": "extrusion_cali_get",
                "nozzle_diameter": "0.8",
                "gcode_state": "RUNNING",
                "result": "success",
                "sequence_id": "9",
            }
        }
    )
    double.report(mc_percent=3)
    await until(lambda: machine.state.job.percent == 3)
    assert (machine.state.nozzles[0].diameter_mm, machine.state.phase) == (
        0.4,
        Phase.IDLE,
    )


async def test_replies_that_name_no_command_are_known_by_their_number(
    stage: Stage,
) -> None:
    double = await stage.printer("N1", faults=Faults(anonymous_replies=True))
    machine = await stage.machine(double)
    assert (await machine.stop()).is_confirmed


async def test_a_connection_that_ends_leaves_open_whether_the_command_arrived(
    stage: Stage,
) -> None:
    double = await stage.printer(faults=Faults(ignores={"pause"}))
    machine = await stage.machine(double)
    task = asyncio.create_task(machine.pause())
    await until(lambda: double.received("pause"))
    double.broker.drop()
    with pytest.raises(NoReplyError):
        await task


async def test_nothing_is_kept_for_later_while_there_is_no_session(
    stage: Stage, plate: Path
) -> None:
    """A start that was replayed after a reconnect printed twice."""
    double = await stage.printer()
    machine = await stage.machine(double)
    project = await uploaded(machine, plate)
    await double.power_off()
    await until(lambda: not machine.state.is_available)
    for command in (
        machine.start(project),
        machine.stop(),
        machine.clean_print_error(),
        machine.set_light(on=True),
    ):
        with pytest.raises(CommandError) as caught:
            await command
        assert isinstance(caught.value, NotConnectedError)
    await double.power_on()
    await until(lambda: machine.state.is_current)
    await machine.set_light(on=True)
    assert double.received("project_file") == double.prints == []


async def test_a_start_that_arrived_is_not_taken_for_one_that_was_not_sent(
    stage: Stage, plate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes after the reply must not look like a failure of the start."""
    double = await stage.printer()
    machine = await stage.machine(double)
    project = await uploaded(machine, plate)

    async def _gone(*_args: object, **_fields: object) -> str:
        raise NotConnectedError("gone")

    monkeypatch.setattr(machine._commands, "post", _gone)
    assert (await machine.start(project)).is_confirmed


async def test_a_command_that_may_have_left_is_not_taken_for_one_that_was_not_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)

    async def _stuck(*_args: object, **_options: object) -> None:
        raise aiomqtt.MqttError("Operation timed out")

    monkeypatch.setattr(machine._session._client, "publish", _stuck)
    with pytest.raises(NoReplyError):
        await machine.stop()


async def test_sequence_ids_are_unique_and_fit_31_bits(stage: Stage) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    machine._commands._sequence_id = 2**31 - 2
    for _ in range(3):
        await machine.set_light(on=True)
    ids = [int(command["sequence_id"]) for command in double.received("ledctrl")]
    assert len(set(ids)) == 3
    assert all(0 < id_ < 2**31 for id_ in ids)


@pytest.mark.parametrize(("model", "expected"), [("C12", 0), ("N2S", 0), ("N7", 0)])
async def test_full_reports_are_not_asked_for_in_a_row(
    stage: Stage, model: str, expected: int
) -> None:
    double = await stage.printer(model)
    machine = await stage.machine(double)
    asked = len(double.received("pushall"))
    for _ in range(3):
        await machine.refresh()
    await machine.set_light(on=True)
    assert len(double.received("pushall")) - asked == expected


async def test_a_full_report_is_asked_for_now_and_then(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = await stage.printer("N7")
    machine = await stage.machine(double, session_times=replace(QUICK, poll_s=0.05))
    asked = len(double.received("pushall"))
    machine._asked_at = float("-inf")
    await until(lambda: len(double.received("pushall")) > asked)


# --- what is loaded, and diagnostics ---


async def test_delta_reports_without_a_phase_change_what_they_name_alone(
    stage: Stage,
) -> None:
    double = await stage.printer("N2S")
    double.status |= {"gcode_state": "RUNNING", "mc_percent": 10}
    machine = await stage.machine(double)
    double.report(mc_percent=11)
    await until(lambda: machine.state.job.percent == 11)
    assert machine.state.phase is Phase.RUNNING


async def test_a_spool_that_is_taken_out_is_gone_although_its_tray_comes_without_a_word(
    stage: Stage,
) -> None:
    double = await stage.printer("N2S")
    machine = await stage.machine(double)
    place = SpoolPlace(unit=0, slot=1)

    def spool(state: MachineState) -> str:
        found = state.spool(place)
        return found.type if found else "no place"

    assert spool(machine.state) == "PLA"
    units = ams()
    double._publish(
        {"print": {"command": "push_status", "msg": 1, "ams": {
            "ams": [{"id": "0", "tray": [{"id": "1", "state": 10}]}], "tray_exist_bits": "9", "version": units.get("version", 5)}}}
    )  # fmt: skip
    await until(lambda: spool(machine.state) == "")
    assert machine.state.spool(place)


async def test_the_dialogue_is_kept_for_diagnostics_without_what_tells_people_and_printers_apart(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer("N2S")
    machine = await stage.machine(double)
    project = await uploaded(
        machine,
        plate,
        options={"url": "https://x/secret", "header": {"sign": "secret"}},
    )
    await machine.start(project)
    await until(lambda: machine.state.phase is Phase.FINISH)
    for _ in range(40):
        await machine.set_light(on=True)
    entries = machine.dialogue
    assert len(entries) == 50
    shown = json.dumps(
        [[entry.direction, entry.topic, entry.fields] for entry in entries]
    )
    for secret in (SERIAL, ACCESS_CODE, NAME, "Benchy", "secret", project.md5):
        assert secret not in shown
    assert entries[-1].fields["command"] == "ledctrl"
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


async def test_the_form_of_a_url_is_shown_and_its_name_is_not(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await machine.start(await uploaded(machine, plate), form=UrlForm.SDCARD)
    urls = [entry.fields["url"] for entry in machine.dialogue if "url" in entry.fields]
    assert set(urls) == {"file:///sdcard/**REDACTED**"}


def test_an_unknown_model_is_refused(stage: Stage) -> None:
    double = PrinterDouble("127.0.0.1", SERIAL, stage.certificate)
    with pytest.raises(KeyError):
        Machine(stage.settings(double, model="XYZ"), stage.services)


# --- what others make of it ---


async def test_somebody_elses_command_is_passed_on_and_its_reply_returned(
    stage: Stage,
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    fields = {
        "sequence_id": "7",
        "command": "?",
        "topic": "mine",
        "filament_id": "GFA00",
    }
    reply = await machine.request("print", "extrusion_cali_get", fields)
    [received] = double.received("extrusion_cali_get")
    assert (received["topic"], received["filament_id"]) == ("mine", "GFA00")
    # Its own number, so that replies to others are never taken for this one.
    assert int(received["sequence_id"]) > 10**9
    assert reply["sequence_id"] == received["sequence_id"]
    assert reply["result"] == "success"


async def test_a_refusal_of_somebody_elses_command_is_returned_as_it_is(
    stage: Stage,
) -> None:
    double = await stage.printer(faults=Faults(refusal=Refusal.VERIFY_FAILED))
    machine = await stage.machine(double)
    reply = await machine.request("print", "ams_get_rfid", {"ams_id": 0})
    assert reply["reason"] == "mqtt message verify failed"
    assert machine.state.developer_mode is DeveloperMode.OFF


async def test_nobodys_command_reaches_a_printer_that_is_off(stage: Stage) -> None:
    double = await stage.printer(on=False)
    machine = await stage.machine(double, wait=False)
    with pytest.raises(NotConnectedError):
        await machine.request("system", "ledctrl", {"led_node": "chamber_light"})


async def test_its_own_words_are_kept_and_counted(stage: Stage) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await until(lambda: machine.reported.modules)
    before = machine.reported
    double.report(mc_percent=42)
    await until(lambda: machine.reported.status.get("mc_percent") == 42)
    assert machine.reported.revision > before.revision
    assert before.status.get("mc_percent") != 42
    assert machine.reported.modules[0]["sn"] == SERIAL


async def test_modules_are_asked_for_again_when_an_ams_comes(stage: Stage) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await until(lambda: machine.reported.modules)
    double.report(ams=ams(unit(0, "1001", PLA_BLACK, None, None, None)))
    await until(
        lambda: [module["name"] for module in machine.reported.modules][1:] == ["ams/0"]
    )
