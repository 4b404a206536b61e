"""Backups: the index is made safe to copy, the certificate authority and the settings are in the backup anyway."""

import asyncio
import logging

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .hub import loaded_hub
from .language.texts import Texts

_LOGGER = logging.getLogger(__name__)

PREPARE_TIMEOUT_S = 30


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Make the index safe to copy. Raises HomeAssistantError, so that no backup lacks it unnoticed."""
    if hub := loaded_hub(hass):
        try:
            async with asyncio.timeout(PREPARE_TIMEOUT_S):
                await hub.archives.prepare_backup()
        except TimeoutError as err:
            # On its own it says nothing.
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="library_error",
                translation_placeholders={
                    "reason": Texts(hass)("index_silent_for_long")
                },
            ) from err


async def async_post_backup(hass: HomeAssistant) -> None:
    """Go back to normal."""
    if hub := loaded_hub(hass):
        try:
            await hub.archives.finish_backup()
        except HomeAssistantError as err:
            _LOGGER.error("The library did not end the backup: %s", err)
