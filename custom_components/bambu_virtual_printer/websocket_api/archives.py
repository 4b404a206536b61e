"""Commands on archives."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import voluptuous as vol

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.helpers import config_validation as cv

from ..engine.library.values.records import Archive, ArchiveFacets, ArchiveQuery
from ..hub import Hub
from ..operations.permissions import Right, manage_with
from ..operations.snapshots import PICTURED, async_snapshot
from ..services.fields import (
    ARCHIVE_FILTERS,
    ATTR_ARCHIVE_ID,
    ATTR_CURSOR,
    ATTR_FAVOURITE,
    ATTR_LIMIT,
    ATTR_LINK,
    ATTR_NAME,
    ATTR_NOTES,
    ATTR_PROJECT,
    ATTR_PURGE,
    ATTR_TAGS,
    MAX_LIMIT,
    NOTES,
)
from ..services.lookup import archive_query
from ..views.exports import TableKind, async_offer_table
from .commands import IDS, Call, Command, to_each, undo_view
from .items import (
    archive_item,
    archive_item_details,
    instances_of,
    job_item,
    photo_item,
)
from .plans import PLAN, plan_of

ATTR_ARCHIVE_IDS = "archive_ids"
ATTR_COLOUR = "colour"
ATTR_FACETS = "facets"
ATTR_FORMAT = "format"
ATTR_PHOTO_ID = "photo_id"
ATTR_PRINTER_ID = "printer_id"

PAGE_SIZE = 60
MAX_PRINTS = 50

FOUND: dict[Any, Any] = {
    **ARCHIVE_FILTERS,
    vol.Optional(ATTR_PRINTER_ID): cv.string,
    vol.Optional(ATTR_COLOUR): vol.Match(r"^#[0-9A-Fa-f]{6}$"),
}
EXPORT: dict[Any, Any] = {
    **FOUND,
    vol.Optional(ATTR_FORMAT, default=TableKind.CSV): vol.Coerce(TableKind),
}
LIST: dict[Any, Any] = {
    **FOUND,
    vol.Optional(ATTR_LIMIT, default=PAGE_SIZE): vol.All(
        int, vol.Range(min=1, max=MAX_LIMIT)
    ),
    vol.Optional(ATTR_CURSOR): cv.string,
    vol.Optional(ATTR_FACETS, default=False): cv.boolean,
}
GET: dict[Any, Any] = {vol.Required(ATTR_ARCHIVE_ID): cv.string}
UPDATE: dict[Any, Any] = {vol.Required(ATTR_ARCHIVE_IDS): IDS, **NOTES}
DELETE: dict[Any, Any] = {
    vol.Required(ATTR_ARCHIVE_IDS): IDS,
    vol.Optional(ATTR_PURGE, default=False): cv.boolean,
}
RESTORE: dict[Any, Any] = {vol.Required(ATTR_ARCHIVE_IDS): IDS}
QUEUE: dict[Any, Any] = {**GET, **PLAN}
ADD_PHOTO: dict[Any, Any] = {
    **GET,
    vol.Required(ATTR_ENTITY_ID): cv.entity_domain(PICTURED),
}
REMOVE_PHOTO: dict[Any, Any] = {**GET, vol.Required(ATTR_PHOTO_ID): cv.string}


def _query(hub: Hub, data: Mapping[str, Any]) -> ArchiveQuery:
    """Return what archives are looked for. Raises ServiceValidationError."""
    return replace(
        archive_query(hub, data, printer_id=data.get(ATTR_PRINTER_ID)),
        colour=data.get(ATTR_COLOUR),
    )


async def _list(call: Call) -> dict[str, Any]:
    data, archives = call.data, call.hub.archives
    page = await archives.page(
        replace(
            _query(call.hub, data),
            limit=data[ATTR_LIMIT],
            cursor=data.get(ATTR_CURSOR),
        )
    )
    shown = {
        "archives": _shown(call, page.archives),
        "total": page.total,
        "is_total_exact": page.is_total_exact,
        "cursor": page.cursor,
    }
    if data[ATTR_FACETS]:
        shown["facets"] = _facets(await archives.facets(), instances_of(call.hub))
    return shown


async def _export(call: Call) -> dict[str, Any]:
    # The link is everybody's who has it: it leads to what this user sees.
    query = await call.hub.archives.visible(_query(call.hub, call.data))
    # What is wrong with it is said now, not in the browser's list of downloads.
    page = await call.hub.archives.page(replace(query, limit=1))
    return {
        "url": async_offer_table(call.hass, query, call.data[ATTR_FORMAT]),
        "count": page.total,
    }


async def _get(call: Call) -> dict[str, Any]:
    hub, archive_id = call.hub, call.data[ATTR_ARCHIVE_ID]
    details = await hub.archives.details(archive_id)
    photos = await hub.archives.photos(archive_id)
    jobs = await hub.queue.of_archive(archive_id, limit=MAX_PRINTS)
    similar = await hub.archives.similar(archive_id)
    wording = hub.wording
    return call.shown(archive_item_details(hub, details, photos)) | {
        "prints": [call.shown(job_item(hub, job, wording)) for job in jobs],
        "exact": _shown(call, similar.exact),
        "similar": _shown(call, similar.similar),
    }


async def _update(call: Call) -> dict[str, Any]:
    data = call.data

    async def update(archive_id: str) -> dict[str, Any]:
        archive = await call.hub.archives.update(
            archive_id,
            notes=data.get(ATTR_NOTES),
            tags=data.get(ATTR_TAGS),
            favourite=data.get(ATTR_FAVOURITE),
            project=data.get(ATTR_PROJECT),
            name=data.get(ATTR_NAME),
            link=data.get(ATTR_LINK),
        )
        return call.shown(archive_item(call.hub, archive))

    done, failed = await to_each(data[ATTR_ARCHIVE_IDS], update)
    return {"archives": done, "failed": failed}


async def _delete(call: Call) -> dict[str, Any]:
    purge = call.data[ATTR_PURGE]
    undoable: dict[str, datetime] = {}

    async def delete(archive_id: str) -> str:
        until = await call.hub.archives.delete(archive_id, purge=purge)
        if until is not None:
            undoable[archive_id] = until
        return archive_id

    done, failed = await to_each(call.data[ATTR_ARCHIVE_IDS], delete)
    return {"deleted": done, "failed": failed, "undo": undo_view(undoable)}


async def _restore(call: Call) -> dict[str, Any]:
    async def restore(archive_id: str) -> dict[str, Any]:
        restored = await call.hub.archives.restore(archive_id)
        return call.shown(archive_item(call.hub, restored))

    done, failed = await to_each(call.data[ATTR_ARCHIVE_IDS], restore)
    return {"archives": done, "failed": failed}


async def _queue(call: Call) -> dict[str, Any]:
    jobs = await call.hub.queue.add(
        call.data[ATTR_ARCHIVE_ID], plan_of(call.hass, call.data)
    )
    wording = call.hub.wording
    return {"jobs": [call.shown(job_item(call.hub, job, wording)) for job in jobs]}


async def _add_photo(call: Call) -> dict[str, Any]:
    archives, archive_id = call.hub.archives, call.data[ATTR_ARCHIVE_ID]
    await archives.require(Right.WORK, archive_id)
    picture = await async_snapshot(call.hass, call.data[ATTR_ENTITY_ID])
    return photo_item(
        call.hub, archive_id, await archives.add_photo(archive_id, picture)
    )


async def _remove_photo(call: Call) -> None:
    await call.hub.archives.remove_photo(
        call.data[ATTR_ARCHIVE_ID], call.data[ATTR_PHOTO_ID]
    )


def _shown(call: Call, archives: tuple[Archive, ...]) -> list[dict[str, Any]]:
    return [call.shown(archive_item(call.hub, archive)) for archive in archives]


def _facets(facets: ArchiveFacets, instances: Mapping[str, str]) -> dict[str, Any]:
    def counts(found: dict[str, int]) -> list[dict[str, Any]]:
        return [{"value": value, "count": count} for value, count in found.items()]

    return {
        "tags": counts(facets.tags),
        "projects": counts(facets.projects),
        "materials": counts(facets.materials),
        "colours": counts(facets.colours),
        "sliced_for": counts(facets.sliced_for),
        "printers": [
            {"id": printer_id, "value": name, "count": count}
            for (printer_id, name), count in facets.printers.items()
        ],
        "people": [
            {"id": person_id, "value": name, "count": count}
            for (person_id, name), count in facets.people.items()
        ],
        "instances": [
            {"id": instance_id, "value": name}
            for instance_id, name in instances.items()
        ],
    }


COMMANDS = (
    Command("archive/list", Right.SEE, _list, LIST),
    Command("archive/export", Right.SEE, _export, EXPORT),
    Command("archive/get", Right.SEE, _get, GET),
    Command("archive/update", Right.WORK, _update, UPDATE),
    Command("archive/delete", manage_with(ATTR_PURGE, Right.DELETE), _delete, DELETE),
    Command("archive/restore", Right.DELETE, _restore, RESTORE),
    Command("archive/queue", Right.DECIDE, _queue, QUEUE),
    Command("archive/add_photo", Right.WORK, _add_photo, ADD_PHOTO),
    Command("archive/remove_photo", Right.WORK, _remove_photo, REMOVE_PHOTO),
)
