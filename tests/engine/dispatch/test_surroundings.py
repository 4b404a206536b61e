"""What is known about time while jobs wait, are uploaded and begin, in virtual time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.dispatcher import Started
from custom_components.bambu_virtual_printer.engine.dispatch.power_states import (
    PowerState,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    Asked,
    Condition,
    Facts,
    QuietHours,
    Rules,
    Span,
    Wishes,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import Outcome
from custom_components.bambu_virtual_printer.engine.machines.errors import UploadCause
from custom_components.bambu_virtual_printer.engine.machines.values import Phase

from .conftest import World

HOUR = timedelta(hours=1)
WHILE_HOME = Wishes(length=HOUR, only_while="binary_sensor.home")


class House:
    """What is known, as a test says."""

    def __init__(self) -> None:
        self.rules: dict[str, Rules] = {}
        self.is_home: bool | None = True

    def facts(self, now: datetime, asked: Asked) -> Facts:
        return Facts(
            rules=self.rules,
            conditions={
                text: Condition(source="Home", is_met=self.is_home)
                for text in asked.only_while
            },
        )


@pytest.fixture
def house(world: World) -> House:
    house = House()
    world.surroundings = house
    return house


def quiet(world: World, begins_in: timedelta, hours: float = 8) -> Rules:
    start = world.loop.clock() + begins_in
    span = Span(start=start, end=start + hours * HOUR)
    return Rules(quiet=(QuietHours(spans=(span,), known_until=start + 300 * HOUR),))


def test_a_job_begins_by_itself_when_quiet_hours_end(
    world: World, house: House
) -> None:
    printer = world.printer()
    house.rules = {"garage": quiet(world, -HOUR, hours=3)}
    world.add(wishes=Wishes(length=HOUR))
    world.begin()
    world.sleep(1)
    assert world.reason() is ReasonKey.QUIET_HOURS
    planned = world.dispatcher.planned["a"]
    assert planned.machine_id == "garage"
    assert planned.start - world.loop.clock() > 1.9 * HOUR
    world.sleep(1.9 * 3600)
    assert not printer.prints
    world.until(lambda: printer.prints)


def test_a_job_is_put_back_when_quiet_hours_begin_while_its_file_is_sent(
    world: World, house: House
) -> None:
    printer = world.printer(upload_s=60.0)
    house.rules = {"garage": quiet(world, HOUR / 120)}
    world.add()
    world.begin()
    world.sleep(10)
    assert world.dispatcher.status("garage").print  # type: ignore[union-attr]
    world.sleep(120)
    assert not printer.prints
    assert world.reason() is ReasonKey.QUIET_HOURS


@pytest.mark.parametrize("is_started", [False, True])
def test_a_condition_counts_until_the_start_but_not_for_what_a_person_has_started(
    world: World, house: House, is_started: bool
) -> None:
    printer = world.printer(upload_s=60.0)
    if (job := world.add(wishes=WHILE_HOME)) and is_started:
        job.state = "waiting"
    world.begin()
    world.sleep(10)
    house.is_home = False
    world.sleep(120)
    assert bool(printer.prints) == is_started
    house.is_home = True
    world.dispatcher.wake()
    world.until(lambda: printer.prints)


@pytest.mark.parametrize("why", ["upload", "restart", "phase"])
def test_what_a_person_has_started_begins_in_quiet_hours_although_the_first_attempt_fails(
    world: World, house: House, why: str
) -> None:
    printer = world.printer(upload_s=60.0)
    house.rules = {"garage": quiet(world, timedelta())}
    world.add(is_held=True).state = "staged"
    world.begin()
    if why == "upload":
        printer.upload_failures = [UploadCause.BROKEN_OFF]
    assert isinstance(world.run(world.dispatcher.start_now("a")), Started)
    world.sleep(10)
    if why == "restart":
        world.restart()
    elif why == "phase":
        printer.report(phase=Phase.UNKNOWN)
        world.until(lambda: world.the_print().outcome)
        printer.report(phase=Phase.IDLE)
    world.until(lambda: printer.prints, 300)
    first, second = world.disk.of_job("a")
    assert (first.outcome, second.outcome) == (Outcome.NOT_STARTED, None)
    if why == "upload":
        assert second.claimed_at - first.claimed_at > timedelta(seconds=30)


@pytest.mark.parametrize("is_claimed", [True, False])
def test_who_starts_a_started_job_once_more_overrules_that_its_printer_is_kept_off(
    world: World, is_claimed: bool
) -> None:
    printer = world.printer(upload_s=20.0)
    printer.upload_failures = [UploadCause.BROKEN_OFF]
    if not is_claimed:
        printer.disconnect()
    world.add(is_held=True).state = "staged"
    world.begin()
    world.dispatcher.set_power("garage", PowerState.ON)
    world.run(world.dispatcher.start_now("a"))
    if is_claimed:
        world.until(lambda: world.the_print().ended_at)
        printer.disconnect()
        # The next attempt is due then.
        world.sleep(200)
    else:
        world.sleep(1)
    # Somebody switches the printer off by hand: what is in line then is declined.
    declined = world.dispatcher.demand("garage").queued
    assert declined
    world.dispatcher.set_power("garage", PowerState.KEPT_OFF, declined)
    world.sleep(1)
    assert world.reason() is ReasonKey.POWER_KEPT_OFF
    assert world.dispatcher.demand("garage").wanted in declined
    reason = world.run(world.dispatcher.start_now("a"))
    assert isinstance(reason, Reason)
    assert reason.key is ReasonKey.POWERING_ON
    wanted = world.dispatcher.demand("garage").wanted
    assert wanted
    assert wanted not in declined


def test_the_next_printer_of_a_circuit_begins_when_the_first_has_heated(
    world: World, house: House
) -> None:
    rules = Rules(circuit="Workshop", stagger=HOUR / 4)
    house.rules = dict.fromkeys(("garage", "attic"), rules)
    garage, attic = world.printer(), world.printer("attic")
    world.add("a")
    world.add("b", "attic")
    world.begin()
    world.until(lambda: garage.prints)
    world.sleep(60)
    assert not attic.prints
    assert world.reason("b") is ReasonKey.CIRCUIT
    until = world.dispatcher.reasons["b"].until
    assert until is not None
    world.until(lambda: attic.prints)
    assert world.loop.clock() >= until


def test_a_print_begun_at_the_printer_heats_its_circuit_too(
    world: World, house: House
) -> None:
    rules = Rules(circuit="Workshop", stagger=HOUR / 4)
    house.rules = dict.fromkeys(("garage", "attic"), rules)
    garage, attic = world.printer(), world.printer("attic")
    world.begin()
    world.sleep(1)
    garage.print_foreign()
    world.sleep(1)
    world.add("b", "attic")
    world.dispatcher.wake()
    world.sleep(1)
    assert world.reason("b") is ReasonKey.CIRCUIT
    world.until(lambda: attic.prints)


def test_a_job_that_gets_late_is_among_the_late_ones_at_that_time(
    world: World, house: House
) -> None:
    world.printer()
    house.is_home = False
    due = world.loop.clock() + 2 * HOUR
    world.add(wishes=replace(WHILE_HOME, due=due))
    world.begin()
    world.sleep(1)
    assert world.dispatcher.late == frozenset()
    world.sleep(3600)
    assert world.dispatcher.late == {"a"}
