import asyncio
from collections.abc import Callable
import socket
import ssl
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.machines.tls_socket import TlsSocket
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    client_context,
)
from scripts.printer_double.certificate import PrinterCertificate
from tests.support.serials import SERIAL

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


def serve(
    address: str, context: ssl.SSLContext, work: Callable[[ssl.SSLSocket], None]
) -> threading.Thread:
    """Serve one connection in a thread."""
    listening = socket.create_server((address, 990))

    def _serve() -> None:
        with listening:
            raw, _peer = listening.accept()
        raw.settimeout(20)
        with context.wrap_socket(raw, server_side=True) as tls:
            work(tls)

    thread = threading.Thread(target=_serve)
    thread.start()
    return thread


def connect(address: str) -> TlsSocket:
    connection = TlsSocket(
        socket.create_connection((address, 990), 20), client_context(), SERIAL
    )
    try:
        connection.do_handshake()
    except OSError:
        connection.raw.close()
        raise
    return connection


def pour(connection: TlsSocket) -> None:
    """Send until that goes no further."""
    for _ in range(10_000):
        assert connection.send(bytes(100_000)) > 0


@pytest.mark.parametrize("newest", VERSIONS)
def test_what_comes_with_the_end_of_the_handshake_is_read(
    address: str, certificate: PrinterCertificate, newest: ssl.TLSVersion
) -> None:
    done = threading.Event()

    def _talk(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"220 welcome\r\n")
        done.wait(20)

    thread = serve(address, certificate.context(newest=newest), _talk)
    with connect(address) as connection:
        # All of it has arrived.
        threading.Event().wait(0.05)
        assert connection.makefile().readline() == "220 welcome\n"
        done.set()
    thread.join()


@pytest.mark.parametrize("newest", VERSIONS)
def test_much_is_sent_and_received_and_both_ends_are_seen(
    address: str, certificate: PrinterCertificate, newest: ssl.TLSVersion
) -> None:
    content = bytes(range(256)) * 8000
    received = bytearray()

    def _echo(tls: ssl.SSLSocket) -> None:
        while block := tls.recv(65536):
            received.extend(block)
        tls.sendall(received[:300_000])

    thread = serve(address, certificate.context(newest=newest), _echo)
    with connect(address) as connection:
        connection.sendall(content)
        connection.finish()
        got = b"".join(iter(lambda: connection.recv(10_000), b""))
        assert connection.recv(1) == b""
    thread.join()
    assert received == content
    assert got == content[:300_000]


def test_without_blocking_it_says_that_it_would_wait(
    address: str, certificate: PrinterCertificate
) -> None:
    more = threading.Event()
    drain = threading.Event()

    def _talk(tls: ssl.SSLSocket) -> None:
        more.wait(20)
        tls.sendall(b"x" * 100)
        drain.wait(20)
        while tls.recv(65536):
            pass

    thread = serve(address, certificate.context(), _talk)
    with connect(address) as connection:
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(10)
        assert connection.pending() == 0
        more.set()
        connection.settimeout(20)
        assert connection.recv(10) == b"x" * 10
        assert connection.pending() == 90
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            pour(connection)
        drain.set()
        connection.settimeout(20)
        assert connection.send(b"end") == 3
        connection.finish()
    thread.join()


def test_an_end_in_the_handshake_is_an_error(address: str) -> None:
    listening = socket.create_server((address, 990))

    def _close() -> None:
        with listening:
            listening.accept()[0].close()

    thread = threading.Thread(target=_close)
    thread.start()
    with pytest.raises(OSError):
        connect(address)
    thread.join()


async def test_the_reset_of_one_connection_does_not_end_another(
    stage: object, new_address: Callable[[], str], certificate: PrinterCertificate
) -> None:
    """OpenSSL keeps errors for each thread; what is told of one connection must not reach the next."""
    first, second = new_address(), new_address()
    go = threading.Event()

    def _reset(tls: ssl.SSLSocket) -> None:
        tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        socket.socket(fileno=tls.detach()).close()
        go.set()

    def _wait(tls: ssl.SSLSocket) -> None:
        tls.recv(10)

    threads = [
        serve(first, certificate.context(), _reset),
        serve(second, certificate.context(), _wait),
    ]
    with connect(second) as alive:
        with connect(first) as broken:
            await asyncio.to_thread(go.wait, 20)
            with pytest.raises(OSError):
                pour(broken)
        alive.setblocking(False)
        with pytest.raises(BlockingIOError):
            alive.recv(10)
        alive.settimeout(20)
        alive.finish()
    for thread in threads:
        thread.join()
