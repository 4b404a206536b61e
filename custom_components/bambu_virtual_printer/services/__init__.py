"""Actions. All can answer with a response."""

from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from . import archives, importing, pending, queue


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action."""
    for module in (archives, importing, pending, queue):
        for action in module.ACTIONS:
            hass.services.async_register(
                DOMAIN,
                action.name,
                action.handler,
                action.schema,
                supports_response=action.response,
            )
