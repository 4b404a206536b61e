"""Decides which jobs begin on which printers now, and gives the reason for each of the others. It has no clock of its own.

Jobs are taken in the order of the queue, those that a person has started first. A printer gets one job at a time, and a
job that cannot begin is passed over: it blocks no other.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..machines.filaments import Filament, LoadedSpools, has_chosen
from ..machines.mapping import Places
from ..machines.values import MachineState
from .admission import (
    MachineView,
    hardware_obstacle,
    machine_obstacle,
    same_model,
    spools_for,
)
from .jobs import AnyPrinter, Needs, OnePrinter, QueuedJob
from .reasons import Reason, ReasonKey
from .stock import Stock

# For how many plates a printer's spools are remembered at most.
_MAX_PLATES = 2_000
# How soon to look again where only a report is awaited that may be like the last one.
NEWS_EXPECTED_WITHIN = timedelta(seconds=10)

# Of several printers' reasons the one that passes soonest is given: what ends by itself, what one touch changes, what takes
# a spool, and what takes more.
_NEARNESS = (
    ReasonKey.TAKEN,
    ReasonKey.SETTLING,
    ReasonKey.PRINTING,
    ReasonKey.PLATE_NOT_CLEARED,
    ReasonKey.FILAMENT_MISSING,
    ReasonKey.QUESTION,
    ReasonKey.NO_NEWS,
    ReasonKey.ERROR_STANDS,
    ReasonKey.STORAGE_FULL,
    ReasonKey.NO_STORAGE,
    ReasonKey.STORAGE_UNUSABLE,
    ReasonKey.DEVELOPER_MODE_OFF,
    ReasonKey.OFFLINE,
    ReasonKey.WRONG_NOZZLE,
    ReasonKey.FILAMENTS_UNKNOWN,
    ReasonKey.WRONG_MODEL,
    ReasonKey.NOT_ALLOWED,
)
_DISTANCE = {key: distance for distance, key in enumerate(_NEARNESS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A job to start. `places` has the spool for each filament of the project, None for those that the plate does not use."""

    job_id: str
    machine_id: str
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The jobs to start, and why the others wait: every job is in one of the two. `wake_at` is when time alone changes it."""

    starts: tuple[Start, ...] = ()
    reasons: Mapping[str, Reason]
    wake_at: datetime | None = None


def plan(
    jobs: Sequence[QueuedJob], machines: Iterable[MachineView], now: datetime
) -> Plan:
    """Plan once. `jobs` are the queued ones in order."""
    return Planner().plan(jobs, machines, now)


def own_obstacle(job: QueuedJob, now: datetime) -> Reason | None:
    """Return why a job may not begin on any printer now; None if it may."""
    if job.needs.is_plain_gcode:
        # There is no known way to start it.
        return Reason(key=ReasonKey.PLAIN_GCODE)
    if job.is_started:
        return None
    if job.is_held:
        return Reason(
            key=ReasonKey.PROBLEM if job.problem else ReasonKey.HELD,
            problem=job.problem,
        )
    if job.not_before is not None and now < job.not_before:
        return Reason(key=ReasonKey.SCHEDULED, until=job.not_before)
    if job.retry_at is not None and now < job.retry_at:
        return Reason(key=ReasonKey.RETRY, until=job.retry_at, problem=job.problem)
    if job.options_due_at is not None and now < job.options_due_at:
        return Reason(key=ReasonKey.SLICER_OPTIONS, until=job.options_due_at)
    return None


def distance(reason: Reason) -> int:
    """Return how far a printer with this reason is from starting, the nearest first."""
    return _DISTANCE[reason.key]


type _SpoolKey = tuple[int, tuple[Filament, ...], bool]


class Planner:
    """Plans repeatedly. What it remembers between plans makes them faster and does not change them."""

    def __init__(self) -> None:
        """Start with no memory."""
        self._memories: dict[str, _Memory] = {}
        self._stock = Stock(())

    def plan(
        self, jobs: Sequence[QueuedJob], machines: Iterable[MachineView], now: datetime
    ) -> Plan:
        """Plan. `jobs` are the queued ones in order."""
        views = {machine.id: machine for machine in machines}
        memories = {machine.id: self._remember(machine) for machine in views.values()}
        if list(memories.values()) != list(self._memories.values()):
            self._stock = Stock(
                [(one.loaded, one.any_color) for one in memories.values()]
            )
        self._memories = memories
        return _Planning(views, now, memories, self._stock).plan(jobs)

    def _remember(self, machine: MachineView) -> _Memory:
        known = self._memories.get(machine.id)
        key = _loaded(machine.state)
        if known and known.key == key and known.any_color == machine.any_color:
            return known
        return _Memory(
            key=key,
            any_color=machine.any_color,
            loaded=LoadedSpools(machine.state),
        )


@dataclass(slots=True, kw_only=True, eq=False)
class _Memory:
    """The results of finding spools on a printer, valid as long as the same spools are loaded."""

    key: object
    any_color: bool
    loaded: LoadedSpools
    spools: dict[_SpoolKey, Places | Reason] = field(default_factory=dict)


def _loaded(state: MachineState) -> object:
    """Return what finding spools depends on."""
    return (
        [(unit.id, unit.nozzle, unit.spools) for unit in state.ams],
        state.external,
        len(state.nozzles),
    )


type _HardwareKey = tuple[str, tuple[float, ...], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """The printers for plates alike in model, nozzles and size.

    `free` are those that can take one if they have the spools, each with its bit in the stock; `nearest` is the nearest reason
    of the others. `fallback` is the bit of the free one whose missing filament is nearer than that, if any.
    """

    free: Sequence[tuple[int, MachineView]]
    nearest: Reason | None
    fallback: int


class _Planning:
    """One run."""

    def __init__(
        self,
        machines: Mapping[str, MachineView],
        now: datetime,
        memories: Mapping[str, _Memory],
        stock: Stock,
    ) -> None:
        self._now = now
        self._machines = machines
        self._memories = memories
        self._stock = stock
        self._obstacles = {
            machine.id: machine_obstacle(machine) for machine in machines.values()
        }
        self._bits = {
            machine_id: 1 << number for number, machine_id in enumerate(machines)
        }
        self._free_bytes = sorted(
            machine.state.storage.free_bytes
            for machine in machines.values()
            if machine.state.storage.free_bytes is not None
        )
        self._of_model: dict[str, list[MachineView]] = {}
        self._hardware: dict[tuple[_HardwareKey, str], Reason | None] = {}
        # As long as no printer was given away.
        self._choices: dict[tuple[_HardwareKey, str], _Choice] = {}

    def plan(self, jobs: Sequence[QueuedJob]) -> Plan:
        starts: list[Start] = []
        reasons: dict[str, Reason] = {}
        for job in sorted(jobs, key=lambda job: not job.is_started):
            match self._place(job):
                case Start() as start:
                    starts.append(start)
                    self._give_away(start)
                case Reason() as reason:
                    reasons[job.id] = reason
        return Plan(
            starts=tuple(starts),
            reasons=reasons,
            wake_at=min(self._wakes(reasons.values()), default=None),
        )

    def _wakes(self, reasons: Iterable[Reason]) -> Iterator[datetime]:
        for reason in reasons:
            if reason.until is not None:
                yield reason.until
            elif reason.key is ReasonKey.NO_NEWS:
                yield self._now + NEWS_EXPECTED_WITHIN

    def _give_away(self, start: Start) -> None:
        self._choices.clear()
        self._obstacles[start.machine_id] = Reason(
            key=ReasonKey.TAKEN,
            machine_id=start.machine_id,
            other_job_id=start.job_id,
        )

    def _place(self, job: QueuedJob) -> Start | Reason:
        if reason := own_obstacle(job, self._now):
            return reason
        match job.target:
            case OnePrinter(machine_id=machine_id):
                machine = self._machines.get(machine_id)
                if machine is None:
                    return Reason(key=ReasonKey.NO_SUCH_PRINTER, machine_id=machine_id)
                return self._obstacle(
                    job.needs, self._hardware_key(job.needs), machine
                ) or self._begin(job, machine, trust_wishes=True)
            case AnyPrinter(model=model):
                return self._any(job, model)
            case None:
                return Reason(key=ReasonKey.NO_TARGET)

    def _any(self, job: QueuedJob, model: str) -> Start | Reason:
        """Find the first printer of a model that can print a job now, else the nearest reason."""
        key = self._hardware_key(job.needs)
        choice = self._choices.get((key, model))
        if choice is None:
            choice = self._choices[key, model] = self._choose(job.needs, key, model)
        nearest = choice.nearest
        if choice.free:
            asked = self._stock.holders(job.needs.filaments) | choice.fallback
            free = [one for bit, one in choice.free if bit & asked]
            if any(filament.chosen for filament in job.needs.filaments):
                # Those that have all that was chosen in the slicer go first.
                free.sort(key=lambda one: not self._has_chosen(job.needs, one))
            for machine in free:
                result = self._begin(job, machine, trust_wishes=False)
                if isinstance(result, Start):
                    return result
                if nearest is None or distance(result) < distance(nearest):
                    nearest = result
        return nearest or Reason(key=ReasonKey.NO_PRINTER_OF_MODEL, wanted=model)

    def _has_chosen(self, needs: Needs, machine: MachineView) -> bool:
        return has_chosen(needs.filaments, self._memories[machine.id].loaded)

    def _choose(self, needs: Needs, key: _HardwareKey, model: str) -> _Choice:
        candidates = self._of_model.get(model)
        if candidates is None:
            candidates = self._of_model[model] = [
                machine
                for machine in self._machines.values()
                if same_model(machine.model, model)
            ]
        free: list[tuple[int, MachineView]] = []
        reasons: list[Reason] = []
        for machine in candidates:
            if reason := self._obstacle(needs, key, machine):
                reasons.append(reason)
            else:
                free.append((self._bits[machine.id], machine))
        nearest = min(reasons, key=distance, default=None)
        is_said = nearest and distance(nearest) < _DISTANCE[ReasonKey.FILAMENT_MISSING]
        return _Choice(
            free=free,
            nearest=nearest,
            fallback=free[0][0] if free and not is_said else 0,
        )

    def _hardware_key(self, needs: Needs) -> _HardwareKey:
        """Return what `hardware_obstacle` depends on: of the size, how many printers have less space than that."""
        return (
            needs.model,
            needs.nozzles_mm,
            bisect_left(self._free_bytes, needs.size_bytes),
        )

    def _obstacle(
        self, needs: Needs, key: _HardwareKey, machine: MachineView
    ) -> Reason | None:
        """Return why a printer cannot take such a plate. What it can never print goes before what it does now."""
        if (key, machine.id) not in self._hardware:
            self._hardware[key, machine.id] = hardware_obstacle(needs, machine)
        return self._hardware[key, machine.id] or self._obstacles[machine.id]

    def _begin(
        self, job: QueuedJob, machine: MachineView, *, trust_wishes: bool
    ) -> Start | Reason:
        """Find spools for a job on a free printer."""
        memory = self._memories[machine.id]
        needs = job.needs
        key = (needs.project_filaments, needs.filaments, trust_wishes)
        found = memory.spools.get(key)
        if found is None:
            if len(memory.spools) >= _MAX_PLATES:
                memory.spools.clear()
            found = memory.spools[key] = spools_for(
                needs, machine, memory.loaded, trust_wishes=trust_wishes
            )
        if isinstance(found, Reason):
            return found
        return Start(job_id=job.id, machine_id=machine.id, places=found)
