"""Calls from other threads to the event loop."""

import asyncio
from contextlib import suppress


def set_from_thread[T](
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[T], value: T
) -> None:
    """Set a future of the loop from any thread, unless it is done or cancelled."""

    def _set() -> None:
        if not future.done():
            future.set_result(value)

    # The loop is closed at shutdown.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(_set)
