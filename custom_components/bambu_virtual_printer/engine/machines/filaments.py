"""Finds the spool for each filament of a plate, or names the filaments without one. Pure.

The slicer's own choice counts as long as what is loaded there still fits, or the chosen spool is loaded anywhere. Else the
same type, filament preset and colour; else the same type and colour. Never a guess: a plate in the wrong material or colour
costs more than one that waits. A spool that is known to have too little left is none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ..values import FilamentRule
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
# How many arrangements are tried at most of filaments that share spools.
_MAX_TRIED = 2_000
# For how many filaments the spools of a printer are remembered at most.
_MAX_KNOWN = 2_000

type Grams = Mapping[SpoolPlace, float]
"""Grams by the place of a spool."""
NO_GRAMS: Grams = MappingProxyType({})


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
    `chosen` its choice out of the spools of several printers. `grams` are what the plate takes of it, None where the file does
    not say. `profile` is what the slicer calls the preset.
    """

    index: int
    type: str
    color: str = ""
    preset_id: str = ""
    nozzle: int | None = None
    wish: SpoolPlace | None = None
    chosen: ChosenSpool | None = None
    grams: float | None = None
    profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRules:
    """How spools may be found.

    `trust_wishes` is whether the file was sliced for this very printer: a wish means nothing on another. `counts_grams` is
    whether a spool that is known to have too little left counts for none, `needs_known_grams` whether one does of which that
    is not known.
    """

    rule: FilamentRule = FilamentRule.MATCH_COLOR
    trust_wishes: bool = True
    counts_grams: bool = True
    needs_known_grams: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLittle:
    """A spool that would fit. `left_g` is what is on it, None where that is unknown, `reserved_g` what other prints take of that."""

    place: SpoolPlace
    left_g: float | None
    reserved_g: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A filament without a spool.

    `same_type` are the places where its type is loaded, `too_little` those of the spools that would fit but for what is left.
    """

    filament: Filament
    same_type: tuple[SpoolPlace, ...]
    too_little: tuple[TooLittle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What was found. `places` has an entry for every filament of the project; `missing` is empty when all is loaded."""

    places: Places
    missing: tuple[Missing, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every filament has its spool."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """That a plate has not all of its spools. `number` is its first filament that no spool has enough of, None where one has of each."""

    number: int | None = None


class _Rank(NamedTuple):
    """How well a spool fits, the smallest best. Of two alike, the emptier spool is used up first, as in Bambu Studio.

    The rules: 1 the slicer's choice, 2 preset and colour, 3 colour, 4 the type alone, where that is allowed.
    """

    rule: int
    is_external: bool
    color_distance: float
    remaining_percent: float


type _Candidate = tuple[_Rank, SpoolPlace, float | None]
"""How well a spool fits, where it is, and how many grams are left on it."""


class _Usable(NamedTuple):
    """A spool that can feed a print, with what is asked of it again and again."""

    spool: Spool
    shade: Shade | None
    is_external: bool
    remaining_percent: float
    left_g: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfType:
    """The spools of one material that get to one nozzle, and where they are."""

    spools: tuple[_Usable, ...]
    places: tuple[SpoolPlace, ...]


_NONE = _OfType(spools=(), places=())


class LoadedSpools:
    """The spools of one printer, prepared for `match`: what depends on them alone is worked out once."""

    def __init__(self, state: MachineState, left_g: Grams = NO_GRAMS) -> None:
        """Take what is loaded now, and how much is left of it where that is known."""
        self.left_g = left_g
        self.places = tuple(spool.place for spool in state.spools)
        """All places for spools."""
        self.empty = tuple(
            spool.place for spool in state.spools if not spool.is_present
        )
        """The places without a spool."""
        self._has_two_nozzles = len(state.nozzles) > 1
        self._units = {unit.id: unit for unit in state.ams}
        self._by_type: dict[str, list[_Usable]] = {}
        self._found: dict[tuple[str, int | None], _OfType] = {}
        self._fitting: dict[object, list[_Candidate]] = {}
        self._takers: dict[tuple[bool, int | None], tuple[SpoolPlace, ...]] = {}
        for spool in state.spools:
            base = base_type(spool.type) if spool.is_known else ""
            if base and (spool.place.is_external or base not in _NOT_IN_AMS):
                self._by_type.setdefault(base, []).append(
                    _Usable(
                        spool,
                        shade_of(spool.color),
                        spool.place.is_external,
                        _percent(spool, left_g),
                        left_g.get(spool.place),
                    )
                )

    def usable(self) -> Iterator[tuple[str, Spool, Shade | None]]:
        """Return the material and the shade of each spool that can feed a print, and the spool."""
        for base, usable in self._by_type.items():
            for one in usable:
                yield base, one.spool, one.shade

    def takers(self, filament: Filament) -> tuple[SpoolPlace, ...]:
        """Return the places where a filament could be loaded to get to its nozzle."""
        nozzle = filament.nozzle if self._has_two_nozzles else None
        key = (base_type(filament.type) in _NOT_IN_AMS, nozzle)
        if (found := self._takers.get(key)) is None:
            found = self._takers[key] = tuple(
                place
                for place in self.places
                if (place.is_external or not key[0]) and self._reaches(place, nozzle)
            )
        return found

    def fitting(self, filament: Filament, rules: MatchRules) -> list[_Candidate]:
        """List the spools that may be used for a filament whatever is left on them, the best first."""
        if base_type(filament.type) not in self._by_type:
            return []
        key = (
            filament.type,
            filament.color,
            filament.preset_id,
            filament.nozzle,
            filament.chosen,
            filament.wish if rules.trust_wishes else None,
            rules.rule,
        )
        if (found := self._fitting.get(key)) is None:
            if len(self._fitting) >= _MAX_KNOWN:
                self._fitting.clear()
            found = self._fitting[key] = _fitting(filament, self, rules)
        return found

    def of_type(self, filament: Filament) -> _OfType:
        """Return the spools of a filament's type that get to its nozzle."""
        base = base_type(filament.type)
        if base not in self._by_type:
            return _NONE
        nozzle = filament.nozzle if self._has_two_nozzles else None
        if (found := self._found.get((base, nozzle))) is None:
            usable = tuple(
                one
                for one in self._by_type[base]
                if self._reaches(one.spool.place, nozzle)
            )
            found = self._found[base, nozzle] = _OfType(
                spools=usable, places=tuple(one.spool.place for one in usable)
            )
        return found

    def _reaches(self, place: SpoolPlace, nozzle: int | None) -> bool:
        return nozzle is None or reaches(self._units.get(place.unit), place, nozzle)


def match(
    filaments: Iterable[Filament],
    loaded: LoadedSpools,
    *,
    project_filaments: int,
    rules: MatchRules,
    reserved: Grams = NO_GRAMS,
) -> Match:
    """Find spools. `project_filaments` is how many filaments the project has, used by this plate or not.

    `reserved` are the grams that other prints take. Raises ValueError for an index outside of the project.
    """
    wanted = sorted(filaments, key=lambda filament: filament.index)
    if any(not 0 <= filament.index < project_filaments for filament in wanted):
        raise ValueError("a filament is not one of the project's")
    amounts = _Amounts(loaded.left_g, reserved, rules)
    fitting = {one.index: loaded.fitting(one, rules) for one in wanted}
    enough = {one.index: amounts.sufficient(one, fitting[one.index]) for one in wanted}
    taken = _take(wanted, enough, amounts)
    places = _places(taken, project_filaments)
    if len(taken) == len(wanted):
        return Match(places=places, missing=())
    # More of a spool is of no use to a filament for which none would be left then.
    uncounted = _Amounts(loaded.left_g, reserved, replace(rules, counts_grams=False))
    possible = _take(wanted, fitting, uncounted)
    would_help = possible.keys() if len(possible) > len(taken) else ()
    return Match(
        places=places,
        missing=tuple(
            Missing(
                filament=filament,
                same_type=loaded.of_type(filament).places,
                too_little=amounts.too_little(filament, fitting[filament.index])
                if filament.index in would_help
                else (),
            )
            for filament in wanted
            if filament.index not in taken
        ),
    )


def match_all(
    filaments: Sequence[Filament],
    loaded: LoadedSpools,
    *,
    project_filaments: int,
    rules: MatchRules,
    reserved: Grams = NO_GRAMS,
) -> Places | Lacking:
    """Find spools as `match` does, and give up where one is missing."""
    amounts = _Amounts(loaded.left_g, reserved, rules)
    fitting: dict[int, list[_Candidate]] = {}
    for number, filament in enumerate(filaments):
        found = amounts.sufficient(filament, loaded.fitting(filament, rules))
        if not found:
            return Lacking(number=number)
        fitting[filament.index] = found
    if not filaments:
        return Lacking()
    if len(filaments) == 1:
        return _places({filament.index: found[0][1]}, project_filaments)
    wanted = sorted(filaments, key=lambda filament: filament.index)
    taken = _take(wanted, fitting, amounts)
    if len(taken) < len(wanted):
        return Lacking()
    return _places(taken, project_filaments)


def _take(
    wanted: Sequence[Filament],
    fitting: dict[int, list[_Candidate]],
    amounts: _Amounts,
) -> dict[int, SpoolPlace]:
    """Give the filaments spools, by their order in the project."""
    firsts = {index: fits[0][1] for index, fits in fitting.items() if fits}
    if len(firsts) < 2 or len(set(firsts.values())) == len(firsts):
        # As with most plates: nobody wants another's best.
        return firsts
    taken = _assign(fitting)
    _share(wanted, taken, fitting, amounts)
    kinds = {(base_type(one.type), normalized(one.color)) for one in wanted}
    if len(kinds) < len(wanted) > len(taken) and all(fitting.values()):
        return _Arrangement(wanted, fitting, amounts).find() or taken
    return taken


def _places(taken: Mapping[int, SpoolPlace], project_filaments: int) -> Places:
    places: list[SpoolPlace | None] = [None] * project_filaments
    for index, place in taken.items():
        places[index] = place
    return tuple(places)


def has_chosen(filaments: Iterable[Filament], loaded: LoadedSpools) -> bool:
    """Return whether every spool that was chosen by what it is gets to the nozzle that it was chosen for."""
    return all(
        any(filament.chosen.is_in(one.spool) for one in loaded.of_type(filament).spools)
        for filament in filaments
        if filament.chosen
    )


class _Amounts:
    """What can be taken of each spool."""

    def __init__(self, left_g: Grams, reserved: Grams, rules: MatchRules) -> None:
        self._left_g = left_g
        self._reserved = reserved
        self._rules = rules

    def sufficient(
        self, filament: Filament, candidates: list[_Candidate]
    ) -> list[_Candidate]:
        """Return those that have enough for a filament, as far as is known."""
        if not candidates or not self._rules.counts_grams:
            return candidates
        takes_unknown = not self._rules.needs_known_grams
        needed_g = filament.grams or 0.0
        reserved = self._reserved
        return [
            one
            for one in candidates
            if (
                takes_unknown
                if one[2] is None
                else needed_g <= one[2]
                and not (reserved and needed_g > one[2] - reserved.get(one[1], 0.0))
            )
        ]

    def suffice(self, place: SpoolPlace, *filaments: Filament) -> bool:
        """Return whether a spool has enough for these filaments, as far as is known."""
        if not self._rules.counts_grams:
            return True
        left_g = self._left_g.get(place)
        if left_g is None:
            return not self._rules.needs_known_grams
        needed_g = sum(filament.grams or 0.0 for filament in filaments)
        return needed_g <= left_g - self._reserved.get(place, 0.0)

    def too_little(
        self, filament: Filament, candidates: list[_Candidate]
    ) -> tuple[TooLittle, ...]:
        """Return those that do not have enough for a filament, as far as is known."""
        if not candidates:
            return ()
        return tuple(
            TooLittle(
                place=place,
                left_g=left_g,
                reserved_g=self._reserved.get(place, 0.0),
            )
            for _rank, place, left_g in candidates
            if not self.suffice(place, filament)
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
    filament: Filament, loaded: LoadedSpools, rules: MatchRules
) -> list[_Candidate]:
    """List the spools that may be used for a filament whatever is left on them, the best first."""
    ranked: list[_Candidate] = []
    shade = shade_of(filament.color)
    needs_color = rules.rule is not FilamentRule.ANY_COLOR
    needs_preset = rules.rule is FilamentRule.EXACT_PRESET
    if shade is None and needs_color:
        return ranked
    # Shades are no nearer than their lightnesses.
    lightness = shade.lightness if shade else 0.0
    for (
        spool,
        its_shade,
        is_external,
        remaining_percent,
        left_g,
    ) in loaded.of_type(filament).spools:
        if needs_color and (
            its_shade is None
            or not -MAX_COLOR_DISTANCE
            <= its_shade.lightness - lightness
            <= MAX_COLOR_DISTANCE
        ):
            continue
        is_preset = bool(filament.preset_id) and filament.preset_id == spool.preset_id
        if needs_preset and not is_preset:
            continue
        far = shade_distance(shade, its_shade)
        is_near = far is not None and far <= MAX_COLOR_DISTANCE
        if needs_color and not is_near:
            continue
        if filament.chosen and filament.chosen.is_in(spool):
            rule = 1
        elif not is_near:
            rule = 4
        elif rules.trust_wishes and filament.wish == spool.place:
            rule = 1
        else:
            rule = 2 if is_preset else 3
        rank = _Rank(
            rule,
            is_external,
            float("inf") if far is None else round(far, 3),
            remaining_percent,
        )
        ranked.append((rank, spool.place, left_g))
    return sorted(ranked) if len(ranked) > 1 else ranked


def _percent(spool: Spool, left_g: Grams) -> float:
    """Return how full a spool is, as if it had held a kilogram where its grams are known; 101 where nothing is."""
    grams = left_g.get(spool.place)
    if grams is not None:
        return grams / 10
    return 101.0 if spool.remaining_percent is None else spool.remaining_percent


def _assign(fitting: dict[int, list[_Candidate]]) -> dict[int, SpoolPlace]:
    """Give as many filaments as possible a spool of their own, by the best rules first (augmenting paths)."""
    holder: dict[SpoolPlace, int] = {}

    def _give(index: int, worst_rule: int, tried: set[SpoolPlace]) -> bool:
        open_to_it = [
            place
            for rank, place, _left_g in fitting[index]
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
        {rank.rule for fits in fitting.values() for rank, *_ in fits}
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
    amounts: _Amounts,
) -> None:
    """Let filaments that are one and the same take one spool, where there is none for each."""
    for filament in wanted:
        if filament.index in taken or not fitting[filament.index]:
            continue
        fits = [place for _rank, place, _left_g in fitting[filament.index]]
        for twin in wanted:
            place = taken.get(twin.index)
            if place is None or place not in fits or not _are_alike(twin, filament):
                continue
            users = [one for one in wanted if taken.get(one.index) == place]
            if amounts.suffice(place, filament, *users):
                taken[filament.index] = place
                break


def _are_alike(first: Filament, second: Filament) -> bool:
    return base_type(first.type) == base_type(second.type) and normalized(
        first.color
    ) == normalized(second.color)


class _Arrangement:
    """Tries all arrangements, for filaments that have to share spools which have little left. It has a bound."""

    def __init__(
        self,
        wanted: Sequence[Filament],
        fitting: Mapping[int, Sequence[_Candidate]],
        amounts: _Amounts,
    ) -> None:
        self._wanted = sorted(wanted, key=lambda one: len(fitting[one.index]))
        self._fitting = fitting
        self._amounts = amounts
        self._users: dict[SpoolPlace, list[Filament]] = {}
        self._tried = 0

    def find(self) -> dict[int, SpoolPlace] | None:
        if not self._place(0):
            return None
        return {
            one.index: place for place, users in self._users.items() for one in users
        }

    def _place(self, number: int) -> bool:
        if number == len(self._wanted):
            return True
        filament = self._wanted[number]
        for _rank, place, _left_g in self._fitting[filament.index]:
            self._tried += 1
            if self._tried > _MAX_TRIED:
                return False
            users = self._users.setdefault(place, [])
            if users and not (
                _are_alike(users[0], filament)
                and self._amounts.suffice(place, filament, *users)
            ):
                continue
            users.append(filament)
            if self._place(number + 1):
                return True
            users.pop()
        return False
