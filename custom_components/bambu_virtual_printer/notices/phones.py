"""The phones with the Home Assistant app: whose they are, and how they are sent something."""

from collections.abc import Mapping
from dataclasses import dataclass
import logging
from typing import Any

from homeassistant.components.device_automation.action import (
    async_call_action_from_config,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE_ID, CONF_DOMAIN, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr

from .messages import Message, clearing

_LOGGER = logging.getLogger(__name__)

MOBILE_APP = "mobile_app"
# Keys of the app's entries, which its integration has no public names for.
_USER_ID = "user_id"
_APP_DATA = "app_data"
_WAYS = ("push_url", "push_websocket_channel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A phone that can be sent notifications. The app belongs to the user who logged in there."""

    device_id: str
    user_id: str


@callback
def async_phones(hass: HomeAssistant) -> Mapping[str, Phone]:
    """Return the phones that can be sent something, by the ids of their devices."""
    devices = dr.async_get(hass)
    return {
        device.id: Phone(device_id=device.id, user_id=entry.data.get(_USER_ID, ""))
        for entry in hass.config_entries.async_loaded_entries(MOBILE_APP)
        if _can_be_reached(entry)
        for device in dr.async_entries_for_config_entry(devices, entry.entry_id)
    }


async def async_send(hass: HomeAssistant, phone: Phone, message: Message) -> bool:
    """Send a message to a phone, in the place of one with the same tag. Returns whether it was handed over."""
    return await _async_notify(
        hass,
        phone,
        {"title": message.title, "message": message.text, "data": message.data()},
    )


async def async_clear(hass: HomeAssistant, phone: Phone, tag: str) -> bool:
    """Take a message back from a phone. Returns whether that was handed over."""
    return await _async_notify(hass, phone, clearing(tag))


async def _async_notify(
    hass: HomeAssistant, phone: Phone, fields: Mapping[str, Any]
) -> bool:
    # The action that automations have for the app's devices: by the local network where it can, by the cloud where not.
    action = {
        CONF_DEVICE_ID: phone.device_id,
        CONF_DOMAIN: MOBILE_APP,
        CONF_TYPE: "notify",
        **fields,
    }
    try:
        await async_call_action_from_config(hass, action, {}, None)
    except HomeAssistantError as err:
        _LOGGER.debug("A phone cannot be notified: %s", err)
        return False
    return True


def _can_be_reached(entry: ConfigEntry[Any]) -> bool:
    return any(way in entry.data.get(_APP_DATA, {}) for way in _WAYS)
