"""Reads from a report the AMS units, the spools, and which spool is in use.

Numbers are those of Bambu Studio's DevFilaSystem and of recordings of A1, A2L, X1C, P2S, H2D, H2D Pro and X2D.
"""

import re

from .fields import (
    JsonObject,
    bits,
    in_range,
    integer,
    items,
    mapping,
    number,
    objects,
    text,
)
from .values import EXTERNAL_DEPUTY, EXTERNAL_MAIN, AmsKind, AmsUnit, Spool, SpoolPlace

FIRST_HT = 128
LAST_HT = 135
A2L_LITE = 16
LAST_AMS = 3
SLOTS = 4

_KINDS = {
    1: AmsKind.AMS,
    2: AmsKind.AMS_LITE,
    3: AmsKind.AMS_2_PRO,
    4: AmsKind.AMS_HT,
    5: AmsKind.A2L_LITE,
}
# They report 5 at 0 % and 0.0 °C.
_WITHOUT_SENSOR = {AmsKind.AMS_LITE, AmsKind.A2L_LITE}
# Older firmware has no `info`, but lists the units among the modules of get_version.
_MODULES = {
    "ams": AmsKind.AMS,
    "ams_f1": AmsKind.AMS_LITE,
    "n3f": AmsKind.AMS_2_PRO,
    "n3s": AmsKind.AMS_HT,
}
# Bits 8 to 11 of `info`: which nozzle it serves, 14 while it is not initialised.
_NOZZLES = {0: 0, 1: 1}
_HT_UNIT_BIT = 4
_HT_TRAY_BIT = 16
_A2L_UNIT_BIT = 12
_A2L_TRAY_BIT = 24
_PRESENT, _STEADY = 1, 8
# Trays of firmware that has no steady bit: 0 empty, 3 present.
_OLD_STATES = {0: False, 3: True}

_UNMAPPED = 65535
_NO_SLOT = 0xFF
_MAIN, _DEPUTY = 0xFF, 0xFE
_TRAY_NONE, _TRAY_EXTERNAL = 255, 254

_COLOR = re.compile(r"[0-9A-F]{8}")
_NO_TAG = re.compile(r"0*")


def read_units(
    status: JsonObject, modules: JsonObject, *, nozzles: int
) -> tuple[AmsUnit, ...]:
    """Read the AMS units. `modules` are those of get_version by name."""
    ams = mapping(status.get("ams"))
    unit_bits = bits(ams.get("ams_exist_bits"))
    tray_bits = bits(ams.get("tray_exist_bits"))
    units = (
        _unit(fields, id_, tray_bits, modules, nozzles)
        for fields in objects(ams.get("ams"))
        if (id_ := in_range(integer(fields.get("id")), 0, LAST_HT)) is not None
        and _bit(unit_bits, _unit_bit(id_)) is not False
    )
    return tuple({unit.id: unit for unit in units}.values())


def read_external(status: JsonObject, *, nozzles: int) -> tuple[Spool, ...]:
    """Read the external spools; `vt_tray` of older firmware and `vir_slot` of newer."""
    slots = objects(status.get("vir_slot"))
    if not slots:
        tray = status.get("vt_tray")
        slots = [tray] if isinstance(tray, dict) else objects(tray)
    found: dict[SpoolPlace, Spool] = {}
    for fields in slots:
        unit = integer(fields.get("id"))
        if unit not in {EXTERNAL_MAIN, EXTERNAL_DEPUTY}:
            continue
        # With one nozzle `vt_tray` is called 254 and means the only one.
        place = SpoolPlace(unit=unit if nozzles > 1 else EXTERNAL_MAIN)
        found[place] = _spool(
            fields, place, is_present=bool(text(fields.get("tray_type")))
        )
    return tuple(found[place] for place in sorted(found, reverse=True))


def read_active(status: JsonObject) -> SpoolPlace | None:
    """Return which spool feeds the active nozzle. None when none does."""
    extruder = mapping(mapping(status.get("device")).get("extruder"))
    state = integer(extruder.get("state"))
    for fields in objects(extruder.get("info")):
        if state is not None and integer(fields.get("id")) == state >> 4 & 0x0F:
            return packed_place(fields.get("snow"))
    ams = mapping(status.get("ams"))
    tray = in_range(integer(ams.get("tray_now")), 0, _TRAY_NONE)
    if tray is None or tray == _TRAY_NONE:
        return None
    if tray == _TRAY_EXTERNAL:
        return SpoolPlace(unit=EXTERNAL_MAIN)
    if tray >= FIRST_HT:
        return SpoolPlace(unit=tray)
    return SpoolPlace(unit=tray // SLOTS, slot=tray % SLOTS)


def read_running(status: JsonObject) -> tuple[SpoolPlace | None, ...]:
    """Read which spool the print takes for each filament of its project (`mapping`, P2S, X1C, H2D)."""
    return tuple(packed_place(value) for value in items(status.get("mapping")))


def packed_place(value: object) -> SpoolPlace | None:
    """Read a unit and a slot that are packed into one number; None for "no spool"."""
    packed = in_range(integer(value), 0, _UNMAPPED)
    if packed is None or packed == _UNMAPPED:
        return None
    unit, slot = packed >> 8, packed & 0xFF
    if unit in {_MAIN, _DEPUTY}:
        return None if slot == _NO_SLOT else SpoolPlace(unit=unit)
    return SpoolPlace(unit=unit, slot=slot) if slot < SLOTS else None


def reaches(unit: AmsUnit | None, place: SpoolPlace, nozzle: int) -> bool:
    """Return whether a spool can get to a nozzle of a printer with two."""
    if place.is_external:
        return (place.unit == EXTERNAL_DEPUTY) == (nozzle == 1)
    return unit is None or unit.nozzle in {None, nozzle}


def _unit(
    fields: JsonObject,
    id_: int,
    tray_bits: int | None,
    modules: JsonObject,
    nozzles: int,
) -> AmsUnit:
    info = bits(fields.get("info"))
    kind = (
        _KINDS.get(info & 0x0F, AmsKind.UNKNOWN)
        if info is not None
        else _module_kind(id_, modules)
    )
    spools = {
        slot: _tray(tray, SpoolPlace(unit=id_, slot=slot), kind, tray_bits)
        for tray in objects(fields.get("tray"))
        if (slot := in_range(integer(tray.get("id")), 0, SLOTS - 1)) is not None
    }
    return AmsUnit(
        id=id_,
        kind=kind,
        nozzle=_NOZZLES.get(info >> 8 & 0x0F)
        if info is not None and nozzles > 1
        else None,
        spools=tuple(spools[slot] for slot in sorted(spools)),
        # AMS HT of an H2D report 0.
        humidity_level=_humidity(fields, kind),
        humidity_percent=_humidity_percent(fields, kind),
        temperature_c=None if kind in _WITHOUT_SENSOR else number(fields.get("temp")),
        drying_min=in_range(integer(fields.get("dry_time")), 1, 100_000),
    )


def _module_kind(id_: int, modules: JsonObject) -> AmsKind:
    for prefix, kind in _MODULES.items():
        if f"{prefix}/{id_}" in modules:
            return kind
    return AmsKind.AMS_HT if id_ >= FIRST_HT else AmsKind.UNKNOWN


def _humidity(fields: JsonObject, kind: AmsKind) -> int | None:
    if kind in _WITHOUT_SENSOR:
        return None
    return in_range(integer(fields.get("humidity")), 1, 5)


def _humidity_percent(fields: JsonObject, kind: AmsKind) -> int | None:
    if kind in _WITHOUT_SENSOR:
        return None
    return in_range(integer(fields.get("humidity_raw")), 1, 100)


def _tray(
    fields: JsonObject, place: SpoolPlace, kind: AmsKind, tray_bits: int | None
) -> Spool:
    present = _bit(tray_bits, _tray_bit(place, kind))
    if present is None:
        present = _present_by_state(fields)
    return _spool(fields, place, is_present=present)


def _present_by_state(fields: JsonObject) -> bool:
    """Return without the exist bits whether a spool is there: bit 0 of `state`, valid while bit 3 is set (steady)."""
    state = integer(fields.get("state"))
    if state is None:
        return bool(text(fields.get("tray_type")))
    if state in _OLD_STATES:
        return _OLD_STATES[state]
    return (
        bool(state & _PRESENT)
        if state & _STEADY
        else bool(text(fields.get("tray_type")))
    )


def _spool(fields: JsonObject, place: SpoolPlace, *, is_present: bool) -> Spool:
    """Read a tray. An emptied slot may keep the type of its last filament, which then counts for nothing."""
    if not is_present:
        return Spool(place=place, is_present=False)
    has_tag = not _NO_TAG.fullmatch(text(fields.get("tray_uuid")))
    return Spool(
        place=place,
        is_present=True,
        type=text(fields.get("tray_type")),
        sub_brand=text(fields.get("tray_sub_brands")),
        color=_color(fields.get("tray_color")),
        colors=tuple(filter(None, map(_color, items(fields.get("cols"))))),
        preset_id=text(fields.get("tray_info_idx")),
        remaining_percent=in_range(integer(fields.get("remain")), 0, 100)
        if has_tag
        else None,
        weight_g=in_range(integer(fields.get("tray_weight")), 1, 100_000),
    )


def _color(value: object) -> str:
    """Return RRGGBBAA; nothing where it is unset or clear without a colour (all zero)."""
    color = text(value).upper()
    return color if _COLOR.fullmatch(color) and color != "00000000" else ""


def _bit(value: int | None, position: int | None) -> bool | None:
    return None if value is None or position is None else bool(value >> position & 1)


def _unit_bit(id_: int) -> int | None:
    if id_ <= LAST_AMS:
        return id_
    if id_ == A2L_LITE:
        return _A2L_UNIT_BIT
    return _HT_UNIT_BIT + id_ - FIRST_HT if id_ >= FIRST_HT else None


def _tray_bit(place: SpoolPlace, kind: AmsKind) -> int | None:
    if place.unit == A2L_LITE or kind is AmsKind.A2L_LITE:
        return _A2L_TRAY_BIT + place.slot
    if place.unit <= LAST_AMS:
        return SLOTS * place.unit + place.slot
    return _HT_TRAY_BIT + place.unit - FIRST_HT if place.unit >= FIRST_HT else None
