"""Reads again what entities show, whenever that may have changed: one reading at a time, and not one for every change."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN

PAUSE_S = 0.1
"""Between two readings: a hundred uploads that are approved at once are not a hundred readings."""


class Refresher:
    """Calls `refresh` at least once after each time it is asked to."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        """Prepare; nothing is read yet."""
        self._hass = hass
        self._entry = entry
        self._refresh = refresh
        self._is_wanted = False
        self._is_stopped = False
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_schedule(self) -> None:
        """Read soon; what has happened until now will be seen."""
        self._is_wanted = True
        if self._is_stopped or (self._task and not self._task.done()):
            return
        self._task = self._entry.async_create_task(
            self._hass, self._async_run(), f"{DOMAIN} refresh"
        )

    async def async_stop(self) -> None:
        """Wait for the reading under way, and read no more."""
        self._is_stopped = True
        if self._task:
            await asyncio.wait([self._task])

    async def _async_run(self) -> None:
        while self._is_wanted:
            self._is_wanted = False
            await self._refresh()
            if not self._is_wanted or self._is_stopped:
                return
            await asyncio.sleep(PAUSE_S)
