"""Fixtures: clients of the websocket API, of an administrator and of somebody else, and things to work with."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import HomeAssistant
from tests.support.home_assistant import AddPrinter, Send

ANSWER_WITHIN_S = 10


class Client:
    """A client of the websocket API, which keeps events until they are asked for."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._events: dict[int, list[dict[str, Any]]] = {}

    async def ask(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """Give a command; returns the whole answer."""
        await self._socket.send_json_auto_id({"type": f"{DOMAIN}/{name}", **fields})
        return await self._answer(self._last_id)

    async def call(self, name: str, /, **fields: Any) -> Any:
        """Give a command that is done; returns what came of it."""
        answer = await self.ask(name, **fields)
        assert answer["success"], answer
        return answer["result"]

    async def error(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """Give a command that is not done; returns why."""
        answer = await self.ask(name, **fields)
        assert not answer["success"], answer
        error: dict[str, Any] = answer["error"]
        return error

    async def follow(self, name: str = "subscribe", /, **fields: Any) -> int:
        """Subscribe; returns by what to ask for events."""
        await self.call(name, **fields)
        return self._last_id

    async def event(self, subscription: int) -> dict[str, Any]:
        """Return the next event."""
        while not self._events.get(subscription):
            await self._receive()
        return self._events[subscription].pop(0)

    async def unfollow(self, subscription: int) -> None:
        """Unsubscribe."""
        await self._socket.send_json_auto_id(
            {"type": "unsubscribe_events", "subscription": subscription}
        )
        assert (await self._answer(self._last_id))["success"]

    async def close(self) -> None:
        """Go."""
        await self._socket.close()

    @property
    def _last_id(self) -> int:
        return int(self._socket._id)

    async def _answer(self, msg_id: int) -> dict[str, Any]:
        while True:
            message = await self._receive()
            if message["type"] == "result" and message["id"] == msg_id:
                return message

    async def _receive(self) -> dict[str, Any]:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            message: dict[str, Any] = await self._socket.receive_json()
        if message["type"] == "event":
            self._events.setdefault(message["id"], []).append(message["event"])
        return message


type NewClient = Callable[[], Awaitable[Client]]


class CountingSocket:
    """Numbers messages, and tells the last number."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._id = 0

    async def send_json_auto_id(self, message: dict[str, Any]) -> None:
        self._id += 1
        await self._socket.send_json({"id": self._id, **message})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


@pytest.fixture
def new_client(
    hass: HomeAssistant, hub: Hub, hass_ws_client: WebSocketGenerator
) -> NewClient:
    """Connect more clients of an administrator."""

    async def _new() -> Client:
        return Client(CountingSocket(await hass_ws_client(hass)))

    return _new


@pytest.fixture
async def client(new_client: NewClient) -> Client:
    """A client of an administrator."""
    return await new_client()


@pytest.fixture
async def user_client(
    hass: HomeAssistant, hub: Hub, hass_ws_client: WebSocketGenerator
) -> Client:
    """A client of a user who is no administrator."""
    user = await hass.auth.async_create_user("Anna", group_ids=[GROUP_ID_USER])
    token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
    access_token = hass.auth.async_create_access_token(token)
    return Client(CountingSocket(await hass_ws_client(hass, access_token)))


@pytest.fixture
async def reviewed(add_printer: AddPrinter) -> ManagedPrinter:
    """A printer whose uploads wait for a person."""
    return await add_printer("Review", mode="review")


@pytest.fixture
async def pending(reviewed: ManagedPrinter, send: Send) -> str:
    """The id of a pending upload."""
    await send(reviewed)
    assert reviewed.last_upload
    return reviewed.last_upload.id


@pytest.fixture
async def archived(printer: ManagedPrinter, send: Send) -> str:
    """The id of an archive."""
    await send(printer)
    assert printer.last_upload
    return printer.last_upload.id
