"""A few threads that ask the store of a shared library, for no longer than it answers: a network share may hang for ever."""

import asyncio
from collections.abc import Callable
import threading

from .index.threads import DetachedWorker, watched
from .values.shared import StoreBackend

LOOK_EVERY_S = 30.0
"""How often it is looked whether the store is still there, while it takes long over something."""
THERE_WITHIN_S = 60.0


class StoreWorker:
    """Threads for work with a store. One that hangs occupies its place until it comes back, and is waited for no longer."""

    def __init__(
        self, backend: StoreBackend, name: str, threads: int, *, within_s: float
    ) -> None:
        """Start a thread for each piece of work, at most `threads` at a time; none is waited for longer than `within_s`."""
        self._backend = backend
        self._worker = DetachedWorker(name, threads, answer_within_s=within_s)
        # Apart from those that a hanging share may hold.
        self._looking = DetachedWorker(
            f"{name}_look", 1, answer_within_s=THERE_WITHIN_S
        )

    async def run[**Parameters, Result](
        self,
        work: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Do `work` in a thread, for as long as the store answers beside it. Raises what it raises, and StorageError."""
        return await watched(
            self._worker.run(work, *args, **kwargs), self.look, every_s=LOOK_EVERY_S
        )

    async def change[**Parameters, Result](
        self,
        late: Callable[[], None],
        work: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Do `work` in the same way; `late` is called in its thread if it ends after nobody waits for it any more.

        What it changed then may be in the place of something newer.
        """
        given_up = threading.Event()

        def do() -> Result:
            try:
                return work(*args, **kwargs)
            finally:
                if given_up.is_set():
                    late()

        try:
            return await self.run(do)
        except BaseException:
            given_up.set()
            raise

    async def look(self) -> None:
        """Raise StorageError while the store does not answer."""
        await self._looking.run(self._backend.look)

    def give_up(self) -> None:
        """Begin nothing new, and wait for nothing under way any more."""
        self._worker.give_up()

    async def close(self, *, within_s: float) -> None:
        """Give up everything under way, after waiting for it so long."""
        await asyncio.gather(
            self._worker.close(within_s=within_s),
            self._looking.close(within_s=within_s),
        )
