"""What the HTTP views share."""

from aiohttp import web

from homeassistant.components.http import KEY_HASS

from ..hub import Hub, loaded_hub


def request_hub(request: web.Request) -> Hub:
    """Find the hub. Raises HTTPServiceUnavailable."""
    if hub := loaded_hub(request.app[KEY_HASS]):
        return hub
    raise web.HTTPServiceUnavailable
