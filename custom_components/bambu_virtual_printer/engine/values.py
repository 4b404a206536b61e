"""Value types that the engine's packages share."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

type JsonObject = dict[str, Any]


class Mode(StrEnum):
    """What happens to an upload once it is complete."""

    IMMEDIATE = "immediate"
    REVIEW = "review"
    QUEUE = "queue"
    PROXY = "proxy"


class FilamentRule(StrEnum):
    """Which loaded spool may be used for a filament of a job."""

    MATCH_COLOR = "match_color"
    """One of the same material and colour."""
    ANY_COLOR = "any_color"
    """One of the same material; of the same colour where there is one."""
    EXACT_PRESET = "exact_preset"
    """One of the same filament preset and colour: no variant stands in for another."""


class Service(StrEnum):
    """A listener of a virtual printer, named by the protocol it speaks."""

    DISCOVERY = "discovery"
    BIND = "bind"
    BIND_TLS = "bind_tls"
    MQTT = "mqtt"
    FTPS = "ftps"
    HTTP = "http"
    """Uploads to Home Assistant's own address, which is no listener of a printer's."""
    RTSPS = "rtsps"
    """The camera of printers that stream video (TCP 322)."""
    TUNNEL = "tunnel"
    """The camera of those that send pictures, and the file tunnel of newer ones (TCP 6000)."""
    # Only relayed, never emulated:
    FTPS_DATA = "ftps_data"
    AUXILIARY = "auxiliary"
    """TCP 2024 to 2026 of A1 and P1 printers; undocumented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends, told by the access code or the key; without an id and a name it is whoever has the printer's own code.

    Uploads of one that is reviewed wait for a person, whatever the mode. `tags` are added to each.
    """

    person: str = ""
    name: str = ""
    is_reviewed: bool = False
    tags: tuple[str, ...] = ()

    def may_have(self, person: str) -> bool:
        """Whether they may get, rename and delete what `person` sent: with the printer's own code everything."""
        return self.person in ("", person)


UNNAMED = Sender()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedSlicer:
    """A client that is logged in at a virtual printer, or through a proxy at its real printer."""

    peer: str
    client_id: str
    connected_since: datetime
    sender: Sender = UNNAMED


class DuplicatePolicy(StrEnum):
    """What to do with an upload whose file is in the archive already, byte for byte."""

    KEEP = "keep"
    """Treat it like any other."""
    ASK = "ask"
    """Leave it pending for a person, in every mode."""
    SKIP = "skip"
    """Discard it, provided that the archive has the file."""


class Intent(StrEnum):
    """Which button of the slicer was pressed."""

    SEND = "send"
    PRINT = "print"


class OnPrint(StrEnum):
    """What to do when a slicer sent a print request, and not only the file."""

    SEND = "send"
    """The same as for Send: what the mode says."""
    FRONT = "front"
    """Put the plate at the front of the queue, in every mode."""
    START = "start"
    """Start it as soon as its printer can, too."""


class Shows(StrEnum):
    """What slicers see in a virtual printer: spools, nozzles, temperatures, progress."""

    NOTHING = "nothing"
    """A printer that is empty and idle."""
    TARGET = "target"
    """The real printer that its jobs are meant for."""
    MODEL = "model"
    """The spools of all real printers of its model that print from the queue, and nothing else of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterRef:
    """The virtual printer an upload came in by, as the library remembers it.

    `mode`, `duplicates` and `on_print` are those in force when the upload began: a change does not reach uploads under way.
    """

    id: str
    name: str
    model: str
    mode: Mode
    duplicates: DuplicatePolicy = DuplicatePolicy.KEEP
    on_print: OnPrint = OnPrint.SEND


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """A complete, verified upload, durably on disk."""

    id: str
    name: str
    size_bytes: int
    sha256: str
    peer: str
    received_at: datetime
    encrypted: bool
    sender: str = ""
    """The name of who sent it; empty where that is unknown."""
    person: str = ""
    """The id of the person who sent it; empty with the printer's own access code, and for imports."""
    instance: str = ""
    """The id of the Home Assistant where it came in; empty where only one has the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRequest:
    """A slicer's `print.project_file`, normalised.

    `file` is the name it was uploaded under, by which both are matched. `plate` counts from 1; None if the slicer named
    none. Options are None if the slicer did not send them; the three-valued ones are 0 off, 1 on, 2 automatic
    (docs/protocol.md, Print options).
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
    spools: tuple[dict[str, str], ...] | None = None
    """What was chosen for each filament of the project out of several printers' spools, instead of slots: `type`, `preset_id` and
    `color`, as reports have them; nothing where none was chosen."""
    person: str = ""
    """The id of who asked, as in `ReceivedFile`."""
