"""The cameras of real printers, as Home Assistant asks for them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import override

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..engine.emulator.camera.local import LocalVideo
from ..engine.machines.camera.camera import MachineCamera
from ..engine.machines.camera.problems import CameraError, CameraProblem
from ..engine.mirror.camera import Viewer
from ..engine.net.listener import ListenError
from ..engine.net.loop_bridge import call_on_loop
from ..engine.protocol.printer_models import CameraKind
from ..engine.reception.transfer_thread import TransferThread
from .keyframes import as_picture
from .machines import ManagedMachine
from .shown_cameras import ShownVideo

# Home Assistant gives up after ten seconds itself.
STILL_TIMEOUT_S = 9.0
# How long a stream may show nothing before it is looked at whether anybody is still there.
QUIET_S = 10.0

_ERRORS = {
    CameraProblem.OFF: "camera_off",
    CameraProblem.UNREACHABLE: "camera_unreachable",
    CameraProblem.TOO_MANY_VIEWERS: "camera_too_many_viewers",
    CameraProblem.WRONG_CODE: "camera_wrong_code",
    CameraProblem.NOT_THE_PRINTER: "camera_not_the_printer",
    CameraProblem.STALLED: "camera_stalled",
    CameraProblem.LOST: "camera_lost",
}


def shows_pictures(machine: ManagedMachine) -> bool:
    """Return whether its camera sends pictures, rather than video."""
    return machine.config.model.camera is CameraKind.PICTURES


def camera_problem(machine: ManagedMachine) -> str | None:
    """Return why its camera shows nothing, as a CameraProblem; None as long as nobody has found any reason."""
    camera = _camera(machine)
    return camera.problem.value if camera and camera.problem else None


async def async_picture(
    machine: ManagedMachine,
    *,
    timeout_s: float | None = None,
    is_settled: bool = False,
) -> bytes:
    """Return a picture of its camera, a JPEG. Raises HomeAssistantError.

    With `is_settled` it is of this moment for sure, which takes some seconds more.
    """
    if (camera := _camera(machine)) is None:
        raise _error(machine, CameraProblem.UNREACHABLE)
    limit_s = timeout_s or STILL_TIMEOUT_S
    try:
        if camera.video is None:
            return await camera.snapshot(timeout_s=limit_s, is_settled=is_settled)
        keyframe = await camera.keyframe(timeout_s=limit_s, is_settled=is_settled)
        return await asyncio.to_thread(as_picture, keyframe)
    except CameraError as err:
        raise _error(machine, err.problem) from err


class SharedStills:
    """Stills of a camera that streams video: who asks while one is made gets that one.

    So a panel that is open in many browsers, which ask at the same time, costs one decoded picture.
    """

    def __init__(self, machine: ManagedMachine) -> None:
        """Nothing is asked of the camera before somebody wants to see."""
        self._machine = machine
        self._lock = asyncio.Lock()
        self._picture = b""
        self._made = 0

    async def async_picture(self) -> bytes:
        """Return one, a JPEG. Raises HomeAssistantError."""
        made_before = self._made
        async with self._lock:
            if self._made == made_before:
                self._picture = await async_picture(self._machine)
                self._made += 1
            return self._picture


class MachineVideo:
    """The video of a real printer, for Home Assistant's streams and go2rtc.

    They read it from here, and share the one connection with the printer with all who look. The address stays while sessions
    with the printer come and go.
    """

    def __init__(
        self, machine: ManagedMachine, transfer_thread: TransferThread
    ) -> None:
        """Prepare; nothing listens before the address is asked for."""
        self._machine = machine
        self._local = LocalVideo(ShownVideo(lambda: machine), transfer_thread)

    def url(self) -> str:
        """Return its address, with a password that is good at this computer only. Raises HomeAssistantError."""
        try:
            return self._local.url()
        except ListenError as err:
            raise _error(self._machine, CameraProblem.UNREACHABLE) from err

    def check(self) -> None:
        """Raise HomeAssistantError where it is known that there is nothing to see before a person does something."""
        camera = _camera(self._machine)
        problem = camera.problem if camera else CameraProblem.UNREACHABLE
        if problem and (camera is None or problem.needs_a_person):
            raise _error(self._machine, problem)

    async def async_close(self) -> None:
        """End it."""
        await self._local.close()


async def async_pictures(
    machine: ManagedMachine, is_watched: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """Give its camera's pictures, the newest each time, until there are no more or it is not watched any longer."""
    camera = _camera(machine)
    if camera is None or camera.pictures is None:
        return
    newest = _Newest()
    stop = camera.pictures.watch(newest)
    try:
        while not newest.is_over and is_watched():
            try:
                async with asyncio.timeout(QUIET_S):
                    await newest.changed.wait()
            except TimeoutError:
                continue
            newest.changed.clear()
            if (picture := newest.take()) is not None:
                yield picture
    finally:
        stop()


class _Newest(Viewer[bytes]):
    """Holds the newest picture until it is asked for."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.is_over = False
        self._loop = asyncio.get_running_loop()
        self._picture: bytes | None = None

    def take(self) -> bytes | None:
        """Return the newest picture, once."""
        picture, self._picture = self._picture, None
        return picture

    @override
    def show(self, item: bytes) -> None:
        self._picture = item
        call_on_loop(self._loop, self.changed.set)

    @override
    def ended(self) -> None:
        self.is_over = True
        call_on_loop(self._loop, self.changed.set)


def _camera(machine: ManagedMachine) -> MachineCamera | None:
    return machine.session.camera if machine.session else None


def _error(machine: ManagedMachine, problem: CameraProblem) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=_ERRORS[problem],
        translation_placeholders={"printer": machine.name},
    )
