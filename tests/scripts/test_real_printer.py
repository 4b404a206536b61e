import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import json
from pathlib import Path
import sys
from typing import Any

from custom_components.bambu_virtual_printer.engine.machines import mapping
from custom_components.bambu_virtual_printer.engine.machines.machine import (
    Machine,
    MachineServices,
)
from custom_components.bambu_virtual_printer.engine.machines.project_file import (
    ProjectFile,
)
from custom_components.bambu_virtual_printer.engine.machines.settings import (
    MachineSettings,
)
from custom_components.bambu_virtual_printer.engine.machines.values import SpoolPlace
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterTrust,
)
from scripts.real_printer import certificate_in
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from tests.support.serials import SERIAL

TIMEOUT_S = 60


@asynccontextmanager
async def program(
    address: str, folder: Path, *options: str
) -> AsyncIterator[asyncio.StreamReader]:
    """Run the printer, and give what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.real_printer", "--json"),
        *("--address", address, "--folder", str(folder), *options),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout
        yield process.stdout
    finally:
        process.terminate()
        assert await process.wait() == 0


async def event(lines: asyncio.StreamReader) -> dict[str, Any]:
    async with asyncio.timeout(TIMEOUT_S):
        found: dict[str, Any] = json.loads(await lines.readline())
    return found


async def test_a_plate_that_is_uploaded_and_started_is_printed_and_told_of_once(
    new_address: Callable[[], str], tmp_path: Path
) -> None:
    plate = tmp_path / "Gear.gcode.3mf"
    write_sliced_file(plate, SlicedFileSpec(filaments=2))
    async with program(new_address(), tmp_path / "kept", "--seconds", "1") as lines:
        ready = await event(lines)
        settings = MachineSettings(
            host=ready["address"],
            serial=ready["serial"],
            model="C12",
            access_code=ready["access_code"],
            pinned=ready["fingerprint"],
        )
        async with (
            MachineServices(PrinterTrust([])) as services,
            Machine(settings, services) as machine,
        ):
            async with asyncio.timeout(TIMEOUT_S):
                async for state in machine.changes():
                    if state.is_current:
                        break
            uploaded = await machine.upload(plate, "Gear_1.gcode.3mf")
            places = (SpoolPlace(unit=0, slot=0), SpoolPlace(unit=0, slot=1))
            await machine.start(
                ProjectFile(
                    file=uploaded.name,
                    md5=uploaded.md5,
                    plate=1,
                    title="Gear",
                    job_id=7,
                    mapping=mapping.encode(places),
                )
            )
            told = [await event(lines)]
            while told[-1]["event"] != "ended":
                told.append(await event(lines))
    assert told[0] == {
        "event": "uploaded",
        "file": "Gear_1.gcode.3mf",
        "size_bytes": plate.stat().st_size,
    }
    assert [one["event"] for one in told[1:]] == [
        "ordered",
        "started",
        "printing",
        *["progress"] * 8,
        "ended",
    ]
    assert told[-2]["percent"] == 100
    assert told[-1]["state"] == "FINISH"
    assert told[-1]["prints"] == 1


def test_the_certificate_that_a_person_confirmed_is_there_the_next_time(
    tmp_path: Path,
) -> None:
    first = certificate_in(tmp_path, SERIAL).fingerprint
    assert certificate_in(tmp_path, SERIAL).fingerprint == first
