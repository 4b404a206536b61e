"""Shows the modules of a real printer, including its AMS units: without them slicers list the units as unknown."""

from typing import Any

from ..values import JsonObject
from .disguise import Disguise
from .values import Target

_VERSION_MODULE = "ota"
# OrcaSlicer ignores a module without one of these.
_NEEDED: JsonObject = {
    "name": "",
    "product_name": "",
    "sw_ver": "",
    "sw_new_ver": "",
    "hw_ver": "",
    "sn": "",
    "flag": 0,
}
# A firmware update of the real printer does not apply to the virtual one.
_NOT_SHOWN = frozenset({"new_ver", "project_name"})


def mirrored_modules(
    own: list[JsonObject], target: Target, disguise: Disguise
) -> list[JsonObject]:
    """Return the module list of get_version that shows `target`.

    The version stays the virtual printer's `own`: slicers compare it with the announced one.
    """
    shown = [
        _NEEDED
        | disguise.apply(
            {key: value for key, value in module.items() if key not in _NOT_SHOWN}
        )
        | {"sw_new_ver": ""}
        for module in target.modules
        if _name(module) != _VERSION_MODULE
    ]
    if not shown:
        return own
    return [module for module in own if _name(module) == _VERSION_MODULE] + shown


def _name(module: Any) -> Any:
    return module.get("name")
