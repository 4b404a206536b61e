"""What happened in the library, emitted after it was stored."""

from dataclasses import dataclass
from pathlib import Path

from ...explanations import Explanation
from ...values import PrinterRef, PrintRequest, ReceivedFile
from .errors import IndexFault
from .job import Job
from .records import Archive, DuplicateHistory, Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveAdded:
    """An upload became an archive."""

    archive: Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveChanged:
    """An archive's annotations or photos changed, or the slicer's print request for it came (`by_slicer`)."""

    archive: Archive
    by_slicer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDeleted:
    """An archive's files were removed; `purged` when its statistics were as well.

    `undone` when it waits for a decision again instead, which UploadRestored tells.
    """

    archive: Archive
    purged: bool
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadStored:
    """A file was taken in, from a slicer or by an import, as if it came by `printer`; what becomes of it follows.

    `known` is what the archive knows of the same bytes, None also when the index did not answer.
    """

    file: ReceivedFile
    printer: PrinterRef
    request: PrintRequest | None
    known: DuplicateHistory | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadHeld:
    """An upload waits for a person. It has a `reason` when it should have been archived and could not be."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadChanged:
    """A pending upload's annotations changed, or the slicer's print request for it came (`by_slicer`)."""

    upload: Upload
    by_slicer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadDiscarded:
    """A pending upload was removed; its file is too, or can be restored for a while (`upload.kept_until`)."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadApproved:
    """A person approved a pending upload: it is `archive` now, with `jobs` when it went to the queue."""

    upload: Upload
    archive: Archive
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSentBack:
    """A person sent a pending upload back; the note is its `reason`. Its file was removed."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRestored:
    """A person restored a discarded or sent back upload; it is pending again."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadExpired:
    """A pending upload expired. Its file was removed."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRefused:
    """An upload should have been queued, by its printer's mode or its slicer's Print, and the queue cannot print it.

    It is an archive (`is_archived`), or waits for a person.
    """

    upload: Upload
    reason: Explanation
    is_archived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAdded:
    """A job was put in the queue."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChanged:
    """A job in the queue was edited, the slicer's options for it came, or the reason of a failed one was corrected."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobMoved:
    """A person gave a job another place in the queue."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHeld:
    """A job waits for a person from now on."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReleased:
    """A job no longer waits for a person."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted:
    """A person started a job; it is marked for dispatch. `upload_id` is that of the upload that was sent with Print for it, if any."""

    job: Job
    upload_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStartedAgain:
    """A person started a job that is started already, and waits for nothing that a start changes but power: nobody is told."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDispatching:
    """A job is being sent to a real printer."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPrinting:
    """A real printer began to print a job."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPutBack:
    """A job is in the queue again: sending it failed, or it has copies left to print."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobJudged:
    """A person said how a print of a job came out, or whether it is to be printed again."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuestionRaised:
    """A person has to answer what became of a job on a real printer; its `question` is which answer is needed."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuestionSettled:
    """A job's question is settled. The event with the outcome follows."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished:
    """A job ended; its state is the outcome."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEmptied:
    """The last job came to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageLow:
    """The disk is nearly full, or the library has nearly used up its budget; `reason` says which."""

    reason: Explanation
    free_bytes: int
    used_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageOk:
    """There is enough room again."""

    free_bytes: int
    used_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryAbsent:
    """The library is not in its folder: its disk is missing, or another library is there (`is_other`)."""

    folder: Path
    is_other: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPresent:
    """The library is in its folder again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAway:
    """The store of a shared library cannot be used, so that files wait here; again when the reason is another one."""

    place: str
    reason: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePresent:
    """The store can be used again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesUnfit:
    """Files were damaged or lost here before the store of a shared library had them; again when there are others, or none."""

    place: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexAway:
    """The index of a shared library cannot be used; uploads are received, and wait. Again when the reason is another one."""

    reason: Explanation
    fault: IndexFault = IndexFault.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPresent:
    """The index answers again, and what waited has been written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReplaced:
    """The index was damaged and is being rebuilt from the files; the old one is kept at `kept_aside`."""

    kept_aside: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivesRestored:
    """The index had lost archives, which were found again on the disk."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedElsewhere:
    """Other instances changed something in a shared library; also after the connection to it was lost for a while."""

    instances: frozenset[str]
    """The ids of those that are known to have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOutdated:
    """A newer version of this software has changed the index of a shared library, so that this one must be updated."""

    reason: Explanation


type JobEvent = (
    JobAdded
    | JobChanged
    | JobMoved
    | JobHeld
    | JobReleased
    | JobStarted
    | JobStartedAgain
    | JobDispatching
    | JobPrinting
    | JobPutBack
    | JobJudged
    | JobQuestionRaised
    | JobQuestionSettled
    | JobFinished
)

type LibraryEvent = (
    ArchiveAdded
    | ArchiveChanged
    | ArchiveDeleted
    | UploadStored
    | UploadHeld
    | QueueRefused
    | UploadChanged
    | UploadApproved
    | UploadDiscarded
    | UploadSentBack
    | UploadExpired
    | UploadRestored
    | JobEvent
    | QueueEmptied
    | StorageLow
    | StorageOk
    | LibraryAbsent
    | LibraryPresent
    | StoreAway
    | StorePresent
    | FilesUnfit
    | IndexAway
    | IndexPresent
    | IndexReplaced
    | ArchivesRestored
    | ChangedElsewhere
    | IndexOutdated
)
