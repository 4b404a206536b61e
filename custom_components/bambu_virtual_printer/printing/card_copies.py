"""Copies files of jobs to the cards of real printers, for people who print them there. Nothing is started.

A copy is for its user to remove: it is no print of the queue, whose files are removed when they have ended. Its name has the id of the
job, theirs have the id of the print, so neither is ever taken for the other.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..engine.dispatch.dispatcher import Dispatcher
from ..engine.dispatch.reasons import Reason
from ..engine.library.library import Library
from ..engine.library.values.job import Job
from ..engine.machines.errors import UploadError
from ..engine.machines.files import remote_name
from ..engine.machines.transfer import Progress, Uploaded, ended
from ..printers.machines import ManagedMachine

# Lists are made anew for each step that is shown.
_STEP_PERCENT = 5


class CopyingError(Exception):
    """A file was not copied."""


class ObstacleError(CopyingError):
    """Something is in the way at the printer, or whoever sent the job may not print there."""

    def __init__(self, reason: Reason) -> None:
        """Keep what it is."""
        super().__init__(reason.key)
        self.reason = reason


class UnderWayError(CopyingError):
    """Another file is being copied to the printer."""


class FileGoneError(CopyingError):
    """The file is not in the library any more."""


class GivenUpError(CopyingError):
    """The printer was removed, or Home Assistant ended, in the meantime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCopy:
    """A copy under way."""

    job_id: str
    machine_id: str
    percent: int | None = None
    """How much of it was sent, in steps; None before the first."""


@dataclass(slots=True, kw_only=True)
class _Copying:
    task: asyncio.Task[Uploaded]
    shown: CardCopy


class CardCopies:
    """The copies under way, one for each printer."""

    def __init__(
        self, library: Library, dispatcher: Dispatcher, on_change: Callable[[], None]
    ) -> None:
        """Copy files of this library, where the dispatcher finds nothing in the way; `on_change` is called as they go on."""
        self._library = library
        self._dispatcher = dispatcher
        self._on_change = on_change
        self._copying: dict[str, _Copying] = {}

    def of(self, job_id: str) -> CardCopy | None:
        """Return the copy of a job's file that is being made."""
        return next(
            (
                copying.shown
                for copying in self._copying.values()
                if copying.shown.job_id == job_id
            ),
            None,
        )

    async def copy(self, job: Job, machine: ManagedMachine) -> Uploaded:
        """Copy the file of a job; it is there when this returns.

        Raises CopyingError, UploadError, StorageError, SlicedFileError, and what the queue raises.
        """
        if machine.id in self._copying:
            raise UnderWayError
        task = asyncio.create_task(
            self._copy(job, machine), name=f"copy to {machine.id}"
        )
        self._copying[machine.id] = _Copying(
            task=task, shown=CardCopy(job_id=job.id, machine_id=machine.id)
        )
        self._on_change()
        try:
            if not await ended(task):
                raise GivenUpError
            return task.result()
        finally:
            del self._copying[machine.id]
            self._on_change()

    async def async_end(self, machine_id: str) -> None:
        """Give up what is being copied to a printer."""
        if copying := self._copying.get(machine_id):
            copying.task.cancel()
            await asyncio.wait([copying.task])

    async def _copy(self, job: Job, machine: ManagedMachine) -> Uploaded:
        # Before anything is made of the file, which may take minutes.
        await self._look(job.id, machine.id)
        path = await self._library.file_path(job.archive_id)
        if path is None:
            raise FileGoneError
        async with self._library.packaging.to_send(
            path, file_name=job.file_name, title=job.title
        ) as file:
            return await self._send(file, job, machine)

    async def _send(self, file: Path, job: Job, machine: ManagedMachine) -> Uploaded:
        name = remote_name(job.title, job.id)
        # Nothing comes between this look and the place in line of the printer's uploads: what the queue claims from now on
        # is sent, and started, after this.
        await self._look(job.id, machine.id)
        to_memory = machine.state.storage.takes_to_memory
        printer = machine.machine
        try:
            return await printer.upload(
                file,
                name,
                partial(self._note_progress, job.id, machine.id),
                to_memory=to_memory,
            )
        except UploadError:
            # What there is of it would be offered at the printer.
            with suppress(UploadError):
                await printer.delete(name, from_memory=to_memory)
            raise

    async def _look(self, job_id: str, machine_id: str) -> None:
        """Look what is in the way. Raises ObstacleError, and what the queue raises."""
        if reason := await self._dispatcher.copying_obstacle(job_id, machine_id):
            raise ObstacleError(reason)

    def _note_progress(self, job_id: str, machine_id: str, progress: Progress) -> None:
        percent = 100 * progress.sent_bytes // max(progress.total_bytes, 1)
        copy = CardCopy(
            job_id=job_id,
            machine_id=machine_id,
            percent=percent - percent % _STEP_PERCENT,
        )
        copying = self._copying.get(machine_id)
        if copying is not None and copying.shown != copy:
            copying.shown = copy
            self._on_change()
