"""Runs the simulated real printer until its standard input ends, announcing itself: real_printer ADDRESS PEM SERIAL.

At the end it prints as JSON what it received.
"""

import asyncio
import hashlib
import json
from pathlib import Path
import sys

from custom_components.bambu_virtual_printer.engine.discovery.announcer import Discovery
from custom_components.bambu_virtual_printer.engine.discovery.search_receiver import (
    SearchReceiver,
)
from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from scripts.printer_double.certificate import PrinterCertificate
from tests.support.simulated_printer import ACCESS_CODE, SimulatedPrinter


async def main(address: str, pem: str, serial: str) -> None:
    identity = Identity(
        name="Real one",
        model=MODELS["C12"],
        serial_suffix=serial[-9:],
        access_code=ACCESS_CODE,
        bind_ip=address,
    )
    certificate = PrinterCertificate.load(Path(pem))
    services = frozenset({"mqtt", "ftps", "bind", "streams", "auxiliary"})
    async with SimulatedPrinter(
        address, serial, certificate, model="C12", services=services
    ) as printer:
        discovery = Discovery(identity, SearchReceiver())
        discovery.start()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        discovery.close()
        files = {
            name: hashlib.sha256(content).hexdigest()
            for name, content in printer.ftps.files.items()
        }
        faults = [line for line in printer.ftps.log if line.startswith("data:")]
    print(json.dumps({"files": files, "faults": faults}))


asyncio.run(main(*sys.argv[1:4]))
