"""What a person sees of a move of the library, and how the shared one is left."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import create_engine, insert, select

from custom_components.bambu_virtual_printer.config.options import HubOptions
from custom_components.bambu_virtual_printer.config.shared_library import (
    CONF_SHARED_LIBRARY,
    SharedLibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.explanations import NO_ANSWER
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    instances,
    libraries,
    real_printers,
)
from custom_components.bambu_virtual_printer.engine.library.instances import Instances
from custom_components.bambu_virtual_printer.engine.library.moving.to_local import (
    MoveToLocal,
)
from custom_components.bambu_virtual_printer.engine.library.moving.to_shared import (
    MoveToShared,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.sharing.move_state import MoveState
from custom_components.bambu_virtual_printer.sharing.opening import working_folder
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
from tests.support.waiting import until

from .test_library import (
    LIBRARY_ID,
    library_of_others,
    step,
    store,
    suggested,
    to_files,
    url,
)

__all__ = ["library_of_others", "step", "store", "to_files", "url"]


def _fail(_self: object) -> Any:
    raise IndexUnavailableError(NO_ANSWER)


def _no_room(_self: MoveState, _path: Path) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
async def shared(
    hub: Hub, step: Callable[..., Any], to_files: Any, store: Path
) -> None:
    """A library that is shared, with nothing in it."""
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    await step(form, take_along=False, cache_gb=1)


@pytest.mark.parametrize("take", ["all", "own"])
async def test_a_shared_library_is_left_with_what_a_person_chooses(
    entry: MockConfigEntry, shared: None, step: Callable[..., Any], take: str
) -> None:
    assert CONF_SHARED_LIBRARY in entry.data
    form = await step(await step(), "leave")
    assert form["step_id"] == "leave"
    form = await step(form, take=take)
    assert form["step_id"] == "moved"
    await step(form, {})
    assert CONF_SHARED_LIBRARY not in entry.data


async def test_one_that_is_away_for_good_can_be_left_without_it(
    entry: MockConfigEntry, shared: None, step: Callable[..., Any]
) -> None:
    form = await step(await step(), "leave")
    result = await step(form, take="nothing")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert CONF_SHARED_LIBRARY not in entry.data


async def test_an_entry_that_is_not_loaded_is_loaded_with_its_own_library(
    hass: HomeAssistant, entry: MockConfigEntry, shared: None, step: Callable[..., Any]
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await step(await step(await step(), "leave"), take="nothing")
    await hass.async_block_till_done()
    assert entry.runtime_data.library.is_present


async def test_the_way_to_a_shared_library_is_changed_without_its_password_being_entered_again(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    shared: None,
    step: Callable[..., Any],
    store: Path,
    tmp_path: Path,
) -> None:
    before = entry.data[CONF_SHARED_LIBRARY]
    form = await step(await step(), "share_again")
    assert form["step_id"] == "database"
    assert "password" not in suggested(form)
    form = await step(form, suggested(form) | {"encryption": "prefer"})
    form = await step(form, "folder")
    assert suggested(form) == {"path": str(store)}
    other = tmp_path / "media" / "other"
    store.rename(other)
    result = await step(form, path=str(other))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    after = entry.data[CONF_SHARED_LIBRARY]
    assert after["files"] == {"path": str(other)}
    assert after["library_id"] == before["library_id"]
    assert after["database"] == before["database"]


async def test_another_shared_library_is_not_joined_before_this_one_is_left(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    shared: None,
    step: Callable[..., Any],
    store: Path,
) -> None:
    stored = {**entry.data[CONF_SHARED_LIBRARY], "library_id": "another"}
    hass.config_entries.async_update_entry(entry, data={CONF_SHARED_LIBRARY: stored})
    await hass.async_block_till_done()
    form = await step(await step(), "share_again")
    form = await step(await step(form, suggested(form)), "folder")
    form = await step(form, path=str(store))
    assert form["errors"] == {"base": "other_shared_library"}


async def test_a_move_that_failed_is_tried_again_or_given_up(
    entry: MockConfigEntry,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    with monkeypatch.context() as patch:
        patch.setattr(MoveToShared, "finish", _fail)
        patch.setattr(MoveToShared, "has_finished", lambda _self: False)
        menu = await step(form, take_along=True, cache_gb=1)
        assert menu["step_id"] == "move_failed"
        assert menu["description_placeholders"]["reason"]
        assert (await step())["menu_options"] == ["settings", "moving", "give_up"]
        menu = await step(menu, "moving")
        assert menu["step_id"] == "move_failed"
    form = await step(menu, "give_up")
    with monkeypatch.context() as patch:
        patch.setattr(MoveToShared, "give_up", _fail)
        form = await step(form, {})
        assert form["errors"] == {"base": "copies_left"}
        assert form["description_placeholders"]["reason"]
        assert (await step())["menu_options"] == ["settings", "moving", "give_up"]
    form = await step(await step(), "give_up")
    result = await step(form, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert CONF_SHARED_LIBRARY not in entry.data
    assert not (store / "library.json").exists()


async def test_a_move_is_given_up_though_its_copies_can_never_be_removed(
    entry: MockConfigEntry,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    monkeypatch.setattr(MoveToShared, "finish", _fail)
    monkeypatch.setattr(MoveToShared, "has_finished", lambda _self: False)
    menu = await step(form, take_along=True, cache_gb=1)
    monkeypatch.setattr(MoveToShared, "give_up", _fail)
    form = await step(await step(menu, "give_up"), {})
    assert form["errors"] == {"base": "copies_left"}
    result = await step(form, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert CONF_SHARED_LIBRARY not in entry.data
    assert "give_up" not in (await step())["menu_options"]


async def test_a_move_whose_end_cannot_be_written_down_can_be_given_up_later(
    entry: MockConfigEntry,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    monkeypatch.setattr(MoveToShared, "finish", _fail)
    monkeypatch.setattr(MoveToShared, "has_finished", lambda _self: False)
    menu = await step(form, take_along=True, cache_gb=1)
    form = await step(menu, "give_up")
    with monkeypatch.context() as patch:
        patch.setattr(MoveState, "write", _no_room)
        result = await step(form, {})
    assert result["type"] is FlowResultType.ABORT
    assert "no room left" in result["description_placeholders"]["reason"]
    assert "give_up" in (await step())["menu_options"]
    result = await step(await step(await step(), "give_up"), {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert CONF_SHARED_LIBRARY not in entry.data
    assert "give_up" not in (await step())["menu_options"]


async def test_what_cannot_be_written_or_removed_is_told(
    entry: MockConfigEntry,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    monkeypatch.setattr(MoveState, "write", _no_room)
    result = await step(form, take_along=True, cache_gb=1)
    assert result["type"] is FlowResultType.ABORT
    assert "no room left" in result["description_placeholders"]["reason"]


async def test_a_store_that_went_away_meanwhile_is_not_joined(
    entry: MockConfigEntry,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
) -> None:
    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    store.rename(store.with_name("away"))
    result = await step(form, take_along=False, cache_gb=1)
    assert result["type"] is FlowResultType.ABORT
    assert CONF_SHARED_LIBRARY not in entry.data


def rows(url: str, column: Any) -> list[Any]:
    """Return what a column of the shared index has."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(select(column)).scalars())
    engine.dispose()
    return found


async def test_whoever_leaves_with_nothing_is_not_on_the_list_any_more(
    entry: MockConfigEntry, shared: None, step: Callable[..., Any], url: str
) -> None:
    await until(lambda: entry.entry_id in rows(url, instances.c.id))
    await step(await step(await step(), "leave"), take="nothing")
    assert entry.entry_id not in rows(url, instances.c.id)
    assert entry.entry_id not in rows(url, libraries.c.instance)
    assert entry.runtime_data.library.is_present


async def test_a_library_whose_database_is_away_is_left_all_the_same(
    entry: MockConfigEntry,
    shared: None,
    step: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(MoveToLocal, "leave", lambda *_, **__: _fail(None))
    await step(await step(await step(), "leave"), take="nothing")
    assert CONF_SHARED_LIBRARY not in entry.data
    assert "could not be told" in caplog.text


async def test_what_nobody_else_has_yet_is_told_before_the_library_is_left_without_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    shared: None,
    step: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = SharedLibrarySettings.from_entry(entry)
    assert settings
    working = working_folder(HubOptions.from_entry(hass, entry), settings)
    (working / "pending" / LIBRARY_ID).mkdir(parents=True)
    form = await step(await step(), "leave")
    with monkeypatch.context() as patch:
        patch.setattr(MoveToLocal, "not_stored", _fail)
        refused = await step(form, take="nothing")
        assert refused["type"] is FlowResultType.ABORT
    form = await step(await step(await step(), "leave"), take="nothing")
    assert form["errors"] == {"take": "not_stored_yet"}
    assert form["description_placeholders"]["count"] == "1"
    # A person knows by now.
    result = await step(form, take="nothing")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert CONF_SHARED_LIBRARY not in entry.data


async def test_one_that_is_gone_for_good_is_taken_off_the_list(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    shared: None,
    step: Callable[..., Any],
    url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = await step(await step(), "remove_instance")
    assert result["reason"] == "nobody_is_gone"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            insert(instances).values(
                id="other",
                name="Cabin",
                version="1.0",
                seen_at=dt_util.utcnow() - timedelta(hours=1),
            )
        )
        connection.execute(
            insert(real_printers).values(
                machine_id="mini",
                serial="0300",
                name="Mini",
                model="N1",
                instance="other",
            )
        )
    engine.dispose()
    form = await step(await step(), "remove_instance")
    [choice] = form["data_schema"].schema["instance"].config["options"]
    assert choice["label"].startswith("Cabin (version 1.0)")
    with monkeypatch.context() as patch:
        patch.setattr(Instances, "remove", lambda *_: _fail(None))
        refused = await step(form, instance="other")
        assert refused["reason"] == "library_refused"
    form = await step(await step(), "remove_instance")
    result = await step(form, instance="other")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "other" not in rows(url, instances.c.id)
    assert rows(url, real_printers.c.machine_id) == []
    await hass.config_entries.async_unload(entry.entry_id)
    result = await step(await step(), "remove_instance")
    assert result["reason"] == "hub_not_loaded"
