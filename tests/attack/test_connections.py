"""Connections that say little or nothing, in numbers."""

import asyncio
from collections.abc import Callable
import errno
import socket

import pytest

from custom_components.bambu_virtual_printer.engine.net import host as host_module
from custom_components.bambu_virtual_printer.engine.net.admission import (
    limits_of_process,
)
from tests.support.waiting import until

from .conftest import PORTS, TLS_PORTS, Target


def _kept(sockets: list[socket.socket]) -> int:
    """Count those of the attacker's connections that the printer has not closed."""
    count = 0
    for sock in sockets:
        sock.setblocking(False)
        try:
            count += sock.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            count += 1
        except OSError:
            continue
    return count


@pytest.mark.parametrize("sent", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01"])
async def test_beginnings_of_handshakes_lock_no_tls_port(
    target: Target, new_peer: Callable[[], str], sent: bytes
) -> None:
    for port in TLS_PORTS:
        for _ in range(4):
            peer = new_peer()
            for _ in range(4):
                target.connect(port, peer).sendall(sent)
    assert await target.mqtt() == b"\x00\x00"
    client = await asyncio.to_thread(target.ftps)
    assert (await asyncio.to_thread(client.command, "NOOP")).startswith("200")


async def test_silent_connects_of_one_client_take_a_bounded_number_of_descriptors(
    target: Target, new_peer: Callable[[], str]
) -> None:
    authenticated = await asyncio.to_thread(target.ftps)
    flood = new_peer()
    silent = [
        target.connect(PORTS[number % len(PORTS)], flood) for number in range(200)
    ]
    bound = limits_of_process().unauthenticated_per_peer
    await until(lambda: _kept(silent) <= bound, "the oldest are closed")
    assert await target.mqtt() == b"\x00\x00"
    assert (await asyncio.to_thread(authenticated.command, "NOOP")).startswith("200")


async def test_silent_connects_of_many_clients_take_a_bounded_number_of_descriptors(
    target: Target, new_peer: Callable[[], str]
) -> None:
    authenticated = await asyncio.to_thread(target.ftps)
    silent = []
    for _ in range(30):
        peer = new_peer()
        silent += [target.connect(port, peer) for port in (*PORTS, *PORTS)]
    bound = limits_of_process().unauthenticated_per_printer
    await until(lambda: _kept(silent) <= bound, "the oldest are closed")
    assert await target.mqtt() == b"\x00\x00"
    assert (await asyncio.to_thread(authenticated.command, "NOOP")).startswith("200")


async def test_a_flood_does_not_displace_a_slicer_that_is_about_to_log_in(
    target: Target, new_peer: Callable[[], str]
) -> None:
    slicer = await asyncio.to_thread(target.ftps, log_in=False)
    flood = new_peer()
    for number in range(200):
        target.connect(PORTS[number % len(PORTS)], flood)
    await asyncio.to_thread(slicer.log_in)


def test_a_process_without_descriptors_has_not_lost_its_address(
    loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked from a timer, which must not raise and must not stop the printers."""

    def _exhausted(*_args: object) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(host_module.socket, "socket", _exhausted)
    assert host_module.has_address("127.0.0.1")
