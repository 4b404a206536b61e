"""A whole proxy printer: a slicer's way through it, and what is told of it."""

import asyncio
from collections.abc import Callable
import io
from pathlib import Path
import socket
import ssl
import struct
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.events import (
    DetectRequested,
    PrintRequested,
    SlicerConnected,
    SlicerDisconnected,
    TargetLost,
    TargetReached,
)
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.net.binding import PrinterStartError
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.protocol.ssdp import notify
from custom_components.bambu_virtual_printer.engine.relay import upstream_watch
from custom_components.bambu_virtual_printer.engine.relay.proxy_printer import (
    ProxyIdentity,
    ProxyPrinter,
)
from custom_components.bambu_virtual_printer.engine.relay.services import RelayServices
from custom_components.bambu_virtual_printer.engine.values import Service
from scripts import slicer
from scripts.printer_double.certificate import PrinterCertificate
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from tests.support.serials import SERIAL
from tests.support.simulated_printer import ACCESS_CODE, JPEG, SimulatedPrinter
from tests.support.waiting import until

from .conftest import Stage, in_thread


@pytest.fixture(scope="module")
def sliced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sliced") / "Cube Ünïcode 1.gcode.3mf"
    write_sliced_file(path, SlicedFileSpec(title="Cube"))
    return path


@pytest.mark.parametrize(
    "terminate", [False, True], ids=["passed through", "ended here"]
)
async def test_a_slicer_prints_through_the_proxy(
    stage: Stage, real: SimulatedPrinter, sliced: Path, terminate: bool
) -> None:
    proxy = await stage.proxy(real.address, terminate_ftps=terminate)
    steps: list[slicer.Step] = []

    found = await slicer.send(
        sliced,
        stage.address,
        ACCESS_CODE,
        print_options=slicer.PrintOptions(),
        on_step=steps.append,
    )

    assert (found.serial, found.name) == (SERIAL, "Proxy")
    assert real.ftps.files[sliced.name] == sliced.read_bytes()
    assert {"522", "425"}.isdisjoint(line[:3] for line in real.ftps.log)
    [requested] = stage.of(PrintRequested)
    assert requested.request.file == sliced.name
    await until(lambda: stage.of(SlicerDisconnected))
    assert len(stage.of(SlicerConnected)) == 1
    assert all(proxy.listeners.values())
    counted = {reading.service: reading for reading in proxy.traffic}
    assert counted["ftps_data"].up_bytes >= sliced.stat().st_size
    assert not proxy.uploads


async def test_the_printers_genuine_certificate_reaches_the_slicer(
    stage: Stage,
    real: SimulatedPrinter,
    certificate: PrinterCertificate,
    any_trust: ssl.SSLContext,
) -> None:
    await stage.proxy(real.address)

    def _certificate(port: int) -> bytes | None:
        with (
            socket.create_connection((stage.address, port), 10) as sock,
            any_trust.wrap_socket(sock, server_hostname=SERIAL) as tls,
        ):
            return tls.getpeercert(binary_form=True)

    for port in (990, 322, 6000):
        assert await in_thread(_certificate, port) == certificate.der
    # Only there is it ours: slicers get addresses replaced in MQTT.
    assert await in_thread(_certificate, 8883) != certificate.der


async def test_the_camera_streams_through(
    stage: Stage, real: SimulatedPrinter, any_trust: ssl.SSLContext
) -> None:
    await stage.proxy(real.address)

    def _pictures() -> list[bytes]:
        login = struct.pack(
            "<4I32s32s", 0x40, 0x3000, 0, 0, b"bblp", ACCESS_CODE.encode()
        )
        with (
            socket.create_connection((stage.address, 6000), 10) as sock,
            any_trust.wrap_socket(sock) as tls,
        ):
            tls.sendall(login)
            stream = tls.makefile("rb")
            found = []
            for _ in range(3):
                length, *_rest = struct.unpack("<4I", stream.read(16))
                found.append(stream.read(length))
            return found

    def _options() -> bytes:
        with (
            socket.create_connection((stage.address, 322), 10) as sock,
            any_trust.wrap_socket(sock) as tls,
        ):
            tls.sendall(b"OPTIONS rtsps://x RTSP/1.0\r\nCSeq: 1\r\n\r\n")
            return tls.recv(100)

    assert await in_thread(_pictures) == [JPEG] * 3
    assert (await in_thread(_options)).startswith(b"RTSP/1.0 200")


async def test_an_upload_that_passes_is_shown_by_its_bytes(
    stage: Stage, real: SimulatedPrinter, any_trust: ssl.SSLContext
) -> None:
    proxy = await stage.proxy(real.address)
    began, go_on = threading.Event(), threading.Event()

    class _Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 300_000:
                began.set()
                go_on.wait(10)
            return super().read(size)

    uploading = asyncio.create_task(
        in_thread(
            slicer.upload,
            stage.address,
            ACCESS_CODE,
            any_trust,
            "a.3mf",
            _Slow(bytes(600_000)),
        )
    )
    await in_thread(began.wait, 10)
    await until(lambda: proxy.uploads and proxy.uploads[0].sent_bytes > 250_000)
    [upload] = proxy.uploads
    # TLS is the printer's: nothing but the number of bytes can be seen.
    assert (upload.peer, upload.name) == ("127.0.0.1", None)
    go_on.set()
    assert (await uploading).startswith("226")
    await until(lambda: not proxy.uploads)
    await until(lambda: stage.changes >= 4)


async def test_detect_answers_with_the_proxys_name_and_the_printers_serial(
    stage: Stage, real: SimulatedPrinter
) -> None:
    proxy = await stage.proxy(real.address)
    found = await slicer.detect(stage.address)
    assert (found.name, found.serial, found.model) == ("Proxy", SERIAL, "BL-P001")
    await until(lambda: stage.of(DetectRequested))
    proxy.rename("Attic")
    assert (await slicer.detect(stage.address)).name == "Attic"


async def test_the_proxy_takes_over_the_firmware_version_that_the_printer_announces(
    stage: Stage, real: SimulatedPrinter
) -> None:
    await stage.proxy(real.address)
    identity = Identity(
        name="Real one",
        model=MODELS["C12"],
        serial_suffix=SERIAL[-9:],
        access_code="12345678",
        bind_ip=real.address,
    )
    announcement = notify(identity)
    stage.services.found.handle_datagram(
        announcement.replace(b"01.07.00.00", b"01.09.01.00"), real.address
    )
    assert (await slicer.detect(stage.address)).version == "01.09.01.00"
    assert [each.name for each in stage.services.found.printers] == ["Real one"]
    # Nor is it taken from elsewhere, or what is none: slicers gate features on it.
    for version, source in (
        (b"09.09.09.09", stage.address),
        (b"a version\x1b", real.address),
    ):
        stage.services.found.handle_datagram(
            announcement.replace(b"01.07.00.00", version), source
        )
        elsewhere = announcement.replace(real.address.encode(), b"127.1.2.3")
        stage.services.found.handle_datagram(
            elsewhere.replace(b"01.07.00.00", version), source
        )
    assert (await slicer.detect(stage.address)).version == "01.09.01.00"
    # Another printer's is nothing to it.
    other = announcement.replace(SERIAL.encode(), b"01P00A000000000")
    stage.services.found.handle_datagram(
        other.replace(b"01.07.00.00", b"09.09.09.09"), real.address
    )
    assert (await slicer.detect(stage.address)).version == "01.09.01.00"


async def test_a_proxy_is_announced_only_while_its_printer_is_there(
    stage: Stage, real: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream_watch, "MIN_INTERVAL_S", 0.05)
    monkeypatch.setattr(upstream_watch, "RETRY_INTERVAL_S", 0.2)
    proxy = await stage.proxy(real.address)
    await until(lambda: proxy.announcements > 0)
    await real.stop()
    proxy._relay._watch.failed(as_it_stands("test"))  # type: ignore[union-attr]
    await until(lambda: stage.of(TargetLost))
    silent_since = proxy.announcements
    # Whoever asks for it by address gets an answer, but nobody hears that it is there.
    await slicer.detect(stage.address)
    proxy._visibility.update(proxy.identity)
    await asyncio.sleep(1)
    assert proxy.announcements == silent_since
    stage.events.clear()
    await real.start()
    await until(lambda: stage.of(TargetReached))
    await until(lambda: proxy.announcements > silent_since)


async def test_every_port_in_use_is_named_and_the_others_are_free_again(
    stage: Stage, real: SimulatedPrinter
) -> None:
    taken = [socket.create_server((stage.address, port)) for port in (990, 3000, 8883)]
    with pytest.raises(PrinterStartError) as caught:
        await stage.proxy(real.address)
    assert sorted(failure.port for failure in caught.value.failures) == [
        990,
        3000,
        8883,
    ]
    for sock in taken:
        sock.close()
    proxy = await stage.proxy(real.address)
    assert set(proxy.listeners) == {
        Service.DISCOVERY, Service.BIND, Service.BIND_TLS, Service.MQTT, Service.FTPS, Service.FTPS_DATA,
        Service.RTSPS, Service.TUNNEL,
    }  # fmt: skip
    assert all(proxy.listeners.values())


async def test_one_port_in_use_stops_everything_else_that_was_started(
    stage: Stage, real: SimulatedPrinter
) -> None:
    with socket.create_server((stage.address, 3000)):
        with pytest.raises(PrinterStartError):
            await stage.proxy(real.address)
        for port in (990, 8883, 50000):
            socket.create_server((stage.address, port)).close()


async def test_before_the_start_there_is_nothing_to_show(
    stage: Stage, address: str
) -> None:
    identity = ProxyIdentity(
        name="Proxy", model=MODELS["C12"], serial=SERIAL, upstream_host=address, bind_ip=stage.address,
        advertise_ip="10.0.0.7",
    )  # fmt: skip
    proxy = ProxyPrinter(identity, stage.device, stage.services, stage.emit)
    assert identity.address == "10.0.0.7"
    assert (
        proxy.upstream,
        proxy.slicers,
        proxy.uploads,
        proxy.traffic,
        proxy.announcements,
    ) == (None, (), (), (), 0)
    assert proxy.listeners == {Service.DISCOVERY: False}
    proxy.rename("Attic")
    assert proxy.identity.name == "Attic"


async def test_two_proxies_of_two_printers_live_beside_one_another(
    stage: Stage,
    real: SimulatedPrinter,
    new_address: Callable[[], str],
    certificate: PrinterCertificate,
) -> None:
    async with SimulatedPrinter(new_address(), SERIAL, certificate) as second:
        addresses = [new_address(), new_address()]
        for printer, address in zip((real, second), addresses, strict=True):
            await stage.proxy(printer.address, wait=False, bind_ip=address)
        await until(lambda: len(stage.of(TargetReached)) == 2)
        context = slicer.tls_context(SERIAL, None)
        for name, address in zip(("one.3mf", "two.3mf"), addresses, strict=True):
            await in_thread(
                slicer.upload, address, ACCESS_CODE, context, name, io.BytesIO(b"x")
            )
        assert list(real.ftps.files) == ["one.3mf"]
        assert list(second.ftps.files) == ["two.3mf"]


async def test_without_the_discovery_port_relaying_goes_on(
    loopback: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def _taken(*_args: object) -> None:
        raise OSError(98, "Address already in use")

    async with SharedServices() as shared:
        monkeypatch.setattr(shared.search_receiver, "subscribe", _taken)
        async with RelayServices(shared) as services:
            assert services.found.printers == ()
    assert (
        "Announcements of printers cannot be received: Address already in use"
        in caplog.text
    )
