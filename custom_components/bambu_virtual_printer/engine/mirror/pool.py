"""Shows the spools of several real printers of one model in the AMS of a virtual one.

Each spool is shown once, whatever number of printers has it. It keeps its slot as long as it is loaded anywhere, and a slot
that was emptied is given away again only when those next to it are used. What a slicer chooses is therefore a spool, and
becomes a slot again at the printer that prints. Everything else is from the report of one of the printers, as if idle.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..values import JsonObject
from .bits import read_bits
from .idle import cooled_device
from .report import lasting
from .slots import FIRST_HT, LAST_AMS, SLOTS, Slot, mapped_slots, number
from .spools import empty_tray, loaded_tray, with_empty_slots
from .values import Layout, PooledSpool

MAX_HT_UNITS = 4
_UNIT_IDS = range(LAST_AMS + 1)
_HT_IDS = range(FIRST_HT, FIRST_HT + MAX_HT_UNITS)
MAX_SPOOLS = len(_UNIT_IDS) * SLOTS + len(_HT_IDS)

# Too soft for an AMS; slicers refuse it there (filaments_blacklist.json of Bambu Studio).
_NOT_IN_AMS = "TPU"
_LEFT_HOLDER = 254

# `info` of an AMS: bits 0 to 3 are its kind, 8 to 11 the nozzle that it serves.
_KIND, _NOZZLE_SHIFT = 0x0F, 8
_KEPT_INFO = 0xF00F
_HT_KIND, _A2L_KIND = 4, 5
_DEFAULT_INFO, _HT_INFO = 0x1001, 0x2004
# An A2L's AMS lite is its only one, and has a number of its own.
_A2L_INSTEAD = 0x1003
_MODULE_OF_KIND = {1: "ams", 2: "ams_f1", 3: "n3f", 4: "n3s"}
_HARDWARE = {1: "AMS08", 2: "AMS_F102", 3: "N3F05", 4: "N3S05"}
_NAMES = {1: "AMS", 2: "AMS Lite", 3: "AMS 2 Pro", 4: "AMS HT"}
# What tells nothing of a place that is made up.
_SURROUNDINGS: Mapping[str, Any] = {
    "dry_time": 0,
    "humidity": "5",
    "humidity_raw": "0",
    "temp": "0.0",
}
_NO_SPOOL = (0xFFFF, 0xFEFF)
_NONE = "255"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of the printers: its full report and the modules of get_version."""

    status: Mapping[str, Any] = field(repr=False)
    modules: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Where a spool is loaded."""

    tray: Mapping[str, Any]
    """Its fields in the report of the first printer that has it."""
    is_in_ht_only: bool
    """Whether it is nowhere else than in an AMS HT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The slots of all spools, and the spools that there is no slot for."""

    layout: Layout
    left_out: tuple[PooledSpool, ...] = ()


def loaded_spools(members: Iterable[Member]) -> dict[PooledSpool, Loaded]:
    """Return all spools that are known to be loaded, in the order of the printers and their slots."""
    found: dict[PooledSpool, Loaded] = {}
    for member in members:
        for spool, tray, is_ht in _spools(member.status):
            known = found.get(spool)
            if known is None:
                found[spool] = Loaded(tray=tray, is_in_ht_only=is_ht)
            elif known.is_in_ht_only and not is_ht:
                found[spool] = Loaded(tray=known.tray, is_in_ht_only=False)
    return found


def arrange(before: Layout, loaded: Mapping[PooledSpool, Loaded]) -> Arrangement:
    """Give every spool a slot: its own if it has one, else one that is free."""
    layout = {slot: spool for slot, spool in before.items() if _is_slot(slot)}
    # What is loaded at another nozzle now is another spool.
    placed = set(layout.values())
    left_out = []
    for spool, where in loaded.items():
        if spool in placed:
            continue
        slot = _free_slot(layout, loaded.keys(), spool, ht_first=where.is_in_ht_only)
        if slot is None:
            left_out.append(spool)
        else:
            _take(layout, slot, spool)
    return Arrangement(layout=dict(sorted(layout.items())), left_out=tuple(left_out))


def pooled(
    members: Sequence[Member], layout: Layout, loaded: Mapping[PooledSpool, Loaded]
) -> JsonObject:
    """Return the report that shows the spools: what else is in it is of the first printer."""
    base = idle_base(members[0].status)
    in_use = {slot: spool for slot, spool in layout.items() if spool in loaded}
    info = _unit_info(members, ht=False), _unit_info(members, ht=True)
    units = [
        _unit(id_, info[id_ >= FIRST_HT], in_use, loaded)
        for id_ in sorted({slot.unit for slot in in_use})
    ]
    tray_bits = sum(1 << bit for slot in in_use if (bit := slot.bit) is not None)
    unit_bits = sum({1 << slot.unit_bit for slot in in_use})
    ams = base.get("ams")
    report: JsonObject = {
        **base,
        "ams": {
            **(ams if isinstance(ams, dict) else {}),
            "ams": units,
            "ams_exist_bits": f"{unit_bits:x}",
            "tray_exist_bits": f"{tray_bits:x}",
            "tray_is_bbl_bits": f"{tray_bits:x}",
            "tray_read_done_bits": f"{tray_bits:x}",
            "tray_reading_bits": "0",
            "tray_now": _NONE,
            "tray_pre": _NONE,
            "tray_tar": _NONE,
            "version": 1,
            "insert_flag": True,
            "power_on_flag": False,
        },
        "filam_bak": [],
    }
    if "ams_exist_bits_raw" in report["ams"]:
        report["ams"]["ams_exist_bits_raw"] = f"{unit_bits:x}"
    return report | _external(base, members)


def idle_base(status: Mapping[str, Any]) -> JsonObject:
    """Return what is shown of the first printer, apart from its spools; it changes seldom."""
    base = lasting(status)
    if "device" in base:
        base["device"] = _without_spool(cooled_device(base["device"]))
    return base


def nozzle_count(status: Mapping[str, Any]) -> int:
    """Return how many nozzles a report tells of; 0 where it is of a printer that has one and does not tell."""
    return len(_extruders(status))


def pooled_modules(
    members: Sequence[Member], status: Mapping[str, Any]
) -> tuple[Mapping[str, Any], ...]:
    """Return the modules of the first printer with the units of the report instead of its own."""
    own = [module for module in members[0].modules if not _is_unit(module)]
    known = {
        str(module.get("name")).partition("/")[0]: module
        for member in members
        for module in member.modules
        if _is_unit(module)
    }
    return (
        *own,
        *(_unit_module(unit, known) for unit in status["ams"]["ams"]),
    )


def chosen_spools(
    layout: Layout,
    flat: Sequence[int] | None,
    pairs: Sequence[Mapping[str, int]] | None,
) -> tuple[dict[str, str], ...] | None:
    """Return the spools of a slicer's mapping, for each filament of its project; None where nothing is mapped."""
    spools = [layout.get(slot) for slot in mapped_slots(flat, pairs)]
    if not any(spools):
        return None
    return tuple(_chosen(spool) if spool else {} for spool in spools)


def _chosen(spool: PooledSpool) -> dict[str, str]:
    return {"type": spool.type, "preset_id": spool.preset_id, "color": spool.color}


# --- what is loaded -------------------------------------------------------------------------------------------------


def places_of(member: Member, spool: PooledSpool) -> tuple[Slot | None, ...]:
    """Return the slots in which a printer has a spool; None stands for an external holder."""
    return tuple(
        slot for found, _tray, slot in _placed_spools(member.status) if found == spool
    )


def _spools(
    status: Mapping[str, Any],
) -> Iterator[tuple[PooledSpool, Mapping[str, Any], bool]]:
    """Read the spools of one printer that an AMS can feed; the last value is whether it is in an AMS HT."""
    for spool, tray, slot in _placed_spools(status):
        yield spool, tray, slot is not None and slot.unit >= FIRST_HT


def _placed_spools(
    status: Mapping[str, Any],
) -> Iterator[tuple[PooledSpool, Mapping[str, Any], Slot | None]]:
    """Read the spools of one printer that an AMS can feed, and where they are; None stands for an external holder."""
    has_two_nozzles = nozzle_count(status) > 1
    ams = with_empty_slots(status.get("ams"))
    for unit in _dicts(ams.get("ams") if isinstance(ams, dict) else None):
        nozzle = _nozzle(unit) if has_two_nozzles else 0
        unit_id = number(unit.get("id")) or 0
        for tray in _dicts(unit.get("tray")):
            if spool := _spool(tray, nozzle):
                yield spool, tray, Slot(unit_id, number(tray.get("id")) or 0)
    for holder in _holders(status):
        spool = _spool(holder, _holder_nozzle(holder) if has_two_nozzles else 0)
        if spool and not _is_soft(spool.type):
            yield spool, holder, None


def _spool(tray: Mapping[str, Any], nozzle: int) -> PooledSpool | None:
    type_ = tray.get("tray_type")
    if not isinstance(type_, str) or not type_:
        return None
    color, preset = tray.get("tray_color"), tray.get("tray_info_idx")
    return PooledSpool(
        type=type_,
        color=color.upper() if isinstance(color, str) else "",
        preset_id=preset if isinstance(preset, str) else "",
        nozzle=nozzle,
    )


def _extruders(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    device = status.get("device")
    extruder = device.get("extruder") if isinstance(device, dict) else None
    return list(_dicts(extruder.get("info") if isinstance(extruder, dict) else None))


def _holders(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    slots = list(_dicts(status.get("vir_slot")))
    tray = status.get("vt_tray")
    return slots or list(_dicts([tray] if isinstance(tray, dict) else tray))


def _holder_nozzle(holder: Mapping[str, Any]) -> int:
    return int(number(holder.get("id")) == _LEFT_HOLDER)


def _nozzle(unit: Mapping[str, Any]) -> int:
    # 14 while it is not known.
    return int((read_bits(unit.get("info")) or 0) >> _NOZZLE_SHIFT & 0x0F == 1)


def _is_soft(type_: str) -> bool:
    return type_.strip().upper().partition(" ")[0] == _NOT_IN_AMS


def _dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    return (
        item
        for item in (value if isinstance(value, list) else ())
        if isinstance(item, dict)
    )


# --- slots ----------------------------------------------------------------------------------------------------------


def _is_slot(slot: Slot) -> bool:
    return slot.unit in _UNIT_IDS or (slot.unit in _HT_IDS and slot.slot == 0)


def _take(layout: dict[Slot, PooledSpool], slot: Slot, spool: PooledSpool) -> None:
    """Give a slot to a spool. Those that were unloaded from a unit that serves another nozzle now have none any more."""
    for other, its_spool in tuple(layout.items()):
        if other.unit == slot.unit and its_spool.nozzle != spool.nozzle:
            del layout[other]
    layout[slot] = spool


def _free_slot(
    layout: Layout,
    loaded: Iterable[PooledSpool],
    spool: PooledSpool,
    *,
    ht_first: bool,
) -> Slot | None:
    """Find a slot in units that serve the spool's nozzle: one that was never used, else a gap, else in a unit more."""
    still_loaded = set(loaded)
    nozzles: dict[int, int] = {}
    for slot, other in layout.items():
        if other in still_loaded:
            nozzles[slot.unit] = other.nozzle
    units = [Slot(unit, slot) for unit in _UNIT_IDS for slot in range(SLOTS)]
    ht_units = [Slot(unit, 0) for unit in _HT_IDS]

    def _order(slot: Slot) -> tuple[bool, int, Slot]:
        is_of_kind = (slot.unit in _HT_IDS) == ht_first
        if slot.unit in nozzles:
            return not is_of_kind, int(slot in layout), slot
        return not is_of_kind, 2 + int(slot in layout), slot

    free = [
        slot
        for slot in (*units, *ht_units)
        if layout.get(slot) not in still_loaded
        and nozzles.get(slot.unit, spool.nozzle) == spool.nozzle
    ]
    return min(free, key=_order, default=None)


# --- what is shown --------------------------------------------------------------------------------------------------


def _unit_info(members: Iterable[Member], *, ht: bool) -> int | None:
    """Return the kind of a unit that the printers have; None where their firmware does not tell kinds."""
    told = False
    for member in members:
        ams = member.status.get("ams")
        for unit in _dicts(ams.get("ams") if isinstance(ams, dict) else None):
            info = read_bits(unit.get("info"))
            if info is None:
                continue
            told = True
            if (info & _KIND == _HT_KIND) == ht:
                kept = info & _KEPT_INFO
                return _A2L_INSTEAD if kept & _KIND == _A2L_KIND else kept
        told = told or "device" in member.status
    if not told:
        return None
    return _HT_INFO if ht else _DEFAULT_INFO


def _unit(
    id_: int,
    info: int | None,
    in_use: Layout,
    loaded: Mapping[PooledSpool, Loaded],
) -> JsonObject:
    slots = [Slot(id_, slot) for slot in range(1 if id_ >= FIRST_HT else SLOTS)]
    unit: JsonObject = {"id": str(id_), **_SURROUNDINGS}
    if info is not None:
        [nozzle, *_] = [in_use[slot].nozzle for slot in slots if slot in in_use]
        unit["info"] = f"{info | nozzle << _NOZZLE_SHIFT:x}"
    unit["tray"] = [
        loaded_tray(loaded[in_use[slot]].tray, str(slot.slot))
        if slot in in_use
        else empty_tray(str(slot.slot))
        for slot in slots
    ]
    return unit


def _without_spool(device: Any) -> Any:
    """Return the `device` object with no spool at any nozzle: its places are those of another AMS."""
    extruder = device.get("extruder") if isinstance(device, dict) else None
    if not isinstance(extruder, dict) or not isinstance(extruder.get("info"), list):
        return device
    info = [
        {
            **nozzle,
            "filam_bak": [],
            **dict.fromkeys(("snow", "spre", "star"), _NO_SPOOL[nozzle.get("id") == 1]),
        }
        for nozzle in _dicts(extruder["info"])
    ]
    return device | {"extruder": extruder | {"info": info}}


def _external(base: Mapping[str, Any], members: Iterable[Member]) -> JsonObject:
    """Return the external holders: of the spools there, those that no AMS feeds, and otherwise empty."""
    has_two_nozzles = nozzle_count(base) > 1
    soft: dict[int, Mapping[str, Any]] = {}
    for member in members:
        for holder in _holders(member.status):
            if _is_soft(str(holder.get("tray_type", ""))):
                nozzle = _holder_nozzle(holder) if has_two_nozzles else 0
                soft.setdefault(nozzle, holder)

    def _filled(holder: Any) -> Any:
        if not isinstance(holder, dict):
            return holder
        id_ = holder.get("id", _NONE)
        nozzle = _holder_nozzle(holder) if has_two_nozzles else 0
        if nozzle in soft:
            return {**soft[nozzle], "id": id_, "cali_idx": -1}
        blank = empty_tray(id_)
        del blank["state"]
        return holder | blank

    return {
        key: list(map(_filled, value)) if isinstance(value, list) else _filled(value)
        for key in ("vir_slot", "vt_tray")
        if (value := base.get(key)) is not None
    }


def _is_unit(module: Mapping[str, Any]) -> bool:
    name, _slash, id_ = str(module.get("name")).partition("/")
    return bool(id_) and name in _MODULE_OF_KIND.values()


def _unit_module(
    unit: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    id_ = int(unit["id"])
    info = read_bits(unit.get("info"))
    kind = _HT_KIND if id_ >= FIRST_HT else 1 if info is None else info & _KIND
    name = _MODULE_OF_KIND.get(kind, "ams")
    place = id_ - FIRST_HT if id_ >= FIRST_HT else id_
    return {
        "hw_ver": _HARDWARE.get(kind, "AMS08"),
        "sw_ver": "00.00.06.49",
        **known.get(name, {}),
        "name": f"{name}/{id_}",
        "product_name": f"{_NAMES.get(kind, 'AMS')} ({place + 1})",
        # Slicers tell units by it.
        "sn": f"00600A0000000{kind}{place}",
    }
