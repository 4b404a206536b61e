"""An index that was lost, or is an older backup: it is filled with what lies in the store, which nothing is removed from."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
import shutil
from typing import Any

import pytest
from sqlalchemy import Connection, make_url
from ulid_transform import ulid_now

from custom_components.bambu_virtual_printer.engine.library import rebuilding
from custom_components.bambu_virtual_printer.engine.library.index import (
    identity_rows,
    rebuild_rows,
)
from custom_components.bambu_virtual_printer.engine.library.index.identity_rows import (
    Identity,
)
from custom_components.bambu_virtual_printer.engine.library.index.joining import join
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.moving.anew import (
    begin_anew,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend import keys
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.store.seen import Seen
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexFault,
    IndexUnavailableError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchivesRestored,
    IndexAway,
    IndexPresent,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Archive,
    ArchiveChanges,
    ArchiveQuery,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreError,
    StoreFault,
    store_error,
)
from scripts.servers.postgresql import Server
from tests.engine.library.sharing import PATIENCE_S, House, until
from tests.engine.library.threemf.packages import PNG
from tests.support.library import archive_file, hold_file

type SlicedData = Callable[..., bytes]

ONE = Instance(id="id-of-one", name="one", version="1")


pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
async def cottage(house: House) -> House:
    """Return a library that an instance has joined, with its files in either kind of store."""
    cottage = replace(house, library_id=ulid_now())
    cottage.new_backend().mark(cottage.library_id)
    LibraryFolder(cottage.working_folder("one")).mark(cottage.library_id)
    await join(cottage.database_url, cottage.library_id, ONE)
    return cottage


async def begin(house: House, *, url: str = "", library_id: str = "") -> House:
    """Begin anew as `one` does. Returns the library with its new database."""
    house = replace(house, database_url=url or house.database_url)
    await asyncio.to_thread(
        begin_anew,
        url=house.database_url,
        backend=house.new_backend(),
        library_id=library_id or house.library_id,
        instance=ONE,
    )
    return house


async def all_archives(library: Library) -> list[Archive]:
    return list((await library.archives(ArchiveQuery())).archives)


async def fill(house: House, tmp_path: Path, sliced_data: SlicedData) -> list[Archive]:
    """Have three archives in the store, one of them twice, and things written on one."""
    picture = tmp_path / "print.png"
    picture.write_bytes(PNG)
    async with house.open("one") as (one, events):
        for seed in (1, 2, 1):
            await archive_file(one, events, sliced_data(seed=seed), f"{seed}.gcode.3mf")
        first = (await all_archives(one))[-1]
        await until(lambda: not house.local("one"))
        await one.update_archive(
            first.id,
            ArchiveChanges(
                notes="for Anna", tags=("kids", "gift"), favourite=True, project="Xmas"
            ),
        )
        await one.add_photo(first.id, picture)
        await until(lambda: not has_renewals(house))
        archives = await all_archives(one)
    # What is fetched later comes from the store.
    shutil.rmtree(house.working_folder("one") / "cache")
    return archives


def has_renewals(house: House) -> bool:
    return any((house.working_folder("one") / "renewals").glob("*.json"))


def alike(archive: Archive) -> dict[str, Any]:
    """Return what of an archive its files tell."""
    return {
        name: getattr(archive, name)
        for name in Archive.__dataclass_fields__
        if name != "archived_at"
    }


async def test_an_index_that_was_lost_is_made_anew_from_what_lies_in_the_store(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    postgresql: Callable[[], str],
) -> None:
    before = await fill(cottage, tmp_path, sliced_data)
    in_store = cottage.stored()
    cottage = await begin(cottage, url=postgresql())
    async with cottage.open("one") as (one, events):
        assert (await events.next(ArchivesRestored)).count == 3
        after = await all_archives(one)
        assert [alike(each) for each in after] == [alike(each) for each in before]
        for archive in after:
            details = await one.archive(archive.id)
            assert details.facts.plates and not details.facts.problems
            assert await one.file_path(archive.id) is not None
            assert await one.thumbnail_path(archive.id, archive.cover or 1) is not None
        assert (await one.statistics()).archives == 3
        assert (await one.facets()).tags == {"kids": 1, "gift": 1}
        # It is used like any other.
        await archive_file(one, events, sliced_data(seed=4))
        assert one.rebuild_progress is None
        await until(lambda: not cottage.local("one"))
    assert set(in_store) <= set(cottage.stored())


async def test_what_was_written_last_and_waits_for_the_store_is_not_lost_with_the_index(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    postgresql: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = (await fill(cottage, tmp_path, sliced_data))[-1]

    def fail(*_: object) -> None:
        raise store_error(StoreFault.UNREACHABLE, "the store")

    async with cottage.open("one") as (one, _):
        assert one._context.stored is not None
        monkeypatch.setattr(one._context.stored.backend, "put", fail)
        await one.update_archive(first.id, ArchiveChanges(notes="for Berta"))
        assert has_renewals(cottage)
    cottage = await begin(cottage, url=postgresql())
    async with cottage.open("one") as (one, events):
        await events.next(ArchivesRestored)
        await until_idle(one)
        assert (await one.archive(first.id)).archive.annotations.notes == "for Berta"
        await until(lambda: not has_renewals(cottage))
    target = tmp_path / "sidecar"
    cottage.new_backend().fetch(keys.sidecar_key(first.id), target, "")
    assert "for Berta" in target.read_text()


async def test_what_was_filed_once_is_not_filed_again(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    postgresql: Callable[[], str],
) -> None:
    await fill(cottage, tmp_path, sliced_data)
    cottage = await begin(cottage, url=postgresql())
    async with cottage.open("one") as (one, events):
        await events.next(ArchivesRestored)
        first = await all_archives(one)
        await one.delete_archive(first[0].id, purge=True)
    await begin(cottage)
    async with cottage.open("one") as (one, events):
        await until_idle(one)
        assert {each.id for each in await all_archives(one)} == {
            each.id for each in first[1:]
        }
        assert not events.of(ArchivesRestored)


async def until_idle(library: Library) -> None:
    """Wait until nobody fills the index."""
    async with asyncio.timeout(PATIENCE_S):
        while await library._context.index.read(rebuilding.rebuild_rows.owner_of):
            await asyncio.sleep(0.05)


async def test_one_that_is_interrupted_goes_on_where_it_was(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    postgresql: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = await fill(cottage, tmp_path, sliced_data)
    cottage = await begin(cottage, url=postgresql())
    monkeypatch.setattr(rebuilding, "AT_ONCE", 1)
    read_facts = rebuilding._read_facts
    fetched: list[str] = []

    def fetch_two(*args: Any) -> Any:
        if len(fetched) == 2:
            raise store_error(StoreFault.NO_FOLDER, "the store")
        fetched.append(args[2])
        return read_facts(*args)

    monkeypatch.setattr(rebuilding, "_read_facts", fetch_two)
    async with cottage.open("one") as (one, events):
        async with asyncio.timeout(PATIENCE_S):
            while len(await all_archives(one)) < 2:
                await asyncio.sleep(0.05)
        assert not events.of(ArchivesRestored)
    fetched.clear()
    async with cottage.open("one") as (one, events):
        assert (await events.next(ArchivesRestored)).count == 1
        assert len(fetched) == 1
        assert {each.id for each in await all_archives(one)} == {
            each.id for each in before
        }


async def test_what_is_newer_than_a_backup_of_the_index_is_filed(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    shared_server: Server,
) -> None:
    await fill(cottage, tmp_path, sliced_data)
    backup = backup_of(cottage, shared_server)
    async with cottage.open("one") as (one, events):
        newer = (await archive_file(one, events, sliced_data(seed=9))).archive
        await until(lambda: not cottage.local("one"))
        changes = await one._context.index.read(rebuilding.rebuild_rows.changes)
        await until(lambda: seen(cottage) >= changes)
    cottage = replace(cottage, database_url=backup)
    async with cottage.open("one") as (one, events):
        assert (await events.next(ArchivesRestored)).count == 1
        archives = await all_archives(one)
        assert len(archives) == 4
        assert newer.id in {archive.id for archive in archives}


def backup_of(house: House, server: Server) -> str:
    """Copy the index as it is. Returns the URL of the copy."""
    name = str(make_url(house.database_url).database)
    server.new_database("-T", name, name=f"{name}_backup")
    return server.url(f"{name}_backup")


def seen(house: House) -> int:
    return Seen(house.working_folder("one")).read().changes


async def test_an_older_backup_is_noticed_however_many_changes_others_have_made_in_it(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    shared_server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await fill(cottage, tmp_path, sliced_data)
    backup = backup_of(cottage, shared_server)
    async with cottage.open("one") as (one, events):
        newer = (await archive_file(one, events, sliced_data(seed=9))).archive
        await until(lambda: not cottage.local("one"))
    changes = seen(cottage)
    cottage = replace(cottage, database_url=backup)
    LibraryFolder(cottage.working_folder("two")).mark(cottage.library_id)
    async with cottage.open("two") as (two, _):
        index = two._context.index
        while await index.read(rebuild_rows.changes) <= changes + 50:
            archive = (await all_archives(two))[0]
            await two.update_archive(
                archive.id, ArchiveChanges(favourite=not archive.annotations.favourite)
            )
        assert newer.id not in {each.id for each in await all_archives(two)}
    async with cottage.open("one") as (one, events):
        assert (await events.next(ArchivesRestored)).count == 1
        assert newer.id in {each.id for each in await all_archives(one)}
        await until_idle(one)
        # Once: what it has now is as it should be.
        assert not await one._upkeep.rebuilding._unknown()  # type: ignore[union-attr]


async def test_what_the_store_has_no_more_is_not_looked_for_again(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    postgresql: Callable[[], str],
) -> None:
    newest, second, first = await fill(cottage, tmp_path, sliced_data)
    cottage.new_backend().remove(keys.item_prefix(newest.id))
    cottage = await begin(cottage, url=postgresql())
    async with cottage.open("one") as (one, events):
        assert (await events.next(ArchivesRestored)).count == 2
        await until(
            lambda: (
                set(Seen(cottage.working_folder("one")).read().stored)
                == {second.id, first.id}
            )
        )


async def test_what_was_pending_is_pending_again_and_what_was_approved_an_archive(
    cottage: House, sliced_data: SlicedData, postgresql: Callable[[], str]
) -> None:
    async with cottage.open("one") as (one, events):
        approved, waiting, back = [
            (await hold_file(one, events, sliced_data(seed=seed))).upload
            for seed in (1, 2, 3)
        ]
        await until(lambda: not cottage.local("one"))
        # After they were stored.
        await one.pending.approve_to_archive(approved.id)
        await one.pending.approve_to_archive(back.id)
        await one.pending.undo(back.id)
        await until(lambda: not has_renewals(cottage))
        await until(lambda: not cottage.local("one"))
    cottage = await begin(cottage, url=postgresql())
    LibraryFolder(cottage.working_folder("two")).mark(cottage.library_id)
    async with cottage.open("one") as (one, events):
        await events.next(ArchivesRestored)
        await until_idle(one)
        assert [each.id for each in await all_archives(one)] == [approved.id]
        page = await one.pending.page()
        assert {each.id for each in page.uploads} == {waiting.id, back.id}
        for each in page.uploads:
            assert each.facts and each.facts.plates
            assert each.state is UploadState.PENDING
        await one.pending.approve_to_archive(waiting.id)
        assert {each.id for each in await all_archives(one)} == {
            approved.id,
            waiting.id,
        }


async def test_an_instance_that_is_there_is_left_to_fill_the_index_alone(
    cottage: House, postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cottage = await begin(cottage, url=postgresql())
    looked: list[None] = []

    async def look_through(_self: object) -> int:
        looked.append(None)
        return 0

    monkeypatch.setattr(rebuilding.Rebuilding, "_look_through", look_through)
    LibraryFolder(cottage.working_folder("two")).mark(cottage.library_id)
    async with cottage.open("two") as (two, _):
        for _ in range(3):
            await two._upkeep.rebuilding._look()  # type: ignore[union-attr]
        assert not looked
    async with cottage.open("one") as (one, _):
        await until_idle(one)
    assert looked


async def test_a_library_that_the_last_one_leaves_while_it_is_filled_stays_that_library(
    cottage: House, postgresql: Callable[[], str]
) -> None:
    cottage = await begin(cottage, url=postgresql())

    def leave(connection: Connection) -> None:
        rebuild_rows.begin(connection, cottage.library_id, ONE.id)
        identity_rows.leave(connection, ONE.id)
        identity_rows.leave(connection, ONE.id)
        rebuild_rows.end(connection)
        # Raises if it is not there any more.
        identity_rows.require(connection, cottage.library_id)

    async with cottage.open("one") as (one, _):
        await until_idle(one)
        await one._context.index.run(leave)
        known = await one._context.index.read(identity_rows.get)
    assert known == Identity(cottage.library_id, "")


async def test_a_database_that_is_replaced_by_an_empty_one_is_filled_while_it_is_open(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    shared_server: Server,
) -> None:
    before = await fill(cottage, tmp_path, sliced_data)
    name = str(make_url(cottage.database_url).database)
    async with cottage.open("one") as (one, events):
        await asyncio.to_thread(shared_server.new_database, name=name)
        await until(
            lambda: (
                IndexFault.NO_LIBRARY in {each.fault for each in events.of(IndexAway)}
            )
        )
        await begin(cottage)
        await events.next(IndexPresent)
        await events.next(ArchivesRestored)
        assert [alike(each) for each in await all_archives(one)] == [
            alike(each) for each in before
        ]


async def test_what_is_not_whole_or_lacks_its_file_stops_nothing(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    postgresql: Callable[[], str],
) -> None:
    newest, second, first = await fill(cottage, tmp_path, sliced_data)
    backend = cottage.new_backend()
    backend.remove(keys.sidecar_key(newest.id))
    backend.remove(keys.file_key(second.id, second.file_name))
    damaged = tmp_path / "damaged"
    damaged.write_text("{")
    other = ulid_now()
    backend.put(
        keys.sidecar_key(other),
        damaged,
        "021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96",
    )
    cottage = await begin(cottage, url=postgresql())
    async with cottage.open("one") as (one, events):
        assert (await events.next(ArchivesRestored)).count == 2
        assert {each.id for each in await all_archives(one)} == {second.id, first.id}
        assert (await one.archive(second.id)).facts.problems
        assert await one.file_path(second.id) is None


async def test_nothing_is_begun_over_another_library(
    cottage: House,
    tmp_path: Path,
    sliced_data: SlicedData,
    postgresql: Callable[[], str],
) -> None:
    before = await fill(cottage, tmp_path, sliced_data)
    other, url = ulid_now(), postgresql()
    with pytest.raises(StoreError) as in_store:
        await begin(cottage, url=url, library_id=other)
    assert in_store.value.fault is StoreFault.OTHER_LIBRARY
    await join(url, other, ONE)
    with pytest.raises(IndexUnavailableError) as in_database:
        await begin(cottage, url=url)
    assert in_database.value.fault is IndexFault.OTHER_LIBRARY
    async with replace(cottage, database_url=url, library_id=other).open("two") as (
        two,
        _,
    ):
        assert not await all_archives(two)
    async with cottage.open("one") as (one, _):
        assert await all_archives(one) == before
