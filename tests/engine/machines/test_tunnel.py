"""Uploads into the internal memory of a simulated P2S without a stick, through its file tunnel."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.machines.errors import (
    UploadCause,
    UploadError,
)
from custom_components.bambu_virtual_printer.engine.machines.machine import Machine
from custom_components.bambu_virtual_printer.engine.machines.transfer import Progress
from custom_components.bambu_virtual_printer.engine.machines.values import StorageState
from scripts.printer_double import FinalReply, PrinterDouble
from tests.support.machine_stage import Stage
from tests.support.waiting import until

NAME = "plate_01J.gcode.3mf"
CHUNK_BYTES = 255 * 1024


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.gcode.3mf"
    path.write_bytes(bytes(range(256)) * 4096)
    return path


async def without_stick(stage: Stage) -> tuple[PrinterDouble, Machine]:
    double = await stage.printer("N7")
    machine = await stage.machine(double)
    double.pull_stick()
    await until(lambda: machine.state.storage.takes_to_memory)
    return double, machine


async def failed(machine: Machine, path: Path) -> UploadError:
    with pytest.raises(UploadError) as caught:
        await machine.upload(path, NAME, to_memory=True)
    return caught.value


async def test_a_printer_says_whether_files_go_to_its_memory(stage: Stage) -> None:
    double, machine = await without_stick(stage)
    assert machine.state.storage.state is StorageState.MISSING
    double.report(sdcard=True, home_flag=1 << 8, aux=f"{1 << 12:X}")
    await until(lambda: not machine.state.storage.takes_to_memory)
    double.report(sdcard=False, home_flag=0, aux="0", fun2="0")
    await until(lambda: machine.state.storage.state is StorageState.MISSING)
    assert not machine.state.storage.takes_to_memory


async def test_a_file_arrives_whole_in_the_memory(stage: Stage, large: Path) -> None:
    double, machine = await without_stick(stage)
    seen: list[Progress] = []
    uploaded = await machine.upload(large, NAME, seen.append, to_memory=True)
    content = large.read_bytes()
    assert double.memory == {NAME: content}
    assert double.files == {}
    assert uploaded.md5 == hashlib.md5(content).hexdigest().upper()
    assert uploaded.size_bytes == len(content)
    await until(lambda: seen[-1].sent_bytes == len(content))
    assert await machine.delete(NAME, from_memory=True)
    assert not await machine.delete(NAME, from_memory=True)
    assert double.memory == {}


async def test_a_known_md5_is_sent_as_it_is(stage: Stage, large: Path) -> None:
    double, machine = await without_stick(stage)
    md5 = hashlib.md5(large.read_bytes()).hexdigest().upper()
    assert (await machine.upload(large, NAME, md5=md5, to_memory=True)).md5 == md5
    assert len(double.memory) == 1
    with pytest.raises(UploadError, match="not what was sent .result 23"):
        await machine.upload(large, NAME, md5="0" * 32, to_memory=True)


@pytest.mark.parametrize("cut", [1, CHUNK_BYTES, 2 * CHUNK_BYTES + 5])
async def test_an_upload_that_was_cut_goes_on(
    stage: Stage, large: Path, cut: int
) -> None:
    double, machine = await without_stick(stage)
    double.faults.cuts_after_bytes = [cut]
    await machine.upload(large, NAME, to_memory=True)
    assert double.memory == {NAME: large.read_bytes()}
    assert double.tunnel
    assert double.tunnel.uploads == 2


async def test_one_that_is_always_cut_is_given_up(stage: Stage, large: Path) -> None:
    double, machine = await without_stick(stage)
    double.faults.cuts_after_bytes = [1, 1, 1, 1]
    assert (await failed(machine, large)).cause is UploadCause.BROKEN_OFF
    assert double.tunnel
    assert double.tunnel.uploads == 3
    assert double.memory == {}


@pytest.mark.parametrize("final", [FinalReply.GONE, FinalReply.MISSING])
async def test_without_an_answer_the_size_decides(
    stage: Stage, large: Path, final: FinalReply
) -> None:
    double, machine = await without_stick(stage)
    double.faults.final_replies = [final]
    await machine.upload(large, NAME, to_memory=True)
    assert double.memory == {NAME: large.read_bytes()}
    assert double.tunnel
    assert double.tunnel.uploads == (1 if final is FinalReply.GONE else 2)


async def test_a_full_memory_is_told(stage: Stage, large: Path) -> None:
    double, machine = await without_stick(stage)
    double.faults.memory_is_full = True
    assert (await failed(machine, large)).cause is UploadCause.STORAGE_FULL
    double.faults.memory_is_full = False
    double.faults.final_replies = [FinalReply.FULL]
    assert (await failed(machine, large)).cause is UploadCause.STORAGE_FULL


async def test_a_wrong_code_is_told(stage: Stage, large: Path) -> None:
    double, machine = await without_stick(stage)
    assert double.tunnel
    double.tunnel.access_code = "00000000"
    assert (await failed(machine, large)).cause is UploadCause.WRONG_CODE


async def test_a_printer_that_is_off_is_unreachable(stage: Stage, large: Path) -> None:
    double, machine = await without_stick(stage)
    assert double.tunnel
    await asyncio.to_thread(double.tunnel.close)
    assert (await failed(machine, large)).cause is UploadCause.UNREACHABLE


async def test_a_file_that_is_gone_is_told(stage: Stage, tmp_path: Path) -> None:
    _double, machine = await without_stick(stage)
    error = await failed(machine, tmp_path / "nothing.gcode.3mf")
    assert error.cause is UploadCause.FILE_UNREADABLE


async def test_an_upload_can_be_given_up(stage: Stage, large: Path) -> None:
    double, machine = await without_stick(stage)
    begun = asyncio.Event()
    large.write_bytes(large.read_bytes() * 40)
    upload = asyncio.create_task(
        machine.upload(large, NAME, lambda _progress: begun.set(), to_memory=True)
    )
    await begun.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert double.memory == {}
