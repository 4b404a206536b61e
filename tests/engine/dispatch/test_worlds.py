"""Random worlds with every kind of rule at once, power too: each job begins, or has one reason that is true by the plainest reckoning."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings, strategies as st

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.demand import (
    Foreseen,
    foresee,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import (
    Plan,
    Start,
    plan,
)
from custom_components.bambu_virtual_printer.engine.dispatch.power import job_key
from custom_components.bambu_virtual_printer.engine.dispatch.power_states import (
    PowerState,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    Condition,
    Facts,
    Price,
    Prices,
    QuietHours,
    Rules,
    Sun,
    Wishes,
)
from custom_components.bambu_virtual_printer.engine.library.values.timing import (
    OwnQuiet,
    OwnSun,
    Unknown,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    Phase,
)

from .plain_planner import BUSY
from .scenes import IDLE, NEEDS, P1S
from .test_planner import NAMES, can_load, is_true, queued, views
from .when.spans import NOW, STEP, STEPS, at, quiet_hours
from .when.test_quiet import may_start

STAGGER = timedelta(minutes=10)
SCHEDULE = OwnQuiet(schedule="schedule.night")
ROOF = OwnSun(sensor="sensor.roof", limit_w=100)
OFF = {PowerState.OFF, PowerState.STARTING, PowerState.SWITCHING_ON, PowerState.KEPT_OFF}  # fmt: skip
TROUBLE = {PowerState.NO_REPORT, PowerState.SWITCH_FAILED, PowerState.UNAVAILABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What there is. `tariff` are the prices of each printer, by the five minutes that begin then."""

    jobs: list[QueuedJob]
    views: list[MachineView]
    facts: Facts
    tariff: dict[str, dict[datetime, float]]
    declined: dict[str, frozenset[str]]


def suns() -> st.SearchStrategy[Sun]:
    return st.builds(
        lambda power_w, unknown: Sun(
            source="roof",
            limit_w=100,
            power_w=power_w,
            is_enough=None if power_w is None else power_w > 100,
            unknown=unknown,
        ),
        st.sampled_from((None, 0.0, 500.0)),
        st.sampled_from(Unknown),
    )


@st.composite
def hours(draw: st.DrawFn) -> QuietHours:
    known = draw(quiet_hours())
    if draw(st.integers(0, 5)):
        return known
    return replace(
        known, spans=None, source="night", unknown=draw(st.sampled_from(Unknown))
    )


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rules, dict[datetime, float]]:
    values = draw(st.lists(st.integers(-3, 9), max_size=30))
    first = draw(st.integers(-20, 20))
    tariff = [
        Price(start=at(first + 12 * n), end=at(first + 12 * n + 12), price=value)
        for n, value in enumerate(values)
    ]
    condition = st.builds(
        Condition,
        source=st.just("x"),
        is_met=st.sampled_from((True, True, False, None)),
        unknown=st.sampled_from(Unknown),
    )
    moments = st.sampled_from(((), (at(60), at(360))))
    made = Rules(
        quiet=tuple(draw(st.lists(hours(), max_size=2))),
        conditions=tuple(draw(st.lists(condition, max_size=1))),
        sun=draw(st.none() | suns()),
        prices=draw(st.sampled_from((None, Prices(tariff, source="tariff")))),
        prices_unknown=draw(st.sampled_from(Unknown)),
        cheapest_before=draw(moments),
        ready_by=draw(moments),
        circuit=draw(st.sampled_from(("", "fuse"))),
        stagger=STAGGER,
    )
    return made, {
        price.start + n * STEP: price.price for price in tariff for n in range(12)
    }


@st.composite
def wishes(draw: st.DrawFn) -> Wishes:
    moment = st.none() | st.integers(1, STEPS).map(at)
    return Wishes(
        length=draw(st.none() | st.integers(1, 60).map(lambda steps: steps * STEP)),
        copies=draw(st.integers(1, 2)),
        due=draw(moment),
        only_while=draw(st.sampled_from(("", "", "on", "off", "gone"))),
        unknown=draw(st.sampled_from(Unknown)),
        cheapest_before=draw(moment),
        quiet=draw(st.sampled_from((None, None, SCHEDULE))),
        sun=draw(st.sampled_from((None, None, ROOF))),
    )


@st.composite
def machines(draw: st.DrawFn, name: str, *, is_ready: bool) -> MachineView:
    """Make a printer; what is left on spools has properties of its own. One that is ready can take every simple job but for the time."""
    if is_ready:
        view = MachineView(
            id=name, model=P1S, state=IDLE, report_age_s=1.0, is_allowed=True
        )
    else:
        view = replace(draw(views(name)), left_g={}, needs_known_grams=False)
    view = replace(
        view,
        last_start_at=draw(st.sampled_from((None, at(-1), at(-30)))),
        is_starting=bool(view.held_by) and draw(st.booleans()),
    )
    power = draw(st.sampled_from((None, *PowerState)))
    if power in OFF | TROUBLE:
        state = replace(view.state, availability=Availability.OFFLINE, is_current=False)
        view = replace(view, state=state, report_age_s=None)
    elif power in (PowerState.ON, PowerState.SWITCHING_OFF):
        state = replace(view.state, availability=Availability.ONLINE)
        view = replace(view, state=state)
    return replace(view, power=power)


@st.composite
def jobs(draw: st.DrawFn, number: int, *, is_simple: bool) -> QueuedJob:
    if not is_simple:
        return replace(draw(queued(number)), wishes=draw(wishes()))
    targets = [AnyPrinter(model=P1S), *(OnePrinter(machine_id=one) for one in NAMES[:3])]  # fmt: skip
    return QueuedJob(
        id=f"j{number}",
        target=draw(st.sampled_from(targets)),
        needs=NEEDS,
        is_started=draw(st.integers(0, 5)) == 0,
        starts=draw(st.integers(0, 2)),
        wishes=draw(wishes()),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    # Most are about the time and the power.
    is_simple = draw(st.integers(0, 3)) > 0
    count = draw(st.integers(1, 6 if is_simple else 8))
    jobs_ = [draw(jobs(number, is_simple=is_simple)) for number in range(count)]
    views_ = [
        draw(machines(name, is_ready=is_simple))
        for name in NAMES[: 3 if is_simple else draw(st.integers(0, 4))]
    ]
    made = {view.id: draw(rules()) for view in views_}
    keys = [job_key(job.id, starts=job.starts) for job in jobs_]
    some = st.frozensets(st.sampled_from(keys), max_size=2) if keys else st.just(frozenset[str]())  # fmt: skip
    return World(
        jobs=jobs_,
        views=views_,
        facts=Facts(
            rules={name: one for name, (one, _tariff) in made.items()},
            conditions={
                "on": Condition(source="on", is_met=True),
                "off": Condition(source="off", is_met=False),
            },
            quiet={SCHEDULE: (draw(hours()),)},
            suns={ROOF: draw(suns())},
        ),
        tariff={name: tariff for name, (_one, tariff) in made.items()},
        declined={
            view.id: draw(some) for view in views_ if view.power is PowerState.KEPT_OFF
        },
    )


def is_off(view: MachineView) -> bool:
    return view.power is not None and view.state.availability is Availability.OFFLINE


def as_if_on(view: MachineView) -> MachineView:
    if not is_off(view):
        return view
    state = replace(
        view.state,
        availability=Availability.ONLINE,
        is_current=True,
        phase=Phase.IDLE,
        print_error=None,
    )
    return replace(view, state=state, report_age_s=0.0)


class Reckoning:
    """What holds for one job on one printer, reckoned moment by moment on the grid on which everything begins and ends."""

    def __init__(self, world: World, job: QueuedJob, machine_id: str) -> None:
        self.world = world
        self.job = job
        self.wishes = job.wishes
        self.rules = world.facts.rules[machine_id]
        self.own = world.facts.quiet[SCHEDULE] if self.wishes.quiet is not None else ()
        self.hours = [*self.rules.quiet, *self.own]
        self.length = self.wishes.length or timedelta()

    def may_start(self, moment: datetime) -> bool:
        return may_start(self.hours, moment, self.length)

    def between(self, first: datetime, last: datetime) -> list[datetime]:
        """Return the moments on the grid from the first on, without the last."""
        count = max(0, -((first - last) // STEP))
        return [first + n * STEP for n in range(count) if first + n * STEP < last]

    def cost(self, start: datetime, machine_id: str) -> float | None:
        """Add up five minutes after five minutes."""
        tariff = self.world.tariff[machine_id]
        costs = [tariff.get(one) for one in self.between(start, start + self.length)]
        return None if None in costs else sum(one for one in costs if one is not None)

    def suns(self) -> list[Sun]:
        return [
            one
            for one in (
                self.rules.sun,
                self.world.facts.suns[ROOF] if self.wishes.sun else None,
            )
            if one is not None
        ]

    def unmet(self) -> list[tuple[str, bool | None, Unknown]]:
        """Return the conditions that do not hold."""
        all_ = [(one.source, one.is_met, one.unknown) for one in self.rules.conditions]
        if source := self.wishes.only_while:
            is_met = {"on": True, "off": False}.get(source)
            all_.append((source, is_met, self.wishes.unknown))
        all_ += [(one.source, None, one.unknown) for one in self.hours if one.spans is None]  # fmt: skip
        return [
            one
            for one in all_
            if one[1] is False or (one[1] is None and one[2] is Unknown.HOLD)
        ]


def check_time(
    world: World,
    reason: Reason,
    job: QueuedJob,
    found: Foreseen,
    begun: dict[str, str],
) -> None:
    """Check what a reason says of the time."""
    machine_id = reason.machine_id
    one = Reckoning(world, job, machine_id)
    assert not job.is_started or reason.key is ReasonKey.CIRCUIT
    if reason.until is not None:
        assert reason.until > NOW
    match reason.key:
        case ReasonKey.QUIET_HOURS:
            assert not may_start(one.hours, NOW, timedelta())
            assert reason.is_of_job == may_start(
                list(one.rules.quiet), NOW, timedelta()
            )
            assert reason.until and reason.before
            assert one.may_start(reason.until)
            assert not any(map(one.may_start, one.between(NOW, reason.until)))
            assert may_start(one.hours, reason.before, timedelta())
        case ReasonKey.ENDS_IN_QUIET_HOURS:
            assert may_start(one.hours, NOW, timedelta())
            assert not one.may_start(NOW)
            assert reason.until and reason.before
            assert one.may_start(reason.until)
            assert not any(map(one.may_start, one.between(NOW, reason.until)))
            assert NOW < reason.before < NOW + one.length
        case ReasonKey.NO_TIME_LEFT:
            assert not any(map(one.may_start, one.between(NOW, at(STEPS))))
        case ReasonKey.CONDITION_NOT_MET:
            assert (reason.source, False) in {(s, met) for s, met, _ in one.unmet()}
        case ReasonKey.CONDITION_UNKNOWN:
            assert (reason.source, None) in {(s, met) for s, met, _ in one.unmet()}
        case ReasonKey.CHEAPEST_LATER:
            assert reason.until and reason.before
            assert reason.until + one.length <= reason.before
            assert one.may_start(reason.until)
            if (reason.until - NOW) % STEP:
                # It is the last start, which need not be on the grid.
                return
            cost = one.cost(reason.until, machine_id)
            assert cost is not None
            for moment in one.between(NOW, reason.until):
                other = one.cost(moment, machine_id)
                assert not one.may_start(moment) or other is None or other > cost
        case ReasonKey.PRICES_UNKNOWN:
            assert one.rules.prices is None or one.rules.prices_unknown is Unknown.HOLD
            assert reason.until and reason.before
            assert reason.until + one.length <= reason.before
            if one.rules.prices is not None:
                assert all(
                    one.cost(moment, machine_id) is None
                    for moment in one.between(NOW, reason.until)
                    if one.may_start(moment)
                )
        case ReasonKey.NO_SUN:
            assert (reason.power_w, False) in {
                (sun.power_w, sun.is_enough) for sun in one.suns()
            }
        case ReasonKey.SUN_UNKNOWN:
            assert any(
                sun.power_w is None and sun.unknown is Unknown.HOLD
                for sun in one.suns()
            )
        case ReasonKey.READY_FIRST:
            [first] = [each for each in world.jobs if each.id == reason.other_job_id]
            assert first.id in found.reasons or first.id in begun
            assert first.wishes.due == reason.before
            assert first.wishes.length and one.length
        case ReasonKey.CIRCUIT:
            assert one.rules.circuit
            other_rules = world.facts.rules[reason.other_machine_id]
            assert other_rules.circuit == one.rules.circuit
            assert reason.other_machine_id != machine_id
            [other_view] = [v for v in world.views if v.id == reason.other_machine_id]
            begins = other_view.is_starting or reason.other_machine_id in begun.values()
            if not begins:
                assert other_view.last_start_at
                assert reason.until == other_view.last_start_at + STAGGER
        case _:
            raise AssertionError(reason)


OF_TIME = {
    ReasonKey.QUIET_HOURS,
    ReasonKey.ENDS_IN_QUIET_HOURS,
    ReasonKey.NO_TIME_LEFT,
    ReasonKey.CONDITION_NOT_MET,
    ReasonKey.CONDITION_UNKNOWN,
    ReasonKey.CHEAPEST_LATER,
    ReasonKey.PRICES_UNKNOWN,
    ReasonKey.NO_SUN,
    ReasonKey.SUN_UNKNOWN,
    ReasonKey.READY_FIRST,
    ReasonKey.CIRCUIT,
}
OF_POWER = {
    ReasonKey.POWERING_ON,
    ReasonKey.POWERING_OFF,
    ReasonKey.POWER_TROUBLE,
    ReasonKey.POWER_KEPT_OFF,
}


def could_begin(world: World, job: QueuedJob, view: MachineView) -> bool:
    """Return whether a job could begin on a printer but for its power, as far as that needs no search."""
    one = Reckoning(world, job, view.id)
    state = view.state
    nozzles = {state.nozzles[0].diameter_mm, None}
    return (
        view.is_allowed
        and not view.held_by
        and not view.is_plate_blocked
        and job.needs.model in ("", view.model)
        and (
            state.nozzles[0].diameter_mm is None or nozzles >= set(job.needs.nozzles_mm)
        )  # fmt: skip
        and can_load(job, view, {})
        and (job.is_started or (one.may_start(NOW) and not one.unmet()))
    )


def check_power(
    world: World, reason: Reason, job: QueuedJob, view: MachineView, found: Foreseen
) -> None:
    """Check what a reason says of the power."""
    key = job_key(job.id, starts=job.starts)
    refused = frozenset().union(*world.declined.values())
    match reason.key:
        case ReasonKey.POWERING_OFF:
            assert view.power is PowerState.SWITCHING_OFF
            return
        case ReasonKey.POWERING_ON:
            assert view.power not in TROUBLE
            assert found.demands[view.id].wanted == key
            assert key not in refused
        case ReasonKey.POWER_TROUBLE:
            assert view.power in TROUBLE
            assert reason.power is view.power
        case ReasonKey.POWER_KEPT_OFF:
            assert key in refused
    assert is_off(view)
    assert could_begin(world, job, view) or reason.key is ReasonKey.POWER_KEPT_OFF


@settings(max_examples=200, deadline=None)
@given(world=worlds())
def test_every_job_begins_by_all_rules_or_has_one_reason_that_is_true(
    world: World,
) -> None:
    made = plan(world.jobs, world.views, NOW, world.facts)
    found = foresee(
        lambda jobs, views_: plan(jobs, views_, NOW, world.facts),
        world.jobs,
        world.views,
        made,
        world.declined,
        NOW,
    )
    by_id = {job.id: job for job in world.jobs}
    views_ = {view.id: view for view in world.views}
    begun = {start.job_id: start.machine_id for start in made.starts}
    assert begun.keys() | found.reasons.keys() == by_id.keys()
    assert not begun.keys() & found.reasons.keys()
    for job_id, machine_id in begun.items():
        job, view = by_id[job_id], views_[machine_id]
        assert not is_off(view)
        assert view.power is not PowerState.SWITCHING_OFF
        assert could_begin(world, job, view)
    # A printer that is being switched on for a job is that job's.
    given_to = begun | {
        job_id: reason.machine_id
        for job_id, reason in found.reasons.items()
        if reason.key in OF_POWER - {ReasonKey.POWERING_OFF}
    }
    as_given = replace(
        made,
        starts=tuple(
            Start(job_id=job_id, machine_id=machine_id, places=(), swaps=0)
            for job_id, machine_id in given_to.items()
        ),
    )
    on = {name: as_if_on(view) for name, view in views_.items()}
    for job_id, reason in found.reasons.items():
        job = by_id[job_id]
        check(world, reason, job, as_given, on, found, given_to)


def check(
    world: World,
    reason: Reason,
    job: QueuedJob,
    made: Plan,
    on: dict[str, MachineView],
    found: Foreseen,
    given_to: dict[str, str],
) -> None:
    """Check a reason of any kind."""
    view = on.get(reason.machine_id)
    if view and isinstance(job.target, OnePrinter):
        assert job.target.machine_id == view.id
    if reason.key in OF_TIME:
        assert view
        check_time(world, reason, job, found, given_to)
        if reason.key in BUSY | {ReasonKey.CIRCUIT}:
            assert can_load(job, view, {})
    elif reason.key in OF_POWER:
        [real] = [one for one in world.views if one.id == reason.machine_id]
        check_power(world, reason, job, real, found)
    elif view and reason.key is ReasonKey.TAKEN:
        other = reason.other_job_id
        assert other == view.held_by or given_to.get(other) == view.id
        if view.state.is_available and view.state.is_current:
            # It is true only if it could begin then.
            assert can_load(job, view, {})
    else:
        assert is_true(reason, job, made, on, {}), reason
