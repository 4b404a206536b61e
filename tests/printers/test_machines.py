"""Real printers in Home Assistant: their entities follow, repairs open and close, and sessions end in order."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
import json
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    DeveloperMode,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.machines import (
    ManagedMachine,
    QueueShare,
)
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.util import dt as dt_util
from scripts.printer_double import Refusal
from scripts.printer_double.double import ACCESS_CODE
from tests.support.home_assistant import DeviceOf, Repairs
from tests.support.real_printers import AddReal
from tests.support.waiting import until


@pytest.fixture
def shown(hass: HomeAssistant) -> Callable[..., Any]:
    """Read an entity of a real printer."""
    registry = er.async_get(hass)

    def _shown(platform: str, machine: ManagedMachine, key: str) -> Any:
        entity_id = registry.async_get_entity_id(
            platform, DOMAIN, f"{machine.id}_{key}"
        )
        assert entity_id, key
        return hass.states.get(entity_id)

    return _shown


@pytest.fixture
def press(hass: HomeAssistant) -> Callable[..., Any]:
    """Call an action on an entity of a real printer."""
    registry = er.async_get(hass)

    async def _press(
        platform: str, machine: ManagedMachine, key: str, action: str
    ) -> None:
        entity_id = registry.async_get_entity_id(
            platform, DOMAIN, f"{machine.id}_{key}"
        )
        await hass.services.async_call(
            platform, action, {"entity_id": entity_id}, blocking=True
        )

    return _press


def issue(hass: HomeAssistant, key: str, machine: ManagedMachine) -> Any:
    """Find an issue about a real printer."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_{machine.id}")


def lose(machine: ManagedMachine, ago: timedelta) -> None:
    """Let a printer have been lost for a while."""
    machine.lost_at = dt_util.utcnow() - ago


async def test_entities_show_what_the_printer_reports(
    add_real: AddReal, hub: Hub, shown: Callable[..., Any]
) -> None:
    double, machine = await add_real()

    double.report(
        gcode_state="RUNNING",
        subtask_name="Gear",
        mc_percent=40,
        layer_num=7,
        total_layer_num=20,
        mc_remaining_time=90,
        bed_temper=55.5,
        bed_target_temper=60,
    )
    await until(lambda: shown("sensor", machine, "printer_state").state == "running")

    assert shown("sensor", machine, "connection").state == "online"
    assert shown("sensor", machine, "current_job").state == "Gear"
    assert shown("sensor", machine, "progress").state == "40"
    assert shown("sensor", machine, "layer").state == "7"
    assert shown("sensor", machine, "layers").state == "20"
    assert float(shown("sensor", machine, "time_left").state) == 90
    bed = shown("sensor", machine, "bed_temperature")
    assert (float(bed.state), bed.attributes["target"]) == (55.5, 60)
    ends_at = dt_util.parse_datetime(shown("sensor", machine, "ends_at").state)
    assert ends_at is not None
    assert abs(ends_at - dt_util.utcnow() - timedelta(minutes=90)) < timedelta(
        minutes=2
    )

    double.report(gcode_state="FINISH")
    await until(lambda: shown("sensor", machine, "printer_state").state == "finish")
    assert shown("sensor", machine, "current_job").state == "unknown"
    assert shown("sensor", machine, "progress").state == "unknown"


async def test_errors_are_told_in_words_with_their_code_and_a_link(
    add_real: AddReal, hub: Hub, shown: Callable[..., Any]
) -> None:
    double, machine = await add_real()
    assert shown("sensor", machine, "error").state == "No error"

    double.report(print_error=0x03008014)
    await until(lambda: shown("sensor", machine, "error").attributes["code"])

    error = shown("sensor", machine, "error")
    assert error.state == "Filament has covered the nozzle."
    assert error.attributes["code"] == "0300-8014"
    assert "03008014" in error.attributes["link"]


async def test_spools_are_shown_with_their_places(
    add_real: AddReal, hub: Hub, shown: Callable[..., Any]
) -> None:
    _double, machine = await add_real(model="BL-P001")

    spools = shown("sensor", machine, "spools").attributes["spools"]

    assert spools[0]["place"] == "A1"
    assert spools[-1]["place"] == "External spool"
    assert int(shown("sensor", machine, "spools").state) == sum(
        spool["is_present"] for spool in spools
    )


async def test_a_printer_that_is_lost_is_told_once_and_its_entities_are_unavailable(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    shown: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    double, machine = await add_real()

    await double.power_off()
    await until(lambda: not machine.state.is_available)
    # It goes on to fail.
    await until(lambda: machine.machine._session._failures > 3)

    assert shown("sensor", machine, "printer_state").state == STATE_UNAVAILABLE
    assert shown("sensor", machine, "jobs").state == "0"
    assert shown("binary_sensor", machine, "plate_occupied").state == STATE_OFF

    await double.power_on()
    await until(lambda: machine.is_reporting)
    assert shown("sensor", machine, "printer_state").state == "idle"
    told = [message for message in caplog.messages if message.startswith("Cellar can")]
    lost, back = told
    assert lost.startswith("Cellar cannot be reached (")
    assert back == "Cellar can be reached again"


async def test_sessions_end_with_goodbye_when_the_entry_is_unloaded(
    hass: HomeAssistant, entry: MockConfigEntry, add_real: AddReal, hub: Hub
) -> None:
    double, _machine = await add_real()
    assert len(double.broker.sessions) == 1

    assert await hass.config_entries.async_unload(entry.entry_id)

    assert double.broker.disconnects == 1


async def test_there_is_one_session_and_only_another_address_or_code_makes_another(
    hass: HomeAssistant, entry: MockConfigEntry, add_real: AddReal, hub: Hub
) -> None:
    double, machine = await add_real()
    session = machine.machine
    subentry = entry.subentries[machine.id]

    hass.config_entries.async_update_subentry(entry, subentry, title="Attic")
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    await hass.async_block_till_done()

    assert machine.machine is session
    assert machine.name == "Attic"
    assert machine.config.prints_from_queue
    assert len(double.broker.sessions) == 1

    subentry = entry.subentries[machine.id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "host": "localhost"}
    )
    await hass.async_block_till_done()
    assert machine.machine is not session
    await until(lambda: not double.broker.sessions)


async def test_a_refused_access_code_is_a_repair_until_another_is_taken(
    hass: HomeAssistant, entry: MockConfigEntry, add_real: AddReal, hub: Hub
) -> None:
    _double, machine = await add_real(settings={"access_code": "00000000"})
    await until(lambda: issue(hass, "access_code_refused", machine))

    subentry = entry.subentries[machine.id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "access_code": "12345678"}
    )
    await until(lambda: machine.is_reporting)

    assert issue(hass, "access_code_refused", machine) is None


async def test_a_certificate_that_nobody_vouches_for_gets_no_code_until_it_is_confirmed(
    hass: HomeAssistant, entry: MockConfigEntry, add_real: AddReal, hub: Hub
) -> None:
    double, machine = await add_real(vouched_for=False)
    await until(lambda: issue(hass, "printer_certificate", machine))
    assert double.broker.logins == 0

    fingerprint = issue(hass, "printer_certificate", machine).data["fingerprint"]
    subentry = entry.subentries[machine.id]
    hass.config_entries.async_update_subentry(
        entry,
        subentry,
        data={**subentry.data, "certificate_fingerprint": fingerprint},
    )
    await until(lambda: machine.is_reporting)

    assert issue(hass, "printer_certificate", machine) is None


async def test_developer_mode_that_is_off_is_a_repair_until_a_command_is_taken(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    shown: Callable[..., Any],
    press: Callable[..., Any],
) -> None:
    double, machine = await add_real()
    assert shown("sensor", machine, "developer_mode").state == "unknown"
    double.faults.refusal = Refusal.VERIFY_FAILED

    with pytest.raises(HomeAssistantError, match="Developer Mode is off"):
        await press("button", machine, "pause", "press")
    assert shown("sensor", machine, "developer_mode").state == "off"
    assert issue(hass, "developer_mode_off", machine)

    double.faults.refusal = Refusal.NONE
    double.report(gcode_state="RUNNING")
    await until(lambda: machine.is_printing)
    await press("button", machine, "pause", "press")
    assert shown("sensor", machine, "developer_mode").state == "on"
    assert issue(hass, "developer_mode_off", machine) is None


async def test_full_slots_are_a_repair_once_they_have_lasted(
    hass: HomeAssistant, add_real: AddReal, hub: Hub
) -> None:
    double, machine = await add_real()
    double.faults.tls_stalls = True
    await double.power_off()
    await double.power_on()
    await until(lambda: machine.state.availability is Availability.TOO_MANY_CLIENTS)
    assert issue(hass, "printer_too_many_clients", machine) is None

    lose(machine, timedelta(minutes=6))
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=6))
    await hass.async_block_till_done()
    assert issue(hass, "printer_too_many_clients", machine)

    double.faults.tls_stalls = False
    await double.power_off()
    await double.power_on()
    await until(lambda: machine.is_reporting)
    assert issue(hass, "printer_too_many_clients", machine) is None


async def test_another_printer_at_the_address_is_a_repair(
    hass: HomeAssistant, entry: MockConfigEntry, add_real: AddReal, hub: Hub
) -> None:
    double, machine = await add_real(settings={"serial": "01P00A391499999"})
    await until(lambda: issue(hass, "printer_wrong_serial", machine))
    assert double.broker.logins == 0

    hass.config_entries.async_remove_subentry(entry, machine.id)
    await hass.async_block_till_done()
    assert issue(hass, "printer_wrong_serial", machine) is None


async def test_a_missing_card_is_a_repair_where_the_queue_prints(
    hass: HomeAssistant, add_real: AddReal, hub: Hub
) -> None:
    double, machine = await add_real()
    with_card = double.status["home_flag"]
    double.report(home_flag=with_card & ~0x300)
    await until(lambda: machine.state.storage.state == "missing")
    assert issue(hass, "printer_storage_missing", machine) is None

    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    await hass.async_block_till_done()
    assert issue(hass, "printer_storage_missing", machine)

    # What prints from internal memory needs none.
    double.report(fun="80000000", fun2="1")
    await until(lambda: issue(hass, "printer_storage_missing", machine) is None)
    double.report(fun2="0")
    await until(lambda: issue(hass, "printer_storage_missing", machine))

    double.report(home_flag=with_card)
    await until(lambda: issue(hass, "printer_storage_missing", machine) is None)


async def test_the_light_is_switched(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    shown: Callable[..., Any],
    press: Callable[..., Any],
) -> None:
    double, machine = await add_real()
    double.report(lights_report=[{"node": "chamber_light", "mode": "off"}])
    await until(lambda: shown("switch", machine, "chamber_light").state == STATE_OFF)

    await press("switch", machine, "chamber_light", "turn_on")

    await until(lambda: shown("switch", machine, "chamber_light").state == STATE_ON)
    assert double.received("ledctrl")[-1]["led_mode"] == "on"


async def test_what_the_bambu_lab_integration_has_too_is_off_and_the_devices_are_linked(
    hass: HomeAssistant, add_real: AddReal, hub: Hub, device_of: DeviceOf
) -> None:
    other = MockConfigEntry(domain="bambu_lab", data={"serial": "01P00A391400001"})
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id,
        identifiers={("bambu_lab", "01P00A391400001")},
    )

    _double, linked = await add_real("Linked")
    _double, alone = await add_real("Alone")

    registry = er.async_get(hass)

    def _disabled(machine: ManagedMachine) -> set[str]:
        return {
            entity.unique_id.removeprefix(f"{machine.id}_")
            for entity in registry.entities.values()
            if entity.disabled_by and entity.unique_id.startswith(machine.id)
        }

    assert _disabled(alone) == {"stop", "wifi"}
    assert _disabled(linked) >= {"printer_state", "progress", "chamber_light", "pause"}
    assert not _disabled(linked) & {
        "connection", "plate_occupied", "plate_cleared", "print_from_queue", "jobs", "error",
    }  # fmt: skip
    of_linked, of_alone = device_of(linked.id), device_of(alone.id)
    assert of_linked and of_linked.via_device_id == device.id
    assert of_alone and of_alone.via_device_id is None


async def test_developer_mode_is_never_asked_for(add_real: AddReal, hub: Hub) -> None:
    """Probing upset brokers: nothing is sent but what slicers send to look at a printer."""
    double, machine = await add_real()

    assert machine.state.developer_mode is DeveloperMode.UNKNOWN
    assert {next(iter(message)) for message in double.commands} <= {"info", "pushing"}


async def test_diagnostics_have_the_dialogue_and_no_secrets(
    hass: HomeAssistant, entry: MockConfigEntry, add_real: AddReal, hub: Hub
) -> None:
    double, machine = await add_real()

    found = await async_get_config_entry_diagnostics(hass, entry)

    (shown,) = found["real_printers"]
    assert shown["availability"] == "online"
    assert shown["sessions"] == 1
    assert shown["url_form"] == "ftp://{name}"
    commands = [one["fields"].get("command") for one in shown["dialogue"]]
    assert {"get_version", "pushall"} <= set(commands)
    text = json.dumps(shown)
    for secret in (double.serial, ACCESS_CODE, double.address, machine.name):
        assert secret not in text, secret


async def test_refused_connections_are_a_repair_whose_button_tries_again(
    hass: HomeAssistant, add_real: AddReal, hub: Hub, repairs: Repairs
) -> None:
    double, machine = await add_real()
    await double.power_off()
    await until(lambda: machine.state.availability is Availability.LAN_ACCESS_OFF)
    lose(machine, timedelta(minutes=6))
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=6))
    await hass.async_block_till_done()
    assert issue(hass, "printer_lan_access_off", machine)
    form = await repairs.open(f"printer_lan_access_off_{machine.id}")

    await double.power_on()
    assert (await repairs.answer(form))["type"] == "create_entry"
    assert machine.state.is_available
    assert issue(hass, "printer_lan_access_off", machine) is None


async def test_since_when_a_printer_is_gone_survives_a_restart(
    hass: HomeAssistant, add_real: AddReal, hub: Hub
) -> None:
    _double, machine = await add_real(
        on=False, settings={"host": "no-such-printer.invalid"}
    )
    serial = machine.machine.serial
    library = hub.library

    async def stored() -> datetime | None:
        return (await library.prints.memory(serial)).lost_at

    await until(lambda: machine.state.availability is Availability.OFFLINE)
    async with asyncio.timeout(10):
        while await stored() is None:
            await asyncio.sleep(0.01)
    yesterday = dt_util.utcnow() - timedelta(hours=25)
    await library.prints.remember(serial, lost_at=yesterday)
    await hass.config_entries.async_reload(hub.entry.entry_id)
    machine = hub.entry.runtime_data.machines.by_id[machine.id]
    assert machine.lost_at == yesterday


async def test_a_printer_that_is_gone_for_a_day_is_a_repair_only_while_jobs_wait(
    hass: HomeAssistant, add_real: AddReal, hub: Hub
) -> None:
    _double, machine = await add_real(
        on=False, settings={"host": "no-such-printer.invalid"}
    )
    await until(lambda: machine.state.availability is Availability.OFFLINE)
    lose(machine, timedelta(hours=25))
    hub.machines._issues.look(machine)
    assert issue(hass, "printer_unreachable", machine) is None

    machine.share = QueueShare(jobs=1)
    hub.machines._issues.look(machine)
    assert issue(hass, "printer_unreachable", machine)

    machine.share = QueueShare()
    hub.machines._issues.look(machine)
    assert issue(hass, "printer_unreachable", machine) is None


async def test_a_full_card_is_a_repair_while_a_file_does_not_fit(
    hass: HomeAssistant, add_real: AddReal, hub: Hub
) -> None:
    _double, machine = await add_real(settings={"print_from_queue": True})
    await until(lambda: machine.is_reporting)

    hub.machines._issues.storage_full(machine, is_full=True)
    assert issue(hass, "printer_storage_full", machine)

    hub.machines._issues.storage_full(machine, is_full=False)
    assert issue(hass, "printer_storage_full", machine) is None
