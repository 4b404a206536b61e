"""What sensors tell of spools, in grams."""

import pytest

from custom_components.bambu_virtual_printer.printing.spool_sensors import grams_of
from homeassistant.core import State


@pytest.mark.parametrize(
    ("state", "unit", "grams"),
    [
        ("250", "g", 250.0),
        ("0.25", "kg", 250.0),
        ("1", "lb", pytest.approx(453.59, abs=0.01)),
        ("250", None, 250.0),
        ("-3", "g", 0.0),
        ("unavailable", "g", None),
        ("unknown", None, None),
        ("full", "g", None),
        ("nan", "g", None),
        ("inf", "g", None),
        ("40", "%", None),
        ("40", "m", None),
    ],
)
def test_a_state_is_read_as_grams_or_as_nothing(
    state: str, unit: str | None, grams: float | None
) -> None:
    attributes = {} if unit is None else {"unit_of_measurement": unit}
    assert grams_of(State("sensor.spool", state, attributes)) == grams


def test_a_sensor_that_does_not_exist_tells_nothing() -> None:
    assert grams_of(None) is None
