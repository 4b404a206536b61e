"""Jobs that wait for filament: what is said, and that loading it starts them."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import replace
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.activity.mapping import needs_filament
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.dispatch.fits import SpoolFits
from custom_components.bambu_virtual_printer.engine.machines.values import Phase
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.operations.context import acting
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from homeassistant.components.recorder.db_schema import StateAttributes
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Context, Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers import entity_registry as er
from scripts.printer_double import PrinterDouble
from tests.support.home_assistant import AddPrinter, Call, Send, Told
from tests.support.real_printers import AddReal
from tests.support.waiting import until

type Sent = Callable[..., Awaitable[str]]

SENSORS = {
    "print_from_queue": True,
    "wait_for_plate": False,
    "spool_sensors": [
        {"slot": "0-0", "sensor": "sensor.green"},
        {"slot": "0-1", "sensor": "sensor.white"},
    ],
}


def left(hass: HomeAssistant, grams: float, unit: str = "g") -> None:
    """Let the sensors of both spools tell so much."""
    for name in ("green", "white"):
        hass.states.async_set(
            f"sensor.{name}", str(grams), {"unit_of_measurement": unit}
        )


@pytest.fixture
def queue_one(hub: Hub, add_printer: AddPrinter, send: Send, call: Call) -> Sent:
    """Send a file to a virtual printer whose jobs are not held, and return its job."""

    async def _send(**filing: Any) -> str:
        printer = await add_printer(mode="queue", filing={"hold": False, **filing})
        await send(printer)
        (job,) = (await call("list_queue"))["jobs"]
        found: str = job["job_id"]
        return found

    return _send


async def untag(double: PrinterDouble, machine: ManagedMachine) -> None:
    """Let the printer know nothing of what is left on its spools."""
    ams = deepcopy(double.status["ams"])
    for unit in ams["ams"]:
        for tray in unit["tray"]:
            tray["remain"] = -1
            tray["tray_uuid"] = "0" * 32
    double.report(ams=ams)
    await until(
        lambda: all(one.remaining_percent is None for one in machine.state.spools)
    )


def waits_for(hub: Hub, job_id: str) -> str:
    reason = hub.machines.reasons.get(job_id)
    return reason.key.value if reason else ""


async def test_loading_what_a_job_waits_for_starts_it(
    add_real: AddReal, hub: Hub, queue_one: Sent, call: Call
) -> None:
    double, machine = await add_real(
        settings={"print_from_queue": True, "wait_for_plate": False}
    )
    loaded = double.status["ams"]
    empty = [
        {"id": str(unit["id"]), "tray": [{"id": str(slot)} for slot in range(4)]}
        for unit in loaded["ams"]
    ]
    double.report(ams={**loaded, "ams": empty, "tray_exist_bits": "0"}, vt_tray={"id": "254"})  # fmt: skip
    await until(lambda: not any(spool.is_known for spool in machine.state.spools))

    job_id = await queue_one()
    await until(lambda: waits_for(hub, job_id) == "filament_missing", timeout_s=20)
    job = await call("get_job", job_id=job_id)
    needed = [one["type"] for one in job["filaments"]]
    assert needed and all(one["grams"] > 0 for one in job["filaments"])
    assert [one["fits"] for one in job["filaments"]] == [[] for _ in needed]
    assert [load["type"] for load in job["loads"]] == needed
    for load in job["loads"]:
        assert (load["printer"], load["places"]) == (
            "Cellar",
            ["A1", "A2", "A3", "A4", "External spool"],
        )
    assert "into A1, A2, A3, A4 or External spool" in job["waiting_reason"]
    assert double.prints == []

    double.report(ams=loaded)
    await until(lambda: double.prints, timeout_s=20)


async def test_what_a_bound_sensor_tells_decides_and_more_of_it_starts_the_job(
    hass: HomeAssistant, add_real: AddReal, hub: Hub, queue_one: Sent, call: Call
) -> None:
    left(hass, 0.1)
    double, machine = await add_real(settings=SENSORS)
    await untag(double, machine)

    job_id = await queue_one()
    await until(lambda: waits_for(hub, job_id) == "filament_short", timeout_s=20)
    job = await call("get_job", job_id=job_id)
    for filament in job["filaments"]:
        (fit,) = filament["fits"]
        assert (fit["printer"], fit["left_g"], fit["is_enough"]) == ("Cellar", 0.1, False)  # fmt: skip
    assert job["waiting_reason"].startswith("Cellar has too little filament. P")
    assert "A1 has 0 g left" in job["waiting_reason"]
    assert job["loads"][0]["too_little"][0]["left_g"] == 0.1

    left(hass, 1, "kg")
    await until(lambda: double.prints, timeout_s=20)


async def test_the_next_job_has_no_more_attributes_than_are_recorded(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    queue_one: Sent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left(hass, 0.1)
    double, machine = await add_real(settings=SENSORS)
    await untag(double, machine)
    job_id = await queue_one()
    await until(lambda: waits_for(hub, job_id) == "filament_short", timeout_s=20)
    await hass.async_block_till_done()
    # A file of eight filaments, and of each as many spools as six printers have.
    fits = hub.machines.fits.of(job_id)
    assert all(fits.values())
    monkeypatch.setattr(
        SpoolFits,
        "of",
        lambda *_: {slot: found[:1] * 24 for slot, found in fits.items()},
    )
    data = hub.coordinator.data
    job = data.statistics.next_job
    assert job
    job = replace(job, filaments=job.filaments * 4)
    hub.coordinator.async_set_updated_data(
        replace(data, statistics=replace(data.statistics, next_job=job))
    )

    sensor = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{hub.entry.entry_id}_next_job"
    )
    assert sensor
    state = hass.states.get(sensor)
    assert state
    assert len(state.attributes["filaments"]) == len(job.filaments)
    assert not any("fits" in one for one in state.attributes["filaments"])
    changed = EventStateChangedData(entity_id=sensor, old_state=None, new_state=state)
    recorded = StateAttributes.shared_attrs_bytes_from_event(
        Event(EVENT_STATE_CHANGED, changed), None
    )
    kept = json.loads(recorded)
    assert kept["job_id"] == job_id
    assert not kept.keys() & {"filaments", "loads", "options"}


async def test_whoever_says_print_anyway_does_not_wait_for_more(
    hass: HomeAssistant, add_real: AddReal, hub: Hub, queue_one: Sent, call: Call
) -> None:
    left(hass, 0)
    double, machine = await add_real(settings=SENSORS)
    await untag(double, machine)
    job_id = await queue_one()
    await until(lambda: waits_for(hub, job_id) == "filament_short", timeout_s=20)

    job = await call("edit_job", job_id=job_id, print_anyway=True)
    assert job["print_anyway"] is True
    await until(lambda: double.prints, timeout_s=20)


async def test_an_unknown_amount_blocks_only_where_the_owner_says_so(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    queue_one: Sent,
) -> None:
    hass.states.async_set("sensor.green", "unavailable")
    double, machine = await add_real(settings={**SENSORS, "needs_known_filament": True})
    await untag(double, machine)
    job_id = await queue_one()
    await until(
        lambda: waits_for(hub, job_id) == "filament_amount_unknown", timeout_s=20
    )

    switch = er.async_get(hass).async_get_entity_id(
        "switch", DOMAIN, f"{machine.id}_needs_known_filament"
    )
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": switch}, blocking=True
    )
    await until(lambda: double.prints, timeout_s=20)


async def test_the_rule_of_the_virtual_printer_holds_until_a_job_has_its_own(
    add_real: AddReal, hub: Hub, queue_one: Sent, call: Call
) -> None:
    double, machine = await add_real(
        settings={"print_from_queue": True, "wait_for_plate": False}
    )
    ams = deepcopy(double.status["ams"])
    for tray in ams["ams"][0]["tray"]:
        if tray.get("tray_type"):
            tray["tray_color"] = "123456FF"
    double.report(ams=ams)
    await until(
        lambda: machine.state.spools and machine.state.spools[0].color == "123456FF"
    )

    job_id = await queue_one(filament_rule="exact_preset")
    await until(lambda: waits_for(hub, job_id) == "filament_missing", timeout_s=20)
    job = await call("get_job", job_id=job_id)
    assert job["filament_rule"] is None

    job = await call("edit_job", job_id=job_id, filament_rule="any_color")
    assert job["filament_rule"] == "any_color"
    await until(lambda: double.prints, timeout_s=20)


async def test_a_job_that_needs_filament_is_told_of_once(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    queue_one: Sent,
    call: Call,
    told: Told,
) -> None:
    left(hass, 0)
    double, machine = await add_real(settings=SENSORS)
    await untag(double, machine)
    job_id = await queue_one()
    needs = EventKind.JOB_NEEDS_FILAMENT
    await until(lambda: told.kinds.count(needs) == 1, timeout_s=20)
    assert job_id in hub.machines.filament_calls

    # Somebody prints something else there meanwhile.
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.state.phase is Phase.RUNNING, timeout_s=20)
    await hass.async_block_till_done()
    assert waits_for(hub, job_id) == "filament_short"
    assert job_id in hub.machines.filament_calls
    # Whoever put it in line did not do that, and hears of it too.
    with acting(Context(user_id="somebody")):
        activity = needs_filament(await hub.library.queue.job(job_id), hub.wording)
    assert activity.context is None
    double.report(gcode_state="FINISH")
    await until(lambda: machine.state.phase is Phase.FINISH, timeout_s=20)
    await hass.async_block_till_done()
    assert waits_for(hub, job_id) == "filament_short"
    assert told.kinds.count(needs) == 1

    left(hass, 500)
    await until(lambda: double.prints, timeout_s=20)
    await until(lambda: job_id not in hub.machines.filament_calls)
    assert told.kinds.count(needs) == 1


async def test_what_was_told_is_not_told_again_after_a_restart(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_real: AddReal,
    hub: Hub,
    queue_one: Sent,
    told: Told,
) -> None:
    left(hass, 0)
    double, machine = await add_real(settings=SENSORS)
    await untag(double, machine)
    job_id = await queue_one()
    needs = EventKind.JOB_NEEDS_FILAMENT
    await until(lambda: told.kinds.count(needs) == 1, timeout_s=20)

    await hass.config_entries.async_reload(entry.entry_id)
    new: Hub = entry.runtime_data
    await until(lambda: waits_for(new, job_id) == "filament_short", timeout_s=30)
    await hass.async_block_till_done()
    assert job_id in new.machines.filament_calls
    assert told.kinds.count(needs) == 1


async def test_what_is_loaded_is_told_before_there_is_a_job(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    add_real: AddReal,
    hub: Hub,
    queue_one: Sent,
    call: Call,
) -> None:
    left(hass, 0.1)
    double, machine = await add_real(settings=SENSORS)
    await untag(double, machine)
    job_id = await queue_one()
    await until(lambda: waits_for(hub, job_id) == "filament_short", timeout_s=20)
    job = await call("get_job", job_id=job_id)
    client = await hass_ws_client(hass)

    async def spools(**plan: Any) -> list[dict[str, Any]]:
        ask = {"archive_id": job["archive_id"], "target": machine.id, **plan}
        await client.send_json_auto_id({"type": f"{DOMAIN}/plan/spools", **ask})
        answer = await client.receive_json()
        needed: list[dict[str, Any]] = answer["result"]["filaments"]
        return needed

    needed = await spools(plates=[job["plate"]])
    assert [each["grams"] for each in needed] == [
        each["grams"] for each in job["filaments"]
    ]
    for filament in needed:
        (fit,) = filament["fits"]
        assert (fit["printer"], fit["left_g"], fit["is_enough"]) == ("Cellar", 0.1, False)  # fmt: skip
    anyway = await spools(plates=[job["plate"]], print_anyway=True)
    assert all(each["fits"][0]["is_enough"] for each in anyway)
    # Of all copies, and for no printer nothing fits.
    twice = await spools(plates=[job["plate"]], copies=2)
    assert twice[0]["grams"] == pytest.approx(2 * needed[0]["grams"])
    assert [each["fits"] for each in await spools(target="none")] == [
        [] for _ in needed
    ]
    assert await spools(plates=[99]) == []
    # The same for several files at once; one that is gone keeps none of the others back.
    gone = "01KAPWZ3V8X4M2T9C6B5N7Q1RD"
    several = {"archive_ids": [job["archive_id"], gone], "target": machine.id}
    await client.send_json_auto_id({"type": f"{DOMAIN}/plan/spools", **several})
    answer = (await client.receive_json())["result"]
    [file] = answer["files"]
    assert file["id"] == job["archive_id"]
    assert file["not_queueable"] is None
    assert file["plates"] == 1
    assert file["filaments"] == await spools()
    assert [each["id"] for each in answer["failed"]] == [gone]
