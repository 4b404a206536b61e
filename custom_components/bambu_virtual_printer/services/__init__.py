"""Actions. All can answer with a response."""

from functools import partial

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.helpers.service import async_register_admin_service

from ..const import DOMAIN
from ..operations.context import acting
from . import archives, importing, pending, photos, queue, setup, upload_keys
from .action import Handler


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action."""
    for module in (archives, photos, importing, pending, queue, setup):
        for action in module.ACTIONS:
            hass.services.async_register(
                DOMAIN,
                action.name,
                partial(_act, action.handler),
                action.schema,
                supports_response=action.response,
            )
    for action in (*setup.ADMIN_ACTIONS, *upload_keys.ADMIN_ACTIONS):
        async_register_admin_service(
            hass,
            DOMAIN,
            action.name,
            action.handler,
            action.schema,
            supports_response=action.response,
        )


async def _act(handler: Handler, call: ServiceCall) -> ServiceResponse:
    """Run an action under the caller's context."""
    with acting(call.context):
        return await handler(call)
