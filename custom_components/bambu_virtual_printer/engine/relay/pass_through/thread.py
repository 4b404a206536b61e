"""The thread that moves passed-through bytes, outside of the event loop.

One for all printers of a process. Everything but `call`, `call_on_loop` and the `async with` is for the thread itself,
so that no lock is needed.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from functools import partial
import logging
import selectors
import socket
import threading
from time import monotonic
from typing import Self

from ...net.log_bounds import LogRate
from ...net.loop_bridge import call_on_loop
from ...net.wakeup import Wakeup

_LOGGER = logging.getLogger(__name__)

TICK_S = 1.0
STOP_LIMIT_S = 10.0


class RelayThread:
    """Watches sockets and calls back. Runs inside its `async with` block; printers have to end before."""

    def __init__(self) -> None:
        """Prepare."""
        self._calls: deque[Callable[[], None]] = deque()
        self._tickers: dict[Callable[[float], None], None] = {}
        # Called in the next turn.
        self._runnable: dict[Callable[[], None], None] = {}
        self._next_tick = 0.0
        self._log_rate = LogRate()
        self._stopping = False

    async def __aenter__(self) -> Self:
        """Start the thread."""
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        async with AsyncExitStack() as stack:
            self._wakeup = stack.enter_context(closing(Wakeup()))
            self._selector = stack.enter_context(selectors.DefaultSelector())
            self.watch(self._wakeup.sock, selectors.EVENT_READ, self._wakeup.clear)
            thread = threading.Thread(target=self._run, name="bvp-relay", daemon=True)
            thread.start()
            stack.push_async_callback(self._end, thread)
            self._running = stack.pop_all()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Stop the thread and wait for its end."""
        await self._running.aclose()

    async def _end(self, thread: threading.Thread) -> None:
        # After the calls before it.
        self.call(self._stop)
        async with asyncio.timeout(STOP_LIMIT_S):
            await self._stopped.wait()
        thread.join()

    # --- from any thread ---

    def call(self, function: Callable[[], None]) -> None:
        """Have the thread call a function soon."""
        self._calls.append(function)
        self._wakeup.wake()

    def call_on_loop(self, function: Callable[[], None]) -> None:
        """Have the event loop call a function soon."""
        call_on_loop(self._loop, function)

    # --- in the thread ---

    def watch(
        self, sock: socket.socket, events: int, ready: Callable[[], None] | None
    ) -> None:
        """Call `ready` whenever one of these selector events occurs; 0 stops that."""
        watched = self._selector.get_map().get(sock)
        if not events:
            if watched:
                self._selector.unregister(sock)
        elif watched is None:
            self._selector.register(sock, events, ready)
        elif watched.events != events:
            self._selector.modify(sock, events, ready)

    def soon(self, function: Callable[[], None]) -> None:
        """Call a function in the next turn, after all other sockets."""
        self._runnable[function] = None

    def add_ticker(self, tick: Callable[[float], None]) -> None:
        """Call `tick` with the monotonic time about once a second."""
        self._tickers[tick] = None

    def remove_ticker(self, tick: Callable[[float], None]) -> None:
        """Stop calling it."""
        self._tickers.pop(tick, None)

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._turn()
        finally:
            self.call_on_loop(self._stopped.set)

    def _turn(self) -> None:
        for key, _events in self._selector.select(self._select_timeout()):
            self._guarded(key.data)
        runnable, self._runnable = self._runnable, {}
        for function in runnable:
            self._guarded(function)
        while self._calls:
            self._guarded(self._calls.popleft())
        now = monotonic()
        if self._tickers and now >= self._next_tick:
            self._next_tick = now + TICK_S
            for tick in tuple(self._tickers):
                self._guarded(partial(tick, now))

    def _select_timeout(self) -> float | None:
        if self._runnable or self._calls:
            return 0
        if not self._tickers:
            return None
        return max(0.0, self._next_tick - monotonic())

    def _guarded(self, function: Callable[[], None]) -> None:
        """Call a function; an error must not end the thread."""
        try:
            function()
        except Exception:
            if self._log_rate.allows("unexpected"):
                _LOGGER.exception("A relayed connection failed unexpectedly")

    def _stop(self) -> None:
        self._stopping = True
