"""Watches whether real printers still take the access codes that are stored for them, and show the certificates.

A person changes the code on the printer's screen; what is stored here is then wrong, and only a login tells. So it is
tried when a printer comes back and when it refuses a slicer, and never more often than once a minute.
"""

from collections.abc import Awaitable, Callable
from time import monotonic

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..config.subentries import MachineConfig, machine_configs
from ..const import DOMAIN
from ..engine.machines.check import PrinterCheck, Problem
from .issues import Issues

MIN_INTERVAL_S = 60.0

type Check = Callable[[MachineConfig], Awaitable[PrinterCheck]]


class AccessCodes:
    """Tries the stored access codes; refused ones become repairs, which go when a code is taken again."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        issues: Issues,
        check: Check,
    ) -> None:
        """Remember whom to tell; `check` tries a printer, and sends the code to nobody else."""
        self._hass = hass
        self._entry = entry
        self._issues = issues
        self._check = check
        self._checked_at: dict[str, float] = {}
        self._refused: dict[str, MachineConfig] = {}
        self._doubted: dict[str, MachineConfig] = {}

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
    def async_reached(self, machine_id: str) -> None:
        """Take note that a printer has proved who it is, and try its code."""
        self._trust(machine_id)
        self.async_check(machine_id)

    @callback
    def async_unverified(self, machine_id: str, fingerprint: str) -> None:
        """Have a person look at the certificate that is shown in a printer's place."""
        if machine := machine_configs(self._entry).get(machine_id):
            self._doubted[machine_id] = machine
            self._issues.certificate_unverified(machine, fingerprint)

    @callback
    def async_sync(self) -> None:
        """Forget what was wrong with codes and certificates that were changed since, and with removed printers."""
        machines = machine_configs(self._entry)
        for machine_id, refused in tuple(self._refused.items()):
            if machines.get(machine_id) != refused:
                self._accept(machine_id)
        for machine_id, doubted in tuple(self._doubted.items()):
            now = machines.get(machine_id)
            if not now or (now.host, now.identity) != (doubted.host, doubted.identity):
                self._trust(machine_id)

    async def _async_check(self, machine: MachineConfig) -> None:
        result = await self._check(machine)
        match result.mqtt.problem:
            case Problem.WRONG_CODE:
                self._refused[machine.id] = machine
                self._issues.access_code_refused(machine)
            case Problem.UNVERIFIED:
                self.async_unverified(machine.id, result.fingerprint)
            case None:
                self._accept(machine.id)

    @callback
    def _trust(self, machine_id: str) -> None:
        if self._doubted.pop(machine_id, None):
            self._issues.certificate_trusted(machine_id)

    @callback
    def _accept(self, machine_id: str) -> None:
        if self._refused.pop(machine_id, None):
            self._issues.access_code_taken(machine_id)
        self._checked_at.pop(machine_id, None)
