"""Energy and its cost by the readings of a meter: it may begin anew, tremble, and have no price for a while."""

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.library.values.consumption import (
    Consumption,
)


def read(*readings: tuple[float, float | None]) -> Consumption:
    found = Consumption()
    for reading_kwh, price in readings:
        found = found.read(reading_kwh, price)
    return found


def test_each_step_is_costed_at_the_price_of_its_moment() -> None:
    found = read((100.0, 0.30), (100.5, 0.30), (101.0, 0.10))
    assert found.kwh == pytest.approx(1.0)
    assert found.cost == pytest.approx(0.5 * 0.30 + 0.5 * 0.10)


def test_a_meter_that_begins_anew_has_counted_from_zero() -> None:
    assert read((100.0, 1.0), (100.5, 1.0), (0.2, 1.0)).kwh == pytest.approx(0.7)


def test_a_meter_that_trembles_counts_nothing_twice() -> None:
    found = read((100.0, 1.0), (100.5, 1.0), (100.4, 1.0), (100.6, 1.0))
    assert found.kwh == pytest.approx(0.6)


def test_what_was_taken_without_a_price_is_costed_at_the_next_one_known() -> None:
    assert read((1.0, None), (2.0, None)).cost is None
    assert read((1.0, None), (2.0, None), (3.0, 0.25)).cost == pytest.approx(0.5)
    assert read((1.0, 0.25), (2.0, None)).cost == pytest.approx(0.25)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.none() | st.floats(0, 10))))
def test_energy_never_shrinks_whatever_a_meter_says(
    readings: list[tuple[float, float | None]],
) -> None:
    found, before = Consumption(), 0.0
    for reading_kwh, price in readings:
        found = found.read(reading_kwh, price)
        assert found.kwh >= before
        assert (found.cost or 0.0) >= 0.0
        before = found.kwh
