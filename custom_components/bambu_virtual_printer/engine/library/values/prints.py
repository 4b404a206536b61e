"""One print: a job on its way to one printer and to its end, as it is stored.

Each copy of a job and each attempt is a print of its own, with ids and a file name of its own. What it is about to do is stored
before it does it, so that after any death it is known what may have happened.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PrintPhase(StrEnum):
    """How far a print is."""

    CLAIMED = "claimed"
    """The job and the printer belong to each other. Nothing has left."""
    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    PUBLISHING = "publishing"
    """The command to start is being sent, or was: from here on it may print."""
    STARTED = "started"
    """The printer has begun with it, and heats or measures."""
    PRINTING = "printing"
    ENDED = "ended"

    @property
    def may_print(self) -> bool:
        """Whether the printer may have begun with it, and only the printer knows."""
        return self in {PrintPhase.PUBLISHING, PrintPhase.STARTED, PrintPhase.PRINTING}

    @property
    def has_begun(self) -> bool:
        """Whether the printer has been seen to begin with it."""
        return self in {PrintPhase.STARTED, PrintPhase.PRINTING}


class Question(StrEnum):
    """Questions that only a person can answer."""

    DID_IT_START = "did_it_start"
    HOW_DID_IT_END = "how_did_it_end"

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The possible answers."""
        match self:
            case Question.DID_IT_START:
                return tuple(Answer)
            case Question.HOW_DID_IT_END:
                return Answer.FINISHED, Answer.FAILED, Answer.CANCELLED


class Answer(StrEnum):
    """A person's answer."""

    STARTED = "started"
    NOT_STARTED = "not_started"
    """To the first question only: the job goes back into the line, or is cancelled where it was to be stopped."""
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How a print ended."""

    FINISHED = "finished"
    FAILED_BEFORE_PRINTING = "failed_before_printing"
    """The printer gave up before the first layer: the file is fine as far as one knows."""
    FAILED = "failed"
    CANCELLED_AT_PRINTER = "cancelled_at_printer"
    CANCELLED_HERE = "cancelled_here"
    REPLACED = "replaced"
    """Another print runs in its place."""
    NOT_STARTED = "not_started"
    """It never began, and its job went back into the line."""


ANSWERED = {
    Answer.FINISHED: Outcome.FINISHED,
    Answer.FAILED: Outcome.FAILED,
    Answer.CANCELLED: Outcome.CANCELLED_AT_PRINTER,
}
"""How a print ended by a person's word."""


class Problem(StrEnum):
    """Why an attempt came to nothing, or how a job ended that was not completed."""

    FILE_GONE = "file_gone"
    ARCHIVE_DELETED = "archive_deleted"
    TAKEN_BACK = "taken_back"
    """The decision was undone of which the job was made."""
    UPLOAD_UNREACHABLE = "upload_unreachable"
    UPLOAD_NOT_THE_PRINTER = "upload_not_the_printer"
    UPLOAD_WRONG_CODE = "upload_wrong_code"
    UPLOAD_STORAGE_FULL = "upload_storage_full"
    UPLOAD_STORAGE_REFUSED = "upload_storage_refused"
    UPLOAD_REFUSED = "upload_refused"
    UPLOAD_BROKEN_OFF = "upload_broken_off"
    UPLOAD_TOO_SLOW = "upload_too_slow"
    UPLOAD_FILE_UNREADABLE = "upload_file_unreadable"
    FILE_NOT_MADE = "file_not_made"
    """The 3MF of plain G-code could not be written on the library's disk."""
    CONNECTION_LOST = "connection_lost"
    """The session ended right before the start; nothing was sent."""
    START_REFUSED = "start_refused"
    DEVELOPER_MODE_OFF = "developer_mode_off"
    BUSY = "busy"
    """Another client started a print first (0500-4004)."""
    INTERRUPTED = "interrupted"
    """The process ended while the file was being sent."""
    NOT_STARTED = "not_started"
    """Decided by a person."""
    FAILED_BEFORE_PRINTING = "failed_before_printing"
    FAILED = "failed"
    CANCELLED_AT_PRINTER = "cancelled_at_printer"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A print. `file` is its name on the printer's card, `subtask_id` identifies it in reports.

    `attempt` counts those of the same copy. `phase_before` is what the printer did when the start was published, in its own word; `publishes` how often it was.
    `code` is the printer's error, `percent` and `layer` how far it had come. `on_card` holds until the file is known to be
    removed from the card.
    """

    id: str
    job_id: str
    machine_id: str
    title: str
    plate: int
    phase: PrintPhase
    claimed_at: datetime
    subtask_id: int
    attempt: int = 1
    file: str = ""
    md5: str = ""
    url_form: str = ""
    mapping_form: str = ""
    phase_before: str = ""
    publishes: int = 0
    published_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    is_stopping: bool = False
    question: Question | None = None
    outcome: Outcome | None = None
    code: str = ""
    percent: int | None = None
    layer: int | None = None
    on_card: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedSpool:
    """A spool that was in use in a printer, and what it was: another one in its place is not the same."""

    unit: int
    slot: int = 0
    type: str = ""
    color: str = ""
    preset_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineMemory:
    """What is remembered of a real printer by its serial number, also while it is not set up.

    `url_form` and `mapping_form` are how it took the start of a print, empty before the first start that shows it. `lost_at` is since when
    it cannot be reached, None while it can. `last_spool` was in use last, None where it is not there any more or nobody knows.
    """

    url_form: str = ""
    mapping_form: str = ""
    lost_at: datetime | None = None
    last_spool: UsedSpool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """The build plate of a printer. `is_occupied` holds from the end of every print there until a person clears it.

    `running` is the print that was last seen under way and whose end was not, `last` the last one that ended; both as
    what watches the printer writes them. `print_id` stands for what lies there now or did last, until the next print begins:
    that of a print of the queue, beside its `job_id`, or one that was made up for a print that was started elsewhere.
    """

    is_occupied: bool = False
    running: str = ""
    last: str = ""
    print_id: str = ""
    job_id: str = ""

    @property
    def name(self) -> str:
        """What the printer called the last print."""
        return self.last.partition("\n")[2]


EMPTY_PLATE = Plate()


class StalePrintError(Exception):
    """A print is not in the expected state: it was changed meanwhile."""
