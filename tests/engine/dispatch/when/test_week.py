"""A week of a household, planned as its clock goes on: nights, a tariff, the sun, a fuse, plugs, clock changes and restarts."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from math import pi, sin
from random import Random
from zoneinfo import ZoneInfo

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.demand import (
    Foreseen,
    foresee,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import (
    Plan,
    Planner,
)
from custom_components.bambu_virtual_printer.engine.dispatch.power import (
    Act,
    Decision,
    Plug,
    PowerMemory,
    PowerRules,
    PowerView,
    decide,
    job_key,
)
from custom_components.bambu_virtual_printer.engine.dispatch.power_states import (
    PowerState,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import ReasonKey
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
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    MachineState,
    Phase,
    Temperature,
)
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
# The plugs do what they are told after some seconds, printers report after two minutes, and nozzles need half an hour to cool.
FOLLOWS = timedelta(seconds=5)
BOOTS = timedelta(minutes=2)
COOLS = HOUR / 2
OFF_AFTER = timedelta(minutes=10)
# Each week has a Sunday on which the clocks change, or none.
WEEKS = {
    "autumn": datetime(2026, 10, 22, 6, tzinfo=BERLIN),
    "winter": datetime(2026, 11, 26, 6, tzinfo=BERLIN),
    "spring": datetime(2027, 3, 25, 6, tzinfo=BERLIN),
}


@dataclass(slots=True, kw_only=True)
class Printer:
    """A printer that prints as long as it says, and its plug. `is_seen` is whether it has reported since the last restart."""

    job_id: str = ""
    ends_at: datetime | None = None
    started_at: datetime | None = None
    hot_until: datetime | None = None
    plug: Plug = Plug.OFF
    on_at: datetime | None = None
    idle_since: datetime | None = None
    ordered: tuple[Act, datetime] | None = None
    memory: PowerMemory = field(default_factory=PowerMemory)
    power: PowerState | None = PowerState.OFF
    is_seen: bool = True
    switched: list[tuple[Act, datetime]] = field(default_factory=list)

    def reports(self, now: datetime) -> bool:
        return (
            self.plug is Plug.ON
            and self.on_at is not None
            and now >= self.on_at + BOOTS
        )

    def is_hot(self, now: datetime) -> bool:
        return self.hot_until is not None and now < self.hot_until

    def state(self, now: datetime) -> MachineState:
        if not self.reports(now):
            state = IDLE if self.is_seen else replace(IDLE, ams=(), nozzles=())
            return replace(state, availability=Availability.OFFLINE, is_current=False)
        temperature = Temperature(
            current_c=200.0 if self.is_hot(now) else 25.0,
            target_c=200.0 if self.job_id else 0.0,
        )
        [nozzle] = IDLE.nozzles
        return replace(
            IDLE,
            phase=Phase.RUNNING if self.job_id else Phase.FINISH,
            nozzles=(replace(nozzle, temperature=temperature),),
        )

    def next_at(self, now: datetime) -> list[datetime]:
        """Return when something is going to happen."""
        times = [
            self.ends_at,
            self.hot_until,
            self.on_at + BOOTS if self.on_at else None,
            self.ordered[1] if self.ordered else None,
        ]
        return [one for one in times if one is not None and one > now]


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
    foresight: Planner = field(default_factory=Planner)

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
                state=one.state(now),
                report_age_s=1.0 if one.reports(now) else None,
                is_allowed=True,
                held_by=one.job_id,
                last_start_at=one.started_at,
                power=one.power,
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
                    one.hot_until = now + COOLS
                if one.ordered and one.ordered[1] <= now:
                    one.plug = one.ordered[0].result
                    one.on_at = now if one.plug is Plug.ON else None
                    one.ordered = None
                is_idle = one.reports(now) and not one.job_id
                one.idle_since = (one.idle_since or now) if is_idle else None
                one.is_seen = one.is_seen or one.reports(now)
            while ticks and ticks[0] <= now:
                tick = ticks.pop(0)
                evening = tick.astimezone(BERLIN).hour == 17
                for _ in range(3 if evening else tick.hour % 5 == 0):
                    self.add(now, number)
                    number += 1
            if self.restarts and self.random.random() < 0.05:
                self.planner, self.foresight = Planner(), Planner()
                self.was_enough = None
                for one in self.printers.values():
                    one.is_seen = one.reports(now)
            wakes = self.plan(now)
            later = [
                moment for one in self.printers.values() for moment in one.next_at(now)
            ]
            now = min(
                moment
                for moment in [*wakes, *later, *ticks[:1], *news, end]
                if moment > now
            )

    def plan(self, now: datetime) -> list[datetime]:
        """Plan, and switch plugs, until nothing changes any more. Returns when to look again."""
        facts = self.facts(now)
        while True:
            jobs = [self.jobs[one] for one in self.queue]
            views = self.views(now)
            made = self.planner.plan(jobs, views, now, facts)
            self.check(made, now)
            found = foresee(
                lambda jobs, views: self.foresight.plan(jobs, views, now, facts),
                jobs,
                views,
                made,
                {name: one.memory.declined for name, one in self.printers.items()},
                now,
            )
            for start in made.starts:
                self.begin(start.job_id, start.machine_id, now)
            before = {name: one.power for name, one in self.printers.items()}
            looks = [self.decide(name, found, now).look_at for name in self.printers]
            after = {name: one.power for name, one in self.printers.items()}
            if before == after and not made.starts:
                self.check_reasons(found, now)
                return [one for one in (found.wake_at, *looks) if one is not None]

    def decide(self, name: str, found: Foreseen, now: datetime) -> Decision:
        one = self.printers[name]
        decision = decide(
            PowerView(
                plug=one.plug,
                state=one.state(now),
                report_age_s=1.0 if one.reports(now) else None,
                is_busy=bool(one.job_id),
                demand=found.demands[name],
            ),
            one.memory,
            PowerRules(off_after=OFF_AFTER),
            now,
        )
        one.memory, one.power = decision.memory, decision.state
        if decision.act:
            self.check_switching(name, decision.act, found, now)
            one.ordered = decision.act, now + FOLLOWS
            one.switched.append((decision.act, now))
        return decision

    def begin(self, job_id: str, printer: str, now: datetime) -> None:
        length = self.jobs[job_id].wishes.length
        assert length
        self.queue.remove(job_id)
        self.starts.append((now, job_id, printer))
        one = self.printers[printer]
        one.job_id, one.ends_at, one.started_at = job_id, now + length, now
        one.hot_until = now + length + COOLS

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
            assert self.printers[start.machine_id].reports(now)
            assert not self.printers[start.machine_id].job_id
            assert self.may_begin(start.job_id, start.machine_id, now)

    def may_begin(self, job_id: str, printer: str, now: datetime) -> bool:
        """Return whether a job may begin now by every rule about time."""
        job, facts = self.jobs[job_id], self.facts(now)
        assert job.wishes.length
        rules = facts.rules[printer]
        return (
            Quiet(rules.quiet).first_start(now, job.wishes.length) == now
            and (not job.wishes.only_while or self.is_home(now))
            and (not rules.sun or bool(job.wishes.due) or bool(rules.sun.is_enough))
            and (
                not rules.circuit
                or all(
                    one.started_at is None or now - one.started_at >= STAGGER
                    for name, one in self.printers.items()
                    if name != printer and facts.rules[name].circuit
                )
            )
        )

    def check_switching(
        self, name: str, act: Act, found: Foreseen, now: datetime
    ) -> None:
        one = self.printers[name]
        if act is Act.SWITCH_ON:
            # For a job that could begin but for that.
            assert one.plug is Plug.OFF
            wanted = found.demands[name].wanted
            [job_id] = [
                job_id for job_id in self.queue if job_key(job_id, starts=0) == wanted
            ]
            assert self.may_begin(job_id, name, now)
            return
        assert one.reports(now)
        assert not one.job_id
        assert not one.is_hot(now)
        assert one.idle_since is not None
        assert now >= one.idle_since + OFF_AFTER
        for job_id, planned in found.planned.items():
            if self.jobs[job_id].target == OnePrinter(machine_id=name):
                assert planned.start > now + OFF_AFTER

    def check_reasons(self, found: Foreseen, now: datetime) -> None:
        """Every job that waits has one reason, and what that says of the power is true."""
        assert found.reasons.keys() == set(self.queue)
        for job_id, reason in found.reasons.items():
            # Being off is none: all of these printers can be switched on.
            assert reason.key is not ReasonKey.OFFLINE
            if reason.key is ReasonKey.POWERING_ON:
                one = self.printers[reason.machine_id]
                assert one.ordered or (one.plug is Plug.ON and not one.reports(now))
                assert self.may_begin(job_id, reason.machine_id, now)
            if reason.key is ReasonKey.POWERING_OFF:
                assert self.printers[reason.machine_id].ordered


@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize("restarts", [False, True])
def test_a_week_keeps_every_rule_over_clock_changes_and_restarts(
    week: str, restarts: bool
) -> None:
    made = Week(start=WEEKS[week], random=Random(week), restarts=restarts)
    made.run()
    assert len(made.starts) > 30
    for one in made.printers.values():
        acts = [act for act, _at in one.switched]
        # Switched off again and again, and on for each of what came then.
        assert acts.count(Act.SWITCH_OFF) > 3
        assert acts[0] is Act.SWITCH_ON
        assert all(act is not before for before, act in pairwise(acts))
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
