"""Virtual printers with their library in a process of their own, and what they cost.

    python -m benchmarks.server FOLDER

Reads one JSON command a line and answers with one JSON line:

    {"do": "open", "printers": N}   start that many more (of "model"); seconds until all run, longest stall of the loop meanwhile
    {"do": "door"}                  take in forms over HTTP for the first of them, as Home Assistant's view does
    {"do": "mark"}                  measure from here; with "pulse": false only processor seconds, which measuring the rest costs too
    {"do": "read"}                  processor seconds, stalls of the loop in ms, growth of memory in MiB since the mark
    {"do": "archived", "count": N}  wait for that many archives since the last asking; when the last was visible
    {"do": "clean"}                 remove all archives
"""

import asyncio
from contextlib import AsyncExitStack
import os
from pathlib import Path
import sys
import time
from typing import Any

from aiohttp import web

from benchmarks.serving import Answer, Command, serve
from custom_components.bambu_virtual_printer.engine.doors.uploads import (
    Destination,
    HttpUploads,
)
from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.printer import (
    VirtualPrinter,
)
from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.events import (
    PrinterEvent,
    UploadFailed,
    UploadReceived,
)
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.memory_card import (
    MemoryCard,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    LibraryEvent,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.values import (
    Mode,
    PrinterRef,
    Sender,
)

ACCESS_CODE = "12345678"
DOOR_PORT = 8123
TICK_S = 0.005
MEMORY_EVERY = 10
"""After how many ticks the memory is looked at, which takes longer than the rest of a tick."""
PAGE = os.sysconf("SC_PAGESIZE")

MODEL = "C12"


def address(number: int) -> str:
    """Return the address of a printer, counted from 0."""
    return f"127.100.0.{number + 1}"


def serial(number: int) -> str:
    """Return its serial number."""
    return identity(number).serial


def identity(number: int, model: str = MODEL) -> Identity:
    """Return who it is."""
    return Identity(
        name=f"Printer {number}",
        model=MODELS[model],
        serial_suffix=f"{391800001 + number}",
        access_code=ACCESS_CODE,
        bind_ip=address(number),
    )


class Pulse:
    """How late the loop is, and how much memory the process has."""

    def __init__(self) -> None:
        """Start beating."""
        self._loop = asyncio.get_running_loop()
        self._next: asyncio.TimerHandle | None = None
        self.mark()

    def mark(self, *, beating: bool = True) -> None:
        """Forget what was, and go on beating or not."""
        if self._next is not None:
            self._next.cancel()
        self._stalls_s: list[float] = []
        self._memory = self._peak = _resident_bytes()
        self._next = None
        if beating:
            self._beat(self._loop.time())
        self._cpu_s = time.process_time()

    def read(self) -> dict[str, float]:
        """Return what was since the mark."""
        self._peak = max(self._peak, _resident_bytes())
        stalls = sorted(self._stalls_s) or [0.0]
        return {
            "cpu_s": time.process_time() - self._cpu_s,
            "stall_p50_ms": stalls[len(stalls) // 2] * 1e3,
            "stall_p99_ms": stalls[int(len(stalls) * 0.99)] * 1e3,
            "stall_max_ms": stalls[-1] * 1e3,
            "grown_mib": (self._peak - self._memory) / 2**20,
            "resident_mib": _resident_bytes() / 2**20,
        }

    def _beat(self, due: float) -> None:
        now = self._loop.time()
        self._stalls_s.append(now - due)
        if not len(self._stalls_s) % MEMORY_EVERY:
            self._peak = max(self._peak, _resident_bytes())
        due = now + TICK_S
        self._next = self._loop.call_at(due, self._beat, due)


def _resident_bytes() -> int:
    with Path("/proc/self/statm").open("rb") as statm:
        return int(statm.read().split()[1]) * PAGE


class Server:
    """The printers and what they received."""

    def __init__(self, folder: Path) -> None:
        """Prepare; nothing is open yet."""
        self.authority = CertificateAuthority.load_or_create(folder / "certs")
        self.services = SharedServices()
        self.library = Library(
            folder / "library",
            f"sqlite:///{folder / 'library.db'}",
            emit=self.on_library,
        )
        self.printers: list[VirtualPrinter] = []
        self.pulse = Pulse()
        self.archived_at: asyncio.Queue[float] = asyncio.Queue()
        self.failures: list[str] = []

    def on_library(self, event: LibraryEvent) -> None:
        """Note when something was archived."""
        if isinstance(event, ArchiveAdded):
            self.archived_at.put_nowait(time.monotonic())

    def on_printer(self, event: PrinterEvent) -> None:
        """Hand uploads on, as the hub does."""
        if isinstance(event, UploadReceived):
            self.library.intake(event.file.id, event.request)
        elif isinstance(event, UploadFailed):
            self.failures.append(str(event.reason))

    async def open(
        self, stack: AsyncExitStack, count: int, model: str
    ) -> dict[str, float]:
        """Start printers whose certificates exist."""
        numbers = range(len(self.printers), len(self.printers) + count)
        made = [
            await asyncio.to_thread(self._make, number, model) for number in numbers
        ]
        self.pulse.mark()
        start = time.perf_counter()
        await asyncio.gather(*(stack.enter_async_context(printer) for printer in made))
        seconds = time.perf_counter() - start
        await asyncio.sleep(2 * TICK_S)
        self.printers += made
        return {"seconds": seconds, **self.pulse.read()}

    def _make(self, number: int, model: str) -> VirtualPrinter:
        known = identity(number, model)
        card = self._card(number)
        device = self.authority.device_certificate(known.serial, [known.bind_ip])
        return VirtualPrinter(known, device, card, self.services, self.on_printer)

    def _card(self, number: int) -> MemoryCard:
        return self.library.storage(
            PrinterRef(
                id=f"p{number}",
                name=identity(number).name,
                model="C12",
                mode=Mode.IMMEDIATE,
            )
        )

    async def open_door(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Serve uploads over HTTP."""
        uploads = HttpUploads(self.services.transfer_thread)
        stack.push_async_callback(uploads.close)
        destination = Destination(
            storage=self._card(0),
            emit=self.on_printer,
            under_way=set(),
            peer="127.0.0.1",
            encrypted=False,
            sender=Sender(name="benchmark"),
        )

        async def receive(request: web.Request) -> web.Response:
            await uploads.receive_form(
                request.content.iter_any(),
                destination,
                content_type=request.headers["Content-Type"],
                announced_bytes=request.content_length or 0,
            )
            return web.Response(status=201)

        app = web.Application()
        app.router.add_post("/api/files/local", receive)
        runner = web.AppRunner(app)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, address(0), DOOR_PORT).start()
        return {}

    async def archived(self, count: int) -> dict[str, Any]:
        """Wait for archives."""
        async with asyncio.timeout(120):
            at = max([await self.archived_at.get() for _ in range(count)])
        return {"at": at, "failures": self.failures}

    async def clean(self) -> dict[str, Any]:
        """Remove all archives with their files."""
        while page := (await self.library.archives(ArchiveQuery())).archives:
            for archive in page:
                await self.library.delete_archive(archive.id, purge=True)
        return {}


async def _main(folder: Path) -> None:
    server = Server(folder)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(server.services)
        await stack.enter_async_context(server.library)

        async def _carry_out(command: Command) -> Answer:
            match command:
                case {"do": "open", "printers": int(count)}:
                    model = command.get("model", MODEL)
                    return await server.open(stack, count, model)
                case {"do": "door"}:
                    return await server.open_door(stack)
                case {"do": "mark"}:
                    server.pulse.mark(beating=command.get("pulse", True))
                case {"do": "read"}:
                    return server.pulse.read()
                case {"do": "archived", "count": int(count)}:
                    return await server.archived(count)
                case {"do": "clean"}:
                    return await server.clean()
            return {}

        await serve(_carry_out)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
