"""What becomes of uploads."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_rows,
    upload_rows,
)
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.threemf import reader
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
    LibraryError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    ArchiveChanged,
    LibraryEvent,
    UploadApproved,
    UploadChanged,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.names import (
    NameSource,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    LibrarySettings,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    SlicedFile,
)
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from custom_components.bambu_virtual_printer.engine.values import (
    Intent,
    Mode,
    PrinterRef,
    PrintRequest,
)
from scripts.sliced_file import SlicedFileSpec
from tests.engine.library.threemf.packages import package
from tests.support.library import (
    IMMEDIATE,
    REVIEW,
    Events,
    Home,
    archive_file,
    hold_file,
    receive,
)
from tests.support.print_requests import REQUEST
from tests.support.waiting import LIMIT_S

type SlicedData = Callable[..., bytes]

NAME = "Cube.gcode.3mf"


# --- immediate ------------------------------------------------------------------------------------------------------


async def test_an_immediate_upload_becomes_an_archive_with_its_facts(
    home: Home, sliced_data: SlicedData
) -> None:
    spec = SlicedFileSpec(plates=2, filaments=2, title="Gift & box")
    data = sliced_data(plates=2, filaments=2, title="Gift & box")
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, data)).archive
        assert archive.name == archive.title == "Gift & box"
        assert archive.printer == IMMEDIATE
        assert archive.file.peer == "192.0.2.7"
        assert archive.plate_count == 2
        assert archive.print_time_s == spec.print_time_s
        assert archive.filament_g == spec.filament_g
        assert archive.filament_types == ("PLA", "PETG")
        assert archive.filament_colors == ("#00AE42", "#F7D959")
        assert (archive.sliced_for, archive.sliced_for_code) == ("Bambu Lab P1S", "C12")
        assert archive.duplicates.count == 1
        details = await library.archive(archive.id)
        path = await library.file_path(archive.id)
        assert path is not None
        assert details.archive == archive
        assert details.facts == await asyncio.to_thread(reader.read, path)
        assert path.read_bytes() == data
        month = f"{archive.file.received_at:%Y/%m}"
        assert home.files() == {
            f"archive/{month}/{archive.id}/{name}"
            for name in (NAME, "upload.json", "plate_1.png", "plate_2.png")
        }
        assert (await library.upload(archive.id)).state is UploadState.ARCHIVED
        assert events.seen == [ArchiveAdded(archive=archive)]


async def test_taking_in_again_changes_nothing(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        for _ in range(3):
            library.intake(archive.id)
        library.intake("01M816A461TBZTPCMSB3AWXXFA")
        # Intakes take turns, so this one comes last.
        await archive_file(library, events, sliced_data(), "Other.gcode.3mf")
        assert len(events.seen) == 2
        assert (await library.archives(ArchiveQuery())).total == 2


async def test_the_same_file_again_is_another_archive_and_said_to_be_a_duplicate(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        ids = [
            (await archive_file(library, events, sliced_data())).archive.id
            for _ in range(3)
        ]
        await archive_file(library, events, sliced_data(seed=2))
        page = await library.archives(ArchiveQuery())
        found = {archive.id: archive.duplicates for archive in page.archives}
        assert [found[archive_id].sequence for archive_id in sorted(ids)] == [0, 1, 2]
        assert {found[archive_id].original_id for archive_id in ids} == {min(ids)}
        assert {found[archive_id].count for archive_id in ids} == {3}
        # What was deleted does not count.
        await library.delete_archive(min(ids))
        page = await library.archives(ArchiveQuery())
        found = {archive.id: archive.duplicates for archive in page.archives}
        assert [found[archive_id].sequence for archive_id in sorted(ids)[1:]] == [0, 1]


async def test_many_uploads_at_once_all_arrive(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        card = library.storage(IMMEDIATE)
        files = await asyncio.gather(
            *(receive(card, f"{number}.3mf", sliced_data()) for number in range(12))
        )
        for file in files:
            library.intake(file.id)
        await events.next(ArchiveAdded, count=12)
        assert {event.archive.id for event in events.of(ArchiveAdded)} == {
            file.id for file in files
        }


@pytest.mark.parametrize(
    ("source", "expected"),
    [(NameSource.METADATA, "Box - Plate 3"), (NameSource.FILENAME, "Cube - Plate 3")],
)
async def test_the_name_is_taken_from_where_a_person_wants_it(
    home: Home, sliced_data: SlicedData, source: NameSource, expected: str
) -> None:
    events = Events()
    settings = LibrarySettings(reserve_bytes=0, name_source=source)
    async with home.library(events, settings) as library:
        data = sliced_data(title="Box", first_plate=3)
        archive = (await archive_file(library, events, data)).archive
        assert archive.name == expected


async def test_a_project_that_was_never_sliced_is_archived_as_such(
    home: Home,
) -> None:
    async with home.open() as (library, events):
        data = package({"3D/3dmodel.model": "<model><resources/></model>"})
        archive = (await archive_file(library, events, data)).archive
        assert archive.plate_count == 0
        assert archive.print_time_s is None
        assert archive.filament_g is None


# --- held -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.REVIEW, Mode.PROXY])
async def test_other_modes_hold_the_upload_with_its_facts_and_pictures(
    home: Home, sliced_data: SlicedData, mode: Mode
) -> None:
    printer = replace(REVIEW, mode=mode)
    async with home.open() as (library, events):
        data = sliced_data(title="Gift")
        event = await hold_file(library, events, data, printer=printer)
        upload = event.upload
        assert upload.state is UploadState.PENDING
        assert upload.reason is None
        assert upload.name == "Gift"
        assert upload.facts is not None
        assert upload.facts.title == "Gift"
        assert upload.printer == printer
        picture = await library.thumbnail_path(upload.id)
        assert picture == home.folder / "pending" / upload.id / "plate_1.png"
        assert (await library.pending.page()).uploads == (upload,)
        assert (await library.archives(ArchiveQuery())).total == 0
        assert events.seen == [event]


async def test_what_is_no_3mf_is_held_with_the_reason(home: Home) -> None:
    async with home.open() as (library, events):
        event = await hold_file(library, events, b"no ZIP", printer=IMMEDIATE)
        assert str(event.upload.reason) == "The file is not a 3MF, or it is damaged."
        assert event.upload.facts is None
        assert event.upload.name == "Cube"
        assert len(home.sliced_files()) == 1


async def test_a_full_disk_holds_the_upload_with_reason_and_facts_until_a_person_tries_again(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFullError(
            as_it_stands("The file cannot be moved to the archive: disk full.")
        )

    async with home.open() as (library, events):
        with monkeypatch.context() as patch:
            patch.setattr(LibraryFolder, "archive", full)
            event = await hold_file(library, events, sliced_data(), printer=IMMEDIATE)
        assert "disk full" in str(event.upload.reason)
        assert event.upload.facts is not None
        library.intake(event.upload.id)
        archive = (await library.pending.approve_to_archive(event.upload.id)).archive
        assert archive.id == event.upload.id
        assert len(events.of(UploadHeld)) == 1
        assert (await library.pending.page()).uploads == ()
        assert (await library.upload(archive.id)).reason is None


async def test_a_file_that_vanished_is_held_with_the_reason(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        file = await receive(library.storage(IMMEDIATE), NAME, sliced_data())
        home.sliced_files()[0].unlink()
        library.intake(file.id)
        event = await events.next(UploadHeld)
        assert str(event.upload.reason) == "The file is no longer on the disk."
        assert await library.file_path(file.id) is None
        assert await library.thumbnail_path(file.id) is None


async def test_an_index_that_refuses_the_archive_puts_the_file_back(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise IndexUnavailableError(
            as_it_stands("The index does not answer: disk I/O error.")
        )

    async with home.open() as (library, events):
        with monkeypatch.context() as patch:
            patch.setattr(archive_rows, "add", refuse)
            event = await hold_file(library, events, sliced_data(), printer=IMMEDIATE)
        assert "disk I/O error" in str(event.upload.reason)
        path = await library.file_path(event.upload.id)
        assert path == home.folder / "pending" / event.upload.id / NAME


@pytest.mark.parametrize("printer", [IMMEDIATE, REVIEW], ids=["immediate", "review"])
async def test_an_error_nobody_thought_of_holds_the_upload_too(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    printer: PrinterRef,
) -> None:
    def fail(_: object) -> SlicedFile:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr(reader, "read", fail)
    async with home.open() as (library, events):
        event = await hold_file(library, events, sliced_data(), printer=printer)
        assert (
            str(event.upload.reason)
            == "unexpected error: ZeroDivisionError('surprise')"
        )
    assert "could not be handled" in caplog.text


@contextmanager
def index_gone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the index take neither archives nor what is held."""

    def gone(*_: object, **__: object) -> None:
        raise IndexUnavailableError(as_it_stands("The index does not answer: gone."))

    with monkeypatch.context() as patch:
        patch.setattr(archive_rows, "add", gone)
        patch.setattr(upload_rows, "hold", gone)
        yield


@pytest.mark.parametrize("after", ["start", "maintenance"])
async def test_an_index_that_is_gone_leaves_the_upload_to_what_comes_next(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    after: str,
) -> None:
    async with home.open() as (library, events):
        file = await receive(library.storage(IMMEDIATE), NAME, sliced_data())
        with index_gone(monkeypatch):
            library.intake(file.id)
            await _until(lambda: "could not be handled" in caplog.text)
        assert events.seen == []
        if after == "maintenance":
            await library.maintain(datetime.now(UTC) + timedelta(hours=1))
            assert (await events.next(ArchiveAdded)).archive.id == file.id
    if after == "start":
        async with home.open() as (library, events):
            assert (await events.next(ArchiveAdded)).archive.id == file.id


async def test_maintenance_finishes_an_approval_that_the_index_cut_short(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data())).upload
        with index_gone(monkeypatch), pytest.raises(IndexUnavailableError):
            await library.pending.approve_to_queue(upload.id)
        await library.maintain(datetime.now(UTC) + timedelta(hours=1))
        event = await events.next(UploadApproved)
        assert (event.upload.id, len(event.jobs)) == (upload.id, 1)
        assert len(await library.queue.queued_jobs()) == 1


async def test_what_its_listener_raises_undoes_nothing(
    home: Home, sliced_data: SlicedData, caplog: pytest.LogCaptureFixture
) -> None:
    heard = asyncio.Event()

    def listener(_: LibraryEvent) -> None:
        heard.set()
        raise RuntimeError("an entity")

    library = Library(
        home.folder,
        home.database_url,
        emit=listener,
        settings=LibrarySettings(reserve_bytes=0),
    )
    async with library:
        file = await receive(library.storage(IMMEDIATE), NAME, sliced_data())
        library.intake(file.id)
        await asyncio.wait_for(heard.wait(), LIMIT_S)
        await library.queue.add(file.id)
        assert (await library.upload(file.id)).state is UploadState.ARCHIVED
        assert (await library.pending.page()).uploads == ()
    assert "ArchiveAdded" in caplog.text


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


# --- print requests -------------------------------------------------------------------------------------------------


async def stored_request(library: Library, item_id: str) -> PrintRequest | None:
    return (await library.upload(item_id)).request


async def test_a_request_before_the_upload_is_stored_with_it(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        file = await receive(library.storage(IMMEDIATE), NAME, sliced_data())
        library.intake(file.id, REQUEST)
        await events.next(ArchiveAdded)
        assert (await library.archive(file.id)).request == REQUEST


async def test_a_request_after_the_archive_is_stored_with_it(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        await library.print_requested(REQUEST, archive.id)
        assert (await library.archive(archive.id)).request == REQUEST
        changed = replace(archive, intent=Intent.PRINT)
        assert events.of(ArchiveChanged) == [
            ArchiveChanged(archive=changed, by_slicer=True)
        ]


async def test_a_request_after_the_upload_was_held_is_stored_with_it(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        upload = (await hold_file(library, events, sliced_data())).upload
        await library.print_requested(REQUEST, upload.id)
        changed = replace(upload, requests=(REQUEST,))
        assert await library.upload(upload.id) == changed
        assert events.of(UploadChanged) == [
            UploadChanged(upload=changed, by_slicer=True)
        ]


async def test_requests_survive_the_loss_of_the_index(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        held = (await hold_file(library, events, sliced_data())).upload
        for item_id in (archive.id, held.id):
            await library.print_requested(REQUEST, item_id)
    for part in home.folder.parent.glob("index/*"):
        part.unlink()
    async with home.open() as (library, events):
        await events.next(UploadHeld)
        assert await stored_request(library, held.id) == REQUEST
        await _until_restored(library, archive.id)
        assert (await library.archive(archive.id)).request == REQUEST


async def _until_restored(library: Library, archive_id: str) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await library.archive(archive_id)
            except LibraryError:
                await asyncio.sleep(0.01)
            else:
                return


async def test_a_request_for_nothing_is_nothing(home: Home) -> None:
    async with home.open() as (library, events):
        await library.print_requested(REQUEST, "01M816A461TBZTPCMSB3AWXXFA")
        assert events.seen == []
        assert home.files() == set()


async def test_a_sidecar_that_cannot_be_written_is_told_in_the_log(
    home: Home,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: object) -> None:
        raise StorageError(
            as_it_stands("The notes beside the file cannot be written: no.")
        )

    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        monkeypatch.setattr(LibraryFolder, "write_sidecar", refuse)
        await library.print_requested(REQUEST, archive.id)
        assert (await library.archive(archive.id)).request == REQUEST
    assert "cannot be written: no" in caplog.text


# --- closing --------------------------------------------------------------------------------------------------------


async def test_what_waits_for_its_turn_at_the_end_is_done_after_the_next_start(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        files = [
            await receive(library.storage(IMMEDIATE), f"{number}.3mf", sliced_data())
            for number in range(10)
        ]
        for file in files:
            library.intake(file.id)
        await events.next(ArchiveAdded)
    first = {event.archive.id for event in events.of(ArchiveAdded)}
    async with home.open() as (library, events):
        await events.next(ArchiveAdded, count=10 - len(first))
        second = {event.archive.id for event in events.of(ArchiveAdded)}
        assert not first & second
        assert first | second == {file.id for file in files}
        assert (await library.archives(ArchiveQuery())).total == 10
