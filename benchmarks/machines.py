"""Real printers' `Machine`s in a process of their own, and what they cost the event loop.

    python -m benchmarks.machines

Reads one JSON command a line and answers with one JSON line:

    {"do": "connect", "printers": [{"host", "serial", "model", "access_code", "pinned"}, ...]}   until all have reported
    {"do": "upload", "file": F, "name": N, "count": N, "md5": M}
                                                         to the first so many at once; seconds that each took. M may be empty
    {"do": "mark"}, {"do": "read"}                       as of `benchmarks.server`, and the states since the mark
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import time
from typing import Any

from benchmarks.server import Pulse
from benchmarks.serving import Answer, Command, serve
from custom_components.bambu_virtual_printer.engine.machines import ftps
from custom_components.bambu_virtual_printer.engine.machines.machine import (
    Machine,
    MachineServices,
)
from custom_components.bambu_virtual_printer.engine.machines.settings import (
    MachineSettings,
)
from custom_components.bambu_virtual_printer.engine.machines.values import MachineState
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterTrust,
)
from scripts.printer_double import vsftpd

CONNECT_TIMEOUT_S = 60.0


class Fleet:
    """The machines."""

    def __init__(self, services: MachineServices, stack: AsyncExitStack) -> None:
        """Know none yet."""
        self._services = services
        self._stack = stack
        self._machines: list[Machine] = []
        self.pulse = Pulse()
        self.states = 0

    async def connect(self, printers: list[dict[str, str]]) -> dict[str, Any]:
        """Add machines, and wait for their first report."""
        added = [
            Machine(MachineSettings(**printer), self._services) for printer in printers
        ]
        for machine in added:
            await self._stack.enter_async_context(machine)
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            for machine in added:
                async for state in machine.changes():
                    if state.is_current:
                        break
        for machine in added:
            machine.subscribe(self._count)
        self._machines += added
        return {}

    def _count(self, _state: MachineState) -> None:
        self.states += 1

    async def upload(
        self, file: Path, name: str, count: int, md5: str
    ) -> dict[str, Any]:
        """Upload the file to the first so many machines at once."""
        some = self._machines[:count]
        return {
            "seconds": await asyncio.gather(
                *(self._one(machine, file, name, md5) for machine in some)
            )
        }

    async def _one(self, machine: Machine, file: Path, name: str, md5: str) -> float:
        start = time.perf_counter()
        await machine.upload(file, name, lambda _progress: None, md5=md5)
        return time.perf_counter() - start

    def mark(self) -> None:
        """Measure from here."""
        self.states = 0
        self.pulse.mark()

    def read(self) -> dict[str, Any]:
        """Return what was since the mark."""
        return {**self.pulse.read(), "states": self.states}


async def _main() -> None:
    # The account that vsftpd has, in the place of printers' own.
    ftps.USER_NAME = vsftpd.USER  # type: ignore[attr-defined]
    async with (
        MachineServices(PrinterTrust([])) as services,
        AsyncExitStack() as stack,
    ):
        fleet = Fleet(services, stack)

        async def _carry_out(command: Command) -> Answer:
            match command:
                case {"do": "connect", "printers": list(printers)}:
                    return await fleet.connect(printers)
                case {
                    "do": "upload",
                    "file": file,
                    "name": name,
                    "count": count,
                    "md5": md5,
                }:
                    return await fleet.upload(Path(file), name, count, md5)
                case {"do": "mark"}:
                    fleet.mark()
                case {"do": "read"}:
                    return fleet.read()
            return {}

        await serve(_carry_out)


if __name__ == "__main__":
    asyncio.run(_main())
