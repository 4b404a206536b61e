"""DataUpdateCoordinator for the library: what entities show of it, and the activities that follow."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
import logging
from time import monotonic
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .activity.kinds import Activity
from .const import DOMAIN
from .engine.library.library import Library
from .engine.library.values.driving import NO_PRINTERS, Printers
from .engine.library.values.job import Job
from .engine.library.values.records import NOTHING_COUNTED, Statistics, Upload
from .engine.storage import StorageError
from .language.texts import Texts
from .operations.context import for_nobody

_LOGGER = logging.getLogger(__name__)

UPDATE_INTERVAL = timedelta(minutes=5)
PAUSE_S = 0.1
"""Between two requested refreshes: a hundred uploads that are approved at once are not a hundred refreshes."""
LONGEST_PAUSE_S = 0.25
"""A refresh that took longer than a pause is followed by one as long, at most so long: half of the time is for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySnapshot:
    """What entities show of the library, read at one moment."""

    statistics: Statistics
    pending: Sequence[Upload]
    """Uploads that wait for a decision, newest first: so many as the library lists at once. The lists of the actions have no such bound."""
    queued_jobs: Sequence[Job]
    """Unfinished jobs in the order of the queue."""
    instances: Mapping[str, str] = field(default_factory=dict)
    """What the Home Assistants that share the library are called, by their ids; nothing where there are not several."""
    printers: Printers = NO_PRINTERS
    """The real printers that the others have set up."""


NOTHING_READ = LibrarySnapshot(statistics=NOTHING_COUNTED, pending=(), queued_jobs=())
"""What stands for a library that was not read yet."""


class LibraryCoordinator(DataUpdateCoordinator[LibrarySnapshot]):
    """Refreshes entities, then publishes what the library did, so that an automation sees the new state.

    Every request is followed by a refresh that begins after it, unlike with the platform's debouncer, which drops
    requests that come during a refresh. An activity is published after a refresh that failed as well.
    """

    config_entry: ConfigEntry[Any]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        library: Library,
        publish: Callable[[Activity], None],
    ) -> None:
        """Initialize; the first refresh needs an open library."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name="library",
            update_interval=UPDATE_INTERVAL,
        )
        self._library = library
        self._publish = publish
        self._queued: list[Activity] = []
        self._is_publishing = False
        self._is_requested = False
        self._requests: asyncio.Task[None] | None = None

    @callback
    def async_start_publishing(self) -> None:
        """Publish from now on; to be called once entities and triggers can see it."""
        self._is_publishing = True
        self.async_schedule_refresh()

    @callback
    def async_publish_after_refresh(self, activity: Activity) -> None:
        """Queue an activity and schedule a refresh, after which it is published."""
        self._queued.append(activity)
        self.async_schedule_refresh()

    @callback
    def async_schedule_refresh(self) -> None:
        """Refresh soon, at least once after this call."""
        self._is_requested = True
        if (
            not self._is_publishing
            or self._shutdown_requested
            or (self._requests and not self._requests.done())
        ):
            return
        self._requests = self.config_entry.async_create_task(
            self.hass, self._async_handle_requests(), f"{DOMAIN} library refresh"
        )

    @override
    async def async_request_refresh(self) -> None:
        """Schedule a refresh."""
        self.async_schedule_refresh()

    @callback
    def async_begin_without(self) -> None:
        """Have nothing to show at the start: the library cannot be read now. Entities are unavailable until it can be."""
        self.data = NOTHING_READ
        self.last_update_success = False

    async def async_stop(self) -> None:
        """Refresh no more; returns when the refresh under way has ended."""
        await self.async_shutdown()
        if self._requests:
            await asyncio.wait([self._requests])
        # One that the interval began.
        async with self._debounced_refresh.async_lock():
            pass

    @callback
    def async_publish_queued(self) -> None:
        """Publish what is still queued; to be called when the library has closed."""
        queued, self._queued = self._queued, []
        for activity in queued:
            self._publish(activity)

    async def _async_handle_requests(self) -> None:
        while self._is_requested:
            self._is_requested = False
            began = monotonic()
            await self.async_refresh()
            if not self._is_requested or self._shutdown_requested:
                return
            took_s = monotonic() - began
            await asyncio.sleep(min(max(took_s, PAUSE_S), LONGEST_PAUSE_S))

    @override
    @for_nobody
    async def _async_refresh(
        self,
        log_failures: bool = True,
        raise_on_auth_failed: bool = False,
        scheduled: bool = False,
        raise_on_entry_error: bool = False,
    ) -> None:
        """Refresh, then publish what was queued before the refresh began."""
        queued: list[Activity] = []
        if self._is_publishing:
            queued, self._queued = self._queued, []
        try:
            await super()._async_refresh(
                log_failures, raise_on_auth_failed, scheduled, raise_on_entry_error
            )
        finally:
            for activity in queued:
                self._publish(activity)

    @override
    async def _async_update_data(self) -> LibrarySnapshot:
        """Read the library."""
        try:
            statistics = await self._library.statistics()
            pending = await self._library.pending.newest()
            queued_jobs = await self._library.queue.queued_jobs()
            instances = await self._library.instances.names()
            printers = await self._library.instances.printers()
        except StorageError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="library_not_readable",
                translation_placeholders={
                    "reason": Texts(self.hass).explained(err.explanation)
                },
            ) from err
        return LibrarySnapshot(
            statistics=statistics,
            pending=pending,
            queued_jobs=queued_jobs,
            instances=instances,
            printers=printers,
        )
