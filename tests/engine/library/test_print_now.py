"""What Print in the slicer does where a virtual printer is set to more than Send, in both orders of the protocol."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
import random

import pytest

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    JobAdded,
    JobStarted,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.values import (
    DuplicatePolicy,
    Intent,
    Mode,
    OnPrint,
    PrinterRef,
    PrintRequest,
    Sender,
)
from tests.support.library import Home, archive_file, receive, settled as done

type SlicedData = Callable[..., bytes]


def printer(on_print: OnPrint, mode: Mode = Mode.IMMEDIATE) -> PrinterRef:
    return PrinterRef(
        id=f"{mode}-{on_print}",
        name="Garage",
        model="C12",
        mode=mode,
        on_print=on_print,
    )


def asked(
    name: str, plate: int | None = 1, timelapse: bool | None = None
) -> PrintRequest:
    return PrintRequest(
        file=name,
        subtask_name="Cube",
        plate=plate,
        peer="192.0.2.7",
        received_at=datetime.now(UTC),
        timelapse=timelapse,
    )


async def settled(library: Library, upload_id: str) -> UploadState:
    async with asyncio.timeout(10):
        while (upload := await library.upload(upload_id)).state in {
            UploadState.RECEIVED,
            UploadState.ARCHIVING,
        }:
            await asyncio.sleep(0.01)
    return upload.state


async def send(
    library: Library,
    ref: PrinterRef,
    data: bytes,
    request: PrintRequest | None,
    *,
    late: bool,
) -> str:
    """Send a file, with the request before its end or after it was decided about."""
    file = await receive(library.storage(ref), "Cube.gcode.3mf", data)
    library.receive(file, ref, None if late else request)
    await settled(library, file.id)
    if late and request is not None:
        await library.print_requested(request, file.id)
        await settled(library, file.id)
    return file.id


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("mode", [Mode.IMMEDIATE, Mode.REVIEW, Mode.QUEUE])
async def test_print_goes_to_the_front_and_is_started_where_that_is_set(
    home: Home, sliced_data: SlicedData, mode: Mode, late: bool
) -> None:
    async with home.open() as (library, events):
        data = sliced_data(plates=2)
        await send(library, printer(OnPrint.SEND, Mode.QUEUE), data, None, late=False)
        before = [job.id for job in await library.queue.queued_jobs()]
        upload = await send(
            library,
            printer(OnPrint.FRONT, mode),
            data,
            asked("Cube.gcode.3mf", 2, timelapse=True),
            late=late,
        )
        first, *others = await library.queue.queued_jobs()
        assert (first.archive_id, first.plate) == (upload, 2)
        assert (first.state, first.position) == (JobState.STAGED, 1)
        assert first.options is not None and first.options.timelapse is True
        # The other plate is a job only by the mode.
        archive = (await library.archive(upload)).archive
        assert (archive.intent, first.intent) == (Intent.PRINT, Intent.PRINT)
        # Print was not pressed for the other plate.
        assert {job.intent for job in others} <= {Intent.SEND}
        of_upload = [job.plate for job in others if job.archive_id == upload]
        assert of_upload == ([1] if mode is Mode.QUEUE else [])
        assert [job.id for job in others if job.id in before] == before
        assert not events.of(JobStarted)

        started = await send(
            library,
            printer(OnPrint.START, mode),
            data,
            asked("Cube.gcode.3mf", 1),
            late=late,
        )
        first = (await library.queue.queued_jobs())[0]
        assert (first.archive_id, first.plate) == (started, 1)
        assert first.state is JobState.WAITING
        assert events.of(JobStarted)[-1].job.id == first.id
        assert await settled(library, started) is UploadState.QUEUED


@pytest.mark.parametrize("late", [False, True])
async def test_send_and_the_default_go_by_the_mode(
    home: Home, sliced_data: SlicedData, late: bool
) -> None:
    async with home.open() as (library, events):
        data = sliced_data()
        request = asked("Cube.gcode.3mf")
        for ref, wish in (
            (printer(OnPrint.SEND), request),
            (printer(OnPrint.FRONT), None),
            (printer(OnPrint.START), None),
        ):
            state = await settled(
                library, await send(library, ref, data, wish, late=late)
            )
            assert state is UploadState.ARCHIVED
        held = await send(
            library, printer(OnPrint.SEND, Mode.REVIEW), data, request, late=late
        )
        assert await settled(library, held) is UploadState.PENDING
        assert not events.of(JobAdded)


async def test_a_request_that_is_repeated_makes_no_second_job(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        ref = printer(OnPrint.START)
        request = asked("Cube.gcode.3mf")
        upload = await send(library, ref, sliced_data(), request, late=False)
        await library.print_requested(request, upload)
        (job,) = await library.queue.queued_jobs()
        await library.queue.finish(job.id, JobState.COMPLETED)
        await library.print_requested(request, upload)
        assert await library.queue.queued_jobs() == ()
        assert len(events.of(JobAdded)) == 1


@pytest.mark.parametrize("late", [False, True])
async def test_print_of_a_file_that_is_discarded_as_known_is_printed_from_the_archive(
    home: Home, sliced_data: SlicedData, late: bool
) -> None:
    ref = replace(printer(OnPrint.START), duplicates=DuplicatePolicy.SKIP)
    name = "Cube.gcode.3mf"
    async with home.open() as (library, events):
        data = sliced_data(plates=2)
        first = await send(library, ref, data, asked(name, 1), late=late)
        (printed,) = await library.queue.queued_jobs()
        await library.queue.finish(printed.id, JobState.COMPLETED)
        again = asked(name, 1, timelapse=True)
        second = await send(library, ref, data, again, late=late)
        await done(library)
        assert (await library.upload(second)).state is UploadState.DISCARDED
        (job,) = await library.queue.queued_jobs()
        assert (job.archive_id, job.plate, job.state) == (first, 1, JobState.WAITING)
        assert job.intent is Intent.PRINT
        assert job.options is not None and job.options.timelapse is True
        assert events.of(JobStarted)[-1].upload_id == second
        # A slicer repeats itself, and asks for another plate; somebody sends only.
        await library.print_requested(again, second)
        assert len(await library.queue.queued_jobs()) == 1
        await library.print_requested(asked(name, 2), second)
        assert [one.plate for one in await library.queue.queued_jobs()] == [2, 1]
        await send(library, ref, data, None, late=late)
        assert len(await library.queue.queued_jobs()) == 2
        assert len(events.of(ArchiveAdded)) == 1
        # The default of Print is the same as Send.
        quiet = replace(ref, on_print=OnPrint.SEND)
        await send(library, quiet, data, again, late=late)
        assert len(await library.queue.queued_jobs()) == 2


async def test_print_of_what_somebody_else_has_in_the_archive_is_a_job_of_ones_own(
    home: Home, sliced_data: SlicedData
) -> None:
    ref = replace(printer(OnPrint.START), duplicates=DuplicatePolicy.SKIP)
    async with home.open() as (library, events):
        data = sliced_data()
        await send(library, ref, data, None, late=False)
        ben = Sender(person="ben", name="Ben")
        hers = await archive_file(library, events, data, printer=ref, sender=ben)
        await library.print_requested(asked("Cube.gcode.3mf"), hers.archive.id)
        (job,) = await library.queue.queued_jobs()
        assert job.archive_id == hers.archive.id


async def test_what_a_person_has_to_look_at_is_not_printed(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        data = sliced_data()
        await send(library, printer(OnPrint.SEND), data, None, late=False)
        ref = replace(printer(OnPrint.START), duplicates=DuplicatePolicy.ASK)
        for late in (False, True):
            upload = await send(library, ref, data, asked("Cube.gcode.3mf"), late=late)
            assert await settled(library, upload) is UploadState.PENDING
        broken = await send(
            library,
            printer(OnPrint.START, Mode.REVIEW),
            b"no archive",
            asked("Cube.gcode.3mf"),
            late=True,
        )
        assert await settled(library, broken) is UploadState.PENDING
        assert not events.of(JobAdded)


@pytest.mark.slow
async def test_a_thousand_interleaved_runs_of_two_slicers_keep_print_and_send_apart(
    home: Home, sliced_data: SlicedData
) -> None:
    rng = random.Random(15)
    data = sliced_data()
    count = 1000
    async with home.open() as (library, events):
        turns = asyncio.Semaphore(8)

        async def run(number: int) -> tuple[str, str, bool]:
            name = f"Cube {number % 2}.gcode.3mf"
            intent = rng.choice(["send", "print"])
            late = rng.random() < 0.5
            timelapse = bool(number % 2)
            async with turns:
                ref = printer(OnPrint.FRONT)
                file = await receive(library.storage(ref), name, data)
                request = (
                    asked(name, timelapse=timelapse) if intent == "print" else None
                )
                library.receive(file, ref, None if late else request)
                if late and request is not None:
                    await library.print_requested(request, file.id)
                return file.id, intent, timelapse

        runs = await asyncio.gather(*map(run, range(count)))
        async with asyncio.timeout(300):
            while len(events.of(ArchiveAdded)) < count:
                await asyncio.sleep(0.1)
        for upload_id, *_ in runs[-16:]:
            await settled(library, upload_id)
        jobs = {job.archive_id: job for job in await library.queue.queued_jobs()}
        assert jobs.keys() == {
            upload_id for upload_id, intent, _ in runs if intent == "print"
        }
        for upload_id, intent, timelapse in runs:
            assert (await library.archive(upload_id)).archive.intent == intent
            if intent == "print":
                options = jobs[upload_id].options
                assert options is not None and options.timelapse is timelapse
                assert jobs[upload_id].intent is Intent.PRINT
