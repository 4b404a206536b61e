"""Finds out what the queue wants of printers whose plugs can be switched, and why the jobs for those that are off wait. Pure.

A printer that can be switched on is no reason to wait: it is planned with as if it were on, by all rules. What would begin there is
why it is switched on; whatever else a job waits for holds as well while it is off. What has to be ready in time lets it be switched on so
much earlier as it may take to report.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..machines.values import AmsKind, AmsUnit, Availability, Phase, Spool, SpoolPlace
from .admission import MachineView, same_model
from .jobs import AnyPrinter, OnePrinter, QueuedJob
from .planner import Plan
from .power import REPORTS_WITHIN, Demand, job_key
from .power_states import PowerState
from .reasons import Reason, ReasonKey
from .timing import Planned

type Planning = Callable[[Sequence[QueuedJob], Sequence[MachineView]], Plan]

# Printers in these states may just be off, or be starting: they refuse connections then. In the others they answer.
_MAY_BE_OFF = frozenset(
    {Availability.CONNECTING, Availability.OFFLINE, Availability.LAN_ACCESS_OFF}
)
_PLENTY_G = 1_000_000.0
_TROUBLE = frozenset(
    {PowerState.NO_REPORT, PowerState.SWITCH_FAILED, PowerState.UNAVAILABLE}
)
# What a person ends at the printer, which has to report it: it stays on for that.
_KEEPS_ON = frozenset(
    {
        ReasonKey.FILAMENT_MISSING,
        ReasonKey.FILAMENT_SHORT,
        ReasonKey.FILAMENT_AMOUNT_UNKNOWN,
        ReasonKey.ERROR_STANDS,
        ReasonKey.NO_STORAGE,
        ReasonKey.STORAGE_UNUSABLE,
        ReasonKey.STORAGE_FULL,
        ReasonKey.QUESTION,
        ReasonKey.TAKEN,
        ReasonKey.SETTLING,
        ReasonKey.PRINTING,
        ReasonKey.NO_NEWS,
        ReasonKey.PHASE_UNKNOWN,
        ReasonKey.POWERING_ON,
        ReasonKey.POWERING_OFF,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Why jobs wait and until when, as in `Plan`, and what is wanted of each printer with a plug."""

    reasons: Mapping[str, Reason]
    demands: Mapping[str, Demand]
    planned: Mapping[str, Planned]
    late: frozenset[str]
    ready_by: Mapping[str, datetime]
    wake_at: datetime | None


@dataclass(slots=True, kw_only=True)
class _Outlook:
    """What is going to be, with the printers as they are or as if they were on."""

    reasons: dict[str, Reason]
    planned: dict[str, Planned]
    late: frozenset[str]
    ready_by: dict[str, datetime]
    wake_at: datetime | None
    wanted: dict[str, str]


def foresee(
    plan: Planning,
    jobs: Sequence[QueuedJob],
    machines: Iterable[MachineView],
    made: Plan,
    declined: Mapping[str, frozenset[str]],
    now: datetime,
) -> Foreseen:
    """Complete a plan that was `made` with the printers as they are.

    `declined` are the jobs, as `job_key` writes them, that no printer is switched on for, by printer.
    """
    machines = tuple(machines)
    plugged = {machine.id: machine for machine in machines if machine.power}
    outlook = _Outlook(
        reasons=dict(made.reasons),
        planned=dict(made.planned),
        late=made.late,
        ready_by=dict(made.ready_by),
        wake_at=made.wake_at,
        wanted={},
    )
    off = {
        machine_id: machine
        for machine_id, machine in plugged.items()
        if machine.state.availability in _MAY_BE_OFF
    }
    if off:
        outlook = _as_if_on(plan, jobs, machines, off, made, declined)
    return Foreseen(
        reasons=outlook.reasons,
        planned=outlook.planned,
        late=outlook.late,
        ready_by=outlook.ready_by,
        wake_at=outlook.wake_at,
        demands={
            machine_id: _demand(machine, jobs, outlook, now)
            for machine_id, machine in plugged.items()
        },
    )


def _as_if_on(
    plan: Planning,
    jobs: Sequence[QueuedJob],
    machines: Sequence[MachineView],
    off: Mapping[str, MachineView],
    made: Plan,
    declined: Mapping[str, frozenset[str]],
) -> _Outlook:
    """Plan as if what is off were on."""
    taken = {start.machine_id: start.job_id for start in made.starts}
    unseen = _all_spools(jobs)
    views = [
        _on(machine, unseen)
        if machine.id in off
        # What begins now heats, which keeps others of its circuit from beginning.
        else replace(machine, held_by=taken[machine.id], is_starting=True)
        if machine.id in taken
        else machine
        for machine in machines
    ]
    started = set(taken.values())
    waiting = [job for job in jobs if job.id not in started]
    refused = frozenset().union(*declined.values())
    keys = {job.id: _key(job) for job in waiting}
    # Jobs that no printer is switched on for must not hide those behind them.
    kept = plan([job for job in waiting if keys[job.id] in refused], views)
    planned = plan([job for job in waiting if keys[job.id] not in refused], views)
    reasons = dict(planned.reasons)
    wanted: dict[str, str] = {}
    for start in planned.starts:
        if machine := off.get(start.machine_id):
            wanted[machine.id] = keys[start.job_id]
            reasons[start.job_id] = _power_reason(machine)
        else:
            reasons[start.job_id] = made.reasons[start.job_id]
    for job_id, reason in kept.reasons.items():
        if reason.key is not ReasonKey.TAKEN:
            reasons[job_id] = reason
        elif reason.machine_id in off:
            reasons[job_id] = _kept_off(reason.machine_id)
        else:
            reasons[job_id] = made.reasons[job_id]
    for start in kept.starts:
        if start.machine_id in off:
            reasons[start.job_id] = _kept_off(start.machine_id)
            wanted.setdefault(start.machine_id, keys[start.job_id])
        else:
            # It waits there for what another job does that begins now.
            reasons[start.job_id] = made.reasons[start.job_id]
    wakes = [one.wake_at for one in (made, planned, kept) if one.wake_at is not None]
    return _Outlook(
        reasons=reasons,
        planned={**kept.planned, **planned.planned},
        late=kept.late | planned.late,
        ready_by={**kept.ready_by, **planned.ready_by},
        wake_at=min(wakes, default=None),
        wanted=wanted,
    )


def _all_spools(jobs: Sequence[QueuedJob]) -> tuple[AmsUnit, ...]:
    """Return spools of all filaments that are asked for."""
    kinds = dict.fromkeys(
        (filament.type, filament.color, filament.preset_id, filament.nozzle)
        for job in jobs
        for filament in job.needs.filaments
    )
    return tuple(
        AmsUnit(
            id=number,
            kind=AmsKind.UNKNOWN,
            nozzle=nozzle,
            spools=(
                Spool(
                    place=SpoolPlace(unit=number),
                    is_present=True,
                    type=type_,
                    color=color,
                    preset_id=preset_id,
                ),
            ),
        )
        for number, (type_, color, preset_id, nozzle) in enumerate(kinds)
    )


def _on(machine: MachineView, unseen: tuple[AmsUnit, ...]) -> MachineView:
    """Return a printer that is off as it is going to be once it is on.

    What is loaded in one that has not reported yet shows only then: it may be anything that is `unseen`.
    """
    if not machine.state.spools:
        machine = replace(
            machine,
            state=replace(machine.state, ams=unseen),
            left_g={spool.place: _PLENTY_G for unit in unseen for spool in unit.spools},
        )
    state = replace(
        machine.state,
        availability=Availability.ONLINE,
        is_current=True,
        phase=Phase.IDLE,
        print_error=None,
    )
    return replace(
        machine,
        state=state,
        report_age_s=0.0,
        power=PowerState.ON,
        begins_after=REPORTS_WITHIN,
    )


def _power_reason(machine: MachineView) -> Reason:
    """Return why a job has to wait for the power of a printer."""
    if machine.power in _TROUBLE:
        return Reason(
            key=ReasonKey.POWER_TROUBLE, machine_id=machine.id, power=machine.power
        )
    return Reason(key=ReasonKey.POWERING_ON, machine_id=machine.id)


def _kept_off(machine_id: str) -> Reason:
    return Reason(key=ReasonKey.POWER_KEPT_OFF, machine_id=machine_id)


def _demand(
    machine: MachineView,
    jobs: Sequence[QueuedJob],
    outlook: _Outlook,
    now: datetime,
) -> Demand:
    times = []
    queued = set()
    for job in jobs:
        if not _may_go_to(job, machine):
            continue
        queued.add(_key(job))
        reason = outlook.reasons.get(job.id)
        begins = outlook.planned.get(job.id)
        if begins is not None:
            if begins.machine_id in ("", machine.id):
                times.append(begins.start)
        elif reason is None:
            # It begins just now, there or elsewhere.
            times.append(now)
        elif reason.until is not None:
            times.append(reason.until)
        elif reason.machine_id == machine.id and reason.key in _KEEPS_ON:
            times.append(now)
    return Demand(
        wanted=outlook.wanted.get(machine.id, ""),
        queued=frozenset(queued),
        next_at=min(times, default=None),
    )


def _may_go_to(job: QueuedJob, machine: MachineView) -> bool:
    match job.target:
        case OnePrinter(machine_id=machine_id):
            return machine_id == machine.id
        case AnyPrinter(model=model):
            return same_model(model, machine.model)
        case None:
            return False


def _key(job: QueuedJob) -> str:
    return job_key(job.id, starts=job.starts)
