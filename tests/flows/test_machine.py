"""The steps that change a real printer beside its connection."""

from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.engine.machines.values import SpoolPlace
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from tests.support.real_printers import AddReal
from tests.support.waiting import until

GREEN = {"slot": "0-0", "sensor": "sensor.green"}


async def _spools(hass: HomeAssistant, entry: MockConfigEntry, id_: str) -> Any:
    menu = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "printer"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": id_},
    )
    assert menu["menu_options"] == ["connection", "spools", "when", "power"]
    return await hass.config_entries.subentries.async_configure(
        menu["flow_id"], {"next_step_id": "spools"}
    )


async def test_sensors_are_bound_to_the_slots_that_the_printer_has(
    hass: HomeAssistant, entry: MockConfigEntry, add_real: AddReal, hub: Hub
) -> None:
    hass.states.async_set("sensor.green", "0.5", {"unit_of_measurement": "kg"})
    _double, machine = await add_real()
    await until(lambda: machine.state.spools)
    form = await _spools(hass, entry, machine.id)
    [field] = form["data_schema"].schema.values()
    slots = field.config["fields"]["slot"]["selector"].config["options"]
    assert [one["label"] for one in slots] == ["A1", "A2", "A3", "A4", "External spool"]
    configure = hass.config_entries.subentries.async_configure
    twice = [GREEN, {**GREEN, "sensor": "sensor.other"}]
    form = await configure(form["flow_id"], {"spool_sensors": twice})
    assert form["errors"] == {"spool_sensors": "slot_twice"}
    done = await configure(form["flow_id"], {"spool_sensors": [GREEN]})
    assert (done["type"], done["reason"]) == (
        FlowResultType.ABORT,
        "reconfigure_successful",
    )
    await hass.async_block_till_done()
    place = SpoolPlace(unit=0, slot=0)
    assert machine.config.spool_sensors == {place: "sensor.green"}
    form = await _spools(hass, entry, machine.id)
    [key] = form["data_schema"].schema
    assert key.description == {"suggested_value": [GREEN]}
    await configure(form["flow_id"], {})
    await hass.async_block_till_done()
    assert machine.config.spool_sensors == {}


async def test_nothing_is_asked_while_the_hub_does_not_run(
    hass: HomeAssistant, entry: MockConfigEntry, add_real: AddReal, hub: Hub
) -> None:
    _double, machine = await add_real()
    await hass.config_entries.async_unload(entry.entry_id)
    result = await _spools(hass, entry, machine.id)
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "hub_not_loaded",
    )


async def test_what_switches_and_measures_has_to_be_there_and_fit(
    hass: HomeAssistant, entry: MockConfigEntry, add_real: AddReal, hub: Hub
) -> None:
    """The integration's own switches among them: switching *Print from the queue* off for power would stop the queue."""
    _double, machine = await add_real()
    hass.states.async_set("switch.socket", "on")
    hass.states.async_set("sensor.meter", "1.5", {"unit_of_measurement": "kWh"})
    hass.states.async_set("sensor.later", "unavailable")
    hass.states.async_set("sensor.sun", "12:00")
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    own = next(each.entity_id for each in entities if each.domain == "switch")
    configure = hass.config_entries.subentries.async_configure
    menu = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "printer"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": machine.id},
    )
    form = await configure(menu["flow_id"], {"next_step_id": "power"})
    rest = {"switches_off": True, "off_after_minutes": 10, "takes_over": False}
    for given, errors in (
        ({"switch": "switch.nope"}, {"switch": "no_such_entity"}),
        ({"switch": own}, {"switch": "own_switch"}),
        ({"energy_meter": "sensor.nope"}, {"energy_meter": "no_such_entity"}),
        ({"energy_meter": "sensor.sun"}, {"energy_meter": "no_energy"}),
        ({"price_sensor": "sensor.nope"}, {"price_sensor": "no_such_entity"}),
    ):
        form = await configure(form["flow_id"], {**rest, **given})
        assert form["errors"] == errors
    for meter in ("sensor.later", "sensor.meter"):
        done = await configure(
            form["flow_id"], {**rest, "switch": "switch.socket", "energy_meter": meter}
        )
        assert done["reason"] == "reconfigure_successful"
        await hass.async_block_till_done()
        menu = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "printer"),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": machine.id},
        )
        form = await configure(menu["flow_id"], {"next_step_id": "power"})
