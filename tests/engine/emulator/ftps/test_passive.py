"""Passive ports when the process has run out of something."""

import asyncio
from collections.abc import Callable
import resource
import socket
import time

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.ftps import passive
from custom_components.bambu_virtual_printer.engine.emulator.ftps.connection import (
    DataConnection,
)
from custom_components.bambu_virtual_printer.engine.emulator.ftps.failures import (
    NoDataConnectionError,
)
from custom_components.bambu_virtual_printer.engine.emulator.ftps.passive import (
    NoFreePortError,
    PassivePort,
)
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.net import pauses
from custom_components.bambu_virtual_printer.engine.reception.failures import (
    AbortedError,
)


def nobody(_sock: socket.socket) -> DataConnection:
    raise AssertionError


def connect(address: str, port: int) -> socket.socket:
    """Connect while the loop does not run: the connection waits to be accepted."""
    return socket.create_connection((address, port), 20, source_address=(address, 0))


async def test_process_without_free_descriptors_gives_up_the_port(
    address: str,
) -> None:
    port = PassivePort(address, [50000], address, nobody)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with connect(address, port.port):
        with socket.socket() as next_one:
            limit = next_one.fileno()
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, before[1]))
        try:
            with pytest.raises(NoDataConnectionError, match="too many files are open"):
                await port.connection()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
    port.close(as_it_stands("over"))


async def test_connection_that_nobody_takes_over_fails_the_transfer(
    address: str,
) -> None:
    def refuse(sock: socket.socket) -> DataConnection:
        sock.close()
        raise AbortedError(as_it_stands("stopped"))

    port = PassivePort(address, [50000], address, refuse)
    with connect(address, port.port), pytest.raises(AbortedError):
        await port.connection()
    port.close(as_it_stands("over"))


async def test_a_connection_that_came_while_the_process_was_paused_is_taken(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passive, "CONNECTION_LIMIT_S", 0.3)
    monkeypatch.setattr(pauses, "STEP_S", 0.1)

    def adopt(sock: socket.socket) -> DataConnection:
        sock.close()
        raise AbortedError(as_it_stands("taken"))

    port = PassivePort(address, [50000], address, adopt)
    waiting = asyncio.create_task(port.connection())
    await asyncio.sleep(0)
    with connect(address, port.port):
        # The loop does not run.
        time.sleep(0.5)  # noqa: ASYNC251
        with pytest.raises(AbortedError, match="taken"):
            await waiting


async def test_connection_that_is_gone_before_it_is_accepted_is_passed_over(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = PassivePort(address, [50000], address, nobody)
    monkeypatch.setattr(
        port, "_sock", Flaky(port._sock, [ConnectionAbortedError(), BlockingIOError()])
    )
    waiting = asyncio.create_task(port.connection())
    for _ in range(2):
        port._accept()
    assert not waiting.done()
    port.close(as_it_stands("over"))
    with pytest.raises(AbortedError):
        await waiting


class Flaky:
    """A listening socket whose next accepts fail."""

    def __init__(self, sock: socket.socket, errors: list[OSError]) -> None:
        self._sock = sock
        self._errors = errors

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        raise self._errors.pop()

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()


async def test_address_that_is_not_ours_has_no_ports(loopback: None) -> None:
    with pytest.raises(NoFreePortError):
        PassivePort("192.0.2.1", range(50000, 50010), "127.0.0.1", nobody)


async def test_port_of_another_printer_is_not_touched(
    new_address: Callable[[], str],
) -> None:
    """Printers on addresses of their own may use the same numbers."""
    first, second = new_address(), new_address()
    ports = [
        PassivePort(address, [50000], address, nobody) for address in (first, second)
    ]
    assert [port.port for port in ports] == [50000, 50000]
    with pytest.raises(NoFreePortError):
        PassivePort(first, [50000], first, nobody)
    for port in ports:
        port.close(as_it_stands("over"))
    PassivePort(first, [50000], first, nobody).close(as_it_stands("over"))
