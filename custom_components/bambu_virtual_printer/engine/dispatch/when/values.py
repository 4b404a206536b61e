"""The rules of printers and jobs about time, and what is known of what they depend on, at one moment."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from ...library.values.timing import OwnQuiet, OwnSun, Scope, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A span of time, with its start and without its end."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Quiet hours, in order and apart from one another. `known_until` is how far they reach.

    `spans` are None while the schedule that they are from, `source`, is not known.
    """

    spans: tuple[Span, ...] | None
    known_until: datetime
    scope: Scope = Scope.BEGIN
    source: str = ""
    unknown: Unknown = Unknown.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What has to hold for a start. `source` is what people call it; `is_met` is None while nobody knows."""

    source: str
    is_met: bool | None
    unknown: Unknown = Unknown.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Sun:
    """Whether there is power enough for a start, with hysteresis; `power_w` and `is_enough` are None while nobody knows."""

    source: str
    limit_w: float
    power_w: float | None
    is_enough: bool | None
    unknown: Unknown = Unknown.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What energy costs in a span of time; only comparisons count, so any unit will do."""

    start: datetime
    end: datetime
    price: float


class Prices:
    """Prices of consecutive spans. Where they overlap, the one that begins later counts from its start."""

    __slots__ = ("_costs", "_ends", "_known", "_starts", "_values", "source")

    def __init__(self, prices: Iterable[Price] = (), *, source: str = "") -> None:
        """Sum up; `source` is what people call the sensor."""
        self.source = source
        self._starts: list[float] = []
        self._ends: list[float] = []
        self._values: list[float] = []
        for price in sorted(prices, key=lambda one: one.start):
            start, end = price.start.timestamp(), price.end.timestamp()
            if start >= end:
                continue
            if self._starts and start <= self._starts[-1]:
                # The later of two that are told of the same time.
                self._starts.pop()
                self._ends.pop()
                self._values.pop()
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = start
            self._starts.append(start)
            self._ends.append(end)
            self._values.append(price.price)
        # Before each span: the cost so far, and how many seconds are known.
        self._costs = [0.0]
        self._known = [0.0]
        for start, end, value in zip(
            self._starts, self._ends, self._values, strict=True
        ):
            self._costs.append(self._costs[-1] + (end - start) * value)
            self._known.append(self._known[-1] + end - start)

    def __bool__(self) -> bool:
        """Return whether any price is known."""
        return bool(self._starts)

    def __eq__(self, other: object) -> bool:
        """Compare what is known."""
        if not isinstance(other, Prices):
            return NotImplemented
        return (
            self.source == other.source
            and self._starts == other._starts
            and self._ends == other._ends
            and self._values == other._values
        )

    def __hash__(self) -> int:
        """Return the hash of what is known."""
        return hash((self.source, tuple(self._starts), tuple(self._values)))

    @property
    def edges(self) -> Sequence[float]:
        """When prices change, as seconds since the epoch."""
        return sorted({*self._starts, *self._ends})

    def known_until(self, moment: float) -> float:
        """Return until when they are known without a gap from a moment on, as seconds since the epoch."""
        place = bisect_right(self._starts, moment) - 1
        if place < 0 or self._ends[place] <= moment:
            return moment
        while place + 1 < len(self._starts) and (
            self._starts[place + 1] <= self._ends[place]
        ):
            place += 1
        return self._ends[place]

    def cost(self, start: float, end: float) -> float | None:
        """Return what a steady consumption costs between two moments; None where a price is missing."""
        return self.costs([start], end - start)[0]

    def costs(self, starts: Sequence[float], seconds: float) -> list[float | None]:
        """Return for each of some starts, in order, what a steady consumption of so many seconds costs; None where a price is missing."""
        return [
            cost_then - cost if abs(known_then - known - seconds) < 1e-3 else None
            for (cost, known), (cost_then, known_then) in zip(
                self._at(starts),
                self._at([start + seconds for start in starts]),
                strict=True,
            )
        ]

    def _at(self, moments: Iterable[float]) -> Iterator[tuple[float, float]]:
        """Yield for each of some moments, in order, the cost so far, and how many seconds are known."""
        count = len(self._starts)
        place = -1
        for moment in moments:
            if place < 0:
                place = bisect_right(self._starts, moment) - 1
            if place < 0:
                yield (0.0, 0.0)
                continue
            while place + 1 < count and self._starts[place + 1] <= moment:
                place += 1
            seconds = min(moment, self._ends[place]) - self._starts[place]
            yield (
                self._costs[place] + seconds * self._values[place],
                self._known[place] + seconds,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of a printer.

    With `cheapest_before` prints begin at the cheapest time to be ready by the first of these moments that they can still be
    ready by. Without it `prices` are for jobs that ask. What is only better is not waited for beyond the last start to be ready by
    the first moment of `ready_by` that can still be kept, where a job is not due itself. Printers of the same `circuit` begin `stagger` apart.
    A printer begins `begins_after` a start that is decided on.
    """

    quiet: tuple[QuietHours, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sun: Sun | None = None
    prices: Prices | None = None
    prices_unknown: Unknown = Unknown.HOLD
    cheapest_before: tuple[datetime, ...] = ()
    ready_by: tuple[datetime, ...] = ()
    circuit: str = ""
    stagger: timedelta = timedelta()
    begins_after: timedelta = timedelta()


NO_RULES = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a job wants. `length` is that of one copy by the file's estimate, None where it does not say.

    `due` is when all copies should be ready. `only_while` is an entity or a template, and the key of its condition among the
    facts of a plan; `unknown` is what counts where nobody knows. `cheapest_before` is when the next copy should be ready that begins at the cheapest time.
    `quiet` and `sun` are keys of facts as well; they count beside those of the printer.
    """

    length: timedelta | None = None
    copies: int = 1
    due: datetime | None = None
    only_while: str = ""
    unknown: Unknown = Unknown.HOLD
    cheapest_before: datetime | None = None
    quiet: OwnQuiet | None = None
    sun: OwnSun | None = None


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What jobs ask for that facts have to be known of."""

    only_while: frozenset[str] = frozenset()
    quiet: frozenset[OwnQuiet] = frozenset()
    suns: frozenset[OwnSun] = frozenset()

    @classmethod
    def by(cls, wishes: Iterable[Wishes]) -> Self:
        """Return what these ask for."""
        wishes = tuple(wishes)
        return cls(
            only_while=frozenset(one.only_while for one in wishes if one.only_while),
            quiet=frozenset(one.quiet for one in wishes if one.quiet),
            suns=frozenset(one.sun for one in wishes if one.sun),
        )

    def __or__(self, other: Asked) -> Asked:
        """Return what either asks for."""
        return Asked(
            only_while=self.only_while | other.only_while,
            quiet=self.quiet | other.quiet,
            suns=self.suns | other.suns,
        )


NOTHING_ASKED = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known at the moment of a plan: the rules of printers by their ids, and what jobs ask for."""

    rules: Mapping[str, Rules] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    """By their text. Their `unknown` is not looked at: each job has its own."""
    quiet: Mapping[OwnQuiet, tuple[QuietHours, ...]] = field(default_factory=dict)
    suns: Mapping[OwnSun, Sun] = field(default_factory=dict)


NO_FACTS = Facts()
