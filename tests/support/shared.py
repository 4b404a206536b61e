"""Several Home Assistants with one library, in one process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
    SharedParts,
)
from custom_components.bambu_virtual_printer.engine.library.values.space import Space

from .library import Events

HOUSE = Instance(id="01HOUSE", name="House", version="2026.12.0")
CABIN = Instance(id="01CABIN", name="Cabin", version="2026.12.0")


class NoFiles:
    """A store for tests that are about the index: nothing is taken there."""

    def check(self) -> None:
        """Do nothing."""

    def put(self, key: str, path: Path, sha256: str) -> None:
        """Do nothing."""

    def fetch(self, key: str, path: Path, sha256: str) -> None:
        """Do nothing."""

    def list(self, prefix: str) -> Iterator[str]:
        """Give nothing."""
        yield from ()

    def remove(self, prefix: str) -> None:
        """Do nothing."""

    def space(self) -> Space | None:
        """Return that nobody knows."""
        return None

    def sweep(self, older_than: timedelta) -> None:
        """Do nothing."""


@asynccontextmanager
async def shared_library(
    url: str, folder: Path, instance: Instance = HOUSE
) -> AsyncIterator[tuple[Library, Events]]:
    """Open the library as one of the Home Assistants has it."""
    events = Events()
    async with Library(
        folder,
        url,
        emit=events,
        settings=LibrarySettings(reserve_bytes=0),
        shared=SharedParts(instance=instance, backend=NoFiles(), cache_bytes=0),
    ) as library:
        yield library, events
