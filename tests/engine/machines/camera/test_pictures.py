"""One connection to a camera that sends pictures, for all who look."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
import logging
from pathlib import Path
import ssl
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.machines.camera.problems import (
    CameraError,
    CameraProblem,
)
from custom_components.bambu_virtual_printer.engine.machines.camera.upstream import (
    CameraTimes,
)
from custom_components.bambu_virtual_printer.engine.machines.machine import Machine
from scripts.printer_double.certificate import PrinterCertificate
from scripts.printer_double.double import ACCESS_CODE
from scripts.printer_double.faults import Faults
from tests.support.machine_stage import Stage
from tests.support.pictures import picture
from tests.support.serials import SERIAL
from tests.support.waiting import until

QUICK = CameraTimes(
    retry_s=0.01,
    retry_max_s=0.05,
    refused_retry_s=600.0,
    linger_s=0.05,
    snapshot_s=20.0,
    stalled_s=20.0,
)
PICTURES = [picture(side=64 + number) for number in range(4)]


class Looker:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.is_over = False

    def show(self, item: bytes) -> None:
        self.seen.append(item)

    def ended(self) -> None:
        self.is_over = True


def _numbered(number: int) -> bytes:
    return PICTURES[number % len(PICTURES)] + number.to_bytes(4)


async def _watched(
    stage: Stage, times: CameraTimes = QUICK, **options: Any
) -> tuple[Any, Machine]:
    double = await stage.printer(picture_every_s=0.01, **options)
    double.picture = _numbered
    return double, await stage.machine(double, camera_times=times)


async def test_any_number_of_viewers_share_one_connection(stage: Stage) -> None:
    double, machine = await _watched(stage)
    feed = machine.camera.pictures
    assert feed and not feed.is_open
    lookers = [Looker() for _ in range(20)]
    stops = [feed.watch(looker) for looker in lookers]
    await until(lambda: all(len(looker.seen) > 5 for looker in lookers))
    assert double.camera.connections == 1
    assert double.camera.logins == [("bblp", ACCESS_CODE)]
    for looker in lookers:
        numbers = [int.from_bytes(item[-4:]) for item in looker.seen]
        assert numbers == sorted(numbers)
        assert looker.seen[0] == _numbered(numbers[0])
    for stop in stops:
        stop()
        stop()
    await until(lambda: not feed.is_open and not double.camera.viewers)


async def test_who_comes_later_is_shown_the_last_picture_at_once(stage: Stage) -> None:
    double, machine = await _watched(stage)
    feed = machine.camera.pictures
    assert feed
    first = Looker()
    feed.watch(first)
    await until(lambda: first.seen)
    double.faults.camera_stalls = True
    later = Looker()
    feed.watch(later)
    assert later.seen[0] in first.seen[-2:]


async def test_the_connection_stays_a_while_for_who_comes_back(stage: Stage) -> None:
    times = CameraTimes(linger_s=600.0)
    double, machine = await _watched(stage, times)
    feed = machine.camera.pictures
    assert feed
    for _ in range(3):
        looker = Looker()
        stop = feed.watch(looker)
        await until(lambda looker=looker: looker.seen)
        stop()
    assert feed.is_open
    assert double.camera.connections == 1


async def test_who_comes_while_it_is_being_closed_gets_a_new_connection(
    stage: Stage,
) -> None:
    double, machine = await _watched(stage, CameraTimes(linger_s=0.0, retry_s=600.0))
    double.faults.camera_places = 1
    feed = machine.camera.pictures
    assert feed
    looker = Looker()
    stop = feed.watch(looker)
    await until(lambda: looker.seen)
    stop()
    # The connection is being given up now, and is not over.
    feed._unwant()
    assert feed.is_open
    another = Looker()
    feed.watch(another)
    seen = len(another.seen)
    await until(lambda: len(another.seen) > seen + 1)
    assert feed.problem is None


async def test_a_broken_connection_is_made_anew_and_closed_before(stage: Stage) -> None:
    double, machine = await _watched(stage)
    double.faults.camera_places = 1
    feed = machine.camera.pictures
    assert feed
    looker = Looker()
    feed.watch(looker)
    await until(lambda: looker.seen)
    for _ in range(3):
        seen = len(looker.seen)
        double.camera.drop()
        await until(lambda seen=seen: len(looker.seen) > seen + 1)
    assert double.camera.connections == 4
    await until(lambda: feed.problem is None)


@pytest.mark.parametrize(
    ("faults", "limit", "problem"),
    [
        (
            Faults(camera_places=0),
            {"handshake_s": 0.3},
            CameraProblem.TOO_MANY_VIEWERS,
        ),
        (Faults(camera_stalls=True), {"stalled_s": 0.3}, CameraProblem.STALLED),
        (Faults(camera_header_says=11 * 1024 * 1024), {}, CameraProblem.LOST),
        (Faults(camera_header_says=1), {}, CameraProblem.LOST),
        (Faults(camera_header_says=5000), {}, CameraProblem.LOST),
    ],
)
async def test_what_is_wrong_with_a_camera_is_told(
    stage: Stage, faults: Faults, limit: dict[str, float], problem: CameraProblem
) -> None:
    """Its places are taken, it sends nothing, or what makes no sense."""
    times = replace(QUICK, **limit)
    _double, machine = await _watched(stage, times, faults=faults)
    told: list[CameraProblem | None] = []
    machine.camera.subscribe(lambda: told.append(machine.camera.problem))
    feed = machine.camera.pictures
    assert feed
    stop = feed.watch(Looker())
    await until(lambda: told)
    assert told[0] is problem
    stop()
    await until(lambda: not feed.is_open)
    assert machine.camera.problem is None


async def test_a_wrong_code_is_not_tried_again_and_again(stage: Stage) -> None:
    double, machine = await _watched(stage)
    double.access_code = "changed1"
    with pytest.raises(CameraError) as failed:
        await _settle(machine)
    assert failed.value.problem is CameraProblem.WRONG_CODE
    assert double.camera.connections == 1
    # The next is told at once, without another try.
    with pytest.raises(CameraError):
        await machine.camera.snapshot()
    assert double.camera.connections == 1


async def _settle(machine: Machine) -> None:
    feed = machine.camera.pictures
    assert feed
    stop = feed.watch(Looker())
    try:
        await until(lambda: feed.problem)
        await machine.camera.snapshot()
    finally:
        stop()


async def test_the_code_is_not_sent_to_another_than_the_printer(
    stage: Stage, tmp_path: Path
) -> None:
    """Its certificate names another serial number, or nobody vouches for it."""
    for number, certificate in enumerate(
        (
            PrinterCertificate.make(tmp_path, "01P00A000000001"),
            PrinterCertificate.make(tmp_path, SERIAL, issuer="Mallory"),
        )
    ):
        double, machine = await _watched(stage)
        await double.camera.stop()
        async with _impostor(double.address, certificate.context()) as received:
            feed = machine.camera.pictures
            assert feed
            stop = feed.watch(Looker())
            await until(lambda feed=feed: feed.problem)
            assert feed.problem is CameraProblem.NOT_THE_PRINTER, number
            stop()
            await until(lambda feed=feed: not feed.is_open)
            assert received == []


@asynccontextmanager
async def _impostor(
    address: str, context: ssl.SSLContext
) -> AsyncIterator[list[bytes]]:
    received: list[bytes] = []

    async def _serve(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if data := await reader.read(1):
            received.append(data)
        writer.transport.abort()

    server = await asyncio.start_server(_serve, address, 6000, ssl=context)
    try:
        yield received
    finally:
        server.close()
        server.abort_clients()
        await server.wait_closed()


async def test_snapshots_share_one_connection(stage: Stage) -> None:
    double, machine = await _watched(stage)
    taken = await asyncio.gather(*(machine.camera.snapshot() for _ in range(10)))
    assert all(item[:2] == b"\xff\xd8" for item in taken)
    assert double.camera.connections == 1
    assert machine.camera.pictures
    await until(lambda: not machine.camera.is_open)


async def test_a_settled_snapshot_is_none_of_the_first(stage: Stage) -> None:
    _double, machine = await _watched(stage)
    taken = await machine.camera.snapshot(is_settled=True)
    assert int.from_bytes(taken[-4:]) >= 3


async def test_there_is_no_snapshot_of_a_printer_that_was_never_reached(
    stage: Stage,
) -> None:
    double = await stage.printer(on=False)
    machine = await stage.machine(double, wait=False, camera_times=QUICK)
    with pytest.raises(CameraError) as failed:
        await machine.camera.snapshot(timeout_s=0.05)
    assert failed.value.problem is CameraProblem.UNREACHABLE


async def test_a_snapshot_that_never_comes_is_given_up(stage: Stage) -> None:
    _double, machine = await _watched(stage, faults=Faults(camera_stalls=True))
    with pytest.raises(CameraError) as failed:
        await machine.camera.snapshot(timeout_s=0.05)
    assert failed.value.problem is CameraProblem.STALLED


async def test_the_end_of_the_machine_ends_the_connection_and_tells_all(
    stage: Stage,
) -> None:
    double, machine = await _watched(stage, CameraTimes())
    feed = machine.camera.pictures
    assert feed
    looker = Looker()
    stop = feed.watch(looker)
    await until(lambda: looker.seen)
    waiting = asyncio.create_task(machine.camera.snapshot(is_settled=True))
    await until(lambda: feed.viewers == 2)
    await machine.__aexit__()
    assert looker.is_over
    assert not feed.is_open
    await until(lambda: not double.camera.viewers)
    late = Looker()
    feed.watch(late)
    assert late.is_over
    assert not feed.is_open
    stop()
    with pytest.raises(CameraError):
        await waiting


async def test_models_that_stream_video_have_no_pictures(stage: Stage) -> None:
    double = await stage.printer("BL-P001")
    machine = await stage.machine(double, camera_times=QUICK)
    assert machine.camera.pictures is None
    assert not machine.camera.is_open
    with pytest.raises(CameraError) as failed:
        await machine.camera.snapshot()
    assert failed.value.problem is CameraProblem.OFF


async def test_no_log_line_has_the_access_code(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for faults in (Faults(), Faults(camera_header_says=1), Faults(camera_places=0)):
        times = CameraTimes(handshake_s=0.2, retry_s=0.01, linger_s=0.01)
        _double, machine = await _watched(stage, times, faults=faults)
        feed = machine.camera.pictures
        assert feed
        looker = Looker()
        stop = feed.watch(looker)
        await until(lambda feed=feed, looker=looker: feed.problem or looker.seen)
        stop()
        await until(lambda feed=feed: not feed.is_open)
    assert ACCESS_CODE not in caplog.text
