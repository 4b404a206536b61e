"""Threads for work that blocks, and locks for work on one thing at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakValueDictionary

from .errors import LibraryError


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
            raise LibraryError("The library is closed.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: work(*args, **kwargs))

    async def close(self) -> None:
        """Wait for the work under way; no thread is left."""
        self._closed = True
        await asyncio.to_thread(self._executor.shutdown)


class KeyedLocks:
    """One lock for each key, for as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        """Start without locks."""
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def __call__(self, key: str) -> asyncio.Lock:
        """Return the lock of this key."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock
