"""Finds the spool for each filament of a plate, or names the filaments without one. Pure.

The slicer's own choice counts as long as what is loaded there still fits, or the chosen spool is loaded anywhere. Else the same type, filament preset and colour;
else the same type and colour. Never a guess: a plate in the wrong material or colour costs more than one that waits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .ams import reaches
from .colors import Shade, normalized, shade_distance, shade_of
from .mapping import Places
from .values import MachineState, Spool, SpoolPlace

MAX_COLOR_DISTANCE = 10.0
"""ΔE up to which two colours are the same for a person who looks at prints."""

# PA with carbon fibre has three names (Bambu Studio, filament types).
_SAME_TYPES = {"PA12-CF": "PA-CF", "PAHT-CF": "PA-CF"}
# Too soft to be fed by an AMS (filaments_blacklist.json of Bambu Studio); TPU-AMS is another type.
_NOT_IN_AMS = {"TPU"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSpool:
    """A spool that was chosen by what it is, wherever it is loaded."""

    type: str
    preset_id: str
    color: str

    def is_in(self, spool: Spool) -> bool:
        """Return whether this is what a slot has."""
        return (
            same_type(self.type, spool.type)
            and self.preset_id == spool.preset_id
            and normalized(self.color) == normalized(spool.color)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filament:
    """A filament that a plate uses. `index` is its place in the project, from 0.

    `color` is RRGGBB or RRGGBBAA; `nozzle` is the one it is for on printers with two. `wish` is the slicer's choice of a slot,
    `chosen` its choice out of the spools of several printers.
    """

    index: int
    type: str
    color: str = ""
    preset_id: str = ""
    nozzle: int | None = None
    wish: SpoolPlace | None = None
    chosen: ChosenSpool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A filament that no spool fits. `same_type` are the places where its type is loaded in another colour."""

    filament: Filament
    same_type: tuple[SpoolPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What was found. `places` has an entry for every filament of the project; `missing` is empty when all is loaded."""

    places: Places
    missing: tuple[Missing, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every filament has its spool."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _Rank:
    """How well a spool fits, the smallest best. Of two alike, the emptier spool is used up first, as in Bambu Studio.

    The rules: 1 the slicer's choice, 2 preset and colour, 3 colour, 4 the type alone, where that is allowed.
    """

    rule: int
    is_external: bool
    color_distance: float
    remaining_percent: int


type _Candidate = tuple[_Rank, SpoolPlace]


type _Usable = tuple[Spool, Shade | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfType:
    """The spools of one material that get to one nozzle, and where they are."""

    spools: tuple[_Usable, ...]
    places: tuple[SpoolPlace, ...]


_NONE = _OfType(spools=(), places=())


class LoadedSpools:
    """The spools of one printer, prepared for `match`: what depends on them alone is worked out once."""

    def __init__(self, state: MachineState) -> None:
        """Take what is loaded now."""
        self.empty = tuple(
            spool.place for spool in state.spools if not spool.is_present
        )
        """The places without a spool."""
        self._has_two_nozzles = len(state.nozzles) > 1
        self._units = {unit.id: unit for unit in state.ams}
        self._by_type: dict[str, list[_Usable]] = {}
        self._found: dict[tuple[str, int | None], _OfType] = {}
        for spool in state.spools:
            base = base_type(spool.type) if spool.is_known else ""
            if base and (spool.place.is_external or base not in _NOT_IN_AMS):
                self._by_type.setdefault(base, []).append(
                    (spool, shade_of(spool.color))
                )

    def shades(self) -> Iterator[tuple[str, Shade | None]]:
        """Return the material and the shade of each spool that can feed a print."""
        for base, usable in self._by_type.items():
            for _spool, shade in usable:
                yield base, shade

    def of_type(self, filament: Filament) -> _OfType:
        """Return the spools of a filament's type that get to its nozzle."""
        base = base_type(filament.type)
        if base not in self._by_type:
            return _NONE
        nozzle = filament.nozzle if self._has_two_nozzles else None
        if (found := self._found.get((base, nozzle))) is None:
            usable = tuple(
                (spool, shade)
                for spool, shade in self._by_type[base]
                if self._reaches(spool.place, nozzle)
            )
            found = self._found[base, nozzle] = _OfType(
                spools=usable, places=tuple(spool.place for spool, _shade in usable)
            )
        return found

    def _reaches(self, place: SpoolPlace, nozzle: int | None) -> bool:
        return nozzle is None or reaches(self._units.get(place.unit), place, nozzle)


def match(
    filaments: Iterable[Filament],
    loaded: LoadedSpools,
    *,
    project_filaments: int,
    trust_wishes: bool = True,
    any_color: bool = False,
) -> Match:
    """Find spools. `project_filaments` is how many filaments the project has, used by this plate or not.

    `trust_wishes` is whether the file was sliced for this very printer: a wish means nothing on another. With `any_color`
    the type alone may decide, where nothing better is loaded. Raises ValueError for an index outside of the project.
    """
    wanted = sorted(filaments, key=lambda filament: filament.index)
    if any(not 0 <= filament.index < project_filaments for filament in wanted):
        raise ValueError("a filament is not one of the project's")
    fitting = {
        filament.index: _fitting(
            filament, loaded, trust_wishes=trust_wishes, any_color=any_color
        )
        for filament in wanted
    }
    taken = _assign(fitting)
    _share(wanted, taken, fitting)
    places: list[SpoolPlace | None] = [None] * project_filaments
    for index, place in taken.items():
        places[index] = place
    return Match(
        places=tuple(places),
        missing=tuple(
            Missing(filament=filament, same_type=loaded.of_type(filament).places)
            for filament in wanted
            if filament.index not in taken
        ),
    )


def has_chosen(filaments: Iterable[Filament], loaded: LoadedSpools) -> bool:
    """Return whether every spool that was chosen by what it is gets to the nozzle that it was chosen for."""
    return all(
        any(
            filament.chosen.is_in(spool)
            for spool, _shade in loaded.of_type(filament).spools
        )
        for filament in filaments
        if filament.chosen
    )


def same_type(first: str, second: str) -> bool:
    """Return whether two materials are the same: PLA Silk is PLA, PLA-CF is not."""
    return bool(first.strip()) and base_type(first) == base_type(second)


@lru_cache(maxsize=512)
def base_type(type_: str) -> str:
    """Return the material that a type is a variant of, as one name."""
    base = type_.strip().upper().partition(" ")[0]
    return _SAME_TYPES.get(base, base)


def _fitting(
    filament: Filament, loaded: LoadedSpools, *, trust_wishes: bool, any_color: bool
) -> list[_Candidate]:
    """List the spools that may be used for a filament, the best first."""
    ranked: list[_Candidate] = []
    shade = shade_of(filament.color)
    for spool, its_shade in loaded.of_type(filament).spools:
        far = shade_distance(shade, its_shade)
        is_near = far is not None and far <= MAX_COLOR_DISTANCE
        if not is_near and not any_color:
            continue
        if filament.chosen and filament.chosen.is_in(spool):
            rule = 1
        elif not is_near:
            rule = 4
        elif trust_wishes and filament.wish == spool.place:
            rule = 1
        elif filament.preset_id and filament.preset_id == spool.preset_id:
            rule = 2
        else:
            rule = 3
        rank = _Rank(
            rule=rule,
            is_external=spool.place.is_external,
            color_distance=float("inf") if far is None else round(far, 3),
            remaining_percent=101
            if spool.remaining_percent is None
            else spool.remaining_percent,
        )
        ranked.append((rank, spool.place))
    return sorted(ranked)


def _assign(fitting: dict[int, list[_Candidate]]) -> dict[int, SpoolPlace]:
    """Give as many filaments as possible a spool of their own, by the best rules first (augmenting paths)."""
    holder: dict[SpoolPlace, int] = {}

    def _give(index: int, worst_rule: int, tried: set[SpoolPlace]) -> bool:
        open_to_it = [
            place
            for rank, place in fitting[index]
            if rank.rule <= worst_rule and place not in tried
        ]
        for place in open_to_it:
            if place not in holder:
                holder[place] = index
                return True
        for place in open_to_it:
            tried.add(place)
            if _give(holder[place], worst_rule, tried):
                holder[place] = index
                return True
        return False

    for worst_rule in sorted(
        {rank.rule for fits in fitting.values() for rank, _ in fits}
    ):
        # Those with the least choice first, so that the others' best is seldom taken away again.
        for index in sorted(fitting, key=lambda index: (len(fitting[index]), index)):
            if index not in holder.values():
                _give(index, worst_rule, set())
    return {index: place for place, index in holder.items()}


def _share(
    wanted: Sequence[Filament],
    taken: dict[int, SpoolPlace],
    fitting: dict[int, list[_Candidate]],
) -> None:
    """Let filaments that are one and the same take one spool, where there is none for each."""
    for filament in wanted:
        if filament.index in taken or not fitting[filament.index]:
            continue
        fits = [place for _rank, place in fitting[filament.index]]
        for twin in wanted:
            place = taken.get(twin.index)
            if (
                place in fits
                and base_type(twin.type) == base_type(filament.type)
                and normalized(twin.color) == normalized(filament.color)
            ):
                assert place
                taken[filament.index] = place
                break
