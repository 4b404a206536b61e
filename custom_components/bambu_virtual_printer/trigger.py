"""Triggers: one for everything that happens, with what it is about as variables."""

from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType

from .activity.kinds import SIGNAL_ACTIVITY, Activity, EventKind
from .engine.values import Intent
from .printers.devices import async_printer_id
from .services.naming import folded

ATTR_INTENT = "intent"
ATTR_PERSON = "person"

_OF_PRINTER: dict[Any, Any] = {
    vol.Optional(ATTR_DEVICE_ID, default=[]): vol.All(cv.ensure_list, [cv.string])
}
_OF_FILE: dict[Any, Any] = {
    **_OF_PRINTER,
    vol.Optional(ATTR_INTENT): vol.In([intent.value for intent in Intent]),
    vol.Optional(ATTR_PERSON): cv.string,
}
PRINTER_SCHEMA = vol.Schema({vol.Optional(CONF_OPTIONS, default={}): _OF_PRINTER})
FILE_SCHEMA = vol.Schema({vol.Optional(CONF_OPTIONS, default={}): _OF_FILE})
HUB_SCHEMA = vol.Schema({vol.Optional(CONF_OPTIONS, default={}): {}})


class ActivityTrigger(Trigger):
    """Triggers when something of one kind happens. Follows the integration through reloads."""

    kind: EventKind

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Check that the devices are virtual printers."""
        if not cls.kind.is_of_printer:
            return HUB_SCHEMA(config)  # type: ignore[no-any-return]
        config = (FILE_SCHEMA if cls.kind.is_of_file else PRINTER_SCHEMA)(config)
        for device_id in config[CONF_OPTIONS][ATTR_DEVICE_ID]:
            if async_printer_id(hass, device_id) is None:
                raise vol.Invalid(f"Device {device_id} is not a virtual printer")
        return config

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Keep the devices; none means all."""
        super().__init__(hass, config)
        options = config.options or {}
        self._device_ids: list[str] = options.get(ATTR_DEVICE_ID, [])
        self._intent: str | None = options.get(ATTR_INTENT)
        self._person: str | None = options.get(ATTR_PERSON)

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen."""

        @callback
        def _happened(activity: Activity) -> None:
            if activity.kind is not self.kind:
                return
            if self._device_ids and activity.printer_id not in {
                async_printer_id(self._hass, device_id)
                for device_id in self._device_ids
            }:
                return
            if not self._is_meant(activity.attributes):
                return
            description = activity.kind.value.replace("_", " ")
            run_action({**activity.attributes}, description, activity.context)

        return async_dispatcher_connect(self._hass, SIGNAL_ACTIVITY, _happened)

    def _is_meant(self, attributes: Mapping[str, Any]) -> bool:
        """Tell whether the file was sent in the way, and by the person, that was asked for."""
        if self._intent not in (None, attributes.get("intent")):
            return False
        return self._person in (None, attributes.get("person_id")) or folded(
            self._person
        ) == folded(attributes.get("sender") or "")


TRIGGERS: dict[str, type[Trigger]] = {
    kind.value: type(
        f"{kind.name.title().replace('_', '')}Trigger",
        (ActivityTrigger,),
        {"kind": kind},
    )
    for kind in EventKind
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
