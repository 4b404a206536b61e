"""Cameras of real printers.

Those that send pictures are shown as they are. Those that stream video are shown by Home Assistant's streams (HLS) or go2rtc
(WebRTC), which read it from this integration. Either way there is one connection to the printer for all who look.
"""

from typing import Any, override

from aiohttp import web

from homeassistant.components.camera import (
    Camera,
    CameraEntityDescription,
    CameraEntityFeature,
)
from homeassistant.components.stream import (
    CONF_RTSP_TRANSPORT,
    CONF_USE_WALLCLOCK_AS_TIMESTAMPS,
    Stream,
)
from homeassistant.const import CONTENT_TYPE_MULTIPART
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MachineEntity
from .hub import Hub, HubConfigEntry
from .printers.bambu_lab import async_has_bambu_lab
from .printers.cameras import (
    MachineVideo,
    SharedStills,
    async_picture,
    async_pictures,
    camera_problem,
    shows_pictures,
)
from .printers.machines import ManagedMachine

PARALLEL_UPDATES = 0

CAMERA = CameraEntityDescription(key="camera", translation_key="camera")

_BOUNDARY = "frameboundary"
_DELIMITER = b"--frameboundary"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the camera of every real printer that is set up."""
    hub = entry.runtime_data

    @callback
    def _add(machine: ManagedMachine) -> None:
        make = PictureCamera if shows_pictures(machine) else VideoCamera
        async_add_entities([make(hub, machine)], config_subentry_id=machine.id)

    entry.async_on_unload(hub.machines.async_on_machine(_add))


class MachineCamera(MachineEntity, Camera):
    """A real printer's camera."""

    def __init__(self, hub: Hub, machine: ManagedMachine) -> None:
        """Belong to the printer. A camera that the Bambu Lab integration shows already takes another of its few places."""
        MachineEntity.__init__(self, hub, machine, CAMERA)
        Camera.__init__(self)
        if async_has_bambu_lab(hub.hass, machine.config.serial):
            self._attr_entity_registry_enabled_default = False

    @property
    @override
    def available(self) -> bool:
        """Whether the printer can be reached."""
        return self.machine.is_reporting

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Say why it shows nothing."""
        problem = camera_problem(self.machine)
        return {"problem": problem} if problem else {}


class PictureCamera(MachineCamera):
    """A camera that sends a picture about once a second."""

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the newest picture. Raises HomeAssistantError."""
        return await async_picture(self.machine)

    @override
    async def handle_async_mjpeg_stream(
        self, request: web.Request
    ) -> web.StreamResponse | None:
        """Send each picture as it comes; who reads slowly misses some."""
        response = web.StreamResponse()
        response.content_type = CONTENT_TYPE_MULTIPART.format(_BOUNDARY)
        await response.prepare(request)
        await response.write(_DELIMITER + b"\r\n")

        def _is_watched() -> bool:
            return request.transport is not None and not request.transport.is_closing()

        async for picture in async_pictures(self.machine, _is_watched):
            # Chrome shows a picture when the next boundary comes (crbug.com/41199053), so that it follows at once.
            await response.write(
                b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n%b\r\n"
                % (len(picture), picture, _DELIMITER)
            )
        return response


class VideoCamera(MachineCamera):
    """A camera that streams H.264."""

    _attr_supported_features = CameraEntityFeature.STREAM

    def __init__(self, hub: Hub, machine: ManagedMachine) -> None:
        """Stream over TCP, by the time at which things arrive: the times that a P2S sends stand still (Bambuddy)."""
        super().__init__(hub, machine)
        self.stream_options = {
            CONF_RTSP_TRANSPORT: "tcp",
            CONF_USE_WALLCLOCK_AS_TIMESTAMPS: True,
        }
        self._video = MachineVideo(machine, hub.transfer_thread)
        self._stills = SharedStills(machine)

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the last keyframe. Raises HomeAssistantError.

        Home Assistant's way, through its stream, has nothing at first, and later what was seen when it was asked before.
        """
        return await self._stills.async_picture()

    @override
    async def stream_source(self) -> str | None:
        """Return the address of the stream. Raises HomeAssistantError.

        It is there also while nothing can be seen: Home Assistant chooses by it how the camera is shown, once.
        """
        return self._video.url()

    @override
    async def async_create_stream(self) -> Stream | None:
        """Return the stream. Raises HomeAssistantError, where a person has to do something first."""
        if self.stream is None:
            self._video.check()
        return await super().async_create_stream()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Let go of those who look."""
        await super().async_will_remove_from_hass()
        await self._video.async_close()
