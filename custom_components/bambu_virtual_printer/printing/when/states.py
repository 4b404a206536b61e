"""Conditions and power from states of entities."""

from math import isfinite

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_HOME,
    STATE_ON,
    STATE_OPEN,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfPower,
)
from homeassistant.core import State
from homeassistant.util.unit_conversion import PowerConverter

MET = frozenset({STATE_ON, STATE_HOME, STATE_OPEN, "above_horizon"})
"""The states in which an entity counts as on."""
_UNKNOWN = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


def is_met(state: State | None) -> bool | None:
    """Return whether an entity is on; None where nobody knows."""
    if state is None or state.state in _UNKNOWN:
        return None
    return state.state in MET


def power_w(state: State | None) -> float | None:
    """Return the power that an entity shows, in watts; None where it shows none, or in a unit that is none of power."""
    if state is None or state.state in _UNKNOWN:
        return None
    try:
        value = float(state.state)
    except ValueError:
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, UnitOfPower.WATT)
    if not isfinite(value) or unit not in PowerConverter.VALID_UNITS:
        return None
    return PowerConverter.convert(value, unit, UnitOfPower.WATT)
