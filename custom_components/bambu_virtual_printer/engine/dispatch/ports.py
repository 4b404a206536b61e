"""The protocols of the two sides that dispatch connects: the store of the queue, and a real printer."""

from asyncio import Future
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ..library.values.driving import HERE, Driver, Printers
from ..library.values.prints import (
    MachineMemory,
    Outcome,
    Plate,
    Print,
    Problem,
    UsedSpool,
)
from ..machines.commands import Reply
from ..machines.families import Traits, UrlForm
from ..machines.mapping import MappingForm
from ..machines.project_file import ProjectFile
from ..machines.transfer import OnProgress, Uploaded
from ..machines.values import MachineState
from .jobs import QueuedJob
from .when.values import NO_FACTS, Asked, Facts


class Printer(Protocol):
    """A real printer, as `machines.Machine` is one."""

    traits: Traits
    mapping_form: MappingForm
    """How prints without any AMS tray are written for it."""

    @property
    def serial(self) -> str:
        """Its serial number: what it took is remembered by that."""

    @property
    def state(self) -> MachineState:
        """What is known now."""

    @property
    def report_age_s(self) -> float | None:
        """How long ago it last reported."""

    @property
    def url_form(self) -> UrlForm:
        """How `start` names the file."""

    @property
    def other_url_form(self) -> UrlForm:
        """The form to try once when the printer could not open the file."""

    def remember_url_form(self, form: UrlForm) -> None:
        """Use this form from now on."""

    def subscribe(self, listener: Callable[[MachineState], None]) -> Callable[[], None]:
        """Have `listener` called with every new state. Returns what ends that."""

    async def upload(
        self,
        path: Path,
        name: str,
        on_progress: OnProgress | None = None,
        *,
        md5: str = "",
        to_memory: bool = False,
    ) -> Uploaded:
        """Upload a file to the card, or to internal memory; its MD5 is taken where it is not known. Raises UploadError."""

    async def delete(self, name: str, *, from_memory: bool = False) -> bool:
        """Delete a file from the card, or from internal memory. Raises UploadError."""

    async def start(
        self, project_file: ProjectFile, *, form: UrlForm | None = None
    ) -> Reply:
        """Start printing an uploaded file. Raises CommandError."""

    async def stop(self) -> Reply:
        """Cancel the print. Raises CommandError."""

    async def clean_print_error(self) -> Reply:
        """Clear the error that stands. Raises CommandError."""

    async def refresh(self) -> None:
        """Ask for a full report, at most now and then. Raises NotConnectedError."""


type Package = Callable[[Path], AbstractAsyncContextManager[Path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job that was claimed for a printer.

    `path` is None where the file is gone; `md5` is empty where no earlier print has taken it. `options` are the fields of
    `project_file` that the slicer and people chose. `package` yields the file to send, which is another one where printers do not
    print it as it is; it raises StorageError.
    """

    print: Print
    job: QueuedJob
    path: Path | None
    md5: str = ""
    options: Mapping[str, Any]
    package: Package = nullcontext


class Surroundings(Protocol):
    """What planning depends on beside jobs and printers: what is known about time."""

    def facts(self, now: datetime, asked: Asked) -> Facts:
        """Return what is known now: of every printer, and of what jobs ask for."""


class NoSurroundings:
    """Nothing is known, and no rule is set."""

    def facts(self, now: datetime, asked: Asked) -> Facts:
        """Return nothing."""
        return NO_FACTS


class Drivers(Protocol):
    """Which real printers this Home Assistant drives: one of several with the same library starts prints on a printer."""

    def ask(self, serial: str) -> None:
        """Drive the printer of this serial number, as soon as no other Home Assistant does."""

    def release(self, serial: str) -> None:
        """Let others drive it."""

    def driver(self, serial: str) -> Driver:
        """Return who drives it, as far as it is known now."""

    async def confirm(self, serial: str) -> bool:
        """Ask once more whether it is driven from here. Does not raise."""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have `listener` called on the loop whenever another one drives a printer. Returns what ends that."""


class OnlyHere:
    """Everything is driven from here: nobody else has the library."""

    def ask(self, serial: str) -> None:
        """Do nothing."""

    def release(self, serial: str) -> None:
        """Do nothing."""

    def driver(self, serial: str) -> Driver:
        """Return that it is this one."""
        return HERE

    async def confirm(self, serial: str) -> bool:
        """Return that it is so."""
        return True

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Do nothing: that never changes."""
        return lambda: None


class FileAwayError(Exception):
    """The job's file is not available now: its folder may come back, or it is being fetched."""

    def __init__(self, fetch: Future[Any] | None = None) -> None:
        """Take what is done when it is worth while to ask again."""
        super().__init__()
        self.fetch = fetch


class PrintStore(Protocol):
    """Where prints are stored. Every method is one transaction, which is on the disk when it returns.

    Any of them may raise; then nothing was stored, as a rule: where the index did not answer, it may be stored all the same, even
    some time later.
    """

    async def close(self) -> None:
        """Give up what is being fetched."""

    async def waiting(self) -> Sequence[QueuedJob]:
        """Return the queued jobs in order."""

    async def open_prints(self) -> Sequence[Print]:
        """Return the prints that have not ended."""

    async def job(self, job_id: str) -> QueuedJob:
        """Return a job, also one that has a print. Raises what the queue raises."""

    async def printers(self) -> Printers:
        """Return the real printers that other Home Assistants have set up."""

    async def take_over(self, machine_id: str, serial: str) -> Plate | None:
        """Make this Home Assistant's what another one had of the same printer, before it is driven from here.

        Returns the plate as it was left. None where nobody else can have had it.
        """

    async def claim(self, job_id: str, machine_id: str) -> Claim | None:
        """Take a job for a printer. None where either is taken already, or the job may not begin any more.

        Raises FileAwayError.
        """

    async def advance(self, before: Print, after: Print) -> None:
        """Store a print's next step, or its result. Raises StalePrintError if the stored print is not `before`."""

    async def put_back(
        self,
        print_: Print,
        *,
        problem: Problem | None,
        code: str = "",
        hold: bool = False,
        retry_at: datetime | None = None,
    ) -> None:
        """End a print that never began; its job is the first in the queue again, or held. Raises StalePrintError."""

    async def end(
        self,
        print_: Print,
        outcome: Outcome,
        *,
        occupies: bool,
        problem: Problem | None = None,
        code: str = "",
        percent: int | None = None,
        layer: int | None = None,
    ) -> None:
        """End a print: its job, its archive and, with `occupies`, the plate. Raises StalePrintError."""

    async def not_begun(self, machine_id: str) -> Sequence[Print]:
        """Return the prints of unfinished jobs whose start was published there and that count as not begun."""

    async def reopen(self, print_: Print) -> Print | None:
        """Reopen one of those, which has begun after all; what another printer is sent of its job is ended.

        None if a start of that may have been published, its job is not queued, the printer has another print, or it was taken over.
        """

    async def memory(self, serial: str) -> MachineMemory:
        """Return what is remembered of the printer of this serial number."""

    async def remember_forms(
        self, serial: str, *, url_form: str, mapping_form: str
    ) -> None:
        """Remember how a printer takes the start of a print."""

    async def remember_spool(self, serial: str, spool: UsedSpool | None) -> None:
        """Remember which spool of a printer was in use last."""

    async def leftovers(self, machine_id: str) -> Sequence[Print]:
        """Return the prints that have ended and whose file may still be on the printer's card."""

    async def removed(self, print_: Print) -> None:
        """Store that a print's file is not on the card any more."""

    async def plates(self) -> Mapping[str, Plate]:
        """Return what is known of plates, by printer."""

    async def set_plate(self, machine_id: str, plate: Plate) -> None:
        """Store what is known of a plate."""

    async def start(self, job_id: str) -> None:
        """Mark a job as started by a person. Raises what the queue raises."""

    async def cancel(self, job_id: str) -> None:
        """Cancel a queued job. Raises what the queue raises."""

    async def retry(self, job_id: str) -> None:
        """Requeue a job that is held for a problem, failed or was cancelled. Raises what the queue raises."""
