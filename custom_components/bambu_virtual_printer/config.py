"""What the config entry says, as values: one virtual printer, the hub's options."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant

from .const import (
    CONF_ACCESS_CODE,
    CONF_ADVERTISE_IP,
    CONF_BIND_IP,
    CONF_ENABLED,
    CONF_FTPS_PORT,
    CONF_LIBRARY_FOLDER,
    CONF_MODE,
    CONF_MODEL,
    CONF_NAME_SOURCE,
    CONF_PASV_ADDRESS,
    CONF_RESERVE_MB,
    CONF_SERIAL_SUFFIX,
    CONF_SLOT,
    DOMAIN,
    SECTION_NETWORK,
    SUBENTRY_VIRTUAL_PRINTER,
)
from .emulator.identity import Identity, Ports
from .emulator.models import DEFAULT_MODEL, MODELS, PrinterModel, find_model
from .library.names import NameSource
from .library.records import LibrarySettings
from .model import Mode, PrinterRef

DEFAULT_MODEL_CODE = DEFAULT_MODEL.code
DEFAULT_FTPS_PORT = Ports().ftps
DEFAULT_RESERVE_MB = 1000
MODEL_NAMES = {code: model.name for code, model in MODELS.items()}
NAME_SOURCES = tuple(source.value for source in NameSource)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterConfig:
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

    @classmethod
    def from_data(cls, id_: str, name: str, data: Mapping[str, Any]) -> Self:
        """Read a subentry's data."""
        network: Mapping[str, Any] = data.get(SECTION_NETWORK, {})
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
        )

    @property
    def ref(self) -> PrinterRef:
        """How the library remembers the printer."""
        return PrinterRef(
            id=self.id, name=self.name, model=self.model.code, mode=self.mode
        )

    def needs_restart(self, other: Self) -> bool:
        """Tell whether going from this to the other takes new sockets; a new name does not."""
        return replace(self, name=other.name) != other


def printer_configs(entry: ConfigEntry[Any]) -> dict[str, PrinterConfig]:
    """Read all virtual printers of the hub's entry."""
    return {
        subentry.subentry_id: PrinterConfig.from_subentry(subentry)
        for subentry in entry.get_subentries_of_type(SUBENTRY_VIRTUAL_PRINTER)
    }


def free_slot(taken: Collection[int]) -> int:
    """Find the lowest slot of passive ports that no printer uses."""
    return next(slot for slot in range(len(taken) + 1) if slot not in taken)


class LibraryFolderError(Exception):
    """The folder cannot hold the library; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubOptions:
    """The hub entry's options."""

    library_folder: Path
    reserve_mb: int
    name_source: NameSource

    @classmethod
    def from_entry(cls, hass: HomeAssistant, entry: ConfigEntry[Any]) -> Self:
        """Read the options; what was never set has a default."""
        options = entry.options
        return cls(
            library_folder=Path(
                options.get(CONF_LIBRARY_FOLDER) or default_library_folder(hass)
            ),
            reserve_mb=int(options.get(CONF_RESERVE_MB, DEFAULT_RESERVE_MB)),
            name_source=NameSource(options.get(CONF_NAME_SOURCE, NameSource.METADATA)),
        )

    @property
    def library_settings(self) -> LibrarySettings:
        """The part of the options that the library follows while it is open."""
        return LibrarySettings(
            reserve_bytes=self.reserve_mb * 1_000_000, name_source=self.name_source
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the options as the form shows them."""
        return {
            CONF_LIBRARY_FOLDER: str(self.library_folder),
            CONF_RESERVE_MB: self.reserve_mb,
            CONF_NAME_SOURCE: self.name_source.value,
        }


def default_library_folder(hass: HomeAssistant) -> Path:
    """Return a folder below the local media folder, which backups can leave out."""
    folders = hass.config.media_dirs
    media = folders.get("local") or next(iter(folders.values()), None)
    return Path(media or hass.config.path("media")) / DOMAIN


def check_library_folder(hass: HomeAssistant, folder: Path) -> None:
    """Make sure that the library may and can be in this folder. Blocks. Raises LibraryFolderError."""
    allowed = [
        Path(hass.config.config_dir),
        *map(Path, hass.config.media_dirs.values()),
    ]
    resolved = folder.resolve()
    if not folder.is_absolute() or not any(
        resolved.is_relative_to(parent.resolve()) for parent in allowed
    ):
        places = ", ".join(str(parent) for parent in allowed)
        raise LibraryFolderError(f"it is not inside one of {places}")
    if resolved.is_relative_to(Path(hass.config.path("www")).resolve()):
        raise LibraryFolderError("everybody may read what is in www")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as err:
        raise LibraryFolderError(str(err.strerror or err)) from err
