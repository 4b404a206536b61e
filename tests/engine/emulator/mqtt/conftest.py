"""A virtual printer's MQTT server behind its real listener, and clients of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
import ssl
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.job import (
    GcodeState,
    JobReport,
)
from custom_components.bambu_virtual_printer.engine.emulator.logins import Logins
from custom_components.bambu_virtual_printer.engine.emulator.mqtt.server import (
    MqttServer,
)
from custom_components.bambu_virtual_printer.engine.events import (
    PrinterEvent,
    PrintRequested,
)
from custom_components.bambu_virtual_printer.engine.explanations import Explanation
from custom_components.bambu_virtual_printer.engine.mirror.values import OwnJob, Target
from custom_components.bambu_virtual_printer.engine.net.listener import Listener
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.values import PrintRequest, Service
from tests.support.mqtt_wire import ACCESS_CODE, RawClient
from tests.support.serials import SERIAL


@dataclass(kw_only=True)
class FakeMirror:
    """A real printer as the emulator sees it; shows none until a target is put in."""

    target: Target | None = None
    allows_control: bool = False
    fails: Exception | None = None
    reply: dict[str, Any] = field(default_factory=lambda: {"result": "success"})
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, it takes its time."""
    requests: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers.set()

    def look(self) -> Target | None:
        return self.target

    async def request(
        self, kind: str, command: str, fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        self.requests.append((kind, command, fields))
        await self.answers.wait()
        if self.fails:
            raise self.fails
        return dict(self.reply)


@dataclass(kw_only=True)
class Printer:
    """What a virtual printer does with its MQTT server, as far as these tests need it."""

    address: str
    trust: ssl.SSLContext
    job: JobReport = field(default_factory=JobReport)
    events: list[PrinterEvent] = field(default_factory=list)
    on_event: Callable[[PrinterEvent], None] | None = None
    clients: AsyncExitStack = field(default_factory=AsyncExitStack)
    own: OwnJob = OwnJob.NONE
    refusal: Explanation | None = None
    mirror: FakeMirror = field(default_factory=FakeMirror)

    def __post_init__(self) -> None:
        identity = Identity(
            name="Tests",
            model=MODELS["C12"],
            serial_suffix=SERIAL[-9:],
            access_code=ACCESS_CODE,
            bind_ip=self.address,
        )
        assert identity.serial == SERIAL
        self.server = MqttServer(
            identity,
            Logins(ACCESS_CODE, self.emit),
            job=lambda _peer, _person: self.job,
            emit=self.emit,
            ask_to_print=self.ask_to_print,
            own=lambda _peer, _person: self.own,
            mirror=self.mirror,
        )

    def ask_to_print(self, request: PrintRequest) -> Explanation | None:
        if self.refusal is None:
            self.emit(PrintRequested(request=request, upload_id=None))
        return self.refusal

    def emit(self, event: PrinterEvent) -> None:
        self.events.append(event)
        if isinstance(event, PrintRequested):
            self.job = JobReport(
                gcode_state=GcodeState.PREPARE,
                gcode_file=event.request.file,
                subtask_name=event.request.subtask_name,
            )
        if self.on_event:
            self.on_event(event)

    def of[Event](self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def connect(self, **options: Any) -> RawClient:
        """Connect without logging in; the client is closed when the test ends."""
        return await self.clients.enter_async_context(
            await RawClient.open(self.address, self.trust, **options)
        )

    async def slicer(self) -> RawClient:
        """Connect and log in."""
        client = await self.connect()
        await client.log_in()
        return client


@pytest.fixture
def trust(ca: CertificateAuthority) -> ssl.SSLContext:
    """A client's context that trusts our CA and verifies the serial as the name."""
    return ssl.create_default_context(cadata=ca.pem)


@pytest.fixture
async def printer(
    address: str, device: DeviceCertificate, trust: ssl.SSLContext
) -> AsyncIterator[Printer]:
    printer = Printer(address=address, trust=trust)
    listener = Listener(
        Service.MQTT,
        address,
        8883,
        printer.server.factory,
        tls=device.control_context(),
    )
    listener.start()
    async with printer.clients:
        yield printer
    listener.close()
    await printer.server.close()
    await listener.wait_closed()
    assert not printer.server._open
