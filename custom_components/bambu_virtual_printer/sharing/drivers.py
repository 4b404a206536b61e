"""What only a shared library needs, fetched when there is one: the drivers of the database and of the object store.

The manifest does not name them, so that nobody else has to have them.
"""

import importlib

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.requirements import (
    RequirementsNotFound,
    async_clear_install_history,
    async_load_installed_versions,
    async_process_requirements,
)
from homeassistant.util.package import get_installed_versions

from ..const import DOMAIN

# Both have wheels of CPython 3.14 for musl and glibc, x86_64 and aarch64. The second is what the first one's extra means:
# Home Assistant looks whether a package is there, not whether its extras are.
DRIVERS = ("psycopg[binary]==3.3.9", "psycopg-binary==3.3.9", "obstore==0.12.1")

_MODULES = ("psycopg", "obstore.store")


class DriversMissingError(HomeAssistantError):
    """They are not installed and cannot be fetched, as without the internet."""

    def __init__(self) -> None:
        """Say what is missing."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="drivers_missing",
            translation_placeholders={"packages": ", ".join(DRIVERS[1:])},
        )


async def async_has_drivers(hass: HomeAssistant) -> bool:
    """Return whether the drivers are there; nothing is fetched."""
    wanted = set(DRIVERS)
    return await hass.async_add_executor_job(get_installed_versions, wanted) == wanted


async def async_fetch_drivers(hass: HomeAssistant) -> None:
    """Have the drivers, by Home Assistant's own ways, and load them. Takes seconds to minutes. Raises DriversMissingError."""
    await async_load_installed_versions(hass, set(DRIVERS))
    try:
        await async_process_requirements(hass, DOMAIN, list(DRIVERS), is_built_in=False)
    except RequirementsNotFound as err:
        # It would never try again before the next start.
        async_clear_install_history(hass)
        raise DriversMissingError from err
    try:
        # They are large, and not imported in the loop.
        for module in _MODULES:
            await hass.async_add_import_executor_job(importlib.import_module, module)
    except ImportError as err:
        raise DriversMissingError from err
