"""The form about how a real printer gets its power, and what that costs."""

import voluptuous as vol

from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)

from ..config.power import DEFAULT_OFF_AFTER_MINUTES
from ..const import (
    CONF_ENERGY_METER,
    CONF_ENERGY_PRICE,
    CONF_OFF_AFTER_MINUTES,
    CONF_POWER_SWITCH,
    CONF_PRICE_SENSOR,
    CONF_SWITCHES_OFF,
    CONF_TAKES_OVER,
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
