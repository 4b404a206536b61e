"""Which of a slicer's commands go to the real printer that is shown."""

from enum import Enum, auto

_SPOOLS_AND_READING = frozenset(
    {
        ("print", "ams_filament_setting"),
        ("print", "ams_get_rfid"),
        ("print", "extrusion_cali_get"),
        ("print", "extrusion_cali_get_result"),
        ("print", "extrusion_cali_sel"),
        ("print", "flowrate_get_result"),
        ("print", "get_auto_nozzle_mapping"),
        ("system", "get_accessories"),
        ("system", "ledctrl"),
    }
)
# What concerns the virtual printer itself: its reports, its jobs, its code, its memory.
_OWN = frozenset(
    {
        ("camera", "ipcam_get_media_info"),
        ("camera", "is_timelapse_storage_enough"),
        ("print", "gcode_file"),
        ("print", "project_file"),
        ("print", "push_status"),
        ("system", "get_access_code"),
    }
)
_OWN_KINDS = frozenset({"info", "pushing", "security"})


class Route(Enum):
    """Where a command goes."""

    OWN = auto()
    """The virtual printer answers it, and does what there is for it to do."""
    TARGET = auto()
    REFUSED = auto()
    """It would act on the real printer's print, and is answered that it may not."""


def route(kind: str, command: str, *, allows_control: bool) -> Route:
    """Tell where a command goes while a real printer is shown.

    Its light, its camera and its spools are everybody's. What else there is (stop, pause, movements, speed, updates, whatever
    is unknown) reaches it only where its owner allows control.
    """
    if kind in _OWN_KINDS or (kind, command) in _OWN:
        return Route.OWN
    if allows_control or kind == "camera" or (kind, command) in _SPOOLS_AND_READING:
        return Route.TARGET
    return Route.REFUSED if kind == "print" else Route.OWN
