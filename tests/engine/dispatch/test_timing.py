"""When jobs begin by the rules of printers and jobs about time, and the reasons why they do not begin now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import (
    Plan,
    Planned,
    plan,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.dispatch.when.quiet import Quiet
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    Condition,
    Facts,
    Price,
    Prices,
    QuietHours,
    Rules,
    Span,
    Sun,
    Wishes,
)
from custom_components.bambu_virtual_printer.engine.library.values.timing import (
    OwnQuiet,
    OwnSun,
    Scope,
    Unknown,
)
from custom_components.bambu_virtual_printer.engine.machines.values import Phase

from .scenes import IDLE, NEEDS, P1S
from .when.spans import prices as some_prices, quiet_hours
from .when.test_quiet import may_start

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return NOW + hours * HOUR


def machine(id_: str = "garage", **fields: Any) -> MachineView:
    made: dict[str, Any] = {
        "id": id_, "model": P1S, "state": IDLE, "report_age_s": 1.0, "is_allowed": True, **fields,
    }  # fmt: skip
    return MachineView(**made)


def job(
    id_: str = "a", hours: float | None = 5, target: str = "garage", **fields: Any
) -> QueuedJob:
    """One that takes so long; what is no field of jobs is a wish."""
    of_job = {
        name: fields.pop(name)
        for name in ("is_started", "is_held", "not_before")
        if name in fields
    }
    return QueuedJob(
        id=id_,
        target=AnyPrinter(model=target)
        if target == P1S
        else OnePrinter(machine_id=target),
        needs=NEEDS,
        wishes=Wishes(length=None if hours is None else hours * HOUR, **fields),
        **of_job,
    )


def quiet(start: float, end: float, scope: Scope = Scope.BEGIN) -> QuietHours:
    return QuietHours(
        spans=(Span(start=at(start), end=at(end)),), known_until=at(360), scope=scope
    )


def hourly(*values: float) -> Prices:
    return Prices(
        (
            Price(start=at(number), end=at(number + 1), price=value)
            for number, value in enumerate(values)
        ),
        source="Spot price",
    )


def planned(
    *jobs: QueuedJob,
    rules: Rules | None = None,
    now: datetime = NOW,
    conditions: dict[str, Condition] | None = None,
    hours: dict[OwnQuiet, tuple[QuietHours, ...]] | None = None,
    suns: dict[OwnSun, Sun] | None = None,
    machines: list[MachineView] | None = None,
    each: dict[str, Rules] | None = None,
) -> Plan:
    facts = Facts(
        rules=each or {"garage": rules or Rules()},
        conditions=conditions or {},
        quiet=hours or {},
        suns=suns or {},
    )
    return plan(jobs, machines or [machine()], now, facts)


def only_reason(made: Plan) -> Reason:
    assert made.starts == ()
    [reason] = made.reasons.values()
    return reason


def begins(made: Plan) -> list[str]:
    return [start.job_id for start in made.starts]


# --- quiet hours ---


def test_nothing_begins_in_quiet_hours_and_the_planned_start_is_their_end() -> None:
    made = planned(job(), rules=Rules(quiet=(quiet(-1, 8),)))
    assert only_reason(made) == Reason(
        key=ReasonKey.QUIET_HOURS, machine_id="garage", until=at(8), before=at(8)
    )
    assert made.planned == {"a": Planned(machine_id="garage", start=at(8))}
    assert made.wake_at == at(8)
    assert begins(planned(job(), rules=Rules(quiet=(quiet(1, 8),)))) == ["a"]


def test_a_print_that_would_end_in_quiet_hours_begins_after_them() -> None:
    rules = Rules(quiet=(quiet(4, 12, Scope.RUN),))
    made = planned(job("long", 5), job("short", 4), rules=rules)
    assert begins(made) == ["short"]
    made = planned(job("long", 5), rules=rules)
    assert only_reason(made) == Reason(
        key=ReasonKey.ENDS_IN_QUIET_HOURS,
        machine_id="garage",
        until=at(12),
        before=at(4),
        length=5 * HOUR,
    )


def test_a_print_of_unknown_length_only_does_not_begin_in_quiet_hours() -> None:
    rules = Rules(quiet=(quiet(4, 12, Scope.RUN),))
    assert begins(planned(job(hours=None), rules=rules)) == ["a"]
    made = planned(job(hours=None), rules=rules, now=at(5))
    assert only_reason(made).until == at(12)


def test_a_print_for_which_quiet_hours_leave_no_time_says_so() -> None:
    nights = QuietHours(
        spans=tuple(
            Span(start=at(24 * day + 8), end=at(24 * day + 20)) for day in range(14)
        ),
        known_until=at(336),
        scope=Scope.RUN,
    )
    made = planned(job(hours=13), rules=Rules(quiet=(nights,)))
    assert only_reason(made) == Reason(
        key=ReasonKey.NO_TIME_LEFT, machine_id="garage", length=13 * HOUR
    )
    assert made.planned == {}


@pytest.mark.parametrize(
    ("unknown", "waits"), [(Unknown.HOLD, True), (Unknown.LET_GO, False)]
)
def test_a_schedule_that_nobody_knows_holds_or_lets_go(
    unknown: Unknown, waits: bool
) -> None:
    hours = QuietHours(spans=None, known_until=NOW, source="Night", unknown=unknown)
    made = planned(job(), rules=Rules(quiet=(hours,)))
    assert bool(made.reasons) == waits
    if waits:
        assert only_reason(made) == Reason(
            key=ReasonKey.CONDITION_UNKNOWN, machine_id="garage", source="Night"
        )


def test_what_is_scheduled_is_planned_for_the_end_of_quiet_hours_where_it_meets_them() -> (
    None
):
    made = planned(job(not_before=at(3)), rules=Rules(quiet=(quiet(2, 8),)))
    assert only_reason(made).key is ReasonKey.SCHEDULED
    assert made.planned == {"a": Planned(machine_id="garage", start=at(8))}


def test_what_a_person_has_started_waits_for_no_time() -> None:
    rules = Rules(
        quiet=(quiet(-1, 8),),
        conditions=(Condition(source="Home", is_met=False),),
    )
    assert begins(planned(job(is_started=True), rules=rules)) == ["a"]


# --- only while ---


@pytest.mark.parametrize(
    ("is_met", "unknown", "key"),
    [
        (True, Unknown.HOLD, None),
        (False, Unknown.LET_GO, ReasonKey.CONDITION_NOT_MET),
        (None, Unknown.HOLD, ReasonKey.CONDITION_UNKNOWN),
        (None, Unknown.LET_GO, None),
    ],
)
def test_a_condition_of_a_printer_or_a_job_holds_by_its_entity(
    is_met: bool | None, unknown: Unknown, key: ReasonKey | None
) -> None:
    condition = Condition(source="Somebody home", is_met=is_met, unknown=unknown)
    of_printer = planned(job(), rules=Rules(conditions=(condition,)))
    of_job = planned(
        job(only_while="binary_sensor.home", unknown=unknown),
        conditions={"binary_sensor.home": condition},
    )
    for made in (of_printer, of_job):
        if key is None:
            assert begins(made) == ["a"]
        else:
            assert only_reason(made) == Reason(
                key=key, machine_id="garage", source="Somebody home"
            )


def test_a_condition_that_is_not_told_yet_holds() -> None:
    made = planned(job(only_while="binary_sensor.home"))
    assert only_reason(made).key is ReasonKey.CONDITION_UNKNOWN
    assert only_reason(made).source == "binary_sensor.home"


# --- the cheapest time ---

TARIFF = hourly(5, 5, 1, 1, 5, 0, 5, 5, 5)


def test_a_job_waits_for_the_cheapest_time_as_long_as_it_takes() -> None:
    rules = Rules(prices=TARIFF)
    made = planned(job(hours=2, cheapest_before=at(8)), rules=rules)
    assert only_reason(made) == Reason(
        key=ReasonKey.CHEAPEST_LATER, machine_id="garage", until=at(2), before=at(8)
    )
    assert made.planned == {"a": Planned(machine_id="garage", start=at(2))}
    late = planned(job(hours=2, cheapest_before=at(8)), rules=rules, now=at(2))
    assert begins(late) == ["a"]


def test_a_printer_prints_at_the_cheapest_time_before_the_next_time_it_can_be_ready_by() -> (
    None
):
    rules = Rules(prices=TARIFF, cheapest_before=(at(0.5), at(7), at(31)))
    assert only_reason(planned(job(hours=1), rules=rules)).until == at(5)
    assert only_reason(planned(job(hours=1), rules=rules)).before == at(7)
    only_tonight = Rules(prices=hourly(), cheapest_before=(at(7), at(31)))
    last = at(6) + timedelta(seconds=1)
    assert begins(planned(job(hours=1), rules=only_tonight, now=last)) == ["a"]


def test_the_cheapest_time_leaves_quiet_hours_out() -> None:
    rules = Rules(prices=TARIFF, quiet=(quiet(4, 6),))
    made = planned(job(hours=1, cheapest_before=at(8)), rules=rules)
    assert only_reason(made).until == at(2)
    within = planned(
        job(hours=1, cheapest_before=at(8)),
        rules=Rules(prices=TARIFF, quiet=(quiet(-1, 4),)),
    )
    assert only_reason(within).key is ReasonKey.CHEAPEST_LATER
    assert only_reason(within).until == at(5)


def test_prices_that_do_not_reach_far_enough_are_waited_for_as_long_as_there_is_time() -> (
    None
):
    rules = Rules(prices=hourly(5, 4))
    made = planned(job(hours=3, cheapest_before=at(10)), rules=rules)
    assert only_reason(made) == Reason(
        key=ReasonKey.PRICES_UNKNOWN,
        machine_id="garage",
        source="Spot price",
        until=at(7),
        before=at(10),
    )
    assert begins(
        planned(job(hours=3, cheapest_before=at(10)), rules=rules, now=at(7))
    ) == ["a"]
    more = Rules(prices=hourly(5, 4, 4, 1, 1, 1, 5, 5, 5, 5))
    made = planned(job(hours=3, cheapest_before=at(10)), rules=more)
    assert only_reason(made).until == at(3)


@pytest.mark.parametrize("hours", [1, 3])
def test_unknown_prices_let_go_where_that_is_chosen(hours: float) -> None:
    for prices in (hourly(), hourly(3, 2)):
        rules = Rules(prices=prices, prices_unknown=Unknown.LET_GO)
        made = planned(job(hours=3, cheapest_before=at(10)), rules=rules)
        assert begins(made) == ["a"]


def test_without_a_price_sensor_a_job_waits_as_long_as_there_is_time() -> None:
    made = planned(job(hours=1, cheapest_before=at(8)))
    assert only_reason(made).key is ReasonKey.PRICES_UNKNOWN
    assert (only_reason(made).source, only_reason(made).until) == ("", at(7))


def test_a_cheapest_time_that_is_over_is_waited_for_no_longer() -> None:
    rules = Rules(prices=TARIFF)
    assert begins(planned(job(hours=2, cheapest_before=at(1)), rules=rules)) == ["a"]
    assert begins(planned(job(hours=None, cheapest_before=at(8)), rules=rules)) == ["a"]


# --- the sun ---


def sun(power_w: float | None, *, unknown: Unknown = Unknown.HOLD) -> Rules:
    return Rules(
        sun=Sun(
            source="Roof",
            limit_w=300,
            power_w=power_w,
            is_enough=None if power_w is None else power_w >= 300,
            unknown=unknown,
        )
    )


def test_a_job_waits_for_the_sun_and_at_the_latest_until_it_has_to_begin() -> None:
    made = planned(job(), rules=sun(120))
    assert only_reason(made) == Reason(
        key=ReasonKey.NO_SUN,
        machine_id="garage",
        source="Roof",
        power_w=120,
        limit_w=300,
    )
    assert begins(planned(job(), rules=sun(300))) == ["a"]
    made = planned(job(due=at(9)), rules=sun(120))
    assert only_reason(made).until == at(4)
    assert begins(planned(job(due=at(9)), rules=sun(120), now=at(4))) == ["a"]


def test_a_printer_waits_for_the_sun_only_as_long_as_it_can_be_ready_by_its_time() -> (
    None
):
    rules = replace(sun(120), ready_by=(at(3), at(9), at(33)))
    made = planned(job(), rules=rules)
    assert only_reason(made).until == at(4)
    assert begins(planned(job(), rules=rules, now=at(4))) == ["a"]
    assert only_reason(planned(job(due=at(12)), rules=rules)).until == at(7)
    # The first time could not be kept from the beginning.
    assert (made.late, made.ready_by) == ({"a"}, {"a": at(3)})


def test_a_power_that_nobody_knows_holds_or_lets_go() -> None:
    made = planned(job(), rules=sun(None))
    assert only_reason(made).key is ReasonKey.SUN_UNKNOWN
    assert begins(planned(job(), rules=sun(None, unknown=Unknown.LET_GO))) == ["a"]


# --- ready by ---


def test_a_job_begins_at_the_latest_when_it_can_still_be_ready_in_time() -> None:
    rules = Rules(prices=hourly(5, 5, 5, 5, 5, 1, 1, 1, 1, 1, 1))
    made = planned(job(hours=3, due=at(6), cheapest_before=at(11)), rules=rules)
    assert only_reason(made).until == at(3)
    assert made.late == frozenset()


def test_a_job_that_has_to_be_ready_goes_before_one_that_would_make_it_late() -> None:
    long, urgent = job("long", 9), job("urgent", 4, due=at(12))
    made = planned(long, urgent)
    assert begins(made) == ["urgent"]
    made = planned(long, job("urgent", 4, due=at(13)))
    assert begins(made) == ["long"]


def test_a_printer_is_kept_free_for_a_job_that_waits_for_its_time() -> None:
    made = planned(
        job("long", 9),
        job("short", 1),
        job("urgent", 2, due=at(6), cheapest_before=at(6)),
        rules=Rules(prices=hourly(5, 5, 5, 1, 1, 5)),
    )
    assert begins(made) == ["short"]
    made = planned(
        job("long", 9),
        job("urgent", 2, due=at(6), cheapest_before=at(6)),
        rules=Rules(prices=hourly(5, 5, 5, 1, 1, 5)),
    )
    assert made.starts == ()
    assert made.reasons["long"] == Reason(
        key=ReasonKey.READY_FIRST,
        machine_id="garage",
        other_job_id="urgent",
        before=at(6),
    )


def test_nothing_waits_for_a_job_that_waits_for_a_person_or_comes_too_late() -> None:
    long = job("long", 9)
    assert begins(planned(long, job("held", 4, due=at(6), is_held=True))) == ["long"]
    made = planned(long, job("late", 4, due=at(3)))
    assert begins(made) == ["long"]
    assert made.late == {"late"}


def test_jobs_for_a_model_that_have_to_be_ready_are_spread_over_its_printers() -> None:
    jobs = [job(f"due{number}", 4, P1S, due=at(5)) for number in range(2)]
    long = job("long", 9, P1S)
    made = planned(
        long,
        *jobs,
        machines=[machine("one"), machine("two")],
        each={"one": Rules(), "two": Rules()},
    )
    assert begins(made) == ["due0", "due1"]
    made = planned(
        long,
        *jobs,
        machines=[machine("one"), machine("two"), machine("three")],
        each={},
    )
    assert begins(made) == ["long", "due0", "due1"]


def test_a_job_is_late_once_it_cannot_be_ready_any_more() -> None:
    night = Rules(quiet=(quiet(2, 9, Scope.RUN),))
    assert planned(job(hours=3, due=at(11)), rules=night).late == {"a"}
    assert planned(job(hours=3, due=at(12)), rules=night).late == frozenset()
    assert planned(job(hours=3, due=at(12), copies=2), rules=night).late == {"a"}
    waits = planned(
        job("b", 4, P1S, due=at(5)), machines=[machine(is_plate_blocked=True)]
    )
    assert waits.late == frozenset()
    assert waits.wake_at == at(1) + timedelta(seconds=1)
    assert planned(job("b", 4, "gone", due=at(3))).late == {"b"}
    assert planned(job("b", None, due=at(3), is_held=True)).late == frozenset()


def printing(id_: str, left_min: int | None) -> MachineView:
    state = replace(
        IDLE, phase=Phase.RUNNING, job=replace(IDLE.job, remaining_min=left_min)
    )
    return machine(id_, state=state)


def test_a_job_is_late_where_its_printer_prints_for_too_long() -> None:
    one = job(hours=3, due=at(5))
    assert planned(one, machines=[printing("garage", 121)]).late == {"a"}
    assert planned(one, machines=[printing("garage", 120)]).late == frozenset()
    assert planned(one, machines=[printing("garage", None)]).late == frozenset()
    night = Rules(quiet=(quiet(3, 9, Scope.RUN),))
    after = job(hours=3, due=at(12))
    assert planned(after, machines=[printing("garage", 60)], rules=night).late == set()
    over = printing("garage", 600)
    over = replace(over, state=replace(over.state, phase=Phase.FINISH))
    assert planned(one, machines=[over]).late == frozenset()


def test_a_job_for_a_model_is_late_where_none_of_its_printers_ends_soon_enough() -> (
    None
):
    one = job("a", 3, P1S, due=at(5))
    both = [printing("one", 300), printing("two", 121)]
    assert planned(one, machines=both, each={}).late == {"a"}
    both[1] = printing("two", 120)
    assert planned(one, machines=both, each={}).late == frozenset()


# --- one heats at a time ---

CIRCUIT = Rules(circuit="Workshop", stagger=HOUR / 4)


def test_printers_of_a_circuit_begin_one_after_another() -> None:
    jobs = [job(name, 1, name) for name in ("one", "two", "three")]
    machines = [machine(name) for name in ("one", "two", "three")]
    rules = {"one": CIRCUIT, "two": CIRCUIT, "three": Rules(circuit="House")}
    made = planned(*jobs, machines=machines, each=rules)
    assert begins(made) == ["one", "three"]
    assert made.reasons["two"] == Reason(
        key=ReasonKey.CIRCUIT, machine_id="two", other_machine_id="one"
    )


def test_a_printer_waits_until_another_of_its_circuit_has_heated() -> None:
    begun = at(-0.1)
    made = planned(
        job("a", 1, "two"),
        machines=[machine("one", last_start_at=begun), machine("two")],
        each={"one": CIRCUIT, "two": CIRCUIT},
    )
    assert only_reason(made).until == begun + HOUR / 4
    assert made.wake_at == begun + HOUR / 4
    later = planned(
        job("a", 1, "two", is_started=True),
        machines=[
            machine("one", is_starting=True),
            machine("two"),
            machine("three", last_start_at=at(-5)),
            machine("four"),
        ],
        each=dict.fromkeys(("one", "two", "three", "four"), CIRCUIT),
    )
    assert only_reason(later).key is ReasonKey.CIRCUIT
    assert only_reason(later).until is None
    done = planned(
        job("a", 1, "two"),
        machines=[machine("one", last_start_at=begun), machine("two")],
        each={"one": CIRCUIT, "two": CIRCUIT},
        now=at(0.2),
    )
    assert begins(done) == ["a"]


# --- everything at once ---


@st.composite
def _rules(draw: st.DrawFn) -> Rules:
    power = draw(st.sampled_from([None, 0.0, 500.0]))
    return Rules(
        quiet=tuple(draw(st.lists(quiet_hours(), max_size=2))),
        conditions=tuple(
            Condition(source="x", is_met=met)
            for met in draw(
                st.lists(st.sampled_from([True, True, False, None]), max_size=1)
            )
        ),
        sun=draw(
            st.sampled_from(
                [
                    None,
                    Sun(
                        source="s",
                        limit_w=100,
                        power_w=power,
                        is_enough=None if power is None else power > 100,
                    ),
                ]
            )
        ),
        prices=draw(st.one_of(st.none(), some_prices())),
        cheapest_before=draw(st.sampled_from([(), (at(6), at(30))])),
        circuit=draw(st.sampled_from(["", "c"])),
        stagger=HOUR / 6,
    )


@st.composite
def _job(draw: st.DrawFn, number: int) -> QueuedJob:
    hour = st.integers(1, 40)
    return job(
        f"j{number}",
        draw(st.one_of(st.none(), st.integers(1, 12))),
        draw(st.sampled_from(["one", "two", "three", P1S])),
        due=draw(st.one_of(st.none(), hour.map(at))),
        copies=draw(st.integers(1, 2)),
        cheapest_before=draw(st.one_of(st.none(), hour.map(at))),
        only_while=draw(st.sampled_from(["", "on", "off", "gone"])),
        is_held=draw(st.sampled_from([False, False, False, True])),
        not_before=draw(st.one_of(st.none(), st.integers(-2, 4).map(at))),
    )


@st.composite
def _scene(
    draw: st.DrawFn,
) -> tuple[list[QueuedJob], list[MachineView], Facts]:
    jobs = [draw(_job(number)) for number in range(draw(st.integers(0, 7)))]
    machines = [
        machine(
            name,
            is_plate_blocked=draw(st.sampled_from([False, False, True])),
            last_start_at=draw(st.sampled_from([None, at(-0.1), at(-3)])),
            is_starting=False,
        )
        for name in ("one", "two", "three")
    ]
    return (
        jobs,
        machines,
        Facts(
            rules={one.id: draw(_rules()) for one in machines},
            conditions={
                "on": Condition(source="on", is_met=True),
                "off": Condition(source="off", is_met=False),
            },
        ),
    )


@given(scene=_scene())
def test_starts_keep_every_rule_and_each_waiting_job_has_one_reason_that_is_true(
    scene: tuple[list[QueuedJob], list[MachineView], Facts],
) -> None:
    jobs, machines, facts = scene
    made = plan(jobs, machines, NOW, facts)
    by_id = {one.id: one for one in jobs}
    views = {one.id: one for one in machines}
    begun = {start.job_id: start.machine_id for start in made.starts}
    assert begun.keys() | made.reasons.keys() == by_id.keys()
    assert not begun.keys() & made.reasons.keys()
    for job_id, machine_id in begun.items():
        one, rules = by_id[job_id], facts.rules[machine_id]
        length = one.wishes.length or timedelta()
        assert may_start(list(rules.quiet), NOW, length)
        assert all(condition.is_met for condition in rules.conditions)
        assert one.wishes.only_while in ("", "on")
        alike = [
            other
            for other in begun.values()
            if rules.circuit and facts.rules[other].circuit == rules.circuit
        ]
        assert len(alike) <= 1 or not rules.circuit
    for job_id, reason in made.reasons.items():
        _check(by_id[job_id], reason, made, views, facts)
    for job_id, due in ((one.id, one.wishes.due) for one in jobs if one.wishes.due):
        if job_id in made.planned and job_id not in made.late:
            length = by_id[job_id].wishes.length
            assert length is None or (
                made.planned[job_id].start + length <= due
                or made.reasons[job_id].key is ReasonKey.SCHEDULED
                or made.reasons[job_id].key is ReasonKey.CIRCUIT
            )


def _check(
    one: QueuedJob,
    reason: Reason,
    made: Plan,
    views: dict[str, MachineView],
    facts: Facts,
) -> None:
    """Check what a reason says."""
    wishes = one.wishes
    length = wishes.length or timedelta()
    rules = facts.rules.get(reason.machine_id, Rules())
    if reason.until is not None:
        assert reason.until > NOW
    match reason.key:
        case ReasonKey.QUIET_HOURS:
            assert not may_start(list(rules.quiet), NOW, timedelta())
            assert reason.until is not None
            assert may_start(list(rules.quiet), reason.until, length)
        case ReasonKey.ENDS_IN_QUIET_HOURS:
            assert may_start(list(rules.quiet), NOW, timedelta())
            assert not may_start(list(rules.quiet), NOW, length)
            assert reason.before is not None
            assert reason.before < NOW + length
            assert reason.until is not None
            assert may_start(list(rules.quiet), reason.until, length)
        case ReasonKey.CONDITION_NOT_MET:
            assert reason.source == "off" or any(
                condition.is_met is False for condition in rules.conditions
            )
        case ReasonKey.CONDITION_UNKNOWN:
            assert reason.source == "gone" or any(
                condition.is_met is None for condition in rules.conditions
            )
        case ReasonKey.CHEAPEST_LATER | ReasonKey.PRICES_UNKNOWN:
            assert reason.before is not None
            assert reason.until is not None
            assert reason.until + length <= reason.before
            assert may_start(list(rules.quiet), reason.until, length)
        case ReasonKey.NO_SUN:
            assert rules.sun is not None
            assert rules.sun.is_enough is False
        case ReasonKey.SUN_UNKNOWN:
            assert rules.sun is not None
            assert rules.sun.is_enough is None
        case ReasonKey.READY_FIRST:
            assert reason.other_job_id in made.reasons or any(
                start.job_id == reason.other_job_id for start in made.starts
            )
        case ReasonKey.TAKEN:
            assert any(
                (start.machine_id, start.job_id)
                == (reason.machine_id, reason.other_job_id)
                for start in made.starts
            )
        case ReasonKey.CIRCUIT:
            other = facts.rules[reason.other_machine_id]
            assert other.circuit == rules.circuit
            assert reason.machine_id != reason.other_machine_id
        case ReasonKey.PLATE_NOT_CLEARED:
            assert views[reason.machine_id].is_plate_blocked
        case ReasonKey.HELD:
            assert one.is_held
        case ReasonKey.SCHEDULED:
            assert one.not_before is not None
            assert one.not_before > NOW
        case _:
            raise AssertionError(reason)


# --- what a job asks for itself, beside its printer ---

NIGHT = OwnQuiet(schedule="schedule.night")
SUNNY = OwnSun(sensor="sensor.sun", limit_w=500)


def test_a_job_has_quiet_hours_of_its_own_and_its_neighbour_begins_in_them() -> None:
    own = job("own", quiet=NIGHT)
    hours = {NIGHT: (quiet(-1, 8),)}
    made = planned(own, job("other"), hours=hours)
    assert begins(made) == ["other"]
    made = planned(own, hours=hours)
    assert only_reason(made) == Reason(
        key=ReasonKey.QUIET_HOURS,
        machine_id="garage",
        until=at(8),
        before=at(8),
        is_of_job=True,
    )
    assert made.planned == {"own": Planned(machine_id="garage", start=at(8))}


def test_quiet_hours_of_a_job_and_of_its_printer_add_up() -> None:
    hours = {NIGHT: (quiet(4, 12, Scope.RUN),)}
    made = planned(job(quiet=NIGHT), rules=Rules(quiet=(quiet(-1, 1),)), hours=hours)
    reason = only_reason(made)
    assert (reason.key, reason.until) == (ReasonKey.QUIET_HOURS, at(12))
    assert not reason.is_of_job
    night = (QuietHours(spans=None, known_until=at(9), source="Night"),)
    unknown = planned(job(quiet=NIGHT), hours={NIGHT: night})
    assert only_reason(unknown).key is ReasonKey.CONDITION_UNKNOWN
    assert only_reason(unknown).source == "Night"
    never = (quiet(-1, 400),)
    reason = only_reason(planned(job(quiet=NIGHT), hours={NIGHT: never}))
    assert (reason.key, reason.is_of_job) == (ReasonKey.NO_TIME_LEFT, True)


@given(
    of_printer=quiet_hours(), of_job=quiet_hours(), prices=some_prices(),
    hours=st.integers(0, 9), before=st.integers(1, 40), due=st.integers(1, 40),
)  # fmt: skip
def test_quiet_hours_of_a_job_count_as_much_as_those_of_a_printer(
    of_printer: QuietHours,
    of_job: QuietHours,
    prices: Prices,
    hours: int,
    before: int,
    due: int,
) -> None:
    wishes = {"cheapest_before": at(before), "due": at(due)}
    split = planned(
        job(hours=hours, quiet=NIGHT, **wishes),
        rules=Rules(quiet=(of_printer,), prices=prices),
        hours={NIGHT: (of_job,)},
    )
    both = planned(
        job(hours=hours, **wishes),
        rules=Rules(quiet=(of_printer, of_job), prices=prices),
    )
    assert split.starts == both.starts
    assert split.planned == both.planned
    assert split.late == both.late
    assert {
        id_: replace(reason, is_of_job=False) for id_, reason in split.reasons.items()
    } == both.reasons


def test_a_job_asks_for_power_from_the_sun_and_begins_in_time_all_the_same() -> None:
    def sun(is_enough: bool | None, power_w: float | None = 100.0) -> dict[OwnSun, Sun]:
        return {
            SUNNY: Sun(source="Roof", limit_w=500, power_w=power_w, is_enough=is_enough)
        }

    own = job(sun=SUNNY)
    reason = only_reason(planned(own, suns=sun(False)))
    assert reason == Reason(
        key=ReasonKey.NO_SUN,
        machine_id="garage",
        source="Roof",
        power_w=100.0,
        limit_w=500,
    )
    assert begins(planned(own, job("other"), suns=sun(False))) == ["other"]
    assert begins(planned(own, suns=sun(True))) == ["a"]
    assert only_reason(planned(own, suns=sun(None, None))).key is ReasonKey.SUN_UNKNOWN
    assert only_reason(planned(own)).source == "sensor.sun"
    lets_go = replace(SUNNY, unknown=Unknown.LET_GO)
    assert begins(planned(job(sun=lets_go))) == ["a"]
    due = job(sun=SUNNY, due=at(5))
    assert begins(planned(due, suns=sun(False))) == ["a"]
    of_printer = Sun(source="Grid", limit_w=9, power_w=0.0, is_enough=False)
    both = planned(own, rules=Rules(sun=of_printer), suns=sun(True))
    assert only_reason(both).source == "Grid"


def test_a_job_with_quiet_hours_of_its_own_begins_before_them_to_be_ready() -> None:
    own = job("own", 3, due=at(14), cheapest_before=at(14), quiet=NIGHT)
    made = planned(
        own,
        rules=Rules(prices=hourly(*[5] * 11, 1, 1, 1)),
        hours={NIGHT: (quiet(3, 12, Scope.RUN),)},
    )
    assert begins(made) == ["own"]
    long = job("long", 4)
    made = planned(
        long,
        replace(own, wishes=replace(own.wishes, length=2 * HOUR)),
        rules=Rules(prices=hourly(5, 1, 1, *[5] * 11)),
        hours={NIGHT: (quiet(3, 13, Scope.RUN),)},
    )
    assert made.reasons["long"].key is ReasonKey.READY_FIRST


# --- by when a printer should be ready ---


def test_a_job_is_late_once_it_cannot_be_ready_by_its_printers_time() -> None:
    rules = Rules(ready_by=(at(4), at(28)))
    made = planned(job(hours=3), rules=rules, machines=[printing("garage", 30)])
    assert (made.late, made.ready_by) == (frozenset(), {"a": at(4)})
    assert made.wake_at == at(1) + timedelta(seconds=1)
    made = planned(job(hours=3), rules=rules, machines=[printing("garage", 61)])
    assert (made.late, made.ready_by) == ({"a"}, {"a": at(4)})
    # Each copy is a print of its own.
    copies = job(hours=3, copies=9)
    assert not planned(copies, rules=rules, machines=[printing("garage", 30)]).late
    late = planned(job(hours=5), rules=rules, machines=[printing("garage", 1)])
    assert late.late == {"a"}
    # From that time on the next one counts.
    assert late.wake_at == at(4)
    later = planned(
        job(hours=5),
        rules=Rules(ready_by=(at(28),)),
        machines=[printing("garage", 1)],
        now=at(4),
    )
    assert (later.late, later.ready_by) == (frozenset(), {"a": at(28)})


def test_what_is_held_due_itself_or_of_unknown_length_is_not_meant_for_the_printers_time() -> (
    None
):
    rules = Rules(ready_by=(at(4), at(28)))
    full = [printing("garage", 600)]
    for one in (job(is_held=True), job(hours=None), job(due=at(40))):
        made = planned(one, rules=rules, machines=full)
        assert (made.late, made.ready_by) == (frozenset(), {})
    assert planned(job(hours=6, not_before=at(5)), rules=rules).ready_by == {
        "a": at(28)
    }
    started = job(hours=6, is_held=True, is_started=True)
    assert planned(started, rules=rules, machines=full).late == {"a"}
    assert planned(job(hours=6), machines=full).ready_by == {}


@given(
    hours=quiet_hours(), length=st.integers(1, 12), first=st.integers(1, 40), sun=st.booleans(),
)  # fmt: skip
def test_nothing_begins_beyond_a_ready_by_that_could_be_met(
    hours: QuietHours, length: int, first: int, sun: bool
) -> None:
    """What waits for the sun begins in time, if quiet hours leave a start for that."""
    rules = Rules(
        quiet=(hours,),
        sun=Sun(source="Roof", limit_w=9, power_w=0.0, is_enough=sun),
        ready_by=(at(first), at(first + 24), at(first + 48)),
    )
    one = job(hours=length)
    earliest = Quiet((hours,)).first_start(NOW, length * HOUR)
    could = earliest is not None and earliest + length * HOUR <= at(first)
    now = NOW
    made = planned(one, rules=rules, now=now)
    assert made.starts or (made.late == set()) == could
    while not made.starts and made.wake_at and made.wake_at <= at(first):
        now = made.wake_at
        made = planned(one, rules=rules, now=now)
    if could:
        assert made.starts
        assert now + length * HOUR <= at(first)
