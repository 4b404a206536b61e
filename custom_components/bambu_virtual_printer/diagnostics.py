"""Diagnostics: what runs and what does not, without codes, serial numbers, addresses of people or names of files."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from .const import CONF_ACCESS_CODE, CONF_SERIAL_SUFFIX, DOMAIN
from .hub import Hub, HubConfigEntry
from .printers import ManagedPrinter

TO_REDACT = {CONF_ACCESS_CODE, CONF_SERIAL_SUFFIX, CONF_NAME, "title", "unique_id"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: HubConfigEntry
) -> dict[str, Any]:
    """Describe the hub and every printer."""
    hub = entry.runtime_data
    return {
        "options": dict(entry.options),
        "library": _library(hub),
        "certificate_authority": {
            "sha256": hub.authority.sha256_fingerprint,
            "expires_at": hub.authority.expires_at.isoformat(),
        },
        "printers": [_printer(entry, printer) for printer in hub.printers.values()],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: HubConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Describe one printer, or the hub."""
    hub = entry.runtime_data
    for domain, identifier in device.identifiers:
        if domain == DOMAIN and (printer := hub.printers.get(identifier)):
            return _printer(entry, printer)
    return await async_get_config_entry_diagnostics(hass, entry)


def _library(hub: Hub) -> dict[str, Any]:
    statistics = hub.statistics
    return {
        "archives": statistics.archives,
        "archive_bytes": statistics.archive_bytes,
        "pending": statistics.pending,
        "pending_bytes": statistics.pending_bytes,
        "free_bytes": statistics.free_bytes,
        "disk_bytes": statistics.disk_bytes,
    }


def _printer(entry: HubConfigEntry, printer: ManagedPrinter) -> dict[str, Any]:
    subentry = entry.subentries[printer.id]
    return {
        "settings": async_redact_data(dict(subentry.data), TO_REDACT),
        "serial_prefix": printer.config.model.serial_prefix,
        "running": printer.running,
        "listeners": {
            service.value: bound for service, bound in printer.listeners.items()
        },
        "problems": [
            {
                "kind": problem.kind.value,
                "service": problem.service.value,
                "port": problem.port,
                "reason": problem.reason,
            }
            for problem in printer.problems
        ],
        "failure": printer.failure,
        "announcements": printer.announcements,
        "connected_slicers": len(printer.slicers),
        "uploads_under_way": [upload.received_bytes for upload in printer.uploads],
        "uploads_received": printer.uploads_received,
        "data_ports": [
            printer.config.identity.data_ports.start,
            printer.config.identity.data_ports.stop - 1,
        ],
    }
