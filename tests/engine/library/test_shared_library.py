"""Libraries of several instances on one PostgreSQL database: each hears of what the others do."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from custom_components.bambu_virtual_printer.engine.library.index import changes
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ChangedElsewhere,
    IndexOutdated,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
    SharedParts,
)
from tests.support.library import Events, archive_file

type SlicedData = Callable[..., bytes]

pytestmark = pytest.mark.usefixtures("loopback")


@asynccontextmanager
async def opened(
    folder: Path, url: str, name: str
) -> AsyncIterator[tuple[Library, Events]]:
    events = Events()
    store = folder / "store"
    store.mkdir(exist_ok=True)
    shared = SharedParts(
        instance=Instance(id=name, name=name, version="1"),
        backend=FolderBackend(store),
        cache_bytes=10**6,
    )
    settings = LibrarySettings(reserve_bytes=0)
    async with Library(
        folder / name, url, emit=events, settings=settings, shared=shared
    ) as library:
        yield library, events


async def test_what_one_instance_archives_the_other_hears_of_and_shows(
    tmp_path: Path, postgresql: Callable[[], str], sliced_data: SlicedData
) -> None:
    url = postgresql()
    async with (
        opened(tmp_path, url, "house") as (first, events),
        opened(tmp_path, url, "cabin") as (second, heard),
    ):
        archived = (await archive_file(first, events, sliced_data())).archive
        while not any("house" in one.instances for one in heard.of(ChangedElsewhere)):
            await heard.next(
                ChangedElsewhere, count=len(heard.of(ChangedElsewhere)) + 1
            )
        page = await second.archives(ArchiveQuery())
        assert [archive.id for archive in page.archives] == [archived.id]


async def test_an_older_version_is_told_when_a_newer_one_has_changed_the_index(
    tmp_path: Path, postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is told carries the version of who tells it; the next look at the tables finds theirs.
    monkeypatch.setattr(changes, "HEARTBEAT_S", 0.1)

    def add_sound(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE archives ADD COLUMN sound TEXT"))

    url = postgresql()
    async with opened(tmp_path, url, "house") as (_, events):
        await events.next(ChangedElsewhere)
        newer = Index(url)
        await newer.open()
        await newer.run(add_sound)
        await newer.run(
            lambda connection: connection.execute(
                text("UPDATE schema_version SET version = version + 1")
            )
        )
        await newer.close()
        outdated = await events.next(IndexOutdated)
        assert "Update Bambu Virtual Printer" in str(outdated.reason)
