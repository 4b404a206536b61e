"""Pools of threads, ended in good order."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


async def shut_down(*executors: ThreadPoolExecutor) -> None:
    """Wait for the work under way and in line, also where this is cancelled; no thread is left."""
    for executor in executors:
        # Their threads end when they have nothing to do, whatever becomes of the waiting.
        executor.shutdown(wait=False)
    ended = asyncio.ensure_future(asyncio.to_thread(_join, executors))
    try:
        await asyncio.shield(ended)
    except asyncio.CancelledError:
        await asyncio.wait([ended])
        raise


def _join(executors: tuple[ThreadPoolExecutor, ...]) -> None:
    for executor in executors:
        executor.shutdown()
