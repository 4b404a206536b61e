"""The notification while uploads wait for a decision."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.notices.pending import (
    MAX_NAMED,
    NOTIFICATION_ID,
)
from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import UpdateType
from homeassistant.core import HomeAssistant, callback
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile


class Notices:
    """What was shown, and what is."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.shown: dict[str, Any] | None = None
        self.count = 0

    @callback
    def hear(self, update: UpdateType, notifications: dict[str, Any]) -> None:
        """Follow the notification."""
        if (notification := notifications.get(NOTIFICATION_ID)) is None:
            return
        if update is UpdateType.REMOVED:
            self.shown = None
        elif update is not UpdateType.CURRENT:
            self.shown = dict(notification)
            self.count += 1


@pytest.fixture
def notices(hass: HomeAssistant) -> Notices:
    """Follow notifications from the beginning."""
    notices = Notices()
    persistent_notification.async_register_callback(hass, notices.hear)
    return notices


async def test_an_upload_that_waits_is_told_until_it_is_decided(
    notices: Notices,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
) -> None:
    assert notices.shown is None
    await send(await add_printer("Attic", mode="review"))
    assert notices.shown
    assert notices.shown["title"] == "1 upload is waiting for a decision"
    assert hub.coordinator.data.pending[0].name in notices.shown["message"]
    assert "(Attic)" in notices.shown["message"]
    assert "](/bambu-prints/inbox)" in notices.shown["message"]
    assert notices.count == 1
    await call("archive_pending", all=True)
    assert notices.shown is None


async def test_several_uploads_are_one_notification_that_follows_them(
    notices: Notices,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    sliced_file: Callable[..., SentFile],
) -> None:
    printer = await add_printer(mode="review")
    for number in range(MAX_NAMED + 2):
        await send(printer, sliced_file(f"Part {number}.gcode.3mf"))
    assert notices.shown
    assert (
        notices.shown["title"] == f"{MAX_NAMED + 2} uploads are waiting for a decision"
    )
    assert "and 2 more" in notices.shown["message"]
    await call("discard_pending", upload_id=hub.coordinator.data.pending[0].id)
    assert (
        notices.shown["title"] == f"{MAX_NAMED + 1} uploads are waiting for a decision"
    )


async def test_who_dismisses_it_is_told_again_by_the_next_upload_only(
    notices: Notices,
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    sliced_file: Callable[..., SentFile],
) -> None:
    printer = await add_printer(mode="review")
    await send(printer, sliced_file("One.gcode.3mf"))
    await send(printer, sliced_file("Two.gcode.3mf"))
    persistent_notification.async_dismiss(hass, NOTIFICATION_ID)
    await call("discard_pending", upload_id=hub.coordinator.data.pending[0].id)
    assert notices.shown is None
    await send(printer, sliced_file("Three.gcode.3mf"))
    assert notices.shown


async def test_names_are_shown_as_they_are(
    notices: Notices,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
) -> None:
    printer = await add_printer("[Attic](http://evil)", mode="review")
    await send(printer)
    assert notices.shown
    assert "](http://evil)" not in notices.shown["message"]


async def test_it_goes_with_the_integration_and_comes_back_with_it(
    notices: Notices,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_printer: AddPrinter,
    send: Send,
) -> None:
    await send(await add_printer(mode="review"))
    assert notices.shown
    await hass.config_entries.async_unload(entry.entry_id)
    assert notices.shown is None
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert notices.shown


async def test_it_can_be_switched_off_and_on(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    notices: Notices,
    add_printer: AddPrinter,
    send: Send,
) -> None:
    await send(await add_printer(mode="review"))
    assert notices.shown
    for is_on in (False, True):
        options = {**entry.options, "notifications": {"show_pending": is_on}}
        hass.config_entries.async_update_entry(entry, options=options)
        await hass.async_block_till_done()
        assert bool(notices.shown) is is_on
