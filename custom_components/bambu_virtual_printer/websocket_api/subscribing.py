"""The commands by which clients follow what there is."""

from typing import Any

import voluptuous as vol

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv

from ..hub import loaded_hub
from ..operations.permissions import Right
from .commands import register, send_error
from .live import DATA_LIVE
from .topics import TOPICS

SUBSCRIBE: dict[Any, Any] = {
    vol.Optional("topics", default=list(TOPICS)): vol.All(
        cv.ensure_list, [vol.In(TOPICS)]
    )
}
ACKNOWLEDGE: dict[Any, Any] = {
    vol.Required("subscription"): cv.string,
    vol.Required("rev"): cv.positive_int,
}


@callback
def async_register_subscribing(hass: HomeAssistant) -> None:
    """Register both."""
    register(hass, "subscribe", _subscribe, SUBSCRIBE)
    register(hass, "ack", _acknowledge, ACKNOWLEDGE)


@callback
def _subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    msg_id = msg["id"]
    # What is shown comes of the hub; without one there is nothing to see.
    if hub := loaded_hub(hass):
        try:
            hub.permissions.require_of(connection.user, Right.SEE)
        except HomeAssistantError as err:
            send_error(connection, msg_id, err)
            return
    connection.send_result(msg_id)
    connection.subscriptions[msg_id] = hass.data[DATA_LIVE].async_subscribe(
        connection, msg_id, frozenset(msg["topics"])
    )


@callback
def _acknowledge(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    hass.data[DATA_LIVE].async_acknowledge(connection, msg["subscription"], msg["rev"])
    connection.send_result(msg["id"])
