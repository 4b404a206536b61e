"""Switch: whether a printer is enabled."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .entity import PrinterEntity
from .hub import Hub, HubConfigEntry
from .printers import ManagedPrinter

PARALLEL_UPDATES = 1

ENABLED = SwitchEntityDescription(
    key="enabled",
    translation_key="enabled",
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a switch for every printer that comes."""
    hub = entry.runtime_data

    @callback
    def _add(printer: ManagedPrinter) -> None:
        async_add_entities([EnabledSwitch(hub, printer)], config_subentry_id=printer.id)

    entry.async_on_unload(hub.async_on_printer(_add))


class EnabledSwitch(PrinterEntity, SwitchEntity):
    """Starts and stops a printer, for good: the choice survives restarts."""

    def __init__(self, hub: Hub, printer: ManagedPrinter) -> None:
        """Keep the hub, which knows the other printers."""
        super().__init__(printer, ENABLED)
        self._hub = hub

    @property
    @override
    def is_on(self) -> bool:
        """Read the printer's settings."""
        return self.printer.config.enabled

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Start; returns when every listener is bound, or says why one is not."""
        if other := self._hub.other_on_address(self.printer.config):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="address_taken",
                translation_placeholders={
                    "address": self.printer.config.bind_ip,
                    "other": other.name,
                },
            )
        await self._hub.async_set_enabled(self.printer.id, enabled=True)
        if self.printer.running:
            return
        reasons = [problem.reason for problem in self.printer.problems]
        if self.printer.failure:
            reasons.append(self.printer.failure)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="cannot_start",
            translation_placeholders={
                "printer": self.printer.config.name,
                "reason": "; ".join(reasons),
            },
        )

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Stop; returns when the ports are free."""
        await self._hub.async_set_enabled(self.printer.id, enabled=False)
