"""The TCP listeners of one printer: bound, started and closed together."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
import ssl

from ..events import TlsRefused
from ..values import Service
from .admission import Admission
from .binding import BindAll
from .handshakes import HandshakeLimiter
from .listener import Adopt, Factory, Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerPlan:
    """A listener to bind. `factory` makes the protocols of its connections, over TLS if there is a context, or adopts them.

    Without an optional one the printer starts all the same.
    """

    service: Service
    port: int
    factory: Factory | Adopt
    tls: ssl.SSLContext | None = None
    is_optional: bool = False


class ListenerGroup:
    """The listeners of a printer on one address. Empty before `bind`; they accept between `start` and `close`."""

    def __init__(
        self,
        address: str,
        *,
        admission: Admission,
        handshakes: HandshakeLimiter,
        on_refused: Callable[[TlsRefused], None],
    ) -> None:
        """Prepare; `on_refused` is called when a client broke off a handshake with a TLS alert."""
        self._address = address
        self._admission = admission
        self._handshakes = handshakes
        self._on_refused = on_refused
        self._listeners: list[Listener] = []

    @property
    def bound(self) -> Mapping[Service, bool]:
        """Which services have their port open."""
        return {listener.service: listener.bound for listener in self._listeners}

    def bind(self, binding: BindAll, plans: Iterable[ListenerPlan]) -> None:
        """Bind listeners; failures are collected in `binding`."""
        for plan in plans:
            bind = binding.bind_if_free if plan.is_optional else binding.bind
            if listener := bind(partial(self._listen, plan)):
                self._listeners.append(listener)

    def start(self) -> None:
        """Start accepting."""
        for listener in self._listeners:
            listener.start()

    def close(self) -> None:
        """Stop accepting and free the ports at once. Connections that were handed over stay open."""
        for listener in self._listeners:
            listener.close()

    async def wait_closed(self) -> None:
        """Wait until no handshake is under way any more."""
        await asyncio.gather(*(listener.wait_closed() for listener in self._listeners))

    def _listen(self, plan: ListenerPlan) -> Listener:
        def _refused(peer: str, alert: str) -> None:
            self._on_refused(TlsRefused(peer=peer, service=plan.service, alert=alert))

        return Listener(
            plan.service,
            self._address,
            plan.port,
            plan.factory,
            tls=plan.tls,
            admission=self._admission,
            handshakes=self._handshakes,
            on_refused=_refused,
        )
