"""Several Home Assistants with one library, in one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from custom_components.bambu_virtual_printer.engine.library.clock import LibraryClock
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
    SharedParts,
)

from .library import Events

HOUSE = Instance(id="01HOUSE", name="House", version="2026.12.0")
CABIN = Instance(id="01CABIN", name="Cabin", version="2026.12.0")


@asynccontextmanager
async def shared_library(
    url: str,
    folder: Path,
    instance: Instance = HOUSE,
    *,
    clock: LibraryClock | None = None,
) -> AsyncIterator[tuple[Library, Events]]:
    """Open the library as one of the Home Assistants has it; all that stand beside each other have one store.

    `clock` is that of its computer, if it is wrong.
    """
    events = Events()
    store = folder.parent / "store"
    store.mkdir(exist_ok=True)
    library = Library(
        folder,
        url,
        emit=events,
        settings=LibrarySettings(reserve_bytes=0),
        shared=SharedParts(
            instance=instance, backend=FolderBackend(store), cache_bytes=0
        ),
    )
    if clock is not None:
        library._context.clock = clock
    async with library:
        yield library, events
