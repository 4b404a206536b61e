"""Starts after a crash, a power cut, or the loss of the index."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
import hashlib
import sqlite3

import pytest

from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library import recovery
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.store.sidecar import Sidecar
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
    LibraryAbsentError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    ArchivesRestored,
    IndexReplaced,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
    Archive,
    ArchiveChanges,
    ArchiveQuery,
    Upload,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from custom_components.bambu_virtual_printer.engine.values import Mode
from tests.support.library import (
    IMMEDIATE,
    REVIEW,
    Home,
    archive_file,
    database,
    forget_index,
    hold_file,
    receive,
    settled,
    write_upload,
)

type SlicedData = Callable[..., bytes]


def change_index(home: Home, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(database(home))) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(statement, values)
        connection.commit()


async def some_archives(
    home: Home, sliced_data: SlicedData, count: int = 3
) -> list[Archive]:
    async with home.open() as (library, events):
        archives = [
            (await archive_file(library, events, sliced_data(), f"{n}.3mf")).archive
            for n in range(count)
        ]
    return sorted(archives, key=lambda archive: archive.id)


async def one_held(home: Home, sliced_data: SlicedData) -> Upload:
    async with home.open() as (library, events):
        return (await hold_file(library, events, sliced_data())).upload


# --- the index is lost ----------------------------------------------------------------------------------------------


async def test_a_lost_index_is_made_anew_from_the_files(
    home: Home, sliced_data: SlicedData
) -> None:
    archives = await some_archives(home, sliced_data)
    held = await one_held(home, sliced_data)
    annotations = Annotations(
        notes="dear to me", tags=("gift",), favourite=True, project="Xmas"
    )
    async with home.open() as (library, _):
        await library.update_archive(
            archives[1].id,
            ArchiveChanges(
                notes="dear to me", tags=["gift"], favourite=True, project="Xmas"
            ),
        )
        before = {archive.id: await library.archive(archive.id) for archive in archives}
    forget_index(home)
    async with home.open() as (library, events):
        assert (await events.next(ArchivesRestored)).count == 3
        again = (await events.next(UploadHeld)).upload
        # The archives of the same bytes may not have been found yet.
        assert replace(again, known=held.known) == held
        for archive in archives:
            after = await library.archive(archive.id)
            assert after.facts == before[archive.id].facts
            assert after.archive.file == archive.file
            assert after.archive.printer == IMMEDIATE
            assert after.archive.name == archive.name
        assert (
            await library.archive(archives[1].id)
        ).archive.annotations == annotations
        assert (await library.archives(ArchiveQuery())).total == 3
        assert len(await library.storage(IMMEDIATE).files()) == 3
        assert events.of(ArchiveAdded) == []
    async with home.open() as (library, events):
        await settled(library)
        assert events.seen == []


async def test_a_damaged_index_is_replaced_and_told(
    home: Home, sliced_data: SlicedData
) -> None:
    await some_archives(home, sliced_data)
    database(home).write_bytes(b"rubbish" * 1000)
    async with home.open() as (library, events):
        kept_aside = events.of(IndexReplaced)[0].kept_aside
        assert kept_aside.read_bytes() == b"rubbish" * 1000
        assert (await events.next(ArchivesRestored)).count == 3


async def test_damage_that_shows_while_it_is_used_is_mended_by_the_next_start(
    home: Home, sliced_data: SlicedData, caplog: pytest.LogCaptureFixture
) -> None:
    [archive] = await some_archives(home, sliced_data, 1)
    with closing(sqlite3.connect(database(home))) as connection:
        [[page_bytes]] = connection.execute("PRAGMA page_size")
        [[page]] = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'archive_plates'"
        )
    with database(home).open("r+b") as file:
        file.seek((page - 1) * page_bytes)
        file.write(b"\xff" * page_bytes)
    async with home.open() as (library, events):
        await settled(library)
        assert events.seen == []
        for _ in range(2):
            with pytest.raises(IndexUnavailableError, match="damaged"):
                await library.archive(archive.id)
    assert caplog.text.count("the next start makes a new one") == 1
    for replaced in (1, 0):
        async with home.open() as (library, events):
            await settled(library)
            assert len(events.of(IndexReplaced)) == replaced
            assert (await library.archive(archive.id)).archive.file == archive.file


async def test_transactions_lost_in_a_power_cut_are_found_again(
    home: Home, sliced_data: SlicedData
) -> None:
    archives = await some_archives(home, sliced_data)
    lost = archives[1].id
    change_index(home, "DELETE FROM archives WHERE id = ?", lost)
    change_index(home, "DELETE FROM uploads WHERE id = ?", lost)
    async with home.open() as (library, events):
        assert (await events.next(ArchivesRestored)).count == 1
        assert (await library.archive(lost)).archive.file == archives[1].file


async def test_an_archive_whose_upload_was_remembered_is_found_again_too(
    home: Home, sliced_data: SlicedData
) -> None:
    archives = await some_archives(home, sliced_data, 1)
    change_index(home, "DELETE FROM archives")
    async with home.open() as (library, events):
        assert (await events.next(ArchivesRestored)).count == 1
        assert (await library.archive(archives[0].id)).archive.name == archives[0].name


async def test_an_archive_that_can_no_longer_be_read_is_kept_and_says_so(
    home: Home, sliced_data: SlicedData
) -> None:
    archives = await some_archives(home, sliced_data, 2)
    by_id = {path.parent.name: path for path in home.sliced_files()}
    by_id[archives[0].id].write_bytes(b"rotten")
    by_id[archives[1].id].unlink()
    forget_index(home)
    async with home.open() as (library, events):
        await events.next(ArchivesRestored)
        for archive, problem in zip(archives, ("not a 3MF", "no longer"), strict=True):
            details = await library.archive(archive.id)
            assert details.archive.name == archive.file.name.removesuffix(".3mf")
            assert problem in details.facts.problems[0]


async def test_files_whose_sidecar_is_lost_too_are_kept(
    home: Home, sliced_data: SlicedData
) -> None:
    archives = await some_archives(home, sliced_data, 1)
    held = await one_held(home, sliced_data)
    for sidecar in home.folder.rglob("upload.json"):
        sidecar.unlink()
    forget_index(home)
    async with home.open() as (library, events):
        event = await events.next(UploadHeld)
        assert event.upload.id == held.id
        assert event.upload.printer.id == ""
        assert event.upload.printer.mode is Mode.REVIEW
        assert event.upload.file.sha256 == hashlib.sha256(sliced_data()).hexdigest()
        assert event.upload.file.size_bytes == len(sliced_data())
        await events.next(ArchivesRestored)
        archive = (await library.archive(archives[0].id)).archive
        assert archive.file.sha256 == archives[0].file.sha256


async def test_a_folder_nothing_is_known_of_is_left_alone(
    home: Home, sliced_data: SlicedData, caplog: pytest.LogCaptureFixture
) -> None:
    archives = await some_archives(home, sliced_data, 1)
    held = await one_held(home, sliced_data)
    for path in [*home.sliced_files(), *home.folder.rglob("upload.json")]:
        path.unlink()
    forget_index(home)
    before = home.files()
    async with home.open() as (library, events):
        await settled(library)
        assert events.seen == []
    assert home.files() == before
    assert f"Nothing is known of {held.id}" in caplog.text
    assert f"Nothing is known of {archives[0].id}" in caplog.text


# --- crashes between two steps --------------------------------------------------------------------------------------


async def test_what_was_being_received_is_swept(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, _):
        incoming = await library.storage(REVIEW).begin("Cube.3mf")
        write_upload(incoming.path, sliced_data()[:1000])
        await receive(library.storage(REVIEW), "Other.3mf", sliced_data())
    async with home.open() as (library, events):
        await events.next(UploadHeld)
        assert len(home.sliced_files()) == 1
        assert not list((home.folder / "inbox").iterdir())


async def test_an_upload_that_was_received_is_decided_about_after_the_start(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, _):
        first = await receive(library.storage(IMMEDIATE), "Cube.3mf", sliced_data())
        second = await receive(library.storage(REVIEW), "Cube.3mf", sliced_data())
    async with home.open() as (library, events):
        assert (await events.next(ArchiveAdded)).archive.id == first.id
        assert (await events.next(UploadHeld)).upload.id == second.id


async def test_a_file_that_was_moved_but_not_written_down_becomes_one_archive(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, _):
        file = await receive(library.storage(IMMEDIATE), "Cube.3mf", sliced_data())
    LibraryFolder(home.folder).archive(file.id, file.sha256)
    async with home.open() as (library, events):
        assert (await events.next(ArchiveAdded)).archive.id == file.id
        await settled(library)
        assert (await library.archives(ArchiveQuery())).total == 1
        assert events.of(ArchivesRestored) == []


async def test_looking_through_the_archive_does_not_take_an_upload_from_its_intake(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        await settled(library)
        file = await receive(library.storage(IMMEDIATE), "Cube.3mf", sliced_data())
        LibraryFolder(home.folder).archive(file.id, file.sha256)
        assert await recovery.recover_archives(library._context) == 0
        assert events.seen == []
        assert (await library.upload(file.id)).state is UploadState.RECEIVED


async def test_a_row_without_its_move_is_moved(
    home: Home, sliced_data: SlicedData
) -> None:
    archives = await some_archives(home, sliced_data, 1)
    archive = archives[0]
    LibraryFolder(home.folder).unarchive(archive.id, archive.file.sha256)
    async with home.open() as (library, _):
        path = await library.file_path(archive.id)
        assert path is not None
        assert path.is_relative_to(home.folder / "archive")


async def test_a_pending_upload_that_stands_in_the_archive_is_put_back(
    home: Home, sliced_data: SlicedData
) -> None:
    held = await one_held(home, sliced_data)
    LibraryFolder(home.folder).archive(held.id, held.file.sha256)
    async with home.open() as (library, events):
        await settled(library)
        assert events.seen == []
        assert (await library.upload(held.id)).state is UploadState.PENDING
        path = await library.file_path(held.id)
        assert path is not None
        assert path.is_relative_to(home.folder / "pending")


async def test_a_discard_is_finished(home: Home, sliced_data: SlicedData) -> None:
    await one_held(home, sliced_data)
    change_index(home, "UPDATE uploads SET state = 'discarded'")
    async with home.open():
        assert home.files() == set()


async def test_a_discarded_upload_that_stands_in_the_archive_does_not_come_back(
    home: Home, sliced_data: SlicedData
) -> None:
    await some_archives(home, sliced_data, 1)
    change_index(home, "DELETE FROM archives")
    change_index(home, "UPDATE uploads SET state = 'discarded'")
    async with home.open() as (library, events):
        await settled(library)
        assert (await library.archives(ArchiveQuery())).total == 0
        assert events.seen == []
    assert home.files() == set()


async def test_a_deletion_is_finished(home: Home, sliced_data: SlicedData) -> None:
    archives = await some_archives(home, sliced_data, 2)
    change_index(
        home,
        "UPDATE archives SET deleted_at = '2026-11-22' WHERE id = ?",
        archives[0].id,
    )
    async with home.open() as (library, _):
        await settled(library)
        assert [path.parent.name for path in home.sliced_files()] == [archives[1].id]
        assert (await library.statistics()).ever_archived == 2


async def test_a_purge_is_finished(home: Home, sliced_data: SlicedData) -> None:
    archives = await some_archives(home, sliced_data, 2)
    change_index(
        home,
        "UPDATE archives SET deleted_at = '2026-11-22', purging = 1 WHERE id = ?",
        archives[0].id,
    )
    async with home.open() as (library, _):
        assert [path.parent.name for path in home.sliced_files()] == [archives[1].id]
        assert (await library.statistics()).ever_archived == 1


async def test_what_cannot_be_removed_now_is_tried_again_at_the_next_start(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: object) -> None:
        raise StorageError(
            as_it_stands("The files cannot be removed: Input/output error.")
        )

    await some_archives(home, sliced_data, 1)
    change_index(home, "UPDATE archives SET deleted_at = '2026-11-22', purging = 1")
    with monkeypatch.context() as patch:
        patch.setattr(LibraryFolder, "remove", refuse)
        async with home.open() as (library, _):
            assert (await library.statistics()).ever_archived == 1
    assert "Input/output error" in caplog.text
    async with home.open() as (library, _):
        assert (await library.statistics()).ever_archived == 0


async def test_trouble_with_one_folder_leaves_the_others_in_order(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    archives = await some_archives(home, sliced_data, 2)
    async with home.open() as (library, _):
        files = [
            await receive(library.storage(REVIEW), "Cube.3mf", b"data")
            for _ in range(2)
        ]
    forget_index(home)
    bad = {archives[0].id, files[0].id}
    real = LibraryFolder.read_sidecar

    def read_sidecar(self: LibraryFolder, item_id: str) -> Sidecar | None:
        if item_id in bad:
            raise StorageError(
                as_it_stands("The notes beside the file cannot be read: no.")
            )
        return real(self, item_id)

    with monkeypatch.context() as patch:
        patch.setattr(LibraryFolder, "read_sidecar", read_sidecar)
        async with home.open() as (library, events):
            assert (await events.next(ArchivesRestored)).count == 1
            assert (await events.next(UploadHeld)).upload.id == files[1].id
    for item_id in bad:
        assert (
            f"{item_id}: The notes beside the file cannot be read: no." in caplog.text
        )
    async with home.open() as (library, events):
        assert (await events.next(ArchivesRestored)).count == 1
        assert (await events.next(UploadHeld)).upload.id == files[0].id


async def test_an_archive_that_cannot_be_listed_is_told_in_the_log(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: object) -> None:
        raise StorageError(
            as_it_stands("The archive cannot be listed: Input/output error.")
        )

    monkeypatch.setattr(LibraryFolder, "archive_months", refuse)
    async with home.open() as (library, _):
        await settled(library)
        assert "could not be checked" in caplog.text
        assert (await library.archives(ArchiveQuery())).total == 0


async def test_a_disk_that_is_missing_for_a_while_costs_nothing(
    home: Home, sliced_data: SlicedData
) -> None:
    archives = await some_archives(home, sliced_data, 2)
    held = await one_held(home, sliced_data)
    away = home.folder.with_name("away")
    home.folder.rename(away)
    async with home.open() as (library, _):
        assert (await library.archives(ArchiveQuery())).total == 2
        with pytest.raises(LibraryAbsentError):
            await library.file_path(archives[0].id)
        assert (await library.pending.page()).uploads == (held,)
    assert not home.folder.exists()
    away.rename(home.folder)
    async with home.open() as (library, events):
        await settled(library)
        assert await library.file_path(archives[0].id) is not None
        assert await library.file_path(held.id) is not None
        assert events.seen == []


async def test_what_was_purged_while_its_disk_was_missing_does_not_come_back(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        away = home.folder.with_name("away")
        home.folder.rename(away)
        await library.delete_archive(archive.id, purge=True)
        away.rename(home.folder)
    async with home.open() as (library, events):
        await settled(library)
        assert (await library.archives(ArchiveQuery())).total == 0
        assert (await library.statistics()).ever_archived == 0
    assert home.files() == set()


async def test_an_upload_that_was_found_does_not_hide_a_newer_one_of_its_name(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        older = await receive(card, "Cube.3mf", b"older")
        newer = await receive(card, "Cube.3mf", b"newer")
    change_index(home, "DELETE FROM uploads WHERE id = ?", older.id)
    async with home.open() as (library, _):
        files = await library.storage(REVIEW).files()
        assert [file.id for file in files] == [newer.id]
        assert (await library.upload(older.id)).file == older
