"""Event entity: everything that happens to a printer."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PrinterEntity
from .hub import HubConfigEntry
from .printers import EventKind, ManagedPrinter

PARALLEL_UPDATES = 0

ACTIVITY = EventEntityDescription(
    key="activity",
    translation_key="activity",
    event_types=[kind.value for kind in EventKind],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an event entity for every printer that comes."""

    @callback
    def _add(printer: ManagedPrinter) -> None:
        async_add_entities(
            [ActivityEvent(printer, ACTIVITY)], config_subentry_id=printer.id
        )

    entry.async_on_unload(entry.runtime_data.async_on_printer(_add))


class ActivityEvent(PrinterEntity, EventEntity):
    """Uploads, archives, slicers and failed logins of one printer."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what happens, not what changes."""
        self.async_on_remove(self.printer.async_add_event_listener(self._async_tell))

    @callback
    def _async_tell(self, kind: EventKind, attributes: Mapping[str, Any]) -> None:
        self._trigger_event(kind.value, dict(attributes))
        self.async_write_ha_state()
