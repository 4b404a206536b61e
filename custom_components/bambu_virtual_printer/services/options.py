"""The print options that actions take, in the words of `PrintOptions`."""

from typing import Any

import voluptuous as vol

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..operations.plans import ON_OFF_AUTO


def _trays(mapping: list[int]) -> tuple[int, ...]:
    return tuple(mapping)


def _automatic(value: Any) -> int:
    """Return off, on, or as the printer sees fit (docs/protocol.md, Print options); YAML takes the first two for no and yes."""
    word = ON_OFF_AUTO[value] if isinstance(value, bool) else value
    if word not in ON_OFF_AUTO:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="option_unknown",
            translation_placeholders={
                "value": str(value),
                "options": ", ".join(ON_OFF_AUTO),
            },
        )
    return ON_OFF_AUTO.index(word)


SWITCH = vol.Any(None, cv.boolean)
AUTOMATIC = vol.Any(None, _automatic)
OPTIONS = vol.Schema(
    {
        vol.Optional("timelapse"): SWITCH,
        vol.Optional("vibration_cali"): SWITCH,
        vol.Optional("layer_inspect"): SWITCH,
        vol.Optional("use_ams"): SWITCH,
        vol.Optional("bed_leveling"): AUTOMATIC,
        vol.Optional("flow_cali"): AUTOMATIC,
        vol.Optional("nozzle_offset_cali"): AUTOMATIC,
        vol.Optional("ams_mapping"): vol.Any(
            None,
            vol.All(
                [vol.All(vol.Coerce(int), vol.Range(min=-1, max=255))],
                _trays,
            ),
        ),
    }
)
