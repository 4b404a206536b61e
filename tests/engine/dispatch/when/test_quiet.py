"""Which starts quiet hours leave, beside a look at each moment of a grid."""

from datetime import datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.when.quiet import Quiet
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    QuietHours,
    Span,
)
from custom_components.bambu_virtual_printer.engine.library.values.timing import Scope

from .spans import NOW, STEP, STEPS, at, lengths, quiet_hours

HOUR = timedelta(hours=1)


def night(scope: Scope) -> Quiet:
    """From 10 to 18 hours from now."""
    span = Span(start=NOW + 10 * HOUR, end=NOW + 18 * HOUR)
    hours = QuietHours(spans=(span,), known_until=NOW + 100 * HOUR, scope=scope)
    return Quiet([hours])


def may_start(hours: list[QuietHours], moment: datetime, length: timedelta) -> bool:
    """Say it in the plainest way."""
    for one in hours:
        for span in one.spans or ():
            if span.start <= moment < span.end:
                return False
            if (
                one.scope is Scope.RUN
                and moment < span.end
                and span.start < moment + length
            ):
                return False
    return True


def test_a_print_may_run_into_hours_in_which_nothing_may_begin() -> None:
    quiet = night(Scope.BEGIN)
    assert quiet.first_start(NOW + 9 * HOUR, 5 * HOUR) == NOW + 9 * HOUR
    assert quiet.first_start(NOW + 10 * HOUR, 5 * HOUR) == NOW + 18 * HOUR


def test_a_print_ends_before_hours_in_which_nothing_may_run_or_begins_after_them() -> (
    None
):
    quiet = night(Scope.RUN)
    assert quiet.first_start(NOW + 5 * HOUR, 5 * HOUR) == NOW + 5 * HOUR
    assert quiet.first_start(NOW + 6 * HOUR, 5 * HOUR) == NOW + 18 * HOUR
    conflict = quiet.conflict(NOW + 6 * HOUR, 5 * HOUR)
    assert conflict == Span(start=NOW + 10 * HOUR, end=NOW + 18 * HOUR)


def test_a_print_that_fits_nowhere_has_no_start() -> None:
    days = tuple(
        Span(start=NOW + (24 * day) * HOUR, end=NOW + (24 * day + 20) * HOUR)
        for day in range(14)
    )
    hours = QuietHours(spans=days, known_until=NOW + 14 * 24 * HOUR, scope=Scope.RUN)
    assert Quiet([hours]).first_start(NOW, 4 * HOUR) == NOW + 20 * HOUR
    assert Quiet([hours]).first_start(NOW, 5 * HOUR) is None


@given(
    hours=st.lists(quiet_hours(), max_size=3),
    length=lengths,
    start=st.integers(0, STEPS),
)
def test_the_first_start_is_allowed_and_none_before_it_is(
    hours: list[QuietHours], length: timedelta, start: int
) -> None:
    found = Quiet(hours).first_start(at(start), length)
    assert found is not None
    assert may_start(hours, found, length)
    moment = at(start)
    while moment < found:
        assert not may_start(hours, moment, length)
        moment += STEP


@given(
    hours=st.lists(quiet_hours(), max_size=3),
    length=lengths,
    start=st.integers(0, STEPS),
    end=st.integers(0, STEPS),
)
def test_the_last_start_is_allowed_and_none_after_it_is(
    hours: list[QuietHours], length: timedelta, start: int, end: int
) -> None:
    found = Quiet(hours).last_start(at(start), at(end), length)
    moment = at(end)
    while moment >= at(start) and (found is None or moment > found):
        assert not may_start(hours, moment, length)
        moment -= STEP
    if found is not None:
        assert at(start) <= found <= at(end)
        assert may_start(hours, found, length)


@given(
    hours=st.lists(quiet_hours(), max_size=3),
    length=lengths,
    start=st.integers(0, STEPS),
    end=st.integers(0, STEPS),
)
def test_spans_of_starts_have_all_of_them_and_no_others(
    hours: list[QuietHours], length: timedelta, start: int, end: int
) -> None:
    spans = Quiet(hours).starts(at(start), at(end), length)
    for step in range(start, end + 1):
        inside = any(span.start <= at(step) <= span.end for span in spans)
        assert inside == may_start(hours, at(step), length)


@pytest.mark.parametrize("scope", Scope)
def test_schedules_that_nobody_knows_leave_every_start_to_the_others(
    scope: Scope,
) -> None:
    unknown = QuietHours(spans=None, known_until=NOW, scope=scope, source="Night")
    assert Quiet([unknown]).first_start(NOW, HOUR) == NOW
