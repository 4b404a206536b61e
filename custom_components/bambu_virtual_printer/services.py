"""Actions: list, show, edit and delete archives. All answer with a response."""

from datetime import UTC, datetime

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util import dt as dt_util

from .archives import DEFAULT_SORT, SORTS, Archives
from .const import DOMAIN
from .hub import HubConfigEntry
from .presentation import archive_details, archive_summary

ATTR_ARCHIVE_ID = "archive_id"
ATTR_CURSOR = "cursor"
ATTR_DEVICE_ID = "device_id"
ATTR_FAVOURITE = "favourite"
ATTR_LIMIT = "limit"
ATTR_NOTES = "notes"
ATTR_PROJECT = "project"
ATTR_PURGE = "purge"
ATTR_RECEIVED_AFTER = "received_after"
ATTR_RECEIVED_BEFORE = "received_before"
ATTR_SEARCH = "search"
ATTR_SLICED_FOR = "sliced_for"
ATTR_SORT = "sort"
ATTR_TAGS = "tags"

DEFAULT_LIMIT = 50
MAX_LIMIT = 500

TAGS = vol.All(cv.ensure_list, [cv.string])

LIST_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_SEARCH, default=""): cv.string,
        vol.Optional(ATTR_TAGS, default=[]): TAGS,
        vol.Optional(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_SLICED_FOR): cv.string,
        vol.Optional(ATTR_PROJECT): cv.string,
        vol.Optional(ATTR_FAVOURITE): cv.boolean,
        vol.Optional(ATTR_RECEIVED_AFTER): cv.datetime,
        vol.Optional(ATTR_RECEIVED_BEFORE): cv.datetime,
        vol.Optional(ATTR_SORT, default=DEFAULT_SORT): vol.In(SORTS),
        vol.Optional(ATTR_LIMIT, default=DEFAULT_LIMIT): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MAX_LIMIT)
        ),
        vol.Optional(ATTR_CURSOR): cv.string,
    }
)
GET_SCHEMA = vol.Schema({vol.Required(ATTR_ARCHIVE_ID): cv.string})
DELETE_SCHEMA = GET_SCHEMA.extend({vol.Optional(ATTR_PURGE, default=False): cv.boolean})
UPDATE_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_ARCHIVE_ID): cv.string,
        vol.Optional(ATTR_NOTES): cv.string,
        vol.Optional(ATTR_TAGS): TAGS,
        vol.Optional(ATTR_FAVOURITE): cv.boolean,
        vol.Optional(ATTR_PROJECT): cv.string,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action."""
    for name, handler, schema, supports_response in (
        ("list_archives", _list_archives, LIST_SCHEMA, SupportsResponse.ONLY),
        ("get_archive", _get_archive, GET_SCHEMA, SupportsResponse.ONLY),
        ("update_archive", _update_archive, UPDATE_SCHEMA, SupportsResponse.OPTIONAL),
        ("delete_archive", _delete_archive, DELETE_SCHEMA, SupportsResponse.OPTIONAL),
    ):
        hass.services.async_register(
            DOMAIN, name, handler, schema, supports_response=supports_response
        )


def _archives(hass: HomeAssistant) -> Archives:
    """Find the archive. Raises ServiceValidationError when the hub is not loaded."""
    entry: HubConfigEntry = service.async_get_config_entry(hass, DOMAIN, None)
    return entry.runtime_data.archives


async def _list_archives(call: ServiceCall) -> ServiceResponse:
    data = call.data
    page = await _archives(call.hass).page(
        search=data[ATTR_SEARCH],
        tags=data[ATTR_TAGS],
        printer_id=_printer_id(call.hass, data.get(ATTR_DEVICE_ID)),
        sliced_for=data.get(ATTR_SLICED_FOR),
        project=data.get(ATTR_PROJECT),
        favourite=data.get(ATTR_FAVOURITE),
        received_from=_utc(data.get(ATTR_RECEIVED_AFTER)),
        received_before=_utc(data.get(ATTR_RECEIVED_BEFORE)),
        sort=data[ATTR_SORT],
        limit=data[ATTR_LIMIT],
        cursor=data.get(ATTR_CURSOR),
    )
    return {
        "archives": [archive_summary(archive) for archive in page.archives],
        "total": page.total,
        "cursor": page.cursor,
    }


async def _get_archive(call: ServiceCall) -> ServiceResponse:
    return archive_details(
        await _archives(call.hass).details(call.data[ATTR_ARCHIVE_ID])
    )


async def _update_archive(call: ServiceCall) -> ServiceResponse:
    data = call.data
    archive = await _archives(call.hass).update(
        data[ATTR_ARCHIVE_ID],
        notes=data.get(ATTR_NOTES),
        tags=data.get(ATTR_TAGS),
        favourite=data.get(ATTR_FAVOURITE),
        project=data.get(ATTR_PROJECT),
    )
    return archive_summary(archive)


async def _delete_archive(call: ServiceCall) -> ServiceResponse:
    archive_id = call.data[ATTR_ARCHIVE_ID]
    await _archives(call.hass).delete(archive_id, purge=call.data[ATTR_PURGE])
    return {"archive_id": archive_id, "deleted": True}


def _printer_id(hass: HomeAssistant, device_id: str | None) -> str | None:
    """Find the printer of a device. Raises ServiceValidationError."""
    if device_id is None:
        return None
    device, _entry = service.async_get_device_and_config_entry(
        hass, DOMAIN, device_id, include_child_devices=False
    )
    return next(
        identifier for domain, identifier in device.identifiers if domain == DOMAIN
    )


def _utc(time: datetime | None) -> datetime | None:
    """Take a time without zone for local time."""
    if time is None:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=dt_util.get_default_time_zone())
    return time.astimezone(UTC)
