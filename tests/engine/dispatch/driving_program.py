"""One of several Home Assistants with one library and one printer, for a process of its own that ends itself in the middle of a print."""

import asyncio
from dataclasses import dataclass, replace
import json
from multiprocessing.connection import Connection
import os
from pathlib import Path
import signal
from typing import Any, override

from custom_components.bambu_virtual_printer.engine.dispatch.dispatcher import (
    Dispatcher,
)
from custom_components.bambu_virtual_printer.engine.dispatch.library_store import (
    LibraryStore,
)
from custom_components.bambu_virtual_printer.engine.dispatch.orders import (
    WrongAnswerError,
)
from custom_components.bambu_virtual_printer.engine.dispatch.ports import Claim
from custom_components.bambu_virtual_printer.engine.dispatch.times import DispatchTimes
from custom_components.bambu_virtual_printer.engine.dispatch.tracking import (
    TrackingTimes,
)
from custom_components.bambu_virtual_printer.engine.dispatch.unattended import (
    NoSuchPrintError,
)
from custom_components.bambu_virtual_printer.engine.dispatch.worker import MachineRules
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    RealPrinter,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Answer,
    Print,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from custom_components.bambu_virtual_printer.engine.machines.commands import Reply
from custom_components.bambu_virtual_printer.engine.machines.machine import (
    Machine,
    MachineServices,
)
from custom_components.bambu_virtual_printer.engine.machines.settings import (
    MachineSettings,
)
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterTrust,
)
from scripts.printer_double.double import ACCESS_CODE
from tests.support.machine_stage import QUICK, QUICK_UPLOADS
from tests.support.shared import shared_library

TIMES = DispatchTimes(
    tracking=TrackingTimes(
        sign_s=5.0, first_report_s=1.0, ids_s=3.0, cancel_code_s=0.3, idle_s=0.3
    ),
    settle_s=0.0,
    retry_s=0.2,
)
ORDERED = "ordered"
"""Dies when the printer was told to start, before that is known to be so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`dies_at` is a phase or ORDERED, empty for one that lives; `begun` a file with the ids of what the printer has begun."""

    url: str
    folder: str
    name: str
    address: str
    serial: str
    begun: str
    ca: bytes
    dies_at: str = ""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStore(LibraryStore):
    """Ends the process once a phase is stored."""

    dies_at = ""

    @override
    async def claim(self, job_id: str, machine_id: str) -> Claim | None:
        claimed = await super().claim(job_id, machine_id)
        if claimed and self.dies_at == "claimed":
            die()
        return claimed

    @override
    async def advance(self, before: Print, after: Print) -> None:
        await super().advance(before, after)
        if self.dies_at == after.phase.value:
            die()


class DyingMachine(Machine):
    """Ends the process once a start was sent."""

    dies = False

    @override
    async def start(self, *args: Any, **kwargs: Any) -> Reply:
        reply = await super().start(*args, **kwargs)
        if self.dies:
            die()
        return reply


async def run(settings: Settings, ready: Connection) -> None:
    """Print until the process is killed, and answer what is asked as a person would who looks at the printer."""
    instance = Instance(id=settings.name, name=settings.name, version="")
    machine_id = f"printer of {settings.name}"
    async with (
        shared_library(settings.url, Path(settings.folder), instance) as (library, _),
        MachineServices(PrinterTrust([settings.ca])) as services,
        DyingMachine(
            MachineSettings(
                host=settings.address,
                serial=settings.serial,
                model="C12",
                access_code=ACCESS_CODE,
            ),
            services,
            session_times=QUICK,
            upload_times=QUICK_UPLOADS,
        ) as machine,
    ):
        machine.dies = settings.dies_at == ORDERED
        # What was not sent after all is asked about sooner than of people's printers.
        machine.traits = replace(machine.traits, active_within_s=3.0)
        store = DyingStore(library)
        store.dies_at = settings.dies_at
        printer = RealPrinter(
            id=machine_id, serial=settings.serial, name="P1S", model="C12"
        )
        await library.instances.register([printer])
        async with Dispatcher(
            store, drivers=library.drivers, times=TIMES
        ) as dispatcher:
            await dispatcher.attach(
                machine_id,
                machine,
                model="C12",
                rules=MachineRules(is_allowed=True, needs_cleared_plate=False),
            )
            ready.send("ready")
            while True:
                await asyncio.sleep(0.1)
                dispatcher.wake()
                status = dispatcher.status(machine_id)
                if status and status.print and status.print.question:
                    begun = json.loads(Path(settings.begun).read_text())
                    has_begun = str(status.print.subtask_id) in begun
                    answer = Answer.FINISHED if has_begun else Answer.NOT_STARTED
                    try:
                        await dispatcher.answer(status.print.job_id, answer)
                    except NoSuchPrintError, WrongAnswerError:
                        continue


def main(settings: Settings, ready: Connection) -> None:
    """Run in a process of its own; say when it is ready."""
    asyncio.run(run(settings, ready))
