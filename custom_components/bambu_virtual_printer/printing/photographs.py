"""Photographs what real printers have printed from the queue, and keeps the photos with the archives."""

from collections.abc import AsyncIterator
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..engine.library.library import Library
from ..engine.library.values.errors import LibraryError
from ..engine.machines.values import Phase
from ..engine.storage import StorageError
from ..printers.cameras import async_picture
from ..printers.machines import CHAMBER_LIGHT, ManagedMachine

_LOGGER = logging.getLogger(__name__)

# The connection, some pictures, and a camera that is slow with each.
TIMEOUT_S = 30.0
_ENDED = frozenset({Phase.FINISH, Phase.FAILED})


class Photographs:
    """Takes a photo at the end of each print of the queue, where a printer's settings say so."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], library: Library
    ) -> None:
        """Prepare; printers come with `async_follow`."""
        self._hass = hass
        self._entry = entry
        self._library = library
        # The jobs that printers print, by the printers' ids.
        self._printing: dict[str, str] = {}

    @callback
    def async_follow(self, machine: ManagedMachine) -> None:
        """Watch for the ends of a printer's prints from now on."""
        machine.async_add_listener(lambda: self._look(machine))

    @callback
    def _look(self, machine: ManagedMachine) -> None:
        share = machine.share
        if machine.is_printing:
            if share.job_id is not None and share.has_begun:
                self._printing[machine.id] = share.job_id
        elif machine.is_reporting and machine.state.phase in _ENDED:
            job_id = self._printing.pop(machine.id, None)
            if job_id is not None and machine.config.photographs_prints:
                self._entry.async_create_background_task(
                    self._hass,
                    self._async_photograph(machine, job_id),
                    f"{DOMAIN} photo of {job_id}",
                )

    async def _async_photograph(self, machine: ManagedMachine, job_id: str) -> None:
        try:
            picture = await self._async_lit_picture(machine)
            job = await self._library.queue.job(job_id)
            await self._library.add_photo(job.archive_id, _whole(picture))
        except (HomeAssistantError, LibraryError, StorageError) as err:
            _LOGGER.warning(
                "There is no photo of what %s has printed: %s", machine.name, err
            )

    async def _async_lit_picture(self, machine: ManagedMachine) -> bytes:
        """Return what the camera sees with the light on, which is left as it was. Raises HomeAssistantError."""
        is_dark = machine.state.light(CHAMBER_LIGHT) is False
        if is_dark:
            await machine.async_set_light(on=True)
        try:
            return await async_picture(machine, timeout_s=TIMEOUT_S, is_settled=True)
        finally:
            if is_dark:
                try:
                    await machine.async_set_light(on=False)
                except HomeAssistantError as err:
                    _LOGGER.warning("The light of %s stays on: %s", machine.name, err)


async def _whole(picture: bytes) -> AsyncIterator[bytes]:
    yield picture
