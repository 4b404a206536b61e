"""Registers the panel and the cards with the frontend, whose files are built from `frontend/` at the root of the repository.

Its files are served once and for all, since addresses cannot be withdrawn; the panel itself comes with the first entry and
goes with the last. Without the frontend, or without the built files, there is no panel and everything else goes on.
"""

import hashlib
import logging
from pathlib import Path
from typing import Any

from homeassistant.components import frontend
from homeassistant.components.http import StaticPathConfig
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.loader import async_get_integration

from ..config.options import HubOptions
from ..const import DOMAIN
from ..language.texts import Texts, async_texts_in
from ..presentation import PANEL_PATH
from ..presentation.urls import URL_PICTURES
from .cards import async_remove_cards, async_show_cards

_LOGGER = logging.getLogger(__name__)

BUILT_FILES = Path(__file__).parent.parent / "frontend"
PICTURES = Path(__file__).parent / "pictures"
URL_STATIC = f"/{DOMAIN}_static"
MODULE = "panel.js"
CARDS = "cards.js"
ELEMENT = "bvp-panel"
ICON = "mdi:printer-3d"


async def async_serve_panel(hass: HomeAssistant) -> None:
    """Serve the built files, which browsers keep, for the address of each tells its version; and the pictures of forms."""
    await hass.http.async_register_static_paths(
        [
            StaticPathConfig(URL_STATIC, str(BUILT_FILES), cache_headers=True),
            StaticPathConfig(URL_PICTURES, str(PICTURES), cache_headers=False),
        ]
    )


async def async_show_panel(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Register the panel, or follow the options."""
    if "frontend" not in hass.config.components:
        return
    version = str((await async_get_integration(hass, DOMAIN)).version)
    cards = await hass.async_add_executor_job(_digest, BUILT_FILES / CARDS)
    if cards is not None:
        await async_show_cards(hass, f"{URL_STATIC}/{CARDS}?v={version}-{cards}")
    digest = await hass.async_add_executor_job(_digest, BUILT_FILES / MODULE)
    if digest is None:
        _LOGGER.debug("There is no %s: no panel", MODULE)
        return
    frontend.async_register_built_in_panel(
        hass,
        component_name="custom",
        # The frontend translates only its own titles: this one is in the household's language.
        sidebar_title=Texts(hass)("panel_title"),
        sidebar_icon=ICON,
        frontend_url_path=PANEL_PATH,
        show_in_sidebar=HubOptions.from_entry(hass, entry).shows_panel,
        config={
            "version": version,
            "entry_id": entry.entry_id,
            # As `panel_custom` writes it, which knows no `show_in_sidebar`.
            "_panel_custom": {
                "name": ELEMENT,
                "module_url": f"{URL_STATIC}/{MODULE}?v={version}-{digest}",
                "embed_iframe": False,
                "trust_external": False,
                "handle_safe_area": True,
            },
        },
        update=True,
    )


@callback
def async_follow_language(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> CALLBACK_TYPE:
    """Have the sidebar call the panel as the household's language does, whenever another one is chosen. Returns how to end that."""

    async def _follow(event: Event[Any]) -> None:
        if "language" in event.data:
            await async_texts_in(hass, hass.config.language)
            await async_show_panel(hass, entry)

    return hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, _follow)


async def async_remove_panel(hass: HomeAssistant) -> None:
    """Take the panel and the cards out of the frontend."""
    if "frontend" in hass.config.components:
        frontend.async_remove_panel(hass, PANEL_PATH, warn_if_unknown=False)
        await async_remove_cards(hass, f"{URL_STATIC}/{CARDS}")


def _digest(path: Path) -> str | None:
    """Tell one build from another; None where there is none. Blocks."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    except OSError:
        return None
