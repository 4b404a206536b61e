"""What is known of a real printer, as plain values. `state.py` makes them of its reports."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .codes import ErrorCode


class Availability(StrEnum):
    """Whether the printer can be talked to, and if not, what a person has to mend."""

    CONNECTING = "connecting"
    """Nothing is known yet."""
    ONLINE = "online"
    """It takes commands and sends reports."""
    OFFLINE = "offline"
    """It does not answer: switched off, or not on this network."""
    LAN_ACCESS_OFF = "lan_access_off"
    """It refuses connections, as firmware does while LAN access is off (A1 mini 01.07.02.00), or while it starts."""
    TOO_MANY_CLIENTS = "too_many_clients"
    """It accepts connections but no TLS: all its slots are taken (A1 01.07.02.00)."""
    WRONG_CODE = "wrong_code"
    """It refuses the access code. The code changes when LAN-only or Developer Mode is switched."""
    WRONG_SERIAL = "wrong_serial"
    """Another printer answers at the address."""
    UNTRUSTED = "untrusted"
    """No CA of the maker vouches for its certificate, and no person has confirmed it."""
    CERTIFICATE_CHANGED = "certificate_changed"
    """It does not show the certificate that a person has confirmed."""
    SILENT = "silent"
    """It takes the login and sends no reports."""


class Phase(StrEnum):
    """What the printer does (`gcode_state`)."""

    UNKNOWN = "unknown"
    """Not reported yet, or with an unknown word."""
    IDLE = "idle"
    PREPARE = "prepare"
    SLICING = "slicing"
    RUNNING = "running"
    PAUSE = "pause"
    FINISH = "finish"
    FAILED = "failed"
    """Also shown after a cancelled print, until the next one starts."""

    @property
    def is_active(self) -> bool:
        """Whether a print is under way. Nothing may be started then: an A1 mini cancels what it prints."""
        return self in ACTIVE_PHASES

    @property
    def is_free(self) -> bool:
        """Whether no print is under way, without doubt: a word that is not known may be one of a print."""
        return self in FREE_PHASES


ACTIVE_PHASES = frozenset({Phase.PREPARE, Phase.SLICING, Phase.RUNNING, Phase.PAUSE})
FREE_PHASES = frozenset({Phase.IDLE, Phase.FINISH, Phase.FAILED})


class DeveloperMode(StrEnum):
    """Whether the printer takes commands of other programs than the maker's."""

    UNKNOWN = "unknown"
    ON = "on"
    OFF = "off"


class StorageState(StrEnum):
    """The state of the printer's memory card or USB stick (`home_flag` bits 8 and 9, `aux` bits 12 and 13)."""

    UNKNOWN = "unknown"
    MISSING = "missing"
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    READ_ONLY = "read_only"


class AmsKind(StrEnum):
    """The models of AMS (bits 0 to 3 of a unit's `info`)."""

    UNKNOWN = "unknown"
    AMS = "ams"
    AMS_LITE = "ams_lite"
    AMS_2_PRO = "ams_2_pro"
    AMS_HT = "ams_ht"
    A2L_LITE = "a2l_lite"


# The external spool's unit: of the only or right nozzle, and of the left one.
EXTERNAL_MAIN = 255
EXTERNAL_DEPUTY = 254


class SpoolPlace(NamedTuple):
    """Where a spool sits, numbered as in `ams_mapping2`: an AMS unit and its slot, or an external holder and 0.

    A tuple, because a plan looks places up tens of thousands of times.
    """

    unit: int
    slot: int = 0

    @property
    def is_external(self) -> bool:
        """Whether it is a holder outside of every AMS."""
        return self.unit in {EXTERNAL_MAIN, EXTERNAL_DEPUTY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spool:
    """A place for a spool and what is known of the filament there.

    `is_present` is whether there is a spool. Without one, or with one that the printer knows nothing about, the texts
    are empty. `color` is RRGGBBAA, empty where unset. `preset_id` is the slicer's filament id (GFA00). `remaining_percent`
    is None where the spool has no RFID tag.
    """

    place: SpoolPlace
    is_present: bool
    type: str = ""
    sub_brand: str = ""
    color: str = ""
    colors: tuple[str, ...] = ()
    preset_id: str = ""
    remaining_percent: int | None = None
    weight_g: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is a spool and its filament is known."""
        return self.is_present and bool(self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmsUnit:
    """An AMS. `nozzle` is the one it serves (0 right or only, 1 left), None where it serves any or has not reported it.

    `humidity_level` runs from 1, wet, to 5, dry.
    """

    id: int
    kind: AmsKind
    nozzle: int | None
    spools: tuple[Spool, ...]
    humidity_level: int | None = None
    humidity_percent: int | None = None
    temperature_c: float | None = None
    drying_min: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """A measured temperature and the one that is aimed at, 0 for none."""

    current_c: float
    target_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nozzle:
    """A nozzle; id 0 is the only or right one, 1 the left. `diameter_mm` is None while unknown."""

    id: int
    diameter_mm: float | None
    type: str
    is_active: bool
    temperature: Temperature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """The print that the printer has, had last or is about to have, in its own words.

    Ids are decimal texts, "0" or empty where there is none. Percent, layers and time are leftovers while nothing prints.
    """

    name: str = ""
    file: str = ""
    plate: int | None = None
    subtask_id: str = ""
    task_id: str = ""
    project_id: str = ""
    origin: str = ""
    """`print_type`: local, cloud, idle, …"""
    percent: int | None = None
    prepare_percent: int | None = None
    layer: int | None = None
    layers: int | None = None
    remaining_min: int | None = None
    stage: int | None = None
    """`stg_cur`: what the printer does just now; -1, 0 and 255 are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """The card or stick that uploads go to. `free_bytes` is None where the printer does not report it."""

    state: StorageState = StorageState.UNKNOWN
    free_bytes: int | None = None
    has_memory: bool = False
    """Whether the printer prints from internal memory what a file tunnel brings there."""

    @property
    def takes_to_memory(self) -> bool:
        """Whether uploads go to internal memory, because there is no card or stick."""
        return self.has_memory and self.state is StorageState.MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A light by its name on the wire (chamber_light, work_light, …); a flashing one is on."""

    node: str
    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmware:
    """The answer to `get_version`: the version of the whole and the versions of the modules by name."""

    version: str = ""
    product_name: str = ""
    modules: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineState:
    """Everything that is known of a real printer. A report that changes nothing makes an equal value.

    While the printer is not available these are the last known values. `is_current` is whether it has reported since the
    connection was made what it does; before that, `phase` and `job` are from an earlier connection and nothing may be
    concluded from them.
    """

    availability: Availability = Availability.CONNECTING
    is_current: bool = False
    phase: Phase = Phase.UNKNOWN
    job: PrintJob = PrintJob()
    nozzles: tuple[Nozzle, ...] = ()
    bed: Temperature | None = None
    chamber: Temperature | None = None
    ams: tuple[AmsUnit, ...] = ()
    external: tuple[Spool, ...] = ()
    active_spool: SpoolPlace | None = None
    running_spools: tuple[SpoolPlace | None, ...] = ()
    """Which spool the print takes for each filament of the project, as newer firmware reports it (`mapping`)."""
    print_error: ErrorCode | None = None
    hms: tuple[ErrorCode, ...] = ()
    storage: Storage = Storage()
    developer_mode: DeveloperMode = DeveloperMode.UNKNOWN
    asks_for_signatures: bool | None = None
    """Bit 29 of `fun`; a hint at Developer Mode being off, None on P1, A1 and older X1."""
    firmware: Firmware = Firmware()
    wifi_dbm: int | None = None
    is_door_open: bool | None = None
    lights: tuple[Light, ...] = ()
    skipped_objects: tuple[int, ...] = ()

    @property
    def is_available(self) -> bool:
        """Whether commands reach the printer."""
        return self.availability is Availability.ONLINE

    @property
    def spools(self) -> tuple[Spool, ...]:
        """All places for spools, those of AMS units first."""
        return (*(spool for unit in self.ams for spool in unit.spools), *self.external)

    @property
    def active_nozzle(self) -> Nozzle | None:
        """The nozzle in use, None before the first report."""
        return next((nozzle for nozzle in self.nozzles if nozzle.is_active), None)

    def spool(self, place: SpoolPlace) -> Spool | None:
        """Return the spool at a place, None where there is no such place."""
        for unit in self.ams:
            for spool in unit.spools:
                if spool.place == place:
                    return spool
        return next((spool for spool in self.external if spool.place == place), None)

    def light(self, node: str) -> bool | None:
        """Whether a light is on, None where there is none of that name."""
        return next((light.is_on for light in self.lights if light.node == node), None)
