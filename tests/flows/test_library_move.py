"""What a person sees of a move of the library, and how the shared one is left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.config.shared_library import (
    CONF_SHARED_LIBRARY,
)
from custom_components.bambu_virtual_printer.engine.explanations import NO_ANSWER
from custom_components.bambu_virtual_printer.engine.library.moving.to_shared import (
    MoveToShared,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.sharing.move_state import MoveState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .test_library import library_of_others, step, store, suggested, to_files, url

__all__ = ["library_of_others", "step", "store", "to_files", "url"]


def _fail(_self: object) -> Any:
    raise IndexUnavailableError(NO_ANSWER)


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
        result = await step(form, {})
        assert result["type"] is FlowResultType.ABORT
    form = await step(await step(), "give_up")
    result = await step(form, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert CONF_SHARED_LIBRARY not in entry.data
    assert not (store / "library.json").exists()


async def test_what_cannot_be_written_or_removed_is_told(
    entry: MockConfigEntry,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_disk(self: MoveState, _path: Path) -> None:
        raise OSError(28, "No space left on device")

    form = await step(await to_files(), "folder")
    form = await step(form, path=str(store))
    monkeypatch.setattr(MoveState, "write", no_disk)
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
