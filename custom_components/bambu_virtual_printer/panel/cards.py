"""Loads the cards and the dashboard "3D prints" on dashboards: as a resource of theirs, or on every page.

A resource is loaded when the frontend is ready for elements. Where people keep their resources in YAML none can be added, and
the module is loaded on every page instead. Ours is known by its address without the version; it follows updates, and goes with
the last entry.
"""

import logging
from typing import Any

from homeassistant.components import frontend
from homeassistant.components.lovelace.const import CONF_RESOURCE_TYPE_WS, LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)

_EXTRA_URL: HassKey[str] = HassKey(f"{DOMAIN}_cards_url")


async def async_show_cards(hass: HomeAssistant, url: str) -> None:
    """Have dashboards load this module, once all of Home Assistant has started."""

    async def _show(hass: HomeAssistant) -> None:
        # Neither may be there any more when Home Assistant has started.
        if "frontend" not in hass.config.components or not (
            hass.config_entries.async_entries(DOMAIN)
        ):
            return
        if (resources := _resources(hass)) is None:
            _load_everywhere(hass, url)
            return
        try:
            await _keep_one(resources, url)
        except HomeAssistantError, OSError, ValueError:
            _LOGGER.exception("The cards could not be added to the resources")
            _load_everywhere(hass, url)

    async_at_started(hass, _show)


async def async_remove_cards(hass: HomeAssistant, url: str) -> None:
    """Have dashboards load it no more. `url` may be of any version."""
    if extra := hass.data.pop(_EXTRA_URL, None):
        frontend.remove_extra_js_url(hass, extra)
    if (resources := _resources(hass)) is not None:
        await resources.async_get_info()
        for item in _ours(resources, url):
            await resources.async_delete_item(item[CONF_ID])


def _resources(hass: HomeAssistant) -> ResourceStorageCollection | None:
    data = hass.data.get(LOVELACE_DATA)
    found = data.resources if data else None
    return found if isinstance(found, ResourceStorageCollection) else None


async def _keep_one(resources: ResourceStorageCollection, url: str) -> None:
    # It reads what is stored, when nobody has asked yet.
    await resources.async_get_info()
    ours = _ours(resources, url)
    for item in ours[1:]:
        await resources.async_delete_item(item[CONF_ID])
    if not ours:
        await resources.async_create_item(
            {CONF_RESOURCE_TYPE_WS: "module", CONF_URL: url}
        )
    elif ours[0][CONF_URL] != url:
        await resources.async_update_item(ours[0][CONF_ID], {CONF_URL: url})


def _ours(resources: ResourceStorageCollection, url: str) -> list[dict[str, Any]]:
    path = url.partition("?")[0]
    return [
        item
        for item in resources.async_items()
        if item[CONF_URL].partition("?")[0] == path
    ]


def _load_everywhere(hass: HomeAssistant, url: str) -> None:
    if (extra := hass.data.get(_EXTRA_URL)) == url:
        return
    if extra is not None:
        frontend.remove_extra_js_url(hass, extra)
    hass.data[_EXTRA_URL] = url
    frontend.add_extra_js_url(hass, url)
