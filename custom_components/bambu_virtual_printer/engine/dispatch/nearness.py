"""How far a printer is from starting a job, by the reason why it does not now."""

from .admission import MachineView
from .reasons import Reason, ReasonKey

# Of several printers' reasons the one that passes soonest is given: what ends at a known time, what ends by itself, what one
# touch changes, what takes a spool, and what takes more.
_NEARNESS = (
    ReasonKey.CIRCUIT,
    ReasonKey.READY_FIRST,
    ReasonKey.CHEAPEST_LATER,
    ReasonKey.ENDS_IN_QUIET_HOURS,
    ReasonKey.QUIET_HOURS,
    ReasonKey.PRICES_UNKNOWN,
    ReasonKey.DRIVER_UNKNOWN,
    ReasonKey.TAKEN,
    ReasonKey.SETTLING,
    ReasonKey.POWERING_ON,
    ReasonKey.POWERING_OFF,
    ReasonKey.PRINTING,
    ReasonKey.NO_SUN,
    ReasonKey.CONDITION_NOT_MET,
    ReasonKey.SUN_UNKNOWN,
    ReasonKey.CONDITION_UNKNOWN,
    ReasonKey.PLATE_NOT_CLEARED,
    ReasonKey.DRIVEN_ELSEWHERE,
    ReasonKey.FILAMENT_MISSING,
    ReasonKey.NO_TIME_LEFT,
    ReasonKey.QUESTION,
    ReasonKey.NO_NEWS,
    ReasonKey.PHASE_UNKNOWN,
    ReasonKey.ERROR_STANDS,
    ReasonKey.STORAGE_FULL,
    ReasonKey.NO_STORAGE,
    ReasonKey.STORAGE_UNUSABLE,
    ReasonKey.DEVELOPER_MODE_OFF,
    ReasonKey.POWER_KEPT_OFF,
    ReasonKey.POWER_TROUBLE,
    ReasonKey.OFFLINE,
    ReasonKey.WRONG_NOZZLE,
    ReasonKey.FILAMENTS_UNKNOWN,
    ReasonKey.WRONG_MODEL,
    ReasonKey.NOT_FOR_PERSON,
    ReasonKey.NOT_ALLOWED,
)
# What passes by itself, or with one touch: what has to be loaded meanwhile is told at once.
_BUSY = frozenset(
    {
        ReasonKey.TAKEN,
        ReasonKey.PRINTING,
        ReasonKey.SETTLING,
        ReasonKey.CIRCUIT,
        ReasonKey.PLATE_NOT_CLEARED,
    }
)
_DISTANCE = {key: distance for distance, key in enumerate(_NEARNESS)}
_DISTANCE |= {
    key: _DISTANCE[ReasonKey.FILAMENT_MISSING]
    for key in ReasonKey
    if key.is_of_filament
}


def distance(reason: Reason) -> int:
    """Return how far a printer with this reason is from starting, the nearest first."""
    return _DISTANCE[reason.key]


def is_busy(machine: MachineView, obstacle: Reason) -> bool:
    """Return whether a printer that reports will be free by itself or with one touch, so that what is loaded counts already."""
    state = machine.state
    return obstacle.key in _BUSY and state.is_available and state.is_current
