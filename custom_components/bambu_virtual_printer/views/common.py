"""What the HTTP views share."""

from aiohttp import web

from homeassistant.components.http import KEY_HASS
from homeassistant.config_entries import ConfigEntryState

from ..const import DOMAIN
from ..hub import Hub, HubConfigEntry


def request_hub(request: web.Request) -> Hub:
    """Find the hub. Raises HTTPServiceUnavailable."""
    entries: list[HubConfigEntry] = request.app[KEY_HASS].config_entries.async_entries(
        DOMAIN
    )
    for entry in entries:
        if entry.state is ConfigEntryState.LOADED:
            return entry.runtime_data
    raise web.HTTPServiceUnavailable
