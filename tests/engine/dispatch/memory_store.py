"""An index in memory, with the rules of the real one; what it holds outlives whoever works with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
import itertools
from pathlib import Path
import random

from custom_components.bambu_virtual_printer.engine.dispatch.fetches import FileFetches
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import QueuedJob
from custom_components.bambu_virtual_printer.engine.dispatch.plates import occupied_by
from custom_components.bambu_virtual_printer.engine.dispatch.ports import (
    Claim,
    FileAwayError,
    Package,
)
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    OtherPrinters,
    Printers,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    MachineMemory,
    Outcome,
    Plate,
    Print,
    PrintPhase,
    Problem,
    StalePrintError,
    UsedSpool,
)

FINISHED = {
    Outcome.FINISHED: "completed",
    Outcome.CANCELLED_HERE: "cancelled",
    Outcome.CANCELLED_AT_PRINTER: "cancelled",
}


@dataclass(kw_only=True)
class StoredJob:
    """A job. Its state is that of the library."""

    queued: QueuedJob
    copies: int = 1
    printed: int = 0
    attempts: int = 0
    state: str = "pending"
    state_before: str = "pending"
    path: Path | None = Path("/plate.3mf")
    problem: Problem | None = None
    code: str = ""


@dataclass(kw_only=True)
class Disk:
    """What is stored."""

    jobs: dict[str, StoredJob] = field(default_factory=dict)
    line: list[str] = field(default_factory=list)
    prints: dict[str, Print] = field(default_factory=dict)
    plates: dict[str, Plate] = field(default_factory=dict)
    memories: dict[str, MachineMemory] = field(default_factory=dict)
    is_folder_away: bool = False
    others: OtherPrinters = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    same: dict[str, str] = field(default_factory=dict)
    # By serial number, where several Home Assistants have set up one printer.
    twins: dict[str, set[str]] = field(default_factory=dict)
    phases: list[PrintPhase] = field(default_factory=list)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, job: QueuedJob, *, copies: int = 1) -> None:
        self.jobs[job.id] = StoredJob(queued=job, copies=copies)
        self.line.append(job.id)

    def of_job(self, job_id: str) -> list[Print]:
        return [one for one in self.prints.values() if one.job_id == job_id]


class JobStateError(Exception):
    """The job is in no state for that."""


class MemoryStore:
    """A connection to the disk. Once `dead`, nothing is written any more, as after a kill."""

    def __init__(
        self,
        disk: Disk,
        clock: Callable[[], datetime],
        *,
        latency: random.Random | None = None,
    ) -> None:
        self.disk = disk
        self.is_dead = False
        self.failures = 0
        # How many claims are stored without an answer, and how long after the error.
        self.lost_claims = 0
        self.lost_for_s = 0.0
        self._late_claims: set[asyncio.Task[Claim | None]] = set()
        self.package: Package = nullcontext
        self.file_path: Callable[[str], Awaitable[Path | None]] = self._file_path
        self._fetches = FileFetches(self._fetch)
        self._clock = clock
        self._latency = latency

    async def _turn(self) -> None:
        """Take a moment: a kill may come before or after what is done."""
        await asyncio.sleep(self._latency.random() * 0.02 if self._latency else 0)
        if self.is_dead:
            raise RuntimeError("killed")

    async def _begin(self) -> None:
        await self._turn()
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")

    async def _file_path(self, job_id: str) -> Path | None:
        return self.disk.jobs[job_id].path

    async def _fetch(self, job_id: str) -> Path | None:
        return await self.file_path(job_id)

    async def close(self) -> None:
        await self._fetches.close()

    async def waiting(self) -> Sequence[QueuedJob]:
        await self._begin()
        return [self._queued(self.disk.jobs[job_id]) for job_id in self.disk.line]

    def _queued(self, job: StoredJob) -> QueuedJob:
        return replace(
            job.queued,
            is_held=job.state == "staged",
            is_started=job.state == "waiting",
            problem=job.problem or "",
        )

    async def open_prints(self) -> Sequence[Print]:
        await self._begin()
        return [one for one in self.disk.prints.values() if one.ended_at is None]

    async def printers(self) -> Printers:
        return Printers(others=self.disk.others, own=self.disk.own, same=self.disk.same)

    async def job(self, job_id: str) -> QueuedJob:
        await self._begin()
        return self._queued(self.disk.jobs[job_id])

    async def take_over(self, machine_id: str, serial: str) -> Plate | None:
        await self._begin()
        twins = self.disk.twins.get(serial, set()) - {machine_id}
        if not twins:
            return None
        for print_ in tuple(self.disk.prints.values()):
            if print_.machine_id in twins:
                after = replace(print_, machine_id=machine_id)
                self.disk.prints[print_.id] = after
        for twin in twins & self.disk.plates.keys():
            self.disk.plates[machine_id] = self.disk.plates.pop(twin)
        await self._turn()
        return self.disk.plates.get(machine_id, Plate())

    async def claim(self, job_id: str, machine_id: str) -> Claim | None:
        if not self.lost_claims:
            return await self._claim(job_id, machine_id)
        self.lost_claims -= 1
        if self.lost_for_s:
            late = asyncio.create_task(self._claim_later(job_id, machine_id))
            self._late_claims.add(late)
            late.add_done_callback(self._late_claims.discard)
        else:
            await self._claim(job_id, machine_id)
        raise OSError("the index has not answered")

    async def _claim_later(self, job_id: str, machine_id: str) -> Claim | None:
        await asyncio.sleep(self.lost_for_s)
        return await self._claim(job_id, machine_id)

    async def _claim(self, job_id: str, machine_id: str) -> Claim | None:
        await self._begin()
        if self.disk.is_folder_away:
            raise FileAwayError
        path = await self._fetches.path(job_id)
        job = self.disk.jobs[job_id]
        if job.state not in {"pending", "waiting"}:
            return None
        if any(
            one.ended_at is None and (one.machine_id == machine_id or one.job_id == job_id)
            for one in self.disk.prints.values()
        ):  # fmt: skip
            return None
        number = next(self.disk.ids)
        job.attempts += 1
        queued = self._queued(job)
        print_ = Print(
            id=f"P{number:04}", job_id=job_id, machine_id=machine_id, title=f"Job {job_id}", plate=1,
            phase=PrintPhase.CLAIMED, claimed_at=self._clock(), subtask_id=10_000 + number, attempt=job.attempts,
        )  # fmt: skip
        job.state_before = job.state
        job.state, job.problem, job.code = "dispatching", None, ""
        job.queued = replace(job.queued, retry_at=None)
        self.disk.line.remove(job_id)
        self.disk.prints[print_.id] = print_
        self.disk.phases.append(print_.phase)
        await self._turn()
        return Claim(
            print=print_, job=queued, path=path, options={}, package=self.package
        )

    async def advance(self, before: Print, after: Print) -> None:
        await self._begin()
        self._check(before)
        self.disk.prints[after.id] = after
        self.disk.phases.append(after.phase)
        if after.phase.has_begun:
            self.disk.jobs[after.job_id].state = "printing"
        await self._turn()

    def _check(self, print_: Print) -> None:
        if self.disk.prints[print_.id] != print_:
            raise StalePrintError

    async def put_back(
        self,
        print_: Print,
        *,
        problem: Problem | None,
        code: str = "",
        hold: bool = False,
        retry_at: datetime | None = None,
    ) -> None:
        await self._begin()
        self._check(print_)
        self._close(print_, outcome=Outcome.NOT_STARTED, code=code)
        job = self.disk.jobs[print_.job_id]
        job.state = "staged" if hold else job.state_before
        job.problem, job.code = problem, code
        job.queued = replace(job.queued, retry_at=retry_at)
        self.disk.line.insert(0, print_.job_id)
        await self._turn()

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
        await self._begin()
        self._check(print_)
        self._close(print_, outcome=outcome, code=code, percent=percent, layer=layer)
        job = self.disk.jobs[print_.job_id]
        job.problem, job.code = problem, code
        job.state = FINISHED.get(outcome, "failed")
        if outcome is Outcome.FINISHED:
            job.printed += 1
            if job.printed < job.copies:
                job.state, job.attempts = "cancelled", 0
                if not print_.is_stopping:
                    job.state = "pending"
                    self.disk.line.insert(0, print_.job_id)
        if occupies:
            plate = self.disk.plates.get(print_.machine_id, Plate())
            self.disk.plates[print_.machine_id] = occupied_by(plate, print_)
        await self._turn()

    def _close(self, print_: Print, **values: object) -> None:
        self.disk.phases.append(PrintPhase.ENDED)
        self.disk.prints[print_.id] = replace(
            print_,
            phase=PrintPhase.ENDED,
            ended_at=self._clock(),
            question=None,
            **values,  # type: ignore[arg-type]
        )

    async def not_begun(self, machine_id: str) -> Sequence[Print]:
        await self._begin()
        return [
            one
            for one in self.disk.prints.values()
            if one.machine_id == machine_id
            and one.outcome in {Outcome.NOT_STARTED, Outcome.CANCELLED_HERE}
            and one.started_at is None
            and one.publishes
            and self.disk.jobs[one.job_id].state not in {"completed", "failed"}
        ]

    async def reopen(self, print_: Print) -> Print | None:
        await self._begin()
        job = self.disk.jobs[print_.job_id]
        still_open = [one for one in self.disk.prints.values() if one.ended_at is None]
        if any(one.machine_id == print_.machine_id for one in still_open):
            return None
        other = next((one for one in still_open if one.job_id == print_.job_id), None)
        if other is None:
            if job.state in {"pending", "waiting", "staged"}:
                self.disk.line.remove(print_.job_id)
            elif job.state != "cancelled":
                return None
        elif other.phase.may_print:
            return None
        else:
            self._close(other, outcome=Outcome.NOT_STARTED)
        after = replace(
            print_,
            phase=PrintPhase.STARTED,
            is_stopping=job.state == "cancelled",
            outcome=None,
            ended_at=None,
            started_at=self._clock(),
        )
        self.disk.prints[print_.id] = after
        job.state, job.problem, job.code = "printing", None, ""
        await self._turn()
        return after

    async def memory(self, serial: str) -> MachineMemory:
        await self._begin()
        return self.disk.memories.get(serial, MachineMemory())

    async def remember_forms(
        self, serial: str, *, url_form: str, mapping_form: str
    ) -> None:
        await self._begin()
        before = self.disk.memories.get(serial, MachineMemory())
        self.disk.memories[serial] = replace(
            before, url_form=url_form, mapping_form=mapping_form
        )

    async def remember_spool(self, serial: str, spool: UsedSpool | None) -> None:
        await self._begin()
        before = self.disk.memories.get(serial, MachineMemory())
        self.disk.memories[serial] = replace(before, last_spool=spool)

    async def leftovers(self, machine_id: str) -> Sequence[Print]:
        await self._begin()
        return [
            one
            for one in self.disk.prints.values()
            if one.machine_id == machine_id and one.on_card and one.ended_at
        ]

    async def removed(self, print_: Print) -> None:
        await self._begin()
        now = self.disk.prints[print_.id]
        self.disk.prints[print_.id] = replace(now, on_card=False)

    async def plates(self) -> Mapping[str, Plate]:
        await self._begin()
        return dict(self.disk.plates)

    async def set_plate(self, machine_id: str, plate: Plate) -> None:
        await self._begin()
        self.disk.plates[machine_id] = plate
        await self._turn()

    async def start(self, job_id: str) -> None:
        await self._begin()
        job = self.disk.jobs[job_id]
        if job.state not in {"pending", "staged", "waiting"}:
            raise JobStateError
        job.state = "waiting"
        job.queued = replace(
            job.queued, not_before=None, retry_at=None, starts=job.queued.starts + 1
        )

    async def cancel(self, job_id: str) -> None:
        await self._begin()
        job = self.disk.jobs[job_id]
        if job.state == "cancelled":
            return
        if job.state not in {"pending", "staged", "waiting"}:
            raise JobStateError
        job.state = "cancelled"
        self.disk.line.remove(job_id)

    async def retry(self, job_id: str) -> None:
        await self._begin()
        job = self.disk.jobs[job_id]
        if job.state == "staged":
            job.state = "pending"
        elif job.state in {"failed", "cancelled"}:
            job.state = "pending"
            self.disk.line.insert(0, job_id)
        else:
            raise JobStateError
        job.problem, job.attempts = None, 0
        job.queued = replace(job.queued, retry_at=None)
