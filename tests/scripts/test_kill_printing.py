"""A real Home Assistant that is killed while its queue prints; ./scripts/kill-test --printing does it for longer."""

import asyncio
import os
from pathlib import Path
import shutil
import sys

import pytest

KILLS = 10
TIMEOUT_S = 900


@pytest.mark.slow
@pytest.mark.timeout(TIMEOUT_S + 60)
@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="needs a network namespace of its own",
)
async def test_every_copy_is_printed_once_however_often_home_assistant_is_killed(
    tmp_path: Path,
) -> None:
    process = await asyncio.create_subprocess_exec(
        *("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"),
        *(sys.executable, "-m", "scripts.kill_test", "--printing"),
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
    assert f"{KILLS} kills" in said.decode()
