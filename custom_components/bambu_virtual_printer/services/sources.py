"""Where actions get files from: the media browser, a folder or the web."""

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote

import aiohttp
import voluptuous as vol
from yarl import URL

from homeassistant.components.media_source import (
    async_resolve_media,
    is_media_source_id,
)
from homeassistant.components.media_source.error import Unresolvable
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..const import DOMAIN
from ..engine.explanations import Explanation, as_it_stands, explain, why_os
from ..language.texts import Texts
from .fields import ATTR_PATH
from .lookup import async_check_path

ATTR_MEDIA = "media_content_id"
ATTR_URL = "url"

FIELDS: dict[Any, Any] = {
    vol.Optional(ATTR_MEDIA): vol.Any(
        cv.string, {vol.Required(ATTR_MEDIA): cv.string, vol.Extra: object}
    ),
    vol.Optional(ATTR_PATH): cv.path,
    vol.Optional(ATTR_URL): cv.url,
}

BLOCK_BYTES = 256 * 1024
# Time to connect, and between two blocks; a large file may take as long as it likes.
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60)


class Source(NamedTuple):
    """A file to read: where it is, or what comes of it; and what it is called there, empty if unknown."""

    content: Path | AsyncIterable[bytes]
    name: str


def media_id_of(data: dict[str, Any]) -> str:
    """Return the media that was chosen, typed in or picked in the media browser; empty when none was."""
    media = data.get(ATTR_MEDIA, "")
    media_id: str = media[ATTR_MEDIA] if isinstance(media, dict) else media
    return media_id


@asynccontextmanager
async def async_source(
    hass: HomeAssistant, data: dict[str, Any]
) -> AsyncIterator[Source]:
    """Open the file that was named in one of the fields. Raises ServiceValidationError, HomeAssistantError."""
    if text := data.get(ATTR_URL):
        url = _url(text)
        async with _download(hass, url) as blocks:
            name = PurePosixPath(unquote(url.path)).name
            yield Source(content=blocks, name=name)
        return
    if path := data.get(ATTR_PATH):
        path = Path(path)
        await async_check_path(hass, path)
    else:
        path = await _media_path(hass, media_id_of(data))
    yield Source(content=path, name=path.name)


async def _media_path(hass: HomeAssistant, media_id: str) -> Path:
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


def _url(text: str) -> URL:
    """Parse a web address. What is written with backslashes, or with a port that is none, is no address."""
    try:
        url = URL(text)
        if url.host:
            return url
    except ValueError:
        pass
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="url_invalid",
        translation_placeholders={"url": text},
    )


@asynccontextmanager
async def _download(
    hass: HomeAssistant, url: URL
) -> AsyncIterator[AsyncIterable[bytes]]:
    if not hass.config.is_allowed_external_url(str(url)):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="url_not_allowed",
            translation_placeholders={"url": str(url)},
        )
    session = async_get_clientsession(hass)
    try:
        # Redirects could lead to where we may not look.
        async with session.get(url, timeout=TIMEOUT, allow_redirects=False) as response:
            if response.status != HTTPStatus.OK:
                raise _download_failed(
                    hass,
                    url,
                    explain(
                        "download_status",
                        "the server answers {status}",
                        status=f"{response.status} {response.reason}",
                    ),
                )
            yield response.content.iter_chunked(BLOCK_BYTES)
    except (aiohttp.ClientError, TimeoutError) as err:
        raise _download_failed(hass, url, _why(err)) from err


def _why(err: Exception) -> Explanation:
    return why_os(err) if isinstance(err, OSError) else as_it_stands(str(err))


def _download_failed(
    hass: HomeAssistant, url: URL, reason: Explanation
) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="download_failed",
        translation_placeholders={
            "url": str(url),
            "reason": Texts(hass).explained(reason),
        },
    )
