"""Machines that speak with simulated printers."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.machines.machine import (
    Machine,
    MachineServices,
)
from custom_components.bambu_virtual_printer.engine.machines.settings import (
    MachineSettings,
    SessionTimes,
)
from custom_components.bambu_virtual_printer.engine.machines.transfer import UploadTimes
from custom_components.bambu_virtual_printer.engine.machines.values import MachineState
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterTrust,
)
from scripts.printer_double import PrinterDouble
from scripts.printer_double.certificate import PrinterCertificate, maker_ca
from scripts.printer_double.double import ACCESS_CODE
from tests.support.serials import SERIAL
from tests.support.waiting import until

TIMEOUT_S = 20.0
# So that tests of faults need not wait as long as people's printers do.
QUICK = SessionTimes(retry_s=0.01, retry_max_s=0.05, wrong_code_retry_s=600.0)
QUICK_UPLOADS = UploadTimes(
    pauses_s=(0.01, 0.01), progress_every_s=0.0, final_reply_s=20.0, socket_s=20.0
)


@dataclass(kw_only=True)
class Stage:
    """Makes printers and machines, which end with the test."""

    services: MachineServices
    stack: AsyncExitStack
    certificate: PrinterCertificate
    new_address: Callable[[], str]
    states: list[MachineState] = field(default_factory=list)

    async def printer(
        self, model: str = "C12", *, on: bool = True, **options: Any
    ) -> PrinterDouble:
        double = PrinterDouble(
            self.new_address(),
            SERIAL,
            self.certificate,
            model=model,
            # Few files here are sliced ones.
            **{"reads_files": False} | options,
        )
        if on:
            await self.stack.enter_async_context(double)
        else:
            self.stack.push_async_callback(double.power_off)
        return double

    def settings(self, double: PrinterDouble, **changes: Any) -> MachineSettings:
        made: dict[str, Any] = {
            "host": double.address, "serial": SERIAL, "model": double.model.code, "access_code": ACCESS_CODE, **changes,
        }  # fmt: skip
        return MachineSettings(**made)

    async def machine(
        self,
        double: PrinterDouble,
        *,
        wait: bool = True,
        settings: dict[str, Any] | None = None,
        **options: Any,
    ) -> Machine:
        """Start a machine, and wait until it is on the line."""
        options = {
            "session_times": QUICK,
            "upload_times": QUICK_UPLOADS,
            "reply_timeout_s": TIMEOUT_S,
            **options,
        }
        machine = Machine(
            self.settings(double, **(settings or {})), self.services, **options
        )
        machine.subscribe(self._see)
        await self.stack.enter_async_context(machine)
        if wait:
            await until(lambda: machine.state.is_available and machine.state.is_current)
        return machine

    def _see(self, state: MachineState) -> None:
        self.states.append(state)


@pytest.fixture
async def stage(
    loopback: None, new_address: Callable[[], str], certificate: PrinterCertificate
) -> AsyncIterator[Stage]:
    trust = PrinterTrust([maker_ca().der])
    async with MachineServices(trust) as services, AsyncExitStack() as stack:
        yield Stage(
            services=services,
            stack=stack,
            certificate=certificate,
            new_address=new_address,
        )
