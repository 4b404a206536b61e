"""The report fields of a model with two nozzles, while no real printer is shown.

Slicers read a second nozzle from `device` only, and that only if `cfg`, `fun`, `aux` and `stat` are all present; without
it they show "Invalid nozzle information" and neither send nor print for the left one (Bambuddy #666). Keys and values are
those of an idle H2D (recordings), without the bits of what a virtual printer does not serve.
"""

from ...values import JsonObject

_NOZZLE_TYPE = "HS01"
"""Hardened steel, standard flow."""
_NO_SPOOL = (0xFFFF, 0xFEFF)
_HAS_NOZZLE = 8
_ROOM_C = 25
_SPEED_SHIFT = 8

# Bits 1, 29 and 31 are clear: no cloud camera, no signed commands, no file tunnel.
_FUN = 0x1AFFF9CFF & ~(1 << 1 | 1 << 29 | 1 << 31)
# Bits 12 and 13: the memory card is in order.
_AUX = 1 << 12


def two_nozzles(*, diameter_mm: float, speed_level: int) -> JsonObject:
    """Return the fields of a status report for two nozzles of one diameter."""
    return {
        "ver": "20000",
        "cfg": f"{speed_level << _SPEED_SHIFT:X}",
        "fun": f"{_FUN:X}",
        "aux": f"{_AUX:X}",
        "stat": "0",
        "device": {
            "type": 1,
            "bed": {"info": {"temp": _ROOM_C}, "state": 0},
            "bed_temp": _ROOM_C,
            "cham_temp": _ROOM_C,
            "ctc": {"info": {"temp": _ROOM_C}, "state": 0},
            "extruder": {
                "info": [
                    {
                        "id": id_, "info": _HAS_NOZZLE, "temp": _ROOM_C, "stat": 0, "filam_bak": [], "hnow": id_, "hpre": id_,
                        "htar": id_, "snow": spool, "spre": spool, "star": spool,
                    }
                    for id_, spool in enumerate(_NO_SPOOL)
                ],
                "state": len(_NO_SPOOL),
            },
            "nozzle": {
                "exist": 0b11,
                "info": [
                    {"id": id_, "type": _NOZZLE_TYPE, "diameter": diameter_mm, "tm": 0, "wear": 0}
                    for id_ in range(2)
                ],
                "state": 0,
            },
            "plate": {"base": 4, "cali2d_id": "", "cur_id": "", "mat": 0, "tar_id": ""},
            "fan": 0,
        },
        "vir_slot": [_empty_holder(id_) for id_ in (254, 255)],
    }  # fmt: skip


def _empty_holder(id_: int) -> JsonObject:
    return {
        "id": str(id_), "tag_uid": "0" * 16, "tray_uuid": "0" * 32, "tray_id_name": "", "tray_info_idx": "", "tray_type": "",
        "tray_sub_brands": "", "tray_color": "00000000", "cols": ["00000000"], "ctype": 0, "tray_weight": "0",
        "tray_diameter": "1.75", "total_len": 330000, "bed_temp": "0", "bed_temp_type": "0", "drying_temp": "0",
        "drying_time": "0", "nozzle_temp_max": "0", "nozzle_temp_min": "0", "xcam_info": "0" * 24, "remain": 0, "cali_idx": -1,
    }  # fmt: skip
