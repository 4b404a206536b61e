"""Threads for work that blocks end with what they were started for."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.executors import shut_down
from custom_components.bambu_virtual_printer.engine.library.index.threads import Worker


async def test_all_that_is_in_line_is_done_first() -> None:
    may_go_on = threading.Event()
    done: list[int] = []
    executors = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]
    for executor in executors:
        executor.submit(may_go_on.wait)
        executor.submit(done.append, 1)
    ending = asyncio.create_task(shut_down(*executors))
    await asyncio.sleep(0)
    assert not done
    may_go_on.set()
    await ending
    assert done == [1, 1]


async def _pool() -> tuple[threading.Thread, Callable[[], Awaitable[None]]]:
    executor = ThreadPoolExecutor(1)
    thread = executor.submit(threading.current_thread).result()
    return thread, lambda: shut_down(executor)


async def _worker() -> tuple[threading.Thread, Callable[[], Awaitable[None]]]:
    worker = Worker("closing_is_cancelled", 1)
    return await worker.run(threading.current_thread), worker.close


@pytest.mark.parametrize("make", [_pool, _worker])
async def test_where_the_waiting_is_cancelled_no_thread_is_left(
    make: Callable[
        [], Awaitable[tuple[threading.Thread, Callable[[], Awaitable[None]]]]
    ],
) -> None:
    thread, close = await make()
    others_have_ended = threading.Event()

    # Whatever waits for the thread comes behind the work of others, who have all of the loop's threads.
    def other() -> threading.Thread:
        others_have_ended.wait()
        return threading.current_thread()

    others = [asyncio.create_task(asyncio.to_thread(other)) for _ in range(100)]
    closing = asyncio.ensure_future(close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.sleep(0)
    others_have_ended.set()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert not thread.is_alive()
    threads = await asyncio.gather(*others)
    # So many do not all end within what a busy computer is given for that.
    await asyncio.get_running_loop().shutdown_default_executor()
    for other_thread in threads:
        other_thread.join()
