"""One printer's relay: its MQTT sessions, its passed-through ports, and the watch on the printer."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import ssl
from typing import Self

from ..events import RelayEvent
from ..net.binding import BindAll
from ..net.failed_logins import FailedLogins
from ..net.listener_group import ListenerGroup, ListenerPlan
from ..protocol.ports import EXTRA_PORTS, FTPS_DATA_PORTS, Ports
from ..values import ConnectedSlicer, JsonObject, Service
from .ftps.server import FtpsRelay
from .meter import ServiceTraffic, read
from .mqtt.server import MqttRelay
from .pass_through.ports import PassThrough
from .services import RelayServices
from .shared import SharedSession
from .upstream import Upstream
from .upstream_watch import UpstreamStatus, UpstreamWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayedUpload:
    """An upload to the printer under way. Its final size is unknown.

    Its name is known only where FTPS is terminated; passed through, it is encrypted.
    """

    peer: str
    name: str | None
    sent_bytes: int
    bytes_per_second: float
    started_at: datetime


class Relay:
    """Relays between slicers and a printer. Call `bind`, then enter it; it runs inside its `async with` block."""

    def __init__(
        self,
        upstream: Upstream,
        address: str,
        services: RelayServices,
        *,
        bind_ip: str,
        ports: Ports,
        extra_ports: tuple[int, ...] = (),
        tls: ssl.SSLContext,
        ftps_tls: ssl.SSLContext | None = None,
        shared: SharedSession,
        emit: Callable[[RelayEvent], None],
        on_print: Callable[[str, JsonObject], None],
        on_change: Callable[[], None],
    ) -> None:
        """Prepare; nothing is opened yet.

        Slicers connect to `address`; MQTT and FTPS of `ports`, and the model's `extra_ports`, are bound on `bind_ip`.
        `tls` is the context for MQTT clients. With `ftps_tls` FTPS is terminated here; otherwise it is passed through,
        for slicers that require a genuine certificate. `shared` is the session with the printer that slicers use if they can. `on_print(peer, command)` is called with every `project_file`
        that is relayed, `on_change` when a connection was opened or closed. All callbacks are called on the event loop.
        """
        dialler = services.dialler
        failed_logins = FailedLogins(emit)
        self._watch = UpstreamWatch(
            upstream,
            dialler,
            emit,
            in_use=lambda: bool(self._mqtt.slicers),
            own_address=address,
            shared=shared,
        )
        self._mqtt = MqttRelay(
            upstream,
            address,
            dialler,
            emit,
            failed_logins,
            shared=shared,
            on_print=on_print,
            on_change=on_change,
            on_failure=self._watch.failed,
        )
        self._ftps: FtpsRelay | None = None
        self._plans = [
            ListenerPlan(
                service=Service.MQTT,
                port=ports.mqtt,
                factory=self._mqtt.factory,
                tls=tls,
            )
        ]
        passed: dict[Service, tuple[int, ...]] = {}
        if ftps_tls:
            self._ftps = FtpsRelay(
                upstream,
                address,
                bind_ip,
                ftps_tls,
                dialler,
                failed_logins,
                on_change=on_change,
                on_failure=self._watch.failed,
            )
            self._plans.append(
                ListenerPlan(
                    service=Service.FTPS,
                    port=ports.ftps,
                    factory=self._ftps.factory,
                    tls=ftps_tls,
                )
            )
        else:
            passed[Service.FTPS] = (ports.ftps,)
            passed[Service.FTPS_DATA] = tuple(FTPS_DATA_PORTS)
        for port in extra_ports:
            service = EXTRA_PORTS[port]
            passed[service] = (*passed.get(service, ()), port)
        self._passed = PassThrough(
            services.thread,
            bind_ip,
            passed,
            upstream,
            admission=services.admission,
            verified_address=self._watch.verified_address,
            is_logged_in=self._mqtt.is_logged_in,
            on_change=on_change,
            on_failure=self._watch.failed,
        )
        self._listeners = ListenerGroup(
            bind_ip,
            admission=services.admission,
            handshakes=services.handshakes,
            on_refused=emit,
        )

    def bind(self) -> None:
        """Bind all ports; connections wait until the relay is entered. Raises PrinterStartError."""
        with BindAll() as binding:
            self._listeners.bind(binding, self._plans)
            binding.bind_group(self._passed.bind, self._passed.close_ports)

    def close_ports(self) -> None:
        """Free the ports of a relay that was bound but not entered."""
        self._listeners.close()
        self._passed.close_ports()

    async def __aenter__(self) -> Self:
        """Start accepting. Call `bind` before."""
        self._passed.start()
        self._listeners.start()
        await self._watch.__aenter__()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Free the ports, then end every connection."""
        self._listeners.close()
        await asyncio.gather(
            self._watch.__aexit__(),
            self._passed.close(),
            self._mqtt.close(),
            *([self._ftps.close()] if self._ftps else []),
            self._listeners.wait_closed(),
        )

    @property
    def listeners(self) -> Mapping[Service, bool]:
        """Which services have all their ports open."""
        return {**self._listeners.bound, **self._passed.bound}

    @property
    def upstream(self) -> UpstreamStatus:
        """The state of the printer."""
        return self._watch.status

    @property
    def slicers(self) -> tuple[ConnectedSlicer, ...]:
        """The clients that are logged in over MQTT."""
        return self._mqtt.slicers

    @property
    def traffic(self) -> tuple[ServiceTraffic, ...]:
        """The traffic of each service."""
        counted = {Service.MQTT: self._mqtt.traffic, **self._passed.traffic}
        if self._ftps:
            counted |= self._ftps.traffic
        return tuple(read(service, traffic) for service, traffic in counted.items())

    @property
    def uploads(self) -> tuple[RelayedUpload, ...]:
        """The uploads under way."""
        if self._ftps:
            return tuple(
                RelayedUpload(
                    peer=transfer.peer,
                    name=transfer.name,
                    sent_bytes=transfer.up.total,
                    bytes_per_second=transfer.up.rate(),
                    started_at=transfer.started_at,
                )
                for transfer in self._ftps.uploads
            )
        return tuple(
            RelayedUpload(
                peer=connection.peer,
                name=None,
                sent_bytes=connection.up.total,
                bytes_per_second=connection.up.rate(),
                started_at=datetime.fromtimestamp(connection.started_at, UTC),
            )
            for connection in self._passed.connections
            if connection.service is Service.FTPS_DATA and connection.up.total
        )

    def handle_announcement(self, address: str) -> None:
        """Handle an announcement of the printer at this address."""
        self._watch.handle_announcement(address)
