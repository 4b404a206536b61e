"""Shares one byte rate among the threads that upload at once, so that they leave processor time to the event loop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import threading
import time


class Pace:
    """A rate that any number of threads keep together. One alone goes as fast as it can: it leaves another processor free."""

    def __init__(
        self,
        bytes_per_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start with nobody who sends."""
        self._bytes_per_s = bytes_per_s
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._senders = 0
        self._free_at = 0.0

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Be one of those that send."""
        with self._lock:
            self._senders += 1
        try:
            yield
        finally:
            with self._lock:
                self._senders -= 1

    def wait(self, size_bytes: int) -> None:
        """Wait until it is the turn of so many bytes; those of other threads go first if they asked first."""
        with self._lock:
            if self._senders < 2:
                return
            now = self._clock()
            begin = max(self._free_at, now)
            self._free_at = begin + size_bytes / self._bytes_per_s
        if begin > now:
            self._sleep(begin - now)
