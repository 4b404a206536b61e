"""Time limits that do not count time in which this process did not run.

After a host was suspended or snapshotted, or a process stopped, the clock has moved on. Clients were not idle meanwhile:
what they sent may have arrived already, or is being sent again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PAUSE_S = 1.0
"""A timer that fires later than this was delayed by a pause of the process."""
STEP_S = 1.0
"""The most that one pause counts in `waking_timeout`."""


@asynccontextmanager
async def waking_timeout(limit_s: float) -> AsyncIterator[None]:
    """Limit a wait like `asyncio.timeout`, but count only time in which the loop ran. Raises TimeoutError."""
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
