"""Keeps something that changes often in Home Assistant's storage: it is written some time after a change, and at the end."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store


class DelayedStore:
    """A file in `.storage`. `data` returns what is to be written."""

    def __init__(
        self,
        hass: HomeAssistant,
        version: int,
        key: str,
        *,
        delay_s: float,
        data: Callable[[], dict[str, Any]],
    ) -> None:
        """Prepare; nothing is read yet."""
        self._store: Store[dict[str, Any]] = Store(
            hass, version, key, private=True, atomic_writes=True
        )
        self._delay_s = delay_s
        self._data = data
        self._is_unsaved = False

    async def async_load(self) -> dict[str, Any]:
        """Return what is stored, empty where nothing is."""
        return await self._store.async_load() or {}

    @callback
    def async_changed(self) -> None:
        """Have it written after the delay."""
        self._is_unsaved = True
        self._store.async_delay_save(self._written, self._delay_s)

    async def async_save(self) -> None:
        """Write what is not stored yet."""
        if self._is_unsaved:
            await self._store.async_save(self._written())

    def _written(self) -> dict[str, Any]:
        self._is_unsaved = False
        return self._data()
