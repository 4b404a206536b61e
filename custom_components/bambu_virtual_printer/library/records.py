"""What the library knows about the files it keeps, as plain values; and how to ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..model import PrinterRef, PrintRequest, ReceivedFile
from .names import NameSource
from .sliced_file import SlicedFile

DEFAULT_RESERVE_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySettings:
    """What a person may choose. `reserve_bytes` of the disk are left free by every upload."""

    reserve_bytes: int = DEFAULT_RESERVE_BYTES
    name_source: NameSource = NameSource.METADATA


class UploadState(StrEnum):
    """What became of an upload."""

    RECEIVED = "received"
    """Acknowledged to the slicer; nothing decided yet."""
    PENDING = "pending"
    """Waits for a person."""
    ARCHIVED = "archived"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was received. Its id is also that of the archive made of it.

    `file.name` is what the slicer called it, `file_name` what it is called on disk, `name` what people are shown.
    `reason` says why a pending upload could not be archived; it is empty when nothing went wrong.
    """

    file: ReceivedFile
    file_name: str
    printer: PrinterRef
    name: str
    state: UploadState = UploadState.RECEIVED
    reason: str = ""
    request: PrintRequest | None = None
    facts: SlicedFile | None = None

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
class Annotations:
    """What people write on an archive."""

    notes: str = ""
    tags: tuple[str, ...] = ()
    favourite: bool = False
    project: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveChanges:
    """What to write on an archive; None leaves it as it is."""

    notes: str | None = None
    tags: Sequence[str] | None = None
    favourite: bool | None = None
    project: str | None = None


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
    are known and differ, the upload went to the wrong printer.
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

    @property
    def id(self) -> str:
        """The archive's ULID."""
        return self.file.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDetails:
    """An archive with everything that was read from its file, and what the slicer asked for."""

    archive: Archive
    facts: SlicedFile
    request: PrintRequest | None


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
    whatever their case or accents. `received_from` is included, `received_before` is not. `cursor` is that of the page
    before, of the same query.
    """

    text: str = ""
    tags: Sequence[str] = ()
    sliced_for: str | None = None
    printer_id: str | None = None
    favourite: bool | None = None
    project: str | None = None
    received_from: datetime | None = None
    received_before: datetime | None = None
    sort: ArchiveSort = ArchiveSort.NEWEST
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """Archives of a query. `total` counts all its pages; `cursor` asks for the next and is None on the last."""

    archives: tuple[Archive, ...]
    total: int
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMonth:
    """How many archives came in by a printer within a month (UTC)."""

    printer_id: str
    printer_name: str
    year: int
    month: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What is kept and what it takes. The sums over everything ever archived include what was deleted since."""

    archives: int
    archive_bytes: int
    pending: int
    pending_bytes: int
    ever_archived: int
    ever_filament_g: float
    ever_print_time_s: int
    free_bytes: int
    disk_bytes: int
