"""Work with the store of a shared library in a thread, for no longer than the store answers: a network share may hang for ever."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import math
import threading
import time
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..engine.library.index.threads import DISK_SILENT, DetachedWorker, watched
from ..engine.library.moving.control import MoveCancelledError, MoveControl
from ..engine.library.values.shared import StoreBackend
from ..engine.storage import StorageError

LOOK_EVERY_S = 10.0
"""How often it is looked whether the store is still there, while it takes long over something."""
THERE_WITHIN_S = 30.0
TURN_WITHIN_S = 300.0
"""How long others wait for somebody who does no step, as while a large file is sent."""
DECIDES_WITHIN_S = 10.0
"""So long whoever ends meanwhile waits for what decides which library is in force."""
LOOKED_WITHIN_S = 5.0
"""So long the last look at a store that answers may take."""
_TURN_S = 0.5


class AtStore:
    """Does one piece of work at a time. One that hangs is waited for no longer, but nothing else is begun before it has ended."""

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._turn = threading.Lock()
        self._holder: MoveControl | None = None
        self._given_up: dict[MoveControl, asyncio.Future[None]] = {}

    async def run[Result](
        self,
        work: Callable[[], Result],
        store: StoreBackend,
        control: MoveControl,
        *,
        still_for_s: float = math.inf,
    ) -> Result:
        """Do `work`, which uses `control`, until the store does not answer beside it or nothing is done for so long.

        Raises what it raises, StorageError in these cases, and MoveCancelledError after `give_up`: then the work ends with its
        next step, and decides nothing.
        """
        if control.is_cancelled:
            raise MoveCancelledError
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

        given_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._given_up[control] = given_up
        task = asyncio.ensure_future(
            watched(worker.run(run), look, every_s=LOOK_EVERY_S)
        )
        decides = answers = False
        waited_for: list[asyncio.Future[Any]] = [task, given_up]
        try:
            await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
            result = _result(task)
        except BaseException:
            decides = not control.abandon()
            raise
        else:
            answers = True
            return result
        finally:
            del self._given_up[control]
            task.cancel()
            await worker.close(within_s=DECIDES_WITHIN_S if decides else 0.0)
            await looking.close(within_s=LOOKED_WITHIN_S if answers else 0.0)

    @callback
    def give_up(self, control: MoveControl) -> None:
        """Have the work of `control` waited for no longer, unless it decides just now."""
        given_up = self._given_up.get(control)
        if control.abandon() and given_up is not None and not given_up.done():
            given_up.set_result(None)

    @contextmanager
    def _taking_turn(self, control: MoveControl) -> Iterator[None]:
        """Wait until no other work is done. Raises MoveCancelledError, and StorageError where that does not go on."""
        standing: _Standing | None = None
        while not self._turn.acquire(timeout=_TURN_S):
            if control.is_cancelled:
                raise MoveCancelledError
            holder = self._holder
            if holder is None:
                continue
            if standing is None or standing.control is not holder:
                standing = _Standing(holder, TURN_WITHIN_S)
            standing.check()
        self._holder = control
        try:
            yield
        finally:
            self._holder = None
            self._turn.release()


def _result[Result](task: asyncio.Future[Result]) -> Result:
    """Return what work came to. Raises MoveCancelledError where nobody waits for it any more."""
    if not task.done():
        raise MoveCancelledError
    return task.result()


class _Standing:
    """Since when a move has stood still."""

    def __init__(self, control: MoveControl, for_s: float) -> None:
        """Begin with one that has just done a step."""
        self.control = control
        self._for_s = for_s
        self._steps = control.steps
        self._since = time.monotonic()

    def check(self) -> None:
        """Raise StorageError where it has stood still for too long."""
        if self.control.steps != self._steps:
            self._steps = self.control.steps
            self._since = time.monotonic()
        elif time.monotonic() - self._since > self._for_s:
            raise StorageError(DISK_SILENT)


_STORES: HassKey[dict[str, AtStore]] = HassKey(f"{DOMAIN}_at_stores")


@callback
def at_store(hass: HomeAssistant, store: StoreBackend) -> AtStore:
    """Return what works with a store; a thread that hangs there outlasts the entry that began it."""
    return hass.data.setdefault(_STORES, {}).setdefault(store.place, AtStore())
