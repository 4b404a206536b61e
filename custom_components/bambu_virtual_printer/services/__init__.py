"""Actions. All can answer with a response."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_register_admin_service

from ..const import DOMAIN
from . import archives, importing, pending, queue, setup


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action."""
    for module in (archives, importing, pending, queue, setup):
        for action in module.ACTIONS:
            hass.services.async_register(
                DOMAIN,
                action.name,
                action.handler,
                action.schema,
                supports_response=action.response,
            )
    for action in setup.ADMIN_ACTIONS:
        async_register_admin_service(
            hass,
            DOMAIN,
            action.name,
            action.handler,
            action.schema,
            supports_response=action.response,
        )
