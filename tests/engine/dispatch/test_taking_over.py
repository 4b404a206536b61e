"""Home Assistants that die one after the other, in any phase of a print: each copy is printed once, by whoever is left."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
import json
import multiprocessing
from multiprocessing.process import BaseProcess
from pathlib import Path
import signal

import pytest

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    JobState,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import Outcome
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from scripts.printer_double import PrinterDouble
from scripts.printer_double.certificate import PrinterCertificate, maker_ca
from scripts.printer_double.statuses import ams, unit
from tests.support.gcode import plain_gcode
from tests.support.library import archive_file
from tests.support.real_printers import GREEN, WHITE
from tests.support.serials import SERIAL
from tests.support.shared import shared_library

from .driving_program import ORDERED, Settings, main

# All begin with what one has imported.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.engine.dispatch.driving_program"])
MOMENTS = (
    "claimed",
    "uploading",
    "uploaded",
    "publishing",
    ORDERED,
    "started",
    "printing",
)
# Each of those that die ends one print at most.
COPIES = len(MOMENTS) + 1
WITHIN_S = 150.0


async def start(settings: Settings, processes: list[BaseProcess]) -> None:
    """Start one, and wait until it is ready."""
    ready, its_ready = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=main, args=(settings, its_ready))
    await asyncio.to_thread(process.start)
    processes.append(process)
    its_ready.close()
    with ready:
        assert await asyncio.to_thread(ready.recv) == "ready"


async def completed(library: Library, job_id: str) -> None:
    while (await library.queue.job(job_id)).state is not JobState.COMPLETED:
        await asyncio.sleep(0.1)


async def show(double: PrinterDouble, path: Path) -> None:
    """Write down what the printer has begun, for those who are asked."""
    while True:
        shown = path.with_suffix(".new")
        shown.write_text(json.dumps([one.subtask_id for one in double.prints]))
        shown.replace(path)
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("file_name", ["Cube.gcode.3mf", "Cube.gcode"])
async def test_who_is_left_goes_on_with_the_print_of_one_that_dies_in_any_phase(
    postgresql: Callable[[], str],
    address: str,
    certificate: PrinterCertificate,
    sliced_data: Callable[..., bytes],
    tmp_path: Path,
    file_name: str,
) -> None:
    url, begun = postgresql(), tmp_path / "begun.json"
    looker = Instance(id="looker", name="looker", version="")
    async with (
        PrinterDouble(address, SERIAL, certificate, step_s=0.1) as double,
        shared_library(url, tmp_path / "files", looker) as (library, events),
    ):
        double.status["ams"] = ams(unit(0, "1001", GREEN, WHITE, None, None))
        showing = asyncio.create_task(show(double, begun))
        data = sliced_data() if file_name.endswith(".3mf") else plain_gcode().encode()
        archive = (await archive_file(library, events, data, file_name)).archive
        settings = Settings(
            url=url,
            folder=str(tmp_path / "files"),
            name="",
            address=address,
            serial=SERIAL,
            begun=str(begun),
            ca=maker_ca().der,
        )
        processes: list[BaseProcess] = []
        try:
            async with asyncio.timeout(WITHIN_S):
                for moment in MOMENTS:
                    one = replace(settings, name=moment, dies_at=moment)
                    await start(one, processes)
                # Nothing is there for them before all are.
                target = Target(kind=TargetKind.MODEL, id="C12")
                [job] = await library.queue.add(
                    archive.id, JobPlan(hold=False, copies=COPIES, target=target)
                )
                for process in processes:
                    await asyncio.to_thread(process.join, WITHIN_S)
                    assert process.exitcode == -signal.SIGKILL
                last = replace(settings, name="last")
                await start(last, processes)
                await completed(library, job.id)
        finally:
            showing.cancel()
            for process in processes:
                process.kill()
                await asyncio.to_thread(process.join, WITHIN_S)
                process.close()
        printed = Counter(one.subtask_id for one in double.prints)
        assert set(printed.values()) == {1}
        assert len(printed) == COPIES
        prints = await library.prints.of_job(job.id)
        finished = {
            str(one.subtask_id) for one in prints if one.outcome is Outcome.FINISHED
        }
        assert finished == set(printed)
        # The last one has taken over all that is left to do at the printer.
        assert {one.machine_id for one in prints} == {"printer of last"}
