"""How a real printer gets its power, and what that costs, as its subentry says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ..const import (
    CONF_ENERGY_METER,
    CONF_ENERGY_PRICE,
    CONF_OFF_AFTER_MINUTES,
    CONF_POWER_SWITCH,
    CONF_PRICE_SENSOR,
    CONF_SWITCHES_OFF,
    CONF_TAKES_OVER,
)

DEFAULT_OFF_AFTER_MINUTES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerConfig:
    """Entities are named by their ids. Without a switch nothing is switched, without a meter nothing is measured.

    `energy_price` is per kWh; a sensor goes before it.
    """

    switch: str | None = None
    switches_off: bool = True
    off_after_minutes: int = DEFAULT_OFF_AFTER_MINUTES
    takes_over: bool = False
    energy_meter: str | None = None
    energy_price: float | None = None
    price_sensor: str | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read a section of a subentry's data."""
        return cls(
            switch=data.get(CONF_POWER_SWITCH),
            switches_off=data.get(CONF_SWITCHES_OFF, True),
            off_after_minutes=int(
                data.get(CONF_OFF_AFTER_MINUTES, DEFAULT_OFF_AFTER_MINUTES)
            ),
            takes_over=data.get(CONF_TAKES_OVER, False),
            energy_meter=data.get(CONF_ENERGY_METER),
            energy_price=data.get(CONF_ENERGY_PRICE),
            price_sensor=data.get(CONF_PRICE_SENSOR),
        )


NO_POWER = PowerConfig()
