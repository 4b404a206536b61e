"""Calls from other threads to the event loop."""

import asyncio
import threading

from custom_components.bambu_virtual_printer.engine.net.loop_bridge import (
    call_on_loop,
    set_from_thread,
)


async def test_a_function_is_called_in_the_loops_thread() -> None:
    loop = asyncio.get_running_loop()
    called: asyncio.Future[tuple[int, str]] = loop.create_future()

    def _function(text: str) -> None:
        called.set_result((threading.get_ident(), text))

    await asyncio.to_thread(call_on_loop, loop, _function, "argument")
    assert await called == (threading.get_ident(), "argument")


async def test_a_future_is_set_once_and_not_after_it_was_cancelled() -> None:
    loop = asyncio.get_running_loop()
    errors: list[object] = []
    loop.set_exception_handler(lambda _loop, context: errors.append(context))
    future: asyncio.Future[int] = loop.create_future()
    cancelled: asyncio.Future[int] = loop.create_future()
    cancelled.cancel()
    for value in (1, 2):
        await asyncio.to_thread(set_from_thread, loop, future, value)
        await asyncio.to_thread(set_from_thread, loop, cancelled, value)
    assert await future == 1
    assert cancelled.cancelled()
    assert not errors


def test_a_closed_loop_is_no_error() -> None:
    loop = asyncio.new_event_loop()
    future: asyncio.Future[int] = loop.create_future()
    loop.close()
    set_from_thread(loop, future, 1)
    assert not future.done()
