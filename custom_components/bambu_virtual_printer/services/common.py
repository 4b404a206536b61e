"""What all actions share: names of fields, ways to find the hub and a printer."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.helpers.typing import UNDEFINED, UndefinedType

from ..const import DOMAIN
from ..hub import require_hub
from ..operations.plans import PRIORITIES, PlanChanges
from ..operations.targets import find_target
from ..operations.times import utc
from ..printers.devices import async_printer_id
from .options import OPTIONS

ATTR_ALL = "all"
ATTR_ANSWER = "answer"
ATTR_ARCHIVE_ID = "archive_id"
ATTR_CONFIRM = "confirm"
ATTR_COPIES = "copies"
ATTR_CURSOR = "cursor"
ATTR_DEVICE_ID = "device_id"
ATTR_DUE = "due"
ATTR_FAVOURITE = "favourite"
ATTR_FILAMENT = "filament"
ATTR_HOLD = "hold"
ATTR_JOB_ID = "job_id"
ATTR_LIMIT = "limit"
ATTR_LINK = "link"
ATTR_NAME = "name"
ATTR_NEW_TAG = "new_tag"
ATTR_NOT_BEFORE = "not_before"
ATTR_NOTE = "note"
ATTR_NOTES = "notes"
ATTR_OPTIONS = "options"
ATTR_PATH = "path"
ATTR_PLATES = "plates"
ATTR_POSITION = "position"
ATTR_PRINTED = "printed"
ATTR_PRIORITY = "priority"
ATTR_PROJECT = "project"
ATTR_PURGE = "purge"
ATTR_REASON = "reason"
ATTR_RECEIVED_AFTER = "received_after"
ATTR_RECEIVED_BEFORE = "received_before"
ATTR_SEARCH = "search"
ATTR_SLICED_FOR = "sliced_for"
ATTR_SORT = "sort"
ATTR_TAG = "tag"
ATTR_TAGS = "tags"
ATTR_TARGET = "target_printer"
ATTR_UPLOAD_ID = "upload_id"

DEFAULT_LIMIT = 50
MAX_LIMIT = 500

TAGS = vol.All(cv.ensure_list, [cv.string])
PAGE: dict[Any, Any] = {
    vol.Optional(ATTR_LIMIT, default=DEFAULT_LIMIT): vol.All(
        vol.Coerce(int), vol.Range(min=1, max=MAX_LIMIT)
    ),
    vol.Optional(ATTR_CURSOR): cv.string,
}
NOTES: dict[Any, Any] = {
    vol.Optional(ATTR_NAME): cv.string,
    vol.Optional(ATTR_NOTES): cv.string,
    vol.Optional(ATTR_TAGS): TAGS,
    vol.Optional(ATTR_FAVOURITE): cv.boolean,
    vol.Optional(ATTR_PROJECT): cv.string,
    vol.Optional(ATTR_LINK): cv.string,
}
# None and an empty text clear a time.
TIME = vol.Any(None, vol.All("", lambda _: None), cv.datetime)
PLAN: dict[Any, Any] = {
    vol.Optional(ATTR_TARGET): cv.string,
    vol.Optional(ATTR_PLATES): vol.All(cv.ensure_list, [cv.positive_int]),
    vol.Optional(ATTR_COPIES): cv.positive_int,
    vol.Optional(ATTR_HOLD): cv.boolean,
    vol.Optional(ATTR_PRIORITY): vol.In(PRIORITIES),
    vol.Optional(ATTR_NOT_BEFORE): TIME,
    vol.Optional(ATTR_DUE): TIME,
    vol.Optional(ATTR_OPTIONS): OPTIONS,
}


type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]


class Action(NamedTuple):
    """An action to register."""

    name: str
    handler: Handler
    schema: vol.Schema
    response: SupportsResponse = SupportsResponse.OPTIONAL


def printer_id_of(hass: HomeAssistant, device_id: str | None) -> str | None:
    """Find the printer of a device. Raises ServiceValidationError."""
    if device_id is None:
        return None
    # Says itself what is wrong with a device of somebody else.
    service.async_get_device_and_config_entry(
        hass, DOMAIN, device_id, include_child_devices=False
    )
    if (printer_id := async_printer_id(hass, device_id)) is None:
        raise not_a_virtual_printer()
    return printer_id


def not_a_virtual_printer() -> ServiceValidationError:
    """Say that a device cannot be meant."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key="not_a_virtual_printer"
    )


def plan_changes(call: ServiceCall) -> PlanChanges:
    """Read how jobs are to be made from an action's fields. Raises ServiceValidationError."""
    data = call.data
    return PlanChanges(
        target=target_of(call),
        plates=data.get(ATTR_PLATES),
        copies=data.get(ATTR_COPIES),
        hold=data.get(ATTR_HOLD),
        priority=data.get(ATTR_PRIORITY),
        not_before=changed_time_of(data, ATTR_NOT_BEFORE),
        due=changed_time_of(data, ATTR_DUE),
        options=data.get(ATTR_OPTIONS),
    )


def target_of(call: ServiceCall) -> str | None:
    """Return the target that is named, as plans call it. Raises ServiceValidationError when there is no such."""
    if (name := call.data.get(ATTR_TARGET)) is None:
        return None
    return find_target(call.hass, require_hub(call.hass).entry, name)


def time_of(data: Mapping[str, Any], key: str) -> datetime | None:
    """Return a time that an action's field names, in UTC; None when there is none."""
    moment: datetime | None = data.get(key)
    return None if moment is None else utc(moment)


def changed_time_of(
    data: Mapping[str, Any], key: str
) -> datetime | None | UndefinedType:
    """Return what a field makes of a time: another one, none, or nothing when it is left out."""
    return time_of(data, key) if key in data else UNDEFINED


async def async_check_path(hass: HomeAssistant, path: Path) -> None:
    """Make sure that Home Assistant may use this path. Raises ServiceValidationError, HomeAssistantError."""
    archives = require_hub(hass).archives
    try:
        allowed = await archives.run_outside(hass.config.is_allowed_path, str(path))
    except ValueError:
        # A character that no path can have.
        allowed = False
    if not allowed:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="path_not_allowed",
            translation_placeholders={"path": str(path)},
        )
