"""A file of 1.5 GB through the file tunnel: whole, and with little memory."""

import asyncio
import filecmp
from pathlib import Path
import threading
from typing import Self
import zipfile

import pytest

from scripts.slicer import tls_context
from scripts.tunnel import upload_file_by_tunnel
from tests.support.ftps_clients import ACCESS_CODE
from tests.support.tunnel_client import TunnelClient
from tests.support.waiting import until

from .conftest import Rig

NAME = "Large.gcode.3mf"
SIZE_BYTES = 1_500_000_000
BLOCK_BYTES = 1024 * 1024
# Four blocks of the sink, as many of the client, and what the allocator keeps.
MORE_MEMORY_BYTES = 48 * 2**20
PAGE_BYTES = 4096


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES


class Peak:
    """The most memory that this process has within its `with`."""

    def __enter__(self) -> Self:
        self.before = self.peak = resident_bytes()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.peak = max(self.peak, resident_bytes())


@pytest.mark.slow
async def test_a_large_file_arrives_whole_with_little_memory(
    rig: Rig, tmp_path: Path
) -> None:
    path = tmp_path / NAME
    block = bytes(range(256)) * (BLOCK_BYTES // 256)

    def make() -> None:
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive,
            archive.open("Metadata/plate_1.gcode", "w", force_zip64=True) as member,
        ):
            for _ in range(SIZE_BYTES // BLOCK_BYTES):
                member.write(block)

    await rig.do(make)
    context = await asyncio.to_thread(tls_context, rig.printer.identity.serial, None)
    with Peak() as memory:
        await rig.do(
            lambda: upload_file_by_tunnel(rig.address, ACCESS_CODE, context, path)
        )
    assert memory.peak - memory.before < MORE_MEMORY_BYTES
    await until(lambda: len(rig.received) == 1)
    [(_file, kept)] = rig.storage.kept.values()
    assert await asyncio.to_thread(filecmp.cmp, path, kept, shallow=False)

    def fetch() -> int:
        """Fetch it again, and keep nothing of it."""
        with TunnelClient(rig.address) as client:
            client.start(4, {"path": NAME, "offset": 0})
            taken = 0
            while True:
                head, data = client.reply()
                taken += len(data)
                if head["result"] != 1:
                    assert head["result"] == 0
                    return taken

    with Peak() as memory:
        assert await rig.do(fetch) == path.stat().st_size
    assert memory.peak - memory.before < MORE_MEMORY_BYTES
