"""Virtual printers that show real ones, in a process of their own.

    python -m benchmarks.mirrors FOLDER

Reads one JSON command a line and answers with one JSON line:

    {"do": "show", "printers": [{"host", "serial", "model", "access_code", "pinned"}, ...]}   each in a virtual printer
    {"do": "mark"}, {"do": "read"}                                                            as of `benchmarks.server`
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
import sys
from typing import Any, override

from benchmarks.machines import CONNECT_TIMEOUT_S
from benchmarks.server import MODEL, Server, identity
from benchmarks.serving import Answer, Command, serve
from custom_components.bambu_virtual_printer.engine.emulator.printer import (
    VirtualPrinter,
)
from custom_components.bambu_virtual_printer.engine.machines.machine import (
    Listener,
    Machine,
    MachineServices,
)
from custom_components.bambu_virtual_printer.engine.machines.settings import (
    MachineSettings,
)
from custom_components.bambu_virtual_printer.engine.mirror.values import Target
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterTrust,
)
from custom_components.bambu_virtual_printer.engine.values import JsonObject


class _Mirror:
    """Shows one machine."""

    allows_control = False

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def look(self) -> Target:
        reported = self._machine.reported
        return Target(
            serial=self._machine.serial,
            places=(self._machine.settings.host,),
            status=reported.status,
            modules=reported.modules,
            is_live=True,
            revision=reported.revision,
        )

    async def request(
        self, kind: str, command: str, fields: Mapping[str, Any]
    ) -> JsonObject:
        return dict(await self._machine.request(kind, command, fields))


class MirrorServer(Server):
    """The printers, and the machines that they show."""

    def __init__(self, folder: Path, machine_services: MachineServices) -> None:
        """Prepare; nothing is open yet."""
        super().__init__(folder)
        self._machine_services = machine_services
        self._machines: list[Machine] = []

    async def show(
        self, stack: AsyncExitStack, printers: list[dict[str, str]]
    ) -> dict[str, float]:
        """Connect to real printers, and show each in a virtual one."""
        self._machines = [
            Machine(MachineSettings(**printer), self._machine_services)
            for printer in printers
        ]
        for machine in self._machines:
            await stack.enter_async_context(machine)
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            for machine in self._machines:
                async for state in machine.changes():
                    if state.is_current:
                        break
        opened = await self.open(stack, len(self._machines), MODEL)
        for machine, printer in zip(self._machines, self.printers, strict=True):
            machine.subscribe(_telling(printer))
        return opened

    @override
    def _make(self, number: int, model: str) -> VirtualPrinter:
        known = identity(number, model)
        return VirtualPrinter(
            known,
            self.authority.device_certificate(known.serial, [known.bind_ip]),
            self._card(number),
            self.services,
            self.on_printer,
            mirror=_Mirror(self._machines[number]),
            pictures=self._machines[number].camera.pictures,
        )


def _telling(printer: VirtualPrinter) -> Listener:
    return lambda _state: printer.target_changed()


async def _main(folder: Path) -> None:
    async with (
        MachineServices(PrinterTrust([])) as machine_services,
        AsyncExitStack() as stack,
    ):
        server = MirrorServer(folder, machine_services)
        await stack.enter_async_context(server.services)
        await stack.enter_async_context(server.library)

        async def _carry_out(command: Command) -> Answer:
            match command:
                case {"do": "show", "printers": list(printers)}:
                    return await server.show(stack, printers)
                case {"do": "mark"}:
                    server.pulse.mark()
                case {"do": "read"}:
                    return server.pulse.read()
            return {}

        await serve(_carry_out)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
