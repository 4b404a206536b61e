"""What all virtual printers of a process share."""

from contextlib import AsyncExitStack
from typing import Self

from ..discovery.search_receiver import SearchReceiver
from ..net.admission import Admission
from ..net.guesses import GuessTracker
from ..net.handshakes import HandshakeLimiter
from ..reception.transfer_thread import TransferThread


class SharedServices:
    """The transfer thread, the limits of connections and logins, and the search receiver.

    Runs inside its `async with` block; printers have to end before.
    """

    def __init__(self) -> None:
        """Make them; the thread is started on entry."""
        self.transfer_thread = TransferThread()
        self.admission = Admission()
        self.guesses = GuessTracker()
        self.handshakes = HandshakeLimiter(pause_s=self.guesses.handshake_pause_s)
        self.search_receiver = SearchReceiver()
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start the transfer thread."""
        await self._running.enter_async_context(self.transfer_thread)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Stop the transfer thread."""
        await self._running.aclose()
