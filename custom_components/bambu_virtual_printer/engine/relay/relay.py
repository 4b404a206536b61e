"""One printer's relay: its MQTT sessions, its passed-through ports, and the watch on the printer."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
import ssl
from types import TracebackType
from typing import Any, Self

from ..events import RelayEvent, TlsRefused
from ..net.admission import Admission, OpenConnection
from ..net.binding import BindAll
from ..net.failed_logins import FailedLogins
from ..net.handshakes import HandshakeLimiter
from ..net.listener import Listener
from ..net.printer_client import Dialler
from ..protocol.ports import EXTRA_PORTS, FTPS_DATA_PORTS, FTPS_PORT, MQTT_PORT
from ..values import Service
from .ftps import FtpsRelay
from .meter import ServiceTraffic, read
from .mqtt import MqttRelay, RelayedSlicer
from .pass_through import PassThrough
from .thread import RelayThread
from .upstream import Upstream
from .upstream_watch import UpstreamStatus, UpstreamWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPorts:
    """The TCP ports slicers connect to. Only FTPS may be redirected; `extra` are those of the model (docs/protocol.md, Ports)."""

    mqtt: int = MQTT_PORT
    ftps: int = FTPS_PORT
    extra: tuple[int, ...] = ()


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
        dialler: Dialler,
        *,
        bind_ip: str,
        ports: RelayPorts,
        tls: ssl.SSLContext,
        ftps_tls: ssl.SSLContext | None = None,
        thread: RelayThread,
        admission: Admission,
        handshakes: HandshakeLimiter,
        emit: Callable[[RelayEvent], None],
        on_print: Callable[[str, dict[str, Any]], None],
        on_change: Callable[[], None],
    ) -> None:
        """Prepare; nothing is opened yet.

        Slicers connect to `address`; the ports are bound on `bind_ip`. `tls` is the context for MQTT clients. With
        `ftps_tls` FTPS is terminated here; otherwise it is passed through, for slicers that require a genuine
        certificate. `on_print(peer, command)` is called with every `project_file` that is relayed, `on_change` when a
        connection was opened or closed. All callbacks are called on the event loop.
        """
        self._upstream = upstream
        self._bind_ip = bind_ip
        self._ports = ports
        self._tls = tls
        self._thread = thread
        self._admission = admission
        self._handshakes = handshakes
        self._emit = emit
        self._on_change = on_change
        failed_logins = FailedLogins(emit)
        self._watch = UpstreamWatch(
            upstream,
            dialler,
            emit,
            in_use=lambda: bool(self._mqtt.slicers),
            own_address=address,
        )
        self._mqtt = MqttRelay(
            upstream,
            address,
            dialler,
            emit,
            failed_logins,
            on_print=on_print,
            on_change=on_change,
            on_failure=self._watch.failed,
        )
        self._ftps = (
            FtpsRelay(
                upstream,
                address,
                bind_ip,
                ftps_tls,
                dialler,
                failed_logins,
                on_change=on_change,
                on_failure=self._watch.failed,
            )
            if ftps_tls
            else None
        )
        self._ftps_tls = ftps_tls
        self._listeners: list[Listener] = []
        self._passed: PassThrough | None = None

    def bind(self) -> None:
        """Bind all ports; connections wait until the relay is entered. Raises PrinterStartError."""
        plan = [(Service.MQTT, self._ports.mqtt, self._mqtt.factory, self._tls)]
        passed: dict[Service, tuple[int, ...]] = {}
        if self._ftps and self._ftps_tls:
            plan.append(
                (Service.FTPS, self._ports.ftps, self._ftps.factory, self._ftps_tls)
            )
        else:
            passed[Service.FTPS] = (self._ports.ftps,)
            passed[Service.FTPS_DATA] = tuple(FTPS_DATA_PORTS)
        for port in self._ports.extra:
            service = EXTRA_PORTS[port]
            passed[service] = (*passed.get(service, ()), port)
        pass_through = PassThrough(
            self._thread,
            self._bind_ip,
            passed,
            self._upstream,
            admission=self._admission,
            verified_address=self._watch.verified_address,
            is_logged_in=self._mqtt.is_logged_in,
            on_change=self._on_change,
            on_failure=self._watch.failed,
        )
        with BindAll() as binding:
            listeners = [
                binding.bind(partial(self._listen, service, port, factory, context))
                for service, port, factory, context in plan
            ]
            binding.bind_group(pass_through.bind, pass_through.close_ports)
        self._listeners = [listener for listener in listeners if listener]
        self._passed = pass_through

    def close_ports(self) -> None:
        """Free the ports of a relay that was bound but not entered."""
        for listener in self._listeners:
            listener.close()
        if self._passed:
            self._passed.close_ports()

    async def __aenter__(self) -> Self:
        """Start accepting. Call `bind` before."""
        assert self._passed
        self._passed.start()
        for listener in self._listeners:
            listener.start()
        await self._watch.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Free the ports, then end every connection."""
        for listener in self._listeners:
            listener.close()
        assert self._passed
        await asyncio.gather(
            self._watch.__aexit__(None, None, None),
            self._passed.close(),
            self._mqtt.close(),
            *([self._ftps.close()] if self._ftps else []),
            *(listener.wait_closed() for listener in self._listeners),
        )

    @property
    def listeners(self) -> Mapping[Service, bool]:
        """Which services have all their ports open."""
        states = {listener.service: listener.bound for listener in self._listeners}
        if self._passed:
            states |= self._passed.bound
        return states

    @property
    def upstream(self) -> UpstreamStatus:
        """The state of the printer."""
        return self._watch.status

    @property
    def slicers(self) -> tuple[RelayedSlicer, ...]:
        """The clients that are logged in over MQTT."""
        return self._mqtt.slicers

    @property
    def traffic(self) -> tuple[ServiceTraffic, ...]:
        """The traffic of each service."""
        counted = {Service.MQTT: self._mqtt.traffic}
        if self._passed:
            counted |= self._passed.traffic
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
            for connection in (self._passed.connections if self._passed else ())
            if connection.service is Service.FTPS_DATA and connection.up.total
        )

    def handle_announcement(self, address: str) -> None:
        """Handle an announcement of the printer at this address."""
        self._watch.handle_announcement(address)

    def _listen(
        self,
        service: Service,
        port: int,
        factory: Callable[[OpenConnection], asyncio.Protocol],
        context: ssl.SSLContext,
    ) -> Listener:
        def _refused(peer: str, alert: str) -> None:
            self._emit(TlsRefused(peer=peer, service=service, alert=alert))

        return Listener(
            service,
            self._bind_ip,
            port,
            factory,
            tls=context,
            admission=self._admission,
            handshakes=self._handshakes,
            on_refused=_refused,
        )
