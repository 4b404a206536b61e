"""What the HTTP views share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from homeassistant.components.http import KEY_HASS, KEY_HASS_USER
from homeassistant.core import Context
from homeassistant.helpers.json import json_dumps

from ..hub import Hub, loaded_hub
from ..language.texts import Texts
from ..operations.context import acting
from ..operations.permissions import NotPermittedError, Right


@asynccontextmanager
async def admitted(request: web.Request, right: Right) -> AsyncIterator[Hub]:
    """Act for the user who asks; what is not permitted within is answered as well.

    Raises HTTPServiceUnavailable, HTTPForbidden.

    Never 401: Home Assistant counts those as wrong logins.
    """
    hub = request_hub(request)
    with acting(Context(user_id=request[KEY_HASS_USER].id)):
        try:
            await hub.permissions.require(right)
            yield hub
        except NotPermittedError as err:
            raise web.HTTPForbidden(
                text=json_dumps({"message": str(err)}), content_type="application/json"
            ) from err


def request_hub(request: web.Request) -> Hub:
    """Find the hub. Raises HTTPServiceUnavailable."""
    if hub := loaded_hub(request.app[KEY_HASS]):
        return hub
    raise web.HTTPServiceUnavailable


def view_text(request: web.Request, key: str) -> str:
    """Return a text of `common` in the household's language."""
    return Texts(request.app[KEY_HASS])(key)
