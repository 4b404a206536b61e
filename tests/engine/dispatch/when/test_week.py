"""A week of a household, planned as its clock goes on: nights, a tariff, the sun, a fuse, clock changes and restarts."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from math import pi, sin
from random import Random
from zoneinfo import ZoneInfo

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import (
    Plan,
    Planner,
)
from custom_components.bambu_virtual_printer.engine.dispatch.when.quiet import Quiet
from custom_components.bambu_virtual_printer.engine.dispatch.when.sun import is_enough
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    Condition,
    Facts,
    Price,
    Prices,
    QuietHours,
    Rules,
    Sun,
    Wishes,
)
from custom_components.bambu_virtual_printer.engine.library.values.timing import Scope
from custom_components.bambu_virtual_printer.printing.when.windows import (
    daily_spans,
    known_until,
    moment,
)

from ..scenes import IDLE, NEEDS, P1S

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STAGGER = HOUR / 4
LIMIT_W = 400.0
HYSTERESIS_W = 150.0
PRINTERS = ("bedroom", "cellar", "roof")
# Each week has a Sunday on which the clocks change, or none.
WEEKS = {
    "autumn": datetime(2026, 10, 22, 6, tzinfo=BERLIN),
    "winter": datetime(2026, 11, 26, 6, tzinfo=BERLIN),
    "spring": datetime(2027, 3, 25, 6, tzinfo=BERLIN),
}


@dataclass(slots=True, kw_only=True)
class Printer:
    """A printer that prints as long as it says."""

    job_id: str = ""
    ends_at: datetime | None = None
    started_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Week:
    """What happens."""

    start: datetime
    random: Random
    restarts: bool
    jobs: dict[str, QueuedJob] = field(default_factory=dict)
    queue: list[str] = field(default_factory=list)
    printers: dict[str, Printer] = field(
        default_factory=lambda: {name: Printer() for name in PRINTERS}
    )
    ended: dict[str, datetime] = field(default_factory=dict)
    feasible: dict[str, bool] = field(default_factory=dict)
    starts: list[tuple[datetime, str, str]] = field(default_factory=list)
    late: set[str] = field(default_factory=set)
    was_enough: bool | None = None
    planner: Planner = field(default_factory=Planner)

    # --- the household ---

    def price_at(self, at: datetime) -> float:
        hour = at.astimezone(BERLIN).hour
        return 1.0 + sin(hour / 24 * 2 * pi) + (at.day * 7 + hour) % 5 / 10

    def prices(self, now: datetime) -> Prices:
        """Those of today, and of tomorrow from 13 o'clock on."""
        local = now.astimezone(BERLIN)
        days = 2 if local.hour >= 13 else 1
        begin = moment(local.date(), time(), BERLIN)
        end = moment(local.date() + days * DAY, time(), BERLIN)
        found = []
        while begin < end:
            found.append(
                Price(start=begin, end=begin + HOUR, price=self.price_at(begin))
            )
            begin += HOUR
        return Prices(found, source="Tariff")

    def power_w(self, at: datetime) -> float:
        local = at.astimezone(BERLIN)
        hours = local.hour + local.minute / 60
        cloud = 0.6 if (local.day * 5 + local.hour) % 3 == 0 else 1.0
        return max(0.0, 900 * sin((hours - 8) / 9 * pi)) * cloud if hours > 8 else 0.0

    def is_home(self, at: datetime) -> bool:
        return not 8 <= at.astimezone(BERLIN).hour < 12

    def night(self, now: datetime, scope: Scope) -> QuietHours:
        return QuietHours(
            spans=daily_spans(time(22, 30), time(6), now, BERLIN),
            known_until=known_until(now, BERLIN),
            scope=scope,
        )

    def facts(self, now: datetime) -> Facts:
        self.was_enough = is_enough(
            self.power_w(now),
            limit_w=LIMIT_W,
            hysteresis_w=HYSTERESIS_W,
            before=self.was_enough,
        )
        prices = self.prices(now)
        return Facts(
            rules={
                "bedroom": Rules(quiet=(self.night(now, Scope.RUN),), prices=prices),
                "cellar": Rules(
                    prices=prices,
                    quiet=(self.night(now, Scope.BEGIN),),
                    circuit="fuse",
                    stagger=STAGGER,
                ),
                "roof": Rules(
                    sun=Sun(
                        source="Roof",
                        limit_w=LIMIT_W,
                        power_w=self.power_w(now),
                        is_enough=self.was_enough,
                    ),
                    circuit="fuse",
                    stagger=STAGGER,
                ),
            },
            conditions={"home": Condition(source="Home", is_met=self.is_home(now))},
        )

    # --- what is printed ---

    def add(self, now: datetime, number: int) -> None:
        """Queue a job: every evening one for each printer that has to be ready in the morning, and others in between."""
        printer = PRINTERS[number % 3]
        local = now.astimezone(BERLIN)
        due = None
        hours = self.random.choice([0.5, 1, 2, 4, 9])
        if local.hour == 17:
            due = moment(local.date() + DAY, time(7), BERLIN)
            hours = self.random.choice([2, 3])
        job_id = f"{number:03}"
        self.jobs[job_id] = QueuedJob(
            id=job_id,
            target=OnePrinter(machine_id=printer),
            needs=NEEDS,
            wishes=Wishes(
                length=hours * HOUR,
                due=due,
                only_while="home" if number % 5 == 0 and not due else "",
                cheapest_before=due or (now + 18 * HOUR if number % 4 == 0 else None),
            ),
        )
        self.queue.append(job_id)
        if due:
            free = max(now, self.printers[printer].ends_at or now)
            quiet = Quiet(self.facts(now).rules[printer].quiet)
            first = quiet.first_start(free, hours * HOUR)
            others = [
                one
                for one in self.queue[:-1]
                if self.jobs[one].target == self.jobs[job_id].target
                and self.jobs[one].wishes.due
            ]
            self.feasible[job_id] = (
                first is not None
                and first + hours * HOUR + STAGGER + HOUR / 60 <= due
                and not others
            )

    def views(self, now: datetime) -> list[MachineView]:
        return [
            MachineView(
                id=name,
                model=P1S,
                state=IDLE,
                report_age_s=1.0,
                is_allowed=True,
                held_by=one.job_id,
                last_start_at=one.started_at,
            )
            for name, one in self.printers.items()
        ]

    def run(self) -> None:
        """Let the week pass, minute by minute where something happens."""
        now, end = self.start.astimezone(UTC), self.start.astimezone(UTC) + 7 * DAY
        ticks = [now + number * HOUR for number in range(7 * 24)]
        # What sensors tell is noticed, and people come and go.
        news = {now + number * HOUR / 4 for number in range(7 * 24 * 4 + 1)}
        number = 0
        while now < end:
            for one in self.printers.values():
                if one.ends_at is not None and one.ends_at <= now:
                    self.ended[one.job_id] = one.ends_at
                    one.job_id, one.ends_at = "", None
            while ticks and ticks[0] <= now:
                tick = ticks.pop(0)
                evening = tick.astimezone(BERLIN).hour == 17
                for _ in range(3 if evening else tick.hour % 5 == 0):
                    self.add(now, number)
                    number += 1
            if self.restarts and self.random.random() < 0.05:
                self.planner, self.was_enough = Planner(), None
            made = self.planner.plan(
                [self.jobs[one] for one in self.queue],
                self.views(now),
                now,
                self.facts(now),
            )
            self.check(made, now)
            for start in made.starts:
                self.begin(start.job_id, start.machine_id, now)
            ends = [one.ends_at for one in self.printers.values() if one.ends_at]
            now = min(
                moment
                for moment in [made.wake_at, *ends, *ticks[:1], *news, end]
                if moment is not None and moment > now
            )

    def begin(self, job_id: str, printer: str, now: datetime) -> None:
        length = self.jobs[job_id].wishes.length
        assert length
        self.queue.remove(job_id)
        self.starts.append((now, job_id, printer))
        self.printers[printer] = Printer(
            job_id=job_id, ends_at=now + length, started_at=now
        )

    # --- what has to hold ---

    def check(self, made: Plan, now: datetime) -> None:
        begun = {start.job_id for start in made.starts}
        assert begun | made.reasons.keys() == set(self.queue)
        assert not begun & made.reasons.keys()
        assert all(
            reason.until is None or reason.until > now
            for reason in made.reasons.values()
        )
        self.late |= made.late
        facts = self.facts(now)
        on_fuse = [one for one in made.starts if facts.rules[one.machine_id].circuit]
        assert len(on_fuse) <= 1
        for start in made.starts:
            job = self.jobs[start.job_id]
            assert job.wishes.length
            rules = facts.rules[start.machine_id]
            quiet = Quiet(rules.quiet)
            assert quiet.first_start(now, job.wishes.length) == now
            assert not job.wishes.only_while or self.is_home(now)
            if rules.sun and not job.wishes.due:
                assert rules.sun.is_enough
            if rules.circuit:
                assert all(
                    one.started_at is None or now - one.started_at >= STAGGER
                    for name, one in self.printers.items()
                    if name != start.machine_id and facts.rules[name].circuit
                )


@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize("restarts", [False, True])
def test_a_week_keeps_every_rule_over_clock_changes_and_restarts(
    week: str, restarts: bool
) -> None:
    made = Week(start=WEEKS[week], random=Random(week), restarts=restarts)
    made.run()
    assert len(made.starts) > 30
    assert {printer for _at, _job, printer in made.starts} == set(PRINTERS)
    had_to_be_ready = [job_id for job_id, ok in made.feasible.items() if ok]
    assert len(had_to_be_ready) > 8
    for job_id in had_to_be_ready:
        due = made.jobs[job_id].wishes.due
        assert due
        if due >= made.start.astimezone(UTC) + 7 * DAY:
            continue
        assert made.ended[job_id] <= due, job_id
    # Quiet nights, by the household's clock.
    for at, job_id, printer in made.starts:
        local = at.astimezone(BERLIN).time()
        if printer == "roof":
            continue
        assert time(6) <= local < time(22, 30)
        if printer == "bedroom":
            length = made.jobs[job_id].wishes.length
            assert length
            ends = (at + length).astimezone(BERLIN)
            assert ends.time() <= time(22, 30)
            assert ends.date() == at.astimezone(BERLIN).date()


def test_a_week_with_a_late_job_says_so() -> None:
    made = Week(start=WEEKS["winter"], random=Random(1), restarts=False)
    now = made.start.astimezone(UTC)
    made.add(now, 0)
    [job_id] = made.queue
    job = made.jobs[job_id]
    made.jobs[job_id] = replace(
        job, wishes=replace(job.wishes, length=9 * HOUR, due=now + HOUR)
    )
    plan = made.planner.plan([made.jobs[job_id]], made.views(now), now, made.facts(now))
    made.check(plan, now)
    assert made.late == {job_id}
