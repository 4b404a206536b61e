"""Actions on keys for uploads to Home Assistant's own address. For administrators."""

from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN, MAX_NAME_LENGTH
from ..hub import Hub, require_hub
from ..operations.people import TooManyPeopleError
from ..operations.permissions import Right
from ..presentation.urls import host_url, short_host_path
from ..printers.upload_keys import MAX_KEYS, TooManyKeysError, UploadKey
from .action import Action
from .fields import ATTR_DEVICE_ID, ATTR_NAME
from .lookup import not_a_virtual_printer, printer_id_of

ATTR_KEY_ID = "key_id"

CREATE_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required(ATTR_NAME): vol.All(
            cv.string, vol.Strip, vol.Length(min=1, max=MAX_NAME_LENGTH)
        ),
    }
)
REVOKE_SCHEMA = vol.Schema({vol.Required(ATTR_KEY_ID): cv.string})
LIST_SCHEMA = vol.Schema({vol.Optional(ATTR_DEVICE_ID): cv.string})


async def _create(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    printer_id = printer_id_of(call.hass, call.data[ATTR_DEVICE_ID])
    slug = hub.door.async_slug(printer_id or "")
    if printer_id is None or slug is None:
        raise not_a_virtual_printer()
    try:
        key, secret = await hub.door.keys.async_create(printer_id, call.data[ATTR_NAME])
    except (TooManyKeysError, TooManyPeopleError) as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="too_many_upload_keys",
            translation_placeholders={"limit": str(MAX_KEYS)},
        ) from err
    return {
        **_view(hub, key),
        "url": host_url(call.hass, slug),
        "short_path": short_host_path(slug),
        "key": secret,
    }


async def _revoke(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    key = await hub.door.keys.async_revoke(call.data[ATTR_KEY_ID])
    if key is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_upload_key",
            translation_placeholders={"key_id": call.data[ATTR_KEY_ID]},
        )
    return _view(hub, key)


async def _list(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    printer_id = printer_id_of(call.hass, call.data.get(ATTR_DEVICE_ID))
    keys = hub.door.keys.of_printer(printer_id)
    return {"keys": [_view(hub, key) for key in keys]}


def _view(hub: Hub, key: UploadKey) -> dict[str, Any]:
    """Show a key, but for itself."""
    printer = hub.printers.get(key.printer_id)
    return {
        "key_id": key.id,
        "name": key.name,
        "person_id": key.person_id or None,
        "printer": printer.config.name if printer else None,
        "created_at": key.created_at.isoformat(),
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
        "last_used_from": key.last_used_from or None,
    }


ACTIONS: tuple[Action, ...] = (
    Action(
        "create_upload_key", Right.MANAGE, _create, CREATE_SCHEMA, SupportsResponse.ONLY
    ),
    Action("revoke_upload_key", Right.MANAGE, _revoke, REVOKE_SCHEMA),
    Action("list_upload_keys", Right.MANAGE, _list, LIST_SCHEMA, SupportsResponse.ONLY),
)
