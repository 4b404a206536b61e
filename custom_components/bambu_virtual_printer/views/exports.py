"""HTTP view for exported tables of archives, as long as their signed links are valid."""

from collections import OrderedDict
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from homeassistant.components.http import HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN
from ..operations.permissions import Right
from .archives import attachment
from .common import admitted, view_text

URL_EXPORTS = f"/api/{DOMAIN}/exports"
LINK_LASTS = timedelta(hours=1)
MAX_EXPORTS = 32
"""Exports that can be downloaded at a time; the oldest goes first."""

_EXPORTS: HassKey[OrderedDict[str, Path]] = HassKey(f"{DOMAIN}_exports")


@callback
def async_register_export_view(hass: HomeAssistant) -> None:
    """Register it."""
    hass.data[_EXPORTS] = OrderedDict()
    hass.http.register_view(ExportView)


@callback
def async_offer_export(hass: HomeAssistant, path: Path) -> str:
    """Serve a file that Home Assistant may use. Returns its signed path."""
    exports = hass.data[_EXPORTS]
    export_id = ulid_now()
    exports[export_id] = path
    while len(exports) > MAX_EXPORTS:
        exports.popitem(last=False)
    return async_sign_path(
        hass, f"{URL_EXPORTS}/{export_id}", LINK_LASTS, use_content_user=True
    )


class ExportView(HomeAssistantView):
    """A table of archives."""

    url = f"{URL_EXPORTS}/{{export_id}}"
    name = f"api:{DOMAIN}:export"

    async def get(self, request: web.Request, export_id: str) -> web.StreamResponse:
        """Send it as a file."""
        async with admitted(request, Right.MANAGE) as hub:
            hass = hub.hass
        path = hass.data[_EXPORTS].get(export_id)
        # The file may have been replaced since the link was made.
        if path is None or not await hass.async_add_executor_job(_is_there, hass, path):
            return self.json_message(
                view_text(request, "web_export_gone"), HTTPStatus.NOT_FOUND
            )
        return web.FileResponse(
            path, headers={"Content-Disposition": attachment(path.name)}
        )


def _is_there(hass: HomeAssistant, path: Path) -> bool:
    return (
        path.is_file()
        and not path.is_symlink()
        and hass.config.is_allowed_path(str(path))
    )
