"""The camera of one real printer."""

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from urllib.parse import urlsplit

from ...mirror.video import GroupOfPictures, Video
from ...pki.printer_identity import PrinterTrust
from ...protocol.ports import VIDEO_PATH, VIDEO_PORT
from ...protocol.printer_models import CameraKind, find_model
from ..fields import JsonObject, mapping, text
from ..settings import MachineSettings
from .feed import CameraFeed
from .keyframes import keyframe
from .pictures import LastPicture, PictureUpstream
from .problems import CameraError, CameraProblem
from .snapshots import SETTLED_AFTER, snapshot
from .upstream import CameraTimes
from .video import VideoPlace, VideoUpstream

# What a printer says whose liveview over the local network is turned off.
_DISABLED = "disable"


class MachineCamera:
    """What its printer's camera sends, and why it may not."""

    def __init__(
        self,
        settings: MachineSettings,
        trust: PrinterTrust,
        executor: Executor,
        times: CameraTimes,
        address: Callable[[], str | None],
        status: Callable[[], JsonObject],
    ) -> None:
        """Prepare; `address` returns where the printer was last reached, `status` what it has reported."""
        self.kind = find_model(settings.model).camera
        self._settings = settings
        self._trust = trust
        self._times = times
        self._address = address
        self._status = status
        self._listeners: list[Callable[[], None]] = []
        self._told_problem: CameraProblem | None = None
        self.pictures = (
            CameraFeed(
                self._picture_upstream, LastPicture(), executor, times, self._changed
            )
            if self.kind is CameraKind.PICTURES
            else None
        )
        """The pictures, from a camera that sends some."""
        self.video = (
            CameraFeed(
                self._video_upstream, GroupOfPictures(), executor, times, self._changed
            )
            if self.kind is CameraKind.VIDEO
            else None
        )
        """The video, from a camera that streams it."""

    @property
    def problem(self) -> CameraProblem | None:
        """Why it shows nothing, as far as is known; None also while nobody looks."""
        if self.pictures is not None:
            return self.pictures.problem
        if self._rtsp_url == _DISABLED:
            return CameraProblem.OFF
        return self.video.problem if self.video else None

    @property
    def is_open(self) -> bool:
        """Whether somebody looks."""
        return any(feed and feed.is_open for feed in (self.pictures, self.video))

    def _video_place(self) -> VideoPlace:
        """Return where the video is. Raises CameraError.

        Only port and path are taken from what the printer says: its host is sometimes another one (ha-bambulab).
        """
        if self._rtsp_url == _DISABLED:
            raise CameraError(CameraProblem.OFF)
        told = urlsplit(self._rtsp_url)
        port = VIDEO_PORT
        with suppress(ValueError):
            port = told.port or port
        return VideoPlace(
            address=self._reached(), port=port, path=told.path or VIDEO_PATH
        )

    @property
    def _rtsp_url(self) -> str:
        """What the printer says of its video's address."""
        return text(mapping(self._status().get("ipcam")).get("rtsp_url"))

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have `listener` called when the problem is another. Returns what ends that."""
        self._listeners.append(listener)

        def _unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return _unsubscribe

    async def snapshot(
        self, *, timeout_s: float | None = None, is_settled: bool = False
    ) -> bytes:
        """Return a picture, a JPEG; one of this moment if `is_settled`, which takes some seconds more. Raises CameraError."""
        if self.pictures is None:
            raise CameraError(CameraProblem.OFF, "it sends no pictures")
        return await snapshot(
            self.pictures,
            timeout_s or self._times.snapshot_s,
            pictures=SETTLED_AFTER if is_settled else 1,
        )

    async def keyframe(
        self, *, timeout_s: float | None = None, is_settled: bool = False
    ) -> bytes:
        """Return a keyframe of the video, H.264; one that begins from now on if `is_settled`. Raises CameraError."""
        if self.video is None or self.problem is CameraProblem.OFF:
            raise CameraError(CameraProblem.OFF)
        return await keyframe(
            self.video, timeout_s or self._times.snapshot_s, is_settled=is_settled
        )

    async def close(self) -> None:
        """End the connection."""
        for feed in (self.pictures, self.video):
            if feed:
                await feed.close()

    def _picture_upstream(self, deliver: Callable[[bytes], None]) -> PictureUpstream:
        return PictureUpstream(
            self._reached(), self._settings, self._trust, self._times, deliver
        )

    def _video_upstream(self, deliver: Callable[[Video], None]) -> VideoUpstream:
        return VideoUpstream(
            self._video_place(), self._settings, self._trust, self._times, deliver
        )

    def _reached(self) -> str:
        """Return where the printer is. Raises CameraError."""
        if (address := self._address()) is None:
            raise CameraError(
                CameraProblem.UNREACHABLE, "the printer has not been reached yet"
            )
        return address

    def reported(self) -> None:
        """Look whether the printer has said something new of it."""
        if self.problem is not self._told_problem:
            self._changed()

    def _changed(self) -> None:
        self._told_problem = self.problem
        for listener in tuple(self._listeners):
            listener()
