"""What people write is kept whole or refused, with the limit, wherever they write it."""

from collections.abc import Callable

import pytest

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from tests.support.home_assistant import AddPrinter, Call, Send
from tests.support.waiting import until

TAGS = [f"tag {number}" for number in range(65)]


async def test_what_is_too_long_to_be_kept_is_refused_with_the_limit_at_every_door(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    entity_id: Callable[..., str],
) -> None:
    await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    archive_id = archive["archive_id"]
    (job,) = (await call("queue_archive", archive_id=archive_id))["jobs"]
    await send(await add_printer("Review", mode="review"))
    await until(lambda: hub.coordinator.data.pending)
    upload_id = hub.coordinator.data.pending[0].id
    notes = "n" * 10_001
    for refused, key, limit in (
        (call("update_archive", archive_id=archive_id, notes=notes), "notes", 10_000),
        (call("edit_pending", upload_id=upload_id, notes=notes), "notes", 10_000),
        (call("update_archive", archive_id=archive_id, name="x" * 256), "name", 255),
        (call("edit_pending", upload_id=upload_id, project="x" * 256), "project", 255),
        (call("update_archive", archive_id=archive_id, tags=["x" * 65]), "tag", 64),
        (
            call("send_back_pending", upload_id=upload_id, note=notes),
            "note",
            10_000,
        ),
        (call("archive_pending", all=True, notes=notes), "notes", 10_000),
        (call("fail_job", job_id=job["job_id"], reason="x" * 256), "reason", 255),
        (
            hass.services.async_call(
                "todo",
                "update_item",
                {
                    "entity_id": entity_id("todo", hub, "pending_uploads"),
                    "item": upload_id,
                    "rename": "x" * 256,
                },
                blocking=True,
            ),
            "name",
            255,
        ),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await refused
        assert raised.value.translation_key == f"{key}_too_long"
        assert raised.value.translation_placeholders == {"limit": str(limit)}
    for refused, key in (
        (call("list_archives", search="a " * 33), "words"),
        (call("update_archive", archive_id=archive_id, tags=TAGS), "tags"),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await refused
        assert raised.value.translation_key == f"too_many_{key}"
    assert [upload.id for upload in hub.coordinator.data.pending] == [upload_id]
    assert (await call("get_archive", archive_id=archive_id))["notes"] == ""
    assert (await call("get_job", job_id=job["job_id"]))["state"] == "staged"
