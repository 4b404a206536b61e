"""When a real printer may print, as its subentry says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Self

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
from ..engine.library.values.timing import DEFAULT_SUN_HYSTERESIS_W, Scope, Unknown

DEFAULT_STAGGER_MINUTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenConfig:
    """The rules of a printer. Entities are ids, times are those of the household's clock; empty and None are no rule."""

    quiet_schedule: str = ""
    quiet_from: time | None = None
    quiet_to: time | None = None
    quiet_scope: Scope = Scope.BEGIN
    quiet_unknown: Unknown = Unknown.HOLD
    ready_by: time | None = None
    only_while: tuple[str, ...] = ()
    only_while_template: str = ""
    only_while_unknown: Unknown = Unknown.HOLD
    price_sensors: tuple[str, ...] = ()
    cheapest_before: time | None = None
    prices_unknown: Unknown = Unknown.HOLD
    sun_sensor: str = ""
    sun_limit_w: float = 0.0
    sun_hysteresis_w: float = DEFAULT_SUN_HYSTERESIS_W
    sun_unknown: Unknown = Unknown.HOLD
    circuit: str = ""
    stagger_minutes: float = DEFAULT_STAGGER_MINUTES

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read a section's data."""
        return cls(
            quiet_schedule=data.get(CONF_QUIET_SCHEDULE, ""),
            quiet_from=_time(data.get(CONF_QUIET_FROM)),
            quiet_to=_time(data.get(CONF_QUIET_TO)),
            quiet_scope=Scope(data.get(CONF_QUIET_SCOPE, Scope.BEGIN)),
            quiet_unknown=Unknown(data.get(CONF_QUIET_UNKNOWN, Unknown.HOLD)),
            ready_by=_time(data.get(CONF_READY_BY)),
            only_while=tuple(data.get(CONF_ONLY_WHILE, ())),
            only_while_template=data.get(CONF_ONLY_WHILE_TEMPLATE, ""),
            only_while_unknown=Unknown(data.get(CONF_ONLY_WHILE_UNKNOWN, Unknown.HOLD)),
            price_sensors=tuple(data.get(CONF_PRICE_SENSORS, ())),
            cheapest_before=_time(data.get(CONF_CHEAPEST_BEFORE)),
            prices_unknown=Unknown(data.get(CONF_PRICES_UNKNOWN, Unknown.HOLD)),
            sun_sensor=data.get(CONF_SUN_SENSOR, ""),
            sun_limit_w=data.get(CONF_SUN_LIMIT, 0.0),
            sun_hysteresis_w=data.get(CONF_SUN_HYSTERESIS, DEFAULT_SUN_HYSTERESIS_W),
            sun_unknown=Unknown(data.get(CONF_SUN_UNKNOWN, Unknown.HOLD)),
            circuit=data.get(CONF_CIRCUIT, ""),
            stagger_minutes=data.get(CONF_STAGGER_MINUTES, DEFAULT_STAGGER_MINUTES),
        )


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
