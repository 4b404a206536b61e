"""Value types that more than one package speaks: modes, received files, print requests, what happened.

Everything here is plain data. `emulator` produces it, `library` keeps it, `hub` carries it between the two.
"""

from dataclasses import dataclass

from .values import PrintRequest, ReceivedFile, Service

# --- where uploads go: the emulator asks, the library answers -------------------------------------------------------


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
    service: Service = Service.FTPS


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadReceived:
    """A file was acknowledged to the slicer. `request` is there when `project_file` came before the upload.

    `md5`, upper-case hex, is there when it was needed to tell the upload from others of its name.
    """

    file: ReceivedFile
    request: PrintRequest | None
    md5: str = ""
    service: Service = Service.FTPS


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
    service: Service = Service.FTPS


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
