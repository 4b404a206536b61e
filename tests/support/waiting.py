"""Waiting for what no event announces."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

LIMIT_S = 120.0
"""For what has no limit that is tested: long enough for a machine that does much else."""


async def until(
    condition: Callable[[], object], what: str = "", *, timeout_s: float = LIMIT_S
) -> None:
    """Wait until a condition holds, which fails the test after `timeout_s`; `what` is for its message."""
    try:
        async with asyncio.timeout(timeout_s):
            while not condition():
                await asyncio.sleep(0.005)
    except TimeoutError:
        pytest.fail(f"never happened: {what}" if what else "never happened")


async def until_it(
    holds: Callable[[], Awaitable[object]],
    what: str = "",
    *,
    timeout_s: float = LIMIT_S,
) -> None:
    """Ask until a condition holds that has to be waited for itself."""
    try:
        async with asyncio.timeout(timeout_s):
            while not await holds():
                await asyncio.sleep(0.005)
    except TimeoutError:
        pytest.fail(f"never happened: {what}" if what else "never happened")
