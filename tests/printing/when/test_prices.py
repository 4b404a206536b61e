"""Forecasts of prices in the shapes that integrations give them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.when.values import Price
from custom_components.bambu_virtual_printer.printing.when.prices import read_prices

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 29, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)


def local(hours: int) -> datetime:
    return (START + hours * HOUR).astimezone(BERLIN)


def iso(hours: int) -> str:
    return local(hours).isoformat()


SHAPES: dict[str, dict[str, Any]] = {
    "nordpool": {
        "raw_today": [{"start": local(0), "end": local(1), "value": 0.3}],
        "raw_tomorrow": [{"start": local(1), "end": local(2), "value": 0.2}],
        "tomorrow_valid": True,
        "unit": "kWh",
    },
    "nordpool_before_noon": {
        "raw_today": [
            {"start": local(0), "end": local(1), "value": 0.3},
            {"start": local(1), "end": local(2), "value": 0.2},
        ],
        "raw_tomorrow": [{"start": local(24), "end": local(25), "value": None}],
    },
    "tibber": {
        "today": [{"total": 0.3, "energy": 0.2, "tax": 0.1, "startsAt": iso(0)}],
        "tomorrow": [{"total": 0.2, "energy": 0.1, "tax": 0.1, "startsAt": iso(1)}],
    },
    "tibber_action": {
        "prices": [
            {"start_time": iso(0), "price": 0.3},
            {"start_time": iso(1), "price": 0.2},
        ]
    },
    "nordpool_action": {
        "prices": [
            {"start": iso(0), "end": iso(1), "price": 0.3},
            {"start": iso(1), "end": iso(2), "price": 0.2},
        ]
    },
    "energyzero": {
        "prices": [
            {"timestamp": "2026-11-29 23:00:00+00:00", "price": 0.3},
            {"timestamp": "2026-11-30 00:00:00+00:00", "price": 0.2},
        ]
    },
    "entsoe": {
        "prices_today": [{"time": "2026-11-30 00:00:00+01:00", "price": 0.3}],
        "prices_tomorrow": [],
        "prices": [
            {"time": "2026-11-30 00:00:00+01:00", "price": 0.3},
            {"time": "2026-11-30 01:00:00+01:00", "price": 0.2},
        ],
    },
    "epex": {
        "data": [
            {"start_time": iso(0), "end_time": iso(1), "price_per_kwh": 0.3},
            {"start_time": iso(1), "end_time": iso(2), "price_per_kwh": 0.2},
        ]
    },
    "octopus": {
        "rates": [
            {
                "start": local(0),
                "end": local(1),
                "value_inc_vat": 0.3,
                "is_capped": False,
            },
            {
                "start": local(1),
                "end": local(2),
                "value_inc_vat": 0.2,
                "is_capped": False,
            },
        ]
    },
    "generic": {
        "forecast": [
            {"start": "2026-11-30T00:00:00", "price": "0.3"},
            {"start": "2026-11-30T01:00:00", "price": 0.2},
        ]
    },
    "out_of_order": {
        "forecast": [
            {"start": iso(1), "end": iso(2), "price": 0.2},
            {"start": iso(0), "end": iso(1), "price": 0.3},
        ]
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_prices_are_read_in_each_shape(shape: str) -> None:
    found = set(read_prices(SHAPES[shape], BERLIN))
    assert found == {
        Price(start=START, end=START + HOUR, price=0.3),
        Price(start=START + HOUR, end=START + 2 * HOUR, price=0.2),
    }


def test_an_entry_without_an_end_lasts_until_the_next_and_the_last_as_long_as_the_one_before() -> (
    None
):
    quarter = timedelta(minutes=15)
    entries = [
        {"start": (START + number * quarter).isoformat(), "price": number}
        for number in range(3)
    ]
    found = read_prices({"forecast": entries}, BERLIN)
    assert [price.end - price.start for price in found] == [quarter] * 3


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"forecast": None},
        {"forecast": "soon"},
        {"forecast": ["x", 3, None, {}]},
        {"forecast": [{"start": "noon", "price": 1}]},
        {"forecast": [{"start": 7, "price": 1}]},
        {"forecast": [{"start": "2026-11-30T00:00:00", "price": "dear"}]},
        {"forecast": [{"start": "2026-11-30T00:00:00", "price": "nan"}]},
        {"forecast": [{"start": "2026-11-30T00:00:00", "price": True}]},
        {"forecast": [{"start": "0001-01-01T00:00:00", "price": 1}]},
        {"forecast": [{"start": iso(1), "end": iso(0), "price": 1}]},
        {"raw_today": [0.3, 0.2]},
    ],
)
def test_what_cannot_be_read_is_no_price(attributes: dict[str, Any]) -> None:
    assert read_prices(attributes, BERLIN) == []


_anything = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=8)
    | st.datetimes()
    | st.sampled_from([iso(0), iso(1)]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["start", "end", "price", "value", "time"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["forecast", "raw_today", "prices", "data", "rates", "today"]),
        _anything,
    )
)
def test_nothing_that_a_sensor_says_is_an_error(attributes: dict[str, Any]) -> None:
    for price in read_prices(attributes, BERLIN):
        assert price.start < price.end
