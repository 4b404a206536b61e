"""Switches: whether a printer is enabled, and whether its jobs are held."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .config.subentries import VirtualPrinterConfig
from .const import CONF_HOLD, DOMAIN
from .entity import PrinterEntity
from .hub import Hub, HubConfigEntry
from .printers.managed import ManagedPrinter

PARALLEL_UPDATES = 1

ENABLED = SwitchEntityDescription(
    key="enabled",
    translation_key="enabled",
    entity_category=EntityCategory.CONFIG,
)
HOLD = SwitchEntityDescription(
    key="hold", translation_key="hold", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of every printer that comes."""
    hub = entry.runtime_data

    @callback
    def _add(printer: ManagedPrinter) -> None:
        switches: list[SwitchEntity] = [EnabledSwitch(hub, printer)]
        if not printer.is_proxy:
            switches.append(HoldSwitch(hub, printer))
        async_add_entities(switches, config_subentry_id=printer.id)

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


class HoldSwitch(PrinterEntity, SwitchEntity):
    """Whether jobs of uploads that begin from then on wait until a person releases or starts them."""

    def __init__(self, hub: Hub, printer: ManagedPrinter) -> None:
        """Keep the hub, which changes the settings."""
        super().__init__(printer, HOLD)
        self._hub = hub

    @property
    @override
    def is_on(self) -> bool:
        """Read the printer's settings."""
        config = self.printer.config
        assert isinstance(config, VirtualPrinterConfig)
        return config.hold

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Hold them."""
        await self._hub.async_set_filing(self.printer.id, CONF_HOLD, value=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let them begin as soon as they can."""
        await self._hub.async_set_filing(self.printer.id, CONF_HOLD, value=False)
