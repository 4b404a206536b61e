"""How commands say how jobs are to be made: as actions do, but for the name of one field."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv

from ..operations.plans import PlanChanges
from ..services.fields import ATTR_TARGET, PLAN as ACTION_PLAN
from ..services.lookup import plan_changes, target_of

ATTR_PLAN_TARGET = "target"

PLAN: dict[Any, Any] = {
    **{key: value for key, value in ACTION_PLAN.items() if key != ATTR_TARGET},
    vol.Optional(ATTR_PLAN_TARGET): cv.string,
}


def plan_of(hass: HomeAssistant, data: Mapping[str, Any]) -> PlanChanges:
    """Read how jobs are to be made. Raises ServiceValidationError."""
    return plan_changes(hass, _as_action(data))


def target_named(hass: HomeAssistant, data: Mapping[str, Any]) -> str | None:
    """Return the target that is named, as plans call it. Raises ServiceValidationError when there is no such."""
    return target_of(hass, _as_action(data))


def _as_action(data: Mapping[str, Any]) -> dict[str, Any]:
    named = dict(data)
    if ATTR_PLAN_TARGET in named:
        named[ATTR_TARGET] = named.pop(ATTR_PLAN_TARGET)
    return named
