"""The form of when a real printer may print."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol

from homeassistant.const import UnitOfPower, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TemplateSelector,
    TextSelector,
    TimeSelector,
)
from homeassistant.util import dt as dt_util

from ..config.when import DEFAULT_STAGGER_MINUTES
from ..const import (
    CONF_CHEAPEST_BEFORE,
    CONF_CIRCUIT,
    CONF_ONLY_WHILE,
    CONF_ONLY_WHILE_TEMPLATE,
    CONF_ONLY_WHILE_UNKNOWN,
    CONF_PRICE_SENSORS,
    CONF_PRICES_UNKNOWN,
    CONF_QUIET_FROM,
    CONF_QUIET_SCHEDULE,
    CONF_QUIET_SCOPE,
    CONF_QUIET_TO,
    CONF_QUIET_UNKNOWN,
    CONF_READY_BY,
    CONF_STAGGER_MINUTES,
    CONF_SUN_HYSTERESIS,
    CONF_SUN_LIMIT,
    CONF_SUN_SENSOR,
    CONF_SUN_UNKNOWN,
)
from ..engine.library.values.timing import DEFAULT_SUN_HYSTERESIS_W, Unknown
from ..printing.when.prices import read_prices
from ..printing.when.states import power_w

SCOPES = ("begin", "run")
_UNKNOWN = SelectSelector(
    SelectSelectorConfig(
        options=[each.value for each in Unknown], translation_key="when_unknown"
    )
)


def _number(unit: str, maximum: float = 1_000_000) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=0,
            max=maximum,
            step="any",
            mode=NumberSelectorMode.BOX,
            unit_of_measurement=unit,
        )
    )


SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_QUIET_SCHEDULE): EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(domain="schedule")
            )
        ),
        vol.Optional(CONF_QUIET_FROM): TimeSelector(),
        vol.Optional(CONF_QUIET_TO): TimeSelector(),
        vol.Required(CONF_QUIET_SCOPE, default=SCOPES[0]): SelectSelector(
            SelectSelectorConfig(options=list(SCOPES), translation_key=CONF_QUIET_SCOPE)
        ),
        vol.Required(CONF_QUIET_UNKNOWN, default=Unknown.HOLD.value): _UNKNOWN,
        vol.Optional(CONF_READY_BY): TimeSelector(),
        vol.Optional(CONF_ONLY_WHILE): EntitySelector(
            EntitySelectorConfig(multiple=True)
        ),
        vol.Optional(CONF_ONLY_WHILE_TEMPLATE): TemplateSelector(),
        vol.Required(CONF_ONLY_WHILE_UNKNOWN, default=Unknown.HOLD.value): _UNKNOWN,
        vol.Optional(CONF_PRICE_SENSORS): EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(domain=["sensor", "event"]),
                multiple=True,
            )
        ),
        vol.Optional(CONF_CHEAPEST_BEFORE): TimeSelector(),
        vol.Required(CONF_PRICES_UNKNOWN, default=Unknown.HOLD.value): _UNKNOWN,
        vol.Optional(CONF_SUN_SENSOR): EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(domain="sensor")
            )
        ),
        vol.Optional(CONF_SUN_LIMIT): _number(UnitOfPower.WATT),
        vol.Optional(CONF_SUN_HYSTERESIS, default=DEFAULT_SUN_HYSTERESIS_W): _number(
            UnitOfPower.WATT
        ),
        vol.Required(CONF_SUN_UNKNOWN, default=Unknown.HOLD.value): _UNKNOWN,
        vol.Optional(CONF_CIRCUIT): TextSelector(),
        vol.Optional(CONF_STAGGER_MINUTES, default=DEFAULT_STAGGER_MINUTES): _number(
            UnitOfTime.MINUTES, maximum=120
        ),
    }
)


def rules_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers without what was left empty."""
    rules = {
        key: value for key, value in answers.items() if value not in ("", [], None)
    }
    if circuit := rules.pop(CONF_CIRCUIT, "").strip():
        rules[CONF_CIRCUIT] = circuit
    return rules


def check_rules(hass: HomeAssistant, rules: Mapping[str, Any]) -> dict[str, str]:
    """Say which rules cannot be used, by field."""
    errors: dict[str, str] = {}
    begin, end = rules.get(CONF_QUIET_FROM), rules.get(CONF_QUIET_TO)
    if (begin or end) and (not begin or not end or begin == end):
        errors[CONF_QUIET_TO if begin else CONF_QUIET_FROM] = "quiet_times"
    sensors = rules.get(CONF_PRICE_SENSORS, [])
    known = [state for one in sensors if (state := hass.states.get(one))]
    zone = dt_util.get_default_time_zone()
    # One that is not there now may come back.
    if len(known) == len(sensors) > 0 and not any(
        read_prices(state.attributes, zone) for state in known
    ):
        errors[CONF_PRICE_SENSORS] = "no_prices"
    if rules.get(CONF_CHEAPEST_BEFORE) and not sensors:
        errors[CONF_CHEAPEST_BEFORE] = "needs_price_sensor"
    if sensor := rules.get(CONF_SUN_SENSOR):
        state = hass.states.get(sensor)
        if (
            state
            and state.state not in ("unknown", "unavailable")
            and power_w(state) is None
        ):
            errors[CONF_SUN_SENSOR] = "no_power"
        elif not rules.get(CONF_SUN_LIMIT):
            errors[CONF_SUN_LIMIT] = "needs_limit"
    return errors
