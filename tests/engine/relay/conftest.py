"""A simulated printer, a proxy printer in front of it, and what a slicer needs to call that."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
import ssl
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.events import (
    RelayEvent,
    TargetReached,
)
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.relay.pass_through import thread
from custom_components.bambu_virtual_printer.engine.relay.proxy_printer import (
    ProxyIdentity,
    ProxyPrinter,
)
from custom_components.bambu_virtual_printer.engine.relay.services import RelayServices
from custom_components.bambu_virtual_printer.engine.relay.shared import SharedSession
from tests.support.serials import SERIAL
from tests.support.waiting import until

TIMEOUT_S = 15.0


@pytest.fixture(autouse=True)
def _short_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are looked at often, so that tests of them need not wait."""
    monkeypatch.setattr(thread, "TICK_S", 0.05)


@pytest.fixture(autouse=True)
def _maker(maker_cas: Path) -> None:
    """Every printer here has its certificate from the maker, unless it is said otherwise."""


@dataclass(kw_only=True)
class Stage:
    """Proxy printers and what they told."""

    services: RelayServices
    device: DeviceCertificate
    address: str
    stack: AsyncExitStack
    events: list[RelayEvent] = field(default_factory=list)
    changes: int = 0

    def emit(self, event: RelayEvent) -> None:
        self.events.append(event)

    def changed(self) -> None:
        self.changes += 1

    def of[Event](self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def proxy(
        self,
        upstream_host: str,
        *,
        wait: bool = True,
        shared: SharedSession | None = None,
        **options: Any,
    ) -> ProxyPrinter:
        """Start a proxy printer; it is stopped when the test ends."""
        options = {
            "model": MODELS["BL-P001"],
            "serial": SERIAL,
            "bind_ip": self.address,
        } | options
        identity = ProxyIdentity(name="Proxy", upstream_host=upstream_host, **options)
        proxy = ProxyPrinter(
            identity,
            self.device,
            self.services,
            self.emit,
            self.changed,
            shared=shared,
        )
        await self.stack.enter_async_context(proxy)
        if wait:
            await until(lambda: self.of(TargetReached))
        return proxy


@pytest.fixture
async def stage(
    loopback: None, new_address: Callable[[], str], device: DeviceCertificate
) -> AsyncIterator[Stage]:
    async with (
        SharedServices() as shared,
        RelayServices(shared) as services,
        AsyncExitStack() as stack,
    ):
        yield Stage(
            services=services, device=device, address=new_address(), stack=stack
        )


@pytest.fixture
def our_trust(ca: CertificateAuthority) -> ssl.SSLContext:
    """A slicer's context for what we sign."""
    return ssl.create_default_context(cadata=ca.pem)


@pytest.fixture
def any_trust() -> ssl.SSLContext:
    """A slicer's context that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.fixture
def ca_file(ca: CertificateAuthority) -> Path:
    """The CA as a person would have imported it."""
    return ca.folder / "bbl_ca.crt"


async def in_thread[T](function: Callable[..., T], *args: Any, **options: Any) -> T:
    """Run a blocking client, with a bound."""
    async with asyncio.timeout(60):
        return await asyncio.to_thread(function, *args, **options)
