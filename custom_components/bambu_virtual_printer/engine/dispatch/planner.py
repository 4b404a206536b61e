"""Decides which jobs begin on which printers now, and gives the reason for each of the others. It has no clock of its own.

Jobs are taken in the order of the queue, those that a person has started first. A printer gets one job at a time, and a
job that cannot begin is passed over: it blocks no other. Where jobs are grouped by what is loaded, one that would take
another spool lets those go before it that do not, as long as it has not waited for too long.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..library.values.driving import NO_OTHERS, OtherPrinters
from ..library.values.job import awaits_options
from ..library.values.made import NOTHING, Amount
from ..machines.mapping import Places
from .admission import MachineView, same_model
from .allowances import not_for
from .candidates import Candidates
from .filament_choice import Rank, Reservations, SpoolMemory, Wants, swaps, wants_of
from .jobs import AnyPrinter, OnePrinter, QueuedJob
from .nearness import distance, is_busy
from .reasons import Reason, ReasonKey
from .timing import TIMED, Planned, Timing
from .when.prices import Curves
from .when.values import NO_FACTS, Facts

# How soon to look again where only a report is awaited that may be like the last one.
NEWS_EXPECTED_WITHIN = timedelta(seconds=10)

_MISSING = Reason(key=ReasonKey.FILAMENT_MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A job to start. `places` has the spool for each filament of the project, None for those that the plate does not use.

    `swaps` is how many of these have to be loaded into a nozzle first.
    """

    job_id: str
    machine_id: str
    places: Places
    swaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The jobs to start, and why the others wait: every job is in one of the two. `wake_at` is when time alone changes it."""

    starts: tuple[Start, ...] = ()
    reasons: Mapping[str, Reason]
    wake_at: datetime | None = None
    planned: Mapping[str, Planned] = field(default_factory=dict)
    """When jobs begin on their printers that wait for nothing but the time, as far as that is known."""
    late: frozenset[str] = frozenset()
    """Those that cannot be ready by the time that they should be."""
    ready_by: Mapping[str, datetime] = field(default_factory=dict)
    """When those should be ready that are not due themselves, because of their printers."""


def plan(
    jobs: Sequence[QueuedJob],
    machines: Iterable[MachineView],
    now: datetime,
    facts: Facts = NO_FACTS,
    *,
    overtake_for: timedelta | None = None,
    others: OtherPrinters = NO_OTHERS,
) -> Plan:
    """Plan once. `jobs` are the queued ones in order, `facts` what is known about time."""
    return Planner().plan(
        jobs, machines, now, facts, overtake_for=overtake_for, others=others
    )


def own_obstacle(job: QueuedJob, now: datetime) -> Reason | None:
    """Return why a job may not begin on any printer now; None if it may."""
    if not job.is_started:
        if job.is_held:
            return Reason(
                key=ReasonKey.PROBLEM if job.problem else ReasonKey.HELD,
                problem=job.problem,
            )
        if job.not_before is not None and now < job.not_before:
            return Reason(key=ReasonKey.SCHEDULED, until=job.not_before)
    # What a person has started may have failed since.
    if job.retry_at is not None and now < job.retry_at:
        return Reason(key=ReasonKey.RETRY, until=job.retry_at, problem=job.problem)
    if not job.is_started and awaits_options(job.options_due_at, now):
        return Reason(key=ReasonKey.SLICER_OPTIONS, until=job.options_due_at)
    return None


def may_be_overtaken(
    job: QueuedJob, now: datetime, overtake_for: timedelta | None
) -> bool:
    """Return whether a job still lets others go before it that need fewer spools changed."""
    if overtake_for is None or job.is_started or job.queued_at is None:
        return False
    return now < max(job.queued_at, job.not_before or job.queued_at) + overtake_for


class Planner:
    """Plans repeatedly. What it remembers between plans makes them faster and does not change them."""

    def __init__(self) -> None:
        """Start with no memory."""
        self._spools = SpoolMemory()
        self._curves = Curves()

    def plan(
        self,
        jobs: Sequence[QueuedJob],
        machines: Iterable[MachineView],
        now: datetime,
        facts: Facts = NO_FACTS,
        *,
        overtake_for: timedelta | None = None,
        others: OtherPrinters = NO_OTHERS,
    ) -> Plan:
        """Plan. `jobs` are the queued ones in order, `facts` what is known about time.

        With `overtake_for` they are grouped by what is loaded: so long after it was queued a job can be overtaken. `others` are
        printers for which other Home Assistants plan.
        """
        views = {machine.id: machine for machine in machines}
        self._spools.look(views)
        timing = Timing(views, facts, now, self._curves)
        made = _Planning(views, now, self._spools, timing, overtake_for, others).plan(
            jobs
        )
        self._curves.forget_unused()
        return made


class _Planning:
    """One run."""

    def __init__(
        self,
        machines: Mapping[str, MachineView],
        now: datetime,
        spools: SpoolMemory,
        timing: Timing,
        overtake_for: timedelta | None,
        others: OtherPrinters,
    ) -> None:
        self._now = now
        self._machines = machines
        self._candidates = Candidates(machines, spools, timing, others)
        self._spools = spools
        self._timing = timing
        self._overtake_for = overtake_for
        self._reserved = Reservations(
            {machine.id: machine.reserved_g for machine in machines.values()}
        )
        self._starts: list[Start] = []
        self._reasons: dict[str, Reason] = {}
        # Without them nothing that is reserved can be missed.
        self._has_known_grams = any(machine.left_g for machine in machines.values())
        # Then it is not asked what has to be loaded, which nobody is told.
        self._is_looking_ahead = False
        # What begins in this run, by person.
        self._begun: dict[str, Amount] = {}

    def plan(self, jobs: Sequence[QueuedJob]) -> Plan:
        late = self._keep_free(jobs)
        deferred: list[QueuedJob] = []
        for job in sorted(jobs, key=lambda job: not job.is_started):
            result = self._place(job)
            if isinstance(result, Start) and result.swaps and self._is_patient(job):
                deferred.append(job)
                # Who goes before it leaves it what it needs.
                self._reserved.defer(job, result.machine_id, result.places)
                continue
            if isinstance(result, Start) and deferred and not self._is_patient(job):
                # It must not be overtaken, nor may it overtake those.
                self._settle_all(deferred)
                result = self._place(job)
            self._settle(job, result)
        self._settle_all(deferred)
        return Plan(
            starts=tuple(self._starts),
            reasons=self._reasons,
            wake_at=min(self._wakes(jobs), default=None),
            planned=self._timing.planned(jobs, self._reasons),
            late=late | self._timing.late(jobs, self._reasons),
            ready_by=self._timing.ready_by(jobs, self._reasons),
        )

    def _keep_free(self, jobs: Sequence[QueuedJob]) -> frozenset[str]:
        """Find out on which printers jobs would begin that have to be ready in time, the first of them first.

        Only those count that wait for nothing but the time: nobody waits for what a person has to do. Returns those that are
        late because of others.
        """
        timed = [
            (job.wishes.due, job)
            for job in jobs
            if job.wishes.due and job.wishes.length and self._waits_for_time(job)
        ]
        if not timed:
            return frozenset()
        with self._candidates.supposing():
            self._is_looking_ahead = True
            kept = self._supposed(timed)
            self._is_looking_ahead = False
        return self._timing.keep_free(kept)

    def _supposed(
        self, timed: Sequence[tuple[datetime, QueuedJob]]
    ) -> dict[str, list[QueuedJob]]:
        """Suppose that jobs begin which are due then, the first of them first. Returns those of each printer."""
        kept: dict[str, list[QueuedJob]] = {}
        lengths: dict[str, timedelta] = {}
        # Those of a model, in the order in which they were kept.
        kept_of: dict[str, list[str]] = {}
        for _due, job in sorted(timed, key=lambda pair: pair[0]):
            result = self._place_on_target(job)
            if isinstance(result, Start) or result.key in TIMED:
                machine_id = result.machine_id
            elif result.key is ReasonKey.TAKEN and result.machine_id in kept:
                machine_id = self._least_kept(job, kept_of, lengths)
            else:
                continue
            if machine_id not in kept:
                kept[machine_id] = []
                lengths[machine_id] = timedelta()
                for model, ids in kept_of.items():
                    if same_model(self._machines[machine_id].model, model):
                        ids.append(machine_id)
                self._candidates.take(machine_id, job.id)
            assert job.wishes.length
            kept[machine_id].append(job)
            lengths[machine_id] += job.wishes.length * job.wishes.copies
        return kept

    def _waits_for_time(self, job: QueuedJob) -> bool:
        own = own_obstacle(job, self._now)
        return own is None or own.key is ReasonKey.SCHEDULED

    def _least_kept(
        self,
        job: QueuedJob,
        kept_of: dict[str, list[str]],
        lengths: Mapping[str, timedelta],
    ) -> str:
        """Return the printer that is kept for the shortest time so far, of those that are kept and that a job is meant for."""
        match job.target:
            case OnePrinter(machine_id=machine_id):
                return machine_id
            case AnyPrinter(model=model) if model not in kept_of:
                kept_of[model] = [
                    one
                    for one in lengths
                    if same_model(self._machines[one].model, model)
                ]
        assert isinstance(job.target, AnyPrinter)
        return min(kept_of[job.target.model], key=lengths.__getitem__)

    def _is_patient(self, job: QueuedJob) -> bool:
        return may_be_overtaken(job, self._now, self._overtake_for)

    def _settle_all(self, deferred: list[QueuedJob]) -> None:
        self._reserved.forget_deferred()
        for job in deferred:
            self._settle(job, self._place(job))
        deferred.clear()

    def _settle(self, job: QueuedJob, result: Start | Reason) -> None:
        if isinstance(result, Start):
            self._starts.append(result)
            begun = self._begun.get(job.person, NOTHING)
            self._begun[job.person] = begun + job.one_copy
            self._reserved.add(job, result.machine_id, result.places)
            self._give_away(result)
        else:
            self._reasons[job.id] = result
            if result.key.passes_with_time:
                self._reserve(job)

    def _wakes(self, jobs: Iterable[QueuedJob]) -> Iterator[datetime]:
        yield from self._timing.changes(jobs, self._reasons)
        for reason in self._reasons.values():
            if reason.until is not None:
                yield reason.until
            elif reason.key is ReasonKey.NO_NEWS:
                yield self._now + NEWS_EXPECTED_WITHIN

    def _give_away(self, start: Start) -> None:
        self._candidates.take(start.machine_id, start.job_id)
        for machine_id, reason in self._timing.held_by_start(start.machine_id):
            self._candidates.hold(machine_id, reason)

    def _place(self, job: QueuedJob) -> Start | Reason:
        return own_obstacle(job, self._now) or self._place_on_target(job)

    def _place_on_target(self, job: QueuedJob) -> Start | Reason:
        if job.target is not None and job.allowance is not None:
            begun = self._begun.get(job.person, NOTHING)
            if reason := job.allowance.obstacle(job.one_copy, begun):
                return reason
        match job.target:
            case OnePrinter(machine_id=machine_id):
                machine = self._machines.get(machine_id)
                if machine is None:
                    return self._candidates.absent(machine_id)
                return not_for(job.allowance, machine.id) or self._on(job, machine)
            case AnyPrinter(model=model):
                return self._any(job, model)
            case None:
                return Reason(key=ReasonKey.NO_TARGET)

    def _on(self, job: QueuedJob, machine: MachineView) -> Start | Reason:
        """Place a job on the one printer that it is meant for. What has to be loaded there is told before it is free."""
        obstacle = self._candidates.obstacle(job.needs, machine)
        if obstacle is None:
            return self._begin(job, machine, trust_wishes=True)
        if not is_busy(machine, obstacle):
            return obstacle
        if self._is_looking_ahead:
            if obstacle.key is not ReasonKey.TAKEN or self._has_spools(
                job, machine, wants_of(job), trust_wishes=True
            ):
                return obstacle
            return _MISSING
        found = self._find(job, machine, trust_wishes=True)
        return found if isinstance(found, Reason) else obstacle

    def _any(self, job: QueuedJob, model: str) -> Start | Reason:
        """Find the best printer of a model that can print a job now, else the nearest reason."""
        choice = self._candidates.choice(job, model)
        best: tuple[Rank, Start] | None = None
        wants = wants_of(job)
        nearest = choice.nearest
        asked = self._candidates.holders(job) if choice.asked else 0
        for rank, machine in self._spools.best_first(job, choice.free, asked):
            if best and best[0] <= rank:
                break
            if nearest and self._timing.waits_alike(job, nearest, machine.id):
                continue
            places = self._spools.places(
                job,
                machine,
                trust_wishes=False,
                reservations=self._reserved,
                wants=wants,
            )
            if places is None:
                continue
            result = self._begin_with(job, machine, places)
            if isinstance(result, Reason):
                if nearest is None or distance(result) < distance(nearest):
                    nearest = result
            else:
                real = rank._replace(swaps=result.swaps)
                if best is None or real < best[0]:
                    best = real, result
        if best:
            return best[1]
        for bit, machine, reason in choice.busy:
            if nearest and distance(nearest) <= distance(reason):
                break
            if self._is_looking_ahead and reason.key is not ReasonKey.TAKEN:
                break
            if bit & asked and self._has_spools(
                job, machine, wants, trust_wishes=False
            ):
                nearest = reason
                break
        if self._is_looking_ahead:
            return nearest or _MISSING
        if nearest is None or distance(nearest) > distance(_MISSING):
            nearest = self._missing_of(job, choice.asked, nearest)
        return nearest or self._candidates.none_of(model)

    def _has_spools(
        self,
        job: QueuedJob,
        machine: MachineView,
        wants: Wants,
        *,
        trust_wishes: bool,
    ) -> bool:
        places = self._spools.places(
            job,
            machine,
            trust_wishes=trust_wishes,
            reservations=self._reserved,
            wants=wants,
        )
        return places is not None

    def _missing_of(
        self, job: QueuedJob, asked: Sequence[MachineView], nearest: Reason | None
    ) -> Reason | None:
        """Return what the first of some printers misses for a job, where that is nearer than another reason."""
        for machine in asked:
            found = self._find(job, machine, trust_wishes=False)
            if isinstance(found, Reason):
                is_nearer = nearest is None or distance(found) < distance(nearest)
                return found if is_nearer else nearest
        return nearest

    def _reserve(self, job: QueuedJob) -> None:
        """Reserve what a job will take that waits for its time: on its printer, or the first of its model that has all of it."""
        if not self._has_known_grams:
            return
        trust_wishes = isinstance(job.target, OnePrinter)
        wants = wants_of(job)
        for machine in self._candidates.able(job):
            places = self._spools.places(
                job,
                machine,
                trust_wishes=trust_wishes,
                reservations=self._reserved,
                wants=wants,
            )
            if places is not None:
                self._reserved.add(job, machine.id, places)
                return

    def _begin(
        self, job: QueuedJob, machine: MachineView, *, trust_wishes: bool
    ) -> Start | Reason:
        """Find spools for a job on a free printer."""
        found = self._find(job, machine, trust_wishes=trust_wishes)
        if isinstance(found, Reason):
            return found
        return self._begin_with(job, machine, found)

    def _find(
        self, job: QueuedJob, machine: MachineView, *, trust_wishes: bool
    ) -> Places | Reason:
        return self._spools.find(
            job,
            machine,
            trust_wishes=trust_wishes,
            reserved=self._reserved.of(machine.id),
        )

    def _begin_with(
        self, job: QueuedJob, machine: MachineView, places: Places
    ) -> Start | Reason:
        """Begin a job on a free printer that has its spools, if it is the time for that."""
        return self._timing.obstacle(job, machine.id) or Start(
            job_id=job.id,
            machine_id=machine.id,
            places=places,
            swaps=swaps(places, machine),
        )
