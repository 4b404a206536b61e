"""Repair issues about real printers: why one cannot be talked to, or is not given jobs. Each goes with its cause.

What the printer itself says is believed at once. What it also says for a while after it was switched on is only told when it
goes on.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..engine.dispatch.power_states import PowerState
from ..engine.machines.values import (
    Availability,
    DeveloperMode,
    MachineState,
    StorageState,
)
from ..printers.machines import ManagedMachine
from .issues import Fix, Issues, async_raise, async_withdraw

STARTS_WITHIN = timedelta(minutes=5)
"""How long a printer may take to start, and to let go of clients that are gone."""
UNREACHABLE_AFTER = timedelta(days=1)


class MachineIssue(StrEnum):
    """What can be wrong with a real printer, beside its access code and its certificate."""

    WRONG_SERIAL = "printer_wrong_serial"
    TOO_MANY_CLIENTS = "printer_too_many_clients"
    LAN_ACCESS_OFF = "printer_lan_access_off"
    SILENT = "printer_silent"
    DEVELOPER_MODE_OFF = "developer_mode_off"
    STORAGE_MISSING = "printer_storage_missing"
    STORAGE_UNUSABLE = "printer_storage_unusable"
    STORAGE_FULL = "printer_storage_full"
    UNREACHABLE = "printer_unreachable"
    POWER_NO_REPORT = "printer_power_no_report"
    POWER_SWITCH_FAILED = "printer_power_switch_failed"
    POWER_UNAVAILABLE = "printer_power_unavailable"


_OF_AVAILABILITY = {
    Availability.WRONG_SERIAL: MachineIssue.WRONG_SERIAL,
    Availability.TOO_MANY_CLIENTS: MachineIssue.TOO_MANY_CLIENTS,
    Availability.LAN_ACCESS_OFF: MachineIssue.LAN_ACCESS_OFF,
    Availability.SILENT: MachineIssue.SILENT,
}
_OF_POWER = {
    PowerState.NO_REPORT: MachineIssue.POWER_NO_REPORT,
    PowerState.SWITCH_FAILED: MachineIssue.POWER_SWITCH_FAILED,
    PowerState.UNAVAILABLE: MachineIssue.POWER_UNAVAILABLE,
}
_MAY_PASS = {
    MachineIssue.TOO_MANY_CLIENTS,
    MachineIssue.LAN_ACCESS_OFF,
    MachineIssue.SILENT,
}
_OF_STORAGE = {
    StorageState.MISSING: MachineIssue.STORAGE_MISSING,
    StorageState.ABNORMAL: MachineIssue.STORAGE_UNUSABLE,
    StorageState.READ_ONLY: MachineIssue.STORAGE_UNUSABLE,
}
# A person has done what the text says, and wants to know at once whether it helped.
_FIXES = {
    MachineIssue.TOO_MANY_CLIENTS: Fix.CHECK_MACHINE,
    MachineIssue.LAN_ACCESS_OFF: Fix.CHECK_MACHINE,
    MachineIssue.SILENT: Fix.CHECK_MACHINE,
    MachineIssue.DEVELOPER_MODE_OFF: Fix.CHECK_MACHINE,
}


class MachineIssues:
    """Raises and withdraws the issues about real printers."""

    def __init__(self, hass: HomeAssistant, issues: Issues) -> None:
        """Know of nothing wrong. `issues` has those about access codes and certificates."""
        self._hass = hass
        self._issues = issues
        self._raised: dict[str, set[MachineIssue]] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._full: set[str] = set()
        self._power: dict[str, PowerState] = {}

    @callback
    def look(self, machine: ManagedMachine) -> None:
        """Look at a printer whose state, settings or jobs may be others."""
        self._look_at_login(machine)
        self._set_all(machine, self._found(machine, dt_util.utcnow()))

    @callback
    def look_at_all(self, machines: Mapping[str, ManagedMachine]) -> None:
        """Look whether time alone has made something wrong."""
        for machine in machines.values():
            self.look(machine)

    @callback
    def storage_full(self, machine: ManagedMachine, *, is_full: bool) -> None:
        """Take note of whether a job waits since its file does not fit on the card."""
        if is_full is (machine.id in self._full):
            return
        if is_full:
            self._full.add(machine.id)
        else:
            self._full.discard(machine.id)
        self.look(machine)

    @callback
    def power(self, machine: ManagedMachine, trouble: PowerState | None) -> None:
        """Take note of what is wrong with a printer's power."""
        if trouble is self._power.get(machine.id):
            return
        if trouble is None:
            del self._power[machine.id]
        else:
            self._power[machine.id] = trouble
        self.look(machine)

    @callback
    def machine_removed(self, machine_id: str) -> None:
        """Withdraw everything about a printer."""
        self._full.discard(machine_id)
        self._power.pop(machine_id, None)
        self._cancel_timer(machine_id)
        for issue in self._raised.pop(machine_id, set()):
            async_withdraw(self._hass, _issue_id(issue, machine_id))
        self._issues.access_code_taken(machine_id)
        self._issues.certificate_trusted(machine_id)

    @callback
    def stop(self) -> None:
        """Wait for nothing any more."""
        for machine_id in tuple(self._timers):
            self._cancel_timer(machine_id)

    @callback
    def unverified(self, machine: ManagedMachine, fingerprint: str) -> None:
        """Ask about the certificate that is shown in a printer's place."""
        self._issues.certificate_unverified(machine.config, fingerprint)

    # --- inside ---

    def _look_at_login(self, machine: ManagedMachine) -> None:
        match machine.state.availability:
            case Availability.WRONG_CODE:
                self._issues.certificate_trusted(machine.id)
                self._issues.access_code_refused(machine.config)
            case Availability.UNTRUSTED | Availability.CERTIFICATE_CHANGED:
                if fingerprint := machine.doubted_certificate:
                    self.unverified(machine, fingerprint)
            case Availability.CONNECTING | Availability.ONLINE | Availability.SILENT:
                # A session that was just begun has other settings than the one before, or belongs to a new start.
                self._issues.certificate_trusted(machine.id)
                self._issues.access_code_taken(machine.id)

    def _found(self, machine: ManagedMachine, now: datetime) -> set[MachineIssue]:
        state = machine.state
        found = set()
        issue = _OF_AVAILABILITY.get(state.availability)
        if issue in _MAY_PASS and not self._goes_on(machine, now):
            issue = None
        if issue:
            found.add(issue)
        if state.is_available:
            self._cancel_timer(machine.id)
        elif (
            machine.lost_at
            and now - machine.lost_at >= UNREACHABLE_AFTER
            and machine.share.jobs
            and not issue
        ):
            found.add(MachineIssue.UNREACHABLE)
        if _is_mode_off(state) or (
            # It was off, and has not proved to be on since.
            MachineIssue.DEVELOPER_MODE_OFF in self._raised.get(machine.id, ())
            and not _is_mode_settled(state)
        ):
            found.add(MachineIssue.DEVELOPER_MODE_OFF)
        if trouble := self._power.get(machine.id):
            found.add(_OF_POWER[trouble])
        if machine.config.prints_from_queue:
            # Without a stick, files may go to internal memory.
            is_missed = not state.storage.takes_to_memory
            storage = _OF_STORAGE.get(state.storage.state) if is_missed else None
            if storage:
                found.add(storage)
            elif machine.id in self._full:
                found.add(MachineIssue.STORAGE_FULL)
        return found

    def _goes_on(self, machine: ManagedMachine, now: datetime) -> bool:
        """Tell whether it has been lost for longer than a start takes; otherwise look again when it has."""
        lost_for = now - (machine.lost_at or now)
        if lost_for >= STARTS_WITHIN:
            return True
        if machine.id not in self._timers:

            @callback
            def _look_again(_now: datetime) -> None:
                self._timers.pop(machine.id, None)
                self.look(machine)

            self._timers[machine.id] = async_call_later(
                self._hass,
                STARTS_WITHIN - lost_for + timedelta(seconds=1),
                HassJob(_look_again, cancel_on_shutdown=True),
            )
        return False

    def _cancel_timer(self, machine_id: str) -> None:
        if cancel := self._timers.pop(machine_id, None):
            cancel()

    def _set_all(self, machine: ManagedMachine, found: set[MachineIssue]) -> None:
        raised = self._raised.get(machine.id, set())
        for issue in raised - found:
            async_withdraw(self._hass, _issue_id(issue, machine.id))
        for issue in found - raised:
            fix = _FIXES.get(issue)
            async_raise(
                self._hass,
                _issue_id(issue, machine.id),
                issue.value,
                {
                    "printer": machine.name,
                    "host": machine.config.host,
                    "switch": machine.config.power.switch or "",
                },
                severity=ir.IssueSeverity.ERROR,
                fix=fix,
                data={"printer_id": machine.id} if fix else None,
            )
        if found:
            self._raised[machine.id] = found
        else:
            self._raised.pop(machine.id, None)


def _is_mode_off(state: MachineState) -> bool:
    return state.developer_mode is DeveloperMode.OFF


def _is_mode_settled(state: MachineState) -> bool:
    """Whether there is news of the mode: a command that was taken, or a printer that was started anew and asks for nothing."""
    if state.developer_mode is DeveloperMode.ON:
        return True
    # A session that was just made knows nothing yet; what it asks for comes with the first report.
    return (
        state.is_available
        and state.is_current
        and state.developer_mode is DeveloperMode.UNKNOWN
        and not state.asks_for_signatures
    )


def _issue_id(issue: MachineIssue, machine_id: str) -> str:
    return f"{issue.value}_{machine_id}"
