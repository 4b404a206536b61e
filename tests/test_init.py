import asyncio
from collections.abc import Callable
import os
import socket
import threading
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer import async_remove_config_entry_device
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.coordinator import LibraryCoordinator
from custom_components.bambu_virtual_printer.engine.doors.uploads import HttpUploads
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.last_reports import LastReports
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.printers.upload_keys import UploadKeys
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.support.home_assistant import AddPrinter, Call, DeviceOf, Send, SentFile
from tests.support.waiting import LIMIT_S, until

PORTS = (990, 3000, 3002, 8883)


def _connect(address: str, port: int) -> socket.socket:
    return socket.create_connection((address, port), timeout=LIMIT_S)


async def test_a_hub_without_printers_is_loaded(
    hub: Hub, entry: MockConfigEntry, device_of: DeviceOf
) -> None:
    assert entry.state is ConfigEntryState.LOADED
    assert hub.printers == {}
    assert device_of(entry.entry_id)


async def test_three_printers_run_side_by_side(
    add_printer: AddPrinter, hub: Hub
) -> None:
    printers = [await add_printer(f"Printer {number}") for number in range(3)]
    assert all(printer.running for printer in printers)
    assert len({printer.config.identity.serial for printer in printers}) == 3
    for printer in printers:
        for port in PORTS:
            _connect(printer.config.bind_ip, port).close()


async def test_files_sent_at_once_to_three_printers_do_not_get_mixed_up(
    add_printer: AddPrinter, hub: Hub, send: Send, sliced_file: Callable[..., Any]
) -> None:
    printers = [await add_printer(f"Printer {number}") for number in range(3)]
    files = [
        sliced_file(f"For {number}.gcode.3mf", title=f"For {number}", seed=number + 1)
        for number in range(3)
    ]
    await asyncio.gather(*map(send, printers, files))
    page = await hub.archives.page()
    assert {(archive.printer.name, archive.name) for archive in page.archives} == {
        (f"Printer {number}", f"For {number}") for number in range(3)
    }


async def test_changing_one_printer_leaves_the_sockets_of_the_others_open(
    add_printer: AddPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    new_address: Callable[[], str],
) -> None:
    changed = await add_printer("Changed")
    other = await add_printer("Other")
    with _connect(other.config.bind_ip, 3000) as open_connection:
        old_address = changed.config.bind_ip
        subentry = entry.subentries[changed.id]
        hass.config_entries.async_update_subentry(
            entry, subentry, data={**subentry.data, "bind_ip": new_address()}
        )
        await hass.async_block_till_done()
        await until(lambda: changed.running)
        _connect(changed.config.bind_ip, 8883).close()
        with pytest.raises(ConnectionRefusedError):
            _connect(old_address, 8883)
        open_connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            open_connection.recv(1)


async def test_a_new_name_needs_no_restart(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    device_of: DeviceOf,
) -> None:
    with _connect(printer.config.bind_ip, 3000) as open_connection:
        hass.config_entries.async_update_subentry(
            entry, entry.subentries[printer.id], title="Workshop"
        )
        await hass.async_block_till_done()
        open_connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            open_connection.recv(1)
    assert printer.config.name == "Workshop"
    assert device_of(printer.id).name == "Workshop"


@pytest.mark.parametrize("is_loaded", [True, False])
async def test_what_came_in_by_a_renamed_printer_shows_its_new_name(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    is_loaded: bool,
) -> None:
    for number, mode in enumerate(("review", "queue")):
        printer = await add_printer(mode, mode=mode)
        await send(printer, sliced_file(f"{mode}.gcode.3mf", seed=number))
    if not is_loaded:
        await hass.config_entries.async_unload(entry.entry_id)
    for subentry in list(entry.subentries.values()):
        hass.config_entries.async_update_subentry(
            entry, subentry, title=f"New {subentry.title}"
        )
    if not is_loaded:
        await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (pending,) = (await call("list_pending"))["uploads"]
    (job,) = (await call("list_queue"))["jobs"]
    (archive,) = (await call("list_archives"))["archives"]
    assert pending["printer"] == "New review"
    assert job["printer"] == archive["printer"] == "New queue"


async def test_the_hub_s_device_is_called_like_its_entry(
    hub: Hub, hass: HomeAssistant, entry: MockConfigEntry, device_of: DeviceOf
) -> None:
    hass.config_entries.async_update_entry(entry, title="Print server")
    await hass.async_block_till_done()
    device = device_of(entry.entry_id)
    assert device and device.name == "Print server"


async def test_another_model_means_another_serial_and_asks_to_add_the_printer_again(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    device_of: DeviceOf,
    send: Send,
) -> None:
    before = printer.config.identity.serial
    subentry = entry.subentries[printer.id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "model": "N7"}
    )
    await hass.async_block_till_done()
    await until(lambda: printer.running)
    after = printer.config.identity.serial
    assert after.startswith("22E00A")
    assert after != before
    assert device_of(printer.id).serial_number == after
    assert device_of(printer.id).model == "Bambu Lab P2S"
    issue = (DOMAIN, f"readd_printer_{printer.id}")
    assert issue in issue_registry.issues
    await send(printer)
    assert issue not in issue_registry.issues


async def test_a_removed_printer_frees_its_ports_and_leaves_nothing_but_its_archives(
    printer: ManagedPrinter,
    hub: Hub,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    send: Send,
    device_of: DeviceOf,
) -> None:
    await send(printer)
    address, suffix = printer.config.bind_ip, printer.config.serial_suffix
    hass.config_entries.async_remove_subentry(entry, printer.id)
    await hass.async_block_till_done()
    assert hub.printers == {}
    for port in PORTS:
        socket.create_server((address, port)).close()
    assert device_of(printer.id) is None
    page = await hub.archives.page()
    assert page.total == 1
    # Its serial number is never given to another one.
    assert not await hub.library.remember_serial_suffix(suffix)


async def test_unloading_frees_every_port_and_loading_again_remembers(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    send: Send,
    hub: Hub,
) -> None:
    await send(printer)
    fingerprint = hub.certificates.authority.sha256_fingerprint
    assert await hass.config_entries.async_unload(entry.entry_id)
    for port in PORTS:
        socket.create_server((printer.config.bind_ip, port)).close()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    again: Hub = entry.runtime_data
    assert again is not hub
    assert again.certificates.authority.sha256_fingerprint == fingerprint
    remembered = again.printers[printer.id]
    assert remembered.running
    assert remembered.uploads_received == 1
    assert remembered.last_upload
    assert remembered.last_upload.name == "Gear and star"
    assert remembered.pictured_id == remembered.last_upload.id
    assert remembered.last_slicer_ip == "127.0.0.1"


@pytest.mark.parametrize(
    "failing",
    [(HttpUploads, "close"), (UploadKeys, "async_save"), (LastReports, "async_save")],
)
async def test_what_fails_while_the_hub_stops_leaves_nothing_open(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failing: tuple[type[Any], str],
) -> None:
    async def _fail(_: object) -> None:
        raise RuntimeError("not in order")

    with monkeypatch.context() as patched:
        patched.setattr(*failing, _fail)
        assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert "Something could not be ended in order" in caplog.text
    assert "not in order" in caplog.text
    for port in PORTS:
        socket.create_server((printer.config.bind_ip, port)).close()
    # The library is closed: it can be opened again.
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.runtime_data.printers[printer.id].running


async def test_the_printers_stop_with_home_assistant(
    printer: ManagedPrinter, hass: HomeAssistant
) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    for port in PORTS:
        socket.create_server((printer.config.bind_ip, port)).close()


async def test_a_taken_port_is_a_repair_that_names_it_and_closes_itself(
    add_printer: AddPrinter,
    address: str,
    issue_registry: ir.IssueRegistry,
    monkeypatch: pytest.MonkeyPatch,
    state: Callable[..., Any],
) -> None:
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.printers.managed.RETRY_MIN_S", 0.05
    )
    holder = socket.create_server((address, 8883))
    other = await add_printer("Other")
    blocked = await add_printer("Blocked", bind_ip=address)
    assert not blocked.running
    assert other.running
    issue = issue_registry.async_get_issue(DOMAIN, f"port_mqtt_{blocked.id}")
    assert issue
    # The test itself holds it.
    assert issue.translation_key == "port_in_use_by_program"
    assert issue.translation_placeholders
    assert issue.translation_placeholders["pid"] == str(os.getpid())
    assert issue.translation_placeholders["port"] == "8883"
    running = state("binary_sensor", blocked, "running")
    assert running.state == "off"
    assert "8883" in running.attributes["mqtt"]
    assert running.attributes["ftps"] == "closed"
    holder.close()
    await until(lambda: blocked.running)
    assert not issue_registry.async_get_issue(DOMAIN, f"port_mqtt_{blocked.id}")
    running = state("binary_sensor", blocked, "running")
    assert running.state == "on"
    assert running.attributes["mqtt"] == "listening"


async def test_a_missing_address_is_a_repair(
    add_printer: AddPrinter, issue_registry: ir.IssueRegistry
) -> None:
    printer = await add_printer(bind_ip="198.51.100.7")
    keys = {
        issue.translation_key
        for (domain, _), issue in issue_registry.issues.items()
        if domain == DOMAIN
    }
    assert keys == {"address_missing"}
    assert {problem.port for problem in printer.problems} == {
        990,
        2021,
        3000,
        3002,
        8883,
    }


async def test_a_printer_that_fails_in_another_way_says_so_and_retries(
    add_printer: AddPrinter,
    hub: Hub,
    issue_registry: ir.IssueRegistry,
    monkeypatch: pytest.MonkeyPatch,
    state: Callable[..., Any],
) -> None:
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.printers.managed.RETRY_MIN_S", 0.05
    )
    make = hub.printers._async_make
    attempts = 0
    there_is_space = asyncio.Event()

    async def _make(*args: Any) -> Any:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise OSError(28, "No space left on device")
        await there_is_space.wait()
        return await make(*args)

    monkeypatch.setattr(hub.printers, "_async_make", _make)
    printer = await add_printer()
    issue = issue_registry.async_get_issue(DOMAIN, f"printer_failed_{printer.id}")
    assert issue
    assert "there is no room left" in str(issue.translation_placeholders)
    assert (
        "there is no room left"
        in state("binary_sensor", printer, "running").attributes["failure"]
    )
    there_is_space.set()
    await until(lambda: printer.running)
    assert not issue_registry.async_get_issue(DOMAIN, f"printer_failed_{printer.id}")


async def test_a_damaged_ca_keeps_the_hub_from_starting_and_is_not_replaced(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    folder = hass.config.path(DOMAIN, "certs")
    await hass.async_add_executor_job(_write_nonsense, folder)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert "not a readable private key" in (entry.reason or "")


def _write_nonsense(folder: str) -> None:
    from pathlib import Path

    Path(folder).mkdir(parents=True)
    (Path(folder) / "bbl_ca.key").write_text("nonsense")


async def test_a_library_that_cannot_be_opened_is_tried_again(
    hass: HomeAssistant, loopback: None, entry: MockConfigEntry, tmp_path: Any
) -> None:
    (tmp_path / "media").write_text("a file where a folder should be")
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "cannot be opened" in (entry.reason or "")


@pytest.mark.parametrize("failure", [RuntimeError, asyncio.CancelledError])
async def test_a_start_that_fails_in_any_way_leaves_nothing_open(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    loopback: None,
    monkeypatch: pytest.MonkeyPatch,
    failure: type[BaseException],
) -> None:
    def threads() -> set[str]:
        return {each.name for each in threading.enumerate() if "bvp" in each.name}

    opened: set[str] = set()

    async def _fail(_: LibraryCoordinator) -> None:
        opened.update(threads())
        raise failure

    monkeypatch.setattr(LibraryCoordinator, "async_config_entry_first_refresh", _fail)
    before = threads()
    with pytest.raises(failure):
        await Hub.create(hass, entry)
    assert opened - before
    assert threads() == before


async def test_devices_are_not_deleted_by_hand(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    device_of: DeviceOf,
) -> None:
    assert not await async_remove_config_entry_device(
        hass, entry, device_of(printer.id)
    )
