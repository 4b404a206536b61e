"""The composition root: wires emulator and library to Home Assistant and owns their lifetimes.

One hub entry, one hub. The printers follow the entry's subentries by comparing, never by reloading: a change of one
printer leaves the sockets of the others open.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
import logging
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .activity.feed import Happenings
from .config.options import HubOptions
from .config.subentries import (
    AnyPrinterConfig,
    MachineConfig,
    PrinterConfig,
    ProxyConfig,
    machine_configs,
    printer_configs,
    proxies_without_printer,
)
from .const import CONF_ENABLED, CONF_MODE, DOMAIN, SECTION_FILING
from .engine.emulator.printer import SharedServices, VirtualPrinter
from .engine.library.library import Library
from .engine.library.memory_card import MemoryCard
from .engine.library.values.job import Job
from .engine.library.values.records import Statistics, Upload
from .engine.machines.check import TargetCheck, check_target
from .engine.pki.authority import CertificateAuthority, CertificateError
from .engine.pki.transfer import Candidate, discard_device_certificates, replace
from .engine.protocol.printer_models import new_serial_suffix
from .engine.relay.proxy_printer import ProxyPrinter, RelayServices
from .engine.storage import StorageError
from .health.access_codes import MachineCodes
from .health.client_issues import ClientIssues
from .health.issues import Issues
from .health.networks import async_networks
from .health.setup_check import SetupChecks
from .operations.archives import Archives
from .operations.forecast import Forecast, forecast
from .operations.pending import Review
from .operations.queue import PrintQueue
from .operations.targets import shown_targets
from .presentation import DownloadLinks, Texts, Wording
from .printers.devices import hub_device_info, machine_device_info, printer_device_info
from .printers.managed import AnyEvent, AnyPrinter, LastUpload, ManagedPrinter
from .refresher import Refresher

_LOGGER = logging.getLogger(__name__)

type HubConfigEntry = ConfigEntry[Hub]

STATISTICS_INTERVAL = timedelta(minutes=5)
MAINTENANCE_INTERVAL = timedelta(hours=1)
NETWORK_INTERVAL = timedelta(seconds=15)
EXPIRY_INTERVAL = timedelta(hours=12)
MAX_SHOWN = 500
"""Pending uploads that entities show; the lists of the actions have no such bound."""


class Hub:
    """What a loaded hub entry is: the certificate authority, the library and the printers."""

    library: Library
    archives: Archives
    review: Review
    queue: PrintQueue
    authority: CertificateAuthority
    statistics: Statistics
    pending: tuple[Upload, ...]
    """Uploads that wait for a person, newest first."""
    queued_jobs: tuple[Job, ...]
    """Unfinished jobs in their order."""

    def __init__(self, hass: HomeAssistant, entry: HubConfigEntry) -> None:
        """Prepare; `async_start` opens everything."""
        self.hass = hass
        self.entry = entry
        self.texts = Texts(hass)
        self.download_links = DownloadLinks(hass)
        self.printers: dict[str, ManagedPrinter] = {}
        self._cards: dict[str, MemoryCard] = {}
        self._machine_ids: Collection[str] | None = None
        self._options = HubOptions.from_entry(hass, entry)
        self._issues = Issues(hass, entry)
        self._client_issues = ClientIssues(hass)
        self.setup_checks = SetupChecks(
            hass,
            entry,
            authority=lambda: self.authority,
            statistics=lambda: self.statistics,
            texts=self.texts,
        )
        self._codes = MachineCodes(hass, entry, self._issues, self.async_check_machine)
        self.happenings = Happenings(
            hass,
            entry,
            library=lambda: self.library,
            printers=self.printers,
            issues=self._issues,
            client_issues=self._client_issues,
            codes=self._codes,
            wording=lambda: self.wording,
            on_change=self._schedule_refresh,
        )
        self._services = SharedServices()
        self.relay = RelayServices(self._services)
        self._resources = AsyncExitStack()
        self._changing = asyncio.Lock()
        self._opened = False
        self._stopped = False
        self._listeners: set[CALLBACK_TYPE] = set()
        self._printer_listeners: set[Callable[[ManagedPrinter], None]] = set()
        self._refresher = Refresher(hass, entry, self._async_refresh)

    # --- life ---

    async def async_start(self) -> None:
        """Open CA and library. Raises ConfigEntryError, ConfigEntryNotReady."""
        self._issues.begin()
        folder = Path(self.hass.config.path(DOMAIN, "certs"))
        try:
            self.authority = await self.hass.async_add_executor_job(
                CertificateAuthority.load_or_create, folder
            )
        except (CertificateError, OSError) as err:
            raise ConfigEntryError(
                translation_domain=DOMAIN,
                translation_key="ca_unusable",
                translation_placeholders={"reason": str(err)},
            ) from err
        try:
            await self._resources.enter_async_context(self._services)
            await self._resources.enter_async_context(self.relay)
            self.library = await self._resources.enter_async_context(
                Library(
                    self._options.library_folder,
                    await self._async_database_url(),
                    settings=self._options.library_settings,
                    emit=self.happenings.of_library,
                    aside=Path(self.hass.config.path(".storage", DOMAIN, "aside")),
                )
            )
            self.archives = Archives(self.library)
            self.review = Review(self.library)
            self.queue = PrintQueue(self.library)
            await self._async_look()
            for upload in self.pending:
                if upload.reason:
                    self._issues.upload_held(upload)
            self._opened = True
        except StorageError as err:
            await self._resources.aclose()
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="library_unusable",
                translation_placeholders={"reason": str(err)},
            ) from err
        self._resources.callback(
            async_track_time_interval(
                self.hass, self._async_measure, STATISTICS_INTERVAL
            )
        )
        self._resources.callback(
            async_track_time_interval(
                self.hass, self._async_maintain, MAINTENANCE_INTERVAL
            )
        )
        self._resources.push_async_callback(self._refresher.async_stop)
        self.entry.async_create_background_task(
            self.hass, self._async_maintain(), f"{DOMAIN} maintenance"
        )
        self._resources.callback(
            async_track_time_interval(
                self.hass, self._async_watch_network, NETWORK_INTERVAL
            )
        )
        self._resources.callback(
            async_track_time_interval(self.hass, self._check_expiry, EXPIRY_INTERVAL)
        )
        self._check_expiry(dt_util.utcnow())
        self._register_hub()

    async def async_stop(self, _event: Event | None = None) -> None:
        """Stop the printers, finish what the library is doing, leave nothing behind."""
        async with self._changing:
            self._stopped = True
            await asyncio.gather(
                *(printer.async_stop() for printer in self.printers.values())
            )
            await self._resources.aclose()
            self.happenings.async_tell(self.happenings.async_untold())

    def async_setup_stop(self) -> None:
        """Stop with Home Assistant too: entries are not unloaded then."""
        self.entry.async_on_unload(
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self.async_stop)
        )

    # --- settings ---

    async def async_sync(self) -> None:
        """Make the printers and the options what the entry says; start, change and stop only what differs."""
        async with self._changing:
            if self._stopped:
                return
            self._apply_options()
            self._register_hub()
            self._codes.async_sync()
            wanted = printer_configs(self.entry)
            self._issues.proxies_without_printer(proxies_without_printer(self.entry))
            machines = machine_configs(self.entry)
            for machine in machines.values():
                dr.async_get(self.hass).async_get_or_create_from_info(
                    config_entry_id=self.entry.entry_id,
                    config_subentry_id=machine.id,
                    device_info=machine_device_info(machine),
                )
            for printer_id in self.printers.keys() - wanted.keys():
                await self._async_remove(printer_id)
            await asyncio.gather(
                *(self._async_apply(config) for config in wanted.values())
            )
            for printer in self.printers.values():
                # Real printers may have come, gone or got another name.
                printer.async_notify()
            if machines.keys() != self._machine_ids:
                await self._async_forget_machines(machines)
                self._machine_ids = machines.keys()
        self._schedule_refresh()

    async def _async_forget_machines(self, known: Collection[str]) -> None:
        """Let go of real printers that were removed."""
        try:
            await self.queue.forget_printers(known)
            await self.review.forget_printers(known)
        except HomeAssistantError as err:
            _LOGGER.error("Jobs of removed printers cannot be changed: %s", err)

    @callback
    def other_on_address(self, config: AnyPrinterConfig) -> AnyPrinterConfig | None:
        """Find another enabled printer with the same bind IP."""
        for other in printer_configs(self.entry).values():
            if (
                other.id != config.id
                and other.enabled
                and other.bind_ip == config.bind_ip
            ):
                return other
        return None

    async def async_new_serial_suffix(self) -> str:
        """Issue a serial suffix that no printer of this installation ever had. Raises StorageError."""
        return await self.library.issue_serial_suffix(new_serial_suffix)

    async def async_set_enabled(self, printer_id: str, *, enabled: bool) -> None:
        """Start or stop a printer for good; returns when that is done, whatever came of it."""
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

    # --- real printers ---

    async def async_check_machine(self, machine: MachineConfig) -> TargetCheck:
        """Try whether a real printer is there and takes the access code, which is sent to nobody else."""
        return await check_target(
            self.relay.dialler, machine.host, machine.identity, machine.access_code
        )

    # --- the CA ---

    async def async_replace_ca(self, candidate: Candidate) -> None:
        """Put another CA in the place of ours and give every printer a certificate of it. Raises OSError."""
        async with self._changing:
            self.authority = await self.hass.async_add_executor_job(
                replace, self.authority, candidate
            )
            self._issues.ca_replaced(self.authority)
            self._client_issues.ca_replaced()
            self._check_expiry(dt_util.utcnow())
            await self._async_restart_printers()

    @property
    def trusting_clients(self) -> list[str]:
        """Addresses of clients that have logged in since the CA was made, the latest first; not all are remembered."""
        if self._issues.awaits_trust:
            return []
        found = [
            client
            for printer in self.printers.values()
            for client in reversed(tuple(printer.contacts.logins))
        ]
        # An upload needs the CA as well, and is remembered through restarts.
        found += [
            printer.last_upload.peer
            for printer in self.printers.values()
            if not printer.is_proxy and printer.last_upload
        ]
        return [client for client in dict.fromkeys(found) if client]

    async def async_renew_device_certificates(self) -> int:
        """Give every printer a new certificate of the same CA; returns how many had one. Raises OSError."""
        async with self._changing:
            count = await self.hass.async_add_executor_job(
                discard_device_certificates, self.authority
            )
            await self._async_restart_printers()
        return count

    async def _async_restart_printers(self) -> None:
        if self._stopped:
            return
        await asyncio.gather(
            *(printer.async_restart() for printer in self.printers.values())
        )
        for listener in tuple(self._listeners):
            listener()

    @callback
    def _check_expiry(self, now: datetime) -> None:
        self._issues.ca_expiry(self.authority, now)

    # --- the network ---

    async def _async_watch_network(self, now: datetime) -> None:
        """Follow addresses that come and go, and clients that do not find the advertised one."""
        for printer in self.printers.values():
            printer.async_check_address()
        networks = await async_networks(self.hass)
        for printer in self.printers.values():
            self._client_issues.check_advertised(printer, networks, now)

    # --- looking ahead ---

    def forecast(self, jobs: Sequence[Job]) -> Forecast:
        """Foresee when the jobs of the whole queue should be done."""
        return forecast(jobs, machine_configs(self.entry).values(), dt_util.utcnow())

    @property
    def wording(self) -> Wording:
        """What it takes now to describe things to people."""
        return Wording(texts=self.texts, targets=shown_targets(self.hass, self.entry))

    # --- listening ---

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` whenever statistics or certificates may have changed. Returns how to stop that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @callback
    def async_on_printer(
        self, listener: Callable[[ManagedPrinter], None]
    ) -> CALLBACK_TYPE:
        """Call `listener` for every printer there is and every one that comes. Returns how to stop that."""
        self._printer_listeners.add(listener)
        for printer in self.printers.values():
            listener(printer)
        return lambda: self._printer_listeners.discard(listener)

    # --- printers ---

    async def _async_apply(self, config: AnyPrinterConfig) -> None:
        printer = self.printers.get(config.id)
        if printer is None:
            await self._async_add(config)
            return
        old = printer.config
        if old == config:
            return
        self._register_device(config)
        self._client_issues.printer_changed(config.id)
        if old.serial != config.serial:
            self._issues.printer_must_be_readded(config)
        if isinstance(config, PrinterConfig):
            self._card(config)
            await self.library.rename_printer(config.id, config.name)
        await printer.async_apply(config)

    async def _async_add(self, config: AnyPrinterConfig) -> None:
        printer = ManagedPrinter(
            self.hass,
            config,
            make=self._async_make,
            on_event=self.happenings.of_printer,
            on_problems=self._issues.printer_problems,
        )
        await self._async_remember(printer)
        self.printers[config.id] = printer
        self._register_device(config)
        for listener in tuple(self._printer_listeners):
            listener(printer)
        await printer.async_start()

    async def _async_remember(self, printer: ManagedPrinter) -> None:
        """Fill in what the library knows of a printer from before, perhaps by another name."""
        if printer.is_proxy:
            return
        await self.library.rename_printer(printer.id, printer.config.name)
        received = await self.library.received_by(printer.id)
        printer.uploads_received = received.count
        if (last := received.last) is None:
            return
        printer.last_slicer_ip = last.file.peer or None
        has_picture = await self.library.cover(last.id) is not None
        printer.show_upload(
            LastUpload.of(last.file, last.name),
            pictured_at=last.file.received_at if has_picture else None,
        )

    async def _async_remove(self, printer_id: str) -> None:
        printer = self.printers.pop(printer_id)
        self._cards.pop(printer_id, None)
        await printer.async_stop()
        self._issues.printer_removed(printer_id)
        self._client_issues.printer_changed(printer_id)
        self.setup_checks.forget(printer_id)
        if not printer.is_proxy:
            await self.library.forget_printer(printer_id)

    async def _async_make(
        self,
        config: AnyPrinterConfig,
        emit: Callable[[AnyEvent], None],
        on_change: CALLBACK_TYPE,
    ) -> AnyPrinter:
        identity = config.identity
        device = await self.hass.async_add_executor_job(
            self.authority.device_certificate,
            identity.serial,
            {identity.bind_ip, identity.address},
        )
        if isinstance(config, ProxyConfig):
            return ProxyPrinter(config.identity, device, self.relay, emit, on_change)
        return VirtualPrinter(
            config.identity, device, self._card(config), self._services, emit
        )

    def _card(self, config: PrinterConfig) -> MemoryCard:
        """Return a printer's memory card; what begins from now on is filed as its settings say."""
        card = self._cards.get(config.id)
        if card is None:
            card = self._cards[config.id] = self.library.storage(config.ref)
        card.set_defaults(config.ref, config.annotations, config.plan)
        return card

    @callback
    def _register_hub(self) -> None:
        dr.async_get(self.hass).async_get_or_create_from_info(
            config_entry_id=self.entry.entry_id, device_info=hub_device_info(self.entry)
        )

    @callback
    def _register_device(self, config: AnyPrinterConfig) -> None:
        dr.async_get(self.hass).async_get_or_create_from_info(
            config_entry_id=self.entry.entry_id,
            config_subentry_id=config.id,
            device_info=printer_device_info(self.hass, self.entry, config),
        )

    # --- statistics ---

    @callback
    def _schedule_refresh(self) -> None:
        if self._opened:
            self._refresher.async_schedule()

    async def _async_measure(self, _now: datetime) -> None:
        self._schedule_refresh()
        for printer in tuple(self.printers.values()):
            await self.setup_checks.async_rerun(printer)

    async def _async_refresh(self) -> None:
        """Let entities show what the library has now, and only then tell what happened: what is told can be seen."""
        happened = self.happenings.async_untold()
        try:
            await self._async_look()
            for listener in tuple(self._listeners):
                listener()
        except StorageError as err:
            _LOGGER.error("The library cannot be counted: %s", err)
        finally:
            self.happenings.async_tell(happened)

    async def _async_look(self) -> None:
        """Read what entities show of the library. Raises StorageError."""
        self.statistics = await self.library.statistics()
        self.pending = (await self.library.pending.page(limit=MAX_SHOWN)).uploads
        self.queued_jobs = await self.library.queue.queued_jobs()

    async def _async_maintain(self, _now: datetime | None = None) -> None:
        try:
            await self.library.maintain()
        except StorageError as err:
            _LOGGER.error("The library cannot be tidied: %s", err)

    def _apply_options(self) -> None:
        options = HubOptions.from_entry(self.hass, self.entry)
        if options.library_folder != self._options.library_folder:
            # Another place for everything: begin again, uploads under way included.
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
        self._options = options
        self.library.settings = options.library_settings

    async def _async_database_url(self) -> str:
        path = Path(self.hass.config.path(".storage", DOMAIN, "library.db"))
        await self.hass.async_add_executor_job(
            lambda: path.parent.mkdir(parents=True, exist_ok=True)
        )
        return f"sqlite:///{path}"
