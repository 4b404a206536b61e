"""The jobs of the print queue, as plain values: what is to be printed, in which state, and why it has not begun.

A job is one plate of an archive, so many times. Its state moves by the table `TRANSITIONS` and by nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Self, TypedDict

from ...explanations import Explanation, explain
from ...values import FilamentRule, Intent, PrinterRef, PrintRequest
from .json_codec import JSON_NAME
from .prints import PrintPhase, Problem, Question
from .sliced_file import Filament
from .timing import NO_TIMING, Timing
from .verdicts import Reprint, Verdict

# The slicer publishes its options a moment after the upload (docs/protocol.md, Print requests); nothing starts before.
OPTIONS_EXPECTED_FOR = timedelta(seconds=5)
MAX_COPIES = 999
FIRST_YEAR = 1970
LAST_YEAR = 9000


class TargetKind(StrEnum):
    """What a job may be meant for."""

    PRINTER = "printer"
    """One real printer; the id is its own."""
    MODEL = "model"
    """Any real printer of a model; the id is the model's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a job is to be printed. Jobs without a target wait until they get one."""

    kind: TargetKind
    id: str


class Priority(IntEnum):
    """How urgent a job is."""

    LOW = -1
    NORMAL = 0
    HIGH = 1


# Three ways to say which spool is for which filament.
_SPOOLS = frozenset({"ams_mapping", "ams_mapping2", "spools"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOptions:
    """What to ask a real printer for, with the names and values of `PrintRequest`; None where unset."""

    bed_type: str = ""
    timelapse: bool | None = None
    vibration_cali: bool | None = None
    layer_inspect: bool | None = None
    use_ams: bool | None = None
    bed_leveling: int | None = None
    flow_cali: int | None = None
    nozzle_offset_cali: int | None = None
    ams_mapping: tuple[int, ...] | None = None
    ams_mapping2: tuple[dict[str, int], ...] | None = None
    nozzle_mapping: tuple[int, ...] | None = None
    spools: tuple[dict[str, str], ...] | None = None

    @classmethod
    def of_request(cls, request: PrintRequest) -> Self:
        """Take over what a slicer asked for.

        A mapping in which nothing is mapped means that the slicer did not know, never "external spool" (protocol
        10.2); it is left out.
        """
        values: dict[str, Any] = {
            field.name: getattr(request, field.name) for field in fields(cls)
        }
        mapping = request.ams_mapping
        if mapping is not None and all(tray == -1 for tray in mapping):
            values["ams_mapping"] = None
        return cls(**values)

    def over(self, others: PrintOptions | None) -> PrintOptions:
        """Return these, and the others where these say nothing. Spools are chosen in one way only."""
        said = {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) not in (None, "")
        }
        if said.keys() & _SPOOLS:
            said = dict.fromkeys(_SPOOLS) | said
        return replace(others or PrintOptions(), **said)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """How jobs are made of an archive.

    Without `plates` every sliced plate becomes a job. With `hold` they wait until a person releases or starts them.
    `due` is when they should be done: planning lets them begin in time. `options` override what the slicer asks for.
    `filament_rule` says which spools may be used, None for what their virtual printer says; with `print_anyway` it does not
    matter how much is left on them.
    """

    target: Target | None = None
    plates: tuple[int, ...] = ()
    copies: int = 1
    hold: bool = field(default=True, metadata={JSON_NAME: "staged"})
    priority: Priority = Priority.NORMAL
    not_before: datetime | None = None
    due: datetime | None = field(default=None, metadata={JSON_NAME: "due_at"})
    options: PrintOptions | None = None
    timing: Timing = NO_TIMING
    filament_rule: FilamentRule | None = None
    print_anyway: bool = False


DEFAULT_PLAN = JobPlan()


class JobState(StrEnum):
    """The state of a job."""

    PENDING = "pending"
    """Queued."""
    STAGED = "staged"
    """Queued, but held until a person releases or starts it."""
    WAITING = "waiting"
    """Marked for dispatch by a person; begins as soon as it can."""
    DISPATCHING = "dispatching"
    """Being sent to a real printer."""
    PRINTING = "printing"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def explanation(self) -> Explanation:
        """What people call it."""
        return _STATES[self]

    @property
    def is_queued(self) -> bool:
        """Whether the job has not begun and has a position."""
        return self in QUEUED

    @property
    def is_active(self) -> bool:
        """Whether a real printer has the job."""
        return self in ACTIVE

    @property
    def is_started(self) -> bool:
        """Whether a person has started the job, or a real printer has it."""
        return self in STARTED

    @property
    def is_finished(self) -> bool:
        """Whether nothing comes after it."""
        return self in FINISHED


_STATES = {
    JobState.PENDING: explain("job_pending", "Queued"),
    JobState.STAGED: explain("job_staged", "On hold"),
    JobState.WAITING: explain("job_waiting", "Started"),
    JobState.DISPATCHING: explain("job_dispatching", "Being sent"),
    JobState.PRINTING: explain("job_printing", "Printing"),
    JobState.COMPLETED: explain("job_completed", "Printed"),
    JobState.FAILED: explain("job_failed", "Failed"),
    JobState.SKIPPED: explain("job_skipped", "Skipped"),
    JobState.CANCELLED: explain("job_cancelled", "Cancelled"),
}
QUEUED = frozenset({JobState.PENDING, JobState.STAGED, JobState.WAITING})
ACTIVE = frozenset({JobState.DISPATCHING, JobState.PRINTING})
STARTED = ACTIVE | {JobState.WAITING}
UNFINISHED = QUEUED | ACTIVE
FINISHED = frozenset(JobState) - UNFINISHED


class JobVerb(StrEnum):
    """What can be done to a job."""

    HOLD = "held"
    RELEASE = "released"
    START = "started"
    DISPATCH = "dispatched"
    REJOIN = "found to print"
    RETRY = "tried again"
    CANCEL = "cancelled"
    FINISH = "finished"


TRANSITIONS: dict[JobVerb, tuple[frozenset[JobState], JobState | None]] = {
    JobVerb.HOLD: (frozenset({JobState.PENDING, JobState.WAITING}), JobState.STAGED),
    JobVerb.RELEASE: (frozenset({JobState.STAGED}), JobState.PENDING),
    JobVerb.START: (frozenset({JobState.PENDING, JobState.STAGED}), JobState.WAITING),
    JobVerb.DISPATCH: (
        frozenset({JobState.PENDING, JobState.WAITING}),
        JobState.DISPATCHING,
    ),
    # A start that was taken for lost: the printer began after all.
    JobVerb.REJOIN: (QUEUED | {JobState.CANCELLED}, JobState.PRINTING),
    JobVerb.RETRY: (
        frozenset({JobState.STAGED, JobState.FAILED, JobState.CANCELLED}),
        JobState.PENDING,
    ),
    # Who holds the printer stops it first, and finishes the job then.
    JobVerb.CANCEL: (QUEUED, JobState.CANCELLED),
    # The caller says in which of the finished states.
    JobVerb.FINISH: (UNFINISHED, None),
}
"""From which states each verb leads, and where to."""


class WaitingKey(StrEnum):
    """Why a job has not begun."""

    STAGED = "staged"
    SCHEDULED = "scheduled"
    SLICER_OPTIONS = "slicer_options"
    NO_TARGET = "no_target"
    NO_PRINTER_CONNECTION = "no_printer_connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingReason:
    """Why a job has not begun. `until` is the time it waits for."""

    key: WaitingKey
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One plate to be printed, `copies` times.

    `printer` is the virtual printer the file came in by, `peer` the IP address it came from, `machine_id` the real one
    that has or had the job. `sliced_for` is the slicer's name of the model it was sliced for. `position` counts from 1, which is the next, and is None when the job is not in the queue. Time,
    weight and cost are those of one copy, None where the file does not say. `error` says how the job ended or why the
    last attempt failed. `options_due_at` is until when the slicer's own options may still come.

    `verdict` is what a person said of the copy that was printed last, with the reason, who said it and when; `reprint` is the
    offer to print that one again. `judged_good` and `judged_failed` count copies. Energy is that of all its prints as far as
    it was measured, None where none was.
    """

    id: str
    archive_id: str
    name: str
    file_name: str
    printer: PrinterRef
    peer: str
    plate: int
    plate_name: str
    plate_count: int
    has_thumbnail: bool
    sliced_for: str
    state: JobState
    position: int | None
    priority: Priority
    copies: int
    copies_printed: int
    target: Target | None
    not_before: datetime | None
    due: datetime | None
    options: PrintOptions | None
    options_due_at: datetime | None
    print_time_s: int | None
    filament_g: float | None
    filament_types: tuple[str, ...]
    filament_colors: tuple[str, ...]
    cost: float | None
    machine_id: str
    attempts: int
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    problem: Problem | None = None
    problem_code: str = ""
    retry_at: datetime | None = None
    starts: int = 0
    """How many times it was started by a person, or by the slicer's *Print*."""
    phase: PrintPhase | None = None
    intent: Intent = Intent.SEND
    """Whether the slicer's Print asked for this plate."""
    sender: str = ""
    person: str = ""
    """Who sent the file, as in `ReceivedFile`."""
    instance: str = ""
    """Where the file came in, as in `ReceivedFile`."""
    question: Question | None = None
    is_stopping: bool = False
    filament_rule: FilamentRule | None = None
    print_anyway: bool = False
    filaments: tuple[Filament, ...] = ()
    """What the plate takes of each filament."""
    verdict: Verdict | None = None
    verdict_reason: str = ""
    verdict_by: str = ""
    verdict_at: datetime | None = None
    reprint: Reprint = Reprint.NONE
    judged_good: int = 0
    judged_failed: int = 0
    energy_kwh: float | None = None
    energy_cost: float | None = None
    timing: Timing = NO_TIMING
    late_for: datetime | None = None
    """The due time of which people were told that it cannot be kept."""

    @property
    def title(self) -> str:
        """What to call the job: the archive's name, and the plate when there are several."""
        if self.plate_count < 2:
            return self.name
        return f"{self.name} - Plate {self.plate}"

    @property
    def copies_left(self) -> int:
        """How many copies are still to be printed."""
        return self.copies - self.copies_printed

    def waiting_reason(self, now: datetime) -> WaitingReason | None:
        """Return why the job has not begun; None when it has."""
        match self.state:
            case JobState.STAGED:
                return WaitingReason(key=WaitingKey.STAGED)
            case JobState.WAITING:
                return WaitingReason(key=WaitingKey.NO_PRINTER_CONNECTION)
            case JobState.PENDING:
                return self._queued_reason(now)
        return None

    def _queued_reason(self, now: datetime) -> WaitingReason:
        if self.not_before is not None and now < self.not_before:
            return WaitingReason(key=WaitingKey.SCHEDULED, until=self.not_before)
        if awaits_options(self.options_due_at, now):
            return WaitingReason(key=WaitingKey.SLICER_OPTIONS)
        if self.target is None:
            return WaitingReason(key=WaitingKey.NO_TARGET)
        return WaitingReason(key=WaitingKey.NO_PRINTER_CONNECTION)


def awaits_options(due_at: datetime | None, now: datetime) -> bool:
    """Return whether the slicer's own options may still come; what is due later than they ever are is so by another clock."""
    return due_at is not None and now < due_at <= now + OPTIONS_EXPECTED_FOR


class JobChanges(TypedDict, total=False):
    """What to change on a job in the queue: what is named, and nothing else. None clears.

    `options` are others, or what makes some of those there are; `timing` is what makes others of those there are.
    """

    target: Target | None
    not_before: datetime | None
    due: datetime | None
    priority: Priority
    copies: int
    options: PrintOptions | Callable[[PrintOptions], PrintOptions] | None
    timing: Callable[[Timing], Timing]
    filament_rule: FilamentRule | None
    print_anyway: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """Jobs of a list; `total` counts all its pages, `cursor` asks for the next and is None on the last."""

    jobs: tuple[Job, ...]
    total: int
    cursor: str | None
