"""Reading real and strange 3MF files."""

from collections.abc import Callable
import json
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.library import threemf
from custom_components.bambu_virtual_printer.library.sliced_file import (
    Filament,
    PlateObject,
    SlicedFile,
    Slicer,
)
from scripts.sliced_file import SlicedFileSpec

from .packages import PNG, config, model, package, plate

type MakeFile = Callable[..., Path]
type Read = Callable[..., SlicedFile]

GCODE = "; HEADER_BLOCK_START\n; total layer number: 10\n; HEADER_BLOCK_END\nG28\n"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads a package made of members."""

    def _read(members: dict[str, str | bytes]) -> SlicedFile:
        path = tmp_path / "file.3mf"
        path.write_bytes(package(members))
        return threemf.read(path)

    return _read


def slice_info(*plates: str, **header: str) -> dict[str, str | bytes]:
    items = "".join(
        f'<header_item key="{key}" value="{value}"/>' for key, value in header.items()
    )
    return {"Metadata/slice_info.config": config(f"<header>{items}</header>", *plates)}


# --- what slicers write ---------------------------------------------------------------------------------------------


def test_every_fact_of_a_bambu_studio_file_is_read(sliced_file: MakeFile) -> None:
    spec = SlicedFileSpec(plates=3, filaments=2, title='Tom & Jerry "gift"', seed=5)
    facts = threemf.read(
        sliced_file(plates=3, filaments=2, title='Tom & Jerry "gift"', seed=5)
    )
    assert facts.problems == ()
    assert facts.title == 'Tom & Jerry "gift"'
    assert facts.designer == "Demo Designer"
    assert facts.makerworld_id == "1234567"
    assert facts.slicer is Slicer.BAMBU_STUDIO
    assert facts.slicer_version == "02.07.01.57"
    assert facts.printer_model == "Bambu Lab P1S"
    assert facts.printer_model_id == "C12"
    assert facts.printer_profile == "Bambu Lab P1S 0.4 nozzle"
    assert facts.print_profile == "0.20mm Standard @BBL X1C"
    assert facts.nozzle_diameters_mm == (0.4,)
    assert facts.layer_height_mm == 0.2
    assert facts.bed_type == "Textured PEI Plate"
    assert facts.bed_temperature_c == facts.bed_temperature_initial_layer_c == 55
    assert facts.nozzle_temperature_c == facts.nozzle_temperature_initial_layer_c == 220
    assert facts.support_used is False
    assert facts.print_time_s == spec.print_time_s
    assert facts.filament_g == spec.filament_g
    assert facts.total_layers == 60
    assert [plate.number for plate in facts.plates] == [1, 2, 3]
    for read, sliced in zip(facts.plates, spec.sliced_plates, strict=True):
        assert read.printable
        assert read.print_time_s == sliced.print_time_s
        assert read.filament_g == sliced.filament_g
        assert read.total_layers == 60
        assert read.height_mm == 12.0
        assert read.thumbnail == f"Metadata/plate_{read.number}.png"
        assert [(thing.id, thing.name) for thing in read.objects] == [
            (thing.id, thing.name) for thing in sliced.things
        ]
        assert read.object_count == len(sliced.things)
        assert [(item.slot, item.used_g) for item in read.filaments] == list(
            sliced.weights_g.items()
        )
    first, second = facts.filaments
    assert (first.type, first.color, first.tray_info_idx) == ("PLA", "#00AE42", "GFA00")
    assert (second.type, second.profile) == ("PETG", "Bambu PETG Basic @BBL X1C")


def test_an_orcaslicer_file_is_read_and_told_apart(sliced_file: MakeFile) -> None:
    spec = SlicedFileSpec(slicer="orca_slicer", model="N1")
    facts = threemf.read(sliced_file(slicer="orca_slicer", model="N1"))
    assert facts.slicer is Slicer.ORCA_SLICER
    assert facts.slicer_version == "2.4.2"
    assert facts.printer_model == "Bambu Lab A1 mini"
    assert facts.print_time_s == spec.print_time_s
    assert facts.total_layers == 60


def test_two_nozzles_are_two(sliced_file: MakeFile) -> None:
    assert threemf.read(sliced_file(model="O1D")).nozzle_diameters_mm == (0.4, 0.4)


def test_facts_survive_json(sliced_file: MakeFile) -> None:
    for values in ({"plates": 2, "filaments": 4}, {"slicer": "orca_slicer"}):
        facts = threemf.read(sliced_file(**values))
        assert SlicedFile.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    assert SlicedFile.from_json(SlicedFile().to_json()) == SlicedFile()


def test_reading_a_large_file_touches_little_of_it(sliced_file: MakeFile) -> None:
    path = sliced_file(size_bytes=12 * 1024 * 1024)
    # Everything behind the first megabyte of the G-code is gone; nothing of it is needed.
    with path.open("r+b") as file:
        file.seek(2 * 1024 * 1024)
        file.write(b"\xff" * (8 * 1024 * 1024))
    facts = threemf.read(path)
    assert facts.problems == ()
    assert facts.total_layers


# --- parts missing or odd -------------------------------------------------------------------------------------------


def test_an_unsliced_project_is_read_but_cannot_be_printed(read: Read) -> None:
    facts = read(
        {
            "3D/3dmodel.model": model(
                Title="Vase", Application="BambuStudio-02.05.00.66"
            ),
            "Metadata/model_settings.config": config(
                '<object id="2"><metadata key="name" value="Vase &amp; lid"/>'
                '<part id="1"><metadata key="name" value="inner"/></part></object>'
                '<plate><metadata key="plater_id" value="1"/><metadata key="plater_name" value=""/>'
                '<model_instance><metadata key="object_id" value="2"/>'
                '<metadata key="identify_id" value="77"/></model_instance></plate>'
            ),
        }
    )
    assert facts.title == "Vase"
    assert facts.slicer is Slicer.BAMBU_STUDIO
    assert not facts.printable
    assert facts.plates[0].objects == (PlateObject(id=77, name="Vase & lid"),)
    assert facts.plates[0].name == "Vase & lid"
    assert facts.object_count == 1


def test_plates_without_gcode_do_not_count(read: Read) -> None:
    facts = read(
        slice_info(
            plate(1, prediction=100, weight=10), plate(2, prediction=50, weight=5)
        )
        | {"Metadata/plate_2.gcode": GCODE}
    )
    assert [plate.printable for plate in facts.plates] == [False, True]
    assert facts.print_time_s == 50
    assert facts.filament_g == 5
    assert [plate.number for plate in facts.printable_plates] == [2]
    assert facts.plate(2) is facts.plates[1]
    assert facts.plate(3) is None


def test_the_gcode_header_stands_in_for_slice_info_and_profile(read: Read) -> None:
    facts = read(
        {
            "Metadata/plate_4.gcode": (
                "; HEADER_BLOCK_START\n; BambuStudio 02.05.00.66\n"
                "; model printing time: 10m 0s; total estimated time: 12m 30s\n"
                "; total layer number: 42\n"
                "; total filament length [mm] : 1000.00,500.00\n"
                "; total filament weight [g] : 3.00,0.00\n; filament: 1,3\n"
                "; HEADER_BLOCK_END\n; CONFIG_BLOCK_START\n"
                "; curr_bed_type = Cool Plate\n; cool_plate_temp = 35,35,35\n"
                "; filament_type = PLA;ABS;PETG\n; filament_colour = #111111;#222222;#333333\n"
                "; layer_height = 0.16\n; nozzle_diameter = 0.4,0.6\n"
                "; nozzle_temperature = 210,250,240\n; printer_model = Bambu Lab X1\n"
                "; CONFIG_BLOCK_END\n"
            )
        }
    )
    assert facts.print_time_s == 750
    assert facts.filament_g == 3
    assert facts.filaments == (
        Filament(slot=1, type="PLA", color="#111111", used_g=3, used_m=1),
    )
    assert facts.total_layers == 42
    assert facts.printer_model == "Bambu Lab X1"
    assert facts.nozzle_diameters_mm == (0.4, 0.6)
    assert facts.bed_temperature_c == 35
    assert facts.nozzle_temperature_c == 210
    assert facts.layer_height_mm == 0.16


def test_weights_without_slots_are_those_of_the_first_ones(read: Read) -> None:
    gcode = "; total filament weight [g] : 3.00,1.00\n"
    facts = read({"Metadata/plate_1.gcode": gcode})
    assert [(item.slot, item.used_g) for item in facts.filaments] == [(1, 3), (2, 1)]


def test_only_filaments_that_are_used_count(read: Read) -> None:
    facts = read(
        slice_info(
            plate(
                more='<filament id="1" type="PLA" color="#FFFFFF" used_m="0" used_g="0.00"/>'
                '<filament id="2" type="PETG" color="#00AE42FF" used_m="1.5" used_g="4.5" group_id="0,1"/>'
                '<filament id="x" type="ABS" used_g="4.5"/>'
            )
        )
    )
    assert facts.filaments == (
        Filament(
            slot=2,
            type="PETG",
            color="#00AE42",
            used_g=4.5,
            used_m=1.5,
            group_ids=(0, 1),
        ),
    )


def test_a_missing_weight_is_the_sum_of_the_filaments(read: Read) -> None:
    more = '<filament id="1" used_g="1.25"/><filament id="2" used_g="2.5"/>'
    facts = read(slice_info(plate(weight="", more=more)))
    assert facts.filament_g == 3.75


def test_temperatures_are_those_of_the_filament_used_whatever_the_nozzle_variants(
    read: Read,
) -> None:
    facts = read(
        slice_info(plate(more='<filament id="3" type="PETG" used_g="2"/>'))
        | {
            "Metadata/project_settings.config": json.dumps(
                {
                    "curr_bed_type": "Textured PEI Plate",
                    "textured_plate_temp": ["55", "100", "70", "55", "35"],
                    "nozzle_temperature": ["220", "260", "255", "251", "220", "240"],
                    "filament_self_index": ["1", "2", "3", "3", "4", "5"],
                }
            )
        }
    )
    assert facts.nozzle_temperature_c == 255
    assert facts.bed_temperature_c == 70


def test_the_plates_own_bed_goes_before_the_projects(read: Read) -> None:
    facts = read(
        slice_info(plate())
        | {
            "Metadata/model_settings.config": config(
                '<plate><metadata key="plater_id" value="1"/>'
                '<metadata key="bed_type" value="High Temp Plate"/></plate>'
            ),
            "Metadata/project_settings.config": json.dumps(
                {"curr_bed_type": "Cool Plate", "hot_plate_temp": ["60"]}
            ),
        }
    )
    assert facts.plates[0].bed_type == facts.bed_type == "High Temp Plate"
    assert facts.bed_temperature_c == 60


def test_an_unknown_bed_has_no_temperature(read: Read) -> None:
    settings = json.dumps({"curr_bed_type": "Marble", "hot_plate_temp": ["60"]})
    facts = read(slice_info(plate()) | {"Metadata/project_settings.config": settings})
    assert facts.bed_type == "Marble"
    assert facts.bed_temperature_c is None


def test_objects_are_named_by_their_outlines_when_slice_info_has_none(
    read: Read,
) -> None:
    outline = json.dumps(
        {
            "bbox_objects": [
                {"id": 5, "name": "Lid"},
                {"id": 6, "name": "wipe_tower"},
                "odd",
            ]
        }
    )
    facts = read(slice_info(plate()) | {"Metadata/plate_1.json": outline})
    assert facts.plates[0].objects == (PlateObject(id=None, name="Lid"),)


def test_skipped_objects_are_named_but_not_counted(read: Read) -> None:
    more = (
        '<object identify_id="1" name="A" skipped="false"/>'
        '<object identify_id="2" name="B" skipped="true"/>'
    )
    facts = read(slice_info(plate(more=more)))
    assert [thing.skipped for thing in facts.plates[0].objects] == [False, True]
    assert facts.object_count == 1


def test_thousands_of_copies_are_counted_and_some_of_them_named(read: Read) -> None:
    more = '<object identify_id="1" name="Peg" skipped="false"/>' * 3000
    facts = read(slice_info(plate(more=more)))
    assert facts.object_count == 3000
    assert len(facts.plates[0].objects) == 1000


def test_plates_without_a_number_are_counted(read: Read) -> None:
    facts = read(slice_info(plate(""), plate("-3"), plate("7")))
    assert [plate.number for plate in facts.plates] == [1, 2, 7]


def test_more_plates_than_any_slicer_makes_are_left_out(read: Read) -> None:
    facts = read({f"Metadata/plate_{number}.gcode": GCODE for number in range(1, 400)})
    assert len(facts.plates) == 256


@pytest.mark.parametrize(
    ("application", "header", "gcode", "slicer", "version"),
    [
        ("BambuStudio-02.05.00.66", {}, "", Slicer.BAMBU_STUDIO, "02.05.00.66"),
        ("BambuStudio-2.3.1", {}, "", Slicer.ORCA_SLICER, "2.3.1"),
        ("OrcaSlicer-2.2.0", {}, "", Slicer.ORCA_SLICER, "2.2.0"),
        (
            "BambuStudio-02.05.00.66",
            {"OrcaSlicer-Version": "2.4.2"},
            "",
            Slicer.ORCA_SLICER,
            "2.4.2",
        ),
        (
            "BambuStudio-02.05.00.66",
            {},
            "; generated by OrcaSlicer 2.1.0 on x\n",
            Slicer.ORCA_SLICER,
            "2.1.0",
        ),
        ("Cura 5.4", {}, "", Slicer.OTHER, ""),
        ("", {}, "", Slicer.OTHER, ""),
    ],
)
def test_the_slicer_is_recognised(
    read: Read,
    application: str,
    header: dict[str, str],
    gcode: str,
    slicer: Slicer,
    version: str,
) -> None:
    facts = read(
        slice_info(plate(), **header)
        | {
            "3D/3dmodel.model": model(Application=application),
            "Metadata/plate_1.gcode": gcode,
        }
    )
    assert (facts.slicer, facts.slicer_version) == (slicer, version)


@pytest.mark.parametrize(
    ("model_id", "expected"),
    [
        ("DSM00000001234567", "1234567"),
        ("USec11953facc500", ""),
        ("DSM0000", ""),
        ("", ""),
    ],
)
def test_the_makerworld_id_is_a_number_or_nothing(
    read: Read, model_id: str, expected: str
) -> None:
    facts = read({"3D/3dmodel.model": model(DesignModelId=model_id)})
    assert facts.makerworld_id == expected


def test_the_meshes_are_never_read(read: Read) -> None:
    mesh = '<object id="1"><mesh>' + "<vertex/>" * 10 + "<broken"
    content = model(Title="Big").replace("<resources/>", f"<resources>{mesh}")
    facts = read({"3D/3dmodel.model": content})
    assert facts.title == "Big"
    assert facts.problems == (
        "Metadata/slice_info.config is missing",
        "Metadata/model_settings.config is missing",
        "Metadata/project_settings.config is missing",
    )


# --- pictures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (["Metadata/plate_2.png", "Metadata/plate_1.png"], "Metadata/plate_2.png"),
        (["Metadata/plate_1.png", "Metadata/thumbnail.png"], "Metadata/plate_1.png"),
        (
            ["Metadata/thumbnail.png", "Metadata/model_thumbnail.png"],
            "Metadata/thumbnail.png",
        ),
        (
            [
                "Metadata/model_thumbnail.png",
                "Auxiliaries/.thumbnails/thumbnail_3mf.png",
            ],
            "Metadata/model_thumbnail.png",
        ),
        (
            [
                "Auxiliaries/.thumbnails/thumbnail_middle.png",
                "Auxiliaries/.thumbnails/thumbnail_small.png",
            ],
            "Auxiliaries/.thumbnails/thumbnail_middle.png",
        ),
        (
            [
                "Auxiliaries/.thumbnails/thumbnail_small.png",
                "Auxiliaries/.thumbnails/thumbnail_3mf.png",
            ],
            "Auxiliaries/.thumbnails/thumbnail_small.png",
        ),
        (["/Metadata/plate_2.png"], "Metadata/plate_2.png"),
        ([], ""),
    ],
)
def test_pictures_are_looked_for_in_order(
    tmp_path: Path, members: list[str], expected: str
) -> None:
    path = tmp_path / "file.3mf"
    content = {name: PNG + name.lstrip("/").encode() for name in members}
    path.write_bytes(package({"Metadata/plate_2.gcode": GCODE, **content}))
    assert threemf.read(path).plates[0].thumbnail == expected
    picture = threemf.read_thumbnail(path, 2)
    assert picture == (PNG + expected.encode() if expected else None)


def test_what_is_no_picture_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "file.3mf"
    path.write_bytes(
        package(
            {
                "Metadata/plate_1.gcode": GCODE,
                "Metadata/plate_1.png": "<svg/>",
                "Metadata/thumbnail.png": PNG,
            }
        )
    )
    assert threemf.read(path).plates[0].thumbnail == "Metadata/thumbnail.png"


def test_a_picture_beyond_the_bounds_is_none(tmp_path: Path) -> None:
    path = tmp_path / "file.3mf"
    path.write_bytes(
        package(
            {
                "Metadata/plate_1.gcode": GCODE,
                "Metadata/plate_1.png": PNG + b"\0" * threemf.MAX_THUMBNAIL_BYTES,
            }
        )
    )
    assert threemf.read_thumbnail(path, 1) is None
