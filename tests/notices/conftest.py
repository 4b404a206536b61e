"""Phones with the Home Assistant app: the app's own integration, its push channel and its webhook."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component


@dataclass
class TestPhone:
    """A phone: what it shows, and a hand that taps it."""

    __test__ = False

    device_id: str
    user: User
    client: Any
    webhook_id: str
    got: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shown(self) -> dict[str, dict[str, Any]]:
        """What it shows now, by the tags."""
        shown: dict[str, dict[str, Any]] = {}
        for one in self.got:
            tag = one["data"]["tag"]
            shown.pop(tag, None)
            if one["message"] != "clear_notification":
                shown[tag] = one
        return shown

    @property
    def titles(self) -> list[str]:
        """The titles of what it shows."""
        return [one["title"] for one in self.shown.values()]

    def the(self, part: str) -> dict[str, Any]:
        """Return the one notification whose tag has a part."""
        (found,) = [one for tag, one in self.shown.items() if part in tag]
        return found

    async def tap(self, notification: dict[str, Any], title: str) -> None:
        """Tap the button of a title."""
        (action,) = [
            action
            for action in notification["data"]["actions"]
            if action["title"] == title
        ]
        await self.fire({"action": action["action"]})

    async def fire(self, data: dict[str, Any]) -> None:
        """Tell Home Assistant that a button was tapped."""
        response = await self.client.post(
            f"/api/webhook/{self.webhook_id}",
            json={
                "type": "fire_event",
                "data": {
                    "event_type": "mobile_app_notification_action",
                    "event_data": data,
                },
            },
        )
        assert response.status == 200


type AddPhone = Callable[..., Awaitable[TestPhone]]


@pytest.fixture
def add_phone(
    hass: HomeAssistant,
    connect: Callable[[TestPhone], Awaitable[None]],
    hass_client_no_auth: ClientSessionGenerator,
    hass_admin_user: MockUser,
) -> AddPhone:
    """Register phones with Home Assistant, each connected by its push channel."""
    numbers = count()

    async def _add(user: User | None = None, *, connected: bool = True) -> TestPhone:
        user = user or hass_admin_user
        name = f"phone{next(numbers)}"
        entry = MockConfigEntry(
            domain="mobile_app", title=name, data=registration(name, user)
        )
        entry.add_to_hass(hass)
        assert await async_setup_component(hass, "notify", {})
        assert await async_setup_component(hass, "mobile_app", {})
        if entry.state is not ConfigEntryState.LOADED:
            await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        (device,) = dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        phone = TestPhone(
            device_id=device.id,
            user=user,
            client=await hass_client_no_auth(),
            webhook_id=entry.data["webhook_id"],
        )
        if connected:
            await connect(phone)
        return phone

    return _add


@pytest.fixture
async def connect(
    hass: HomeAssistant, hub: Hub, hass_ws_client: WebSocketGenerator
) -> AsyncGenerator[Callable[[TestPhone], Awaitable[None]]]:
    """Connect phones by their push channels."""
    tasks: list[asyncio.Task[None]] = []

    async def _connect(phone: TestPhone) -> None:
        token = await hass.auth.async_create_refresh_token(
            phone.user, "https://example.com/"
        )
        channel = await hass_ws_client(hass, hass.auth.async_create_access_token(token))
        await channel.send_json_auto_id(
            {
                "type": "mobile_app/push_notification_channel",
                "webhook_id": phone.webhook_id,
            }
        )
        assert (await channel.receive_json())["success"]

        async def _read() -> None:
            with suppress(TypeError):
                while True:
                    phone.got.append((await channel.receive_json())["event"])

        tasks.append(asyncio.create_task(_read()))

    yield _connect
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def registration(name: str, user: User) -> dict[str, Any]:
    """Return what the app registers a phone with, which is reached by the local network only."""
    return {
        "app_data": {"push_websocket_channel": True},
        "app_id": "app",
        "app_name": "Home Assistant",
        "app_version": "1",
        "device_id": name,
        "device_name": name,
        "manufacturer": "Maker",
        "model": "Model",
        "os_name": "Linux",
        "os_version": "1",
        "supports_encryption": False,
        "user_id": user.id,
        "webhook_id": f"webhook-{name}",
    }
