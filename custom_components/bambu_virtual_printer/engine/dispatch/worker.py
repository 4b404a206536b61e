"""Runs the queue on one printer: its print, its plate, and the files left on its card."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
import logging

from ..library.values.driving import NOBODY_KNOWN
from ..library.values.prints import Plate, Print, StalePrintError, UsedSpool
from ..machines.errors import UploadError
from ..machines.filaments import NO_GRAMS, Grams, LoadedSpools
from ..machines.mapping import Places
from ..machines.transfer import Progress
from ..machines.values import DeveloperMode, MachineState, Phase, Spool, SpoolPlace
from .admission import MachineView, hardware_obstacle, machine_obstacle, same_model
from .filament_choice import spools_for
from .jobs import AnyPrinter, OnePrinter, QueuedJob
from .orders import Stopping
from .plates import PlateWatch
from .ports import Claim, Drivers, Printer, PrintStore
from .power_states import PowerState
from .print_run import PrintRun
from .reasons import Reason, ReasonKey
from .record import is_in_memory
from .spool_amounts import SpoolAmounts
from .times import Clock, DispatchTimes
from .tracking import recognise

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineRules:
    """A person's choices for a printer.

    `is_allowed` is whether the queue may start prints there at all, `needs_cleared_plate` whether its plate has to be cleared
    between prints, `needs_known_grams` whether it prints only from spools of which it is known what is left.
    """

    is_allowed: bool = False
    needs_cleared_plate: bool = True
    needs_known_grams: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineStatus:
    """The state of the queue on a printer. `upload` is set while the file of `print` is being sent."""

    print: Print | None
    upload: Progress | None
    plate: Plate


class MachineWorker:
    """Works from `start` to `close`."""

    def __init__(
        self,
        machine_id: str,
        model: str,
        printer: Printer,
        rules: MachineRules,
        store: PrintStore,
        *,
        plate: Plate,
        open_print: Print | None,
        last_spool: UsedSpool | None,
        claiming: asyncio.Lock,
        wake_planner: Callable[[], None],
        may_begin: Callable[[QueuedJob, str], Reason | None],
        drivers: Drivers,
        changed: Callable[[], None],
        times: DispatchTimes,
        clock: Clock,
    ) -> None:
        """Prepare. `open_print` is the one left open by an earlier run of this program, `last_spool` was in use in it last.

        `claiming` is held while a job is claimed, until `take` was called. `may_begin` says what about time keeps a job from
        beginning here, right before it would. `drivers` know whether the printer is driven from here.
        """
        self.id = machine_id
        self.model = model
        self.rules = rules
        self.power: PowerState | None = None
        """What goes on with the printer's plug, where it has one that is known."""
        self._printer = printer
        self._store = store
        self._watch = PlateWatch(plate)
        self._claiming = claiming
        self._wake_planner = wake_planner
        self._may_begin = may_begin
        self._drivers = drivers
        self._last_start_at = open_print.published_at if open_print else None
        self._was_active: bool | None = None
        self._changed = changed
        self._times = times
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._print = open_print
        self._claim: Claim | None = None
        self._run: PrintRun | None = None
        self._settled_at = float("-inf")
        self._settle_timer: asyncio.TimerHandle | None = None
        self._stored_plate = plate
        self._amounts = SpoolAmounts()
        self._spent: tuple[QueuedJob, Places] | None = None
        # That of a print which an earlier run of this program has begun, as long as its spools are not known.
        self._resumed: QueuedJob | None = None
        self._last_spool = self._stored_spool = last_spool
        self._spool_changed = asyncio.Event()
        self._free_since: datetime | None = None
        self._relevant: object = None
        self._is_swept = False
        self._sweep_timer: asyncio.TimerHandle | None = None
        # Whether to read the open prints, and until when to do so now and then.
        self._is_claim_doubted = False
        self._claim_doubted_until = float("-inf")
        self._doubt_timer: asyncio.TimerHandle | None = None
        # By the ids that the printer would report of them.
        self._not_begun: dict[str, Print] = {}
        self._is_news_of_late = False
        self._wake = asyncio.Event()
        self._plate_changed = asyncio.Event()
        # Set when the print, or what carries it on, becomes another one.
        self._turned = asyncio.Event()
        # The print that a person has cancelled last: what carries it on anew after an error has to know.
        self._cancelled = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Start its tasks."""
        self._unsubscribe = self._printer.subscribe(self._see)
        self._see(self._printer.state)
        self._tasks = [
            self._loop.create_task(self._work(), name=f"prints on {self.id}"),
            self._loop.create_task(self._keep_plate(), name=f"plate of {self.id}"),
            self._loop.create_task(self._keep_spool(), name=f"spool of {self.id}"),
        ]

    async def close(self) -> None:
        """End its tasks. An open print stays open, to be resumed later."""
        self._unsubscribe()
        if self._settle_timer:
            self._settle_timer.cancel()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        # Last, since a sweep that was under way may have failed meanwhile.
        if self._sweep_timer:
            self._sweep_timer.cancel()
        if self._doubt_timer:
            self._doubt_timer.cancel()

    # --- what is known ---

    @property
    def is_driven_here(self) -> bool:
        """Whether no other Home Assistant can be driving the printer."""
        return self._drivers.driver(self._printer.serial).is_here

    async def _confirm(self) -> bool:
        return await self._drivers.confirm(self._printer.serial)

    @property
    def open_print(self) -> Print | None:
        """The print of the queue that the printer has."""
        return self._run.print if self._run else self._print

    @property
    def run(self) -> PrintRun | None:
        """The print that is being carried on."""
        return self._run

    @property
    def late_print(self) -> Print | None:
        """A print that the printer has begun, or finished, although it counts as not begun: its id proves it."""
        state = self._printer.state
        if not state.is_available or not state.is_current:
            return None
        print_ = self._not_begun.get(state.job.subtask_id)
        if print_ is None or state.phase.is_active:
            return print_
        # A FINISH that was there before may be that of the print before, beside new names.
        is_done = state.phase is Phase.FINISH and print_.phase_before != Phase.FINISH
        return print_ if is_done else None

    def set_amounts(self, grams: Grams) -> bool:
        """Take over what sensors tell of the spools. Returns whether that is another amount than before."""
        if self._amounts.told_by_sensors == grams:
            return False
        self._amounts.told_by_sensors = dict(grams)
        return True

    def look_for_late(self) -> None:
        """Resume the late print, whose job is queued now."""
        self._is_news_of_late = True
        self._wake.set()

    @property
    def status(self) -> MachineStatus:
        """The status to show."""
        return MachineStatus(
            print=self.open_print,
            upload=self._run.progress if self._run else None,
            plate=self._watch.plate,
        )

    def view(self) -> MachineView:
        """Return the printer for the planner."""
        open_print = self.open_print
        return replace(
            self._own_view(),
            held_by=open_print.job_id if open_print else "",
            has_question=bool(open_print and open_print.question),
            is_starting=bool(
                open_print
                and not open_print.phase.has_begun
                and not open_print.question
            ),
            is_settling=self._loop.time() < self._settled_at,
        )

    def _own_view(self) -> MachineView:
        """Return the printer for the print that it has."""
        return MachineView(
            id=self.id,
            model=self.model,
            state=self._printer.state,
            report_age_s=self._printer.report_age_s,
            is_allowed=self.rules.is_allowed,
            is_plate_blocked=self.rules.needs_cleared_plate
            and self._watch.plate.is_occupied,
            left_g=self._amounts.left_g(self._printer.state),
            reserved_g=self._for_other_copies(),
            needs_known_grams=self.rules.needs_known_grams,
            last_spool=_place(self._last_spool) if self._last_spool else None,
            free_since=self._free_since,
            last_start_at=self._last_start_at,
            power=self.power,
            other_driver=None if self.is_driven_here else NOBODY_KNOWN,
        )

    def _check(self, job: QueuedJob) -> Places | Reason:
        """Return the spools for a job that is about to be sent, or the reason against it by now."""
        view = self._own_view()
        is_meant = False
        match job.target:
            case OnePrinter(machine_id=machine_id):
                is_meant = machine_id == self.id
            case AnyPrinter(model=model):
                is_meant = same_model(model, self.model)
        if not is_meant:
            return Reason(key=ReasonKey.NO_TARGET)
        return (
            machine_obstacle(view)
            or hardware_obstacle(job.needs, view)
            or self._may_begin(job, self.id)
            or spools_for(
                job,
                view,
                LoadedSpools(view.state, view.left_g),
                trust_wishes=isinstance(job.target, OnePrinter),
            )
        )

    def _spend(self, job: QueuedJob, places: Places) -> None:
        self._unspend()
        self._spent = job, places
        self._amounts.take(self._printer.state, job, places)

    async def _load_resumed(self, print_: Print) -> None:
        """Find out what a print takes that is resumed: only its printer knows from which spools."""
        try:
            self._resumed = await self._store.job(print_.job_id)
        except Exception as err:  # noqa: BLE001 - as below; what it prints is more important
            _LOGGER.warning("What is printed on %s is not known: %s", self.id, err)
        self._spend_resumed(self._printer.state)

    def _spend_resumed(self, state: MachineState) -> None:
        """Find the spools of a resumed print among those that are loaded, by the rules by which it was given them."""
        job = self._resumed
        if job is None or not state.is_available or not state.is_current:
            return
        found = spools_for(
            # What it takes of them was promised to it.
            replace(job, prints_anyway=True),
            self._own_view(),
            LoadedSpools(state, self._amounts.left_g(state)),
            trust_wishes=isinstance(job.target, OnePrinter),
        )
        if not isinstance(found, Reason):
            self._resumed = None
            self._spend(job, found)
            self._wake_planner()

    def _for_other_copies(self) -> Grams:
        """Return what the copies of the job under way still take that come after the one that is printed."""
        if self._spent is None:
            return NO_GRAMS
        job, places = self._spent
        others = job.copies - 1
        found: dict[SpoolPlace, float] = {}
        for filament in job.needs.filaments if others > 0 else ():
            place = places[filament.index]
            if place and filament.grams:
                found[place] = found.get(place, 0.0) + filament.grams * others
        return found

    def _unspend(self) -> None:
        if self._spent:
            self._amounts.give_back(*self._spent)
            self._spent = None

    def _spend_no_more(self) -> None:
        """Note that no print takes anything now; what the last one has taken is gone."""
        self._amounts.end()
        self._spent = self._resumed = None

    def _follow_spools(self, state: MachineState) -> None:
        """Note which spool was in use last, as long as it is there, and since when the printer is free."""
        last = self._last_spool
        if state.active_spool and (active := state.spool(state.active_spool)):
            last = _used(active)
        elif last and state.is_available and state.is_current and state.spools:
            now = state.spool(_place(last))
            if now is None or not now.is_present or _used(now) != last:
                last = None
        if last != self._last_spool:
            self._last_spool = last
            self._spool_changed.set()
        if not state.is_available or not state.phase.is_free:
            self._free_since = None
        elif self._free_since is None:
            self._free_since = self._clock()

    # --- what happens ---

    def take(self, claim: Claim) -> None:
        """Print a job that was claimed for this printer."""
        self._claim = claim
        self._print = claim.print
        self._wake.set()

    def look_for_claim(self, *, may_come: bool = False) -> None:
        """Look for a print that may have been claimed for this printer without anybody having been told.

        With `may_come` it may still be stored in a while.
        """
        if may_come:
            self._claim_doubted_until = self._loop.time() + self._times.claim_s
        self._doubt_claim()

    def look_at_plate(self, stored: Plate) -> None:
        """Take note that this is stored of the plate now. It is the driver that knows."""
        self._stored_plate = stored
        self._plate_changed.set()

    def _doubt_claim(self) -> None:
        self._is_claim_doubted = True
        self._wake.set()

    def clear_plate(self) -> Plate:
        """Mark the plate as cleared; the caller stores it."""
        self._watch.clear()
        self._stored_plate = self._watch.plate
        self._changed()
        return self._watch.plate

    def has(self, print_id: str) -> bool:
        """Return whether the printer has a print, as far as is known."""
        return self.open_print is not None and self.open_print.id == print_id

    async def run_of(self, print_id: str) -> PrintRun | None:
        """Return what carries a print on, as soon as it does; None where the print has ended, or nothing does so in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.order_s):
                while self._run is None and self.has(print_id):
                    await self._turn()
        return self._run if self.has(print_id) else None

    async def ended(self, print_id: str) -> None:
        """Wait for the end of a print to be stored that the printer does not print any more, no longer than that takes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.end_s):
                while self.has(print_id) and not self._printer.state.phase.is_active:
                    await self._turn()

    async def give_up(self, run: PrintRun) -> bool:
        """Cancel a print before its start. Returns whether it has ended in time; else it does so as soon as that can be stored."""
        print_id = run.print.id
        self._cancelled = print_id
        run.give_up()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.order_s):
                while self.has(print_id):
                    await self._turn()
        return not self.has(print_id)

    async def stop(self, run: PrintRun) -> Stopping:
        """Stop a print. Raises PrintOverError, TimeoutError."""
        self._cancelled = run.print.id
        return await run.stop()

    async def _turn(self) -> None:
        self._turned.clear()
        await self._turned.wait()

    def _see(self, state: MachineState) -> None:
        self._follow_spools(state)
        self._spend_resumed(state)
        self._watch_starts(state)
        own = self.open_print
        may_be_own = (
            own is not None
            and own.phase.may_print
            and recognise(state.job, own) is not False
        )
        if self._watch.see(state, own=own if may_be_own else None):
            self._plate_changed.set()
            self._changed()
        was_there = isinstance(self._relevant, tuple)
        relevant = _relevant(state)
        if relevant != self._relevant:
            self._relevant = relevant
            self._wake_planner()
            if self.late_print:
                self.look_for_late()
        if state.is_available and not was_there:
            # Files may be left from before.
            self._is_swept = False
            self._wake.set()

    def _watch_starts(self, state: MachineState) -> None:
        """Take note of when the printer began, whoever started it: it heats then."""
        if not state.is_available or not state.is_current:
            return
        if state.phase.is_active and self._was_active is False:
            self._last_start_at = self._clock()
        if state.phase is not Phase.UNKNOWN:
            self._was_active = state.phase.is_active

    async def _work(self) -> None:
        is_known = False
        while True:
            try:
                if not is_known:
                    await self._load_not_begun()
                    is_known = True
                await self._next()
            except StalePrintError:
                # Another Home Assistant has it, or its job is printed elsewhere: what is stored holds. Its file may be on the card.
                _LOGGER.info("The print on %s was ended or taken over", self.id)
                self._is_swept = False
                await self._go_by_what_is_stored()
            except Exception:
                _LOGGER.exception("The print on %s is interrupted", self.id)
                await asyncio.sleep(self._times.retry_s)
                await self._go_by_what_is_stored()

    async def _next(self) -> None:
        """Carry on the open print, or clean up and wait."""
        self._wake.clear()
        if self._print is not None:
            await self._carry_on(self._print)
        elif self._is_claim_doubted:
            await self._find_claim()
        elif self._is_news_of_late and (late := self.late_print):
            self._is_news_of_late = False
            await self._join(late)
        elif not self._is_swept and self._printer.state.is_available:
            await self._sweep()
        else:
            await self._wake.wait()

    async def _carry_on(self, print_: Print) -> None:
        claim, self._claim = self._claim, None
        if claim is None and print_.phase.may_print:
            await self._load_resumed(print_)
        self._run = run = PrintRun(
            print_,
            self._printer,
            self._store,
            check=self._check,
            confirm=self._confirm,
            spend=self._spend,
            occupy=self._occupy,
            changed=self._changed,
            times=self._times,
            clock=self._clock,
        )
        if print_.id == self._cancelled:
            run.give_up()
        self._turned.set()
        try:
            await run.run(claim)
        finally:
            self._run = None
            self._print = None if run.is_over else run.print
            self._turned.set()
        self._settle(run)
        if not run.has_begun:
            self._unspend()
        self._spend_no_more()
        if run.is_over and run.print.publishes:
            await self._load_not_begun()
        self._is_swept = False
        self._changed()
        self._wake_planner()

    async def _load_not_begun(self) -> None:
        """Load the prints that were published here and count as not begun. Printers have begun minutes later."""
        found = await self._store.not_begun(self.id)
        self._not_begun = {str(one.subtask_id): one for one in found}
        self._is_news_of_late = True

    async def _join(self, late: Print) -> None:
        """Resume a print whose job was requeued too early, before it is printed again."""
        joined = await self._store.reopen(late)
        if joined is None:
            # Its job has another print, or has ended. When it is queued again, the planner asks for this again.
            return
        _LOGGER.info("%s has begun a print that counted as not begun", self.id)
        del self._not_begun[str(late.subtask_id)]
        self._print = joined
        self._changed()
        self._wake_planner()

    def _occupy(self, print_: Print) -> None:
        self._watch.occupy(print_)
        self._plate_changed.set()

    def _settle(self, run: PrintRun) -> None:
        """Start nothing for a while on a printer that may still react to a failed start."""
        if run.published_at is None:
            return
        self._settled_at = run.published_at + self._times.settle_s
        if self._loop.time() < self._settled_at:
            self._settle_timer = self._loop.call_at(
                self._settled_at, self._wake_planner
            )

    async def _go_by_what_is_stored(self) -> None:
        """Go on with the stored print after an error. There is none where its end was stored, and only the answer was lost."""
        before = self._print
        await self._reload()
        if self._print is None:
            if before and str(before.subtask_id) in self._not_begun:
                self._unspend()
            self._spend_no_more()

    async def _reload(self) -> None:
        """Read the stored print after an error."""
        while True:
            try:
                await self._load_not_begun()
                # A job that was claimed while the prints were being read would be missed.
                async with self._claiming:
                    await self._load_open()
            except Exception as err:  # noqa: BLE001 - a store may raise anything, and is asked again
                _LOGGER.warning("The prints cannot be read: %s", err)
                await asyncio.sleep(self._times.retry_s)
                continue
            self._turned.set()
            self._changed()
            self._wake_planner()
            return

    async def _find_claim(self) -> None:
        """Take up what was claimed for this printer without its being told: it is put back, since nothing was published."""
        self._is_claim_doubted = False
        is_read = True
        try:
            async with self._claiming:
                await self._load_open()
        except Exception as err:  # noqa: BLE001 - as above
            is_read = False
            _LOGGER.warning("The prints cannot be read: %s", err)
        if self._print is not None:
            self._changed()
            self._wake_planner()
        elif not is_read or self._loop.time() < self._claim_doubted_until:
            if self._doubt_timer:
                self._doubt_timer.cancel()
            self._doubt_timer = self._loop.call_later(
                self._times.retry_s, self._doubt_claim
            )

    async def _load_open(self) -> None:
        found = await self._store.open_prints()
        self._print = next((one for one in found if one.machine_id == self.id), None)
        if self._claim and self._claim.print != self._print:
            self._claim = None

    async def _sweep(self) -> None:
        """Remove files of prints that have ended: some printers print what is left again at power-up."""
        self._is_swept = True
        for print_ in await self._store.leftovers(self.id):
            try:
                await self._printer.delete(
                    print_.file, from_memory=is_in_memory(print_)
                )
            except UploadError as err:
                _LOGGER.debug("%s stays on %s: %s", print_.file, self.id, err)
                self._sweep_timer = self._loop.call_later(
                    self._times.sweep_s, self._sweep_again
                )
                return
            await self._store.removed(print_)

    def _sweep_again(self) -> None:
        self._is_swept = False
        self._wake.set()

    async def _keep_plate(self) -> None:
        """Store the plate whenever it changes."""
        while True:
            await self._plate_changed.wait()
            self._plate_changed.clear()
            plate = self._watch.plate
            if plate == self._stored_plate:
                continue
            try:
                await self._store.set_plate(self.id, plate)
            except Exception as err:  # noqa: BLE001 - as above
                _LOGGER.warning("The plate of %s is not stored: %s", self.id, err)
                await asyncio.sleep(self._times.retry_s)
                self._plate_changed.set()
            else:
                self._stored_plate = plate
                self._wake_planner()

    async def _keep_spool(self) -> None:
        """Store which spool was in use last whenever it is another one."""
        while True:
            await self._spool_changed.wait()
            self._spool_changed.clear()
            spool = self._last_spool
            if spool == self._stored_spool:
                continue
            try:
                await self._store.remember_spool(self._printer.serial, spool)
            except Exception as err:  # noqa: BLE001 - as above
                _LOGGER.warning("The spool of %s is not stored: %s", self.id, err)
                await asyncio.sleep(self._times.retry_s)
                self._spool_changed.set()
            else:
                self._stored_spool = spool


def _used(spool: Spool) -> UsedSpool:
    return UsedSpool(
        unit=spool.place.unit,
        slot=spool.place.slot,
        type=spool.type,
        color=spool.color,
        preset_id=spool.preset_id,
    )


def _place(used: UsedSpool) -> SpoolPlace:
    return SpoolPlace(unit=used.unit, slot=used.slot)


def _relevant(state: MachineState) -> object:
    """Return what planning depends on; most reports change only temperatures. Of an unavailable printer it is the availability."""
    if not state.is_available:
        return state.availability
    return (
        state.is_current,
        state.phase.is_active,
        state.phase.is_free,
        state.job.subtask_id,
        state.nozzles and [nozzle.diameter_mm for nozzle in state.nozzles],
        [(unit.id, unit.nozzle, unit.spools) for unit in state.ams],
        state.external,
        state.print_error,
        state.storage.state,
        state.developer_mode is DeveloperMode.OFF,
    )
