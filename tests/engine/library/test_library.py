"""The library as the hub uses it."""

import asyncio
from collections.abc import Callable, Coroutine
import errno
import itertools
import os
from pathlib import Path
import threading
from typing import Any
import zipfile

import pytest
from sqlalchemy import select

from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    archive_plates,
)
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.threemf import reader
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
    LibraryError,
    NotFoundError,
    TextField,
    TooLongError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveChanged,
    ArchiveDeleted,
    JobAdded,
    JobChanged,
    JobFinished,
    JobMoved,
    JobReleased,
    LibraryEvent,
    UploadChanged,
    UploadDiscarded,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobPlan
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
    ArchiveChanges,
    ArchiveMonth,
    ArchiveQuery,
    UploadChanges,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from tests.engine.library.threemf.packages import PNG, package
from tests.support.library import (
    IMMEDIATE,
    REVIEW,
    Events,
    Home,
    archive_file,
    hold_file,
    receive,
)

type SlicedData = Callable[..., bytes]

NOBODY = "01M816A461TBZTPCMSB3AWXXFA"


def our_threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return sorted(name for name in names if name.startswith("bambu_library"))


# --- opening and closing --------------------------------------------------------------------------------------------


async def test_nothing_is_touched_before_it_is_opened(home: Home) -> None:
    home.library()
    assert not home.folder.exists()
    assert our_threads() == []


async def test_it_has_seven_threads_at_most_and_none_afterwards(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
        await asyncio.gather(*(library.statistics() for _ in range(20)))
        assert set(our_threads()) <= {
            f"bambu_library_{name}_{number}"
            for name, number in (
                ("index", 0),
                *itertools.product(("receive", "archive", "media"), range(2)),
            )
        }
    assert our_threads() == []
    assert not [
        task for task in asyncio.all_tasks() if task is not asyncio.current_task()
    ]


async def test_a_library_that_cannot_be_opened_leaves_nothing_open(
    home: Home,
) -> None:
    home.folder.parent.joinpath("library").write_text(
        "a file where the folder should be"
    )

    async def attempt() -> None:
        async with home.open():
            pytest.fail("opened")

    with pytest.raises(StorageError, match="cannot be used"):
        await attempt()
    assert our_threads() == []


async def test_a_url_that_is_none_is_refused_at_once(home: Home) -> None:
    with pytest.raises(IndexUnavailableError):
        Library(home.folder, "no url", emit=Events())


async def test_after_closing_everything_is_refused_in_words(home: Home) -> None:
    async with home.open() as (library, _):
        pass
    for attempt in (
        library.archives(ArchiveQuery()),
        library.statistics(),
        library.pending.page(),
        library.issue_serial_suffix(lambda used: "123456789"),
    ):
        with pytest.raises(LibraryError, match="The library is closed"):
            await attempt
    library.intake(NOBODY)
    await asyncio.sleep(0)


# --- archives -------------------------------------------------------------------------------------------------------


async def test_notes_are_written_kept_and_found(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        changed = await library.update_archive(
            archive.id,
            ArchiveChanges(
                notes="Grandma's\r\n  present\0",
                tags=["Gift", " gift", "PLA ", "", "x" * 64],
                favourite=True,
                project="Xmas\n2026",
            ),
        )
        assert changed.annotations == Annotations(
            notes="Grandma's\npresent",
            tags=("Gift", "PLA", "x" * 64),
            favourite=True,
            project="Xmas 2026",
        )
        assert events.of(ArchiveChanged) == [ArchiveChanged(archive=changed)]
        for query in (
            ArchiveQuery(text="grandma present"),
            ArchiveQuery(text="gift xmas"),
            ArchiveQuery(tags=["gift"], favourite=True, project="Xmas 2026"),
        ):
            assert (await library.archives(query)).archives == (changed,)
        # What is not mentioned stays, and empty is empty.
        changed = await library.update_archive(archive.id, ArchiveChanges(notes=""))
        assert changed.annotations.notes == ""
        assert changed.annotations.favourite
        changed = await library.update_archive(archive.id, ArchiveChanges(tags=()))
        assert changed.annotations.tags == ()
        assert (await library.archives(ArchiveQuery(text="grandma"))).total == 0
        assert (await library.archives(ArchiveQuery(tags=["gift"]))).total == 0
    async with home.open() as (library, _):
        assert (await library.archive(archive.id)).archive == changed


async def test_what_a_person_writes_is_kept_whole_or_refused(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        changed = await library.update_archive(
            archive.id,
            ArchiveChanges(
                notes=" " + "n" * 10_000 + "\n",
                tags=[*(f"tag {n}" for n in range(63)), "t" * 64, "TAG 1", ""],
                project="p" * 255,
                name="x" * 255,
            ),
        )
        assert len(changed.annotations.notes) == 10_000
        assert len(changed.annotations.tags) == 64
        assert len(changed.annotations.project) == 255
        for changes, field, limit in (
            (ArchiveChanges(notes="n" * 10_001), TextField.NOTES, 10_000),
            (ArchiveChanges(notes="n\n" * 6000), TextField.NOTES, 10_000),
            (ArchiveChanges(tags=[f"{n}" for n in range(65)]), TextField.TAGS, 64),
            (ArchiveChanges(tags=["t" * 65]), TextField.TAG, 64),
            (ArchiveChanges(project="p" * 256), TextField.PROJECT, 255),
            (ArchiveChanges(name="x" * 256), TextField.NAME, 255),
        ):
            with pytest.raises(TooLongError) as raised:
                await library.update_archive(archive.id, changes)
            assert (raised.value.field, raised.value.limit) == (field, limit)
        with pytest.raises(TooLongError):
            await library.rename_tag("tag 1", "t" * 65)
        with pytest.raises(TooLongError):
            await library.archives(ArchiveQuery(text="word " * 33))
        assert (await library.archive(archive.id)).archive == changed


async def test_what_is_too_long_for_an_upload_leaves_it_as_it_was(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        held = (await hold_file(library, events, sliced_data())).upload
        too_long = UploadChanges(notes="n" * 10_001)
        for call in (
            library.pending.edit(held.id, too_long),
            library.pending.approve_to_archive(held.id, too_long),
            library.pending.send_back(held.id, "n" * 10_001),
        ):
            with pytest.raises(TooLongError):
                await call
        assert await library.upload(held.id) == held


async def test_edits_at_the_same_time_all_count(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        await asyncio.gather(
            library.update_archive(archive.id, ArchiveChanges(notes="note")),
            library.update_archive(archive.id, ArchiveChanges(tags=["tag"])),
            library.update_archive(archive.id, ArchiveChanges(favourite=True)),
            library.update_archive(archive.id, ArchiveChanges(project="project")),
        )
        annotations = (await library.archive(archive.id)).archive.annotations
        assert annotations == Annotations(
            notes="note", tags=("tag",), favourite=True, project="project"
        )
        sidecar = LibraryFolder(home.folder).read_sidecar(archive.id)
        assert sidecar is not None
        assert sidecar.annotations == annotations


@pytest.mark.parametrize(
    ("told", "verb"),
    [
        (ArchiveChanged, lambda library, ids: library.rename_tag("toys", "games")),
        (
            UploadChanged,
            lambda library, ids: library.pending.edit(ids[1], UploadChanges(notes="x")),
        ),
        (JobAdded, lambda library, ids: library.queue.add(ids[0])),
        (JobChanged, lambda library, ids: library.queue.edit(ids[2], copies=2)),
        (JobMoved, lambda library, ids: library.queue.move_to(ids[2], 2)),
        (JobReleased, lambda library, ids: library.queue.release(ids[2])),
        (JobFinished, lambda library, ids: library.queue.cancel(ids[2])),
    ],
)
async def test_what_is_done_for_a_caller_who_gave_up_is_told_all_the_same(
    home: Home,
    sliced_data: SlicedData,
    told: type[LibraryEvent],
    verb: Callable[[Library, tuple[str, ...]], Coroutine[Any, Any, object]],
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        await library.update_archive(archive.id, ArchiveChanges(tags=["toys"]))
        held = (await hold_file(library, events, sliced_data())).upload
        [job] = await library.queue.add(archive.id)
        await library.queue.add(archive.id)
        count = len(events.of(told))
        task = asyncio.create_task(verb(library, (archive.id, held.id, job.id)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await events.next(told, count=count + 1)


async def test_deleting_removes_the_files_and_keeps_the_numbers(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        kept = (await archive_file(library, events, sliced_data())).archive
        archive = (await archive_file(library, events, sliced_data(seed=2))).archive
        await library.delete_archive(archive.id)
        assert events.of(ArchiveDeleted) == [
            ArchiveDeleted(archive=archive, purged=False)
        ]
        assert (await library.archives(ArchiveQuery())).archives == (kept,)
        assert len(home.sliced_files()) == 1
        statistics = await library.statistics()
        assert (statistics.archives, statistics.ever_archived) == (1, 2)
        assert statistics.archive_bytes == len(sliced_data())
        assert statistics.ever_filament_g == pytest.approx(
            (kept.filament_g or 0) + (archive.filament_g or 0)
        )
        assert await library.file_path(archive.id) is None
        # The index need not remember more than they take.
        plates = select(archive_plates.c.archive_id)
        remembered = await library._context.index.run(
            lambda connection: connection.execute(plates).scalars().all()
        )
        assert remembered == [kept.id]
        for attempt in (
            library.archive(archive.id),
            library.delete_archive(archive.id),
            library.update_archive(archive.id, ArchiveChanges(notes="too late")),
        ):
            with pytest.raises(NotFoundError, match="no such archive"):
                await attempt


async def test_purging_removes_the_numbers_as_well(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        await library.delete_archive(archive.id, purge=True)
        assert events.of(ArchiveDeleted) == [
            ArchiveDeleted(archive=archive, purged=True)
        ]
        statistics = await library.statistics()
        assert (statistics.archives, statistics.ever_archived) == (0, 0)
        assert home.files() == set()
        with pytest.raises(NotFoundError):
            await library.upload(archive.id)


async def test_files_that_cannot_be_removed_are_gone_after_the_next_start(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    async with home.open() as (library, events):
        soft = (await archive_file(library, events, sliced_data())).archive
        hard = (await archive_file(library, events, sliced_data())).archive
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", refuse)
            patch.setattr(Path, "unlink", refuse)
            patch.setattr(Path, "rmdir", refuse)
            for archive, purge in ((soft, False), (hard, True)):
                await library.delete_archive(archive.id, purge=purge)
        assert (await library.archives(ArchiveQuery())).total == 0
        assert len(events.of(ArchiveDeleted)) == 2
        assert len(home.sliced_files()) == 2
    async with home.open() as (library, events):
        assert (await library.statistics()).ever_archived == 1
        async with asyncio.timeout(20):
            while home.sliced_files():
                await asyncio.sleep(0.01)


async def test_a_file_that_is_gone_leaves_its_facts(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        home.sliced_files()[0].unlink()
        assert await library.file_path(archive.id) is None
        assert await library.thumbnail_path(archive.id) is None
        assert (await library.archive(archive.id)).facts.print_time_s


async def test_months_tell_where_archives_are(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        assert await library.archive_months() == []
        await archive_file(library, events, sliced_data())
        archive = (await archive_file(library, events, sliced_data())).archive
        now = archive.file.received_at
        assert await library.archive_months() == [
            ArchiveMonth(
                printer_id=IMMEDIATE.id,
                printer_name=IMMEDIATE.name,
                year=now.year,
                month=now.month,
                count=2,
            )
        ]


# --- pictures -------------------------------------------------------------------------------------------------------


async def test_pictures_are_found_by_plate(
    home: Home, sliced_data: SlicedData, sliced_file: Callable[..., object]
) -> None:
    async with home.open() as (library, events):
        data = sliced_data(plates=2, first_plate=2)
        archive = (await archive_file(library, events, data)).archive
        first = await library.thumbnail_path(archive.id)
        assert first is not None
        assert first.name == "plate_2.png"
        third = await library.thumbnail_path(archive.id, 3)
        assert third is not None
        assert third.name == "plate_3.png"
        assert first.read_bytes() != third.read_bytes()
        file = await library.file_path(archive.id)
        assert file is not None
        assert third.read_bytes() == await asyncio.to_thread(
            reader.read_thumbnail, file, 3
        )
        assert await library.thumbnail_path(archive.id, 1) is None
        with pytest.raises(NotFoundError, match="no such upload"):
            await library.thumbnail_path(NOBODY)


async def test_lost_pictures_are_taken_out_of_the_file_again(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        data = sliced_data(plates=2)
        archive = (await archive_file(library, events, data)).archive
        for plate in (1, 2):
            picture = await library.thumbnail_path(archive.id, plate)
            assert picture is not None
            content = picture.read_bytes()
            # What a power cut may leave.
            picture.write_bytes(b"")
            assert await library.thumbnail_path(archive.id, plate) == picture
            assert picture.read_bytes() == content


async def test_a_picture_beyond_the_bounds_is_none(home: Home) -> None:
    members = {
        "Metadata/plate_1.gcode": "G28",
        "Metadata/plate_2.gcode": "G28",
        "Metadata/plate_2.png": PNG + bytes(reader.MAX_THUMBNAIL_BYTES),
    }
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, package(members))).archive
        assert await library.thumbnail_path(archive.id) is None
        assert not [name for name in home.files() if ".png" in name]


async def test_the_picture_of_a_file_is_that_of_the_plate_that_is_printed(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        data = sliced_data(first_plate=2, project_plates=3)
        archive = (await archive_file(library, events, data)).archive
        held = (await hold_file(library, events, data)).upload
        assert archive.cover == 2
        for item in (archive, held):
            assert await library.cover(item.id) == 2
            picture = await library.thumbnail_path(item.id)
            assert picture is not None
            assert picture.name == "plate_2.png"


async def test_a_damaged_picture_is_not_promised(home: Home) -> None:
    members = {f"Metadata/plate_{number}.gcode": "G28" for number in (1, 2)}
    data = package(
        {**members, "Metadata/plate_1.png": PNG, "Metadata/plate_2.png": PNG},
        compression=zipfile.ZIP_STORED,
    )
    damaged = data.replace(PNG[-12:], bytes(12), 1)
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, damaged)).archive
        assert archive.cover == 2
        plates = (await library.archive(archive.id)).facts.plates
        assert [plate.thumbnail for plate in plates] == ["", "Metadata/plate_2.png"]


async def test_a_job_says_whether_its_plate_has_a_picture(home: Home) -> None:
    members = {f"Metadata/plate_{number}.gcode": "G28" for number in (1, 2)}
    data = package({**members, "Metadata/plate_2.png": PNG})
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, data)).archive
        jobs = await library.queue.add(archive.id, JobPlan())
        assert [job.has_thumbnail for job in jobs] == [False, True]


async def test_a_file_without_pictures_has_none(home: Home) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, b"no ZIP")).upload
        assert await library.thumbnail_path(upload.id) is None
        assert await library.thumbnail_path(upload.id, 1) is None


# --- uploads --------------------------------------------------------------------------------------------------------


async def test_uploads_are_listed_by_state_and_printer_page_by_page(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        held = [
            (await hold_file(library, events, b"data", f"{number}.3mf")).upload
            for number in range(5)
        ]
        other = (
            await hold_file(library, events, b"data", "other.3mf", printer=IMMEDIATE)
        ).upload
        await archive_file(library, events, sliced_data())
        seen, cursor = [], None
        while True:
            page = await library.pending.page(
                printer_id=REVIEW.id, limit=2, cursor=cursor
            )
            seen += page.uploads
            if (cursor := page.cursor) is None:
                break
        assert sorted(seen, key=lambda upload: upload.id) == sorted(
            held, key=lambda upload: upload.id
        )
        assert [upload.id for upload in seen] == sorted(
            (upload.id for upload in held), reverse=True
        )
        assert len((await library.pending.page()).uploads) == 6
        assert other in (await library.pending.page()).uploads
        assert (await library.archives(ArchiveQuery())).total == 1
        for bad in ("bm8=", "WzVd"):
            with pytest.raises(LibraryError, match="cursor"):
                await library.pending.page(cursor=bad)
        statistics = await library.statistics()
        assert (statistics.pending, statistics.pending_bytes) == (6, 24)


async def test_what_came_in_by_a_printer_is_counted(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        received = await library.received_by(REVIEW.id)
        assert (received.count, received.last) == (0, None)
        await hold_file(library, events, b"data", "first.3mf")
        last = (await hold_file(library, events, b"data", "last.3mf")).upload
        await archive_file(library, events, sliced_data())
        received = await library.received_by(REVIEW.id)
        assert received.count == 2
        assert received.last is not None
        assert received.last.id in {last.id, events.of(UploadHeld)[0].upload.id}


async def test_forgetting_a_printer_keeps_what_is_pending_and_what_is_archived(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        held = [
            (await hold_file(library, events, sliced_data(), f"{number}.3mf")).upload.id
            for number in range(4)
        ]
        kept = (
            await archive_file(library, events, sliced_data(), printer=IMMEDIATE)
        ).archive
        undecided = await receive(library.storage(REVIEW), "late.3mf", sliced_data())
        await library.forget_printer(REVIEW.id)
        assert not events.of(UploadDiscarded)
        assert [upload.id for upload in (await library.pending.page()).uploads] == held[
            ::-1
        ]
        assert await library.storage(REVIEW).files() == []
        assert (await library.upload(undecided.id)).state is UploadState.RECEIVED
        assert len(home.sliced_files()) == 6
        await library.forget_printer(IMMEDIATE.id)
        assert (await library.archives(ArchiveQuery())).archives == (kept,)
        assert await library.file_path(kept.id) is not None
        assert await library.storage(IMMEDIATE).files() == []
    async with home.open() as (library, events):
        await events.next(UploadHeld)
        assert await library.storage(REVIEW).files() == []
        uploads = (await library.pending.page()).uploads
        assert [upload.id for upload in uploads] == [undecided.id, *held[::-1]]
        assert {upload.printer.name for upload in uploads} == {REVIEW.name}
        assert (await library.statistics()).pending == 5
        assert await library.thumbnail_path(held[0]) is not None
        await library.pending.approve_to_archive(held[0])
        assert (await library.pending.approve_to_queue(held[1])).jobs
        await library.pending.discard(held[2])
        await library.pending.send_back(held[3], "Too large.")
        assert len((await library.pending.page()).uploads) == 1


async def test_what_is_being_read_when_its_printer_is_forgotten_is_kept_too(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        card = library.storage(REVIEW)
        for number in range(3):
            file = await receive(card, f"{number}.3mf", sliced_data())
            library.intake(file.id)
        await asyncio.sleep(0)
        await library.forget_printer(REVIEW.id)
        await events.next(UploadHeld, count=3)
        assert len((await library.pending.page()).uploads) == 3
        assert await card.files() == []


# --- serial numbers -------------------------------------------------------------------------------------------------


async def test_a_serial_suffix_is_never_issued_twice(home: Home) -> None:
    numbers = iter(["111111111", "111111111", "222222222", "333333333"])

    def draw(used: object) -> str:
        for number in numbers:
            if number not in used:  # type: ignore[operator]
                return number
        pytest.fail("no number left")

    async with home.open() as (library, _):
        assert await library.issue_serial_suffix(draw) == "111111111"
        assert await library.remember_serial_suffix("222222222")
        assert not await library.remember_serial_suffix("222222222")
    async with home.open() as (library, _):
        assert await library.issue_serial_suffix(draw) == "333333333"


async def test_serial_suffixes_drawn_at_once_differ(home: Home) -> None:
    def draw(used: object) -> str:
        return next(
            f"{number:09}"
            for number in range(100)
            if f"{number:09}" not in used  # type: ignore[operator]
        )

    async with home.open() as (library, _):
        suffixes = await asyncio.gather(
            *(library.issue_serial_suffix(draw) for _ in range(20))
        )
        assert len(set(suffixes)) == 20
