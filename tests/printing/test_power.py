"""Plugs of real printers through Home Assistant: for a job, after it, and what goes wrong with them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.dispatch.power import (
    FOLLOWS_WITHIN,
    REPORTS_WITHIN,
    RETRY_AFTER,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from custom_components.bambu_virtual_printer.printing import power
from custom_components.bambu_virtual_printer.websocket_api.items import job_verbs
from custom_components.bambu_virtual_printer.websocket_api.printer_items import (
    machine_item,
)
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
from scripts.printer_double import PrinterDouble
from tests.support.home_assistant import AddPrinter, Call, Send, Told
from tests.support.real_printers import AddReal
from tests.support.waiting import until

PLUG = "input_boolean.printer_plug"
COOL = {"nozzle_temper": 24.0, "nozzle_target_temper": 0.0}


class Wall:
    """A plug whose printer goes on and off with it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.double: PrinterDouble | None = None
        self.calls: list[str] = []
        self.works = True
        self.fails = False
        hass.states.async_set(PLUG, "off")
        for service in ("turn_on", "turn_off"):
            hass.services.async_register("input_boolean", service, self._switch)

    async def _switch(self, call: ServiceCall) -> None:
        if PLUG not in str(call.data["entity_id"]):
            return
        self.calls.append(call.service)
        if self.fails:
            raise HomeAssistantError("The plug does not answer")
        if self.works:
            await self.turn(call.service.removeprefix("turn_"))

    async def turn(self, way: str) -> None:
        """Switch it, by whomever."""
        if self.double is not None:
            if way == "on":
                await self.double.power_on()
                self.double.report(**COOL)
            else:
                await self.double.power_off()
        self.hass.states.async_set(PLUG, way)


@pytest.fixture
def wall(hass: HomeAssistant) -> Wall:
    """The plug."""
    return Wall(hass)


@pytest.fixture
def later(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Let time pass for the plugs; the connections are real and go on as they do."""
    passed = timedelta()
    monkeypatch.setattr(power, "CLOCK", lambda: dt_util.utcnow() + passed)

    async def _later(*, fire: bool = True, **time: float) -> None:
        nonlocal passed
        passed += timedelta(**time)
        if fire:
            # All timers run, those of connections as well.
            async_fire_time_changed(hass, dt_util.utcnow() + passed)
        await hass.async_block_till_done()

    return _later


type Plugged = tuple[PrinterDouble, ManagedMachine]


@pytest.fixture
async def plugged(
    hass: HomeAssistant, add_real: AddReal, wall: Wall, hub: Hub
) -> Plugged:
    """A printer that is off at its plug, and may print from the queue."""
    double, machine = await add_real(
        on=False,
        settings={
            "print_from_queue": True,
            "power": {
                "switch": PLUG,
                "switches_off": True,
                "off_after_minutes": 15,
                "takes_over": False,
            },
        },
    )
    wall.double = double
    await until(lambda: machine.state.availability == "lan_access_off")
    await hass.async_block_till_done()
    return double, machine


@pytest.fixture
def queue(
    add_printer: AddPrinter, send: Send, plugged: Plugged, call: Call
) -> Callable[..., Any]:
    """Put a job in the queue for the printer."""

    async def _queue(**filing: Any) -> str:
        _double, machine = plugged
        printer = await add_printer(
            mode="queue", filing={"hold": False, "target": machine.id, **filing}
        )
        await send(printer)
        jobs = (await call("list_queue"))["jobs"]
        job_id: str = jobs[-1]["job_id"]
        return job_id

    return _queue


def power_of(hass: HomeAssistant, machine: ManagedMachine) -> str:
    """What its sensor says."""
    entity_id = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{machine.id}_power"
    )
    assert entity_id
    state = hass.states.get(entity_id)
    assert state
    return state.state


def waits_for(hub: Hub, job_id: str) -> str:
    """Why a job waits; empty where nobody knows."""
    reason = hub.machines.reasons.get(job_id)
    return reason.key.value if reason else ""


async def reports(
    double: PrinterDouble, machine: ManagedMachine, nozzle_c: float
) -> None:
    """Have a cool nozzle reported, and seen."""
    double.report(nozzle_temper=nozzle_c, nozzle_target_temper=0.0)

    def _is_seen() -> bool:
        temperature = machine.state.nozzles[0].temperature
        return temperature is not None and temperature.current_c == nozzle_c

    await until(_is_seen)


def issues(hass: HomeAssistant) -> set[str]:
    """The repairs about power."""
    return {
        issue_id.rsplit("_", 1)[0]
        for domain, issue_id in ir.async_get(hass).issues
        if domain == DOMAIN and issue_id.startswith("printer_power")
    }


async def test_a_job_switches_its_printer_on_and_off_again_once_it_is_done_and_cool(
    hass: HomeAssistant,
    plugged: Plugged,
    queue: Callable[..., Any],
    wall: Wall,
    told: Told,
    later: Callable[..., Any],
    hub: Hub,
) -> None:
    double, machine = plugged
    assert power_of(hass, machine) == "off"
    # The panel shows the same.
    assert machine_item(hub, machine)["power"] == "off"

    await queue()
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    assert wall.calls == ["turn_on"]
    await until(lambda: machine.state.phase == "finish")
    await until(lambda: not hub.machines.dispatcher.is_busy(machine.id))
    await hass.async_block_till_done()
    assert power_of(hass, machine) == "on"

    # It is hot, and stays on however long.
    double.report(nozzle_temper=180.0, nozzle_target_temper=0.0)
    await until(
        lambda: machine.state.nozzles[0].temperature.current_c == 180  # type: ignore[union-attr]
    )
    await later(minutes=16, fire=False)
    assert wall.calls == ["turn_on"]
    double.report(**COOL)
    await until(lambda: wall.calls == ["turn_on", "turn_off"])
    await until(lambda: power_of(hass, machine) == "off")
    assert len(double.prints) == 1
    # Nothing is to be printed, and nothing switches it on again.
    await later(minutes=30)
    assert wall.calls == ["turn_on", "turn_off"]


async def test_a_job_that_may_not_begin_yet_switches_nothing_on(
    plugged: Plugged, queue: Callable[..., Any], wall: Wall, call: Call, hub: Hub
) -> None:
    _double, machine = plugged
    job_id = await queue(hold=True)
    await until(lambda: job_id in hub.machines.reasons)
    assert wall.calls == []
    await call("edit_job", job_id=job_id, not_before="2099-01-01T00:00:00+00:00")
    await call("release_job", job_id=job_id)
    await until(lambda: waits_for(hub, job_id) == "scheduled")
    assert wall.calls == []


async def test_a_printer_that_may_not_print_from_the_queue_is_not_switched_on(
    plugged: Plugged, queue: Callable[..., Any], wall: Wall, hub: Hub
) -> None:
    _double, machine = plugged
    await hub.machines.async_set(machine.id, "print_from_queue", value=False)
    job_id = await queue()
    await until(lambda: job_id in hub.machines.reasons)
    await until(lambda: waits_for(hub, job_id) == "not_allowed", timeout_s=20)
    assert wall.calls == []


async def test_a_switch_that_fails_is_told_and_tried_again(
    hass: HomeAssistant,
    plugged: Plugged,
    queue: Callable[..., Any],
    wall: Wall,
    call: Call,
    told: Told,
    later: Callable[..., Any],
) -> None:
    _double, machine = plugged
    wall.fails = True
    job_id = await queue()
    await until(lambda: "printer_power_switch_failed" in issues(hass))
    await until(lambda: power_of(hass, machine) == "switch_failed")

    async def _says() -> str:
        return str((await call("get_job", job_id=job_id))["waiting_reason"])

    await hass.async_block_till_done()
    assert await _says() == "The switch of Cellar does not do what it is told"

    wall.fails, wall.works = False, False
    await later(seconds=RETRY_AFTER.total_seconds())
    assert wall.calls == ["turn_on", "turn_on"]
    # This time it says nothing, and does nothing.
    await later(seconds=FOLLOWS_WITHIN.total_seconds())
    assert power_of(hass, machine) == "switch_failed"

    wall.works = True
    await later(seconds=RETRY_AFTER.total_seconds())
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    await hass.async_block_till_done()
    assert issues(hass) == set()


async def test_an_unavailable_switch_and_a_printer_that_does_not_come_are_repairs(
    hass: HomeAssistant,
    plugged: Plugged,
    queue: Callable[..., Any],
    wall: Wall,
    later: Callable[..., Any],
    hub: Hub,
) -> None:
    _double, machine = plugged
    hass.states.async_set(PLUG, "unavailable")
    job_id = await queue()
    await until(lambda: issues(hass) == {"printer_power_unavailable"})
    assert wall.calls == []

    wall.double = None
    hass.states.async_set(PLUG, "off")
    await until(lambda: wall.calls == ["turn_on"])
    await until(lambda: power_of(hass, machine) == "starting")
    await until(lambda: waits_for(hub, job_id) == "powering_on")
    assert issues(hass) == set()
    await later(seconds=REPORTS_WITHIN.total_seconds())
    assert issues(hass) == {"printer_power_no_report"}
    assert power_of(hass, machine) == "no_report"
    # In doubt it stays on.
    await later(hours=5)
    assert wall.calls == ["turn_on"]


async def test_what_a_person_switches_off_stays_off_until_a_person_says_otherwise(
    hass: HomeAssistant,
    plugged: Plugged,
    queue: Callable[..., Any],
    wall: Wall,
    call: Call,
    hub: Hub,
    told: Told,
) -> None:
    double, machine = plugged
    await wall.turn("on")
    await until(lambda: machine.is_reporting)
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    job_id = await queue()
    await until(lambda: job_id in hub.machines.reasons)
    await hass.async_block_till_done()
    # Cut off while it prints; the job was there.
    await wall.turn("off")
    await until(lambda: machine.state.availability == "lan_access_off")
    device_plate = machine
    await hub.orders.clear_plate(device_plate)

    await until(lambda: waits_for(hub, job_id) == "power_kept_off")
    assert wall.calls == []
    assert power_of(hass, machine) == "kept_off"
    said = (await call("get_job", job_id=job_id))["waiting_reason"]
    assert said == (
        "Cellar was switched off by hand and stays off. Switch it on, or start the job"
    )

    double.report(gcode_state="IDLE", subtask_name="")
    await call("start_job", job_id=job_id)
    await until(lambda: wall.calls == ["turn_on"])


@pytest.mark.parametrize("way", ["action", "tick"])
async def test_a_started_job_whose_printer_is_switched_off_by_hand_can_be_started_once_more(
    hass: HomeAssistant,
    plugged: Plugged,
    queue: Callable[..., Any],
    wall: Wall,
    call: Call,
    hub: Hub,
    entity_id: Callable[..., str],
    way: str,
) -> None:
    double, machine = plugged
    await wall.turn("on")
    await until(lambda: machine.is_reporting)
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    job_id = await queue()
    await call("start_job", job_id=job_id)
    await until(lambda: job_id in hub.machines.reasons)
    await hass.async_block_till_done()
    # Cut off while it prints; the started job was there.
    await wall.turn("off")
    await until(lambda: machine.state.availability == "lan_access_off")
    await hub.orders.clear_plate(machine)
    await until(lambda: waits_for(hub, job_id) == "power_kept_off")
    await hass.async_block_till_done()
    [job] = hub.coordinator.data.queued_jobs
    assert job.state is JobState.WAITING
    assert "start" in job_verbs(hub, job, hub.wording)
    assert wall.calls == []

    double.report(gcode_state="IDLE", subtask_name="")
    if way == "action":
        await call("start_job", job_id=job_id)
    else:
        await hass.services.async_call(
            "todo",
            "update_item",
            {
                "entity_id": entity_id("todo", hub, "print_queue"),
                "item": job_id,
                "status": "completed",
            },
            blocking=True,
        )
    await until(lambda: wall.calls == ["turn_on"])
    assert (await hub.library.queue.job(job_id)).copies_printed == 0


async def test_what_a_person_switched_on_is_not_switched_off(
    hass: HomeAssistant, plugged: Plugged, wall: Wall, later: Callable[..., Any]
) -> None:
    double, machine = plugged
    await wall.turn("on")
    await until(lambda: machine.is_reporting)
    for minute in range(3):
        await later(minutes=15, fire=False)
        await reports(double, machine, 25.0 + minute)
    assert wall.calls == []


async def test_after_a_restart_it_is_known_who_switched_it_on(
    hass: HomeAssistant,
    plugged: Plugged,
    queue: Callable[..., Any],
    wall: Wall,
    told: Told,
    later: Callable[..., Any],
    entry: MockConfigEntry,
) -> None:
    double, machine = plugged
    await queue()
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    await hass.async_block_till_done()

    assert await hass.config_entries.async_reload(entry.entry_id)
    machines = entry.runtime_data.machines
    again = machines.by_id[machine.id]
    await until(lambda: again.is_reporting)
    await until(lambda: not machines.dispatcher.is_busy(machine.id))
    double.report(**COOL)
    await hass.async_block_till_done()
    for minute in range(2):
        await later(minutes=8, fire=False)
        await reports(double, again, 25.0 + minute)
    await until(lambda: wall.calls == ["turn_on", "turn_off"])


async def test_a_plug_is_chosen_and_taken_out_in_the_printers_settings(
    hass: HomeAssistant, add_real: AddReal, hub: Hub, entry: MockConfigEntry, wall: Wall
) -> None:
    _double, machine = await add_real()

    async def _choose(answers: dict[str, Any]) -> None:
        flow = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "printer"),
            context={"source": "reconfigure", "subentry_id": machine.id},
        )
        assert "power" in flow["menu_options"]
        flow = await hass.config_entries.subentries.async_configure(
            flow["flow_id"], {"next_step_id": "power"}
        )
        assert flow["step_id"] == "power"
        done = await hass.config_entries.subentries.async_configure(
            flow["flow_id"], answers
        )
        assert done["reason"] == "reconfigure_successful"
        await hass.async_block_till_done()

    chosen = {"switches_off": True, "off_after_minutes": 20, "takes_over": True}
    await _choose(chosen | {"switch": PLUG})
    assert machine.config.power.switch == PLUG
    assert machine.config.power.off_after_minutes == 20
    # The plug says that it is off, which it cannot be.
    assert power_of(hass, machine) == "on"
    await _choose(chosen)
    assert machine.config.power.switch is None
    assert power_of(hass, machine) == "unknown"


async def test_a_rule_about_time_that_holds_the_job_holds_the_plug_too(
    hass: HomeAssistant,
    plugged: Plugged,
    queue: Callable[..., Any],
    wall: Wall,
    hub: Hub,
    entry: MockConfigEntry,
) -> None:
    _double, machine = plugged
    subentry = entry.subentries[machine.id]
    hass.states.async_set("schedule.night", "on")
    hass.config_entries.async_update_subentry(
        entry,
        subentry,
        data={**subentry.data, "when": {"quiet_schedule": "schedule.night"}},
    )
    await hass.async_block_till_done()
    job_id = await queue()
    await until(lambda: job_id in hub.machines.reasons)
    await until(lambda: waits_for(hub, job_id) == "condition_unknown", timeout_s=20)
    assert wall.calls == []


async def test_the_end_of_quiet_hours_switches_the_printer_on_and_not_before(
    hass: HomeAssistant,
    plugged: Plugged,
    queue: Callable[..., Any],
    wall: Wall,
    told: Told,
    entry: MockConfigEntry,
) -> None:
    double, machine = plugged
    subentry = entry.subentries[machine.id]
    ends = dt_util.now().replace(microsecond=0) + timedelta(seconds=8)
    quiet = {
        "quiet_from": (ends - timedelta(hours=2)).time().isoformat(),
        "quiet_to": ends.time().isoformat(),
    }
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "when": quiet}
    )
    await hass.async_block_till_done()
    await queue()
    await until(lambda: wall.calls, timeout_s=60)
    assert dt_util.now() >= ends
    assert wall.calls == ["turn_on"]
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=60)
    assert len(double.prints) == 1


async def test_a_printer_that_is_removed_leaves_its_plug_as_it_is(
    hass: HomeAssistant,
    plugged: Plugged,
    wall: Wall,
    hub: Hub,
    entry: MockConfigEntry,
) -> None:
    _double, machine = plugged
    hass.config_entries.async_remove_subentry(entry, machine.id)
    await hass.async_block_till_done()
    assert machine.id not in hub.machines.by_id
    hass.states.async_set(PLUG, "on")
    await hass.async_block_till_done()
    assert wall.calls == []
