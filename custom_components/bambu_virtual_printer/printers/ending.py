"""Ends several things, each whatever becomes of the others: what stays open could only be closed by restarting Home Assistant."""

import asyncio
from collections.abc import Awaitable
import logging

_LOGGER = logging.getLogger(__name__)


async def async_end_all(*ends: Awaitable[object]) -> None:
    """Wait for the ends of all. What they raise is logged."""
    for result in await asyncio.gather(*ends, return_exceptions=True):
        if isinstance(result, BaseException):
            _LOGGER.error("Something could not be ended in order", exc_info=result)
