"""The cards: a resource of the dashboards while there is an entry, the same one after updates; everywhere where resources are YAML."""

from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.panel import registration
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

CARDS = "/bambu_virtual_printer_static/cards.js?v="
ANOTHER = "/local/another-card.js"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of built files in the place of the integration's; to be asked for before the hub."""
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / "cards.js").write_text("customElements.define('bvp-prints-card', …);")
    monkeypatch.setattr(registration, "BUILT_FILES", folder)
    return folder


@pytest.fixture
async def frontend(hass: HomeAssistant, built: Path) -> None:
    """Home Assistant's frontend, whose resources are kept by the user interface."""
    assert await async_setup_component(hass, "frontend", {})


@pytest.fixture
async def yaml_frontend(hass: HomeAssistant, built: Path) -> None:
    """Home Assistant's frontend, whose resources are in YAML."""
    config = {"lovelace": {"resource_mode": "yaml"}}
    assert await async_setup_component(hass, "lovelace", config)
    assert await async_setup_component(hass, "frontend", config)


async def _resources(hass_ws_client: WebSocketGenerator) -> list[tuple[str, str]]:
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "lovelace/resources"})
    answer = await client.receive_json()
    return [(each["type"], each["url"]) for each in answer["result"]]


def _everywhere(hass: HomeAssistant) -> list[str]:
    return [
        url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if url.startswith(CARDS)
    ]


async def test_dashboards_load_the_cards_as_a_resource(
    hass: HomeAssistant,
    frontend: None,
    hub: Hub,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    ((kind, url),) = await _resources(hass_ws_client)
    assert kind == "module"
    assert url.startswith(CARDS)
    assert _everywhere(hass) == []
    response = await (await hass_client_no_auth()).get(url)
    assert "bvp-prints-card" in await response.text()


async def test_an_update_changes_the_one_resource_and_no_other(
    hass: HomeAssistant,
    frontend: None,
    hub: Hub,
    entry: MockConfigEntry,
    built: Path,
    hass_ws_client: WebSocketGenerator,
) -> None:
    resources = hass.data[LOVELACE_DATA].resources
    await resources.async_create_item({"res_type": "module", "url": ANOTHER})  # type: ignore[union-attr]
    ((_, before), _) = await _resources(hass_ws_client)
    (built / "cards.js").write_text("// another one")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    ((_, after), (_, another)) = await _resources(hass_ws_client)
    assert after.startswith(CARDS)
    assert after != before
    assert another == ANOTHER


async def test_what_was_added_twice_is_kept_once(
    hass: HomeAssistant,
    frontend: None,
    hub: Hub,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    resources = hass.data[LOVELACE_DATA].resources
    await resources.async_create_item({"res_type": "module", "url": f"{CARDS}old"})  # type: ignore[union-attr]
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    ((_, url),) = await _resources(hass_ws_client)
    assert not url.endswith("old")


async def test_the_resource_goes_with_the_entry(
    hass: HomeAssistant,
    frontend: None,
    hub: Hub,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert len(await _resources(hass_ws_client)) == 1
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert await _resources(hass_ws_client) == []


async def test_where_resources_are_yaml_every_page_loads_the_cards(
    hass: HomeAssistant,
    yaml_frontend: None,
    hub: Hub,
    entry: MockConfigEntry,
    built: Path,
) -> None:
    (before,) = _everywhere(hass)
    (built / "cards.js").write_text("// another one")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    (after,) = _everywhere(hass)
    assert after != before
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert _everywhere(hass) == []


async def test_without_built_cards_there_is_no_resource(
    hass: HomeAssistant,
    built: Path,
    hass_ws_client: WebSocketGenerator,
    entry: MockConfigEntry,
    loopback: None,
) -> None:
    (built / "cards.js").unlink()
    assert await async_setup_component(hass, "frontend", {})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert await _resources(hass_ws_client) == []
    assert _everywhere(hass) == []
