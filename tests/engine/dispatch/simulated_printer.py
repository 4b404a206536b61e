"""A printer in memory that keeps the truth of what it printed, with the manners and faults that matter to a queue."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
import random
from typing import Any

from custom_components.bambu_virtual_printer.engine.machines.codes import print_error
from custom_components.bambu_virtual_printer.engine.machines.commands import Reply
from custom_components.bambu_virtual_printer.engine.machines.errors import (
    DeveloperModeOffError,
    NoReplyError,
    NotConnectedError,
    RefusedError,
    UploadCause,
    UploadError,
)
from custom_components.bambu_virtual_printer.engine.machines.families import (
    UrlForm,
    find_traits,
)
from custom_components.bambu_virtual_printer.engine.machines.mapping import MappingForm
from custom_components.bambu_virtual_printer.engine.machines.project_file import (
    ProjectFile,
)
from custom_components.bambu_virtual_printer.engine.machines.transfer import (
    OnProgress,
    Progress,
    Uploaded,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    MachineState,
    Phase,
    PrintJob,
)

CANCELLED, BUSY, WRONG_PATH, HOMING = 0x0300400C, 0x05004004, 0x0500C010, 0x03004000
BAD_MAPPING = 0x07FF8012
OK = Reply(fields={}, is_confirmed=True)


class Start(Enum):
    """What comes of the next start."""

    PRINTS = auto()
    LATE = auto()
    """After 50 s in which only the names are new: H2D."""
    LOST = auto()
    """The command does not arrive, and nothing is answered."""
    UNANSWERED = auto()
    """It prints, and the answer is lost."""
    NOTHING = auto()
    """It is answered and nothing comes of it."""
    WRONG_PATH = auto()
    """The first form of the URL cannot be opened."""
    NO_PATH = auto()
    """No form can."""
    WRONG_MAPPING = auto()
    """It takes nothing but the flat form of the mapping: P2S without an AMS."""
    VERY_LATE = auto()
    """It begins after a person has given it up."""
    REFUSED = auto()
    UNSIGNED = auto()
    FAILS = auto()
    """It fails while it prepares."""


@dataclass(kw_only=True)
class Printed:
    """A print that really began. `end` is empty while it goes on."""

    file: str
    subtask_id: str
    end: str = ""


class SimulatedPrinter:
    """On the wire, as `machines.Machine` shows it. `prints` is the truth."""

    def __init__(
        self,
        loaded: MachineState,
        loop: asyncio.AbstractEventLoop,
        *,
        serial: str = "",
        model: str = "C12",
        minutes: float = 10.0,
        upload_s: float = 4.0,
        latency: random.Random | None = None,
    ) -> None:
        self.serial = serial
        self.mapping_form = MappingForm.STOCK
        self.mappings: list[dict[str, Any]] = []
        self.very_late_s = 400.0
        self.traits = find_traits(model)
        self.state = replace(loaded, availability=Availability.ONLINE, is_current=True)
        self.truth = self.state
        self.prints: list[Printed] = []
        self.files: set[str] = set()
        self.in_memory: set[str] = set()
        self.commands: list[str] = []
        self.forms: list[UrlForm] = []
        self.next_start = Start.PRINTS
        self.cancel_code = "late"
        self.upload_failures: list[UploadCause] = []
        self.plate_is_dirty = False
        self.printed_on_dirty = 0
        self.age_s: float | None = 1.0
        self.stop_answer: Exception | None = None
        self._loop = loop
        self._minutes = minutes
        self._part_s = upload_s / 4
        self._latency = latency
        self._is_connected = True
        self._ftps_is_up = True
        self._url_form = self.traits.url_forms[0]
        self._listeners: list[Callable[[MachineState], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._printing: asyncio.Task[None] | None = None
        self._generation = 0
        self.has_foreign = False

    # --- as a machine ---

    @property
    def report_age_s(self) -> float | None:
        return self.age_s

    @property
    def url_form(self) -> UrlForm:
        return self._url_form

    @property
    def other_url_form(self) -> UrlForm:
        first, second = self.traits.url_forms
        return second if self._url_form is first else first

    def remember_url_form(self, form: UrlForm) -> None:
        self._url_form = form

    def subscribe(self, listener: Callable[[MachineState], None]) -> Callable[[], None]:
        self._listeners.append(listener)

        def end() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return end

    async def refresh(self) -> None:
        if not self._is_connected:
            raise NotConnectedError("off")

    async def upload(
        self,
        path: Path,
        name: str,
        on_progress: OnProgress | None = None,
        *,
        md5: str = "",
        to_memory: bool = False,
    ) -> Uploaded:
        self.in_memory |= {name} if to_memory else set()
        for part in range(4):
            await asyncio.sleep(
                self._part_s + (self._latency.random() if self._latency else 0)
            )
            self.files.add(name)
            if not self._ftps_is_up:
                raise UploadError(UploadCause.BROKEN_OFF, "gone")
            if self.upload_failures:
                raise UploadError(self.upload_failures.pop(0), "as told")
            if on_progress:
                on_progress(Progress(sent_bytes=part, total_bytes=4))
        return Uploaded(name=name, size_bytes=4, md5=md5 or "A" * 32)

    async def delete(self, name: str, *, from_memory: bool = False) -> bool:
        await asyncio.sleep(0.1)
        assert from_memory == (name in self.in_memory)
        if not self._ftps_is_up:
            raise UploadError(UploadCause.UNREACHABLE, "gone")
        was_there = name in self.files
        self.files.discard(name)
        return was_there

    async def start(
        self, project_file: ProjectFile, *, form: UrlForm | None = None
    ) -> Reply:
        if not self._is_connected:
            raise NotConnectedError("off")
        self.commands.append("project_file")
        self.forms.append(form or self._url_form)
        self.mappings.append(project_file.mapping.fields())
        script = self.next_start
        # The path stays wrong for the one form, or for both.
        if script not in {Start.WRONG_PATH, Start.NO_PATH, Start.WRONG_MAPPING}:
            self.next_start = Start.PRINTS
        await self._on_the_way()
        if script is Start.LOST:
            await asyncio.sleep(12)
            raise NoReplyError("no answer")
        if script is Start.REFUSED:
            raise RefusedError("project_file", "no", 0x05008051)
        if script is Start.UNSIGNED:
            raise DeveloperModeOffError("project_file", "verify failed", None)
        arrived = self._generation
        self._spawn(self._begin(project_file, form or self._url_form, script, arrived))
        await self._on_the_way()
        if script is Start.UNANSWERED or not self._is_connected:
            await asyncio.sleep(12)
            raise NoReplyError("no answer")
        return OK

    async def stop(self) -> Reply:
        if not self._is_connected:
            raise NotConnectedError("off")
        if self.stop_answer:
            raise self.stop_answer
        self.commands.append("stop")
        await self._on_the_way()
        self.cancel()
        return OK

    async def clean_print_error(self) -> Reply:
        if not self._is_connected:
            raise NotConnectedError("off")
        self.commands.append("clean_print_error")
        self.report(print_error=None)
        return OK

    async def _on_the_way(self) -> None:
        await asyncio.sleep(self._latency.random() * 0.5 if self._latency else 0)

    # --- what it does ---

    def report(self, *, job: dict[str, Any] | None = None, **changes: Any) -> None:
        if job is not None:
            changes["job"] = replace(self.truth.job, **job)
        self.truth = replace(self.truth, **changes)
        self._tell()

    def _tell(self) -> None:
        if not self._is_connected:
            return
        self.state = replace(
            self.truth, availability=Availability.ONLINE, is_current=True
        )
        for listener in tuple(self._listeners):
            listener(self.state)

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _begin(
        self, project: ProjectFile, form: UrlForm, script: Start, arrived: int
    ) -> None:
        if self.truth.phase.is_active:
            self.report(print_error=print_error(BUSY))
            return
        if self.truth.print_error and not self.truth.print_error.is_cancellation:
            return
        names = {"name": project.title, "file": project.file}
        ids = {"subtask_id": str(project.job_id)}
        if script is Start.NOTHING:
            self.report(job=names)
            return
        is_wrong = script is Start.NO_PATH or (
            script is Start.WRONG_PATH and form is self.traits.url_forms[0]
        )
        if is_wrong or project.file not in self.files:
            self.report(job=names, print_error=print_error(WRONG_PATH))
            return
        if script is Start.WRONG_MAPPING and "ams_mapping2" in project.mapping.fields():
            self.report(job=names, print_error=print_error(BAD_MAPPING))
            return
        if script is Start.LATE:
            self.report(job=names | ids)
            await asyncio.sleep(50)
        elif script is Start.VERY_LATE:
            self.report(job=names | ids)
            await asyncio.sleep(self.very_late_s)
        else:
            await asyncio.sleep(2)
        if self._generation != arrived or self.truth.phase.is_active:
            return
        self._printing = self._spawn(
            self._print(project.file, names | ids, fails=script is Start.FAILS)
        )

    async def _print(self, file: str, names: dict[str, Any], *, fails: bool) -> None:
        self.report(phase=Phase.PREPARE, job=names | {"percent": 0, "layer": 0})
        self.printed_on_dirty += self.plate_is_dirty and bool(names["subtask_id"])
        self.plate_is_dirty = True
        self.has_foreign = not names["subtask_id"]
        printed = Printed(file=file, subtask_id=names["subtask_id"])
        self.prints.append(printed)
        try:
            await asyncio.sleep(30)
            if fails:
                printed.end = "failed"
                self.report(phase=Phase.FAILED, print_error=print_error(HOMING))
                return
            for percent in range(5):
                self.report(
                    phase=Phase.RUNNING, job={"percent": 20 * percent, "layer": percent}
                )
                await asyncio.sleep(self._minutes * 60 / 5)
            printed.end = "finished"
            self.report(phase=Phase.FINISH, job={"percent": 100})
        finally:
            printed.end = printed.end or "aborted"

    def cancel(self) -> None:
        """Cancel what is printed, as a person at the printer does."""
        if self._printing is None or self._printing.done():
            return
        self._printing.cancel()
        code = print_error(CANCELLED) if self.cancel_code == "brief" else None
        self.report(phase=Phase.FAILED, print_error=code)
        if self.cancel_code in {"late", "brief"}:
            self._spawn(self._change_code())

    async def _change_code(self) -> None:
        await asyncio.sleep(5)
        if self.truth.phase is Phase.FAILED:
            late = self.cancel_code == "late"
            self.report(print_error=print_error(CANCELLED) if late else None)

    def print_foreign(self, name: str = "Vase") -> None:
        """Start another print at the printer, where none is under way."""
        self.print_named(name, "")

    def print_named(self, name: str, subtask_id: str) -> None:
        """Start a print that somebody has sent, where none is under way."""
        if self.truth.phase.is_active or (self._printing and not self._printing.done()):
            return
        self._generation += 1
        self.has_foreign = not subtask_id
        names = {"name": name, "file": f"{name}.3mf", "subtask_id": subtask_id}
        self.truth = replace(self.truth, print_error=None)
        self._printing = self._spawn(self._print(f"{name}.3mf", names, fails=False))

    def replace_print(self, name: str = "Vase") -> None:
        """Start another print in the place of what is printed."""
        if self._printing:
            self._printing.cancel()
        names = {"name": name, "file": f"{name}.3mf", "subtask_id": ""}
        self._printing = self._spawn(self._print(f"{name}.3mf", names, fails=False))

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way or about to be."""
        return self._printing is None or self._printing.done()

    def disconnect(self) -> None:
        """End the session; the printer goes on."""
        self._is_connected = False
        self.state = replace(
            self.state, availability=Availability.OFFLINE, is_current=False
        )
        for listener in tuple(self._listeners):
            listener(self.state)

    def connect(self) -> None:
        self._is_connected = True
        self._ftps_is_up = True
        self._tell()

    def drop_ftps(self) -> None:
        self._ftps_is_up = False

    def reboot(self) -> None:
        """Switch off and on; what was printed is not gone on with."""
        self.disconnect()
        self._generation += 1
        for task in tuple(self._tasks):
            task.cancel()
        self.truth = replace(
            self.truth, phase=Phase.IDLE, job=PrintJob(), print_error=None
        )
