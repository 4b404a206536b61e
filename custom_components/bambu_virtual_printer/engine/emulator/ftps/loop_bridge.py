"""Telling the event loop, from another thread, how something ended."""

import asyncio
from contextlib import suppress


def set_from_thread[T](
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[T], value: T
) -> None:
    """Set a future of the loop from any thread, if anybody still waits for it."""

    def _set() -> None:
        if not future.done():
            future.set_result(value)

    # A loop that is closed has nobody left to tell.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(_set)
