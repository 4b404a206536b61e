"""Remembers through restarts what real printers last had loaded, so that virtual printers can show it while those are off."""

from collections.abc import Container, Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..engine.machines.reports import Reported
from .machines import ManagedMachine

STORAGE_KEY = f"{DOMAIN}.last_reports"
STORAGE_VERSION = 1
SAVE_DELAY_S = 300

# What tells of networks and prints, and is not shown once the printer is silent.
_NOT_KEPT = frozenset(
    {"file", "gcode_file", "hms", "net", "subtask_name", "upload", "url"}
)


class LastReports:
    """The last reports of all real printers, by the ids of their subentries; written when other spools are loaded."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; call `async_load` before anything else."""
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, STORAGE_KEY, private=True, atomic_writes=True
        )
        self._reports: dict[str, dict[str, Any]] = {}
        # What was loaded when a report was remembered.
        self._loaded: dict[str, object] = {}
        self._is_unsaved = False

    async def async_load(self) -> None:
        """Read what is stored."""
        data = await self._store.async_load() or {}
        self._reports = data.get("reports", {})

    async def async_save(self) -> None:
        """Write what is not stored yet."""
        if self._is_unsaved:
            await self._store.async_save(self._data())

    @callback
    def async_note(self, machine: ManagedMachine) -> None:
        """Remember what a printer reports, if other spools or nozzles are in it than before."""
        if not machine.is_reporting or (session := machine.session) is None:
            return
        state = machine.state
        loaded = (
            machine.config.serial,
            tuple((unit.id, unit.spools) for unit in state.ams),
            state.external,
            tuple(
                (nozzle.id, nozzle.diameter_mm, nozzle.type) for nozzle in state.nozzles
            ),
        )
        if self._loaded.get(machine.id) == loaded:
            return
        self._loaded[machine.id] = loaded
        reported = session.reported
        self._reports[machine.id] = {
            "serial": machine.config.serial,
            "status": {
                key: value
                for key, value in reported.status.items()
                if key not in _NOT_KEPT
            },
            "modules": list(reported.modules),
        }
        self._is_unsaved = True
        self._store.async_delay_save(self._data, SAVE_DELAY_S)

    @callback
    def async_forget(self, known: Container[str]) -> None:
        """Forget printers that are not known any more."""
        gone = [id_ for id_ in self._reports if id_ not in known]
        for machine_id in gone:
            del self._reports[machine_id]
            self._loaded.pop(machine_id, None)
        if gone:
            self._is_unsaved = True
            self._store.async_delay_save(self._data, SAVE_DELAY_S)

    def of(self, machine: ManagedMachine) -> Reported | None:
        """Return what a printer last reported, None where that is not known."""
        match self._reports.get(machine.id):
            case {
                "serial": machine.config.serial,
                "status": Mapping() as status,
                "modules": list() as modules,
            }:
                return Reported(status=status, modules=tuple(modules), revision=0)
        return None

    def _data(self) -> dict[str, Any]:
        self._is_unsaved = False
        return {"reports": self._reports}
