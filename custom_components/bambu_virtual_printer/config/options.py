"""The hub's options."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import (
    CONF_BUDGET_GB,
    CONF_FILAMENT_PRICE,
    CONF_KEEP_COUNT,
    CONF_KEEP_DAYS,
    CONF_KEEP_GB,
    CONF_LIBRARY_FOLDER,
    CONF_LOW_SPACE_GB,
    CONF_NAME_SOURCE,
    CONF_OVERTAKE_HOURS,
    CONF_PENDING_DAYS,
    CONF_RESERVE_GB,
    CONF_RESERVE_MB,
    CONF_SHOW_PANEL,
    CONF_UNDO_MINUTES,
    DOMAIN,
    SECTION_RETENTION,
)
from ..engine.explanations import ExplainedError, explain, why_os
from ..engine.library.values.names import NameSource
from ..engine.library.values.records import LibrarySettings

DEFAULT_RESERVE_MB = 1000

DEFAULT_LOW_SPACE_GB = 5

DEFAULT_UNDO_MINUTES = 10

GB = 1_000_000_000

# Where Home Assistant mounts the network storage that it has in its settings.
_NETWORK_STORAGE = (Path("/media"), Path("/share"))

NAME_SOURCES = tuple(source.value for source in NameSource)


class LibraryFolderError(ExplainedError):
    """The folder cannot hold the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubOptions:
    """The hub entry's options. Of the limits, 0 means none."""

    library_folder: Path
    reserve_mb: int
    name_source: NameSource
    filament_price: float
    pending_days: int
    undo_minutes: int
    keep_days: int
    keep_count: int
    keep_gb: float
    budget_gb: float
    low_space_gb: float
    overtake_hours: float
    """How long jobs can be overtaken that need another spool than the one in use; 0 for not at all."""
    shows_panel: bool
    """Whether the panel is in the sidebar; by its address it is there anyway."""

    @classmethod
    def from_entry(cls, hass: HomeAssistant, entry: ConfigEntry[Any]) -> Self:
        """Read the options; what was never set has a default."""
        options = entry.options
        limits: Mapping[str, Any] = options.get(SECTION_RETENTION, {})
        defaults = LibrarySettings()
        return cls(
            library_folder=Path(
                options.get(CONF_LIBRARY_FOLDER) or default_library_folder(hass)
            ),
            reserve_mb=int(options.get(CONF_RESERVE_MB, DEFAULT_RESERVE_MB)),
            name_source=NameSource(options.get(CONF_NAME_SOURCE, NameSource.METADATA)),
            filament_price=options.get(CONF_FILAMENT_PRICE, defaults.filament_price),
            pending_days=int(limits.get(CONF_PENDING_DAYS, 0)),
            undo_minutes=int(limits.get(CONF_UNDO_MINUTES, DEFAULT_UNDO_MINUTES)),
            keep_days=int(limits.get(CONF_KEEP_DAYS, 0)),
            keep_count=int(limits.get(CONF_KEEP_COUNT, 0)),
            keep_gb=limits.get(CONF_KEEP_GB, 0),
            budget_gb=limits.get(CONF_BUDGET_GB, 0),
            low_space_gb=limits.get(CONF_LOW_SPACE_GB, DEFAULT_LOW_SPACE_GB),
            overtake_hours=options.get(CONF_OVERTAKE_HOURS) or 0,
            shows_panel=options.get(CONF_SHOW_PANEL, True),
        )

    @property
    def overtake_for(self) -> timedelta | None:
        """How long jobs can be overtaken by those that fit what is loaded, None for not at all."""
        return timedelta(hours=self.overtake_hours) or None

    @property
    def library_settings(self) -> LibrarySettings:
        """The part of the options that the library follows while it is open."""
        return LibrarySettings(
            reserve_bytes=self.reserve_mb * 1_000_000,
            low_space_bytes=int(self.low_space_gb * GB),
            budget_bytes=int(self.budget_gb * GB) or None,
            pending_expiry=timedelta(days=self.pending_days) or None,
            undo_for=timedelta(minutes=self.undo_minutes) or None,
            keep_for=timedelta(days=self.keep_days) or None,
            keep_count=self.keep_count or None,
            keep_bytes=int(self.keep_gb * GB) or None,
            filament_price=self.filament_price,
            name_source=self.name_source,
        )

    def as_form(self) -> dict[str, Any]:
        """Return the options as the form shows them: sizes in GB, and no limit as an empty field."""
        return {
            CONF_LIBRARY_FOLDER: str(self.library_folder),
            CONF_RESERVE_GB: self.reserve_mb / 1000,
            CONF_NAME_SOURCE: self.name_source.value,
            CONF_FILAMENT_PRICE: self.filament_price,
            CONF_OVERTAKE_HOURS: self.overtake_hours or None,
            CONF_SHOW_PANEL: self.shows_panel,
            SECTION_RETENTION: {
                CONF_PENDING_DAYS: self.pending_days or None,
                CONF_UNDO_MINUTES: self.undo_minutes or None,
                CONF_KEEP_DAYS: self.keep_days or None,
                CONF_KEEP_COUNT: self.keep_count or None,
                CONF_KEEP_GB: self.keep_gb or None,
                CONF_BUDGET_GB: self.budget_gb or None,
                CONF_LOW_SPACE_GB: self.low_space_gb or None,
            },
        }


def default_library_folder(hass: HomeAssistant) -> Path:
    """Return a folder below the local media folder, which backups can leave out."""
    folders = hass.config.media_dirs
    media = folders.get("local") or next(iter(folders.values()), None)
    return Path(media or hass.config.path("media")) / DOMAIN


def check_library_folder(hass: HomeAssistant, folder: Path) -> None:
    """Make sure that the library may and can be in this folder. Blocks. Raises LibraryFolderError."""
    _check_allowed(hass, folder, ())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as err:
        raise LibraryFolderError(why_os(err)) from err


def check_shared_folder(hass: HomeAssistant, folder: Path, own: Path) -> None:
    """Make sure that a shared library may have its files in this folder, which its store looks at. Blocks. Raises LibraryFolderError.

    `own` is where the library of this Home Assistant alone is.
    """
    _check_allowed(
        hass,
        folder,
        (*_NETWORK_STORAGE, *map(Path, hass.config.allowlist_external_dirs)),
    )
    if folder.resolve().is_relative_to(own.resolve()):
        raise LibraryFolderError(
            explain(
                "folder_of_own_library", "this Home Assistant’s own library is there"
            )
        )


def _check_allowed(hass: HomeAssistant, folder: Path, further: Iterable[Path]) -> None:
    allowed = [
        Path(hass.config.config_dir),
        *map(Path, hass.config.media_dirs.values()),
        *further,
    ]
    try:
        resolved = folder.resolve()
    except ValueError as err:
        raise LibraryFolderError(
            explain("folder_no_path", "it contains a character that no path can have")
        ) from err
    public = Path(hass.config.path("www")).resolve()
    if not folder.is_absolute() or not any(
        resolved.is_relative_to(parent.resolve()) for parent in allowed
    ):
        places = ", ".join(
            dict.fromkeys(
                str(parent)
                for parent in allowed
                if not parent.resolve().is_relative_to(public)
            )
        )
        raise LibraryFolderError(
            explain("folder_outside", "it is not inside one of {places}", places=places)
        )
    if resolved.is_relative_to(public):
        raise LibraryFolderError(
            explain("folder_public", "everybody can read what is in www")
        )
