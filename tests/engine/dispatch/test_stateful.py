"""Whatever people, printers, networks and deaths do in whatever order: no plate is printed twice, and none is lost.

The simulated printers keep the truth. After every step it is compared with what is stored: a print that really began must
be one that is open, or has ended as one that began; and a new one of a job never begins before all earlier ones of it have.
What somebody was told to be cancelled has no further print, unless a person has it tried again.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
import random
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from custom_components.bambu_virtual_printer.engine.dispatch.dispatcher import (
    Cancellation,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import OnePrinter
from custom_components.bambu_virtual_printer.engine.dispatch.orders import (
    WrongAnswerError,
)
from custom_components.bambu_virtual_printer.engine.dispatch.unattended import (
    NoSuchPrintError,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Answer,
    Outcome,
    Plate,
    Print,
    Problem,
    Question,
)
from custom_components.bambu_virtual_printer.engine.machines.errors import UploadCause
from tests.support.examples import examples

from .conftest import World, close
from .memory_store import JobStateError
from .simulated_printer import Printed, Start
from .virtual_time import VirtualLoop

MACHINES = ("one", "two")
# Where a person says that nothing began, and it begins unseen afterwards, nobody can know.
SCRIPTS = [one for one in Start if one is not Start.VERY_LATE]
ENDS = {
    "finished": Answer.FINISHED,
    "failed": Answer.FAILED,
    "aborted": Answer.CANCELLED,
}


class Farm(RuleBasedStateMachine):
    """Two printers and a queue."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(loop=VirtualLoop())
        self.questions = 0
        # How many prints each job had that was said to be cancelled.
        self.cancelled: dict[str, int] = {}
        self.retried: set[str] = set()

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.world.latency = random.Random(seed)
        for name in MACHINES:
            self.world.printer(name, minutes=5)
        self.world.begin()

    # --- people ---

    @rule(machine=st.sampled_from(MACHINES), copies=st.sampled_from((1, 1, 2)))
    def queue(self, machine: str, copies: int) -> None:
        self.world.add(f"j{len(self.world.disk.jobs)}", machine, copies=copies)
        self.world.dispatcher.wake()

    @rule(number=st.integers(0, 20), machine=st.sampled_from(MACHINES))
    def edit(self, number: int, machine: str) -> None:
        """Send a job that is in line to another printer."""
        if (job_id := self.pick(number)) and job_id in self.world.disk.line:
            job = self.world.job(job_id)
            job.queued = replace(job.queued, target=OnePrinter(machine_id=machine))
            self.world.dispatcher.wake()

    @rule(number=st.integers(0, 20), confirm=st.booleans())
    def cancel(self, number: int, confirm: bool) -> None:
        if job_id := self.pick(number):
            self.order_cancel(job_id, confirm=confirm)

    def order_cancel(self, job_id: str, *, confirm: bool) -> None:
        result = self.attempt(self.world.dispatcher.cancel(job_id, confirm=confirm))
        if result is Cancellation.CANCELLED:
            self.cancelled[job_id] = len(self.world.disk.of_job(job_id))

    @rule(machine=st.sampled_from(MACHINES), script=st.sampled_from(SCRIPTS))
    def stop_at_the_start(self, machine: str, script: Start) -> None:
        """Queue a job, and have it stopped as soon as its start is being sent."""
        self.world.printers[machine].next_start = script
        job_id = f"j{len(self.world.disk.jobs)}"
        self.world.add(job_id, machine, copies=2)
        self.world.dispatcher.wake()
        for _ in range(100):
            self.world.sleep(0.2)
            if any(one.phase.may_print for one in self.world.disk.of_job(job_id)):
                self.order_cancel(job_id, confirm=True)
                return

    @rule(number=st.integers(0, 20))
    def retry(self, number: int) -> None:
        if job_id := self.pick(number):
            self.cancelled.pop(job_id, None)
            self.retried.add(job_id)
            self.attempt(self.world.dispatcher.retry(job_id))

    @rule(number=st.integers(0, 20))
    def start_now(self, number: int) -> None:
        if job_id := self.pick(number):
            self.attempt(self.world.dispatcher.start_now(job_id))

    @rule(machine=st.sampled_from(MACHINES))
    def clear_plate(self, machine: str) -> None:
        printer = self.world.printers[machine]
        if not printer.truth.phase.is_active:
            printer.plate_is_dirty = False
            if printer.has_foreign and printer.is_idle:
                printer.has_foreign = False
            self.attempt(self.world.dispatcher.clear_plate(machine))

    @rule()
    def answer(self) -> None:
        """Somebody goes and looks, and says what is the case."""
        for print_ in tuple(self.world.disk.prints.values()):
            if print_.question is not None:
                self.attempt(
                    self.world.dispatcher.answer(print_.job_id, self.truth(print_))
                )

    # --- printers ---

    @rule(machine=st.sampled_from(MACHINES), script=st.sampled_from(SCRIPTS))
    def next_start(self, machine: str, script: Start) -> None:
        self.world.printers[machine].next_start = script

    @rule(
        machine=st.sampled_from(MACHINES),
        code=st.sampled_from(("late", "brief", "never")),
    )
    def cancel_at_printer(self, machine: str, code: str) -> None:
        self.world.printers[machine].cancel_code = code
        self.world.printers[machine].cancel()

    @rule(machine=st.sampled_from(MACHINES))
    def print_foreign(self, machine: str) -> None:
        printer = self.world.printers[machine]
        if not printer.plate_is_dirty:
            printer.print_foreign()

    @rule(machine=st.sampled_from(MACHINES))
    def reboot(self, machine: str) -> None:
        printer = self.world.printers[machine]
        # Of a print that was begun elsewhere and forgotten at power-off before anybody wrote it down, nobody can know.
        plate = self.world.disk.plates.get(machine, Plate())
        if not printer.has_foreign or plate.running or plate.is_occupied:
            printer.reboot()

    @rule(machine=st.sampled_from(MACHINES))
    def drop_mqtt(self, machine: str) -> None:
        self.world.printers[machine].disconnect()

    @rule(machine=st.sampled_from(MACHINES))
    def drop_ftps(self, machine: str) -> None:
        self.world.printers[machine].drop_ftps()

    @rule(machine=st.sampled_from(MACHINES), cause=st.sampled_from(UploadCause))
    def fail_upload(self, machine: str, cause: UploadCause) -> None:
        self.world.printers[machine].upload_failures.append(cause)

    @rule(machine=st.sampled_from(MACHINES))
    def mend(self, machine: str) -> None:
        printer = self.world.printers[machine]
        printer.connect()
        printer.report(print_error=None)
        printer.next_start = Start.PRINTS

    # --- time and death ---

    @rule(seconds=st.sampled_from((0.01, 0.3, 1.0, 3.0, 6.0, 20.0, 60.0, 200.0, 400.0)))
    def wait(self, seconds: float) -> None:
        self.world.sleep(seconds)

    @rule(
        after_s=st.floats(0, 8),
        down_s=st.sampled_from((0.1, 5.0, 100.0, 1000.0)),
        is_there=st.booleans(),
    )
    def kill(self, after_s: float, down_s: float, is_there: bool) -> None:
        self.world.sleep(after_s)
        self.world.kill()
        self.world.sleep(down_s)
        self.world.begin()
        if is_there:
            for printer in self.world.printers.values():
                printer.connect()

    @rule(failures=st.integers(1, 4))
    def fill_disk(self, failures: int) -> None:
        self.world.store.failures = failures

    @rule(lost_for_s=st.sampled_from((0.0, 0.5, 20.0, 100.0)))
    def lose_claim(self, lost_for_s: float) -> None:
        """Have the next claim stored without an answer, at once or later."""
        self.world.store.lost_claims = 1
        self.world.store.lost_for_s = lost_for_s

    # --- what holds ---

    @invariant()
    def nothing_is_printed_twice(self) -> None:
        stored = {str(one.subtask_id): one for one in self.world.disk.prints.values()}
        begun: set[str] = set()
        jobs: dict[str, list[Print]] = {}
        for printer in self.world.printers.values():
            for printed in self.ours(printer.prints):
                assert printed.subtask_id not in begun, "one start printed twice"
                begun.add(printed.subtask_id)
                print_ = stored[printed.subtask_id]
                assert print_.outcome is not Outcome.NOT_STARTED, "it is queued again"
                if printed.end in {"", "finished"} and print_.outcome is not None:
                    assert print_.outcome in {Outcome.FINISHED, Outcome.REPLACED}
                jobs.setdefault(print_.job_id, []).append(print_)
            assert not printer.printed_on_dirty, "the plate was not clear"
        for prints in jobs.values():
            assert sum(one.ended_at is None for one in prints) <= 1
        for print_ in stored.values():
            if print_.outcome is Outcome.FINISHED:
                assert str(print_.subtask_id) in begun, "it says that it was printed"

    @invariant()
    def what_is_cancelled_stays_so(self) -> None:
        for job_id, prints in self.cancelled.items():
            assert self.world.job(job_id).state == "cancelled"
            assert len(self.world.disk.of_job(job_id)) == prints

    @invariant()
    def no_copy_follows_one_that_was_to_be_stopped(self) -> None:
        for job_id, job in self.world.disk.jobs.items():
            *_, last = self.world.disk.of_job(job_id) or [None]
            if last is not None and last.is_stopping and last.ended_at:
                assert job.state in {"completed", "failed", "cancelled"} or (
                    job_id in self.retried
                )

    def teardown(self) -> None:
        """Everything works again and people do their part: every job comes to an end that is the truth."""
        world = self.world
        if not hasattr(world, "dispatcher"):
            close(world.loop)
            return
        copies = sum(job.copies for job in world.disk.jobs.values())
        for _ in range(60 + 8 * copies):
            world.store.failures = world.store.lost_claims = 0
            for machine, printer in world.printers.items():
                self.mend(machine)
                printer.upload_failures.clear()
                self.clear_plate(machine)
            self.answer()
            for job_id, job in world.disk.jobs.items():
                if job.state == "staged":
                    self.attempt(world.dispatcher.retry(job_id))
            world.sleep(150)
            if all(self.is_over(job_id) for job_id in world.disk.jobs):
                break
        self.nothing_is_printed_twice()
        self.what_is_cancelled_stays_so()
        self.no_copy_follows_one_that_was_to_be_stopped()
        for job_id, job in world.disk.jobs.items():
            assert self.is_over(job_id), f"{job_id} is lost: {job}"
            ends = [
                one.end
                for printer in world.printers.values()
                for one in self.ours(printer.prints)
                if self.job_of(one) == job_id
            ]
            assert ends.count("finished") == job.printed, (job, ends)
            if job.state == "completed":
                assert job.printed == job.copies
            if job.problem is Problem.FILE_GONE:
                raise AssertionError
        world.kill()
        close(world.loop)

    # --- how ---

    def is_over(self, job_id: str) -> bool:
        return self.world.job(job_id).state in {"completed", "failed", "cancelled"}

    def job_of(self, printed: Printed) -> str:
        return next(
            one.job_id
            for one in self.world.disk.prints.values()
            if str(one.subtask_id) == printed.subtask_id
        )

    def ours(self, prints: list[Printed]) -> list[Printed]:
        return [one for one in prints if one.subtask_id]

    def pick(self, number: int) -> str | None:
        jobs = list(self.world.disk.jobs)
        return jobs[number % len(jobs)] if jobs else None

    def attempt(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do what people do; what is refused by the state of things is none of ours."""
        try:
            return self.world.run(asyncio.wait_for(work, 200))
        except JobStateError, NoSuchPrintError, WrongAnswerError, OSError:
            return None

    def truth(self, print_: Print) -> Answer:
        """Say what became of a print."""
        self.questions += 1
        printed = next(
            (
                one
                for printer in self.world.printers.values()
                for one in printer.prints
                if one.subtask_id == str(print_.subtask_id)
            ),
            None,
        )
        if printed is None:
            return (
                Answer.NOT_STARTED
                if print_.question is Question.DID_IT_START
                else Answer.CANCELLED
            )
        if not printed.end:
            return Answer.STARTED
        return ENDS[printed.end]


def test_no_plate_is_printed_twice_and_none_is_lost() -> None:
    run_state_machine_as_test(
        Farm,
        settings=settings(
            max_examples=examples(100),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
