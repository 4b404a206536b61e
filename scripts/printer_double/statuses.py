"""Made-up full reports of families that nobody has recorded under a free licence, from what is known of their fields."""

from typing import Any

PLA_BLACK = {
    "tray_type": "PLA", "tray_sub_brands": "PLA Basic", "tray_color": "000000FF", "cols": ["000000FF"],
    "tray_info_idx": "GFA00", "tray_uuid": "F" * 32, "remain": 80, "tray_weight": "1000",
}  # fmt: skip
PLA_RED = PLA_BLACK | {"tray_color": "C12E1FFF", "cols": ["C12E1FFF"], "remain": 40}
PETG_WHITE = PLA_BLACK | {
    "tray_type": "PETG",
    "tray_color": "FFFFFFFF",
    "cols": ["FFFFFFFF"],
    "tray_info_idx": "GFG00",
}
TPU_WHITE = PETG_WHITE | {"tray_type": "TPU", "tray_info_idx": "GFU01"}


def tray(slot: int, filament: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a tray; without a filament an empty one."""
    if filament is None:
        return {"id": str(slot), "state": 10}
    return {"id": str(slot), "state": 11, **filament}


def unit(id_: int, info: str, *filaments: dict[str, Any] | None) -> dict[str, Any]:
    """Return an AMS."""
    return {
        "id": str(id_), "info": info, "humidity": "4", "humidity_raw": "21", "temp": "25.5", "dry_time": 0,
        "tray": [tray(slot, filament) for slot, filament in enumerate(filaments)],
    }  # fmt: skip


def ams(*units: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """All units, with the exist bits that belong to them."""
    unit_bits = tray_bits = 0
    for one in units:
        id_ = int(one["id"])
        unit_bits |= 1 << (id_ if id_ < 4 else 12 if id_ == 16 else 4 + id_ - 128)
        for one_tray in one["tray"]:
            slot = int(one_tray["id"])
            bit = (
                4 * id_ + slot
                if id_ < 4
                else 24 + slot
                if id_ == 16
                else 16 + id_ - 128
            )
            tray_bits |= bool(one_tray.get("tray_type")) << bit
    return {
        "ams": list(units), "ams_exist_bits": f"{unit_bits:x}", "tray_exist_bits": f"{tray_bits:x}",
        "tray_now": "255", "tray_tar": "255", "tray_pre": "255", **fields,
    }  # fmt: skip


def status(**fields: Any) -> dict[str, Any]:
    """Return a full report of an idle printer."""
    return {
        "command": "push_status", "msg": 0, "gcode_state": "IDLE", "print_error": 0, "hms": [], "sdcard": True,
        "home_flag": 0x100, "nozzle_diameter": "0.4", "nozzle_type": "hardened_steel", "nozzle_temper": 25.0,
        "nozzle_target_temper": 0, "bed_temper": 23.0, "bed_target_temper": 0, "wifi_signal": "-44dBm",
        "subtask_name": "", "subtask_id": "0", "task_id": "0", "project_id": "0", "gcode_file": "", **fields,
    }  # fmt: skip


def p1s(**fields: Any) -> dict[str, Any]:
    """Return a P1S with an AMS: black PLA, red PLA, nothing, white PETG."""
    loaded = ams(unit(0, "1001", PLA_BLACK, PLA_RED, None, PETG_WHITE))
    return status(
        chamber_temper=5, ams=loaded, vt_tray={"id": "254", "tray_type": ""}, **fields
    )


def x1c_two_units(**fields: Any) -> dict[str, Any]:
    """Return an X1C with two AMS and an AMS HT."""
    loaded = ams(
        unit(0, "1001", PLA_BLACK, None, None, None),
        unit(1, "1001", None, None, None, PLA_RED),
        unit(128, "2004", PETG_WHITE),
    )
    return status(
        chamber_temper=30, ams=loaded, vt_tray={"id": "254", "tray_type": ""}, **fields
    )


def a2l(**fields: Any) -> dict[str, Any]:
    """Return an A2L with red PLA in the second slot of its AMS lite."""
    loaded = ams(unit(16, "30001005", None, PLA_RED, None, None))
    return status(ams=loaded, vir_slot=[{"id": "255", "tray_type": ""}], **fields)


def h2d(
    *, active: int = 0, snow: tuple[int, int] = (0xFFFF, 0xFEFF), **fields: Any
) -> dict[str, Any]:
    """Return an H2D: an AMS 2 Pro at the left nozzle, an AMS HT at the right one, TPU on the right external holder."""
    loaded = ams(
        unit(0, "2103", PLA_BLACK, PLA_RED, None, None),
        unit(128, "2004", PETG_WHITE),
        tray_now="0",
    )
    device = {
        "bed": {"info": {"temp": 70 << 16 | 69}},
        "ctc": {"info": {"temp": 60 << 16 | 48}},
        "extruder": {
            "info": [
                {"id": 0, "snow": snow[0], "temp": 220 << 16 | 218},
                {"id": 1, "snow": snow[1], "temp": 40},
            ],
            "state": 2 | active << 4,
        },
        "nozzle": {
            "exist": 3,
            "info": [
                {"id": 0, "diameter": 0.4, "type": "HS01"},
                {"id": 1, "diameter": 0.6, "type": "HH01"},
            ],
        },
    }
    made = status(
        ams=loaded, device=device, cfg="0", fun="3EC1AFFF9CFF", aux="2001004", stat="46258008",
        vir_slot=[{"id": "254", "tray_type": ""}, {"id": "255", **TPU_WHITE}],
        lights_report=[{"node": "chamber_light", "mode": "on"}, {"node": "chamber_light2", "mode": "off"}], **fields,
    )  # fmt: skip
    del made["msg"], made["bed_temper"], made["bed_target_temper"]
    return made
