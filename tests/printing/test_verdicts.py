"""The plate loop through Home Assistant: cleared, how it came out, and once more if it failed."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from scripts.printer_double import PrinterDouble
from tests.support.home_assistant import AddPrinter, Call, Send, Told
from tests.support.real_printers import AddReal
from tests.support.waiting import until

type Printed = tuple[PrinterDouble, ManagedMachine, str, str]


@pytest.fixture
async def printed(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    call: Call,
    device_of: Callable[..., Any],
) -> Printed:
    """A job that a real printer has printed, with the device of the printer, whose plate is not cleared."""
    double, machine = await add_real()
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    await hass.async_block_till_done()
    printer = await add_printer(
        mode="queue", filing={"hold": False, "target": machine.id}
    )
    await send(printer)
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    await until(lambda: machine.share.plate.job_id)
    await hass.async_block_till_done()
    (job,) = (await call("list_finished_jobs"))["jobs"]
    return double, machine, device_of(machine.id).id, job["job_id"]


async def test_cleared_and_good_goes_to_the_job_and_clears_the_plate(
    printed: Printed, call: Call, told: Told, hass: HomeAssistant
) -> None:
    _double, machine, device_id, job_id = printed

    answer = await call("clear_plate", device_id=device_id, verdict="good", by="Anna")

    assert (answer["plate_occupied"], answer["cleared"]) == (False, True)
    assert answer["verdict"]["accepted"] is True
    assert answer["verdict"]["message"] == "Good"
    job = await call("get_job", job_id=job_id)
    assert (job["state"], job["verdict"], job["verdict_by"]) == (
        "completed",
        "good",
        "Anna",
    )
    assert (job["judged_good"], job["reprint"]) == (1, None)
    await hass.async_block_till_done()
    assert told.kinds.count(EventKind.JOB_JUDGED) == 1
    archive = await call("get_archive", archive_id=job["archive_id"])
    assert (archive["judged_good"], archive["judged_failed"]) == (1, 0)


async def test_plain_cleared_says_nothing_about_the_print_which_may_be_said_later(
    printed: Printed, call: Call
) -> None:
    _double, _machine, device_id, job_id = printed

    assert (await call("clear_plate", device_id=device_id))["verdict"] is None
    assert (await call("get_job", job_id=job_id))["verdict"] is None

    later = await call("judge_job", job_id=job_id, verdict="failed", reason="Warped")
    assert (later["accepted"], later["reprint"]) == (True, "offered")
    assert later["message"] == "Failed: Warped. Print it again?"


async def test_a_verdict_on_a_plate_that_holds_nothing_is_refused_and_clears_nothing(
    add_real: AddReal, hub: Hub, call: Call, device_of: Callable[..., Any]
) -> None:
    double, machine = await add_real()
    double.report(
        gcode_state="RUNNING", subtask_name="Somebody's", gcode_file="/data/x.gcode"
    )
    await until(lambda: machine.state.phase.is_active)
    with pytest.raises(ServiceValidationError) as raised:
        await call("clear_plate", device_id=device_of(machine.id).id, verdict="good")
    assert raised.value.translation_key == "nothing_on_plate"
    assert machine.name in str(raised.value)
    # To say that it is clear is always allowed.
    await call("clear_plate", device_id=device_of(machine.id).id)


async def test_of_two_taps_at_once_the_first_counts_and_the_other_is_told_who_it_was(
    printed: Printed, call: Call, hub: Hub
) -> None:
    _double, machine, device_id, job_id = printed
    print_id = machine.share.plate.print_id

    first, second = await asyncio.gather(
        call(
            "clear_plate",
            device_id=device_id,
            print_id=print_id,
            verdict="good",
            by="Anna",
        ),
        call(
            "clear_plate",
            device_id=device_id,
            print_id=print_id,
            verdict="failed",
            by="Ben",
            reprint=True,
        ),
    )

    assert [each["verdict"]["accepted"] for each in (first, second)] == [True, False]
    assert [each["cleared"] for each in (first, second)].count(True) == 1
    said = second["verdict"]
    assert (said["verdict"], said["by"]) == ("good", "Anna")
    assert said["message"].startswith("Answered already by Anna, ")
    assert said["message"].endswith(": Good")
    assert (await call("list_queue"))["jobs"] == []


async def test_a_failed_copy_is_printed_again_once(
    printed: Printed, call: Call, hass: HomeAssistant, told: Told
) -> None:
    double, machine, device_id, job_id = printed
    await call("clear_plate", device_id=device_id, verdict="failed")
    with_offer = await call("get_job", job_id=job_id)
    assert with_offer["reprint"] == "offered"

    taken, late = await asyncio.gather(
        call("reprint_job", job_id=job_id, by="Anna"),
        call("reprint_job", job_id=job_id, by="Ben", reprint=False),
    )

    assert (taken["accepted"], late["accepted"]) == (True, False)
    assert late["reprint_job_id"] == taken["reprint_job_id"]
    assert "Anna" in late["message"]
    assert late["message"].endswith("Failed. It is printed again")
    await until(lambda: told.kinds.count(EventKind.JOB_COMPLETED) == 2, timeout_s=30)
    assert len(double.prints) == 2


async def test_a_tap_on_an_old_notification_neither_clears_nor_judges_the_next_print(
    printed: Printed, call: Call
) -> None:
    double, machine, device_id, job_id = printed
    old = machine.share.plate.print_id
    await call("clear_plate", device_id=device_id)
    double.report(gcode_state="RUNNING", subtask_name="Next", subtask_id="99")
    await until(lambda: machine.is_printing)
    double.report(gcode_state="FINISH")
    await until(lambda: machine.share.is_plate_occupied)

    answer = await call(
        "clear_plate", device_id=device_id, print_id=old, verdict="failed"
    )

    assert (answer["cleared"], answer["plate_occupied"]) == (False, True)
    # What it says is said of the old one.
    assert answer["verdict"]["job_id"] == job_id
    # Nobody keeps a verdict of what was started elsewhere.
    foreign = machine.share.plate.print_id
    for print_id in (foreign, ""):
        answer = await call(
            "clear_plate", device_id=device_id, print_id=print_id, verdict="good"
        )
        assert answer["verdict"] is None
    assert not machine.share.is_plate_occupied
    stale = await call(
        "clear_plate",
        device_id=device_id,
        print_id="01KAPWZ3V8X4M2T9C6B5N7Q1RD",
        verdict="good",
    )
    assert (stale["cleared"], stale["verdict"]) == (False, None)


async def test_what_lies_on_the_plate_is_shown_by_its_sensor(
    hass: HomeAssistant, printed: Printed
) -> None:
    _double, machine, _device_id, job_id = printed
    entity_id = er.async_get(hass).async_get_entity_id(
        "binary_sensor", DOMAIN, f"{machine.id}_plate_occupied"
    )
    assert entity_id
    state = hass.states.get(entity_id)
    assert state
    assert state.state == "on"
    assert state.attributes["job_id"] == job_id
    assert state.attributes["print_id"] == machine.share.plate.print_id
    assert state.attributes["print_name"]


async def test_a_user_answers_in_their_own_name(
    hass: HomeAssistant, printed: Printed, hass_admin_user: MockUser
) -> None:
    _double, _machine, device_id, _job_id = printed

    answer = await hass.services.async_call(
        DOMAIN,
        "clear_plate",
        {"device_id": device_id, "verdict": "good", "by": "Somebody else"},
        blocking=True,
        return_response=True,
        context=Context(user_id=hass_admin_user.id),
    )

    assert answer
    verdict = answer["verdict"]
    assert isinstance(verdict, dict)
    assert verdict["by"] == hass_admin_user.name


async def test_nothing_is_said_of_what_was_not_printed(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter, send: Send, call: Call
) -> None:
    await add_real()
    await send(await add_printer(mode="queue"))
    (job,) = (await call("list_queue"))["jobs"]

    with pytest.raises(ServiceValidationError, match="Nothing of it has been printed"):
        await call("judge_job", job_id=job["job_id"], verdict="good")
    with pytest.raises(ServiceValidationError, match="Nobody has said"):
        await call("reprint_job", job_id=job["job_id"])


async def test_the_panel_clears_judges_and_prints_again(
    printed: Printed, hass_ws_client: WebSocketGenerator, hass: HomeAssistant
) -> None:
    _double, machine, _device_id, job_id = printed
    client = await hass_ws_client(hass)

    async def ask(kind: str, **data: Any) -> dict[str, Any]:
        await client.send_json_auto_id({"type": f"{DOMAIN}/{kind}", **data})
        answer = await client.receive_json()
        assert answer["success"], answer
        found: dict[str, Any] = answer["result"]
        return found

    done = await ask(
        "printer/clear_plate",
        printer_id=machine.id,
        print_id=machine.share.plate.print_id,
        verdict="failed",
        reason="Warped",
    )
    assert (done["cleared"], done["plate_occupied"]) == (True, False)
    assert done["verdict"]["message"]["text_key"] == "reprint_offered"
    told = await ask("job/judge", job_id=job_id, verdict="good")
    assert (told["accepted"], told["verdict"]) == (False, "failed")
    made = await ask("job/reprint", job_id=job_id)
    assert made["reprint_job_id"]
    stats = await ask("stats")
    assert sum(each["judged_failed"] for each in stats["series"]) == 1
