"""Binary sensor: whether a printer runs, all of its listeners included."""

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

from .entity import PrinterEntity
from .hub import HubConfigEntry
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
    """Add a sensor for every printer that comes."""

    @callback
    def _add(printer: ManagedPrinter) -> None:
        entities: list[PrinterEntity] = [RunningSensor(printer, RUNNING)]
        if printer.is_proxy:
            entities.append(TargetSensor(printer, TARGET))
        async_add_entities(entities, config_subentry_id=printer.id)

    entry.async_on_unload(entry.runtime_data.async_on_printer(_add))


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
        reasons = {problem.service: problem.reason for problem in self.printer.problems}
        attributes: dict[str, Any] = {
            service.value: "listening" if bound else reasons.get(service, "closed")
            for service, bound in self.printer.listeners.items()
        }
        if ports := self.printer.data_ports:
            attributes["data_ports"] = f"{ports[0]}-{ports[1]}"
        if self.printer.failure:
            attributes["failure"] = self.printer.failure
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
