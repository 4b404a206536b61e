"""Fixtures: real printers of a hub, each a simulated one with real sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.engine.dispatch.times import DispatchTimes
from custom_components.bambu_virtual_printer.engine.dispatch.tracking import (
    TrackingTimes,
)
from custom_components.bambu_virtual_printer.engine.machines.settings import (
    SessionTimes,
)
from custom_components.bambu_virtual_printer.engine.relay import upstream_watch
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers import machines
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from custom_components.bambu_virtual_printer.printing import real_printers
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from scripts.printer_double import PrinterDouble
from scripts.printer_double.certificate import PrinterCertificate
from scripts.printer_double.double import ACCESS_CODE
from scripts.printer_double.statuses import PLA_BLACK, ams, unit
from tests.support.waiting import until

# So that tests of faults need not wait as long as people's printers do.
QUICK = SessionTimes(
    retry_s=0.01, retry_max_s=0.05, handshake_s=1.0, wrong_code_retry_s=600.0
)

QUICK_DISPATCH = DispatchTimes(
    tracking=TrackingTimes(
        sign_s=5.0, first_report_s=1.0, ids_s=2.0, cancel_code_s=0.3, idle_s=0.3
    ),
    settle_s=0.0,
    retry_s=0.05,
)
# What sliced files of the tests ask for.
GREEN = PLA_BLACK | {"tray_color": "00AE42FF", "cols": ["00AE42FF"]}
WHITE = PLA_BLACK | {"tray_color": "FFFFFFFF", "cols": ["FFFFFFFF"]}

type AddReal = Callable[..., Awaitable[tuple[PrinterDouble, ManagedMachine]]]


@pytest.fixture
def quick_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let lost printers be tried again at once, and conclude what can be concluded soon."""
    monkeypatch.setattr(machines, "SESSION_TIMES", QUICK)
    monkeypatch.setattr(real_printers, "DISPATCH_TIMES", QUICK_DISPATCH)
    monkeypatch.setattr(upstream_watch, "RETRY_INTERVAL_S", 0.2)
    monkeypatch.setattr(upstream_watch, "MIN_INTERVAL_S", 0.05)


@pytest.fixture
async def add_real(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    new_address: Callable[[], str],
    maker_cas: Path,
    quick_sessions: None,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> AsyncIterator[AddReal]:
    """Add real printers to the hub; to be asked for before the hub."""
    numbers = count(1)
    async with AsyncExitStack() as stack:

        async def _add(
            name: str = "Cellar",
            *,
            on: bool = True,
            vouched_for: bool = True,
            settings: dict[str, Any] | None = None,
            **options: Any,
        ) -> tuple[PrinterDouble, ManagedMachine]:
            hub: Hub = request.getfixturevalue("hub")
            serial = f"01P00A3914{next(numbers):05}"
            folder = tmp_path / serial
            folder.mkdir()
            certificate = (
                PrinterCertificate.make(folder, serial)
                if vouched_for
                else PrinterCertificate.make(folder, serial, issuer="Nobody known")
            )
            double = PrinterDouble(new_address(), serial, certificate, **options)
            if double.model.code == "C12":
                double.status["ams"] = ams(unit(0, "1001", GREEN, WHITE, None, None))
            if on:
                await stack.enter_async_context(double)
            else:
                stack.push_async_callback(double.power_off)
            subentry = ConfigSubentry(
                data=MappingProxyType(
                    {
                        "model": double.model.code,
                        "host": double.address,
                        "serial": serial,
                        "access_code": ACCESS_CODE,
                        **(settings or {}),
                    }
                ),
                subentry_type="printer",
                title=name,
                unique_id=serial,
            )
            hass.config_entries.async_add_subentry(entry, subentry)
            await hass.async_block_till_done()
            machine = hub.machines.by_id[subentry.subentry_id]
            if on and vouched_for and not settings:
                await until(lambda: machine.is_reporting)
                await hass.async_block_till_done()
            return double, machine

        yield _add
        await hass.config_entries.async_unload(entry.entry_id)
