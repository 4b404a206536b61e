"""The devices: the hub and its printers."""

from collections.abc import Collection

from homeassistant.components import frontend
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from ..config.subentries import AnyPrinterConfig, MachineConfig
from ..const import (
    DOMAIN,
    MANUFACTURER,
    SUBENTRY_PRINTER,
    SUBENTRY_PROXY,
    SUBENTRY_VIRTUAL_PRINTER,
)
from ..presentation import PANEL_PATH, panel_url
from .bambu_lab import async_bambu_lab_device

MACHINE_MANUFACTURER = "Bambu Lab"


def hub_identifiers(entry: ConfigEntry) -> set[tuple[str, str]]:
    """Return the identifiers of the hub's device."""
    return {(DOMAIN, entry.entry_id)}


def printer_identifiers(printer_id: str) -> set[tuple[str, str]]:
    """Return the identifiers of a printer's device; they stay when model, serial or address change."""
    return {(DOMAIN, printer_id)}


@callback
def _visit(hass: HomeAssistant, *parts: str) -> str | None:
    """Return the target of **Visit** on a device's page: a page of the panel, None without the panel."""
    if not frontend.async_panel_exists(hass, PANEL_PATH):
        return None
    return f"homeassistant:/{panel_url(*parts)}"


def hub_device_info(hass: HomeAssistant, entry: ConfigEntry) -> DeviceInfo:
    """Describe the hub."""
    return DeviceInfo(
        identifiers=hub_identifiers(entry),
        name=entry.title,
        manufacturer=MANUFACTURER,
        entry_type=DeviceEntryType.SERVICE,
        configuration_url=_visit(hass),
    )


def printer_device_info(
    hass: HomeAssistant, entry: ConfigEntry, config: AnyPrinterConfig
) -> DeviceInfo:
    """Describe a printer."""
    return DeviceInfo(
        identifiers=printer_identifiers(config.id),
        name=config.name,
        manufacturer=MANUFACTURER,
        model=config.model.product_name,
        model_id=config.model.code,
        serial_number=config.serial,
        via_device_id=dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        ),
        configuration_url=_visit(hass, "printers", config.id),
    )


def machine_device_info(hass: HomeAssistant, machine: MachineConfig) -> DeviceInfo:
    """Describe a real printer. Two integrations cannot share a device: it is shown as connected by the Bambu Lab one's."""
    return DeviceInfo(
        identifiers=printer_identifiers(machine.id),
        name=machine.name,
        manufacturer=MACHINE_MANUFACTURER,
        model=machine.model.product_name,
        model_id=machine.model.code,
        serial_number=machine.serial,
        via_device_id=async_bambu_lab_device(hass, machine.serial),
        configuration_url=_visit(hass, "printers", machine.id),
    )


@callback
def async_printer_id(hass: HomeAssistant, device_id: str) -> str | None:
    """Return the id of the virtual printer or proxy a device is; None when it is something else, the hub included."""
    return _subentry_id(hass, device_id, {SUBENTRY_VIRTUAL_PRINTER, SUBENTRY_PROXY})


@callback
def async_machine_id(hass: HomeAssistant, device_id: str) -> str | None:
    """Return the id of the real printer a device is; None when it is something else."""
    return _subentry_id(hass, device_id, {SUBENTRY_PRINTER})


def _subentry_id(
    hass: HomeAssistant, device_id: str, types: Collection[str]
) -> str | None:
    device, entry = dr.async_get_device_and_config_entry_for_domain(
        hass, device_id, domain=DOMAIN, include_child_devices=False
    )
    if device is None or entry is None or device.config_subentry_id is None:
        return None
    subentry = entry.subentries.get(device.config_subentry_id)
    if subentry and subentry.subentry_type in types:
        return subentry.subentry_id
    return None
