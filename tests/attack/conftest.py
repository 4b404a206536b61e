"""A whole virtual printer on an address of its own, and what an attacker has: sockets from any address, and time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
import itertools
from pathlib import Path
import socket
import ssl

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.printer import (
    VirtualPrinter,
)
from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.events import PrinterEvent
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from tests.support import mqtt_wire as wire
from tests.support.folder_card import FolderCard
from tests.support.ftps_clients import ACCESS_CODE, RawClient, trusting
from tests.support.serials import SERIAL

TLS_PORTS = (990, 3002, 8883)
PORTS = (3000, *TLS_PORTS)
LIMIT_S = 20.0


@dataclass
class Target:
    """The printer under attack."""

    address: str
    printer: VirtualPrinter
    services: SharedServices
    ca: CertificateAuthority
    events: list[PrinterEvent] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)

    def connect(self, port: int, source: str = "127.0.0.1") -> socket.socket:
        """Open a TCP connection from an address; it stays open until the end of the test."""
        sock = socket.create_connection(
            (self.address, port), LIMIT_S, source_address=(source, 0)
        )
        self.sockets.append(sock)
        return sock

    def ftps(self, *, source: str | None = None, log_in: bool = True) -> RawClient:
        """Connect an FTPS client."""
        client = RawClient(self.address, trusting(self.ca), source=source)
        self.sockets.append(client.sock)
        if log_in:
            client.log_in()
        return client

    async def mqtt(
        self, access_code: str = ACCESS_CODE, source: str = "127.0.0.1"
    ) -> bytes:
        """Log in over MQTT. Returns the body of the CONNACK, nothing if the connection was closed."""
        async with asyncio.timeout(LIMIT_S):
            reader, writer = await asyncio.open_connection(
                self.address,
                8883,
                ssl=ssl.create_default_context(cadata=self.ca.pem),
                server_hostname=SERIAL,
                local_addr=(source, 0),
            )
            writer.write(wire.connect(access_code))
            try:
                return (await reader.readexactly(4))[2:]
            except asyncio.IncompleteReadError, ConnectionError:
                return b""
            finally:
                writer.transport.abort()


class Turns:
    """Counts what is done in each turn of the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.number = 0
        self.most = 0
        self._in_this = 0
        run_once = loop._run_once  # type: ignore[attr-defined]

        def _run_once() -> None:
            self.number += 1
            self._in_this = 0
            run_once()

        loop._run_once = _run_once  # type: ignore[attr-defined]

    def count(self) -> None:
        """Take note of a piece of work."""
        self._in_this += 1
        self.most = max(self.most, self._in_this)


@pytest.fixture
async def turns() -> AsyncIterator[Turns]:
    loop = asyncio.get_running_loop()
    yield Turns(loop)
    del loop._run_once  # type: ignore[attr-defined]


@pytest.fixture
async def target(
    address: str, ca: CertificateAuthority, device: DeviceCertificate, tmp_path: Path
) -> AsyncIterator[Target]:
    """Run the printer; no exception may reach the loop."""
    faults: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: faults.append(context)
    )
    identity = Identity(
        name="Target",
        model=MODELS["C12"],
        serial_suffix=SERIAL[-9:],
        access_code=ACCESS_CODE,
        bind_ip=address,
    )
    events: list[PrinterEvent] = []
    async with (
        SharedServices() as services,
        VirtualPrinter(
            identity, device, FolderCard(tmp_path / "card"), services, events.append
        ) as printer,
    ):
        target = Target(address, printer, services, ca, events)
        yield target
        for sock in target.sockets:
            sock.close()
    assert faults == []


@pytest.fixture
def new_peer() -> Callable[[], str]:
    """Hand out addresses that nobody else comes from."""
    numbers = itertools.count(2)
    return lambda: f"127.250.0.{next(numbers)}"
