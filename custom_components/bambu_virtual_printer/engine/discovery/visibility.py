"""Makes one printer visible to slicers: detect replies (TCP 3000, 3002), announcements and search replies (UDP 2021)."""

from collections.abc import Callable
import ssl

from ..events import DetectRequested
from ..net.binding import BindAll
from ..net.listener_group import ListenerPlan
from ..protocol.presence import Presence
from ..values import Service
from .announcer import Discovery
from .bind import BindServer
from .search_receiver import SearchReceiver


class Visibility:
    """Announces a printer and answers for it, between `start` and `close`; `bind` comes first."""

    def __init__(
        self,
        identity: Presence,
        searches: SearchReceiver,
        emit: Callable[[DetectRequested], None],
    ) -> None:
        """Prepare; `emit` is called for every detect request that was answered."""
        self._identity = identity
        self._searches = searches
        self._emit = emit
        self._bind_server = BindServer(identity, self._detected)
        self._discovery: Discovery | None = None

    @property
    def bound(self) -> bool:
        """Whether the UDP sockets are open."""
        return bool(self._discovery and self._discovery.bound)

    @property
    def announcements(self) -> int:
        """How many announcements were sent."""
        return self._discovery.announcements if self._discovery else 0

    @property
    def announced_at(self) -> float | None:
        """When the last announcement was sent, on the loop's clock."""
        return self._discovery.announced_at if self._discovery else None

    def listeners(self, tls: ssl.SSLContext) -> tuple[ListenerPlan, ...]:
        """Return the TCP listeners of detect requests; `tls` is the context of the second one."""
        ports = self._identity.ports
        return (
            ListenerPlan(
                service=Service.BIND,
                port=ports.bind,
                factory=self._bind_server.factory(Service.BIND),
            ),
            ListenerPlan(
                service=Service.BIND_TLS,
                port=ports.bind_tls,
                factory=self._bind_server.factory(Service.BIND_TLS),
                tls=tls,
            ),
        )

    def bind(self, binding: BindAll) -> None:
        """Bind the UDP sockets; a failure is collected in `binding`."""
        self._discovery = binding.bind(
            lambda: Discovery(self._identity, self._searches)
        )

    def start(self) -> None:
        """Start announcing, unless paused, and answering."""
        assert self._discovery
        self._discovery.start()

    def pause(self) -> None:
        """Send byebye, and neither announce nor answer searches until `resume`."""
        if self._discovery:
            self._discovery.pause()

    def resume(self) -> None:
        """Announce and answer searches again."""
        if self._discovery:
            self._discovery.resume()

    def update(self, identity: Presence) -> None:
        """Change what is announced and answered; ports and addresses stay."""
        self._identity = identity
        self._bind_server.identity = identity
        if self._discovery:
            self._discovery.identity = identity
            self._discovery.announce()

    def close(self) -> None:
        """Send byebye, close the UDP sockets, and end every detect exchange."""
        if self._discovery:
            self._discovery.close()
        self._bind_server.close()

    def _detected(self, event: DetectRequested) -> None:
        # Broadcasts may not reach the client.
        if self._discovery:
            self._discovery.announce(also_to=event.peer)
        self._emit(event)
