"""A queue, an index in memory and simulated printers, in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
import random
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.dispatcher import (
    Dispatcher,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.ports import (
    Drivers,
    Surroundings,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import ReasonKey
from custom_components.bambu_virtual_printer.engine.dispatch.worker import MachineRules
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Plate,
    Print,
)
from custom_components.bambu_virtual_printer.engine.machines.mapping import MappingForm
from tests.support.machine_stage import stage  # noqa: F401

from .memory_store import Disk, MemoryStore, StoredJob
from .scenes import IDLE, NEEDS, P1S
from .simulated_printer import SimulatedPrinter
from .virtual_time import VirtualLoop

ALLOWED = MachineRules(is_allowed=True)


@dataclass(kw_only=True)
class World:
    """Everything; `dispatcher` may be killed and begun anew."""

    loop: VirtualLoop
    disk: Disk = field(default_factory=Disk)
    printers: dict[str, SimulatedPrinter] = field(default_factory=dict)
    latency: random.Random | None = None
    changes: int = 0
    surroundings: Surroundings | None = None
    drivers: Drivers | None = None
    store: MemoryStore = field(init=False)
    dispatcher: Dispatcher = field(init=False)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def run[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run_until_complete(work)

    def sleep(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    def printer(self, name: str = "garage", **options: Any) -> SimulatedPrinter:
        self.printers[name] = printer = SimulatedPrinter(
            options.pop("loaded", IDLE),
            self.loop,
            latency=self.latency,
            serial=name.upper(),
            **options,
        )
        return printer

    def add(
        self,
        job_id: str = "a",
        machine: str = "garage",
        *,
        copies: int = 1,
        **fields: Any,
    ) -> StoredJob:
        self.disk.add(
            QueuedJob(
                id=job_id,
                target=OnePrinter(machine_id=machine),
                needs=NEEDS,
                **fields,
            ),
            copies=copies,
        )
        return self.disk.jobs[job_id]

    def begin(self, rules: MachineRules = ALLOWED) -> None:
        """Begin to dispatch, as at a start of the process."""

        async def begin() -> None:
            before = asyncio.all_tasks()
            self.store = MemoryStore(self.disk, self.loop.clock, latency=self.latency)
            self.dispatcher = Dispatcher(
                self.store,
                drivers=self.drivers,
                surroundings=self.surroundings,
                changed=self._changed,
                clock=self.loop.clock,
            )
            await self.dispatcher.__aenter__()
            for name, printer in self.printers.items():
                await self.dispatcher.attach(name, printer, model=P1S, rules=rules)
            self._tasks = asyncio.all_tasks() - before

        self.run(begin())

    def _changed(self) -> None:
        self.changes += 1

    def end(self) -> None:
        self.run(self.dispatcher.__aexit__())

    def kill(self) -> None:
        """Let the process die: nothing is tidied up, nothing is stored any more."""

        async def kill() -> None:
            self.store.is_dead = True
            for printer in self.printers.values():
                printer._listeners.clear()
            its = {
                task
                for task in asyncio.all_tasks()
                if task is not asyncio.current_task()
                and task not in {one for p in self.printers.values() for one in p._tasks}
            }  # fmt: skip
            for task in its:
                task.cancel()
            await asyncio.gather(*its, return_exceptions=True)
            for printer in self.printers.values():
                # A new process has a new session, and knows nothing yet.
                printer.disconnect()
                printer.remember_url_form(printer.traits.url_forms[0])
                printer.mapping_form = MappingForm.STOCK

        self.run(kill())

    def restart(self, *, down_s: float = 5.0) -> None:
        self.kill()
        self.sleep(down_s)
        self.begin()
        for printer in self.printers.values():
            printer.connect()
        self.sleep(0.1)

    def job(self, job_id: str = "a") -> StoredJob:
        return self.disk.jobs[job_id]

    def the_print(self, job_id: str = "a") -> Print:
        """The last print of a job."""
        return self.disk.of_job(job_id)[-1]

    def reason(self, job_id: str = "a") -> ReasonKey:
        return self.dispatcher.reasons[job_id].key

    def plate(self, machine: str = "garage") -> Plate:
        status = self.dispatcher.status(machine)
        assert status
        return status.plate

    def until(self, condition: Callable[[], Any], within_s: float = 3600) -> None:
        """Let time pass until something holds."""

        async def wait() -> None:
            end = self.loop.time() + within_s
            while not condition():
                assert self.loop.time() < end, "it did not come to that"
                await asyncio.sleep(0.25)

        self.run(wait())


@pytest.fixture
def world() -> Iterator[World]:
    loop = VirtualLoop()
    world = World(loop=loop)
    yield world
    world.kill()
    close(loop)


def close(loop: VirtualLoop) -> None:
    """End what printers still do."""

    async def end() -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    loop.run_until_complete(end())
    loop.close()
