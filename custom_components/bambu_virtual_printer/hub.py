"""The composition root: wires emulator and library to Home Assistant and owns their lifetimes.

One hub entry, one hub.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Self, cast

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryNotReady,
    HomeAssistantError,
    ServiceValidationError,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .activity.feed import ActivityFeed
from .activity.issue_reactions import IssueReactions
from .activity.mapping import is_late, needs_filament
from .activity.printer_records import PrinterRecorder
from .activity.publisher import ActivityPublisher
from .config.options import HubOptions
from .config.shared_library import SharedLibrarySettings
from .config.subentries import (
    AnyPrinterConfig,
    machine_configs,
    printer_configs,
    proxies_without_printer,
)
from .const import CONF_ENABLED, CONF_MODE, DOMAIN, SECTION_FILING
from .coordinator import LibraryCoordinator, LibrarySnapshot
from .engine.emulator.services import SharedServices
from .engine.library.library import Library
from .engine.library.values.events import IndexPresent, LibraryEvent
from .engine.library.values.job import Job
from .engine.pki.authority import CertificateAuthority
from .engine.protocol.printer_models import new_serial_suffix
from .engine.relay.services import RelayServices
from .engine.storage import StorageError
from .health.certificates import Certificates, async_open_authority
from .health.client_issues import ClientIssues
from .health.issues import Issues
from .health.networks import async_networks
from .health.setup_check import SetupChecks
from .operations.archives import Archives
from .operations.browser_uploads import BrowserUploads
from .operations.context import for_nobody
from .operations.errors import library_errors
from .operations.forecast import Forecast, forecast
from .operations.limits import Limits
from .operations.pending import Review
from .operations.people import People
from .operations.permissions import Permissions
from .operations.queue import PrintQueue
from .operations.targets import shown_targets
from .operations.verdicts import PrintVerdicts
from .presentation import SignedLinks, Texts, Wording
from .printers.devices import hub_device_info
from .printers.ending import async_end_all
from .printers.last_reports import LastReports
from .printers.managed import AnyEvent, ManagedPrinter
from .printers.spool_pools import SpoolPools
from .printers.upload_door import UploadDoor
from .printers.upload_keys import UploadKeys
from .printers.virtual_printers import PrinterCallbacks, VirtualPrinters
from .printing.orders import JobOrders
from .printing.photographs import Photographs
from .printing.real_printers import RealPrinters
from .printing.start_notices import StartNotices
from .sharing.moves import library_moves
from .sharing.opening import async_library_place

_LOGGER = logging.getLogger(__name__)

type HubConfigEntry = ConfigEntry[Hub]

CHECK_INTERVAL = timedelta(minutes=5)
MAINTENANCE_INTERVAL = timedelta(hours=1)
NETWORK_INTERVAL = timedelta(seconds=15)
EXPIRY_INTERVAL = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubParts:
    """What a hub is made of; the coordinator and the feed need the library, the relay needs the services."""

    issues: Issues
    options: HubOptions
    publisher: ActivityPublisher
    services: SharedServices
    relay: RelayServices
    library: Library
    coordinator: LibraryCoordinator
    upload_keys: UploadKeys
    last_reports: LastReports
    pools: SpoolPools
    people: People
    authority: CertificateAuthority


class Hub:
    """What a loaded hub entry is: the certificate authority, the library and the printers. Made by `create`."""

    @classmethod
    async def create(cls, hass: HomeAssistant, entry: HubConfigEntry) -> Self:
        """Open the CA and the library. Raises ConfigEntryError, ConfigEntryNotReady; then nothing is left open."""
        issues = Issues(hass, entry)
        issues.begin()
        authority = await async_open_authority(hass)
        options = HubOptions.from_entry(hass, entry)
        publisher = ActivityPublisher(hass, entry)
        people = People(hass)
        await people.async_load()
        upload_keys = UploadKeys(hass, people)
        await upload_keys.async_load()
        last_reports = LastReports(hass)
        await last_reports.async_load()
        pools = SpoolPools(hass, lambda: hub.machines.by_id, last_reports)
        await pools.async_load()

        def emit(event: LibraryEvent) -> None:
            # Nothing is emitted before the library is opened, and there is a hub then.
            hub.feed.handle_library_event(event)
            if isinstance(event, IndexPresent):
                hub.async_library_is_back()

        def real_models() -> frozenset[str]:
            # Where others share the library, they may have others.
            return frozenset() if hub.library.drivers else hub.machines.model_names

        async with AsyncExitStack() as resources:
            try:
                place = await async_library_place(
                    hass, entry, options, library_moves(hass, entry).async_prepare
                )
                services = await resources.enter_async_context(SharedServices())
                relay = await resources.enter_async_context(RelayServices(services))
                library = Library(
                    place.folder,
                    place.database_url,
                    settings=options.library_settings,
                    emit=emit,
                    aside=place.aside,
                    shared=place.shared,
                    real_models=real_models,
                )
                hub = cls(
                    hass,
                    entry,
                    HubParts(
                        issues=issues,
                        options=options,
                        publisher=publisher,
                        services=services,
                        relay=relay,
                        library=library,
                        coordinator=LibraryCoordinator(
                            hass, entry, library, publisher.publish
                        ),
                        upload_keys=upload_keys,
                        last_reports=last_reports,
                        pools=pools,
                        people=people,
                        authority=authority,
                    ),
                )
                await resources.enter_async_context(library)
                await resources.enter_async_context(hub.machines)
            except StorageError as err:
                raise ConfigEntryNotReady(
                    translation_domain=DOMAIN,
                    translation_key="library_unusable",
                    translation_placeholders={
                        "reason": Texts(hass).explained(err.explanation)
                    },
                ) from err
            resources.push_async_callback(hub.coordinator.async_stop)
            if library.why_away is None:
                await hub.coordinator.async_config_entry_first_refresh()
            else:
                hub.coordinator.async_begin_without()
            hub._start(resources)
            hub._resources = resources.pop_all()
        return hub

    def __init__(
        self,
        hass: HomeAssistant,
        entry: HubConfigEntry,
        parts: HubParts,
    ) -> None:
        """Wire the parts together; `create` opens them."""
        self.hass = hass
        self.entry = entry
        self.library = parts.library
        self.coordinator = parts.coordinator
        self.publisher = parts.publisher
        self.relay = parts.relay
        self.transfer_thread = parts.services.transfer_thread
        self.people = parts.people
        self.permissions = Permissions(hass, parts.people)
        self.limits = Limits(parts.people, parts.library)
        self.archives = Archives(parts.library, self.permissions)
        self.review = Review(parts.library, self.permissions)
        self.verdicts = PrintVerdicts(hass, parts.library, self.permissions)
        self.browser_uploads = BrowserUploads()
        self.texts = Texts(hass)
        self.links = SignedLinks(hass)
        self._options = parts.options
        self._shared = SharedLibrarySettings.from_entry(entry)
        self._issues = parts.issues
        self._client_issues = ClientIssues(hass)
        self._last_reports = parts.last_reports
        self._changing = asyncio.Lock()
        self._stopped = False
        self.printers = VirtualPrinters(
            hass,
            entry,
            authority=parts.authority,
            library=parts.library,
            services=parts.services,
            relay=parts.relay,
            upload_keys=parts.upload_keys,
            last_reports=parts.last_reports,
            pools=parts.pools,
            people=parts.people,
            machines=lambda: self.machines.by_id,
            callbacks=PrinterCallbacks(
                event=self._handle_printer_event,
                problems=self._issues.printer_problems,
                changed=self._printer_changed,
                spools=self._look_at_spools,
                removed=self._printer_removed,
            ),
        )
        self.queue = PrintQueue(parts.library, self.permissions, self.printers.plan_of)
        self.certificates = Certificates(
            hass,
            self.printers,
            self._issues,
            self._client_issues,
            changing=self._changing,
            on_change=parts.coordinator.async_update_listeners,
        )
        self.setup_checks = SetupChecks(
            hass,
            entry,
            authority=lambda: self.certificates.authority,
            statistics=lambda: self.coordinator.data.statistics,
            sharing=parts.library.check_sharing,
            texts=self.texts,
        )
        self.machines = RealPrinters(
            hass,
            entry,
            parts.library,
            parts.relay,
            self._issues,
            self.limits,
            parts.people,
            on_change=parts.coordinator.async_schedule_refresh,
            on_missing=self._tell_missing,
            on_late=self._tell_late,
        )
        self._photographs = Photographs(hass, entry, parts.library)
        self.orders = JobOrders(
            self.machines, self.queue, self.verdicts, self.permissions
        )
        self._starts = StartNotices(self.printers)
        self.feed = ActivityFeed(
            hass,
            entry,
            library=parts.library,
            printers=self.printers,
            records=PrinterRecorder(hass, entry, parts.library, self.printers),
            issues=IssueReactions(self._issues, self._client_issues, self.machines),
            starts=self._starts,
            wording=lambda: self.wording,
            publish=parts.publisher.publish,
            publish_after_refresh=parts.coordinator.async_publish_after_refresh,
            schedule_refresh=parts.coordinator.async_schedule_refresh,
        )
        self.door = UploadDoor(
            parts.upload_keys,
            self.printers,
            self.printers.cards,
            parts.services.transfer_thread,
            parts.services.guesses,
            parts.people,
            parts.library.queue_obstacle,
        )
        self._machine_ids: Collection[str] | None = None
        self._resources = AsyncExitStack()

    # --- life ---

    @callback
    def _start(self, resources: AsyncExitStack) -> None:
        """Start what goes on as long as the hub is loaded; `resources` ends it."""
        for action, interval in (
            (self._async_rerun_checks, CHECK_INTERVAL),
            (self._async_maintain, MAINTENANCE_INTERVAL),
            (self._async_watch_network, NETWORK_INTERVAL),
            (self.certificates.async_check_expiry, EXPIRY_INTERVAL),
        ):
            resources.callback(async_track_time_interval(self.hass, action, interval))
        self._look_at_held()
        resources.callback(self.coordinator.async_add_listener(self._look_at_held))
        resources.callback(self.machines.async_on_machine(self.printers.async_follow))
        resources.callback(
            self.machines.async_on_machine(self._photographs.async_follow)
        )
        # Added before any entity's, so that entities see the planned jobs.
        resources.callback(self.coordinator.async_add_listener(self._show_jobs))
        self.certificates.async_check_expiry(dt_util.utcnow())
        self._register_hub()
        self.entry.async_create_background_task(
            self.hass, self._async_maintain(), f"{DOMAIN} maintenance"
        )

    async def async_stop(self, _event: Event | None = None) -> None:
        """Stop the printers, finish what the library is doing, leave nothing behind."""
        async with self._changing:
            self._stopped = True
            async with AsyncExitStack() as steps:
                steps.callback(self.coordinator.async_publish_queued)
                steps.push_async_callback(self._resources.aclose)
                await async_end_all(self.door.async_close(), self.printers.async_stop())

    def async_setup_stop(self) -> None:
        """Stop with Home Assistant too: entries are not unloaded then."""
        self.entry.async_on_unload(
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self.async_stop)
        )

    # --- settings ---

    @for_nobody
    async def async_sync(self) -> None:
        """Apply the entry's subentries and options; start, change and stop only what differs."""
        async with self._changing:
            if self._stopped:
                return
            self._apply_options()
            self._register_hub()
            wanted = printer_configs(self.entry)
            self._issues.proxies_without_printer(proxies_without_printer(self.entry))
            machines = machine_configs(self.entry)
            self._last_reports.async_forget(machines)
            await self.machines.async_sync()
            await self.printers.async_sync(wanted)
            for printer in self.printers.values():
                # Real printers may have come, gone or got another name.
                printer.async_notify()
            self._look_at_spools()
            if machines.keys() != self._machine_ids:
                await self._async_forget_machines(machines)
                self._machine_ids = machines.keys()
        self.coordinator.async_schedule_refresh()

    async def _async_forget_machines(self, known: Collection[str]) -> None:
        """Clear the targets of jobs that were meant for removed real printers, but for those of other Home Assistants."""
        try:
            with library_errors():
                others = await self.library.instances.printers()
            await self.queue.forget_printers({*known, *others.ids})
            await self.review.forget_printers({*known, *others.ids})
        except HomeAssistantError as err:
            _LOGGER.error("Jobs of removed printers cannot be changed: %s", err)

    @callback
    def async_library_is_back(self) -> None:
        """Do what could not be done while a shared library was away, perhaps since the start."""
        self.entry.async_create_background_task(
            self.hass, self._async_catch_up(), f"{DOMAIN} library is back"
        )

    @for_nobody
    async def _async_catch_up(self) -> None:
        async with self._changing:
            if self._stopped:
                return
            await self.machines.async_catch_up()
            await self.printers.async_catch_up()
            await self._async_forget_machines(machine_configs(self.entry))
        self.coordinator.async_schedule_refresh()

    async def async_new_serial_suffix(self) -> str:
        """Issue a serial suffix that no printer of this installation ever had. Raises StorageError."""
        return await self.library.issue_serial_suffix(new_serial_suffix)

    async def async_set_enabled(self, printer_id: str, *, enabled: bool) -> None:
        """Enable or disable a printer, which is kept across restarts; returns after the attempt, successful or not."""
        await self._async_change(printer_id, CONF_ENABLED, enabled)

    async def async_set_mode(self, printer_id: str, mode: str) -> None:
        """Change what happens to a printer's uploads."""
        await self._async_change(printer_id, CONF_MODE, mode)

    async def async_set_filing(self, printer_id: str, key: str, value: object) -> None:
        """Change one of the defaults for files and jobs."""
        filing = self.entry.subentries[printer_id].data.get(SECTION_FILING, {})
        await self._async_change(printer_id, SECTION_FILING, {**filing, key: value})

    async def _async_change(self, printer_id: str, key: str, value: object) -> None:
        subentry = self.entry.subentries[printer_id]
        self.hass.config_entries.async_update_subentry(
            self.entry, subentry, data={**subentry.data, key: value}
        )
        await self.async_sync()

    @callback
    def _tell_missing(self, job: Job) -> None:
        self.publisher.publish(needs_filament(job, self.wording))

    @callback
    def _tell_late(self, job: Job) -> None:
        self.publisher.publish(is_late(job, self.wording))

    @callback
    def _look_at_held(self) -> None:
        """Keep the issues about uploads that could not be archived, whoever decides about them."""
        known = self.coordinator.data
        self._issues.uploads_held(
            known.pending, are_all=len(known.pending) == known.statistics.pending
        )

    # --- looking ahead ---

    @callback
    def _show_jobs(self) -> None:
        jobs = self.coordinator.data.queued_jobs
        self.machines.async_show(jobs, self.forecast(jobs))
        self._starts.look(self.machines.reasons)

    def forecast(self, queue: Sequence[Job]) -> Forecast:
        """Foresee when the jobs of the whole queue should be done."""
        return forecast(
            queue,
            machine_configs(self.entry).values(),
            dt_util.utcnow(),
            reported_ends=self.machines.reported_ends,
            planned=self.machines.planned_starts,
            first_start=self.machines.first_start,
            loaded=self.machines.fits.printers,
        )

    @property
    def wording(self) -> Wording:
        """What it takes now to describe things to people."""
        # Others may change something before the first refresh.
        known = cast(LibrarySnapshot | None, self.coordinator.data)
        return Wording(
            texts=self.texts,
            targets=shown_targets(
                self.hass, self.entry, known.printers.others if known else {}
            ),
            instances=known.instances if known else {},
            reasons=self.machines.reasons,
            progress=self.machines.progress,
            late=self.machines.late,
            ready_by=self.machines.ready_by,
            fits=self.machines.fits,
            planned=self.machines.planned_starts,
        )

    # --- virtual printers ---

    @callback
    def _handle_printer_event(self, printer: ManagedPrinter, event: AnyEvent) -> None:
        self.feed.handle_printer_event(printer, event)

    @callback
    def _printer_changed(self, old: AnyPrinterConfig, config: AnyPrinterConfig) -> None:
        self._client_issues.printer_changed(config.id)
        if old.serial != config.serial:
            self._issues.printer_must_be_readded(config)

    @callback
    def _look_at_spools(self) -> None:
        for printer in self.printers.values():
            self._issues.spools_left_out(
                printer.config, self.printers.left_out(printer)
            )

    @callback
    def _printer_removed(self, printer: ManagedPrinter) -> None:
        self._issues.printer_removed(printer.id)
        self._client_issues.printer_changed(printer.id)
        self.setup_checks.forget(printer.id)

    @callback
    def _register_hub(self) -> None:
        dr.async_get(self.hass).async_get_or_create_from_info(
            config_entry_id=self.entry.entry_id,
            device_info=hub_device_info(self.hass, self.entry),
        )

    # --- in the background ---

    async def _async_watch_network(self, now: datetime) -> None:
        """Follow addresses that come and go, and clients that do not find the advertised one."""
        for printer in self.printers.values():
            printer.async_check_address()
        networks = await async_networks(self.hass)
        for printer in self.printers.values():
            self._client_issues.check_advertised(printer, networks, now)

    async def _async_rerun_checks(self, _now: datetime) -> None:
        if self.library.why_away is None:
            await self.printers.async_catch_up()
        for printer in tuple(self.printers.values()):
            await self.setup_checks.async_rerun(printer)

    async def _async_maintain(self, _now: datetime | None = None) -> None:
        try:
            await self.library.maintain()
        except StorageError as err:
            _LOGGER.error("The library cannot be tidied: %s", err)

    def _apply_options(self) -> None:
        options = HubOptions.from_entry(self.hass, self.entry)
        shared = SharedLibrarySettings.from_entry(self.entry)
        if (options.library_folder, shared) != (
            self._options.library_folder,
            self._shared,
        ):
            # Another place for everything: begin again, uploads under way included.
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
        self._options, self._shared = options, shared
        self.library.settings = options.library_settings
        self.machines.dispatcher.set_grouping(options.overtake_for)


@callback
def loaded_hub(hass: HomeAssistant) -> Hub | None:
    """Return the hub; None while it is not loaded."""
    entries: list[HubConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return entries[0].runtime_data if entries else None


@callback
def require_hub(hass: HomeAssistant) -> Hub:
    """Return the hub. Raises ServiceValidationError while it is not loaded."""
    if hub := loaded_hub(hass):
        return hub
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="not_loaded"
    )
