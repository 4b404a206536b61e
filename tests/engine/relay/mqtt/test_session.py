"""MQTT through the relay: the printer decides, the slicer sees no trace of where it is."""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
import socket
import ssl
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.events import (
    LoginFailed,
    PrintRequested,
    SlicerConnected,
    SlicerDisconnected,
    TargetLost,
    TlsRefused,
)
from custom_components.bambu_virtual_printer.engine.net.printer_client import Dialler
from custom_components.bambu_virtual_printer.engine.printable import MAX_CLIENT_ID_CHARS
from custom_components.bambu_virtual_printer.engine.relay.mqtt import session
from custom_components.bambu_virtual_printer.engine.values import Service
from scripts.printer_double.certificate import PrinterCertificate
from tests.support import mqtt_wire as wire, simulated_printer
from tests.support.mqtt_wire import RawClient
from tests.support.serials import SERIAL
from tests.support.simulated_printer import ACCESS_CODE, SimulatedPrinter, little_endian
from tests.support.waiting import until

from ..conftest import TIMEOUT_S, Stage, in_thread


async def _slicer(
    stage: Stage, trust: ssl.SSLContext, *, subscribed: bool = True
) -> RawClient:
    """Log in through the proxy; the client is closed when the test ends."""
    client = await stage.stack.enter_async_context(
        await RawClient.open(stage.address, trust)
    )
    await client.log_in(ACCESS_CODE)
    if subscribed:
        client.send(wire.subscribe((f"device/{SERIAL}/report", 0)))
        await client.expect(wire.SUBACK)
    return client


def _spellings(address: str) -> list[bytes]:
    octets = bytes(map(int, address.split(".")))
    return [
        address.encode(),
        str(little_endian(address)).encode(),
        str(int.from_bytes(octets)).encode(),
        octets[::-1].hex().encode(),
        octets.hex().encode(),
    ]


async def test_no_report_tells_where_the_printer_is_and_the_rest_is_untouched(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    await stage.proxy(real.address)
    slicer = await _slicer(stage, our_trust)
    slicer.send(wire.command({"pushing": {"command": "pushall", "sequence_id": "1"}}))
    while True:
        body = await slicer.expect(wire.PUBLISH)
        if b"push_status" in body:
            break
    for address in (real.address, real.second_address):
        for spelling in _spellings(address):
            assert spelling not in body
    # The same bytes as the printer's, but for the addresses.
    payload = body[2 + int.from_bytes(body[:2]) :]
    expected = real.status()
    expected["print"]["net"]["info"][0]["ip"] = little_endian(stage.address)
    expected["print"]["net"]["info"][1]["ip"] = little_endian(stage.address)
    expected["print"]["ipcam"]["rtsp_url"] = (
        f"rtsps://{stage.address}:322/streaming/live/1"
    )
    expected["print"]["upload"]["message"] = f"at {stage.address}."
    assert payload == json.dumps(expected, indent=4).encode()


async def test_packets_that_arrive_byte_by_byte_pass(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    await stage.proxy(real.address)
    slicer = await _slicer(stage, our_trust)
    packet = wire.command(
        {"info": {"command": "get_version", "sequence_id": "7"}}, qos=1, packet_id=9
    )
    for byte in packet:
        slicer.send(bytes([byte]))
        await asyncio.sleep(0)
    assert await slicer.expect(wire.PUBACK) == b"\x00\x09"
    assert (await slicer.reply())["info"]["sequence_id"] == "7"
    assert real.payloads == [packet[-len(real.payloads[0]) :]]


async def test_the_proxys_address_in_a_command_becomes_the_printers(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    await stage.proxy(real.address)
    slicer = await _slicer(stage, our_trust)
    command = {"print": {"command": "x", "url": f"ftp://{stage.address}/a.3mf"}}
    signed = {**command, "header": {"sign_string": "c2lnbmVk"}}
    for message in (command, signed):
        slicer.send(wire.command(message, qos=1))
        await slicer.expect(wire.PUBACK)
    assert [message["print"]["url"] for message in real.requests] == [
        f"ftp://{real.address}/a.3mf",
        # A signature would not survive it.
        f"ftp://{stage.address}/a.3mf",
    ]


async def test_the_printer_refuses_a_wrong_code_and_its_answer_arrives(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    await stage.proxy(real.address)
    async with await RawClient.open(stage.address, our_trust) as client:
        client.send(wire.connect("00000000"))
        assert await client.expect(wire.CONNACK) == b"\x00\x05"
        await client.closed()
    await until(lambda: stage.of(LoginFailed))
    assert stage.of(LoginFailed) == [
        LoginFailed(peer="127.0.0.1", service=Service.MQTT, attempts=1)
    ]
    assert not stage.of(SlicerConnected)
    assert real.logins == 0


async def test_a_code_changed_on_the_printer_needs_no_change_here(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    await stage.proxy(real.address)
    real.access_code = "99999999"
    async with await RawClient.open(stage.address, our_trust) as client:
        await client.log_in("99999999")


async def test_what_a_slicer_calls_itself_is_bounded(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    proxy = await stage.proxy(real.address)
    async with await RawClient.open(stage.address, our_trust) as client:
        client.send(
            wire.connect(real.access_code, client_id="evil\u202e" + "x" * 60_000)
        )
        assert await client.expect(wire.CONNACK) == b"\x00\x00"
        await until(lambda: stage.of(SlicerConnected))
        (slicer,) = proxy.slicers
        assert slicer.client_id == "evil" + "x" * (MAX_CLIENT_ID_CHARS - 4)
        assert stage.of(SlicerConnected)[0].client_id == slicer.client_id


async def test_slicers_come_and_go_and_every_one_has_a_session_of_its_own(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    proxy = await stage.proxy(real.address)
    first = await _slicer(stage, our_trust)
    second = await _slicer(stage, our_trust)
    assert [each.client_id for each in proxy.slicers] == ["slicer", "slicer"]
    assert len(real.sessions) == 2
    first.send(wire.disconnect())
    await until(lambda: stage.of(SlicerDisconnected))
    assert len(proxy.slicers) == 1
    await second.status()
    counted = {reading.service: reading for reading in proxy.traffic}[Service.MQTT]
    assert counted.connections == 1
    assert counted.up_bytes > 0 < counted.down_bytes


async def test_when_the_printer_goes_its_slicers_go_too(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    await stage.proxy(real.address)
    slicer = await _slicer(stage, our_trust)
    for each in tuple(real.sessions):
        each.transport.abort()
    await slicer.closed()
    await until(lambda: stage.of(SlicerDisconnected))
    assert "printer" in str(stage.of(SlicerDisconnected)[0].reason)


async def test_a_slicer_that_reads_nothing_holds_up_nobody_and_stops_its_own_printer_session(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    proxy = await stage.proxy(real.address)
    asleep = await _slicer(stage, our_trust)
    awake = await _slicer(stage, our_trust)
    asleep._reader._transport.pause_reading()  # type: ignore[attr-defined]
    filler = {"print": {"command": "filler", "x": "y" * 200_000}}

    def _waiting() -> int:
        return max(each.transport.get_write_buffer_size() for each in real.sessions)

    # Kernels hold some megabytes; what the sleeper does not take waits at the printer then, not here.
    for number in range(400):
        filler["print"]["sequence_id"] = str(number)
        real.report(filler)
        while (await awake.message())[1]["print"].get("sequence_id") != str(number):
            pass
        if number >= 60 and _waiting():
            break
    assert _waiting()
    assert len(proxy.slicers) == 2
    open_session = next(iter(proxy._relay._mqtt._sessions))  # type: ignore[union-attr]
    held = open_session.slicer_leg.transport.get_write_buffer_size()  # type: ignore[union-attr]
    assert held < 2 * session.MAX_PACKET_BYTES


async def test_whoever_says_nothing_does_not_reach_the_printer(
    stage: Stage,
    real: SimulatedPrinter,
    our_trust: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "LOGIN_TIMEOUT_S", 0.3)
    await stage.proxy(real.address)
    async with await RawClient.open(stage.address, our_trust) as client:
        await client.closed()
    assert not real.sessions
    assert not stage.of(SlicerDisconnected)


@pytest.mark.parametrize(
    "garbage",
    [b"GET / HTTP/1.1\r\n\r\n", wire.pingreq(), b"\x10\xff\xff\xff\x7f", b"\x10\x00"],
    ids=["http", "no login first", "too long", "nothing in it"],
)
async def test_who_does_not_speak_mqtt_is_dropped(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext, garbage: bytes
) -> None:
    await stage.proxy(real.address)
    async with await RawClient.open(stage.address, our_trust) as client:
        client.send(garbage)
        await client.closed()
    assert not real.sessions


async def test_a_broken_packet_later_ends_the_session_on_both_sides(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    await stage.proxy(real.address)
    slicer = await _slicer(stage, our_trust)
    slicer.send(b"\x30\x03\x00\x09t")
    await slicer.closed()
    await until(lambda: stage.of(SlicerDisconnected))
    assert "keep to the protocol" in str(stage.of(SlicerDisconnected)[0].reason)


async def test_silence_on_both_sides_ends_a_session(
    stage: Stage,
    real: SimulatedPrinter,
    our_trust: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Time enough to log in.
    monkeypatch.setattr(session, "IDLE_LIMIT_S", 1.0)
    await stage.proxy(real.address)
    slicer = await _slicer(stage, our_trust, subscribed=False)
    await slicer.closed()
    await until(lambda: stage.of(SlicerDisconnected))
    assert (
        str(stage.of(SlicerDisconnected)[0].reason) == "nothing was said for too long"
    )


async def test_a_session_with_reports_is_never_idle(
    stage: Stage,
    real: SimulatedPrinter,
    our_trust: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "IDLE_LIMIT_S", 3.0)
    monkeypatch.setattr(simulated_printer, "REPORT_INTERVAL_S", 0.1)
    await stage.proxy(real.address)
    slicer = await _slicer(stage, our_trust)
    loop = asyncio.get_running_loop()
    end = loop.time() + 3.5
    while loop.time() < end:
        await slicer.status()


async def test_strangers_who_say_nothing_keep_no_slicer_out(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    """There was room for 64 sessions, whoever they were, for a minute each."""
    await stage.proxy(real.address)
    slicer = await _slicer(stage, our_trust)
    for _ in range(70):
        await stage.stack.enter_async_context(
            await RawClient.open(stage.address, our_trust)
        )
    await _slicer(stage, our_trust)
    # Nor do they displace one who is logged in.
    await slicer.status()


@pytest.mark.parametrize("way", ["switched off", "away before", "away"])
async def test_a_slicers_session_ends_in_order(
    stage: Stage, real: SimulatedPrinter, way: str
) -> None:
    """Clients on libmosquitto take an end without close_notify for a fault, and never come back."""
    proxy = await stage.proxy(real.address)
    if way == "away before":
        await real.stop()
    client = await in_thread(_TlsClient, stage.address)
    await in_thread(client.send, wire.connect(ACCESS_CODE))
    if way != "away before":
        assert (await in_thread(client.read))[:1] == bytes([wire.CONNACK << 4])
    if way == "switched off":
        ending = asyncio.create_task(proxy.__aexit__(None, None, None))
    elif way == "away":
        ending = asyncio.create_task(real.stop())
    await in_thread(client.read_to_end)
    if way != "away before":
        await ending


async def test_a_client_on_libmosquitto_is_back_when_the_printer_is(
    stage: Stage, real: SimulatedPrinter, ca_file: Path
) -> None:
    await stage.proxy(real.address)
    client = await asyncio.create_subprocess_exec(
        *("mosquitto_sub", "-h", stage.address, "-p", "8883", "-V", "311"),
        *("--cafile", str(ca_file), "--insecure"),
        *("-u", "bblp", "-P", ACCESS_CODE, "-t", f"device/{SERIAL}/report"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await until(lambda: len(stage.of(SlicerConnected)) == 1)
        await real.stop()
        await until(lambda: stage.of(TargetLost))
        await real.start()
        await until(lambda: len(stage.of(SlicerConnected)) == 2)
        assert client.returncode is None
    finally:
        client.kill()
        await client.wait()


class _TlsClient:
    """Tells a connection that was closed from one that was cut."""

    def __init__(self, address: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._sock = context.wrap_socket(
            socket.create_connection((address, 8883), TIMEOUT_S),
            suppress_ragged_eofs=False,
        )

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def read(self) -> bytes:
        return self._sock.recv(65536)

    def read_to_end(self) -> None:
        """Read until close_notify. Raises OSError when the connection was cut."""
        with self._sock:
            while self.read():
                pass


async def test_a_slicer_that_leaves_while_the_printer_is_called_leaves_nothing_behind(
    stage: Stage,
    real: SimulatedPrinter,
    our_trust: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = await stage.proxy(real.address)
    called = asyncio.Event()

    async def _never(*_args: object, **_options: object) -> Any:
        called.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Dialler, "open", _never)
    async with await RawClient.open(stage.address, our_trust) as client:
        client.send(wire.connect(ACCESS_CODE))
        await called.wait()
        assert proxy.traffic[0].connections == 1
        # Stopping is what ends it even where the client stays.
        stopping = asyncio.create_task(proxy.__aexit__(None, None, None))
        async with asyncio.timeout(TIMEOUT_S):
            await stopping
            await client.closed()


async def test_another_printer_at_the_address_never_hears_the_code(
    stage: Stage,
    new_address: Callable[[], str],
    our_trust: ssl.SSLContext,
    tmp_path_factory: pytest.TempPathFactory,
    real: SimulatedPrinter,
) -> None:
    proxy = await stage.proxy(real.address)
    other = PrinterCertificate.make(tmp_path_factory.mktemp("other"), "01P00A000000000")
    async with SimulatedPrinter(new_address(), "01P00A000000000", other) as stranger:
        # As if the address had just been given to it.
        proxy._relay._watch._upstream.address = stranger.address  # type: ignore[union-attr]
        async with await RawClient.open(stage.address, our_trust) as client:
            client.send(wire.connect(ACCESS_CODE))
            await client.closed()
        assert stranger.logins == 0
    assert proxy.upstream
    assert "01P00A000000000 answers instead" in str(proxy.upstream.last_error)


async def test_a_printer_that_is_away_is_refused_at_once_and_back_by_itself(
    stage: Stage, real: SimulatedPrinter, our_trust: ssl.SSLContext
) -> None:
    proxy = await stage.proxy(real.address)
    await real.stop()
    async with await RawClient.open(stage.address, our_trust) as client:
        client.send(wire.connect(ACCESS_CODE))
        await client.closed()
    await until(lambda: stage.of(TargetLost))
    assert proxy.upstream
    assert proxy.upstream.reachable is False
    assert str(stage.of(TargetLost)[0].reason) == "the connection was refused"
    async with await RawClient.open(stage.address, our_trust) as client:
        client.send(wire.connect(ACCESS_CODE))
        await client.closed()
    stage.events.clear()
    await real.start()
    await until(lambda: proxy.upstream and proxy.upstream.reachable)
    await _slicer(stage, our_trust)


async def test_a_slicer_that_does_not_trust_us_is_told_of(
    stage: Stage, real: SimulatedPrinter
) -> None:
    await stage.proxy(real.address)

    def _connect() -> None:
        context = ssl.create_default_context()
        with socket.create_connection((stage.address, 8883)) as sock:
            context.wrap_socket(sock, server_hostname=SERIAL)

    with pytest.raises(ssl.SSLCertVerificationError):
        await in_thread(_connect)
    await until(lambda: stage.of(TlsRefused))
    assert stage.of(TlsRefused)[0].alert == "unknown_ca"


@pytest.mark.parametrize(
    "payload",
    [
        b'{"print": {"command": "project_file"',
        b'["project_file"]',
        b'{"print": {"command": "project_file"}}',
    ],
)
async def test_what_only_looks_like_a_print_is_passed_and_not_told(
    stage: Stage,
    real: SimulatedPrinter,
    our_trust: ssl.SSLContext,
    payload: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await stage.proxy(real.address)
    monkeypatch.setattr(real, "obey", real.payloads.append)
    slicer = await _slicer(stage, our_trust)
    slicer.send(wire.command(payload, qos=1))
    await slicer.expect(wire.PUBACK)
    assert real.payloads == [payload]
    assert not stage.of(PrintRequested)


async def test_a_session_that_ends_before_its_connection_to_the_printer_has_begun_is_over(
    stage: Stage,
    real: SimulatedPrinter,
    our_trust: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The task that connects is cancelled before its first step then, and says nothing itself."""
    opens = session.MqttSession._open

    def _open_and_end(self: session.MqttSession) -> None:
        opens(self)
        if self._dialling:
            self.end(session.endings.STOPPED)

    monkeypatch.setattr(session.MqttSession, "_open", _open_and_end)
    proxy = await stage.proxy(real.address)
    async with await RawClient.open(stage.address, our_trust) as client:
        client.send(wire.connect(ACCESS_CODE))
        await client.closed()
    relay = proxy._relay
    assert relay
    await until(lambda: not relay._mqtt._sessions)
