"""What the HTTP views share."""

from aiohttp import web

from homeassistant.components.http import KEY_HASS

from ..hub import Hub, loaded_hub
from ..language.texts import Texts


def request_hub(request: web.Request) -> Hub:
    """Find the hub. Raises HTTPServiceUnavailable."""
    if hub := loaded_hub(request.app[KEY_HASS]):
        return hub
    raise web.HTTPServiceUnavailable


def view_text(request: web.Request, key: str) -> str:
    """Return a text of `common` in the household's language."""
    return Texts(request.app[KEY_HASS])(key)
