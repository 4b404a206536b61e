"""Tells once of each job that cannot be ready by its time or by its printer's, whatever is restarted meanwhile."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
import logging

from ..engine.library.library import Library
from ..engine.library.values.job import Job
from ..engine.storage import StorageError
from .spawning import Spawn

_LOGGER = logging.getLogger(__name__)


class LateJobs:
    """The jobs in line that are late."""

    def __init__(
        self, library: Library, spawn: Spawn, tell: Callable[[Job], None]
    ) -> None:
        """Prepare; `tell` is called once for each job and its time, and once for each that its printer's time is too early for.

        `spawn` runs a coroutine in the background.
        """
        self._library = library
        self._spawn = spawn
        self._tell = tell
        # The time that each was told of, or is about to be.
        self._told: dict[str, datetime] = {}

    def look(
        self,
        jobs: Sequence[Job],
        late: Collection[str],
        ready_by: Mapping[str, datetime],
    ) -> None:
        """Look at the jobs in line, of which these are late; `ready_by` are the times of those that are not due themselves."""
        told = self._told
        self._told = {
            job.id: told[job.id]
            for job in jobs
            if job.id in told and job.due in (None, told[job.id])
        }
        for job in jobs:
            due = job.due or ready_by.get(job.id)
            if not due or job.id not in late:
                continue
            known = {job.late_for, self._told.get(job.id)} - {None}
            # A printer's time comes every day.
            if due not in known if job.due else not known:
                self._told[job.id] = due
                self._spawn(self._async_tell(job, due), f"late_{job.id}")

    async def _async_tell(self, job: Job, due: datetime) -> None:
        try:
            is_news = await self._library.queue.note_late(job.id, due)
        except StorageError as err:
            _LOGGER.warning("It is not stored that a job is late: %s", err)
            return
        if is_news:
            self._tell(job)
