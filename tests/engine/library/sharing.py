"""Instances that share a library: each has a folder of its own, all have one database and one store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
    SharedParts,
    StoreBackend,
)
from tests.support.library import Events

PATIENCE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class House:
    """Where several instances have their common library."""

    folder: Path
    database_url: str
    new_backend: Callable[[], StoreBackend]
    library_id: str = ""
    """Which library has to be in the database; empty for whichever is."""
    settings: LibrarySettings = field(
        default_factory=lambda: LibrarySettings(
            reserve_bytes=0, undo_for=timedelta(minutes=10)
        )
    )

    def working_folder(self, name: str) -> Path:
        return self.folder / name

    def library(
        self, name: str, events: Events, *, cache_bytes: int = 1 << 30
    ) -> Library:
        return Library(
            self.working_folder(name),
            self.database_url,
            emit=events,
            settings=self.settings,
            shared=SharedParts(
                instance=Instance(id=f"id-of-{name}", name=name, version="1"),
                backend=self.new_backend(),
                cache_bytes=cache_bytes,
                library_id=self.library_id,
            ),
        )

    @asynccontextmanager
    async def open(
        self, name: str, **options: int
    ) -> AsyncIterator[tuple[Library, Events]]:
        events = Events()
        async with self.library(name, events, **options) as library:
            yield library, events

    def local(self, name: str) -> list[str]:
        """Return the files of an instance that the store does not have yet, or that are being received."""
        root = self.working_folder(name)
        return sorted(
            str(path.relative_to(root))
            for place in ("inbox", "pending", "archive")
            for path in (root / place).rglob("*")
            if path.is_file() and path.name != "library.json"
        )

    def cached(self, name: str) -> list[str]:
        root = self.working_folder(name) / "cache"
        return sorted(
            str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()
        )

    def stored(self) -> list[str]:
        return list(self.new_backend().list(""))


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so, which is found out by looking."""
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.02)
