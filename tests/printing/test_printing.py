"""The whole way: from a slicer through the queue to a real printer and its end, each told once."""

from collections.abc import Callable
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.operations.permissions import (
    NotPermittedError,
)
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
from scripts.printer_double import PrinterDouble, StartScript
from tests.support.home_assistant import AddPrinter, Call, DeviceOf, Repairs, Send, Told
from tests.support.real_printers import AddReal
from tests.support.waiting import until, until_it

type Entity = Callable[..., str]


@pytest.fixture
def entity(hass: HomeAssistant) -> Entity:
    """Find an entity of a real printer."""

    def _find(platform: str, machine: ManagedMachine, key: str) -> str:
        found = er.async_get(hass).async_get_entity_id(
            platform, DOMAIN, f"{machine.id}_{key}"
        )
        assert found
        return found

    return _find


async def allow(hass: HomeAssistant, entity: Entity, machine: ManagedMachine) -> None:
    """Let the queue print there."""
    await hass.services.async_call(
        "switch",
        "turn_on",
        {"entity_id": entity("switch", machine, "print_from_queue")},
        blocking=True,
    )
    await hass.async_block_till_done()


def shown(hass: HomeAssistant, entity_id: str) -> str:
    """What an entity shows."""
    state = hass.states.get(entity_id)
    assert state
    return state.state


def kinds(told: Told) -> list[EventKind]:
    """What was told of jobs."""
    return [kind for kind in told.kinds if kind.value.startswith("job_")]


async def test_an_upload_is_printed_once_the_switch_is_on_and_the_plate_cleared(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    call: Call,
    entity: Entity,
) -> None:
    double, machine = await add_real()
    # Something was printed there before.
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    double.report(gcode_state="FINISH")
    occupied = entity("binary_sensor", machine, "plate_occupied")
    await until(lambda: hass.states.get(occupied).state == "on")  # type: ignore[union-attr]

    printer = await add_printer(mode="queue", filing={"hold": False})
    await send(printer)
    (job,) = (await call("list_queue"))["jobs"]

    def waits_for() -> str:
        reason = hub.machines.reasons.get(job["job_id"])
        return reason.key.value if reason else ""

    await until(lambda: waits_for() == "not_allowed", timeout_s=20)
    (job,) = (await call("list_queue"))["jobs"]
    assert job["waiting_key"] == "not_allowed"
    assert double.prints == []

    await allow(hass, entity, machine)
    assert "Cellar prints from the queue" in [
        one["title"] for one in hass.data["persistent_notification"].values()
    ]
    await until(lambda: waits_for() == "plate_not_cleared")
    assert double.prints == []

    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": entity("button", machine, "plate_cleared")},
        blocking=True,
    )
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    await hass.async_block_till_done()

    assert len(double.prints) == 1
    for once in ("job_added", "job_dispatching", "job_printing", "job_completed"):
        assert kinds(told).count(EventKind(once)) == 1, once
    assert hass.states.get(occupied).state == "on"  # type: ignore[union-attr]
    assert (await call("list_queue"))["jobs"] == []
    (ended,) = (await call("list_finished_jobs"))["jobs"]
    assert (ended["state"], ended["printed_on"]) == ("completed", "Cellar")


@pytest.fixture
async def queued(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    entity: Entity,
) -> tuple[PrinterDouble, ManagedMachine, str]:
    """A held job, and a real printer that may print it."""
    double, machine = await add_real(steps=20_000)
    await allow(hass, entity, machine)
    printer = await add_printer(mode="queue")
    await send(printer)
    (job,) = (await call("list_queue"))["jobs"]
    return double, machine, job["job_id"]


type Queued = tuple[PrinterDouble, ManagedMachine, str]


async def test_start_job_starts_now_and_stop_job_asks(
    hass: HomeAssistant, queued: Queued, hub: Hub, call: Call, told: Told
) -> None:
    double, machine, job_id = queued

    started = await call("start_job", job_id=job_id)
    assert started["started"] is True, started["waiting_reason"]
    await until(lambda: double.prints)
    await until(lambda: EventKind.JOB_PRINTING in told.kinds)
    job = await call("get_job", job_id=job_id)
    assert job["state"] == "printing"
    assert job["status"].startswith("Printing on Cellar")

    await call("pause_job", job_id=job_id)
    await until(lambda: machine.state.phase == "pause")
    await call("resume_job", job_id=job_id)
    await until(lambda: machine.state.phase == "running")

    with pytest.raises(ServiceValidationError, match="confirm"):
        await call("stop_job", job_id=job_id)
    with pytest.raises(ServiceValidationError, match="confirm"):
        await call("cancel_job", job_id=job_id)
    queue = er.async_get(hass).async_get_entity_id(
        "todo", DOMAIN, f"{hub.entry.entry_id}_print_queue"
    )
    items = await hass.services.async_call(
        "todo", "get_items", {"entity_id": queue}, blocking=True, return_response=True
    )
    (item,) = items[queue]["items"]
    assert "Printing on Cellar" in item["description"]
    with pytest.raises(ServiceValidationError, match="confirm"):
        await hass.services.async_call(
            "todo",
            "remove_item",
            {"entity_id": queue, "item": item["uid"]},
            blocking=True,
        )
    assert machine.is_printing

    assert (await call("stop_job", job_id=job_id, confirm=True))["result"] == "stopping"
    await until(lambda: EventKind.JOB_CANCELLED in told.kinds, timeout_s=30)
    assert len(double.prints) == 1


async def test_the_buttons_of_a_printer_ask_whose_job_it_prints(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    told: Told,
    entity: Entity,
    device_of: DeviceOf,
) -> None:
    # The first user there is would be the owner of Home Assistant.
    await hass.auth.async_create_user("Administrator", group_ids=[GROUP_ID_ADMIN])
    anna, ben = [
        await hass.auth.async_create_user(name, group_ids=[GROUP_ID_USER])
        for name in ("Anna", "Ben")
    ]
    reader = await hass.auth.async_create_user("Reader", group_ids=[GROUP_ID_READ_ONLY])
    double, machine = await add_real(steps=20_000)
    await allow(hass, entity, machine)
    printer = await add_printer(mode="queue")
    device = device_of(printer.id)
    assert device
    person = await call("add_person", device_id=device.id, name="Ben", user="Ben")
    await send(printer, access_code=person["access_code"])
    (job,) = (await call("list_queue"))["jobs"]
    await call("start_job", job_id=job["job_id"])
    await until(lambda: EventKind.JOB_PRINTING in told.kinds, timeout_s=20)
    pause = entity("button", machine, "pause")
    stop = entity("button", machine, "stop")
    er.async_get(hass).async_update_entity(stop, disabled_by=None)
    assert await hass.config_entries.async_reload(hub.entry.entry_id)
    await hass.async_block_till_done()
    hub = hub.entry.runtime_data
    machine = hub.machines.by_id[machine.id]
    await until(lambda: machine.share.job_id and machine.is_printing, timeout_s=20)

    async def press(entity_id: str, user: User | None) -> None:
        await hass.services.async_call(
            "button",
            "press",
            {"entity_id": entity_id},
            blocking=True,
            context=Context(user_id=user.id if user else None),
        )

    for button in ("pause", "resume", "stop"):
        with pytest.raises(NotPermittedError, match="Somebody else sent this"):
            await press(entity("button", machine, button), anna)
    assert machine.state.phase == "running"

    await press(pause, ben)
    await until(lambda: machine.state.phase == "pause")
    # An automation acts for nobody.
    await press(entity("button", machine, "resume"), None)
    await until(lambda: machine.state.phase == "running")
    await press(stop, ben)
    await until(lambda: EventKind.JOB_CANCELLED in told.kinds, timeout_s=30)
    await until(lambda: machine.share.job_id is None)

    # What is not of the queue is the household's.
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    with pytest.raises(Unauthorized):
        await press(pause, reader)
    await press(pause, anna)
    await until(lambda: machine.state.phase == "pause")


async def test_the_forecast_follows_the_minutes_that_the_printer_tells(
    hass: HomeAssistant,
    queued: Queued,
    hub: Hub,
    call: Call,
    told: Told,
    entity: Entity,
) -> None:
    double, machine, job_id = queued
    await call("start_job", job_id=job_id)
    await until(lambda: EventKind.JOB_PRINTING in told.kinds)
    # Nothing moves it any more; the file says far less.
    await call("pause_job", job_id=job_id)
    await until(lambda: machine.state.phase == "pause")
    double.report(mc_remaining_time=600)
    await until(lambda: machine.state.job.remaining_min == 600)
    ends_at = machine.ends_at
    assert ends_at

    async def _expected() -> bool:
        await hass.async_block_till_done()
        (job,) = (await call("list_queue"))["jobs"]
        return bool(job["expected_end"] == ends_at.isoformat())

    await until_it(_expected)
    free_from = entity("sensor", machine, "free_from")
    await until(lambda: shown(hass, free_from) == ends_at.isoformat())
    planned = er.async_get(hass).async_get_entity_id(
        "calendar", DOMAIN, f"{hub.entry.entry_id}_planned_prints"
    )
    assert planned
    state = hass.states.get(planned)
    assert state
    assert state.attributes["end_time"] == dt_util.as_local(ends_at).strftime(
        "%Y-%m-%d %H:%M:%S"
    )


async def test_start_job_says_why_it_does_not_start(
    queued: Queued, call: Call, hub: Hub
) -> None:
    double, machine, job_id = queued
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)

    answer = await call("start_job", job_id=job_id)

    assert answer["started"] is False
    assert answer["waiting_key"] == "printing"
    assert answer["waiting_reason"] == "Cellar is printing"
    assert answer["state"] == "waiting"
    assert double.prints == []


async def test_a_plate_is_cleared_while_the_printer_is_off(
    queued: Queued, call: Call, hass: HomeAssistant, device_of: Any
) -> None:
    double, machine, _job_id = queued
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    double.report(gcode_state="FINISH")
    await until(lambda: machine.share.is_plate_occupied)
    await double.power_off()
    await until(lambda: not machine.is_reporting)

    device = device_of(machine.id)
    answer = await call("clear_plate", device_id=device.id)

    print_id = answer.pop("print_id")
    assert print_id
    assert answer == {
        "printer": "Cellar",
        "plate_occupied": False,
        "cleared": True,
        "verdict": None,
    }


async def test_orders_to_a_job_without_a_printer_or_a_question_are_refused(
    queued: Queued, call: Call
) -> None:
    _double, _machine, job_id = queued

    with pytest.raises(ServiceValidationError, match="No real printer has the job"):
        await call("stop_job", job_id=job_id, confirm=True)
    with pytest.raises(ServiceValidationError, match="no such question"):
        await call("answer_job", job_id=job_id, answer="finished")
    assert (await call("cancel_job", job_id=job_id))["result"] == "cancelled"


async def test_filament_that_is_missing_is_told_with_where_to_load_it(
    queued: Queued, call: Call
) -> None:
    double, machine, job_id = queued
    double.faults.start = StartScript.NOTHING
    empty = [
        {"id": str(unit["id"]), "tray": [{"id": str(slot)} for slot in range(4)]}
        for unit in double.status["ams"]["ams"]
    ]
    double.report(
        ams={**double.status["ams"], "ams": empty, "tray_exist_bits": "0"},
        vt_tray={"id": "254"},
    )
    await until(lambda: not any(spool.is_known for spool in machine.state.spools))

    answer = await call("start_job", job_id=job_id)

    assert answer["waiting_key"] == "filament_missing"
    assert answer["waiting_reason"].startswith("Cellar needs other filament. Load P")


async def print_queue_item(hass: HomeAssistant, hub: Hub) -> dict[str, Any]:
    """The only item of the to-do list of the queue."""
    queue = er.async_get(hass).async_get_entity_id(
        "todo", DOMAIN, f"{hub.entry.entry_id}_print_queue"
    )
    items = await hass.services.async_call(
        "todo", "get_items", {"entity_id": queue}, blocking=True, return_response=True
    )
    (item,) = items[queue]["items"]
    found: dict[str, Any] = item
    return found


async def test_an_end_that_nobody_saw_is_a_repair_that_asks_and_the_answer_is_the_jobs(
    hass: HomeAssistant,
    queued: Queued,
    hub: Hub,
    call: Call,
    told: Told,
    repairs: Repairs,
) -> None:
    double, machine, job_id = queued
    await call("start_job", job_id=job_id)
    await until(lambda: EventKind.JOB_PRINTING in told.kinds)

    await double.power_off()
    await until(lambda: not machine.is_reporting)
    await double.power_on()
    issue_id = f"job_question_{job_id}"
    registry = ir.async_get(hass)
    await until(lambda: registry.async_get_issue(DOMAIN, issue_id), timeout_s=30)
    await until(lambda: EventKind.JOB_QUESTION_RAISED in told.kinds)
    await hass.async_block_till_done()
    job = await call("get_job", job_id=job_id)
    assert job["question"] == "how_did_it_end"
    assert "How did it end on Cellar?" in job["status"]
    issue = registry.async_get_issue(DOMAIN, issue_id)
    assert issue
    assert issue.is_persistent
    assert issue.translation_key == "job_how_did_it_end"
    assert job["status"] in (await print_queue_item(hass, hub))["description"]
    raised = told.of(EventKind.JOB_QUESTION_RAISED)[0]
    assert raised["question"] == "how_did_it_end"
    assert raised["status"] == job["status"]

    form, left_open, open_when_unloaded = [
        await repairs.open(issue_id) for _ in range(3)
    ]
    assert form["description_placeholders"]["printer"] == "Cellar"
    result = await repairs.answer(form, answer="failed")
    assert result["type"] == "create_entry"
    await until(lambda: EventKind.JOB_FAILED in told.kinds)
    await hass.async_block_till_done()

    assert kinds(told)[-3:] == [
        EventKind.JOB_QUESTION_RAISED,
        EventKind.JOB_QUESTION_SETTLED,
        EventKind.JOB_FAILED,
    ]
    assert registry.async_get_issue(DOMAIN, issue_id) is None
    assert len(double.prints) == 1
    (ended,) = (await call("list_finished_jobs"))["jobs"]
    assert ended["state"] == "failed"

    result = await repairs.answer(left_open, answer="finished")
    assert result["reason"] == "answered"
    (ended,) = (await call("list_finished_jobs"))["jobs"]
    assert ended["state"] == "failed"
    assert await hass.config_entries.async_unload(hub.entry.entry_id)
    result = await repairs.answer(open_when_unloaded, answer="finished")
    assert result["reason"] == "hub_not_loaded"


@pytest.fixture
async def asked(queued: Queued, call: Call, told: Told) -> Queued:
    """A job of which nobody knows whether it began: the printer took the start, and prints something else."""
    double, _machine, job_id = queued
    double.faults.start = StartScript.NOTHING
    await call("start_job", job_id=job_id)
    await until(lambda: double.received("project_file"))
    double.report(
        gcode_state="RUNNING", subtask_id="999", subtask_name="From the screen"
    )
    await until(lambda: EventKind.JOB_QUESTION_RAISED in told.kinds)
    assert (await call("get_job", job_id=job_id))["question"] == "did_it_start"
    return queued


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        # A person has started it, and it is that still.
        ("not_started", "waiting"),
        ("finished", "completed"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
    ],
)
async def test_the_answer_to_whether_it_started_is_what_became_of_the_job(
    asked: Queued, call: Call, told: Told, answer: str, state: str
) -> None:
    double, machine, job_id = asked

    answered = await call("answer_job", job_id=job_id, answer=answer)

    assert answered["question"] is None
    assert answered["state"] == state
    assert kinds(told).count(EventKind.JOB_QUESTION_SETTLED) == 1
    if answer == "not_started":
        assert answered["position"] == 1
    else:
        await until(lambda: machine.share.is_plate_occupied)
    assert len(double.received("project_file")) == 1


async def test_a_job_that_has_started_by_a_persons_word_is_asked_about_once_more(
    asked: Queued, call: Call, told: Told
) -> None:
    _double, _machine, job_id = asked

    await call("answer_job", job_id=job_id, answer="started")
    await until(lambda: told.kinds.count(EventKind.JOB_QUESTION_RAISED) == 2)

    assert kinds(told).count(EventKind.JOB_PRINTING) == 1
    assert (await call("get_job", job_id=job_id))["question"] == "how_did_it_end"
    with pytest.raises(ServiceValidationError, match="no such question"):
        await call("answer_job", job_id=job_id, answer="not_started")
    answered = await call("answer_job", job_id=job_id, answer="finished")
    assert (answered["state"], answered["copies_printed"]) == ("completed", 1)


async def test_a_job_that_failed_is_printed_when_it_is_retried(
    asked: Queued, call: Call, told: Told, device_of: DeviceOf
) -> None:
    double, machine, job_id = asked
    await call("answer_job", job_id=job_id, answer="failed")
    double.report(gcode_state="FINISH")
    double.faults.start, double.steps = StartScript.PRINTS, 3

    retried = await call("retry_job", job_id=job_id)

    assert (retried["state"], retried["problem"]) == ("pending", None)
    device = device_of(machine.id)
    assert device
    await until(lambda: not machine.is_printing)
    await call("clear_plate", device_id=device.id)
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    assert len(double.prints) == 1
    with pytest.raises(ServiceValidationError):
        await call("retry_job", job_id=job_id)


async def test_start_job_says_that_the_queue_may_not_print_there(
    hass: HomeAssistant, queued: Queued, call: Call, entity: Entity
) -> None:
    double, machine, job_id = queued
    switch = entity("switch", machine, "print_from_queue")
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": switch}, blocking=True
    )

    answer = await call("start_job", job_id=job_id)

    assert (answer["started"], answer["waiting_key"]) == (False, "not_allowed")
    assert "Cellar" in answer["waiting_reason"]
    assert double.prints == []


async def test_start_job_says_that_the_plate_is_occupied_or_the_printer_away(
    queued: Queued, call: Call
) -> None:
    double, machine, job_id = queued
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    double.report(gcode_state="FINISH")
    await until(lambda: machine.share.is_plate_occupied and not machine.is_printing)
    answer = await call("start_job", job_id=job_id)
    assert (answer["started"], answer["waiting_key"]) == (False, "plate_not_cleared")

    await double.power_off()
    await until(lambda: not machine.is_reporting)
    answer = await call("start_job", job_id=job_id)
    assert (answer["started"], answer["waiting_key"]) == (False, "offline")
    assert double.prints == []
