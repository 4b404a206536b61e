"""Settings in the comments of G-code, and the same in a 3MF."""

import pytest

from custom_components.bambu_virtual_printer.engine.library.gcode.settings import (
    project_settings,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    Slicer,
)

BAMBU, ORCA = Slicer.BAMBU_STUDIO, Slicer.ORCA_SLICER


@pytest.mark.parametrize(
    ("slicer", "key", "written", "read"),
    [
        (BAMBU, "layer_height", "0.2", "0.2"),
        (BAMBU, "best_object_pos", "0.5,0.5", "0.5,0.5"),
        (BAMBU, "bed_exclude_area", "", []),
        (BAMBU, "bed_custom_model", "", ""),
        (BAMBU, "nozzle_temperature", "220", ["220"]),
        (BAMBU, "nozzle_temperature", "220,255", ["220", "255"]),
        (BAMBU, "filament_type", "PLA;PETG-CF", ["PLA", "PETG-CF"]),
        (BAMBU, "default_filament_colour", ";", ["", ""]),
        (
            BAMBU,
            "filament_settings_id",
            '"Generic PLA @BBL A1";Other;"with \\"marks\\""',
            ["Generic PLA @BBL A1", "Other", 'with "marks"'],
        ),
        (
            BAMBU,
            "filament_end_gcode",
            r'"; end\nM106 P3 S0\n"',
            ["; end\nM106 P3 S0\n"],
        ),
        (BAMBU, "layer_change_gcode", r"M73 L1\nG92 E0", "M73 L1\nG92 E0"),
        # A list in one of the slicers, a single value in the other.
        (BAMBU, "outer_wall_speed", "200", ["200"]),
        (ORCA, "outer_wall_speed", "200", "200"),
    ],
)
def test_a_setting_is_what_the_slicer_writes_into_a_3mf(
    slicer: Slicer, key: str, written: str, read: str | list[str]
) -> None:
    made = project_settings({key: written}, slicer, "02.04.00.70")
    assert made.pop(key) == read
    assert made == {
        "from": "project",
        "name": "project_settings",
        "version": "02.04.00.70",
    }


@pytest.mark.parametrize(
    "written", ['"', '"a', 'a"b;c', '";";', '"\\', ";;", '"a"b;"c"']
)
def test_marks_that_do_not_close_end_somewhere(written: str) -> None:
    made = project_settings({"filament_type": written}, BAMBU, "")
    assert isinstance(made["filament_type"], list)
