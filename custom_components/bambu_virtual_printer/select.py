"""Select: the mode of a virtual printer."""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import MODES
from .entity import PrinterEntity
from .hub import Hub, HubConfigEntry
from .printers import ManagedPrinter

PARALLEL_UPDATES = 1

MODE = SelectEntityDescription(
    key="mode",
    translation_key="mode",
    entity_category=EntityCategory.CONFIG,
    options=[mode.value for mode in MODES],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a select for every printer that comes and receives files."""
    hub = entry.runtime_data

    @callback
    def _add(printer: ManagedPrinter) -> None:
        if printer.is_proxy:
            return
        async_add_entities([ModeSelect(hub, printer)], config_subentry_id=printer.id)

    entry.async_on_unload(hub.async_on_printer(_add))


class ModeSelect(PrinterEntity, SelectEntity):
    """What happens to uploads. Another mode restarts the printer; what is pending or queued stays so."""

    def __init__(self, hub: Hub, printer: ManagedPrinter) -> None:
        """Keep the hub, which changes the settings."""
        super().__init__(printer, MODE)
        self._hub = hub

    @property
    @override
    def current_option(self) -> str:
        """Read the printer's settings."""
        return self.printer.config.mode.value

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the mode; returns when the printer runs in it, or has tried to."""
        await self._hub.async_set_mode(self.printer.id, option)
