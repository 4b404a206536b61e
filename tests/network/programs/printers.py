"""Runs printers until its standard input ends: printers ADDRESS..."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import sys
import tempfile

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.printer import (
    VirtualPrinter,
)
from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from tests.support.folder_card import FolderCard


async def main(addresses: list[str], folder: Path) -> None:
    ca = CertificateAuthority.load_or_create(folder / "certs")
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(SharedServices())
        for number, address in enumerate(addresses):
            identity = Identity(
                name=f"Printer {number}",
                model=MODELS["C12"],
                serial_suffix=f"39180000{number}",
                access_code="12345678",
                bind_ip=address,
                slot=number,
            )
            device = ca.device_certificate(identity.serial, [address])
            card = FolderCard(folder / identity.serial)
            printer = VirtualPrinter(identity, device, card, services, lambda _: None)
            await stack.enter_async_context(printer)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


with tempfile.TemporaryDirectory() as name:
    asyncio.run(main(sys.argv[1:], Path(name)))
