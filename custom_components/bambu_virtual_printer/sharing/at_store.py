"""Work with the store of a shared library in a thread, for no longer than the store answers: a network share may hang for ever."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import math
import threading
import time

from ..engine.library.index.threads import DISK_SILENT, DetachedWorker, watched
from ..engine.library.moving.control import MoveCancelledError, MoveControl
from ..engine.library.values.shared import StoreBackend
from ..engine.storage import StorageError

LOOK_EVERY_S = 10.0
"""How often it is looked whether the store is still there, while it takes long over something."""
THERE_WITHIN_S = 30.0
DECIDES_WITHIN_S = 10.0
"""So long whoever ends meanwhile waits for what decides which library is in force."""
_TURN_S = 0.5


class AtStore:
    """Does one piece of work at a time. One that hangs is waited for no longer, but nothing else is begun before it has ended."""

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._turn = threading.Lock()

    async def run[Result](
        self,
        work: Callable[[], Result],
        store: StoreBackend,
        control: MoveControl,
        *,
        still_for_s: float = math.inf,
    ) -> Result:
        """Do `work`, which uses `control`, until the store does not answer beside it or nothing is done for so long.

        Raises what it raises, and StorageError in these cases: then the work ends with its next step, and decides nothing.
        """
        worker = DetachedWorker("bambu_library_move", 1, answer_within_s=math.inf)
        looking = DetachedWorker(
            "bambu_library_move_look", 1, answer_within_s=THERE_WITHIN_S
        )
        standing = _Standing(control, still_for_s)

        def run() -> Result:
            with self._taking_turn(control):
                return work()

        async def look() -> None:
            try:
                await looking.run(store.marked_as)
                standing.check()
            except StorageError:
                if control.abandon():
                    raise

        decides = False
        try:
            return await watched(worker.run(run), look, every_s=LOOK_EVERY_S)
        except BaseException:
            decides = not control.abandon()
            raise
        finally:
            await worker.close(within_s=DECIDES_WITHIN_S if decides else 0.0)
            await looking.close()

    @contextmanager
    def _taking_turn(self, control: MoveControl) -> Iterator[None]:
        """Wait until no other work is done. Raises MoveCancelledError."""
        while not self._turn.acquire(timeout=_TURN_S):
            if control.is_cancelled:
                raise MoveCancelledError
        try:
            yield
        finally:
            self._turn.release()


class _Standing:
    """Since when a move has stood still."""

    def __init__(self, control: MoveControl, for_s: float) -> None:
        """Begin with one that has just done a step."""
        self._control = control
        self._for_s = for_s
        self._steps = control.steps
        self._since = time.monotonic()

    def check(self) -> None:
        """Raise StorageError where it has stood still for too long."""
        if self._control.steps != self._steps:
            self._steps = self._control.steps
            self._since = time.monotonic()
        elif time.monotonic() - self._since > self._for_s:
            raise StorageError(DISK_SILENT)
