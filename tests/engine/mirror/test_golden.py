"""Reports of every model that may be recorded here, as slicers get them, against files that were read by people."""

import json

import pytest

from custom_components.bambu_virtual_printer.engine.machines.families import find_traits
from tests.support.machine_states import machine_state

from .golden import FOLDER, GOLDEN, text
from .showing import CASES, REPLAYS, identity_spellings

MODELS = {
    **{name.lower().replace(" ", "-"): case.model for name, case in CASES.items()},
    **{name.lower().replace(" ", "-"): model for name, (model, _) in REPLAYS.items()},
}


@pytest.mark.parametrize("name", GOLDEN)
def test_slicers_are_told_what_the_file_says(name: str) -> None:
    assert text(name) == (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def test_there_is_no_file_that_nothing_is_compared_with() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == GOLDEN.keys()


@pytest.mark.parametrize("name", GOLDEN)
def test_a_reader_of_reports_understands_them(name: str) -> None:
    told = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    model = MODELS[name.rpartition("-")[0]]
    state = machine_state(
        told["report"], {"module": told["modules"]}, find_traits(model)
    )
    assert state.nozzles and all(nozzle.diameter_mm for nozzle in state.nozzles)
    assert not state.phase.is_active
    assert state.print_error is None
    seen = " ".join(told["seen"])
    for spool in state.spools:
        if spool.is_known and not spool.place.is_external:
            assert f"{spool.type} #{spool.color[:6]}" in seen
    if name.endswith("printing"):
        assert state.job.percent == 42
        assert "FINISH 42 %, layer 12 of 75" in seen
    if name.endswith(("silent", "pooled")):
        assert state.job.percent in {None, 0}


@pytest.mark.parametrize("name", GOLDEN)
def test_no_file_tells_where_the_real_printer_is(name: str) -> None:
    told = (FOLDER / f"{name}.json").read_text(encoding="utf-8").lower()
    assert not [spelled for spelled in identity_spellings() if spelled in told]
