"""Limits of people: of the calendar month where the household is, and who has any."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.library.values.made import Amount
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.operations.limits import Limits, month_of
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant

VIENNA = ZoneInfo("Europe/Vienna")
AUCKLAND = ZoneInfo("Pacific/Auckland")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("now", "zone", "begin", "end"),
    [
        # The last and the first second of a month there.
        ("2026-11-30T22:59:59", VIENNA, "2026-10-31T23:00:00", "2026-11-30T23:00:00"),
        ("2026-11-30T23:00:00", VIENNA, "2026-11-30T23:00:00", "2026-12-31T23:00:00"),
        # Months in which clocks are changed are longer or shorter.
        ("2026-03-15T12:00:00", VIENNA, "2026-02-28T23:00:00", "2026-03-31T22:00:00"),
        ("2026-10-31T22:59:59", VIENNA, "2026-09-30T22:00:00", "2026-10-31T23:00:00"),
        # A leap year, and the turn of a year far from Greenwich.
        ("2028-02-29T23:30:00", UTC, "2028-02-01T00:00:00", "2028-03-01T00:00:00"),
        ("2026-12-31T11:00:00", AUCKLAND, "2026-12-31T11:00:00", "2027-01-31T11:00:00"),
        ("2027-01-01T07:59:59", LOS_ANGELES, "2026-12-01T08:00:00", "2027-01-01T08:00:00"),
    ],
)  # fmt: skip
def test_a_month_is_that_of_the_household(
    now: str, zone: ZoneInfo, begin: str, end: str
) -> None:
    month = month_of(datetime.fromisoformat(now).replace(tzinfo=UTC), zone)
    assert month.begin == datetime.fromisoformat(begin).replace(tzinfo=UTC)
    assert month.end == datetime.fromisoformat(end).replace(tzinfo=UTC)


@given(
    st.datetimes(
        min_value=datetime(2020, 1, 2),
        max_value=datetime(2050, 1, 1),
        timezones=st.just(UTC),
    ),
    st.sampled_from((VIENNA, AUCKLAND, LOS_ANGELES, ZoneInfo("Asia/Kolkata"))),
)
def test_every_moment_is_in_one_month_and_the_next_begins_where_it_ends(
    now: datetime, zone: ZoneInfo
) -> None:
    month = month_of(now, zone)
    assert month.begin <= now < month.end
    assert month.begin.astimezone(zone).month == now.astimezone(zone).month
    assert month_of(month.end, zone).begin == month.end
    assert month_of(month.begin - timedelta(microseconds=1), zone).end == month.begin


async def test_only_those_with_a_limit_have_an_allowance_and_it_is_of_this_month(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config.async_set_time_zone("Europe/Vienna")
    asked: list[datetime] = []

    class Uses:
        async def used_since(self, begin: datetime) -> Mapping[str, Amount]:
            asked.append(begin)
            return {anna.id: Amount(filament_g=12.5, print_time_s=60)}

    limits = Limits(hub.people, Uses())  # type: ignore[arg-type]
    await hub.people.async_add(printer.id, "Ben")
    assert await limits.allowances() == {}
    assert not asked
    anna = await hub.people.async_add(
        printer.id, "Anna", grams_per_month=500.0, hours_per_month=1.5
    )
    carl = await hub.people.async_add(printer.id, "Carl", machines=("garage",))
    freezer.move_to("2026-11-30T22:59:59+00:00")
    allowances = await limits.allowances()
    assert allowances.keys() == {anna.id, carl.id}
    hers = allowances[anna.id]
    assert (hers.name, hers.limit_g, hers.limit_s) == ("Anna", 500.0, 5400.0)
    assert (hers.machines, hers.used.filament_g) == (None, 12.5)
    assert hers.renews_at == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert allowances[carl.id].machines == {"garage"}
    assert allowances[carl.id].limit_g is None
    freezer.move_to("2026-11-30T23:00:00+00:00")
    await limits.allowances()
    assert asked == [
        datetime(2026, 10, 31, 23, tzinfo=UTC),
        datetime(2026, 11, 30, 23, tzinfo=UTC),
    ]
