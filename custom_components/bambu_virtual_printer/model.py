"""Value types that more than one package speaks: modes, received files, print requests, what happened.

Everything here is plain data. `emulator` produces it, `library` keeps it, `hub` carries it between the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

MAX_UPLOAD_BYTES = 4 * 1024**3
"""The largest file that is taken in, in whatever way it comes."""


class Mode(StrEnum):
    """What happens to an upload once it is complete."""

    IMMEDIATE = "immediate"
    REVIEW = "review"
    QUEUE = "queue"
    PROXY = "proxy"


class Service(StrEnum):
    """A listener of a virtual printer, named by the protocol it speaks."""

    DISCOVERY = "discovery"
    BIND = "bind"
    BIND_TLS = "bind_tls"
    MQTT = "mqtt"
    FTPS = "ftps"
    # Only relayed, never emulated:
    FTPS_DATA = "ftps_data"
    RTSPS = "rtsps"
    """The camera of printers that stream video (TCP 322)."""
    TUNNEL = "tunnel"
    """The camera of those that send pictures, and the file tunnel of newer ones (TCP 6000)."""
    AUXILIARY = "auxiliary"
    """What A1 and P1 printers have on TCP 2024 to 2026; nobody has written down what it is."""


class DuplicatePolicy(StrEnum):
    """What to do with an upload whose very bytes are in the archive already."""

    KEEP = "keep"
    """Treat it like any other."""
    ASK = "ask"
    """Let it wait for a person, whatever the mode."""
    SKIP = "skip"
    """Discard it, as long as the archive really has the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterRef:
    """The virtual printer an upload came in by, as the library remembers it.

    `mode` and `duplicates` are those in force when the upload began: a change does not reach uploads under way.
    """

    id: str
    name: str
    model: str
    mode: Mode
    duplicates: DuplicatePolicy = DuplicatePolicy.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """A complete, verified upload that is safely on disk and will not be lost any more."""

    id: str
    name: str
    size_bytes: int
    sha256: str
    peer: str
    received_at: datetime
    encrypted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRequest:
    """What a slicer asked for with `print.project_file`, normalised.

    `file` is the name it was uploaded under, the key that joins both. `plate` counts from 1 and is None where none was named. Options
    are None where the slicer said nothing; the three-valued ones are 0 off, 1 on, 2 automatic (protocol 9.2, 10.2).
    """

    file: str
    subtask_name: str
    plate: int | None
    peer: str
    received_at: datetime
    md5: str = ""
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


# --- where uploads go: the emulator asks, the library answers -------------------------------------------------------


class StorageError(Exception):
    """The storage could not do what was asked; the text is for the log and for a person."""


class StorageFullError(StorageError):
    """There is not enough room on the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A place for one upload to be written to. `path` does not exist yet; its folder does."""

    id: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file as the printer's memory card shows it to FTP clients."""

    id: str
    name: str
    size_bytes: int
    modified: datetime


class PrinterStorage(Protocol):
    """The memory card of one virtual printer. Implemented by the library, used by the FTPS server.

    Every method is called on the event loop and must not block it.
    """

    @property
    def reserve_bytes(self) -> int:
        """Free space that an upload must leave on the disk, in bytes."""

    async def begin(self, name: str) -> Incoming:
        """Make a place for a new upload. Raises StorageFullError, StorageError."""

    async def commit(
        self,
        incoming: Incoming,
        *,
        size_bytes: int,
        sha256: str,
        peer: str,
        encrypted: bool,
    ) -> ReceivedFile:
        """Keep the written file for good; only then may it be acknowledged.

        On return it survives a crash of the process or the machine. Raises StorageFullError, StorageError, after which
        the place is gone as after `abandon`.
        """

    async def abandon(self, incoming: Incoming) -> None:
        """Remove what was written; never raises."""

    async def files(self) -> Sequence[StoredFile]:
        """Recent uploads, newest first, one for each name."""

    async def locate(self, name: str) -> Path | None:
        """Where the newest file of this name is now, or None."""

    async def remove(self, name: str) -> bool:
        """Take a name off the card. The archive keeps its copy. False when there is no such name."""

    async def rename(self, name: str, new_name: str) -> str | None:
        """Give a file of the card another name, in place of one that has it already.

        Returns the id of the upload, None when there is no such name. Raises StorageError.
        """


# --- what happened --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicerConnected:
    """A slicer logged in over MQTT."""

    peer: str
    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicerDisconnected:
    """A slicer's MQTT session ended; `reason` says how."""

    peer: str
    client_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFailed:
    """A client gave a wrong user or access code. Repeats of one client are reported at most once a minute.

    `codes` is how many different ones it has tried, 0 where only the real printer sees them.
    """

    peer: str
    service: Service
    attempts: int
    codes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsRefused:
    """A client broke off a TLS handshake; `alert` is the reason it gave, such as `unknown_ca`."""

    peer: str
    service: Service
    alert: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectRequested:
    """A slicer asked who we are on the bind port."""

    peer: str
    service: Service


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadStarted:
    """A slicer began to send a file that will be kept."""

    id: str
    name: str
    peer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadReceived:
    """A file was acknowledged to the slicer. `request` is there when `project_file` came before the upload.

    `md5`, upper-case hex, is there when it was needed to tell the upload from others of its name.
    """

    file: ReceivedFile
    request: PrintRequest | None
    md5: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadFailed:
    """An upload ended before it was complete; nothing of it was kept.

    `id` is that of its UploadStarted, None when it was refused before it began.
    """

    id: str | None = None
    name: str
    peer: str
    reason: str
    received_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRenamed:
    """A client gave an upload that is on the card another name."""

    id: str
    name: str
    new_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRequested:
    """A slicer pressed Print. `upload_id` names the upload it belongs to when that is known already."""

    request: PrintRequest
    upload_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReached:
    """The real printer behind a relay can be reached (again), at this address."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLost:
    """The real printer behind a relay cannot be reached; `reason` says what happened."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMoved:
    """The real printer behind a relay was found at another address."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetUnverified:
    """Who answers in the place of the real printer has its name, and a certificate that nobody vouches for.

    `fingerprint` is that certificate's SHA-256. Nothing is sent there until a person has confirmed it.
    """

    fingerprint: str


type RelayEvent = (
    SlicerConnected
    | SlicerDisconnected
    | LoginFailed
    | TlsRefused
    | DetectRequested
    | PrintRequested
    | TargetReached
    | TargetLost
    | TargetMoved
    | TargetUnverified
)

type PrinterEvent = (
    SlicerConnected
    | SlicerDisconnected
    | LoginFailed
    | TlsRefused
    | DetectRequested
    | UploadStarted
    | UploadReceived
    | UploadFailed
    | UploadRenamed
    | PrintRequested
)
