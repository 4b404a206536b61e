"""Home Assistant starts while the database or the files of its shared library are away: printers receive, people are told, and all is filed later."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
import sys
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.config.shared_library import (
    CONF_SHARED_LIBRARY,
    SharedLibrarySettings,
)
from custom_components.bambu_virtual_printer.const import (
    DOMAIN,
    SUBENTRY_VIRTUAL_PRINTER,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import (
    BucketSettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.health.report import Outcome
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.sharing import drivers
from custom_components.bambu_virtual_printer.sharing.opening import async_adopt
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import package
from scripts import slicer
from scripts.servers.postgresql import Server
from tests.support.home_assistant import ACCESS_CODE, SentFile
from tests.support.waiting import until

from .conftest import LIBRARY_ID, settings_of

TOP_MODULES = ("psycopg", "psycopg_binary", "obstore")

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
async def shared(
    hass: HomeAssistant,
    loopback: None,
    entry: MockConfigEntry,
    postgresql_server: Server,
    store: Path,
    new_address: Callable[[], str],
) -> MockConfigEntry:
    """An entry with a virtual printer and a shared library that was joined, and is not loaded yet."""
    assert await async_setup_component(hass, "homeassistant", {})
    settings = settings_of(postgresql_server.new_database(), store)
    # It is there once it was loaded.
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_adopt(hass, entry, settings)
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(
        entry, data={CONF_SHARED_LIBRARY: settings.as_stored()}
    )
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data={
                "model": "C12",
                "mode": "immediate",
                "access_code": ACCESS_CODE,
                "bind_ip": new_address(),
                "serial_suffix": "12345",
                "slot": 0,
                "enabled": True,
                "network": {},
            },
            subentry_type=SUBENTRY_VIRTUAL_PRINTER,
            title="Garage",
            unique_id="12345",
        ),
    )
    return entry


async def start(
    hass: HomeAssistant, entry: MockConfigEntry
) -> tuple[Hub, ManagedPrinter]:
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hub: Hub = entry.runtime_data
    (printer,) = hub.printers.values()
    return hub, printer


async def send(
    hub: Hub, printer: ManagedPrinter, file: SentFile, tmp_path: Path
) -> None:
    """Send a file over FTPS, as a slicer does; returns when it was acknowledged."""
    ca = tmp_path / "ca.pem"
    ca.write_text(hub.certificates.authority.pem)
    await slicer.send(
        file.path, printer.config.bind_ip, ACCESS_CODE, ca=ca, on_step=lambda _: None
    )


async def archived(hub: Hub) -> list[str]:
    page = await hub.library.archives(ArchiveQuery())
    return sorted(archive.file.name for archive in page.archives)


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


async def until_back(hass: HomeAssistant, hub: Hub) -> None:
    await until(lambda: hub.library.why_away is None)
    await until(lambda: hub.coordinator.last_update_success)
    await until(lambda: not hub.library._context.tasks)
    await hass.async_block_till_done()


async def test_printers_receive_from_the_start_and_all_is_filed_when_the_database_is_there(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    postgresql_server: Server,
    store: Path,
    state: Callable[..., Any],
    sliced_file: Callable[..., SentFile],
    tmp_path: Path,
) -> None:
    postgresql_server.stop()
    hub, printer = await start(hass, shared)
    assert shared.state is ConfigEntryState.LOADED
    assert printer.running
    found = issue(hass, "index_away")
    assert found
    assert found.translation_placeholders
    assert "cannot be reached" in found.translation_placeholders["reason"]
    assert state("sensor", hub, "archives").state == STATE_UNAVAILABLE
    assert state("binary_sensor", printer, "running").state == "on"
    with pytest.raises(HomeAssistantError, match="cannot be reached"):
        await hass.services.async_call(
            DOMAIN, "list_archives", {}, blocking=True, return_response=True
        )
    await send(hub, printer, sliced_file("One.gcode.3mf", seed=1), tmp_path)
    await send(hub, printer, sliced_file("Two.gcode.3mf", seed=2), tmp_path)
    # A restart in the middle.
    assert await hass.config_entries.async_unload(shared.entry_id)
    hub, printer = await start(hass, shared)
    await send(hub, printer, sliced_file("Three.gcode.3mf", seed=3), tmp_path)
    report = await hub.setup_checks.async_run(printer)
    outcomes = {found.check: found for found in report.findings}
    assert outcomes["shared_database"].outcome is Outcome.PROBLEM
    assert outcomes["shared_store"].outcome is Outcome.OK
    assert outcomes["shared_waiting"].text(hub.texts).startswith("3 files")
    assert "library" not in outcomes
    postgresql_server.start()
    await until_back(hass, hub)
    assert await archived(hub) == ["One.gcode.3mf", "Three.gcode.3mf", "Two.gcode.3mf"]
    await until(lambda: printer.uploads_received == 3)
    await hass.async_block_till_done()
    assert issue(hass, "index_away") is None
    assert state("sensor", hub, "archives").state == "3"
    await until(lambda: len(list(store.rglob("*.gcode.3mf"))) == 3)
    report = await hub.setup_checks.async_run(printer)
    outcomes = {found.check: found for found in report.findings}
    assert outcomes["shared_database"].outcome is Outcome.OK
    assert "PostgreSQL" in outcomes["shared_database"].text(hub.texts)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Take the drivers away, as a new container does, and the internet. Returns what brings the internet back."""
    monkeypatch.setattr(drivers, "FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(drivers, "LONGEST_PAUSE_S", 0.2)
    monkeypatch.setattr(drivers, "DRIVERS", ("psycopg==0.0.1", "obstore==0.0.1"))
    taken = {
        name: module
        for name, module in sys.modules.items()
        if name.partition(".")[0] in TOP_MODULES
    }
    for name in {*taken, *TOP_MODULES}:
        monkeypatch.setitem(sys.modules, name, None)
    is_online = False

    def install(requirement: str, **_: Any) -> bool:
        if is_online and requirement.startswith("obstore"):
            for name in TOP_MODULES:
                monkeypatch.delitem(sys.modules, name)
            for name, module in taken.items():
                monkeypatch.setitem(sys.modules, name, module)
        return is_online

    def come_back() -> None:
        nonlocal is_online
        is_online = True

    monkeypatch.setattr(package, "install_package", install)
    return come_back


@pytest.mark.parametrize("is_bucket", [False, True])
async def test_printers_receive_without_drivers_which_are_fetched_once_that_is_possible(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    offline: Callable[[], None],
    sliced_file: Callable[..., SentFile],
    tmp_path: Path,
    is_bucket: bool,
) -> None:
    if is_bucket:
        stored = dict(shared.data[CONF_SHARED_LIBRARY])
        stored["files"] = asdict(
            BucketSettings(
                endpoint="http://127.0.0.1:1",
                bucket="prints",
                access_key="key",
                secret_key="secret",
            )
        )
        hass.config_entries.async_update_entry(
            shared, data={CONF_SHARED_LIBRARY: stored}
        )
    hub, printer = await start(hass, shared)
    assert shared.state is ConfigEntryState.LOADED
    found = issue(hass, "index_without_driver")
    assert found
    assert found.translation_placeholders
    assert "obstore" in found.translation_placeholders["reason"]
    assert issue(hass, "index_away") is None
    await send(hub, printer, sliced_file("One.gcode.3mf", seed=1), tmp_path)
    with pytest.raises(HomeAssistantError, match="could not be downloaded"):
        await hass.services.async_call(
            DOMAIN, "list_archives", {}, blocking=True, return_response=True
        )
    report = await hub.setup_checks.async_run(printer)
    outcomes = {found.check: found for found in report.findings}
    assert outcomes["shared_database"].outcome is Outcome.PROBLEM
    if is_bucket:
        assert outcomes["shared_store"].outcome is Outcome.PROBLEM
    # Time and again, and in vain.
    await hass.async_block_till_done()
    await send(hub, printer, sliced_file("Two.gcode.3mf", seed=2), tmp_path)
    offline()
    await until_back(hass, hub)
    assert shared.runtime_data is hub
    assert await archived(hub) == ["One.gcode.3mf", "Two.gcode.3mf"]
    assert issue(hass, "index_without_driver") is None


async def test_the_start_does_not_wait_for_a_download_that_hangs(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    sliced_file: Callable[..., SentFile],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(drivers, "PATIENCE_S", 0.05)
    answered = asyncio.Event()

    async def hang(_hass: HomeAssistant) -> None:
        await answered.wait()

    monkeypatch.setattr(drivers, "async_fetch_drivers", hang)
    hub, printer = await start(hass, shared)
    assert issue(hass, "index_without_driver")
    await send(hub, printer, sliced_file("One.gcode.3mf", seed=1), tmp_path)
    answered.set()
    await until_back(hass, hub)
    assert await archived(hub) == ["One.gcode.3mf"]


async def test_a_hub_that_is_unloaded_waits_for_no_drivers(
    hass: HomeAssistant, shared: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "PATIENCE_S", 0.05)
    monkeypatch.setattr(
        drivers, "async_fetch_drivers", lambda _: asyncio.Event().wait()
    )
    await start(hass, shared)
    assert await hass.config_entries.async_unload(shared.entry_id)
    assert shared.state is ConfigEntryState.NOT_LOADED


async def test_another_library_in_the_database_is_a_repair_and_gets_nothing(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    postgresql_server: Server,
    sliced_file: Callable[..., SentFile],
    tmp_path: Path,
) -> None:
    settings = SharedLibrarySettings.from_entry(shared)
    assert settings

    def rename(library_id: str) -> None:
        postgresql_server.run(
            *("psql", "-h", settings.database.host, "-U", "library"),
            *("-d", settings.database.name, "-c"),
            f"UPDATE library_identity SET id = '{library_id}'",  # noqa: S608
        )

    await asyncio.to_thread(rename, "01KB1000000000000000000001")
    hub, printer = await start(hass, shared)
    found = issue(hass, "index_refused")
    assert found
    assert found.translation_placeholders
    assert "another library" in found.translation_placeholders["reason"]
    await send(hub, printer, sliced_file("One.gcode.3mf", seed=1), tmp_path)
    assert issue(hass, "index_away") is None
    await asyncio.to_thread(rename, LIBRARY_ID)
    await until_back(hass, hub)
    assert await archived(hub) == ["One.gcode.3mf"]
    assert issue(hass, "index_refused") is None


async def test_an_index_that_is_too_new_asks_for_an_update(
    hass: HomeAssistant, shared: MockConfigEntry, postgresql_server: Server
) -> None:
    settings = SharedLibrarySettings.from_entry(shared)
    assert settings
    await asyncio.to_thread(
        postgresql_server.run,
        *("psql", "-h", settings.database.host, "-U", "library"),
        *("-d", settings.database.name, "-c"),
        "UPDATE schema_version SET version = 999",
    )
    _, printer = await start(hass, shared)
    assert printer.running
    assert issue(hass, "index_outdated")
    assert issue(hass, "index_away") is None


async def test_files_wait_while_their_store_is_away_from_the_start(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    store: Path,
    sliced_file: Callable[..., SentFile],
    tmp_path: Path,
) -> None:
    store.rename(tmp_path / "unmounted")
    hub, printer = await start(hass, shared)
    await send(hub, printer, sliced_file("One.gcode.3mf", seed=1), tmp_path)
    await until(lambda: issue(hass, "store_away") is not None)
    await until_back(hass, hub)
    assert await archived(hub) == ["One.gcode.3mf"]
    report = await hub.setup_checks.async_run(printer)
    outcomes = {found.check: found for found in report.findings}
    assert outcomes["shared_store"].outcome is Outcome.PROBLEM
    (tmp_path / "unmounted").rename(store)
    await until(lambda: issue(hass, "store_away") is None)
    await until(lambda: len(list(store.rglob("*.gcode.3mf"))) == 1)


async def test_a_printer_that_is_renamed_and_one_that_is_removed_meanwhile_are_caught_up_with(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    postgresql_server: Server,
    state: Callable[..., Any],
    sliced_file: Callable[..., SentFile],
    tmp_path: Path,
) -> None:
    hub, printer = await start(hass, shared)
    await send(hub, printer, sliced_file("One.gcode.3mf", seed=1), tmp_path)
    await until_back(hass, hub)
    await asyncio.to_thread(postgresql_server.stop)
    (subentry,) = (
        each
        for each in shared.subentries.values()
        if each.subentry_type == SUBENTRY_VIRTUAL_PRINTER
    )
    hass.config_entries.async_update_subentry(shared, subentry, title="Attic")
    await hass.async_block_till_done()
    assert hub.printers[printer.id].config.name == "Attic"
    assert await hass.config_entries.async_unload(shared.entry_id)
    hub, printer = await start(hass, shared)
    assert state("sensor", printer, "uploads_received").state == STATE_UNKNOWN
    await asyncio.to_thread(postgresql_server.start)
    await until_back(hass, hub)
    await until(lambda: printer.uploads_received == 1)
    page = await hub.library.archives(ArchiveQuery())
    assert [archive.printer.name for archive in page.archives] == ["Attic"]
    await asyncio.to_thread(postgresql_server.stop)
    await until(lambda: hub.library.why_away is not None)
    hass.config_entries.async_remove_subentry(shared, subentry.subentry_id)
    await hass.async_block_till_done()
    assert not hub.printers
    await asyncio.to_thread(postgresql_server.start)
    await until_back(hass, hub)
    await until(lambda: not hub.printers._put_off_ids)
