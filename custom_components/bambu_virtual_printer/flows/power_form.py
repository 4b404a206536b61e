"""The form about how a real printer gets its power, and what that costs."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
from homeassistant.util.unit_conversion import EnergyConverter

from ..config.power import DEFAULT_OFF_AFTER_MINUTES
from ..const import (
    CONF_ENERGY_METER,
    CONF_ENERGY_PRICE,
    CONF_OFF_AFTER_MINUTES,
    CONF_POWER_SWITCH,
    CONF_PRICE_SENSOR,
    CONF_SWITCHES_OFF,
    CONF_TAKES_OVER,
    DOMAIN,
)

MAX_OFF_AFTER_MINUTES = 24 * 60
MAX_ENERGY_PRICE = 100_000

POWER_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_POWER_SWITCH): EntitySelector(
            EntitySelectorConfig(domain=["switch", "input_boolean"])
        ),
        vol.Required(CONF_SWITCHES_OFF, default=True): BooleanSelector(),
        vol.Required(
            CONF_OFF_AFTER_MINUTES, default=DEFAULT_OFF_AFTER_MINUTES
        ): NumberSelector(
            NumberSelectorConfig(
                min=1,
                max=MAX_OFF_AFTER_MINUTES,
                step=1,
                mode=NumberSelectorMode.BOX,
                unit_of_measurement="min",
            )
        ),
        vol.Required(CONF_TAKES_OVER, default=False): BooleanSelector(),
        vol.Optional(CONF_ENERGY_METER): EntitySelector(
            EntitySelectorConfig(domain="sensor", device_class="energy")
        ),
        vol.Optional(CONF_ENERGY_PRICE): NumberSelector(
            NumberSelectorConfig(
                min=0, max=MAX_ENERGY_PRICE, step="any", mode=NumberSelectorMode.BOX
            )
        ),
        vol.Optional(CONF_PRICE_SENSOR): EntitySelector(
            EntitySelectorConfig(domain=["sensor", "input_number", "number"])
        ),
    }
)


def check_power(hass: HomeAssistant, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the answers, by field."""
    errors = {
        field: "no_such_entity"
        for field in (CONF_POWER_SWITCH, CONF_ENERGY_METER, CONF_PRICE_SENSOR)
        if (entity_id := answers.get(field)) and not _exists(hass, entity_id)
    }
    if (switch := answers.get(CONF_POWER_SWITCH)) and _is_own(hass, switch):
        errors[CONF_POWER_SWITCH] = "own_switch"
    meter = answers.get(CONF_ENERGY_METER)
    if meter and CONF_ENERGY_METER not in errors and not _measures(hass, meter):
        errors[CONF_ENERGY_METER] = "no_energy"
    return errors


def _exists(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether there is such an entity, also one that is not available now."""
    return (
        hass.states.get(entity_id) is not None
        or er.async_get(hass).async_get(entity_id) is not None
    )


def _is_own(hass: HomeAssistant, entity_id: str) -> bool:
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform == DOMAIN


def _measures(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether a sensor shows energy, as far as can be told now."""
    state = hass.states.get(entity_id)
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return True
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return unit in EnergyConverter.VALID_UNITS
