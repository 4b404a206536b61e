"""Which starts quiet hours leave for a print of some length."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ...library.values.timing import Scope
from .values import QuietHours, Span

_NOTHING = timedelta()
# The last start before quiet hours is so long before them: timers are late.
_BEFORE = timedelta(minutes=1)


class Quiet:
    """The quiet hours of a printer, from all schedules that are known."""

    def __init__(self, hours: Iterable[QuietHours]) -> None:
        """Put them together."""
        known = [one for one in hours if one.spans is not None]
        self._begin = _merged(_spans(known, Scope.BEGIN) + _spans(known, Scope.RUN))
        self._run = _merged(_spans(known, Scope.RUN))
        self._begin_starts = [span.start for span in self._begin]
        self._run_ends = [span.end for span in self._run]
        self._known_until = min((one.known_until for one in known), default=None)

    def span_at(self, moment: datetime) -> Span | None:
        """Return the quiet hours in which a moment is."""
        place = bisect_right(self._begin_starts, moment) - 1
        if place < 0 or self._begin[place].end <= moment:
            return None
        return self._begin[place]

    def conflict(self, start: datetime, length: timedelta) -> Span | None:
        """Return the first quiet hours that a print would run into, which begins outside of them."""
        place = bisect_right(self._run_ends, start)
        if place < len(self._run) and self._run[place].start < start + length:
            return self._run[place]
        return None

    def first_start(self, moment: datetime, length: timedelta) -> datetime | None:
        """Return the first start from a moment on; None if there is none as far as quiet hours are known."""
        while True:
            if span := self.span_at(moment) or self.conflict(moment, length):
                moment = span.end
                runs_until = moment + (length if self._run else _NOTHING)
                if self._known_until and runs_until >= self._known_until:
                    return None
            else:
                return moment

    def last_start(
        self, earliest: datetime, latest: datetime, length: timedelta
    ) -> datetime | None:
        """Return the last start between two moments, both included."""
        while latest >= earliest:
            if span := self.span_at(latest):
                latest = span.start - _BEFORE
            elif span := self.conflict(latest, length):
                latest = span.start - length
            else:
                return latest
        return None

    def starts(
        self, earliest: datetime, latest: datetime, length: timedelta
    ) -> Sequence[Span]:
        """Return the spans of starts between two moments; ends are starts as well."""
        found: list[Span] = []
        after = earliest
        while (moment := self.first_start(after, length)) and moment <= latest:
            end = latest
            place = bisect_right(self._begin_starts, moment)
            if place < len(self._begin):
                end = min(end, self._begin[place].start - _BEFORE)
            place = bisect_right(self._run_ends, moment)
            if place < len(self._run):
                end = min(end, self._run[place].start - length)
            end = max(end, moment)
            found.append(Span(start=moment, end=end))
            after = end + _BEFORE + timedelta(seconds=1)
        return found


def _spans(hours: Iterable[QuietHours], scope: Scope) -> list[Span]:
    return [span for one in hours if one.scope is scope for span in one.spans or ()]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if span.end - span.start <= _NOTHING:
            continue
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(start=merged[-1].start, end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
