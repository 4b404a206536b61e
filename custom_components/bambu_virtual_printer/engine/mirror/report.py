"""Makes the status report of a virtual printer that shows a real one.

What is passed on, what stays the virtual printer's own, and why:

- Serial number and addresses: its own, in every field (`disguise`).
- Its memory card: always there. Jobs: the slicer's own come first, and `gcode_state` is never one that means "busy", or Send
  and Print are greyed out; progress is shown under FINISH (Bambuddy #1193, #1887).
- Errors that open a dialog, ids of cloud jobs, the firmware's update: not passed on.
- What a virtual printer does not serve (camera, file tunnel, signed commands): reported as absent.
- Everything else: the real printer's, unchanged; temperatures and progress only while it reports.
"""

from collections.abc import Mapping
from typing import Any

from ..values import JsonObject
from .bits import changed, changed_word, mask
from .disguise import DISABLED, Disguise
from .idle import PROGRESS, cooled_device
from .spools import with_empty_slots
from .values import OwnJob, Target

# States of a real printer that prints. In these a slicer neither sends nor prints.
_PRINTING = frozenset({"RUNNING", "PAUSE", "PREPARE", "SLICING"})
_FINISH, _IDLE = "FINISH", "IDLE"

# The fields of a slicer's own job.
_JOB = frozenset(
    {"gcode_file", "gcode_file_prepare_percent", "gcode_state", "subtask_name"}
)
# Of the older protocol; the virtual printer's own values mean that nothing is printed.
_PROGRESS = frozenset(
    {
        "layer_num", "mc_percent", "mc_print_line_number", "mc_print_sub_stage", "mc_remaining_time", "s_obj", "stg", "stg_cur",
        "total_layer_num",
    }
)  # fmt: skip
# The progress of a print in the newer protocol. The other fields of PROGRESS would mean that the printer is busy.
_NEW_PROGRESS = frozenset(
    {"3D", "mapping", "percent", "plate_idx", "prepare_per", "remain_time", "stg_cd"}
)
_TEMPERATURES = frozenset(
    {
        "ams_status", "bed_target_temper", "bed_temper", "big_fan1_speed", "big_fan2_speed", "chamber_temper",
        "cooling_fan_speed", "fan_gear", "heatbreak_fan_speed", "hms", "nozzle_target_temper", "nozzle_temper",
    }
)  # fmt: skip
_OWN = frozenset(
    {
        "command", "force_upgrade", "lifecycle", "mc_print_stage", "mess_production_state", "msg", "net", "print_error",
        "print_type", "profile_id", "project_id", "queue_est", "queue_number", "queue_sts", "queue_total", "sdcard",
        "sequence_id", "storage", "subtask_id", "task_id", "upgrade_state", "upload", "wifi_signal",
    }
)  # fmt: skip
# Errors, ids of cloud jobs, and links to the cloud.
_NOT_SHOWN = frozenset(
    {
        "ap_err", "batch_id", "canvas_id", "cloud_id", "design_id", "err", "err2", "fail_reason", "file", "gcode_start_time",
        "job_id", "lan_task_id", "mc_err", "mc_print_error_code", "model_id", "result", "reason", "support_cloud_print_only",
        "support_tunnel_mqtt",
    }
)  # fmt: skip
# What slicers set, and is the virtual printer's own where there are several real ones.
_CONTROLS = frozenset({"info", "lights_report", "spd_lvl", "spd_mag"})
# Fields that newer firmware omits because another field has them.
_REPLACED_BY: Mapping[str, str] = {
    "bed_target_temper": "device",
    "bed_temper": "device",
    "chamber_temper": "device",
    "vt_tray": "vir_slot",
}

# `fun`: cloud camera, timelapses in internal memory, signed commands, uploads through the file tunnel.
_FUN_NOT_SERVED = mask(1, 28, 29, 31)
# `fun2`: printing from internal memory, and a list of what is there.
_FUN2_NOT_SERVED = mask(0, 17)
# The state of the memory card, two bits: 1 is normal.
_HOME_FLAG_SD, _HOME_FLAG_SD_NORMAL = mask(8, 9), mask(8)
_AUX_SD, _AUX_SD_NORMAL = mask(12, 13), mask(12)
_HOME_FLAG_AGORA = mask(30)
# The addresses of a camera or a file browser.
_IPCAM_OWN: Mapping[str, Any] = {
    "agora_service": DISABLED,
    "brtc_service": DISABLED,
    "file": {"local": "none", "remote": "none", "model_download": "disabled"},
    "liveview": {"local": "none", "remote": "none"},
    "rtsp_url": DISABLED,
    "tutk_server": DISABLED,
}


def mirrored(
    own: JsonObject, target: Target, disguise: Disguise, *, job: OwnJob
) -> JsonObject:
    """Return the status report that shows `target`, made of the virtual printer's `own` full report.

    The first key stays the first. Returns `own` as it is while too little is known of the real printer.
    """
    if not target.is_complete:
        return own
    status = target.status
    shows_progress = (
        target.is_live
        and job is not OwnJob.UNDER_WAY
        and _text(status.get("gcode_state")) in _PRINTING
    )
    skipped = _OWN | _NOT_SHOWN | _JOB | PROGRESS.keys() | _PROGRESS
    if not target.is_live:
        skipped |= _TEMPERATURES
    report: JsonObject = _without_repetition(own, status) | disguise.apply(
        {
            key: _shown(key, value, is_live=target.is_live)
            for key, value in status.items()
            if key not in skipped
        }
    )
    for key in PROGRESS.keys() & status.keys():
        use = shows_progress and key in _NEW_PROGRESS
        report[key] = disguise.apply(status[key]) if use else PROGRESS[key]
    if shows_progress:
        report |= {
            key: disguise.apply(status[key]) for key in _PROGRESS & status.keys()
        }
        if job is OwnJob.NONE:
            report |= {
                "gcode_state": _FINISH,
                "gcode_file": disguise.apply(_text(status.get("gcode_file"))),
                "gcode_file_prepare_percent": "100",
                "subtask_name": disguise.apply(_text(status.get("subtask_name"))),
            }
    return report


def lasting(status: Mapping[str, Any]) -> JsonObject:
    """Return of a full report what does not pass, as if the printer were idle. Temperatures that `device` holds are still in it."""
    passing = _OWN | _NOT_SHOWN | _JOB | _PROGRESS | _TEMPERATURES | _CONTROLS
    return {
        key: PROGRESS.get(key, value)
        for key, value in status.items()
        if key not in passing
    } | {"gcode_state": _IDLE}


def _without_repetition(own: JsonObject, status: Mapping[str, Any]) -> JsonObject:
    """Return `own` without fields that would contradict the real printer, which reports them in another one."""
    return {
        key: value
        for key, value in own.items()
        if key in status or _REPLACED_BY.get(key) not in status
    }


def _shown(key: str, value: Any, *, is_live: bool) -> Any:
    """Return what is shown of a field of the real printer."""
    match key:
        case "ams":
            return with_empty_slots(value)
        case "device" if not is_live:
            return cooled_device(value)
        case "fun":
            return changed(value, clear=_FUN_NOT_SERVED)
        case "fun2":
            return changed(value, clear=_FUN2_NOT_SERVED)
        case "aux":
            return changed(value, clear=_AUX_SD, put=_AUX_SD_NORMAL)
        case "home_flag":
            return changed_word(
                value, clear=_HOME_FLAG_SD | _HOME_FLAG_AGORA, put=_HOME_FLAG_SD_NORMAL
            )
        case "info" if not is_live:
            return {}
        case "ipcam" if isinstance(value, dict):
            return value | {
                name: off for name, off in _IPCAM_OWN.items() if name in value
            }
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
