"""A shared library whose database is lost: a repair looks again, rebuilds its index, or goes back to the local library."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import create_engine, insert, text

from custom_components.bambu_virtual_printer.config.shared_library import (
    CONF_SHARED_LIBRARY,
    SharedLibrarySettings,
)
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.library.index.migrations import (
    migrate,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    libraries,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.sharing.move_state import MoveState
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from scripts.servers.postgresql import Server
from tests.sharing.conftest import store
from tests.sharing.test_away_at_start import archived, send, shared, start, until_back
from tests.support.home_assistant import SentFile
from tests.support.waiting import until

from .test_library import step

__all__ = ["shared", "step", "store"]


pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
async def fix(hass: HomeAssistant) -> Callable[..., Any]:
    """Open the repair of an issue, or choose or submit something in it."""
    assert await async_setup_component(hass, REPAIRS, {})
    manager = hass.data[REPAIRS]["flow_manager"]

    async def _fix(form: Any, answer: Any = None) -> Any:
        if isinstance(form, str):
            return await manager.async_init(DOMAIN, data={"issue_id": form})
        if isinstance(answer, str):
            answer = {"next_step_id": answer}
        return await manager.async_configure(form["flow_id"], answer or {})

    return _fix


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


def change(entry: MockConfigEntry, *statements: Any) -> None:
    """Change the database as somebody would who restores it, or makes a new one."""
    settings = SharedLibrarySettings.from_entry(entry)
    assert settings
    engine = create_engine(settings.database.url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)
    finally:
        engine.dispose()


def lose(entry: MockConfigEntry) -> None:
    """Have an empty database at the address, as after a fresh installation."""
    change(entry, text("DROP SCHEMA public CASCADE"), text("CREATE SCHEMA public"))


@pytest.fixture
async def lost(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    store: Path,
    sliced_file: Callable[..., SentFile],
    tmp_path: Path,
) -> Hub:
    """A hub whose shared library has an archive in its store, lost its database, and received a file since."""
    hub, printer = await start(hass, shared)
    await send(hub, printer, sliced_file("One.gcode.3mf", seed=1), tmp_path)
    await until(lambda: bool(list(store.rglob("upload.json"))))
    async with asyncio.timeout(30):
        while (check := await hub.library.check_sharing()) is None or check.waiting:
            await asyncio.sleep(0.05)
    assert await hass.config_entries.async_unload(shared.entry_id)
    await asyncio.to_thread(lose, shared)
    hub, printer = await start(hass, shared)
    await send(hub, printer, sliced_file("Two.gcode.3mf", seed=2), tmp_path)
    assert issue(hass, "index_refused")
    return hub


def files(store: Path) -> set[str]:
    return {path.name for path in store.rglob("*.gcode.3mf")}


async def test_the_index_is_rebuilt_from_what_lies_in_the_store(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    lost: Hub,
    store: Path,
    fix: Callable[..., Any],
) -> None:
    menu = await fix("index_refused")
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["look_again", "rebuild", "go_local"]
    assert "is empty" in menu["description_placeholders"]["reason"]
    form = await fix(menu, "rebuild")
    assert form["step_id"] == "rebuild"
    result = await fix(form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await until_back(hass, lost)
    assert issue(hass, "index_refused") is None

    async def has_both() -> bool:
        return await archived(lost) == ["One.gcode.3mf", "Two.gcode.3mf"]

    async with asyncio.timeout(30):
        while not await has_both():
            await asyncio.sleep(0.1)
    await until(lambda: files(store) == {"One.gcode.3mf", "Two.gcode.3mf"})


async def test_a_database_that_is_not_empty_by_now_is_not_taken(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    lost: Hub,
    fix: Callable[..., Any],
) -> None:
    form = await fix(await fix("index_refused"), "rebuild")

    def occupy() -> None:
        settings = SharedLibrarySettings.from_entry(shared)
        assert settings
        engine = create_engine(settings.database.url)
        migrate(engine)
        engine.dispose()
        change(
            shared, insert(libraries).values(id="another", folder="", instance="other")
        )

    await asyncio.to_thread(occupy)
    form = await fix(form)
    assert form["errors"] == {"base": "refused"}
    assert "another library" in form["description_placeholders"]["reason"]


async def test_looking_again_says_why_not_and_closes_the_repair_when_the_database_is_there(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    postgresql_server: Server,
    fix: Callable[..., Any],
) -> None:
    await asyncio.to_thread(postgresql_server.stop)
    hub, _printer = await start(hass, shared)
    menu = await fix("index_away")
    assert menu["menu_options"] == ["look_again", "go_local"]
    result = await fix(menu, "look_again")
    assert result["reason"] == "still_there"
    assert "cannot be reached" in result["description_placeholders"]["reason"]
    await asyncio.to_thread(postgresql_server.start)
    menu = await fix("index_away")
    async with asyncio.timeout(30):
        while (await fix(menu, "look_again"))["type"] is FlowResultType.ABORT:
            menu = await fix("index_away")
    await until_back(hass, hub)
    assert issue(hass, "index_away") is None


async def test_the_local_library_is_gone_back_to_with_what_waits_here(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    lost: Hub,
    store: Path,
    fix: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = await fix(await fix("index_refused"), "go_local")
    assert form["step_id"] == "go_local"
    assert form["description_placeholders"]["waiting"] == "1"

    def no_disk(self: MoveState, _path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(MoveState, "write", no_disk)
        form = await fix(form)
        assert form["errors"] == {"base": "refused"}
        assert "no room left" in form["description_placeholders"]["reason"]
    result = await fix(form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert CONF_SHARED_LIBRARY not in shared.data
    hub: Hub = shared.runtime_data
    await until(lambda: not hub.library._context.tasks)
    assert await archived(hub) == ["Two.gcode.3mf"]
    assert files(store) == {"One.gcode.3mf"}, "nothing is removed there"
    assert issue(hass, "index_refused") is None


async def test_a_hub_that_does_not_run_or_has_a_library_of_its_own_has_nothing_to_repair(
    hass: HomeAssistant, shared: MockConfigEntry, lost: Hub, fix: Callable[..., Any]
) -> None:
    menu = await fix("index_refused")
    forms = [
        (await fix("index_refused"), step_id) for step_id in ("rebuild", "go_local")
    ]
    assert await hass.config_entries.async_unload(shared.entry_id)
    for form, step_id in forms:
        assert (await fix(form, step_id))["reason"] == "hub_not_loaded"
    assert (await fix(menu, "look_again"))["reason"] == "hub_not_loaded"
    assert (await fix("index_refused"))["reason"] == "hub_not_loaded"


async def test_a_new_server_takes_the_place_of_a_lost_one(
    hass: HomeAssistant,
    shared: MockConfigEntry,
    lost: Hub,
    store: Path,
    postgresql_server: Server,
    step: Callable[..., Any],
) -> None:
    settings = SharedLibrarySettings.from_entry(shared)
    assert settings
    form = await step(await step(), "share_again")
    form = await step(form, host=postgresql_server.new_database(), encryption="prefer")
    form = await step(await step(form, "folder"), path=str(store))
    assert form["step_id"] == "rebuild"
    result = await step(form, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    changed = SharedLibrarySettings.from_entry(shared)
    assert changed
    assert changed.library_id == settings.library_id
    assert changed.database != settings.database
    hub: Hub = shared.runtime_data
    await until_back(hass, hub)
    async with asyncio.timeout(30):
        while len(await archived(hub)) < 2:
            await asyncio.sleep(0.1)
