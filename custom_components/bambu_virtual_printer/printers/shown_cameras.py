"""What the camera of a virtual printer shows slicers: what that of its real printer sees, or the plate of its last job."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from pathlib import Path
from typing import override

from ..engine.machines.camera.camera import MachineCamera
from ..engine.machines.camera.problems import CameraProblem
from ..engine.mirror.camera import Camera, Viewer
from ..engine.mirror.video import Video, VideoCamera
from .machines import ManagedMachine
from .plate_pictures import plate_picture

_LOGGER = logging.getLogger(__name__)

# Slicers take a camera that sends nothing for dead.
REPEAT_S = 5.0


class ShownPictures(Camera[bytes]):
    """The pictures that slicers see. What is shown is looked up when somebody begins to look."""

    def __init__(
        self, shown: Callable[[], ManagedMachine | None], plates: Camera[bytes]
    ) -> None:
        """Show what `shown` returns sees, and `plates` where that is nothing."""
        self._shown = shown
        self._plates = plates

    @override
    def watch(self, viewer: Viewer[bytes]) -> Callable[[], None]:
        machine = self._shown()
        if (
            machine is not None
            and machine.session is not None
            and (pictures := machine.session.camera.pictures) is not None
        ):
            return pictures.watch(viewer)
        return self._plates.watch(viewer)


class ShownVideo(VideoCamera):
    """The video that slicers see."""

    def __init__(self, shown: Callable[[], ManagedMachine | None]) -> None:
        """Show what `shown` returns sees."""
        self._shown = shown

    @property
    @override
    def is_on(self) -> bool:
        camera = self._camera()
        return camera is not None and camera.problem is not CameraProblem.OFF

    @override
    def watch(self, viewer: Viewer[Video]) -> Callable[[], None]:
        camera = self._camera()
        if camera is None or camera.video is None or not self.is_on:
            viewer.ended()
            return _nothing
        return camera.video.watch(viewer)

    def _camera(self) -> MachineCamera | None:
        machine = self._shown()
        return machine.session.camera if machine and machine.session else None


def _nothing() -> None:
    """Do nothing."""


class LastPlate(Camera[bytes]):
    """The plate of the last job, again and again; drawn while somebody looks."""

    def __init__(
        self,
        pictured_id: Callable[[], str | None],
        thumbnail: Callable[[str], Awaitable[Path | None]],
    ) -> None:
        """Show the upload that `pictured_id` returns, whose picture `thumbnail` finds."""
        self._pictured_id = pictured_id
        self._thumbnail = thumbnail
        self._viewers: list[Viewer[bytes]] = []
        self._task: asyncio.Task[None] | None = None
        self._drawn: tuple[str | None, bytes] | None = None

    @override
    def watch(self, viewer: Viewer[bytes]) -> Callable[[], None]:
        self._viewers.append(viewer)
        if self._drawn is not None:
            viewer.show(self._drawn[1])
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(
                self._show(), name="the last plate"
            )
            self._task.add_done_callback(self._over)

        def _stop() -> None:
            if viewer not in self._viewers:
                return
            self._viewers.remove(viewer)
            if not self._viewers and self._task:
                self._task.cancel()
                self._task = self._drawn = None

        return _stop

    def _over(self, task: asyncio.Task[None]) -> None:
        """Let everybody go where it has failed: what nobody draws is not shown."""
        if task is not self._task:
            return
        self._task = self._drawn = None
        if not task.cancelled() and (error := task.exception()):
            _LOGGER.error("The last plate cannot be shown", exc_info=error)
        for viewer in tuple(self._viewers):
            viewer.ended()

    async def _show(self) -> None:
        while True:
            picture = await self._picture()
            for viewer in tuple(self._viewers):
                viewer.show(picture)
            await asyncio.sleep(REPEAT_S)

    async def _picture(self) -> bytes:
        pictured_id = self._pictured_id()
        if self._drawn is None or self._drawn[0] != pictured_id:
            path = await self._thumbnail(pictured_id) if pictured_id else None
            loop = asyncio.get_running_loop()
            drawn = await loop.run_in_executor(None, plate_picture, path)
            self._drawn = pictured_id, drawn
        return self._drawn[1]
