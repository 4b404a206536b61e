"""A whole proxy printer: a slicer's way through it, and what is told of it."""

from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.model import (
    PrintRequested,
    SlicerConnected,
    SlicerDisconnected,
)
from scripts import slicer
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from tests.conftest import SERIAL

from .conftest import Stage
from .simulated_printer import ACCESS_CODE, SimulatedPrinter


@pytest.fixture(scope="module")
def sliced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sliced") / "Cube Ünïcode 1.gcode.3mf"
    write_sliced_file(path, SlicedFileSpec(title="Cube"))
    return path


@pytest.mark.parametrize(
    "terminate", [False, True], ids=["passed through", "ended here"]
)
async def test_a_slicer_prints_through_the_proxy(
    stage: Stage, real: SimulatedPrinter, sliced: Path, terminate: bool
) -> None:
    proxy = await stage.proxy(real.address, terminate_ftps=terminate)
    steps: list[slicer.Step] = []

    found = await slicer.send(
        sliced,
        stage.address,
        ACCESS_CODE,
        print_options=slicer.PrintOptions(),
        on_step=steps.append,
    )

    assert (found.serial, found.name) == (SERIAL, "Proxy")
    assert real.ftps.files[sliced.name] == sliced.read_bytes()
    assert {"522", "425"}.isdisjoint(line[:3] for line in real.ftps.log)
    [requested] = stage.of(PrintRequested)
    assert requested.request.file == sliced.name
    await stage.until(lambda: stage.of(SlicerDisconnected))
    assert len(stage.of(SlicerConnected)) == 1
    assert all(proxy.listeners.values())
    counted = {reading.service: reading for reading in proxy.traffic}
    assert counted["ftps_data"].up_bytes >= sliced.stat().st_size
    assert not proxy.uploads
