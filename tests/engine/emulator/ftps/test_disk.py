"""Disks that are full, get full, or take no large files."""

from collections.abc import Iterator
import contextlib
from pathlib import Path
import resource
import ssl
import subprocess
import threading

import pytest

from tests.support.ftps_clients import sliced_file

from .conftest import Rig

NAME = "Cube.gcode.3mf"
DISK_BYTES = 24 * 1024 * 1024


@pytest.fixture
def small_disk(rig: Rig, tmp_path: Path) -> Iterator[Path]:
    """Give the storage a disk of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", disk],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    rig.storage.root = disk
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def _send(rig: Rig, content: bytes) -> str:
    """Send until the server has had enough, and return what it says."""
    with rig.client() as client:
        with client.storing(NAME) as data:
            sender = threading.Thread(target=_send_all, args=(data, content))
            sender.start()
            sender.join()
        return client.reply()


def _send_all(data: ssl.SSLSocket, content: bytes) -> None:
    with contextlib.suppress(OSError):
        data.sendall(content)
        data.unwrap()


@pytest.mark.usefixtures("small_disk")
async def test_disk_that_gets_full_is_452_and_leaves_nothing_behind(rig: Rig) -> None:
    large, small = sliced_file(DISK_BYTES + 1_000_000), sliced_file()

    def scenario() -> list[str]:
        return [_send(rig, large), _send(rig, small)]

    full, fine = await rig.do(scenario)
    assert full.startswith("452")
    assert "room" in str(rig.failed[0].reason)
    assert fine.startswith("226")
    assert rig.kept(NAME) == small


@pytest.mark.usefixtures("small_disk")
async def test_reserve_is_left_free_while_receiving(rig: Rig) -> None:
    rig.storage.reserve_bytes = 12_000_000

    def scenario() -> list[str]:
        return [
            _send(rig, sliced_file(20_000_000)),
            _send(rig, sliced_file(8_000_000)),
        ]

    too_much, fits = await rig.do(scenario)
    assert too_much.startswith("452")
    assert rig.failed[0].received_bytes > 12_000_000
    assert fits.startswith("226")


@pytest.mark.usefixtures("small_disk")
async def test_disk_without_room_for_the_reserve_refuses_at_once(rig: Rig) -> None:
    rig.storage.reserve_bytes = DISK_BYTES + 1

    def scenario() -> list[str]:
        with rig.client() as client:
            client.epsv()
            return [client.command(f"STOR {NAME}"), client.command("AVBL")]

    refused, free = await rig.do(scenario)
    assert refused.startswith("452")
    assert free == "213 0"


@pytest.mark.usefixtures("small_disk")
async def test_free_space_is_told_without_the_reserve(rig: Rig) -> None:
    rig.storage.reserve_bytes = 1_000_000

    def scenario() -> str:
        with rig.client() as client:
            return client.command("AVBL")

    assert await rig.do(scenario) == f"213 {DISK_BYTES - 1_000_000}"


async def test_file_system_that_takes_no_large_files_is_552(rig: Rig) -> None:
    content = sliced_file(5_000_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    try:
        reply = await rig.do(lambda: _send(rig, content))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert reply.startswith("552")
    assert rig.storage.leftovers() == []
