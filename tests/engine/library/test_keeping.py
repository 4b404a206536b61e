"""What people do with archives, what is kept how long, and how much room there is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.library.archives import (
    ArchiveEditor,
)
from custom_components.bambu_virtual_printer.engine.library.clock import LibraryClock
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.storage_watch import (
    StorageWatch,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    InvalidChangeError,
    NotFoundError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    ArchiveChanged,
    ArchiveDeleted,
    StorageLow,
    StorageOk,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Archive,
    ArchiveChanges,
    ArchiveQuery,
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.space import Space
from custom_components.bambu_virtual_printer.engine.storage import StorageFullError
from tests.support.library import (
    IMMEDIATE,
    Events,
    Home,
    archive_file,
    hold_file,
    receive,
)

type SlicedData = Callable[..., bytes]

LATER = datetime.now(UTC) + timedelta(days=30)


async def archive_some(
    library: Library, events: Events, sliced_data: SlicedData, count: int
) -> list[Archive]:
    return [
        (await archive_file(library, events, sliced_data())).archive
        for _ in range(count)
    ]


async def kept(library: Library) -> set[str]:
    return {archive.id for archive in (await library.archives(ArchiveQuery())).archives}


# --- archives -------------------------------------------------------------------------------------------------------


async def test_a_name_given_by_a_person_is_found_and_kept(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [archive] = await archive_some(library, events, sliced_data, 1)
        changed = await library.update_archive(
            archive.id, ArchiveChanges(name="Lamp  shade")
        )
        assert changed.name == "Lamp shade"
        assert (await library.archives(ArchiveQuery(text="lamp sh"))).total == 1
        same = await library.update_archive(
            archive.id, ArchiveChanges(name="Lamp shade")
        )
        assert same == changed
        assert len(events.of(ArchiveChanged)) == 1
        with pytest.raises(InvalidChangeError, match="needs a name"):
            await library.update_archive(archive.id, ArchiveChanges(name=" "))


async def test_tags_are_counted_renamed_and_removed_everywhere(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, second, third = await archive_some(library, events, sliced_data, 3)
        await library.update_archive(first.id, ArchiveChanges(tags=["Kids", "PLA"]))
        await library.update_archive(second.id, ArchiveChanges(tags=["toys", "kids"]))
        await library.update_archive(third.id, ArchiveChanges(tags=["toys"]))
        assert await library.tags() == {"Kids": 2, "toys": 2, "PLA": 1}
        assert await library.rename_tag("kids", "Toys") == 2
        assert await library.tags() == {"Toys": 3, "PLA": 1}
        assert await library.rename_tag("pla", "") == 1
        assert await library.rename_tag("nothing", "x") == 0
        await library.delete_archive(third.id)
        assert await library.tags() == {"Toys": 2}
        assert (await library.archives(ArchiveQuery(tags=["TOYS"]))).total == 2


async def test_an_archive_deleted_meanwhile_does_not_keep_a_tag_from_the_others(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with home.open() as (library, events):
        first, second, third = await archive_some(library, events, sliced_data, 3)
        for archive in (first, second, third):
            await library.update_archive(archive.id, ArchiveChanges(tags=["toys"]))
        real = ArchiveEditor._update

        async def update(self: ArchiveEditor, archive_id: str, change: Any) -> Archive:
            if archive_id == first.id:
                await library.delete_archive(second.id)
            return await real(self, archive_id, change)

        monkeypatch.setattr(ArchiveEditor, "_update", update)
        assert await library.rename_tag("toys", "games") == 2
        assert await library.tags() == {"games": 2}


async def test_archives_like_another_one_are_found(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        make = sliced_data
        data = make(title="Gift")
        one = (await archive_file(library, events, data)).archive
        same = (await archive_file(library, events, data)).archive
        alike = (
            await archive_file(library, events, make(title="Gift", plates=2))
        ).archive
        # The demo's files are all of one MakerWorld design.
        design = (await archive_file(library, events, make(title="Other"))).archive
        assert design.makerworld_id == one.makerworld_id
        gone = (await archive_file(library, events, data)).archive
        await library.delete_archive(gone.id)
        found = await library.similar(one.id)
        assert [archive.id for archive in found.exact] == [same.id]
        assert [archive.id for archive in found.similar] == [design.id, alike.id]
        with pytest.raises(NotFoundError):
            await library.similar(gone.id)


async def test_materials_and_prints_are_filters(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        [archive] = await archive_some(library, events, sliced_data, 1)
        for query, total in (
            (ArchiveQuery(filament="pla"), 1),
            (ArchiveQuery(filament="PETG"), 0),
            (ArchiveQuery(filament="PLA", text=archive.name), 1),
            (ArchiveQuery(printed=False), 1),
            (ArchiveQuery(printed=True), 0),
        ):
            assert (await library.archives(query)).total == total, query


async def test_money_is_that_of_the_day(home: Home, sliced_data: SlicedData) -> None:
    async with home.open() as (library, events):
        [first] = await archive_some(library, events, sliced_data, 1)
        assert first.filament_g is not None
        assert first.cost == pytest.approx(first.filament_g * 0.025, abs=1e-3)
        library.settings = LibrarySettings(reserve_bytes=0, filament_price=50.0)
        [second] = await archive_some(library, events, sliced_data, 1)
        assert second.cost == pytest.approx(first.filament_g * 0.05, abs=1e-3)
        await library.delete_archive(first.id)
        statistics = await library.statistics()
        assert statistics.ever_cost == pytest.approx(first.filament_g * 0.075, abs=0.01)
        await library.delete_archive(second.id, purge=True)
        assert (await library.statistics()).ever_cost == pytest.approx(
            first.filament_g * 0.025, abs=0.01
        )


# --- retention ------------------------------------------------------------------------------------------------------


async def test_nothing_is_deleted_unless_somebody_wants_that(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        await archive_some(library, events, sliced_data, 2)
        assert (await library.maintain(LATER)).deleted == 0


@pytest.mark.parametrize("by", ["age", "count", "size"])
async def test_the_oldest_go_but_never_favourites_nor_what_has_jobs_nor_what_is_pending(
    home: Home, sliced_data: SlicedData, by: str
) -> None:
    async with home.open() as (library, events):
        favourite, queued, old, young = await archive_some(
            library, events, sliced_data, 4
        )
        held = (await hold_file(library, events, sliced_data())).upload
        await library.update_archive(favourite.id, ArchiveChanges(favourite=True))
        [job] = await library.queue.add(queued.id)
        settings = LibrarySettings(
            reserve_bytes=0,
            keep_for=timedelta(days=7) if by == "age" else None,
            keep_count=3 if by == "count" else None,
            keep_bytes=3 * old.file.size_bytes if by == "size" else None,
        )
        library.settings = settings
        if by == "age":
            assert (await library.maintain()).deleted == 0
            assert (await library.maintain(LATER)).deleted == 2
            assert await kept(library) == {favourite.id, queued.id}
        else:
            assert (await library.maintain(LATER)).deleted == 1
            assert await kept(library) == {favourite.id, queued.id, young.id}
        assert (await library.maintain(LATER)).deleted == 0
        assert events.of(ArchiveDeleted)[0].archive.id == old.id
        assert not events.of(ArchiveDeleted)[0].purged
        assert (await library.statistics()).ever_archived == 4
        assert await library.file_path(held.id)
        await library.queue.cancel(job.id)
        library.settings = LibrarySettings(reserve_bytes=0, keep_count=0)
        await library.maintain(LATER)
        assert await kept(library) == {favourite.id}


async def test_what_was_archived_last_goes_last_though_it_came_by_a_clock_that_was_behind(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first = (await archive_file(library, events, sliced_data(seed=1))).archive
        context = library._context
        clock = context.clock
        context.clock = LibraryClock(lambda: datetime.now(UTC) - timedelta(days=3))
        file = await receive(library.storage(IMMEDIATE), "b.3mf", sliced_data(seed=2))
        assert file.id < first.id
        context.clock = clock
        library.intake(file.id)
        await events.next(ArchiveAdded, count=2)
        library.settings = LibrarySettings(reserve_bytes=0, keep_count=1)
        assert (await library.maintain()).deleted == 1
        assert await kept(library) == {file.id}


async def test_what_becomes_wanted_while_others_are_deleted_stays(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with home.open() as (library, events):
        first, favourite, queued = await archive_some(library, events, sliced_data, 3)
        library.settings = LibrarySettings(reserve_bytes=0, keep_count=0)
        real = ArchiveEditor.delete

        async def delete(self: ArchiveEditor, archive_id: str, **values: bool) -> None:
            if archive_id == first.id:
                await library.update_archive(
                    favourite.id, ArchiveChanges(favourite=True)
                )
                await library.queue.add(queued.id)
            await real(self, archive_id, **values)  # type: ignore[arg-type]

        monkeypatch.setattr(ArchiveEditor, "delete", delete)
        assert (await library.maintain()).deleted == 1
        assert await kept(library) == {favourite.id, queued.id}
        assert len(await library.queue.queued_jobs()) == 1


# --- room -----------------------------------------------------------------------------------------------------------


async def test_a_spent_budget_is_told_once_and_refuses_uploads_until_there_is_room(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first, second = await archive_some(library, events, sliced_data, 2)
        library.settings = LibrarySettings(
            reserve_bytes=0,
            low_space_bytes=0,
            budget_bytes=2 * first.file.size_bytes,
        )
        assert (await library.statistics()).storage_low
        assert (await library.statistics()).storage_low
        [low] = events.of(StorageLow)
        assert low.used_bytes == 2 * first.file.size_bytes
        assert "uses" in str(low.reason)
        with pytest.raises(StorageFullError, match="budget"):
            await library.storage(IMMEDIATE).begin("more.3mf")
        await library.delete_archive(first.id)
        assert len(events.of(StorageOk)) == 1
        assert not (await library.statistics()).storage_low
        await archive_file(library, events, sliced_data())
        assert (await events.next(StorageLow, count=2)).used_bytes == low.used_bytes


def test_a_disk_that_is_nearly_full_is_told_once() -> None:
    watch = StorageWatch()
    settings = LibrarySettings(low_space_bytes=10**9)
    full = Space(free_bytes=987_600_000, disk_bytes=5 * 10**9)
    event = watch.update(settings, full, 7)
    assert isinstance(event, StorageLow)
    # In the unit in which people choose theirs.
    assert "Only 0.99 GB are free on the disk" in str(event.reason)
    assert watch.update(settings, full, 7) is None
    assert watch.refusal is None
    free = Space(free_bytes=10**9, disk_bytes=5 * 10**9)
    assert watch.update(settings, free, 7) == StorageOk(free_bytes=10**9, used_bytes=7)
    assert watch.update(settings, free, 7) is None
