"""A slicer that pressed Print is told when the printer cannot begin now; one that pressed Send is not."""

from collections.abc import Callable
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.emulator.job import ERROR_S
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printing import start_notices
from homeassistant.core import HomeAssistant
from scripts import slicer
from tests.support.home_assistant import ACCESS_CODE, AddPrinter, Call, Send, SentFile
from tests.support.real_printers import AddReal
from tests.support.waiting import until

from .test_printing import Entity, allow, entity

__all__ = ["entity"]

BUSY = 0x0500_4004


def shows(code: int) -> Callable[[dict[str, Any]], bool]:
    """Match status reports with a code."""
    return lambda report: report.get("print", {}).get("print_error") == code


async def test_print_that_cannot_start_now_is_told_for_a_while_and_waits(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    entity: Entity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.engine.emulator.job.ERROR_S",
        ERROR_S / 5,
    )
    double, machine = await add_real()
    await allow(hass, entity, machine)
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    printer = await add_printer(mode="queue", filing={"on_print": "start"})
    told: list[str] = []
    monkeypatch.setattr(
        printer, "async_tell_busy", _noting(told, printer.async_tell_busy)
    )
    serial = printer.config.serial
    context = slicer.tls_context(serial, None)
    async with slicer.session(
        printer.config.identity.address, ACCESS_CODE, serial, context
    ) as mqtt:
        await send(printer, sliced_file("Sent.gcode.3mf", seed=1))
        await until(lambda: bool(hub.machines.reasons))
        await hass.async_block_till_done()
        assert told == []
        await send(
            printer,
            sliced_file("Printed.gcode.3mf", seed=2),
            print_options=slicer.PrintOptions(),
        )
        await mqtt.wait_for(shows(BUSY))
        await mqtt.wait_for(shows(0))
    assert len(told) == 1
    (job, _) = (await call("list_queue"))["jobs"]
    assert (job["file_name"], job["intent"]) == ("Printed.gcode.3mf", "print")
    assert (job["state"], job["waiting_key"]) == ("waiting", "printing")
    assert "is printing" in job["waiting_reason"]


def _noting(told: list[str], tell: Callable[[str, str], None]) -> Callable[..., None]:
    def note(peer: str, person: str) -> None:
        told.append(peer)
        tell(peer, person)

    return note


async def test_only_reasons_that_last_are_told_and_only_for_a_minute(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printer = await add_printer(mode="queue", filing={"on_print": "start"})
    told: list[str] = []
    monkeypatch.setattr(printer, "async_tell_busy", lambda peer, _: told.append(peer))
    for _ in range(3):
        await send(printer, print_options=slicer.PrintOptions())
    jobs = (await call("list_queue"))["jobs"]
    ids = [job["job_id"] for job in jobs]
    assert len(ids) == 3
    # Without a real printer a person prints by hand: that is no failure.
    assert told == []
    notices = start_notices.StartNotices(hub.printers)
    notices._jobs = {
        job_id: start_notices._Asked(
            printer_id=printer.id, peer="192.0.2.1", person="", until=until, starts=True
        )
        for job_id, until in zip(ids, (0.0, float("inf"), float("inf")), strict=True)
    }
    reasons = {job_id: Reason(key=ReasonKey.OFFLINE) for job_id in ids[:2]}
    notices.look({**reasons, ids[2]: Reason(key=ReasonKey.NO_NEWS)})
    assert told == ["192.0.2.1"]
    notices.look({ids[2]: Reason(key=ReasonKey.PRINTING)})
    notices.look({ids[2]: Reason(key=ReasonKey.PRINTING)})
    assert len(told) == 2
