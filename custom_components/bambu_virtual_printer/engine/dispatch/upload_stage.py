"""Uploads the file of a print to the printer's card."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from ..library.values.errors import SlicedFileError
from ..library.values.prints import Outcome, PrintPhase, Problem
from ..machines.errors import UploadCause, UploadError
from ..machines.families import UrlForm
from ..machines.files import remote_name
from ..machines.transfer import Progress, Uploaded, ended
from ..storage import StorageError
from .ports import Claim, Printer
from .record import GivenUpError, PrintRecord, is_in_memory
from .times import Clock
from .tracking import Over

MAX_ATTEMPTS = 3
# The library's folder may have gone away, as network shares do: while it is away no attempt is made.
_MAY_PASS = {UploadCause.TOO_SLOW, UploadCause.FILE_UNREADABLE}


class UploadStage:
    """Uploads the file of one print."""

    def __init__(
        self,
        record: PrintRecord,
        printer: Printer,
        *,
        retry_s: float,
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        """Prepare. `changed` is called when `progress` changes."""
        self.progress: Progress | None = None
        """The progress of the upload, while there is one."""
        self._record = record
        self._printer = printer
        self._retry_s = retry_s
        self._now = clock
        self._changed = changed
        self._task: asyncio.Task[Uploaded] | None = None

    def give_up(self) -> None:
        """Abort the upload."""
        if self._task is not None:
            self._task.cancel()

    async def run(self, claim: Claim) -> None:
        """Upload the file; the print has ended if that fails. Raises GivenUpError."""
        record = self._record
        if claim.path is None:
            await record.finish(
                Over(outcome=Outcome.FAILED_BEFORE_PRINTING),
                has_begun=False,
                problem=Problem.FILE_GONE,
            )
            return
        name = remote_name(record.print.title, record.print.id)
        # Where it is looked for afterwards must not depend on what is plugged in then.
        form = UrlForm.MEMORY if self._printer.state.storage.takes_to_memory else None
        await record.advance(
            phase=PrintPhase.UPLOADING,
            file=name,
            on_card=True,
            url_form=form.name.lower() if form else "",
        )
        try:
            uploaded = await self._uploaded(claim, claim.path, name)
        except UploadError as err:
            await self._failed(
                Problem(f"upload_{err.cause}"),
                may_pass=err.cause.may_pass or err.cause in _MAY_PASS,
            )
        except StorageError:
            await self._failed(Problem.FILE_NOT_MADE, may_pass=True)
        except SlicedFileError:
            await self._failed(Problem.UPLOAD_FILE_UNREADABLE, may_pass=False)
        else:
            await record.advance(phase=PrintPhase.UPLOADED, md5=uploaded.md5)

    async def _uploaded(self, claim: Claim, path: Path, name: str) -> Uploaded:
        """Upload. Raises UploadError, StorageError, SlicedFileError, GivenUpError."""
        self._record.look_up()
        task = self._task = asyncio.get_running_loop().create_task(
            self._send(claim, path, name)
        )
        try:
            if not await ended(task):
                raise GivenUpError
            return task.result()
        finally:
            self._task = None
            self.progress = None

    async def _send(self, claim: Claim, path: Path, name: str) -> Uploaded:
        async with claim.package(path) as file:
            return await self._printer.upload(
                file,
                name,
                self._note_progress,
                md5=claim.md5,
                to_memory=is_in_memory(self._record.print),
            )

    def _note_progress(self, progress: Progress) -> None:
        self.progress = progress
        self._changed()

    async def _failed(self, problem: Problem, *, may_pass: bool) -> None:
        """Requeue the job: for another attempt if that may help, else held for a person."""
        attempt = self._record.print.attempt
        may_retry = may_pass and attempt < MAX_ATTEMPTS
        wait = timedelta(seconds=self._retry_s * attempt)
        await self._record.put_back(
            problem,
            hold=not may_retry,
            retry_at=self._now() + wait if may_retry else None,
        )
