"""Keeps one virtual printer running, and holds the state that its entities show."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Self

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..config.subentries import AnyPrinterConfig, ProxyConfig, VirtualPrinterConfig
from ..engine.doors.uploads import progress_of
from ..engine.emulator.printer import SERVICES, VirtualPrinter
from ..engine.events import PrinterEvent, RelayEvent, UploadStarted
from ..engine.explanations import Explanation, why_failed
from ..engine.net.binding import PrinterStartError
from ..engine.net.host import has_address
from ..engine.printable import printable
from ..engine.reception.reception import Reception, UploadProgress
from ..engine.relay.meter import ServiceTraffic
from ..engine.relay.proxy_printer import ProxyPrinter
from ..engine.relay.relay import RelayedUpload
from ..engine.relay.upstream_watch import UpstreamStatus
from ..engine.values import ConnectedSlicer, ReceivedFile, Service, Shows
from ..listeners import Listeners
from ..operations.context import for_nobody
from .client_history import ClientHistory
from .machines import ManagedMachine
from .ports import PortProblem, PortProblemKind, _all_missing

_LOGGER = logging.getLogger(__name__)

RETRY_MIN_S = 5.0
RETRY_MAX_S = 60.0
RETRY_TIMEOUT_S = 30.0
PROGRESS_INTERVAL = timedelta(seconds=1)
TRAFFIC_INTERVAL = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastUpload:
    """The newest file a printer received, as its entities show it."""

    id: str
    name: str
    file_name: str
    size_bytes: int
    peer: str
    received_at: datetime
    sender: str = ""
    """Who sent it, where the access code or the key tells."""
    person: str = ""

    @classmethod
    def of(cls, file: ReceivedFile, name: str) -> Self:
        """Return the state for a file that is shown by this name."""
        return cls(
            id=file.id,
            name=printable(name),
            file_name=printable(file.name),
            size_bytes=file.size_bytes,
            peer=file.peer,
            received_at=file.received_at,
            sender=printable(file.sender),
            person=file.person,
        )


type AnyPrinter = VirtualPrinter | ProxyPrinter
type AnyEvent = PrinterEvent | RelayEvent
type PrinterFactory = Callable[
    [AnyPrinterConfig, Callable[[AnyEvent], None], CALLBACK_TYPE],
    Awaitable[AnyPrinter],
]


class ManagedPrinter:
    """One virtual printer: started, retried while it cannot start, restarted when its settings change.

    Entities listen by `async_add_listener` and read the attributes.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        config: AnyPrinterConfig,
        *,
        make: PrinterFactory,
        on_event: Callable[[ManagedPrinter, AnyEvent], None],
        on_problems: Callable[[ManagedPrinter], None],
    ) -> None:
        """Prepare; `make` builds the printer to run, the other two are called for its events and its problems."""
        self.config = config
        self.problems: tuple[PortProblem, ...] = ()
        self.failure: Explanation | None = None
        """Why the printer does not run, if it is not for a port."""
        self.uploads_received: int | None = None
        """None while the library cannot be asked."""
        self.last_upload: LastUpload | None = None
        self.last_slicer_ip: str | None = None
        self.pictured_id: str | None = None
        """The upload whose thumbnail is shown."""
        self.pictured_at: datetime | None = None
        self.client_history = ClientHistory()
        self.http_uploads: set[Reception] = set()
        """Uploads over HTTP under way."""
        self._hass = hass
        self._make = make
        self._on_event = on_event
        self._on_problems = on_problems
        self._printer: AnyPrinter | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._attempted = asyncio.Event()
        self._address_lost = asyncio.Event()
        self._retry_now = asyncio.Event()
        self._listeners = Listeners[()]()
        self._stop_progress: CALLBACK_TYPE | None = None

    # --- for entities ---

    @property
    def id(self) -> str:
        """The subentry's id."""
        return self.config.id

    @property
    def has_listeners(self) -> bool:
        """Whether it has an address to listen at; without one files come over HTTP only, at Home Assistant's."""
        return bool(self.config.bind_ip)

    @property
    def running(self) -> bool:
        """Whether every listener is bound, if it has any."""
        if not self.has_listeners:
            return self.config.enabled
        return self._printer is not None and all(self.listeners.values())

    @property
    def listeners(self) -> Mapping[Service, bool]:
        """Which listeners are bound."""
        if not self.has_listeners:
            return {}
        if self._printer is None:
            return dict.fromkeys(SERVICES, False)
        return self._printer.listeners

    @property
    def data_ports(self) -> tuple[int, int] | None:
        """The first and the last of its passive FTPS ports; None for a proxy."""
        if isinstance(self.config, ProxyConfig):
            return None
        ports = self.config.identity.data_ports
        return ports.start, ports.stop - 1

    @property
    def is_proxy(self) -> bool:
        """Whether it relays to a real printer, and receives nothing itself."""
        return isinstance(self.config, ProxyConfig)

    @property
    def slicers(self) -> Sequence[ConnectedSlicer]:
        """The clients that are logged in."""
        return self._printer.slicers if self._printer else ()

    @property
    def uploads(self) -> Sequence[UploadProgress | RelayedUpload]:
        """The uploads under way."""
        uploads = self._printer.uploads if self._printer else ()
        return (*uploads, *progress_of(self.http_uploads))

    @property
    def upstream(self) -> UpstreamStatus | None:
        """The state of the real printer behind a running proxy."""
        return self._proxy.upstream if self._proxy else None

    @property
    def traffic(self) -> Sequence[ServiceTraffic]:
        """The traffic of a running proxy, by service."""
        return self._proxy.traffic if self._proxy else ()

    @property
    def _proxy(self) -> ProxyPrinter | None:
        return self._printer if isinstance(self._printer, ProxyPrinter) else None

    @property
    def announcements(self) -> int:
        """How many announcements were sent since the start."""
        return self._printer.announcements if self._printer else 0

    @property
    def announced_at(self) -> float | None:
        """When the last announcement was sent, on the loop's clock."""
        return self._printer.announced_at if self._printer else None

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` whenever an attribute may have changed. Returns how to stop that."""
        return self._listeners.async_add(listener)

    @callback
    def async_notify(self) -> None:
        """Have entities update."""
        self._listeners.async_tell()

    @callback
    def show_upload(
        self, upload: LastUpload | None, *, pictured_at: datetime | None = None
    ) -> None:
        """Show an upload as the last one, with its thumbnail if it has one; or none."""
        self.last_upload = upload
        self.pictured_at = pictured_at
        self.pictured_id = upload.id if upload and pictured_at else None
        self.async_notify()

    @callback
    def async_target_changed(
        self, machine: ManagedMachine, *, is_pool_changed: bool
    ) -> None:
        """Let slicers see what is new of a real printer, where it is shown; or of the spools of all of its model."""
        if not isinstance(self._printer, VirtualPrinter) or not isinstance(
            self.config, VirtualPrinterConfig
        ):
            return
        match self.config.shows:
            case Shows.TARGET:
                is_seen = self.config.target == machine.id
            case Shows.MODEL:
                is_seen = is_pool_changed and self.config.can_show(machine.config)
            case Shows.NOTHING:
                is_seen = False
        if is_seen:
            self._printer.target_changed()

    @callback
    def async_handle_event(self, event: AnyEvent) -> None:
        """Handle an event that did not come from the printer's own listeners."""
        self._handle(event)

    # --- for the hub ---

    async def async_start(self) -> None:
        """Start the printer if it is enabled; returns after the first attempt, successful or not."""
        if not self.config.enabled or not self.has_listeners:
            self.async_notify()
            return
        self._attempted.clear()
        self._supervisor = self._hass.async_create_background_task(
            self._keep_running(), f"bambu_virtual_printer {self.config.name}"
        )
        await self._attempted.wait()

    async def async_stop(self) -> None:
        """Stop the printer; on return its ports are free and no task of it is left."""
        if self._supervisor:
            # When Home Assistant stops, it has cancelled background tasks before. Cancelling again would interrupt the
            # closing, and connections would be aborted.
            if not self._supervisor.cancelling():
                self._supervisor.cancel()
            await asyncio.wait([self._supervisor])
            self._supervisor = None
            self._attempted.set()
        if self._stop_progress:
            self._stop_progress()
            self._stop_progress = None
        self._set_problems((), None)

    async def async_apply(self, config: AnyPrinterConfig) -> None:
        """Apply new settings; restart only if listeners depend on what changed."""
        old, self.config = self.config, config
        if old == config:
            return
        if not _needs_restart(old, config):
            if self._printer and old.name != config.name:
                self._printer.rename(config.name)
            if isinstance(self._printer, VirtualPrinter):
                # Another real printer may be shown from now on.
                self._printer.target_changed()
            self.async_notify()
            return
        await self.async_restart()

    @callback
    def async_drop(self, person_id: str) -> None:
        """End the sessions of somebody whose code is good no more."""
        if isinstance(self._printer, VirtualPrinter):
            self._printer.drop(person_id)

    @callback
    def async_tell_busy(self, peer: str, person_id: str) -> None:
        """Let a slicer know that what it asked to print cannot begin now."""
        if isinstance(self._printer, VirtualPrinter):
            self._printer.tell_busy(peer, person_id)

    @callback
    def async_tell_unprintable(self, peer: str, person_id: str) -> None:
        """Let a slicer know that what it asked to print is nothing that can be printed here."""
        if isinstance(self._printer, VirtualPrinter):
            self._printer.tell_unprintable(peer, person_id)

    async def async_restart(self) -> None:
        """Stop the printer and start it again, if it is enabled."""
        await self.async_stop()
        await self.async_start()

    async def async_retry(self) -> None:
        """Try again at once if the printer should run and does not; returns when that attempt is over."""
        if self._supervisor is None or self.running:
            return
        self._attempted.clear()
        self._retry_now.set()
        async with asyncio.timeout(RETRY_TIMEOUT_S):
            await self._attempted.wait()

    @callback
    def async_check_address(self) -> None:
        """Stop the printer when the host has lost its bind IP, start it when it is back. Does not block."""
        present = has_address(self.config.bind_ip)
        if self._printer and not present:
            self._address_lost.set()
        elif present and any(
            problem.kind is PortProblemKind.ADDRESS_MISSING for problem in self.problems
        ):
            self._retry_now.set()

    # --- inside ---

    @for_nobody
    async def _keep_running(self) -> None:
        retry_after_s = RETRY_MIN_S
        while True:
            self._address_lost.clear()
            self._retry_now.clear()
            try:
                await self._run()
                # Sockets stay open when the host loses their address, but no client can reach them.
                self._set_problems(_all_missing(self.config), None)
                retry_after_s = RETRY_MIN_S
            except PrinterStartError as err:
                self._set_problems(tuple(map(PortProblem.of, err.failures)), None)
            # One printer's error must not end the hub.
            except Exception as err:
                _LOGGER.exception("%s cannot start", self.config.name)
                self._set_problems((), why_failed(err))
            finally:
                self._printer = None
                self._watch_progress()
                self._attempted.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(retry_after_s):
                    await self._retry_now.wait()
            retry_after_s = min(retry_after_s * 2, RETRY_MAX_S)

    async def _run(self) -> None:
        """Run until the bind IP is lost; async_stop cancels. Raises PrinterStartError and others."""
        made = await self._make(self.config, self._handle, self._changed)
        async with made as printer:
            self._printer = printer
            self._set_problems((), None)
            self._watch_progress()
            self._attempted.set()
            await self._address_lost.wait()

    def _set_problems(
        self, problems: tuple[PortProblem, ...], failure: Explanation | None
    ) -> None:
        """Record what keeps the printer from running; log changes."""
        if (problems, failure) != (self.problems, self.failure):
            for problem in problems:
                _LOGGER.warning("%s: %s", self.config.name, problem.explanation)
            if not problems and not failure and self._printer:
                _LOGGER.info("%s runs again", self.config.name)
            self.problems = problems
            self.failure = failure
            self._on_problems(self)
        self.async_notify()

    @callback
    def _changed(self) -> None:
        self._watch_progress()
        self.async_notify()

    @callback
    def _handle(self, event: AnyEvent) -> None:
        self.client_history.note(event, dt_util.utcnow())
        if isinstance(event, UploadStarted):
            self._watch_progress()
        self._on_event(self, event)
        self.async_notify()

    @callback
    def _watch_progress(self) -> None:
        """Update entities regularly while there are uploads, or traffic of a proxy."""
        moving = bool(self.uploads) or self._proxy is not None
        if moving and not self._stop_progress:
            interval = TRAFFIC_INTERVAL if self._proxy else PROGRESS_INTERVAL
            self._stop_progress = async_track_time_interval(
                self._hass, self._progress, interval
            )
        elif not moving and self._stop_progress:
            self._stop_progress()
            self._stop_progress = None

    @callback
    def _progress(self, _now: datetime) -> None:
        self._watch_progress()
        self.async_notify()


def progress_bytes(upload: UploadProgress | RelayedUpload) -> int:
    """Return how many bytes of an upload were received, or relayed by a proxy."""
    if isinstance(upload, RelayedUpload):
        return upload.sent_bytes
    return upload.received_bytes


def _needs_restart(old: AnyPrinterConfig, new: AnyPrinterConfig) -> bool:
    match old, new:
        case (ProxyConfig(), ProxyConfig()):
            return old.needs_restart(new)
        case (VirtualPrinterConfig(), VirtualPrinterConfig()):
            return old.needs_restart(new)
    return True
