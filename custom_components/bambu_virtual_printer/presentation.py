"""How archives and uploads are shown: attributes of events, responses of actions. Plain JSON values."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from .const import DOMAIN
from .library.records import Archive, ArchiveDetails
from .library.sliced_file import Filament, Plate, SlicedFile
from .model import PrintRequest, ReceivedFile

CONTENT_TYPE_3MF = "model/3mf"
CONTENT_TYPE_PNG = "image/png"

CA_URL = f"/api/{DOMAIN}/ca.pem"
URL_ARCHIVES = f"/api/{DOMAIN}/archives"


def file_url(archive_id: str) -> str:
    """Return where an archived file is served; needs authentication or a signature."""
    return f"{URL_ARCHIVES}/{archive_id}/file"


def plate_url(archive_id: str, plate: int | None = None) -> str:
    """Return where a plate's picture is served; without a number, that of the first plate that has one."""
    return f"{URL_ARCHIVES}/{archive_id}/plates/{plate or 'first'}"


def wrong_model(sliced_for: str, received_by: str) -> str | None:
    """Say that a file was sliced for another model than that of the printer it was sent to; names both."""
    if not sliced_for or sliced_for == received_by:
        return None
    return f"Sliced for {sliced_for}, received by {received_by}"


def received_attributes(
    file: ReceivedFile, request: PrintRequest | None
) -> dict[str, Any]:
    """Show a file that was acknowledged to the slicer a moment ago."""
    return {
        "upload_id": file.id,
        "file_name": file.name,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "source_ip": file.peer,
        "encrypted": file.encrypted,
        "print_requested": request is not None,
    }


def archived_attributes(archive: Archive, received_by: str) -> dict[str, Any]:
    """Show an archive that was made a moment ago; `received_by` is the printer's model."""
    return archive_summary(archive) | {
        "wrong_model": wrong_model(archive.sliced_for, received_by)
    }


def archive_summary(archive: Archive) -> dict[str, Any]:
    """Show an archive as lists do."""
    duplicates = archive.duplicates
    return {
        "archive_id": archive.id,
        "name": archive.name,
        "file_name": archive.file.name,
        "size_bytes": archive.file.size_bytes,
        "sha256": archive.file.sha256,
        "printer": archive.printer.name,
        "mode": archive.printer.mode.value,
        "source_ip": archive.file.peer,
        "received_at": archive.file.received_at.isoformat(),
        "archived_at": archive.archived_at.isoformat(),
        "title": archive.title,
        "designer": archive.designer,
        "sliced_for": archive.sliced_for,
        "plate_count": archive.plate_count,
        "print_time_s": archive.print_time_s,
        "filament_g": archive.filament_g,
        "filament_types": list(archive.filament_types),
        "filament_colors": list(archive.filament_colors),
        "notes": archive.annotations.notes,
        "tags": list(archive.annotations.tags),
        "favourite": archive.annotations.favourite,
        "project": archive.annotations.project,
        "duplicate_of": duplicates.original_id if duplicates.sequence else None,
        "duplicate_sequence": duplicates.sequence,
        "duplicate_count": duplicates.count,
        "thumbnail": plate_url(archive.id),
    }


def archive_details(details: ArchiveDetails) -> dict[str, Any]:
    """Show an archive with everything that is known of it."""
    archive = details.archive
    return archive_summary(archive) | {
        "makerworld_id": archive.makerworld_id or None,
        "file": file_url(archive.id),
        "encrypted": archive.file.encrypted,
        **_facts(details.facts),
        "plates": [_plate(archive.id, plate) for plate in details.facts.plates],
        "print_request": _request(details.request),
    }


def _facts(facts: SlicedFile) -> dict[str, Any]:
    return {
        "printable": facts.printable,
        "slicer": facts.slicer.value,
        "slicer_version": facts.slicer_version,
        "printer_profile": facts.printer_profile,
        "print_profile": facts.print_profile,
        "nozzle_diameters_mm": list(facts.nozzle_diameters_mm),
        "layer_height_mm": facts.layer_height_mm,
        "total_layers": facts.total_layers,
        "bed_type": facts.bed_type,
        "bed_temperature_c": facts.bed_temperature_c,
        "nozzle_temperature_c": facts.nozzle_temperature_c,
        "object_count": facts.object_count,
        "support_used": facts.support_used,
        "filaments": _filaments(facts.filaments),
        "problems": list(facts.problems),
    }


def _plate(archive_id: str, plate: Plate) -> dict[str, Any]:
    return {
        "number": plate.number,
        "name": plate.name,
        "printable": plate.printable,
        "print_time_s": plate.print_time_s,
        "filament_g": plate.filament_g,
        "total_layers": plate.total_layers,
        "height_mm": plate.height_mm,
        "bed_type": plate.bed_type,
        "support_used": plate.support_used,
        "filaments": _filaments(plate.filaments),
        "objects": [item.name for item in plate.objects],
        "object_count": plate.object_count,
        "thumbnail": plate_url(archive_id, plate.number) if plate.thumbnail else None,
    }


def _filaments(filaments: Iterable[Filament]) -> list[dict[str, Any]]:
    return [
        {
            "slot": filament.slot,
            "type": filament.type,
            "color": filament.color,
            "used_g": filament.used_g,
            "used_m": filament.used_m,
            "profile": filament.profile,
        }
        for filament in filaments
    ]


def _request(request: PrintRequest | None) -> dict[str, Any] | None:
    """Show what the slicer asked for; what it said nothing about is left out."""
    if request is None:
        return None
    shown = {
        key: value for key, value in asdict(request).items() if value not in (None, "")
    }
    return shown | {"received_at": request.received_at.isoformat()}
