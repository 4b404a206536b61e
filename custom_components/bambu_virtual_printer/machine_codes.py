"""Watches whether real printers still take the access codes that are stored for them.

A person changes the code on the printer's screen; what is stored here is then wrong, and only a login tells. So it is
tried when a printer comes back and when it refuses a slicer, and never more often than once a minute.
"""

from collections.abc import Awaitable, Callable
from time import monotonic

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .config import MachineConfig, machine_configs
from .const import DOMAIN
from .issues import Issues
from .relay.reach import Problem, TargetCheck, check_target

MIN_INTERVAL_S = 60.0

type Check = Callable[[str, str, str], Awaitable[TargetCheck]]


class MachineCodes:
    """Tries the stored access codes; refused ones become repairs, which go when a code is taken again."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        issues: Issues,
        check: Check = check_target,
    ) -> None:
        """Remember whom to tell."""
        self._hass = hass
        self._entry = entry
        self._issues = issues
        self._check = check
        self._checked_at: dict[str, float] = {}
        self._refused: dict[str, MachineConfig] = {}

    @callback
    def async_check(self, machine_id: str) -> None:
        """Try a printer's code soon, unless that was done a moment ago."""
        machine = machine_configs(self._entry).get(machine_id)
        if machine is None:
            return
        now = monotonic()
        if now - self._checked_at.get(machine_id, -MIN_INTERVAL_S) < MIN_INTERVAL_S:
            return
        self._checked_at[machine_id] = now
        self._entry.async_create_background_task(
            self._hass, self._async_check(machine), f"{DOMAIN} code of {machine.name}"
        )

    @callback
    def async_sync(self) -> None:
        """Forget refusals of codes that were changed since, and of printers that were removed."""
        machines = machine_configs(self._entry)
        for machine_id, refused in tuple(self._refused.items()):
            if machines.get(machine_id) != refused:
                self._accept(machine_id)

    async def _async_check(self, machine: MachineConfig) -> None:
        result = await self._check(machine.host, machine.serial, machine.access_code)
        if result.mqtt.problem is Problem.WRONG_CODE:
            self._refused[machine.id] = machine
            self._issues.access_code_refused(machine)
        elif result.mqtt.problem is None:
            self._accept(machine.id)

    @callback
    def _accept(self, machine_id: str) -> None:
        if self._refused.pop(machine_id, None):
            self._issues.access_code_taken(machine_id)
        self._checked_at.pop(machine_id, None)
