"""Remembers through restarts what real printers last had loaded, so that virtual printers can show it while those are off."""

from collections.abc import Container, Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback

from ..config.delayed_store import DelayedStore
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
        self._store = DelayedStore(
            hass,
            STORAGE_VERSION,
            STORAGE_KEY,
            delay_s=SAVE_DELAY_S,
            data=self._data,
        )
        self._reports: dict[str, dict[str, Any]] = {}
        # What was loaded when a report was remembered.
        self._loaded: dict[str, object] = {}

    async def async_load(self) -> None:
        """Read what is stored."""
        data = await self._store.async_load()
        self._reports = data.get("reports", {})

    async def async_save(self) -> None:
        """Write what is not stored yet."""
        await self._store.async_save()

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
        self._store.async_changed()

    @callback
    def async_forget(self, known: Container[str]) -> None:
        """Forget printers that are not known any more."""
        gone = [id_ for id_ in self._reports if id_ not in known]
        for machine_id in gone:
            del self._reports[machine_id]
            self._loaded.pop(machine_id, None)
        if gone:
            self._store.async_changed()

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
        return {"reports": self._reports}
