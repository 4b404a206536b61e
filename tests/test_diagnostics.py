import json
import shutil

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from tests.support.home_assistant import DeviceOf, Send


async def test_diagnostics_tell_what_runs_and_no_secrets(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    send: Send,
    hub: Hub,
) -> None:
    await send(printer)
    await hub.coordinator.async_refresh()
    told = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps(told)
    assert told["library"]["archives"] == 1
    (shown,) = told["printers"]
    assert shown["running"] is True
    assert set(shown["listeners"]) == {
        "bind",
        "bind_tls",
        "discovery",
        "ftps",
        "mqtt",
        "tunnel",
    }
    assert shown["uploads_received"] == 1
    assert shown["announcements"] > 0
    assert shown["data_ports"] == [50000, 50009]
    for secret in (
        printer.config.access_code,
        printer.config.serial_suffix,
        "Gear and star",
        "PRIVATE KEY",
    ):
        assert secret not in text


async def test_a_device_s_diagnostics_are_about_that_device(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    device_of: DeviceOf,
) -> None:
    device = device_of(printer.id)
    hub_device = device_of(entry.entry_id)
    assert device and hub_device
    about_printer = await async_get_device_diagnostics(hass, entry, device)
    assert about_printer["running"] is True
    about_hub = await async_get_device_diagnostics(hass, entry, hub_device)
    assert "library" in about_hub


async def test_a_certificate_that_cannot_be_written_is_told_without_the_serial(
    hass: HomeAssistant, entry: MockConfigEntry, printer: ManagedPrinter, hub: Hub
) -> None:
    serial = printer.config.serial
    await hub.certificates.async_renew()
    folder = hub.certificates.authority.folder / serial
    shutil.rmtree(folder)
    folder.touch()
    await printer.async_restart()
    assert printer.failure and serial in str(printer.failure)
    told = await async_get_config_entry_diagnostics(hass, entry)
    (shown,) = told["printers"]
    assert shown["failure"]
    assert serial not in json.dumps(told)
