"""Base entities: of the hub, and of one printer."""

from typing import override

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .coordinator import LibraryCoordinator
from .hub import Hub
from .printers.devices import hub_identifiers, printer_identifiers
from .printers.managed import ManagedPrinter


class HubEntity(CoordinatorEntity[LibraryCoordinator]):
    """An entity of the hub, which shows what the library has."""

    _attr_has_entity_name = True

    def __init__(self, hub: Hub, description: EntityDescription) -> None:
        """Belong to the hub's device."""
        super().__init__(hub.coordinator)
        self.hub = hub
        self.entity_description = description
        self._attr_unique_id = f"{hub.entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers=hub_identifiers(hub.entry))


class PrinterEntity(Entity):
    """An entity of one virtual printer."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, printer: ManagedPrinter, description: EntityDescription) -> None:
        """Belong to the printer's device."""
        self.printer = printer
        self.entity_description = description
        self._attr_unique_id = f"{printer.id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers=printer_identifiers(printer.id))

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the printer."""
        self.async_on_remove(self.printer.async_add_listener(self.async_write_ha_state))
