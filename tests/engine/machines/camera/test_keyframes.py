"""One picture out of a video: of now, or the last one, and why there is none."""

import asyncio
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image
import pytest

from custom_components.bambu_virtual_printer.engine.machines.camera.problems import (
    CameraError,
    CameraProblem,
)
from custom_components.bambu_virtual_printer.engine.machines.camera.upstream import (
    CameraTimes,
)
from custom_components.bambu_virtual_printer.engine.machines.machine import Machine
from custom_components.bambu_virtual_printer.printers.keyframes import as_picture
from tests.support.films import GROUP, Film, shade_of
from tests.support.machine_stage import Stage
from tests.support.waiting import LIMIT_S, until

QUICK = CameraTimes(retry_s=0.01, retry_max_s=0.05, linger_s=600.0, snapshot_s=LIMIT_S)


async def _filmed(stage: Stage, **times: Any) -> tuple[Any, Machine]:
    double = await stage.printer("BL-P001", picture_every_s=0.01)
    machine = await stage.machine(double, camera_times=replace(QUICK, **times))
    return double, machine


def _shade(h264: bytes) -> int:
    return shade_of(Image.open(BytesIO(as_picture(h264))))


@pytest.mark.parametrize("times_stand_still", [False, True])
async def test_the_last_one_is_there_at_once_and_the_next_is_of_now(
    stage: Stage, times_stand_still: bool
) -> None:
    double, machine = await _filmed(stage)
    before = Film(60, times_stand_still=times_stand_still)
    after = Film(200, times_stand_still=times_stand_still)
    shown: list[int] = []
    may_go_on = asyncio.Event()

    def _pictures(number: int) -> list[bytes]:
        shown.append(number)
        if not may_go_on.is_set() and number > GROUP // 2:
            return []
        return (after if may_go_on.is_set() else before)(number)

    double.video.pictures = _pictures
    assert _shade(await machine.camera.keyframe()) == pytest.approx(60, abs=3)
    await until(lambda: len(shown) > 2 * GROUP)
    # The camera is slow: there has been no other since.
    assert _shade(await machine.camera.keyframe()) == pytest.approx(60, abs=3)
    settled = asyncio.create_task(machine.camera.keyframe(is_settled=True))
    await asyncio.sleep(0)
    may_go_on.set()
    assert _shade(await settled) == pytest.approx(200, abs=3)
    assert double.video.connections == 1


async def test_a_video_that_has_no_keyframe_is_stalled(stage: Stage) -> None:
    double, machine = await _filmed(stage, snapshot_s=0.3)
    double.video.pictures = lambda number: Film(60)(number % GROUP or 1)
    with pytest.raises(CameraError) as failed:
        await machine.camera.keyframe()
    assert failed.value.problem is CameraProblem.STALLED


async def test_a_liveview_that_is_off_is_not_waited_for(stage: Stage) -> None:
    double, machine = await _filmed(stage)
    double.report(ipcam={"ipcam_dev": "1", "rtsp_url": "disable"})
    await until(lambda: machine.camera.problem is CameraProblem.OFF)
    with pytest.raises(CameraError) as failed:
        await machine.camera.keyframe()
    assert failed.value.problem is CameraProblem.OFF


async def test_a_wrong_code_is_not_waited_for_while_it_is_known(stage: Stage) -> None:
    double, machine = await _filmed(stage)
    double.access_code = "changed1"
    waiting = asyncio.create_task(machine.camera.keyframe())
    await until(lambda: machine.camera.problem is CameraProblem.WRONG_CODE)
    with pytest.raises(CameraError) as failed:
        await machine.camera.keyframe()
    assert failed.value.problem is CameraProblem.WRONG_CODE
    await machine.camera.close()
    with pytest.raises(CameraError) as failed:
        await waiting
    assert failed.value.problem is CameraProblem.LOST


async def test_a_camera_that_sends_pictures_has_none(stage: Stage) -> None:
    machine = await stage.machine(await stage.printer("C12"))
    with pytest.raises(CameraError):
        await machine.camera.keyframe()


@pytest.mark.parametrize("h264", [b"", b"\0\0\0\1\x67nothing", bytes(1000)])
def test_what_cannot_be_decoded_is_no_picture(h264: bytes) -> None:
    with pytest.raises(CameraError):
        as_picture(h264)
