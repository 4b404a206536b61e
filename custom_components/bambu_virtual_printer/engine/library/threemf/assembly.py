"""Decides what a file is about, from what its members say. Pure: nothing is read here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import re
from typing import Any

from ..values.sanitize import clean_text, color, number, to_int, unescaped_text
from ..values.sliced_file import Filament, Plate, PlateObject, SlicedFile, Slicer
from .gcode_header import (
    MAX_LENGTH_M,
    MAX_PRINT_TIME_S,
    MAX_SLOT,
    MAX_WEIGHT_G,
    GcodeHeader,
)
from .profile import MAX_NOZZLE_MM, Profile, numbers
from .xml_parts import MAX_NAMED_OBJECTS, Attributes, PlateInfo, PlateSettings

MAX_ID = 2**31
MAX_GROUPS = 16

# OrcaSlicer up to 2.3 calls itself "BambuStudio-2.3.1" here; Bambu Studio's own versions look like 02.05.00.66.
_APPLICATION = re.compile(r"(?P<name>BambuStudio|OrcaSlicer)-(?P<version>.+)")
_BAMBU_VERSION = re.compile(r"\d\d(?:\.\d\d){3}")
# What tools write as the title of a project that has none.
_PLACEHOLDER_TITLES = frozenset({"(unsaved)", "(untitled)", "untitled"})
# MakerWorld's model id, as far as it is one: "DSM00000001234567". Other forms are names, not numbers.
_MAKERWORLD_ID = re.compile(r"DSM0*([1-9][0-9]{0,17})")


@dataclass(slots=True, kw_only=True)
class Parts:
    """The members of one 3MF, read but not yet understood. Everything is by plate number where there is one."""

    gcodes: frozenset[int]
    numbers: list[int] = field(default_factory=list)
    infos: dict[int, PlateInfo] = field(default_factory=dict)
    settings: dict[int, PlateSettings] = field(default_factory=dict)
    headers: dict[int, GcodeHeader] = field(default_factory=dict)
    outlines: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    thumbnails: dict[int, str] = field(default_factory=dict)
    object_names: Mapping[str, str] = field(default_factory=dict)
    slice_header: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    profile: Profile = field(default_factory=lambda: Profile({}))
    problems: list[str] = field(default_factory=list)


def assemble(parts: Parts) -> SlicedFile:
    """Put the facts together."""
    profile = parts.profile
    if not profile.settings:
        headers = (header.settings for header in parts.headers.values())
        profile = Profile(next(filter(None, headers), {}))
    plates = tuple(_plate(parts, profile, number) for number in parts.numbers)
    facts = SlicedFile(plates=plates)
    slicer, version = _slicer(parts)
    infos = [info.metadata for info in parts.infos.values()]
    bed_type = next((plate.bed_type for plate in plates if plate.bed_type), "")
    slot = facts.filaments[0].slot if facts.filaments else 1
    makerworld = _MAKERWORLD_ID.fullmatch(
        clean_text(parts.metadata.get("DesignModelId"))
    )
    return SlicedFile(
        plates=plates,
        title=_title(parts.metadata.get("Title")),
        designer=unescaped_text(parts.metadata.get("Designer")),
        makerworld_id=makerworld[1] if makerworld else "",
        profile_title=unescaped_text(parts.metadata.get("ProfileTitle")),
        slicer=slicer,
        slicer_version=version,
        printer_model=profile.printer_model,
        printer_model_id=next(
            filter(None, (clean_text(info.get("printer_model_id")) for info in infos)),
            "",
        ),
        printer_profile=profile.printer_profile,
        print_profile=profile.print_profile,
        nozzle_diameters_mm=profile.nozzle_diameters_mm
        or next(
            filter(None, (_nozzle_diameters(info) for info in infos)),
            (),
        ),
        layer_height_mm=profile.layer_height_mm,
        bed_type=bed_type or profile.bed_type,
        bed_temperature_c=profile.bed_temperature_c(bed_type, slot),
        bed_temperature_initial_layer_c=profile.bed_temperature_c(
            bed_type, slot, initial_layer=True
        ),
        nozzle_temperature_c=profile.nozzle_temperature_c(slot),
        nozzle_temperature_initial_layer_c=profile.nozzle_temperature_c(
            slot, initial_layer=True
        ),
        project_filaments=profile.filament_count or None,
        problems=tuple(clean_text(problem) for problem in parts.problems),
    )


def _title(written: str | None) -> str:
    title = unescaped_text(written)
    return "" if title.casefold() in _PLACEHOLDER_TITLES else title


def _plate(parts: Parts, profile: Profile, plate: int) -> Plate:
    info = parts.infos.get(plate, PlateInfo())
    settings = parts.settings.get(plate, PlateSettings())
    header = parts.headers.get(plate, GcodeHeader())
    filaments = _filaments(info, profile) or _filaments_of_header(header, profile)
    objects = (
        _objects(info.objects)
        or _outlined_objects(parts.outlines.get(plate, {}))
        or _placed_objects(settings, parts.object_names)
        or tuple(PlateObject(id=label, name="") for label in header.labels)
    )
    weight = number(info.metadata.get("weight"), maximum=MAX_WEIGHT_G)
    return Plate(
        number=plate,
        name=unescaped_text(settings.metadata.get("plater_name"))
        or next((thing.name for thing in objects if thing.name), ""),
        printable=plate in parts.gcodes,
        print_time_s=to_int(info.metadata.get("prediction"), maximum=MAX_PRINT_TIME_S)
        or header.print_time_s,
        filament_g=weight or _sum([item.used_g for item in filaments]),
        filament_m=_sum([item.used_m for item in filaments]),
        filaments=filaments,
        objects=objects,
        object_count=info.object_count or sum(not thing.skipped for thing in objects),
        total_layers=header.total_layers,
        height_mm=header.height_mm,
        bed_type=clean_text(info.metadata.get("curr_bed_type"))
        or clean_text(settings.metadata.get("bed_type"))
        or profile.bed_type,
        support_used=_boolean(info.metadata.get("support_used")),
        thumbnail=parts.thumbnails.get(plate, ""),
    )


def _filaments(info: PlateInfo, profile: Profile) -> tuple[Filament, ...]:
    """Return the filaments that are used; profiles list more, with zero of everything.

    Those without a density weigh nothing, and of a colour of which there is little the weight is rounded to nothing.
    """
    filaments = []
    for item in info.filaments:
        slot = to_int(item.get("id"), minimum=1, maximum=MAX_SLOT)
        used_g = number(item.get("used_g"), maximum=MAX_WEIGHT_G) or 0.0
        used_m = number(item.get("used_m"), maximum=MAX_LENGTH_M) or 0.0
        if slot and (used_g or used_m):
            filaments.append(
                Filament(
                    slot=slot,
                    type=clean_text(item.get("type")) or profile.filament_type(slot),
                    color=color(item.get("color")) or profile.filament_color(slot),
                    used_g=used_g,
                    used_m=used_m,
                    tray_info_idx=clean_text(item.get("tray_info_idx")),
                    profile=profile.filament_profile(slot),
                    group_ids=_group_ids(item),
                )
            )
    return tuple(filaments)


def _filaments_of_header(header: GcodeHeader, profile: Profile) -> tuple[Filament, ...]:
    """Return the same from the G-code's header, which has weights and lengths in the order of the slots used."""
    count = len(header.weights_g) or len(header.lengths_m)
    slots, weights, lengths = header.slots, header.weights_g, header.lengths_m
    if len(slots) != count:
        slots = list(range(1, count + 1))
    if len(weights) != count:
        weights = [0.0] * count
    if len(lengths) != count:
        lengths = [0.0] * count
    return tuple(
        Filament(
            slot=slot,
            type=profile.filament_type(slot),
            color=profile.filament_color(slot),
            used_g=used_g,
            used_m=used_m,
            tray_info_idx=profile.filament_id(slot),
            profile=profile.filament_profile(slot),
            group_ids=profile.filament_groups(slot),
        )
        for slot, used_g, used_m in zip(slots, weights, lengths, strict=True)
        if used_g or used_m
    )


def _group_ids(item: Attributes) -> tuple[int, ...]:
    groups = numbers(item.get("group_id", "").split(",")[:MAX_GROUPS], maximum=MAX_ID)
    return tuple(round(group) for group in groups)


def _objects(items: list[Attributes]) -> tuple[PlateObject, ...]:
    return tuple(
        PlateObject(
            id=to_int(item.get("identify_id"), maximum=MAX_ID),
            name=unescaped_text(item.get("name")),
            skipped=bool(_boolean(item.get("skipped"))),
        )
        for item in items
    )


def _outlined_objects(outline: Mapping[str, Any]) -> tuple[PlateObject, ...]:
    """Return the objects `plate_N.json` has outlines of; their ids are not those of skip-object."""
    items = outline.get("bbox_objects")
    if not isinstance(items, list):
        return ()
    names = (
        clean_text(item.get("name"))
        for item in items[:MAX_NAMED_OBJECTS]
        if isinstance(item, dict)
    )
    return tuple(
        PlateObject(id=None, name=name) for name in names if name != "wipe_tower"
    )


def _placed_objects(
    settings: PlateSettings, names: Mapping[str, str]
) -> tuple[PlateObject, ...]:
    """Return the objects a plate holds by its model settings; what an unsliced project has."""
    return tuple(
        PlateObject(
            id=to_int(instance.get("identify_id"), maximum=MAX_ID),
            name=unescaped_text(names.get(instance.get("object_id", ""))),
        )
        for instance in settings.instances
    )


def _slicer(parts: Parts) -> tuple[Slicer, str]:
    """Return which program it was. Both claim to be Bambu Studio in some places."""
    if version := clean_text(parts.slice_header.get("OrcaSlicer-Version")):
        return Slicer.ORCA_SLICER, version
    for header in parts.headers.values():
        match header.producer:
            case "OrcaSlicer":
                return Slicer.ORCA_SLICER, clean_text(header.version)
            case "BambuStudio":
                return Slicer.BAMBU_STUDIO, clean_text(header.version)
            case "PrusaSlicer":
                return Slicer.PRUSA_SLICER, clean_text(header.version)
            case "Cura_SteamEngine":
                return Slicer.CURA, clean_text(header.version)
    match = _APPLICATION.fullmatch(clean_text(parts.metadata.get("Application")))
    if match is None:
        return Slicer.OTHER, ""
    version = match["version"]
    if match["name"] == "BambuStudio" and _BAMBU_VERSION.fullmatch(version):
        return Slicer.BAMBU_STUDIO, version
    return Slicer.ORCA_SLICER, version


def _nozzle_diameters(metadata: Attributes) -> tuple[float, ...]:
    return numbers(
        metadata.get("nozzle_diameters", "").split(",")[:MAX_GROUPS],
        maximum=MAX_NOZZLE_MM,
    )


def _boolean(value: str | None) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(value or "")


def _sum(values: list[float]) -> float | None:
    """Return the sum, or None when there is nothing in it."""
    return round(sum(values), 3) or None
