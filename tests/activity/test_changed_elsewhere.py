"""What another Home Assistant changed in a library that is shared is shown here, and what it settled is taken back."""

import asyncio
from pathlib import Path
from typing import Any
import zipfile

from custom_components.bambu_virtual_printer.engine.library.index import upload_rows
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexTooNewError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    IndexOutdated,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    UploadState,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.notices.pending import NOTIFICATION_ID
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.support.home_assistant import AddPrinter, Send, SentFile
from tests.support.other_instance import changed_elsewhere, decide_elsewhere

DOMAIN = "bambu_virtual_printer"


async def held_upload(
    hub: Hub, printer: ManagedPrinter, send: Send, folder: Path
) -> str:
    """Send what cannot be archived. Returns its id."""
    path = folder / "Not sliced.gcode.3mf"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no 3MF at all")
    await send(printer, SentFile(path, None))
    (held,) = (await hub.library.pending.page()).uploads
    return held.id


async def test_the_issue_about_an_upload_that_was_decided_there_is_withdrawn(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    hub: Hub,
    tmp_path: Path,
    send: Send,
    issue_registry: ir.IssueRegistry,
) -> None:
    held = await held_upload(hub, printer, send, tmp_path)
    assert issue_registry.async_get_issue(DOMAIN, f"upload_held_{held}")
    await decide_elsewhere(hub, held)
    await hass.async_block_till_done()
    assert issue_registry.async_get_issue(DOMAIN, f"upload_held_{held}") is None
    assert hub.coordinator.data.pending == ()


async def test_the_issue_about_an_upload_that_could_not_be_archived_there_is_raised(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    hub: Hub,
    tmp_path: Path,
    send: Send,
    issue_registry: ir.IssueRegistry,
) -> None:
    held = await held_upload(hub, printer, send, tmp_path)
    await decide_elsewhere(hub, held)
    await hass.async_block_till_done()
    reason = IndexTooNewError(2, 1).explanation
    index = hub.library._context.index
    await index.run(upload_rows.take_back, held, reason=reason)
    changed_elsewhere(hub)
    await hass.async_block_till_done()
    assert issue_registry.async_get_issue(DOMAIN, f"upload_held_{held}")


async def test_the_notification_about_pending_uploads_follows(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
) -> None:
    def shown() -> Any:
        return persistent_notification._async_get_or_create_notifications(hass).get(
            NOTIFICATION_ID
        )

    await send(await add_printer("Attic", mode="review"))
    assert shown()
    await decide_elsewhere(hub, hub.coordinator.data.pending[0].id)
    await hass.async_block_till_done()
    assert not shown()


async def test_a_printer_shows_its_last_upload_that_is_still_kept(
    hass: HomeAssistant, hub: Hub, add_printer: AddPrinter, send: Send
) -> None:
    printer = await add_printer("Attic", mode="review")
    await send(printer)
    (first,) = hub.coordinator.data.pending
    await send(printer)
    (second,) = {upload.id for upload in hub.coordinator.data.pending} - {first.id}
    changed_elsewhere(hub)
    await hass.async_block_till_done()
    assert printer.last_upload
    assert printer.last_upload.id == second
    await decide_elsewhere(hub, second)
    # It looks once more when more comes meanwhile.
    changed_elsewhere(hub)
    await hass.async_block_till_done()
    async with asyncio.timeout(10):
        while printer.last_upload is None:
            await asyncio.sleep(0)
    assert printer.last_upload.id == first.id
    assert (await hub.library.upload(second)).state is UploadState.DISCARDED


async def test_an_older_version_says_that_it_must_be_updated(
    hass: HomeAssistant, hub: Hub, issue_registry: ir.IssueRegistry
) -> None:
    error = IndexTooNewError(99, 15)
    hub.feed.handle_library_event(IndexOutdated(reason=error.explanation))
    issue = issue_registry.async_get_issue(DOMAIN, "index_outdated")
    assert issue
    assert issue.severity is ir.IssueSeverity.ERROR
    assert issue.translation_placeholders
    assert "version 99" in issue.translation_placeholders["reason"]
    await hass.config_entries.async_reload(hub.entry.entry_id)
    assert issue_registry.async_get_issue(DOMAIN, "index_outdated") is None
