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
_LIGHT = ("system", "ledctrl")
_LIGHT_AND_SPOOLS = frozenset(
    {
        ("print", "ams_filament_setting"),
        ("print", "ams_get_rfid"),
        ("print", "extrusion_cali_sel"),
        _LIGHT,
    }
)
# About one spool, so that they go where that is loaded, if it is in one printer only.
_ONE_SPOOL = frozenset({("print", "ams_filament_setting"), ("print", "ams_get_rfid")})
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
    """Return where a command goes while a real printer is shown, or the spools of several.

    Of several, one gets what is about a spool that it alone has; the light is none's. Of a single one, commands for its light, camera and spools are always passed on. Others (stop, pause, movements, speed, updates, and
    unknown ones) only if its owner allows control.
    """
    if kind in _OWN_KINDS or (kind, command) in _OWN:
        return Route.OWN
    if is_pool:
        if (kind, command) in _ONE_SPOOL:
            return Route.TARGET
        is_refused = kind == "print" or (kind, command) == _LIGHT
        if is_refused and not is_question(kind, command):
            return Route.REFUSED
        return Route.OWN
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
