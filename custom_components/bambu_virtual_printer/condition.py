"""Conditions: whether uploads are pending, and whether the print queue is empty."""

import abc
from typing import Unpack, override

import voluptuous as vol

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition, ConditionCheckParams
from homeassistant.helpers.typing import ConfigType

from .coordinator import LibrarySnapshot
from .hub import loaded_hub

SCHEMA = vol.Schema({vol.Optional(CONF_OPTIONS, default={}): {}})


class HubCondition(Condition):
    """A condition on the library's state; not met while that is not known."""

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
        hub = loaded_hub(self._hass)
        return (
            hub is not None
            and hub.coordinator.last_update_success
            and self._is_met(hub.coordinator.data)
        )

    @abc.abstractmethod
    def _is_met(self, library: LibrarySnapshot) -> bool:
        """Return whether the condition is met."""


class UploadsArePending(HubCondition):
    """Uploads wait for a person."""

    @override
    def _is_met(self, library: LibrarySnapshot) -> bool:
        return library.statistics.pending > 0


class QueueIsEmpty(HubCondition):
    """No job is queued or being printed."""

    @override
    def _is_met(self, library: LibrarySnapshot) -> bool:
        return not library.queued_jobs


CONDITIONS: dict[str, type[Condition]] = {
    "uploads_are_pending": UploadsArePending,
    "queue_is_empty": QueueIsEmpty,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
