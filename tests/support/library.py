"""A library in a folder of its own, what it told, and a slicer's way of sending to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import hashlib
import os
from pathlib import Path
import shutil

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.marker import (
    MARKER_FILE,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    LibraryEvent,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.storage import (
    Incoming,
    PrinterStorage,
)
from custom_components.bambu_virtual_printer.engine.values import (
    UNNAMED,
    Mode,
    PrinterRef,
    ReceivedFile,
    Sender,
)
from tests.support.waiting import LIMIT_S

EVENT_TIMEOUT_S = LIMIT_S

IMMEDIATE = PrinterRef(id="p1", name="Demo P1S", model="C12", mode=Mode.IMMEDIATE)
REVIEW = PrinterRef(id="p2", name="Kids' A1", model="N2S", mode=Mode.REVIEW)


def write_upload(path: Path, data: bytes) -> None:
    """Write a file as the transfer thread does: complete and on the disk before it is committed."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


async def commit(
    card: PrinterStorage, incoming: Incoming, data: bytes, sender: Sender = UNNAMED
) -> ReceivedFile:
    """Commit what was written."""
    return await card.commit(
        incoming,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        peer="192.0.2.7",
        encrypted=True,
        sender=sender,
    )


async def receive(
    card: PrinterStorage, name: str, data: bytes, sender: Sender = UNNAMED
) -> ReceivedFile:
    """Send a file to a card."""
    incoming = await card.begin(name)
    await asyncio.to_thread(write_upload, incoming.path, data)
    return await commit(card, incoming, data, sender)


@dataclass
class Events:
    """What a library told, in order."""

    seen: list[LibraryEvent] = field(default_factory=list)
    _new: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, event: LibraryEvent) -> None:
        self.seen.append(event)
        self._new.set()

    def of[Kind](self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.seen if isinstance(event, kind)]

    async def next[Kind](self, kind: type[Kind], *, count: int = 1) -> Kind:
        """Wait until there are `count` events of a kind. Returns the last of them."""
        async with asyncio.timeout(EVENT_TIMEOUT_S):
            while len(self.of(kind)) < count:
                self._new.clear()
                await self._new.wait()
        return self.of(kind)[count - 1]


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where a library lives, over several starts."""

    folder: Path
    database_url: str

    def library(
        self, events: Events | None = None, settings: LibrarySettings | None = None
    ) -> Library:
        return Library(
            self.folder,
            self.database_url,
            emit=events or Events(),
            settings=settings or LibrarySettings(reserve_bytes=0),
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Library, Events]]:
        events = Events()
        async with self.library(events) as library:
            yield library, events

    def files(self) -> set[str]:
        """Return everything that lies in the library's folder, index left out."""
        return {
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file()
            and not path.name.startswith("library.db")
            and path.name != MARKER_FILE
        }

    def sliced_files(self) -> list[Path]:
        return sorted(self.folder.rglob("*.3mf"))


async def archive_file(
    library: Library,
    events: Events,
    data: bytes,
    name: str = "Cube.gcode.3mf",
    *,
    printer: PrinterRef = IMMEDIATE,
    sender: Sender = UNNAMED,
) -> ArchiveAdded:
    """Send a file by a printer in immediate mode and wait until it is archived."""
    count = len(events.of(ArchiveAdded))
    file = await receive(library.storage(printer), name, data, sender)
    library.intake(file.id)
    return await events.next(ArchiveAdded, count=count + 1)


async def hold_file(
    library: Library,
    events: Events,
    data: bytes,
    name: str = "Cube.gcode.3mf",
    *,
    printer: PrinterRef = REVIEW,
) -> UploadHeld:
    """Send a file and wait until it is held."""
    count = len(events.of(UploadHeld))
    file = await receive(library.storage(printer), name, data)
    library.intake(file.id)
    return await events.next(UploadHeld, count=count + 1)


def database(home: Home) -> Path:
    return Path(home.database_url.removeprefix("sqlite:///"))


def forget_index(home: Home) -> None:
    shutil.rmtree(database(home).parent)


async def settled(library: Library) -> None:
    """Wait until the start has looked through everything."""
    background = library._upkeep.recovery
    assert background is not None
    await asyncio.wait_for(asyncio.shield(background), LIMIT_S)
    while tasks := library._context.tasks.copy():
        await asyncio.wait(tasks)
