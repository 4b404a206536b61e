"""Binary sensors: whether a printer runs, all of its listeners included; what is open or occupied at a real one."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MachineEntity, PrinterEntity
from .hub import HubConfigEntry
from .language.texts import Texts
from .printers.machine_sensors import (
    MACHINE_BINARY_SENSORS,
    MachineBinarySensorDescription,
)
from .printers.machines import ManagedMachine
from .printers.managed import ManagedPrinter

PARALLEL_UPDATES = 0

RUNNING = BinarySensorEntityDescription(
    key="running",
    translation_key="running",
    device_class=BinarySensorDeviceClass.RUNNING,
    entity_category=EntityCategory.DIAGNOSTIC,
)
TARGET = BinarySensorEntityDescription(
    key="target",
    translation_key="target",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every printer that comes."""
    hub = entry.runtime_data

    @callback
    def _add(printer: ManagedPrinter) -> None:
        entities: list[PrinterEntity] = [RunningSensor(printer, RUNNING)]
        if printer.is_proxy:
            entities.append(TargetSensor(printer, TARGET))
        async_add_entities(entities, config_subentry_id=printer.id)

    @callback
    def _add_machine(machine: ManagedMachine) -> None:
        async_add_entities(
            [
                MachineBinarySensor(hub, machine, description)
                for description in MACHINE_BINARY_SENSORS
                if description.is_for(machine.config.model.code)
            ],
            config_subentry_id=machine.id,
        )

    entry.async_on_unload(hub.printers.async_on_printer(_add))
    entry.async_on_unload(hub.machines.async_on_machine(_add_machine))


class RunningSensor(PrinterEntity, BinarySensorEntity):
    """On only while every listener is really bound."""

    @property
    @override
    def is_on(self) -> bool:
        """Read the printer."""
        return self.printer.running

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Show each listener, why one that should be there is not, and the ports of FTPS data to open in a firewall."""
        texts = Texts(self.hass)
        reasons = {
            problem.service: texts.explained(problem.explanation)
            for problem in self.printer.problems
        }
        attributes: dict[str, Any] = {
            service.value: "listening" if bound else reasons.get(service, "closed")
            for service, bound in self.printer.listeners.items()
        }
        if ports := self.printer.data_ports:
            attributes["data_ports"] = f"{ports[0]}-{ports[1]}"
        if self.printer.failure:
            attributes["failure"] = texts.explained(self.printer.failure)
        return attributes


class TargetSensor(PrinterEntity, BinarySensorEntity):
    """On while the real printer behind a proxy can be reached."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Read the printer; unknown until it has been tried."""
        return self.printer.upstream.reachable if self.printer.upstream else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Show where the real printer is."""
        upstream = self.printer.upstream
        return {"address": upstream.address} if upstream else None


class MachineBinarySensor(MachineEntity, BinarySensorEntity):
    """A real printer's binary sensor."""

    entity_description: MachineBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Read the printer."""
        return self.entity_description.value_fn(self.machine)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Read the printer."""
        return self.entity_description.attributes_fn(self.machine)
