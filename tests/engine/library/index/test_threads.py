"""Threads for places that may never answer: nobody waits for them longer than is said, nor after the end."""

import asyncio
from collections.abc import Iterator
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.library.index.threads import (
    DetachedWorker,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    LibraryError,
)

AN_HOUR_S = 3600.0


@pytest.fixture
def silence() -> Iterator[threading.Event]:
    """Something that is waited for in a thread, until the test ends."""
    event = threading.Event()
    yield event
    event.set()


async def test_giving_up_ends_those_too_who_wait_for_a_place(
    silence: threading.Event,
) -> None:
    worker = DetachedWorker("test_threads", 2, answer_within_s=AN_HOUR_S)
    hung = [asyncio.create_task(worker.run(silence.wait)) for _ in range(2)]
    begun: list[int] = []
    waiting = [asyncio.create_task(worker.run(begun.append, n)) for n in range(5)]
    done, _ = await asyncio.wait(waiting, timeout=0)
    assert not done
    worker.give_up()
    async with asyncio.timeout(5):
        results = await asyncio.gather(*hung, *waiting, return_exceptions=True)
    assert [type(result) for result in results] == [LibraryError] * 7
    # Nor does anybody wait who comes later.
    for _ in range(2):
        with pytest.raises(LibraryError, match="closed"):
            async with asyncio.timeout(5):
                await worker.run(begun.append, 5)
    silence.set()
    await worker.close(within_s=5)
    assert begun == []
