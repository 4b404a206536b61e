"""Bambu Virtual Printer: looks like Bambu Lab printers on the LAN and keeps what slicers send to them."""

from collections.abc import Awaitable, Callable
import logging

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, issue_registry as ir
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .assist.installation import async_remove, async_update
from .const import DOMAIN
from .hub import Hub, HubConfigEntry
from .notices.not_queued import async_tell_what_is_not_queued
from .notices.on_phones import PhoneNotices, async_forget_phones
from .notices.pending import PendingNotice
from .panel.registration import (
    async_follow_language,
    async_remove_panel,
    async_serve_panel,
    async_show_panel,
)
from .services import async_setup_services
from .sharing.moves import library_moves
from .views.archives import async_register_views
from .views.certificates import async_register_certificate_views
from .views.exports import async_register_export_view
from .views.host import async_register_host_views
from .views.receiving import async_register_receiving_views
from .views.trust_links import async_register_trust_links
from .websocket_api import async_follow_hub, async_register_websocket_api

_LOGGER = logging.getLogger(__name__)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TODO,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what outlives entries: actions and web addresses."""
    async_setup_services(hass)
    async_register_views(hass)
    async_register_certificate_views(hass)
    async_register_export_view(hass)
    async_register_receiving_views(hass)
    async_register_host_views(hass)
    async_register_trust_links(hass)
    async_register_websocket_api(hass)
    await async_serve_panel(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: HubConfigEntry) -> None:
    """Start the hub and its printers; a printer that cannot start does not keep the hub from it."""
    # Before there are devices, whose pages link to it.
    await async_show_panel(hass, entry)
    moves = library_moves(hass, entry)
    await moves.async_settle()
    hub = entry.runtime_data = await Hub.create(hass, entry)
    # Before there are printers: Home Assistant may be stopped while it still starts.
    hub.async_setup_stop()
    try:
        # Before anything is told that happened.
        await PhoneNotices(hass, hub).async_start()
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        hub.coordinator.async_start_publishing()
        await hub.async_sync()
    except BaseException:
        await hub.async_stop()
        raise
    await _async_with_sentences(hass, async_update)
    entry.async_on_unload(async_follow_hub(hass, hub))
    entry.async_on_unload(PendingNotice(hass, hub).async_start())
    entry.async_on_unload(async_tell_what_is_not_queued(hass, hub))
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    entry.async_on_unload(async_follow_language(hass, entry))
    moves.async_go_on()


async def async_unload_entry(hass: HomeAssistant, entry: HubConfigEntry) -> None:
    """Stop everything."""
    await hass.config_entries.async_unload_platforms_or_raise(entry, PLATFORMS)
    await entry.runtime_data.async_stop()


async def async_remove_entry(hass: HomeAssistant, entry: HubConfigEntry) -> None:
    """Withdraw the panel, and what outlives restarts: issues, notifications, sentences."""
    await async_remove_panel(hass)
    await library_moves(hass, entry).async_drop()
    await _async_with_sentences(hass, async_remove)
    await async_forget_phones(hass)
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN:
            ir.async_delete_issue(hass, domain, issue_id)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: HubConfigEntry, device: DeviceEntry
) -> bool:
    """Keep devices: a printer is removed with its subentry, and the hub with its entry."""
    return False


async def _async_updated(hass: HomeAssistant, entry: HubConfigEntry) -> None:
    """Follow changed subentries and options."""
    await async_show_panel(hass, entry)
    await entry.runtime_data.async_sync()


async def _async_with_sentences(
    hass: HomeAssistant, act: Callable[[HomeAssistant], Awaitable[object]]
) -> None:
    """Do something with the sentences that were installed; everything else goes on when that fails."""
    try:
        await act(hass)
    except (OSError, HomeAssistantError) as err:
        _LOGGER.error("The sentences for Assist cannot be changed: %s", err)
