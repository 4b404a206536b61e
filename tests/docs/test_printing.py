"""The recipes of docs/printing.md, as they stand there."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from scripts.recipes import recipes
from tests.docs import forms
from tests.support.home_assistant import AddPrinter, Call, Send, Told
from tests.support.real_printers import AddReal
from tests.support.waiting import until, until_it

PAGE = "printing.md"
PRINTS = {"print_from_queue": True, "wait_for_plate": False}
POWER = "Switch it on for jobs and off when it is cool, and know what a print cost"


def recipe(number: int) -> dict[str, Any]:
    """Return a block of YAML of the recipes."""
    return recipes(PAGE, "Recipes")[number]


@pytest.fixture
def waits_for(hub: Hub) -> Callable[[str], str]:
    """Say what a job waits for."""

    def _waits_for(job_id: str) -> str:
        reason = hub.machines.reasons.get(job_id)
        return reason.key.value if reason else ""

    return _waits_for


async def test_an_archive_is_queued_for_its_very_filament(
    hass: HomeAssistant, add_printer: AddPrinter, send: Send, call: Call
) -> None:
    await send(await add_printer())
    (archive,) = (await call("list_archives"))["archives"]
    action = recipe(0)
    action["data"]["archive_id"] = archive["archive_id"]
    script = {"script": {"recipe": {"sequence": [action]}}}
    assert await async_setup_component(hass, "script", script)
    await hass.services.async_call("script", "recipe", blocking=True)
    (job,) = (await call("list_queue"))["jobs"]
    assert job["filament_rule"] == "exact_preset"


async def test_the_phone_is_told_what_to_load_where_and_a_fuller_spool_starts_the_job(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    waits_for: Callable[[str], str],
) -> None:
    spools = forms.table_of(PAGE, "Know what is left on spools without a tag", "spools")

    def are_left(grams: float) -> None:
        for sensor in spools.values():
            hass.states.async_set(sensor, str(grams), {"unit_of_measurement": "g"})

    are_left(0.1)
    phone = async_mock_service(hass, "notify", "mobile_app_phone")
    automation = {"automation": [{"alias": "Load", **recipe(1)}]}
    assert await async_setup_component(hass, "automation", automation)
    double, machine = await add_real(settings=PRINTS)
    await until(lambda: machine.state.spools)
    loaded = deepcopy(double.status["ams"])
    for unit in loaded["ams"]:
        for tray in unit["tray"]:
            # A spool without a tag.
            tray |= {"remain": -1, "tray_uuid": "0" * 32}
    double.report(ams=loaded)
    await until(
        lambda: all(one.remaining_percent is None for one in machine.state.spools)
    )
    slots = {f"A{slot + 1}": f"0-{slot}" for slot in range(4)}
    bound = [{"slot": slots[label], "sensor": one} for label, one in spools.items()]
    await forms.fill_in(hass, entry, machine.id, "spools", {"spool_sensors": bound})

    await send(await add_printer(mode="queue", filing={"hold": False}))
    (job,) = (await call("list_queue"))["jobs"]
    await until(lambda: waits_for(job["job_id"]) == "filament_short", timeout_s=20)
    await until(lambda: bool(phone))
    message = phone[0].data
    assert message["title"] == f"{job['name']}: please load"
    (first, *_rest) = (await call("get_job", job_id=job["job_id"]))["loads"]
    grams = f"{first['type']}, {round(first['grams'])} g"
    assert f"{grams}, in Cellar A3 or A4 or External spool" in message["message"]
    assert double.prints == []

    are_left(1000)
    await until(lambda: bool(double.prints), timeout_s=30)


async def test_a_plug_is_switched_on_for_a_job_whose_energy_has_its_price(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    call: Call,
) -> None:
    """That it goes off when the printer is cool is looked at in tests/printing/test_power.py."""
    settings = forms.settings_of(PAGE, POWER, "power")
    plug, meter = settings["switch"], settings["energy_meter"]
    hass.states.async_set(plug, "off")
    hass.states.async_set(meter, "100", {"unit_of_measurement": "kWh"})
    hass.states.async_set(
        settings["price_sensor"], "0.3", {"unit_of_measurement": "EUR/kWh"}
    )
    double, machine = await add_real(on=False, steps=20_000, settings=PRINTS)
    await until(lambda: machine.state.availability == "lan_access_off")

    async def turn_on(call: ServiceCall) -> None:
        if plug in call.data["entity_id"]:
            await double.power_on()
            hass.states.async_set(plug, "on")

    hass.services.async_register("switch", "turn_on", turn_on)
    await forms.fill_in(
        hass, entry, machine.id, "power", {"takes_over": False, **settings}
    )
    power = entry.subentries[machine.id].data["power"]
    assert (power["switches_off"], power["off_after_minutes"]) == (True, 15)

    filing = {"hold": False, "target": machine.id}
    await send(await add_printer(mode="queue", filing=filing))
    await until(lambda: EventKind.JOB_PRINTING in told.kinds, timeout_s=30)
    (job,) = (await call("list_queue"))["jobs"]
    hass.states.async_set(meter, "101", {"unit_of_measurement": "kWh"})
    await hass.async_block_till_done()
    await call("stop_job", job_id=job["job_id"], confirm=True)
    await until(lambda: EventKind.JOB_CANCELLED in told.kinds, timeout_s=30)

    async def is_known() -> bool:
        await hass.async_block_till_done(wait_background_tasks=False)
        ended.update(await call("get_job", job_id=job["job_id"]))
        return ended["energy_cost"] is not None

    ended: dict[str, Any] = {}
    await until_it(is_known, "it is known what it cost")
    assert ended["energy_kwh"] == pytest.approx(1.0)
    assert ended["energy_cost"] == pytest.approx(0.3)
