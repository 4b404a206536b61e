"""Buttons: run a printer's setup check; pause, resume and stop a real printer, and confirm that its plate is cleared."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import MachineEntity, PrinterEntity
from .health.setup_check import SetupChecks
from .hub import Hub, HubConfigEntry
from .operations.context import acting
from .operations.permissions import Right
from .printers.machine_sensors import MachineDescription
from .printers.machines import ManagedMachine
from .printers.managed import ManagedPrinter

PARALLEL_UPDATES = 1

CHECK_SETUP = ButtonEntityDescription(
    key="check_setup",
    translation_key="check_setup",
    entity_category=EntityCategory.DIAGNOSTIC,
)


@dataclass(frozen=True, kw_only=True)
class MachineButtonDescription(MachineDescription, ButtonEntityDescription):
    """A button, and what pressing it does."""

    press_fn: Callable[[Hub, ManagedMachine], Awaitable[object]]


MACHINE_BUTTONS: tuple[MachineButtonDescription, ...] = (
    MachineButtonDescription(
        key="plate_cleared",
        translation_key="plate_cleared",
        # A person stands in front of the printer, which may be off.
        is_lasting=True,
        press_fn=lambda hub, machine: hub.orders.clear_plate(machine),
    ),
    MachineButtonDescription(
        key="pause",
        translation_key="pause",
        is_of_bambu_lab=True,
        press_fn=lambda hub, machine: hub.orders.pause_print(machine),
    ),
    MachineButtonDescription(
        key="resume",
        translation_key="resume",
        is_of_bambu_lab=True,
        press_fn=lambda hub, machine: hub.orders.resume_print(machine),
    ),
    MachineButtonDescription(
        key="stop",
        translation_key="stop",
        is_of_bambu_lab=True,
        # A button cannot ask back, and what is stopped is lost. The action asks.
        entity_registry_enabled_default=False,
        press_fn=lambda hub, machine: hub.orders.stop_print(machine),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of every printer that comes."""
    hub = entry.runtime_data

    @callback
    def _add(printer: ManagedPrinter) -> None:
        async_add_entities(
            [CheckSetupButton(hub.setup_checks, printer)],
            config_subentry_id=printer.id,
        )

    @callback
    def _add_machine(machine: ManagedMachine) -> None:
        async_add_entities(
            [
                MachineButton(hub, machine, description)
                for description in MACHINE_BUTTONS
            ],
            config_subentry_id=machine.id,
        )

    entry.async_on_unload(hub.printers.async_on_printer(_add))
    entry.async_on_unload(hub.machines.async_on_machine(_add_machine))


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


class MachineButton(MachineEntity, ButtonEntity):
    """A real printer's button. Waits for the printer's answer."""

    entity_description: MachineButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it for whoever presses, or say why it cannot be done."""
        with acting(self._context):
            await self.hub.permissions.require(Right.WORK)
            await self.entity_description.press_fn(self.hub, self.machine)
