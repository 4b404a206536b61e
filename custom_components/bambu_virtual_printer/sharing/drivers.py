"""What only a shared library needs, fetched when there is one: the drivers of the database and of the object store.

The manifest does not name them, so that nobody else has to have them.
"""

import asyncio
import importlib

from homeassistant.config_entries import ConfigEntry
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
from ..engine.explanations import explain
from ..engine.library.values.errors import IndexFault, IndexUnavailableError
from ..engine.pauses import Pauses

# Both have wheels of CPython 3.14 for musl and glibc, x86_64 and aarch64. The second is what the first one's extra means:
# Home Assistant looks whether a package is there, not whether its extras are.
DRIVERS = ("psycopg[binary]==3.3.9", "psycopg-binary==3.3.9", "obstore==0.12.1")

PATIENCE_S = 15.0
"""How long the start of the hub waits for a download; most times there is none."""
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 600.0

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
        # Without the internet each takes long to fail, and other integrations wait behind it.
        for driver in DRIVERS:
            await async_process_requirements(hass, DOMAIN, [driver], is_built_in=False)
    except RequirementsNotFound as err:
        # It would never try again before the next start.
        async_clear_install_history(hass)
        raise DriversMissingError from err
    try:
        # They are large, and not imported in the loop.
        await hass.async_add_import_executor_job(_load)
    except ImportError as err:
        raise DriversMissingError from err


def _load() -> None:
    # What was installed a moment ago would not be seen.
    importlib.invalidate_caches()
    for module in _MODULES:
        importlib.import_module(module)


class PatientDrivers:
    """The drivers of a hub that is loaded: fetched as often as it takes, while everything goes on that can without them."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Remember whose they are; nothing is fetched."""
        self._hass = hass
        self._entry = entry
        self._task: asyncio.Task[None] | None = None
        self._patient_until = 0.0
        self._again_at = 0.0
        self._pauses = Pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S)

    async def async_have(self) -> None:
        """Have the drivers, or wait for them a moment. Raises IndexUnavailableError while they are not there.

        It is asked again and again then; they are fetched meanwhile, with pauses that become longer.
        """
        loop = self._hass.loop
        if self._task is None:
            if loop.time() < self._again_at:
                raise _missing()
            self._task = self._entry.async_create_background_task(
                self._hass, async_fetch_drivers(self._hass), f"{DOMAIN} drivers"
            )
            self._patient_until = loop.time() + PATIENCE_S
        patience_s = max(self._patient_until - loop.time(), 0)
        await asyncio.wait([self._task], timeout=patience_s)
        if not self._task.done():
            raise _missing()
        task, self._task = self._task, None
        if task.cancelled():
            # With the hub.
            raise _missing()
        try:
            task.result()
        except DriversMissingError as err:
            self._again_at = loop.time() + self._pauses.take()
            raise _missing() from err


def _missing() -> IndexUnavailableError:
    return IndexUnavailableError(
        explain(
            "drivers_not_fetched",
            "What the shared library needs is not installed and could not be downloaded yet: {packages}. This is tried again and again.",
            packages=", ".join(DRIVERS[1:]),
        ),
        IndexFault.DRIVER,
    )
