"""Prices of energy from a sensor's attributes, in the shapes that integrations give them.

| integration | attributes | an entry |
|---|---|---|
| Nord Pool (github.com/custom-components/nordpool) | `raw_today`, `raw_tomorrow` | `start`, `end`, `value` |
| Tibber (developer.tibber.com, `priceInfo`, as template sensors keep it) | `today`, `tomorrow` | `startsAt`, `total` |
| Tibber and Nord Pool of Home Assistant (answers of `tibber.get_prices`, `nordpool.get_prices_for_date`), kept in a template sensor | `prices` | `start_time` or `start`, `price` |
| EnergyZero and easyEnergy of Home Assistant (answer of `energyzero.get_energy_prices`), likewise | `prices` | `timestamp`, `price` |
| ENTSO-e (github.com/JaccoR/hass-entso-e) | `prices_today`, `prices_tomorrow`, `prices` | `time`, `price` |
| EPEX Spot (github.com/mampfes/ha_epex_spot) | `data` | `start_time`, `end_time`, `price_per_kwh`; before: `price_ct_per_kwh`, `price_eur_per_mwh` |
| Octopus Energy (github.com/BottlecapDave/HomeAssistant-OctopusEnergy) | `rates` of the events of the current and the next day | `start`, `end`, `value_inc_vat` |
| any other | `forecast` | `start`, `price`, and `end` where it is not the start of the next |

Times are ISO 8601 or datetimes; one without a zone is the household's. Without ends an entry lasts until the next, and the last
one as long as the one before. What cannot be read is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import isfinite
from typing import Any

from homeassistant.util import dt as dt_util

from ...engine.dispatch.when.values import Price
from ...engine.library.values.job import FIRST_YEAR, LAST_YEAR

MAX_ENTRIES = 2_000


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where a forecast is, and how its entries call their start, end and price; of several names the first that is there."""

    attributes: tuple[str, ...]
    start: tuple[str, ...]
    price: tuple[str, ...]
    end: tuple[str, ...] = ()


_SHAPES = (
    _Shape(("raw_today", "raw_tomorrow"), ("start",), ("value",), ("end",)),
    _Shape(("today", "tomorrow"), ("startsAt",), ("total",)),
    _Shape(
        ("prices_today", "prices_tomorrow", "prices"),
        ("time", "timestamp", "start_time", "start"),
        ("price",),
        ("end_time", "end"),
    ),
    _Shape(
        ("data",),
        ("start_time",),
        ("price_per_kwh", "price_ct_per_kwh", "price_eur_per_mwh"),
        ("end_time",),
    ),
    _Shape(("rates",), ("start",), ("value_inc_vat",), ("end",)),
    _Shape(("forecast",), ("start",), ("price",), ("end",)),
)


def read_prices(attributes: Mapping[str, Any], zone: tzinfo) -> list[Price]:
    """Return the prices of a sensor; none where it has no shape that is known."""
    found = []
    for shape in _SHAPES:
        for name in shape.attributes:
            entries = attributes.get(name)
            if isinstance(entries, list | tuple):
                found += list(_read(entries[:MAX_ENTRIES], shape, zone))
    return found


def _read(entries: Iterable[Any], shape: _Shape, zone: tzinfo) -> Iterator[Price]:
    read = []
    for entry in entries:
        if not isinstance(entry, Mapping):
            continue
        start = _moment(_first(entry, shape.start), zone)
        price = _number(_first(entry, shape.price))
        if start is not None and price is not None:
            read.append((start, price, _moment(_first(entry, shape.end), zone)))
    read.sort(key=lambda one: one[0])
    width = timedelta(hours=1)
    for place, (start, price, end) in enumerate(read):
        if end is None and place + 1 < len(read):
            end = read[place + 1][0]
        if end is None:
            end = start + width
        if start < end:
            width = end - start
            yield Price(start=start, end=end, price=price)


def _first(entry: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((entry[name] for name in names if name in entry), None)


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    if isinstance(value, str):
        value = dt_util.parse_datetime(value)
    if not isinstance(value, datetime):
        return None
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return None
    found: datetime = value if value.tzinfo else value.replace(tzinfo=zone)
    try:
        return found.astimezone(UTC)
    except OverflowError, ValueError:
        return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except TypeError, ValueError:
        return None
    return number if isfinite(number) else None
