"""What the camera of a virtual printer shows slicers: what that of its real printer sees, or the plate of its last job."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
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


@dataclass(slots=True, kw_only=True, eq=False)
class _Watch[Item]:
    """Somebody who looks, at what, and what ends that."""

    viewer: Viewer[Item]
    source: Camera[Item]
    stop: Callable[[], None]


class _ShownCamera[Item](Camera[Item], ABC):
    """A camera that may come to show another printer, while somebody looks."""

    def __init__(self) -> None:
        """Begin without anybody."""
        self._watches: list[_Watch[Item]] = []

    @abstractmethod
    def source(self) -> Camera[Item] | None:
        """Return what is to be shown now."""

    @abstractmethod
    def _go_on(self, watch: _Watch[Item], source: Camera[Item] | None) -> None:
        """Do what is to be done for somebody who is shown nothing any more."""

    @override
    def watch(self, viewer: Viewer[Item]) -> Callable[[], None]:
        source = self.source()
        if source is None:
            viewer.ended()
            return _nothing
        watch = _Watch(viewer=viewer, source=source, stop=source.watch(viewer))
        self._watches.append(watch)

        def _stop() -> None:
            with suppress(ValueError):
                self._watches.remove(watch)
            watch.stop()

        return _stop

    def look(self) -> None:
        """Show those who look what is to be shown now, if that is something else."""
        if not self._watches:
            return
        source = self.source()
        for watch in tuple(self._watches):
            if watch.source is not source:
                watch.stop()
                self._go_on(watch, source)


class ShownPictures(_ShownCamera[bytes]):
    """The pictures that slicers see. They go on with those of another printer, each being whole in itself."""

    def __init__(
        self, shown: Callable[[], ManagedMachine | None], plates: Camera[bytes]
    ) -> None:
        """Show what `shown` returns sees, and `plates` where that is nothing."""
        super().__init__()
        self._shown = shown
        self._plates = plates

    @override
    def source(self) -> Camera[bytes]:
        machine = self._shown()
        if (
            machine is not None
            and machine.session is not None
            and (pictures := machine.session.camera.pictures) is not None
        ):
            return pictures
        return self._plates

    @override
    def _go_on(self, watch: _Watch[bytes], source: Camera[bytes] | None) -> None:
        watch.source = source or self._plates
        watch.stop = watch.source.watch(watch.viewer)


class ShownVideo(_ShownCamera[Video], VideoCamera):
    """The video that slicers see. They have to come again for that of another printer, which is described otherwise."""

    def __init__(self, shown: Callable[[], ManagedMachine | None]) -> None:
        """Show what `shown` returns sees."""
        super().__init__()
        self._shown = shown

    @property
    @override
    def is_on(self) -> bool:
        camera = self._camera()
        return camera is not None and camera.problem is not CameraProblem.OFF

    @override
    def source(self) -> Camera[Video] | None:
        camera = self._camera()
        return camera.video if camera and self.is_on else None

    @override
    def _go_on(self, watch: _Watch[Video], source: Camera[Video] | None) -> None:
        self._watches.remove(watch)
        watch.stop = _nothing
        watch.viewer.ended()

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
