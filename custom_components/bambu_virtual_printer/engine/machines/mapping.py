"""Writes and reads which spool a print takes for each filament: `use_ams`, `ams_mapping`, `ams_mapping2`.

Position in the lists = number of the filament in the project, from 0, whether or not the plate uses it. What is written
for which unit is from recordings of A1, X1C and P2S, from Bambu Studio's own starts of an H2D (bambu-printer-manager #62)
and from OpenBambuAPI #10. A tray that does not exist makes a printer wait in "preparing AMS" for ever, and 254 on a
printer with one nozzle ends in 07FF-8012 after it has heated up: `problems` is to be asked before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .ams import A2L_LITE, FIRST_HT, LAST_AMS, LAST_HT, SLOTS, reaches
from .values import EXTERNAL_DEPUTY, EXTERNAL_MAIN, MachineState, SpoolPlace

_UNMAPPED = -1
_UNMAPPED_PAIR = {"ams_id": 255, "slot_id": 255}
_NO_SLOT = 255

type Places = tuple[SpoolPlace | None, ...]


class MappingForm(StrEnum):
    """How a print without any AMS tray is written."""

    STOCK = "stock"
    """What the maker's software sends."""
    FLAT = "flat"
    """What a P2S without an AMS was seen to take when it refused the other with 07FF-8012 (bamdude, PR 2)."""


def other_form(form: MappingForm) -> MappingForm:
    """Return the form to try when a printer refuses this one."""
    return MappingForm.FLAT if form is MappingForm.STOCK else MappingForm.STOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class FilamentMapping:
    """The mapping as fields of `project_file`; `pairs` is None where the field is to be left out."""

    use_ams: bool
    flat: tuple[int, ...]
    pairs: tuple[dict[str, int], ...] | None

    def fields(self) -> dict[str, Any]:
        """Write them as `project_file` has them."""
        fields: dict[str, Any] = {
            "use_ams": self.use_ams,
            "ams_mapping": list(self.flat),
        }
        if self.pairs is not None:
            fields["ams_mapping2"] = [dict(pair) for pair in self.pairs]
        return fields


def encode(places: Places, form: MappingForm = MappingForm.STOCK) -> FilamentMapping:
    """Write which spool is for which filament; None for filaments that the plate does not use.

    `places` has an entry for every filament of the project, and at least one spool among them. Raises ValueError.
    """
    used = [place for place in places if place]
    if not used:
        raise ValueError("no filament has a spool")
    # An integer would be taken for the number of a nozzle on H2D Pro.
    use_ams = any(not place.is_external for place in used)
    if form is MappingForm.FLAT and not use_ams:
        return FilamentMapping(use_ams=False, flat=(0,) * len(places), pairs=None)
    return FilamentMapping(
        use_ams=use_ams,
        flat=tuple(map(_flat, places)),
        pairs=tuple(map(_pair, places)),
    )


def decode(
    flat: Sequence[int] | None, pairs: Sequence[Mapping[str, int]] | None
) -> Places:
    """Read a slicer's mapping; None where it maps nothing. What no printer has counts as nothing."""
    if pairs:
        return tuple(
            _place(pair.get("ams_id", -1), pair.get("slot_id", -1)) for pair in pairs
        )
    return tuple(map(_place_of_flat, flat or ()))


class MappingProblem(StrEnum):
    """What can be wrong with a spool that a filament was mapped to."""

    NO_SUCH_PLACE = "no_such_place"
    """The printer has no such AMS, slot or holder."""
    EMPTY = "empty"
    """There is no spool."""
    WRONG_NOZZLE = "wrong_nozzle"
    """The spool cannot reach the nozzle that the file uses for it."""


def problems(
    places: Places, state: MachineState, nozzles: Sequence[int | None] = ()
) -> dict[int, MappingProblem]:
    """Check a mapping against what is loaded. Returns the filaments, from 0, that would not print.

    `nozzles` names the nozzle for each filament of a printer with two (0 right, 1 left), None for any.
    """
    found: dict[int, MappingProblem] = {}
    for index, place in enumerate(places):
        if place is None:
            continue
        spool = state.spool(place)
        if spool is None:
            found[index] = MappingProblem.NO_SUCH_PLACE
        elif not place.is_external and not spool.is_present:
            # What hangs on an external holder is a person's affair: printers cannot see it.
            found[index] = MappingProblem.EMPTY
        elif index < len(nozzles) and not _gets_to(place, nozzles[index], state):
            found[index] = MappingProblem.WRONG_NOZZLE
    return found


def _gets_to(place: SpoolPlace, nozzle: int | None, state: MachineState) -> bool:
    if nozzle is None or len(state.nozzles) < 2:
        return True
    unit = next((unit for unit in state.ams if unit.id == place.unit), None)
    return reaches(unit, place, nozzle)


def _flat(place: SpoolPlace | None) -> int:
    if place is None or place.is_external:
        return _UNMAPPED
    if place.unit >= FIRST_HT:
        return place.unit
    # The A2L's only AMS is unit 16, but its slots count from 0.
    return place.slot if place.unit == A2L_LITE else SLOTS * place.unit + place.slot


def _pair(place: SpoolPlace | None) -> dict[str, int]:
    if place is None:
        return _UNMAPPED_PAIR
    return {"ams_id": place.unit, "slot_id": place.slot}


def _place(unit: int, slot: int) -> SpoolPlace | None:
    if unit in {EXTERNAL_MAIN, EXTERNAL_DEPUTY}:
        return None if slot == _NO_SLOT else SpoolPlace(unit=unit)
    if FIRST_HT <= unit <= LAST_HT:
        return SpoolPlace(unit=unit)
    if (0 <= unit <= LAST_AMS or unit == A2L_LITE) and 0 <= slot < SLOTS:
        return SpoolPlace(unit=unit, slot=slot)
    return None


def _place_of_flat(tray: int) -> SpoolPlace | None:
    if FIRST_HT <= tray <= LAST_HT:
        return SpoolPlace(unit=tray)
    if tray in {EXTERNAL_MAIN, EXTERNAL_DEPUTY}:
        return SpoolPlace(unit=EXTERNAL_MAIN)
    if 0 <= tray < SLOTS * (LAST_AMS + 1):
        return SpoolPlace(unit=tray // SLOTS, slot=tray % SLOTS)
    return None
