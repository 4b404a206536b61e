"""Prints the queue on real printers: plans after every change, and hands claimed jobs to the printers' workers."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
import logging
from typing import Self

from ..library.values.driving import (
    NO_OTHERS,
    NOBODY_KNOWN,
    Driver,
    OtherPrinter,
    OtherPrinters,
    Printers,
)
from ..library.values.prints import (
    ANSWERED,
    Answer,
    Plate,
    Print,
    PrintPhase,
    Problem,
    Question,
    StalePrintError,
)
from ..machines.families import UrlForm
from ..machines.filaments import NO_GRAMS, Grams
from ..machines.mapping import MappingForm
from ..storage import StorageError
from .admission import MachineView, driven_elsewhere
from .by_hand import copying_obstacle
from .demand import Foreseen, foresee
from .fits import SpoolFits
from .jobs import QueuedJob
from .orders import PrintOverError, Stopping, check_answer
from .planner import Plan, Planner
from .plates import occupied_by
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
from .reasons import Reason, ReasonKey
from .times import Clock, DispatchTimes, utc_now
from .timing import Planned
from .when.decide import Decider
from .when.prices import Curves
from .when.values import NO_RULES, NOTHING_ASKED, Asked, Facts
from .worker import MachineRules, MachineStatus, MachineWorker

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
    """The printer has not answered. It may have stopped."""
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


class NoSuchPrintError(Exception):
    """No printer has the job, or it is not set up."""


class PrintedElsewhereError(Exception):
    """Another Home Assistant prints the job, or drives the printer; only there something can be done about it."""

    def __init__(self, instance: str) -> None:
        """Take what the other one is called; empty where that is not known."""
        super().__init__(instance)
        self.instance = instance


@dataclass(slots=True, kw_only=True)
class _Attached:
    """A printer that is set up, whoever drives it."""

    printer: Printer
    model: str
    rules: MachineRules
    grams: Grams = NO_GRAMS


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
        self._attached: dict[str, _Attached] = {}
        # Of those that are driven from here.
        self._workers: dict[str, MachineWorker] = {}
        # One at a time begins or ends to be driven.
        self._arranging = asyncio.Lock()
        self._drivers_changed = asyncio.Event()
        self._others: OtherPrinters = NO_OTHERS
        self._plates: dict[str, Plate] = {}
        self._knows_plates = False
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] = lambda: None
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
        try:
            await self._recall_plates()
        except StorageError as err:
            if isinstance(self._drivers, OnlyHere):
                raise
            _LOGGER.debug("The plates are not known yet: %s", err)
        self._unsubscribe = self._drivers.subscribe(self._see_drivers)
        self._tasks = [
            asyncio.create_task(self._plan_on(), name="dispatcher"),
            asyncio.create_task(self._follow_drivers(), name="drivers"),
        ]
        if self._has_others:
            self._tasks.append(
                asyncio.create_task(self._look_after_others(), name="other instances")
            )
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Stop. Uploads are aborted; printers go on printing, and their prints are found again."""
        self._unsubscribe()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for machine_id in tuple(self._attached):
            await self.detach(machine_id)

    async def _recall_plates(self) -> None:
        """Have what is stored of plates. Raises what the store raises."""
        if not self._knows_plates:
            self._plates = {**await self._store.plates(), **self._plates}
            self._knows_plates = True

    # --- printers ---

    async def attach(
        self, machine_id: str, printer: Printer, *, model: str, rules: MachineRules
    ) -> None:
        """Let the queue use a printer, and resume its open print. Raises what the store raises.

        Where another Home Assistant drives it, that is done once that one does not any more.
        """
        async with self._arranging:
            self._attached[machine_id] = _Attached(
                printer=printer, model=model, rules=rules
            )
            self._drivers.ask(printer.serial)
            try:
                if self._drivers.driver(printer.serial).is_here:
                    await self._drive(machine_id)
            except:
                del self._attached[machine_id]
                self._drivers.release(printer.serial)
                raise
        self.wake()

    async def _drive(self, machine_id: str) -> None:
        """Begin to use a printer that is driven from here. Raises what the store raises."""
        attached = self._attached[machine_id]
        printer = attached.printer
        async with self._planning:
            # What was claimed for the printer as it was attached before is put back by now, and nothing is answered for it
            # until it is attached.
            await self._recall_plates()
            plate = await self._store.take_over(machine_id, printer.serial)
            if plate is not None:
                self._plates[machine_id] = plate
            open_print = await self._open_print(machine_id)
            memory = await self._store.memory(printer.serial)
            if memory.url_form:
                printer.remember_url_form(UrlForm[memory.url_form.upper()])
            if memory.mapping_form:
                printer.mapping_form = MappingForm(memory.mapping_form)
            worker = MachineWorker(
                machine_id,
                attached.model,
                printer,
                attached.rules,
                self._store,
                plate=self._plates.get(machine_id, Plate()),
                open_print=open_print,
                last_spool=memory.last_spool,
                claiming=self._planning,
                wake_planner=self.wake,
                may_begin=self._time_obstacle,
                drivers=self._drivers,
                changed=self._changed,
                times=self._times,
                clock=self._clock,
            )
            worker.set_amounts(attached.grams)
            self._workers[machine_id] = worker
            worker.start()

    async def detach(self, machine_id: str) -> None:
        """Stop using a printer. It goes on printing; its print is found when it is attached again."""
        async with self._arranging:
            attached = self._attached.pop(machine_id, None)
            if attached is None:
                return
            await self._drive_no_more(machine_id)
            self._drivers.release(attached.printer.serial)
        self.wake()

    async def _drive_no_more(self, machine_id: str) -> None:
        if (worker := self._workers.pop(machine_id, None)) is None:
            return
        plate = self._plates[machine_id] = worker.status.plate
        await worker.close()
        if self._plates[machine_id] is plate:
            # Nothing was answered or cleared meanwhile.
            self._plates[machine_id] = worker.status.plate

    def _see_drivers(self) -> None:
        self._drivers_changed.set()

    async def _follow_drivers(self) -> None:
        """Begin and end to use the printers as other Home Assistants let go of them and take them."""
        while True:
            await self._drivers_changed.wait()
            self._drivers_changed.clear()
            for machine_id in tuple(self._attached):
                try:
                    await self._follow_driver(machine_id)
                except Exception as err:
                    if isinstance(err, StorageError):
                        _LOGGER.warning("%s cannot be driven: %s", machine_id, err)
                    else:
                        _LOGGER.exception("%s cannot be driven", machine_id)
                    asyncio.get_running_loop().call_later(
                        self._times.retry_s, self._drivers_changed.set
                    )
            self.wake()
            self._changed()

    async def _follow_driver(self, machine_id: str) -> None:
        """Make a printer one that is driven from here, or one that is not. Raises what the store raises."""
        async with self._arranging:
            attached = self._attached.get(machine_id)
            if attached is None:
                return
            is_here = self._drivers.driver(attached.printer.serial).is_here
            if is_here and machine_id not in self._workers:
                await self._drive(machine_id)
            elif not is_here and machine_id in self._workers:
                await self._drive_no_more(machine_id)

    def set_rules(self, machine_id: str, rules: MachineRules) -> None:
        """Apply a person's choices. A print under way is not affected."""
        if attached := self._attached.get(machine_id):
            attached.rules = rules
            if worker := self._workers.get(machine_id):
                worker.rules = rules
            self.wake()

    def set_amounts(self, machine_id: str, grams: Grams) -> None:
        """Take over what sensors tell of what is left on a printer's spools. The word of the printer itself goes before."""
        if attached := self._attached.get(machine_id):
            attached.grams = grams
        worker = self._workers.get(machine_id)
        if worker and worker.set_amounts(grams):
            self.wake()

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
            print_ = await self._open_print(machine_id)
            if print_ is not None:
                await self._abandon(print_)
        self.wake()

    async def _abandon(self, print_: Print) -> None:
        """Requeue the job of a print that nobody follows any more, or have a person asked. Raises what the store raises."""
        if not print_.phase.may_print:
            await self._store.put_back(print_, problem=None)
        elif print_.question is None:
            question = (
                Question.HOW_DID_IT_END
                if print_.phase.has_begun
                else Question.DID_IT_START
            )
            await self._store.advance(print_, replace(print_, question=question))

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
            printers = await self._store.printers()
            for print_ in await self._store.open_prints():
                id_ = print_.machine_id
                other = printers.others.get(id_)
                is_lost = other.is_missing if other else not printers.is_known(id_)
                # The same printer is driven from here in a moment, which knows more than a person.
                if is_lost and id_ not in self._attached and id_ not in printers.same:
                    with suppress(StalePrintError):
                        await self._abandon(print_)
        self.wake()

    def status(self, machine_id: str) -> MachineStatus | None:
        """Return the state of the queue on a printer; None for one that is not attached, or not driven from here."""
        worker = self._workers.get(machine_id)
        return None if worker is None else worker.status

    @property
    def others(self) -> OtherPrinters:
        """The real printers that other Home Assistants have set up, as of the last plan."""
        return self._others

    def other_driver(self, machine_id: str) -> Driver | None:
        """Return which other Home Assistant drives a printer that is attached; None where it is this one."""
        if machine_id in self._workers or machine_id not in self._attached:
            return None
        serial = self._attached[machine_id].printer.serial
        driver = self._drivers.driver(serial)
        # In a moment it is this one.
        return NOBODY_KNOWN if driver.is_here else driver

    def fits(self) -> SpoolFits:
        """Return which loaded spools the queued jobs could be printed with, as of the last plan."""
        if self._fits is None:
            self._fits = SpoolFits(
                self._jobs, lambda: [worker.view() for worker in self._workers.values()]
            )
        return self._fits

    # --- power ---

    @property
    def is_deciding(self) -> bool:
        """Whether a job may be claimed this moment."""
        return self._planning.locked()

    def is_busy(self, machine_id: str) -> bool:
        """Return whether a printer has a print of the queue, or may still react to one; or is not known."""
        worker = self._workers.get(machine_id)
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
        worker = self._workers.get(machine_id)
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
        await self._look_at_plates(printers)
        self._jobs = {job.id: job for job in jobs}
        self._fits = None
        # Nothing is awaited between looking at the printers and deciding.
        late = self._late_prints()
        now = self._clock()
        views = list(self._views())
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
            except FileAwayError:
                reasons[start.job_id] = Reason(key=ReasonKey.LIBRARY_AWAY)
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

    async def _look_at_plates(self, printers: Printers) -> None:
        """Learn what lies on the printers that others drive. Raises what the store raises."""
        if self._attached.keys() <= self._workers.keys():
            return
        told = await self._store.plates()
        own = {id_: id_ for id_ in self._attached}
        # Whoever drives a printer has it by an id of its own.
        for told_by, machine_id in (own | dict(printers.same)).items():
            plate = told.get(told_by)
            if (
                plate is not None
                and machine_id in self._attached
                and machine_id not in self._workers
                and self._plates.get(machine_id) != plate
            ):
                self._plates[machine_id] = plate
                self._changed()

    def _views(self) -> Iterator[MachineView]:
        """Give the printers as planning sees them, those too that others drive."""
        for machine_id, attached in self._attached.items():
            if worker := self._workers.get(machine_id):
                yield worker.view()
            else:
                yield MachineView(
                    id=machine_id,
                    model=attached.model,
                    state=attached.printer.state,
                    report_age_s=attached.printer.report_age_s,
                    is_allowed=attached.rules.is_allowed,
                    other_driver=self.other_driver(machine_id),
                )

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

    def _late_prints(self) -> dict[str, MachineWorker]:
        """Return the jobs that a printer has begun with although they were put back, and those printers' workers.

        If another printer was about to get such a job, that is withdrawn where it is still possible.
        """
        late = {
            print_.job_id: worker
            for worker in self._workers.values()
            if (print_ := worker.late_print)
        }
        for job_id, its_worker in late.items():
            other = self._worker_of(job_id)
            if other is not None and other is not its_worker and other.run:
                other.run.withdraw()
        return late

    async def _claim(self, job_id: str, machine_id: str, *, is_started: bool) -> None:
        """Claim a planned job for its printer. Raises FileAwayError.

        With `is_started` a person has started it, which a claimed job does not tell any more.
        """
        worker = self._workers.get(machine_id)
        if worker is None or worker.open_print is not None or not worker.is_driven_here:
            self.wake()
            return
        claim = await self._store.claim(job_id, machine_id)
        if claim is None:
            # It was edited, held or cancelled since; the event of that has woken us or will.
            return
        if (
            self._workers.get(machine_id) is not worker
            or worker.power is PowerState.SWITCHING_OFF
            or not worker.is_driven_here
        ):
            # Detached, lost or switched off meanwhile.
            await self._store.put_back(claim.print, problem=None)
            return
        worker.take(replace(claim, job=replace(claim.job, is_started=is_started)))
        self._changed()

    # --- people ---

    async def start_now(self, job_id: str) -> Started | Reason:
        """Begin a job now, held or scheduled, before all others; if that is impossible, as soon as it is possible.

        Returns the reason then. Raises what the queue raises.
        """
        async with self._planning:
            if worker := self._worker_of(job_id):
                return Started(machine_id=worker.id)
            await self._store.start(job_id)
            await self._plan()
        # The time of the next look is that of the task.
        self.wake()
        if worker := self._worker_of(job_id):
            return Started(machine_id=worker.id)
        if reason := self.reasons.get(job_id):
            return reason
        raise NoSuchPrintError

    async def cancel(self, job_id: str, *, confirm: bool = False) -> Cancellation:
        """Cancel a job. What a printer prints, or may print, has to be confirmed.

        Raises what the queue raises, and PrintedElsewhereError.
        """
        async with self._planning:
            # No claim is under way here.
            worker = self._worker_of(job_id)
            print_ = worker.open_print if worker else await self._stored_print(job_id)
            if print_ is None:
                await self._store.cancel(job_id)
                return Cancellation.CANCELLED
        if worker is None and (other := await self._elsewhere(print_)):
            if not other.is_away or print_.phase.may_print:
                raise PrintedElsewhereError(other.instance)
            # Nothing had been published, nor can it be any more without this being stored.
            await self._store.put_back(print_, problem=None)
            await self._store.cancel(job_id)
            return Cancellation.CANCELLED
        if print_.question is not None:
            return Cancellation.QUESTION
        run = await worker.current_run() if worker else None
        if worker is None or run is None:
            # Its printer is not attached, or the index does not answer.
            return Cancellation.UNANSWERED
        print_ = run.print
        if not print_.phase.may_print:
            run.give_up()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._times.order_s):
                    await worker.wait_idle()
            return Cancellation.CANCELLED
        if not confirm:
            return Cancellation.NOT_CONFIRMED
        try:
            return _CANCELLATIONS[await run.stop()]
        except TimeoutError:
            return Cancellation.UNANSWERED
        except PrintOverError:
            return Cancellation.CANCELLED

    async def answer(self, job_id: str, answer: Answer) -> None:
        """Apply a person's answer to a print's question. Raises NoSuchPrintError, WrongAnswerError, PrintedElsewhereError."""
        async with self._planning:
            # Its printer is not attached while that is answered.
            worker = self._worker_of(job_id)
            if worker is None:
                await self._answer_for_absent(job_id, answer)
                return
        run = await worker.current_run()
        if run is None:
            raise NoSuchPrintError
        try:
            await run.answer(answer)
        except (PrintOverError, TimeoutError) as err:
            raise NoSuchPrintError from err

    async def _answer_for_absent(self, job_id: str, answer: Answer) -> None:
        """Apply a person's answer for a printer that is not attached."""
        print_ = await self._stored_print(job_id)
        if print_ is None:
            raise NoSuchPrintError
        other = await self._elsewhere(print_)
        if other and not other.is_away:
            raise PrintedElsewhereError(other.instance)
        check_answer(print_, answer)
        match answer:
            case Answer.STARTED:
                question = Question.HOW_DID_IT_END
                await self._store.advance(
                    print_,
                    replace(print_, phase=PrintPhase.STARTED, question=question),
                )
            case Answer.NOT_STARTED:
                await self._store.put_back(print_, problem=Problem.NOT_STARTED)
            case _:
                await self._store.end(print_, ANSWERED[answer], occupies=True)
                machine_id = print_.machine_id
                plate = occupied_by(self.plate(machine_id), print_)
                self._plates[machine_id] = plate
        self.wake()

    async def retry(self, job_id: str) -> None:
        """Requeue a job that is held for a problem, failed or was cancelled. Raises what the queue raises."""
        await self._store.retry(job_id)
        self.wake()

    def plate(self, machine_id: str) -> Plate:
        """Return what is known of the plate of a printer."""
        if worker := self._workers.get(machine_id):
            return worker.status.plate
        return self._plates.get(machine_id, Plate())

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
            if worker := self._workers.get(machine_id):
                plate = worker.clear_plate()
            else:
                plate = self._plates[machine_id] = replace(plate, is_occupied=False)
        await self._store.set_plate(machine_id, plate)
        self.wake()
        return was_occupied

    # --- how ---

    def _worker_of(self, job_id: str) -> MachineWorker | None:
        for worker in self._workers.values():
            if worker.open_print and worker.open_print.job_id == job_id:
                return worker
        return None

    async def copying_obstacle(self, job_id: str, machine_id: str) -> Reason | None:
        """Return why the file of a job cannot be copied to a printer, for a person who prints it there; None if it can, this moment.

        Raises what the store raises.
        """
        job = await self._store.job(job_id)
        attached = self._attached.get(machine_id)
        if attached and not await self._drivers.confirm(attached.printer.serial):
            attached = None
        for view in self._views() if attached else ():
            if view.id == machine_id:
                return copying_obstacle(job, view)
        if other := self.other_driver(machine_id):
            return driven_elsewhere(machine_id, other)
        return Reason(key=ReasonKey.DRIVER_UNKNOWN, machine_id=machine_id)

    async def check_here(self, job_id: str) -> None:
        """Make sure that no other Home Assistant prints a job. Raises PrintedElsewhereError."""
        if self._worker_of(job_id) or not (print_ := await self._stored_print(job_id)):
            return
        if other := await self._elsewhere(print_):
            raise PrintedElsewhereError(other.instance)

    async def _elsewhere(self, print_: Print) -> OtherPrinter | None:
        """Return the printer of another Home Assistant that has a print; None where this one may settle it."""
        if other := (await self._store.printers()).others.get(print_.machine_id):
            return other
        if driver := self.other_driver(print_.machine_id):
            model = self._attached[print_.machine_id].model
            return OtherPrinter(name="", model=model, instance=driver.instance)
        return None

    async def _open_print(self, machine_id: str) -> Print | None:
        for print_ in await self._store.open_prints():
            if print_.machine_id == machine_id:
                return print_
        return None

    async def _stored_print(self, job_id: str) -> Print | None:
        for print_ in await self._store.open_prints():
            if print_.job_id == job_id:
                return print_
        return None
