"""Selects: the mode of a virtual printer, what its jobs are meant for, and what becomes of files the archive has."""

from abc import abstractmethod
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .config.subentries import VirtualPrinterConfig, machine_configs
from .const import CONF_DUPLICATES, CONF_TARGET, MODES
from .engine.values import DuplicatePolicy
from .entity import PrinterEntity, SettingEntity
from .hub import Hub, HubConfigEntry
from .operations.targets import named_targets
from .printers.managed import ManagedPrinter

PARALLEL_UPDATES = 1

MODE = SelectEntityDescription(
    key="mode",
    translation_key="mode",
    entity_category=EntityCategory.CONFIG,
    options=[mode.value for mode in MODES],
)
TARGET = SelectEntityDescription(
    key="target", translation_key="target", entity_category=EntityCategory.CONFIG
)
DUPLICATES = SelectEntityDescription(
    key="duplicates",
    translation_key="duplicates",
    entity_category=EntityCategory.CONFIG,
    options=[policy.value for policy in DuplicatePolicy],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects of every printer that comes and receives files."""
    hub = entry.runtime_data

    @callback
    def _add(printer: ManagedPrinter) -> None:
        if printer.is_proxy:
            return
        async_add_entities(
            [
                ModeSelect(hub, printer, MODE),
                TargetSelect(hub, printer, TARGET),
                DuplicatesSelect(hub, printer, DUPLICATES),
            ],
            config_subentry_id=printer.id,
        )

    entry.async_on_unload(hub.printers.async_on_printer(_add))


class SettingSelect(PrinterEntity, SettingEntity, SelectEntity):
    """A setting of a printer. It holds for uploads that begin from then on."""

    def __init__(
        self, hub: Hub, printer: ManagedPrinter, description: SelectEntityDescription
    ) -> None:
        """Keep the hub, which changes the settings."""
        super().__init__(printer, description)
        self._hub = hub

    @property
    @override
    def current_option(self) -> str | None:
        """Read the printer's settings."""
        config = self.printer.config
        assert isinstance(config, VirtualPrinterConfig)
        return self.read(config)

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the setting, for administrators."""
        await self.async_require_administrator(self._hub)
        await self.choose(option)

    @abstractmethod
    def read(self, config: VirtualPrinterConfig) -> str | None:
        """Return the option that is set."""

    @abstractmethod
    async def choose(self, option: str) -> None:
        """Set an option."""


class ModeSelect(SettingSelect):
    """What happens to uploads."""

    @override
    def read(self, config: VirtualPrinterConfig) -> str | None:
        """Return the mode."""
        return config.mode.value

    @override
    async def choose(self, option: str) -> None:
        """Change the mode."""
        await self._hub.async_set_mode(self.printer.id, option)


class DuplicatesSelect(SettingSelect):
    """What happens to files that the archive has already."""

    @override
    def read(self, config: VirtualPrinterConfig) -> str | None:
        """Return the policy."""
        return config.duplicates.value

    @override
    async def choose(self, option: str) -> None:
        """Change the policy."""
        await self._hub.async_set_filing(self.printer.id, CONF_DUPLICATES, option)


class TargetSelect(SettingSelect):
    """What jobs are meant for: a real printer by its name, any of the model, or none yet."""

    @property
    @override
    def options(self) -> list[str]:
        """List the real printers too: where one is shown to slicers, those that it can be, and the one that is chosen."""
        config = self.printer.config
        assert isinstance(config, VirtualPrinterConfig)
        entry = self._hub.entry
        machines = machine_configs(entry)
        return [
            name
            for name, target in named_targets(entry).items()
            if target not in machines
            or target == config.target
            or config.takes_jobs_for(machines[target])
        ]

    @override
    def read(self, config: VirtualPrinterConfig) -> str | None:
        """Return the printer's name; nothing in the moment in which it is removed."""
        for name, target in named_targets(self._hub.entry).items():
            if target == config.target:
                return name
        return None

    @override
    async def choose(self, option: str) -> None:
        """Mean jobs for another printer."""
        target = named_targets(self._hub.entry)[option]
        await self._hub.async_set_filing(self.printer.id, CONF_TARGET, target)
