"""A printer's FTPS server on port 990 of an address of its own, and a check that it leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
import threading
from typing import override

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.ftps.server import (
    FtpsServer,
)
from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.logins import (
    Logins,
    Senders,
)
from custom_components.bambu_virtual_printer.engine.events import (
    LoginFailed,
    PrinterEvent,
    UploadFailed,
    UploadReceived,
    UploadStarted,
)
from custom_components.bambu_virtual_printer.engine.net.listener import Listener
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.reception import reactor
from custom_components.bambu_virtual_printer.engine.reception.transfer_thread import (
    TransferThread,
)
from custom_components.bambu_virtual_printer.engine.values import Sender, Service
from tests.support.descriptors import open_descriptors
from tests.support.folder_card import FolderCard
from tests.support.ftps_clients import ACCESS_CODE, RawClient, trusting
from tests.support.serials import SERIAL

LEAK_LIMIT_S = 10.0


@dataclass
class Rig:
    """The server under test, its surroundings, and what it said."""

    address: str
    ca: CertificateAuthority
    server: FtpsServer
    transfer_thread: TransferThread
    storage: FolderCard
    listener: Listener
    data_ports: range
    events: list[PrinterEvent] = field(default_factory=list)
    logins_failed: list[LoginFailed] = field(default_factory=list)
    wanting_md5: set[str] = field(default_factory=set)
    """The names of which the MD5 is wanted."""
    people: dict[bytes, Sender] = field(default_factory=dict)
    """Who has which access code, besides the printer's own."""

    def client(
        self,
        *,
        log_in: bool = True,
        source: str | None = None,
        access_code: str = ACCESS_CODE,
    ) -> RawClient:
        """Connect a raw client."""
        client = RawClient(self.address, trusting(self.ca), source=source)
        if log_in:
            client.log_in(access_code)
        return client

    async def do[T](self, scenario: Callable[[], T]) -> T:
        """Play a scenario of a blocking client in a thread."""
        return await asyncio.to_thread(scenario)

    @property
    def started(self) -> list[UploadStarted]:
        return [event for event in self.events if isinstance(event, UploadStarted)]

    @property
    def received(self) -> list[UploadReceived]:
        return [event for event in self.events if isinstance(event, UploadReceived)]

    @property
    def failed(self) -> list[UploadFailed]:
        return [event for event in self.events if isinstance(event, UploadFailed)]

    def kept(self, name: str) -> bytes:
        """Read what the storage keeps under a name."""
        return next(
            path.read_bytes()
            for file, path in reversed(self.storage.kept.values())
            if file.name == name
        )


class _People(Senders):
    """People with codes that a test gives them."""

    def __init__(self) -> None:
        self.by_their_code: dict[bytes, Sender] = {}

    @override
    def by_code(self, access_code: bytes) -> Sender | None:
        return self.by_their_code.get(access_code)

    @override
    def logged_in(self, sender: Sender, peer: str) -> None:
        pass


def _descriptors() -> set[str]:
    """Name the sockets and received files that this process has open."""
    return {
        target
        for target in open_descriptors()
        if target.startswith("socket:") or "/inbox/" in target or "/kept/" in target
    }


@pytest.fixture
def identity(address: str) -> Identity:
    return Identity(
        name="Test printer",
        model=MODELS["C12"],
        serial_suffix=SERIAL[-9:],
        access_code=ACCESS_CODE,
        bind_ip=address,
    )


@pytest.fixture
async def rig(
    identity: Identity,
    ca: CertificateAuthority,
    device: DeviceCertificate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Rig]:
    """Run the server; afterwards no task, thread, socket or file of it may be left."""
    # Limits are looked at often, so that tests of them need not wait.
    monkeypatch.setattr(reactor, "SWEEP_INTERVAL_S", 0.05)
    descriptors = _descriptors()
    threads = set(threading.enumerate())
    events: list[PrinterEvent] = []
    logins_failed: list[LoginFailed] = []
    wanting_md5: set[str] = set()
    people = _People()
    storage = FolderCard(tmp_path)
    context = device.ftps_context()
    async with TransferThread() as transfer_thread:
        server = FtpsServer(
            identity,
            context,
            storage,
            transfer_thread,
            Logins(ACCESS_CODE, logins_failed.append, senders=people),
            emit=events.append,
            wants_md5=wanting_md5.__contains__,
        )
        listener = Listener(
            Service.FTPS, identity.bind_ip, 990, server.factory, tls=context
        )
        listener.start()
        yield Rig(
            address=identity.bind_ip,
            ca=ca,
            server=server,
            transfer_thread=transfer_thread,
            storage=storage,
            listener=listener,
            data_ports=identity.data_ports,
            events=events,
            logins_failed=logins_failed,
            wanting_md5=wanting_md5,
            people=people.by_their_code,
        )
        listener.close()
        await server.close()
        await listener.wait_closed()
        assert server.sessions == 0
        assert server.uploads == ()
    # Closed transports let go of their sockets in the loop's next round.
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    ours = [
        thread
        for thread in set(threading.enumerate()) - threads
        if thread.name.startswith("bvp-")
    ]
    assert ours == []
    assert _descriptors() - descriptors == set()
    assert storage.leftovers() == []
