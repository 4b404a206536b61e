"""What a virtual printer serves of what only some models have, as its reports say it.

Bits and keys are those of Bambu Studio 2.7 and of recordings: bit 31 of `fun` for uploads by the file tunnel, bit 0 of `fun2` for
prints from internal memory, `ipcam.file` for the file browser. Where a report has no such field, slicers use FTPS. The liveview
opens only where `ipcam` has `ipcam_dev`, `mode_bits` and `tutk_server`, and by RTSP where `rtsp_url` is an address.
"""

from dataclasses import dataclass

from ..values import JsonObject
from .bits import changed, mask
from .disguise import DISABLED

_FUN_FILE_TUNNEL = mask(31)
_FUN2_PRINTS_FROM_MEMORY = mask(0)
_TUNNEL_SERVICE = "brtc_service"
_FILE_BROWSER = {"local": "local", "remote": "none", "model_download": "enabled"}
_HAS_CAMERA: JsonObject = {"ipcam_dev": "1", "tutk_server": DISABLED}
_MODE_OF_PICTURES = 3
_MODE_OF_VIDEO = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served."""

    files: bool = False
    """The file tunnel."""
    prints_from_memory: bool = False
    """Whether slicers may print what the tunnel has brought to the internal memory."""
    pictures: bool = False
    """A camera that sends pictures, over port 6000."""
    video_url: str = ""
    """The address of a camera that streams video; empty without one."""

    def shown(self, report: JsonObject) -> JsonObject:
        """Return a report that says so; the order of its keys stays."""
        told = dict(report)
        if self.files:
            if "fun" in told:
                told["fun"] = changed(told["fun"], put=_FUN_FILE_TUNNEL)
            if "fun2" in told and self.prints_from_memory:
                told["fun2"] = changed(told["fun2"], put=_FUN2_PRINTS_FROM_MEMORY)
        if isinstance(ipcam := told.get("ipcam"), dict):
            told["ipcam"] = ipcam | self._camera(ipcam) | self._files(ipcam)
        return told

    def _camera(self, ipcam: JsonObject) -> JsonObject:
        if self.pictures:
            told: JsonObject = dict(_HAS_CAMERA)
            mode, liveview = _MODE_OF_PICTURES, "local"
        elif self.video_url:
            told = _HAS_CAMERA | {"rtsp_url": self.video_url}
            mode, liveview = _MODE_OF_VIDEO, "rtsps"
        else:
            return {}
        if not ipcam.get("mode_bits"):
            told["mode_bits"] = mode
        if "liveview" in ipcam:
            told["liveview"] = {"local": liveview, "remote": "none"}
        return told

    def _files(self, ipcam: JsonObject) -> JsonObject:
        if not self.files:
            return {}
        told: JsonObject = {"file": dict(_FILE_BROWSER)}
        if _TUNNEL_SERVICE in ipcam:
            told[_TUNNEL_SERVICE] = "enable"
        return told
