"""A virtual printer with a file tunnel, and a check that it leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.printer import (
    VirtualPrinter,
)
from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.events import (
    LoginFailed,
    PrinterEvent,
    UploadFailed,
    UploadReceived,
    UploadStarted,
)
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.reception import reactor
from custom_components.bambu_virtual_printer.engine.values import Sender
from tests.support.descriptors import open_descriptors
from tests.support.folder_card import FolderCard
from tests.support.ftps_clients import ACCESS_CODE
from tests.support.serials import SERIAL
from tests.support.tunnel_client import TunnelClient

ANNA = Sender(person="anna", name="Anna")
ANNAS_CODE = "87654321"


class _People:
    def by_code(self, access_code: bytes) -> Sender | None:
        return ANNA if access_code == ANNAS_CODE.encode() else None

    def logged_in(self, sender: Sender, peer: str) -> None:
        pass


@dataclass
class Rig:
    """The printer under test, its surroundings, and what it said."""

    address: str
    printer: VirtualPrinter
    storage: FolderCard
    events: list[PrinterEvent] = field(default_factory=list)

    async def do[T](self, scenario: Callable[[], T]) -> T:
        """Play a scenario of blocking clients in a thread."""
        return await asyncio.to_thread(scenario)

    def client(self, code: str = ACCESS_CODE, *, log_in: bool = True) -> TunnelClient:
        return TunnelClient(self.address, code=code, log_in=log_in)

    def of[E](self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def started(self) -> list[UploadStarted]:
        return self.of(UploadStarted)

    @property
    def received(self) -> list[UploadReceived]:
        return self.of(UploadReceived)

    @property
    def failed(self) -> list[UploadFailed]:
        return self.of(UploadFailed)

    @property
    def logins_failed(self) -> list[LoginFailed]:
        return self.of(LoginFailed)

    def kept(self, name: str) -> bytes:
        """Read what the storage keeps under a name."""
        return next(
            path.read_bytes()
            for file, path in reversed(self.storage.kept.values())
            if file.name == name
        )


def _descriptors() -> set[str]:
    return {
        target
        for target in open_descriptors()
        if target.startswith("socket:") or "/inbox/" in target or "/kept/" in target
    }


@pytest.fixture
def identity(address: str) -> Identity:
    return Identity(
        name="Garage",
        model=MODELS["N7"],
        serial_suffix=SERIAL[-9:],
        access_code=ACCESS_CODE,
        bind_ip=address,
    )


@pytest.fixture
def unsettled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at limits often, so that tests of them need not wait."""
    monkeypatch.setattr(reactor, "SWEEP_INTERVAL_S", 0.05)
    return


@pytest.fixture
async def rig(
    identity: Identity,
    device: DeviceCertificate,
    tmp_path: Path,
    unsettled: None,
    loopback: None,
) -> AsyncIterator[Rig]:
    """Run the printer; afterwards no task, thread, socket or file of it may be left."""
    descriptors = _descriptors()
    threads = set(threading.enumerate())
    events: list[PrinterEvent] = []
    storage = FolderCard(tmp_path)
    async with (
        SharedServices() as services,
        VirtualPrinter(
            replace(identity),
            device,
            storage,
            services,
            events.append,
            senders=_People(),
        ) as printer,
    ):
        yield Rig(
            address=identity.bind_ip, printer=printer, storage=storage, events=events
        )
    assert printer.uploads == ()
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
