import asyncio
from dataclasses import replace
import hashlib
import logging
from pathlib import Path
import threading
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.machines import ftps
from custom_components.bambu_virtual_printer.engine.machines.errors import (
    UploadCause,
    UploadError,
)
from custom_components.bambu_virtual_printer.engine.machines.families import (
    DataProtection,
)
from custom_components.bambu_virtual_printer.engine.machines.ftps import PrinterFtps
from custom_components.bambu_virtual_printer.engine.machines.ftps_transfer import (
    FtpsTransfer,
)
from custom_components.bambu_virtual_printer.engine.machines.machine import (
    UPLOAD_THREADS,
    Machine,
)
from custom_components.bambu_virtual_printer.engine.machines.transfer import (
    Progress,
    UploadTimes,
)
from custom_components.bambu_virtual_printer.engine.machines.upload import MAX_TRIES
from scripts.printer_double import Faults, FinalReply, PrinterDouble, vsftpd
from scripts.printer_double.certificate import PrinterCertificate
from scripts.printer_double.vsftpd import Vsftpd
from tests.support.machine_stage import QUICK_UPLOADS, Stage
from tests.support.serials import SERIAL
from tests.support.waiting import until

NAME = "plate_01J.gcode.3mf"


def upload_threads() -> int:
    """How many threads are in an upload."""
    return sum("upload" in thread.name for thread in threading.enumerate())


async def failed(machine: Machine, plate: Path) -> UploadError:
    with pytest.raises(UploadError) as caught:
        await machine.upload(plate, NAME)
    return caught.value


@pytest.mark.parametrize("model", ["C12", "N2S", "BL-P001", "N7", "O1D"])
async def test_a_file_arrives_whole_on_the_card_of_each_family(
    stage: Stage, plate: Path, model: str
) -> None:
    double = await stage.printer(model)
    machine = await stage.machine(double)
    seen: list[Progress] = []
    uploaded = await machine.upload(plate, NAME, seen.append)
    content = plate.read_bytes()
    assert double.files == {NAME: content}
    assert (uploaded.name, uploaded.size_bytes) == (NAME, len(content))
    assert uploaded.md5 == hashlib.md5(content).hexdigest().upper()
    await until(lambda: seen[-1].sent_bytes == len(content))
    assert [progress.sent_bytes for progress in seen] == sorted(
        progress.sent_bytes for progress in seen
    )
    assert {progress.total_bytes for progress in seen} == {len(content)}
    assert machine.data_protection is DataProtection.PRIVATE


async def test_a_known_md5_is_not_taken_again(stage: Stage, plate: Path) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    known = "0123456789ABCDEF" * 2
    assert (await machine.upload(plate, NAME, md5=known)).md5 == known
    assert double.files == {NAME: plate.read_bytes()}


@pytest.mark.skipif(bool(Vsftpd.missing()), reason=Vsftpd.missing())
@pytest.mark.parametrize("model", ["C12", "BL-P001", "N7", "O1D"])
async def test_a_real_vsftpd_that_demands_session_reuse_takes_the_file(
    stage: Stage,
    plate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
) -> None:
    monkeypatch.setattr(ftps, "USER_NAME", vsftpd.USER)
    double = await stage.printer(model, with_ftps=False)
    machine = await stage.machine(double)
    name = f"{vsftpd.FOLDER}/{NAME}"
    with Vsftpd(tmp_path, double.address, stage.certificate.path) as server:
        uploaded = await machine.upload(plate, name)
        assert (server.files / NAME).read_bytes() == plate.read_bytes()
        assert uploaded.size_bytes == plate.stat().st_size
        # Once more, over what is there.
        await machine.upload(plate, name)
        assert await machine.delete(name)
        assert not await machine.delete(name)
        assert list(server.files.iterdir()) == []


async def test_the_dialogue_is_the_one_that_printers_expect(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await machine.upload(plate, NAME)
    assert double.ftps
    assert double.ftps.log == [
        "USER bblp", "PASS", "PBSZ 0", "PROT P", "TYPE I", "AVBL", f"DELE {NAME}", "PASV", f"STOR {NAME}", f"SIZE {NAME}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "faults", [Faults(protections="C"), Faults(data_tls_fails=True)]
)
async def test_an_a1_that_takes_data_only_in_clear_gets_it_so_and_is_remembered(
    stage: Stage, plate: Path, faults: Faults
) -> None:
    double = await stage.printer("N2S", faults=faults)
    machine = await stage.machine(double)
    await machine.upload(plate, NAME)
    assert double.files[NAME] == plate.read_bytes()
    assert machine.data_protection is DataProtection.CLEAR
    assert double.ftps
    double.ftps.log.clear()
    await machine.upload(plate, NAME)
    assert [line for line in double.ftps.log if line.startswith("PROT")] == ["PROT C"]


async def test_no_other_family_gets_data_in_clear(stage: Stage, plate: Path) -> None:
    double = await stage.printer("C12", faults=Faults(protections="C"))
    machine = await stage.machine(double)
    assert (await failed(machine, plate)).cause is UploadCause.BROKEN_OFF
    assert double.files == {}


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        ("553 Could not create file.", UploadCause.STORAGE_REFUSED),
        ("552 No space left on the device.", UploadCause.STORAGE_FULL),
        ("452 No space left on the device.", UploadCause.STORAGE_FULL),
        ("550 Permission denied.", UploadCause.REFUSED),
        ("530 Please login.", UploadCause.WRONG_CODE),
    ],
)
async def test_a_refused_file_is_told_by_its_cause_and_not_sent_again(
    stage: Stage, plate: Path, reply: str, cause: UploadCause
) -> None:
    double = await stage.printer(faults=Faults(stor_replies=[reply] * MAX_TRIES))
    machine = await stage.machine(double)
    assert (await failed(machine, plate)).cause is cause
    assert double.ftps
    assert double.ftps.uploads == 1


async def test_a_transfer_that_breaks_off_is_tried_three_times_at_most(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer(faults=Faults(cuts_after_bytes=[100_000] * 9))
    machine = await stage.machine(double)
    error = await failed(machine, plate)
    assert error.cause is UploadCause.BROKEN_OFF
    assert double.ftps
    assert double.ftps.uploads == MAX_TRIES
    # What is shorter than the file is not left to be printed.
    assert double.files == {}


@pytest.mark.parametrize(
    "faults",
    [
        Faults(cuts_after_bytes=[100_000]),
        # As much as has been sent when it breaks off is still not all of it.
        Faults(cuts_after_bytes=[131_072, 196_608]),
        Faults(stor_replies=["425 Failed to establish connection."]),
        Faults(login_ends=2),
    ],
)
async def test_a_transfer_that_breaks_off_arrives_with_a_later_try(
    stage: Stage, plate: Path, faults: Faults
) -> None:
    double = await stage.printer(faults=faults)
    machine = await stage.machine(double)
    await machine.upload(plate, NAME)
    assert double.files == {NAME: plate.read_bytes()}


async def test_a_file_that_changes_meanwhile_is_not_taken_for_sent(
    stage: Stage, plate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    before = plate.stat().st_size

    def _grow(_progress: Progress) -> None:
        if plate.stat().st_size == before:
            plate.write_bytes(bytes(before * 2))

    double.faults.seconds_per_block = 0.002
    plate.write_bytes(bytes(before := 20_000_000))
    with pytest.raises(UploadError) as caught:
        await machine.upload(plate, NAME, _grow)
    assert caught.value.cause is UploadCause.FILE_UNREADABLE


@pytest.mark.parametrize(
    "final", [FinalReply.BROKEN, FinalReply.MISSING, FinalReply.GONE]
)
async def test_after_the_last_byte_the_size_on_the_card_decides(
    stage: Stage, plate: Path, final: FinalReply
) -> None:
    """426 after the last byte, no 226, and the end of the connection are no failures when all of it is there."""
    double = await stage.printer(faults=Faults(final_replies=[final]))
    machine = await stage.machine(
        double, upload_times=replace(QUICK_UPLOADS, final_reply_s=0.3)
    )
    await machine.upload(plate, NAME)
    assert double.files == {NAME: plate.read_bytes()}
    assert double.ftps
    assert double.ftps.uploads == 1


async def test_a_card_that_is_full_only_at_the_end_is_told_as_that(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer(faults=Faults(final_replies=[FinalReply.FULL]))
    machine = await stage.machine(double)
    assert (await failed(machine, plate)).cause is UploadCause.STORAGE_FULL


@pytest.mark.parametrize("reply", ["522 Session reuse required.", "421 Timeout."])
async def test_what_may_pass_is_tried_again(
    stage: Stage, plate: Path, reply: str
) -> None:
    double = await stage.printer(faults=Faults(stor_replies=[reply]))
    machine = await stage.machine(double)
    await machine.upload(plate, NAME)
    assert double.files == {NAME: plate.read_bytes()}


async def test_without_a_size_an_end_that_says_nothing_is_a_failure(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer(
        faults=Faults(final_replies=[FinalReply.BROKEN] * 3, knows_size=False)
    )
    machine = await stage.machine(double)
    assert (await failed(machine, plate)).cause is UploadCause.BROKEN_OFF
    assert double.files == {}


async def test_without_a_size_226_is_believed(stage: Stage, plate: Path) -> None:
    double = await stage.printer(faults=Faults(knows_size=False))
    machine = await stage.machine(double)
    await machine.upload(plate, NAME)
    assert double.files[NAME] == plate.read_bytes()


async def test_too_little_room_is_known_before_a_byte_is_sent(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer(faults=Faults(free_bytes=plate.stat().st_size - 1))
    machine = await stage.machine(double)
    assert (await failed(machine, plate)).cause is UploadCause.STORAGE_FULL
    assert double.ftps
    assert double.ftps.uploads == 0
    double.faults.free_bytes = plate.stat().st_size
    await machine.upload(plate, NAME)


async def test_a_wrong_code_is_told_and_never_shown(
    stage: Stage, plate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    double = await stage.printer()
    machine = await stage.machine(double)
    double.access_code = "00000000"
    error = await failed(machine, plate)
    assert error.cause is UploadCause.WRONG_CODE
    assert "12345678" not in f"{error!r} {error.__cause__!r} {caplog.text}"


async def test_somebody_else_gets_neither_code_nor_file(
    stage: Stage, plate: Path, tmp_path: Path
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await double.power_off()
    made = PrinterCertificate.make(tmp_path, SERIAL, issuer="Nobody")
    impostor = PrinterDouble(double.address, SERIAL, made)
    await stage.stack.enter_async_context(impostor)
    assert (await failed(machine, plate)).cause is UploadCause.NOT_THE_PRINTER
    assert impostor.ftps
    assert not [line for line in impostor.ftps.log if line.startswith(("USER", "PASS"))]


async def test_a_printer_that_was_never_reached_takes_no_file(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer(on=False)
    machine = await stage.machine(double, wait=False)
    assert (await failed(machine, plate)).cause is UploadCause.UNREACHABLE


async def test_a_printer_that_is_switched_off_meanwhile_is_unreachable(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    await double.power_off()
    assert (await failed(machine, plate)).cause is UploadCause.UNREACHABLE


async def test_a_file_that_cannot_be_read_is_told_as_that(
    stage: Stage, tmp_path: Path
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    assert (
        await failed(machine, tmp_path / "missing")
    ).cause is UploadCause.FILE_UNREADABLE


async def test_an_upload_that_takes_too_long_is_given_up(
    stage: Stage, plate: Path
) -> None:
    plate.write_bytes(bytes(20_000_000))
    double = await stage.printer(faults=Faults(seconds_per_block=0.01))
    machine = await stage.machine(
        double,
        upload_times=replace(QUICK_UPLOADS, least_s=0.01, slowest_bytes_per_s=1e9),
    )
    assert (await failed(machine, plate)).cause is UploadCause.TOO_SLOW


def test_the_deadline_grows_with_the_size() -> None:
    assert UploadTimes().deadline_s(1_000_000) == 600
    assert UploadTimes().deadline_s(100 * 1024 * 1024) == 4096


async def test_a_cancelled_upload_has_ended_its_thread_before_it_returns(
    stage: Stage, tmp_path: Path
) -> None:
    big = tmp_path / "big.3mf"
    big.write_bytes(bytes(20_000_000))
    double = await stage.printer(faults=Faults(seconds_per_block=0.05))
    machine = await stage.machine(double)
    started = asyncio.Event()
    task = asyncio.create_task(
        machine.upload(big, NAME, lambda _progress: started.set())
    )
    async with asyncio.timeout(20):
        await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    transfer = machine._uploader._running
    assert transfer is not None and transfer.done()
    assert double.ftps
    server = double.ftps
    await until(lambda: server.writers == 0)
    assert len(double.files[NAME]) < 20_000_000


async def test_no_upload_begins_before_the_thread_of_the_one_before_has_ended(
    stage: Stage, plate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also not when the caller is cancelled twice and so does not wait for it."""
    writing: list[int] = []
    store = PrinterFtps.store

    def _store(self: PrinterFtps, *args: Any) -> bool:
        writing.append(1)
        try:
            assert len(writing) == 1
            return store(self, *args)
        finally:
            writing.pop()

    monkeypatch.setattr(PrinterFtps, "store", _store)
    double = await stage.printer(faults=Faults(seconds_per_block=0.002))
    machine = await stage.machine(double)
    big = plate.with_name("big.3mf")
    big.write_bytes(bytes(20_000_000))
    for times_cancelled in (1, 2):
        started = asyncio.Event()
        task = asyncio.create_task(
            machine.upload(big, NAME, lambda _progress, started=started: started.set())
        )
        async with asyncio.timeout(20):
            await started.wait()
        for _ in range(times_cancelled):
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([task])
    await asyncio.gather(
        machine.upload(plate, "one_1.gcode.3mf"),
        machine.upload(plate, "two_1.gcode.3mf"),
    )
    assert (
        double.files["one_1.gcode.3mf"]
        == double.files["two_1.gcode.3mf"]
        == plate.read_bytes()
    )


async def test_several_printers_are_sent_to_at_the_same_time(
    stage: Stage, plate: Path
) -> None:
    together = threading.Barrier(3, timeout=15)
    machines = []
    for _ in range(3):
        double = await stage.printer()
        assert double.ftps
        double.ftps.on_file = lambda _name, _content: together.wait()
        machines.append(await stage.machine(double))
    await asyncio.gather(*(machine.upload(plate, NAME) for machine in machines))
    assert not together.broken
    assert upload_threads() <= UPLOAD_THREADS


async def test_cancelling_before_the_connection_is_there_sends_nothing(
    stage: Stage, plate: Path
) -> None:
    double = await stage.printer()
    machine = await stage.machine(double)
    transfer = machine._uploader._transfer(double.address, FtpsTransfer)
    transfer.cancel()
    with pytest.raises(UploadError, match="given up"):
        await asyncio.to_thread(transfer.store, plate, NAME, None, "")
    with pytest.raises(UploadError, match="given up"):
        await asyncio.to_thread(transfer.delete, NAME)
    assert double.ftps
    assert double.ftps.log == []
