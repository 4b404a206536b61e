"""Runs ./scripts/kill-test in a network namespace of its own."""

import asyncio
import os
import shutil
import sys

import pytest

TIMEOUT_S = 900

MARKS = [
    pytest.mark.slow,
    pytest.mark.timeout(TIMEOUT_S + 60),
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("unshare") is None,
        reason="needs a network namespace of its own",
    ),
]


async def kill_test(*arguments: str) -> str:
    """Run it to its end, which has to be a good one. Returns what it said."""
    process = await asyncio.create_subprocess_exec(
        *("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"),
        *(sys.executable, "-m", "scripts.kill_test", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(TIMEOUT_S):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    assert process.returncode == 0, said.decode()
    return said.decode()
