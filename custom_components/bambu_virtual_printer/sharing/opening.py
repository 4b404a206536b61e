"""Makes of the settings what the library is opened with, and looks whether that can be used."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import threading

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_loaded_integration

from ..config.options import HubOptions, check_shared_folder
from ..config.shared_library import (
    DatabaseSettings,
    FilesSettings,
    FolderSettings,
    SharedLibrarySettings,
)
from ..const import DOMAIN
from ..engine.library.index.contents import look_into
from ..engine.library.index.database_check import DatabaseCheck, check_database
from ..engine.library.index.joining import join
from ..engine.library.index.threads import DetachedWorker
from ..engine.library.moving.anew import begin_anew
from ..engine.library.store.backend.bucket import BucketBackend
from ..engine.library.store.backend.folder import FolderBackend
from ..engine.library.store.backend.keys import MARKER
from ..engine.library.store.folder import LibraryFolder
from ..engine.library.values.shared import Instance, SharedParts
from ..engine.library.values.shared_contents import SharedContents
from ..engine.storage import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPlace:
    """What the library is opened with."""

    folder: Path
    database_url: str
    shared: SharedParts | None = None
    aside: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDatabase:
    """A database that can be used, and what is in it."""

    check: DatabaseCheck
    contents: SharedContents


def instance(hass: HomeAssistant, entry: ConfigEntry) -> Instance:
    """Return who this Home Assistant is among those that share a library."""
    version = async_get_loaded_integration(hass, DOMAIN).version
    return Instance(
        id=entry.entry_id, name=hass.config.location_name, version=str(version or "")
    )


def local_database(hass: HomeAssistant) -> Path:
    """Return where this Home Assistant has an index of its own."""
    return Path(hass.config.path(".storage", DOMAIN, "library.db"))


def local_url(hass: HomeAssistant) -> str:
    """Return the URL of this Home Assistant's own index."""
    return f"sqlite:///{local_database(hass)}"


def working_folder(options: HubOptions, settings: SharedLibrarySettings) -> Path:
    """Return the folder for what came in here and is not in the store yet."""
    return options.library_folder / settings.folder_name


async def async_library_place(
    hass: HomeAssistant,
    entry: ConfigEntry,
    options: HubOptions,
    prepare: Callable[[], Awaitable[None]],
) -> LibraryPlace:
    """Return what the library is opened with. Raises StorageError.

    `prepare` is awaited before the database of a shared one is opened, and raises IndexUnavailableError while it must not be.
    """
    settings = SharedLibrarySettings.from_entry(entry)
    if settings is None:
        database = local_database(hass)
        await hass.async_add_executor_job(
            lambda: database.parent.mkdir(parents=True, exist_ok=True)
        )
        return LibraryPlace(
            folder=options.library_folder,
            database_url=local_url(hass),
            aside=Path(hass.config.path(".storage", DOMAIN, "aside")),
        )
    return LibraryPlace(
        folder=working_folder(options, settings),
        database_url=settings.database.url,
        shared=SharedParts(
            instance=instance(hass, entry),
            backend=await hass.async_add_executor_job(
                backend, settings.files, settings.library_id
            ),
            cache_bytes=settings.cache_bytes,
            library_id=settings.library_id,
            prepare=prepare,
        ),
    )


def backend(
    files: FilesSettings, library_id: str = ""
) -> FolderBackend | BucketBackend:
    """Return the store of the settings; nothing is asked of it. Blocks. Raises StoreError.

    With a `library_id` a folder without this library's marker is none that it may use.
    """
    if isinstance(files, FolderSettings):
        return FolderBackend(files.path, library_id)
    return BucketBackend(files)


async def async_look_at_database(settings: DatabaseSettings) -> FoundDatabase:
    """Look whether a database can be used and what is in it. Raises IndexUnavailableError with the fault."""
    return FoundDatabase(
        check=await check_database(settings.url),
        contents=await look_into(settings.url),
    )


async def async_check_shared_folder(
    hass: HomeAssistant, entry: ConfigEntry, folder: Path
) -> None:
    """Make sure that a shared library may have its files in this folder. Raises LibraryFolderError, and StorageError.

    Every place for media is looked at, and a network share among them may hang.
    """
    async with _apart("bambu_library_folder_check") as worker:
        own = HubOptions.from_entry(hass, entry).library_folder
        await worker.run(check_shared_folder, hass, folder, own)


async def async_look_at_files(files: FilesSettings) -> str | None:
    """Look whether a store can be used. Returns the id of the library whose files it has. Raises StorageError."""

    def look() -> str | None:
        store = backend(files)
        store.check()
        return store.marked_as()

    async with _apart("bambu_library_store_check") as worker:
        return await worker.run(look)


async def async_begin_anew(
    hass: HomeAssistant, entry: ConfigEntry, settings: SharedLibrarySettings
) -> None:
    """Make the tables of a library in an empty database, which are filled from its store then. Raises StorageError."""
    who = instance(hass, entry)

    def begin() -> None:
        begin_anew(
            url=settings.database.url,
            backend=backend(settings.files),
            library_id=settings.library_id,
            instance=who,
        )

    async with _apart("bambu_library_begin_anew") as worker:
        await worker.run(begin)


async def async_adopt(
    hass: HomeAssistant, entry: ConfigEntry, settings: SharedLibrarySettings
) -> None:
    """Have the store, the folder for what is not there yet and the database be the library's. Raises StorageError."""
    folder = LibraryFolder(working_folder(HubOptions.from_entry(hass, entry), settings))

    is_given_up = threading.Event()

    def adopt() -> bool:
        store = backend(settings.files)
        was_marked = store.marked_as() is not None
        store.mark(settings.library_id)
        folder.mark(settings.library_id)
        if (
            is_given_up.is_set()
            and not was_marked
            and store.marked_as() == settings.library_id
        ):
            # Nobody waited for it, and a person was told that there is no library.
            store.remove(MARKER)
        return was_marked

    def disown() -> None:
        backend(settings.files).remove(MARKER)

    async with _apart("bambu_library_adopt") as worker:
        try:
            was_marked = await worker.run(adopt)
            try:
                await join(
                    settings.database.url, settings.library_id, instance(hass, entry)
                )
            except StorageError:
                if not was_marked:
                    # There is no library yet that the files could be of.
                    await worker.run(disown)
                raise
        finally:
            is_given_up.set()


@asynccontextmanager
async def _apart(name: str) -> AsyncIterator[DetachedWorker]:
    """Yield a thread for what may hang, which is waited for no longer then."""
    worker = DetachedWorker(name, 1)
    try:
        yield worker
    finally:
        await worker.close()
