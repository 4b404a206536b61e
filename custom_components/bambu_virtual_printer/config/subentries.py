"""What the config entry says, as values: one virtual printer, the hub's options."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from ..const import (
    CONF_ACCESS_CODE,
    CONF_ADVERTISE_IP,
    CONF_ALLOW_CONTROL,
    CONF_BIND_IP,
    CONF_BUDGET_GB,
    CONF_DUPLICATES,
    CONF_ENABLED,
    CONF_FILAMENT_RULE,
    CONF_FILE_TUNNEL,
    CONF_FINGERPRINT,
    CONF_FTPS_PORT,
    CONF_HOLD,
    CONF_HOST,
    CONF_KEEP_COUNT,
    CONF_KEEP_DAYS,
    CONF_KEEP_GB,
    CONF_LOW_SPACE_GB,
    CONF_MODE,
    CONF_MODEL,
    CONF_NEEDS_KNOWN_FILAMENT,
    CONF_ON_PRINT,
    CONF_PASV_ADDRESS,
    CONF_PENDING_DAYS,
    CONF_PHOTOGRAPH,
    CONF_PRINT_FROM_QUEUE,
    CONF_PRINTER_ID,
    CONF_PROJECT,
    CONF_RESERVE_GB,
    CONF_RESERVE_MB,
    CONF_SERIAL,
    CONF_SERIAL_SUFFIX,
    CONF_SHOWS,
    CONF_SLOT,
    CONF_SPOOL_SENSOR,
    CONF_SPOOL_SENSORS,
    CONF_SPOOL_SLOT,
    CONF_TAGS,
    CONF_TARGET,
    CONF_TERMINATE_FTPS,
    CONF_UNDO_MINUTES,
    CONF_WAIT_FOR_PLATE,
    CONF_WHEN,
    SECTION_FILING,
    SECTION_NETWORK,
    SECTION_POWER,
    SECTION_RETENTION,
    SUBENTRY_PRINTER,
    SUBENTRY_PROXY,
    SUBENTRY_VIRTUAL_PRINTER,
)
from ..engine.emulator.identity import Identity
from ..engine.library.values.annotations import (
    MAX_TAG_CHARS,
    MAX_TAGS,
    clean_line,
    clean_tags,
)
from ..engine.library.values.driving import RealPrinter
from ..engine.library.values.errors import TextField, TooLongError
from ..engine.library.values.job import JobPlan
from ..engine.library.values.records import Annotations
from ..engine.library.values.targets import TARGET_ANY, TARGET_NONE, target_of
from ..engine.machines.settings import MachineSettings
from ..engine.machines.values import SpoolPlace
from ..engine.pki.printer_identity import PrinterIdentity
from ..engine.printable import MAX_TEXT_CHARS
from ..engine.protocol.ports import Ports
from ..engine.protocol.printer_models import (
    DEFAULT_MODEL,
    MODELS,
    PrinterModel,
    find_model,
)
from ..engine.relay.proxy_printer import ProxyIdentity
from ..engine.values import (
    DuplicatePolicy,
    FilamentRule,
    Mode,
    OnPrint,
    PrinterRef,
    Shows,
)
from .power import NO_POWER, PowerConfig
from .when import WhenConfig

DEFAULT_MODEL_CODE = DEFAULT_MODEL.code
DEFAULT_FTPS_PORT = Ports().ftps
LIMITS = (
    CONF_PENDING_DAYS,
    CONF_UNDO_MINUTES,
    CONF_KEEP_DAYS,
    CONF_KEEP_COUNT,
    CONF_KEEP_GB,
    CONF_BUDGET_GB,
    CONF_LOW_SPACE_GB,
)
MODEL_NAMES = {code: model.name for code, model in MODELS.items()}
FILING_LIMITS = {
    "max_tags": str(MAX_TAGS),
    "max_tag_length": str(MAX_TAG_CHARS),
    "max_project_length": str(MAX_TEXT_CHARS),
}


def filing_fits(tags: Sequence[str], project: str) -> bool:
    """Tell whether uploads can be given these tags and this project."""
    try:
        clean_tags(tags)
        clean_line(TextField.PROJECT, project)
    except TooLongError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPrinterConfig:
    """One `virtual_printer` subentry. `id` is the subentry's and never changes."""

    id: str
    name: str
    model: PrinterModel
    mode: Mode
    access_code: str = field(repr=False)
    serial_suffix: str
    slot: int
    bind_ip: str
    advertise_ip: str | None
    pasv_address: str | None
    ftps_port: int
    enabled: bool
    tags: tuple[str, ...] = ()
    project: str = ""
    target: str = TARGET_ANY
    hold: bool = True
    duplicates: DuplicatePolicy = DuplicatePolicy.KEEP
    filament_rule: FilamentRule = FilamentRule.MATCH_COLOR
    """Which spools its jobs may use that say nothing of their own."""
    on_print: OnPrint = OnPrint.SEND
    shows: Shows = Shows.NOTHING
    allows_control: bool = False
    """Whether slicers may control the real printer that is shown, and not only switch its light and set its spools."""
    file_tunnel: bool = True
    """Whether slicers may send through the file tunnel, where the model has one."""

    @classmethod
    def from_data(cls, id_: str, name: str, data: Mapping[str, Any]) -> Self:
        """Read a subentry's data."""
        network: Mapping[str, Any] = data.get(SECTION_NETWORK, {})
        filing: Mapping[str, Any] = data.get(SECTION_FILING, {})
        return cls(
            id=id_,
            name=name,
            model=find_model(data[CONF_MODEL]),
            mode=Mode(data[CONF_MODE]),
            access_code=data[CONF_ACCESS_CODE],
            serial_suffix=data[CONF_SERIAL_SUFFIX],
            slot=data[CONF_SLOT],
            bind_ip=data[CONF_BIND_IP],
            advertise_ip=network.get(CONF_ADVERTISE_IP),
            pasv_address=network.get(CONF_PASV_ADDRESS),
            ftps_port=network.get(CONF_FTPS_PORT, DEFAULT_FTPS_PORT),
            enabled=data[CONF_ENABLED],
            tags=tuple(filing.get(CONF_TAGS, ())),
            project=filing.get(CONF_PROJECT, ""),
            target=filing.get(CONF_TARGET, TARGET_ANY),
            hold=filing.get(CONF_HOLD, True),
            duplicates=DuplicatePolicy(
                filing.get(CONF_DUPLICATES, DuplicatePolicy.KEEP)
            ),
            filament_rule=FilamentRule(
                filing.get(CONF_FILAMENT_RULE, FilamentRule.MATCH_COLOR)
            ),
            on_print=OnPrint(filing.get(CONF_ON_PRINT, OnPrint.SEND)),
            shows=Shows(filing.get(CONF_SHOWS, Shows.NOTHING)),
            allows_control=filing.get(CONF_ALLOW_CONTROL, False),
            file_tunnel=network.get(CONF_FILE_TUNNEL, True),
        )

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Read a subentry."""
        return cls.from_data(subentry.subentry_id, subentry.title, subentry.data)

    @property
    def identity(self) -> Identity:
        """What the emulator needs to know."""
        return Identity(
            name=self.name,
            model=self.model,
            serial_suffix=self.serial_suffix,
            access_code=self.access_code,
            bind_ip=self.bind_ip,
            advertise_ip=self.advertise_ip,
            pasv_address=self.pasv_address,
            slot=self.slot,
            ports=Ports(ftps=self.ftps_port),
            file_tunnel=self.file_tunnel,
        )

    @property
    def ref(self) -> PrinterRef:
        """How the library remembers the printer."""
        return PrinterRef(
            id=self.id,
            name=self.name,
            model=self.model.code,
            mode=self.mode,
            duplicates=self.duplicates,
            on_print=self.on_print,
        )

    @property
    def annotations(self) -> Annotations:
        """What is written on every upload from the beginning."""
        return Annotations(tags=self.tags, project=self.project)

    @property
    def plan(self) -> JobPlan:
        """How jobs are made of every upload, unless a person says otherwise."""
        return JobPlan(target=target_of(self.target, self.model.code), hold=self.hold)

    @property
    def serial(self) -> str:
        """The serial number."""
        return self.identity.serial

    def can_show(self, machine: MachineConfig) -> bool:
        """Tell whether slicers would take a real printer's reports for this one's: only those of the same model."""
        return machine.model.profile_name == self.model.profile_name

    def takes_jobs_for(self, machine: MachineConfig) -> bool:
        """Tell whether jobs may be meant for a real printer: for one of another model only where slicers see none."""
        return self.shows is Shows.NOTHING or self.can_show(machine)

    def needs_restart(self, other: Self) -> bool:
        """Tell whether going from this to the other takes new sockets; a new name, mode or filing does not."""
        if self.enabled != other.enabled:
            return True
        return replace(self.identity, name="") != replace(other.identity, name="")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineConfig:
    """One `printer` subentry: a real printer. `id` is the subentry's and never changes."""

    id: str
    name: str
    model: PrinterModel
    host: str
    serial: str
    access_code: str = field(repr=False)
    pinned: str | None = None
    """The certificate's fingerprint that a person confirmed, where the maker does not vouch for it."""
    prints_from_queue: bool = False
    """Whether a person lets the queue start prints there."""
    waits_for_plate: bool = True
    """Whether its plate has to be cleared between prints of the queue."""
    needs_known_filament: bool = False
    """Whether it prints only from spools of which it is known how much is left."""
    spool_sensors: Mapping[SpoolPlace, str] = field(default_factory=dict)
    """The sensors that tell how much is left on spools, by their places."""
    when: WhenConfig = field(default_factory=WhenConfig)
    """Its rules about time."""
    photographs_prints: bool = False
    """Whether its camera takes a photo at the end of each print of the queue."""
    power: PowerConfig = NO_POWER

    @classmethod
    def from_data(cls, id_: str, name: str, data: Mapping[str, Any]) -> Self:
        """Read a subentry's data."""
        return cls(
            id=id_,
            name=name,
            model=find_model(data[CONF_MODEL]),
            host=data[CONF_HOST],
            serial=data[CONF_SERIAL],
            access_code=data[CONF_ACCESS_CODE],
            pinned=data.get(CONF_FINGERPRINT),
            prints_from_queue=data.get(CONF_PRINT_FROM_QUEUE, False),
            waits_for_plate=data.get(CONF_WAIT_FOR_PLATE, True),
            needs_known_filament=data.get(CONF_NEEDS_KNOWN_FILAMENT, False),
            spool_sensors={
                place_of(bound[CONF_SPOOL_SLOT]): bound[CONF_SPOOL_SENSOR]
                for bound in data.get(CONF_SPOOL_SENSORS, ())
            },
            when=WhenConfig.from_data(data.get(CONF_WHEN, {})),
            photographs_prints=data.get(CONF_PHOTOGRAPH, False),
            power=PowerConfig.from_data(data.get(SECTION_POWER, {})),
        )

    @property
    def identity(self) -> PrinterIdentity:
        """Who has to answer before anything is sent to the printer."""
        return PrinterIdentity(serial=self.serial, pinned=self.pinned)

    @property
    def settings(self) -> MachineSettings:
        """How the printer is reached; what else there is to choose changes nothing about the session."""
        return MachineSettings(
            host=self.host,
            serial=self.serial,
            model=self.model.code,
            access_code=self.access_code,
            pinned=self.pinned,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyConfig:
    """One `proxy` subentry, with the real printer it stands for. `id` is the subentry's and never changes."""

    id: str
    name: str
    target_id: str
    upstream_host: str
    model: PrinterModel
    serial: str
    pinned: str | None
    bind_ip: str
    advertise_ip: str | None
    terminate_ftps: bool
    enabled: bool

    mode: ClassVar = Mode.PROXY

    @classmethod
    def from_data(
        cls, id_: str, name: str, data: Mapping[str, Any], machine: MachineConfig
    ) -> Self:
        """Read a subentry's data."""
        network: Mapping[str, Any] = data.get(SECTION_NETWORK, {})
        return cls(
            id=id_,
            name=name,
            target_id=machine.id,
            upstream_host=machine.host,
            model=machine.model,
            serial=machine.serial,
            pinned=machine.pinned,
            bind_ip=data[CONF_BIND_IP],
            advertise_ip=network.get(CONF_ADVERTISE_IP),
            terminate_ftps=network.get(CONF_TERMINATE_FTPS, False),
            enabled=data[CONF_ENABLED],
        )

    @property
    def identity(self) -> ProxyIdentity:
        """What the proxy printer needs to know."""
        return ProxyIdentity(
            name=self.name,
            model=self.model,
            serial=self.serial,
            pinned=self.pinned,
            upstream_host=self.upstream_host,
            bind_ip=self.bind_ip,
            advertise_ip=self.advertise_ip,
            terminate_ftps=self.terminate_ftps,
        )

    def needs_restart(self, other: Self) -> bool:
        """Tell whether going from this to the other takes new sockets; a new name does not."""
        return replace(self, name=other.name) != other


def place_of(slot: str) -> SpoolPlace:
    """Read the place of a spool, as settings have it: the number of the unit and that of the slot in it."""
    unit, _, number = slot.partition("-")
    return SpoolPlace(unit=int(unit), slot=int(number))


def slot_of(place: SpoolPlace) -> str:
    """Write the place of a spool for the settings."""
    return f"{place.unit}-{place.slot}"


type AnyPrinterConfig = VirtualPrinterConfig | ProxyConfig


def machine_configs(entry: ConfigEntry[Any]) -> dict[str, MachineConfig]:
    """Read all real printers of the hub's entry."""
    return {
        subentry.subentry_id: MachineConfig.from_data(
            subentry.subentry_id, subentry.title, subentry.data
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_PRINTER)
    }


def real_printers(entry: ConfigEntry[Any]) -> list[RealPrinter]:
    """Return the real printers as others who share the library know them."""
    return [
        RealPrinter(
            id=config.id,
            serial=config.serial,
            name=config.name,
            model=config.model.code,
        )
        for config in machine_configs(entry).values()
    ]


def printer_configs(entry: ConfigEntry[Any]) -> dict[str, AnyPrinterConfig]:
    """Read all virtual printers and proxies of the hub's entry.

    Left out are proxies whose real printer was removed. Jobs of virtual printers that were meant for such a one are meant
    for none, until a person chooses another.
    """
    machines = machine_configs(entry)
    targets = {TARGET_ANY, TARGET_NONE, *machines}
    configs: dict[str, AnyPrinterConfig] = {}
    for subentry in entry.get_subentries_of_type(SUBENTRY_VIRTUAL_PRINTER):
        config = VirtualPrinterConfig.from_subentry(subentry)
        if config.target not in targets:
            config = replace(config, target=TARGET_NONE)
        configs[subentry.subentry_id] = config
    for subentry in entry.get_subentries_of_type(SUBENTRY_PROXY):
        if machine := machines.get(subentry.data[CONF_PRINTER_ID]):
            configs[subentry.subentry_id] = ProxyConfig.from_data(
                subentry.subentry_id, subentry.title, subentry.data, machine
            )
    return configs


def other_on_address(
    entry: ConfigEntry[Any], config: AnyPrinterConfig
) -> AnyPrinterConfig | None:
    """Find another enabled printer with the same bind IP."""
    if not config.bind_ip:
        return None
    for other in printer_configs(entry).values():
        if other.id != config.id and other.enabled and other.bind_ip == config.bind_ip:
            return other
    return None


def proxies_without_printer(entry: ConfigEntry[Any]) -> dict[str, str]:
    """Return the names of proxies whose real printer was removed, by their ids."""
    machines = machine_configs(entry)
    return {
        subentry.subentry_id: subentry.title
        for subentry in entry.get_subentries_of_type(SUBENTRY_PROXY)
        if subentry.data[CONF_PRINTER_ID] not in machines
    }


def free_slot(taken: Collection[int]) -> int:
    """Find the lowest slot of passive ports that no printer uses."""
    return next(slot for slot in range(len(taken) + 1) if slot not in taken)


def options_from_form(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return a form's answers as they are stored: a limit that was left empty is 0."""
    limits = answers[SECTION_RETENTION]
    stored = {
        **answers,
        CONF_RESERVE_MB: round(answers[CONF_RESERVE_GB] * 1000),
        SECTION_RETENTION: {key: limits.get(key) or 0 for key in LIMITS},
    }
    del stored[CONF_RESERVE_GB]
    return stored
