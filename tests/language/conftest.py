"""Fixtures for tests of languages."""

from collections.abc import AsyncGenerator

import pytest

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation


@pytest.fixture
async def only_english(hass: HomeAssistant, hub: Hub) -> AsyncGenerator[None]:
    """Begin with nothing but English: the tests of a session share what was loaded of languages."""
    translation.async_invalidate_translations(hass, {DOMAIN})
    await translation.async_load_integrations(hass, {DOMAIN})
    yield
    translation.async_invalidate_translations(hass, {DOMAIN})
