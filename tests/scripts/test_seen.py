"""The slicer's side sees what Bambu Studio would."""

import pytest

from scripts.seen import read
from tests.engine.mirror.showing import CASES, own_report, show


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "P1S",
            [
                "nozzles: 0.4 mm hardened_steel",
                "AMS 1: PLA #000000, PLA #C12E1F, empty, PETG #FFFFFF",
            ],
        ),
        (
            "H2D",
            [
                "nozzles: 0.4 mm HS01, 0.6 mm HH01",
                "AMS 1: PLA #000000, PLA #C12E1F, empty, empty",
                "AMS HT 1: PETG #FFFFFF",
            ],
        ),
    ],
)
def test_spools_nozzles_and_progress_are_seen(name: str, lines: list[str]) -> None:
    seen = read(
        show(
            CASES[name],
            gcode_state="RUNNING",
            subtask_name="Gear",
            mc_percent=42,
            layer_num=3,
            total_layer_num=8,
        )
    )
    assert list(seen.lines()) == ["FINISH 42 %, layer 3 of 8, “Gear”", *lines]


@pytest.mark.parametrize(
    ("name", "nozzles"),
    [("P1S", "0.4 mm hardened_steel"), ("H2D", "0.4 mm HS01, 0.4 mm HS01")],
)
def test_an_empty_printer_has_nozzles_and_no_ams(name: str, nozzles: str) -> None:
    assert list(read(own_report(CASES[name])).lines()) == [
        "IDLE 0 %, layer 0 of 0",
        f"nozzles: {nozzles}",
        "no AMS",
    ]
