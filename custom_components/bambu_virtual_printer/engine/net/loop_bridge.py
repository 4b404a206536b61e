"""Calls from other threads to the event loop, without an error once the loop is closed at shutdown."""

import asyncio
from collections.abc import Callable
from contextlib import suppress


def call_on_loop[*Args](
    loop: asyncio.AbstractEventLoop,
    function: Callable[[*Args], object],
    *args: *Args,
) -> None:
    """Have the loop call a function soon. Safe from any thread."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(function, *args)


def set_from_thread[T](
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[T], value: T
) -> None:
    """Set a future of the loop from any thread, unless it is done or cancelled."""

    def _set() -> None:
        if not future.done():
            future.set_result(value)

    call_on_loop(loop, _set)
