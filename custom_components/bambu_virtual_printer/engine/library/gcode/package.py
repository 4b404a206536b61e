"""Makes the 3MF that Bambu Lab's printers print out of plain G-code: the G-code as it is, and what its comments say beside it.

The members are those of Bambu Studio's *Export plate sliced file* (2.4) and of OrcaSlicer's (2.3), less what only a slicer
knows: meshes, outlines and top views. The same G-code makes the same octets. Everything here blocks; the G-code is never in
memory as a whole.
"""

from collections.abc import Callable, Mapping, Sequence
import hashlib
from html import escape
import json
from pathlib import Path
from typing import BinaryIO
import zipfile

from ...regular_files import open_regular
from ..threemf.reader import PROJECT_SETTINGS
from ..threemf.xml_parts import ModelMetadata, ModelSettings, SliceInfo
from ..values.errors import SlicedFileError
from ..values.queueable import queue_obstacle
from ..values.sliced_file import Filament, Plate, SlicedFile, Slicer
from .reader import PLATE, PlainGcode, read_all
from .settings import project_settings

BLOCK_BYTES = 256 * 1024
LEVEL = 6
# From here on the sizes of a member are written in 64 bits.
LARGE_BYTES = 2**31 - 2**24

GCODE = f"Metadata/plate_{PLATE}.gcode"
_PICTURE = f"Metadata/plate_{PLATE}.png"
_PICTURE_NO_LIGHT = f"Metadata/plate_no_light_{PLATE}.png"
_SMALL_PICTURE = f"Metadata/plate_{PLATE}_small.png"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_BAMBU = "http://schemas.bambulab.com/package/2021"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
# What OrcaSlicer says of itself beside its own version, for programs that look for Bambu Studio.
_ORCA_CLIENT_VERSION = "02.00.00.00"


class StoppedError(Exception):
    """The work was given up."""


def make_package(
    source: Path, target: Path, *, title: str, is_stopped: Callable[[], bool]
) -> None:
    """Write the 3MF of plain G-code to `target`, which is replaced. Raises SlicedFileError, OSError, StoppedError."""
    gcode = read_all(source)
    if obstacle := queue_obstacle(gcode.facts):
        raise SlicedFileError(obstacle)
    with (
        open_regular(source) as file,
        target.open("wb") as made,
        zipfile.ZipFile(made, "w") as package,
    ):
        small = _Members(package)
        small.add("[Content_Types].xml", _content_types())
        _add_pictures(small, gcode.pictures)
        small.add(ModelMetadata.NAME, _model(gcode.facts, title))
        small.add(PROJECT_SETTINGS, _settings(gcode))
        md5 = _copy(file, package, is_stopped)
        small.add(f"{GCODE}.md5", md5)
        small.add("Metadata/_rels/model_settings.config.rels", _gcode_relationships())
        small.add(ModelSettings.NAME, _model_settings(gcode))
        small.add(SliceInfo.NAME, _slice_info(gcode, title))
        small.add("_rels/.rels", _relationships(has_picture=bool(gcode.pictures)))


class _Members:
    """Adds small members."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package

    def add(self, name: str, content: str | bytes) -> None:
        is_packed = not name.endswith(".png")
        self._package.writestr(_member(name, is_packed=is_packed), content)


def _member(name: str, *, is_packed: bool = True) -> zipfile.ZipInfo:
    """Return a member without a date and an owner, which would differ each time."""
    member = zipfile.ZipInfo(name)
    member.create_system = 0
    member.external_attr = 0
    member.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
    member.compress_level = LEVEL
    return member


def _copy(
    file: BinaryIO, package: zipfile.ZipFile, is_stopped: Callable[[], bool]
) -> str:
    """Copy the G-code. Returns its MD5 as printers want it."""
    md5 = hashlib.md5(usedforsecurity=False)
    is_large = file.seek(0, 2) > LARGE_BYTES
    file.seek(0)
    with package.open(_member(GCODE), "w", force_zip64=is_large) as member:
        while block := file.read(BLOCK_BYTES):
            if is_stopped():
                raise StoppedError
            md5.update(block)
            member.write(block)
    return md5.hexdigest().upper()


def _add_pictures(small: _Members, pictures: Sequence[bytes]) -> None:
    if not pictures:
        return
    small.add(_PICTURE, pictures[0])
    small.add(_SMALL_PICTURE, pictures[-1])
    small.add(_PICTURE_NO_LIGHT, pictures[0])


def _content_types() -> str:
    kinds = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "model": "application/vnd.ms-package.3dmanufacturing-3dmodel+xml",
        "png": "image/png",
        "gcode": "text/x.gcode",
    }
    return _lines(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">',
        *(
            f' <Default Extension="{suffix}" ContentType="{kind}"/>'
            for suffix, kind in kinds.items()
        ),
        "</Types>",
    )


def _relationships(*, has_picture: bool) -> str:
    wanted = [
        (1, ModelMetadata.NAME, "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"),
    ]  # fmt: skip
    if has_picture:
        wanted += [
            (2, _PICTURE, f"{_RELATIONSHIPS}/metadata/thumbnail"),
            (4, _PICTURE, f"{_BAMBU}/cover-thumbnail-middle"),
            (5, _SMALL_PICTURE, f"{_BAMBU}/cover-thumbnail-small"),
        ]
    return _related(wanted)


def _gcode_relationships() -> str:
    return _related([(1, GCODE, f"{_BAMBU}/gcode")])


def _related(wanted: Sequence[tuple[int, str, str]]) -> str:
    return _lines(
        f'<Relationships xmlns="{_RELATIONSHIPS}">',
        *(
            f' <Relationship Target="/{name}" Id="rel-{number}" Type="{kind}"/>'
            for number, name, kind in wanted
        ),
        "</Relationships>",
    )


def _model(facts: SlicedFile, title: str) -> str:
    """Return the model, which has no meshes in sliced files."""
    metadata = {
        # OrcaSlicer names itself like this, for the sake of programs that look for Bambu Studio.
        "Application": f"BambuStudio-{facts.slicer_version}",
        "BambuStudio:3mfVersion": "1",
        "Title": title,
    }
    return _lines(
        '<model unit="millimeter" xml:lang="en-US"',
        ' xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"',
        f' xmlns:BambuStudio="{_BAMBU}">',
        *(
            f' <metadata name="{name}">{_escaped(value)}</metadata>'
            for name, value in metadata.items()
        ),
        " <resources>",
        " </resources>",
        " <build/>",
        "</model>",
    )


def _settings(gcode: PlainGcode) -> str:
    facts = gcode.facts
    settings = project_settings(gcode.settings, facts.slicer, facts.slicer_version)
    return json.dumps(settings, indent=4, ensure_ascii=False) + "\n"


def _model_settings(gcode: PlainGcode) -> str:
    pictures = {
        "thumbnail_file": _PICTURE,
        "thumbnail_no_light_file": _PICTURE_NO_LIGHT,
    }
    return _lines(
        "<config>",
        "  <plate>",
        *_metadata(
            {
                "plater_id": str(PLATE),
                "plater_name": "",
                "locked": "false",
                **_filament_maps(gcode.facts),
                "gcode_file": GCODE,
                **(pictures if gcode.pictures else {}),
            }
        ),
        "  </plate>",
        "</config>",
    )


def _slice_info(gcode: PlainGcode, title: str) -> str:
    facts = gcode.facts
    plate = facts.plates[0]
    is_orca = facts.slicer is Slicer.ORCA_SLICER
    header = {
        "X-BBL-Client-Type": "slicer",
        "X-BBL-Client-Version": _ORCA_CLIENT_VERSION
        if is_orca
        else facts.slicer_version,
    }
    if is_orca:
        header["OrcaSlicer-Version"] = facts.slicer_version
    return _lines(
        "<config>",
        "  <header>",
        *(
            f'    <header_item key="{key}" value="{_escaped(value)}"/>'
            for key, value in header.items()
        ),
        "  </header>",
        "  <plate>",
        *_metadata(_plate_metadata(gcode, plate)),
        *(
            f'    <object identify_id="{thing.id}" name="{_escaped(thing.name or title)}" skipped="false" />'
            for thing in plate.objects
            if thing.id is not None
        ),
        *(_filament(filament) for filament in plate.filaments),
        "  </plate>",
        "</config>",
    )


def _plate_metadata(gcode: PlainGcode, plate: Plate) -> Mapping[str, str]:
    facts, written = gcode.facts, gcode.settings
    return {
        "index": str(PLATE),
        "printer_model_id": facts.printer_model_id,
        "nozzle_diameters": ",".join(f"{size:g}" for size in facts.nozzle_diameters_mm),
        "timelapse_type": written.get("timelapse_type", "0"),
        "prediction": str(plate.print_time_s or 0),
        "weight": f"{plate.filament_g or 0:.2f}",
        "outside": "false",
        "support_used": "true" if written.get("enable_support") == "1" else "false",
        "label_object_enabled": "true" if plate.objects else "false",
        **_filament_maps(facts),
    }


def _filament_maps(facts: SlicedFile) -> Mapping[str, str]:
    """Return which nozzle each filament of the project is for, where the printer has two."""
    groups = {
        filament.slot: filament.group_ids[0] + 1
        for filament in facts.filaments
        if filament.group_ids
    }
    count = facts.project_filaments or max(groups, default=0)
    if not count:
        return {}
    return {
        "filament_maps": " ".join(
            str(groups.get(slot, 1)) for slot in range(1, count + 1)
        )
    }


def _filament(filament: Filament) -> str:
    values = {
        "id": str(filament.slot),
        "tray_info_idx": filament.tray_info_idx,
        "type": filament.type,
        "color": filament.color,
        "used_m": f"{filament.used_m:.2f}",
        "used_g": f"{filament.used_g:.2f}",
        "group_id": ",".join(map(str, filament.group_ids)) or "0",
    }
    written = " ".join(f'{key}="{_escaped(value)}"' for key, value in values.items())
    return f"    <filament {written} />"


def _metadata(values: Mapping[str, str]) -> list[str]:
    return [
        f'    <metadata key="{key}" value="{_escaped(value)}"/>'
        for key, value in values.items()
    ]


def _escaped(text: str) -> str:
    return escape("".join(char for char in text if char.isprintable()))


def _lines(*lines: str) -> str:
    return "\n".join([_XML, *lines, ""])
