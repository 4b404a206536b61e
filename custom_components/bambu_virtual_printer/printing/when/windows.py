"""Quiet hours as moments: from times of the household's clock, over both clock changes of a year.

A time that a clock change skips stands for the moment of the change. Of a time that comes twice, a beginning means the first
and an end the second, so that quiet hours rather last too long.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from ...engine.dispatch.when.values import Span

DAYS_AHEAD = 14
"""How far quiet hours are known: they repeat after a week, and a print takes less than another one."""
WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_DAY = timedelta(days=1)
_MIDNIGHT = time()


def moment(day: date, at: time, zone: tzinfo, *, is_end: bool = False) -> datetime:
    """Return a moment in UTC by the household's clock; `time.max` is the end of the day."""
    if at == time.max:
        day, at = day + _DAY, _MIDNIGHT
    local = datetime.combine(day, at.replace(tzinfo=None))
    first, second = (
        local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    if second < first:
        return _change(second, first, zone)
    return second if is_end else first


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return when the clock changes between two moments, to the second."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def daily_spans(
    begin: time, end: time, now: datetime, zone: tzinfo
) -> tuple[Span, ...]:
    """Return quiet hours of every day, over midnight where they end before they begin."""
    spans = []
    for day in _days(now, zone):
        last_day = day if begin < end else day + _DAY
        spans.append(
            Span(
                start=moment(day, begin, zone),
                end=moment(last_day, end, zone, is_end=True),
            )
        )
    return tuple(spans)


def weekly_spans(
    week: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime, zone: tzinfo
) -> tuple[Span, ...]:
    """Return quiet hours of a week as the schedule integration gives it: by weekday, each `from` a time `to` another."""
    return tuple(
        Span(
            start=moment(day, one["from"], zone),
            end=moment(day, one["to"], zone, is_end=True),
        )
        for day in _days(now, zone)
        for one in week.get(WEEKDAYS[day.weekday()], ())
    )


def next_moments(at: time, now: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return when it is a time of day next, today at first if that is still to come."""
    found = (moment(day, at, zone) for day in _days(now, zone))
    return tuple(one for one in found if one > now)


def known_until(now: datetime, zone: tzinfo) -> datetime:
    """Return how far the spans reach."""
    return moment(now.astimezone(zone).date() + DAYS_AHEAD * _DAY, _MIDNIGHT, zone)


def _days(now: datetime, zone: tzinfo) -> Iterable[date]:
    today = now.astimezone(zone).date()
    return (today + number * _DAY for number in range(-1, DAYS_AHEAD))
