"""Quiet hours by the household's clock, over midnight and over both clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.when.values import Span
from custom_components.bambu_virtual_printer.printing.when.windows import (
    DAYS_AHEAD,
    daily_spans,
    known_until,
    moment,
    next_moments,
    weekly_spans,
)

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = date(2027, 3, 28)
AUTUMN = date(2026, 10, 25)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "begins", "ends"),
    [
        (date(2026, 11, 29), time(22), "2026-11-29 21:00", "2026-11-29 21:00"),
        (date(2026, 7, 1), time(22), "2026-07-01 20:00", "2026-07-01 20:00"),
        (date(2026, 7, 1), time.max, "2026-07-01 22:00", "2026-07-01 22:00"),
        # 2:30 does not exist: the clock goes from 2:00 to 3:00, at 1:00 UTC.
        (SPRING, time(2, 30), "2027-03-28 01:00", "2027-03-28 01:00"),
        (SPRING, time(3), "2027-03-28 01:00", "2027-03-28 01:00"),
        # 2:30 comes twice.
        (AUTUMN, time(2, 30), "2026-10-25 00:30", "2026-10-25 01:30"),
    ],
)
def test_a_time_of_the_clock_is_a_moment(
    day: date, at: time, begins: str, ends: str
) -> None:
    assert moment(day, at, BERLIN) == utc(begins)
    assert moment(day, at, BERLIN, is_end=True) == utc(ends)


@pytest.mark.parametrize(
    ("night", "hours"), [(date(2026, 11, 28), 9), (AUTUMN, 10), (SPRING, 8)]
)
def test_a_night_has_as_many_hours_as_the_clock_makes_of_it(
    night: date, hours: int
) -> None:
    evening = datetime.combine(night, time(12), BERLIN).astimezone(UTC)
    spans = daily_spans(time(22), time(7), evening, BERLIN)
    before = spans[0]
    assert before.end < evening
    assert before.end - before.start == timedelta(hours=hours)


def test_quiet_hours_within_a_day_and_over_midnight() -> None:
    now = utc("2026-11-29 12:00")
    noon = daily_spans(time(12), time(14), now, BERLIN)
    assert noon[1] == Span(start=utc("2026-11-29 11:00"), end=utc("2026-11-29 13:00"))
    night = daily_spans(time(22), time(7), now, BERLIN)
    assert night[1] == Span(start=utc("2026-11-29 21:00"), end=utc("2026-11-30 06:00"))
    assert known_until(now, BERLIN) == utc("2026-12-12 23:00")
    assert night[-1].end > known_until(now, BERLIN) - timedelta(days=1)
    assert len(night) == DAYS_AHEAD + 1


def test_a_week_repeats() -> None:
    now = utc("2026-11-29 12:00")
    week = {
        "monday": [{"from": time(22), "to": time.max, "data": {"x": 1}}],
        "tuesday": [{"from": time(0), "to": time(6)}],
    }
    assert weekly_spans(week, now, BERLIN) == (
        Span(start=utc("2026-11-30 21:00"), end=utc("2026-11-30 23:00")),
        Span(start=utc("2026-11-30 23:00"), end=utc("2026-12-01 05:00")),
        Span(start=utc("2026-12-07 21:00"), end=utc("2026-12-07 23:00")),
        Span(start=utc("2026-12-07 23:00"), end=utc("2026-12-08 05:00")),
    )


def test_the_next_times_of_day_begin_with_today_where_it_is_to_come() -> None:
    now = utc("2026-11-29 12:00")
    assert next_moments(time(7), now, BERLIN)[0] == utc("2026-11-30 06:00")
    assert next_moments(time(18), now, BERLIN)[0] == utc("2026-11-29 17:00")
