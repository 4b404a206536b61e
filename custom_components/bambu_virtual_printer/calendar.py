"""Calendar: the jobs that are planned for a time, and how long they are expected to take."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .entity import HubEntity
from .hub import Hub, HubConfigEntry
from .operations.forecast import HORIZON, reported_end
from .presentation import job_text

PARALLEL_UPDATES = 0

PLANNED = CalendarEntityDescription(
    key="planned_prints", translation_key="planned_prints"
)

# For files that do not say how long they take.
UNKNOWN_DURATION = timedelta(hours=1)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendar."""
    async_add_entities([PlannedPrints(entry.runtime_data)])


class PlannedPrints(HubEntity, CalendarEntity):
    """Jobs with a time, from then until they should be finished; running ones from when they began."""

    def __init__(self, hub: Hub) -> None:
        """Belong to the hub."""
        super().__init__(hub, PLANNED)

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return what is going on, or comes next."""
        now = dt_util.now()
        return next((event for event in self._events() if event.end > now), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what falls into a time."""
        return [
            event
            for event in self._events()
            if event.start < end_date and event.end > start_date
        ]

    def _events(self) -> Iterator[CalendarEvent]:
        planned = self.hub.machines.planned_starts
        timed = [
            (start, job)
            for job in self.hub.coordinator.data.queued_jobs
            if (start := job.started_at or planned.get(job.id) or job.not_before)
            and start < dt_util.utcnow() + HORIZON
        ]
        wording = self.hub.wording
        reported = self.hub.machines.reported_ends
        for start, job in sorted(timed, key=lambda pair: pair[0]):
            duration = UNKNOWN_DURATION
            if job.print_time_s:
                duration = min(
                    timedelta(seconds=job.print_time_s * job.copies_left), HORIZON
                )
            # Added in UTC: a print takes as long when the clocks change meanwhile.
            end = reported_end(job, reported) or start + duration
            yield CalendarEvent(
                start=dt_util.as_local(start),
                # An event takes a second at least.
                end=dt_util.as_local(max(end, start + timedelta(seconds=1))),
                summary=job.title,
                description=job_text(job, wording),
                uid=job.id,
            )
