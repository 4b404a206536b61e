"""What people may have printed: limits of a month, and the printers that are for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.allowances import Allowance
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import AnyPrinter
from custom_components.bambu_virtual_printer.engine.dispatch.planner import Plan, plan
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.library.values.made import Amount

from .scenes import P1S
from .test_planner import NOW, job, keys, machine, starts

RENEWS = datetime(2026, 12, 1, tzinfo=UTC)
ONE = Amount(filament_g=100.0, print_time_s=3600.0)


def planned(allowance: Allowance | None, targets: Sequence[str | None]) -> Plan:
    """Plan a job of one person for each of these printers, which are all free."""
    jobs = [
        job(
            f"{number}",
            target,
            person="anna",
            one_copy=ONE,
            allowance=allowance,
        )
        for number, target in enumerate(targets)
    ]
    machines = [machine(each) for each in sorted({each for each in targets if each})]
    return plan(jobs, machines, NOW)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"limit_g": 250.0}, {"limit_g": 250.0}),
        ({"limit_s": 7200.0}, {"limit_s": 7200.0}),
        ({"limit_g": 250.0, "limit_s": 7200.0}, {"limit_g": 250.0}),
    ],
)
def test_what_begins_together_counts_together(
    limits: dict[str, float], told: dict[str, float]
) -> None:
    allowance = Allowance(name="Anna", renews_at=RENEWS, **limits)
    made = planned(allowance, ["a", "b", "c"])
    assert starts(made) == {"0": "a", "1": "b"}
    assert made.reasons == {
        "2": Reason(key=ReasonKey.LIMIT_REACHED, until=RENEWS, person="Anna", **told)
    }
    assert made.wake_at == RENEWS


def test_what_was_printed_this_month_counts() -> None:
    allowance = Allowance(name="Anna", limit_g=250.0, used=ONE, renews_at=RENEWS)
    assert starts(planned(allowance, ["a", "b"])) == {"0": "a"}
    full = replace(allowance, used=Amount(filament_g=150.0000001))
    assert starts(planned(full, ["a"])) == {"0": "a"}


def test_what_one_month_is_not_enough_for_has_no_day_on_which_it_goes_on() -> None:
    made = planned(Allowance(name="Anna", limit_s=60.0, renews_at=RENEWS), ["a"])
    assert made.reasons["0"] == Reason(
        key=ReasonKey.OVER_LIMIT, person="Anna", limit_s=60.0
    )
    assert made.wake_at is None


def test_a_limit_is_said_of_no_job_that_is_printed_by_hand() -> None:
    made = planned(Allowance(name="Anna", limit_g=0.0, renews_at=RENEWS), [None])
    assert keys(made) == {"0": ReasonKey.NO_TARGET}


def test_the_start_of_a_job_does_not_lift_a_limit() -> None:
    waiting = job(
        person="anna",
        one_copy=ONE,
        is_started=True,
        allowance=Allowance(name="Anna", limit_g=50.0),
    )
    assert keys(plan([waiting], [machine()], NOW)) == {"a": ReasonKey.OVER_LIMIT}


def test_others_are_passed_over_by_no_limit_that_is_not_theirs() -> None:
    limited = job(
        "a",
        person="anna",
        one_copy=ONE,
        allowance=Allowance(name="Anna", limit_g=0.0),
    )
    made = plan([limited, job("b", person="ben", one_copy=ONE)], [machine()], NOW)
    assert starts(made) == {"b": "garage"}


def test_a_printer_that_is_not_for_somebody_gets_nothing_of_theirs() -> None:
    allowance = Allowance(name="Anna", machines=frozenset({"b"}))
    made = planned(allowance, ["a", "b"])
    assert starts(made) == {"1": "b"}
    assert made.reasons["0"] == Reason(
        key=ReasonKey.NOT_FOR_PERSON, machine_id="a", person="Anna"
    )


def test_of_a_model_the_printers_are_used_that_are_for_the_person() -> None:
    hers = Allowance(name="Anna", machines=frozenset({"b"}))
    nobodys = Allowance(name="Ben", machines=frozenset({"gone"}))
    any_p1s = AnyPrinter(model=P1S)
    jobs = [
        replace(job("anna", person="anna", allowance=hers), target=any_p1s),
        replace(job("ben", person="ben", allowance=nobodys), target=any_p1s),
        replace(job("all"), target=any_p1s),
    ]
    made = plan(jobs, [machine("a"), machine("b")], NOW)
    assert starts(made) == {"anna": "b", "all": "a"}
    assert made.reasons["ben"].key is ReasonKey.NOT_FOR_PERSON


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12),
    st.none() | st.integers(0, 200),
    st.none() | st.integers(0, 200),
    st.integers(0, 100),
)
def test_never_more_begins_than_is_left_and_nothing_waits_that_fits(
    amounts: list[tuple[int, int]],
    limit_g: int | None,
    limit_s: int | None,
    used: int,
) -> None:
    allowance = Allowance(
        name="Anna",
        limit_g=limit_g,
        limit_s=limit_s,
        used=Amount(filament_g=used, print_time_s=used),
        renews_at=RENEWS,
    )
    jobs = [
        job(
            f"{number}",
            f"{number}",
            person="anna",
            one_copy=Amount(filament_g=grams, print_time_s=seconds),
            allowance=allowance,
        )
        for number, (grams, seconds) in enumerate(amounts)
    ]
    made = plan(jobs, [machine(each.id) for each in jobs], NOW)
    begun = [amounts[int(each)] for each in starts(made)]
    for limit, column in ((limit_g, 0), (limit_s, 1)):
        total = sum(each[column] for each in begun)
        assert (
            limit is None
            or not total
            or used + total <= limit
            or not any(each[column] for each in begun)
        )
    for number, (grams, seconds) in enumerate(amounts):
        if f"{number}" in made.reasons:
            assert (
                limit_g is not None
                and used + sum(g for g, _ in begun) + grams > limit_g
            ) or (
                limit_s is not None
                and used + sum(s for _, s in begun) + seconds > limit_s
            )
