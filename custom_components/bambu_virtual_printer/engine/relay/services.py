"""What all proxy printers of a process share."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
import logging
from typing import Protocol, Self

from ..discovery.found import FoundPrinters
from ..discovery.search_receiver import SearchReceiver
from ..net.admission import Admission
from ..net.handshakes import HandshakeLimiter
from ..net.printer_client import Dialler
from ..pki.printer_identity import PrinterTrust
from ..protocol.announcements import Announcement
from ..protocol.ports import DISCOVERY_PORT
from .pass_through.thread import RelayThread

_LOGGER = logging.getLogger(__name__)


class SharedListening(Protocol):
    """What proxy printers share with emulated ones."""

    search_receiver: SearchReceiver
    admission: Admission
    handshakes: HandshakeLimiter


class RelayServices:
    """The relay thread, the announcements of real printers, and the verification of their certificates.

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
        self._handlers: dict[Callable[[Announcement], None], None] = {}
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start the thread and receive announcements. Raises OSError, ValueError if the maker's CAs cannot be read."""
        loop = asyncio.get_running_loop()
        self.trust = await loop.run_in_executor(None, PrinterTrust.load)
        self.dialler = Dialler(self.trust)
        await self._running.enter_async_context(self.thread)
        receive = self.found.handle_datagram
        try:
            self.search_receiver.subscribe(receive, DISCOVERY_PORT)
        except OSError as err:
            # Relaying works without; only printers that move are not followed.
            _LOGGER.warning(
                "Announcements of printers cannot be received: %s", err.strerror
            )
        else:
            self._running.callback(self.search_receiver.unsubscribe, receive)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Stop receiving, then stop the thread."""
        await self._running.aclose()

    def add_announcement_handler(self, handler: Callable[[Announcement], None]) -> None:
        """Call `handler` with every announcement of a real printer."""
        self._handlers[handler] = None

    def remove_announcement_handler(
        self, handler: Callable[[Announcement], None]
    ) -> None:
        """Stop calling it."""
        self._handlers.pop(handler, None)

    def _announced(self, announcement: Announcement) -> None:
        for handler in tuple(self._handlers):
            handler(announcement)
