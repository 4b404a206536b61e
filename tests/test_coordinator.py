"""The coordinator: refreshes follow requests, activities follow refreshes, and nothing is lost."""

import asyncio
from collections.abc import Callable
import logging
from typing import Any

import pytest

from custom_components.bambu_virtual_printer import coordinator
from custom_components.bambu_virtual_printer.activity.kinds import Activity, EventKind
from custom_components.bambu_virtual_printer.coordinator import (
    LONGEST_PAUSE_S,
    PAUSE_S,
    LibraryCoordinator,
    LibrarySnapshot,
)
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Statistics,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant
from tests.support.waiting import until

LOGGER = "custom_components.bambu_virtual_printer.coordinator"


class Readings:
    """Counts the readings of the statistics, holds them, and lets them fail."""

    def __init__(self, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.under_way = 0
        self.most_at_once = 0
        self.failure: StorageError | None = None
        self.go_on = asyncio.Event()
        self.go_on.set()
        self._read = hub.library.statistics
        monkeypatch.setattr(hub.library, "statistics", self._statistics)

    async def _statistics(self) -> Statistics:
        self.begun += 1
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await self.go_on.wait()
            if self.failure:
                raise self.failure
            return await self._read()
        finally:
            self.under_way -= 1


@pytest.fixture
def readings(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Readings:
    return Readings(hub, monkeypatch)


@pytest.fixture
def published(hub: Hub) -> list[int]:
    """The numbers of the published activities that `activity` made."""
    numbers: list[int] = []
    hub.publisher.async_add_listener(
        lambda activity: numbers.append(activity.attributes["number"])
    )
    return numbers


def activity(number: int) -> Activity:
    return Activity(kind=EventKind.QUEUE_EMPTIED, attributes={"number": number})


async def test_entities_are_refreshed_before_an_activity_is_published(
    hub: Hub, readings: Readings
) -> None:
    order: list[str] = []
    hub.coordinator.async_add_listener(lambda: order.append("entities"))
    hub.publisher.async_add_listener(lambda _: order.append("activity"))
    before: list[LibrarySnapshot] = [hub.coordinator.data]
    hub.publisher.async_add_listener(lambda _: before.append(hub.coordinator.data))
    hub.coordinator.async_publish_after_refresh(activity(1))
    assert order == []
    await until(lambda: "activity" in order)
    assert order == ["entities", "activity"]
    assert before[0] is not before[1]


async def test_activities_keep_their_order_through_failing_and_working_refreshes(
    hub: Hub, readings: Readings, published: list[int]
) -> None:
    for number in range(30):
        readings.failure = (
            StorageError(as_it_stands("gone")) if 10 <= number < 20 else None
        )
        hub.coordinator.async_publish_after_refresh(activity(number))
        if number % 5 == 0:
            await hub.coordinator.async_refresh()
    await until(lambda: len(published) == 30)
    assert published == list(range(30))


async def test_an_activity_of_during_a_refresh_waits_for_the_next_one(
    hub: Hub, readings: Readings, published: list[int]
) -> None:
    readings.go_on.clear()
    hub.coordinator.async_publish_after_refresh(activity(1))
    await until(lambda: readings.under_way)
    hub.coordinator.async_publish_after_refresh(activity(2))
    seen: list[list[int]] = []
    hub.coordinator.async_add_listener(lambda: seen.append(list(published)))
    readings.go_on.set()
    await until(lambda: published == [1, 2])
    # Each refresh of the entities came before what it was asked for.
    assert seen == [[], [1]]


async def test_requests_at_once_are_few_refreshes_and_never_two_at_a_time(
    hub: Hub, readings: Readings, published: list[int]
) -> None:
    for number in range(100):
        hub.coordinator.async_publish_after_refresh(activity(number))
    direct = [hub.coordinator.async_refresh() for _ in range(3)]
    await asyncio.gather(*direct)
    await until(lambda: len(published) == 100)
    assert readings.most_at_once == 1
    assert readings.begun <= 5


@pytest.mark.parametrize(
    ("took_s", "pause_s"), [(0.0, PAUSE_S), (0.2, 0.2), (3.0, LONGEST_PAUSE_S)]
)
async def test_a_refresh_that_takes_long_leaves_as_long_to_others_within_bounds(
    hub: Hub,
    readings: Readings,
    published: list[int],
    monkeypatch: pytest.MonkeyPatch,
    took_s: float,
    pause_s: float,
) -> None:
    moments = iter((0.0, took_s, 0.0, took_s))
    monkeypatch.setattr(coordinator, "monotonic", lambda: next(moments))
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def _sleep(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(coordinator.asyncio, "sleep", _sleep)
    readings.go_on.clear()
    hub.coordinator.async_publish_after_refresh(activity(1))
    while not readings.under_way:
        await sleep(0)
    hub.coordinator.async_publish_after_refresh(activity(2))
    readings.go_on.set()
    while published != [1, 2]:
        await sleep(0)
    assert [pause for pause in pauses if pause] == [pause_s]


async def test_an_unreadable_library_is_logged_once_when_lost_and_once_when_back(
    hass: HomeAssistant,
    hub: Hub,
    readings: Readings,
    state: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def logged(level: int) -> list[str]:
        return [
            message
            for name, its_level, message in caplog.record_tuples
            if name == LOGGER and its_level == level
        ]

    caplog.set_level(logging.INFO, LOGGER)
    readings.failure = StorageError(as_it_stands("the disk is gone"))
    for _ in range(3):
        await hub.coordinator.async_refresh()
    (lost,) = logged(logging.ERROR)
    assert "the disk is gone" in lost
    assert state("sensor", hub, "queued_jobs").state == "unavailable"
    # It is not of the library.
    assert state("sensor", hub, "ca_expiry").state != "unavailable"
    readings.failure = None
    for _ in range(3):
        await hub.coordinator.async_refresh()
    assert logged(logging.INFO) == ["Fetching library data recovered"]
    assert len(logged(logging.ERROR)) == 1
    assert state("sensor", hub, "queued_jobs").state == "0"


async def test_stopping_waits_for_the_refresh_and_publishes_what_is_queued(
    hass: HomeAssistant, hub: Hub, readings: Readings, published: list[int]
) -> None:
    readings.go_on.clear()
    hub.coordinator.async_publish_after_refresh(activity(1))
    await until(lambda: readings.under_way)
    hub.coordinator.async_publish_after_refresh(activity(2))
    stopping = asyncio.create_task(hub.async_stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    readings.go_on.set()
    await stopping
    assert published == [1, 2]
    assert readings.under_way == 0
    hub.coordinator.async_schedule_refresh()
    await hass.async_block_till_done()
    assert readings.begun == 1


async def test_a_listener_that_fails_keeps_nobody_else_from_an_activity(
    hub: Hub, published: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Activity) -> None:
        raise ValueError

    hub.publisher.async_add_listener(fail)
    numbers: list[int] = []
    hub.publisher.async_add_listener(
        lambda activity: numbers.append(activity.attributes["number"])
    )
    hub.publisher.publish(activity(1))
    assert published == numbers == [1]
    assert "Activity listener failed for queue_emptied" in caplog.text


async def test_nothing_is_published_before_entities_and_triggers_can_see_it(
    hass: HomeAssistant, hub: Hub
) -> None:
    published: list[Activity] = []
    coordinator = LibraryCoordinator(
        hass, hub.entry, hub.library, publish=published.append
    )
    coordinator.async_publish_after_refresh(activity(1))
    await coordinator.async_refresh()
    assert published == []
    coordinator.async_start_publishing()
    await until(lambda: published)
    await coordinator.async_stop()
