"""The planner: how long a plan takes with all rules, and how that grows with the queue and the fleet."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
import time

from benchmarks.machine import wait_until_quiet
from benchmarks.report import Row, figure, show
from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    JobTarget,
    Needs,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import Planner
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    Condition,
    Facts,
    Price,
    Prices,
    QuietHours,
    Rules,
    Span,
    Sun,
    Wishes,
)
from custom_components.bambu_virtual_printer.engine.library.values.timing import (
    OwnQuiet,
    OwnSun,
    Scope,
)
from custom_components.bambu_virtual_printer.engine.machines.filaments import Filament
from custom_components.bambu_virtual_printer.engine.machines.values import (
    AmsKind,
    AmsUnit,
    Availability,
    MachineState,
    Nozzle,
    Phase,
    Spool,
    SpoolPlace,
)
from custom_components.bambu_virtual_printer.engine.values import FilamentRule

JOBS = 2000
PRINTERS = 50
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
OVERTAKE_FOR = timedelta(hours=12)
MODELS = ("C12", "N2S")
MATERIALS = ("PLA", "PETG", "ABS")
PRESETS = {"PLA": ("GFA00", "GFA01"), "PETG": ("GFG00",), "ABS": ("GFB00",)}
CONDITIONS = ("binary_sensor.home", "binary_sensor.sunny")
OWN_QUIET = OwnQuiet(schedule="schedule.evening")
OWN_SUN = OwnSun(sensor="sensor.roof", limit_w=500)
FACTS = Facts(
    conditions={
        one: Condition(source=one, is_met=number == 0)
        for number, one in enumerate(CONDITIONS)
    },
    quiet={
        OWN_QUIET: (
            QuietHours(
                spans=(
                    Span(start=NOW + timedelta(hours=3), end=NOW + timedelta(hours=5)),
                ),
                known_until=NOW + timedelta(days=7),
            ),
        )
    },
    suns={OWN_SUN: Sun(source="roof", limit_w=500, power_w=100, is_enough=False)},
)
PRICES = Prices(
    (
        Price(
            start=NOW + timedelta(minutes=15 * number),
            end=NOW + timedelta(minutes=15 * number + 15),
            price=0.2 + (number * 37 % 96) / 400,
        )
        for number in range(192)
    ),
    source="sensor.price",
)
COLORS = tuple(
    f"{red:02X}{green:02X}{blue:02X}FF"
    for red in (0, 128, 255)
    for green in (0, 128, 255)
    for blue in (0, 255)
)

# Every other kind of rule is made here, of a job or of a printer.
JOB_RULES: list[Callable[[QueuedJob, Random], QueuedJob]] = []
PRINTER_RULES: list[Callable[[MachineView, Random], MachineView]] = []
TIME_RULES: list[Callable[[Rules, Random], Rules]] = []


def job_rule(
    rule: Callable[[QueuedJob, Random], QueuedJob],
) -> Callable[[QueuedJob, Random], QueuedJob]:
    """Add a rule that jobs may have."""
    JOB_RULES.append(rule)
    return rule


def printer_rule(
    rule: Callable[[MachineView, Random], MachineView],
) -> Callable[[MachineView, Random], MachineView]:
    """Add a rule that printers may have."""
    PRINTER_RULES.append(rule)
    return rule


def time_rule(
    rule: Callable[[Rules, Random], Rules],
) -> Callable[[Rules, Random], Rules]:
    """Add a rule about time that printers may have."""
    TIME_RULES.append(rule)
    return rule


@job_rule
def _spools(job: QueuedJob, random: Random) -> QueuedJob:
    return replace(
        job,
        rule=random.choice(tuple(FilamentRule)),
        prints_anyway=random.random() < 0.1,
        copies=random.randint(1, 5),
        queued_at=NOW - timedelta(hours=random.randrange(24)),
    )


@job_rule
def _later(job: QueuedJob, random: Random) -> QueuedJob:
    """Let every fifth wait for its time: what it takes is reserved."""
    later = NOW + timedelta(hours=random.randint(1, 48))
    return replace(job, not_before=later if random.random() < 0.2 else None)


@job_rule
def _wishes(job: QueuedJob, random: Random) -> QueuedJob:
    """Let most say how long they take, some when they should be ready, or what they wait for."""
    wishes = Wishes(
        length=timedelta(minutes=random.randint(20, 900)),
        copies=job.copies,
        due=NOW + timedelta(hours=random.randint(2, 96))
        if random.random() < 0.3
        else None,
        only_while=random.choice(("", "", "", *CONDITIONS)),
        cheapest_before=NOW + timedelta(hours=30) if random.random() < 0.1 else None,
        quiet=OWN_QUIET if random.random() < 0.1 else None,
        sun=OWN_SUN if random.random() < 0.1 else None,
    )
    return replace(job, wishes=wishes)


@time_rule
def _quiet(rules: Rules, random: Random) -> Rules:
    hour = random.choice((20, 21, 22))
    night = tuple(
        Span(
            start=NOW.replace(hour=hour) + timedelta(days=day),
            end=NOW.replace(hour=6) + timedelta(days=day + 1),
        )
        for day in range(7)
    )
    quiet = QuietHours(
        spans=night,
        known_until=NOW + timedelta(days=7),
        scope=random.choice(tuple(Scope)),
    )
    return replace(rules, quiet=(quiet,))


@time_rule
def _prices(rules: Rules, random: Random) -> Rules:
    """Let all have prices of quarters of an hour for two days, and every fourth wait for the cheapest."""
    before = (NOW + timedelta(hours=36),) if random.random() < 0.25 else ()
    return replace(rules, prices=PRICES, cheapest_before=before)


@time_rule
def _others(rules: Rules, random: Random) -> Rules:
    condition = Condition(source="away", is_met=random.random() < 0.9)
    sun = Sun(source="roof", limit_w=500, power_w=800, is_enough=True)
    return replace(
        rules,
        conditions=(condition,),
        sun=sun if random.random() < 0.3 else None,
        ready_by=(NOW + timedelta(hours=9), NOW + timedelta(hours=33))
        if random.random() < 0.3
        else (),
        circuit=random.choice(("", "garage", "cellar")),
        stagger=timedelta(minutes=5),
    )


@printer_rule
def _amounts(machine: MachineView, random: Random) -> MachineView:
    places = [spool.place for spool in machine.state.spools]
    return replace(
        machine,
        left_g={
            place: random.uniform(0, 1000) for place in places if random.random() < 0.8
        },
        needs_known_grams=random.random() < 0.2,
        last_spool=random.choice((None, *places)),
        free_since=NOW - timedelta(minutes=random.randrange(600)),
    )


def run(rounds: int) -> None:
    """Measure and print."""
    rows = []
    for what, phase in (("all printing", Phase.RUNNING), ("all free", Phase.IDLE)):
        wait_until_quiet()
        first, again = _measure(JOBS, PRINTERS, phase, rounds)
        half, _ = _measure(JOBS // 2, PRINTERS, phase, rounds)
        few, _ = _measure(JOBS, PRINTERS // 2, phase, rounds)
        rows += [
            Row(
                what=f"first plan of {JOBS} different jobs, {PRINTERS} printers, all rules, {what}",
                measured=first * 1e3,
                unit="ms",
                beside=f"the next {figure(again * 1e3, 'ms')}",
                must="<= 100",
            ),
            Row(
                what=f"times as long for twice the jobs, {what}",
                measured=first / half,
                must="<= 2.5",
            ),
            Row(
                what=f"times as long for twice the printers, {what}",
                measured=first / few,
                must="<= 2.5",
            ),
        ]
    show("Planner", rows)


def _measure(
    jobs: int, printers: int, phase: Phase, rounds: int
) -> tuple[float, float]:
    """Return the seconds of the first plan, and of the next one after a printer has reported.

    They are of processor time: a plan waits for nothing, and what else runs on the machine disturbs it less.
    """
    times = []
    for number in range(max(rounds, 5)):
        random = Random(number)
        machines = [_machine(one, printers, phase, random) for one in range(printers)]
        queue = [_job(one, printers, random) for one in range(jobs)]
        facts = replace(FACTS, rules=_rules(machines, random))
        planner = Planner()
        start = time.process_time()
        planner.plan(queue, machines, NOW, facts, overtake_for=OVERTAKE_FOR)
        first = time.process_time()
        machines[0] = replace(machines[0], report_age_s=0.0)
        planner.plan(queue, machines, NOW, facts, overtake_for=OVERTAKE_FOR)
        times.append((first - start, time.process_time() - first))
    return (
        median(first for first, _again in times),
        median(again for _first, again in times),
    )


def _rules(machines: list[MachineView], random: Random) -> dict[str, Rules]:
    rules = {}
    for machine in machines:
        rules[machine.id] = Rules()
        for rule in TIME_RULES:
            rules[machine.id] = rule(rules[machine.id], random)
    return rules


def _machine(number: int, count: int, phase: Phase, random: Random) -> MachineView:
    units = tuple(
        AmsUnit(
            id=unit,
            kind=AmsKind.AMS,
            nozzle=None,
            spools=tuple(_spool(unit, slot, random) for slot in range(4)),
        )
        for unit in range(2)
    )
    machine = MachineView(
        id=f"m{number}",
        model=MODELS[number % len(MODELS)],
        state=MachineState(
            availability=Availability.ONLINE,
            is_current=True,
            phase=phase,
            nozzles=(Nozzle(id=0, diameter_mm=0.4, type="", is_active=True),),
            ams=units,
        ),
        report_age_s=1.0,
        is_allowed=True,
    )
    for rule in PRINTER_RULES:
        machine = rule(machine, random)
    return machine


def _spool(unit: int, slot: int, random: Random) -> Spool:
    material = random.choice(MATERIALS)
    return Spool(
        place=SpoolPlace(unit=unit, slot=slot),
        is_present=True,
        type=material,
        color=random.choice(COLORS),
        preset_id=random.choice(PRESETS[material]),
    )


def _job(number: int, printers: int, random: Random) -> QueuedJob:
    filaments = tuple(
        _filament(index, random) for index in range(random.choice((1, 1, 1, 2, 4)))
    )
    model = random.choice(MODELS)
    target: JobTarget = random.choice(
        (
            AnyPrinter(model=model),
            OnePrinter(machine_id=f"m{random.randrange(printers)}"),
        )
    )
    needs = Needs(model="", nozzles_mm=(0.4,), filaments=filaments, project_filaments=4)
    job = QueuedJob(id=f"j{number}", target=target, needs=needs)
    for rule in JOB_RULES:
        job = rule(job, random)
    return job


def _filament(index: int, random: Random) -> Filament:
    material = random.choice(MATERIALS)
    return Filament(
        index=index,
        type=material,
        color=random.choice(COLORS),
        preset_id=random.choice(PRESETS[material]),
        grams=random.uniform(1, 400),
    )
