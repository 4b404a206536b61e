"""How archives are shown: in attributes of events and in responses of actions."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..engine.library.values.records import Archive, ArchiveDetails, Photo
from ..engine.library.values.sliced_file import Filament, Plate, SlicedFile
from ..engine.printable import printable
from ..language.sentences import Sentence, sentence
from ..language.texts import Texts
from .photos import photo_view
from .requests import request_view
from .urls import cover_url, file_url, plate_url


def wrong_model(texts: Texts, sliced_for: str, received_by: str) -> str | None:
    """Say that a file was sliced for another model than that of the printer it was sent to; names both."""
    warning = wrong_model_sentence(sliced_for, received_by)
    return warning.text(texts) if warning else None


def wrong_model_sentence(sliced_for: str, received_by: str) -> Sentence | None:
    """Say that a file was sliced for another model than that of the printer it was sent to; names both."""
    if not sliced_for or not received_by or sliced_for == received_by:
        return None
    return sentence("sliced_for_other_model", model=sliced_for, received_by=received_by)


def archive_summary(archive: Archive, instances: Mapping[str, str]) -> dict[str, Any]:
    """Show an archive as lists do; `instances` are those that share the library, by their ids."""
    duplicates = archive.duplicates
    return {
        "archive_id": archive.id,
        "name": archive.name,
        "file_name": printable(archive.file.name),
        "size_bytes": archive.file.size_bytes,
        "sha256": archive.file.sha256,
        "printer": archive.printer.name,
        "mode": archive.printer.mode.value,
        "source_ip": archive.file.peer,
        "sender": printable(archive.file.sender),
        "person_id": archive.file.person or None,
        "instance": instances.get(archive.file.instance),
        "intent": archive.intent.value,
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
        "link": archive.annotations.link,
        "duplicate_of": duplicates.original_id if duplicates.sequence else None,
        "duplicate_sequence": duplicates.sequence,
        "duplicate_count": duplicates.count,
        "cost": archive.cost,
        "print_count": archive.print_count,
        "judged_good": archive.judged_good,
        "judged_failed": archive.judged_failed,
        "energy_kwh": archive.energy_kwh,
        "energy_cost": archive.energy_cost,
        "last_printed_at": (
            archive.last_printed_at.isoformat() if archive.last_printed_at else None
        ),
        "open_jobs": archive.open_jobs,
        "photo_count": archive.photo_count,
        "thumbnail": cover_url(archive.id, archive.cover),
    }


def archive_details(
    details: ArchiveDetails, photos: Collection[Photo], instances: Mapping[str, str]
) -> dict[str, Any]:
    """Show an archive with everything that is known of it."""
    archive = details.archive
    return archive_summary(archive, instances) | {
        "makerworld_id": archive.makerworld_id or None,
        "file": file_url(archive.id),
        "encrypted": archive.file.encrypted,
        **sliced_facts(details.facts),
        "plates": [plate_view(archive.id, plate) for plate in details.facts.plates],
        "photos": [photo_view(archive.id, photo) for photo in photos],
        "photo_count": len(photos),
        "print_request": request_view(details.request),
        "print_requests": [request_view(request) for request in details.requests],
    }


def sliced_facts(facts: SlicedFile) -> dict[str, Any]:
    """Show what was read from a sliced file."""
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


def plate_view(archive_id: str, plate: Plate) -> dict[str, Any]:
    """Show a plate of an archive or a pending upload."""
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
