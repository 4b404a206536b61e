"""The fields of an idle printer in Bambu Lab's newer protocol.

Those of the older one are in every report of a virtual printer already (recordings of idle H2D Pro, P2S and A2L).
"""

from collections.abc import Mapping
from typing import Any

_ROOM_C = 25

PROGRESS: Mapping[str, Any] = {
    "3D": {"layer_num": 0, "total_layer_num": 0},
    "job": {"cur_stage": {"idx": 0, "state": 0}, "stage": []},
    "job_attr": 0,
    "mapping": [],
    "mc_action": 255,
    "mc_stage": 1,
    "percent": 0,
    "plate_cnt": 0,
    "plate_id": 0,
    "plate_idx": 0,
    "prepare_per": 0,
    "print_gcode_action": 255,
    "print_real_action": 0,
    "remain_time": 0,
    "state": 0,
    "stg_cd": 0,
}
"""The progress of an idle printer, by key."""

_TEMPERATURES = ("bed_temp", "cham_temp")


def cooled_device(device: Any) -> Any:
    """Return the `device` object with everything at room temperature and every fan off. Nozzles and plates stay."""
    if not isinstance(device, dict):
        return device
    idle = dict(device)
    for key in _TEMPERATURES:
        if key in device:
            idle[key] = _ROOM_C
    for key in ("bed", "ctc"):
        if isinstance(device.get(key), dict):
            idle[key] = device[key] | {"state": 0}
            if isinstance(device[key].get("info"), dict):
                idle[key]["info"] = device[key]["info"] | {"temp": _ROOM_C}
    if "fan" in device:
        idle["fan"] = 0
    idle |= _each(device, "extruder", "info", {"temp": _ROOM_C, "stat": 0})
    idle |= _each(device, "airduct", "parts", {"state": 0, "tar_state": 0})
    return idle


def _each(
    device: Mapping[str, Any], key: str, members: str, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Change those of some fields that exist, in all members of a list."""
    block = device.get(key)
    if not isinstance(block, dict) or not isinstance(found := block.get(members), list):
        return {}
    return {
        key: block
        | {
            members: [
                member
                | {name: changes[name] for name in changes.keys() & member.keys()}
                if isinstance(member, dict)
                else member
                for member in found
            ]
        }
    }
