"""Events of virtual printers: plain data that `emulator`, `relay` and `doors` emit."""

from dataclasses import dataclass

from .explanations import Explanation
from .values import UNNAMED, PrintRequest, ReceivedFile, Sender, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicerConnected:
    """A slicer logged in over MQTT."""

    peer: str
    client_id: str
    sender: Sender = UNNAMED


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicerDisconnected:
    """A slicer's MQTT session ended, for `reason`."""

    peer: str
    client_id: str
    reason: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFailed:
    """A client sent a wrong user or access code. Repeats of one client are reported at most once a minute.

    `codes` is how many different ones it has tried, 0 where only the real printer sees them.
    """

    peer: str
    service: Service
    attempts: int
    codes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsRefused:
    """A client broke off a TLS handshake; `alert` is its TLS alert, such as `unknown_ca`."""

    peer: str
    service: Service
    alert: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectRequested:
    """A slicer sent a detect request, which was answered."""

    peer: str
    service: Service


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadStarted:
    """A slicer began to send a file that will be kept."""

    id: str
    name: str
    peer: str
    service: Service = Service.FTPS
    sender: Sender = UNNAMED


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadReceived:
    """A file was acknowledged to the slicer. `request` is set if its `project_file` arrived before the end of the upload.

    `md5`, in upper-case hex, is set if it was needed to distinguish the upload from others of its name. `plates` are those that
    the file has G-code for, none where that is not known.
    """

    file: ReceivedFile
    request: PrintRequest | None
    md5: str = ""
    plates: frozenset[int] = frozenset()
    service: Service = Service.FTPS


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadFailed:
    """An upload ended before it was complete; nothing of it was kept.

    `id` is that of its UploadStarted, None when it was refused before it began.
    """

    id: str | None = None
    name: str
    peer: str
    reason: Explanation
    received_bytes: int
    service: Service = Service.FTPS
    sender: Sender = UNNAMED


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRenamed:
    """A client renamed an upload on the card."""

    id: str
    name: str
    new_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRequested:
    """A slicer sent a print request. `upload_id` is the upload it belongs to, if that is known already."""

    request: PrintRequest
    upload_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReached:
    """The real printer behind a relay is reachable (again), at this address."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLost:
    """The real printer behind a relay is unreachable, for `reason`."""

    reason: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMoved:
    """The real printer behind a relay was found at another address."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetUnverified:
    """The device at the real printer's address has its name, but a certificate that no known CA signed.

    `fingerprint` is that certificate's SHA-256. Nothing is sent to the device before a person has confirmed it.
    """

    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCodeAccepted:
    """The real printer behind a relay accepted another access code from a slicer than Home Assistant's session began with."""


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
    | OtherCodeAccepted
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
