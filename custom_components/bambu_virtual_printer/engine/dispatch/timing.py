"""The rules about time in one plan: each printer's, those of circuits, and which jobs go first to be ready in time. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .admission import MachineView, same_model
from .jobs import AnyPrinter, OnePrinter, QueuedJob
from .reasons import Reason, ReasonKey
from .when.deadlines import Deadlines
from .when.decide import Decider
from .when.prices import Curves
from .when.values import NO_RULES, Facts, Rules

# A job with one of these could begin on the printer but for the time.
TIMED = frozenset(
    {
        ReasonKey.QUIET_HOURS,
        ReasonKey.ENDS_IN_QUIET_HOURS,
        ReasonKey.CHEAPEST_LATER,
        ReasonKey.PRICES_UNKNOWN,
        ReasonKey.NO_SUN,
        ReasonKey.SUN_UNKNOWN,
        ReasonKey.CIRCUIT,
        ReasonKey.READY_FIRST,
    }
)

_BY_RULES = TIMED - {ReasonKey.CIRCUIT, ReasonKey.READY_FIRST} | {
    ReasonKey.CONDITION_NOT_MET,
    ReasonKey.CONDITION_UNKNOWN,
    ReasonKey.NO_TIME_LEFT,
}


_JUST_AFTER = timedelta(seconds=1)
_AT_ONCE = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A start that only waits for its time. `machine_id` is empty where several printers may take the job."""

    machine_id: str
    start: datetime


class Timing:
    """The printers' rules at one moment. Printers of equal rules share what is worked out."""

    def __init__(
        self,
        machines: Mapping[str, MachineView],
        facts: Facts,
        now: datetime,
        curves: Curves,
    ) -> None:
        """Take the rules that there are."""
        self._machines = machines
        self._facts = facts
        self._now = now
        self._circuits: dict[str, list[str]] = {}
        self._deciders: dict[str, Decider] = {}
        self._deadlines: dict[str, Deadlines] = {}
        # When the first printer of a model has ended its print.
        self._free_of: dict[str, datetime] = {}
        self._begins_after_of: dict[str, timedelta] = {}
        self._begins_later = any(one.begins_after for one in machines.values())
        known: list[tuple[Rules, Decider]] = []
        for machine_id in machines:
            rules = self.rules(machine_id)
            if rules.circuit:
                self._circuits.setdefault(rules.circuit, []).append(machine_id)
                rules = replace(rules, circuit="", stagger=timedelta())
            if begins_after := machines[machine_id].begins_after:
                rules = replace(rules, begins_after=begins_after)
            decider = next((one for of, one in known if of == rules), None)
            if decider is None:
                decider = Decider(rules, facts, now, curves)
                known.append((rules, decider))
            self._deciders[machine_id] = decider
        self._has_ready_by = any(rules.ready_by for rules, _decider in known)
        self._ready_by_of: dict[str, datetime | None] = {}

    def rules(self, machine_id: str) -> Rules:
        """Return a printer's rules."""
        return self._facts.rules.get(machine_id, NO_RULES)

    def decider(self, machine_id: str) -> Decider:
        """Return what decides for a printer, and for all that have the same."""
        return self._deciders[machine_id]

    # --- a job on a printer ---

    def obstacle(self, job: QueuedJob, machine_id: str) -> Reason | None:
        """Return why a job may not begin on a printer now, which could take it else; None if it may.

        What a person has started does not wait for a time.
        """
        if job.is_started:
            return None
        deadlines = self._deadlines.get(machine_id)
        begin_by = deadlines.begin_by.get(job.id) if deadlines else None
        if begin_by:
            begin_by -= self._machines[machine_id].begins_after
        reason = self._deciders[machine_id].obstacle(job.wishes, begin_by=begin_by)
        if reason:
            return replace(reason, machine_id=machine_id)
        if deadlines and job.wishes.length:
            first = deadlines.first_before(job.id, self._now + job.wishes.length)
            if first:
                return Reason(
                    key=ReasonKey.READY_FIRST,
                    machine_id=machine_id,
                    other_job_id=first.job_id,
                    before=first.due,
                )
        return None

    def waits_alike(self, job: QueuedJob, reason: Reason, machine_id: str) -> bool:
        """Return whether a job has on another printer the same reason to wait as on this one, by the rules they share."""
        if reason.key not in _BY_RULES or job.is_started:
            return False
        deadlines = self._deadlines.get(machine_id)
        return self._deciders.get(reason.machine_id) is self._deciders[
            machine_id
        ] and not (deadlines and job.id in deadlines.begin_by)

    # --- all jobs ---

    def keep_free(self, jobs: Mapping[str, Iterable[QueuedJob]]) -> frozenset[str]:
        """Let jobs that have to be ready in time go first on their printers. Returns those that cannot be any more."""
        late: set[str] = set()
        for machine_id, its_jobs in jobs.items():
            begins_after = self._machines[machine_id].begins_after
            deadlines = Deadlines(
                [
                    (job.id, job.wishes, self._earliest(job) + begins_after)
                    for job in its_jobs
                ],
                self._deciders[machine_id].quiet,
            )
            self._deadlines[machine_id] = deadlines
            late |= deadlines.late
        return frozenset(late)

    def planned(
        self, jobs: Iterable[QueuedJob], reasons: Mapping[str, Reason]
    ) -> dict[str, Planned]:
        """Return when those begin that only wait for their time."""
        planned: dict[str, Planned] = {}
        for job in jobs:
            reason = reasons.get(job.id)
            if reason is None or reason.until is None:
                continue
            machine_id = self._machine_of(job, reason)
            start: datetime | None = reason.until
            if decider := self._deciders.get(machine_id):
                # What is put off may meet quiet hours then.
                start = decider.first_start(job.wishes, reason.until)
            if start is not None:
                planned[job.id] = Planned(machine_id=machine_id, start=start)
        return planned

    def ready_by(
        self, jobs: Iterable[QueuedJob], reasons: Mapping[str, Reason]
    ) -> dict[str, datetime]:
        """Return by when the waiting jobs should be ready that are not due themselves, because of their printers.

        Of a job with several copies it is the next one. What a person holds is not meant to be ready.
        """
        if not self._has_ready_by:
            return {}
        found: dict[str, datetime] = {}
        for job in jobs:
            reason = reasons.get(job.id)
            if reason and (moment := self._ready_by(job, reason)):
                found[job.id] = moment
        return found

    def _ready_by(self, job: QueuedJob, reason: Reason) -> datetime | None:
        """Return by when one copy of a waiting job should be ready because of its printer, worked out once."""
        if job.id not in self._ready_by_of:
            self._ready_by_of[job.id] = self._printers_time(job, reason)
        return self._ready_by_of[job.id]

    def _printers_time(self, job: QueuedJob, reason: Reason) -> datetime | None:
        wishes = job.wishes
        is_held = job.is_held and not job.is_started
        if wishes.due or wishes.length is None or is_held:
            return None
        decider = self._deciders.get(self._machine_of(job, reason))
        return decider.ready_by(self._earliest(job)) if decider else None

    def late(
        self, jobs: Iterable[QueuedJob], reasons: Mapping[str, Reason]
    ) -> frozenset[str]:
        """Return the waiting jobs that cannot be ready in time, even if they began as soon as they may and a printer has ended its print."""
        return frozenset(
            job.id
            for job in jobs
            if (reason := reasons.get(job.id)) and self._is_late(job, reason)
        )

    def changes(
        self, jobs: Iterable[QueuedJob], reasons: Mapping[str, Reason]
    ) -> Iterator[datetime]:
        """Return when waiting jobs become late."""
        for job in jobs:
            reason = reasons.get(job.id)
            if reason is None or job.wishes.length is None:
                continue
            due, copies = self._due(job, reason)
            if due is None:
                continue
            takes = job.wishes.length * copies + self._begins_after(job)
            moment = due - takes + _JUST_AFTER
            if moment > self._now:
                yield moment
            elif job.wishes.due is None:
                # From then on it is the next time.
                yield due

    def _is_late(self, job: QueuedJob, reason: Reason) -> bool:
        wishes = job.wishes
        if wishes.length is None:
            return False
        due, copies = self._due(job, reason)
        if due is None:
            return False
        begin = max(self._earliest(job) + self._begins_after(job), self._free_for(job))
        if decider := self._deciders.get(self._machine_of(job, reason)):
            return not decider.can_be_ready(wishes, begin, due, copies)
        return begin + wishes.length * copies > due

    def _due(self, job: QueuedJob, reason: Reason) -> tuple[datetime | None, int]:
        """Return by when how many copies of a job should be ready: all by its own time, else one by its printer's."""
        if job.wishes.due or not self._has_ready_by:
            return job.wishes.due, job.wishes.copies
        return self._ready_by(job, reason), 1

    def _free_for(self, job: QueuedJob) -> datetime:
        """Return when the first printer that a job is meant for has ended its print, by what it reports."""
        match job.target:
            case OnePrinter(machine_id=machine_id) if machine_id in self._machines:
                return self._free_at(self._machines[machine_id])
            case AnyPrinter(model=model):
                if model not in self._free_of:
                    ends = [
                        self._free_at(machine)
                        for machine in self._machines.values()
                        if same_model(machine.model, model)
                    ]
                    self._free_of[model] = min(ends, default=self._now)
                return self._free_of[model]
        return self._now

    def _begins_after(self, job: QueuedJob) -> timedelta:
        """Return how long after its start a job begins, on the first of the printers that it is meant for."""
        if not self._begins_later:
            return _AT_ONCE
        match job.target:
            case OnePrinter(machine_id=machine_id) if machine_id in self._machines:
                return self._machines[machine_id].begins_after
            case AnyPrinter(model=model):
                if model not in self._begins_after_of:
                    self._begins_after_of[model] = min(
                        (
                            machine.begins_after
                            for machine in self._machines.values()
                            if same_model(machine.model, model)
                        ),
                        default=_AT_ONCE,
                    )
                return self._begins_after_of[model]
        return _AT_ONCE

    def _free_at(self, machine: MachineView) -> datetime:
        state = machine.state
        left_min = state.job.remaining_min
        is_told = state.is_available and state.is_current and state.phase.is_active
        if not is_told or left_min is None:
            return self._now + machine.begins_after
        return self._now + timedelta(minutes=left_min)

    def _machine_of(self, job: QueuedJob, reason: Reason) -> str:
        if isinstance(job.target, OnePrinter):
            return job.target.machine_id
        return reason.machine_id

    def _earliest(self, job: QueuedJob) -> datetime:
        return max(job.not_before or self._now, self._now)

    # --- circuits ---

    def circuit_obstacle(self, machine_id: str) -> Reason | None:
        """Return why nothing may begin on a printer because of another one that heats up on its circuit."""
        rules = self.rules(machine_id)
        found: Reason | None = None
        for other_id in self._circuits.get(rules.circuit, ()):
            if other_id == machine_id:
                continue
            other = self._machines[other_id]
            until = None
            if not other.is_starting:
                if other.last_start_at is None:
                    continue
                until = other.last_start_at + rules.stagger
                if until <= self._now:
                    continue
            if found is None or until is None or (found.until and until > found.until):
                found = _heats(machine_id, other_id, until)
            if until is None:
                break
        return found

    def held_by_start(self, machine_id: str) -> Iterator[tuple[str, Reason]]:
        """Return the printers that have to wait when a print begins on one, and why."""
        for other_id in self._circuits.get(self.rules(machine_id).circuit, ()):
            if other_id != machine_id:
                yield other_id, _heats(other_id, machine_id, None)


def _heats(machine_id: str, other_id: str, until: datetime | None) -> Reason:
    return Reason(
        key=ReasonKey.CIRCUIT,
        machine_id=machine_id,
        other_machine_id=other_id,
        until=until,
    )
