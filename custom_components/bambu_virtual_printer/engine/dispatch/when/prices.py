"""The cheapest start of a print within prices that are known."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from .quiet import Quiet
from .values import Prices, QuietHours

# A start that was due so short a time ago is due still: timers are late, and so are restarts.
GRACE = timedelta(minutes=5)
# Prints whose lengths differ by less share what is worked out.
_STEP_S = 300
# Figures of the same prices, added up in another way, differ by less.
_SAME = 1e-9


class Curve:
    """What prints cost by their start, for the starts that quiet hours leave."""

    def __init__(self, prices: Prices, hours: tuple[QuietHours, ...]) -> None:
        """Use these prices and these quiet hours."""
        self._prices = prices
        self._quiet = Quiet(hours)
        self._edges = prices.edges
        self._of_length: dict[float, tuple[list[float], list[float]]] = {}

    def cheapest_start(
        self, *, now: datetime, latest: datetime, length: timedelta
    ) -> datetime | None:
        """Return the start between now and the latest one that costs least, the first of equal ones.

        Only prices that are known count; None where none of these starts has all of them. It may be up to `GRACE` ago.
        """
        seconds = length.total_seconds()
        shared = -(-seconds // _STEP_S) * _STEP_S
        first, last = (now - GRACE).timestamp(), latest.timestamp()
        extra = self._allowed([now.timestamp(), last], length)
        return self._find(shared, first, last, extra) or self._find(
            seconds, first, last, extra
        )

    def _find(
        self, seconds: float, first: float, last: float, extra: Iterable[float]
    ) -> datetime | None:
        if seconds not in self._of_length:
            self._of_length[seconds] = self._starts(seconds)
        moments, costs = self._of_length[seconds]
        begin, end = bisect_left(moments, first), bisect_right(moments, last)
        found = [
            (moment, cost)
            for moment in extra
            if (cost := self._prices.cost(moment, moment + seconds)) is not None
        ]
        some = costs[begin:end]
        least = min([*some, *(cost for _moment, cost in found)], default=None)
        if least is None:
            return None
        limit = least + _SAME * (1 + abs(least))
        best = [moment for moment, cost in found if cost <= limit]
        for place, cost in enumerate(some, begin):
            if cost <= limit:
                best.append(moments[place])
                break
        return datetime.fromtimestamp(min(best), UTC)

    def _starts(self, seconds: float) -> tuple[list[float], list[float]]:
        """Return starts in order, and their costs. Costs change steadily between these, so the least are among them."""
        if not self._edges:
            return [], []
        length = timedelta(seconds=seconds)
        begin, end = (
            datetime.fromtimestamp(edge, UTC)
            for edge in (self._edges[0], self._edges[-1])
        )
        starts: list[float] = []
        ends = [edge - seconds for edge in self._edges]
        edges = list(dict.fromkeys(sorted([*self._edges, *ends])))
        for span in self._quiet.starts(begin, end - length, length):
            first, last = span.start.timestamp(), span.end.timestamp()
            inside = edges[bisect_right(edges, first) : bisect_left(edges, last)]
            starts += [first, *inside, *((last,) if last > first else ())]
        moments: list[float] = []
        costs: list[float] = []
        for moment, cost in zip(
            starts, self._prices.costs(starts, seconds), strict=True
        ):
            if cost is not None:
                moments.append(moment)
                costs.append(cost)
        return moments, costs

    def _allowed(self, moments: Iterable[float], length: timedelta) -> list[float]:
        return [
            moment
            for moment in moments
            if (at := datetime.fromtimestamp(moment, UTC))
            and self._quiet.span_at(at) is None
            and self._quiet.conflict(at, length) is None
        ]


class Curves:
    """Those of the last plan, which hold as long as the prices and the quiet hours are the same."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[object, Curve] = {}
        self._used: dict[object, Curve] = {}

    def of(self, prices: Prices, hours: tuple[QuietHours, ...]) -> Curve:
        """Return the one for these."""
        key = (prices, hours)
        if key not in self._used:
            self._used[key] = self._known.get(key) or Curve(prices, hours)
        return self._used[key]

    def forget_unused(self) -> None:
        """Keep what was asked for since this was last called."""
        self._known, self._used = self._used, {}
