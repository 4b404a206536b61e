"""Diagnostics: what runs and what does not, without codes, serial numbers, addresses of people or names of files."""

from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.util import dt as dt_util

from .config.shared_library import (
    CONF_CERTIFICATES,
    CONF_ENDPOINT,
    SECRETS,
    SharedLibrarySettings,
)
from .const import (
    CONF_ACCESS_CODE,
    CONF_FINGERPRINT,
    CONF_HOST,
    CONF_SERIAL,
    CONF_SERIAL_SUFFIX,
    DOMAIN,
)
from .hub import Hub, HubConfigEntry
from .printers.machines import ManagedMachine
from .printers.managed import ManagedPrinter

TO_REDACT = {
    CONF_ACCESS_CODE,
    CONF_SERIAL,
    CONF_SERIAL_SUFFIX,
    CONF_NAME,
    "title",
    "unique_id",
}

TO_REDACT_OF_SHARED_LIBRARY = SECRETS | {CONF_HOST, CONF_ENDPOINT, CONF_CERTIFICATES}

TO_REDACT_OF_MACHINES = TO_REDACT | {CONF_HOST, CONF_FINGERPRINT}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: HubConfigEntry
) -> dict[str, Any]:
    """Describe the hub and every printer."""
    hub = entry.runtime_data
    return {
        "options": dict(entry.options),
        "library": _library(hub),
        "shared_library": _shared_library(entry),
        "certificate_authority": {
            "sha256": hub.certificates.authority.sha256_fingerprint,
            "expires_at": hub.certificates.authority.expires_at.isoformat(),
        },
        "printers": [_printer(entry, printer) for printer in hub.printers.values()],
        "real_printers": [
            _machine(entry, machine) for machine in hub.machines.by_id.values()
        ],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: HubConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Describe one printer, or the hub."""
    hub = entry.runtime_data
    for domain, identifier in device.identifiers:
        if domain == DOMAIN and (printer := hub.printers.get(identifier)):
            return _printer(entry, printer)
        if domain == DOMAIN and (machine := hub.machines.by_id.get(identifier)):
            return _machine(entry, machine)
    return await async_get_config_entry_diagnostics(hass, entry)


def _library(hub: Hub) -> dict[str, Any]:
    statistics = hub.coordinator.data.statistics
    return {
        "archives": statistics.archives,
        "archive_bytes": statistics.archive_bytes,
        "pending": statistics.pending,
        "pending_bytes": statistics.pending_bytes,
        "free_bytes": statistics.free_bytes,
        "disk_bytes": statistics.disk_bytes,
    }


def _shared_library(entry: HubConfigEntry) -> dict[str, Any] | None:
    """Describe where a library is that several share, without addresses and whatever it takes to get at it."""
    shared = SharedLibrarySettings.from_entry(entry)
    if shared is None:
        return None
    return async_redact_data(shared.as_stored(), TO_REDACT_OF_SHARED_LIBRARY)


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
                "reason": str(problem.reason),
            }
            for problem in printer.problems
        ],
        "failure": _without_serial(
            printer, str(printer.failure) if printer.failure else None
        ),
        "setup_check": _setup_check(entry.runtime_data, printer),
        "failures_of_clients": [
            {
                "cause": failure.cause.value,
                "service": failure.service.value,
                "count": failure.count,
                "at": failure.at.isoformat(),
            }
            for failure in printer.client_history.failures(dt_util.utcnow())
        ],
        "announcements": printer.announcements,
        "connected_slicers": len(printer.slicers),
        "uploads_under_way": len(printer.uploads),
        "uploads_received": printer.uploads_received,
        "data_ports": list(printer.data_ports) if printer.data_ports else None,
        "target": _target(printer),
    }


def _machine(entry: HubConfigEntry, machine: ManagedMachine) -> dict[str, Any]:
    """Describe a real printer and the last messages with it, which come without codes, serial numbers and names."""
    subentry = entry.subentries[machine.id]
    state, session = machine.state, machine.machine
    status = entry.runtime_data.machines.dispatcher.status(machine.id)
    return {
        "settings": async_redact_data(dict(subentry.data), TO_REDACT_OF_MACHINES),
        "serial_prefix": machine.config.serial[:3],
        "availability": state.availability.value,
        "is_current": state.is_current,
        "report_age_s": session.report_age_s,
        "sessions": session.sessions,
        "phase": state.phase.value,
        "firmware": state.firmware.version,
        "developer_mode": state.developer_mode.value,
        "asks_for_signatures": state.asks_for_signatures,
        "storage": state.storage.state.value,
        "nozzles_mm": [nozzle.diameter_mm for nozzle in state.nozzles],
        "ams": [
            {"id": unit.id, "kind": unit.kind.value, "slots": len(unit.spools)}
            for unit in state.ams
        ],
        "errors": [error.code for error in state.hms],
        "print_error": state.print_error.code if state.print_error else None,
        # Which forms worked at this printer.
        "url_form": session.url_form.value,
        "mapping_form": session.mapping_form.value,
        "ftps_data_protection": (
            session.data_protection.value if session.data_protection else None
        ),
        "plate_occupied": machine.share.is_plate_occupied,
        "print": (
            {
                "phase": status.print.phase.value,
                "attempt": status.print.attempt,
                "publishes": status.print.publishes,
                "question": status.print.question and status.print.question.value,
            }
            if status and status.print
            else None
        ),
        "dialogue": [
            {
                "at": one.at.isoformat(),
                "direction": one.direction.value,
                "topic": one.topic,
                "fields": _hiding(one.fields, machine),
            }
            for one in session.dialogue
        ],
    }


def _hiding(value: Any, machine: ManagedMachine) -> Any:
    """Hide what the settings hide wherever a message has it: programs write it into texts."""
    match value:
        case dict():
            return {key: _hiding(inner, machine) for key, inner in value.items()}
        case list():
            return [_hiding(inner, machine) for inner in value]
        case str():
            config = machine.config
            for secret in (config.access_code, config.serial, config.host):
                if secret:
                    value = value.replace(secret, REDACTED)
            return value
    return value


def _without_serial(printer: ManagedPrinter, text: str | None) -> str | None:
    """Hide the serial number, which is in the names of the certificates' files."""
    return text and text.replace(printer.config.serial, REDACTED)


def _target(printer: ManagedPrinter) -> dict[str, Any] | None:
    """Describe the real printer behind a proxy, without its address."""
    if (target := printer.upstream) is None:
        return None
    return {
        "reachable": target.reachable,
        "since": target.since.isoformat() if target.since else None,
        "services": {
            traffic.service.value: {
                "connections": traffic.connections,
                "to_printer_bytes": traffic.up_bytes,
                "to_slicers_bytes": traffic.down_bytes,
            }
            for traffic in printer.traffic
        },
    }


def _setup_check(hub: Hub, printer: ManagedPrinter) -> dict[str, str] | None:
    """Show how the last check went, without its sentences: they name clients."""
    report = hub.setup_checks.reports.get(printer.id)
    if report is None:
        return None
    return {finding.check: finding.outcome.value for finding in report.findings}
