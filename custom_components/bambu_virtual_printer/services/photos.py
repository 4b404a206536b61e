"""Actions on the photos of archives: a picture from a camera, media, a folder or the web is added, one is removed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import voluptuous as vol

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv

from ..hub import require_hub
from ..operations.permissions import Right, manage_with
from ..operations.snapshots import PICTURED, async_snapshot
from ..presentation import photo_view
from . import sources
from .action import Action
from .fields import ATTR_ARCHIVE_ID, ATTR_PATH, at_most_one
from .naming import async_archive_id

ATTR_PHOTO_ID = "photo_id"

ADD_SCHEMA = vol.Schema(
    vol.All(
        {
            vol.Required(ATTR_ARCHIVE_ID): cv.string,
            **sources.FIELDS,
            vol.Optional(ATTR_ENTITY_ID): cv.entity_domain(PICTURED),
        },
        cv.has_at_least_one_key(
            sources.ATTR_MEDIA, ATTR_PATH, sources.ATTR_URL, ATTR_ENTITY_ID
        ),
        at_most_one(
            "one_source_only",
            sources.ATTR_MEDIA,
            ATTR_PATH,
            sources.ATTR_URL,
            ATTR_ENTITY_ID,
        ),
    )
)
REMOVE_SCHEMA = vol.Schema(
    {vol.Required(ATTR_ARCHIVE_ID): cv.string, vol.Required(ATTR_PHOTO_ID): cv.string}
)


async def _add_photo(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    archives = hub.archives
    archive_id = await async_archive_id(hub, call.data[ATTR_ARCHIVE_ID])
    await archives.require(Right.WORK, archive_id)
    async with _source(call) as source:
        await archives.add_photo(archive_id, source.content)
    return await _photos(call.hass, archive_id)


async def _remove_photo(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    archives = hub.archives
    archive_id = await async_archive_id(hub, call.data[ATTR_ARCHIVE_ID])
    await archives.remove_photo(archive_id, call.data[ATTR_PHOTO_ID])
    return await _photos(call.hass, archive_id)


async def _photos(hass: HomeAssistant, archive_id: str) -> ServiceResponse:
    photos = await require_hub(hass).archives.photos(archive_id)
    return {"photos": [photo_view(archive_id, photo) for photo in photos]}


@asynccontextmanager
async def _source(call: ServiceCall) -> AsyncIterator[sources.Source]:
    """Open what was named. Raises ServiceValidationError, HomeAssistantError."""
    if entity_id := call.data.get(ATTR_ENTITY_ID) or _entity_id(
        sources.media_id_of(call.data)
    ):
        yield sources.Source(
            content=await async_snapshot(call.hass, entity_id), name=entity_id
        )
        return
    async with sources.async_source(call.hass, call.data) as source:
        yield source


def _entity_id(media_id: str) -> str:
    """Return the entity that media is the picture of; empty when it is none's."""
    for domain in PICTURED:
        prefix = f"media-source://{domain}/"
        if media_id.startswith(prefix):
            return media_id.removeprefix(prefix)
    return ""


ACTIONS: tuple[Action, ...] = (
    Action("add_photo", manage_with(ATTR_PATH, Right.WORK), _add_photo, ADD_SCHEMA),
    Action("remove_photo", Right.WORK, _remove_photo, REMOVE_SCHEMA),
)
