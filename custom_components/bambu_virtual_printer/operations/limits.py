"""How much people may have printed by the queue, and how much of that is used up: in the calendar month of the household's zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from homeassistant.util import dt as dt_util

from ..engine.dispatch.allowances import Allowance
from ..engine.library.library import Library
from ..engine.library.values.made import NOTHING, Amount
from .people import People, Person

HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A calendar month: from its first moment until before that of the next one."""

    begin: datetime
    end: datetime


def month_of(now: datetime, zone: tzinfo) -> Month:
    """Return the month that a moment is in, there."""
    day = now.astimezone(zone)
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return Month(
        begin=datetime(day.year, day.month, 1, tzinfo=zone),
        end=datetime(year, month, 1, tzinfo=zone),
    )


class Limits:
    """What people may have printed."""

    def __init__(self, people: People, library: Library) -> None:
        """Ask these for it."""
        self._people = people
        self._library = library

    async def allowances(self) -> Mapping[str, Allowance]:
        """Return what those may have printed who may not have everything, by their ids. Raises StorageError."""
        limited = [
            person for person in self._people.of_printer() if _is_limited(person)
        ]
        if not limited:
            return {}
        month = self.month
        used = await self._library.used_since(month.begin)
        return {
            person.id: Allowance(
                name=person.name,
                machines=frozenset(person.machines) or None,
                limit_g=person.grams_per_month,
                limit_s=None
                if person.hours_per_month is None
                else person.hours_per_month * HOUR_S,
                used=used.get(person.id, NOTHING),
                renews_at=month.end,
            )
            for person in limited
        }

    async def used(self) -> Mapping[str, Amount]:
        """Return what was printed for each person this month, with what printers have now. Raises StorageError."""
        return await self._library.used_since(self.month.begin)

    @property
    def month(self) -> Month:
        """The month that it is now."""
        return month_of(dt_util.utcnow(), dt_util.get_default_time_zone())


def _is_limited(person: Person) -> bool:
    return bool(person.machines) or not (
        person.grams_per_month is None and person.hours_per_month is None
    )
