"""Plain G-code in a 3MF: what a printer finds there, and that it is the same as in one of a slicer."""

import hashlib
import json
from pathlib import Path
import tracemalloc
from typing import Literal
import zipfile

import pytest

from custom_components.bambu_virtual_printer.engine.library.gcode import package
from custom_components.bambu_virtual_printer.engine.library.gcode.package import (
    StoppedError,
    make_package,
)
from custom_components.bambu_virtual_printer.engine.library.threemf import (
    reader as threemf,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    SlicedFileError,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    SlicedFile,
)
from scripts.printer_double.files import is_printable
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from tests.support.gcode import plain_gcode

from .test_reader import CURA, ORCA_KLIPPER, PRUSA, comments, picture

type SlicerName = Literal["bambu_studio", "orca_slicer"]


def packaged(tmp_path: Path, gcode: str, title: str = "Cube") -> Path:
    source, target = tmp_path / "Cube.gcode", tmp_path / "Cube.3mf"
    source.write_text(gcode)
    make_package(source, target, title=title, is_stopped=lambda: False)
    return target


@pytest.mark.parametrize(
    ("slicer", "filaments", "model"),
    [
        ("bambu_studio", 1, "C12"),
        ("bambu_studio", 3, "N1"),
        ("bambu_studio", 2, "O1D"),
        ("orca_slicer", 1, "C12"),
        ("orca_slicer", 3, "BL-P001"),
    ],
)
def test_it_says_the_same_as_the_3mf_of_the_slicer(
    tmp_path: Path, slicer: SlicerName, filaments: int, model: str
) -> None:
    spec = SlicedFileSpec(slicer=slicer, filaments=filaments, model=model)
    original = tmp_path / "Original.3mf"
    write_sliced_file(original, spec)
    target = packaged(
        tmp_path, plain_gcode(slicer=slicer, filaments=filaments, model=model)
    )
    wanted, found = threemf.read(original), threemf.read(target)
    assert not found.problems
    for name in (
        "slicer",
        "slicer_version",
        "printer_model",
        "printer_model_id",
        "printer_profile",
        "print_profile",
        "nozzle_diameters_mm",
        "layer_height_mm",
        "bed_type",
        "bed_temperature_c",
        "nozzle_temperature_c",
        "project_filaments",
        "print_time_s",
        "total_layers",
    ):
        assert getattr(found, name) == getattr(wanted, name), name
    assert found.filament_g == pytest.approx(wanted.filament_g, abs=0.03)
    assert [_filament(found, at) for at in range(filaments)] == [
        _filament(wanted, at) for at in range(filaments)
    ]
    settings = [
        json.loads(zipfile.ZipFile(path).read(threemf.PROJECT_SETTINGS))
        for path in (original, target)
    ]
    assert settings[1] == settings[0]


def _filament(facts: SlicedFile, at: int) -> tuple[object, ...]:
    filament = facts.filaments[at]
    return filament.slot, filament.type, filament.color, filament.tray_info_idx


@pytest.mark.parametrize("slicer", ["bambu_studio", "orca_slicer"])
def test_a_printer_takes_it_and_finds_every_member_of_a_slicers_file(
    tmp_path: Path, slicer: SlicerName
) -> None:
    gcode = plain_gcode(slicer=slicer)
    shown = f"; THUMBNAIL_BLOCK_START\n{comments(picture(16), '16x16')}{comments(picture(40), '40x40')}; THUMBNAIL_BLOCK_END\n"
    gcode = gcode.replace("; CONFIG_BLOCK_START", f"{shown}; CONFIG_BLOCK_START", 1)
    target = packaged(tmp_path, gcode, "Tür & <Tor>")
    content = target.read_bytes()
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest().upper()
    assert is_printable(content, "Metadata/plate_1.gcode", md5)
    assert not is_printable(content, "Metadata/plate_2.gcode", md5)
    with zipfile.ZipFile(target) as made:
        assert made.testzip() is None
        assert {
            "[Content_Types].xml",
            "_rels/.rels",
            "3D/3dmodel.model",
            "Metadata/plate_1.gcode",
            "Metadata/plate_1.gcode.md5",
            "Metadata/slice_info.config",
            "Metadata/model_settings.config",
            "Metadata/_rels/model_settings.config.rels",
            "Metadata/project_settings.config",
            "Metadata/plate_1.png",
            "Metadata/plate_1_small.png",
            "Metadata/plate_no_light_1.png",
        } == {*made.namelist()}
        assert made.read("Metadata/plate_1.gcode").decode() == gcode
        assert made.read("Metadata/plate_1.png") == picture(40)
        assert made.read("Metadata/plate_1_small.png") == picture(16)
        assert b"plate_1_small.png" in made.read("_rels/.rels")
    facts = threemf.read(target)
    assert (facts.title, facts.plates[0].thumbnail) == (
        "Tür & <Tor>",
        "Metadata/plate_1.png",
    )


def test_without_pictures_nothing_names_one(tmp_path: Path) -> None:
    with zipfile.ZipFile(packaged(tmp_path, plain_gcode())) as made:
        assert not [name for name in made.namelist() if name.endswith(".png")]
        for name in ("_rels/.rels", "Metadata/model_settings.config"):
            assert b".png" not in made.read(name)


def test_the_same_gcode_makes_the_same_octets(tmp_path: Path) -> None:
    first = packaged(tmp_path, plain_gcode(filaments=2)).read_bytes()
    assert packaged(tmp_path, plain_gcode(filaments=2)).read_bytes() == first


def test_each_filament_keeps_its_nozzle(tmp_path: Path) -> None:
    gcode = plain_gcode(filaments=2, model="O1D").replace(
        "; filament_settings_id", "; filament_map = 2,1\n; filament_settings_id", 1
    )
    facts = threemf.read(packaged(tmp_path, gcode))
    assert [filament.group_ids for filament in facts.filaments] == [(1,), (0,)]
    assert facts.nozzle_diameters_mm == (0.4, 0.4)


@pytest.mark.parametrize(
    ("gcode", "says"),
    [
        (PRUSA, "MK4S"),
        (CURA, "Creality"),
        (ORCA_KLIPPER, "Voron"),
        (PRUSA.replace("= MK4S", "= Bambu Lab P1S"), "Bambu Studio or OrcaSlicer"),
        ("G28\n", "does not say"),
    ],
)
def test_what_is_for_another_printer_is_none_of_theirs(
    tmp_path: Path, gcode: str, says: str
) -> None:
    with pytest.raises(SlicedFileError, match=says):
        packaged(tmp_path, gcode)


def test_memory_does_not_grow_with_the_gcode_and_work_can_be_given_up(
    tmp_path: Path,
) -> None:
    source, target = tmp_path / "Large.gcode", tmp_path / "Large.3mf"
    with source.open("w") as file:
        file.write(plain_gcode())
        for _ in range(64):
            file.write("G1 X1 Y1 E0.1\n" * (1024 * 1024 // 14))
    make_package(source, target, title="", is_stopped=lambda: False)
    tracemalloc.start()
    try:
        make_package(source, target, title="", is_stopped=lambda: False)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 16 * 1024 * 1024
    asked = iter([False, False, True])
    with pytest.raises(StoppedError):
        make_package(source, target, title="", is_stopped=lambda: next(asked))


def test_what_is_larger_than_32_bits_can_say_is_written_in_64(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "LARGE_BYTES", 1)
    with zipfile.ZipFile(packaged(tmp_path, plain_gcode())) as made:
        assert made.getinfo("Metadata/plate_1.gcode").extract_version == 45
        assert made.testzip() is None
