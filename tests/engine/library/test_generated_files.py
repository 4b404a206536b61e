"""The generator of sliced files: what it writes is what a slicer would."""

from collections.abc import Callable
import hashlib
import json
from pathlib import Path
import re
import struct
import subprocess
import sys
from xml.etree import ElementTree as ET
import zipfile
import zlib

import pytest

from custom_components.bambu_virtual_printer.engine.library.threemf import reader
from scripts.sliced_file import SlicedFileSpec, write_sliced_file

type MakeFile = Callable[..., Path]

ROOT = Path(__file__).parents[3]


def pixels(png: bytes) -> tuple[int, set[bytes]]:
    """Read a picture. Returns its width and the colours in it."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks = {}
    position = 8
    while position < len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        data = png[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", png, position + 8 + length)
        assert checksum == zlib.crc32(kind + data)
        chunks[kind] = data
        position += 12 + length
    width, height = struct.unpack_from(">II", chunks[b"IHDR"])
    assert width == height
    raw = zlib.decompress(chunks[b"IDAT"])
    stride = 1 + 4 * width
    assert len(raw) == stride * height
    rows = (raw[start + 1 : start + stride] for start in range(0, len(raw), stride))
    return width, {row[at : at + 4] for row in rows for at in range(0, 4 * width, 4)}


@pytest.mark.parametrize("slicer", ["bambu_studio", "orca_slicer"])
def test_every_part_is_there_and_they_agree(sliced_file: MakeFile, slicer: str) -> None:
    path = sliced_file(plates=2, filaments=3, slicer=slicer, title="A & B")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert {
            "[Content_Types].xml",
            "_rels/.rels",
            "3D/3dmodel.model",
            "Metadata/slice_info.config",
            "Metadata/project_settings.config",
            "Metadata/model_settings.config",
            "Metadata/_rels/model_settings.config.rels",
        } <= names
        for name in names:
            content = archive.read(name)
            if name.endswith((".config", ".model", ".rels", ".xml")):
                if name.endswith("project_settings.config"):
                    assert json.loads(content)["printer_model"] == "Bambu Lab P1S"
                else:
                    ET.fromstring(content)  # noqa: S314
            if name.endswith(".rels"):
                targets = re.findall(r'Target="/([^"]*)"', content.decode())
                assert targets
                assert set(targets) <= names
        for plate in (1, 2):
            gcode = archive.read(f"Metadata/plate_{plate}.gcode")
            digest = archive.read(f"Metadata/plate_{plate}.gcode.md5").decode()
            assert digest == hashlib.md5(gcode).hexdigest().upper()
            for picture, width in (
                (f"plate_{plate}.png", 512),
                (f"plate_{plate}_small.png", 128),
                (f"plate_no_light_{plate}.png", 512),
                (f"top_{plate}.png", 512),
                (f"pick_{plate}.png", 512),
            ):
                assert pixels(archive.read(f"Metadata/{picture}"))[0] == width
            outline = json.loads(archive.read(f"Metadata/plate_{plate}.json"))
            picked = pixels(archive.read(f"Metadata/pick_{plate}.png"))[1]
            ids = {item["id"] for item in outline["bbox_objects"]}
            assert {int.from_bytes(pixel[:3], "little") for pixel in picked} - {
                0
            } == ids


@pytest.mark.parametrize("slicer", ["bambu_studio", "orca_slicer"])
def test_the_sums_are_those_of_the_moves(sliced_file: MakeFile, slicer: str) -> None:
    path = sliced_file(filaments=2, slicer=slicer)
    with zipfile.ZipFile(path) as archive:
        gcode = archive.read("Metadata/plate_1.gcode").decode()
    used = {0: 0.0, 1: 0.0}
    tool = 0
    printing = False
    for line in gcode.splitlines():
        if line in {"T0", "T1"}:
            tool = int(line[1])
        printing = printing or line == "; CHANGE_LAYER"
        if printing and (move := re.fullmatch(r"G1 X\S+ Y\S+ E(\S+)", line)):
            used[tool] += float(move[1])
    filaments = reader.read(path).filaments
    assert [filament.used_m * 1000 for filament in filaments] == pytest.approx(
        list(used.values()), rel=0.01
    )
    assert gcode.count("; CHANGE_LAYER") == 60


@pytest.mark.parametrize("megabytes", [1, 3, 12])
def test_the_file_becomes_about_as_large_as_wanted(
    sliced_file: MakeFile, megabytes: int
) -> None:
    wanted = megabytes * 1024 * 1024
    assert sliced_file(size_bytes=wanted).stat().st_size == pytest.approx(
        wanted, rel=0.1
    )


def test_the_same_spec_makes_the_same_file_and_another_seed_another(
    tmp_path: Path,
) -> None:
    contents = []
    for number, seed in enumerate((1, 1, 2)):
        path = tmp_path / f"{number}.3mf"
        write_sliced_file(path, SlicedFileSpec(seed=seed))
        contents.append(path.read_bytes())
    assert contents[0] == contents[1] != contents[2]


@pytest.mark.parametrize(
    "values", [{"plates": 0}, {"plates": 37}, {"filaments": 9}, {"model": "X"}]
)
def test_what_no_slicer_writes_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        SlicedFileSpec(**values)  # type: ignore[arg-type]


def test_the_command_line_writes_what_it_says(tmp_path: Path) -> None:
    out = tmp_path / "out.gcode.3mf"
    command = [sys.executable, "-m", "scripts.sliced_file", str(out)]
    options = ["--plates", "2", "--first-plate", "3", "--title", "Box", "--model", "N1"]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=True
    )
    facts = reader.read(out)
    assert f"{out.stat().st_size} bytes, 2 plate(s)" in done.stdout
    assert [plate.number for plate in facts.plates] == [3, 4]
    assert facts.title == "Box"
    assert facts.printer_model == "Bambu Lab A1 mini"
    refused = subprocess.run(
        [*command, "--plates", "99"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert "1 to 36 plates" in refused.stderr
