"""Why a job waits, as values: the key of a text, and what the text names."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..machines.codes import ErrorCode
from ..machines.filaments import Filament, TooLittle
from ..machines.values import Availability, SpoolPlace, StorageState
from .power_states import PowerState


class ReasonKey(StrEnum):
    """Why a job has not begun. Those about a printer name it."""

    # of the job itself
    HELD = "held"
    """A person holds it."""
    PROBLEM = "problem"
    """It is held after a failed attempt; `Reason.problem` is the cause."""
    SCHEDULED = "scheduled"
    """It is scheduled for later; `until`."""
    RETRY = "retry"
    """The last attempt failed, and the next one is made at `until`."""
    SLICER_OPTIONS = "slicer_options"
    """The slicer's print options may still arrive; `until`."""
    NO_TARGET = "no_target"
    """It has no printer."""
    NO_SUCH_PRINTER = "no_such_printer"
    """Its printer is not set up any more."""
    NO_PRINTER_OF_MODEL = "no_printer_of_model"
    """No printer of its model (`wanted`) is set up."""
    AT_OTHER_INSTANCE = "at_other_instance"
    """Only the Home Assistant `instance` has its printer, or one of its model (`wanted`); it was last seen at `since` if it is away."""
    LIBRARY_AWAY = "library_away"
    """The library's folder with its file is not available."""
    FETCHING = "fetching"
    """Its file is being fetched from the store of a shared library."""
    FILAMENTS_UNKNOWN = "filaments_unknown"
    """The file does not name its filaments."""

    LIMIT_REACHED = "limit_reached"
    """`person` has had as much printed this month as they may: `limit_g` or `limit_s`; goes on at `until`."""
    OVER_LIMIT = "over_limit"
    """One copy alone is more than `person` may have printed in a month: `limit_g` or `limit_s`."""

    # of a printer
    NOT_ALLOWED = "not_allowed"
    """This printer is not allowed to print from the queue."""
    DRIVEN_ELSEWHERE = "driven_elsewhere"
    """Another Home Assistant, `instance`, prints on it."""
    DRIVER_UNKNOWN = "driver_unknown"
    """It is not known yet which Home Assistant prints on it."""
    OFFLINE = "offline"
    """It cannot be reached; `availability` is the cause."""
    POWERING_ON = "powering_on"
    """It is off, and is being switched on for the job."""
    POWERING_OFF = "powering_off"
    """It is being switched off just now."""
    POWER_KEPT_OFF = "power_kept_off"
    """It is off because somebody has switched it off since the job was there."""
    POWER_TROUBLE = "power_trouble"
    """It is off, and cannot be switched on; `power` is the cause."""
    NO_NEWS = "no_news"
    """It has not reported for a minute, or has not reported its phase yet."""
    PHASE_UNKNOWN = "phase_unknown"
    """It reports what it does with a word that is not known, or with none: it may be printing."""
    PRINTING = "printing"
    """It is printing."""
    TAKEN = "taken"
    """Another job of the queue has it or goes first; `other_job_id`."""
    QUESTION = "question"
    """A person has to answer how the print before went; `other_job_id`."""
    SETTLING = "settling"
    """It may still react to the last start."""
    PLATE_NOT_CLEARED = "plate_not_cleared"
    ERROR_STANDS = "error_stands"
    """It shows an error; `error`."""
    DEVELOPER_MODE_OFF = "developer_mode_off"
    NO_STORAGE = "no_storage"
    """There is no card or stick."""
    STORAGE_UNUSABLE = "storage_unusable"
    """The card or stick cannot be written; `storage`."""
    STORAGE_FULL = "storage_full"
    """The file does not fit."""

    # of a job on a printer
    NOT_FOR_PERSON = "not_for_person"
    """`person` may not have things printed there."""
    WRONG_MODEL = "wrong_model"
    """The file was sliced for another model; `wanted` and `found` are codes."""
    WRONG_NOZZLE = "wrong_nozzle"
    """The file was sliced for other nozzles; `wanted` and `found` are diameters in millimetres."""
    FILAMENT_MISSING = "filament_missing"
    """Filaments are not loaded; `loads` are these, and the places for them."""
    FILAMENT_SHORT = "filament_short"
    """They are loaded, but there is too little on the spools; `loads`."""
    FILAMENT_AMOUNT_UNKNOWN = "filament_amount_unknown"
    """They are loaded, but it is not known how much is left, and the printer prints only where it is; `loads`."""

    # of a job on a printer, about time: `until` is the planned start where there is one
    QUIET_HOURS = "quiet_hours"
    """The printer, or the job by its own wish (`is_of_job`), has quiet hours until `before`."""
    ENDS_IN_QUIET_HOURS = "ends_in_quiet_hours"
    """It takes `length`, and would run into quiet hours, which begin `before` it ends."""
    NO_TIME_LEFT = "no_time_left"
    """Quiet hours leave no time for a print of `length`."""
    CONDITION_NOT_MET = "condition_not_met"
    """It may begin only while `source` is on."""
    CONDITION_UNKNOWN = "condition_unknown"
    """It may begin only while `source` is on, or by its schedule, and nobody knows."""
    CHEAPEST_LATER = "cheapest_later"
    """That is the cheapest time to be ready `before`."""
    PRICES_UNKNOWN = "prices_unknown"
    """The prices of `source` are not known, or not for so long; it begins at `until` at the latest, to be ready `before`."""
    NO_SUN = "no_sun"
    """`source` shows `power_w`, which is not `limit_w` yet."""
    SUN_UNKNOWN = "sun_unknown"
    """`source` shows no power."""
    CIRCUIT = "circuit"
    """Another printer of its circuit, `other_machine_id`, heats up."""
    READY_FIRST = "ready_first"
    """It would end too late for `other_job_id`, which has to be ready `before`."""

    @property
    def is_of_filament(self) -> bool:
        """Whether a person can load something so that the job begins."""
        return self in _OF_FILAMENT

    @property
    def passes_with_time(self) -> bool:
        """Whether the job waits for its time alone: what it will take of a spool is reserved."""
        return self in _PASSING


_OF_FILAMENT = frozenset(
    {
        ReasonKey.FILAMENT_MISSING,
        ReasonKey.FILAMENT_SHORT,
        ReasonKey.FILAMENT_AMOUNT_UNKNOWN,
    }
)
_PASSING = frozenset(
    {
        ReasonKey.SCHEDULED,
        ReasonKey.RETRY,
        ReasonKey.SLICER_OPTIONS,
        ReasonKey.QUIET_HOURS,
        ReasonKey.ENDS_IN_QUIET_HOURS,
        ReasonKey.CHEAPEST_LATER,
        ReasonKey.PRICES_UNKNOWN,
        ReasonKey.NO_SUN,
        ReasonKey.SUN_UNKNOWN,
        ReasonKey.CIRCUIT,
        ReasonKey.READY_FIRST,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A filament to be loaded.

    `other_colors` are the places where its type is loaded in another colour, `empty` the empty ones that it could go to,
    `exchangeable`, where there are none, those with spools that the plate does not use. `too_little` are the spools that would
    fit but for what is left on them. `is_exact` is whether it has to be this very preset.
    """

    filament: Filament
    other_colors: tuple[SpoolPlace, ...] = ()
    empty: tuple[SpoolPlace, ...] = ()
    exchangeable: tuple[SpoolPlace, ...] = ()
    too_little: tuple[TooLittle, ...] = ()
    is_exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a job has not begun. Fields that the key does not mention are empty."""

    key: ReasonKey
    machine_id: str = ""
    until: datetime | None = None
    problem: str = ""
    other_job_id: str = ""
    availability: Availability | None = None
    storage: StorageState | None = None
    power: PowerState | None = None
    error: ErrorCode | None = None
    wanted: str = ""
    found: str = ""
    person: str = ""
    limit_g: float | None = None
    limit_s: float | None = None
    loads: tuple[Load, ...] = ()
    before: datetime | None = None
    length: timedelta | None = None
    source: str = ""
    power_w: float | None = None
    limit_w: float | None = None
    other_machine_id: str = ""
    is_of_job: bool = False
    instance: str = ""
    since: datetime | None = None
