"""The recipes of docs/when.md, as they stand there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printing.when.prices import read_prices
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from scripts.recipes import recipes
from tests.docs import forms
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile
from tests.support.real_printers import AddReal
from tests.support.waiting import until

PRINTS = {"print_from_queue": True, "wait_for_plate": False}

type Give = Callable[..., Any]


def recipe(heading: str, number: int = 0) -> dict[str, Any]:
    """Return a block of YAML below a heading."""
    return recipes("when.md", heading)[number]


def settings_of(heading: str) -> dict[str, Any]:
    """Return the fields of the form *When it may print* in a table below a heading, by their keys."""
    return forms.settings_of("when.md", heading, "when")


@pytest.fixture
def give(hass: HomeAssistant, entry: MockConfigEntry) -> Give:
    """Fill in a real printer's form."""

    async def _give(machine_id: str, **fields: Any) -> None:
        await forms.fill_in(hass, entry, machine_id, "when", fields)

    return _give


@pytest.fixture
def run(hass: HomeAssistant) -> Callable[..., Any]:
    """Run an action as a script."""

    async def _run(action: dict[str, Any]) -> None:
        assert await async_setup_component(
            hass, "script", {"script": {"recipe": {"sequence": [action]}}}
        )
        await hass.services.async_call("script", "recipe", blocking=True)
        await hass.async_block_till_done()

    return _run


async def test_the_next_job_is_to_be_ready_in_the_morning_and_tells_when_it_cannot_be(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    run: Callable[..., Any],
) -> None:
    await send(await add_printer(mode="queue"))
    await until(lambda: hub.coordinator.data.statistics.next_job)
    await hass.async_block_till_done()
    await run(recipe("Have it ready in time"))
    (job,) = (await call("list_queue"))["jobs"]
    due = dt_util.parse_datetime(job["due"], raise_on_error=True)
    morning = dt_util.start_of_local_day() + timedelta(days=1)
    assert dt_util.as_local(due).date() == morning.date()
    assert dt_util.as_local(due).hour == 7

    messages = async_mock_service(hass, "notify", "mobile_app_phone")
    automation = {"alias": "Late", **recipe("Have it ready in time", 1)}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    soon = dt_util.utcnow() + timedelta(minutes=1)
    await call("edit_job", job_id=job["job_id"], due=soon.isoformat())
    await until(lambda: bool(messages))
    assert messages[0].data["title"] == f"{job['name']} will be late"
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.late"}, blocking=True
    )


@pytest.mark.parametrize(
    ("heading", "number", "field"),
    [
        ("Print only while", 0, "only_while"),
        ("Print only while", 1, "only_while"),
        ("Print at the cheapest time", 0, "cheapest_before"),
        ("Let it be quiet at night", 0, "quiet_hours"),
        ("Print with the sun", 0, "sun"),
    ],
)
async def test_an_archive_is_queued_with_a_condition(
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    run: Callable[..., Any],
    heading: str,
    number: int,
    field: str,
) -> None:
    hass.states.async_set("binary_sensor.somebody_home", "on")
    hass.states.async_set("sensor.workshop_temperature", "20")
    hass.states.async_set("sensor.grid_export", "20")
    await send(await add_printer())
    (archive,) = (await call("list_archives"))["archives"]
    action = recipe(heading, number)
    action["data"]["archive_id"] = archive["archive_id"]
    await run(action)
    (job,) = (await call("list_queue"))["jobs"]
    assert job["state"] == "pending"
    assert job[field]


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_template_sensor_keeps_the_prices_of_an_action(
    hass: HomeAssistant,
) -> None:
    start = dt_util.start_of_local_day()
    hours = [(start + timedelta(hours=number)).isoformat() for number in range(24)]

    async def get_prices(_call: object) -> dict[str, Any]:
        return {
            "prices": {
                "Home": [
                    {"start_time": hour, "price": number / 10}
                    for number, hour in enumerate(hours)
                ]
            }
        }

    hass.services.async_register(
        "tibber", "get_prices", get_prices, supports_response=SupportsResponse.ONLY
    )
    assert await async_setup_component(
        hass, "template", recipe("Print at the cheapest time", 1)
    )
    hass.bus.async_fire("homeassistant_start")
    hass.bus.async_fire("homeassistant_started")
    await hass.async_block_till_done()

    def attributes() -> dict[str, Any]:
        state = hass.states.get("sensor.energy_price_forecast")
        return dict(state.attributes) if state else {}

    found = read_prices(attributes(), dt_util.get_default_time_zone())
    assert [round(price.price, 1) for price in found][:3] == [0.0, 0.1, 0.2]
    assert found[0].start == start.astimezone(dt_util.UTC)
    assert len(found) == 24


async def test_prints_wait_for_the_sun_and_for_no_longer_than_to_be_ready_by_six(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    give: Give,
) -> None:
    # It is noon or a little later there.
    west = dt_util.utcnow().hour - 12
    await hass.config.async_set_time_zone(f"Etc/GMT{west:+d}" if west else "Etc/GMT")
    hass.states.async_set("sensor.grid_export", "0", {"unit_of_measurement": "W"})
    double, machine = await add_real(settings=PRINTS)
    await give(machine.id, **settings_of("Have it ready in time"))
    await send(await add_printer(mode="queue", filing={"hold": False}))
    (job,) = (await call("list_queue"))["jobs"]

    def waits_for() -> str:
        reason = hub.machines.reasons.get(job["job_id"])
        return reason.key.value if reason else ""

    await until(lambda: waits_for() == "no_sun", timeout_s=20)
    (job,) = (await call("list_queue"))["jobs"]
    six = dt_util.now().replace(hour=18, minute=0, second=0, microsecond=0)
    planned = dt_util.parse_datetime(job["planned_start"])
    assert planned == six - timedelta(seconds=job["print_time_s"])
    assert double.prints == []
    hass.states.async_set("sensor.grid_export", "501", {"unit_of_measurement": "W"})
    await until(lambda: bool(double.prints), timeout_s=30)


async def test_printers_of_a_circuit_begin_one_after_the_other(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    give: Give,
) -> None:
    doubles = []
    for name in ("Left", "Right"):
        # The first one's plate has to be cleared before it prints again.
        double, machine = await add_real(name, settings={"print_from_queue": True})
        doubles.append(double)
        await give(machine.id, **settings_of("Let one heat at a time"))
    printer = await add_printer(mode="queue", filing={"hold": False})
    for seed, title in enumerate(("Vase", "Box")):
        await send(printer, sliced_file(f"{title}.3mf", title=title, seed=seed))

    def waits_for() -> list[str]:
        reasons = hub.machines.reasons.values()
        return [reason.key.value for reason in reasons if reason.until]

    await until(lambda: waits_for() == ["circuit"], timeout_s=30)
    ((job_id, reason),) = hub.machines.reasons.items()
    assert reason.until
    minutes = timedelta(
        minutes=settings_of("Let one heat at a time")["stagger_minutes"]
    )
    assert timedelta() < reason.until - dt_util.utcnow() <= minutes
    (job,) = (
        one for one in (await call("list_queue"))["jobs"] if one["job_id"] == job_id
    )
    assert dt_util.parse_datetime(job["planned_start"]) == reason.until
    assert sum(len(double.prints) for double in doubles) == 1
