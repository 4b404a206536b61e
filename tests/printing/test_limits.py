"""Limits of people from the slicer to the printer: what is beyond them waits, and says until when."""

from collections.abc import Callable
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.reasons import ReasonKey
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from scripts import slicer
from tests.support.home_assistant import AddPrinter, Call, DeviceOf, Send, SentFile
from tests.support.real_printers import AddReal
from tests.support.waiting import until

from .test_printing import Entity, allow, entity

__all__ = ["entity"]


async def test_what_is_beyond_a_limit_waits_for_the_next_month_or_for_another_limit(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    device_of: DeviceOf,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    entity: Entity,
) -> None:
    double, machine = await add_real(steps=2_000)
    await allow(hass, entity, machine)
    printer = await add_printer(mode="queue", filing={"hold": False})
    virtual, real = device_of(printer.id), device_of(machine.id)
    assert virtual
    assert real
    anna = await call(
        "add_person",
        device_id=virtual.id,
        name="Anna",
        printers=[real.id],
        hours_per_month=0,
    )
    assert anna["printers"] == ["Cellar"]
    await send(
        printer,
        sliced_file("Cube.gcode.3mf"),
        print_options=slicer.PrintOptions(),
        access_code=anna["access_code"],
    )

    def waits_for() -> str:
        return next((reason.key.value for reason in hub.machines.reasons.values()), "")

    async def change(**settings: Any) -> None:
        await call("update_person", person_id=anna["person_id"], **settings)

    await until(lambda: waits_for() == "over_limit")
    (job,) = (await call("list_queue"))["jobs"]
    assert job["waiting_key"] == "over_limit"
    assert "0 h that Anna may print in a month" in job["waiting_reason"]

    # Two would fit, but one has been printed since.
    copy_h = job["print_time_s"] / 3600
    await call("edit_job", job_id=job["job_id"], copies=2)
    await call("complete_job", job_id=job["job_id"])
    (person,) = (await call("list_people"))["people"]
    assert person["hours_this_month"] == pytest.approx(copy_h, abs=0.01)
    await change(hours_per_month=copy_h * 1.5)
    await until(lambda: waits_for() == "limit_reached")
    (job,) = (await call("list_queue"))["jobs"]
    assert "With this, Anna would exceed" in job["waiting_reason"]
    renews_at = dt_util.parse_datetime((await call("list_people"))["renews_at"])
    assert renews_at
    assert hub.texts.date_time(renews_at) in job["waiting_reason"]
    assert double.prints == []

    await change(hours_per_month=None)
    await until(lambda: len(double.prints) == 1, timeout_s=30)
    (person,) = (await call("list_people"))["people"]
    # What a printer has counts already.
    assert person["hours_this_month"] == pytest.approx(2 * copy_h, abs=0.02)


async def test_what_somebody_sends_is_printed_on_the_printers_that_are_theirs(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    device_of: DeviceOf,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    entity: Entity,
) -> None:
    cellar_double, cellar = await add_real("Cellar", steps=2_000)
    attic_double, attic = await add_real("Attic", steps=2_000)
    for machine in (cellar, attic):
        await allow(hass, entity, machine)
    printer = await add_printer(mode="queue", filing={"hold": False})
    virtual, real = device_of(printer.id), device_of(attic.id)
    cellar_device = device_of(cellar.id)
    assert virtual
    assert real
    assert cellar_device
    anna = await call(
        "add_person", device_id=virtual.id, name="Anna", printers=[real.id]
    )

    async def print_hers(seed: int) -> None:
        await send(
            printer,
            sliced_file(f"Hers {seed}.gcode.3mf", seed=seed),
            print_options=slicer.PrintOptions(),
            access_code=anna["access_code"],
        )

    await print_hers(1)
    await until(lambda: len(attic_double.prints) == 1, timeout_s=30)
    await print_hers(2)
    # The only printer that is free is not hers.
    hers = (await call("list_queue"))["jobs"][-1]
    await call("edit_job", job_id=hers["job_id"], target_printer=cellar_device.id)

    def is_not_for_her() -> bool:
        reason = hub.machines.reasons.get(hers["job_id"])
        return reason is not None and reason.key is ReasonKey.NOT_FOR_PERSON

    await until(is_not_for_her)
    job = (await call("list_queue"))["jobs"][-1]
    assert job["job_id"] == hers["job_id"]
    assert "Anna" in job["waiting_reason"]
    assert "Cellar" in job["waiting_reason"]
    # What nobody in particular sent passes it.
    await send(
        printer,
        sliced_file("Ours.gcode.3mf", title="Ours", seed=3),
        print_options=slicer.PrintOptions(),
    )
    await until(lambda: len(cellar_double.prints) == 1, timeout_s=30)
    assert len(attic_double.prints) == 1
    await call("update_person", person_id=anna["person_id"], printers=[])
    await until(lambda: not is_not_for_her())


async def test_a_limit_names_real_printers_only(
    add_printer: AddPrinter, device_of: DeviceOf, call: Call
) -> None:
    device = device_of((await add_printer()).id)
    assert device
    with pytest.raises(ServiceValidationError, match="real printer"):
        await call("add_person", device_id=device.id, name="A", printers=[device.id])
