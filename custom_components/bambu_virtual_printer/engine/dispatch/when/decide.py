"""All rules about time together, for a job on a printer: it may begin now, or it waits for a reason."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...library.values.timing import OwnQuiet, OwnSun, Unknown
from ..reasons import Reason, ReasonKey
from .prices import GRACE, Curves
from .quiet import Quiet
from .values import NO_WISHES, Condition, Facts, QuietHours, Rules, Sun, Wishes

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """Until when a start may be put off for what is only better: the last start to be ready by `ready_by`."""

    latest: datetime
    ready_by: datetime


class Decider:
    """Decides by the rules of one printer or several at one moment. Jobs alike in their wishes share an answer.

    Reasons name no printer yet.
    """

    def __init__(
        self,
        rules: Rules,
        facts: Facts,
        now: datetime,
        curves: Curves,
    ) -> None:
        """Decide by these rules of a printer, and by what is known of that what jobs ask for."""
        self._curves = curves
        self._rules = rules
        self._facts = facts
        self._now = now
        self._quiet: dict[OwnQuiet | None, Quiet] = {}
        self._of_printer = self._printer_obstacle()
        self._decided: dict[tuple[Wishes, datetime | None], Reason | None] = {}

    def obstacle(
        self, wishes: Wishes, *, begin_by: datetime | None = None
    ) -> Reason | None:
        """Return why a job may not begin now, with the planned start as `until` where time alone decides; None if it may.

        `begin_by` is when it has to begin at the latest so that every job of the printer is ready by its time.
        """
        key = (wishes, begin_by)
        if key not in self._decided:
            self._decided[key] = self._decide(wishes, begin_by)
        return self._decided[key]

    def strict_obstacle(self, wishes: Wishes) -> Reason | None:
        """Return why a job may not even begin now that was chosen to begin a while ago: what is only better counts no longer."""
        if span := self.quiet(wishes).span_at(self._now):
            return Reason(
                key=ReasonKey.QUIET_HOURS,
                before=span.end,
                until=self.first_start(wishes, self._now),
                is_of_job=self._is_of_job(wishes),
            )
        return self._condition_obstacle(wishes)

    def quiet(self, wishes: Wishes) -> Quiet:
        """Return the quiet hours for a job: the printer's, and its own."""
        known = self._quiet.get(wishes.quiet)
        if known is None:
            known = self._quiet[wishes.quiet] = Quiet(self._hours(wishes))
        return known

    def first_start(self, wishes: Wishes, moment: datetime) -> datetime | None:
        """Return the first start from a moment on that quiet hours leave; None if there is none."""
        return self.quiet(wishes).first_start(moment, wishes.length or _NOTHING)

    def ready_by(self, moment: datetime) -> datetime | None:
        """Return by when the printer should be ready with what may begin from a moment on; None without such a rule."""
        return next((one for one in self._rules.ready_by if one > moment), None)

    def can_be_ready(
        self, wishes: Wishes, begin: datetime, due: datetime, copies: int
    ) -> bool:
        """Return whether so many copies of a job can be ready in time, one after another from a moment on."""
        if wishes.length is None:
            return True
        if not self._hours(wishes):
            return begin + wishes.length * copies <= due
        quiet = self.quiet(wishes)
        for _copy in range(copies):
            start = quiet.first_start(begin, wishes.length)
            if start is None or start + wishes.length > due:
                return False
            begin = start + wishes.length
        return True

    # --- one rule after another ---

    def _hours(self, wishes: Wishes) -> tuple[QuietHours, ...]:
        if wishes.quiet is None:
            return self._rules.quiet
        return self._rules.quiet + self._facts.quiet.get(wishes.quiet, ())

    def _is_of_job(self, wishes: Wishes) -> bool:
        """Whether it is only by its own quiet hours that a job may not begin now."""
        if wishes.quiet is None:
            return False
        return self.quiet(NO_WISHES).span_at(self._now) is None

    def _printer_obstacle(self) -> Reason | None:
        """Return what keeps every print from beginning here now, whatever its length."""
        if reason := _unknown(self._rules.quiet):
            return reason
        for condition in self._rules.conditions:
            if reason := self._unmet(condition):
                return reason
        return None

    def _unmet(self, condition: Condition) -> Reason | None:
        if condition.is_met is None and condition.unknown is Unknown.HOLD:
            return Reason(key=ReasonKey.CONDITION_UNKNOWN, source=condition.source)
        if condition.is_met is False:
            return Reason(key=ReasonKey.CONDITION_NOT_MET, source=condition.source)
        return None

    def _decide(self, wishes: Wishes, begin_by: datetime | None) -> Reason | None:
        quiet = self._quiet_obstacle(wishes)
        if quiet is None or quiet.until is None:
            if hard := quiet or self._condition_obstacle(wishes):
                return hard
        # What is only better gives way to what has to be ready.
        due = self._bound(wishes, wishes.due, copies=wishes.copies)
        if wishes.due and due is None:
            return quiet
        due = due or self._first_bound(wishes, self._rules.ready_by)
        if begin_by and due and begin_by < due.latest:
            due = replace(due, latest=begin_by)
        if due and due.latest <= self._now:
            return quiet
        price = self._price_obstacle(wishes, due)
        if quiet and quiet.until:
            # Of two times the later one is the planned start.
            if price and price.until and price.until > quiet.until:
                return price
            return quiet
        return price or self._sun_obstacle(wishes, due)

    def _condition_obstacle(self, wishes: Wishes) -> Reason | None:
        if self._of_printer:
            return self._of_printer
        if wishes.quiet and (reason := _unknown(self._hours(wishes))):
            return reason
        if not wishes.only_while:
            return None
        known = self._facts.conditions.get(wishes.only_while)
        return self._unmet(
            replace(known, unknown=wishes.unknown)
            if known
            else Condition(
                source=wishes.only_while, is_met=None, unknown=wishes.unknown
            )
        )

    def _quiet_obstacle(self, wishes: Wishes) -> Reason | None:
        length = wishes.length or _NOTHING
        now = self._now
        quiet = self.quiet(wishes)
        if span := quiet.span_at(now):
            start = quiet.first_start(now, length)
            if start is not None:
                return Reason(
                    key=ReasonKey.QUIET_HOURS,
                    until=start,
                    before=span.end,
                    is_of_job=self._is_of_job(wishes),
                )
        elif span := quiet.conflict(now, length):
            start = quiet.first_start(now, length)
            if start is not None:
                return Reason(
                    key=ReasonKey.ENDS_IN_QUIET_HOURS,
                    until=start,
                    before=span.start,
                    length=length,
                )
        else:
            return None
        return Reason(
            key=ReasonKey.NO_TIME_LEFT,
            length=length,
            is_of_job=wishes.quiet is not None,
        )

    def _price_obstacle(self, wishes: Wishes, due: _Bound | None) -> Reason | None:
        bound = self._bound(wishes, wishes.cheapest_before, copies=1)
        if bound is None and wishes.cheapest_before is None:
            bound = self._first_bound(wishes, self._rules.cheapest_before)
        if bound is None or wishes.length is None:
            return None
        if due and due.latest < bound.latest:
            bound = due
        if bound.latest <= self._now:
            return None
        prices = self._rules.prices
        if not prices:
            if prices is not None and self._rules.prices_unknown is Unknown.LET_GO:
                return None
            return Reason(
                key=ReasonKey.PRICES_UNKNOWN,
                source=prices.source if prices is not None else "",
                until=bound.latest,
                before=bound.ready_by,
            )
        start = self._curves.of(prices, self._hours(wishes)).cheapest_start(
            now=self._now, latest=bound.latest, length=wishes.length
        )
        if start is None:
            if self._rules.prices_unknown is Unknown.LET_GO:
                return None
            return Reason(
                key=ReasonKey.PRICES_UNKNOWN,
                source=prices.source,
                until=bound.latest,
                before=bound.ready_by,
            )
        if start <= self._now:
            return None
        return Reason(key=ReasonKey.CHEAPEST_LATER, until=start, before=bound.ready_by)

    def _sun_obstacle(self, wishes: Wishes, due: _Bound | None) -> Reason | None:
        own = (
            None
            if wishes.sun is None
            else self._facts.suns.get(wishes.sun, _unknown_sun(wishes.sun))
        )
        return self._sun_missing(self._rules.sun, due) or self._sun_missing(own, due)

    def _sun_missing(self, sun: Sun | None, due: _Bound | None) -> Reason | None:
        if sun is None or sun.is_enough:
            return None
        if sun.is_enough is None and sun.unknown is Unknown.LET_GO:
            return None
        return Reason(
            key=ReasonKey.SUN_UNKNOWN if sun.power_w is None else ReasonKey.NO_SUN,
            source=sun.source,
            power_w=sun.power_w,
            limit_w=sun.limit_w,
            until=due.latest if due else None,
        )

    def _first_bound(
        self, wishes: Wishes, moments: tuple[datetime, ...]
    ) -> _Bound | None:
        """Return that of the first of some moments by which a copy can still be ready."""
        found = (self._bound(wishes, moment, copies=1) for moment in moments)
        return next((bound for bound in found if bound), None)

    def _bound(
        self, wishes: Wishes, ready_by: datetime | None, *, copies: int
    ) -> _Bound | None:
        """Return the last start after which so many copies are ready in time; None if that is over."""
        if ready_by is None or wishes.length is None:
            return None
        latest = ready_by
        quiet = self.quiet(wishes)
        for _copy in range(copies):
            begin = quiet.last_start(
                self._now - GRACE, latest - wishes.length, wishes.length
            )
            if begin is None:
                return None
            latest = begin
        return _Bound(latest=latest - self._rules.begins_after, ready_by=ready_by)


def _unknown(hours: Iterable[QuietHours]) -> Reason | None:
    """Return that a schedule of quiet hours is not known that nothing begins without."""
    for each in hours:
        if each.spans is None and each.unknown is Unknown.HOLD:
            return Reason(key=ReasonKey.CONDITION_UNKNOWN, source=each.source)
    return None


def _unknown_sun(own: OwnSun) -> Sun:
    return Sun(
        source=own.sensor,
        limit_w=own.limit_w,
        power_w=None,
        is_enough=None,
        unknown=own.unknown,
    )
