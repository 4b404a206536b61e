"""Threads for work that blocks end with what they were started for."""

import asyncio
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.library.index.threads import Worker


async def test_a_worker_whose_closing_is_cancelled_leaves_no_thread() -> None:
    worker = Worker("closing_is_cancelled", 1)
    thread = await worker.run(threading.current_thread)
    others_have_ended = threading.Event()
    # Whatever waits for the thread comes behind the work of others, who have all of the loop's threads.
    others = [
        asyncio.create_task(asyncio.to_thread(others_have_ended.wait))
        for _ in range(100)
    ]
    closing = asyncio.create_task(worker.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.sleep(0)
    others_have_ended.set()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert not thread.is_alive()
    await asyncio.gather(*others)
