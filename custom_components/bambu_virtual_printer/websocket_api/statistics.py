"""The command on what was archived and printed over time."""

from typing import Any

from ..operations.permissions import Right
from ..services.statistics import STATISTICS, statistics_of
from .commands import Call, Command


async def _stats(call: Call) -> dict[str, Any]:
    return await statistics_of(call.hub, call.data)


COMMANDS = (Command("stats", Right.SEE, _stats, STATISTICS),)
