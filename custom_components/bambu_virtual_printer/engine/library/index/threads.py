"""Threads for work that blocks, and locks for work on one thing at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
import threading
import time
from typing import Any
from weakref import WeakSet, WeakValueDictionary

from ...executors import shut_down
from ...explanations import explain
from ...storage import StorageError
from ..values.errors import LibraryError

ANSWER_WITHIN_S = 60.0
"""How long a place that a person named may take for one piece of work."""

DISK_SILENT = explain(
    "disk_silent", "The disk or network share with the file does not answer."
)


class Worker:
    """A few threads of our own, so that neither Home Assistant's pool nor its loop waits for a disk."""

    def __init__(self, name: str, threads: int) -> None:
        """Start threads as they are needed, at most `threads`."""
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._closed = False

    async def run[**Parameters, Result](
        self,
        work: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Do `work` in a thread. Raises what it raises, and LibraryError after `close`."""
        if self._closed:
            raise LibraryError(_CLOSED)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: work(*args, **kwargs))

    async def close(self) -> None:
        """Wait for the work under way, also where this is cancelled; no thread is left."""
        self._closed = True
        await shut_down(self._executor)


_CLOSED = explain("library_closed", "The library is closed.")


class DetachedWorker:
    """A few threads for places that people name, such as network mounts, which may never answer.

    No caller waits for one of them longer than `ANSWER_WITHIN_S`, not even the end of the process. A thread that hangs
    occupies its place until it comes back, so that there are never more of them.
    """

    def __init__(
        self, name: str, threads: int, *, answer_within_s: float | None = None
    ) -> None:
        """Start a thread for each piece of work, at most `threads` at a time."""
        self._name = name
        self._answer_within_s = answer_within_s
        self._places = asyncio.Semaphore(threads)
        self._under_way: dict[threading.Thread, asyncio.Future[Any]] = {}
        self._ended: WeakSet[threading.Thread] = WeakSet()
        self._closed = False

    async def run[**Parameters, Result](
        self,
        work: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Do `work` in a thread. Raises what it raises, StorageError when it takes too long, LibraryError after `close`.

        What takes too long goes on, and has to clean up after itself.
        """
        try:
            async with asyncio.timeout(self._answer_within_s or ANSWER_WITHIN_S):
                await self._places.acquire()
                return await self._start(lambda: work(*args, **kwargs))
        except TimeoutError as err:
            raise StorageError(DISK_SILENT) from err

    def give_up(self) -> None:
        """Begin nothing new, and wait for nothing under way any more, nor for a place."""
        self._closed = True
        # The first that waits for a place gets this one, finds it closed, and gives it on to the next.
        self._places.release()
        for result in self._under_way.values():
            if not result.done():
                result.set_exception(LibraryError(_CLOSED))

    async def close(self, *, within_s: float = 0.0) -> None:
        """Give up everything under way, after waiting for it so long; no thread is left but those that hang."""
        self.give_up()
        if within_s:
            deadline = time.monotonic() + within_s
            for thread in tuple(self._under_way):
                left_s = max(0.0, deadline - time.monotonic())
                await asyncio.to_thread(thread.join, left_s)
        for thread in tuple(self._ended):
            await asyncio.to_thread(thread.join)

    def _start[Result](self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Start a thread in a place that was taken for it; it gives the place back."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Result] = loop.create_future()
        if self._closed:
            self._places.release()
            raise LibraryError(_CLOSED)

        def finish(value: Result | None, error: BaseException | None) -> None:
            self._places.release()
            del self._under_way[thread]
            # It has no more to do, but may still be there for a moment.
            self._ended.add(thread)
            if result.done():
                return
            if error is not None:
                result.set_exception(error)
            else:
                result.set_result(value)  # type: ignore[arg-type]

        def run() -> None:
            value, error = None, None
            try:
                value = work()
            except BaseException as err:  # noqa: BLE001 - it is raised where it is awaited
                error = err
            # The loop has ended, so no caller waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(finish, value, error)

        thread = threading.Thread(target=run, name=self._name, daemon=True)
        self._under_way[thread] = result
        thread.start()
        return result


async def watched[Result](
    work: Coroutine[Any, Any, Result],
    look: Callable[[], Awaitable[object]],
    *,
    every_s: float,
) -> Result:
    """Do `work`, and look beside it every now and then; where that raises, the work is waited for no longer.

    Raises what either raises.
    """
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([task], timeout=every_s))[0]:
            looking = asyncio.ensure_future(look())
            try:
                await asyncio.wait([task, looking], return_when=asyncio.FIRST_COMPLETED)
                if not task.done():
                    looking.result()
            finally:
                looking.cancel()
        return await task
    finally:
        task.cancel()


class KeyedLocks:
    """One lock for each key, for as long as it is held or awaited."""

    def __init__(self) -> None:
        """Start without locks."""
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def __call__(self, key: str) -> asyncio.Lock:
        """Return the lock of this key."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock
