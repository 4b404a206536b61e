"""A library is moved into one that several share: all of it or nothing, whatever dies when, and nobody prints twice."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
import errno
import itertools
import os
from pathlib import Path
import shutil
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, text, update
from ulid_transform import ulid_now

from custom_components.bambu_virtual_printer.engine.dispatch.dispatcher import (
    Dispatcher,
)
from custom_components.bambu_virtual_printer.engine.dispatch.library_store import (
    LibraryStore,
)
from custom_components.bambu_virtual_printer.engine.dispatch.ports import OnlyHere
from custom_components.bambu_virtual_printer.engine.library import renewing
from custom_components.bambu_virtual_printer.engine.library.index import totals
from custom_components.bambu_virtual_printer.engine.library.index.archive_counts import (
    Kind,
    archive_counts,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.index.joining import join
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    archive_plates,
    archive_tags,
    archives,
    doomed_files,
    jobs,
    left_files,
    libraries,
    metadata,
    printed_copies,
    prints,
    serial_suffixes,
    uploads,
)
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.moving import (
    rows,
    to_shared,
)
from custom_components.bambu_virtual_printer.engine.library.moving.control import (
    MoveCancelledError,
    MoveControl,
)
from custom_components.bambu_virtual_printer.engine.library.moving.rows import RowCopy
from custom_components.bambu_virtual_printer.engine.library.moving.to_shared import (
    MoveToShared,
)
from custom_components.bambu_virtual_printer.engine.library.store import folder
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.keys import (
    file_key,
    item_prefix,
    photos_prefix,
    sidecar_key,
)
from custom_components.bambu_virtual_printer.engine.library.store.layout import Layout
from custom_components.bambu_virtual_printer.engine.library.store.marker import (
    read_marker,
)
from custom_components.bambu_virtual_printer.engine.library.store.sidecar import Sidecar
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    RealPrinter,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexFault,
    IndexUnavailableError,
    LibraryAbsentError,
    LibraryError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    ArchivesRestored,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveChanges,
    ArchiveQuery,
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
    SharedParts,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreFault,
    store_error,
)
from homeassistant.util import dt as dt_util
from tests.support.crashes import Death, DiedError, dying
from tests.support.library import (
    IMMEDIATE,
    Events,
    Home,
    archive_file,
    receive,
    settled,
)
from tests.support.prints import begin
from tests.support.waiting import until

from .conftest import (
    CABIN,
    LIBRARY_ID,
    WORKSHOP,
    BadDisk,
    Shared,
    every,
    finish,
    recycled,
)

NOT_COPIED = {
    "archive_counts",
    "change_sequence",
    "changes",
    "drivers",
    "instances",
    "library_identity",
    "real_printers",
    "schema_version",
    "totals",
}
"""What a library has of its own: sums it keeps, or who drives which printer."""


def queue(shared: Shared) -> list[tuple[int, str]]:
    """Return the positions in the queue and the archives of their jobs."""
    found = shared.rows(jobs.c.position, jobs.c.archive_id)
    return sorted(tuple(row) for row in found if row[0] is not None)


async def test_everything_is_there_with_its_files_and_says_where_it_came_in(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    put = await fill(home)
    moved = finish(shared.moving_in(home))
    assert moved.rows.copied["archives"] == 3, "the deleted one counts in statistics"
    assert moved.files.items == 3, "but has no files any more"
    assert not moved.files.missing
    assert moved.rows.pending == len(put.pending)
    assert dict(shared.rows(archives.c.id, archives.c.instance)) == dict.fromkeys(
        (*put.archives, put.deleted), WORKSHOP.id
    )
    assert {row[1] for row in shared.rows(uploads.c.id, uploads.c.instance)} == {
        WORKSHOP.id
    }
    assert shared.count(archive_tags) == 2
    assert shared.count(archive_plates) == 4
    assert shared.rows(libraries.c.id, libraries.c.instance) == [
        (LIBRARY_ID, WORKSHOP.id)
    ]
    keys = set(shared.backend.list(""))
    for item_id in (*put.archives, *put.pending):
        assert sidecar_key(item_id) in keys
    photos = [key for key in keys if "/photos/" in key]
    assert len(photos) == 1 and photos[0].startswith(item_prefix(put.archives[0]))
    counts = dict(shared.rows(uploads.c.id, uploads.c.photo_count))
    assert counts[put.archives[0]] == 1 and sum(counts.values()) == 1


async def test_what_was_moved_is_read_from_the_store_by_others(
    loopback: None,
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    async with Library(
        tmp_path / "cabin",
        shared.url,
        emit=Events(),
        settings=LibrarySettings(reserve_bytes=0),
        shared=SharedParts(instance=CABIN, backend=shared.backend, cache_bytes=1 << 30),
    ) as library:
        for item_id in (*put.archives, *put.pending):
            path = await library.file_path(item_id)
            assert path is not None
            content = path.read_bytes()
            assert content in [one.read_bytes() for one in home.sliced_files()]
        assert len(await library.photos(put.archives[0])) == 1


@pytest.mark.parametrize("mover", [WORKSHOP, CABIN], ids=["here", "elsewhere"])
async def test_what_was_moved_before_its_turn_is_decided_about_where_it_came_in(
    loopback: None,
    home: Home,
    shared: Shared,
    sliced_data: Callable[..., bytes],
    tmp_path: Path,
    mover: Instance,
) -> None:
    data = sliced_data()
    async with home.open() as (library, _):
        # Acknowledged, and not read yet: the library is closed while others are before it.
        file = await receive(library.storage(IMMEDIATE), "Cube.gcode.3mf", data)
    finish(shared.moving_in(home, mover))
    assert shared.rows(uploads.c.id, uploads.c.state) == [(file.id, "received")]
    events = Events()
    async with Library(
        tmp_path / "working",
        shared.url,
        emit=events,
        settings=LibrarySettings(reserve_bytes=0),
        shared=SharedParts(
            instance=WORKSHOP, backend=shared.backend, cache_bytes=1 << 30
        ),
    ) as library:
        await settled(library)
        if mover is WORKSHOP:
            assert (await events.next(ArchiveAdded)).archive.id == file.id
        path = await library.file_path(file.id)
        assert path is not None
        assert path.read_bytes() == data
    # Of another one that is the other's to do.
    assert shared.count(archives) == (mover is WORKSHOP)


async def test_what_is_moved_stays_where_it_was(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    put = await fill(home)
    before = home.files()
    finish(shared.moving_in(home))
    assert home.files() == before
    async with home.open() as (library, _events):
        assert (
            await library.archive(put.archives[0])
        ).archive.annotations.project == "p"
        assert len(await library.queue.queued_jobs()) == put.jobs


async def test_jobs_queue_up_behind_those_of_the_same_priority(
    home: Home, shared: Shared, fill: Callable[..., Any], tmp_path: Path
) -> None:
    first = await fill(home)
    finish(shared.moving_in(home))
    other = Home(
        folder=tmp_path / "other", database_url=f"sqlite:///{tmp_path}/other.db"
    )
    second = await fill(other, "Lamp")
    finish(shared.moving_in(other, CABIN))
    own, others = first.archives, second.archives
    assert queue(shared) == list(
        enumerate(
            # Two plates each; the second archive of each was more urgent.
            [own[1]] * 2 + [others[1]] * 2 + [own[0]] * 2 + [others[0]] * 2,
            start=1,
        )
    )


async def test_what_is_moved_again_is_not_doubled(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    await fill(home)
    finish(shared.moving_in(home))
    before = queue(shared)
    move = shared.moving_in(home)
    move.ledger.remove()
    again = finish(move)
    assert not sum(
        again.rows.copied.get(name, 0) for name in ("archives", "uploads", "jobs")
    )
    assert again.files.known == 3
    assert queue(shared) == before


def lose_files(shared: Shared, *ids: str) -> None:
    """Have a shared library know these of an instance whose files never came to the store."""
    for item_id in ids:
        shared.backend.remove(item_prefix(item_id).rstrip("/"))
    shared.change(update(uploads).where(uploads.c.id.in_(ids)).values(stored_at=None))


def lacking(shared: Shared) -> set[str]:
    """Return what others are told of that its file is still at the instance where it came in."""
    found = shared.rows(uploads.c.id, uploads.c.stored_at)
    return {item_id for item_id, at in found if at is None}


async def test_what_the_shared_library_knows_but_never_had_the_files_of_is_brought(
    loopback: None,
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    archived, not_here = put.archives
    lost = {archived, not_here, *put.pending}
    lose_files(shared, *lost)
    (path,) = (path for path in home.sliced_files() if not_here in str(path))
    path.unlink()
    move = shared.moving_in(home)
    move.ledger.remove()
    again = finish(move)
    assert (again.files.items, again.files.known) == (2, 1)
    assert not again.files.missing
    assert lacking(shared) & lost == {not_here}
    async with Library(
        tmp_path / "cabin",
        shared.url,
        emit=Events(),
        settings=LibrarySettings(reserve_bytes=0),
        shared=SharedParts(instance=CABIN, backend=shared.backend, cache_bytes=1 << 30),
    ) as library:
        for item_id in (archived, *put.pending):
            path = await library.file_path(item_id)
            assert path is not None
            content = path.read_bytes()
            assert content in [one.read_bytes() for one in home.sliced_files()]


def cabin(shared: Shared, tmp_path: Path) -> Library:
    """The library as another instance has it."""
    return Library(
        tmp_path / "cabin",
        shared.url,
        emit=Events(),
        settings=LibrarySettings(reserve_bytes=0),
        shared=SharedParts(
            instance=CABIN,
            backend=shared.backend,
            cache_bytes=0,
            library_id=LIBRARY_ID,
        ),
    )


@pytest.mark.parametrize("store", ["away", "there"])
async def test_what_others_have_purged_meanwhile_does_not_come_back_with_who_kept_it(
    loopback: None,
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    store: str,
) -> None:
    put = await fill(home)
    purged, kept = put.archives
    finish(shared.moving_in(home))
    shared.moving_out(home).leave(takes_along=False)

    def refuse(self: FolderBackend, *_: object) -> None:
        raise store_error(StoreFault.UNREACHABLE, self.place)

    is_left = doomed_files.c.removed_at.is_(None)
    with monkeypatch.context() as patch:
        if store == "away":
            patch.setattr(FolderBackend, "remove", refuse)
        async with cabin(shared, tmp_path) as library:
            await library.delete_archive(purged, purge=True)
            if store == "there":
                await until(lambda: not shared.count(doomed_files, is_left))
    move = shared.moving_in(home)
    move.ledger.remove()
    moved = finish(move)
    assert (moved.files.items, moved.files.known) == (0, 3)
    assert not shared.count(archives, archives.c.id == purged)
    assert not shared.count(uploads, uploads.c.id == purged)
    assert not shared.count(jobs, jobs.c.archive_id == purged)
    async with cabin(shared, tmp_path) as library:
        await until(lambda: not shared.count(doomed_files, is_left))
        path = await library.file_path(kept)
        assert path is not None and path.is_file()
    assert not list(shared.backend.list(item_prefix(purged).rstrip("/")))
    # It stays where it was.
    assert Layout(home.folder).find(purged)


async def test_nothing_of_what_is_wanted_is_removed_though_it_was_doomed_once(
    loopback: None,
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    before = list(shared.backend.list(""))
    # As a version before this one left it.
    shared.change(
        insert(doomed_files).values(id=put.archives[0], doomed_at=dt_util.utcnow())
    )
    async with cabin(shared, tmp_path):
        await until(lambda: not shared.count(doomed_files))
    assert list(shared.backend.list("")) == before


async def test_nor_is_it_doomed_again_when_something_lands_late(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    for item_id in (put.archives[0], put.deleted):
        shared.change(
            insert(doomed_files).values(
                id=item_id, doomed_at=dt_util.utcnow(), removed_at=dt_util.utcnow()
            )
        )
    engine = create_engine(shared.url)
    with engine.begin() as connection:
        for item_id in (put.archives[0], put.deleted):
            renewing._doom_again(connection, item_id)
    engine.dispose()
    doomed = dict(shared.rows(doomed_files.c.id, doomed_files.c.removed_at))
    assert doomed[put.archives[0]] is not None
    assert doomed[put.deleted] is None


async def test_what_others_had_when_it_was_looked_for_and_have_no_more_is_not_said_to_be_there(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    [taken] = put.pending
    move = shared.moving_in(home)
    move.ledger.remove()
    with move.ledger:
        move.complete()
        # As somebody who takes it along just then.
        shared.change(delete(uploads).where(uploads.c.id == taken))
        shared.backend.remove(item_prefix(taken).rstrip("/"))
        with pytest.raises(LibraryError, match="no longer in the store"):
            move.finish()
        assert not shared.count(uploads, uploads.c.id == taken)
        move.complete()
        move.finish()
    assert sidecar_key(taken) in set(shared.backend.list(""))
    assert shared.count(uploads, uploads.c.id == taken) == 1


@pytest.mark.parametrize("when", ["while files are copied", "in the last step"])
async def test_two_that_begin_in_one_database_with_two_stores_do_not_end_in_one_index(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
    when: str,
) -> None:
    first = await fill(home)
    other = Home(
        folder=tmp_path / "cabin", database_url=f"sqlite:///{tmp_path}/cabin.db"
    )
    await fill(other, "Lamp")
    store = tmp_path / "store of the cabin"
    store.mkdir()
    late = replace(
        shared.moving_in(other, CABIN),
        library_id="01KB1000000000000000000009",
        backend=FolderBackend(store),
    )
    with late.ledger:
        late.copy()
        if when == "in the last step":
            late.complete()
        finish(shared.moving_in(home))
        step = late.finish if when == "in the last step" else late.complete
        with pytest.raises(IndexUnavailableError) as refused:
            step()
        assert refused.value.fault is IndexFault.OTHER_LIBRARY
        with pytest.raises(IndexUnavailableError):
            late.has_finished()
    assert shared.rows(libraries.c.id) == [(LIBRARY_ID,)]
    assert shared.count(archives) == len(first.archives) + 1


async def test_nobody_joins_a_database_that_another_library_is_in_by_now(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    await fill(home)
    finish(shared.moving_in(home))
    with pytest.raises(IndexUnavailableError) as refused:
        await join(shared.url, "01KB1000000000000000000009", CABIN)
    assert refused.value.fault is IndexFault.OTHER_LIBRARY
    await join(shared.url, LIBRARY_ID, CABIN)
    assert shared.rows(libraries.c.id, libraries.c.instance) == [
        (LIBRARY_ID, WORKSHOP.id),
        (LIBRARY_ID, CABIN.id),
    ]


async def test_what_others_have_removed_by_now_is_not_brought(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    before, meanwhile = put.archives
    lose_files(shared, before, meanwhile)
    move = shared.moving_in(home)
    move.ledger.remove()
    remove = update(archives).values(deleted_at=dt_util.utcnow())
    with move.ledger:
        shared.change(remove.where(archives.c.id == before))
        move.complete()
        shared.change(remove.where(archives.c.id == meanwhile))
        move.finish()
    assert not list(shared.backend.list(item_prefix(before).rstrip("/")))
    # The next round of storing removes it.
    assert shared.rows(doomed_files.c.id, doomed_files.c.removed_at) == [
        (meanwhile, None)
    ]


async def test_what_is_left_on_cards_of_what_is_gone_is_known_there(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    await fill(home)
    left = {"machine_id": "garage", "file": "x.3mf", "url_form": "sdcard"}
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(
            insert(left_files).values(id="1" * 26, left_at=dt_util.utcnow(), **left)
        )
    engine.dispose()
    finish(shared.moving_in(home))
    columns = [left_files.c[name] for name in left]
    assert shared.rows(*columns) == [tuple(left.values())]


@pytest.mark.parametrize("way", ["given up", "deleted here"])
async def test_what_was_brought_stays_where_the_shared_library_knows_it(
    home: Home, shared: Shared, fill: Callable[..., Any], way: str
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    lose_files(shared, *put.archives)
    move = shared.moving_in(home)
    move.ledger.remove()
    with move.ledger:
        move.copy()
        copied = list(shared.backend.list(""))
        assert [key for key in copied if put.archives[0] in key]
        if way == "given up":
            move.give_up()
        else:
            async with home.open() as (library, _):
                await library.delete_archive(put.archives[0], purge=True)
            move.copy()
        assert list(shared.backend.list("")) == copied


async def test_what_came_in_while_files_were_copied_is_moved_too(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    sliced_data: Callable[..., bytes],
) -> None:
    put = await fill(home)
    move = shared.moving_in(home)
    with move.ledger:
        assert move.copy().items == 3
        async with home.open() as (library, events):
            new = (
                await archive_file(library, events, sliced_data(title="New"))
            ).archive.id
            await library.update_archive(put.archives[1], ArchiveChanges(notes="later"))
            await library.pending.discard(put.pending[0])
            await library.maintain()
        move.complete()
        move.finish()
    assert shared.count(archives, archives.c.id == new) == 1
    assert b"later" in (shared.store / sidecar_key(put.archives[1])).read_bytes()


async def test_a_file_that_is_lost_or_damaged_is_told_and_stops_nothing(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    put = await fill(home)
    for item_id, harm in zip(put.archives, ("lost", "damaged"), strict=True):
        (path,) = (path for path in home.sliced_files() if item_id in str(path))
        if harm == "lost":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1] + b"x")
    moved = finish(shared.moving_in(home))
    assert moved.files.missing == [put.archives[0]]
    assert moved.files.damaged == [put.archives[1]]
    assert moved.files.items == 1
    assert shared.count(archives) == 3


def unmount(home: Home, tmp_path: Path) -> Callable[[], None]:
    """Have the disk of a library not be there, but the folder where it is mounted. Returns what mounts it again."""
    disk = tmp_path / "disk"
    home.folder.rename(disk)
    home.folder.mkdir()

    def mount() -> None:
        shutil.rmtree(home.folder)
        disk.rename(home.folder)

    return mount


@pytest.mark.parametrize("when", ["before", "meanwhile", "later"])
async def test_a_disk_that_is_not_there_is_not_taken_for_an_empty_one(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    await fill(home)
    move = shared.moving_in(home)
    gone: list[Callable[[], None]] = []

    def go(*_: object) -> None:
        if not gone:
            gone.append(unmount(home, tmp_path))

    with monkeypatch.context() as patch:
        match when:
            case "before":
                go()
            case "meanwhile":
                patch.setattr(move.ledger, "note", lambda *_: go())
            case "later":
                patch.setattr(MoveToShared, "_verify_files", go)
        with pytest.raises(LibraryAbsentError, match="is not in"):
            finish(move)
    assert gone
    assert shared.is_empty()
    for mount in gone:
        mount()
    moved = finish(shared.moving_in(home))
    assert (moved.files.items, moved.files.missing) == (3, [])
    assert len([key for key in shared.backend.list("") if key.endswith(".3mf")]) == 3


async def test_photos_that_were_copied_stay_while_the_disk_is_not_there(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await fill(home)
    move = shared.moving_in(home)
    with move.ledger:
        move.copy()
        copied = list(shared.backend.list(""))
        find = MoveToShared._copy_item

        def copy_item(self: MoveToShared, source: Any, item: Any) -> None:
            find(self, source, item)
            if self.counts.items == 3:
                unmount(home, tmp_path)

        monkeypatch.setattr(MoveToShared, "_copy_item", copy_item)
        with pytest.raises(LibraryAbsentError):
            move.copy()
    assert list(shared.backend.list("")) == copied


async def test_what_the_store_has_not_though_it_should_is_brought_by_whoever_has_it(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    # As where a disk was not there, in the version before.
    shared.backend.remove(item_prefix(put.archives[0]).rstrip("/"))
    move = shared.moving_in(home)
    move.ledger.remove()
    with move.ledger:
        assert (move.copy().items, move.counts.known) == (1, 2)
        move.complete()
        move.finish()
    for harmed in put.archives:
        assert sidecar_key(harmed) in set(shared.backend.list(""))
    assert len([key for key in shared.backend.list("") if key.endswith(".3mf")]) == 3


async def test_nothing_is_sent_again_to_a_share_with_a_recycle_bin(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    recycled(shared, put.deleted)
    before = {path: path.read_bytes() for path in stored_files(shared)}
    move = shared.moving_in(home)
    move.ledger.remove()
    with move.ledger:
        assert (move.copy().items, move.counts.known) == (0, 3)
    assert {path: path.read_bytes() for path in stored_files(shared)} == before


@pytest.mark.parametrize("lost", ["file", "item"])
async def test_what_is_brought_has_the_notes_and_photos_that_the_shared_library_has_by_now(
    home: Home, shared: Shared, fill: Callable[..., Any], lost: str
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    brought = put.archives[0]
    # As somebody who has written on it since, and removed its photo.
    renamed = update(archives).where(archives.c.id == brought).values(notes="By now")
    shared.change(renamed)
    shared.backend.remove(photos_prefix(brought).rstrip("/"))
    if lost == "item":
        shared.backend.remove(item_prefix(brought).rstrip("/"))
    else:
        (path,) = (shared.store / item_prefix(brought)).glob("*.3mf")
        path.unlink()
    move = shared.moving_in(home)
    move.ledger.remove()
    with move.ledger:
        for step in (move.copy, move.complete):
            step()
            stored = shared.store / item_prefix(brought)
            assert list(stored.glob("*.3mf"))
            sidecar = Sidecar.decode((stored / "upload.json").read_bytes())
            assert sidecar.annotations.notes == "By now"
            # Where nothing is left of it, nobody can say whether there were any.
            assert len(list(stored.glob("photos/*"))) == (lost == "item")


async def test_what_is_written_while_it_is_brought_is_brought(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    brought = put.archives[0]
    shared.backend.remove(item_prefix(brought).rstrip("/"))
    store = shared.backend.put

    def meanwhile(key: str, path: Path, sha256: str) -> None:
        store(key, path, sha256)
        if key == sidecar_key(brought):
            this = archives.c.id == brought
            shared.change(update(archives).where(this).values(notes="Meanwhile"))

    monkeypatch.setattr(shared.backend, "put", meanwhile)
    move = shared.moving_in(home)
    move.ledger.remove()
    with move.ledger:
        move.copy()
    content = (shared.store / sidecar_key(brought)).read_bytes()
    assert Sidecar.decode(content).annotations.notes == "Meanwhile"


def stored_files(shared: Shared) -> list[Path]:
    return sorted(path for path in shared.store.rglob("*") if path.is_file())


@pytest.mark.parametrize("bad", ["*.3mf", "photos/*", "photos", "upload.json"])
async def test_what_the_disk_does_not_give_is_told_and_stops_nothing(
    home: Home, shared: Shared, fill: Callable[..., Any], bad_disk: BadDisk, bad: str
) -> None:
    put = await fill(home)
    item_id = put.archives[0]
    place = Layout(home.folder).archive(item_id)
    [unread] = place.glob(bad)
    move = shared.moving_in(home)
    with move.ledger:
        if bad == "photos":
            # What was copied before its folder could not be listed any more stays.
            move.copy()
        bad_disk.bad.add(unread)
        move.complete()
        counts = move.finish().files
    is_lost = bad == "*.3mf"
    assert (counts.items, counts.missing) == (3 - is_lost, [])
    assert counts.damaged == [item_id] * is_lost
    assert counts.damaged_photos == bad.startswith("photos")
    assert shared.count(archives, archives.c.id == item_id)
    stored = shared.store / item_prefix(item_id)
    assert (stored / "upload.json").exists() is not is_lost
    assert len([*stored.glob("photos/*")]) == (bad in {"photos", "upload.json"})


@pytest.mark.parametrize("removed", ["*.3mf", "photos/*"])
async def test_what_is_removed_here_while_it_is_copied_stops_nothing(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    removed: str,
) -> None:
    put = await fill(home)
    [gone] = Layout(home.folder).archive(put.archives[0]).glob(removed)
    copy_file = MoveToShared._copy_file

    def meanwhile(self: MoveToShared, path: Path, *rest: Any) -> bool:
        if path == gone:
            path.unlink(missing_ok=True)
        return copy_file(self, path, *rest)

    monkeypatch.setattr(MoveToShared, "_copy_file", meanwhile)
    moved = finish(shared.moving_in(home))
    is_lost = removed == "*.3mf"
    assert moved.files.items == 3 - is_lost
    assert (len(moved.files.missing), moved.files.damaged) == (is_lost, [])


async def test_a_disk_that_gives_nothing_any_more_is_not_taken_for_a_bad_file(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    bad_disk: BadDisk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As one that was unplugged, of which the system remembers something."""
    put = await fill(home)
    remembered = True

    def forget(file: int, *_: int) -> None:
        nonlocal remembered
        if Path(f"/proc/self/fd/{file}").readlink().match("archive/library.json"):
            remembered = False

    def marker(place: Path) -> str | None:
        if bad_disk.bad and not remembered:
            raise OSError(errno.EIO, "Input/output error")
        return read_marker(place)

    monkeypatch.setattr(os, "posix_fadvise", forget)
    monkeypatch.setattr(folder, "read_marker", marker)
    move = shared.moving_in(home)
    with move.ledger:
        move.copy()
        move.ledger.forget(file_key(put.archives[0], "Cube.gcode.3mf"))
        bad_disk.bad |= {*home.sliced_files()}
        with pytest.raises(LibraryAbsentError):
            move.complete()


async def test_a_cancelled_move_leaves_nothing_that_anybody_sees_and_gives_back_its_room(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    await fill(home)
    control = MoveControl()
    move = shared.moving_in(home, control=control)
    with move.ledger:
        move.copy()
        assert control.progress.fraction == 1
        assert list(shared.backend.list(""))
        control.cancel()
        with pytest.raises(MoveCancelledError):
            move.complete()
        assert shared.is_empty()
        replace(move, control=MoveControl()).give_up()
        assert not list(shared.backend.list(""))
        assert not move.ledger.keys()


@pytest.mark.parametrize("answers", [True, False])
async def test_what_others_have_by_now_stays_when_a_move_is_given_up(
    home: Home, shared: Shared, fill: Callable[..., Any], answers: bool
) -> None:
    await fill(home)
    move = shared.moving_in(home)
    with move.ledger:
        move.copy()
        copied = list(shared.backend.list(""))
        # As after a rebuild there, which files what it finds in the store.
        finish(shared.moving_in(home, CABIN))
        if not answers:
            move.target_url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
        move.give_up()
        assert list(shared.backend.list("")) == copied
        assert not move.ledger.keys()


async def test_a_copy_that_is_gone_from_the_store_is_found_out_and_made_again(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    put = await fill(home)
    move = shared.moving_in(home)
    with move.ledger:
        move.copy()
        (key,) = (
            key
            for key in shared.backend.list("")
            if key.endswith(".3mf") and put.archives[0] in key
        )
        shared.backend.remove(key)
        with pytest.raises(LibraryError, match="no longer in the store"):
            move.complete()
        assert shared.is_empty()
        move.complete()
        move.finish()
    assert (shared.store / key).is_file()


async def test_a_database_that_is_away_leaves_everything_as_it_was(
    home: Home, shared: Shared, fill: Callable[..., Any], tmp_path: Path
) -> None:
    await fill(home)
    shared.url = shared.url.replace("host=", "host=/nowhere")
    with pytest.raises(IndexUnavailableError, match="does not answer"):
        finish(shared.moving_in(home))


async def test_dying_at_any_step_leaves_the_old_library_in_force_or_the_new_one_whole(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    put = await fill(home)
    before = home.files()
    for lifetime in itertools.count(1, every(request)):
        move = shared.moving_in(home)
        with dying(Death(lifetime, after=lifetime % 4 < 2), monkeypatch):
            try:
                finish(move)
            except DiedError:
                is_dead = True
            else:
                is_dead = False
        assert has_finished(move) is (shared.count(archives) > 0)
        assert shared.count(archives) in (0, 3)
        assert home.files() == before
        # It goes on, also when it is not known to have ended.
        finish(shared.moving_in(home))
        assert [place for place, _ in queue(shared)] == list(range(1, put.jobs + 1))
        sliced = [key for key in shared.backend.list("") if key.endswith(".3mf")]
        assert len(sliced) == 3
        if not is_dead:
            break
        shared.clear()
        move.ledger.remove()
    assert lifetime > 30, "there were steps to die at"


def has_finished(move: Any) -> bool:
    """Ask the shared library; before somebody has finished it is nobody's."""
    try:
        return move.has_finished()
    except IndexUnavailableError as err:
        if err.fault is not IndexFault.NO_LIBRARY:
            raise
        return False


SLOW_COMMIT = """
CREATE FUNCTION wait() RETURNS trigger AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON library_identity
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


async def test_a_commit_that_is_under_way_is_waited_for_before_it_is_said_to_be_none(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    await fill(home)
    add = insert(libraries).values(id=LIBRARY_ID, folder="", instance=CABIN.id)
    shared.change(add)
    shared.change(text(SLOW_COMMIT))
    move, asking = shared.moving_in(home), shared.moving_in(home)
    engine = create_engine(shared.url)
    with engine.connect() as holding, engine.connect() as looking:
        holding.execute(text("SELECT pg_advisory_lock(42)"))
        moving = asyncio.ensure_future(asyncio.to_thread(finish, move))
        await until(lambda: looking.execute(text(WAITING)).scalar_one() == 1)
        asked = asyncio.ensure_future(asyncio.to_thread(asking.has_finished))
        await until(
            lambda: asked.done() or looking.execute(text(WAITING)).scalar_one() == 2
        )
        holding.execute(text("SELECT pg_advisory_unlock(42)"))
        assert await asked
        await moving
    engine.dispose()


def test_every_table_is_copied_or_known_not_to_be() -> None:
    copied = {
        name
        for name, table in vars(rows).items()
        if getattr(table, "metadata", None) is metadata
    }
    wanted = {table.name for table in metadata.sorted_tables}
    assert wanted <= copied | NOT_COPIED


async def test_the_sums_of_the_statistics_are_right_after_a_move(
    home: Home, shared: Shared, fill: Callable[..., Any], tmp_path: Path
) -> None:
    await fill(home)
    cabin = Home(
        folder=tmp_path / "cabin", database_url=f"sqlite:///{tmp_path}/cabin.db"
    )
    await fill(cabin, "Lamp")
    for place, instance in ((home, WORKSHOP), (cabin, CABIN)):
        async with place.open() as (library, _events):
            own = await library.statistics()
        finish(shared.moving_in(place, instance))
    (row,) = shared.rows(totals.totals)
    assert row.archives == 2 * own.archives == 4
    assert row.archive_bytes == 2 * own.archive_bytes
    assert row.ever_archived == 6
    kept = sorted(shared.rows(archive_counts))
    recount(shared)
    assert tuple(row) == pytest.approx(tuple(shared.rows(totals.totals)[0]))
    assert kept == sorted(shared.rows(archive_counts))
    assert {count.kind for count in kept} == set(Kind)


def recount(shared: Shared) -> None:
    engine = create_engine(shared.url)
    with engine.begin() as connection:
        totals.recount(connection)
    engine.dispose()


async def test_the_last_step_reads_and_changes_only_what_it_brings_while_others_wait(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await fill(home)
    finish(shared.moving_in(home))
    multiply_archives(shared, 3000)
    before = {table.name: shared.count(table) for table in (uploads, archives, jobs)}
    assert before["archives"] > 3000
    cabin = Home(
        folder=tmp_path / "cabin", database_url=f"sqlite:///{tmp_path}/cabin.db"
    )
    put = await fill(cabin, "Lamp")
    seen: list[int] = []

    def rows_seen(connection: Connection) -> None:
        """Note how many rows this transaction has read or changed so far."""
        seen.append(
            int(
                connection.exec_driver_sql(
                    "SELECT SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0) + n_tup_ins + n_tup_upd + n_tup_del)"
                    " FROM pg_stat_xact_user_tables"
                ).scalar_one()
            )
        )

    def lock(connection: Connection) -> None:
        take_lock(connection)
        rows_seen(connection)

    def end(connection: Connection, instance: Any) -> None:
        tell(connection, instance)
        rows_seen(connection)

    take_lock, tell = to_shared.exclusive, to_shared.tell
    monkeypatch.setattr(to_shared, "exclusive", lock)
    monkeypatch.setattr(to_shared, "tell", end)
    finish(shared.moving_in(cabin, CABIN))
    assert shared.count(archives) - before["archives"] == len(put.archives) + 1
    at_lock, at_end = seen[-2:]
    assert at_end - at_lock < 500


def multiply_archives(shared: Shared, times: int) -> None:
    """Make so many of one archive, as if they had come in one by one."""
    columns = [column.name for column in archives.columns]
    others = [name for name in columns if name not in {"id", "search_id"}]
    names = ", ".join(others)
    for table, extra in (("uploads", None), ("archives", "search_id")):
        own = (
            names
            if table == "archives"
            else ", ".join(each.name for each in uploads.columns if each.name != "id")
        )
        shared.change(
            text(
                f"INSERT INTO {table} (id, {own}{', search_id' if extra else ''})"  # noqa: S608
                f" SELECT '01M' || lpad(n::text, 23, '0'), {own}{', n' if extra else ''}"
                f" FROM (SELECT * FROM {table} WHERE id = (SELECT min(id) FROM archives)) AS one,"
                f" generate_series(1, {times}) AS n"
            )
        )


async def test_others_write_while_a_move_copies_and_verifies(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await fill(home)
    move = shared.moving_in(home)
    index = Index(shared.url, instance=CABIN)
    await index.open()
    loop = asyncio.get_running_loop()

    def remember(connection: Connection) -> None:
        connection.execute(
            serial_suffixes.insert().values(
                suffix=f"at-{len(written)}", issued_at=dt_util.utcnow()
            )
        )

    def verify(rows: RowCopy) -> None:
        check(rows)
        # Everything is copied and counted by now; what waited would fail here.
        asyncio.run_coroutine_threadsafe(index.run(remember), loop).result(20)
        written.append(None)

    check = RowCopy.verify
    written: list[None] = []
    monkeypatch.setattr(RowCopy, "verify", verify)
    try:
        await asyncio.to_thread(finish, move)
    finally:
        await index.close()
    assert written
    assert shared.count(serial_suffixes) >= 1


def add_print(home: Home, job_id: str, number: int, *, has_ended: bool) -> str:
    """Put a print of a job into a local index, and that a copy was printed for somebody. Returns its id."""
    now = dt_util.utcnow()
    text = dict.fromkeys(
        ("title", "file", "md5", "url_form", "phase_before", "code"), ""
    )
    print_id = ulid_now()
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(
            insert(prints).values(
                id=print_id,
                job_id=job_id,
                machine_id=f"machine-{number}",
                plate=1,
                phase="printing",
                claimed_at=now,
                subtask_id=number,
                attempt=1,
                publishes=1,
                ended_at=now if has_ended else None,
                is_stopping=False,
                on_card=False,
                **text,
            )
        )
        connection.execute(
            insert(printed_copies).values(
                person="Anna", at=now, filament_g=1.0, print_time_s=60
            )
        )
    engine.dispose()
    return print_id


async def test_prints_keep_their_numbers_unless_another_library_drew_the_same(
    home: Home, shared: Shared, fill: Callable[..., Any], tmp_path: Path
) -> None:
    cabin = Home(
        folder=tmp_path / "cabin", database_url=f"sqlite:///{tmp_path}/cabin.db"
    )
    printed = []
    for place, instance, title in ((home, WORKSHOP, "Gear"), (cabin, CABIN, "Lamp")):
        await fill(place, title)
        async with place.open() as (library, _events):
            job = (await library.queue.queued_jobs())[0]
        printed.append(add_print(place, job.id, 7, has_ended=True))
        for _ in range(2):
            # Again, which doubles nothing.
            finish(shared.moving_in(place, instance))
    numbers = dict(map(tuple, shared.rows(prints.c.id, prints.c.subtask_id)))
    assert numbers == {printed[0]: 7, printed[1]: -1}
    assert shared.count(printed_copies) == 2


async def test_what_was_not_copied_as_it_is_ends_the_move(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await fill(home)
    received = rows.RowCopy._received
    monkeypatch.setattr(
        rows.RowCopy,
        "_received",
        lambda self, row: received(self, row) | {"sha256": "0" * 64},
    )
    with pytest.raises(LibraryError, match="were not copied as they are"):
        finish(shared.moving_in(home))
    assert shared.is_empty()


async def test_what_is_printed_just_now_is_not_taken_for_that_of_one_that_is_gone(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
    loopback: None,
) -> None:
    await fill(home)
    async with home.open() as (library, _events):
        [job, *_] = await library.queue.queued_jobs()
        await library.queue.start(job.id)
        await begin(library, job.id)
    garage = RealPrinter(id="garage", serial="01P", name="P1S", model="C12")
    finish(shared.moving_in(home, printers=[garage]))
    # At another one, as soon as it sees that.
    async with Library(
        tmp_path / "cabin",
        shared.url,
        emit=Events(),
        settings=LibrarySettings(reserve_bytes=0),
        shared=SharedParts(instance=CABIN, backend=shared.backend, cache_bytes=0),
    ) as library:
        [print_] = await library.prints.open()
        printers = await library.instances.printers()
        other = printers.others[print_.machine_id]
        assert (other.instance, other.is_away) == ("Workshop", False)
        async with Dispatcher(LibraryStore(library), drivers=OnlyHere()) as dispatcher:
            await dispatcher.look_after_others()
        assert await library.prints.open() == (print_,)


async def test_a_store_without_its_index_is_what_a_library_can_be_rebuilt_from(
    home: Home, shared: Shared, fill: Callable[..., Any], tmp_path: Path
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    # As a person copies it who has nothing else.
    fresh = Home(
        folder=tmp_path / "fresh", database_url=f"sqlite:///{tmp_path}/fresh.db"
    )
    async with fresh.open():
        pass
    shutil.copytree(shared.store, fresh.folder / "archive", dirs_exist_ok=True)
    async with fresh.open() as (library, events):
        await events.next(ArchivesRestored)
        archive = (await library.archive(put.archives[0])).archive
        assert archive.annotations.tags == ("b", "A")
        assert len(await library.photos(put.archives[0])) == 1
        ids = {one.id for one in (await library.archives(ArchiveQuery())).archives}
        assert ids >= set(put.archives)
