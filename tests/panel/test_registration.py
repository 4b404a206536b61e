"""The panel's place in the frontend: it comes with the first entry, follows the option, and goes with the last."""

from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.panel import registration
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components.frontend import DATA_PANELS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of built files in the place of the integration's; to be asked for before the hub."""
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / "panel.js").write_text("customElements.define('bvp-panel', class {});")
    monkeypatch.setattr(registration, "BUILT_FILES", folder)
    return folder


@pytest.fixture
async def frontend(hass: HomeAssistant, built: Path) -> None:
    """Home Assistant's frontend, there before the integration; to be asked for before the hub."""
    assert await async_setup_component(hass, "frontend", {})


def _panel(hass: HomeAssistant) -> dict[str, Any] | None:
    panel = hass.data.get(DATA_PANELS, {}).get("bambu-prints")
    return None if panel is None else dict(panel.to_response())


def _visit(hass: HomeAssistant, entry: MockConfigEntry, id_: str) -> str | None:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, id_), entry.entry_id
    )
    assert device
    return device.configuration_url


async def test_the_panel_is_in_the_sidebar_and_its_module_is_served(
    hass: HomeAssistant,
    frontend: None,
    hub: Hub,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    panel = _panel(hass)
    assert panel
    assert panel["title"] == "3D prints"
    assert panel["show_in_sidebar"]
    assert not panel["require_admin"]
    custom = panel["config"]["_panel_custom"]
    assert custom["name"] == "bvp-panel"
    client = await hass_client_no_auth()
    response = await client.get(custom["module_url"])
    assert "bvp-panel" in await response.text()
    assert "max-age" in response.headers["Cache-Control"]


async def test_the_sidebar_follows_the_language_of_the_household(
    hass: HomeAssistant, frontend: None, hub: Hub
) -> None:
    await hass.config.async_update(language="de")
    await hass.async_block_till_done()
    panel = _panel(hass)
    assert panel
    assert panel["title"] == "3D-Drucke"


async def test_another_build_has_another_address(
    hass: HomeAssistant, frontend: None, hub: Hub, entry: MockConfigEntry, built: Path
) -> None:
    panel = _panel(hass)
    assert panel
    before = panel["config"]["_panel_custom"]["module_url"]
    (built / "panel.js").write_text("// another one")
    assert await hass.config_entries.async_reload(entry.entry_id)
    panel = _panel(hass)
    assert panel
    assert panel["config"]["_panel_custom"]["module_url"] != before


async def test_the_option_takes_it_out_of_the_sidebar_and_leaves_its_address(
    hass: HomeAssistant, frontend: None, hub: Hub, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, options={"show_panel": False})
    await hass.async_block_till_done()
    panel = _panel(hass)
    assert panel
    assert not panel["show_in_sidebar"]


async def test_it_goes_with_the_entry(
    hass: HomeAssistant, frontend: None, hub: Hub, entry: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert _panel(hass)
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert _panel(hass) is None


async def test_devices_lead_to_their_pages(
    hass: HomeAssistant,
    frontend: None,
    hub: Hub,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
) -> None:
    assert _visit(hass, entry, entry.entry_id) == "homeassistant://bambu-prints"
    assert (
        _visit(hass, entry, printer.id)
        == f"homeassistant://bambu-prints/printers/{printer.id}"
    )


async def test_without_built_files_everything_else_works(
    hass: HomeAssistant,
    built: Path,
    frontend: None,
    entry: MockConfigEntry,
    loopback: None,
) -> None:
    (built / "panel.js").unlink()
    assert await async_setup_component(hass, "homeassistant", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert _panel(hass) is None
    assert _visit(hass, entry, entry.entry_id) is None


async def test_without_the_frontend_everything_else_works(
    hass: HomeAssistant, built: Path, hub: Hub, entry: MockConfigEntry
) -> None:
    assert _panel(hass) is None
    assert _visit(hass, entry, entry.entry_id) is None
