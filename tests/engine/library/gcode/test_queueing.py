"""Which plain G-code is queued, and what becomes of the other."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    NotQueueableError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    JobAdded,
    QueueRefused,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.values import (
    Mode,
    OnPrint,
    PrinterRef,
)
from tests.support.gcode import plain_gcode
from tests.support.library import IMMEDIATE, REVIEW, Events, Home, receive
from tests.support.print_requests import REQUEST

from .test_reader import CURA, ORCA_KLIPPER, PRUSA

QUEUE = PrinterRef(id="p3", name="Workshop", model="C12", mode=Mode.QUEUE)
OURS = plain_gcode()
ASKED = replace(REQUEST, file="Cube.gcode", plate=1)


async def send(
    library: Library, printer: PrinterRef, gcode: str, *, prints: bool = False
) -> str:
    """Send it, and return its id."""
    file = await receive(library.storage(printer), "Cube.gcode", gcode.encode())
    request = ASKED if prints else None
    library.receive(file, printer, request)
    return file.id


@pytest.mark.parametrize("slicer", ["bambu_studio", "orca_slicer"])
async def test_what_is_for_a_bambu_printer_is_queued_like_a_3mf(
    home: Home, slicer: str
) -> None:
    async with home.open() as (library, events):
        await send(library, QUEUE, plain_gcode(slicer=slicer, filaments=2))
        job = (await events.next(JobAdded)).job
        assert (job.plate, job.file_name) == (1, "Cube.gcode")
        assert job.filament_types == ("PLA", "PETG")
        archive = (await events.next(ArchiveAdded)).archive
        assert archive.sliced_for_code == "C12"


@pytest.mark.parametrize(
    ("gcode", "says"),
    [
        (PRUSA, "MK4S"),
        (CURA, "Creality Ender-3 Pro"),
        (ORCA_KLIPPER, "Voron 2.4 350"),
        (PRUSA.replace("= MK4S", "= Bambu Lab P1S"), "Bambu Studio or OrcaSlicer"),
        ("G28\n; EXECUTABLE_BLOCK_END\n", "which printer"),
    ],
)
async def test_what_is_for_another_printer_is_archived_and_named(
    home: Home, gcode: str, says: str
) -> None:
    async with home.open() as (library, events):
        upload_id = await send(library, QUEUE, gcode)
        refused = await events.next(QueueRefused)
        assert (refused.upload.id, refused.is_archived) == (upload_id, True)
        assert says in str(refused.reason)
        assert (await events.next(ArchiveAdded)).archive.id == upload_id
        assert await library.queue.queued_jobs() == ()
        with pytest.raises(NotQueueableError, match=says):
            await library.queue.add(upload_id)


async def test_print_of_it_makes_no_job_in_either_order(home: Home) -> None:
    front = replace(IMMEDIATE, on_print=OnPrint.FRONT)
    async with home.open() as (library, events):
        await send(library, front, PRUSA, prints=True)
        assert (await events.next(QueueRefused)).is_archived
        upload_id = await send(library, front, PRUSA.replace("1h 5m", "1h 6m"))
        await events.next(ArchiveAdded, count=2)
        await library.print_requested(ASKED, upload_id)
        refused = await events.next(QueueRefused, count=2)
        assert (refused.upload.id, refused.is_archived) == (upload_id, True)
        assert await library.queue.queued_jobs() == ()
        # That of a Bambu printer is queued.
        await send(library, front, OURS, prints=True)
        await events.next(JobAdded)


async def test_in_review_it_waits_for_a_person_who_can_archive_it(home: Home) -> None:
    review = replace(REVIEW, on_print=OnPrint.START)
    async with home.open() as (library, events):
        await send(library, review, PRUSA, prints=True)
        assert not (await events.next(QueueRefused)).is_archived
        upload = (await events.next(UploadHeld)).upload
        with pytest.raises(NotQueueableError, match="MK4S"):
            await library.pending.approve_to_queue(upload.id)
        await library.print_requested(ASKED, upload.id)
        assert not (await events.next(QueueRefused, count=2)).is_archived
        await library.pending.approve_to_archive(upload.id)
        assert (await events.next(ArchiveAdded)).archive.id == upload.id


async def test_what_is_for_a_printer_that_is_not_there_is_refused_too(
    home: Home,
) -> None:
    there = {"Bambu Lab A1"}
    events = Events()
    library = Library(
        home.folder,
        home.database_url,
        emit=events,
        settings=LibrarySettings(reserve_bytes=0),
        real_models=lambda: frozenset(there),
    )
    async with library:
        upload_id = await send(library, QUEUE, OURS)
        reason = str((await events.next(QueueRefused)).reason)
        assert "Bambu Lab P1S" in reason
        assert "no such printer is set up" in reason
        there.add("Bambu Lab P1S")
        await library.queue.add(upload_id)
        await events.next(JobAdded)


async def test_approving_everything_queues_what_can_be(home: Home) -> None:
    async with home.open() as (library, events):
        await send(library, REVIEW, PRUSA)
        await send(library, REVIEW, OURS)
        await events.next(UploadHeld, count=2)
        await library.pending.approve_all_to_queue()
        async with asyncio.timeout(5):
            await events.next(JobAdded)
        assert len(await library.queue.queued_jobs()) == 1
