"""Base entities: of the hub, of one virtual printer or proxy, and of one real printer."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .coordinator import LibraryCoordinator
from .hub import Hub
from .operations.context import acting
from .operations.permissions import Right
from .printers.bambu_lab import async_has_bambu_lab
from .printers.devices import hub_identifiers, printer_identifiers
from .printers.machine_sensors import MachineDescription
from .printers.machines import ManagedMachine
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


class SettingEntity(Entity):
    """An entity that is a setting: everybody sees it, administrators change it."""

    async def async_require_administrator(self, hub: Hub) -> None:
        """Make sure that whoever calls may change settings. Raises NotPermittedError."""
        with acting(self._context):
            await hub.permissions.require(Right.MANAGE)


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


class MachineEntity(Entity):
    """An entity of one real printer. Written only when what it shows is another: reports come every second."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, hub: Hub, machine: ManagedMachine, description: EntityDescription
    ) -> None:
        """Belong to the printer's device."""
        self.hub = hub
        self.machine = machine
        self.entity_description = description
        self._attr_unique_id = f"{machine.id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers=printer_identifiers(machine.id))
        self._is_lasting = True
        self._written: object = None
        if isinstance(description, MachineDescription):
            self._is_lasting = description.is_lasting
            if description.is_of_bambu_lab and async_has_bambu_lab(
                hub.hass, machine.config.serial
            ):
                self._attr_entity_registry_enabled_default = False

    @property
    @override
    def available(self) -> bool:
        """Whether the printer says it, where it is the printer's to say."""
        return self._is_lasting or self.machine.is_reporting

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the printer."""
        self._written = self._shown()
        self.async_on_remove(self.machine.async_add_listener(self._look))

    def _shown(self) -> object:
        """Return all that the entity shows."""
        attributes: Mapping[str, Any] | None = self.extra_state_attributes
        return self.available, self.state, attributes

    @callback
    def _look(self) -> None:
        if (shown := self._shown()) != self._written:
            self._written = shown
            self.async_write_ha_state()
