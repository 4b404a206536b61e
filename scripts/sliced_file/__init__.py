"""Writes sliced files as Bambu Studio or OrcaSlicer would: for the tests, the demo and the benchmarks.

    python -m scripts.sliced_file OUT.gcode.3mf --plates 3 --filaments 2 --title "Gift box" --size-mb 40

Every part a printer or another program looks at is there and agrees with the others: the sums in slice_info are those
of the moves, the MD5 is that of the G-code, the pictures show what the moves print. The same settings always make the
same file, byte for byte.
"""

import hashlib
import json
from pathlib import Path
import zipfile

from scripts.sliced_file.gcode import gcode
from scripts.sliced_file.parts import (
    CONTENT_TYPES,
    gcode_relations,
    model_settings_xml,
    model_xml,
    outline,
    project_settings,
    relations,
    slice_info_xml,
)
from scripts.sliced_file.pictures import pictures
from scripts.sliced_file.plan import COMPRESSION, SlicedFileSpec, SlicedPlate

__all__ = ["SlicedFileSpec", "write_sliced_file"]

BLOCK_CHARS = 256 * 1024
ZIP64_FROM_BYTES = 2**31 - 2**20
TIMESTAMP = (2026, 11, 1, 12, 0, 0)


def write_sliced_file(path: Path, spec: SlicedFileSpec) -> None:
    """Write the file. Memory stays small however large it becomes. Raises OSError."""
    with zipfile.ZipFile(path, "w") as archive:

        def add(name: str, data: str | bytes) -> None:
            stored = name.endswith(".png")
            archive.writestr(_member(name, stored=stored), data)

        add("[Content_Types].xml", CONTENT_TYPES)
        for plate in spec.shown_plates if spec.has_pictures else ():
            for name, picture in pictures(plate).items():
                add(name, picture)
        for plate in spec.sliced_plates:
            add(f"Metadata/plate_{plate.number}.json", json.dumps(outline(plate)))
        add("3D/3dmodel.model", model_xml(spec))
        settings = json.dumps(project_settings(spec), indent=4)
        add("Metadata/project_settings.config", settings)
        for plate in spec.sliced_plates:
            digest = _write_gcode(archive, spec, plate)
            add(f"Metadata/plate_{plate.number}.gcode.md5", digest)
        add("Metadata/model_settings.config", model_settings_xml(spec))
        add("Metadata/_rels/model_settings.config.rels", gcode_relations(spec))
        add("Metadata/slice_info.config", slice_info_xml(spec))
        add("_rels/.rels", relations(spec))


def _member(name: str, *, stored: bool = False) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, TIMESTAMP)
    member.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    member.compress_level = COMPRESSION
    member.external_attr = 0o644 << 16
    return member


def _write_gcode(
    archive: zipfile.ZipFile, spec: SlicedFileSpec, plate: SlicedPlate
) -> str:
    """Write a plate's G-code. Returns its MD5 the way printers check it, in upper case."""
    digest = hashlib.md5(usedforsecurity=False)
    longest = max(sum(len(piece.gcode) for piece in pieces) for pieces in plate.layers)
    is_huge = longest * plate.total_layers > ZIP64_FROM_BYTES
    member = _member(f"Metadata/plate_{plate.number}.gcode")
    with archive.open(member, "w", force_zip64=is_huge) as stream:
        block: list[str] = []
        size = 0
        for part in gcode(spec, plate):
            block.append(part)
            size += len(part)
            if size >= BLOCK_CHARS:
                data = "".join(block).encode()
                digest.update(data)
                stream.write(data)
                block, size = [], 0
        data = "".join(block).encode()
        digest.update(data)
        stream.write(data)
    return digest.hexdigest().upper()
