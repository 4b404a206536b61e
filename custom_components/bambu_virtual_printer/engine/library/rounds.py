"""What is done again and again beside everything else, as long as a library is open."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import logging

from ..explanations import Explanation
from ..pauses import Pauses
from ..storage import StorageError
from .values.errors import IndexUnavailableError

_LOGGER = logging.getLogger(__name__)


class Rounds:
    """A task that does its work from `start` to `stop`: with rests between, and pauses that become longer while it fails."""

    def __init__(
        self,
        work: Callable[[], Awaitable[None]],
        *,
        rest_s: float,
        pauses: Pauses,
        failing: Callable[[StorageError], None],
        working: Callable[[], None] = lambda: None,
        wanted: asyncio.Event | None = None,
    ) -> None:
        """Prepare.

        `wanted` ends a rest, but no pause: what is new makes nothing work that does not. `failing` is told each new reason, `working`
        when the work is done again after one. Neither is told of an index that is away, which others tell.
        """
        self._work = work
        self._rest_s = rest_s
        self._pauses = pauses
        self._failing = failing
        self._working = working
        self._wanted = wanted or asyncio.Event()
        self._reason: Explanation | None = None
        self._unexpected = ""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what is under way is cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            self._wanted.clear()
            try:
                await self._work()
            except IndexUnavailableError as err:
                _LOGGER.debug("It is done when the index is there: %s", err)
                rest_s = self._pauses.first_s
            except Exception as err:
                if not isinstance(err, StorageError):
                    # In full only once, for this may go on for days.
                    if self._unexpected != repr(err):
                        self._unexpected = repr(err)
                        _LOGGER.exception("It is tried again later")
                elif self._reason != err.explanation:
                    self._reason = err.explanation
                    self._failing(err)
                await asyncio.sleep(self._pauses.take())
                continue
            else:
                self._pauses.reset()
                self._unexpected = ""
                rest_s = self._rest_s
                if self._reason is not None:
                    self._reason = None
                    self._working()
            with suppress(TimeoutError):
                async with asyncio.timeout(rest_s):
                    await self._wanted.wait()
