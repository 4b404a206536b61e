"""What Home Assistant's entities say about when to print, and that a change is noticed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, time, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.bambu_virtual_printer.config.when import WhenConfig
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    NO_RULES,
    NOTHING_ASKED,
    Asked,
    Rules,
    Span,
)
from custom_components.bambu_virtual_printer.engine.library.values.timing import (
    OwnQuiet,
    OwnSun,
    Scope,
    Unknown,
)
from custom_components.bambu_virtual_printer.printing.when.house import (
    REFRESHED_S,
    SETTLED_S,
    House,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .test_prices import SHAPES

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


class Followed:
    """A house, and how often it told of a change."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.wakes = 0
        self.tasks: list[asyncio.Task[None]] = []
        self.house = House(hass, self._run, self._wake)

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self.tasks.append(self.hass.async_create_task(work, name))

    def _wake(self) -> None:
        self.wakes += 1
        self.rules()

    def rules(self, id_: str = "garage") -> Rules:
        return self.house.facts(dt_util.utcnow(), NOTHING_ASKED).rules.get(
            id_, NO_RULES
        )

    def set(self, **fields: Any) -> Rules:
        self.house.async_sync({"garage": WhenConfig(**fields)})
        return self.rules()


@pytest.fixture
async def followed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> AsyncIterator[Followed]:
    """A house in Berlin."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(NOW)
    one = Followed(hass)
    yield one
    one.house.async_stop()


type Pass = Callable[[float], Coroutine[Any, Any, None]]


@pytest.fixture
def wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Pass:
    """Let time go by."""

    async def _wait(seconds: float) -> None:
        freezer.tick(seconds)
        async_fire_time_changed(hass)
        await hass.async_block_till_done()

    return _wait


async def test_without_rules_nothing_is_known_and_nothing_followed(
    followed: Followed,
) -> None:
    assert followed.set() == Rules(stagger=timedelta(minutes=10))


# --- quiet hours ---


async def test_two_times_are_quiet_hours_by_the_households_clock(
    followed: Followed,
) -> None:
    rules = followed.set(quiet_from=time(22), quiet_to=time(7), quiet_scope=Scope.RUN)
    [hours] = rules.quiet
    assert hours.scope is Scope.RUN
    assert hours.spans is not None
    assert (
        Span(
            start=datetime(2026, 11, 29, 21, tzinfo=UTC),
            end=datetime(2026, 11, 30, 6, tzinfo=UTC),
        )
        in hours.spans
    )


async def test_a_schedule_is_read_as_a_whole_and_followed(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    rules = followed.set(quiet_schedule="schedule.night", quiet_unknown=Unknown.LET_GO)
    [hours] = rules.quiet
    assert (hours.spans, hours.source) == (None, "schedule.night")
    assert hours.unknown is Unknown.LET_GO

    week = {"monday": [{"from": "22:00", "to": "24:00"}]}
    assert await async_setup_component(
        hass, "schedule", {"schedule": {"night": {"name": "Night", **week}}}
    )
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes
    [hours] = followed.rules().quiet
    assert hours.source == "Night"
    assert hours.spans == (
        Span(
            start=datetime(2026, 11, 30, 21, tzinfo=UTC),
            end=datetime(2026, 11, 30, 23, tzinfo=UTC),
        ),
        Span(
            start=datetime(2026, 12, 7, 21, tzinfo=UTC),
            end=datetime(2026, 12, 7, 23, tzinfo=UTC),
        ),
    )

    await hass.data["schedule"].component.async_remove_entity("schedule.night")
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    [hours] = followed.rules().quiet
    assert hours.spans is None


async def test_a_changed_week_is_noticed_though_the_schedule_stays_as_it_is_now(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    followed.set(quiet_schedule="schedule.night")
    answers = [{"monday": [{"from": time(22), "to": time(23)}]}, {}]

    async def answer(_call: object) -> dict[str, Any]:
        return {"schedule.night": answers[0]}

    hass.services.async_register(
        "schedule",
        "get_schedule",
        answer,
        supports_response="only",  # type: ignore[arg-type]
    )
    hass.states.async_set("schedule.night", "off")
    await hass.async_block_till_done()
    assert followed.rules().quiet[0].spans
    await wait(SETTLED_S)
    before = followed.wakes
    del answers[0]
    hass.states.async_set("schedule.night", "off")
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.rules().quiet[0].spans == ()
    assert followed.wakes > before


# --- only while ---


@pytest.mark.parametrize(
    ("state", "is_met"),
    [
        ("on", True),
        ("home", True),
        ("open", True),
        ("above_horizon", True),
        ("off", False),
        ("not_home", False),
        ("unavailable", None),
        ("unknown", None),
        (None, None),
    ],
)
async def test_an_entity_is_on_or_not_or_nobody_knows(
    hass: HomeAssistant, followed: Followed, state: str | None, is_met: bool | None
) -> None:
    if state:
        hass.states.async_set("binary_sensor.door", state, {"friendly_name": "Door"})
    rules = followed.set(
        only_while=("binary_sensor.door",), only_while_unknown=Unknown.LET_GO
    )
    [condition] = rules.conditions
    assert condition.is_met is is_met
    assert condition.unknown is Unknown.LET_GO
    assert condition.source == ("Door" if state else "binary_sensor.door")


async def test_a_change_is_told_a_moment_later_and_only_where_it_changes_something(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    hass.states.async_set("binary_sensor.door", "off")
    followed.set(only_while=("binary_sensor.door",))
    await wait(SETTLED_S)
    assert followed.wakes == 0
    hass.states.async_set("binary_sensor.door", "on")
    await hass.async_block_till_done()
    assert followed.wakes == 0
    await wait(SETTLED_S)
    assert followed.wakes == 1
    hass.states.async_set("binary_sensor.door", "on", {"battery": 3})
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes == 1


@pytest.mark.parametrize(
    ("template", "is_met"),
    [
        ("{{ is_state('input_boolean.x', 'on') }}", True),
        ("{{ is_state('input_boolean.x', 'off') }}", False),
        ("{{ states('sensor.gone') }}", None),
        ("{{ 1 / 0 }}", None),
        ("{{ nothing", None),
    ],
)
async def test_a_template_is_true_or_not_or_nobody_knows(
    hass: HomeAssistant, followed: Followed, template: str, is_met: bool | None
) -> None:
    hass.states.async_set("input_boolean.x", "on")
    [condition] = followed.set(only_while_template=template).conditions
    assert condition.is_met is is_met
    facts = followed.house.facts(NOW, Asked(only_while=frozenset({template})))
    assert facts.conditions[template].is_met is is_met
    assert facts.conditions[template].source == template
    assert followed.house.facts(NOW, NOTHING_ASKED).conditions == {}
    assert followed.house.label(f"{{{{ {'x' * 80} }}}}").endswith("…")


async def test_a_template_is_followed(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    hass.states.async_set("sensor.temperature", "30")
    followed.set(only_while_template="{{ states('sensor.temperature') | float < 28 }}")
    await wait(SETTLED_S)
    hass.states.async_set("sensor.temperature", "20")
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes
    assert followed.rules().conditions[0].is_met is True
    followed.set()
    assert followed.rules().conditions == ()


# --- prices ---


@pytest.mark.parametrize("shape", SHAPES)
async def test_prices_of_each_shape_are_known(
    hass: HomeAssistant, followed: Followed, shape: str
) -> None:
    hass.states.async_set(
        "sensor.price", "0.3", {"friendly_name": "Spot", **SHAPES[shape]}
    )
    rules = followed.set(
        price_sensors=("sensor.price", "sensor.gone"), cheapest_before=time(7)
    )
    assert rules.prices
    start = datetime(2026, 11, 29, 23, tzinfo=UTC).timestamp()
    assert rules.prices.cost(start, start + 7200) == pytest.approx(3600 * 0.5)
    assert rules.prices.source == "Spot, sensor.gone"
    assert rules.cheapest_before[0] == datetime(2026, 11, 30, 6, tzinfo=UTC)


async def test_more_prices_are_told(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    hass.states.async_set("sensor.price", "0.3", {"forecast": "later"})
    assert not followed.set(price_sensors=("sensor.price",)).prices
    await wait(SETTLED_S)
    hass.states.async_set("sensor.price", "0.3", SHAPES["generic"])
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes == 1
    assert followed.rules().prices


# --- sun ---


async def test_power_is_enough_from_the_limit_on_until_it_is_lower_by_the_hysteresis(
    hass: HomeAssistant, followed: Followed
) -> None:
    def enough(state: str, unit: str | None = "W") -> bool | None:
        attributes = {} if unit is None else {"unit_of_measurement": unit}
        hass.states.async_set("sensor.sun", state, attributes)
        sun = followed.rules().sun
        assert sun
        return sun.is_enough

    followed.set(sun_sensor="sensor.sun", sun_limit_w=300, sun_hysteresis_w=100)
    assert followed.rules().sun.is_enough is None  # type: ignore[union-attr]
    assert enough("250") is False
    assert enough("0.3", "kW") is True
    assert enough("250") is True
    assert enough("200") is False
    assert enough("250") is False
    assert enough("300", None) is True
    assert enough("unavailable") is None
    assert enough("much") is None
    assert enough("nan") is None
    assert enough("300", "°C") is None


async def test_a_power_that_changes_nothing_is_told_now_and_then(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    def show(power: int) -> None:
        hass.states.async_set("sensor.sun", str(power), {"unit_of_measurement": "W"})

    show(10)
    followed.set(sun_sensor="sensor.sun", sun_limit_w=300)
    await wait(SETTLED_S)
    show(20)
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes == 0
    await wait(REFRESHED_S)
    assert followed.wakes == 1
    show(30)
    await hass.async_block_till_done()
    show(400)
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes == 2


# --- what jobs ask for ---


async def test_quiet_hours_of_a_job_are_known_as_those_of_a_printer(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    rules = followed.set(quiet_from=time(22), quiet_to=time(7), quiet_scope=Scope.RUN)
    times = OwnQuiet(begin=time(22), end=time(7), scope=Scope.RUN)
    night = OwnQuiet(schedule="schedule.night", unknown=Unknown.LET_GO)
    asked = Asked(quiet=frozenset({times, night}))
    facts = followed.house.facts(NOW, asked)
    assert facts.quiet[times] == rules.quiet
    [hours] = facts.quiet[night]
    assert (hours.spans, hours.unknown) == (None, Unknown.LET_GO)
    moment = datetime(2026, 11, 29, 22, tzinfo=UTC)
    morning = datetime(2026, 11, 30, 6, tzinfo=UTC)
    assert followed.house.quiet("cellar").first_start(moment, timedelta()) == moment
    quiet = followed.house.quiet("cellar", times)
    assert quiet.first_start(moment, timedelta()) == morning

    week = {"monday": [{"from": "22:00", "to": "24:00"}]}
    assert await async_setup_component(
        hass, "schedule", {"schedule": {"night": {"name": "Night", **week}}}
    )
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes > 0
    [hours] = followed.house.facts(NOW, asked).quiet[night]
    assert hours.spans
    await hass.data["schedule"].component.async_remove_entity("schedule.night")


async def test_power_that_a_job_asks_for_has_its_own_hysteresis(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    low, high = (
        OwnSun(sensor="sensor.sun", limit_w=limit_w, hysteresis_w=100)
        for limit_w in (300.0, 600.0)
    )
    asked = Asked(suns=frozenset({low, high}))

    def enough(power: int) -> tuple[bool | None, bool | None]:
        hass.states.async_set("sensor.sun", str(power), {"unit_of_measurement": "W"})
        suns = followed.house.facts(NOW, asked).suns
        return suns[low].is_enough, suns[high].is_enough

    assert enough(250) == (False, False)
    assert enough(650) == (True, True)
    assert enough(550) == (True, True)
    assert enough(250) == (True, False)
    # What nobody asks for any more is not remembered.
    followed.house.facts(NOW, NOTHING_ASKED)
    assert enough(250) == (False, False)
    await hass.async_block_till_done()
    await wait(REFRESHED_S)
    before = followed.wakes
    hass.states.async_set("sensor.sun", "260", {"unit_of_measurement": "W"})
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes == before
    followed.house.facts(NOW, asked)
    hass.states.async_set("sensor.sun", "700", {"unit_of_measurement": "W"})
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes == before + 1


async def test_a_sensor_of_power_that_is_a_condition_too_is_looked_at_soon(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    hass.states.async_set("sensor.sun", "10", {"unit_of_measurement": "W"})
    followed.set(sun_sensor="sensor.sun", sun_limit_w=300, only_while=("sensor.sun",))
    await wait(SETTLED_S)
    before = followed.wakes
    hass.states.async_set("sensor.sun", "20", {"unit_of_measurement": "W"})
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes == before + 1


# --- everything else ---


async def test_a_circuit_has_a_name_and_a_pause(followed: Followed) -> None:
    rules = followed.set(circuit="Workshop", stagger_minutes=15)
    assert (rules.circuit, rules.stagger) == ("Workshop", timedelta(minutes=15))


async def test_a_time_to_be_ready_by_is_one_of_each_day(followed: Followed) -> None:
    ready_by = followed.set(ready_by=time(18)).ready_by
    assert ready_by[:2] == (
        datetime(2026, 11, 29, 17, tzinfo=UTC),
        datetime(2026, 11, 30, 17, tzinfo=UTC),
    )


async def test_what_has_stopped_follows_nothing(
    hass: HomeAssistant, followed: Followed, wait: Pass
) -> None:
    followed.set(only_while=("binary_sensor.door",), only_while_template="{{ 1 }}")
    followed.house.async_stop()
    hass.states.async_set("binary_sensor.door", "on")
    await hass.async_block_till_done()
    await wait(SETTLED_S)
    assert followed.wakes == 0
