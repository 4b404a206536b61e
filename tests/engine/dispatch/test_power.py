"""The rules of a printer's plug, as examples and over random sequences of reports, plug states and people's hands."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.power import (
    FOLLOWS_WITHIN,
    NO_DEMAND,
    REPORTS_WITHIN,
    RETRY_AFTER,
    Act,
    Decision,
    Demand,
    Plug,
    PowerMemory,
    PowerRules,
    PowerView,
    decide,
    job_key,
    refused,
)
from custom_components.bambu_virtual_printer.engine.dispatch.power_states import (
    PowerState,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    AmsKind,
    AmsUnit,
    Availability,
    MachineState,
    Nozzle,
    Phase,
    Temperature,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
RULES = PowerRules()
OFF_AFTER = RULES.off_after
JOB = "01KAPWZ3V8X4M2T9C6B5N7Q1RE"
WANTED = Demand(wanted=JOB, queued=frozenset({JOB}))


def nozzle(current_c: float | None, target_c: float = 0.0) -> Nozzle:
    return Nozzle(
        id=0,
        diameter_mm=0.4,
        type="",
        is_active=True,
        temperature=None
        if current_c is None
        else Temperature(current_c=current_c, target_c=target_c),
    )


COOL = MachineState(
    availability=Availability.ONLINE,
    is_current=True,
    phase=Phase.FINISH,
    nozzles=(nozzle(24.0),),
)
GONE = replace(COOL, availability=Availability.OFFLINE, is_current=False)


@dataclass
class Bench:
    """A plug and a printer, of which the tests say what they do."""

    plug: Plug = Plug.OFF
    state: MachineState = GONE
    age_s: float | None = 1.0
    is_busy: bool = False
    demand: Demand = NO_DEMAND
    rules: PowerRules = RULES
    now: datetime = NOW
    memory: PowerMemory = field(default_factory=PowerMemory)

    def decide(self, **changes: object) -> Decision:
        for name, value in changes.items():
            setattr(self, name, value)
        view = PowerView(
            plug=self.plug,
            state=self.state,
            report_age_s=self.age_s,
            is_busy=self.is_busy,
            demand=self.demand,
        )
        decision = decide(view, self.memory, self.rules, self.now)
        self.memory = decision.memory
        return decision

    def after(self, **time: float) -> Bench:
        self.now += timedelta(**time)
        return self

    def switched_on(self) -> Bench:
        """Have it switched on for a job, and report."""
        assert self.decide(demand=WANTED).act is Act.SWITCH_ON
        self.decide(plug=Plug.ON)
        self.decide(state=COOL, demand=Demand())
        return self


def test_it_is_switched_on_for_a_job_and_its_first_report_awaited() -> None:
    bench = Bench()
    assert bench.decide().state is PowerState.OFF
    ordered = bench.decide(demand=WANTED)
    assert (ordered.act, ordered.state) == (Act.SWITCH_ON, PowerState.SWITCHING_ON)
    again = bench.after(seconds=5).decide()
    assert (again.act, again.state) == (None, PowerState.SWITCHING_ON)
    on = bench.decide(plug=Plug.ON)
    assert (on.state, on.look_at) == (PowerState.STARTING, bench.now + REPORTS_WITHIN)
    assert bench.after(minutes=2).decide(state=COOL).state is PowerState.ON


def test_a_printer_that_does_not_report_in_time_is_told_and_stays_on() -> None:
    bench = Bench()
    bench.decide(demand=WANTED)
    bench.decide(plug=Plug.ON)
    bench.after(minutes=4).decide()
    late = bench.after(minutes=1).decide()
    assert (late.act, late.state) == (None, PowerState.NO_REPORT)
    assert late.is_trouble(bench.demand)
    much_later = bench.after(days=2).decide(demand=Demand())
    assert (much_later.act, much_later.state) == (None, PowerState.NO_REPORT)
    # Nobody waits for it any more.
    assert not much_later.is_trouble(bench.demand)


def test_a_switch_that_does_not_follow_is_told_and_tried_again_later() -> None:
    bench = Bench()
    bench.decide(demand=WANTED)
    failed = bench.after(seconds=FOLLOWS_WITHIN.total_seconds()).decide()
    assert (failed.act, failed.state) == (None, PowerState.SWITCH_FAILED)
    assert failed.look_at == bench.now + RETRY_AFTER
    assert failed.is_trouble(bench.demand)
    bench.now = failed.look_at
    assert bench.decide().act is Act.SWITCH_ON


def test_a_switch_that_refuses_is_tried_again_later_too() -> None:
    bench = Bench()
    bench.decide(demand=WANTED)
    bench.memory = refused(bench.memory, bench.now)
    assert bench.decide().state is PowerState.SWITCH_FAILED
    assert bench.after(minutes=5).decide().act is Act.SWITCH_ON


def test_a_switch_that_is_unavailable_is_trouble_only_for_who_waits() -> None:
    bench = Bench()
    idle = bench.decide(plug=Plug.UNAVAILABLE)
    assert (idle.act, idle.state) == (None, PowerState.UNAVAILABLE)
    assert not idle.is_trouble(bench.demand)
    waited_for = bench.decide(demand=WANTED)
    assert waited_for.act is None
    assert waited_for.is_trouble(bench.demand)


def test_it_is_switched_off_once_it_was_idle_and_cool_for_a_while() -> None:
    bench = Bench().switched_on()
    waits = bench.decide()
    assert (waits.act, waits.look_at) == (None, bench.now + OFF_AFTER)
    hot = replace(COOL, nozzles=(nozzle(24.0), nozzle(51.0)))
    assert bench.after(minutes=15).decide(state=hot).act is None
    assert bench.decide(state=COOL).act is Act.SWITCH_OFF
    off = bench.decide(plug=Plug.OFF)
    assert (off.act, off.state, off.memory.is_ours) == (None, PowerState.ON, True)
    assert bench.decide(state=GONE).state is PowerState.OFF


DOUBTS = {
    "printing": {"state": replace(COOL, phase=Phase.RUNNING)},
    "paused": {"state": replace(COOL, phase=Phase.PAUSE)},
    "a phase nobody knows": {"state": replace(COOL, phase=Phase.UNKNOWN)},
    "hot": {"state": replace(COOL, nozzles=(nozzle(50.0),))},
    "heating up": {"state": replace(COOL, nozzles=(nozzle(24.0, 220.0),))},
    "a temperature nobody knows": {"state": replace(COOL, nozzles=(nozzle(None),))},
    "no nozzle reported": {"state": replace(COOL, nozzles=())},
    "drying": {
        "state": replace(
            COOL,
            ams=(
                AmsUnit(
                    id=0,
                    kind=AmsKind.AMS_2_PRO,
                    nozzle=None,
                    spools=(),
                    drying_min=30,
                ),
            ),
        )
    },
    "silent": {"age_s": 61.0},
    "never heard": {"age_s": None},
    "lost": {"state": GONE},
    "not current": {"state": replace(COOL, is_current=False)},
    "with a print of the queue": {"is_busy": True},
    "wanted": {"demand": WANTED},
    "expected soon": {"demand": Demand(next_at=NOW + timedelta(minutes=25))},
    "waited for": {"demand": Demand(next_at=NOW - timedelta(hours=1))},
    "without a word of its plug": {"plug": Plug.UNAVAILABLE},
    "only to be switched on": {"rules": PowerRules(switches_off=False)},
}


@pytest.mark.parametrize("doubt", DOUBTS.values(), ids=DOUBTS)
def test_it_is_not_switched_off_while_anything_speaks_against_it(
    doubt: dict[str, object],
) -> None:
    bench = Bench().switched_on()
    bench.decide(**doubt)
    # Long enough otherwise, and as fresh as before.
    for _ in range(4):
        bench.after(minutes=5)
        if isinstance(bench.demand.next_at, datetime) and bench.demand.next_at > NOW:
            bench.demand = Demand(next_at=bench.now + timedelta(minutes=14))
        assert bench.decide().act is None


def test_what_is_planned_after_the_delay_does_not_keep_it_on() -> None:
    bench = Bench().switched_on()
    bench.demand = Demand(next_at=NOW + timedelta(hours=5))
    assert bench.after(minutes=15).decide().act is Act.SWITCH_OFF


def test_what_comes_as_soon_as_it_could_report_again_keeps_it_on() -> None:
    bench = Bench(rules=PowerRules(off_after=timedelta(minutes=1))).switched_on()
    bench.demand = Demand(next_at=NOW + timedelta(minutes=6))
    assert bench.after(minutes=1).decide().act is None
    bench.demand = Demand(next_at=NOW + timedelta(minutes=7))
    assert bench.decide().act is Act.SWITCH_OFF


def test_idle_begins_anew_after_every_doubt() -> None:
    bench = Bench().switched_on()
    bench.after(minutes=14).decide(age_s=90.0)
    bench.after(minutes=1).decide(age_s=1.0)
    assert bench.after(minutes=14).decide().act is None
    assert bench.after(minutes=1).decide().act is Act.SWITCH_OFF


def test_what_a_person_switched_on_stays_on_unless_the_owner_chose_otherwise() -> None:
    for takes_over, act in ((False, None), (True, Act.SWITCH_OFF)):
        bench = Bench(rules=PowerRules(takes_over=takes_over))
        bench.decide()
        bench.decide(plug=Plug.ON, state=COOL)
        assert bench.after(minutes=15).decide().act is act


def test_what_a_person_switched_off_stays_off_for_the_jobs_that_were_there() -> None:
    other = "01KAPWZ3V8X4M2T9C6B5N7Q1RF"
    bench = Bench().switched_on()
    both = frozenset({JOB, other})
    bench.decide(plug=Plug.OFF, state=GONE, demand=Demand(queued=both))
    for job in (JOB, other):
        kept = bench.decide(demand=Demand(wanted=job, queued=both))
        assert (kept.act, kept.state) == (None, PowerState.KEPT_OFF)
    # A job that came later, or that a person has started since, is another matter.
    started = job_key(JOB, starts=1)
    for job in ("new", started):
        fresh = replace(bench)
        wanted = Demand(wanted=job, queued=both | {job})
        assert fresh.decide(demand=wanted).act is Act.SWITCH_ON


def test_a_person_who_switches_it_on_again_has_changed_their_mind() -> None:
    bench = Bench().switched_on()
    bench.decide(plug=Plug.OFF, state=GONE, demand=WANTED)
    bench.decide(plug=Plug.ON)
    assert bench.memory.declined == frozenset()


def test_switching_while_nobody_looked_counts_as_by_hand() -> None:
    # As after a restart.
    bench = Bench().switched_on()
    kept = bench.after(hours=3).decide(plug=Plug.OFF, state=GONE, demand=WANTED)
    assert kept.state is PowerState.KEPT_OFF


def test_a_plug_that_says_nothing_for_a_while_was_not_switched() -> None:
    bench = Bench().switched_on()
    bench.decide(plug=Plug.UNAVAILABLE)
    bench.decide(plug=Plug.ON)
    assert bench.memory.is_ours


def test_traffic_goes_before_the_plug() -> None:
    bench = Bench()
    bench.decide()
    seen = bench.decide(state=COOL, demand=WANTED)
    assert (seen.act, seen.state) == (None, PowerState.ON)
    # It is on the line, though it says nothing new.
    stale = bench.decide(age_s=90.0)
    assert (stale.act, stale.state) == (None, PowerState.ON)


def test_after_a_restart_it_is_given_time_to_connect() -> None:
    bench = Bench().switched_on()
    connecting = replace(GONE, availability=Availability.CONNECTING)
    assert bench.after(hours=1).decide(state=connecting).state is PowerState.STARTING
    assert bench.decide(state=GONE).state is PowerState.NO_REPORT


STATES = st.builds(
    lambda phase, temperature, target, availability, is_current: replace(
        COOL,
        phase=phase,
        nozzles=(nozzle(temperature, target),),
        availability=availability,
        is_current=is_current,
    ),
    st.sampled_from(Phase),
    st.none() | st.floats(20, 300),
    st.sampled_from((0.0, 220.0)),
    st.sampled_from(
        (Availability.ONLINE, Availability.OFFLINE, Availability.CONNECTING)
    ),
    st.booleans(),
)
KEYS = st.sampled_from(("a", "b", "a!", "c"))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("state"), STATES),
        st.tuples(st.just("state"), st.just(COOL)),
        st.tuples(st.just("plug"), st.sampled_from(Plug)),
        st.tuples(st.just("age_s"), st.none() | st.floats(0, 120)),
        st.tuples(st.just("is_busy"), st.booleans()),
        st.tuples(st.just("queued"), st.frozensets(KEYS)),
        st.tuples(st.just("wanted"), st.just("") | KEYS),
        st.tuples(st.just("follow"), st.booleans()),
        st.tuples(st.just("restart"), st.none()),
        st.tuples(st.just("minutes"), st.floats(0.1, 40)),
    ),
    max_size=60,
)


@settings(max_examples=400, deadline=None)
@given(steps=STEPS, takes_over=st.booleans())
def test_no_printer_is_switched_off_while_it_prints_or_may_print_whatever_happens(
    steps: list[tuple[str, object]], *, takes_over: bool
) -> None:
    bench = Bench(rules=PowerRules(takes_over=takes_over))
    switched_by_hand: Plug | None = None
    orders: list[datetime] = []
    for name, value in steps:
        match name:
            case "minutes":
                bench.after(minutes=float(str(value)))
            case "wanted":
                queued = bench.demand.queued | ({str(value)} if value else set())
                bench.demand = Demand(wanted=str(value), queued=queued)
            case "queued":
                assert isinstance(value, frozenset)
                wanted = bench.demand.wanted
                bench.demand = Demand(
                    wanted=wanted if wanted in value else "", queued=value
                )
            case "follow":
                if bench.memory.ordered and value:
                    bench.plug = bench.memory.ordered.result
                    switched_by_hand = None
            case "restart":
                # Only what is remembered is left.
                bench.state = replace(GONE, availability=Availability.CONNECTING)
                bench.age_s = None
            case "plug":
                assert isinstance(value, Plug)
                if value is not Plug.UNAVAILABLE and value is not bench.memory.plug:
                    ordered = bench.memory.ordered
                    if ordered is None or ordered.result is not value:
                        switched_by_hand = value
                bench.plug = value
            case _:
                setattr(bench, name, value)
        was_ordered = bench.memory.ordered
        decision = bench.decide()
        if decision.act is Act.SWITCH_OFF:
            state = bench.state
            assert state.is_available
            assert state.is_current
            assert bench.age_s is not None
            assert bench.age_s <= 60
            assert state.phase in {Phase.IDLE, Phase.FINISH, Phase.FAILED}
            (head,) = state.nozzles
            assert head.temperature
            assert head.temperature.current_c < 50
            assert not bench.is_busy
            assert not bench.demand.wanted
            assert bench.plug is Plug.ON
            assert takes_over or switched_by_hand is not Plug.ON
        if decision.act is Act.SWITCH_ON:
            assert bench.demand.wanted
            assert bench.plug is Plug.OFF
            assert bench.demand.wanted not in decision.memory.declined
            assert not bench.state.is_available
        if decision.act is not None:
            # Never twice in a row without the time to follow.
            assert was_ordered is None or bench.now >= orders[-1] + FOLLOWS_WITHIN
            orders.append(bench.now)
