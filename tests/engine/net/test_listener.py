import asyncio
from collections.abc import AsyncIterator
import contextlib
import errno
import socket
import ssl
import subprocess
import time
from typing import override

import pytest

from custom_components.bambu_virtual_printer.engine.net import (
    admission as admission_module,
    listener as listener_module,
)
from custom_components.bambu_virtual_printer.engine.net.admission import OpenConnection
from custom_components.bambu_virtual_printer.engine.net.listener import (
    Listener,
    ListenError,
    alert_name,
)
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.values import Service
from tests.support.serials import SERIAL
from tests.support.waiting import LIMIT_S


class Echo(asyncio.Protocol):
    """Sends back what it gets, and remembers when it ended."""

    def __init__(self, opened: list[Echo]) -> None:
        self.opened = opened
        self.lost = asyncio.Event()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.opened.append(self)

    @override
    def data_received(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.write(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


@pytest.fixture
def opened() -> list[Echo]:
    return []


@pytest.fixture
def refused() -> list[tuple[str, str]]:
    return []


@pytest.fixture
async def tls_listener(
    address: str,
    device: DeviceCertificate,
    opened: list[Echo],
    refused: list[tuple[str, str]],
) -> AsyncIterator[Listener]:
    listener = Listener(
        Service.MQTT,
        address,
        8883,
        lambda _connection: Echo(opened),
        tls=device.control_context(),
        on_refused=lambda peer, alert: refused.append((peer, alert)),
    )
    listener.start()
    yield listener
    listener.close()
    await listener.wait_closed()
    for echo in opened:
        echo.transport.abort()


def _client_context(ca: CertificateAuthority) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=ca.pem)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def _echo(
    address: str, context: ssl.SSLContext | None, port: int = 8883
) -> bytes:
    async with asyncio.timeout(LIMIT_S):
        reader, writer = await asyncio.open_connection(
            address, port, ssl=context, server_hostname=SERIAL if context else None
        )
        writer.write(b"hello")
        answer = await reader.readexactly(5)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return answer


async def _until(condition: object) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_client_that_trusts_the_ca_and_expects_the_serial_gets_in(
    tls_listener: Listener, ca: CertificateAuthority
) -> None:
    assert await _echo(tls_listener.address, _client_context(ca)) == b"hello"


@pytest.mark.parametrize(
    "suite",
    ["AES256-GCM-SHA384", "AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"],
)
async def test_every_suite_a_slicer_offers_alone_is_accepted(
    tls_listener: Listener, ca: CertificateAuthority, suite: str
) -> None:
    context = _client_context(ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(suite)
    assert await _echo(tls_listener.address, context) == b"hello"


async def test_a_client_that_does_not_trust_the_ca_is_reported_with_its_reason(
    tls_listener: Listener, refused: list[tuple[str, str]], opened: list[Echo]
) -> None:
    def _connect(context: ssl.SSLContext) -> None:
        with (
            socket.create_connection((tls_listener.address, 8883)) as sock,
            context.wrap_socket(sock, server_hostname=SERIAL),
        ):
            pass

    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context()
        context.maximum_version = version
        context.minimum_version = version
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.to_thread(_connect, context)
    await _until(lambda: len(refused) == 2)
    assert refused == [("127.0.0.1", "unknown_ca")] * 2
    assert opened == []


async def test_connects_without_bytes_leave_no_trace(
    tls_listener: Listener,
    ca: CertificateAuthority,
    refused: list[tuple[str, str]],
    opened: list[Echo],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(5):
        socket.create_connection((tls_listener.address, 8883)).close()
    await asyncio.to_thread(
        subprocess.run,
        ["openssl", "s_client", "-connect", f"{tls_listener.address}:8883"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=LIMIT_S,
    )
    assert await _echo(tls_listener.address, _client_context(ca)) == b"hello"
    await _until(lambda: not tls_listener._openings)
    await _until(lambda: all(echo.lost.is_set() for echo in opened))
    assert refused == []
    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []


async def test_silent_clients_do_not_keep_others_from_their_handshake(
    tls_listener: Listener, ca: CertificateAuthority
) -> None:
    silent = [socket.create_connection((tls_listener.address, 8883)) for _ in range(15)]
    await _until(lambda: len(tls_listener._openings) == 15)
    assert await _echo(tls_listener.address, _client_context(ca)) == b"hello"
    for sock in silent:
        sock.close()


async def test_a_silent_client_is_dropped_after_the_time_limit(
    tls_listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission_module, "LOGIN_LIMIT_S", 0.05)
    reader, writer = await asyncio.open_connection(tls_listener.address, 8883)
    async with asyncio.timeout(LIMIT_S):
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()


async def test_a_pause_of_the_process_does_not_count_as_time_to_log_in(
    address: str, opened: list[Echo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission_module, "LOGIN_LIMIT_S", 0.3)
    monkeypatch.setattr(listener_module, "PAUSE_S", 0.2)
    listener = Listener(Service.BIND, address, 3000, lambda _connection: Echo(opened))
    listener.start()
    reader, writer = await asyncio.open_connection(address, 3000)
    await _until(lambda: opened)
    # The loop does not run.
    time.sleep(1)  # noqa: ASYNC251
    await asyncio.sleep(0)
    writer.write(b"hello")
    async with asyncio.timeout(LIMIT_S):
        assert await reader.readexactly(5) == b"hello"
        assert await reader.read() == b""
    writer.close()
    listener.close()


async def test_a_client_that_never_logs_in_is_closed_in_good_order(
    tls_listener: Listener,
    ca: CertificateAuthority,
    opened: list[Echo],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Time enough for the handshake.
    monkeypatch.setattr(admission_module, "LOGIN_LIMIT_S", 2.0)

    def _connect() -> bytes:
        # Raises if the end comes without close_notify.
        with (
            socket.create_connection(
                (tls_listener.address, 8883), timeout=LIMIT_S
            ) as sock,
            _client_context(ca).wrap_socket(
                sock, server_hostname=SERIAL, suppress_ragged_eofs=False
            ) as tls,
        ):
            return tls.recv(1)

    assert await asyncio.to_thread(_connect) == b""
    await _until(opened[0].lost.is_set)


async def test_a_client_that_logged_in_stays(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission_module, "LOGIN_LIMIT_S", 0.1)
    opened: list[Echo] = []

    def _factory(connection: OpenConnection) -> Echo:
        assert connection.log_in()
        return Echo(opened)

    listener = Listener(Service.BIND, address, 3000, _factory)
    listener.start()
    reader, writer = await asyncio.open_connection(address, 3000)
    await _until(lambda: opened)
    # A stranger that came later is closed, so the time limit has passed.
    listener._factory = lambda _connection: Echo(opened)
    late, late_writer = await asyncio.open_connection(address, 3000)
    async with asyncio.timeout(LIMIT_S):
        assert await late.read() == b""
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    writer.close()
    late_writer.close()
    listener.close()
    opened[0].transport.abort()


async def test_close_ends_handshakes_under_way_and_frees_the_port_at_once(
    address: str, device: DeviceCertificate
) -> None:
    tls = device.control_context()
    listener = Listener(
        Service.MQTT, address, 8883, lambda _connection: Echo([]), tls=tls
    )
    listener.start()
    with socket.create_connection((address, 8883)) as sock:
        sock.sendall(b"\x16\x03\x01")
        await _until(lambda: listener._openings)
        listener.close()
        await listener.wait_closed()
        assert not listener.bound
        again = Listener(
            Service.MQTT, address, 8883, lambda _connection: Echo([]), tls=tls
        )
        again.close()
        again.close()


async def test_close_drops_a_client_that_was_accepted_in_the_same_turn(
    address: str,
) -> None:
    listener = Listener(Service.BIND, address, 3000, lambda _connection: Echo([]))
    reader, writer = await asyncio.open_connection(address, 3000)
    listener._accept()
    listener.close()
    await listener.wait_closed()
    async with asyncio.timeout(LIMIT_S):
        assert await reader.read() == b""
    writer.close()


async def test_a_taken_port_is_named(address: str) -> None:
    with (
        socket.create_server((address, 8883)),
        pytest.raises(ListenError) as raised,
    ):
        Listener(Service.MQTT, address, 8883, lambda _connection: Echo([]))
    assert raised.value.errno == errno.EADDRINUSE
    assert (raised.value.service, raised.value.port) == (Service.MQTT, 8883)
    assert f"mqtt cannot listen on {address} port 8883" in str(raised.value)


async def test_an_address_this_host_does_not_have_is_named(loopback: None) -> None:
    with pytest.raises(ListenError) as raised:
        Listener(Service.BIND, "198.51.100.7", 3000, lambda _connection: Echo([]))
    assert raised.value.errno == errno.EADDRNOTAVAIL


async def test_out_of_descriptors_pauses_and_goes_on(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listener_module, "ACCEPT_PAUSE_S", 0.05)
    opened: list[Echo] = []
    listener = Listener(Service.BIND, address, 3000, lambda _connection: Echo(opened))

    class Exhausted:
        """The real socket, out of descriptors at first."""

        def __init__(self, sock: socket.socket) -> None:
            self.sock = sock
            self.failures = 2

        def __getattr__(self, name: str) -> object:
            return getattr(self.sock, name)

        def accept(self) -> tuple[socket.socket, tuple[str, int]]:
            if self.failures:
                self.failures -= 1
                raise OSError(errno.EMFILE, "Too many open files")
            return self.sock.accept()

    listener._sock = Exhausted(listener._sock)
    listener.start()
    assert await _echo(address, None, 3000) == b"hello"
    assert "pauses accepting" in caplog.text
    listener.close()
    await listener.wait_closed()


@pytest.mark.parametrize(
    ("reason", "alert"),
    [
        ("TLSV1_ALERT_UNKNOWN_CA", "unknown_ca"),
        ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "certificate_unknown"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "protocol_version"),
        ("NO_SHARED_CIPHER", None),
        (None, None),
    ],
)
def test_alerts_are_named_as_in_the_standard(
    reason: str | None, alert: str | None
) -> None:
    error = ssl.SSLError(1, "text")
    error.reason = reason
    assert alert_name(error) == alert
