"""Where spools are, as slicers and reports number it (Bambu Studio's DevFilaSystem; recordings of A2L, H2D Pro and X1C)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

FIRST_HT, LAST_HT = 128, 135
A2L_UNIT = 16
LAST_AMS = 3
SLOTS = 4

# Exist bits: four slots for each of the first four units, one for each AMS HT, and those of an A2L's AMS lite.
_HT_BIT, _A2L_BIT = 16, 24
_HT_UNIT_BIT = 4

PLACE_KEYS = frozenset({"ams_id", "slot_id", "tray_id"})
"""How commands about a spool name its place: the unit, and the slot in it by one or two names."""


class Slot(NamedTuple):
    """A slot of an AMS unit. Others than those of AMS units have no such place."""

    unit: int
    slot: int

    @property
    def bit(self) -> int | None:
        """Its bit in `tray_exist_bits` and the like."""
        if not 0 <= self.slot < SLOTS:
            return None
        if 0 <= self.unit <= LAST_AMS:
            return self.unit * SLOTS + self.slot
        if self.unit == A2L_UNIT:
            return _A2L_BIT + self.slot
        if FIRST_HT <= self.unit <= LAST_HT:
            return _HT_BIT + self.unit - FIRST_HT
        return None

    def named_as_in(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return a command's fields with this place in them, by the names that it uses."""
        named = {"ams_id": self.unit, "slot_id": self.slot, "tray_id": self.slot}
        return {**fields, **{key: named[key] for key in PLACE_KEYS & fields.keys()}}

    @property
    def unit_bit(self) -> int:
        """Its unit's bit in `ams_exist_bits`."""
        is_ht = self.unit >= FIRST_HT
        return _HT_UNIT_BIT + self.unit - FIRST_HT if is_ht else self.unit


def number(value: Any) -> int | None:
    """Return an id, which may come as text."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None


def read_slot(fields: Mapping[str, Any]) -> Slot | None:
    """Return the place that a command is about; None where it names none."""
    unit = number(fields.get("ams_id"))
    slot = number(fields.get("slot_id", fields.get("tray_id")))
    return None if unit is None or slot is None else Slot(unit, slot)


def mapped_slots(
    flat: Sequence[int] | None, pairs: Sequence[Mapping[str, int]] | None
) -> tuple[Slot, ...]:
    """Read a slicer's mapping, one entry for each filament of the project."""
    if pairs:
        return tuple(
            Slot(pair.get("ams_id", -1), pair.get("slot_id", -1)) for pair in pairs
        )
    return tuple(map(_of_flat, flat or ()))


def _of_flat(tray: int) -> Slot:
    return Slot(tray, 0) if tray >= FIRST_HT else Slot(*divmod(tray, SLOTS))
