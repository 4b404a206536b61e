"""One picture out of a video, for whoever wants no more: the keyframe, which a decoder can take alone."""

import asyncio
from typing import override

from ...mirror.camera import Viewer
from ...mirror.video import Video
from ...net.loop_bridge import call_on_loop
from ...protocol.h264 import DELIMITER, KEYFRAME, SLICE, SPS, byte_stream, nal_type
from ...protocol.rtsp import Packet
from .feed import CameraFeed
from .problems import CameraError, CameraProblem


async def keyframe(
    feed: CameraFeed[Video], timeout_s: float, *, is_settled: bool = False
) -> bytes:
    """Return the last keyframe as H.264, or the next that begins from now on if `is_settled`. Raises CameraError."""
    looker = _Looker(takes_recent=not is_settled)
    stop = feed.watch(looker)
    looker.begin()
    try:
        if feed.problem is not None and feed.problem.needs_a_person:
            raise CameraError(feed.problem)
        async with asyncio.timeout(timeout_s):
            return await looker.found
    except TimeoutError as err:
        raise CameraError(feed.problem or CameraProblem.STALLED) from err
    finally:
        stop()


class _Looker(Viewer[Video]):
    """Waits for a whole keyframe."""

    def __init__(self, *, takes_recent: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self.found: asyncio.Future[bytes] = self._loop.create_future()
        self._takes = takes_recent
        self._packets: list[Packet] = []
        self._has_slice = False

    def begin(self) -> None:
        """Take what comes from now on."""
        self._takes = True

    @override
    def show(self, item: Video) -> None:
        if not self._takes:
            return
        for packet in item.packets:
            if packet.channel == 0 and self._is_whole_before(packet):
                payloads = (each.payload for each in self._packets)
                call_on_loop(self._loop, self._take, byte_stream(item.sdp, payloads))
                self._takes = False
                return

    @override
    def ended(self) -> None:
        call_on_loop(self._loop, self._fail)

    def _is_whole_before(self, packet: Packet) -> bool:
        """Take in a packet of the keyframe. Returns whether it is whole, so that this one belongs to the next picture."""
        payload = packet.payload
        kind = nal_type(payload)
        if self._has_slice and (
            payload[4:8] != self._packets[0].payload[4:8]
            or kind in (SLICE, SPS, DELIMITER)
        ):
            return True
        if self._packets or kind in (SPS, KEYFRAME):
            self._packets.append(packet)
            self._has_slice |= kind in (KEYFRAME, SLICE)
        return False

    def _take(self, found: bytes) -> None:
        if not self.found.done():
            self.found.set_result(found)

    def _fail(self) -> None:
        if not self.found.done():
            self.found.set_exception(CameraError(CameraProblem.LOST))
