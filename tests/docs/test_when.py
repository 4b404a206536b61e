"""The recipes of docs/when.md, as they stand there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printing.when.prices import read_prices
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from scripts.recipes import recipes
from tests.support.home_assistant import AddPrinter, Call, Send
from tests.support.waiting import until


def recipe(heading: str, number: int = 0) -> dict[str, Any]:
    """Return a block of YAML below a heading."""
    return recipes("when.md", heading)[number]


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
