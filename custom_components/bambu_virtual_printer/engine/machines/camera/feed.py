"""What a camera sends, fanned out: one connection to the printer, however many look.

It is opened for the first viewer and closed a while after the last. A connection that breaks is closed wholly before the
next is made, and the pauses between them grow. Printers have few places for viewers, and free those of a half-closed
connection after many minutes (Bambuddy #2521, #2757).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
import logging
import random
import threading
from typing import Protocol

from ...mirror.camera import Viewer
from ...net.loop_bridge import call_on_loop
from .problems import CameraError, CameraProblem
from .upstream import CameraTimes, Upstream

_LOGGER = logging.getLogger(__name__)


class Recent[Item](Protocol):
    """What somebody who begins to look is shown at once."""

    def add(self, item: Item) -> None:
        """Take in the newest."""

    def items(self) -> tuple[Item, ...]:
        """Return what to show, the oldest first."""

    def clear(self) -> None:
        """Forget all of it."""


class CameraFeed[Item]:
    """The camera of one printer. Its methods are called on the loop."""

    def __init__(
        self,
        connect: Callable[[Callable[[Item], None]], Upstream],
        recent: Recent[Item],
        executor: Executor,
        times: CameraTimes,
        changed: Callable[[], None],
    ) -> None:
        """Prepare; `changed` is called when the problem is another.

        `connect` makes a connection that delivers to what it is given, or raises CameraError.
        """
        self.problem: CameraProblem | None = None
        """Why nothing has come since the last attempt; None while nobody looks."""
        self._connect = connect
        self._recent = recent
        self._executor = executor
        self._times = times
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        # Guards the viewers, what is recent and which connection may add to it: all are used in its thread too.
        self._lock = threading.Lock()
        self._viewers: list[Viewer[Item]] = []
        self._upstream: Upstream | None = None
        self._live = 0
        self._task: asyncio.Task[None] | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._is_wanted = False
        self._is_closed = False
        self._pause = asyncio.Event()
        self._failures = 0
        self.connections = 0
        """How many connections have been made since the start."""

    @property
    def is_open(self) -> bool:
        """Whether there is a connection to the printer, or one is being made."""
        return self._task is not None

    @property
    def viewers(self) -> int:
        """How many look."""
        return len(self._viewers)

    def watch(self, viewer: Viewer[Item]) -> Callable[[], None]:
        """Show somebody what is recent, and all that comes. Returns what ends that."""
        with self._lock:
            self._viewers.append(viewer)
            for item in self._recent.items():
                viewer.show(item)
        if self._is_closed:
            viewer.ended()
        else:
            self._want()

        def _stop() -> None:
            with self._lock:
                if viewer not in self._viewers:
                    return
                self._viewers.remove(viewer)
                is_last = not self._viewers
            if is_last and self._is_wanted:
                self._linger = self._loop.call_later(self._times.linger_s, self._unwant)

        return _stop

    async def close(self) -> None:
        """End the connection, and tell those who look."""
        self._is_closed = True
        with self._lock:
            viewers = tuple(self._viewers)
        for viewer in viewers:
            viewer.ended()
        self._unwant()
        if self._task:
            await asyncio.wait([self._task])

    # --- the connection ---

    def _want(self) -> None:
        if self._linger:
            self._linger.cancel()
            self._linger = None
        self._is_wanted = True
        if self._task is None:
            self._failures = 0
            self._task = self._loop.create_task(self._follow(), name="camera")
            self._task.add_done_callback(self._over)

    def _unwant(self) -> None:
        if self._linger:
            self._linger.cancel()
            self._linger = None
        self._is_wanted = False
        self._pause.set()
        with self._lock:
            # Whoever comes before the connection is over is not to see what it has brought.
            self._live = 0
            self._recent.clear()
        if self._upstream:
            self._upstream.abort()

    def _over(self, _task: asyncio.Task[None]) -> None:
        self._task = None
        with self._lock:
            self._recent.clear()
        if self._is_wanted:
            # Somebody came when it was just over.
            self._want()
        else:
            self._become(None)

    async def _follow(self) -> None:
        while self._is_wanted:
            self._pause.clear()
            try:
                self._upstream = self._open()
                await self._loop.run_in_executor(self._executor, self._upstream.run)
            except CameraError as err:
                self._failed(err.problem, str(err))
            except Exception as err:
                _LOGGER.exception("The connection to a camera failed")
                self._failed(CameraProblem.LOST, type(err).__name__)
            finally:
                self._upstream = None
            try:
                async with asyncio.timeout(self._delay_s()):
                    await self._pause.wait()
            except TimeoutError:
                continue

    def _open(self) -> Upstream:
        number = self.connections + 1
        upstream = self._connect(partial(self._deliver, number))
        self.connections = self._live = number
        return upstream

    def _deliver(self, number: int, item: Item) -> None:
        """Show something of this connection to all; called in its thread."""
        with self._lock:
            if number != self._live:
                return
            self._recent.add(item)
            for viewer in self._viewers:
                viewer.show(item)
        if self._failures or self.problem:
            call_on_loop(self._loop, self._succeeded)

    def _failed(self, problem: CameraProblem, detail: str) -> None:
        with self._lock:
            self._recent.clear()
        # Otherwise it was ended here.
        if not self._pause.is_set():
            self._failures += 1
            _LOGGER.debug("A camera shows nothing: %s, %s", problem, detail)
            self._become(problem)

    def _succeeded(self) -> None:
        self._failures = 0
        if self._upstream is not None:
            self._become(None)

    def _become(self, problem: CameraProblem | None) -> None:
        if problem is not self.problem:
            self.problem = problem
            self._changed()

    def _delay_s(self) -> float:
        if self.problem is not None and self.problem.needs_a_person:
            return self._times.refused_retry_s
        doubled = self._times.retry_s * 2.0 ** min(max(0, self._failures - 1), 16)
        return min(doubled, self._times.retry_max_s) * random.uniform(0.8, 1.2)
