"""Event entities: everything that happens, to one printer and altogether."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .activity.kinds import Activity, EventKind
from .entity import HubEntity, PrinterEntity
from .hub import Hub, HubConfigEntry
from .printers.managed import ManagedPrinter

PARALLEL_UPDATES = 0

UNRECORDED = frozenset({"picture", "notes", "filaments", "loads"})
"""Attributes that the recorder does not keep.

The picture's address lets whoever has it in, for a time; the recorder keeps things longer than that. And what people
write, and what is said of each filament, may be so long that the recorder would keep none of the attributes.
"""

# Home Assistant's Activity tells each of these as a sentence (`logbook`); with an entity it would have a second row.
PRINTER_ACTIVITY = EventEntityDescription(
    key="activity",
    translation_key="activity",
    entity_registry_enabled_default=False,
    event_types=[kind.value for kind in EventKind if kind.is_of_printer],
)
HUB_ACTIVITY = EventEntityDescription(
    key="activity",
    translation_key="hub_activity",
    entity_registry_enabled_default=False,
    event_types=[kind.value for kind in EventKind],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an event entity for the hub and for every printer that comes."""
    hub = entry.runtime_data
    async_add_entities([HubActivity(hub, HUB_ACTIVITY)])

    @callback
    def _add(printer: ManagedPrinter) -> None:
        async_add_entities(
            [PrinterActivity(hub, printer)], config_subentry_id=printer.id
        )

    entry.async_on_unload(hub.printers.async_on_printer(_add))


class ActivityEvent(EventEntity):
    """Shows one kind of activity."""

    _unrecorded_attributes = UNRECORDED

    @callback
    def _async_show(self, hub: Hub, activity: Activity) -> None:
        # A fresh context, so that an uncaused activity does not inherit the previous one's.
        self.async_set_context(activity.context or Context())
        attributes = dict(activity.attributes)
        if not hub.permissions.is_for_all(attributes.get("person_id") or ""):
            # Its address lets everybody in who sees the entity.
            attributes.pop("picture", None)
        self._trigger_event(activity.kind.value, attributes)
        self.async_write_ha_state()


class HubActivity(HubEntity, ActivityEvent):
    """Every activity."""

    @property
    @override
    def available(self) -> bool:
        """Be available even while the library is not."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Follow activities instead of changes."""
        self.async_on_remove(self.hub.publisher.async_add_listener(self._async_handle))

    @callback
    def _async_handle(self, activity: Activity) -> None:
        self._async_show(self.hub, activity)


class PrinterActivity(PrinterEntity, ActivityEvent):
    """Uploads, archives, jobs, slicers and failed logins of one printer."""

    def __init__(self, hub: Hub, printer: ManagedPrinter) -> None:
        """Keep the hub, which publishes activities."""
        super().__init__(printer, PRINTER_ACTIVITY)
        self._hub = hub

    @override
    async def async_added_to_hass(self) -> None:
        """Follow activities instead of changes."""
        self.async_on_remove(self._hub.publisher.async_add_listener(self._async_handle))

    @callback
    def _async_handle(self, activity: Activity) -> None:
        if activity.printer_id == self.printer.id:
            self._async_show(self._hub, activity)
