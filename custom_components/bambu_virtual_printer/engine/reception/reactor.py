"""One thread that serves many sockets: each has a fiber, a generator that yields what it waits for.

The event loop and the writer threads use `call`, which is safe from any thread; everything else runs in the thread
itself, so that no lock is needed.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Generator
from enum import Enum, auto
import logging
import math
import selectors
import socket
import threading
from time import monotonic

from ..net.log_bounds import LogRate
from ..net.pauses import PAUSE_S
from ..net.wakeup import Wakeup
from .failures import (
    IDLE,
    INTERNAL,
    STOPPED,
    AbortedError,
    CrashedError,
    TimedOutError,
    TransferError,
)

_LOGGER = logging.getLogger(__name__)

# The precision of idle limits.
SWEEP_INTERVAL_S = 1.0
RESTART_PAUSE_S = 1.0


class Wait(Enum):
    """What a fiber waits for before it goes on."""

    READ = auto()
    WRITE = auto()
    TURN = auto()
    """Only a turn of the other fibers."""
    WAKE = auto()
    """`Reactor.wake`."""


_EVENTS = {Wait.READ: selectors.EVENT_READ, Wait.WRITE: selectors.EVENT_WRITE}


type Steps = Generator[Wait]


class Fiber(ABC):
    """The work on one socket. All methods are called in the reactor's thread."""

    def __init__(self, sock: socket.socket) -> None:
        """Take over a non-blocking socket; the reactor closes it when the work is over."""
        self.sock = sock
        self.idle_limit_s = math.inf
        """How long READ and WRITE may take before the fiber fails with TimedOutError."""
        self.deadline = math.inf
        self.steps = self.run()

    @abstractmethod
    def run(self) -> Steps:
        """Do the work; yield what to wait for. Raises TransferError."""

    @abstractmethod
    def ended(self, error: TransferError | None) -> None:
        """Handle the end of the work; the socket is closed. Must not raise."""


class Reactor:
    """The thread and its selector. It survives errors of fibers, and restarts after its own."""

    def __init__(self, name: str, on_stopped: Callable[[], None]) -> None:
        """Prepare; `on_stopped` is called last in the thread."""
        self._on_stopped = on_stopped
        self._calls: deque[Callable[[], None]] = deque()
        self._wakeup = Wakeup()
        # Whether the thread waits for its selector, or is about to: otherwise it looks at `_calls` by itself.
        self._asleep = True
        self._selector: selectors.BaseSelector
        # The fibers registered with the selector, and for which events.
        self._events: dict[Fiber, int] = {}
        self._fibers: set[Fiber] = set()
        self._runnable: dict[Fiber, None] = {}
        self._next_sweep = math.inf
        self._log_rate = LogRate()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    # --- from any thread ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Fail every fiber and end the thread; returns at once."""
        self._stopping.set()
        self._wakeup.wake()

    def join(self) -> None:
        """Wait for the end of the thread. Call it after `on_stopped`, so that it does not block for long."""
        self._thread.join()

    def close(self) -> None:
        """Free the sockets that wake the thread. Call it after the thread has ended, or was not started."""
        self._wakeup.close()

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called, so that nothing new may begin."""
        return self._stopping.is_set()

    def call(self, function: Callable[[], None]) -> None:
        """Have the thread call a function soon."""
        self._calls.append(function)
        if self._asleep:
            self._asleep = False
            self._wakeup.wake()

    # --- in the thread -----------------------------------------------------------------------------------------------

    def add(self, fiber: Fiber) -> None:
        """Begin a fiber."""
        self._fibers.add(fiber)
        if self._stopping.is_set():
            self._end(fiber, AbortedError(STOPPED))
        else:
            self._advance(fiber)

    def wake(self, fiber: Fiber) -> None:
        """Let a fiber look around, whatever it waits for."""
        if fiber in self._fibers:
            self._advance(fiber)

    def fail(self, fiber: Fiber, error: TransferError) -> None:
        """End a fiber with an error."""
        if fiber in self._fibers:
            self._end(fiber, error)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with selectors.DefaultSelector() as self._selector:
                    self._selector.register(self._wakeup.sock, selectors.EVENT_READ)
                    self._serve()
            except Exception:
                if self._log_rate.allows("thread"):
                    _LOGGER.exception("The transfer thread failed and starts again")
                self._fail_all(CrashedError(INTERNAL))
                self._stopping.wait(RESTART_PAUSE_S)
        self._fail_all(AbortedError(STOPPED))
        while self._calls:
            self._calls.popleft()()
        self._on_stopped()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            # Before the calls are looked at: who adds one after that sees it.
            self._asleep = True
            ready = self._selector.select(self._select_timeout())
            self._asleep = False
            for key, _events in ready:
                if key.data is None:
                    self._wakeup.clear()
                else:
                    self._runnable[key.data] = None
            # Each gets one turn before any gets the next.
            runnable, self._runnable = self._runnable, {}
            for fiber in runnable:
                self._advance(fiber)
            while self._calls:
                self._calls.popleft()()
            self._sweep()

    def _select_timeout(self) -> float | None:
        if self._runnable or self._calls:
            return 0
        if self._next_sweep == math.inf:
            return None
        return max(0.0, self._next_sweep - monotonic())

    def _sweep(self) -> None:
        """Fail the fibers that waited too long.

        After a pause of this thread, such as a suspended host, all have their whole time again. A fiber whose socket is
        ready does not fail.
        """
        now = monotonic()
        if now < self._next_sweep:
            return
        if now - self._next_sweep > PAUSE_S:
            for fiber in self._fibers:
                if fiber.deadline < math.inf:
                    fiber.deadline = now + fiber.idle_limit_s
        if any(now >= fiber.deadline for fiber in self._fibers):
            ready = {key.data for key, _events in self._selector.select(0)}
            for fiber in [fiber for fiber in self._fibers if now >= fiber.deadline]:
                if fiber not in ready:
                    self.fail(fiber, TimedOutError(IDLE))
        timed = any(fiber.deadline < math.inf for fiber in self._fibers)
        self._next_sweep = now + SWEEP_INTERVAL_S if timed else math.inf

    def _advance(self, fiber: Fiber) -> None:
        """Run a fiber's next step, and arrange what it waits for."""
        try:
            wait = next(fiber.steps)
        except StopIteration:
            self._end(fiber, None)
        except TransferError as err:
            self._end(fiber, err)
        except Exception:
            # Whatever strangers send may bring it about.
            if self._log_rate.allows("fiber"):
                _LOGGER.exception("A transfer failed unexpectedly")
            self._end(fiber, CrashedError(INTERNAL))
        else:
            self._arrange(fiber, wait)

    def _arrange(self, fiber: Fiber, wait: Wait) -> None:
        fiber.deadline = math.inf
        match wait:
            case Wait.READ | Wait.WRITE:
                self._watch(fiber, _EVENTS[wait])
                if fiber.idle_limit_s < math.inf:
                    now = monotonic()
                    fiber.deadline = now + fiber.idle_limit_s
                    self._next_sweep = min(self._next_sweep, now + SWEEP_INTERVAL_S)
            case Wait.WAKE:
                self._watch(fiber, 0)
            case Wait.TURN:
                self._runnable[fiber] = None

    def _watch(self, fiber: Fiber, events: int) -> None:
        """Have the selector report these events of the fiber's socket, and no others."""
        before = self._events.get(fiber, 0)
        if events == before:
            return
        if not events:
            del self._events[fiber]
            self._selector.unregister(fiber.sock)
            return
        if before:
            self._selector.modify(fiber.sock, events, fiber)
        else:
            self._selector.register(fiber.sock, events, fiber)
        self._events[fiber] = events

    def _end(self, fiber: Fiber, error: TransferError | None) -> None:
        self._fibers.discard(fiber)
        self._runnable.pop(fiber, None)
        self._watch(fiber, 0)
        fiber.steps.close()
        fiber.sock.close()
        fiber.ended(error)

    def _fail_all(self, error: TransferError) -> None:
        """End all fibers. The selector is closed already."""
        self._events.clear()
        for fiber in [*self._fibers]:
            self._end(fiber, error)
