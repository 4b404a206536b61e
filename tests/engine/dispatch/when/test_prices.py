"""The cheapest start, beside a look at each moment of a grid."""

from datetime import datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.when.prices import (
    GRACE,
    Curve,
    Curves,
)
from custom_components.bambu_virtual_printer.engine.dispatch.when.quiet import Quiet
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    Price,
    Prices,
    QuietHours,
)

from .spans import NOW, STEP, STEPS, at, lengths, prices, quiet_hours
from .test_quiet import may_start

HOUR = timedelta(hours=1)


def hourly(*values: float) -> Prices:
    return Prices(
        Price(start=NOW + number * HOUR, end=NOW + (number + 1) * HOUR, price=value)
        for number, value in enumerate(values)
    )


def cheapest(known: Prices, hours: float, latest: float) -> float | None:
    """Return the start in hours from now."""
    found = Curve(known, ()).cheapest_start(
        now=NOW, latest=NOW + latest * HOUR, length=hours * HOUR
    )
    return None if found is None else (found - NOW) / HOUR


def test_the_window_is_as_long_as_the_print() -> None:
    known = hourly(5, 1, 5, 2, 2, 2, 5)
    assert cheapest(known, 1, 6) == 1
    assert cheapest(known, 3, 4) == 3


def test_a_print_may_end_with_the_cheap_hours_instead_of_beginning_with_them() -> None:
    assert cheapest(hourly(9, 3, 1, 1, 9), 2.5, 3) == 1.5


def test_of_equal_ones_the_first_is_taken() -> None:
    assert cheapest(hourly(5, 2, 5, 2), 1, 3) == 1
    assert cheapest(hourly(4, 4, 4, 4), 2, 2) == 0


def test_the_last_start_bounds_the_search() -> None:
    assert cheapest(hourly(5, 4, 3, 1), 1, 2) == 2


def test_prices_below_zero_are_the_cheapest() -> None:
    assert cheapest(hourly(1, 0, -2, 0), 1, 3) == 2


def test_what_is_not_known_does_not_count() -> None:
    assert cheapest(hourly(5, 4), 1, 30) == 1
    assert cheapest(hourly(5, 4), 3, 30) is None
    assert cheapest(Prices(), 1, 30) is None


def test_a_start_that_was_due_a_moment_ago_is_due_still() -> None:
    curve = Curve(hourly(5, 1, 5, 1), ())
    late = NOW + HOUR + GRACE / 2
    found = curve.cheapest_start(now=late, latest=NOW + 3 * HOUR, length=HOUR)
    assert found == NOW + HOUR
    later = NOW + HOUR + 2 * GRACE
    found = curve.cheapest_start(now=later, latest=NOW + 3 * HOUR, length=HOUR)
    assert found == NOW + 3 * HOUR


def test_of_two_prices_for_a_time_the_later_told_counts() -> None:
    known = Prices(
        [
            Price(start=NOW, end=NOW + 4 * HOUR, price=1),
            Price(start=NOW + HOUR, end=NOW + 2 * HOUR, price=9),
            Price(start=NOW + HOUR, end=NOW + 2 * HOUR, price=3),
            Price(start=NOW + 2 * HOUR, end=NOW + 2 * HOUR, price=7),
        ]
    )
    start = NOW.timestamp()
    assert known.cost(start, start + 7200) == pytest.approx(3600 * (1 + 3))
    assert known.cost(start, start + 7201) is None
    assert known.known_until(start) == start + 7200
    assert known.known_until(start + 9000) == start + 9000


def test_what_was_worked_out_is_kept_while_prices_are_the_same() -> None:
    curves = Curves()
    first = curves.of(hourly(1, 2), ())
    curves.forget_unused()
    assert curves.of(hourly(1, 2), ()) is first
    assert curves.of(hourly(2, 1), ()) is not first
    curves.forget_unused()
    curves.forget_unused()
    assert curves.of(hourly(1, 2), ()) is not first


@given(
    known=prices(),
    hours=st.lists(quiet_hours(), max_size=2),
    length=lengths.filter(bool),
    latest=st.integers(0, STEPS),
)
def test_no_allowed_start_is_cheaper_than_the_one_that_is_found(
    known: Prices, hours: list[QuietHours], length: timedelta, latest: int
) -> None:
    found = Curve(known, tuple(hours)).cheapest_start(
        now=NOW, latest=at(latest), length=length
    )

    def cost(moment: datetime) -> float | None:
        start = moment.timestamp()
        return known.cost(start, start + length.total_seconds())

    best = None
    if found is not None:
        assert NOW - GRACE <= found <= at(latest)
        assert Quiet(hours).first_start(found, length) == found
        best = cost(found)
        assert best is not None
    for step in range(latest + 1):
        other = cost(at(step))
        if other is None or not may_start(hours, at(step), length):
            continue
        assert best is not None
        assert best <= other + 1e-3
        # Found in steps of the grid, but for a start just before quiet hours.
        assert found is not None
        if other == best and found > NOW:
            assert found <= at(step) + STEP
