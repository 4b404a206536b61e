"""Blanks empty slots: printers keep the data of a removed spool, and slicers would use it."""

from collections.abc import Mapping
from typing import Any

from .bits import read_bits
from .slots import Slot, number

# Settled states of a slot say the same: bit 0 is set for a spool, bit 3 for a settled state.
_PRESENT = 1
_EMPTY, _LOADED = 8, 11
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
    id_ = number(unit.get("id"))
    return unit | {"tray": [_tray(tray, id_, exists) for tray in trays]}


def _tray(tray: Any, unit: int | None, exists: int) -> Any:
    if not isinstance(tray, dict):
        return tray
    slot = number(tray.get("id"))
    bit = None if unit is None or slot is None else Slot(unit, slot).bit
    if bit is None or exists >> bit & 1:
        return tray
    blank = {"id": tray["id"], **_BLANK}
    if "state" in tray:
        state = tray["state"]
        is_present = isinstance(state, int) and state & _PRESENT
        blank["state"] = _EMPTY if is_present else state
    return blank


def empty_tray(id_: str) -> dict[str, Any]:
    """Return a slot without a spool."""
    return {"id": id_, **_BLANK, "state": _EMPTY}


def loaded_tray(tray: Mapping[str, Any], id_: str) -> dict[str, Any]:
    """Return the tray of a spool in another slot, maybe of another printer, whose calibrations mean nothing there."""
    return {**tray, "id": id_, "state": _LOADED, "cali_idx": -1}
