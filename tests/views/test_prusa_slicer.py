"""PrusaSlicer itself sends to the door. Skipped where it is not installed."""

import pytest

from custom_components.bambu_virtual_printer.engine.values import Intent
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant
from scripts import prusa_slicer

from .test_host import BASE, Door, archived, door, key

__all__ = ["door", "key"]


@pytest.mark.slow
@pytest.mark.skipif(bool(prusa_slicer.missing()), reason="needs PrusaSlicer and Xvfb")
@pytest.mark.parametrize("prints", [False, True])
async def test_prusa_slicer_sends_what_it_sliced(
    hass: HomeAssistant, hub: Hub, door: Door, key: str, prints: bool
) -> None:
    url = f"http://127.0.0.1:{door.port}{BASE}"
    async with prusa_slicer.prusa_slicer(url, key) as slicer:
        await slicer.send(prints=prints)
        (archive,) = await archived(hass, hub)
    assert archive.file_name == f"{prusa_slicer.NAME}.gcode"
    assert archive.file.sender == "Anna"
    assert archive.intent is (Intent.PRINT if prints else Intent.SEND)
    details = await hub.library.archive(archive.id)
    assert details.facts.slicer.name.lower() == "prusa_slicer"
    assert archive.filament_g == pytest.approx(2.2, abs=0.5)
    assert archive.print_time_s
