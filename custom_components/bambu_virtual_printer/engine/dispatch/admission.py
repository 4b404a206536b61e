"""Checks whether a printer can take a job now, and if not, why. Used by the planner, and again right before a start. Pure.

The refusals are those of printers themselves, checked before anything is sent: a start onto a running print is refused by most
and cancels the print of an A1 mini (Bambuddy #2598), an error that stands blocks starts, a tray that does not exist makes
a printer wait for ever (OpenBambuAPI #10).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from ..library.values.driving import Driver
from ..machines.filaments import NO_GRAMS, Grams
from ..machines.values import DeveloperMode, MachineState, SpoolPlace, StorageState
from ..protocol.printer_models import find_model
from .jobs import Needs
from .power_states import PowerState
from .reasons import Reason, ReasonKey

MAX_REPORT_AGE_S = 60.0

_UNUSABLE = {StorageState.ABNORMAL, StorageState.READ_ONLY}


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineView:
    """A real printer as planning sees it.

    `is_allowed` is whether a person allows it to print from the queue, `is_plate_blocked` whether its plate has to be cleared
    first. `held_by` is the job of the queue that has it, `has_question` whether a person has to answer how that went;
    `is_settling` holds for a while after each start. `left_g` is what is left on its spools where that is known;
    `needs_known_grams` that it prints with no others. `last_spool` was in use last, `free_since` is since when it has had no print.
    `reserved_g` is what further copies of the job that it has will take.
    `power` is what goes on with its plug, None where it has none that is known.
    """

    id: str
    model: str
    state: MachineState
    report_age_s: float | None
    is_allowed: bool
    is_plate_blocked: bool = False
    held_by: str = ""
    has_question: bool = False
    is_settling: bool = False
    power: PowerState | None = None
    left_g: Grams = NO_GRAMS
    needs_known_grams: bool = False
    reserved_g: Grams = NO_GRAMS
    last_spool: SpoolPlace | None = None
    free_since: datetime | None = None
    is_starting: bool = False
    """Whether a print of the queue is on its way there, and has not begun."""
    last_start_at: datetime | None = None
    """When it last began a print, as far as it is known."""
    begins_after: timedelta = timedelta()
    """How long it takes until it can begin: one that is off has to report first."""
    other_driver: Driver | None = None
    """Which other Home Assistant drives it; None where this one does."""


def machine_obstacle(machine: MachineView) -> Reason | None:
    """Return why a printer can take no job at all; None if it can."""
    state = machine.state
    key = None
    if not machine.is_allowed:
        key = ReasonKey.NOT_ALLOWED
    elif machine.other_driver is not None:
        return driven_elsewhere(machine.id, machine.other_driver)
    elif machine.held_by:
        return Reason(
            key=ReasonKey.QUESTION if machine.has_question else ReasonKey.TAKEN,
            machine_id=machine.id,
            other_job_id=machine.held_by,
        )
    elif machine.power is PowerState.SWITCHING_OFF:
        key = ReasonKey.POWERING_OFF
    elif not state.is_available:
        return Reason(
            key=ReasonKey.OFFLINE,
            machine_id=machine.id,
            availability=state.availability,
        )
    elif (
        not state.is_current
        or machine.report_age_s is None
        or machine.report_age_s > MAX_REPORT_AGE_S
    ):
        key = ReasonKey.NO_NEWS
    elif state.phase.is_active:
        key = ReasonKey.PRINTING
    elif not state.phase.is_free:
        key = ReasonKey.PHASE_UNKNOWN
    elif machine.is_settling:
        key = ReasonKey.SETTLING
    elif state.print_error and not state.print_error.is_cancellation:
        return Reason(
            key=ReasonKey.ERROR_STANDS, machine_id=machine.id, error=state.print_error
        )
    elif state.developer_mode is DeveloperMode.OFF:
        key = ReasonKey.DEVELOPER_MODE_OFF
    elif (
        state.storage.state is StorageState.MISSING
        and not state.storage.takes_to_memory
    ):
        key = ReasonKey.NO_STORAGE
    elif state.storage.state in _UNUSABLE:
        return Reason(
            key=ReasonKey.STORAGE_UNUSABLE,
            machine_id=machine.id,
            storage=state.storage.state,
        )
    elif machine.is_plate_blocked:
        key = ReasonKey.PLATE_NOT_CLEARED
    return None if key is None else Reason(key=key, machine_id=machine.id)


def driven_elsewhere(machine_id: str, driver: Driver) -> Reason:
    """Return that another Home Assistant prints on a printer, or that it is not known which one does."""
    if not driver.instance:
        return Reason(key=ReasonKey.DRIVER_UNKNOWN, machine_id=machine_id)
    return Reason(
        key=ReasonKey.DRIVEN_ELSEWHERE,
        machine_id=machine_id,
        instance=driver.instance,
    )


def hardware_obstacle(needs: Needs, machine: MachineView) -> Reason | None:
    """Return why a plate cannot be printed there whatever is loaded; None if it can. What is unset does not count."""
    if needs.model and not same_model(needs.model, machine.model):
        return Reason(
            key=ReasonKey.WRONG_MODEL,
            machine_id=machine.id,
            wanted=needs.model,
            found=machine.model,
        )
    # The left nozzle is the first in files and has the number 1 at the printer.
    found = [nozzle.diameter_mm for nozzle in reversed(machine.state.nozzles)]
    if needs.nozzles_mm and found and None not in found:
        wanted = [round(diameter, 2) for diameter in needs.nozzles_mm]
        is_wrong = (
            wanted != found
            if len(wanted) == len(found)
            else not set(found) <= set(wanted)
        )
        if is_wrong:
            return Reason(
                key=ReasonKey.WRONG_NOZZLE,
                machine_id=machine.id,
                wanted=_diameters(wanted),
                found=_diameters([one for one in found if one is not None]),
            )
    free = machine.state.storage.free_bytes
    if free is not None and free < needs.size_bytes:
        return Reason(key=ReasonKey.STORAGE_FULL, machine_id=machine.id)
    return None


@lru_cache(maxsize=1024)
def same_model(first: str, second: str) -> bool:
    """Return whether two codes are of models that print the same files, by the slicer's profiles."""
    try:
        return find_model(first).profile_name == find_model(second).profile_name
    except KeyError:
        return first == second


def _diameters(values: list[float]) -> str:
    return " + ".join(f"{value:g}" for value in values)
