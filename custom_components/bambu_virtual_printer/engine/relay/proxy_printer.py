"""A virtual printer that relays to a real one. Detect replies and announcements are its own, all else is relayed."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
import re
import ssl
from typing import Self

from ..discovery.visibility import Visibility
from ..events import PrintRequested, RelayEvent, TargetLost, TargetReached
from ..net.binding import BindAll
from ..net.listener_group import ListenerGroup
from ..pki.authority import DeviceCertificate
from ..pki.printer_identity import PrinterIdentity
from ..protocol.announcements import Announcement
from ..protocol.ports import Ports
from ..protocol.printer_models import FIRMWARE_VERSION, PrinterModel
from ..protocol.project_file import print_request
from ..values import ConnectedSlicer, JsonObject, Service
from .meter import ServiceTraffic
from .relay import Relay, RelayedUpload
from .services import RelayServices
from .shared import NoSharedSession, SharedSession
from .upstream import Upstream
from .upstream_watch import UpstreamStatus

_VERSION = re.compile(r"\d{2}(\.\d{2}){3}")


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
        *,
        shared: SharedSession | None = None,
    ) -> None:
        """Prepare; nothing is opened before it is entered. `device` is a certificate for the real printer's serial.

        Without a `shared` session with the real printer, each slicer has one of its own.
        """
        self.identity = identity
        self._device = device
        self._services = services
        self._emit = emit
        self._on_change = on_change
        self._shared = shared or NoSharedSession()
        self._visibility = Visibility(
            identity, services.search_receiver, self._on_event
        )
        self._listeners = ListenerGroup(
            identity.bind_ip,
            admission=services.admission,
            handshakes=services.handshakes,
            on_refused=self._on_event,
        )
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
            self._services,
            bind_ip=identity.bind_ip,
            ports=identity.ports,
            extra_ports=identity.model.extra_ports,
            tls=control,
            ftps_tls=ftps if identity.terminate_ftps else None,
            shared=self._shared,
            emit=self._on_event,
            on_print=self._on_print,
            on_change=self._on_change,
        )
        with BindAll() as binding:
            self._listeners.bind(binding, self._visibility.listeners(control))
            self._visibility.bind(binding)
            binding.bind_group(relay.bind, relay.close_ports)
        self._relay = await self._running.enter_async_context(relay)
        self._listeners.start()
        # Not announced before the real printer is reachable.
        if not relay.upstream.reachable:
            self._visibility.pause()
        self._visibility.start()
        self._services.add_announcement_handler(self.handle_announcement)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Close the ports first, then the connections, then wait for both."""
        self._services.remove_announcement_handler(self.handle_announcement)
        self._visibility.close()
        self._listeners.close()
        await self._running.aclose()
        self._relay = None
        await self._listeners.wait_closed()

    @property
    def listeners(self) -> Mapping[Service, bool]:
        """Which services have all their ports open."""
        return {
            **self._listeners.bound,
            Service.DISCOVERY: self._visibility.bound,
            **(self._relay.listeners if self._relay else {}),
        }

    @property
    def upstream(self) -> UpstreamStatus | None:
        """The state of the real printer; None before the start."""
        return self._relay.upstream if self._relay else None

    @property
    def slicers(self) -> tuple[ConnectedSlicer, ...]:
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
        return self._visibility.announcements

    @property
    def announced_at(self) -> float | None:
        """When the last announcement was sent, on the loop's clock."""
        return self._visibility.announced_at

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
        self._visibility.update(identity)

    def _contexts(self) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        return self._device.control_context(), self._device.ftps_context()

    def _on_event(self, event: RelayEvent) -> None:
        match event:
            case TargetReached():
                self._visibility.resume()
            case TargetLost():
                self._visibility.pause()
        self._emit(event)

    def _on_print(self, peer: str, command: JsonObject) -> None:
        if request := print_request(command, peer=peer, received_at=datetime.now(UTC)):
            self._on_event(PrintRequested(request=request, upload_id=None))
