"""What slicers see of the video of a real printer: through our listeners on port 322, from a simulated printer's."""

import asyncio
from contextlib import suppress
from pathlib import Path
import threading
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.machines.camera.problems import (
    CameraProblem,
)
from custom_components.bambu_virtual_printer.engine.machines.camera.upstream import (
    CameraTimes,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers import machines
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from scripts.printer_double.double import ACCESS_CODE as REAL_CODE
from scripts.printer_double.faults import Faults
from scripts.printer_double.video import packets
from tests.support.home_assistant import AddPrinter
from tests.support.real_printers import AddReal
from tests.support.video_client import VideoClient, video_connection
from tests.support.waiting import LIMIT_S, until

type Stage = tuple[Any, Any, ManagedPrinter]

CODE = "87654321"
QUICK = CameraTimes(retry_s=0.01, retry_max_s=0.05, linger_s=0.05)


@pytest.fixture
async def stage(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    monkeypatch.setattr(machines, "CAMERA_TIMES", QUICK)
    double, machine = await add_real(
        model="BL-P001", picture_every_s=0.01, faults=Faults()
    )
    printer = await add_printer(
        model="BL-P001",
        access_code=CODE,
        filing={"target": machine.id, "shows": "target"},
    )
    return double, machine, printer


def _number(packet: bytes) -> int:
    """Return the picture that a packet is of."""
    return int.from_bytes(packet[8:12]) // 3000


async def _watching(client: VideoClient, channels: str = "0-1") -> None:
    status, _headers, _sdp = await client.describe(CODE)
    assert status == 200
    await client.play(channels)


async def test_slicers_share_one_connection_and_begin_with_a_keyframe(
    stage: Stage,
) -> None:
    double, machine, printer = stage
    address = printer.config.bind_ip
    async with video_connection(address) as one, video_connection(address) as other:
        await _watching(one)
        first = await one.packet()
        # Somebody comes in the middle of a group of pictures.
        while _number(await one.packet()) % 10 != 5:
            pass
        await _watching(other, "2-3")
        for client, channel in ((one, 0), (other, 2)):
            seen = [await client.packet() for _ in range(30)]
            numbers = [_number(packet) for packet in seen]
            assert numbers == sorted(numbers)
            assert {packet[1] for packet in seen} == {channel}
            if client is other:
                assert numbers[0] % 10 == 0
                assert seen[0][16:20] == b"\x67SPS"
                assert [packet[2:] for packet in seen[:3]] == [
                    packet[2:] for packet in packets(numbers[0])
                ]
        assert first[16:20] == b"\x67SPS"
    assert double.video.connections == 1
    await until(lambda: not double.video.viewers, "closed after the last")
    assert double.video.requests == ["DESCRIBE", "DESCRIBE", "SETUP", "PLAY"]


async def test_nothing_of_the_real_printer_is_told_and_its_code_does_not_open_ours(
    stage: Stage,
) -> None:
    double, machine, printer = stage
    async with video_connection(printer.config.bind_ip) as client:
        status, headers, sdp = await client.describe(CODE)
        assert status == 200
        assert headers["content-base"] == f"{client.url}/"
        told = sdp.decode()
        assert "a=rtpmap:96 H264/90000" in told
        assert "profile-level-id=42C01E" in told
        assert double.address not in told
        assert "192.168.9.9" not in told
        assert "LIVE555" not in told
    async with video_connection(printer.config.bind_ip) as client:
        status, _headers, _body = await client.describe(REAL_CODE)
        assert status == 401
        assert await client.reader.read() == b""


async def test_without_a_login_there_is_nothing_but_the_methods(stage: Stage) -> None:
    double, _machine, printer = stage
    async with video_connection(printer.config.bind_ip) as client:
        status, headers, _body = await client.request("OPTIONS")
        assert (status, "DESCRIBE" in headers["public"]) == (200, True)
        for method in ("SETUP", "PLAY", "TEARDOWN", "GET_PARAMETER", "RECORD"):
            assert (await client.request(method))[0] == 401
    assert double.video.connections == 0


async def test_requests_are_answered_in_every_state(stage: Stage) -> None:
    _double, _machine, printer = stage
    async with video_connection(printer.config.bind_ip) as client:
        await client.describe(CODE)
        assert (await client.request("PLAY"))[0] == 455
        assert (await client.request("RECORD"))[0] == 501
        status, _headers, _body = await client.request(
            "SETUP", Transport="RTP/AVP;unicast;client_port=5000-5001"
        )
        assert status == 461
        await client.play()
        await client.packet()
        assert (await client.request("GET_PARAMETER"))[0] == 200
        assert (await client.request("PAUSE"))[0] == 200
        client.packets.clear()
        assert (await client.request("PLAY"))[0] == 200
        await client.packet()
        assert (await client.request("TEARDOWN"))[0] == 200
        assert await client.reader.read() == b""


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(20000),
        b"OPTIONS * RTSP/1.0\r\nContent-Length: 999999999\r\n\r\n",
        b"x" * 20000,
    ],
    ids=["http", "zeros", "huge body", "no end"],
)
async def test_what_is_no_rtsp_is_closed(stage: Stage, sent: bytes) -> None:
    _double, _machine, printer = stage
    async with video_connection(printer.config.bind_ip) as client:
        client.writer.write(sent)
        async with asyncio.timeout(20):
            assert await client.reader.read() == b""


async def test_viewers_go_on_when_the_printer_s_connection_broke(stage: Stage) -> None:
    double, machine, printer = stage
    async with video_connection(printer.config.bind_ip) as client:
        await _watching(client)
        await client.packet()
        double.video.drop()
        await until(lambda: double.video.connections == 2)
        while _number(await client.packet()) > 5:
            pass
    await until(lambda: not machine.machine.camera.is_open)


async def test_who_watches_comes_again_when_another_real_printer_is_to_be_shown(
    stage: Stage, add_real: AddReal, hub: Hub
) -> None:
    double, _machine, printer = stage
    other, attic = await add_real("Attic", model="BL-P001", picture_every_s=0.01)
    async with video_connection(printer.config.bind_ip) as client:
        await _watching(client)
        subentry = hub.entry.subentries[printer.id]
        filing = {**subentry.data["filing"], "target": attic.id}
        hub.hass.config_entries.async_update_subentry(
            hub.entry, subentry, data={**subentry.data, "filing": filing}
        )
        with suppress(asyncio.IncompleteReadError):
            async with asyncio.timeout(LIMIT_S):
                while await client.packet():
                    pass
    await until(lambda: not double.video.viewers)
    async with video_connection(printer.config.bind_ip) as client:
        await _watching(client)
        await client.packet()
        assert other.video.viewers == 1


VIEWERS = 50
AT_ONCE = 6


async def test_of_many_viewers_that_come_and_go_nothing_is_left(stage: Stage) -> None:
    """They leave at every stage, most of them without a word, while one looks on; the printer has one connection all the time."""
    double, machine, printer = stage
    feed = machine.machine.camera.video
    places = asyncio.Semaphore(AT_ONCE)

    async def _look(number: int) -> None:
        async with places, video_connection(printer.config.bind_ip) as client:
            if (leaves_after := number % 5) == 0:
                return
            await client.request("OPTIONS")
            if leaves_after == 1:
                return
            assert (await client.describe(CODE))[0] == 200
            if leaves_after == 2:
                return
            await client.play()
            await client.packet()
            if leaves_after == 3:
                await client.request("TEARDOWN")

    def _open() -> tuple[int, set[str]]:
        threads = {each.name for each in threading.enumerate()}
        named = {name for name in threads if name.startswith(("bvp", "camera"))}
        return len(list(Path("/proc/self/fd").iterdir())), named

    async with video_connection(printer.config.bind_ip) as watching:
        await _watching(watching)
        await watching.packet()
        before = _open()
        async with asyncio.TaskGroup() as viewers:
            for number in range(VIEWERS):
                viewers.create_task(_look(number))
        await until(lambda: feed.viewers == 1, "they have left")
        await until(lambda: _open() == before, "nothing of them is left")
        watching.packets.clear()
        await watching.packet()
        assert double.video.connections == 1
    await until(lambda: not double.video.viewers, "closed after the last")


async def test_a_wrong_code_of_the_real_printer_is_told(stage: Stage) -> None:
    double, machine, printer = stage
    double.access_code = "changed1"
    async with video_connection(printer.config.bind_ip) as client:
        asking = asyncio.create_task(client.describe(CODE))
        await until(lambda: machine.machine.camera.problem is CameraProblem.WRONG_CODE)
        asking.cancel()
    assert double.video.connections == 1


async def test_a_liveview_that_is_off_is_not_told_to_be_served(
    stage: Stage,
) -> None:
    double, machine, printer = stage
    assert printer._printer is not None
    served = printer._printer._served  # type: ignore[union-attr]
    assert served.video_url == f"rtsps://{printer.config.bind_ip}:322/streaming/live/1"
    double.report(ipcam={"ipcam_dev": "1", "rtsp_url": "disable"})
    await until(lambda: machine.machine.camera.problem is CameraProblem.OFF)
    assert printer._printer._served.video_url == ""  # type: ignore[union-attr]


async def test_without_a_real_printer_there_is_no_video(
    hub: Hub, add_printer: AddPrinter
) -> None:
    printer = await add_printer(model="BL-P001")
    assert printer._printer is not None
    assert printer._printer._served.video_url == ""  # type: ignore[union-attr]
    async with video_connection(printer.config.bind_ip) as client:
        assert (await client.describe(printer.config.access_code))[0] == 404
        assert await client.reader.read() == b""
