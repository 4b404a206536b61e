"""Runs a proxy printer until its standard input ends: proxy BIND_IP TARGET SERIAL FINGERPRINT.

Then prints as JSON what was told.
"""

import asyncio
from contextlib import suppress
import json
from pathlib import Path
import sys
import tempfile

from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.events import (
    RelayEvent,
    TargetReached,
)
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.relay.proxy_printer import (
    ProxyIdentity,
    ProxyPrinter,
)
from custom_components.bambu_virtual_printer.engine.relay.services import RelayServices


async def main(
    bind_ip: str, target: str, serial: str, pinned: str, folder: Path
) -> None:
    events: list[RelayEvent] = []
    reached = asyncio.Event()

    def _emit(event: RelayEvent) -> None:
        events.append(event)
        if isinstance(event, TargetReached):
            reached.set()

    identity = ProxyIdentity(
        name="Proxy",
        model=MODELS["C12"],
        serial=serial,
        pinned=pinned,
        upstream_host=target,
        bind_ip=bind_ip,
    )
    ca = CertificateAuthority.load_or_create(folder)
    device = ca.device_certificate(serial, [bind_ip])
    async with (
        SharedServices() as shared,
        RelayServices(shared) as services,
        ProxyPrinter(identity, device, services, _emit) as proxy,
    ):
        async with asyncio.timeout(20):
            await reached.wait()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        # Printers announce themselves every few seconds.
        with suppress(TimeoutError):
            async with asyncio.timeout(20):
                while not services.found.printers:
                    await asyncio.sleep(0.05)
        found = [each.address for each in services.found.printers]
        running = all(proxy.listeners.values())
    told = [type(event).__name__ for event in events]
    print(json.dumps({"events": told, "found": found, "running": running}))


with tempfile.TemporaryDirectory() as name:
    asyncio.run(main(*sys.argv[1:5], Path(name)))
