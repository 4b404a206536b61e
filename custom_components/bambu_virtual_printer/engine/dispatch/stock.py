"""Finds the printers that may have the filaments of a plate, all printers at once. Pure.

It narrows the planner's search: a printer that it leaves out has no spool for one of the filaments, one that it returns may
still not have enough of them, or not at the right nozzle, or promised to others.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..machines.colors import Shade, shade_distance, shade_of
from ..machines.filaments import MAX_COLOR_DISTANCE, Filament, LoadedSpools, base_type
from ..values import FilamentRule

# How many filaments are remembered at most.
_MAX_KNOWN = 10_000
_UNLIMITED = float("inf")
# Of spools of which it is not known, on printers that need to know it: less than anything needs.
_NOTHING = -1.0


@dataclass(frozen=True, slots=True)
class _Entry:
    """A spool: its shade, its preset, what is left of it, and the printer's bit."""

    shade: Shade | None
    preset_id: str
    grams: float
    bit: int


@dataclass(slots=True)
class _Material:
    """The spools of a material. Those with a shade are sorted by its lightness."""

    entries: list[_Entry] = field(default_factory=list)
    by_lightness: list[tuple[Shade, _Entry]] = field(default_factory=list)


@dataclass(slots=True)
class _Holders:
    """The printers that have a filament, by how much of it is left on one spool: at least `grams[n]` on those of `masks[n]`."""

    grams: list[float] = field(default_factory=list)
    masks: list[int] = field(default_factory=list)
    everyone: int = 0

    @classmethod
    def of(cls, entries: Iterable[_Entry]) -> _Holders:
        found = cls()
        by_grams: dict[float, int] = {}
        for entry in entries:
            by_grams[entry.grams] = by_grams.get(entry.grams, 0) | entry.bit
        for grams in sorted(by_grams, reverse=True):
            found.everyone |= by_grams[grams]
            found.grams.append(-grams)
            found.masks.append(found.everyone)
        return found

    def with_at_least(self, grams: float) -> int:
        found = bisect_right(self.grams, -grams)
        return self.masks[found - 1] if found else 0


class Stock:
    """The spools of all printers. Sets of printers are bit masks: bit 0 is the first printer."""

    def __init__(self, printers: Sequence[tuple[LoadedSpools, bool]]) -> None:
        """Take the spools of each printer, and whether it uses only those of which it is known what is left."""
        self._all = (1 << len(printers)) - 1
        self._known: dict[tuple[str, str, str], _Holders] = {}
        self._materials: dict[str, _Material] = {}
        for number, (loaded, needs_known_grams) in enumerate(printers):
            for base, spool, shade in loaded.usable():
                material = self._materials.setdefault(base, _Material())
                grams = loaded.left_g.get(
                    spool.place, _NOTHING if needs_known_grams else _UNLIMITED
                )
                entry = _Entry(shade, spool.preset_id, grams, 1 << number)
                material.entries.append(entry)
                if shade is not None:
                    material.by_lightness.append((shade, entry))
        for material in self._materials.values():
            material.by_lightness.sort(key=_lightness)

    def holders(
        self,
        filaments: Iterable[Filament],
        rule: FilamentRule = FilamentRule.MATCH_COLOR,
        *,
        counts_grams: bool = True,
    ) -> int:
        """Return the printers that may have a spool for every one of these filaments."""
        holders = self._all
        for filament in filaments:
            preset_id = (
                filament.preset_id if rule is FilamentRule.EXACT_PRESET else rule.value
            )
            key = (filament.type, filament.color, preset_id)
            found = self._known.get(key)
            if found is None:
                if len(self._known) >= _MAX_KNOWN:
                    self._known.clear()
                found = self._known[key] = _Holders.of(self._fitting(filament, rule))
            holders &= (
                found.with_at_least(filament.grams or 0.0)
                if counts_grams
                else found.everyone
            )
            if not holders:
                break
        return holders

    def _fitting(self, filament: Filament, rule: FilamentRule) -> Iterable[_Entry]:
        material = self._materials.get(base_type(filament.type))
        if material is None:
            return ()
        match rule:
            case FilamentRule.ANY_COLOR:
                return material.entries
            case FilamentRule.EXACT_PRESET:
                return [
                    entry
                    for entry in self._near(material, filament.color)
                    if filament.preset_id and filament.preset_id == entry.preset_id
                ]
        return self._near(material, filament.color)

    def _near(self, material: _Material, color: str) -> Iterable[_Entry]:
        shade = shade_of(color)
        if shade is None:
            return
        # Shades are no nearer than their lightnesses.
        near = material.by_lightness
        first = bisect_left(near, shade.lightness - MAX_COLOR_DISTANCE, key=_lightness)
        last = bisect_right(near, shade.lightness + MAX_COLOR_DISTANCE, key=_lightness)
        for other, entry in near[first:last]:
            far = shade_distance(shade, other)
            if far is not None and far <= MAX_COLOR_DISTANCE:
                yield entry


def _lightness(shaded: tuple[Shade, _Entry]) -> float:
    return shaded[0].lightness
