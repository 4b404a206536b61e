"""Button: run a printer's setup check."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PrinterEntity
from .health.setup_check import SetupChecks
from .hub import HubConfigEntry
from .printers.managed import ManagedPrinter

PARALLEL_UPDATES = 1

CHECK_SETUP = ButtonEntityDescription(
    key="check_setup",
    translation_key="check_setup",
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a button for every printer that comes."""
    hub = entry.runtime_data

    @callback
    def _add(printer: ManagedPrinter) -> None:
        async_add_entities(
            [CheckSetupButton(hub.setup_checks, printer)],
            config_subentry_id=printer.id,
        )

    entry.async_on_unload(hub.async_on_printer(_add))


class CheckSetupButton(PrinterEntity, ButtonEntity):
    """Checks everything that keeps slicers from the printer, and notifies; problems become a repair."""

    def __init__(self, checks: SetupChecks, printer: ManagedPrinter) -> None:
        """Keep the checks."""
        super().__init__(printer, CHECK_SETUP)
        self._checks = checks

    @override
    async def async_press(self) -> None:
        """Check, and show what was found."""
        report = await self._checks.async_run(self.printer)
        self._checks.async_show(self.printer, report)
