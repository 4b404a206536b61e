"""Printers as the panel gets them: virtual ones, proxies, and real ones with what they do now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from homeassistant.components.camera import DOMAIN as CAMERA_DOMAIN
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from ..config.subentries import ProxyConfig
from ..const import DOMAIN
from ..engine.machines.values import Spool, Temperature
from ..engine.printable import printable
from ..engine.reception.reception import UploadProgress
from ..engine.relay.relay import RelayedUpload
from ..hub import Hub
from ..language.sentences import said
from ..operations.browser_uploads import BrowserUpload
from ..presentation import cover_url, error_sentence, shown_place
from ..printers.cameras import shows_pictures
from ..printers.machines import ManagedMachine
from ..printers.managed import ManagedPrinter
from .items import pictures


def printer_item(hub: Hub, printer: ManagedPrinter) -> dict[str, Any]:
    """Show a virtual printer or a proxy."""
    config = printer.config
    last = printer.last_upload
    report = hub.setup_checks.reports.get(printer.id)
    return _common(hub, printer.id, config.name) | {
        "kind": "proxy" if printer.is_proxy else "virtual",
        "model": config.model.name,
        "model_code": config.model.code,
        "sliced_for": config.model.profile_name,
        "mode": config.mode.value,
        "enabled": config.enabled,
        "status": _status(printer),
        "address": config.identity.address,
        "problems": [
            {
                "key": problem.kind.value,
                "service": problem.service.value,
                "address": problem.address,
                "port": problem.port,
                "reason": said(problem.reason).as_json(),
            }
            for problem in printer.problems
        ],
        "failure": said(printer.failure).as_json() if printer.failure else None,
        "slicers": [
            {
                "ip": slicer.peer,
                "client_id": printable(slicer.client_id),
                "since": slicer.connected_since.isoformat(),
            }
            for slicer in printer.slicers
        ],
        "uploads_received": printer.uploads_received,
        "last_upload": last
        and {
            "id": last.id,
            "name": last.name,
            "source_ip": last.peer,
            "person_id": last.person or None,
            "received_at": last.received_at.isoformat(),
            **pictures(
                hub, cover_url(last.id, 0 if printer.pictured_id == last.id else None)
            ),
        },
        "target_id": config.target_id if isinstance(config, ProxyConfig) else None,
        "check": report
        and {
            "outcome": report.outcome.value,
            "checked_at": report.at.isoformat(),
        },
    }


def machine_item(hub: Hub, machine: ManagedMachine) -> dict[str, Any]:
    """Show a real printer. What it does now is that of its last report; `is_reporting` says whether that still holds."""
    config, state, share = machine.config, machine.state, machine.share
    nozzle = state.active_nozzle
    return _common(hub, machine.id, machine.name) | {
        "kind": "real",
        "model": config.model.name,
        "model_code": config.model.code,
        "sliced_for": config.model.profile_name,
        "address": config.host,
        "availability": state.availability.value,
        "is_reporting": machine.is_reporting,
        **_camera(hub, machine),
        "power": machine.power.value if machine.power else None,
        "prints_from_queue": config.prints_from_queue,
        "waits_for_plate": config.waits_for_plate,
        "plate_occupied": share.is_plate_occupied,
        "driven_by": share.other_driver.instance if share.other_driver else None,
        "plate": {
            "print_id": share.plate.print_id,
            "job_id": share.plate.job_id or None,
            "name": printable(share.plate.name),
        }
        if share.is_plate_occupied
        else None,
        "queued": share.jobs,
        "free_from": _iso(share.free_from),
        "job_id": share.job_id,
        "has_question": share.has_question,
        "live": {
            "phase": state.phase.value,
            "name": printable(state.job.name),
            "percent": state.job.percent if machine.is_printing else None,
            "layer": state.job.layer if machine.is_printing else None,
            "layers": state.job.layers if machine.is_printing else None,
            "ends_at": _iso(machine.ends_at),
            "upload_percent": share.upload_percent,
            **_temperature("bed", state.bed),
            **_temperature("nozzle", nozzle.temperature if nozzle else None),
            "chamber_c": state.chamber.current_c if state.chamber else None,
        },
        "spools": [
            _spool(spool, is_active=spool.place == state.active_spool)
            for spool in state.spools
        ],
        "errors": [
            error_sentence(error).as_json()
            | {
                "code": error.code,
                "severity": error.severity.value if error.severity else None,
                "link": error.page,
            }
            for error in (
                *((state.print_error,) if state.print_error else ()),
                *state.hms,
            )
        ],
    }


@callback
def transfer_items(
    printer: ManagedPrinter, uploads: Sequence[UploadProgress | RelayedUpload]
) -> list[dict[str, Any]]:
    """Show the uploads to a printer that are under way."""
    now = dt_util.utcnow()
    return [
        {
            "id": _transfer_id(printer, upload),
            "printer_id": printer.id,
            "printer": printer.config.name,
            "source_ip": upload.peer,
            "started_at": upload.started_at.isoformat(),
            "person_id": _person(upload),
            **_progress(upload, now),
        }
        for upload in uploads
    ]


def _person(upload: UploadProgress | RelayedUpload) -> str | None:
    """Return whose it is; of what passes a proxy nobody knows."""
    return upload.person or None if isinstance(upload, UploadProgress) else None


def browser_item(upload: BrowserUpload) -> dict[str, Any]:
    """Show a file that a browser is sending."""
    seconds = max((dt_util.utcnow() - upload.started_at).total_seconds(), 1.0)
    return {
        "id": upload.id,
        "printer_id": upload.printer_id,
        "printer": upload.printer,
        "source_ip": upload.peer,
        "started_at": upload.started_at.isoformat(),
        "person_id": upload.person_id or None,
        "name": printable(upload.name),
        "received_bytes": upload.received_bytes,
        "total_bytes": upload.total_bytes,
        "bytes_per_second": round(upload.received_bytes / seconds),
        "via": "browser",
    }


def _progress(upload: UploadProgress | RelayedUpload, now: datetime) -> dict[str, Any]:
    match upload:
        case UploadProgress():
            seconds = max((now - upload.started_at).total_seconds(), 1.0)
            return {
                "name": printable(upload.name),
                "received_bytes": upload.received_bytes,
                "total_bytes": upload.announced_bytes or None,
                "bytes_per_second": round(upload.received_bytes / seconds),
                "via": "slicer",
            }
        case RelayedUpload():
            return {
                "name": printable(upload.name) if upload.name else None,
                "received_bytes": upload.sent_bytes,
                "total_bytes": None,
                "bytes_per_second": round(upload.bytes_per_second),
                "via": "proxy",
            }


def _transfer_id(
    printer: ManagedPrinter, upload: UploadProgress | RelayedUpload
) -> str:
    if isinstance(upload, UploadProgress):
        return upload.id
    return f"{printer.id}-{upload.peer}-{upload.started_at.timestamp()}"


def _common(hub: Hub, printer_id: str, name: str) -> dict[str, Any]:
    device = dr.async_get(hub.hass).async_get_device_by_identifier(
        (DOMAIN, printer_id), hub.entry.entry_id
    )
    return {
        "id": printer_id,
        "name": (device.name_by_user if device else None) or name,
        "device_id": device.id if device else None,
    }


def _status(printer: ManagedPrinter) -> str:
    if not printer.config.enabled:
        return "off"
    return "running" if printer.running else "problem"


def _spool(spool: Spool, *, is_active: bool) -> dict[str, Any]:
    return {
        "place": shown_place(spool.place).as_json(),
        "is_present": spool.is_present,
        "type": spool.type,
        "name": spool.sub_brand,
        "color": f"#{spool.color[:6]}" if spool.color else None,
        "remaining_percent": spool.remaining_percent,
        "is_active": is_active,
    }


def _temperature(part: str, found: Temperature | None) -> dict[str, float | None]:
    return {
        f"{part}_c": found.current_c if found else None,
        f"{part}_target_c": found.target_c if found else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _camera(hub: Hub, machine: ManagedMachine) -> dict[str, str | None]:
    """Return signed paths to what its camera sees: to one picture, and to pictures as they come unless it streams video."""
    entity_id = er.async_get(hub.hass).async_get_entity_id(
        CAMERA_DOMAIN, DOMAIN, f"{machine.id}_camera"
    )
    shows = (
        machine.is_reporting
        and entity_id is not None
        and hub.hass.states.get(entity_id) is not None
    )
    still = stream = None
    if shows:
        still = hub.links.async_signed(f"/api/camera_proxy/{entity_id}")
        if shows_pictures(machine):
            stream = hub.links.async_signed(f"/api/camera_proxy_stream/{entity_id}")
    return {"camera": stream, "still": still}
