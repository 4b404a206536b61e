"""A whole printer with real clients: what a slicer lives through from discovery to FINISH."""

import asyncio
from collections.abc import AsyncIterator, Callable
import contextlib
from dataclasses import replace
import errno
import io
import itertools
from pathlib import Path
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.printer import (
    SERVICES,
    VirtualPrinter,
)
from custom_components.bambu_virtual_printer.engine.emulator.probe import unbindable
from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.events import (
    DetectRequested,
    PrinterEvent,
    PrintRequested,
    SlicerConnected,
    SlicerDisconnected,
    TlsRefused,
    UploadFailed,
    UploadReceived,
    UploadStarted,
)
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.net.binding import PrinterStartError
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageFullError
from custom_components.bambu_virtual_printer.engine.values import Service
from scripts import slicer
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from tests.support.folder_card import FolderCard
from tests.support.serials import SERIAL
from tests.support.waiting import LIMIT_S, until

CODE = "12345678"
PORTS = (990, 3000, 3002, 8883)


@pytest.fixture(scope="module")
def sliced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sliced file as Bambu Studio writes it."""
    path = tmp_path_factory.mktemp("sliced") / "Cube Ünïcode 1.gcode.3mf"
    write_sliced_file(path, SlicedFileSpec(title="Cube"))
    return path


@pytest.fixture
def ca_file(ca: CertificateAuthority) -> Path:
    """The CA as a person would have imported it."""
    return ca.folder / "bbl_ca.crt"


@pytest.fixture
async def services(loopback: None) -> AsyncIterator[SharedServices]:
    async with SharedServices() as services:
        yield services


@pytest.fixture
def events() -> list[PrinterEvent]:
    return []


@pytest.fixture
def card(tmp_path: Path) -> FolderCard:
    return FolderCard(tmp_path / "card")


def _identity(
    address: str, name: str = "Garage", suffix: str = SERIAL[-9:]
) -> Identity:
    return Identity(
        name=name,
        model=MODELS["C12"],
        serial_suffix=suffix,
        access_code=CODE,
        bind_ip=address,
    )


@pytest.fixture
async def printer(
    address: str,
    device: DeviceCertificate,
    card: FolderCard,
    services: SharedServices,
    events: list[PrinterEvent],
) -> AsyncIterator[VirtualPrinter]:
    made = VirtualPrinter(_identity(address), device, card, services, events.append)
    async with made as printer:
        yield printer


def _kinds(events: list[PrinterEvent]) -> list[type]:
    return [type(event) for event in events]


# --- printing


async def test_send_is_what_a_slicer_expects_from_start_to_end(
    printer: VirtualPrinter,
    sliced: Path,
    ca_file: Path,
    card: FolderCard,
    events: list[PrinterEvent],
) -> None:
    steps: list[slicer.Step] = []
    found = await slicer.send(
        sliced, printer.identity.bind_ip, CODE, ca=ca_file, on_step=steps.append
    )
    assert found.serial == printer.identity.serial
    assert steps[-1].text == "The printer reports FINISH"
    ((file, _path),) = card.kept.values()
    assert file.name == sliced.name
    path = await card.locate(sliced.name)
    assert path and path.read_bytes() == sliced.read_bytes()
    assert [kind for kind in _kinds(events) if kind is not SlicerDisconnected] == [
        DetectRequested,
        SlicerConnected,
        UploadStarted,
        UploadReceived,
    ]


async def test_print_in_the_newer_order_ends_in_finish_under_the_slicer_s_name(
    printer: VirtualPrinter, sliced: Path, ca_file: Path, events: list[PrinterEvent]
) -> None:
    await slicer.send(
        sliced,
        printer.identity.bind_ip,
        CODE,
        ca=ca_file,
        print_options=slicer.PrintOptions(timelapse=True),
        on_step=lambda _: None,
    )
    (received,) = [event for event in events if isinstance(event, UploadReceived)]
    (requested,) = [event for event in events if isinstance(event, PrintRequested)]
    assert received.request is None
    assert requested.upload_id == received.file.id
    assert requested.request.timelapse is True
    assert requested.request.subtask_name == "Cube Ünïcode 1"


async def test_print_in_the_older_order_prepares_until_the_file_is_there(
    printer: VirtualPrinter, sliced: Path, events: list[PrinterEvent]
) -> None:
    address, serial = printer.identity.bind_ip, printer.identity.serial
    context = slicer.tls_context(serial, None)
    async with slicer.session(address, CODE, serial, context) as mqtt:
        await mqtt.status("IDLE")
        fields = slicer.project_file(sliced, slicer.PrintOptions())
        ack = await mqtt.reply_to(
            "print", await mqtt.request("print", "project_file", **fields)
        )
        assert ack["result"] == "SUCCESS"
        assert ack["gcode_state"] == "PREPARE"
        await mqtt.status("PREPARE", subtask_name="Cube Ünïcode 1")
        await asyncio.to_thread(slicer.upload_file, address, CODE, context, sliced)
        await mqtt.status("FINISH", subtask_name="Cube Ünïcode 1")
    (received,) = [event for event in events if isinstance(event, UploadReceived)]
    assert received.request
    assert received.request.file == sliced.name


async def test_an_older_slicer_that_prints_another_file_than_it_has_just_sent_prints_that_one(
    printer: VirtualPrinter, tmp_path: Path, events: list[PrinterEvent]
) -> None:
    address, serial = printer.identity.bind_ip, printer.identity.serial
    context = slicer.tls_context(serial, None)
    paths = [tmp_path / kind / "Cube.gcode.3mf" for kind in ("sent", "changed")]
    for number, path in enumerate(paths, 1):
        path.parent.mkdir()
        write_sliced_file(path, SlicedFileSpec(title="Cube", plates=number))
    sent, changed = paths
    async with slicer.session(address, CODE, serial, context) as mqtt:
        await asyncio.to_thread(slicer.upload_file, address, CODE, context, sent)
        fields = slicer.project_file(changed, slicer.PrintOptions(plate=2))
        ack = await mqtt.reply_to(
            "print", await mqtt.request("print", "project_file", **fields)
        )
        assert ack["result"] == "SUCCESS"
        await mqtt.status("PREPARE", subtask_name="Cube")
        await asyncio.to_thread(slicer.upload_file, address, CODE, context, changed)
        await mqtt.status("FINISH", subtask_name="Cube")
    first, second = [event for event in events if isinstance(event, UploadReceived)]
    asked = [event for event in events if isinstance(event, PrintRequested)]
    assert first.request is None
    # Whether it was known in time that the request waits for this upload is chance.
    assert [event.upload_id for event in asked] in ([None], [second.file.id])
    assert (second.request is not None) is (asked[0].upload_id is None)


@pytest.mark.parametrize("is_sent_first", [True, False])
@pytest.mark.parametrize("names_checksum", [True, False])
@pytest.mark.parametrize("plates", [1, 2])
async def test_a_plate_that_the_file_does_not_have_is_refused_by_name_in_both_orders(
    printer: VirtualPrinter,
    tmp_path: Path,
    events: list[PrinterEvent],
    plates: int,
    names_checksum: bool,
    is_sent_first: bool,
) -> None:
    path = tmp_path / "Two.gcode.3mf"
    write_sliced_file(path, SlicedFileSpec(title="Two", plates=plates))
    address, serial = printer.identity.bind_ip, printer.identity.serial
    context = slicer.tls_context(serial, None)
    async with (
        slicer.session(address, CODE, serial, context) as mqtt,
        slicer.session(address, CODE, serial, context) as other,
    ):
        fields = slicer.project_file(path, slicer.PrintOptions())
        fields["param"] = "Metadata/plate_7.gcode"
        if not names_checksum:
            fields["md5"] = ""

        async def ask() -> Any:
            asked = await mqtt.request("print", "project_file", **fields)
            return await mqtt.reply_to("print", asked)

        if is_sent_first:
            await asyncio.to_thread(slicer.upload_file, address, CODE, context, path)
            ack = await ask()
            # With a checksum it may be for another file that is to come, so that the status tells.
            assert (ack["result"], ack.get("reason")) == (
                ("SUCCESS", None)
                if names_checksum
                else ("fail", "The file has no sliced plate 7")
            )
        else:
            assert (await ask())["result"] == "SUCCESS"
            await asyncio.to_thread(slicer.upload_file, address, CODE, context, path)
        status = await mqtt.status("FAILED", subtask_name="Two")
        assert status["print_error"] == 0x0500_4003
        del other
    # The file is kept, and nobody asks for anything of it.
    (received,) = [event for event in events if isinstance(event, UploadReceived)]
    assert received.request is None
    assert received.plates == set(range(1, plates + 1))
    assert (PrintRequested in _kinds(events)) is not is_sent_first


async def test_a_printer_that_cannot_begin_says_so_to_the_slicer_that_asked(
    printer: VirtualPrinter, sliced: Path
) -> None:
    address, serial = printer.identity.bind_ip, printer.identity.serial
    context = slicer.tls_context(serial, None)
    async with slicer.session(address, CODE, serial, context) as mqtt:
        await mqtt.status("IDLE")
        (client,) = printer.slicers
        printer.tell_busy(client.peer, "")
        async with asyncio.timeout(LIMIT_S):
            while not (status := await mqtt.status("IDLE"))["print_error"]:
                pass
        assert status["print_error"] == 0x0500_4004


async def test_two_slicers_that_print_at_once_are_both_released(
    printer: VirtualPrinter, events: list[PrinterEvent]
) -> None:
    address, serial = printer.identity.bind_ip, printer.identity.serial
    context = slicer.tls_context(serial, None)

    async def _print(name: str, source: str) -> list[str]:
        """Press Print. Returns whose jobs this slicer was shown from the beginning of its own to the end."""
        shown: list[str] = []
        async with slicer.session(
            address, CODE, serial, context, source=source
        ) as mqtt:
            await mqtt.status("IDLE")
            await everybody.wait()
            await mqtt.request("print", "project_file", file=f"{name}.gcode.3mf")
            while True:
                status = await mqtt.status("PREPARE", "FINISH")
                if not shown and status["subtask_name"] != name:
                    # The other was first.
                    continue
                shown.append(status["subtask_name"])
                if (status["gcode_state"], shown[-1]) == ("FINISH", name):
                    return shown

    everybody = asyncio.Barrier(2)
    first, second = await asyncio.gather(
        _print("First", "127.0.0.2"), _print("Second", "127.0.0.3")
    )
    assert set(first) == {"First"}
    assert set(second) == {"Second"}
    peers = {e.request.peer for e in events if isinstance(e, PrintRequested)}
    assert peers == {"127.0.0.2", "127.0.0.3"}


@pytest.mark.parametrize(
    "sources", [("127.0.0.2", "127.0.0.3"), ("127.0.0.2", "127.0.0.2")]
)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_two_uploads_of_one_name_each_get_their_own_print_request(
    printer: VirtualPrinter,
    written: Callable[[SlicedFileSpec], Path],
    tmp_path: Path,
    events: list[PrinterEvent],
    sources: tuple[str, str],
    order: tuple[int, int],
) -> None:
    """From two slicers and from one, asked for in the order they came and the other way round (BambuStudio #12062)."""
    address, serial = printer.identity.bind_ip, printer.identity.serial
    context = slicer.tls_context(serial, None)
    paths = []
    for number in range(2):
        path = tmp_path / str(number) / "Cube.gcode.3mf"
        path.parent.mkdir()
        path.write_bytes(
            written(SlicedFileSpec(title=f"{number}", plates=2)).read_bytes()
        )
        paths.append(path)
    async with (
        slicer.session(address, CODE, serial, context, source=sources[0]) as first,
        slicer.session(address, CODE, serial, context, source=sources[1]) as second,
    ):
        for path, source in zip(paths, sources, strict=True):
            await asyncio.to_thread(
                slicer.upload_file, address, CODE, context, path, source=source
            )
        for number in order:
            fields = slicer.project_file(
                paths[number], slicer.PrintOptions(plate=number + 1)
            )
            mqtt = (first, second)[number]
            await mqtt.reply_to(
                "print", await mqtt.request("print", "project_file", **fields)
            )
        await until(lambda: _kinds(events).count(PrintRequested) == 2)
    uploads = [e.file.id for e in events if isinstance(e, UploadReceived)]
    requests = [e for e in events if isinstance(e, PrintRequested)]
    assert {e.upload_id: e.request.plate for e in requests} == {
        uploads[0]: 1,
        uploads[1]: 2,
    }


async def test_the_prepare_percentage_moves_for_clients_that_wait_for_it(
    printer: VirtualPrinter, sliced: Path
) -> None:
    """Pybambu fetches the picture once a percentage above 0 becomes 99 or more in PREPARE."""
    address, serial = printer.identity.bind_ip, printer.identity.serial
    context = slicer.tls_context(serial, None)
    await asyncio.to_thread(slicer.upload_file, address, CODE, context, sliced)
    percents = []
    async with slicer.session(address, CODE, serial, context) as mqtt:
        await mqtt.request("print", "project_file", file=sliced.name)
        while (status := await mqtt.status("PREPARE", "FINISH"))[
            "gcode_state"
        ] != "FINISH" or not percents:
            if status["gcode_state"] == "PREPARE":
                percents.append(int(status["gcode_file_prepare_percent"]))
    assert any(
        before > 0 and after >= 99 and after != before
        for before, after in itertools.pairwise(percents)
    ), percents


async def test_an_upload_cut_short_is_told_as_failed_and_the_next_one_works(
    printer: VirtualPrinter, sliced: Path, card: FolderCard, events: list[PrinterEvent]
) -> None:
    address, serial = printer.identity.bind_ip, printer.identity.serial
    context = slicer.tls_context(serial, None)
    async with slicer.session(address, CODE, serial, context) as mqtt:
        half = io.BytesIO(sliced.read_bytes()[:100_000])
        with pytest.raises(slicer.SlicerError, match="426"):
            await asyncio.to_thread(
                slicer.upload, address, CODE, context, sliced.name, half
            )
        await mqtt.status("FAILED")
        assert card.kept == {}
        assert UploadFailed in _kinds(events)
        await asyncio.to_thread(slicer.upload_file, address, CODE, context, sliced)
        await mqtt.status("FINISH")


async def test_a_print_whose_upload_is_refused_at_once_is_not_made_of_what_is_only_sent_then(
    printer: VirtualPrinter, sliced: Path, card: FolderCard, events: list[PrinterEvent]
) -> None:
    address, serial = printer.identity.bind_ip, printer.identity.serial
    context = slicer.tls_context(serial, None)
    async with slicer.session(address, CODE, serial, context) as mqtt:
        fields = slicer.project_file(sliced, slicer.PrintOptions())
        await mqtt.reply_to(
            "print", await mqtt.request("print", "project_file", **fields)
        )
        card.begin_error = StorageFullError(as_it_stands("full"))
        with pytest.raises(slicer.SlicerError, match="452"):
            await asyncio.to_thread(slicer.upload_file, address, CODE, context, sliced)
        card.begin_error = None
        await asyncio.to_thread(slicer.upload_file, address, CODE, context, sliced)
    assert _kinds(events).count(UploadFailed) == 1
    (sent,) = [event for event in events if isinstance(event, UploadReceived)]
    assert sent.request is None


async def test_verify_job_is_accepted_and_leaves_no_trace(
    printer: VirtualPrinter, card: FolderCard, events: list[PrinterEvent]
) -> None:
    context = slicer.tls_context(printer.identity.serial, None)
    reply = await asyncio.to_thread(
        slicer.upload,
        printer.identity.bind_ip,
        CODE,
        context,
        "verify_job",
        io.BytesIO(b"x"),
    )
    assert reply.startswith("226")
    assert card.kept == {}
    assert events == []


async def test_a_slicer_that_does_not_trust_the_ca_is_reported(
    printer: VirtualPrinter, events: list[PrinterEvent]
) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        ["curl", "-sS", f"https://{printer.identity.bind_ip}:8883/"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 60
    async with asyncio.timeout(LIMIT_S):
        while not events:
            await asyncio.sleep(0.01)
    assert events == [
        TlsRefused(peer="127.0.0.1", service=Service.MQTT, alert="unknown_ca")
    ]


# --- several printers


async def test_three_printers_with_one_file_name_each_keep_their_own(
    new_address: Callable[[], str],
    ca: CertificateAuthority,
    services: SharedServices,
    tmp_path: Path,
) -> None:
    cards, printers, files = [], [], []
    for number in range(3):
        address = new_address()
        identity = _identity(address, f"Printer {number}", f"39181234{number}")
        card = FolderCard(tmp_path / f"card{number}")
        device = ca.device_certificate(identity.serial, [address])
        printers.append(
            VirtualPrinter(identity, device, card, services, lambda _: None)
        )
        cards.append(card)
        path = tmp_path / str(number) / "Cube.gcode.3mf"
        path.parent.mkdir()
        write_sliced_file(path, SlicedFileSpec(title=f"Cube {number}", seed=number))
        files.append(path)
    async with printers[0], printers[1], printers[2]:
        await asyncio.gather(
            *(
                slicer.send(
                    path,
                    printer.identity.bind_ip,
                    CODE,
                    ca=ca.folder / "bbl_ca.crt",
                    on_step=lambda _: None,
                )
                for path, printer in zip(files, printers, strict=True)
            )
        )
    for path, card in zip(files, cards, strict=True):
        kept = await card.locate("Cube.gcode.3mf")
        assert kept and kept.read_bytes() == path.read_bytes()
        assert len(card.kept) == 1


# --- life


async def test_it_listens_exactly_where_it_says(printer: VirtualPrinter) -> None:
    assert dict(printer.listeners) == dict.fromkeys(SERVICES, True)
    for port in PORTS:
        socket.create_connection((printer.identity.bind_ip, port)).close()


async def test_every_taken_port_is_named_and_nothing_stays_open(
    address: str, device: DeviceCertificate, services: SharedServices, card: FolderCard
) -> None:
    printer = VirtualPrinter(_identity(address), device, card, services, lambda _: None)
    with (
        socket.create_server((address, 8883)),
        socket.create_server((address, 3000)),
    ):
        with pytest.raises(PrinterStartError) as raised:
            await printer.__aenter__()
        failures = raised.value.failures
        assert [(failure.service, failure.port) for failure in failures] == [
            (Service.BIND, 3000),
            (Service.MQTT, 8883),
        ]
        assert all(failure.errno == errno.EADDRINUSE for failure in failures)
        assert not any(printer.listeners.values())
        for port in (990, 3002):
            socket.create_server((address, port)).close()


async def test_stopping_leaves_no_task_thread_socket_or_file(
    address: str, device: DeviceCertificate, card: FolderCard, sliced: Path
) -> None:
    def _left() -> tuple[set[str], set[str], int]:
        # The pool of asyncio.to_thread is the test's own and grows with the load.
        threads = {
            thread.name
            for thread in threading.enumerate()
            if not thread.name.startswith("SyncWorker")
        }
        tasks = {task.get_name() for task in asyncio.all_tasks()}
        return tasks, threads, len(list(Path("/proc/self/fd").iterdir()))

    before = _left()
    async with SharedServices() as services:
        printer = VirtualPrinter(
            _identity(address), device, card, services, lambda _: None
        )
        async with printer:
            context = slicer.tls_context(printer.identity.serial, None)
            await asyncio.to_thread(slicer.upload_file, address, CODE, context, sliced)
            serial = printer.identity.serial
            async with slicer.session(address, CODE, serial, context) as mqtt:
                await mqtt.status("FINISH")
            idle = [socket.create_connection((address, port)) for port in PORTS]
    for connection in idle:
        connection.close()
    assert _left() == before
    for port in PORTS:
        socket.create_server((address, port)).close()


async def test_stopping_during_an_upload_keeps_nothing_of_it(
    address: str,
    device: DeviceCertificate,
    card: FolderCard,
    services: SharedServices,
    sliced: Path,
    events: list[PrinterEvent],
) -> None:
    started = asyncio.Event()

    def _emit(event: PrinterEvent) -> None:
        events.append(event)
        if isinstance(event, UploadStarted):
            started.set()

    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            return len(buffer)

    printer = VirtualPrinter(_identity(address), device, card, services, _emit)
    async with printer:
        context = slicer.tls_context(printer.identity.serial, None)
        upload = asyncio.create_task(
            asyncio.to_thread(
                slicer.upload,
                address,
                CODE,
                context,
                sliced.name,
                io.BufferedReader(Endless()),
            )
        )
        await started.wait()
    with pytest.raises(slicer.SlicerError):
        await upload
    assert UploadFailed in _kinds(events)
    assert card.kept == {}
    assert card.leftovers() == []


async def test_a_new_name_is_announced_and_answered_without_a_restart(
    printer: VirtualPrinter,
) -> None:
    heard = asyncio.create_task(slicer.announcement(printer.identity.bind_ip, LIMIT_S))
    await asyncio.sleep(0)
    assert await heard
    printer.rename("Attic")
    assert (await slicer.detect(printer.identity.bind_ip)).name == "Attic"
    assert printer.identity.name == "Attic"


# --- probing


async def test_a_probe_binds_nothing_for_long_and_says_nothing(
    address: str, loopback: None
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        ear.bind(("", 2021))
        ear.setblocking(False)
        assert unbindable(_identity(address)) == []
        assert unbindable(_identity(address)) == []
        heard_from = set()
        with contextlib.suppress(BlockingIOError):
            while True:
                heard_from.add(ear.recvfrom(2000)[1][0])
        assert address not in heard_from


async def test_a_probe_names_what_fails_and_skips_what_it_is_told(
    address: str, loopback: None
) -> None:
    with (
        socket.create_server((address, 990)),
        socket.create_server((address, 3002)),
    ):
        assert [error.port for error in unbindable(_identity(address))] == [3002, 990]
        skipped = unbindable(_identity(address), {Service.FTPS})
        assert [error.port for error in skipped] == [3002]
    nowhere = replace(_identity(address), bind_ip="198.51.100.7")
    assert {error.service for error in unbindable(nowhere)} == set(SERVICES)


# --- the command


async def test_the_send_command_prints_what_happens_and_succeeds(
    printer: VirtualPrinter, sliced: Path, ca_file: Path, card: FolderCard
) -> None:
    done = await _run_send(
        str(sliced),
        "--host",
        printer.identity.bind_ip,
        "--access-code",
        CODE,
        "--ca",
        str(ca_file),
        "--print",
    )
    assert done.returncode == 0, done.stdout
    assert "FINISH" in done.stdout
    assert len(card.kept) == 1


async def test_the_send_command_says_what_went_wrong_and_fails(
    printer: VirtualPrinter, sliced: Path, tmp_path: Path
) -> None:
    host = ("--host", printer.identity.bind_ip)
    wrong_code = await _run_send(str(sliced), *host, "--access-code", "87654321")
    assert wrong_code.returncode == 1
    assert "MQTT" in wrong_code.stdout
    missing = await _run_send(str(tmp_path / "none.3mf"), *host, "--access-code", CODE)
    assert missing.returncode == 1
    assert "No such file" in missing.stdout
    nobody = await _run_send(str(sliced), "--host", "127.0.0.1", "--access-code", CODE)
    assert nobody.returncode == 1
    assert "No printer answers" in nobody.stdout
    no_tunnel = await _run_send(str(sliced), *host, "--access-code", CODE, "--tunnel")
    assert no_tunnel.returncode == 1
    assert "A P1S has no file tunnel" in no_tunnel.stdout


async def _run_send(*args: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "scripts.send", *args],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
