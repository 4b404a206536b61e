"""A strand (the word is Boost.Asio's): jobs that run in order on a shared executor, beside those of other strands."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
import threading


class Strand:
    """Runs jobs on an executor one after another, in the order they were given. Safe from any thread."""

    def __init__(self, executor: Executor) -> None:
        """Use an executor that other strands use too."""
        self._executor = executor
        self._lock = threading.Lock()
        self._jobs: deque[Callable[[], None]] = deque()
        self._running = False

    def submit(self, job: Callable[[], None]) -> None:
        """Queue a job, which must not raise."""
        with self._lock:
            self._jobs.append(job)
            if self._running:
                return
            self._running = True
        self._schedule()

    def _schedule(self) -> None:
        try:
            self._executor.submit(self._run)
        except RuntimeError:
            # The executor is shut down, but what was begun has to be ended: files closed, results reported.
            while self._step():
                pass

    def _run(self) -> None:
        # One job at a time, so that strands take turns.
        if self._step():
            self._schedule()

    def _step(self) -> bool:
        """Do one job. Returns whether there are more."""
        with self._lock:
            job = self._jobs.popleft()
        job()
        with self._lock:
            self._running = bool(self._jobs)
            return self._running
