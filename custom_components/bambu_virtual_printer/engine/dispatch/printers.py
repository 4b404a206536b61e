"""The printers that the queue may use: those that are set up here, which of them are driven from here, and what lies on each."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
import logging

from ..library.values.driving import NOBODY_KNOWN, Driver, Printers
from ..library.values.prints import Plate, Print
from ..machines.families import UrlForm
from ..machines.filaments import NO_GRAMS, Grams
from ..machines.mapping import MappingForm
from ..storage import StorageError
from .admission import MachineView
from .jobs import QueuedJob
from .ports import Drivers, OnlyHere, Printer, PrintStore
from .reasons import Reason
from .times import Clock, DispatchTimes
from .worker import MachineRules, MachineWorker

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Attached:
    """A printer that is set up, whoever drives it."""

    printer: Printer
    model: str
    rules: MachineRules
    grams: Grams = NO_GRAMS


class AttachedPrinters:
    """Keeps a worker for each printer that is driven from here, as Home Assistants take printers and let go of them.

    `claiming` is held while jobs are claimed. `wake` is called after whatever planning depends on, `changed` when a status
    changes; neither may raise. `may_begin` returns why a job may not begin on its printer after all.
    """

    def __init__(
        self,
        store: PrintStore,
        drivers: Drivers,
        *,
        claiming: asyncio.Lock,
        wake: Callable[[], None],
        changed: Callable[[], None],
        may_begin: Callable[[QueuedJob, str], Reason | None],
        times: DispatchTimes,
        clock: Clock,
    ) -> None:
        """Begin with none."""
        self._store = store
        self._drivers = drivers
        self._claiming = claiming
        self._wake = wake
        self._changed = changed
        self._may_begin = may_begin
        self._times = times
        self._clock = clock
        self._attached: dict[str, _Attached] = {}
        # Of those that are driven from here.
        self._workers: dict[str, MachineWorker] = {}
        # One at a time begins or ends to be driven.
        self._arranging = asyncio.Lock()
        self._drivers_changed = asyncio.Event()
        self._plates: dict[str, Plate] = {}
        self._knows_plates = False
        self._follower: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Follow who drives the printers. Raises what the store raises, unless it is of a library that others have too: that may be away."""
        try:
            await self._recall_plates()
        except StorageError as err:
            if isinstance(self._drivers, OnlyHere):
                raise
            _LOGGER.debug("The plates are not known yet: %s", err)
        self._unsubscribe = self._drivers.subscribe(self._drivers_changed.set)
        self._follower = asyncio.create_task(self._follow_drivers(), name="drivers")

    async def stop(self) -> None:
        """Detach all."""
        self._unsubscribe()
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.wait([self._follower])
        for machine_id in tuple(self._attached):
            await self.detach(machine_id)

    # --- attaching and driving ---

    async def attach(
        self, machine_id: str, printer: Printer, *, model: str, rules: MachineRules
    ) -> None:
        """Let the queue use a printer, and resume its open print: once the store answers, and no other Home Assistant drives it."""
        async with self._arranging:
            self._attached[machine_id] = _Attached(
                printer=printer, model=model, rules=rules
            )
            self._drivers.ask(printer.serial)
            try:
                await self._follow(machine_id)
            except:
                del self._attached[machine_id]
                self._drivers.release(printer.serial)
                raise
        self._wake()

    async def detach(self, machine_id: str) -> None:
        """Stop using a printer. It goes on printing; its print is found when it is attached again."""
        async with self._arranging:
            attached = self._attached.pop(machine_id, None)
            if attached is None:
                return
            await self._drive_no_more(machine_id)
            self._drivers.release(attached.printer.serial)
        self._wake()

    async def _drive(self, machine_id: str) -> None:
        """Begin to use a printer that is driven from here. Raises what the store raises."""
        attached = self._attached[machine_id]
        printer = attached.printer
        async with self._claiming:
            # What was claimed for the printer as it was attached before is put back by now, and nothing is answered for it
            # until it is attached.
            await self._recall_plates()
            plate = await self._store.take_over(machine_id, printer.serial)
            if plate is not None:
                self._plates[machine_id] = plate
            open_print = await self.open_print(machine_id)
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
                claiming=self._claiming,
                wake_planner=self._wake,
                may_begin=self._may_begin,
                drivers=self._drivers,
                changed=self._changed,
                times=self._times,
                clock=self._clock,
            )
            worker.set_amounts(attached.grams)
            self._workers[machine_id] = worker
            worker.start()

    async def take_over(self, machine_id: str) -> None:
        """Follow what others have left open on a printer that is driven from here and has nothing, which knows more than a person.

        Raises what the store raises; nothing may be claimed meanwhile.
        """
        worker = self._workers.get(machine_id)
        if worker is None or worker.open_print or not worker.is_driven_here:
            # In a moment, or once that has ended.
            return
        serial = self._attached[machine_id].printer.serial
        if (plate := await self._store.take_over(machine_id, serial)) is not None:
            worker.look_at_plate(plate)
        worker.look_for_claim()

    async def _drive_no_more(self, machine_id: str) -> None:
        if (worker := self._workers.pop(machine_id, None)) is None:
            return
        plate = self._plates[machine_id] = worker.status.plate
        await worker.close()
        if self._plates[machine_id] is plate:
            # Nothing was answered or cleared meanwhile.
            self._plates[machine_id] = worker.status.plate

    async def _follow_drivers(self) -> None:
        """Begin and end to use the printers as other Home Assistants let go of them and take them."""
        while True:
            await self._drivers_changed.wait()
            self._drivers_changed.clear()
            for machine_id in tuple(self._attached):
                async with self._arranging:
                    if machine_id in self._attached:
                        await self._follow(machine_id)
            self._wake()
            self._changed()

    async def _follow(self, machine_id: str) -> None:
        """Make a printer one that is driven from here, or one that is not; what fails is tried again. The caller holds `_arranging`."""
        serial = self._attached[machine_id].printer.serial
        is_here = self._drivers.driver(serial).is_here
        try:
            if is_here and machine_id not in self._workers:
                await self._drive(machine_id)
            elif not is_here and machine_id in self._workers:
                await self._drive_no_more(machine_id)
        except Exception as err:
            if isinstance(err, StorageError):
                _LOGGER.warning("%s cannot be driven: %s", machine_id, err)
            else:
                _LOGGER.exception("%s cannot be driven", machine_id)
            asyncio.get_running_loop().call_later(
                self._times.retry_s, self._drivers_changed.set
            )

    # --- what people and sensors say of them ---

    def set_rules(self, machine_id: str, rules: MachineRules) -> None:
        """Apply a person's choices. A print under way is not affected."""
        if attached := self._attached.get(machine_id):
            attached.rules = rules
            if worker := self._workers.get(machine_id):
                worker.rules = rules
            self._wake()

    def set_amounts(self, machine_id: str, grams: Grams) -> None:
        """Take over what sensors tell of what is left on a printer's spools. The word of the printer itself goes before."""
        if attached := self._attached.get(machine_id):
            attached.grams = grams
        worker = self._workers.get(machine_id)
        if worker and worker.set_amounts(grams):
            self._wake()

    # --- looking ---

    def __contains__(self, machine_id: str) -> bool:
        """Tell whether a printer is attached."""
        return machine_id in self._attached

    @property
    def workers(self) -> Collection[MachineWorker]:
        """Those of the printers that are driven from here."""
        return self._workers.values()

    def worker(self, machine_id: str) -> MachineWorker | None:
        """Return the worker of a printer that is driven from here."""
        return self._workers.get(machine_id)

    def worker_of(self, job_id: str) -> MachineWorker | None:
        """Return the worker that has a job."""
        for worker in self._workers.values():
            if worker.open_print and worker.open_print.job_id == job_id:
                return worker
        return None

    def is_unnoticed(self, print_: Print) -> bool:
        """Return whether a print was claimed for a printer here whose worker does not know; nothing may be claimed meanwhile."""
        worker = self._workers.get(print_.machine_id)
        return (
            worker is not None
            and worker.is_driven_here
            and worker.open_print is None
            and not print_.phase.may_print
        )

    def late_prints(self) -> dict[str, MachineWorker]:
        """Return the jobs that a printer has begun with although they were put back, and those printers' workers.

        If another printer was about to get such a job, that is withdrawn where it is still possible.
        """
        late = {
            print_.job_id: worker
            for worker in self._workers.values()
            if (print_ := worker.late_print)
        }
        for job_id, its_worker in late.items():
            other = self.worker_of(job_id)
            if other is not None and other is not its_worker and other.run:
                other.run.withdraw()
        return late

    async def withdraw_ended(self) -> None:
        """Send nothing on of which the print was ended before its start: its job is printed elsewhere. Raises what the store raises."""
        sending = [
            worker.run
            for worker in self._workers.values()
            if worker.run and worker.run.is_sending
        ]
        if not sending:
            return
        still_open = {print_.id for print_ in await self._store.open_prints()}
        for run in sending:
            if run.is_sending and run.print.id not in still_open:
                run.withdraw()

    def model(self, machine_id: str) -> str:
        """Return the model of a printer that is attached."""
        return self._attached[machine_id].model

    def views(self) -> Iterator[MachineView]:
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

    def other_driver(self, machine_id: str) -> Driver | None:
        """Return which other Home Assistant drives a printer that is attached; None where it is this one."""
        if machine_id in self._workers or machine_id not in self._attached:
            return None
        serial = self._attached[machine_id].printer.serial
        driver = self._drivers.driver(serial)
        # In a moment it is this one.
        return NOBODY_KNOWN if driver.is_here else driver

    async def confirm(self, machine_id: str) -> bool:
        """Return whether a printer is attached and, as it is made sure, driven from here."""
        attached = self._attached.get(machine_id)
        return attached is not None and await self._drivers.confirm(
            attached.printer.serial
        )

    async def open_print(self, machine_id: str) -> Print | None:
        """Return what a printer has of the queue, as it is stored. Raises what the store raises."""
        for print_ in await self._store.open_prints():
            if print_.machine_id == machine_id:
                return print_
        return None

    # --- plates ---

    def plate(self, machine_id: str) -> Plate:
        """Return what is known of the plate of a printer."""
        if worker := self._workers.get(machine_id):
            return worker.status.plate
        return self._plates.get(machine_id, Plate())

    def set_plate(self, machine_id: str, plate: Plate) -> None:
        """Take over what lies on a printer that is not driven from here."""
        self._plates[machine_id] = plate

    def clear_plate(self, machine_id: str) -> Plate:
        """Take note that the plate of a printer was cleared. Returns it."""
        if worker := self._workers.get(machine_id):
            return worker.clear_plate()
        plate = self._plates[machine_id] = replace(
            self.plate(machine_id), is_occupied=False
        )
        return plate

    async def look_at_plates(self, printers: Printers) -> None:
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

    async def _recall_plates(self) -> None:
        """Have what is stored of plates. Raises what the store raises."""
        if not self._knows_plates:
            self._plates = {**await self._store.plates(), **self._plates}
            self._knows_plates = True
