import asyncio
from collections.abc import Callable
import io
from pathlib import Path
import socket
from typing import Any
import zipfile

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.presentation import as_markdown
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components.recorder.db_schema import StateAttributes
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from scripts import slicer
from tests.support.home_assistant import ACCESS_CODE, AddPrinter, Call, Send, SentFile
from tests.support.waiting import until

PRINTER_ENTITIES = {
    ("select", "duplicates"),
    ("select", "mode"),
    ("select", "target"),
    ("binary_sensor", "running"),
    ("button", "check_setup"),
    ("event", "activity"),
    ("image", "last_plate"),
    ("sensor", "connected_slicers"),
    ("sensor", "last_slicer_ip"),
    ("sensor", "last_upload"),
    ("sensor", "last_upload_time"),
    ("sensor", "setup_check"),
    ("sensor", "upload_progress"),
    ("sensor", "uploads_received"),
    ("switch", "enabled"),
    ("switch", "hold"),
}
HUB_ENTITIES = {
    ("calendar", "planned_prints"),
    ("event", "activity"),
    ("image", "next_job"),
    ("image", "next_pending"),
    ("sensor", "archived_ever"),
    ("sensor", "cost_archived"),
    ("sensor", "cost_printed"),
    ("sensor", "filament_archived"),
    ("sensor", "filament_printed"),
    ("sensor", "filament_queued"),
    ("sensor", "next_job"),
    ("sensor", "pending_uploads"),
    ("sensor", "print_time_archived"),
    ("sensor", "print_time_printed"),
    ("sensor", "print_time_queued"),
    ("sensor", "energy_printed"),
    ("sensor", "energy_cost_printed"),
    ("sensor", "prints_failed"),
    ("sensor", "prints_good"),
    ("sensor", "printed"),
    ("sensor", "queue_done"),
    ("sensor", "queued_jobs"),
    ("todo", "pending_uploads"),
    ("todo", "print_queue"),
    ("sensor", "archives"),
    ("sensor", "ca_expiry"),
    ("sensor", "ca_fingerprint"),
    ("sensor", "storage_free"),
    ("sensor", "storage_used"),
}


async def test_hub_and_printer_have_their_entities(
    hass: HomeAssistant, printer: ManagedPrinter, hub: Hub, entry: MockConfigEntry
) -> None:
    found: dict[str | None, set[tuple[str, str]]] = {}
    for item in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        key = item.unique_id.partition("_")[2]
        found.setdefault(item.config_subentry_id, set()).add((item.domain, key))
    assert found == {None: HUB_ENTITIES, printer.id: PRINTER_ENTITIES}


async def test_states_before_anything_was_received(
    printer: ManagedPrinter, hub: Hub, state: Callable[..., Any]
) -> None:
    running = state("binary_sensor", printer, "running")
    assert running.state == "on"
    assert running.attributes["data_ports"] == "50000-50009"
    assert state("switch", printer, "enabled").state == "on"
    assert state("sensor", printer, "uploads_received").state == "0"
    assert state("sensor", printer, "last_upload").state == "unknown"
    assert state("sensor", printer, "last_slicer_ip").state == "unknown"
    plate = state("image", printer, "last_plate")
    assert plate.state == "unknown"
    assert "entity_picture" not in plate.attributes
    assert state("sensor", hub, "archives").state == "0"
    assert (
        state("sensor", hub, "ca_expiry").state
        == hub.certificates.authority.expires_at.isoformat()
    )


async def test_the_fingerprint_of_the_ca_is_there_for_those_who_enable_it(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    state: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    fingerprint = entity_id("sensor", hub, "ca_fingerprint")
    assert hass.states.get(fingerprint) is None
    er.async_get(hass).async_update_entity(fingerprint, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    hub = entry.runtime_data
    shown = state("sensor", hub, "ca_fingerprint")
    assert shown.state == hub.certificates.authority.sha256_fingerprint
    assert shown.attributes["sha1"] == hub.certificates.authority.sha1_fingerprint


@pytest.mark.usefixtures("all_entities_enabled")
async def test_a_received_print_shows_everywhere(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    hub: Hub,
    send: Send,
    state: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    events = async_capture_events(hass, "state_changed")
    sent = await send(printer, print_options=slicer.PrintOptions())
    await until(lambda: state("sensor", hub, "archives").state == "1")
    size = sent.path.stat().st_size
    last = state("sensor", printer, "last_upload")
    assert last.state == "Gear and star"
    assert last.attributes["file_name"] == sent.path.name
    assert last.attributes["size_bytes"] == size
    assert last.attributes["source_ip"] == "127.0.0.1"
    assert state("sensor", printer, "last_slicer_ip").state == "127.0.0.1"
    assert state("sensor", printer, "uploads_received").state == "1"
    assert state("sensor", printer, "upload_progress").state == "0.0"
    assert float(state("sensor", hub, "storage_used").state) == pytest.approx(
        size / 1e9
    )
    assert float(state("sensor", hub, "storage_free").state) > 0

    activity = entity_id("event", printer, "activity")
    told = [
        event.data["new_state"].attributes
        for event in events
        if event.data["entity_id"] == activity
    ]
    kinds = [attributes["event_type"] for attributes in told]
    assert kinds.index("slicer_connected") < kinds.index("received")
    assert kinds.index("received") < kinds.index("archived")
    received = told[kinds.index("received")]
    assert received["file_name"] == sent.path.name
    assert received["size_bytes"] == size
    assert received["encrypted"] is True
    archived = told[kinds.index("archived")]
    assert archived["archive_id"] == received["upload_id"]
    assert archived["name"] == "Gear and star"
    assert archived["plate_count"] == 1
    assert archived["print_time_s"] == sent.spec.print_time_s
    assert archived["filament_g"] == sent.spec.filament_g
    assert archived["wrong_model"] is None
    assert archived["duplicate_of"] is None


async def test_the_last_plate_s_picture_is_the_one_in_the_file(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    send: Send,
    entity_id: Callable[..., str],
    state: Callable[..., Any],
    hass_client: ClientSessionGenerator,
) -> None:
    sent = await send(printer)
    assert state("image", printer, "last_plate").state != "unknown"
    client = await hass_client()
    url = state("image", printer, "last_plate").attributes["entity_picture"]
    response = await client.get(url)
    assert response.status == 200
    assert response.content_type == "image/png"
    with zipfile.ZipFile(sent.path) as archive:
        assert await response.read() == archive.read("Metadata/plate_1.png")


async def test_the_picture_goes_with_its_archive(
    hass: HomeAssistant, printer: ManagedPrinter, send: Send, hub: Hub, state: Any
) -> None:
    await send(printer)
    assert printer.pictured_id
    await hub.archives.delete(printer.pictured_id, purge=False)
    assert state("image", printer, "last_plate").state == "unknown"


async def test_a_file_for_another_model_is_received_and_flagged(
    hub: Hub, printer: ManagedPrinter, send: Send, sliced_file: Callable[..., SentFile]
) -> None:
    told: dict[EventKind, Any] = {}
    hub.publisher.async_add_listener(
        lambda activity: told.__setitem__(activity.kind, activity.attributes)
    )
    await send(printer, sliced_file(model="N2S"))
    archived = told[EventKind.ARCHIVED]
    assert archived["sliced_for"] == "Bambu Lab A1"
    assert (
        archived["wrong_model"] == "Sliced for Bambu Lab A1, received by Bambu Lab P1S"
    )


async def test_the_same_file_again_is_archived_and_shown_as_a_duplicate(
    hass: HomeAssistant, printer: ManagedPrinter, send: Send, hub: Hub
) -> None:
    sent = await send(printer)
    await send(printer, sent)
    page = await hub.archives.page()
    newest, oldest = page.archives
    assert newest.duplicates.original_id == oldest.id
    assert (newest.duplicates.sequence, newest.duplicates.count) == (1, 2)


@pytest.mark.usefixtures("all_entities_enabled")
async def test_connected_slicers_are_counted_and_named(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    hub: Hub,
    state: Callable[..., Any],
    tmp_path: Path,
) -> None:
    address = printer.config.bind_ip
    context = slicer.tls_context(printer.config.identity.serial, None)
    async with slicer.session(
        address, ACCESS_CODE, printer.config.identity.serial, context
    ):
        await until(lambda: state("sensor", printer, "connected_slicers").state == "1")
        (shown,) = state("sensor", printer, "connected_slicers").attributes["slicers"]
        assert shown["source_ip"] == "127.0.0.1"
    await until(lambda: state("sensor", printer, "connected_slicers").state == "0")
    told = state("event", printer, "activity").attributes
    assert told["event_type"] == "slicer_disconnected"
    assert told["source_ip"] == "127.0.0.1"
    assert told["reason"]


@pytest.mark.usefixtures("all_entities_enabled")
async def test_a_wrong_code_is_told_without_the_code(
    printer: ManagedPrinter, state: Callable[..., Any]
) -> None:
    context = slicer.tls_context(printer.config.identity.serial, None)
    with pytest.raises(slicer.SlicerError):
        async with slicer.session(
            printer.config.bind_ip, "87654321", "01P00A000000000", context
        ):
            pass
    told = state("event", printer, "activity").attributes
    assert told["event_type"] == "login_failed"
    assert told["service"] == "mqtt"
    assert "87654321" not in str(told)


@pytest.mark.usefixtures("all_entities_enabled")
async def test_an_upload_shows_its_progress_and_its_failure(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    sliced_file: Callable[..., SentFile],
    state: Callable[..., Any],
) -> None:
    sent = sliced_file()
    data = sent.path.read_bytes()
    half = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Stalling(io.RawIOBase):
        """Half of the file, and then nothing until the test lets go."""

        position = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if self.position >= len(data) // 2:
                asyncio.run_coroutine_threadsafe(half.wait(), loop).result()
                raise OSError("the slicer crashed")
            block = data[self.position : self.position + min(len(buffer), 50_000)]
            buffer[: len(block)] = block
            self.position += len(block)
            return len(block)

    context = slicer.tls_context(printer.config.identity.serial, None)
    upload = asyncio.create_task(
        asyncio.to_thread(
            slicer.upload,
            printer.config.bind_ip,
            ACCESS_CODE,
            context,
            sent.path.name,
            io.BufferedReader(Stalling(), 50_000),
        )
    )
    await until(lambda: float(state("sensor", printer, "upload_progress").state) > 0.1)
    progress = state("sensor", printer, "upload_progress")
    (shown,) = progress.attributes["uploads"]
    # Once a second, as long as uploads take.
    assert b"uploads" not in _recorded(progress)
    assert shown["file_name"] == sent.path.name
    half.set()
    with pytest.raises(slicer.SlicerError):
        await upload
    await until(
        lambda: (
            state("event", printer, "activity").attributes.get("event_type")
            == "upload_failed"
        )
    )
    told = state("event", printer, "activity").attributes
    assert told["file_name"] == sent.path.name
    assert told["reason"]
    assert state("sensor", printer, "upload_progress").state == "0.0"
    assert printer.uploads_received == 0


# --- the switch


async def _switch(hass: HomeAssistant, entity: str, action: str) -> None:
    await hass.services.async_call(
        "switch", f"turn_{action}", {"entity_id": entity}, blocking=True
    )


async def test_switching_off_frees_the_ports_and_survives_a_restart(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    entry: MockConfigEntry,
    entity_id: Callable[..., str],
    state: Callable[..., Any],
) -> None:
    switch = entity_id("switch", printer, "enabled")
    await _switch(hass, switch, "off")
    assert not printer.running
    for port in (990, 3000, 3002, 8883):
        socket.create_server((printer.config.bind_ip, port)).close()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    again = entry.runtime_data.printers[printer.id]
    assert not again.running
    assert hass.states.get(switch).state == "off"
    await _switch(hass, switch, "on")
    assert again.running
    socket.create_connection((printer.config.bind_ip, 990)).close()


async def test_switching_on_says_at_once_what_is_in_the_way(
    hass: HomeAssistant, printer: ManagedPrinter, entity_id: Callable[..., str]
) -> None:
    switch = entity_id("switch", printer, "enabled")
    await _switch(hass, switch, "off")
    with (
        socket.create_server((printer.config.bind_ip, 8883)),
        pytest.raises(HomeAssistantError) as raised,
    ):
        await _switch(hass, switch, "on")
    assert raised.value.translation_key == "cannot_start"
    assert "8883" in raised.value.translation_placeholders["reason"]


async def test_switching_on_is_refused_while_another_printer_has_the_address(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    add_printer: AddPrinter,
    entity_id: Callable[..., str],
) -> None:
    other = await add_printer("Other", bind_ip=printer.config.bind_ip, enabled=False)
    with pytest.raises(ServiceValidationError) as raised:
        await _switch(hass, entity_id("switch", other, "enabled"), "on")
    assert raised.value.translation_key == "address_taken"
    assert raised.value.translation_placeholders["other"] == "Garage"
    assert not other.config.enabled


async def test_what_cannot_be_archived_is_kept_and_a_repair_says_why(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    hub: Hub,
    tmp_path: Path,
    send: Send,
    issue_registry: Any,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    path = tmp_path / "Not sliced.gcode.3mf"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no 3MF at all")
    await send(printer, SentFile(path, None))
    page = await hub.library.pending.page()
    (held,) = page.uploads
    assert held.reason
    issue = issue_registry.async_get_issue(
        "bambu_virtual_printer", f"upload_held_{held.id}"
    )
    assert issue.translation_placeholders["file"] == path.name
    assert issue.translation_placeholders["reason"] == as_markdown(str(held.reason))
    kept = await hub.library.file_path(held.id)
    assert kept.read_bytes() == path.read_bytes()
    # Not kept by Home Assistant when it restarts.
    ir.async_delete_issue(hass, "bambu_virtual_printer", f"upload_held_{held.id}")
    assert await hass.config_entries.async_reload(hub.entry.entry_id)
    issue = issue_registry.async_get_issue(
        "bambu_virtual_printer", f"upload_held_{held.id}"
    )
    assert issue.translation_placeholders["reason"] == as_markdown(str(held.reason))


@pytest.mark.usefixtures("all_entities_enabled")
async def test_a_long_note_does_not_keep_the_recorder_from_keeping_the_event(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    send: Send,
    call: Call,
    state: Callable[..., Any],
) -> None:
    await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    await call("update_archive", archive_id=archive["archive_id"], notes="ä" * 10_000)
    shown = state("event", printer, "activity")
    assert len(shown.attributes["notes"]) == 10_000
    assert b"archive_changed" in _recorded(shown)


def _recorded(state: State) -> bytes:
    """Return the attributes that the recorder keeps of a state."""
    event = Event(
        EVENT_STATE_CHANGED,
        EventStateChangedData(
            entity_id=state.entity_id, old_state=None, new_state=state
        ),
    )
    return StateAttributes.shared_attrs_bytes_from_event(event, None)


async def test_what_an_area_shows_by_itself_is_not_cluttered_with_sums(
    hass: HomeAssistant, hub: Hub, printer: ManagedPrinter
) -> None:
    registry = er.async_get(hass)
    shown = {
        one.unique_id.rpartition(f"{owner}_")[2]
        for owner in (hub.entry.entry_id, printer.id)
        for one in er.async_entries_for_config_entry(registry, hub.entry.entry_id)
        if one.unique_id.startswith(f"{owner}_")
        and one.domain == "sensor"
        and one.entity_category is None
        and not one.disabled
    }
    assert shown == {
        "print_time_queued",
        "filament_queued",
        "next_job",
        "last_upload",
        "connected_slicers",
        "upload_progress",
    }
