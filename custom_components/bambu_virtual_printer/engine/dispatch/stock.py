"""Finds the printers that may have the filaments of a plate, all printers at once. Pure.

It narrows the planner's search: a printer that it leaves out has no spool for one of the filaments, one that it returns may
still not have enough of them, or not at the right nozzle.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..machines.colors import Shade, shade_distance, shade_of
from ..machines.filaments import MAX_COLOR_DISTANCE, Filament, LoadedSpools, base_type

# How many filaments are remembered at most.
_MAX_KNOWN = 10_000

type _Holders = tuple[Shade, int]


@dataclass(slots=True)
class _Material:
    """The printers that have a material in each of its shades, and those that take it in any colour."""

    any_color: int = 0
    shades: dict[Shade, int] = field(default_factory=dict)
    by_lightness: list[_Holders] = field(default_factory=list)


class Stock:
    """The spools of all printers. Sets of printers are bit masks: bit 0 is the first printer."""

    def __init__(self, printers: Sequence[tuple[LoadedSpools, bool]]) -> None:
        """Take the spools of each printer, and whether it takes any colour."""
        self._all = (1 << len(printers)) - 1
        self._known: dict[tuple[str, str], int] = {}
        self._materials: dict[str, _Material] = {}
        for number, (loaded, any_color) in enumerate(printers):
            bit = 1 << number
            for base, shade in loaded.shades():
                material = self._materials.setdefault(base, _Material())
                if any_color:
                    material.any_color |= bit
                if shade is not None:
                    material.shades[shade] = material.shades.get(shade, 0) | bit
        for material in self._materials.values():
            material.by_lightness = sorted(material.shades.items())

    def holders(self, filaments: Iterable[Filament]) -> int:
        """Return the printers that may have a spool for every one of these filaments."""
        holders = self._all
        for filament in filaments:
            key = (filament.type, filament.color)
            found = self._known.get(key)
            if found is None:
                if len(self._known) >= _MAX_KNOWN:
                    self._known.clear()
                found = self._known[key] = self._find(*key)
            holders &= found
            if not holders:
                break
        return holders

    def _find(self, type_: str, color: str) -> int:
        material = self._materials.get(base_type(type_))
        if material is None:
            return 0
        found = material.any_color
        shade = shade_of(color)
        if shade is None:
            return found
        # Shades are no nearer than their lightnesses.
        near = material.by_lightness
        first = bisect_left(near, shade.lightness - MAX_COLOR_DISTANCE, key=_lightness)
        last = bisect_right(near, shade.lightness + MAX_COLOR_DISTANCE, key=_lightness)
        for other, holders in near[first:last]:
            far = shade_distance(shade, other)
            if far is not None and far <= MAX_COLOR_DISTANCE:
                found |= holders
        return found


def _lightness(holders: _Holders) -> float:
    return holders[0].lightness
