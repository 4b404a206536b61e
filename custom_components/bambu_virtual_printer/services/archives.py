"""Actions on archives: list, show, write on, delete, compare, tag, import and export."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.helpers import config_validation as cv

from ..engine.library.values.records import Archive, ArchiveQuery
from ..hub import require_hub
from ..operations.permissions import Right, manage_with
from ..presentation import archive_details, archive_summary
from ..views.exports import async_offer_export
from .action import Action
from .fields import (
    ARCHIVE_FILTERS,
    ATTR_ARCHIVE_ID,
    ATTR_CURSOR,
    ATTR_DEVICE_ID,
    ATTR_FAVOURITE,
    ATTR_LIMIT,
    ATTR_LINK,
    ATTR_NAME,
    ATTR_NEW_TAG,
    ATTR_NOTES,
    ATTR_PATH,
    ATTR_PROJECT,
    ATTR_PURGE,
    ATTR_TAG,
    ATTR_TAGS,
    NOTES,
    PAGE,
)
from .lookup import archive_query, async_check_path, instance_id_of, printer_id_of
from .naming import async_archive_id

FILTERS: dict[Any, Any] = {**ARCHIVE_FILTERS, vol.Optional(ATTR_DEVICE_ID): cv.string}
LIST_SCHEMA = vol.Schema({**FILTERS, **PAGE})
GET_SCHEMA = vol.Schema({vol.Required(ATTR_ARCHIVE_ID): cv.string})
DELETE_SCHEMA = GET_SCHEMA.extend({vol.Optional(ATTR_PURGE, default=False): cv.boolean})
UPDATE_SCHEMA = GET_SCHEMA.extend(NOTES)
RENAME_TAG_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_TAG): cv.string,
        vol.Optional(ATTR_NEW_TAG, default=""): cv.string,
    }
)
EXPORT_SCHEMA = vol.Schema({vol.Required(ATTR_PATH): cv.path, **FILTERS})


def _query(call: ServiceCall) -> ArchiveQuery:
    """Read which archives are meant. Raises ServiceValidationError."""
    hub = require_hub(call.hass)
    query = archive_query(
        hub,
        call.data,
        printer_id=printer_id_of(call.hass, call.data.get(ATTR_DEVICE_ID)),
    )
    return replace(query, instance=instance_id_of(hub, call.data))


async def _list_archives(call: ServiceCall) -> ServiceResponse:
    query = replace(
        _query(call), limit=call.data[ATTR_LIMIT], cursor=call.data.get(ATTR_CURSOR)
    )
    page = await require_hub(call.hass).archives.page(query)
    return {
        "archives": [_summary(call.hass, archive) for archive in page.archives],
        "total": page.total,
        "is_total_exact": page.is_total_exact,
        "cursor": page.cursor,
    }


async def _get_archive(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    archives = hub.archives
    archive_id = await async_archive_id(hub, call.data[ATTR_ARCHIVE_ID])
    details = archive_details(
        await archives.details(archive_id),
        await archives.photos(archive_id),
        hub.coordinator.data.instances,
    )
    return details | {"download": hub.links.async_download(archive_id)}


async def _update_archive(call: ServiceCall) -> ServiceResponse:
    data = call.data
    hub = require_hub(call.hass)
    archive = await hub.archives.update(
        await async_archive_id(hub, data[ATTR_ARCHIVE_ID]),
        notes=data.get(ATTR_NOTES),
        tags=data.get(ATTR_TAGS),
        favourite=data.get(ATTR_FAVOURITE),
        project=data.get(ATTR_PROJECT),
        name=data.get(ATTR_NAME),
        link=data.get(ATTR_LINK),
    )
    return _summary(call.hass, archive)


async def _delete_archive(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    archive_id = await async_archive_id(hub, call.data[ATTR_ARCHIVE_ID])
    await hub.archives.delete(archive_id, purge=call.data[ATTR_PURGE])
    return {"archive_id": archive_id, "deleted": True}


async def _find_similar(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    similar = await hub.archives.similar(
        await async_archive_id(hub, call.data[ATTR_ARCHIVE_ID])
    )
    return {
        "exact": [_summary(call.hass, archive) for archive in similar.exact],
        "similar": [_summary(call.hass, archive) for archive in similar.similar],
    }


async def _list_tags(call: ServiceCall) -> ServiceResponse:
    tags = await require_hub(call.hass).archives.tags()
    return {"tags": [{"tag": tag, "archives": count} for tag, count in tags.items()]}


async def _rename_tag(call: ServiceCall) -> ServiceResponse:
    changed = await require_hub(call.hass).archives.rename_tag(
        call.data[ATTR_TAG], call.data[ATTR_NEW_TAG]
    )
    return {"archives": changed}


async def _export_archives(call: ServiceCall) -> ServiceResponse:
    path = Path(call.data[ATTR_PATH])
    await async_check_path(call.hass, path)
    count = await require_hub(call.hass).archives.export(path, _query(call))
    return {
        "path": str(path),
        "archives": count,
        "download": async_offer_export(call.hass, path),
    }


def _summary(hass: HomeAssistant, archive: Archive) -> dict[str, Any]:
    """Show an archive, with a link to its file."""
    hub = require_hub(hass)
    return archive_summary(archive, hub.coordinator.data.instances) | {
        "download": hub.links.async_download(archive.id)
    }


ACTIONS: tuple[Action, ...] = (
    Action(
        "list_archives", Right.SEE, _list_archives, LIST_SCHEMA, SupportsResponse.ONLY
    ),
    Action("get_archive", Right.SEE, _get_archive, GET_SCHEMA, SupportsResponse.ONLY),
    Action("update_archive", Right.WORK, _update_archive, UPDATE_SCHEMA),
    Action(
        "delete_archive",
        manage_with(ATTR_PURGE, Right.DELETE),
        _delete_archive,
        DELETE_SCHEMA,
    ),
    Action("find_similar", Right.SEE, _find_similar, GET_SCHEMA, SupportsResponse.ONLY),
    Action("list_tags", Right.SEE, _list_tags, vol.Schema({}), SupportsResponse.ONLY),
    Action("rename_tag", Right.MANAGE, _rename_tag, RENAME_TAG_SCHEMA),
    Action("export_archives", Right.MANAGE, _export_archives, EXPORT_SCHEMA),
)
