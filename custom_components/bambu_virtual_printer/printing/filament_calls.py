"""Which jobs wait for filament, so that people are told of each once: while its printer prints something else, and through restarts.

A job stops waiting for filament when it begins or leaves the line, or when a printer has all that it needs.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback

from ..config.delayed_store import DelayedStore
from ..const import DOMAIN
from ..engine.dispatch.fits import SpoolFits
from ..engine.dispatch.reasons import Load, Reason
from ..engine.library.values.job import Job

STORAGE_KEY = f"{DOMAIN}.filament_calls"
STORAGE_VERSION = 1
SAVE_DELAY_S = 1


class FilamentCalls:
    """The jobs that wait for filament."""

    def __init__(self, hass: HomeAssistant, tell: Callable[[Job], None]) -> None:
        """Know nothing before `async_load`. `tell` is called once for each job, and again when it waits for more."""
        self._store = DelayedStore(
            hass,
            STORAGE_VERSION,
            STORAGE_KEY,
            delay_s=SAVE_DELAY_S,
            data=self._data,
        )
        self._tell = tell
        self._waiting: dict[str, list[str]] = {}

    async def async_load(self) -> None:
        """Read what was told before."""
        data = await self._store.async_load()
        self._waiting = dict(data.get("jobs", {}))

    async def async_save(self) -> None:
        """Write what is not stored yet."""
        await self._store.async_save()

    def __contains__(self, job_id: object) -> bool:
        """Tell whether a job waits for filament."""
        return job_id in self._waiting

    @callback
    def async_look(
        self, jobs: Iterable[Job], reasons: Mapping[str, Reason], fits: SpoolFits
    ) -> None:
        """Look at the jobs in line."""
        waiting: dict[str, list[str]] = {}
        news: list[Job] = []
        for job in jobs:
            known = self._waiting.get(job.id)
            reason = reasons.get(job.id)
            if not job.state.is_queued:
                continue
            if reason and reason.key.is_of_filament:
                wanted = sorted(map(_name, reason.loads))
                waiting[job.id] = wanted
                if not set(wanted) <= set(known or ()):
                    news.append(job)
            elif known and not fits.is_loaded(job.id):
                waiting[job.id] = known
        if waiting != self._waiting:
            self._waiting = waiting
            self._store.async_changed()
        for job in news:
            self._tell(job)

    def _data(self) -> dict[str, Any]:
        return {"jobs": self._waiting}


def _name(load: Load) -> str:
    filament = load.filament
    return f"{filament.index} {filament.type} {filament.color}"
