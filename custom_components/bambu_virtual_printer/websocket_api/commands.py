"""How commands of the websocket API are made: registered, checked and answered in one way."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import voluptuous as vol

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..hub import Hub, require_hub
from ..operations.context import acting
from ..operations.error_codes import error_view
from ..operations.permissions import Need, Viewer
from .items import item_for

MAX_IDS = 500
IDS = vol.All([cv.string], vol.Length(min=1, max=MAX_IDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A command that was given: by fields, to the hub."""

    hub: Hub
    data: Mapping[str, Any]
    viewer: Viewer

    @property
    def hass(self) -> HomeAssistant:
        """Home Assistant."""
        return self.hub.hass

    def shown(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return an upload, archive or job for whoever gave the command."""
        return item_for(self.viewer, item)


type Handler = Callable[[Call], Coroutine[Any, Any, Any]]


class Command(NamedTuple):
    """A command to register: its name without the domain, the right it needs, what answers it, and its fields."""

    name: str
    need: Need
    handler: Handler
    fields: Mapping[Any, Any]


@callback
def async_register_command(hass: HomeAssistant, command: Command) -> None:
    """Register a command that is answered once."""

    @websocket_api.async_response
    async def handle(
        hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
    ) -> None:
        try:
            hub = require_hub(hass)
            with acting(connection.context(msg)):
                await hub.permissions.require(command.need, msg)
                viewer = await hub.permissions.viewer()
                result = await command.handler(Call(hub=hub, data=msg, viewer=viewer))
        except HomeAssistantError as err:
            send_error(connection, msg["id"], err)
        else:
            connection.send_result(msg["id"], result)

    register(hass, command.name, handle, command.fields)


@callback
def register(
    hass: HomeAssistant,
    name: str,
    handler: websocket_api.const.WebSocketCommandHandler,
    fields: Mapping[Any, Any],
) -> None:
    """Register what handles a command."""
    type_ = f"{DOMAIN}/{name}"
    websocket_api.async_register_command(
        hass,
        type_,
        handler,
        websocket_api.BASE_COMMAND_MESSAGE_SCHEMA.extend(
            {vol.Required("type"): type_, **fields}
        ),
    )


@callback
def send_error(
    connection: ActiveConnection, msg_id: int, err: HomeAssistantError
) -> None:
    """Answer a command with an error."""
    connection.send_error(msg_id, **error_view(err))


def undo_view(undoable: Mapping[str, datetime]) -> dict[str, Any] | None:
    """Show what the command `undo` takes back, and until when."""
    if not undoable:
        return None
    return {"ids": list(undoable), "until": min(undoable.values()).isoformat()}


async def to_each[Result](
    ids: Iterable[str], verb: Callable[[str], Awaitable[Result]]
) -> tuple[list[Result], list[dict[str, Any]]]:
    """Do something to each. Returns what came of it, and which failed and why: they are independent of one another."""
    done: list[Result] = []
    failed: list[dict[str, Any]] = []
    for item_id in ids:
        try:
            done.append(await verb(item_id))
        except HomeAssistantError as err:
            failed.append({"id": item_id, "error": error_view(err)})
    return done, failed
