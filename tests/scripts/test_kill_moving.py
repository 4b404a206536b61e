"""A real Home Assistant that is killed while its library is moved; ./scripts/kill-test --moving does it for longer."""

import asyncio
import os
from pathlib import Path
import shutil
import sys

import pytest

KILLS = 4
TIMEOUT_S = 900


@pytest.mark.slow
@pytest.mark.timeout(TIMEOUT_S + 60)
@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="needs a network namespace of its own",
)
async def test_nothing_is_lost_however_often_home_assistant_is_killed_while_its_library_is_moved(
    tmp_path: Path,
) -> None:
    process = await asyncio.create_subprocess_exec(
        *("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"),
        *(sys.executable, "-m", "scripts.kill_test", "--moving"),
        *("--kills", str(KILLS), "--config", str(tmp_path)),
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
    assert "nothing lost, nothing doubled" in said.decode()
