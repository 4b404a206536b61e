"""Photos of what was printed: kept with the archive, through crashes, and gone with it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import errno
from pathlib import Path
import shutil

import pytest
from sqlalchemy import text as sql
from ulid_transform import ulid_now

from custom_components.bambu_virtual_printer.engine.library import photos
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.photos import (
    MAX_PHOTO_BYTES,
    MAX_PHOTOS,
)
from custom_components.bambu_virtual_printer.engine.library.store import moves
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    FILE_GONE,
    InvalidChangeError,
    NotFoundError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveChanged,
    ArchivesRestored,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Archive,
    ArchiveQuery,
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.space import Space
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from tests.support.crashes import Death, DiedError, dying
from tests.support.library import (
    Events,
    Home,
    archive_file,
    forget_index,
    hold_file,
    settled,
)
from tests.support.pictures import FORMATS, PICTURES

type SlicedData = Callable[..., bytes]

JPEG = PICTURES["JPEG"]
UNDOABLE = LibrarySettings(
    reserve_bytes=0, low_space_bytes=0, undo_for=timedelta(minutes=10)
)


async def blocks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 1000):
        await asyncio.sleep(0)
        yield data[start : start + 1000]


async def one_archive(
    library: Library, events: Events, sliced_data: SlicedData
) -> Archive:
    archive = (await archive_file(library, events, sliced_data())).archive
    events.seen.clear()
    return archive


def photo_files(home: Home) -> set[str]:
    """Return the names of everything but the archive's own files."""
    return {
        name
        for name in home.files()
        if not name.endswith((".3mf", "upload.json")) and "/plate_" not in name
    }


async def photo_count(library: Library, archive: Archive) -> int | None:
    """Return how many photos lists show of an archive."""
    page = await library.archives(ArchiveQuery())
    [count] = [found.photo_count for found in page.archives if found.id == archive.id]
    return count


async def run_sql(library: Library, statement: str) -> None:
    """Change the index behind the library's back."""
    await library._context.index.run(
        lambda connection: connection.execute(sql(statement))
    )


def sources(tmp_path: Path, data: bytes) -> list[Path | AsyncIterator[bytes]]:
    path = tmp_path / "IMG_0001.dat"
    path.write_bytes(data)
    return [path, blocks(data)]


@pytest.mark.parametrize("kind", FORMATS)
async def test_a_photo_is_kept_beside_the_archived_file_and_told(
    home: Home, sliced_data: SlicedData, tmp_path: Path, kind: str
) -> None:
    data = PICTURES[kind]
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        before = datetime.now(UTC)
        for source in sources(tmp_path, data):
            photo = await library.add_photo(archive.id, source)
            assert photo.size_bytes == len(data)
            assert photo.content_type == f"image/{kind.lower()}"
            assert abs((photo.added_at - before).total_seconds()) < 60
            assert photo in await library.photos(archive.id)
            path = await library.photo_path(archive.id, photo.id)
            assert path.read_bytes() == data
            file = await library.file_path(archive.id)
            assert file
            assert path == file.parent / "photos" / f"{photo.id}{FORMATS[kind]}"
        assert [event.archive for event in events.of(ArchiveChanged)] == [
            replace(archive, photo_count=1),
            replace(archive, photo_count=2),
        ]
        assert (tmp_path / "IMG_0001.dat").exists()
        assert list((home.folder / "inbox").iterdir()) == []
    async with home.open() as (library, _):
        assert len(await library.photos(archive.id)) == 2


async def test_removing_a_photo_leaves_the_others(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        first = await library.add_photo(archive.id, blocks(JPEG))
        second = await library.add_photo(archive.id, blocks(PICTURES["PNG"]))
        # By their ids, which begin with the time.
        assert await library.photos(archive.id) == tuple(
            sorted((first, second), key=lambda photo: photo.id)
        )
        await library.remove_photo(archive.id, first.id)
        assert await library.photos(archive.id) == (second,)
        assert len(events.of(ArchiveChanged)) == 3
        for photo_id in (first.id, ulid_now(), "../upload", "", second.id.lower()):
            with pytest.raises(NotFoundError, match="no such photo"):
                await library.remove_photo(archive.id, photo_id)
            with pytest.raises(NotFoundError, match="no such photo"):
                await library.photo_path(archive.id, photo_id)
        assert len(events.of(ArchiveChanged)) == 3


async def test_what_else_lies_in_the_folder_is_no_photo(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        photo = await library.add_photo(archive.id, blocks(JPEG))
        folder = (await library.photo_path(archive.id, photo.id)).parent
        for name in (
            "Thumbs.db",
            "IMG_1.jpg",
            f"{ulid_now()}.gif",
            f"{ulid_now()}.3mf",
        ):
            (folder / name).write_bytes(JPEG)
        (folder / f"{ulid_now()}.jpg").mkdir()
        assert await library.photos(archive.id) == (photo,)
        assert len(home.sliced_files()) == 2
        for odd in (archive.id, "upload", f"{archive.id}.3mf"):
            with pytest.raises(NotFoundError):
                await library.photo_path(archive.id, odd)


# --- what is refused ------------------------------------------------------------------------------------------------


async def nothing_kept(home: Home, library: Library, archive: Archive) -> None:
    assert await library.photos(archive.id) == ()
    assert photo_files(home) == set()
    assert list((home.folder / "inbox").iterdir()) == []


async def test_what_is_no_good_picture_is_refused_and_nothing_is_kept(
    home: Home, sliced_data: SlicedData, tmp_path: Path
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield JPEG[:100]
        raise TimeoutError

    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        for source in sources(tmp_path, b"G28\n"):
            with pytest.raises(InvalidChangeError, match="not a JPEG, PNG or WebP"):
                await library.add_photo(archive.id, source)
        for source in sources(tmp_path, JPEG[:-100]):
            with pytest.raises(InvalidChangeError, match="incomplete"):
                await library.add_photo(archive.id, source)
        with pytest.raises(StorageError, match="cannot be read"):
            await library.add_photo(archive.id, tmp_path / "none.jpg")
        with pytest.raises(TimeoutError):
            await library.add_photo(archive.id, broken())
        await nothing_kept(home, library, archive)
        assert events.seen == []


async def test_no_more_is_read_of_a_photo_than_it_may_have(
    home: Home, sliced_data: SlicedData
) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1024 * 1024
            yield bytes(1024 * 1024)

    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        with pytest.raises(InvalidChangeError, match="more than 20 MB"):
            await library.add_photo(archive.id, endless())
        assert taken == MAX_PHOTO_BYTES + 1024 * 1024
        await nothing_kept(home, library, archive)
        # JPEGs end where they end; so it is a good one as far as it may go.
        whole = JPEG + bytes(MAX_PHOTO_BYTES - len(JPEG))
        assert (
            await library.add_photo(archive.id, blocks_of(whole))
        ).size_bytes == MAX_PHOTO_BYTES


async def blocks_of(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_an_archive_takes_twenty_photos_even_when_all_come_at_once(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        answers = await asyncio.gather(
            *(library.add_photo(archive.id, blocks(JPEG)) for _ in range(23)),
            return_exceptions=True,
        )
        refused = [one for one in answers if isinstance(one, InvalidChangeError)]
        assert len(refused) == 3
        assert "20 photos at most" in str(refused[0])
        kept = await library.photos(archive.id)
        assert len(kept) == MAX_PHOTOS
        assert len(photo_files(home)) == MAX_PHOTOS
        await library.remove_photo(archive.id, kept[0].id)
        await library.add_photo(archive.id, blocks(JPEG))


async def test_only_archives_have_photos(home: Home, sliced_data: SlicedData) -> None:
    async with home.open() as (library, events):
        held = (await hold_file(library, events, sliced_data())).upload
        gone = await one_archive(library, events, sliced_data)
        await library.add_photo(gone.id, blocks(JPEG))
        await library.delete_archive(gone.id)
        for archive_id in (gone.id, ulid_now(), "../../secrets", ""):
            for call in (
                library.add_photo(archive_id, blocks(JPEG)),
                library.remove_photo(archive_id, ulid_now()),
                library.photo_path(archive_id, ulid_now()),
                library.photos(archive_id),
            ):
                with pytest.raises(NotFoundError, match="no such archive"):
                    await call
        with pytest.raises(InvalidChangeError, match="not in the archive yet"):
            await library.add_photo(held.id, blocks(JPEG))
        await library.pending.approve_to_archive(held.id)
        await library.add_photo(held.id, blocks(JPEG))
        await library.pending.discard_all()
        assert len(photo_files(home)) == 1


async def test_a_photo_for_an_archive_whose_folder_is_gone_is_refused(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        path = await library.file_path(archive.id)
        assert path
        shutil.rmtree(path.parent)
        assert await library.photos(archive.id) == ()
        with pytest.raises(StorageError, match="no longer on the disk"):
            await library.add_photo(archive.id, blocks(JPEG))
        assert home.files() == set()


# --- what happens meanwhile -----------------------------------------------------------------------------------------


async def test_an_archive_deleted_while_a_photo_comes_stays_deleted(
    home: Home, sliced_data: SlicedData
) -> None:
    came = asyncio.Event()
    deleted = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield JPEG[:100]
        came.set()
        await deleted.wait()
        yield JPEG[100:]

    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        adding = asyncio.create_task(library.add_photo(archive.id, slow()))
        await came.wait()
        await library.delete_archive(archive.id)
        deleted.set()
        with pytest.raises(NotFoundError):
            await adding
        assert home.files() == set()


async def test_who_no_longer_waits_leaves_a_whole_photo_or_nothing(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        for turns in range(0, 60, 3):
            adding = asyncio.create_task(library.add_photo(archive.id, blocks(JPEG)))
            for _ in range(turns):
                await asyncio.sleep(0)
            adding.cancel()
            with suppress(asyncio.CancelledError):
                await adding
            await settled(library)
            for photo in await library.photos(archive.id):
                path = await library.photo_path(archive.id, photo.id)
                assert path.read_bytes() == JPEG
                await library.remove_photo(archive.id, photo.id)
    async with home.open() as (library, _):
        await nothing_kept(home, library, archive)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_dying_at_any_step_leaves_a_whole_photo_or_nothing(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
    lifetime = 0
    while True:
        lifetime += 1
        library = home.library()
        await library.__aenter__()
        await settled(library)
        death = Death(lifetime, after=after)
        with dying(death, monkeypatch), suppress(DiedError):
            photo = await library.add_photo(archive.id, blocks(JPEG))
            await library.remove_photo(archive.id, photo.id)
        await library.__aexit__()
        async with home.open() as (library, _):
            await settled(library)
            photos = await library.photos(archive.id)
            assert photo_files(home) == {
                str(
                    (await library.photo_path(archive.id, photo.id)).relative_to(
                        home.folder
                    )
                )
                for photo in photos
            }
            assert await photo_count(library, archive) == len(photos)
            for photo in photos:
                assert photo.size_bytes == len(JPEG)
                await library.remove_photo(archive.id, photo.id)
            assert (await library.archive(archive.id)).archive == archive
        if not death.is_dead:
            assert photos == ()
            break
    assert lifetime > 5


# --- how many there are ---------------------------------------------------------------------------------------------


async def test_lists_say_how_many_photos_an_archive_has(
    home: Home, sliced_data: SlicedData, tmp_path: Path
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        other = await one_archive(library, events, sliced_data)
        events.seen.clear()
        first = await library.add_photo(archive.id, blocks(JPEG))
        await library.add_photo(archive.id, blocks(JPEG))
        assert await photo_count(library, archive) == 2
        await library.remove_photo(archive.id, first.id)
        with pytest.raises(InvalidChangeError):
            await library.add_photo(archive.id, blocks(b"no picture"))
        assert await photo_count(library, archive) == 1
        assert await photo_count(library, other) == 0
        assert [event.archive.photo_count for event in events.of(ArchiveChanged)] == [
            1,
            2,
            1,
        ]
        table = tmp_path / "all.csv"
        await library.export(table)
        rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
        assert {row["id"]: row["photos"] for row in rows} == {
            archive.id: "1",
            other.id: "0",
        }
    async with home.open() as (library, _):
        assert await photo_count(library, archive) == 1


async def test_an_archive_that_is_restored_has_its_photos_counted(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        library.settings = UNDOABLE
        archive = await one_archive(library, events, sliced_data)
        await library.add_photo(archive.id, blocks(JPEG))
        await library.delete_archive(archive.id)
        restored = await library.restore_archive(archive.id)
        assert restored.photo_count == 1
        assert await photo_count(library, archive) == 1


async def test_an_archive_that_waits_again_and_is_archived_again_has_its_photos_counted(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        library.settings = UNDOABLE
        archive = await one_archive(library, events, sliced_data)
        photo = await library.add_photo(archive.id, blocks(JPEG))
        await library.pending.undo(archive.id)
        await library.pending.approve_to_archive(archive.id)
        assert await photo_count(library, archive) == 1
        assert await library.photos(archive.id) == (photo,)


async def test_photos_that_were_never_counted_are_counted_by_the_next_start(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        other = await one_archive(library, events, sliced_data)
        for _ in range(2):
            await library.add_photo(archive.id, blocks(JPEG))
        await run_sql(library, "UPDATE uploads SET photo_count = NULL")
        assert await photo_count(library, archive) is None
    async with home.open() as (library, _):
        await settled(library)
        assert await photo_count(library, archive) == 2
        assert await photo_count(library, other) == 0


async def test_a_wrong_number_of_photos_is_put_right_when_they_are_looked_at(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        photo = await library.add_photo(archive.id, blocks(JPEG))
        path = await library.photo_path(archive.id, photo.id)
        shutil.copy(path, path.with_stem(ulid_now()))
        assert len(await library.photos(archive.id)) == 2
        await settled(library)
        assert await photo_count(library, archive) == 2


async def test_a_photo_is_kept_though_it_could_not_be_counted(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)

        def unlisted(*_: object) -> None:
            raise StorageError(FILE_GONE)

        with monkeypatch.context() as patch:
            patch.setattr(photos, "count", unlisted)
            photo = await library.add_photo(archive.id, blocks(JPEG))
        assert await photo_count(library, archive) is None
        assert "counted later" in caplog.text
        assert await library.photos(archive.id) == (photo,)
        await settled(library)
        assert await photo_count(library, archive) == 1


# --- disks ----------------------------------------------------------------------------------------------------------


async def test_what_is_to_be_kept_free_is_kept_free(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_bytes = [1000, 999]

    def space(_: LibraryFolder) -> Space:
        free = free_bytes.pop(0) if len(free_bytes) > 1 else free_bytes[0]
        return Space(free_bytes=free, disk_bytes=10_000)

    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        library.settings = LibrarySettings(reserve_bytes=1000)
        monkeypatch.setattr(LibraryFolder, "space", space)
        for _ in range(2):
            # Once when it has come, once before.
            with pytest.raises(StorageFullError, match="not enough room"):
                await library.add_photo(archive.id, blocks(JPEG))
        await nothing_kept(home, library, archive)


async def test_a_disk_that_is_full_in_the_middle_of_it_is_told(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", full)
            with pytest.raises(StorageFullError, match="there is no room left"):
                await library.add_photo(archive.id, blocks(JPEG))
        await nothing_kept(home, library, archive)


@pytest.fixture
def across_disks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be renamed from one folder to another, as between disks."""
    rename = Path.rename

    def crossing(source: Path, target: Path) -> Path:
        if source.parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", crossing)


@pytest.mark.usefixtures("across_disks")
async def test_photos_are_copied_to_an_archive_on_another_disk(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        photo = await library.add_photo(archive.id, blocks(JPEG))
        path = await library.photo_path(archive.id, photo.id)
        assert path.read_bytes() == JPEG
        # What a crash left of a copy goes with the next one.
        (path.parent / f"{ulid_now()}.jpg.part").write_bytes(b"cut short")
        assert len(await library.photos(archive.id)) == 1
        await library.add_photo(archive.id, blocks(JPEG))
        assert len(list(path.parent.iterdir())) == 2
        assert list((home.folder / "inbox").iterdir()) == []
        await library.delete_archive(archive.id)
    assert home.files() == set()


@pytest.mark.usefixtures("across_disks")
async def test_a_copy_that_fails_leaves_nothing_behind(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sync(path: Path) -> None:
        if path.name.endswith(".jpg.part"):
            assert path.read_bytes() == JPEG
            raise OSError(errno.EIO, "Input/output error")

    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        with monkeypatch.context() as patch:
            patch.setattr(moves, "sync_file", sync)
            with pytest.raises(StorageError, match="kept: the disk failed"):
                await library.add_photo(archive.id, blocks(JPEG))
        await nothing_kept(home, library, archive)


# --- with the archive -----------------------------------------------------------------------------------------------


async def test_photos_go_with_their_archive(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        deleted = await one_archive(library, events, sliced_data)
        purged = await one_archive(library, events, sliced_data)
        kept = await one_archive(library, events, sliced_data)
        for archive in (deleted, purged, kept):
            await library.add_photo(archive.id, blocks(JPEG))
        await library.delete_archive(deleted.id)
        await library.delete_archive(purged.id, purge=True)
        assert len(photo_files(home)) == 1
        library.settings = LibrarySettings(reserve_bytes=0, keep_count=0)
        assert (await library.maintain()).deleted == 1
        assert home.files() == set()


async def test_photos_are_there_again_when_the_index_was_lost(
    home: Home, sliced_data: SlicedData, tmp_path: Path
) -> None:
    async with home.open() as (library, events):
        archive = await one_archive(library, events, sliced_data)
        photo = await library.add_photo(archive.id, blocks(JPEG))
        path = await library.file_path(archive.id)
    forget_index(home)
    # Without its sidecar, what is known of it is the only file there is.
    assert path
    (path.parent / "upload.json").unlink()
    async with home.open() as (library, events):
        assert (await events.next(ArchivesRestored)).count == 1
        assert await photo_count(library, archive) == 1
        assert await library.photos(archive.id) == (photo,)
        assert await library.thumbnail_path(archive.id) == path.with_name("plate_1.png")
        assert await library.export(tmp_path / "all.csv") == 1
        assert (await library.archives(ArchiveQuery())).total == 1


@pytest.mark.parametrize("disks", ["one", "several"])
async def test_photos_stay_with_a_file_whose_approval_the_index_forgot(
    home: Home, sliced_data: SlicedData, request: pytest.FixtureRequest, disks: str
) -> None:
    if disks == "several":
        request.getfixturevalue("across_disks")
    async with home.open() as (library, events):
        held = (await hold_file(library, events, sliced_data())).upload
        await library.pending.approve_to_archive(held.id)
        photo = await library.add_photo(held.id, blocks(JPEG))
        # As when a backup of the index is restored, but none of the files.
        await library._context.index.run(
            lambda connection: [
                connection.execute(sql(statement), {"id": held.id})
                for statement in (
                    "DELETE FROM archives WHERE id = :id",
                    "UPDATE uploads SET state = 'pending' WHERE id = :id",
                )
            ]
        )
    async with home.open() as (library, _):
        await settled(library)
        path = await library.file_path(held.id)
        assert path == home.folder / "pending" / held.id / path.name
        await library.pending.approve_to_archive(held.id)
        assert await library.photos(held.id) == (photo,)
        kept = await library.photo_path(held.id, photo.id)
        assert kept.read_bytes() == JPEG
        assert not (home.folder / "pending" / held.id).exists()
