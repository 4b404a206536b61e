"""One connection to a camera that streams video, for all who look."""

import logging
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.machines.camera import video
from custom_components.bambu_virtual_printer.engine.machines.camera.problems import (
    CameraProblem,
)
from custom_components.bambu_virtual_printer.engine.machines.camera.upstream import (
    CameraTimes,
)
from custom_components.bambu_virtual_printer.engine.machines.camera.video import (
    VideoPlace,
)
from custom_components.bambu_virtual_printer.engine.machines.machine import Machine
from custom_components.bambu_virtual_printer.engine.mirror.video import Video
from scripts.printer_double.double import ACCESS_CODE
from tests.support.machine_stage import Stage
from tests.support.waiting import until

QUICK = CameraTimes(
    retry_s=0.01, retry_max_s=0.05, refused_retry_s=600.0, linger_s=0.05
)


class Looker:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[Video] = []

    def show(self, item: Video) -> None:
        self.seen.append(item)

    def ended(self) -> None:
        """Do nothing."""


async def _watched(stage: Stage) -> tuple[Any, Machine]:
    double = await stage.printer("BL-P001", picture_every_s=0.01)
    return double, await stage.machine(double, camera_times=QUICK)


async def test_the_session_is_kept_alive_by_asking(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "KEEP_ALIVE_S", 0.05)
    double, machine = await _watched(stage)
    looker = Looker()
    assert machine.camera.video
    stop = machine.camera.video.watch(looker)
    await until(lambda: double.video.requests.count("GET_PARAMETER") > 1)
    assert double.video.connections == 1
    assert sum(len(item.packets) for item in looker.seen) > 1
    stop()
    await until(lambda: not machine.camera.is_open)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"access_code": "changed1"}, CameraProblem.WRONG_CODE),
        ({"is_off": True}, CameraProblem.OFF),
    ],
)
async def test_what_is_wrong_is_told_and_the_access_code_to_no_log(
    stage: Stage,
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, Any],
    problem: CameraProblem,
) -> None:
    caplog.set_level(logging.DEBUG)
    double, machine = await _watched(stage)
    for name, value in fault.items():
        setattr(double.video if name == "is_off" else double, name, value)
    assert machine.camera.video
    stop = machine.camera.video.watch(Looker())
    await until(lambda: machine.camera.problem)
    assert machine.camera.problem is problem
    assert double.video.connections == 1
    stop()
    await until(lambda: not machine.camera.is_open)
    assert machine.camera.problem is None
    assert ACCESS_CODE not in caplog.text


async def test_the_code_is_never_sent_but_as_a_digest(stage: Stage) -> None:
    double, machine = await _watched(stage)
    looker = Looker()
    assert machine.camera.video
    stop = machine.camera.video.watch(looker)
    await until(lambda: looker.seen)
    assert double.video.logins
    assert all(ACCESS_CODE not in header for header in double.video.logins)
    stop()


async def test_there_is_nothing_to_see_before_the_printer_was_reached(
    stage: Stage,
) -> None:
    double = await stage.printer("BL-P001", on=False)
    machine = await stage.machine(double, wait=False)
    assert machine.camera.video
    stop = machine.camera.video.watch(Looker())
    await until(lambda: machine.camera.problem is CameraProblem.UNREACHABLE)
    stop()


async def test_where_the_video_is_goes_by_the_printer_but_for_its_host(
    stage: Stage,
) -> None:
    double, machine = await _watched(stage)
    double.report(
        ipcam={"ipcam_dev": "1", "rtsp_url": "rtsps://192.168.0.77:323/other/2"}
    )
    await until(lambda: "ipcam" in machine.reported.status)
    assert machine.camera._video_place() == VideoPlace(
        address=double.address, port=323, path="/other/2"
    )
