"""The other side of `benchmarks.machine.Program`: commands on standard input, answers on standard output, a JSON line each."""

import asyncio
from collections.abc import Awaitable, Callable
import json
import sys
from typing import Any

type Command = dict[str, Any]
type Answer = dict[str, Any]


async def serve(carry_out: Callable[[Command], Awaitable[Answer]]) -> None:
    """Say that the program is ready; carry out and answer each command until standard input ends."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    print("{}", flush=True)
    while line := await reader.readline():
        print(json.dumps(await carry_out(json.loads(line))), flush=True)
