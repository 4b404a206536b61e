"""The real printers of a hub: their sessions, what is wrong with them, and what the queue prints on them."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
import logging
from time import monotonic
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_interval

from ..config.subentries import (
    MachineConfig,
    VirtualPrinterConfig,
    machine_configs,
    printer_configs,
    real_printers,
)
from ..const import DOMAIN
from ..engine.dispatch.dispatcher import Dispatcher
from ..engine.dispatch.fits import SpoolFits
from ..engine.dispatch.library_store import LibraryStore
from ..engine.dispatch.reasons import Reason, ReasonKey
from ..engine.dispatch.times import DispatchTimes
from ..engine.dispatch.timing import Planned
from ..engine.dispatch.worker import MachineRules
from ..engine.library.library import Library
from ..engine.library.values.job import Job, Target, TargetKind
from ..engine.library.values.prints import Problem
from ..engine.machines.check import PrinterCheck, check_printer
from ..engine.machines.machine import MachineServices
from ..engine.machines.values import Availability
from ..engine.protocol.printer_models import find_model
from ..engine.relay.services import RelayServices
from ..engine.storage import StorageError
from ..engine.values import FilamentRule
from ..health.issues import Issues
from ..health.job_questions import JobQuestions
from ..health.machine_issues import MachineIssues
from ..language.texts import Texts
from ..operations.context import acting
from ..operations.forecast import Forecast
from ..operations.limits import Limits
from ..operations.people import People
from ..operations.targets import shown_targets
from ..presentation.machines import problem_text, reason_sentence
from ..printers.devices import machine_device_info, printer_identifiers
from ..printers.machines import Machines, ManagedMachine, QueueShare
from .card_copies import CardCopies
from .energy import PrintEnergy
from .filament_calls import FilamentCalls
from .late_jobs import LateJobs
from .power import PrinterPower
from .spool_sensors import SpoolSensors
from .when.house import House

_LOGGER = logging.getLogger(__name__)

ISSUES_INTERVAL = timedelta(minutes=30)
DOUBT_INTERVAL_S = 3600.0
DISPATCH_TIMES = DispatchTimes()


class RealPrinters:
    """Follows the entry's real printers inside its `async with`, in which library and relay are open already."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        library: Library,
        relay: RelayServices,
        issues: Issues,
        limits: Limits,
        people: People,
        *,
        on_change: CALLBACK_TYPE,
        on_missing: Callable[[Job], None],
        on_late: Callable[[Job], None],
    ) -> None:
        """Prepare; `on_change` is called when what is shown of the queue may be another, `on_missing` with jobs that need filament, `on_late` once with those that cannot be ready in time.

        Believes whom proxies believe.
        """
        self._library = library
        self._people = people
        self._relay = relay
        self._hass = hass
        self._entry = entry
        self._on_change = on_change
        self._issues = MachineIssues(hass, issues)
        self._questions = JobQuestions(hass)
        self._machines = Machines(
            self._see, attach=self._async_attach, detach=self._async_detach
        )
        self._house = House(hass, self._run_in_background, self._wake)
        self.dispatcher = Dispatcher(
            LibraryStore(library, limits.allowances, self.rule_of),
            drivers=library.drivers,
            surroundings=self._house,
            changed=self._dispatch_changed,
            times=DISPATCH_TIMES,
        )
        self.copies = CardCopies(library, self.dispatcher, self._on_change)
        """What is copied to printers for people who print it there."""
        self._spool_sensors = SpoolSensors(hass, self.dispatcher.set_amounts)
        # By the virtual printer that jobs came in by.
        self._filament_rules: Mapping[str, FilamentRule] = {}
        self.filament_calls = FilamentCalls(hass, on_missing)
        """The jobs that wait for filament."""
        self._late_jobs = LateJobs(library, self._run_in_background, on_late)
        self._power = PrinterPower(
            hass,
            self.dispatcher,
            spawn=self._run_in_background,
            trouble=self._issues.power,
        )
        self._energy = PrintEnergy(
            hass,
            library,
            self.dispatcher,
            spawn=self._run_in_background,
        )
        self._services: MachineServices | None = None
        self._resources = AsyncExitStack()
        self._doubted_at: dict[str, float] = {}
        # Since when printers cannot be reached, as it is stored.
        self._lost_at: dict[str, datetime | None] = {}
        self._noting: set[str] = set()
        self._jobs: Sequence[Job] = ()
        self._free_from: Mapping[str, datetime] = {}
        self._reasons: Mapping[str, Reason] = {}
        self._shown_ends: dict[str, datetime | None] = {}

    @property
    def model_names(self) -> frozenset[str]:
        """The slicers' names of their models. Also threads may ask for it."""
        return frozenset(
            machine.config.model.profile_name for machine in tuple(self.by_id.values())
        )

    @property
    def by_id(self) -> Mapping[str, ManagedMachine]:
        """The printers by the ids of their subentries."""
        return self._machines.by_id

    def find(self, serial: str) -> ManagedMachine | None:
        """Find the printer of a serial number that is set up."""
        return next(
            (
                machine
                for machine in self._machines.by_id.values()
                if machine.config.serial == serial
            ),
            None,
        )

    @property
    def reasons(self) -> Mapping[str, Reason]:
        """Why the jobs in line wait, as of the last plan."""
        return self._reasons

    @property
    def planned(self) -> Mapping[str, Planned]:
        """When jobs begin that only wait for their time, as of the last plan."""
        return self.dispatcher.planned

    @property
    def planned_starts(self) -> Mapping[str, datetime]:
        """When jobs begin that only wait for their time, by job."""
        return {id_: one.start for id_, one in self.dispatcher.planned.items()}

    def first_start(
        self, job: Job, machine_id: str, moment: datetime, length: timedelta
    ) -> datetime:
        """Return the first start from a moment on that the quiet hours of a job and of a printer leave; that moment where they leave none."""
        quiet = self._house.quiet(machine_id, job.timing.quiet)
        return quiet.first_start(moment, length) or moment

    @property
    def late(self) -> frozenset[str]:
        """The jobs that cannot be ready in time, as of the last plan."""
        return self.dispatcher.late

    @property
    def ready_by(self) -> Mapping[str, datetime]:
        """When jobs should be ready that are not due themselves, because of their printers, as of the last plan."""
        return self.dispatcher.ready_by

    @property
    def fits(self) -> SpoolFits:
        """Which loaded spools the jobs in line could be printed with."""
        return self.dispatcher.fits()

    def rule_of(self, printer_id: str) -> FilamentRule:
        """Return which spools may be used for jobs of a virtual printer that have no rule of their own."""
        return self._filament_rules.get(printer_id, FilamentRule.MATCH_COLOR)

    @property
    def progress(self) -> Mapping[str, int]:
        """How far the jobs are that printers have, in percent: of the upload, then of the print."""
        found = {}
        for machine in self._machines.by_id.values():
            share = machine.share
            if share.job_id is None:
                continue
            percent = share.upload_percent
            if percent is None and machine.is_printing:
                percent = machine.state.job.percent
            if percent is not None:
                found[share.job_id] = percent
        return found

    @property
    def reported_ends(self) -> Mapping[str, datetime]:
        """When printers say that they are done with the copies that they print, by job."""
        return {
            machine.share.job_id: machine.ends_at
            for machine in self._machines.by_id.values()
            if machine.share.job_id and machine.share.has_begun and machine.ends_at
        }

    @callback
    def async_on_machine(
        self, listener: Callable[[ManagedMachine], None]
    ) -> CALLBACK_TYPE:
        """Call `listener` for every printer there is and every one that comes. Returns how to stop that."""
        return self._machines.async_on_machine(listener)

    # --- life ---

    async def __aenter__(self) -> Self:
        """Begin; printers come with `async_sync`. Raises StorageError."""
        await self.filament_calls.async_load()
        async with AsyncExitStack() as resources:
            resources.push_async_callback(self.filament_calls.async_save)
            # What somebody may have printed may be another.
            resources.callback(self._people.async_add_listener(self.dispatcher.wake))
            self._relay.add_announcement_handler(self._machines.async_announced)
            self._services = await resources.enter_async_context(
                MachineServices(self._relay.trust)
            )
            await self._power.async_load()
            await self._energy.async_load()
            await self._energy.async_settle()
            resources.push_async_callback(self._machines.async_stop)
            resources.push_async_callback(self._power.async_stop)
            resources.push_async_callback(self._energy.async_stop)
            resources.callback(self._issues.stop)
            resources.callback(self._spool_sensors.async_stop)
            resources.callback(self._house.async_stop)
            await resources.enter_async_context(self.dispatcher)
            resources.callback(
                async_track_time_interval(
                    self._hass,
                    self._look_at_issues,
                    ISSUES_INTERVAL,
                    cancel_on_shutdown=True,
                )
            )
            self._resources = resources.pop_all()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Say goodbye to all printers, and leave nothing behind. What they print they go on with."""
        await self._resources.aclose()

    async def async_sync(self) -> None:
        """Make the printers what the entry says."""
        assert self._services
        wanted = machine_configs(self._entry)
        for config in wanted.values():
            dr.async_get(self._hass).async_get_or_create_from_info(
                config_entry_id=self._entry.entry_id,
                config_subentry_id=config.id,
                device_info=machine_device_info(self._hass, config),
            )
        await self._async_register()
        gone = self._machines.by_id.keys() - wanted.keys()
        await self._machines.async_sync(wanted, self._services)
        for machine_id in gone:
            self._issues.machine_removed(machine_id)
            self._doubted_at.pop(machine_id, None)
            self._lost_at.pop(machine_id, None)
            self._shown_ends.pop(machine_id, None)
            self._power.async_forget(machine_id)
            self._energy.async_forget(machine_id)
        self._house.async_sync({config.id: config.when for config in wanted.values()})
        for config in wanted.values():
            self.dispatcher.set_rules(config.id, _rules(config))
        self._spool_sensors.async_follow(wanted)
        self._filament_rules = {
            config.id: config.filament_rule
            for config in printer_configs(self._entry).values()
            if isinstance(config, VirtualPrinterConfig)
        }
        for machine in self._machines.by_id.values():
            self._power.async_follow(machine)
            self._energy.async_follow(machine)
        self.dispatcher.wake()
        await self._async_forget(wanted)
        self._show_shares()

    async def async_catch_up(self) -> None:
        """Do what could not be done while a shared library was away."""
        wanted = machine_configs(self._entry)
        await self._async_register()
        for machine in tuple(self._machines.by_id.values()):
            if machine.id not in self._lost_at:
                await self._async_remember(machine)
        await self._async_forget(wanted)
        await self._energy.async_settle()
        self.dispatcher.wake()

    async def _async_register(self) -> None:
        """Let other Home Assistants with this library know which printers are set up here."""
        try:
            await self._library.instances.register(real_printers(self._entry))
        except StorageError as err:
            _LOGGER.warning("The real printers are made known later: %s", err)

    async def _async_forget(self, known: Mapping[str, MachineConfig]) -> None:
        """Settle what belongs to printers that were removed, also while Home Assistant was off. Others settle their own."""
        try:
            others = await self._library.instances.printers()
            for print_ in await self._library.prints.open():
                if (
                    print_.machine_id not in known
                    and print_.machine_id not in others.ids
                ):
                    await self.dispatcher.forget(print_.machine_id)
        except StorageError as err:
            _LOGGER.error("Prints of removed printers cannot be settled: %s", err)

    async def _async_attach(self, machine: ManagedMachine) -> None:
        await self.dispatcher.attach(
            machine.id,
            machine.machine,
            model=machine.config.model.code,
            rules=_rules(machine.config),
        )
        self._spool_sensors.async_tell(machine.id)
        await self._async_remember(machine)

    async def _async_remember(self, machine: ManagedMachine) -> None:
        """Take up since when a printer cannot be reached."""
        try:
            memory = await self._library.prints.memory(machine.machine.serial)
        except StorageError as err:
            _LOGGER.warning(
                "It is not known since when %s is lost: %s", machine.name, err
            )
            return
        self._lost_at[machine.id] = memory.lost_at
        if memory.lost_at is not None:
            machine.async_lost_since(memory.lost_at)
        self._keep_lost_at(machine)

    async def _async_detach(self, machine: ManagedMachine) -> None:
        await self.copies.async_end(machine.id)
        await self.dispatcher.detach(machine.id)

    # --- what proxies notice ---

    @callback
    def async_reached(self, machine_id: str) -> None:
        """Take note that a printer can be reached: try it now rather than later."""
        machine = self._machines.by_id.get(machine_id)
        if machine and not machine.state.is_available:
            machine.async_retry()

    @callback
    def async_unverified(self, machine_id: str, fingerprint: str) -> None:
        """Have a person look at the certificate that is shown in a printer's place."""
        if machine := self._machines.by_id.get(machine_id):
            self._issues.unverified(machine, fingerprint)

    @callback
    def async_doubt_code(self, machine_id: str) -> None:
        """Find out whether a printer still takes its code, since it accepted another one: by its one session, made anew.

        It may accept more codes than one, so this is done once an hour. While the printer has a job nothing is done:
        a session that is made anew just then may break off the start (Bambuddy #1150).
        """
        machine = self._machines.by_id.get(machine_id)
        if machine is None or machine.share.job_id:
            return
        now = monotonic()
        doubted_at = self._doubted_at.get(machine_id)
        if doubted_at is None or now - doubted_at >= DOUBT_INTERVAL_S:
            self._doubted_at[machine_id] = now
            machine.async_reconnect()

    # --- what a person does ---

    async def async_set(self, machine_id: str, setting: str, *, value: bool) -> None:
        """Change one of a printer's settings, for good."""
        subentry = self._entry.subentries[machine_id]
        self._hass.config_entries.async_update_subentry(
            self._entry, subentry, data={**subentry.data, setting: value}
        )

    async def async_check(self, config: MachineConfig) -> PrinterCheck:
        """Check that a printer answers and accepts the access code, which is sent to no other device.

        One that is set up is checked while its own session pauses. While it has a job of the queue its session goes on, and
        the code is not tried.
        """
        known = self.find(config.serial)
        if known is None:
            return await self._check(config, config.access_code)
        if known.share.job_id:
            return await self._check(config, None)
        async with known.machine.paused():
            return await self._check(config, config.access_code)

    async def _check(
        self, config: MachineConfig, access_code: str | None
    ) -> PrinterCheck:
        return await check_printer(
            self._relay.dialler, config.host, config.identity, access_code
        )

    async def async_clear_plate(
        self, machine: ManagedMachine, print_id: str = ""
    ) -> bool:
        """Note that a printer's plate is free, of this print if one is named. Returns whether it was occupied by that. Raises StorageError."""
        was_occupied = await self.dispatcher.clear_plate(machine.id, print_id)
        self._show_shares()
        return was_occupied

    # --- what is shown ---

    def said(self, reason: Reason) -> str:
        """Say what is in the way at a printer, in the household's language."""
        targets = shown_targets(self._hass, self._entry, self.dispatcher.others)
        return reason_sentence(reason, targets).text(Texts(self._hass))

    def said_of(self, problem: Problem) -> str:
        """Say why an attempt came to nothing, in the household's language."""
        return problem_text(problem, Texts(self._hass))

    @callback
    def async_show(self, jobs: Sequence[Job], foreseen: Forecast) -> None:
        """Show what the queue has to do with each printer, and plan anew."""
        self._jobs = jobs
        self._free_from = foreseen.free_from
        self.filament_calls.async_look(jobs, self._reasons, self.fits)
        self._late_jobs.look(jobs, self.late, self.ready_by)
        self._questions.look(
            jobs,
            shown_targets(self._hass, self._entry, self.dispatcher.others),
        )
        self._show_shares()
        self.dispatcher.wake()

    def _run_in_background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        # The work begins at once, in whoever's name the look was.
        with acting(None):
            self._entry.async_create_background_task(
                self._hass, work, f"{DOMAIN} {name}"
            )

    @callback
    def _wake(self) -> None:
        self.dispatcher.wake()

    @callback
    def _dispatch_changed(self) -> None:
        self._show_shares()
        if self.dispatcher.reasons is not self._reasons:
            self._reasons = self.dispatcher.reasons
            self._on_change()

    def _show_shares(self) -> None:
        for machine in self._machines.by_id.values():
            self._power.async_look(machine)
            self._energy.async_look(machine)
            machine.async_show_share(self._share(machine))
            self._issues.storage_full(machine, is_full=self._is_full(machine))
            self._issues.look(machine)

    def _share(self, machine: ManagedMachine) -> QueueShare:
        jobs = sum(
            job.state.is_queued and _is_meant_for(job.target, machine)
            for job in self._jobs
        )
        free_from = self._free_from.get(machine.id)
        status = self.dispatcher.status(machine.id)
        if status is None:
            return QueueShare(
                plate=self.dispatcher.plate(machine.id),
                jobs=jobs,
                free_from=free_from,
                other_driver=self.dispatcher.other_driver(machine.id),
            )
        upload = status.upload
        return QueueShare(
            plate=status.plate,
            jobs=jobs,
            free_from=free_from,
            job_id=status.print.job_id if status.print else None,
            has_begun=bool(
                status.print
                and status.print.phase.has_begun
                and not status.print.question
            ),
            has_question=bool(status.print and status.print.question),
            upload_percent=(
                100 * upload.sent_bytes // max(upload.total_bytes, 1)
                if upload
                else None
            ),
        )

    def _is_full(self, machine: ManagedMachine) -> bool:
        return any(
            (
                job.problem is Problem.UPLOAD_STORAGE_FULL
                and job.machine_id == machine.id
            )
            or (
                (reason := self._reasons.get(job.id)) is not None
                and reason.key is ReasonKey.STORAGE_FULL
                and reason.machine_id == machine.id
            )
            for job in self._jobs
            if job.state.is_queued
        )

    @callback
    def _look_at_issues(self, _now: datetime) -> None:
        self._issues.look_at_all(self._machines.by_id)

    @callback
    def _see(self, machine: ManagedMachine, before: int | None) -> None:
        """Follow a new state of a printer, whose print was `before` percent done."""
        self._issues.look(machine)
        self._power.async_look(machine)
        self._keep_lost_at(machine)
        if version := machine.state.firmware.version:
            self._note_firmware(machine, version)
        shown = machine.ends_at if machine.share.has_begun else None
        if shown != self._shown_ends.get(machine.id):
            self._shown_ends[machine.id] = shown
            self._on_change()
        elif machine.share.job_id and machine.state.job.percent != before:
            self._on_change()

    @callback
    def _keep_lost_at(self, machine: ManagedMachine) -> None:
        """Store since when a printer cannot be reached, where that is another: a day may have a restart in it."""
        if (
            machine.id not in self._lost_at
            or machine.id in self._noting
            or machine.state.availability is Availability.CONNECTING
            or self._lost_at[machine.id] == machine.lost_at
        ):
            return
        self._noting.add(machine.id)
        self._entry.async_create_background_task(
            self._hass,
            self._async_store_lost_at(machine, machine.machine.serial),
            f"{DOMAIN} keep since when {machine.name} is lost",
        )

    async def _async_store_lost_at(self, machine: ManagedMachine, serial: str) -> None:
        try:
            while self._lost_at.get(machine.id) != (lost_at := machine.lost_at):
                await self._library.prints.remember(serial, lost_at=lost_at)
                self._lost_at[machine.id] = lost_at
        except StorageError as err:
            _LOGGER.warning("It is not stored that %s is lost: %s", machine.name, err)
        finally:
            self._noting.discard(machine.id)

    def _note_firmware(self, machine: ManagedMachine, version: str) -> None:
        devices = dr.async_get(self._hass)
        for identifier in printer_identifiers(machine.id):
            device = devices.async_get_device_by_identifier(
                identifier, self._entry.entry_id
            )
            if device and device.sw_version != version:
                devices.async_update_device(device.id, sw_version=version)


def _rules(config: MachineConfig) -> MachineRules:
    return MachineRules(
        is_allowed=config.prints_from_queue,
        needs_cleared_plate=config.waits_for_plate,
        needs_known_grams=config.needs_known_filament,
    )


def _is_meant_for(target: Target | None, machine: ManagedMachine) -> bool:
    """Tell whether a job may be printed there, by what it is meant for."""
    if target is None:
        return False
    if target.kind is TargetKind.PRINTER:
        return target.id == machine.id
    try:
        wanted = find_model(target.id)
    except KeyError:
        return False
    return wanted.profile_name == machine.config.model.profile_name
