"""Conditions: whether uploads are pending, and whether the print queue is empty."""

import abc
from typing import Unpack, override

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition, ConditionCheckParams
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .hub import Hub, HubConfigEntry

SCHEMA = vol.Schema({vol.Optional(CONF_OPTIONS, default={}): {}})


class HubCondition(Condition):
    """Something that is so, or not, as far as the hub knows. Never so while the hub is not loaded."""

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Take no options."""
        return SCHEMA(config)  # type: ignore[no-any-return]

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Ask the hub."""
        entries: list[HubConfigEntry] = self._hass.config_entries.async_entries(DOMAIN)
        return any(
            self._is_so(entry.runtime_data)
            for entry in entries
            if entry.state is ConfigEntryState.LOADED
        )

    @abc.abstractmethod
    def _is_so(self, hub: Hub) -> bool:
        """Tell whether it is so."""


class UploadsArePending(HubCondition):
    """Uploads wait for a person."""

    @override
    def _is_so(self, hub: Hub) -> bool:
        return hub.statistics.pending > 0


class QueueIsEmpty(HubCondition):
    """No job is in the queue or being printed."""

    @override
    def _is_so(self, hub: Hub) -> bool:
        return not hub.queued_jobs


CONDITIONS: dict[str, type[Condition]] = {
    "uploads_are_pending": UploadsArePending,
    "queue_is_empty": QueueIsEmpty,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
