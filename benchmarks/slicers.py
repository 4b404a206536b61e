"""Slicers that are connected and listen, in a process of their own.

python -m benchmarks.slicers PRINTERS EACH     connect EACH to every printer, say so, stay until standard input ends
python -m benchmarks.slicers --connect COUNT   connect one after the other; the seconds to the first report as JSON
"""

import asyncio
from contextlib import AsyncExitStack
import json
import sys
import time

from benchmarks.server import ACCESS_CODE, address, serial
from scripts import slicer


async def _session(stack: AsyncExitStack, number: int) -> slicer.Session:
    context = slicer.tls_context(serial(number), None)
    return await stack.enter_async_context(
        slicer.session(address(number), ACCESS_CODE, serial(number), context)
    )


async def _stay(printers: int, each: int) -> None:
    async with AsyncExitStack() as stack:
        sessions = [
            await _session(stack, number)
            for number in range(printers)
            for _ in range(each)
        ]
        await asyncio.gather(*(session.status() for session in sessions))
        print("ready", flush=True)
        listening = [
            asyncio.create_task(session.wait_for(lambda _report: False))
            for session in sessions
        ]
        await asyncio.to_thread(sys.stdin.read)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


async def _connect(count: int) -> None:
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        async with AsyncExitStack() as stack:
            session = await _session(stack, 0)
            await session.status()
            seconds.append(time.perf_counter() - start)
    print(json.dumps(sorted(seconds)))


if __name__ == "__main__":
    if sys.argv[1] == "--connect":
        asyncio.run(_connect(int(sys.argv[2])))
    else:
        asyncio.run(_stay(int(sys.argv[1]), int(sys.argv[2])))
