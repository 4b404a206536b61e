"""Plain G-code on its whole way: whatever way it comes in, it is printed as a 3MF, or refused by name."""

import asyncio
from collections.abc import Callable
import io
from pathlib import Path
from typing import Any
import zipfile

from aiohttp import FormData
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.websocket_api.topics import items_of
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from scripts import slicer, tunnel
from scripts.printer_double.statuses import ams, unit
from scripts.sliced_file import SlicedFileSpec
from tests.engine.library.gcode.test_reader import PRUSA
from tests.support.gcode import plain_gcode
from tests.support.home_assistant import (
    ACCESS_CODE,
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.real_printers import GREEN, WHITE, AddReal
from tests.support.waiting import until

from .test_printing import Entity, allow, entity
from .test_start_notices import shows

__all__ = ["entity"]

UNREADABLE = 0x0500_4003
X1C = "BL-P001"
GCODE = plain_gcode(model=X1C)


@pytest.fixture
async def post(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> Callable[..., Any]:
    """Send a file by the door, to be printed, with a key made for it."""

    async def _post(printer: ManagedPrinter, path: Path) -> tuple[int, str]:
        _, secret = await hub.door.keys.async_create(printer.id, "Anna")
        client = await hass_client_no_auth()
        data = FormData(quote_fields=False)
        data.add_field("print", "true")
        data.add_field("file", io.BytesIO(path.read_bytes()), filename=path.name)
        slug = hub.door.async_slug(printer.id)
        answer = await client.post(
            f"/api/{DOMAIN}/host/{slug}/api/files/local",
            data=data,
            headers={"X-Api-Key": secret},
        )
        return answer.status, await answer.text()

    return _post


@pytest.mark.parametrize("way", ["ftps", "tunnel", "door", "import"])
async def test_it_is_printed_once_whatever_way_it_comes_in(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    post: Callable[..., Any],
    told: Told,
    call: Call,
    entity: Entity,
    device_of: DeviceOf,
    media: Path,
    tmp_path: Path,
    way: str,
) -> None:
    double, machine = await add_real(model=X1C)
    double.report(ams=ams(unit(0, "1001", WHITE, GREEN, None, None)))
    await allow(hass, entity, machine)
    printer = await add_printer(model=X1C, mode="queue", filing={"hold": False})
    path = tmp_path / "Cube.gcode"
    path.write_text(GCODE)
    match way:
        case "ftps":
            await send(printer, SentFile(path, SlicedFileSpec()))
        case "tunnel":
            await asyncio.to_thread(
                tunnel.upload_file_by_tunnel,
                printer.config.identity.address,
                ACCESS_CODE,
                slicer.tls_context(printer.config.serial, None),
                path,
            )
        case "door":
            assert (await post(printer, path))[0] == 201
        case "import":
            path = path.rename(media / path.name)
            device = device_of(printer.id)
            assert device
            await call("import_file", path=str(path), device_id=device.id)
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=60)
    await hass.async_block_till_done()

    [printed] = double.prints
    with zipfile.ZipFile(io.BytesIO(printed.content)) as package:
        assert package.read("Metadata/plate_1.gcode").decode() == GCODE
    [start] = double.received("project_file")
    assert start["param"] == "Metadata/plate_1.gcode"
    assert start["ams_mapping"] == [1]
    await until(lambda: not any("Cube" in name for name in double.files))
    [archive] = (await call("list_archives"))["archives"]
    kept = await hub.library.file_path(archive["archive_id"])
    assert kept and kept.read_text() == GCODE
    inbox = hub.library._context.folder.root / "inbox"
    assert list(inbox.iterdir()) == []


async def test_print_now_starts_it(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    entity: Entity,
    tmp_path: Path,
) -> None:
    double, machine = await add_real()
    await allow(hass, entity, machine)
    printer = await add_printer(mode="immediate", filing={"on_print": "start"})
    path = tmp_path / "Cube.gcode"
    path.write_text(plain_gcode())
    await send(
        printer,
        SentFile(path, SlicedFileSpec()),
        print_options=slicer.PrintOptions(),
    )
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=60)
    assert len(double.prints) == 1


async def test_what_is_for_another_printer_is_refused_by_name_everywhere(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    post: Callable[..., Any],
    told: Told,
    call: Call,
    tmp_path: Path,
) -> None:
    await add_real()
    printer = await add_printer(mode="queue", filing={"on_print": "start"})
    path = tmp_path / "Cube.gcode"
    path.write_text(PRUSA)
    # In the dialog of a slicer that uses the door.
    status, text = await post(printer, path)
    assert status == 409
    assert text.startswith("Cube.gcode was kept in Home Assistant, but not queued.")
    assert "MK4S" in text
    await until(lambda: EventKind.NOT_QUEUED in told.kinds)
    # In that of one that uses MQTT.
    context = slicer.tls_context(printer.config.serial, None)
    async with slicer.session(
        printer.config.identity.address, ACCESS_CODE, printer.config.serial, context
    ) as mqtt:
        path.write_text(PRUSA.replace("MK4S", "MK4"))
        await send(
            printer,
            SentFile(path, SlicedFileSpec()),
            print_options=slicer.PrintOptions(),
        )
        await mqtt.wait_for(shows(UNREADABLE))
    await hass.async_block_till_done()
    assert (await call("list_queue"))["jobs"] == []
    archives = (await call("list_archives"))["archives"]
    assert len(archives) == 2
    # To people.
    refused = next(one for one in told.activities if one.kind is EventKind.NOT_QUEUED)
    assert refused.attributes["archived"]
    assert "MK4S" in refused.attributes["reason"]
    notified = hass.data["persistent_notification"].values()
    shown = [one for one in notified if one["title"] == "Cube was not queued"]
    assert len(shown) == 2
    # To whoever tries it nevertheless.
    with pytest.raises(ServiceValidationError, match="MK4"):
        await call("queue_archive", archive_id=archives[0]["archive_id"])


async def test_what_is_for_a_model_that_is_not_there_is_refused_by_name(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    call: Call,
    tmp_path: Path,
) -> None:
    printer = await add_printer(mode="queue", filing={"hold": False})
    path = tmp_path / "Cube.gcode"
    path.write_text(GCODE)
    # Who prints by hand has set up none.
    await send(printer, SentFile(path, SlicedFileSpec()))
    await until(lambda: EventKind.JOB_ADDED in told.kinds)
    await add_real()
    path.write_text(plain_gcode(model=X1C, seed=2))
    await send(printer, SentFile(path, SlicedFileSpec()))
    await until(lambda: EventKind.NOT_QUEUED in told.kinds)
    reason = told.activities[-1].attributes["reason"]
    assert "Bambu Lab X1 Carbon" in reason
    assert "no such printer is set up" in reason
    assert len((await call("list_queue"))["jobs"]) == 1


async def test_the_panel_says_beforehand_that_a_file_cannot_be_queued(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    hass_ws_client: WebSocketGenerator,
    tmp_path: Path,
) -> None:
    await add_real(model=X1C)
    printer = await add_printer(model=X1C, mode="review")
    for name, content in (("Cube", GCODE), ("Bracket", PRUSA)):
        path = tmp_path / f"{name}.gcode"
        path.write_text(content)
        await send(printer, SentFile(path, SlicedFileSpec()))
    await hass.async_block_till_done()
    shown = {item["name"]: item for item in items_of(hub, "inbox").values()}
    assert shown["Cube"]["not_queueable"] is None
    refused = {
        "text_key": "gcode_for_other_printer",
        "values": {"model": "MK4S"},
    }
    assert shown["Bracket"]["not_queueable"] == refused
    client = await hass_ws_client(hass)
    ids = [shown[name]["id"] for name in ("Cube", "Bracket")]
    await client.send_json_auto_id(
        {"type": f"{DOMAIN}/plan/spools", "upload_ids": ids, "target": "none"}
    )
    files = (await client.receive_json())["result"]["files"]
    assert [(each["id"], each["not_queueable"]) for each in files] == [
        (ids[0], None),
        (ids[1], refused),
    ]
    await call("archive_pending", upload_id=shown["Bracket"]["id"])
    (archive,) = (await call("list_archives"))["archives"]
    await client.send_json_auto_id(
        {"type": f"{DOMAIN}/archive/get", "archive_id": archive["archive_id"]}
    )
    assert (await client.receive_json())["result"]["not_queueable"] == refused
