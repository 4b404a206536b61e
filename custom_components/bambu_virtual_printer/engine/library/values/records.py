"""What the library knows about the files it keeps, as plain values; and how to ask for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ...explanations import Explanation
from ...values import Intent, PrinterRef, PrintRequest, ReceivedFile
from .job import DEFAULT_PLAN, Job, JobPlan
from .names import NameSource
from .sent_by import FROM_ANYBODY, SentBy
from .sliced_file import SlicedFile

GIB = 1024 * 1024 * 1024
DEFAULT_RESERVE_BYTES = GIB
DEFAULT_LOW_SPACE_BYTES = 5 * GIB
DEFAULT_FILAMENT_PRICE = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySettings:
    """What a person may choose; None means without limit.

    `reserve_bytes` of the disk are left free by every upload; less than `low_space_bytes` free is reported as low. Uploads
    are refused once the library has `budget_bytes`. A pending upload is discarded after `pending_expiry`.
    What people discard, send back or delete can be restored for `undo_for`. The oldest
    archives are deleted when they are older than `keep_for`, or when there are more than `keep_count` or `keep_bytes`
    of them. `filament_price` is per kilogram, in the currency of the household.
    """

    reserve_bytes: int = DEFAULT_RESERVE_BYTES
    low_space_bytes: int = DEFAULT_LOW_SPACE_BYTES
    budget_bytes: int | None = None
    pending_expiry: timedelta | None = None
    undo_for: timedelta | None = None
    keep_for: timedelta | None = None
    keep_count: int | None = None
    keep_bytes: int | None = None
    filament_price: float = DEFAULT_FILAMENT_PRICE
    name_source: NameSource = NameSource.METADATA


class UploadState(StrEnum):
    """The state of an upload."""

    RECEIVED = "received"
    """Acknowledged to the slicer; nothing decided yet."""
    PENDING = "pending"
    """Waits for a person."""
    ARCHIVING = "archiving"
    """Approved; on its way into the archive."""
    ARCHIVED = "archived"
    QUEUED = "queued"
    """Archived, and jobs were made of it."""
    DISCARDED = "discarded"
    SENT_BACK = "sent_back"
    """Discarded, with a note for the sender."""
    EXPIRED = "expired"
    """Discarded, because it was pending too long."""

    @property
    def is_gone(self) -> bool:
        """Whether the upload was removed without becoming an archive."""
        return self in GONE


GONE = frozenset({UploadState.DISCARDED, UploadState.SENT_BACK, UploadState.EXPIRED})
IN_ARCHIVE = frozenset({UploadState.ARCHIVED, UploadState.QUEUED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """What people write on an upload or archive; empty where they wrote nothing.

    `name` is what they call it, `link` where it is from or belongs.
    """

    notes: str = ""
    tags: tuple[str, ...] = ()
    favourite: bool = False
    project: str = ""
    name: str = ""
    link: str = ""


NO_ANNOTATIONS = Annotations()


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateHistory:
    """What the archive knows of the very same bytes: the first archive of them, how many, and how their prints went.

    `last_failure` says in a person's words why the newest print that failed did, `last_problem` is the key of it where a printer's
    reports told; both are empty when none failed.
    """

    original_id: str
    count: int
    print_count: int
    last_printed_at: datetime | None
    last_failure: str
    last_problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was received. Its id is also that of the archive made of it.

    `file.name` is what the slicer called it, `file_name` what it is called on disk, `name` what people are shown.
    `reason` says why a pending upload could not be archived, or is the note with which one was sent back; it is None
    when nothing went wrong. `plan` is how jobs are to be made of it, once they are. `cost` is that of the filament, None
    before it waits for a person and where the file does not say. `known` is what the archive knows of
    the same bytes, None when it does not, and when the upload is in the archive itself. Until `kept_until` one that was
    discarded can be restored; None when it cannot.
    """

    file: ReceivedFile
    file_name: str
    printer: PrinterRef
    name: str
    state: UploadState = UploadState.RECEIVED
    reason: Explanation | None = None
    requests: tuple[PrintRequest, ...] = ()
    facts: SlicedFile | None = None
    annotations: Annotations = NO_ANNOTATIONS
    plan: JobPlan = DEFAULT_PLAN
    cost: float | None = None
    known: DuplicateHistory | None = None
    kept_until: datetime | None = None

    @property
    def request(self) -> PrintRequest | None:
        """The last print request."""
        return self.requests[-1] if self.requests else None

    @property
    def intent(self) -> Intent:
        """Which button of the slicer was pressed."""
        return Intent.PRINT if self.requests else Intent.SEND

    @property
    def id(self) -> str:
        """The upload's ULID."""
        return self.file.id


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    """Uploads, newest first; `cursor` asks for the next page and is None on the last."""

    uploads: tuple[Upload, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedBy:
    """What came in by one printer: how many uploads that are remembered, and the newest."""

    count: int
    last: Upload | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveChanges:
    """What to write on an archive; None leaves it as it is."""

    notes: str | None = None
    tags: Sequence[str] | None = None
    favourite: bool | None = None
    project: str | None = None
    name: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadChanges(ArchiveChanges):
    """What to write on a pending upload; None leaves it as it is. `plan` is another one, or what makes one of it."""

    plan: JobPlan | Callable[[JobPlan], JobPlan] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What an approved upload became, and until when that can be taken back."""

    archive: Archive
    jobs: tuple[Job, ...]
    undo_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What could not be done, and why."""

    id: str
    reason: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """The result for many: the ids that succeeded, and those that failed."""

    done: tuple[str, ...]
    failed: tuple[Failure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """The archives of the very same bytes. `sequence` is 0 for the first of them; `count` counts all."""

    original_id: str
    sequence: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A kept file, as lists show it.

    Times and weights are sums over the printable plates, None where the file does not say. `sliced_for` is the model it
    was sliced for by the slicer's own name, `sliced_for_code` by the code that `printer.model` uses too: where both
    are known and differ, the upload went to the wrong printer. `cost` is that of the filament at the price of the day
    it was archived. `cover` is the plate whose picture is that of the file, None when there is no picture. `print_count`
    counts finished prints of any of its plates, `open_jobs` those still to come. `last_failed_at` is when the newest print
    of it failed, `last_failure` and `last_problem` say why, as in `DuplicateHistory`.
    `intent` says which button of the slicer was pressed. `judged_good` and `judged_failed` count prints by what people said of
    them. Energy and its cost are those of all prints as far as they were measured. `photo_count` is None until the photos
    were counted.
    """

    file: ReceivedFile
    file_name: str
    printer: PrinterRef
    name: str
    archived_at: datetime
    title: str
    designer: str
    makerworld_id: str
    sliced_for: str
    sliced_for_code: str
    plate_count: int
    print_time_s: int | None
    filament_g: float | None
    filament_types: tuple[str, ...]
    filament_colors: tuple[str, ...]
    annotations: Annotations
    duplicates: Duplicates
    cover: int | None
    cost: float | None
    print_count: int
    last_printed_at: datetime | None
    open_jobs: int
    last_failed_at: datetime | None = None
    last_failure: str = ""
    last_problem: str = ""
    intent: Intent = Intent.SEND
    judged_good: int = 0
    judged_failed: int = 0
    energy_kwh: float | None = None
    energy_cost: float | None = None
    photo_count: int | None = 0

    @property
    def id(self) -> str:
        """The archive's ULID."""
        return self.file.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDetails:
    """An archive with everything that was read from its file, and what slicers asked for, oldest first."""

    archive: Archive
    facts: SlicedFile
    requests: tuple[PrintRequest, ...]

    @property
    def request(self) -> PrintRequest | None:
        """The last print request."""
        return self.requests[-1] if self.requests else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo that is kept with an archive. Its id is a ULID; `content_type` is a MIME type."""

    id: str
    size_bytes: int
    added_at: datetime
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Archives like another one: of the very same bytes, and of the same name or MakerWorld design."""

    exact: tuple[Archive, ...]
    similar: tuple[Archive, ...]


class ArchiveSort(StrEnum):
    """The orders archives can be listed in."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    PRINT_TIME = "print_time"
    FILAMENT = "filament"
    SIZE = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveQuery:
    """Which archives to list; None and empty mean any.

    All words of `text` must occur somewhere in names, title, designer, notes, tags, project, materials or model,
    whatever their case or accents. `filament` is a material such as "PLA", `colour` that of a filament as "#RRGGBB". `printed` asks for those that were printed,
    or were not yet. `received_from` is included, `received_before` is not. `cursor` is that of the page before, of the
    same query.
    """

    text: str = ""
    tags: Sequence[str] = ()
    sliced_for: str | None = None
    printer_id: str | None = None
    favourite: bool | None = None
    project: str | None = None
    filament: str | None = None
    printed: bool | None = None
    received_from: datetime | None = None
    received_before: datetime | None = None
    colour: str | None = None
    instance: str | None = None
    """The id of the Home Assistant where they came in."""
    sent_by: SentBy = FROM_ANYBODY
    sort: ArchiveSort = ArchiveSort.NEWEST
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFacets:
    """What archives can be chosen by, with how many there are of each, the most frequent first.

    Printers are those the files came in by, people those who sent them, both by id and name; colours are "#RRGGBB".
    """

    tags: dict[str, int]
    projects: dict[str, int]
    materials: dict[str, int]
    colours: dict[str, int]
    sliced_for: dict[str, int]
    printers: dict[tuple[str, str], int]
    people: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """Archives of a query. `total` counts all its pages; `cursor` asks for the next and is None on the last.

    Where it is not exact, there are more than `total`, which were not counted.
    """

    archives: tuple[Archive, ...]
    total: int
    is_total_exact: bool = True
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMonth:
    """How many archives came in by a printer within a month of the time zone asked for."""

    printer_id: str
    printer_name: str
    year: int
    month: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What is kept, what it takes, and what comes next. The `ever` and `printed` sums include what was deleted since.

    `queued` counts jobs in the queue, `active` those a printer has, `discarded_bytes` are those of files that people can still have back, `printed` prints that were completed, `failed` those that failed and were not tried again. The judged ones are by the word of people; energy is that of all prints that were measured. Money is filament
    at the price of its day. `storage_low` says that uploads are refused soon, or already.
    """

    archives: int
    archive_bytes: int
    pending: int
    pending_bytes: int
    discarded_bytes: int
    queued: int
    active: int
    next_job: Job | None
    ever_archived: int
    ever_filament_g: float
    ever_print_time_s: int
    ever_cost: float
    printed: int
    printed_filament_g: float
    printed_print_time_s: int
    printed_cost: float
    failed: int
    judged_good: int
    judged_failed: int
    energy_kwh: float
    energy_cost: float
    free_bytes: int
    disk_bytes: int
    storage_low: bool

    @property
    def used_bytes(self) -> int:
        """What all kept files take."""
        return self.archive_bytes + self.pending_bytes + self.discarded_bytes


NOTHING_COUNTED = Statistics(
    archives=0,
    archive_bytes=0,
    pending=0,
    pending_bytes=0,
    discarded_bytes=0,
    queued=0,
    active=0,
    next_job=None,
    ever_archived=0,
    ever_filament_g=0.0,
    ever_print_time_s=0,
    ever_cost=0.0,
    printed=0,
    printed_filament_g=0.0,
    printed_print_time_s=0,
    printed_cost=0.0,
    failed=0,
    judged_good=0,
    judged_failed=0,
    energy_kwh=0.0,
    energy_cost=0.0,
    free_bytes=0,
    disk_bytes=0,
    storage_low=False,
)
"""Those of a library that nobody could look into yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """What a round of maintenance did: pending uploads that expired, archives that were deleted."""

    expired: int
    deleted: int
