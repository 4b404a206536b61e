"""Video on its way from a real printer to those who look: packets, what describes them, and what a newcomer needs first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..protocol.h264 import KEYFRAME, SLICE, SPS, nal_type
from ..protocol.rtsp import Packet
from .camera import Camera

MAX_GROUP_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """Some packets in the order in which they came; `sdp` describes the stream they belong to. Channel 0 is RTP, 1 RTCP."""

    sdp: bytes
    packets: tuple[Packet, ...]


class VideoCamera(Camera[Video], Protocol):
    """A camera that streams video, if it is there and turned on."""

    @property
    def is_on(self) -> bool:
        """Whether there is anything to see."""


class GroupOfPictures:
    """What has come since the last keyframe, with which a decoder begins."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._sdp = b""
        self._packets: list[Packet] = []
        self._bytes = 0
        self._began_at: bytes | None = None
        self._is_after_slice = False

    def add(self, item: Video) -> None:
        """Take in what has come."""
        self._sdp = item.sdp
        for packet in item.packets:
            self._add(packet)

    def items(self) -> tuple[Video, ...]:
        """Return all of it as one, if there is anything."""
        if not self._sdp:
            return ()
        return (Video(sdp=self._sdp, packets=tuple(self._packets)),)

    def clear(self) -> None:
        """Forget it."""
        self._sdp = b""
        self._forget()

    def _add(self, packet: Packet) -> None:
        if packet.channel != 0:
            return
        payload = packet.payload
        kind = nal_type(payload)
        # The time tells apart the parts of one keyframe from the next; that of a P2S may stand still (Bambuddy).
        is_new = payload[4:8] != self._began_at or (
            kind == SPS and self._is_after_slice
        )
        if kind in (SPS, KEYFRAME) and is_new:
            self._forget()
            self._began_at = payload[4:8]
        self._is_after_slice = kind in (0, SLICE, KEYFRAME)
        if self._began_at is None:
            return
        self._packets.append(packet)
        self._bytes += len(packet.wire)
        if self._bytes > MAX_GROUP_BYTES:
            self._forget()

    def _forget(self) -> None:
        self._packets.clear()
        self._bytes = 0
        self._began_at = None


def begins_keyframe(rtp: Sequence[int]) -> bool:
    """Return whether a packet of H.264 is the first of what a decoder can begin with."""
    return nal_type(rtp) in (SPS, KEYFRAME)
