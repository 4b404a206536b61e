"""Decides when the plug of a printer is switched, and says why it is not. Pure; it has no clock of its own.

A printer is switched on when a job could begin there but for its being off, and off when it has been idle for a while and nothing
is to come. What it reports goes before what its plug says (Bambuddy #2629): whatever still reports is not off, and what does not
report, or is in any doubt, is not switched off. What people switch by hand stays as they switched it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ..machines.values import Availability, MachineState
from .admission import MAX_REPORT_AGE_S
from .power_states import PowerState

COOL_C = 50.0
"""Nozzles are cooler than this before a printer is switched off: hot ones need their fan."""
FOLLOWS_WITHIN = timedelta(seconds=30)
"""How long a switch may take to do what it was told."""
REPORTS_WITHIN = timedelta(minutes=5)
"""How long a printer may take from the power to its first report; most take one to three minutes."""
RETRY_AFTER = timedelta(minutes=5)
"""When a switch is tried again that did not follow."""

_TROUBLE_IF_WANTED = frozenset({PowerState.NO_REPORT, PowerState.UNAVAILABLE})


class Plug(StrEnum):
    """What the plug of a printer says."""

    ON = "on"
    OFF = "off"
    UNAVAILABLE = "unavailable"
    """It says nothing, or is not there any more."""


class Act(StrEnum):
    """What is to be done with a plug."""

    SWITCH_ON = "switch_on"
    SWITCH_OFF = "switch_off"

    @property
    def result(self) -> Plug:
        """What the plug says once it has followed."""
        return Plug.ON if self is Act.SWITCH_ON else Plug.OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRules:
    """A person's choices for a printer's plug.

    Without `switches_off` it is only switched on. With `takes_over` it is switched off as well after somebody switched it on
    by hand.
    """

    switches_off: bool = True
    off_after: timedelta = timedelta(minutes=15)
    takes_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What the queue wants of a printer.

    `wanted` is a job that could begin there but for its being off, `queued` are all that may be printed there, both as
    `job_key` writes them. `next_at` is when something is to happen there next, as far as it is known; a time that has passed is
    now.
    """

    wanted: str = ""
    queued: frozenset[str] = frozenset()
    next_at: datetime | None = None


NO_DEMAND = Demand()


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerView:
    """What is known now. `is_busy` holds while the printer has a print of the queue, or something is being decided about one."""

    plug: Plug
    state: MachineState
    report_age_s: float | None
    is_busy: bool = False
    demand: Demand = NO_DEMAND

    @property
    def is_reporting(self) -> bool:
        """Whether the printer is there without doubt."""
        return (
            self.state.is_available
            and self.state.is_current
            and self.report_age_s is not None
            and self.report_age_s <= MAX_REPORT_AGE_S
        )

    @property
    def is_idle(self) -> bool:
        """Whether the printer has nothing to do, without doubt."""
        return (
            self.is_reporting
            and not self.is_busy
            and self.state.phase.is_free
            and not any(unit.drying_min for unit in self.state.ams)
        )

    @property
    def is_cool(self) -> bool:
        """Whether all nozzles are known to be cool."""
        return bool(self.state.nozzles) and all(
            nozzle.temperature is not None
            and nozzle.temperature.current_c < COOL_C
            and not nozzle.temperature.target_c
            for nozzle in self.state.nozzles
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerMemory:
    """What is remembered of a plug, over restarts too.

    `plug` is what it said last, on or off, and `is_ours` whether it was switched to that here. `ordered` is what it was told and
    has not done yet; `failed_at` when it was found not to follow. `changed_at` is when it was switched last, `idle_since` since
    when the printer has nothing to do. `declined` are the jobs that were there when somebody switched the printer off.
    """

    plug: Plug | None = None
    is_ours: bool = False
    ordered: Act | None = None
    ordered_at: datetime | None = None
    failed_at: datetime | None = None
    changed_at: datetime | None = None
    idle_since: datetime | None = None
    has_reported: bool = False
    declined: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do now, what to tell, what to remember, and when to decide anew at the latest."""

    act: Act | None
    state: PowerState
    memory: PowerMemory
    look_at: datetime | None = None

    def is_trouble(self, demand: Demand) -> bool:
        """Whether a person should look at it: what nobody needs now may be as it is."""
        return self.state is PowerState.SWITCH_FAILED or (
            self.state in _TROUBLE_IF_WANTED and bool(demand.wanted)
        )


def job_key(job_id: str, *, starts: int) -> str:
    """Return what stands for a job here. Each time that a person starts it, it is another one."""
    return f"{job_id}!{starts}" if starts else job_id


def refused(memory: PowerMemory, now: datetime) -> PowerMemory:
    """Return what is remembered once a switch has refused what it was told."""
    return replace(memory, ordered=None, ordered_at=None, failed_at=now)


def decide(
    view: PowerView, memory: PowerMemory, rules: PowerRules, now: datetime
) -> Decision:
    """Decide about the plug of one printer."""
    memory = _watch_printer(view, _watch_plug(view, memory, now), now)
    if memory.ordered is not None:
        assert memory.ordered_at is not None
        return Decision(
            act=None,
            state=PowerState.SWITCHING_ON
            if memory.ordered is Act.SWITCH_ON
            else PowerState.SWITCHING_OFF,
            memory=memory,
            look_at=memory.ordered_at + FOLLOWS_WITHIN,
        )
    if view.is_reporting:
        return _while_on(view, memory, rules, now)
    return _while_silent(view, memory, now)


def _watch_plug(view: PowerView, memory: PowerMemory, now: datetime) -> PowerMemory:
    """Take note of what the plug did, and by whom."""
    memory = replace(memory, declined=memory.declined & view.demand.queued)
    if view.plug is not Plug.UNAVAILABLE and view.plug is not memory.plug:
        is_ours = memory.ordered is not None and memory.ordered.result is view.plug
        by_hand = memory.plug is not None and not is_ours
        memory = PowerMemory(
            plug=view.plug,
            is_ours=is_ours,
            changed_at=now,
            declined=view.demand.queued
            if by_hand and view.plug is Plug.OFF
            else frozenset(),
        )
    elif memory.ordered is not None and (
        memory.ordered_at is None or now >= memory.ordered_at + FOLLOWS_WITHIN
    ):
        memory = refused(memory, now)
    return memory


def _watch_printer(view: PowerView, memory: PowerMemory, now: datetime) -> PowerMemory:
    """Take note of what the printer does."""
    return replace(
        memory,
        has_reported=memory.has_reported or view.is_reporting,
        idle_since=(memory.idle_since or now) if view.is_idle else None,
    )


def _while_on(
    view: PowerView, memory: PowerMemory, rules: PowerRules, now: datetime
) -> Decision:
    """Decide about a printer that reports, whatever its plug says."""
    off_at = _off_at(view, memory, rules, now)
    if off_at is None or not view.is_cool:
        return Decision(act=None, state=PowerState.ON, memory=memory)
    if now < off_at:
        return Decision(act=None, state=PowerState.ON, memory=memory, look_at=off_at)
    if retry_at := _retry_at(memory, now):
        return Decision(
            act=None, state=PowerState.SWITCH_FAILED, memory=memory, look_at=retry_at
        )
    return _order(Act.SWITCH_OFF, memory, now)


def _off_at(
    view: PowerView, memory: PowerMemory, rules: PowerRules, now: datetime
) -> datetime | None:
    """Return when the printer may be switched off, but for its heat; None while it may not."""
    if (
        view.plug is not Plug.ON
        or memory.idle_since is None
        or not rules.switches_off
        or not (memory.is_ours or rules.takes_over)
    ):
        return None
    off_at = memory.idle_since + rules.off_after
    next_at = view.demand.next_at
    # What comes so soon would have it switched on again at once.
    soon = max(now, off_at) + max(rules.off_after, REPORTS_WITHIN)
    is_expected = next_at is not None and next_at <= soon
    if view.demand.wanted or is_expected:
        return None
    return off_at


def _while_silent(view: PowerView, memory: PowerMemory, now: datetime) -> Decision:
    """Decide about a printer that does not report. It is never switched off."""
    wanted = view.demand.wanted
    is_declined = wanted in memory.declined
    if view.plug is Plug.UNAVAILABLE:
        return Decision(act=None, state=PowerState.UNAVAILABLE, memory=memory)
    if view.plug is Plug.ON:
        return _await_report(view, memory, now)
    if not wanted or is_declined:
        state = PowerState.KEPT_OFF if is_declined else PowerState.OFF
        return Decision(act=None, state=state, memory=memory)
    if view.state.is_available:
        # It is still on the line, or is on in another way.
        return Decision(act=None, state=PowerState.ON, memory=memory)
    if retry_at := _retry_at(memory, now):
        return Decision(
            act=None, state=PowerState.SWITCH_FAILED, memory=memory, look_at=retry_at
        )
    return _order(Act.SWITCH_ON, memory, now)


def _await_report(view: PowerView, memory: PowerMemory, now: datetime) -> Decision:
    if view.state.availability is Availability.CONNECTING:
        # Nothing is known yet, which ends by itself.
        return Decision(act=None, state=PowerState.STARTING, memory=memory)
    if memory.has_reported:
        # It was there since the plug is on: lost, or off by its own switch.
        return Decision(act=None, state=PowerState.NO_REPORT, memory=memory)
    late_at = (memory.changed_at or now) + REPORTS_WITHIN
    if now < late_at:
        return Decision(
            act=None, state=PowerState.STARTING, memory=memory, look_at=late_at
        )
    return Decision(act=None, state=PowerState.NO_REPORT, memory=memory)


def _retry_at(memory: PowerMemory, now: datetime) -> datetime | None:
    """Return when a switch may be tried again that failed; None if it may be now."""
    if memory.failed_at is None or now >= memory.failed_at + RETRY_AFTER:
        return None
    return memory.failed_at + RETRY_AFTER


def _order(act: Act, memory: PowerMemory, now: datetime) -> Decision:
    return Decision(
        act=act,
        state=PowerState.SWITCHING_ON
        if act is Act.SWITCH_ON
        else PowerState.SWITCHING_OFF,
        memory=replace(memory, ordered=act, ordered_at=now, failed_at=None),
        look_at=now + FOLLOWS_WITHIN,
    )
