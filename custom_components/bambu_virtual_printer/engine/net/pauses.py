"""Limits on waiting that do not count the time in which this process did not run.

A host that is suspended or snapshotted and a process that is stopped go on where they were, while the clock has moved.
Nobody was idle meanwhile: what clients sent may have arrived, or is on its way once more.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PAUSE_S = 1.0
"""What is later than that on a timer was held up by a pause."""
STEP_S = 1.0
"""What a pause counts as in `waking_timeout`, at most."""


@asynccontextmanager
async def waking_timeout(limit_s: float) -> AsyncIterator[None]:
    """Do as `asyncio.timeout`, but count only seconds in which the loop ran. Raises TimeoutError."""
    loop = asyncio.get_running_loop()
    left_s = limit_s
    timer: asyncio.TimerHandle

    def step() -> None:
        nonlocal left_s, timer
        left_s -= STEP_S
        if left_s > 0:
            timer = loop.call_later(min(STEP_S, left_s), step)
        else:
            timeout.reschedule(loop.time())

    async with asyncio.timeout(None) as timeout:
        timer = loop.call_later(min(STEP_S, left_s), step)
        try:
            yield
        finally:
            timer.cancel()
