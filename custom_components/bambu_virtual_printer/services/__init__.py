"""Actions. All can answer with a response."""

from functools import partial

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback

from ..const import DOMAIN
from ..hub import require_hub
from ..operations.context import acting
from . import (
    archives,
    importing,
    pending,
    people,
    photos,
    queue,
    sentences,
    setup,
    statistics,
    upload_keys,
)
from .action import Action

_MODULES = (
    archives,
    photos,
    importing,
    pending,
    queue,
    setup,
    people,
    upload_keys,
    sentences,
    statistics,
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action."""
    for module in _MODULES:
        for action in module.ACTIONS:
            hass.services.async_register(
                DOMAIN,
                action.name,
                partial(_act, action),
                action.schema,
                supports_response=action.response,
            )


async def _act(action: Action, call: ServiceCall) -> ServiceResponse:
    """Run an action under the caller's context, if the caller may."""
    with acting(call.context):
        await require_hub(call.hass).permissions.require(action.need, call.data)
        return await action.handler(call)
