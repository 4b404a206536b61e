"""The websocket API of the panel and the cards (docs/panel-api.md)."""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..hub import Hub
from . import archives, jobs, people, printers, spools, statistics, uploads
from .commands import async_register_command
from .live import DATA_LIVE, Live
from .printers import async_register_connecting
from .subscribing import async_register_subscribing


@callback
def async_register_websocket_api(hass: HomeAssistant) -> None:
    """Register every command."""
    hass.data[DATA_LIVE] = Live(hass)
    async_register_subscribing(hass)
    async_register_connecting(hass)
    for module in (uploads, archives, jobs, people, printers, spools, statistics):
        for command in module.COMMANDS:
            async_register_command(hass, command)


@callback
def async_follow_hub(hass: HomeAssistant, hub: Hub) -> CALLBACK_TYPE:
    """Show subscribers a hub that was loaded. Returns how to let go of it."""
    return hass.data[DATA_LIVE].async_attach(hub)
