"""Decides which jobs begin on which printers now, and says of each of the others why not. It has no clock of its own.

Jobs are taken in the order of the queue, those that a person has started first. A printer gets one job at a time, and a
job that cannot begin is passed over: it blocks nobody.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..machines.filaments import may_fit
from ..machines.mapping import Places
from .admission import (
    MachineView,
    hardware_obstacle,
    machine_obstacle,
    same_model,
    spools_for,
)
from .jobs import AnyPrinter, Needs, OnePrinter, QueuedJob
from .reasons import Reason, ReasonKey

# What a planner remembers is forgotten before it becomes more than this.
_MAX_KINDS = 20_000
# How soon to look again where only a report is awaited that may be like the last one.
NEWS_EXPECTED_WITHIN = timedelta(seconds=10)

# Of several printers that could do a job, the one that is nearest to it speaks: what ends by itself, what one touch
# changes, what takes a spool, and what takes more.
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
    """A job to begin. `places` has the spool for each filament of the project, None for those that the plate does not use."""

    job_id: str
    machine_id: str
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to begin, and why the others wait: every job is in one of the two. `wake_at` is when time alone changes it."""

    starts: tuple[Start, ...] = ()
    reasons: Mapping[str, Reason]
    wake_at: datetime | None = None


def plan(
    jobs: Sequence[QueuedJob], machines: Iterable[MachineView], now: datetime
) -> Plan:
    """Plan once. `jobs` are those in line, in its order."""
    return Planner().plan(jobs, machines, now)


type _SpoolKey = tuple[int, bool]
type _FilamentKey = tuple[str, str, str, int | None]


class Planner:
    """Plans again and again; what it remembers between makes that quick and nothing else."""

    def __init__(self) -> None:
        """Know nothing."""
        self._kinds: dict[object, int] = {}
        self._loaded: dict[str, object] = {}
        self._spools: dict[str, dict[_SpoolKey, Places | Reason]] = {}
        self._fits: dict[str, dict[_FilamentKey, bool]] = {}

    def plan(
        self, jobs: Sequence[QueuedJob], machines: Iterable[MachineView], now: datetime
    ) -> Plan:
        """Plan. `jobs` are those in line, in its order."""
        views = {machine.id: machine for machine in machines}
        if len(self._kinds) > _MAX_KINDS:
            self._kinds.clear()
            self._loaded.clear()
        for machine in views.values():
            if self._loaded.get(machine.id) != (loaded := _loaded(machine)):
                self._loaded[machine.id] = loaded
                self._spools[machine.id] = {}
                self._fits[machine.id] = {}
        return _Planning(views, now, self._kinds, self._spools, self._fits).plan(jobs)


def _loaded(machine: MachineView) -> object:
    """Return all that finding spools looks at."""
    state = machine.state
    return (
        [(unit.id, unit.nozzle, unit.spools) for unit in state.ams],
        state.external,
        len(state.nozzles),
        machine.any_color,
    )


class _Planning:
    """One run."""

    def __init__(
        self,
        machines: Mapping[str, MachineView],
        now: datetime,
        kinds: dict[object, int],
        spools: Mapping[str, dict[_SpoolKey, Places | Reason]],
        fits: Mapping[str, dict[_FilamentKey, bool]],
    ) -> None:
        self._now = now
        self._machines = machines
        self._obstacles = {
            machine.id: machine_obstacle(machine) for machine in machines.values()
        }
        self._of_model: dict[str, list[MachineView]] = {}
        self._hardware: dict[tuple[int, str], Reason | None] = {}
        self._spools = spools
        self._fits = fits
        self._filaments: dict[int, int] = {}
        # Jobs alike get the same answer as long as no printer was given away.
        self._answers: dict[tuple[int, str], Reason] = {}
        self._kinds = kinds

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
        self._answers.clear()
        self._obstacles[start.machine_id] = Reason(
            key=ReasonKey.TAKEN,
            machine_id=start.machine_id,
            other_job_id=start.job_id,
        )

    def _place(self, job: QueuedJob) -> Start | Reason:
        if reason := self._own_obstacle(job):
            return reason
        match job.target:
            case OnePrinter(machine_id=machine_id):
                machine = self._machines.get(machine_id)
                if machine is None:
                    return Reason(key=ReasonKey.NO_SUCH_PRINTER, machine_id=machine_id)
                result = self._try(
                    job.needs, self._id(job.needs), machine, trust_wishes=True
                )
                if isinstance(result, Reason):
                    return result
                return Start(job_id=job.id, machine_id=machine_id, places=result)
            case AnyPrinter(model=model):
                return self._any(job, model)
            case None:
                return Reason(key=ReasonKey.NO_TARGET)

    def _own_obstacle(self, job: QueuedJob) -> Reason | None:
        now = self._now
        if job.needs.is_plain_gcode:
            # No way of starting it is known, whoever wants it.
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

    def _any(self, job: QueuedJob, model: str) -> Start | Reason:
        key = (self._id(job.needs), model)
        if (known := self._answers.get(key)) is not None:
            return known
        candidates = self._of_model.get(model)
        if candidates is None:
            candidates = self._of_model[model] = [
                machine
                for machine in self._machines.values()
                if same_model(machine.model, model)
            ]
        nearest: Reason | None = None
        for machine in candidates:
            if (
                nearest is not None
                and self._obstacles[machine.id] is None
                and _DISTANCE[nearest.key] <= _DISTANCE[ReasonKey.FILAMENT_MISSING]
                and self._lacks_filament(job.needs, key[0], machine)
            ):
                # It would say no more than one before it.
                continue
            result = self._try(job.needs, key[0], machine, trust_wishes=False)
            if not isinstance(result, Reason):
                return Start(job_id=job.id, machine_id=machine.id, places=result)
            if nearest is None or _DISTANCE[result.key] < _DISTANCE[nearest.key]:
                nearest = result
        if nearest is None:
            nearest = Reason(key=ReasonKey.NO_PRINTER_OF_MODEL, wanted=model)
        self._answers[key] = nearest
        return nearest

    def _try(
        self, needs: Needs, needs_id: int, machine: MachineView, *, trust_wishes: bool
    ) -> Places | Reason:
        """Find spools for a plate on a printer. What it can never print says so even while the printer is busy."""
        if (needs_id, machine.id) not in self._hardware:
            self._hardware[needs_id, machine.id] = hardware_obstacle(needs, machine)
        reason = self._hardware[needs_id, machine.id] or self._obstacles[machine.id]
        if reason is not None:
            return reason
        if needs_id not in self._filaments:
            self._filaments[needs_id] = self._id(
                (needs.project_filaments, needs.filaments)
            )
        known = self._spools[machine.id]
        key = (self._filaments[needs_id], trust_wishes)
        if key not in known:
            known[key] = spools_for(needs, machine, trust_wishes=trust_wishes)
        return known[key]

    def _lacks_filament(
        self, needs: Needs, needs_id: int, machine: MachineView
    ) -> bool:
        """Tell, sooner than finding spools does, whether a filament of a plate has none on a printer."""
        known = self._spools[machine.id]
        if (self._filaments.get(needs_id, -1), False) in known:
            return False
        fits = self._fits[machine.id]
        for one in needs.filaments:
            key = (one.type, one.color, one.preset_id, one.nozzle)
            if (found := fits.get(key)) is None:
                found = fits[key] = may_fit(
                    one, machine.state, any_color=machine.any_color
                )
            if not found:
                return True
        return False

    def _id(self, value: object) -> int:
        """Return a number that all that is equal shares."""
        return self._kinds.setdefault(value, len(self._kinds))
