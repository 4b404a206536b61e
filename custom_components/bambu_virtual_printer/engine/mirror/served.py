"""What a virtual printer serves of what only some models have, as its reports say it.

Bits and keys are those of Bambu Studio 2.7: bit 31 of `fun` for uploads by the file tunnel, bit 0 of `fun2` for prints from
internal memory, `ipcam.file` for the file browser. Where a report has no such field, slicers use FTPS.
"""

from dataclasses import dataclass

from ..values import JsonObject
from .bits import changed, mask

_FUN_FILE_TUNNEL = mask(31)
_FUN2_PRINTS_FROM_MEMORY = mask(0)
_TUNNEL_SERVICE = "brtc_service"
_FILE_BROWSER = {"local": "local", "remote": "none", "model_download": "enabled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served."""

    files: bool = False
    """The file tunnel."""
    prints_from_memory: bool = False
    """Whether slicers may print what the tunnel has brought to the internal memory."""

    def shown(self, report: JsonObject) -> JsonObject:
        """Return a report that says so; the order of its keys stays."""
        if not self.files:
            return report
        told = dict(report)
        if "fun" in told:
            told["fun"] = changed(told["fun"], put=_FUN_FILE_TUNNEL)
        if "fun2" in told and self.prints_from_memory:
            told["fun2"] = changed(told["fun2"], put=_FUN2_PRINTS_FROM_MEMORY)
        if isinstance(ipcam := told.get("ipcam"), dict):
            told["ipcam"] = ipcam | {"file": dict(_FILE_BROWSER)}
            if _TUNNEL_SERVICE in ipcam:
                told["ipcam"][_TUNNEL_SERVICE] = "enable"
        return told
