"""A whole print on a simulated printer of each family, and what may come between on the network."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.reasons import ReasonKey
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Answer,
    Outcome,
    PrintPhase,
    Question,
)
from custom_components.bambu_virtual_printer.engine.machines.settings import (
    SessionTimes,
)
from custom_components.bambu_virtual_printer.engine.machines.values import Availability
from scripts.printer_double import Faults, StartScript
from scripts.printer_double.statuses import PLA_RED, ams, unit
from tests.support.library import Home
from tests.support.machine_stage import QUICK, TIMEOUT_S, Stage
from tests.support.waiting import until

from .test_printing import GREEN, Floor, floor  # noqa: F401

# The model, its AMS as the printer writes it, and how the green spool in its second slot is named.
FAMILIES = [
    ("C12", "1001", [1], [{"ams_id": 0, "slot_id": 1}]),
    ("N2S", "1002", [1], [{"ams_id": 0, "slot_id": 1}]),
    ("BL-P001", "1001", [1], [{"ams_id": 0, "slot_id": 1}]),
    ("N7", "1003", [1], [{"ams_id": 0, "slot_id": 1}]),
    ("O1D", "2103", [1], [{"ams_id": 0, "slot_id": 1}]),
]


async def built(
    stage: Stage,
    home: Home,
    sliced_data: Callable[..., bytes],
    model: str,
    info: str,
    **options: Any,
) -> Floor:
    double = await stage.printer(model, step_s=0.03, **options)
    double.status["ams"] = ams(unit(0, info, PLA_RED, GREEN, None, None))
    if "device" in double.status:
        for nozzle in double.status["device"]["nozzle"]["info"]:
            nozzle["diameter"] = 0.4
    return Floor(stage=stage, home=home, double=double, data=sliced_data(model=model))


@pytest.mark.parametrize(("model", "info", "flat", "pairs"), FAMILIES)
async def test_a_printer_of_each_family_prints_a_plate_once(
    stage: Stage,
    home: Home,
    sliced_data: Callable[..., bytes],
    model: str,
    info: str,
    flat: list[int],
    pairs: list[dict[str, int]],
) -> None:
    floor = await built(stage, home, sliced_data, model, info)  # noqa: F811
    async with floor.open():
        job = await floor.queue()
        done = await floor.end(job)
        assert done.state is JobState.COMPLETED
        [print_] = await floor.library.prints.of_job(job.id)
    [printed] = floor.double.prints
    assert printed.content == floor.data
    [sent] = floor.double.received("project_file")
    assert sent["use_ams"] is True
    assert (sent["ams_mapping"], sent["ams_mapping2"]) == (flat, pairs)
    assert sent["url"] == f"ftp://{print_.file}"
    assert (print_.outcome, print_.percent) == (Outcome.FINISHED, 100)


@pytest.mark.parametrize(("model", "info"), [one[:2] for one in FAMILIES])
async def test_a_printer_of_each_family_gets_the_other_form_of_the_url_once(
    stage: Stage,
    home: Home,
    sliced_data: Callable[..., bytes],
    model: str,
    info: str,
) -> None:
    floor = await built(stage, home, sliced_data, model, info)  # noqa: F811
    other = "ftp:///" if model in {"N7", "O1D"} else "file:///sdcard/"
    floor.double.faults.resolves = (other,)
    async with floor.open():
        job = await floor.queue()
        assert (await floor.end(job)).state is JobState.COMPLETED
        serial = stage.settings(floor.double).serial
        form = (await floor.library.prints.memory(serial)).url_form
        assert form == ("ftp_root" if model in {"N7", "O1D"} else "sdcard")
    first, second = [one["url"] for one in floor.double.received("project_file")]
    assert first.startswith("ftp://")
    assert second.startswith(other)
    assert len(floor.double.prints) == 1


async def test_a_printer_without_a_stick_prints_from_its_memory(
    stage: Stage, home: Home, sliced_data: Callable[..., bytes]
) -> None:
    floor = await built(stage, home, sliced_data, "N7", "1003")  # noqa: F811
    floor.double.pull_stick()
    async with floor.open():
        job = await floor.queue()
        assert (await floor.end(job)).state is JobState.COMPLETED
        [print_] = await floor.library.prints.of_job(job.id)
        # It is not left there, and other prints go to a stick again.
        await until(lambda: not floor.double.memory)
        serial = stage.settings(floor.double).serial
        assert (await floor.library.prints.memory(serial)).url_form == ""
    [printed] = floor.double.prints
    assert printed.content == floor.data
    [sent] = floor.double.received("project_file")
    assert sent["url"] == f"brtc://emmc/{print_.file}"
    assert sent["md5"] == print_.md5
    assert floor.double.files == {}


async def test_a_file_in_memory_that_cannot_be_opened_is_not_looked_for_on_a_stick(
    stage: Stage, home: Home, sliced_data: Callable[..., bytes]
) -> None:
    floor = await built(stage, home, sliced_data, "N7", "1003")  # noqa: F811
    floor.double.pull_stick()
    floor.double.faults.start = StartScript.WRONG_PATH
    async with floor.open():
        job = await floor.end(await floor.queue())
        assert (job.state, job.problem_code) == (JobState.FAILED, "0500-4002")
    assert len(floor.double.received("project_file")) == 1


async def test_a_printer_without_a_stick_and_memory_waits_for_one(
    stage: Stage, home: Home, sliced_data: Callable[..., bytes]
) -> None:
    floor = await built(stage, home, sliced_data, "N7", "1003")  # noqa: F811
    floor.double.pull_stick()
    floor.double.status["fun2"] = "0"
    async with floor.open():
        job = await floor.queue()
        await floor.waits(job, ReasonKey.NO_STORAGE)
    assert floor.double.received("project_file") == []


async def test_a_printer_that_restarts_at_another_address_leaves_a_question(
    floor: Floor,  # noqa: F811
) -> None:
    floor.double.steps = 1000
    async with floor.open():
        job = await floor.until(
            await floor.queue(), lambda now: now.phase is PrintPhase.PRINTING
        )
        await floor.double.power_off()
        await until(
            lambda: not floor.machine.state.is_available,
        )
        # Silence ends nothing.
        assert (await floor.job(job)).state is JobState.PRINTING
        address = floor.stage.new_address()
        await floor.double.power_on(address)
        floor.machine.seen_at(address)
        job = await floor.until(job, lambda now: now.question)
        assert job.question is Question.HOW_DID_IT_END
        assert floor.machine.address == address
        await floor.dispatcher.answer(job.id, Answer.FAILED)
        assert (await floor.job(job)).state is JobState.FAILED
    assert len(floor.double.prints) == 1


async def test_a_printer_without_a_free_place_gets_nothing_and_is_told_of(
    floor: Floor,  # noqa: F811
) -> None:
    await floor.double.power_off()
    floor.double.faults.tls_stalls = True
    await floor.double.power_on()
    times = replace(QUICK, handshake_s=0.2)
    async with floor.open(session_times=times):
        job = await floor.queue()
        await until(
            lambda: floor.machine.state.availability is Availability.TOO_MANY_CLIENTS
        )
        await until(
            lambda: (
                (reason := floor.dispatcher.reasons.get(job.id))
                and reason.availability is Availability.TOO_MANY_CLIENTS
            )
        )
        assert floor.dispatcher.reasons[job.id].key is ReasonKey.OFFLINE
        await floor.double.power_off()
        floor.double.faults.tls_stalls = False
        await floor.double.power_on()
        assert (await floor.end(job)).state is JobState.COMPLETED
    assert len(floor.double.prints) == 1


@pytest.mark.parametrize("begins", [True, False])
async def test_a_printer_that_falls_silent_at_the_start_is_followed_or_asked_about(
    floor: Floor,  # noqa: F811
    begins: bool,
) -> None:
    """The session is made anew after the silence; the start is not sent again."""
    script = StartScript.PRINTS if begins else StartScript.NOTHING
    faults = Faults(start=script)
    floor.double.faults = floor.double.broker.faults = faults
    floor.double.steps = 200
    times = SessionTimes(
        retry_s=0.01, retry_max_s=0.05, nudge_s=0.2, silence_s=0.6, first_report_s=5.0
    )
    async with floor.open(
        begins_within_s=TIMEOUT_S if begins else 1.0,
        session_times=times,
        reply_timeout_s=0.3,
    ):
        job = await floor.queue()
        await floor.until(job, lambda now: now.phase is PrintPhase.UPLOADING)
        await until(lambda: floor.double.files)
        await until(lambda: floor.double.received("project_file"))
        faults.silent = True
        sessions = floor.machine.sessions
        await until(lambda: floor.machine.sessions > sessions)
        faults.silent = False
        if begins:
            job = await floor.until(
                job, lambda now: now.phase is PrintPhase.PRINTING or now.question
            )
            assert job.phase is PrintPhase.PRINTING
            assert (await floor.end(job)).state is JobState.COMPLETED
        else:
            job = await floor.until(job, lambda now: now.question)
            assert job.question is Question.DID_IT_START
    assert len(floor.double.received("project_file")) == 1
    assert len(floor.double.prints) == begins
