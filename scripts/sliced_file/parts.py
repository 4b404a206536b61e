"""The XML and JSON parts of a sliced file."""

from collections.abc import Callable
import html
import math
from typing import Any

from scripts.sliced_file.plan import (
    DUAL_NOZZLE_MODELS,
    LAYER_HEIGHT_MM,
    ORCA_CLIENT_VERSION,
    SPOOLS,
    START,
    VERSIONS,
    SlicedFileSpec,
    SlicedPlate,
    Spool,
)


def project_settings(spec: SlicedFileSpec) -> dict[str, str | list[str]]:
    """Return the profile: the settings other programs look at, under the names both slicers use."""
    used = SPOOLS[: spec.filaments]
    nozzles = 2 if spec.model in DUAL_NOZZLE_MODELS else 1

    def each(value: Callable[[Spool], object]) -> list[str]:
        return [str(value(spool)) for spool in used]

    return {
        "bed_exclude_area": ["0x0", "18x0", "18x28", "0x28"],
        "brim_type": "auto_brim",
        "cool_plate_temp": ["35" for _ in used],
        "curr_bed_type": "Textured PEI Plate",
        "enable_prime_tower": "1" if spec.filaments > 1 else "0",
        "enable_support": "0",
        "filament_colour": each(lambda spool: spool.color),
        "filament_density": each(lambda spool: spool.density),
        "filament_diameter": ["1.75" for _ in used],
        "filament_ids": each(lambda spool: spool.tray_info_idx),
        "filament_settings_id": each(lambda spool: spool.profile),
        "filament_type": each(lambda spool: spool.type),
        "from": "project",
        "gcode_flavor": "marlin",
        "hot_plate_temp": each(lambda spool: spool.bed_c),
        "initial_layer_print_height": "0.2",
        "layer_height": str(LAYER_HEIGHT_MM),
        "line_width": "0.42",
        "machine_start_gcode": START,
        "name": "project_settings",
        "nozzle_diameter": ["0.4"] * nozzles,
        "nozzle_temperature": each(lambda spool: spool.nozzle_c),
        "nozzle_temperature_initial_layer": each(lambda spool: spool.nozzle_c),
        "print_settings_id": "0.20mm Standard @BBL X1C",
        "printable_area": ["0x0", "256x0", "256x256", "0x256"],
        "printable_height": "250",
        "printer_model": spec.printer_model,
        "printer_settings_id": f"{spec.printer_model} 0.4 nozzle",
        "printer_technology": "FFF",
        "printer_variant": "0.4",
        "sparse_infill_density": "15%",
        "sparse_infill_pattern": "grid",
        "textured_plate_temp": each(lambda spool: spool.bed_c),
        "textured_plate_temp_initial_layer": each(lambda spool: spool.bed_c),
        "version": VERSIONS[spec.slicer],
        "wall_loops": "2",
    }


def slice_info_xml(spec: SlicedFileSpec) -> str:
    """Return what slicing found out, as `slice_info.config`."""
    is_orca = spec.slicer == "orca_slicer"
    header = {
        "X-BBL-Client-Type": "slicer",
        "X-BBL-Client-Version": ORCA_CLIENT_VERSION
        if is_orca
        else VERSIONS["bambu_studio"],
    }
    if is_orca:
        header["OrcaSlicer-Version"] = VERSIONS["orca_slicer"]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<config>", "  <header>"]
    lines += [
        f'    <header_item key="{key}" value="{value}"/>'
        for key, value in header.items()
    ]
    lines.append("  </header>")
    nozzles = project_settings(spec)["nozzle_diameter"]
    for plate in spec.sliced_plates:
        metadata = {
            "index": plate.number,
            "printer_model_id": spec.model,
            "nozzle_diameters": ",".join(nozzles),
            "timelapse_type": 0,
            "prediction": plate.print_time_s,
            "weight": f"{plate.filament_g:.2f}",
            "outside": "false",
            "support_used": "false",
            "label_object_enabled": "true",
            "filament_maps": " ".join("1" for _ in range(spec.filaments)),
        }
        lines.append("  <plate>")
        lines += [
            f'    <metadata key="{key}" value="{value}"/>'
            for key, value in metadata.items()
        ]
        lines += [
            f'    <object identify_id="{thing.id}" name="{_escaped(thing.name)}" skipped="false" />'
            for thing in plate.things
        ]
        for slot, weight in plate.weights_g.items():
            spool = SPOOLS[slot - 1]
            lines.append(
                f'    <filament id="{slot}" tray_info_idx="{spool.tray_info_idx}" type="{spool.type}" color="{spool.color}" '
                f'used_m="{plate.filament_mm[slot] / 1000:.2f}" used_g="{weight:.2f}" group_id="0" />'
            )
        lines.append("  </plate>")
    return "\n".join([*lines, "</config>", ""])


def model_settings_xml(spec: SlicedFileSpec) -> str:
    """Return names and members of the plates, as `model_settings.config`."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<config>"]
    sliced = {plate.number for plate in spec.sliced_plates}
    has_names = len(spec.shown_plates) > 1
    for plate in spec.shown_plates:
        number = plate.number
        gcode = f"Metadata/plate_{number}.gcode" if number in sliced else ""
        metadata = {
            "plater_id": number,
            "plater_name": f"{spec.title} {number}" if has_names else "",
            "locked": "false",
            "gcode_file": gcode,
            "thumbnail_file": f"Metadata/plate_{number}.png",
            "thumbnail_no_light_file": f"Metadata/plate_no_light_{number}.png",
            "top_file": f"Metadata/top_{number}.png",
            "pick_file": f"Metadata/pick_{number}.png",
            "pattern_bbox_file": f"Metadata/plate_{number}.json",
        }
        lines.append("  <plate>")
        lines += [
            f'    <metadata key="{key}" value="{_escaped(str(value))}"/>'
            for key, value in metadata.items()
        ]
        lines.append("  </plate>")
    return "\n".join([*lines, "</config>", ""])


def model_xml(spec: SlicedFileSpec) -> str:
    """Return the model without its meshes, which sliced files leave out. Titles come escaped twice."""
    metadata = {
        # OrcaSlicer names itself like this, for the sake of programs that look for Bambu Studio.
        "Application": f"BambuStudio-{VERSIONS[spec.slicer]}",
        "BambuStudio:3mfVersion": "1",
        "CreationDate": "2026-11-01",
        "Description": "",
        "Designer": _escaped(spec.designer),
        "DesignModelId": "DSM00000001234567",
        "License": "BY",
        "ModificationDate": "2026-11-01",
        "Title": _escaped(spec.title),
    }
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<model unit="millimeter" xml:lang="en-US"',
        ' xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"',
        ' xmlns:BambuStudio="http://schemas.bambulab.com/package/2021">',
        *(
            f' <metadata name="{name}">{_escaped(value)}</metadata>'
            for name, value in metadata.items()
        ),
        " <resources>",
        " </resources>",
        " <build/>",
        "</model>",
        "",
    ]
    return "\n".join(lines)


def outline(plate: SlicedPlate) -> dict[str, Any]:
    """Return where the things are, as `plate_N.json`."""
    boxes = [
        [
            min(x for x, _ in points),
            min(y for _, y in points),
            max(x for x, _ in points),
            max(y for _, y in points),
        ]
        for points in (thing.points(72) for thing in plate.things)
    ]
    mins, maxs = zip(*((box[:2], box[2:]) for box in boxes), strict=True)
    return {
        "bbox_all": [
            *(min(pair) for pair in zip(*mins, strict=True)),
            *(max(pair) for pair in zip(*maxs, strict=True)),
        ],
        "bbox_objects": [
            {
                "area": math.pi * thing.radius_mm**2,
                "bbox": box,
                "id": thing.id,
                "layer_height": LAYER_HEIGHT_MM,
                "name": thing.name,
            }
            for thing, box in zip(plate.things, boxes, strict=True)
        ],
        "bed_type": "textured_plate",
        "filament_colors": [SPOOLS[slot - 1].color for slot in plate.weights_g],
        "filament_ids": [slot - 1 for slot in plate.weights_g],
        "first_extruder": plate.things[0].slot - 1,
        "is_seq_print": False,
        "nozzle_diameter": 0.4,
        "version": 2,
    }


CONTENT_TYPES = """\
<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
 <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
 <Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
 <Default Extension="png" ContentType="image/png"/>
 <Default Extension="gcode" ContentType="text/x.gcode"/>
</Types>
"""


def relations(spec: SlicedFileSpec) -> str:
    """Return the package's relations: its model and its cover."""
    cover = f"/Metadata/plate_{spec.first_plate}"
    packages = "http://schemas.bambulab.com/package/2021"
    return _relations(
        (
            "/3D/3dmodel.model",
            "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel",
        ),
        (
            f"{cover}.png",
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
        ),
        (f"{cover}.png", f"{packages}/cover-thumbnail-middle"),
        (f"{cover}_small.png", f"{packages}/cover-thumbnail-small"),
    )


def gcode_relations(spec: SlicedFileSpec) -> str:
    """Return the relations of the plates: their G-code."""
    return _relations(
        *(
            (
                f"/Metadata/plate_{plate.number}.gcode",
                "http://schemas.bambulab.com/package/2021/gcode",
            )
            for plate in spec.sliced_plates
        )
    )


def _relations(*targets: tuple[str, str]) -> str:
    items = "".join(
        f' <Relationship Target="{target}" Id="rel-{index}" Type="{kind}"/>\n'
        for index, (target, kind) in enumerate(targets, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\n'
        f"{items}</Relationships>\n"
    )


def _escaped(value: str) -> str:
    return html.escape(value)
