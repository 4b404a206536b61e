"""The printer's status report, `push_status`.

Keys, values and their JSON types are from firmware captures and from what both slicers need (measured). The keys of the
newer protocol (`fun`, `fun2`, `cfg`, `aux`, `stat`) are left out on purpose for models with one nozzle: without them Bambu
Studio reads the older ones, uploads by FTPS and sends no signed commands. Where a real printer is shown, its reports replace
most of these.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
import json

from ...mirror.disguise import Disguise
from ...mirror.report import mirrored
from ...mirror.served import Served
from ...mirror.values import Face, OwnJob, Target
from ...protocol.address_numbers import to_number
from ...values import JsonObject
from ..identity import Identity
from ..job import GcodeState, JobReport
from .two_nozzles import two_nozzles

INDENT = 4
"""Bambu Studio's check before Send refuses compact JSON; printers send it like this."""

CHAMBER_LIGHT = "chamber_light"
NOZZLE_DIAMETER_MM = 0.4
# The only type that slicers accept for every filament.
NOZZLE_TYPE = "hardened_steel"

NORMAL_SPEED_LEVEL = 2
SPEED_PERCENT = {1: 50, 2: 100, 3: 124, 4: 166}
"""Speed by level: silent, normal, sport, ludicrous."""

_HOME_FLAG_SD_NORMAL = 1 << 8
_NETMASK_24 = 0x00FFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """The settings that a slicer can change and expects to see changed."""

    light_mode: str = "on"
    speed_level: int = NORMAL_SPEED_LEVEL


def encode(report: JsonObject) -> bytes:
    """Encode a report as printers do: indented, UTF-8. Lone surrogates become question marks."""
    text = json.dumps(report, indent=INDENT, ensure_ascii=False, allow_nan=False)
    return text.encode(errors="replace")


# --- push_status ----------------------------------------------------------------------------------------------------

# `sequence_id` is first and empty: each report gets its number there. `msg` 0 means a full report.
_STATUS: JsonObject = {
    "sequence_id": "",
    "command": "push_status",
    "msg": 0,
    "gcode_state": "",
    "gcode_file": "",
    "gcode_file_prepare_percent": "0",
    "subtask_name": "",
    # A virtual printer never prints.
    "mc_print_stage": "1",
    "mc_percent": 0,
    "mc_remaining_time": 0,
    "layer_num": 0,
    "total_layer_num": 0,
    "stg": [],
    "stg_cur": -1,
    "print_error": 0,
    "print_type": "idle",
    "wifi_signal": "-44dBm",
    "bed_temper": 25.0,
    "bed_target_temper": 0.0,
    "nozzle_temper": 25.0,
    "nozzle_target_temper": 0.0,
    "chamber_temper": 25.0,
    "cooling_fan_speed": "0",
    "big_fan1_speed": "0",
    "big_fan2_speed": "0",
    "heatbreak_fan_speed": "0",
    "spd_lvl": NORMAL_SPEED_LEVEL,
    "spd_mag": SPEED_PERCENT[NORMAL_SPEED_LEVEL],
    "home_flag": _HOME_FLAG_SD_NORMAL,
    "hw_switch_state": 0,
    # Slicers take a missing or non-boolean value for "storage needs to be inserted".
    "sdcard": True,
    "storage": {"free": 1_000_000_000, "total": 32_000_000_000},
    "online": {"ahb": False, "rfid": False, "version": 7},
    "ams_status": 0,
    "ams": {
        "ams": [],
        "ams_exist_bits": "0",
        "tray_exist_bits": "0",
        "tray_is_bbl_bits": "0",
        "tray_tar": "255",
        "tray_now": "254",
        "tray_pre": "254",
        "tray_read_done_bits": "0",
        "tray_reading_bits": "0",
        "version": 1,
        "insert_flag": True,
        "power_on_flag": False,
    },
    "vt_tray": {
        "id": "254",
        "tag_uid": "0000000000000000",
        "tray_id_name": "",
        "tray_info_idx": "",
        "tray_type": "",
        "tray_sub_brands": "",
        "tray_color": "00000000",
        "tray_weight": "0",
        "tray_diameter": "0.00",
        "tray_temp": "0",
        "tray_time": "0",
        "bed_temp_type": "0",
        "bed_temp": "0",
        "nozzle_temp_max": "0",
        "nozzle_temp_min": "0",
        "xcam_info": "000000000000000000000000",
        "tray_uuid": "00000000000000000000000000000000",
        "remain": 0,
        "k": 0.02,
        "n": 1,
        "cali_idx": -1,
    },
    "upgrade_state": {
        "sequence_id": 0,
        "progress": "",
        "status": "",
        "consistency_request": False,
        "dis_state": 0,
        "err_code": 0,
        "force_upgrade": False,
        "message": "",
        "module": "",
        "new_version_state": 2,
        "new_ver_list": [],
        "ota_new_version_number": "",
        "ahb_new_version_number": "",
    },
    "ipcam": {
        "ipcam_dev": "1",
        "ipcam_record": "enable",
        "timelapse": "disable",
        "resolution": "1080p",
        "mode_bits": 0,
    },
    "xcam": {
        "allow_skip_parts": False,
        "buildplate_marker_detector": True,
        "first_layer_inspector": True,
        "halt_print_sensitivity": "medium",
        "print_halt": True,
        "printing_monitor": True,
        "spaghetti_detector": True,
    },
    "lights_report": [],
    "nozzle_diameter": str(NOZZLE_DIAMETER_MM),
    "nozzle_type": NOZZLE_TYPE,
    "net": {},
    "upload": {"status": "idle", "progress": 0, "message": ""},
    "lifecycle": "product",
    "mess_production_state": "active",
    "force_upgrade": False,
    "project_id": "0",
    "profile_id": "0",
    "task_id": "0",
    "subtask_id": "0",
    "queue_number": 0,
    "queue_total": 0,
    "queue_est": 0,
    "queue_sts": 0,
    "mc_print_line_number": "0",
    "mc_print_sub_stage": 0,
    "s_obj": [],
    "filam_bak": [],
    "fan_gear": 0,
    "cali_version": 0,
    "ams_rfid_status": 0,
    "hms": [],
}

_SEQUENCE_ID = b'"sequence_id": "'


# Reports differ between clients while several print at once, for seconds.
_STATES_REMEMBERED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """Everything that a report depends on, except its number."""

    job: JobReport
    controls: Controls
    served: Served
    own: OwnJob = OwnJob.NONE
    target: object = None
    """The revision of the real printer that is shown."""


class StatusReports:
    """Makes full status reports: rendered once for each state, numbered one by one."""

    def __init__(
        self, identity: Identity, served: Callable[[], Served] = Served
    ) -> None:
        """Report as this printer; `served` returns what of it is served.

        Slicers upload to the address in `net`.
        """
        self._served = served
        address = to_number(IPv4Address(identity.address))
        self._model = identity.model
        self._face = Face(serial=identity.serial, address=identity.address)
        self._net = {"conf": 0, "info": [{"ip": address, "mask": _NETMASK_24}]}
        self._rendered: dict[_State, tuple[bytes, bytes]] = {}
        self._sequence_id = 0

    def next(
        self,
        job: JobReport,
        controls: Controls,
        target: Target | None = None,
        own: OwnJob = OwnJob.NONE,
    ) -> bytes:
        """Return the next report, of this printer alone or with the real one that it shows."""
        served = self._served()
        state = _State(job=job, controls=controls, served=served)
        if target is not None:
            state = replace(
                state, own=own, target=(target.revision, target.is_live, target.places)
            )
        if state not in self._rendered:
            if len(self._rendered) >= _STATES_REMEMBERED:
                del self._rendered[next(iter(self._rendered))]
            fields = self._fields(job, controls)
            if target is not None:
                disguise = Disguise(target, self._face)
                fields = mirrored(fields, target, disguise, job=own)
            if job.print_error:
                # Whatever the real printer says of its own.
                fields["print_error"] = job.print_error
            report = encode({"print": served.shown(fields)})
            before, mark, after = report.partition(_SEQUENCE_ID)
            self._rendered[state] = before + mark, after
        before, after = self._rendered[state]
        self._sequence_id += 1
        return b"%b%d%b" % (before, self._sequence_id, after)

    def _fields(self, job: JobReport, controls: Controls) -> JsonObject:
        nozzles = (
            two_nozzles(
                diameter_mm=NOZZLE_DIAMETER_MM, speed_level=controls.speed_level
            )
            if self._model.nozzles > 1
            else {}
        )
        return (
            _STATUS
            | nozzles
            | {
                "gcode_state": job.gcode_state,
                "gcode_file": job.gcode_file,
                "gcode_file_prepare_percent": job.prepare_percent,
                "subtask_name": job.subtask_name,
                "stg_cur": self._model.idle_stage,
                "print_type": (
                    "local" if job.gcode_state is GcodeState.PREPARE else "idle"
                ),
                "spd_lvl": controls.speed_level,
                "spd_mag": SPEED_PERCENT[controls.speed_level],
                "lights_report": [{"node": CHAMBER_LIGHT, "mode": controls.light_mode}],
                "net": self._net,
            }
        )
