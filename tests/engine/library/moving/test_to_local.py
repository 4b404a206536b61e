"""A shared library is copied back to one Home Assistant, which has everything then and prints what is its own."""

from collections.abc import Callable
import itertools
from pathlib import Path
import shutil
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_rows,
    totals,
)
from custom_components.bambu_virtual_printer.engine.library.index.contents import (
    look_into,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    archives,
    instances,
    jobs,
    libraries,
    prints,
    uploads,
)
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.moving.files import Item
from custom_components.bambu_virtual_printer.engine.library.moving.to_local import (
    BEFORE_SUFFIX,
    MoveToLocal,
)
from custom_components.bambu_virtual_printer.engine.library.store.asked import Asked
from custom_components.bambu_virtual_printer.engine.library.store.backend.keys import (
    item_prefix,
    photos_prefix,
    sidecar_key,
)
from custom_components.bambu_virtual_printer.engine.library.store.disk import (
    file_sha256,
)
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.store.layout import Layout
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    RealPrinter,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    LibraryAbsentError,
    LibraryError,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    PrintPhase,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    SharedParts,
)
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from homeassistant.util import dt as dt_util
from tests.support.crashes import Death, DiedError, dying
from tests.support.library import Events, Home, database, settled
from tests.support.print_requests import REQUEST
from tests.support.prints import begin

from .conftest import (
    CABIN,
    LIBRARY_ID,
    WORKSHOP,
    BadDisk,
    Contents,
    Shared,
    every,
    finish,
    recycled,
)
from .test_to_shared import recount, unmount

# Each step is a whole move and a half: all in one test would take minutes on a machine that has other things to do.
PARTS = 4


@pytest.fixture
async def both(
    home: Home, shared: Shared, fill: Callable[..., Any], tmp_path: Path
) -> tuple[Contents, Contents, Home]:
    """Two libraries in one. Returns what is in each, and the home of the second."""
    cabin = Home(
        folder=tmp_path / "cabin", database_url=f"sqlite:///{tmp_path}/cabin.db"
    )
    first, second = await fill(home), await fill(cabin, "Lamp")
    finish(shared.moving_in(home))
    finish(shared.moving_in(cabin, CABIN))
    for instance in (WORKSHOP, CABIN):
        shared.add_instance(instance)
    return first, second, cabin


def back(move: MoveToLocal) -> Any:
    """Do a whole move back."""
    moved = finish(move)
    move.install()
    move.remove_taken(move.leave())
    return moved


async def titles(home: Home) -> set[str]:
    async with home.open() as (library, _events):
        await settled(library)
        page = await library.archives(ArchiveQuery())
        for archive in page.archives:
            path = await library.file_path(archive.id)
            assert path is not None and path.is_file()
        return {archive.name for archive in page.archives}


async def test_everything_is_here_again_and_what_is_shared_stays(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    first, second, _cabin = both
    kept = shared.count(archives)
    moved = back(shared.moving_out(home))
    assert not moved.files.missing
    assert await titles(home) == {"Gear 0", "Gear 1", "Lamp 0", "Lamp 1"}
    assert shared.count(archives) == kept
    async with home.open() as (library, _events):
        await settled(library)
        archive = (await library.archive(first.archives[0])).archive
        assert archive.annotations.tags == ("b", "A")
        assert archive.photo_count == 1
        assert len(await library.photos(first.archives[0])) == 1
        assert len(await library.photos(second.archives[0])) == 1
        pending = (await library.pending.page()).uploads
        assert [upload.id for upload in pending] == first.pending, "its own"
        assert len(await library.queue.queued_jobs()) == first.jobs
    assert list(database(home).parent.glob(f"*{BEFORE_SUFFIX}*"))


async def test_only_what_came_in_here_is_taken_along_where_a_person_wants_that(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    back(shared.moving_out(home, only_own=True))
    assert await titles(home) == {"Gear 0", "Gear 1"}


async def test_jobs_are_printed_by_one_of_them_only(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    first, second, _cabin = both
    back(shared.moving_out(home))
    left = shared.rows(jobs.c.archive_id, jobs.c.state, jobs.c.position)
    queued = [row for row in left if row.position is not None]
    assert {row.archive_id for row in queued} == set(second.archives)
    assert sorted(row.position for row in queued) == [1, 2, 3, 4]
    assert {row.state for row in left if row.archive_id in first.archives} == {
        JobState.CANCELLED.value
    }
    assert [row[0] for row in shared.rows(instances.c.id)] == [CABIN.id]
    assert [row[0] for row in shared.rows(libraries.c.instance)] == [CABIN.id]


async def test_a_copy_that_is_being_printed_goes_on_here_and_ends_there(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    await fill(home)
    async with home.open() as (library, _events):
        await settled(library)
        [job, *_] = await library.queue.queued_jobs()
        await library.queue.start(job.id)
        print_ = await begin(library, job.id)
    finish(shared.moving_in(home))
    for instance in (WORKSHOP, CABIN):
        shared.add_instance(instance)
    garage = RealPrinter(id="garage", serial="G", name="P1S", model="C12")
    shared.register(WORKSHOP, garage)
    back(shared.moving_out(home))
    assert [row.phase for row in shared.rows(prints.c.phase)] == [PrintPhase.ENDED]
    async with home.open() as (library, _events):
        await settled(library)
        assert await library.prints.open() == (print_,)


async def test_what_waits_for_people_waits_in_one_library_only(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    first, second, _cabin = both
    back(shared.moving_out(home))
    waiting = shared.rows(uploads.c.id, uploads.c.state)
    assert [row.id for row in waiting if row.state == "pending"] == second.pending
    assert not list(shared.backend.list(item_prefix(first.pending[0])))
    async with home.open() as (library, _events):
        await settled(library)
        [upload] = (await library.pending.page()).uploads
        assert upload.id == first.pending[0]
        assert (await library.pending.approve_to_archive(upload.id)).archive
    # It is done again where it is not known that it was done.
    shared.moving_out(home).leave()
    async with home.open() as (library, _events):
        assert len(await library.queue.queued_jobs()) == first.jobs


async def test_what_others_decide_while_it_is_moved_is_decided_here_too(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    first, second, _cabin = both
    # What the cabin prints, and the workshop has not.
    shared.register(CABIN, RealPrinter(id="c", serial="C", name="C", model="C12"))
    move = shared.moving_out(home)
    finish(move)
    own = [
        row.id
        for row in shared.rows(jobs.c.id, jobs.c.archive_id, jobs.c.position)
        if row.position is not None and row.archive_id in first.archives
    ]
    shared.change(
        update(uploads).where(uploads.c.id == first.pending[0]).values(state="archived")
    )
    shared.change(
        update(jobs)
        .where(jobs.c.id == own[0])
        .values(state="completed", finished_at=dt_util.utcnow())
    )
    shared.change(
        insert(prints).values(
            id="P",
            job_id=own[1],
            machine_id="c",
            title="",
            plate=1,
            phase="printing",
            claimed_at=dt_util.utcnow(),
            subtask_id=1,
            is_stopping=False,
            publishes=1,
            attempt=1,
            file="",
            md5="",
            url_form="",
            mapping_form="",
            phase_before="",
            code="",
            on_card=False,
        )
    )
    move.install()
    assert len(move.leave().jobs) == first.jobs - 2
    # That one goes on there.
    assert shared.count(prints, prints.c.phase == "printing") == 1
    assert shared.count(jobs, jobs.c.id == own[1], jobs.c.finished_at.is_(None)) == 1
    async with home.open() as (library, _events):
        await settled(library)
        assert not (await library.pending.page()).uploads
        queued = await library.queue.queued_jobs()
        assert [job.id for job in queued] == own[2:]
        assert [job.position for job in queued] == list(range(1, len(own) - 1))
        await settled(library)
    assert not Layout(home.folder).find(first.pending[0])


async def test_what_was_purged_while_it_was_shared_does_not_come_back(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    tmp_path: Path,
    loopback: None,
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    async with Library(
        tmp_path / "working",
        shared.url,
        emit=Events(),
        settings=LibrarySettings(reserve_bytes=0),
        shared=SharedParts(instance=WORKSHOP, backend=shared.backend, cache_bytes=0),
    ) as library:
        await library.delete_archive(put.archives[0], purge=True)
    back(shared.moving_out(home))
    assert await titles(home) == {"Gear 1"}
    assert not Layout(home.folder).find(put.archives[0])


async def test_whoever_takes_nothing_along_leaves_jobs_to_others_and_what_is_printed_to_people(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    move = shared.moving_out(home)
    queued = shared.count(jobs, jobs.c.position.is_not(None))
    assert move.not_stored() == 0
    assert not move.leave(takes_along=False).jobs
    assert shared.count(jobs, jobs.c.position.is_not(None)) == queued
    assert [row[0] for row in shared.rows(instances.c.id)] == [CABIN.id]
    assert [row[0] for row in shared.rows(libraries.c.instance)] == [CABIN.id]


async def test_the_last_one_takes_everything_along(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    first, _second, cabin = both
    shared.moving_out(home).leave(takes_along=False)
    back(shared.moving_out(cabin, CABIN))
    async with cabin.open() as (library, _events):
        await settled(library)
        ids = {upload.id for upload in (await library.pending.page()).uploads}
        assert set(first.pending) < ids, "what nobody else decides about"


async def test_a_library_that_all_have_left_is_joined_again_with_what_waits_by_now(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    contents = await fill(home)
    async with home.open() as (library, _events):
        await settled(library)
        [job, *others] = await library.queue.queued_jobs()
        await library.queue.start(job.id)
        print_ = await begin(library, job.id)
    finish(shared.moving_in(home))
    shared.add_instance(WORKSHOP)
    garage = RealPrinter(id="garage", serial="G", name="P1S", model="C12")
    shared.register(WORKSHOP, garage)
    kept = shared.count(archives)
    back(shared.moving_out(home))
    found = await look_into(shared.url)
    assert (found.library_id, found.archives) == (LIBRARY_ID, len(contents.archives))
    assert (found.pending, found.jobs, list(found.instances)) == (0, 0, [])
    async with home.open() as (library, _events):
        await settled(library)
        await library.queue.cancel(others[-1].id)
        [archived, *pending] = contents.pending
        await library.pending.approve_to_archive(archived)
    move = shared.moving_in(home, printers=[garage])
    move.ledger.remove()
    again = finish(move)
    assert again.rows.known["archives"] == kept
    found = await look_into(shared.url)
    assert found.archives == len(contents.archives) + 1
    assert found.jobs == contents.jobs - 1
    assert found.pending == len(pending)
    places = shared.rows(jobs.c.id, jobs.c.position, jobs.c.state)
    assert sorted(row.position for row in places if row.position) == [
        *range(1, contents.jobs - 1)
    ]
    assert {row.id: row.state for row in places}[others[-1].id] == JobState.CANCELLED
    assert shared.rows(prints.c.id, prints.c.phase) == [(print_.id, print_.phase)]
    (counted,) = shared.rows(totals.totals)
    recount(shared)
    assert tuple(counted) == pytest.approx(tuple(shared.rows(totals.totals)[0]))
    assert [
        tuple(row) for row in shared.rows(libraries.c.id, libraries.c.instance)
    ] == [(LIBRARY_ID, WORKSHOP.id)]


async def test_what_is_here_already_is_not_fetched_again(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await fill(home)
    finish(shared.moving_in(home))
    fetched: list[str] = []
    monkeypatch.setattr(
        shared.backend, "fetch", lambda key, *_: fetched.append(key), raising=True
    )
    back(shared.moving_out(home))
    assert not fetched


async def test_what_slicers_asked_for_and_is_not_noted_there_yet_is_waited_for(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    first, _second, _cabin = both
    move = shared.moving_out(home)
    move.working.mkdir(exist_ok=True)
    Asked(move.working).write({first.archives[0]: [REQUEST]})
    with pytest.raises(LibraryError, match="1 uploads still wait"):
        finish(move)


async def test_what_slicers_asked_for_comes_along_when_nobody_can_be_asked(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    """As when a move there was cut, and the library of before turns out to be in force."""
    put = await fill(home)
    move = shared.moving_out(home)
    move.working.mkdir(exist_ok=True)
    Asked(move.working).write({put.archives[0]: [REQUEST]})
    for _ in range(2):
        move.bring_waiting()
    assert not Asked(move.working).read()
    async with home.open() as (library, _events):
        upload = await library.upload(put.archives[0])
        assert [request.plate for request in upload.requests] == [REQUEST.plate]
    assert not Asked(home.folder).read()


async def test_uploads_that_wait_to_be_filed_are_not_left_behind(
    home: Home, shared: Shared, fill: Callable[..., Any]
) -> None:
    await fill(home)
    finish(shared.moving_in(home))
    move = shared.moving_out(home)
    waiting = move.working / "pending" / "01KB9000000000000000000000"
    waiting.mkdir(parents=True)
    with pytest.raises(LibraryError, match="1 uploads still wait"):
        finish(move)
    waiting.rmdir()
    back(move)


async def test_a_disk_that_is_too_small_is_told_before_anything_is_copied(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    move = shared.moving_out(home)
    move.reserve_bytes = 10**18
    with pytest.raises(StorageFullError):
        finish(move)


@pytest.mark.parametrize("when", ["before", "meanwhile", "later"])
async def test_nothing_is_written_where_the_disk_is_not_mounted(
    home: Home,
    shared: Shared,
    both: tuple[Contents, Contents, Home],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    move = shared.moving_out(home)
    gone: list[Callable[[], None]] = []

    def go() -> None:
        if not gone:
            gone.append(unmount(home, tmp_path))

    copy_item = MoveToLocal._copy_item

    def copied(self: MoveToLocal, *args: Any) -> None:
        copy_item(self, *args)
        if when == "meanwhile":
            go()

    def marked(self: MoveToLocal) -> None:
        go()
        identify(self)

    identify = MoveToLocal._identify
    with monkeypatch.context() as patch:
        if when == "before":
            go()
        patch.setattr(MoveToLocal, "_copy_item", copied)
        patch.setattr(MoveToLocal, "_identify", marked)
        with pytest.raises(LibraryAbsentError, match="is not in"):
            finish(move)
    assert not list(home.folder.iterdir())
    for mount in gone:
        mount()
    back(shared.moving_out(home))
    assert await titles(home) == {"Gear 0", "Gear 1", "Lamp 0", "Lamp 1"}


async def test_it_is_put_in_its_place_only_once_the_disk_is_there(
    home: Home,
    shared: Shared,
    both: tuple[Contents, Contents, Home],
    tmp_path: Path,
) -> None:
    move = shared.moving_out(home)
    finish(move)
    mount = unmount(home, tmp_path)
    # As after a restart, before a share is mounted.
    move = shared.moving_out(home)
    for step in (move.install, move.bring_waiting):
        with pytest.raises(LibraryAbsentError):
            step()
    mount()
    move.install()
    move.leave()
    assert await titles(home) == {"Gear 0", "Gear 1", "Lamp 0", "Lamp 1"}


@pytest.mark.parametrize("name", ["archive", "pending"])
async def test_it_is_put_where_a_part_of_the_library_is_on_a_disk_of_its_own(
    home: Home,
    shared: Shared,
    both: tuple[Contents, Contents, Home],
    other_disk: Path,
    name: str,
) -> None:
    first, _second, _cabin = both
    # What was here before is in the place where it does not belong any more, and damaged.
    archived, pending = Layout(home.folder).archive, Layout(home.folder).pending
    misplaced = first.archives[1]
    archived(misplaced).rename(pending(misplaced))
    next(pending(misplaced).glob("*.3mf")).write_bytes(b"x")
    put_on_another_disk(home, name, other_disk)
    back(shared.moving_out(home))
    assert await titles(home) == {"Gear 0", "Gear 1", "Lamp 0", "Lamp 1"}
    async with home.open() as (library, _events):
        waiting = (await library.pending.page()).uploads
        for upload in waiting:
            assert await library.file_path(upload.id) is not None
    assert [upload.id for upload in waiting] == first.pending


@pytest.mark.parametrize("name", ["archive", "pending"])
async def test_what_came_in_meanwhile_is_put_on_a_disk_of_its_own(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    other_disk: Path,
    name: str,
) -> None:
    """As when a move there was cut, and the library of before turns out to be in force."""
    put = await fill(home)
    move = shared.moving_out(home)
    for item_id in (*put.archives, *put.pending):
        place = Layout(home.folder).find(item_id)
        assert place is not None
        kept = move.working / place.relative_to(home.folder)
        kept.parent.mkdir(parents=True, exist_ok=True)
        place.rename(kept)
    put_on_another_disk(home, name, other_disk)
    for _ in range(2):
        move.bring_waiting()
    assert not [path for path in move.working.rglob("*") if path.is_file()]
    assert await titles(home) == {"Gear 0", "Gear 1"}


@pytest.mark.parametrize("broken", ["here", "there"])
async def test_what_cannot_be_copied_to_another_disk_keeps_no_library_from_being_loaded(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    other_disk: Path,
    bad_disk: BadDisk,
    broken: str,
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    target = Home(
        folder=home.folder.parent / "target",
        database_url=f"sqlite:///{home.folder.parent}/target.db",
    )
    put_on_another_disk(target, "archive", other_disk)
    move = shared.moving_out(target)
    finish(move)
    [staged] = move.folder.glob(f"moving/archive/*/*/{put.archives[0]}")
    [sliced] = staged.glob("*.3mf")
    copy = Layout(target.folder).archive(put.archives[0])
    copy = copy.with_name(f"{copy.name}.copying") / sliced.name
    bad_disk.bad.add(sliced if broken == "here" else copy)
    if broken == "there":
        with pytest.raises(StorageError):
            move.install()
        bad_disk.bad.clear()
    move.install()
    async with target.open() as (library, _events):
        await settled(library)
        found = [
            await library.file_path(archive.id)
            for archive in (await library.archives(ArchiveQuery())).archives
        ]
    assert len(found) == 2
    assert found.count(None) == (broken == "here")


def put_on_another_disk(home: Home, name: str, disk: Path) -> None:
    """Have a part of the library be on a disk of its own."""
    (home.folder / name).mkdir(parents=True, exist_ok=True)
    shutil.move(home.folder / name, disk)
    (home.folder / name).symlink_to(disk / name)


async def test_a_library_of_before_that_was_deleted_meanwhile_is_made_again(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    move = shared.moving_out(home)
    shutil.rmtree(home.folder)
    # This one is in use.
    LibraryFolder(move.working).mark(LIBRARY_ID)
    back(move)
    assert await titles(home) == {"Gear 0", "Gear 1", "Lamp 0", "Lamp 1"}


@pytest.mark.parametrize("names", [("archive",), ("inbox", "pending", "archive")])
async def test_one_of_which_only_folders_were_deleted_is_made_again_too(
    home: Home,
    shared: Shared,
    both: tuple[Contents, Contents, Home],
    names: tuple[str, ...],
) -> None:
    move = shared.moving_out(home)
    for name in names:
        shutil.rmtree(home.folder / name)
    # This one is in use.
    LibraryFolder(move.working).mark(LIBRARY_ID)
    back(move)
    assert await titles(home) == {"Gear 0", "Gear 1", "Lamp 0", "Lamp 1"}


async def test_an_index_of_before_that_is_damaged_keeps_nobody_from_coming_back(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    for path in database(home).parent.glob("library.db*"):
        path.write_bytes(b"This is no database." * 500)
    back(shared.moving_out(home))
    assert await titles(home) == {"Gear 0", "Gear 1", "Lamp 0", "Lamp 1"}


async def test_a_file_that_the_store_has_lost_is_told(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    _first, second, _cabin = both
    for key in tuple(shared.backend.list("")):
        if second.archives[0] in key and key.endswith(".3mf"):
            shared.backend.remove(key)
        elif second.archives[1] in key and key.endswith(".3mf"):
            (shared.store / key).write_bytes(b"x")
    moved = back(shared.moving_out(home))
    assert moved.files.missing == [second.archives[0]]
    assert moved.files.damaged == [second.archives[1]]


async def test_what_others_purge_while_files_are_copied_stops_nothing(
    home: Home,
    shared: Shared,
    both: tuple[Contents, Contents, Home],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _first, second, _cabin = both
    purged, copy_item = second.archives[1], MoveToLocal._copy_item

    def meanwhile(self: MoveToLocal, source: Engine, item: Item, *rest: Any) -> None:
        if item.id == purged:
            with source.begin() as connection:
                archive_rows.purge(connection, purged)
        copy_item(self, source, item, *rest)

    monkeypatch.setattr(MoveToLocal, "_copy_item", meanwhile)
    moved = back(shared.moving_out(home))
    assert not moved.files.missing
    assert await titles(home) == {"Gear 0", "Gear 1", "Lamp 0"}


async def test_photos_come_along_from_a_share_with_a_recycle_bin(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    first, second, _cabin = both
    recycled(shared, first.deleted)
    back(shared.moving_out(home))
    async with home.open() as (library, _events):
        await settled(library)
        for item_id in (first.archives[0], second.archives[0]):
            assert len(await library.photos(item_id)) == 1


async def test_photos_that_were_removed_there_go_and_those_of_what_the_store_lost_stay(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    first, _second, _cabin = both
    [photo] = (home.folder / "archive").rglob("photos/*")
    shared.backend.remove(item_prefix(first.archives[0]).rstrip("/"))
    move = shared.moving_out(home)
    with move.ledger:
        move.complete()
        assert photo.exists()
        for name in (first.archives[0], photo.name):
            move.ledger.forget(name)
        # It is there again, without the photo.
        stored = shared.store / sidecar_key(first.archives[0])
        stored.parent.mkdir(parents=True)
        stored.write_bytes(b"{}")
        move.complete()
    assert not photo.exists()


async def test_a_move_that_is_given_up_leaves_the_old_index(
    home: Home, shared: Shared, both: tuple[Contents, Contents, Home]
) -> None:
    move = shared.moving_out(home)
    finish(move)
    move.give_up()
    move.install()
    assert await titles(home) == {"Gear 0", "Gear 1"}
    assert sidecar_key(both[0].archives[0]) in set(shared.backend.list(""))


@pytest.mark.parametrize("part", range(PARTS))
async def test_dying_at_any_step_leaves_the_old_index_or_the_new_one_whole(
    home: Home,
    shared: Shared,
    both: tuple[Contents, Contents, Home],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    part: int,
) -> None:
    apart = every(request)
    for lifetime in itertools.count(1 + part * apart, PARTS * apart):
        target = Home(
            folder=tmp_path / f"target-{lifetime}",
            database_url=f"sqlite:///{tmp_path}/{lifetime}/library.db",
        )
        database(target).parent.mkdir()
        move = shared.moving_out(target)
        with dying(Death(lifetime, after=lifetime % 4 < 2), monkeypatch):
            try:
                finish(move)
                move.install()
            except DiedError:
                is_dead = True
            else:
                is_dead = False
        # It goes on.
        move = shared.moving_out(target)
        if not database(target).exists():
            finish(move)
            move.install()
        if not is_dead or lifetime % 4 == 0:
            assert await titles(target) == {"Gear 0", "Gear 1", "Lamp 0", "Lamp 1"}
        move.ledger.remove()
        if not is_dead:
            break
    assert lifetime > 50, "there were steps to die at"
    assert shared.count(uploads) == 8


async def test_what_is_not_in_the_store_yet_is_taken_from_where_it_came_in(
    home: Home, shared: Shared, fill: Callable[..., Any], tmp_path: Path
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    target = Home(
        folder=tmp_path / "target", database_url=f"sqlite:///{tmp_path}/target.db"
    )
    move = shared.moving_out(target)
    good, bad = put.archives
    for item_id in (good, bad):
        (place,) = home.folder.glob(f"archive/*/*/{item_id}")
        kept = move.working / place.relative_to(home.folder)
        shutil.copytree(place, kept)
        shared.backend.remove(item_prefix(item_id).rstrip("/"))
        if item_id == bad:
            next(kept.glob("*.3mf")).write_bytes(b"x")
    moved = back(move)
    assert (moved.files.damaged, moved.files.missing) == ([bad], [])
    (place,) = target.folder.glob(f"archive/*/*/{good}")
    assert list(place.glob("*.3mf"))
    assert len(list((place / "photos").iterdir())) == 1


@pytest.mark.parametrize("harm", ["damaged", "unreadable"])
async def test_what_is_damaged_here_and_whole_in_the_store_is_taken_from_there(
    home: Home, shared: Shared, fill: Callable[..., Any], bad_disk: BadDisk, harm: str
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    move = shared.moving_out(home)
    before, fresh = put.archives
    place = Layout(home.folder).archive(fresh)
    kept = move.working / place.relative_to(home.folder)
    kept.parent.mkdir(parents=True)
    place.rename(kept)
    sliced = [next(Layout(home.folder).archive(before).glob("*.3mf"))]
    sliced.append(next(kept.glob("*.3mf")))
    for path in sliced:
        if harm == "damaged":
            path.write_bytes(b"x")
        else:
            bad_disk.bad.add(path)
    move = shared.moving_out(home)
    with move.ledger:
        move.complete()
        # What stood there was replaced.
        bad_disk.bad.clear()
        moved = move.finish()
    move.install()
    assert (moved.files.damaged, moved.files.missing) == ([], [])
    assert await titles(home) == {"Gear 0", "Gear 1"}
    async with home.open() as (library, _events):
        for archive in (await library.archives(ArchiveQuery())).archives:
            path = await library.file_path(archive.id)
            assert path and file_sha256(path) == archive.file.sha256


@pytest.mark.parametrize("bad", ["*.3mf", "photos/*", "photos"])
async def test_what_neither_this_disk_nor_the_store_gives_is_told_and_stops_nothing(
    home: Home,
    shared: Shared,
    fill: Callable[..., Any],
    bad_disk: BadDisk,
    bad: str,
    tmp_path: Path,
) -> None:
    put = await fill(home)
    finish(shared.moving_in(home))
    target = Home(
        folder=tmp_path / "target", database_url=f"sqlite:///{tmp_path}/target.db"
    )
    move = shared.moving_out(target)
    item_id = put.archives[0]
    place = Layout(home.folder).archive(item_id)
    kept = move.working / place.relative_to(home.folder)
    shutil.copytree(place, kept)
    shared.backend.remove(item_prefix(item_id).rstrip("/"))
    [unread] = kept.glob(bad)
    bad_disk.bad.add(unread)
    with move.ledger:
        for step in (move.copy, move.complete):
            step()
            assert move.counts.damaged == [item_id] * (bad == "*.3mf")
            assert move.counts.damaged_photos == bad.startswith("photos")
        move.finish()
    move.install()
    put_there = Layout(target.folder).archive(item_id)
    assert bool(list(put_there.glob("*.3mf"))) is (bad != "*.3mf")
    assert not list(target.folder.rglob("*.part"))


async def test_a_photo_that_somebody_removes_meanwhile_is_left_out(
    home: Home,
    shared: Shared,
    both: tuple[Contents, Contents, Home],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _first, second, _cabin = both
    fetch, photos = shared.backend.fetch, photos_prefix(second.archives[0])

    def meanwhile(key: str, path: Path, sha256: str) -> None:
        if key.startswith(photos):
            shared.backend.remove(key)
        fetch(key, path, sha256)

    monkeypatch.setattr(shared.backend, "fetch", meanwhile)
    back(shared.moving_out(home))
    assert await titles(home) == {"Gear 0", "Gear 1", "Lamp 0", "Lamp 1"}
