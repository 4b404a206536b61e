"""The form that says when a real printer may print."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.config.when import WhenConfig
from custom_components.bambu_virtual_printer.flows.when_form import (
    check_rules,
    rules_of,
)
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from tests.support.real_printers import AddReal


@pytest.fixture(autouse=True)
def _sensors(hass: HomeAssistant) -> None:
    hass.states.async_set(
        "sensor.spot",
        "0.3",
        {"forecast": [{"start": "2026-11-29T12:00:00", "price": 1}]},
    )
    hass.states.async_set("sensor.hot", "20", {"unit_of_measurement": "°C"})
    hass.states.async_set("sensor.roof", "2", {"unit_of_measurement": "kW"})
    hass.states.async_set("sensor.asleep", "unavailable")


@pytest.mark.parametrize(
    ("rules", "errors"),
    [
        ({}, {}),
        ({"quiet_from": "22:00:00", "quiet_to": "07:00:00"}, {}),
        ({"quiet_from": "22:00:00"}, {"quiet_to": "quiet_times"}),
        ({"quiet_to": "07:00:00"}, {"quiet_from": "quiet_times"}),
        (
            {"quiet_from": "07:00:00", "quiet_to": "07:00:00"},
            {"quiet_to": "quiet_times"},
        ),
        ({"price_sensors": ["sensor.spot"], "cheapest_before": "07:00:00"}, {}),
        ({"price_sensors": ["sensor.gone"]}, {}),
        ({"price_sensors": ["sensor.hot"]}, {"price_sensors": "no_prices"}),
        (
            {"cheapest_before": "07:00:00"},
            {"cheapest_before": "needs_price_sensor"},
        ),
        ({"sun_sensor": "sensor.roof", "sun_limit_w": 300}, {}),
        ({"sun_sensor": "sensor.asleep", "sun_limit_w": 300}, {}),
        ({"sun_sensor": "sensor.roof"}, {"sun_limit_w": "needs_limit"}),
        (
            {"sun_sensor": "sensor.hot", "sun_limit_w": 300},
            {"sun_sensor": "no_power"},
        ),
    ],
)
async def test_rules_that_cannot_be_used_are_told_at_their_field(
    hass: HomeAssistant, rules: dict[str, Any], errors: dict[str, str]
) -> None:
    assert check_rules(hass, rules) == errors


def test_what_is_left_empty_is_no_rule() -> None:
    rules = rules_of(
        {"circuit": " ", "only_while": [], "sun_sensor": "", "quiet_scope": "run"}
    )
    assert rules == {"quiet_scope": "run"}
    assert rules_of({"circuit": " Workshop "}) == {"circuit": "Workshop"}


async def test_a_printer_is_given_rules_and_keeps_them(
    hass: HomeAssistant, add_real: AddReal, hub: Hub, entry: MockConfigEntry
) -> None:
    _double, machine = await add_real()
    flows = hass.config_entries.subentries

    async def answer(**when: Any) -> Any:
        menu = await flows.async_init(
            (entry.entry_id, "printer"),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": machine.id},
        )
        form = await flows.async_configure(menu["flow_id"], {"next_step_id": "when"})
        assert form["step_id"] == "when"
        result = await flows.async_configure(form["flow_id"], when)
        await hass.async_block_till_done()
        return result

    result = await answer(quiet_from="22:00:00")
    assert result["errors"] == {"quiet_to": "quiet_times"}
    result = await answer(quiet_from="22:00:00", quiet_to="07:00:00", circuit="Attic")
    assert result["reason"] == "reconfigure_successful"
    kept = entry.subentries[machine.id].data["when"]
    assert WhenConfig.from_data(kept).circuit == "Attic"
    assert hub.machines.by_id[machine.id].config.when.circuit == "Attic"
