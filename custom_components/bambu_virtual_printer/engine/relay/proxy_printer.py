"""A virtual printer that relays to a real one. Detect replies and announcements are its own, all else is relayed."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
import logging
import re
import ssl
from types import TracebackType
from typing import Any, Protocol, Self

from ..discovery.announcer import Discovery, SearchReceiver
from ..discovery.bind import BindServer
from ..discovery.found import FoundPrinters
from ..events import (
    DetectRequested,
    PrintRequested,
    RelayEvent,
    TargetLost,
    TargetReached,
    TlsRefused,
)
from ..net.admission import Admission
from ..net.binding import BindAll
from ..net.handshakes import HandshakeLimiter
from ..net.listener import Listener
from ..net.printer_client import Dialler
from ..pki.authority import DeviceCertificate
from ..pki.printer_identity import PrinterIdentity, PrinterTrust
from ..protocol.announcements import Announcement
from ..protocol.ports import Ports
from ..protocol.printer_models import FIRMWARE_VERSION, PrinterModel
from ..protocol.project_file import print_request
from ..values import Service
from .meter import ServiceTraffic
from .mqtt import RelayedSlicer
from .relay import Relay, RelayedUpload, RelayPorts
from .thread import RelayThread
from .upstream import Upstream
from .upstream_watch import UpstreamStatus

_VERSION = re.compile(r"\d{2}(\.\d{2}){3}")
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyIdentity:
    """The identity of a proxy printer, and of the real printer behind it.

    Model and serial are the real printer's, the name is its own. `upstream_host` is the real printer's IPv4 address or
    name, `pinned` the fingerprint of its certificate that a person confirmed. `advertise_ip` is the address in
    announcements, if not the bind IP. With `terminate_ftps` FTPS is terminated here instead of being passed through.
    """

    name: str
    model: PrinterModel
    serial: str
    upstream_host: str
    bind_ip: str
    pinned: str | None = None
    advertise_ip: str | None = None
    terminate_ftps: bool = False
    firmware_version: str = FIRMWARE_VERSION
    ports: Ports = field(default_factory=Ports)

    @property
    def address(self) -> str:
        """The IPv4 address announced to slicers."""
        return self.advertise_ip or self.bind_ip


class SharedListening(Protocol):
    """What proxy printers share with emulated ones."""

    search_receiver: SearchReceiver
    admission: Admission
    handshakes: HandshakeLimiter


class RelayServices:
    """What all proxy printers of a process share: the relay thread, the announcements of real printers, and trust.

    Runs inside its `async with` block; proxy printers have to end before. `trust` and `dialler` are set on entry.
    """

    trust: PrinterTrust
    dialler: Dialler

    def __init__(self, shared: SharedListening) -> None:
        """Use the sockets that emulated printers receive searches with."""
        self.thread = RelayThread()
        self.search_receiver = shared.search_receiver
        self.admission = shared.admission
        self.handshakes = shared.handshakes
        self.found = FoundPrinters(
            lambda: self.search_receiver.addresses, self._announced
        )
        self._proxies: dict[ProxyPrinter, None] = {}
        self._announcement_handlers: list[Callable[[Announcement], None]] = []

    async def __aenter__(self) -> Self:
        """Start the thread and receive announcements. Raises OSError, ValueError if the maker's CAs cannot be read."""
        loop = asyncio.get_running_loop()
        self.trust = await loop.run_in_executor(None, PrinterTrust.load)
        self.dialler = Dialler(self.trust)
        await self.thread.__aenter__()
        try:
            self.search_receiver.subscribe(
                self.found.handle_datagram, Ports().discovery
            )
        except OSError as err:
            # Relaying works without; only printers that move are not followed.
            _LOGGER.warning(
                "Announcements of printers cannot be received: %s", err.strerror
            )
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop receiving, and stop the thread."""
        self.search_receiver.unsubscribe(self.found.handle_datagram)
        await self.thread.__aexit__(exc_type, exc, traceback)

    def add(self, proxy: ProxyPrinter) -> None:
        """Pass announcements to a proxy printer."""
        self._proxies[proxy] = None

    def remove(self, proxy: ProxyPrinter) -> None:
        """Pass it no more announcements."""
        self._proxies.pop(proxy, None)

    def add_announcement_handler(self, handler: Callable[[Announcement], None]) -> None:
        """Call `handler` with every announcement of a real printer."""
        self._announcement_handlers.append(handler)

    def _announced(self, announcement: Announcement) -> None:
        for proxy in self._proxies:
            proxy.handle_announcement(announcement)
        for handler in self._announcement_handlers:
            handler(announcement)


class ProxyPrinter:
    """A proxy printer, running inside its `async with` block.

    Entering binds all listeners or raises PrinterStartError; leaving sends byebye and ends every connection, task and
    socket. `emit` is called on the loop for every event, `on_change` when a connection was opened or closed.
    """

    def __init__(
        self,
        identity: ProxyIdentity,
        device: DeviceCertificate,
        services: RelayServices,
        emit: Callable[[RelayEvent], None],
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; nothing is opened before it is entered. `device` is a certificate for the real printer's serial."""
        self.identity = identity
        self._device = device
        self._services = services
        self._emit = emit
        self._on_change = on_change
        self._bind = BindServer(identity, self._on_event)
        self._listeners: list[Listener] = []
        self._discovery: Discovery | None = None
        self._relay: Relay | None = None
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Bind and start everything. Raises PrinterStartError; OSError, ssl.SSLError for a bad certificate file."""
        loop = asyncio.get_running_loop()
        control, ftps = await loop.run_in_executor(None, self._contexts)
        identity = self.identity
        relay = Relay(
            Upstream(
                host=identity.upstream_host,
                identity=PrinterIdentity(
                    serial=identity.serial, pinned=identity.pinned
                ),
            ),
            identity.address,
            self._services.dialler,
            bind_ip=identity.bind_ip,
            ports=RelayPorts(
                mqtt=identity.ports.mqtt,
                ftps=identity.ports.ftps,
                extra=identity.model.extra_ports,
            ),
            tls=control,
            ftps_tls=ftps if identity.terminate_ftps else None,
            thread=self._services.thread,
            admission=self._services.admission,
            handshakes=self._services.handshakes,
            emit=self._on_event,
            on_print=self._on_print,
            on_change=self._on_change,
        )
        with BindAll() as binding:
            listeners = [
                binding.bind(partial(self._listen, service, port, context))
                for service, port, context in (
                    (Service.BIND, identity.ports.bind, None),
                    (Service.BIND_TLS, identity.ports.bind_tls, control),
                )
            ]
            self._discovery = discovery = binding.bind(
                lambda: Discovery(identity, self._services.search_receiver)
            )
            binding.bind_group(relay.bind, relay.close_ports)
        self._listeners = [listener for listener in listeners if listener]
        self._relay = await self._running.enter_async_context(relay)
        for listener in self._listeners:
            listener.start()
        assert discovery
        # Not announced before the real printer is reachable.
        if not relay.upstream.reachable:
            discovery.pause()
        discovery.start()
        self._services.add(self)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the ports first, then the connections, then wait for both."""
        self._services.remove(self)
        if self._discovery:
            self._discovery.close()
        for listener in self._listeners:
            listener.close()
        self._bind.close()
        await self._running.aclose()
        self._relay = None
        await asyncio.gather(*(listener.wait_closed() for listener in self._listeners))

    @property
    def listeners(self) -> Mapping[Service, bool]:
        """Which services have all their ports open."""
        states = {listener.service: listener.bound for listener in self._listeners}
        states[Service.DISCOVERY] = bool(self._discovery and self._discovery.bound)
        if self._relay:
            states |= self._relay.listeners
        return states

    @property
    def upstream(self) -> UpstreamStatus | None:
        """The state of the real printer; None before the start."""
        return self._relay.upstream if self._relay else None

    @property
    def slicers(self) -> tuple[RelayedSlicer, ...]:
        """The clients that are logged in at the real printer through this proxy."""
        return self._relay.slicers if self._relay else ()

    @property
    def uploads(self) -> tuple[RelayedUpload, ...]:
        """The uploads to the real printer under way."""
        return self._relay.uploads if self._relay else ()

    @property
    def traffic(self) -> tuple[ServiceTraffic, ...]:
        """Connections, bytes and rates, one for each relayed service."""
        return self._relay.traffic if self._relay else ()

    @property
    def announcements(self) -> int:
        """How many announcements were sent."""
        return self._discovery.announcements if self._discovery else 0

    @property
    def announced_at(self) -> float | None:
        """When the last announcement was sent, on the loop's clock."""
        return self._discovery.announced_at if self._discovery else None

    def rename(self, name: str) -> None:
        """Change the name, and announce it."""
        self._set_identity(replace(self.identity, name=name))

    def handle_announcement(self, announcement: Announcement) -> None:
        """Handle an announcement of any real printer; others than the upstream's are ignored."""
        if announcement.serial != self.identity.serial or not self._relay:
            return
        version = announcement.firmware_version
        if (
            version != self.identity.firmware_version
            # Announcements may be forged: it has to come from the verified address, and to be a version.
            and announcement.source
            == announcement.address
            == self._relay.upstream.address
            and _VERSION.fullmatch(version)
        ):
            # Slicers enable features by it.
            self._set_identity(replace(self.identity, firmware_version=version))
        self._relay.handle_announcement(announcement.address)

    def _set_identity(self, identity: ProxyIdentity) -> None:
        self.identity = identity
        self._bind.identity = identity
        if self._discovery:
            self._discovery.identity = identity
            self._discovery.announce()

    def _contexts(self) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        return self._device.control_context(), self._device.ftps_context()

    def _listen(
        self, service: Service, port: int, context: ssl.SSLContext | None
    ) -> Listener:
        def _refused(peer: str, alert: str) -> None:
            self._on_event(TlsRefused(peer=peer, service=service, alert=alert))

        return Listener(
            service,
            self.identity.bind_ip,
            port,
            self._bind.factory(service),
            tls=context,
            admission=self._services.admission,
            handshakes=self._services.handshakes,
            on_refused=_refused,
        )

    def _on_event(self, event: RelayEvent) -> None:
        match event:
            case TargetReached() if self._discovery:
                self._discovery.resume()
            case TargetLost() if self._discovery:
                self._discovery.pause()
            case DetectRequested(peer=peer) if self._discovery:
                self._discovery.announce(also_to=peer)
        self._emit(event)

    def _on_print(self, peer: str, command: dict[str, Any]) -> None:
        if request := print_request(command, peer=peer, received_at=datetime.now(UTC)):
            self._on_event(PrintRequested(request=request, upload_id=None))
