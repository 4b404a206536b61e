"""Two Home Assistants with one library and one printer, in virtual time: one of them drives it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.dispatcher import (
    Cancellation,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.dispatch.unattended import (
    NoSuchPrintError,
    PrintedElsewhereError,
)
from custom_components.bambu_virtual_printer.engine.dispatch.worker import MachineRules
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    HERE,
    NOBODY_KNOWN,
    Driver,
    OtherPrinter,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Answer,
    Outcome,
    Plate,
    Print,
    PrintPhase,
    Question,
    StalePrintError,
)
from custom_components.bambu_virtual_printer.engine.machines.commands import Reply

from .conftest import World, close
from .scenes import NEEDS, P1S
from .simulated_printer import SimulatedPrinter, Start
from .virtual_time import VirtualLoop

SERIAL = "GARAGE"


@dataclass(kw_only=True)
class Locks:
    """What the server of the database knows."""

    holder: str = ""
    is_silent: bool = False
    all: list[LockedDrivers] = field(default_factory=list)

    def give(self, instance: str) -> None:
        self.holder = instance
        for one in self.all:
            for listener in tuple(one.listeners):
                listener()


@dataclass(kw_only=True)
class LockedDrivers:
    """The locks as one Home Assistant sees them."""

    locks: Locks
    instance: str
    wanted: set[str] = field(default_factory=set)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    confirmed: int = 0
    is_confirming: bool = True

    def __post_init__(self) -> None:
        self.locks.all.append(self)

    def ask(self, serial: str) -> None:
        self.wanted.add(serial)

    def release(self, serial: str) -> None:
        self.wanted.discard(serial)

    def driver(self, serial: str) -> Driver:
        if serial not in self.wanted or not self.locks.holder:
            return NOBODY_KNOWN
        if self.locks.holder == self.instance:
            return HERE
        return Driver(is_here=False, instance=self.locks.holder)

    async def confirm(self, serial: str) -> bool:
        self.confirmed += 1
        return self.is_confirming and self.driver(serial).is_here

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)


@dataclass(kw_only=True)
class Two:
    """The house and the cabin; both have the printer of the garage, each by an id of its own."""

    house: World
    cabin: World
    printer: SimulatedPrinter
    locks: Locks
    drivers: LockedDrivers

    def until(self, condition: Callable[[], object], within_s: float = 3600) -> None:
        self.house.until(condition, within_s)


@pytest.fixture
def two() -> Iterator[Two]:
    loop = VirtualLoop()
    house = World(loop=loop)
    cabin = World(loop=loop, disk=house.disk)
    printer = house.printer("garage")
    cabin.printers["shed"] = printer
    locks = Locks(holder="House")
    house.drivers = drivers = LockedDrivers(locks=locks, instance="House")
    cabin.drivers = LockedDrivers(locks=locks, instance="Cabin")
    house.disk.twins = {SERIAL: {"garage", "shed"}}
    house.disk.own = frozenset({"garage", "shed"})
    house.begin()
    cabin.begin()
    yield Two(house=house, cabin=cabin, printer=printer, locks=locks, drivers=drivers)
    house.kill()
    cabin.kill()
    close(loop)


class Phases(list[PrintPhase]):
    """The phases that are stored; `reached` is called once, as soon as `phase` is."""

    def __init__(self, phase: PrintPhase, reached: Callable[[], None]) -> None:
        super().__init__()
        self._phase = phase
        self._reached = reached

    def append(self, phase: PrintPhase) -> None:
        if phase is self._phase and phase not in self:
            self._reached()
        super().append(phase)


def any_p1s(job_id: str = "a") -> QueuedJob:
    return QueuedJob(id=job_id, target=AnyPrinter(model=P1S), needs=NEEDS)


def test_only_the_driver_prints_and_the_other_says_who_that_is(two: Two) -> None:
    two.house.disk.add(any_p1s("a"))
    two.house.disk.add(any_p1s("b"))
    two.house.dispatcher.wake()
    two.cabin.dispatcher.wake()
    two.until(lambda: two.house.job("a").state == "printing")
    two.cabin.dispatcher.wake()
    two.cabin.sleep(1)
    assert two.cabin.dispatcher.reasons["b"] == Reason(
        key=ReasonKey.DRIVEN_ELSEWHERE, machine_id="shed", instance="House"
    )
    assert two.house.dispatcher.reasons["b"].key is ReasonKey.TAKEN
    assert two.cabin.dispatcher.status("shed") is None
    other = Driver(is_here=False, instance="House")
    assert two.cabin.dispatcher.other_driver("shed") == other
    assert two.house.dispatcher.other_driver("garage") is None
    assert two.cabin.dispatcher.other_driver("unknown") is None
    # It is never switched off from here.
    assert two.cabin.dispatcher.is_busy("shed")
    two.until(lambda: two.house.job("a").state == "completed")
    assert len(two.printer.prints) == 1
    # What was seen right before the start was asked for.
    assert two.drivers.confirmed == 1


def test_nobody_prints_while_it_is_not_known_who_drives(two: Two) -> None:
    two.locks.give("")
    two.house.disk.add(any_p1s())
    two.house.sleep(1)
    assert two.house.reason() is ReasonKey.DRIVER_UNKNOWN
    assert two.cabin.reason() is ReasonKey.DRIVER_UNKNOWN
    assert two.house.dispatcher.other_driver("garage") == NOBODY_KNOWN
    two.locks.give("Cabin")
    two.until(lambda: two.house.job().state == "completed")
    assert two.house.the_print().machine_id == "shed"
    assert len(two.printer.prints) == 1


@pytest.mark.parametrize(
    "phase",
    [
        PrintPhase.CLAIMED,
        PrintPhase.UPLOADING,
        PrintPhase.UPLOADED,
        PrintPhase.PUBLISHING,
        PrintPhase.STARTED,
        PrintPhase.PRINTING,
    ],
)
def test_a_print_goes_on_at_the_other_which_takes_over_in_any_phase(
    two: Two, phase: PrintPhase
) -> None:
    two.house.disk.phases = Phases(phase, lambda: two.locks.give("Cabin"))
    two.house.disk.add(any_p1s(), copies=2)
    two.house.dispatcher.wake()
    if phase is PrintPhase.PUBLISHING:
        # Nobody but the first knows that it was not sent, as after a crash.
        two.until(lambda: any(one.question for one in two.house.disk.prints.values()))
        assert not two.printer.commands
        two.cabin.run(two.cabin.dispatcher.answer("a", Answer.NOT_STARTED))
    two.until(lambda: two.house.job().printed == 1)
    assert len(two.printer.prints) == 1
    print_ = two.house.the_print()
    assert (print_.machine_id, print_.outcome) == ("shed", Outcome.FINISHED)
    assert two.cabin.plate("shed").is_occupied
    with pytest.raises(PrintedElsewhereError):
        two.house.run(two.house.dispatcher.clear_plate("garage"))
    two.cabin.run(two.cabin.dispatcher.clear_plate("shed"))
    two.until(lambda: two.house.job().state == "completed")
    assert len(two.printer.prints) == 2
    assert two.house.dispatcher.status("garage") is None


def test_a_claim_that_the_other_has_taken_over_is_left_to_it(
    two: Two, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, put_back = two.house.disk, two.house.store.put_back

    async def put_back_late(print_: Print, **options: Any) -> None:
        while disk.prints[print_.id].machine_id != "shed":
            await asyncio.sleep(0.1)
        await put_back(print_, **options)

    monkeypatch.setattr(two.house.store, "put_back", put_back_late)
    disk.phases = Phases(PrintPhase.CLAIMED, lambda: two.locks.give("Cabin"))
    disk.add(any_p1s())
    two.house.dispatcher.wake()
    two.until(lambda: two.house.job().state == "completed")
    assert len(two.printer.prints) == 1
    assert "could not be planned" not in caplog.text


async def taken_over(*_: object, **__: object) -> None:
    raise StalePrintError


def test_an_order_about_what_was_just_taken_over_is_given_there(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = two.house.dispatcher
    two.printer.next_start = Start.LOST
    two.house.disk.add(any_p1s())
    house.wake()
    two.until(lambda: any(one.question for one in two.house.disk.prints.values()))
    with monkeypatch.context() as patched:
        patched.setattr(two.house.store, "put_back", taken_over)
        with pytest.raises(PrintedElsewhereError):
            two.house.run(house.answer("a", Answer.NOT_STARTED))
    two.house.sleep(60)
    two.house.run(house.answer("a", Answer.NOT_STARTED))
    two.until(lambda: two.house.job().state == "printing")
    with monkeypatch.context() as patched:
        patched.setattr(two.house.store, "advance", taken_over)
        with pytest.raises(PrintedElsewhereError):
            two.house.run(house.cancel("a", confirm=True))
    # Nor while nobody here drives the printer.
    two.house.run(house.detach("garage"))
    with monkeypatch.context() as patched:
        patched.setattr(two.house.store, "advance", taken_over)
        two.house.run(house.forget("garage"))
    two.house.run(house.forget("garage"))
    with monkeypatch.context() as patched:
        patched.setattr(two.house.store, "end", taken_over)
        with pytest.raises(PrintedElsewhereError):
            two.house.run(house.answer("a", Answer.FAILED))


def test_a_print_that_was_just_taken_over_is_not_cancelled_as_one_that_nobody_has(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.house.disk.others = {
        "far": OtherPrinter(name="A1", model="N2S", instance="Cabin", is_away=True)
    }
    two.house.add("a", "far")
    assert two.house.run(two.house.store.claim("a", "far"))
    with monkeypatch.context() as patched:
        patched.setattr(two.house.store, "end", taken_over)
        with pytest.raises(PrintedElsewhereError):
            two.house.run(two.house.dispatcher.cancel("a"))
    assert two.house.job().state == "dispatching"
    cancelled = two.house.run(two.house.dispatcher.cancel("a"))
    assert cancelled is Cancellation.CANCELLED


def test_a_printer_that_comes_back_brings_its_plate_along(two: Two) -> None:
    two.house.disk.add(any_p1s("a"))
    two.house.dispatcher.wake()
    two.until(lambda: two.house.job("a").state == "completed")
    two.house.sleep(1)
    two.locks.give("Cabin")
    two.cabin.sleep(1)
    assert two.cabin.plate("shed").is_occupied
    two.cabin.run(two.cabin.dispatcher.clear_plate("shed"))
    two.locks.give("House")
    two.house.sleep(1)
    assert not two.house.plate("garage").is_occupied
    assert "shed" not in two.house.disk.plates


def test_a_start_is_not_sent_where_the_lock_was_lost_right_before_it(two: Two) -> None:
    two.drivers.is_confirming = False
    two.house.disk.add(any_p1s())
    two.house.dispatcher.wake()
    two.until(lambda: two.drivers.confirmed > 0)
    two.house.sleep(5)
    assert not two.printer.commands
    two.drivers.is_confirming = True
    two.until(lambda: two.house.job().state == "completed")
    assert len(two.printer.prints) == 1


def test_a_stop_is_not_sent_where_another_may_drive_the_printer(two: Two) -> None:
    two.house.disk.add(any_p1s())
    two.house.dispatcher.wake()
    two.until(lambda: two.house.job().state == "printing")
    two.drivers.is_confirming = False
    cancel = two.house.dispatcher.cancel("a", confirm=True)
    assert two.house.run(cancel) is Cancellation.WAITS
    two.house.sleep(60)
    assert two.printer.commands == ["project_file"]
    # It is the one that drives it all the same.
    two.drivers.is_confirming = True
    two.until(lambda: two.house.job().state == "cancelled", 60)
    assert two.printer.commands == ["project_file", "stop"]


def test_a_stop_that_was_not_sent_is_sent_by_who_drives_the_printer_then(
    two: Two,
) -> None:
    two.house.disk.add(any_p1s())
    two.house.dispatcher.wake()
    two.until(lambda: two.house.job().state == "printing")
    two.drivers.is_confirming = False
    two.house.run(two.house.dispatcher.cancel("a", confirm=True))
    two.locks.give("Cabin")
    two.until(lambda: two.house.job().state == "cancelled", 60)
    two.house.sleep(60)
    assert two.printer.commands == ["project_file", "stop"]


def test_an_error_is_not_cleared_where_another_may_drive_the_printer(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.printer.next_start = Start.WRONG_PATH
    two.house.disk.add(any_p1s())
    two.house.dispatcher.wake()
    start = two.printer.start

    async def start_once(*args: Any, **options: Any) -> Reply:
        two.drivers.is_confirming = False
        return await start(*args, **options)

    monkeypatch.setattr(two.printer, "start", start_once)
    two.until(lambda: two.house.job().state == "failed")
    assert two.printer.commands == ["project_file"]


def test_what_the_other_prints_is_stopped_and_answered_there(two: Two) -> None:
    two.house.disk.others = {
        "shed": OtherPrinter(name="P1S", model=P1S, instance="Cabin")
    }
    two.cabin.disk.others = two.house.disk.others
    two.locks.give("Cabin")
    two.house.disk.add(any_p1s())
    two.printer.next_start = Start.LOST
    two.cabin.dispatcher.wake()
    two.until(
        lambda: two.house.the_print().publishes == 1 if two.house.disk.prints else False
    )
    house = two.house.dispatcher
    for order in (
        house.cancel("a", confirm=True),
        house.check_here("a"),
        house.answer("a", Answer.FINISHED),
    ):
        with pytest.raises(PrintedElsewhereError) as raised:
            two.house.run(order)
        assert raised.value.instance == "Cabin"
    with pytest.raises(NoSuchPrintError):
        two.house.run(house.answer("b", Answer.FINISHED))
    two.house.run(house.check_here("b"))
    # What waits can be cancelled anywhere.
    two.house.add("c", "elsewhere")
    assert two.house.run(house.cancel("c")) is Cancellation.CANCELLED


def test_a_question_of_a_printer_that_nobody_else_has_is_answered_here(
    two: Two,
) -> None:
    two.house.disk.add(any_p1s())
    two.house.dispatcher.wake()
    two.until(lambda: two.house.job().state == "printing")
    two.house.run(two.house.dispatcher.forget("garage"))
    assert two.house.the_print().question is Question.HOW_DID_IT_END
    two.house.run(two.house.dispatcher.answer("a", Answer.FAILED))
    assert two.house.job().state == "failed"


def test_jobs_for_printers_of_others_say_who_prints_them(two: Two) -> None:
    two.house.disk.others = {
        "far": OtherPrinter(name="A1", model="N2S", instance="Cabin")
    }
    two.house.add("a", "far")
    two.house.disk.add(QueuedJob(id="b", target=AnyPrinter(model="N2S"), needs=NEEDS))
    two.house.disk.add(
        QueuedJob(id="c", target=OnePrinter(machine_id="gone"), needs=NEEDS)
    )
    two.house.disk.add(QueuedJob(id="d", target=AnyPrinter(model="N1"), needs=NEEDS))
    two.house.dispatcher.wake()
    two.house.sleep(1)
    reasons = two.house.dispatcher.reasons
    assert reasons["a"] == Reason(
        key=ReasonKey.AT_OTHER_INSTANCE, machine_id="far", instance="Cabin"
    )
    assert reasons["b"] == Reason(
        key=ReasonKey.AT_OTHER_INSTANCE, wanted="N2S", instance="Cabin"
    )
    assert reasons["c"].key is ReasonKey.NO_SUCH_PRINTER
    assert reasons["d"].key is ReasonKey.NO_PRINTER_OF_MODEL


def test_settings_hold_for_a_printer_that_is_taken_over_later(two: Two) -> None:
    two.cabin.dispatcher.set_rules("shed", MachineRules(is_allowed=False))
    two.cabin.dispatcher.set_amounts("shed", {})
    two.house.disk.add(any_p1s())
    two.locks.give("Cabin")
    two.cabin.sleep(1)
    assert two.cabin.reason() is ReasonKey.NOT_ALLOWED


def test_a_take_over_that_fails_is_tried_again(
    two: Two, caplog: pytest.LogCaptureFixture
) -> None:
    two.cabin.sleep(1)
    two.cabin.store.failures = 1
    two.locks.give("Cabin")
    two.cabin.sleep(1)
    assert "shed cannot be driven" in caplog.text
    assert two.cabin.dispatcher.other_driver("shed") == NOBODY_KNOWN
    two.cabin.sleep(60)
    assert two.cabin.dispatcher.other_driver("shed") is None
    assert two.cabin.plate("shed") == Plate()


def gone(two: Two, phase: PrintPhase) -> None:
    """Have the house print on a printer that it alone has, and be gone in this phase for good."""
    two.house.disk.add(any_p1s())

    def die() -> None:
        two.house.store.is_dead = True

    two.house.disk.phases = Phases(phase, die)
    two.house.dispatcher.wake()
    two.until(lambda: two.house.store.is_dead)
    two.house.end()
    two.cabin.run(two.cabin.dispatcher.detach("shed"))
    two.house.disk.own = frozenset()


def lost_printer(*, is_missing: bool) -> OtherPrinter:
    return OtherPrinter(
        name="P1S",
        model=P1S,
        instance="House",
        is_away=True,
        is_missing=is_missing,
        seen_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("phase", "question", "answer", "state"),
    [
        (PrintPhase.PUBLISHING, Question.DID_IT_START, Answer.NOT_STARTED, "pending"),
        (PrintPhase.STARTED, Question.HOW_DID_IT_END, Answer.FINISHED, "completed"),
        (PrintPhase.PRINTING, Question.HOW_DID_IT_END, Answer.FAILED, "failed"),
    ],
)
def test_people_are_asked_everywhere_what_became_of_a_print_of_one_that_is_gone(
    two: Two, phase: PrintPhase, question: Question, answer: Answer, state: str
) -> None:
    gone(two, phase)
    two.cabin.disk.others = {"garage": lost_printer(is_missing=False)}
    # It may only be restarting.
    two.cabin.sleep(200)
    assert two.cabin.the_print().question is None
    two.cabin.disk.others = {"garage": lost_printer(is_missing=True)}
    two.cabin.sleep(70)
    assert two.cabin.the_print().question is question
    two.cabin.run(two.cabin.dispatcher.answer("a", answer))
    assert two.cabin.job().state == state
    assert two.cabin.dispatcher.others["garage"].is_missing


def test_what_one_had_not_published_that_is_gone_is_in_the_queue_again(
    two: Two,
) -> None:
    gone(two, PrintPhase.UPLOADING)
    two.cabin.disk.others = {"garage": lost_printer(is_missing=True)}
    two.cabin.sleep(70)
    assert two.cabin.job().state == "pending"
    assert two.cabin.the_print().outcome is Outcome.NOT_STARTED


def test_people_are_asked_about_the_prints_of_printers_that_nobody_has_any_more(
    two: Two,
) -> None:
    gone(two, PrintPhase.PRINTING)
    two.cabin.sleep(70)
    assert two.cabin.the_print().question is Question.HOW_DID_IT_END


def test_a_print_on_a_printer_that_is_set_up_here_too_is_taken_over_and_not_asked_about(
    two: Two,
) -> None:
    gone(two, PrintPhase.PRINTING)
    two.cabin.disk.others = {"garage": lost_printer(is_missing=True)}
    two.cabin.disk.same = {"garage": "shed"}
    two.cabin.sleep(200)
    assert two.cabin.the_print().question is None


@pytest.mark.parametrize("phase", [PrintPhase.CLAIMED, PrintPhase.PRINTING])
def test_a_print_of_one_that_joins_is_followed_by_who_drives_the_printer(
    two: Two, phase: PrintPhase
) -> None:
    two.locks.give("Cabin")
    two.cabin.sleep(1)
    two.cabin.disk.same = {"garage": "shed"}
    two.cabin.disk.others = {
        "garage": OtherPrinter(name="P1S", model=P1S, instance="House")
    }
    two.printer.plate_is_dirty = False
    own = two.cabin.plate("shed")
    # What it had printed before it had the library of the cabin was moved in.
    two.cabin.add("a", "shed")
    claim = two.cabin.run(two.cabin.store.claim("a", "garage"))
    assert claim
    print_ = claim.print
    if phase.may_print:
        two.printer.print_named(print_.title, str(print_.subtask_id))
        after = replace(print_, phase=phase, publishes=1)
        two.cabin.run(two.cabin.store.advance(print_, after))
    two.cabin.disk.plates["garage"] = Plate(running="x", last="y")
    two.until(lambda: two.house.job().state == "completed", 5000)
    two.cabin.sleep(1)
    assert len(two.printer.prints) == 1
    assert {one.machine_id for one in two.cabin.disk.prints.values()} == {"shed"}
    assert own == Plate()
    assert two.cabin.disk.plates == {"shed": two.cabin.plate("shed")}
    assert not any(one.question for one in two.cabin.disk.prints.values())


def test_a_print_of_one_that_joins_waits_for_the_one_that_is_under_way(
    two: Two,
) -> None:
    two.locks.give("Cabin")
    two.cabin.disk.same = {"garage": "shed"}
    two.cabin.add("a", "shed")
    two.cabin.add("b", "far")
    two.cabin.dispatcher.wake()
    two.until(lambda: two.house.job("a").state == "printing")
    assert two.cabin.run(two.cabin.store.claim("b", "garage"))
    two.cabin.sleep(120)
    assert two.house.the_print("b").machine_id == "garage"
    two.until(lambda: two.house.job("a").state == "completed")
    two.until(lambda: two.house.job("b").state == "pending", 120)
    assert len(two.printer.prints) == 1


def test_what_an_index_that_is_away_keeps_from_being_looked_at_is_looked_at_later(
    two: Two,
) -> None:
    gone(two, PrintPhase.PRINTING)
    two.cabin.store.failures = 1
    two.cabin.sleep(140)
    assert two.cabin.the_print().question is Question.HOW_DID_IT_END


def test_the_plate_of_a_printer_that_another_one_drives_is_as_that_one_says(
    two: Two,
) -> None:
    two.cabin.disk.same = {"garage": "shed"}
    two.house.disk.add(any_p1s())
    two.house.dispatcher.wake()
    two.until(lambda: two.house.job().state == "completed")
    two.house.sleep(1)
    two.cabin.dispatcher.wake()
    two.cabin.sleep(1)
    assert two.cabin.dispatcher.status("shed") is None
    assert two.cabin.dispatcher.plate("shed").is_occupied
    two.house.run(two.house.dispatcher.clear_plate("garage"))
    two.cabin.dispatcher.wake()
    two.cabin.sleep(1)
    assert not two.cabin.dispatcher.plate("shed").is_occupied
