"""A file that is copied to a real printer, for a person who prints it there."""

import asyncio
from collections.abc import Awaitable, Callable
import io
from pathlib import Path
from typing import Any
import zipfile

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.library.values.driving import Driver
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from custom_components.bambu_virtual_printer.websocket_api.items import job_item
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from scripts import slicer
from scripts.printer_double import PrinterDouble
from scripts.printer_double.faults import FinalReply
from scripts.sliced_file import SlicedFileSpec
from tests.support.gcode import plain_gcode
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.real_printers import AddReal
from tests.support.waiting import until

from .test_instances import Locks, locks
from .test_printing import Entity, allow, entity

__all__ = ["entity", "locks"]

type Copy = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def copy(call: Call, device_of: DeviceOf) -> Copy:
    """Copy the first job of the queue to a printer."""

    async def _copy(machine: ManagedMachine) -> dict[str, Any]:
        (job, *_) = (await call("list_queue"))["jobs"]
        device = device_of(machine.id)
        assert device
        return dict(
            await call("copy_to_printer", job_id=job["job_id"], device_id=device.id)
        )

    return _copy


async def refusal(copying: Awaitable[Any]) -> tuple[str | None, str]:
    """Return the key and the text of the error that comes of a copy."""
    with pytest.raises(HomeAssistantError) as raised:
        await copying
    return raised.value.translation_key, str(raised.value)


async def test_the_file_is_on_the_card_and_nothing_is_started(
    hass_ws_client: WebSocketGenerator,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    copy: Copy,
) -> None:
    double, machine = await add_real()
    sent = await send(await add_printer(mode="queue"))
    (job,) = (await call("list_queue"))["jobs"]
    await call("start_job", job_id=job["job_id"])
    copied = await copy(machine)
    assert double.files == {copied["file_name"]: sent.path.read_bytes()}
    assert job["job_id"] in copied["file_name"]
    assert copied["file_name"].endswith(".gcode.3mf")
    assert copied["printer"] == "Cellar"
    assert copied["size_bytes"] == sent.path.stat().st_size
    # Once more, from the panel: it takes the place of the first.
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": f"{DOMAIN}/job/copy_to_printer",
            "job_id": job["job_id"],
            "printer_id": machine.id,
        }
    )
    answer = await client.receive_json()
    assert answer["success"], answer
    assert answer["result"]["id"] == job["job_id"]
    assert answer["result"]["copied_as"] == copied["file_name"]
    assert answer["result"]["copying"] is None
    assert list(double.files) == [copied["file_name"]]
    await call("complete_job", job_id=job["job_id"])
    assert list(double.files) == [copied["file_name"]]
    assert double.received("project_file") == []
    key, _ = await refusal(
        hub.orders.copy_to_printer(job["job_id"], machine.id),
    )
    assert key == "copy_not_in_line"


async def test_plain_gcode_is_copied_as_the_file_that_printers_print(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    copy: Copy,
    tmp_path: Path,
) -> None:
    double, machine = await add_real()
    path = tmp_path / "Cube.gcode"
    path.write_text(plain_gcode())
    await send(await add_printer(mode="queue"), SentFile(path, SlicedFileSpec()))
    copied = await copy(machine)
    with zipfile.ZipFile(io.BytesIO(double.files[copied["file_name"]])) as package:
        assert package.read("Metadata/plate_1.gcode").decode() == plain_gcode()
    assert list((hub.library._context.folder.root / "inbox").iterdir()) == []
    assert double.received("project_file") == []


async def test_the_queue_takes_a_copy_for_none_of_its_own_files(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    copy: Copy,
    entity: Entity,
) -> None:
    double, machine = await add_real()
    await send(await add_printer(mode="queue", filing={"hold": False}))
    copied = await copy(machine)
    await allow(hass, entity, machine)
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=60)
    # Its own is removed, the copy is the person's.
    await until(lambda: list(double.files) == [copied["file_name"]])
    [printed] = double.prints
    assert printed.file != copied["file_name"]


async def test_a_job_that_the_queue_begins_meanwhile_is_sent_after_the_copy(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    call: Call,
    copy: Copy,
    entity: Entity,
) -> None:
    double, machine = await add_real()
    await send(await add_printer(mode="queue", filing={"hold": False}))
    (job,) = (await call("list_queue"))["jobs"]
    double.faults.seconds_per_block = 0.2
    copying = hass.async_create_task(copy(machine))
    ftps = double.ftps
    assert ftps
    await until(lambda: ftps.writers == 1)
    item = job_item(hub, await hub.queue.job(job["job_id"]), hub.wording)
    assert item["copying"]["printer_id"] == machine.id
    key, text = await refusal(
        hub.orders.copy_to_printer(job["job_id"], machine.id),
    )
    assert key == "copy_under_way"
    assert "Cellar" in text
    await allow(hass, entity, machine)
    await until(lambda: machine.share.job_id is not None)
    double.faults.seconds_per_block = 0.0
    assert (await copying)["file_name"] in double.files
    assert hub.machines.copies.of(job["job_id"]) is None
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=60)
    assert ftps.most_writers == 1


async def printing(double: PrinterDouble, machine: ManagedMachine) -> None:
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)


async def without_card(double: PrinterDouble, machine: ManagedMachine) -> None:
    double.report(home_flag=0, sdcard=False)
    await until(lambda: machine.state.storage.state == "missing")


async def off(double: PrinterDouble, machine: ManagedMachine) -> None:
    await double.power_off()
    await until(lambda: not machine.state.is_available)


async def with_little_room(double: PrinterDouble, _machine: ManagedMachine) -> None:
    double.faults.free_bytes = 10


@pytest.mark.parametrize(
    ("happens", "key", "said"),
    [
        (printing, "not_copied", "Cellar is printing"),
        (without_card, "not_copied", "Cellar has no memory card or USB stick"),
        (off, "not_copied", "Cellar"),
        (with_little_room, "copy_failed", "the memory card or USB stick is full"),
    ],
)
async def test_what_is_in_the_way_is_said(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    copy: Copy,
    happens: Callable[[PrinterDouble, ManagedMachine], Awaitable[None]],
    key: str,
    said: str,
) -> None:
    double, machine = await add_real()
    await send(await add_printer(mode="queue"))
    await happens(double, machine)
    found, text = await refusal(copy(machine))
    assert found == key
    assert said in text
    assert double.files == {}


async def test_what_was_sent_of_a_file_does_not_stay(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter, send: Send, copy: Copy
) -> None:
    double, machine = await add_real()
    await send(await add_printer(mode="queue"))
    double.faults.final_replies = [FinalReply.FULL]
    key, _ = await refusal(copy(machine))
    assert key == "copy_failed"
    assert double.files == {}


async def test_another_model_is_refused(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter, send: Send, copy: Copy
) -> None:
    double, machine = await add_real(model="BL-P001")
    await send(await add_printer(mode="queue"))
    key, text = await refusal(copy(machine))
    assert key == "not_copied"
    assert "Sliced for P1S, but Cellar is a" in text
    assert double.files == {}


async def test_a_file_that_is_gone_is_said(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    copy: Copy,
) -> None:
    _, machine = await add_real()
    await send(await add_printer(mode="queue"))
    (job,) = (await call("list_queue"))["jobs"]
    path = await hub.library.file_path(job["archive_id"])
    assert path
    path.unlink()
    key, text = await refusal(copy(machine))
    assert key == "copy_failed"
    assert "the file is gone" in text


async def test_a_printer_that_whoever_sent_it_may_not_print_on_is_refused(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    device_of: DeviceOf,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    copy: Copy,
) -> None:
    _, machine = await add_real()
    other, allowed = await add_real("Attic")
    printer = await add_printer(mode="queue")
    virtual, real = device_of(printer.id), device_of(allowed.id)
    assert virtual
    assert real
    anna = await call(
        "add_person", device_id=virtual.id, name="Anna", printers=[real.id]
    )
    await send(
        printer,
        sliced_file("Cube.gcode.3mf"),
        print_options=slicer.PrintOptions(),
        access_code=anna["access_code"],
    )
    key, text = await refusal(copy(machine))
    assert key == "not_copied"
    assert "Anna may not print on Cellar" in text
    assert (await copy(allowed))["file_name"] in other.files


async def test_only_the_home_assistant_that_drives_a_printer_copies_there(
    locks: Locks,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    copy: Copy,
) -> None:
    double, machine = await add_real()
    await send(await add_printer(mode="queue"))
    # Noticed, and not noticed yet.
    locks.now = Driver(is_here=False, instance="Cabin")
    key, text = await refusal(copy(machine))
    assert key == "not_copied"
    assert "Cellar" in text
    locks.give(locks.now)
    await until(lambda: machine.share.other_driver is not None)
    with pytest.raises(ServiceValidationError) as raised:
        await copy(machine)
    assert raised.value.translation_key == "printer_at_other_instance"
    assert double.files == {}


async def test_a_copy_ends_with_its_printer(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    copy: Copy,
) -> None:
    double, machine = await add_real()
    await send(await add_printer(mode="queue"))
    double.faults.seconds_per_block = 0.2
    copying = asyncio.ensure_future(copy(machine))
    ftps = double.ftps
    assert ftps
    await until(lambda: ftps.writers == 1)
    hass.config_entries.async_remove_subentry(hub.entry, machine.id)
    key, text = await refusal(copying)
    assert key == "copy_failed"
    assert "Home Assistant ended" in text


async def test_what_is_no_real_printer_is_said(
    hub: Hub,
    add_printer: AddPrinter,
    device_of: DeviceOf,
    send: Send,
    call: Call,
) -> None:
    printer = await add_printer(mode="queue")
    await send(printer)
    (job,) = (await call("list_queue"))["jobs"]
    device = device_of(printer.id)
    assert device
    key, _ = await refusal(
        call("copy_to_printer", job_id=job["job_id"], device_id=device.id)
    )
    assert key == "not_a_real_printer"
