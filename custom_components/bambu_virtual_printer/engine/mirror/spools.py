"""Blanks empty slots: printers keep the data of a removed spool, and slicers would use it."""

from collections.abc import Mapping
from typing import Any

from .bits import read_bits

# Exist bits by unit (Bambu Studio's DevFilaSystem; recordings of A2L, H2D Pro and X1C): four slots for each of the first
# four units, one for each AMS HT from 16 on, and those of an A2L's AMS lite from 24 on.
_FIRST_HT, _LAST_HT, _HT_BIT = 128, 135, 16
_A2L_UNIT, _A2L_BIT = 16, 24
_LAST_AMS, _SLOTS = 3, 4

# Settled states of a slot say the same: bit 0 is set for a spool, bit 3 for a settled state.
_PRESENT = 1
_EMPTY = 8
_BLANK: Mapping[str, Any] = {
    "remain": 0,
    "tag_uid": "0000000000000000",
    "tray_color": "00000000",
    "tray_id_name": "",
    "tray_info_idx": "",
    "tray_sub_brands": "",
    "tray_type": "",
    "tray_uuid": "00000000000000000000000000000000",
}


def with_empty_slots(ams: Any) -> Any:
    """Return the `ams` object of a report with blank trays where no spool is."""
    if not isinstance(ams, dict) or not isinstance(units := ams.get("ams"), list):
        return ams
    exists = read_bits(ams.get("tray_exist_bits"))
    # A printer that is starting reports all slots as empty.
    if exists is None or (not exists and ams.get("power_on_flag") is False):
        return ams
    return ams | {"ams": [_unit(unit, exists) for unit in units]}


def _unit(unit: Any, exists: int) -> Any:
    if not isinstance(unit, dict) or not isinstance(trays := unit.get("tray"), list):
        return unit
    number = _number(unit.get("id"))
    return unit | {"tray": [_tray(tray, number, exists) for tray in trays]}


def _tray(tray: Any, unit: int | None, exists: int) -> Any:
    if not isinstance(tray, dict):
        return tray
    bit = _bit(unit, _number(tray.get("id")))
    if bit is None or exists >> bit & 1:
        return tray
    blank = {"id": tray["id"], **_BLANK}
    if "state" in tray:
        state = tray["state"]
        is_present = isinstance(state, int) and state & _PRESENT
        blank["state"] = _EMPTY if is_present else state
    return blank


def _bit(unit: int | None, slot: int | None) -> int | None:
    if unit is None or slot is None or not 0 <= slot < _SLOTS:
        return None
    if 0 <= unit <= _LAST_AMS:
        return unit * _SLOTS + slot
    if unit == _A2L_UNIT:
        return _A2L_BIT + slot
    if _FIRST_HT <= unit <= _LAST_HT:
        return _HT_BIT + unit - _FIRST_HT
    return None


def _number(value: Any) -> int | None:
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None
