"""Decides which spools a plate is printed with, and on which printer of several. Pure.

Of the printers that have all spools with enough on each, those go first that have the ones chosen in the slicer. Of these that
one wins where the fewest have to be changed: a spool counts that is not the one which was in use last, and so has to be loaded
into the nozzle first. Of those alike, the one that has
been free for the longest time.

What jobs take counts in the order of the queue: what one that waits for nothing but its time will take of a spool is not there
for those behind it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from ..machines.colors import normalized
from ..machines.filaments import (
    NO_GRAMS,
    Filament,
    Grams,
    Lacking,
    LoadedSpools,
    MatchRules,
    Missing,
    base_type,
    has_chosen,
    match,
    match_all,
)
from ..machines.mapping import Places, problems
from ..machines.values import MachineState, SpoolPlace
from ..values import FilamentRule
from .admission import MachineView
from .jobs import QueuedJob
from .reasons import Load, Reason, ReasonKey
from .stock import Stock

# For how many plates a printer's spools are remembered at most.
_MAX_PLATES = 2_000
_UNLIMITED = float("inf")
_ALWAYS = datetime.min.replace(tzinfo=UTC)

type Wants = Sequence[tuple[object, float]]
type _Key = tuple[int, tuple[Filament, ...], MatchRules]


def rules_for(
    job: QueuedJob, machine: MachineView, *, trust_wishes: bool
) -> MatchRules:
    """Return how spools for a job may be found on a printer."""
    return _rules(
        job.rule, trust_wishes, not job.prints_anyway, machine.needs_known_grams
    )


@cache
def _rules(
    rule: FilamentRule, trust_wishes: bool, counts_grams: bool, needs_known_grams: bool
) -> MatchRules:
    return MatchRules(
        rule=rule,
        trust_wishes=trust_wishes,
        counts_grams=counts_grams,
        needs_known_grams=needs_known_grams,
    )


def spools_for(
    job: QueuedJob,
    machine: MachineView,
    loaded: LoadedSpools,
    *,
    trust_wishes: bool,
    reserved: Grams = NO_GRAMS,
) -> Places | Reason:
    """Find the spools for a job's plate among those that are loaded now. `reserved` are the grams that others take."""
    needs = job.needs
    if not needs.filaments:
        return Reason(key=ReasonKey.FILAMENTS_UNKNOWN)
    found = match(
        needs.filaments,
        loaded,
        project_filaments=needs.project_filaments,
        rules=rules_for(job, machine, trust_wishes=trust_wishes),
        reserved=reserved,
    )
    missing = found.missing
    if not missing:
        wrong = _wrong(job, machine, found.places)
        if not wrong:
            return found.places
        missing = tuple(
            Missing(filament=filament, same_type=())
            for filament in needs.filaments
            if filament.index in wrong
        )
    return Reason(
        key=_key_of(missing),
        machine_id=machine.id,
        loads=tuple(_load(one, job, loaded, found.places) for one in missing),
    )


def _wrong(job: QueuedJob, machine: MachineView, places: Places) -> Collection[int]:
    """Return the filaments that would not print from their places, which is looked at once more before a start."""
    nozzles: list[int | None] = [None] * job.needs.project_filaments
    for filament in job.needs.filaments:
        nozzles[filament.index] = filament.nozzle
    return problems(places, machine.state, nozzles)


def swaps(places: Places, machine: MachineView) -> int:
    """Return how many spools have to be loaded into a nozzle for a print: all but the one that was in use last."""
    used = {place for place in places if place}
    return len(used) - (machine.last_spool in used)


def _key_of(missing: Sequence[Missing]) -> ReasonKey:
    """Return the reason that names what has to be done: another spool goes before more of one that is there."""
    if any(not one.too_little for one in missing):
        return ReasonKey.FILAMENT_MISSING
    if any(each.left_g is not None for one in missing for each in one.too_little):
        return ReasonKey.FILAMENT_SHORT
    return ReasonKey.FILAMENT_AMOUNT_UNKNOWN


def _load(
    missing: Missing, job: QueuedJob, loaded: LoadedSpools, taken: Places
) -> Load:
    """Say where a filament can go: empty places, else those whose spool the plate does not use."""
    filament = missing.filament
    places = loaded.takers(filament)
    used = {place for place in taken if place}
    empty = loaded.empty and tuple(place for place in places if place in loaded.empty)
    return Load(
        filament=filament,
        other_colors=missing.same_type,
        empty=empty,
        exchangeable=()
        if empty
        else tuple(place for place in places if place not in used)
        if used
        else places,
        too_little=missing.too_little,
        is_exact=job.rule is FilamentRule.EXACT_PRESET,
    )


class Reservations:
    """The grams that jobs take of spools that others may want too."""

    def __init__(self, taken: Mapping[str, Grams] = MappingProxyType({})) -> None:
        """Begin with what printers still take for what they print."""
        self._of: dict[str, dict[SpoolPlace, float]] = {
            machine_id: dict(grams) for machine_id, grams in taken.items() if grams
        }
        self._deferred: dict[str, list[tuple[SpoolPlace, float]]] = {}
        # Both together, where something was deferred.
        self._both: dict[str, dict[SpoolPlace, float]] = {}
        # What is reserved only grows: where there is too little of a filament for one job, there is for those that need as much.
        self._short: dict[str, dict[object, float]] = {}

    def of(self, machine_id: str) -> Grams:
        """Return what is taken on a printer."""
        both = self._both.get(machine_id)
        return self._of.get(machine_id, NO_GRAMS) if both is None else both

    def add(self, job: QueuedJob, machine_id: str, places: Places) -> None:
        """Take what all copies of a job need."""
        taken = self._of.setdefault(machine_id, {})
        for place, grams in _needed(job, places):
            taken[place] = taken.get(place, 0.0) + grams
        self._put_together(machine_id)

    def defer(self, job: QueuedJob, machine_id: str, places: Places) -> None:
        """Take what a job needs that lets others go before it, until those are settled."""
        self._deferred.setdefault(machine_id, []).extend(_needed(job, places))
        self._put_together(machine_id)

    def forget_deferred(self) -> None:
        """Take back what was deferred."""
        if self._deferred:
            self._deferred.clear()
            self._both.clear()
            self._short.clear()

    def _put_together(self, machine_id: str) -> None:
        if deferred := self._deferred.get(machine_id):
            both = dict(self._of.get(machine_id, NO_GRAMS))
            for place, grams in deferred:
                both[place] = both.get(place, 0.0) + grams
            self._both[machine_id] = both

    def is_short(self, machine_id: str, wants: Wants) -> bool:
        """Return whether a printer was found to have too little of one of these filaments."""
        short = self._short.get(machine_id)
        return short is not None and any(
            grams >= short.get(kind, _UNLIMITED) for kind, grams in wants
        )

    def note_short(self, machine_id: str, want: tuple[object, float]) -> None:
        """Note that no spool of a printer has as much of a filament."""
        kind, grams = want
        short = self._short.setdefault(machine_id, {})
        short[kind] = min(grams, short.get(kind, _UNLIMITED))


def _needed(job: QueuedJob, places: Places) -> Iterator[tuple[SpoolPlace, float]]:
    for filament in job.needs.filaments:
        place = places[filament.index]
        if place and filament.grams:
            yield place, filament.grams * job.copies


def wants_of(job: QueuedJob) -> Wants:
    """Return what a job wants: what decides which spools fit each filament, and its grams."""
    return [
        (
            (
                one.type,
                one.color,
                one.preset_id,
                one.nozzle,
                job.rule,
                job.prints_anyway,
            ),
            one.grams or 0.0,
        )
        for one in job.needs.filaments
    ]


class Rank(NamedTuple):
    """How well a printer fits a job, the smallest best."""

    lacks_chosen: bool
    """Whether it does not have all the spools that were chosen out of those of several printers."""
    swaps: int
    number: int
    """Its place among the free printers, the first of which has been free for the longest time."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Memory:
    """The results of finding spools on a printer, valid as long as the same spools are loaded with as much on them."""

    key: object
    needs_known_grams: bool
    loaded: LoadedSpools
    last: LoadedSpools
    spools: dict[_Key, Places | Reason] = field(default_factory=dict)


def _depends_on(machine: MachineView) -> object:
    """Return what finding spools on a printer depends on."""
    state = machine.state
    return (
        [(unit.id, unit.nozzle, unit.spools) for unit in state.ams],
        state.external,
        len(state.nozzles),
        dict(machine.left_g),
        machine.last_spool,
        machine.needs_known_grams,
    )


def _only(state: MachineState, place: SpoolPlace | None) -> LoadedSpools:
    """Return the spool at one place alone."""
    spool = state.spool(place) if place else None
    return LoadedSpools(MachineState(external=(spool,) if spool else ()))


class SpoolMemory:
    """What is loaded in all printers. It remembers between plans what was found, which changes nothing."""

    def __init__(self) -> None:
        """Begin with no printers."""
        self._memories: dict[str, _Memory] = {}
        self._stock = self._last = Stock(())

    def look(self, machines: Mapping[str, MachineView]) -> None:
        """Look at the printers as they are now."""
        memories = {
            machine.id: self._remember(machine) for machine in machines.values()
        }
        if list(memories.values()) != list(self._memories.values()):
            self._stock = Stock(
                [(one.loaded, one.needs_known_grams) for one in memories.values()]
            )
            self._last = Stock([(one.last, False) for one in memories.values()])
        self._memories = memories

    def _remember(self, machine: MachineView) -> _Memory:
        known = self._memories.get(machine.id)
        key = _depends_on(machine)
        if known and known.key == key:
            return known
        return _Memory(
            key=key,
            needs_known_grams=machine.needs_known_grams,
            loaded=LoadedSpools(machine.state, machine.left_g),
            last=_only(machine.state, machine.last_spool),
        )

    def holders(self, job: QueuedJob) -> int:
        """Return the printers that may have the spools for a job, as bits in the order of the printers."""
        return self._stock.holders(
            job.needs.filaments, job.rule, counts_grams=not job.prints_anyway
        )

    def best_first(
        self, job: QueuedJob, free: Sequence[tuple[int, MachineView]], asked: int
    ) -> Iterator[tuple[Rank, MachineView]]:
        """Return those of the free printers, by their bits, that are asked, each with the best rank it can have, in that order."""
        if not asked or not free:
            return
        filaments = job.needs.filaments
        kinds = {(base_type(one.type), normalized(one.color)) for one in filaments}
        last = 0
        for filament in filaments:
            last |= self._last.holders([filament], job.rule, counts_grams=False)
        lacking = 0
        if any(filament.chosen for filament in filaments):
            for bit, machine in free:
                loaded = self._memories[machine.id].loaded
                lacking |= 0 if has_chosen(filaments, loaded) else bit
        for lacks, of_these in ((False, asked & ~lacking), (True, asked & lacking)):
            for least, bits in (
                (len(kinds) - 1, of_these & last),
                (len(kinds), of_these & ~last),
            ):
                for number, (bit, machine) in enumerate(free):
                    if bit & bits:
                        yield Rank(lacks, least, number), machine

    def places(
        self,
        job: QueuedJob,
        machine: MachineView,
        *,
        trust_wishes: bool,
        reservations: Reservations,
        wants: Wants,
    ) -> Places | None:
        """Find the spools for a job on a printer as `find` does, None where one is missing. `wants` are those of the job."""
        if reservations.is_short(machine.id, wants):
            return None
        needs = job.needs
        places = match_all(
            needs.filaments,
            self._memories[machine.id].loaded,
            project_filaments=needs.project_filaments,
            rules=rules_for(job, machine, trust_wishes=trust_wishes),
            reserved=reservations.of(machine.id),
        )
        if isinstance(places, Lacking):
            if places.number is not None:
                reservations.note_short(machine.id, wants[places.number])
            return None
        return places

    def find(
        self,
        job: QueuedJob,
        machine: MachineView,
        *,
        trust_wishes: bool,
        reserved: Grams,
    ) -> Places | Reason:
        """Find the spools for a job on a printer."""
        memory = self._memories[machine.id]
        if reserved:
            return spools_for(
                job,
                machine,
                memory.loaded,
                trust_wishes=trust_wishes,
                reserved=reserved,
            )
        needs = job.needs
        rules = rules_for(job, machine, trust_wishes=trust_wishes)
        key = (needs.project_filaments, needs.filaments, rules)
        found = memory.spools.get(key)
        if found is None:
            if len(memory.spools) >= _MAX_PLATES:
                memory.spools.clear()
            found = memory.spools[key] = spools_for(
                job, machine, memory.loaded, trust_wishes=trust_wishes
            )
        return found


def by_time_free(machine: MachineView) -> datetime:
    """Return since when a printer has been free; one of which that is unknown, for the longest time."""
    return machine.free_since or _ALWAYS
