"""Random quiet hours and prices on a grid of five minutes, and moments to try."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    Price,
    Prices,
    QuietHours,
    Span,
)
from custom_components.bambu_virtual_printer.engine.library.values.timing import Scope

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
STEP = timedelta(minutes=5)
# Two days on the grid.
STEPS = 576


def at(steps: float) -> datetime:
    return NOW + steps * STEP


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    edges = sorted(draw(st.sets(st.integers(-50, STEPS), max_size=8)))
    return QuietHours(
        spans=tuple(
            Span(start=at(start), end=at(end))
            for start, end in zip(edges[::2], edges[1::2], strict=False)
        ),
        known_until=at(STEPS * 3),
        scope=draw(st.sampled_from(Scope)),
    )


@st.composite
def prices(draw: st.DrawFn) -> Prices:
    first = draw(st.integers(-50, 50))
    values = draw(st.lists(st.integers(-3, 9), min_size=1, max_size=30))
    width = draw(st.sampled_from([3, 12]))
    return Prices(
        Price(
            start=at(first + number * width),
            end=at(first + (number + 1) * width),
            price=value,
        )
        for number, value in enumerate(values)
    )


lengths = st.integers(0, 200).map(lambda steps: steps * STEP)
