"""What was archived and printed, by days, weeks or months of the household's time, and by material, printer, project and person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..engine.library.library import Library
from ..engine.library.values.made import EndedJob
from ..engine.library.values.sent_by import FROM_ANYBODY, SentBy
from .errors import library_errors

MAX_PERIODS = 400
DEFAULT_PERIODS = 12


class Period(StrEnum):
    """How long a period is. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def begin(self, day: date) -> date:
        """Return the first day of the period that a day is in."""
        match self:
            case Period.DAY:
                return day
            case Period.WEEK:
                return day - timedelta(days=day.weekday())
            case Period.MONTH:
                return day.replace(day=1)

    def next(self, first: date) -> date:
        """Return the first day of the period after that of this first day."""
        match self:
            case Period.DAY:
                return first + timedelta(days=1)
            case Period.WEEK:
                return first + timedelta(days=7)
            case Period.MONTH:
                return (first + timedelta(days=31)).replace(day=1)


@dataclass(slots=True, kw_only=True)
class Sums:
    """What was archived and printed, added up. `failed` counts jobs, `prints` and the judged ones copies."""

    files: int = 0
    prints: int = 0
    failed: int = 0
    print_time_s: int = 0
    filament_g: float = 0.0
    cost: float = 0.0
    judged_good: int = 0
    judged_failed: int = 0
    energy_kwh: float = 0.0
    energy_cost: float = 0.0

    def add(self, job: EndedJob) -> None:
        """Add a job that came to its end."""
        self.prints += job.prints
        self.failed += job.has_failed
        self.print_time_s += job.print_time_s
        self.filament_g += job.filament_g
        self.cost += job.cost
        self.judged_good += job.judged_good
        self.judged_failed += job.judged_failed
        self.energy_kwh += job.energy_kwh
        self.energy_cost += job.energy_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeInPeriods:
    """The sums of each period by its first day, and of all of them by material, printer's id, project and name of who sent it."""

    periods: dict[date, Sums]
    materials: dict[str, Sums]
    machines: dict[str, Sums]
    projects: dict[str, Sums]
    people: dict[str, Sums]


async def made_in_periods(
    library: Library,
    period: Period,
    first: date | None,
    last: date | None,
    only: SentBy = FROM_ANYBODY,
) -> MadeInPeriods:
    """Add up what was made from one day to another, both included; the last 12 periods unless said. Raises HomeAssistantError."""
    last = last or dt_util.now().date()
    if first is not None and first > last:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="ends_before_it_begins",
            translation_placeholders={
                "first": first.isoformat(),
                "last": last.isoformat(),
            },
        )
    begins = list(_periods(period, first, last))
    zone = dt_util.get_default_time_zone()

    def beginning(day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=zone)

    with library_errors():
        made = await library.made(
            begin=beginning(begins[0]),
            end=beginning(period.next(begins[-1])),
            only=only,
        )
    found = MadeInPeriods(
        periods={begin: Sums() for begin in begins},
        materials={},
        machines={},
        projects={},
        people={},
    )

    def sums_at(at: datetime) -> Sums:
        return found.periods.setdefault(
            period.begin(at.astimezone(zone).date()), Sums()
        )

    for file in made.files:
        sums_at(file.at).files += 1
        if file.project:
            found.projects.setdefault(file.project, Sums()).files += 1
        if file.sender:
            found.people.setdefault(file.sender, Sums()).files += 1
    for job in made.jobs:
        for sums in (sums_at(job.at), *_groups(found, job)):
            sums.add(job)
    return found


def _groups(found: MadeInPeriods, job: EndedJob) -> Iterable[Sums]:
    if job.materials:
        yield found.materials.setdefault(", ".join(job.materials), Sums())
    if job.machine_id:
        yield found.machines.setdefault(job.machine_id, Sums())
    if job.project:
        yield found.projects.setdefault(job.project, Sums())
    if job.sender:
        yield found.people.setdefault(job.sender, Sums())


def _periods(period: Period, first: date | None, last: date) -> Sequence[date]:
    """Return the first days of the periods, at most `MAX_PERIODS` of them and the latest ones."""
    begins = [period.begin(last)]
    wanted = DEFAULT_PERIODS if first is None else MAX_PERIODS
    while len(begins) < wanted and (first is None or begins[-1] > first):
        begins.append(period.begin(begins[-1] - timedelta(days=1)))
    return begins[::-1]
