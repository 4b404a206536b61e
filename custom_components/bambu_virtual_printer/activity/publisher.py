"""Publishes activities to event entities, triggers and the event bus."""

from collections.abc import Callable
from datetime import timedelta
import logging
from typing import Any

from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import DOMAIN
from ..listeners import Listeners
from .kinds import EVENT_ACTIVITY, SIGNAL_ACTIVITY, Activity

_LOGGER = logging.getLogger(__name__)

PICTURE_VALID = timedelta(days=2)


class ActivityPublisher:
    """The one place from which activities leave."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Start without listeners."""
        self._hass = hass
        self._entry = entry
        self._listeners = Listeners[Activity]()

    @callback
    def async_add_listener(self, listener: Callable[[Activity], None]) -> CALLBACK_TYPE:
        """Call `listener` with every activity. Returns how to stop that."""
        return self._listeners.async_add(listener)

    @callback
    def publish(self, activity: Activity) -> None:
        """Publish an activity; a listener that fails does not affect the others."""
        if "thumbnail" in activity.attributes:
            thumbnail = activity.attributes["thumbnail"]
            # Phones fetch pictures of notifications without a login.
            picture = thumbnail and async_sign_path(
                self._hass, thumbnail, PICTURE_VALID, use_content_user=True
            )
            activity = activity.having(picture=picture)
        for listener in self._listeners.each():
            try:
                listener(activity)
            except Exception:
                _LOGGER.exception("Activity listener failed for %s", activity.kind)
        async_dispatcher_send(self._hass, SIGNAL_ACTIVITY, activity)
        data = {"type": activity.kind.value, **activity.attributes}
        if device_id := self._device_id(activity.printer_id):
            # By which the Activity of a device finds what belongs to it.
            data[ATTR_DEVICE_ID] = device_id
        self._hass.bus.async_fire(EVENT_ACTIVITY, data, context=activity.context)

    def _device_id(self, printer_id: str | None) -> str | None:
        """Return the device of a virtual printer; None if it was removed or the activity has none."""
        if printer_id is None:
            return None
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, printer_id), self._entry.entry_id
        )
        return device.id if device else None
