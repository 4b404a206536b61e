"""Slicers that are connected and listen, in a process of their own.

python -m benchmarks.slicers PRINTERS EACH     connect EACH to every printer, say so, stay until standard input ends
python -m benchmarks.slicers --layers PRINTERS EACH     the same, and when each layer was first seen as JSON
python -m benchmarks.slicers --connect COUNT   connect one after the other; the seconds to the first report as JSON
"""

import asyncio
from contextlib import AsyncExitStack
import json
import sys
import time
from typing import Any

from benchmarks.server import ACCESS_CODE, address, serial
from scripts import slicer


async def _session(stack: AsyncExitStack, number: int) -> slicer.Session:
    context = slicer.tls_context(serial(number), None)
    return await stack.enter_async_context(
        slicer.session(address(number), ACCESS_CODE, serial(number), context)
    )


async def _stay(printers: int, each: int, *, layers: bool = False) -> None:
    async with AsyncExitStack() as stack:
        sessions = [
            await _session(stack, number)
            for number in range(printers)
            for _ in range(each)
        ]
        await asyncio.gather(*(session.status() for session in sessions))
        print("ready", flush=True)
        seen: dict[int, list[float]] = {}
        listening = [
            asyncio.create_task(
                _note_layers(session, seen)
                if layers
                else session.wait_for(lambda _report: False)
            )
            for session in sessions
        ]
        await asyncio.to_thread(sys.stdin.read)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    if layers:
        print(json.dumps(seen))


async def _note_layers(
    session: slicer.Session, seen: dict[int, list[float]]
) -> dict[str, Any]:
    """Note when one slicer sees each layer for the first time, until cancelled."""
    last = None
    while True:
        report = await session.wait_for(lambda _report: True)
        layer = report.get("print", {}).get("layer_num")
        if layer is not None and layer != last:
            last = layer
            seen.setdefault(layer, []).append(time.monotonic())


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
    elif sys.argv[1] == "--layers":
        asyncio.run(_stay(int(sys.argv[2]), int(sys.argv[3]), layers=True))
    else:
        asyncio.run(_stay(int(sys.argv[1]), int(sys.argv[2])))
