"""Prints the queue on real printers: plans after every change, and hands claimed jobs to the printers' workers."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
import logging
from typing import Any, Self

from ..library.values.driving import NO_OTHERS, Driver, OtherPrinters
from ..library.values.prints import Answer, Outcome, Plate, Print, StalePrintError
from ..machines.filaments import Grams
from ..storage import StorageError
from .admission import MachineView, driven_elsewhere
from .by_hand import copying_obstacle
from .demand import Foreseen, foresee
from .fits import SpoolFits
from .jobs import QueuedJob
from .orders import PrintOverError, Stopping
from .planner import Plan, Planner
from .ports import (
    Drivers,
    FileAwayError,
    NoSurroundings,
    OnlyHere,
    Printer,
    PrintStore,
    Surroundings,
)
from .power import NO_DEMAND, Demand
from .power_states import PowerState
from .printers import AttachedPrinters
from .reasons import Reason, ReasonKey
from .times import Clock, DispatchTimes, utc_now
from .timing import Planned
from .unattended import NoSuchPrintError, PrintedElsewhereError, UnattendedPrints
from .when.decide import Decider
from .when.prices import Curves
from .when.values import NO_RULES, NOTHING_ASKED, Asked, Facts
from .worker import MachineRules, MachineStatus

_LOGGER = logging.getLogger(__name__)
_MAX_SLEEP_S = 900.0


class Cancellation(StrEnum):
    """The result of cancelling a job."""

    CANCELLED = "cancelled"
    """The job is cancelled. Nothing was sent to the printer, or it has not begun."""
    NOT_CONFIRMED = "not_confirmed"
    """A printer prints it, or may be printing it: that has to be confirmed. Nothing was done."""
    QUESTION = "question"
    """A person has to answer the open question first. Nothing was done."""
    STOPPING = "stopping"
    """The printer accepted the stop; the end follows from its reports."""
    WAITS = "waits"
    """The stop is sent as soon as the printer can be reached, if it prints the job then."""
    UNANSWERED = "unanswered"
    """The printer, or the index, has not answered in time. The job may be cancelled later, or its print stopped."""
    REFUSED = "refused"
    """The printer has refused to stop."""


_CANCELLATIONS = {
    Stopping.STOPPING: Cancellation.STOPPING,
    Stopping.WAITS: Cancellation.WAITS,
    Stopping.UNANSWERED: Cancellation.UNANSWERED,
    Stopping.REFUSED: Cancellation.REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The job was claimed for a printer."""

    machine_id: str


class Dispatcher:
    """Works inside its `async with`."""

    def __init__(
        self,
        store: PrintStore,
        *,
        drivers: Drivers | None = None,
        surroundings: Surroundings | None = None,
        changed: Callable[[], None] = lambda: None,
        times: DispatchTimes | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Prepare. `changed` is called on the loop whenever the plan or a status changes; it must not raise."""
        self._store = store
        self._drivers = drivers or OnlyHere()
        self._has_others = drivers is not None
        self._surroundings = surroundings or NoSurroundings()
        self._changed = changed
        self._times = times or DispatchTimes()
        self._clock = clock
        self._planner = Planner()
        self._overtake_for: timedelta | None = None
        self._foresight = Planner()
        self._declined: dict[str, frozenset[str]] = {}
        self._demands: Mapping[str, Demand] = {}
        self._asked = NOTHING_ASKED
        self._planning = asyncio.Lock()
        self._printers = AttachedPrinters(
            store,
            self._drivers,
            claiming=self._planning,
            wake=self.wake,
            changed=changed,
            may_begin=self._time_obstacle,
            times=self._times,
            clock=clock,
        )
        self._unattended = UnattendedPrints(store, self._printers)
        self._others: OtherPrinters = NO_OTHERS
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._jobs: Mapping[str, QueuedJob] = {}
        self._fits: SpoolFits | None = None
        self.reasons: Mapping[str, Reason] = {}
        """Why the queued jobs wait, by job, as of the last plan."""
        self.planned: Mapping[str, Planned] = {}
        """When jobs begin that only wait for their time, by job, as of the last plan."""
        self.late: frozenset[str] = frozenset()
        """The jobs that cannot be ready by the time that they should be, as of the last plan."""
        self.ready_by: Mapping[str, datetime] = {}
        """When jobs should be ready that are not due themselves, because of their printers, as of the last plan."""

    async def __aenter__(self) -> Self:
        """Start. Raises what the store raises, unless it is of a library that others have too: that may be away."""
        await self._printers.start()
        self._tasks = [asyncio.create_task(self._plan_on(), name="dispatcher")]
        if self._has_others:
            self._tasks.append(
                asyncio.create_task(self._look_after_others(), name="other instances")
            )
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Stop. Uploads are aborted; printers go on printing, and their prints are found again."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._printers.stop()
        await self._store.close()

    # --- printers ---

    async def attach(
        self, machine_id: str, printer: Printer, *, model: str, rules: MachineRules
    ) -> None:
        """Let the queue use a printer, and resume its open print: once the store answers, and no other Home Assistant drives it."""
        await self._printers.attach(machine_id, printer, model=model, rules=rules)

    async def detach(self, machine_id: str) -> None:
        """Stop using a printer. It goes on printing; its print is found when it is attached again."""
        await self._printers.detach(machine_id)

    def set_rules(self, machine_id: str, rules: MachineRules) -> None:
        """Apply a person's choices. A print under way is not affected."""
        self._printers.set_rules(machine_id, rules)

    def set_amounts(self, machine_id: str, grams: Grams) -> None:
        """Take over what sensors tell of what is left on a printer's spools. The word of the printer itself goes before."""
        self._printers.set_amounts(machine_id, grams)

    def set_grouping(self, overtake_for: timedelta | None) -> None:
        """Group jobs by what is loaded, where a job can be overtaken for so long; None for not at all."""
        if overtake_for != self._overtake_for:
            self._overtake_for = overtake_for
            self.wake()

    async def forget(self, machine_id: str) -> None:
        """Settle what belongs to a printer that is not set up any more. Raises what the store raises.

        A print that had not been published is requeued; for one that had, a question is raised.
        """
        await self.detach(machine_id)
        async with self._planning:
            print_ = await self._printers.open_print(machine_id)
            if print_ is not None:
                # Who has taken it over goes on with it.
                with suppress(StalePrintError):
                    await self._unattended.abandon(print_)
        self.wake()

    async def _look_after_others(self) -> None:
        """Look now and then for prints of Home Assistants that are gone."""
        while True:
            try:
                await self.look_after_others()
            except Exception as err:  # noqa: BLE001 - a store may raise anything, and is asked again
                _LOGGER.debug("What others print is looked at later: %s", err)
            await asyncio.sleep(self._times.others_s)

    async def look_after_others(self) -> None:
        """Settle the prints of Home Assistants that have not been seen for long, and of those that are nobody's any more.

        What was not published is requeued; about the rest people are asked, at every Home Assistant. One that comes back
        follows its prints on. Raises what the store raises.
        """
        async with self._planning:
            await self._unattended.abandon_lost()
        self.wake()

    def status(self, machine_id: str) -> MachineStatus | None:
        """Return the state of the queue on a printer; None for one that is not attached, or not driven from here."""
        worker = self._printers.worker(machine_id)
        return None if worker is None else worker.status

    @property
    def others(self) -> OtherPrinters:
        """The real printers that other Home Assistants have set up, as of the last plan."""
        return self._others

    def other_driver(self, machine_id: str) -> Driver | None:
        """Return which other Home Assistant drives a printer that is attached; None where it is this one."""
        return self._printers.other_driver(machine_id)

    def fits(self) -> SpoolFits:
        """Return which loaded spools the queued jobs could be printed with, as of the last plan."""
        if self._fits is None:
            self._fits = SpoolFits(
                self._jobs, lambda: [worker.view() for worker in self._printers.workers]
            )
        return self._fits

    # --- power ---

    @property
    def is_deciding(self) -> bool:
        """Whether a job may be claimed this moment."""
        return self._planning.locked()

    def is_busy(self, machine_id: str) -> bool:
        """Return whether a printer has a print of the queue, or may still react to one; or is not known."""
        worker = self._printers.worker(machine_id)
        if worker is None:
            return True
        view = worker.view()
        return bool(view.held_by) or view.is_settling

    def demand(self, machine_id: str) -> Demand:
        """Return what the queue wants of a printer with a plug, as of the last plan."""
        return self._demands.get(machine_id, NO_DEMAND)

    def set_power(
        self,
        machine_id: str,
        power: PowerState | None,
        declined: frozenset[str] = frozenset(),
    ) -> None:
        """Say what goes on with a printer's plug, None where it has none, and for which jobs it is not switched on.

        Nothing is claimed for a printer that is being switched off.
        """
        worker = self._printers.worker(machine_id)
        if worker is None:
            self._declined.pop(machine_id, None)
            return
        if (worker.power, self._declined.get(machine_id, frozenset())) == (
            power,
            declined,
        ):
            return
        worker.power = power
        self._declined[machine_id] = declined
        self.wake()

    # --- planning ---

    def wake(self) -> None:
        """Plan soon, after a change of the queue or of something else that planning depends on."""
        self._wake.set()

    def _wake_after(self, _done: asyncio.Future[Any]) -> None:
        self.wake()

    async def _plan_on(self) -> None:
        wake_at: datetime | None = None
        is_away = False
        while True:
            timeout = (
                None
                if wake_at is None
                # The system's clock may be set meanwhile.
                else min(
                    max(0.0, (wake_at - self._clock()).total_seconds()), _MAX_SLEEP_S
                )
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._wake.wait()
            self._wake.clear()
            try:
                async with self._planning:
                    wake_at = await self._plan()
                is_away = False
            except StorageError as err:
                if not is_away:
                    is_away = True
                    _LOGGER.warning("The queue cannot be planned now: %s", err)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._times.retry_s):
                        await self._wake.wait()
                self._wake.set()
            except Exception:
                _LOGGER.exception("The queue could not be planned")
                await asyncio.sleep(self._times.retry_s)
                self._wake.set()

    async def _plan(self) -> datetime | None:
        """Plan, and claim what can begin. The caller holds `_planning`. Returns when time alone changes the plan."""
        jobs = await self._store.waiting()
        printers = await self._store.printers()
        self._others = printers.others
        await self._printers.look_at_plates(printers)
        await self._printers.withdraw_ended()
        self._jobs = {job.id: job for job in jobs}
        self._fits = None
        # Nothing is awaited between looking at the printers and deciding.
        late = self._printers.late_prints()
        now = self._clock()
        views = list(self._printers.views())
        in_time = [job for job in jobs if job.id not in late]
        self._asked = Asked.by(job.wishes for job in jobs)
        facts = self._surroundings.facts(now, self._asked)
        made = self._planner.plan(
            in_time,
            views,
            now,
            facts,
            overtake_for=self._overtake_for,
            others=self._others,
        )
        foreseen = self._foresee(in_time, views, made, now, facts)
        started = {job.id for job in jobs if job.is_started}
        reasons = dict(foreseen.reasons)
        for job in jobs:
            if job.id in late:
                late[job.id].look_for_late()
                reasons[job.id] = Reason(
                    key=ReasonKey.PRINTING, machine_id=late[job.id].id
                )
        wake_at = foreseen.wake_at
        for start in made.starts:
            try:
                await self._claim(
                    start.job_id,
                    start.machine_id,
                    is_started=start.job_id in started,
                )
            except FileAwayError as err:
                why = ReasonKey.LIBRARY_AWAY
                if err.fetch is not None:
                    why = ReasonKey.FETCHING
                    # It is the same one at every plan until it is done.
                    err.fetch.remove_done_callback(self._wake_after)
                    err.fetch.add_done_callback(self._wake_after)
                reasons[start.job_id] = Reason(key=why)
                again_at = self._clock() + timedelta(seconds=self._times.retry_s)
                wake_at = min(wake_at or again_at, again_at)
        if (reasons, foreseen.planned, foreseen.late, foreseen.ready_by) != (
            self.reasons,
            self.planned,
            self.late,
            self.ready_by,
        ):
            self.reasons = reasons
            self.planned, self.late = foreseen.planned, foreseen.late
            self.ready_by = foreseen.ready_by
            self._changed()
        return wake_at

    def _time_obstacle(self, job: QueuedJob, machine_id: str) -> Reason | None:
        """Return why a job may not begin on its printer after all, once its file is there: quiet hours, or a condition."""
        if job.is_started:
            return None
        now = self._clock()
        # Those that wait still are followed on.
        facts = self._surroundings.facts(now, self._asked | Asked.by([job.wishes]))
        rules = facts.rules.get(machine_id, NO_RULES)
        return Decider(rules, facts, now, Curves()).strict_obstacle(job.wishes)

    def _foresee(
        self,
        jobs: Sequence[QueuedJob],
        views: Sequence[MachineView],
        made: Plan,
        now: datetime,
        facts: Facts,
    ) -> Foreseen:
        """Find out what is wanted of printers with a plug."""
        foreseen = foresee(
            lambda jobs, views: self._foresight.plan(
                jobs,
                views,
                now,
                facts,
                overtake_for=self._overtake_for,
                others=self._others,
            ),
            jobs,
            views,
            made,
            self._declined,
            now,
        )
        if foreseen.demands != self._demands:
            self._demands = foreseen.demands
            self._changed()
        return foreseen

    async def _claim(self, job_id: str, machine_id: str, *, is_started: bool) -> None:
        """Claim a planned job for its printer. Raises FileAwayError.

        With `is_started` a person has started it, which a claimed job does not tell any more.
        """
        worker = self._printers.worker(machine_id)
        if worker is None or worker.open_print is not None or not worker.is_driven_here:
            self.wake()
            return
        try:
            claim = await self._store.claim(job_id, machine_id)
        except FileAwayError:
            raise
        except:
            # It may be stored all the same, now or in a while.
            worker.look_for_claim(may_come=True)
            raise
        if claim is None:
            # It was edited, held or cancelled since; the event of that has woken us or will. Or its printer has a print.
            worker.look_for_claim()
            return
        if (
            self._printers.worker(machine_id) is not worker
            or worker.power is PowerState.SWITCHING_OFF
            or not worker.is_driven_here
        ):
            # Detached, lost or switched off meanwhile.
            try:
                await self._store.put_back(claim.print, problem=None)
            except StalePrintError:
                # Who has taken it over puts it back.
                pass
            except:
                worker.look_for_claim()
                raise
            return
        worker.take(replace(claim, job=replace(claim.job, is_started=is_started)))
        self._changed()

    # --- people ---

    async def start_now(self, job_id: str) -> Started | Reason:
        """Begin a job now, held or scheduled, before all others; if that is impossible, as soon as it is possible.

        Returns the reason then. Raises what the queue raises.
        """
        async with self._planning:
            if worker := self._printers.worker_of(job_id):
                return Started(machine_id=worker.id)
            await self._store.start(job_id)
            await self._plan()
        # The time of the next look is that of the task.
        self.wake()
        if worker := self._printers.worker_of(job_id):
            return Started(machine_id=worker.id)
        if reason := self.reasons.get(job_id):
            return reason
        raise NoSuchPrintError

    async def cancel(self, job_id: str, *, confirm: bool = False) -> Cancellation:
        """Cancel a job. What a printer prints, or may print, has to be confirmed.

        Raises what the queue raises, and PrintedElsewhereError.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + self._times.order_s
        while True:
            result = await self._cancel(job_id, confirm=confirm)
            if result is not None:
                return result
            # Its print came to another end meanwhile: it may be in line again.
            if loop.time() >= end:
                return Cancellation.UNANSWERED

    async def _cancel(self, job_id: str, *, confirm: bool) -> Cancellation | None:
        """Do so by what is the case; None where that has changed before it was done."""
        async with self._planning:
            # No claim is under way here.
            worker = self._printers.worker_of(job_id)
            print_ = worker.open_print if worker else await self._unattended.of(job_id)
            if print_ is None:
                await self._store.cancel(job_id)
                return Cancellation.CANCELLED
            if worker is None and self._printers.is_unnoticed(print_):
                return await self._cancel_unpublished(print_)
        if worker is None and (other := await self._unattended.elsewhere(print_)):
            if not other.is_away or print_.phase.may_print:
                raise PrintedElsewhereError(other.instance)
            # Nothing had been published, nor can it be any more without this being stored.
            return await self._cancel_unpublished(print_, other.instance)
        if print_.question is not None:
            return Cancellation.QUESTION
        if worker is None:
            # Its printer is not attached.
            return Cancellation.UNANSWERED
        run = await worker.run_of(print_.id)
        if run is None:
            # It has ended meanwhile, or the index does not answer.
            return Cancellation.UNANSWERED if worker.has(print_.id) else None
        if not run.print.phase.may_print:
            if not await worker.give_up(run):
                return Cancellation.UNANSWERED
        elif not confirm:
            return Cancellation.NOT_CONFIRMED
        else:
            try:
                return _CANCELLATIONS[await worker.stop(run)]
            except StalePrintError as err:
                raise PrintedElsewhereError("") from err
            except TimeoutError:
                return Cancellation.UNANSWERED
            except PrintOverError:
                pass
        is_cancelled = run.print.outcome is Outcome.CANCELLED_HERE
        return Cancellation.CANCELLED if is_cancelled else None

    async def _cancel_unpublished(
        self, print_: Print, instance: str = ""
    ) -> Cancellation:
        """Cancel a job whose print nobody has published. Raises PrintedElsewhereError, with that instance, where another has it by now."""
        try:
            await self._store.end(print_, Outcome.CANCELLED_HERE, occupies=False)
        except StalePrintError as err:
            raise PrintedElsewhereError(instance) from err
        return Cancellation.CANCELLED

    async def answer(self, job_id: str, answer: Answer) -> None:
        """Apply a person's answer to a print's question. Raises NoSuchPrintError, WrongAnswerError, PrintedElsewhereError."""
        async with self._planning:
            # Its printer is not attached while that is answered.
            worker = self._printers.worker_of(job_id)
            print_ = worker.open_print if worker else None
            if worker is None or print_ is None:
                await self._unattended.answer(job_id, answer)
                self.wake()
                return
        run = await worker.run_of(print_.id)
        if run is None:
            raise NoSuchPrintError
        try:
            await run.answer(answer)
        except StalePrintError as err:
            raise PrintedElsewhereError("") from err
        except (PrintOverError, TimeoutError) as err:
            raise NoSuchPrintError from err

    async def retry(self, job_id: str) -> None:
        """Requeue a job that is held for a problem, failed or was cancelled. Raises what the queue raises."""
        await self._store.retry(job_id)
        self.wake()

    def plate(self, machine_id: str) -> Plate:
        """Return what is known of the plate of a printer."""
        return self._printers.plate(machine_id)

    async def ended(self, machine_id: str, print_id: str) -> None:
        """Wait for the end of a print to be stored that its printer has ended: people see it on the plate a moment earlier."""
        if worker := self._printers.worker(machine_id):
            await worker.ended(print_id)

    async def clear_plate(self, machine_id: str, print_id: str = "") -> bool:
        """Mark the plate of a printer as cleared, whether or not the printer can be reached.

        With `print_id` only if that print lies there. Returns whether the plate was occupied by what was meant. Raises
        PrintedElsewhereError where another Home Assistant drives the printer.
        """
        if other := self.other_driver(machine_id):
            raise PrintedElsewhereError(other.instance)
        # What was put in line before is known to the plan that finds the plate free.
        async with self._planning:
            plate = self.plate(machine_id)
            if print_id and plate.print_id != print_id:
                return False
            was_occupied = plate.is_occupied
            plate = self._printers.clear_plate(machine_id)
        await self._store.set_plate(machine_id, plate)
        self.wake()
        return was_occupied

    # --- how ---

    async def copying_obstacle(self, job_id: str, machine_id: str) -> Reason | None:
        """Return why the file of a job cannot be copied to a printer, for a person who prints it there; None if it can, this moment.

        Raises what the store raises.
        """
        job = await self._store.job(job_id)
        is_here = await self._printers.confirm(machine_id)
        for view in self._printers.views() if is_here else ():
            if view.id == machine_id:
                return copying_obstacle(job, view)
        if other := self.other_driver(machine_id):
            return driven_elsewhere(machine_id, other)
        return Reason(key=ReasonKey.DRIVER_UNKNOWN, machine_id=machine_id)

    async def check_here(self, job_id: str) -> None:
        """Make sure that no other Home Assistant prints a job. Raises PrintedElsewhereError."""
        if not self._printers.worker_of(job_id):
            await self._unattended.check_here(job_id)
