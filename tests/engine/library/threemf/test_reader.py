"""Reading real and strange 3MF files."""

from collections.abc import Callable
import json
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.library.threemf import reader
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
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
        return reader.read(path)

    return _read


def slice_info(*plates: str, **header: str) -> dict[str, str | bytes]:
    items = "".join(
        f'<header_item key="{key}" value="{value}"/>' for key, value in header.items()
    )
    return {"Metadata/slice_info.config": config(f"<header>{items}</header>", *plates)}


# --- what slicers write ---------------------------------------------------------------------------------------------


def test_every_fact_of_a_bambu_studio_file_is_read(sliced_file: MakeFile) -> None:
    spec = SlicedFileSpec(plates=3, filaments=2, title='Tom & Jerry "gift"', seed=5)
    facts = reader.read(
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
    facts = reader.read(sliced_file(slicer="orca_slicer", model="N1"))
    assert facts.slicer is Slicer.ORCA_SLICER
    assert facts.slicer_version == "2.4.2"
    assert facts.printer_model == "Bambu Lab A1 mini"
    assert facts.print_time_s == spec.print_time_s
    assert facts.total_layers == 60


def test_two_nozzles_are_two(sliced_file: MakeFile) -> None:
    assert reader.read(sliced_file(model="O1D")).nozzle_diameters_mm == (0.4, 0.4)


def test_facts_survive_json(sliced_file: MakeFile) -> None:
    for values in ({"plates": 2, "filaments": 4}, {"slicer": "orca_slicer"}):
        facts = reader.read(sliced_file(**values))
        assert SlicedFile.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    assert SlicedFile.from_json(SlicedFile().to_json()) == SlicedFile()


def test_reading_a_large_file_touches_little_of_it(sliced_file: MakeFile) -> None:
    path = sliced_file(size_bytes=12 * 1024 * 1024)
    # Everything behind the first megabyte of the G-code is gone; nothing of it is needed.
    with path.open("r+b") as file:
        file.seek(2 * 1024 * 1024)
        file.write(b"\xff" * (8 * 1024 * 1024))
    facts = reader.read(path)
    assert facts.problems == ()
    assert facts.total_layers


def test_the_time_is_at_the_end_of_gcode_for_other_printers(read: Read) -> None:
    facts = read(
        slice_info(
            plate(prediction="", weight="", more='<filament id="1" used_g="11.74"/>')
        )
        | {
            "Metadata/plate_1.gcode": "; HEADER_BLOCK_START\n"
            "; generated by OrcaSlicer 2.3.1-beta on 2026-01-02 at 03:04:05\n"
            "; total layer number: 42\n; HEADER_BLOCK_END\n; EXECUTABLE_BLOCK_START\n"
            + "".join(f"G1 X{x} Y{x % 97} E0.1\n" for x in range(100_000))
            + "; EXECUTABLE_BLOCK_END\n\n; filament used [mm] = 3872.74\n; filament used [g] = 11.74\n"
            "; estimated printing time (normal mode) = 58m 24s\n\n"
            "; CONFIG_BLOCK_START\n; layer_height = 0.28\n; printer_model = Voron 2.4\n; CONFIG_BLOCK_END\n"
        }
    )
    assert facts.print_time_s == 3504
    assert facts.filament_g == 11.74
    assert facts.total_layers == 42
    assert facts.layer_height_mm == 0.28
    assert facts.printer_model == "Voron 2.4"
    assert facts.problems == (
        "Metadata/model_settings.config is missing",
        "3D/3dmodel.model is missing",
        "Metadata/project_settings.config is missing",
    )


def test_no_end_is_looked_for_where_the_time_is_known(read: Read) -> None:
    gcode = GCODE + "; estimated printing time (normal mode) = 58m 24s\n"
    facts = read(slice_info(plate(prediction=60)) | {"Metadata/plate_1.gcode": gcode})
    assert facts.print_time_s == 60


def test_ends_are_looked_for_within_a_bound_over_all_plates(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    gcode = GCODE + "; estimated printing time (normal mode) = 58m 24s\n"
    monkeypatch.setattr(reader, "MAX_INFLATED_GCODE_BYTES", 2 * len(gcode))
    facts = read({f"Metadata/plate_{number}.gcode": gcode for number in (1, 2, 3)})
    assert [plate.print_time_s for plate in facts.plates] == [3504, 3504, None]
    assert facts.problems[-1].startswith("Metadata/plate_3.gcode is larger than")


# --- names of members -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "./Metadata/{}",
        "././Metadata/{}",
        "/Metadata/{}",
        ".//Metadata/{}",
        "Metadata\\{}",
        ".\\Metadata\\{}",
        "metadata/{}",
        "METADATA\\{}",
    ],
)
def test_members_are_found_as_bambu_studio_finds_them(read: Read, written: str) -> None:
    members = slice_info(plate(prediction=77)) | {
        "Metadata/plate_1.gcode": GCODE,
        "Metadata/plate_1.png": PNG,
        "Metadata/project_settings.config": '{"printer_model": "Bambu Lab P1S"}',
        "3D/3dmodel.model": model(Title="Vase"),
    }
    facts = read(
        {
            written.format(name.partition("/")[2])
            if name.startswith("Metadata")
            else "./3d\\3DModel.model": content
            for name, content in members.items()
        }
    )
    assert facts.title == "Vase"
    assert facts.print_time_s == 77
    assert facts.printer_model == "Bambu Lab P1S"
    assert facts.printable
    assert facts.cover == 1


@pytest.mark.parametrize(
    "written",
    [
        "../Metadata/plate_1.png",
        "x/../Metadata/plate_1.png",
        "C:\\Metadata\\plate_1.png",
    ],
)
def test_names_that_lead_elsewhere_are_no_parts(read: Read, written: str) -> None:
    facts = read({"Metadata/plate_1.gcode": GCODE, written: PNG})
    assert facts.cover is None


# --- metadata of the model ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["(Unsaved)", "Untitled", " (untitled) "])
def test_a_placeholder_is_no_title(read: Read, title: str) -> None:
    assert read({"3D/3dmodel.model": model(Title=title)}).title == ""


def test_the_first_of_several_values_counts(read: Read) -> None:
    document = model(Title="First", Designer="").replace(
        "<resources/>",
        '<metadata name="Title">Second</metadata><metadata name="Designer">Second</metadata>'
        '<metadata name="Designer">Third</metadata><resources/>',
    )
    facts = read({"3D/3dmodel.model": document})
    assert (facts.title, facts.designer) == ("First", "Second")


def test_a_repeated_application_does_not_confuse_slicers(read: Read) -> None:
    application = '<metadata name="Application">BambuStudio-02.05.00.66</metadata>'
    document = model().replace("<resources/>", application * 2 + "<resources/>")
    facts = read({"3D/3dmodel.model": document})
    assert (facts.slicer, facts.slicer_version) == (
        Slicer.BAMBU_STUDIO,
        "02.05.00.66",
    )


def test_a_prefix_of_the_core_namespace_makes_no_difference(read: Read) -> None:
    document = (
        '<m:model xmlns:m="http://schemas.microsoft.com/3dmanufacturing/core/2015/02" xmlns:x="urn:x">'
        '<x:metadata name="Title">No title</x:metadata>'
        '<m:metadata name="Title">Prefixed</m:metadata><m:metadata name="Designer">Somebody</m:metadata>'
        "<m:resources/><m:metadata name='Title'>Never read</m:metadata></m:model>"
    )
    facts = read({"3D/3dmodel.model": document})
    assert (facts.title, facts.designer) == ("Prefixed", "Somebody")


def test_a_prefix_that_nobody_declared_costs_nothing(read: Read) -> None:
    document = model(Title="Vase").replace("<model ", '<model p:UUID="1" ')
    facts = read({"3D/3dmodel.model": document})
    assert facts.title == "Vase"
    assert not [problem for problem in facts.problems if "damaged" in problem]


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
                "; total filament length [mm] : 1000.00,0.00\n"
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


def test_a_filament_without_density_is_kept_by_its_length(read: Read) -> None:
    facts = read(
        slice_info(
            plate(
                weight="0.00",
                more='<filament id="1" type="PETG" color="#112233" used_m="1.22" used_g="0.00"/>'
                '<filament id="2" type="PLA" used_m="0.00" used_g="0.00"/>',
            )
        )
    )
    assert facts.filaments == (
        Filament(slot=1, type="PETG", color="#112233", used_g=0, used_m=1.22),
    )


def test_a_filament_without_weight_in_the_gcode_is_kept_by_its_length(
    read: Read,
) -> None:
    facts = read(
        {
            "Metadata/plate_1.gcode": "; HEADER_BLOCK_START\n"
            "; total filament length [mm] : 1220.00\n; filament: 3\n; HEADER_BLOCK_END\n"
        }
    )
    assert facts.filaments == (Filament(slot=3, used_m=1.22),)


def test_filaments_of_the_file_are_what_all_plates_use_of_them(read: Read) -> None:
    one = (
        '<filament id="1" type="PLA" used_m="3" used_g="10.00" group_id="0"/>'
        '<filament id="1" type="PLA" used_m="1" used_g="0.50" group_id="1"/>'
    )
    two = (
        '<filament id="1" type="PLA" used_m="75" used_g="240.00" group_id="0"/>'
        '<filament id="2" type="PETG" used_m="3" used_g="10.00"/>'
    )
    unsliced = '<filament id="1" type="PLA" used_m="9" used_g="9.00"/>'
    facts = read(
        slice_info(
            plate(1, more=one), plate(2, more=two), plate(3, more=unsliced), weight=""
        )
        | {"Metadata/plate_1.gcode": GCODE, "Metadata/plate_2.gcode": GCODE}
    )
    assert [
        (item.slot, item.type, item.used_g, item.used_m, item.group_ids)
        for item in facts.filaments
    ] == [(1, "PLA", 250.5, 79, (0, 1)), (2, "PETG", 10, 3, ())]


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
        (["Metadata/plate_1.png"], ""),
        (["Metadata/plate_1.png", "Metadata/thumbnail.png"], "Metadata/thumbnail.png"),
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
        ([], ""),
    ],
)
def test_pictures_are_looked_for_in_order(
    tmp_path: Path, members: list[str], expected: str
) -> None:
    path = tmp_path / "file.3mf"
    content = {name: PNG + name.encode() for name in members}
    path.write_bytes(package({"Metadata/plate_2.gcode": GCODE, **content}))
    assert reader.read(path).plates[0].thumbnail == expected
    picture = reader.read_thumbnail(path, 2)
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
    assert reader.read(path).plates[0].thumbnail == "Metadata/thumbnail.png"


def test_a_picture_beyond_the_bounds_is_none(tmp_path: Path) -> None:
    path = tmp_path / "file.3mf"
    path.write_bytes(
        package(
            {
                "Metadata/plate_1.gcode": GCODE,
                "Metadata/plate_1.png": PNG + b"\0" * reader.MAX_THUMBNAIL_BYTES,
            }
        )
    )
    assert reader.read(path).plates[0].thumbnail == ""
    assert reader.read_thumbnail(path, 1) is None


@pytest.mark.parametrize(
    "picture",
    [
        b"\xff\xd8\xff\xe0 JPEG",
        b"RIFF\0\0\0\0WEBPVP8 ",
        PNG[:8],
        PNG[:12] + b"IDAT" + PNG[16:],
        # 100,000 times 100,000 pixels, none of them there.
        PNG[:16] + b"\0\x01\x86\xa0" * 2 + PNG[24:],
        PNG[:16] + bytes(8) + PNG[24:],
    ],
    ids=["JPEG", "WebP", "signature only", "no header", "huge", "empty"],
)
def test_a_picture_no_browser_could_show_is_none(read: Read, picture: bytes) -> None:
    facts = read({"Metadata/plate_1.gcode": GCODE, "Metadata/plate_1.png": picture})
    assert facts.plates[0].thumbnail == ""
    assert facts.cover is None


def test_the_cover_is_the_plate_that_is_printed_not_the_projects_first(
    sliced_file: MakeFile,
) -> None:
    facts = reader.read(sliced_file(first_plate=2, project_plates=3))
    assert [plate.number for plate in facts.plates] == [1, 2, 3]
    assert all(plate.thumbnail for plate in facts.plates)
    assert facts.cover == 2
    assert facts.plate_count == 1


def test_the_cover_of_a_project_without_gcode_is_its_first_picture(read: Read) -> None:
    facts = read(slice_info(plate(1), plate(2)) | {"Metadata/plate_2.png": PNG})
    assert facts.cover == 2
    assert facts.plate_count == 0
