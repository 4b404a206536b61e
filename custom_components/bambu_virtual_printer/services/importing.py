"""The action that takes in a sliced file that no slicer sent: from media, a folder or the web."""

from collections.abc import AsyncIterator
from http import HTTPStatus
import mimetypes
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import aiohttp
import voluptuous as vol
from yarl import URL

from homeassistant.components.media_source import (
    async_resolve_media,
    is_media_source_id,
)
from homeassistant.components.media_source.error import Unresolvable
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..config import PrinterConfig
from ..const import DOMAIN
from ..hub import Hub
from ..presentation import CONTENT_TYPE_3MF
from .common import (
    ATTR_DEVICE_ID,
    ATTR_PATH,
    Action,
    async_check_path,
    hub_of,
    printer_id_of,
)

ATTR_MEDIA = "media_content_id"
ATTR_URL = "url"

# Home Assistant's media folders give out only files of a known type, and not every system knows this one.
mimetypes.add_type(CONTENT_TYPE_3MF, ".3mf")

BLOCK_BYTES = 256 * 1024
# Time to connect, and between two blocks; a large file may take as long as it likes.
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60)

IMPORT_SCHEMA = vol.Schema(
    vol.All(
        {
            vol.Exclusive(ATTR_MEDIA, "source"): vol.Any(
                cv.string, {vol.Required(ATTR_MEDIA): cv.string, vol.Extra: object}
            ),
            vol.Exclusive(ATTR_PATH, "source"): cv.path,
            vol.Exclusive(ATTR_URL, "source"): cv.url,
            vol.Optional(ATTR_DEVICE_ID): cv.string,
        },
        cv.has_at_least_one_key(ATTR_MEDIA, ATTR_PATH, ATTR_URL),
    )
)


async def _import_file(call: ServiceCall) -> ServiceResponse:
    hub = hub_of(call.hass)
    printer = _printer(hub, printer_id_of(call.hass, call.data.get(ATTR_DEVICE_ID)))
    if url := call.data.get(ATTR_URL):
        upload_id = await _from_url(call.hass, hub, url, printer)
    else:
        path = await _path(call.hass, call.data)
        upload_id = await hub.archives.import_file(
            path, name=path.name, printer=printer
        )
    return {"upload_id": upload_id}


def _printer(hub: Hub, printer_id: str | None) -> PrinterConfig | None:
    if printer_id is None:
        return None
    printer = hub.printers.get(printer_id)
    if printer and isinstance(printer.config, PrinterConfig):
        return printer.config
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="not_a_virtual_printer"
    )


async def _path(hass: HomeAssistant, data: dict[str, Any]) -> Path:
    """Find the file that was named. Raises ServiceValidationError."""
    if path := data.get(ATTR_PATH):
        await async_check_path(hass, Path(path))
        return Path(path)
    media = data[ATTR_MEDIA]
    media_id: str = media[ATTR_MEDIA] if isinstance(media, dict) else media
    if not is_media_source_id(media_id):
        raise _media_not_found(media_id)
    try:
        resolved = await async_resolve_media(hass, media_id, None)
    except Unresolvable as err:
        raise _media_not_found(media_id) from err
    if resolved.path is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="media_not_a_file",
            translation_placeholders={"identifier": media_id},
        )
    return resolved.path


def _media_not_found(media_id: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="media_not_found",
        translation_placeholders={"identifier": media_id},
    )


async def _from_url(
    hass: HomeAssistant, hub: Hub, url: str, printer: PrinterConfig | None
) -> str:
    if not hass.config.is_allowed_external_url(url):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="url_not_allowed",
            translation_placeholders={"url": url},
        )
    session = async_get_clientsession(hass)
    try:
        # Redirects could lead to where we may not look.
        async with session.get(url, timeout=TIMEOUT, allow_redirects=False) as response:
            if response.status != HTTPStatus.OK:
                raise _download_failed(url, f"{response.status} {response.reason}")
            return await hub.archives.import_file(
                _blocks(response), name=_name(url), printer=printer
            )
    except (aiohttp.ClientError, TimeoutError) as err:
        raise _download_failed(url, str(err) or repr(err)) from err


def _download_failed(url: str, reason: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="download_failed",
        translation_placeholders={"url": url, "reason": reason},
    )


async def _blocks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for block in response.content.iter_chunked(BLOCK_BYTES):
        yield block


def _name(url: str) -> str:
    return PurePosixPath(unquote(URL(url).path)).name or "download.3mf"


ACTIONS: tuple[Action, ...] = (Action("import_file", _import_file, IMPORT_SCHEMA),)
