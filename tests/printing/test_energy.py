"""What prints take, through Home Assistant: meters that begin anew, price sensors, restarts."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from custom_components.bambu_virtual_printer.printing.energy import price_factor
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from scripts.printer_double import PrinterDouble
from tests.support.home_assistant import AddPrinter, Call, Send, Told
from tests.support.real_printers import AddReal
from tests.support.waiting import until, until_it

METER, PRICE = "sensor.plug_energy", "sensor.energy_price"

type Metered = tuple[PrinterDouble, ManagedMachine, str]


@pytest.fixture
def meter(hass: HomeAssistant) -> Callable[..., None]:
    """Set what the meter says."""

    def _set(value: float | str, unit: str = "kWh") -> None:
        hass.states.async_set(METER, str(value), {"unit_of_measurement": unit})

    _set(100.0)
    return _set


@pytest.fixture
def price(hass: HomeAssistant) -> Callable[..., None]:
    """Set what energy costs."""

    def _set(value: float | str, unit: str = "EUR/kWh") -> None:
        hass.states.async_set(PRICE, str(value), {"unit_of_measurement": unit})

    _set(0.3)
    return _set


@pytest.fixture
def begin(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    call: Call,
    meter: Callable[..., None],
) -> Callable[..., Any]:
    """Begin a print that goes on until it is finished by the test."""

    async def _begin(**power: Any) -> Metered:
        double, machine = await add_real(
            steps=20_000,
            settings={
                "print_from_queue": True,
                "power": {"energy_meter": METER, **power},
            },
        )
        await until(lambda: machine.is_reporting)
        await send(
            await add_printer(
                mode="queue", filing={"hold": False, "target": machine.id}
            )
        )
        await until(lambda: EventKind.JOB_PRINTING in told.kinds, timeout_s=30)
        await until(lambda: machine.share.has_begun)
        await hass.async_block_till_done()
        (job,) = (await call("list_queue"))["jobs"]
        return double, machine, job["job_id"]

    return _begin


async def finish(
    hass: HomeAssistant, metered: Metered, told: Told, call: Call
) -> dict[str, Any]:
    """Cancel the print; what it took until then was taken. Returns its job."""
    _double, _machine, job_id = metered
    await call("stop_job", job_id=job_id, confirm=True)
    await until(lambda: EventKind.JOB_CANCELLED in told.kinds, timeout_s=30)
    job: dict[str, Any] = {}

    async def is_known() -> bool:
        nonlocal job
        await hass.async_block_till_done(wait_background_tasks=False)
        job = await call("get_job", job_id=job_id)
        return job["energy_kwh"] is not None

    await until_it(is_known, "it is known what it took")
    return job


async def test_a_print_keeps_what_it_took_at_the_price_of_each_moment(
    hass: HomeAssistant,
    begin: Callable[..., Any],
    meter: Callable[..., None],
    price: Callable[..., None],
    told: Told,
    call: Call,
    hub: Hub,
) -> None:
    metered = await begin(price_sensor=PRICE, energy_price=9.0)
    meter(100.5)
    price("unavailable")
    meter(100.6)
    price(100, "EUR/MWh")
    meter("unavailable")
    # It began anew, and counts in other units now.
    meter(400, "Wh")
    await hass.async_block_till_done()

    job = await finish(hass, metered, told, call)

    assert job["energy_kwh"] == pytest.approx(1.0)
    assert job["energy_cost"] == pytest.approx(0.5 * 0.3 + 0.5 * 0.1)
    archive = await call("get_archive", archive_id=job["archive_id"])
    assert archive["energy_kwh"] == pytest.approx(1.0)
    await hub.coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=False)
    for key, value in (("energy_printed", 1.0), ("energy_cost_printed", 0.2)):
        entity_id = er.async_get(hass).async_get_entity_id(
            "sensor", DOMAIN, f"{hub.entry.entry_id}_{key}"
        )
        assert entity_id
        state = hass.states.get(entity_id)
        assert state
        assert float(state.state) == pytest.approx(value)
        assert state.attributes["state_class"] == "total"


async def test_without_a_price_the_cost_stays_unknown(
    hass: HomeAssistant,
    begin: Callable[..., Any],
    meter: Callable[..., None],
    told: Told,
    call: Call,
) -> None:
    metered = await begin()
    meter(100.25)
    await hass.async_block_till_done()

    job = await finish(hass, metered, told, call)

    assert (job["energy_kwh"], job["energy_cost"]) == (pytest.approx(0.25), None)


async def test_a_restart_in_the_middle_of_a_print_loses_nothing(
    hass: HomeAssistant,
    begin: Callable[..., Any],
    meter: Callable[..., None],
    told: Told,
    call: Call,
    entry: MockConfigEntry,
) -> None:
    double, machine, job_id = await begin(energy_price=0.4)
    meter(100.5)
    await hass.async_block_till_done()

    assert await hass.config_entries.async_unload(entry.entry_id)
    meter(101.0)
    assert await hass.config_entries.async_setup(entry.entry_id)
    again = entry.runtime_data.machines.by_id[machine.id]
    await until(lambda: again.is_printing)
    await until(lambda: again.share.has_begun)
    meter(101.5)
    await hass.async_block_till_done()

    job = await finish(hass, (double, again, job_id), told, call)

    assert job["energy_kwh"] == pytest.approx(1.5)
    assert job["energy_cost"] == pytest.approx(0.6)


async def test_another_meter_has_readings_of_its_own(
    hass: HomeAssistant,
    begin: Callable[..., Any],
    meter: Callable[..., None],
    told: Told,
    call: Call,
    entry: MockConfigEntry,
) -> None:
    metered = await begin()
    meter(100.5)
    await hass.async_block_till_done()
    subentry = entry.subentries[metered[1].id]
    other = {"unit_of_measurement": "kWh"}
    hass.states.async_set("sensor.other", "7000", other)
    hass.config_entries.async_update_subentry(
        entry,
        subentry,
        data={**subentry.data, "power": {"energy_meter": "sensor.other"}},
    )
    await hass.async_block_till_done()
    meter(500)
    hass.states.async_set("sensor.other", "7000.25", other)
    hass.states.async_set("sensor.other", "7000.5", other)
    await hass.async_block_till_done()

    job = await finish(hass, metered, told, call)

    assert job["energy_kwh"] == pytest.approx(0.5 + 0.25)


async def test_a_meter_that_says_nothing_measures_nothing(
    hass: HomeAssistant,
    begin: Callable[..., Any],
    meter: Callable[..., None],
    told: Told,
    call: Call,
) -> None:
    meter("unavailable")
    metered = await begin()
    meter("inf")
    await hass.async_block_till_done()
    _double, _machine, job_id = metered
    await call("stop_job", job_id=job_id, confirm=True)
    await until(lambda: EventKind.JOB_CANCELLED in told.kinds, timeout_s=30)
    await until(lambda: metered[1].share.job_id is None)
    await hass.async_block_till_done()
    job = await call("get_job", job_id=job_id)
    assert (job["energy_kwh"], job["energy_cost"]) == (None, None)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("EUR/kWh", 1),
        ("EUR/MWh", 0.001),
        ("ct/kWh", 0.01),
        ("¢/kWh", 0.01),
        ("EUR", 1),
        (None, 1),
    ],
)
def test_a_price_is_read_in_its_unit(unit: str | None, factor: float) -> None:
    assert price_factor(unit) == pytest.approx(factor)
