"""Switches: whether a printer is enabled, whether its jobs are held; what the queue may do on a real one, and its light."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .config.subentries import MachineConfig, VirtualPrinterConfig, other_on_address
from .const import (
    CONF_HOLD,
    CONF_NEEDS_KNOWN_FILAMENT,
    CONF_PHOTOGRAPH,
    CONF_PRINT_FROM_QUEUE,
    CONF_WAIT_FOR_PLATE,
    DOMAIN,
)
from .entity import MachineEntity, PrinterEntity, SettingEntity
from .hub import Hub, HubConfigEntry
from .language.texts import Texts
from .notices.printing_allowed import async_explain_printing, async_withdraw_explanation
from .printers.machine_sensors import MachineDescription
from .printers.machines import CHAMBER_LIGHT, ManagedMachine
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


@dataclass(frozen=True, kw_only=True)
class MachineSwitchDescription(MachineDescription, SwitchEntityDescription):
    """A switch for one of a real printer's settings: its name in the settings, and how to read it."""

    setting: str
    value_fn: Callable[[MachineConfig], bool]


PRINT_FROM_QUEUE = MachineSwitchDescription(
    key="print_from_queue",
    translation_key="print_from_queue",
    is_lasting=True,
    setting=CONF_PRINT_FROM_QUEUE,
    value_fn=lambda config: config.prints_from_queue,
)
WAIT_FOR_PLATE = MachineSwitchDescription(
    key="wait_for_plate",
    translation_key="wait_for_plate",
    entity_category=EntityCategory.CONFIG,
    is_lasting=True,
    setting=CONF_WAIT_FOR_PLATE,
    value_fn=lambda config: config.waits_for_plate,
)
NEEDS_KNOWN_FILAMENT = MachineSwitchDescription(
    key="needs_known_filament",
    translation_key="needs_known_filament",
    entity_category=EntityCategory.CONFIG,
    is_lasting=True,
    setting=CONF_NEEDS_KNOWN_FILAMENT,
    value_fn=lambda config: config.needs_known_filament,
)
PHOTOGRAPH = MachineSwitchDescription(
    key="photograph",
    translation_key="photograph",
    entity_category=EntityCategory.CONFIG,
    is_lasting=True,
    setting=CONF_PHOTOGRAPH,
    value_fn=lambda config: config.photographs_prints,
)


@dataclass(frozen=True, kw_only=True)
class LightDescription(MachineDescription, SwitchEntityDescription):
    """The switch of a light."""


LIGHT = LightDescription(
    key=CHAMBER_LIGHT, translation_key=CHAMBER_LIGHT, is_of_bambu_lab=True
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

    @callback
    def _add_machine(machine: ManagedMachine) -> None:
        async_add_entities(
            [
                PrintFromQueueSwitch(hub, machine, PRINT_FROM_QUEUE),
                MachineSwitch(hub, machine, WAIT_FOR_PLATE),
                MachineSwitch(hub, machine, NEEDS_KNOWN_FILAMENT),
                MachineSwitch(hub, machine, PHOTOGRAPH),
                LightSwitch(hub, machine, LIGHT),
            ],
            config_subentry_id=machine.id,
        )

    entry.async_on_unload(hub.printers.async_on_printer(_add))
    entry.async_on_unload(hub.machines.async_on_machine(_add_machine))


class EnabledSwitch(PrinterEntity, SettingEntity, SwitchEntity):
    """Enables a printer; kept across restarts."""

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
        await self.async_require_administrator(self._hub)
        if other := other_on_address(self._hub.entry, self.printer.config):
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
        texts = Texts(self.hass)
        reasons = [
            texts.explained(problem.explanation) for problem in self.printer.problems
        ]
        if self.printer.failure:
            reasons.append(texts.explained(self.printer.failure))
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
        await self.async_require_administrator(self._hub)
        await self._hub.async_set_enabled(self.printer.id, enabled=False)


class HoldSwitch(PrinterEntity, SettingEntity, SwitchEntity):
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
        await self._async_set(value=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let them begin as soon as they can."""
        await self._async_set(value=False)

    async def _async_set(self, *, value: bool) -> None:
        await self.async_require_administrator(self._hub)
        await self._hub.async_set_filing(self.printer.id, CONF_HOLD, value=value)


class MachineSwitch(MachineEntity, SettingEntity, SwitchEntity):
    """One of a real printer's settings. The choice survives restarts."""

    entity_description: MachineSwitchDescription

    @property
    @override
    def is_on(self) -> bool:
        """Read the printer's settings."""
        return self.entity_description.value_fn(self.machine.config)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Choose it."""
        await self._async_set(value=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Choose the opposite. What is being printed is not touched."""
        await self._async_set(value=False)

    async def _async_set(self, *, value: bool) -> None:
        await self.async_require_administrator(self.hub)
        await self.hub.machines.async_set(
            self.machine.id, self.entity_description.setting, value=value
        )


class PrintFromQueueSwitch(MachineSwitch):
    """The explicit choice to let the queue print there."""

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let it print, and explain what that means."""
        await super().async_turn_on(**kwargs)
        async_explain_printing(
            self.hass, self.hub.texts, self.machine.id, self.machine.name
        )

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let it print no more; what is under way goes on."""
        await super().async_turn_off(**kwargs)
        async_withdraw_explanation(self.hass, self.machine.id)


class LightSwitch(MachineEntity, SwitchEntity):
    """The light of the chamber, where the printer reports one."""

    @property
    @override
    def available(self) -> bool:
        """Whether the printer has one, as far as it says."""
        return super().available and self.is_on is not None

    @property
    @override
    def is_on(self) -> bool | None:
        """Read the printer."""
        return self.machine.state.light(CHAMBER_LIGHT)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch it on."""
        await self.machine.async_set_light(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch it off."""
        await self.machine.async_set_light(on=False)
