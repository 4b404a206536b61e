"""Which of a slicer's commands go to the real printer that is shown."""

from enum import Enum, auto

# Lists that dialogs of slicers wait for. Not every firmware has them.
_QUESTIONS = frozenset(
    {
        ("print", "extrusion_cali_get"),
        ("print", "extrusion_cali_get_result"),
        ("print", "flowrate_get_result"),
        ("print", "get_auto_nozzle_mapping"),
    }
)
_LIGHT_AND_SPOOLS = frozenset(
    {
        ("print", "ams_filament_setting"),
        ("print", "ams_get_rfid"),
        ("print", "extrusion_cali_sel"),
        ("system", "ledctrl"),
    }
)
# Commands about the virtual printer itself: its reports, jobs, access code and memory.
_OWN = frozenset(
    {
        ("camera", "ipcam_get_media_info"),
        ("camera", "is_timelapse_storage_enough"),
        ("print", "gcode_file"),
        ("print", "project_file"),
        ("print", "push_status"),
        ("system", "get_access_code"),
        ("system", "get_accessories"),
    }
)
_OWN_KINDS = frozenset({"info", "pushing", "security"})


class Route(Enum):
    """Where a command goes."""

    OWN = auto()
    """The virtual printer carries it out and answers it."""
    TARGET = auto()
    REFUSED = auto()
    """It would act on the real printer's print, and is refused."""


def route(
    kind: str, command: str, *, allows_control: bool, is_pool: bool = False
) -> Route:
    """Return where a command goes while a real printer is shown, or the spools of several, of which none is commanded.

    Commands for its light, camera and spools are always passed on. Others (stop, pause, movements, speed, updates, and
    unknown ones) only if its owner allows control.
    """
    if kind in _OWN_KINDS or (kind, command) in _OWN:
        return Route.OWN
    if is_pool:
        is_refused = kind == "print" and not is_question(kind, command)
        return Route.REFUSED if is_refused else Route.OWN
    if (
        allows_control
        or kind == "camera"
        or (kind, command) in _LIGHT_AND_SPOOLS
        or is_question(kind, command)
    ):
        return Route.TARGET
    return Route.REFUSED if kind == "print" else Route.OWN


def is_question(kind: str, command: str) -> bool:
    """Return whether a command changes nothing, and an empty answer is better than a failure."""
    return (kind, command) in _QUESTIONS
