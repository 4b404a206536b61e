"""Files that come in without a slicer, tables that go out, and backups that can be restored."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import errno
import os
from pathlib import Path
import shutil
import socket
import sqlite3
import threading
from typing import Any, BinaryIO
from xml.etree import ElementTree as ET
import zipfile

import pytest

from custom_components.bambu_virtual_printer.engine import storage
from custom_components.bambu_virtual_printer.engine.library import (
    context,
    copying,
    export,
    importer,
)
from custom_components.bambu_virtual_printer.engine.library.index import threads
from custom_components.bambu_virtual_printer.engine.library.store import (
    photo_validation,
)
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.threemf import thumbnails
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
    InvalidChangeError,
    LibraryError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    JobAdded,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobPlan
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
    ArchiveChanges,
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.engine.library.values.space import Space
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from custom_components.bambu_virtual_printer.engine.values import Mode, PrinterRef
from tests.support.library import (
    EVENT_TIMEOUT_S,
    REVIEW,
    Home,
    archive_file,
    hold_file,
    receive,
)
from tests.support.pictures import PICTURES

type SlicedData = Callable[..., bytes]
type SlicedFile = Callable[..., Path]


def imported(mode: Mode) -> PrinterRef:
    return PrinterRef(id="import", name="Import", model="", mode=mode)


async def blocks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 10_000):
        await asyncio.sleep(0)
        yield data[start : start + 10_000]


def socket_at(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


# --- import ---------------------------------------------------------------------------------------------------------


async def test_a_file_of_a_folder_becomes_an_archive_and_stays_where_it_is(
    home: Home, sliced_file: SlicedFile
) -> None:
    source = sliced_file(title="Found")
    async with home.open() as (library, events):
        upload_id = await library.import_file(
            source,
            name="Found.gcode.3mf",
            printer=imported(Mode.IMMEDIATE),
            annotations=Annotations(tags=("old",)),
        )
        archive = (await events.next(ArchiveAdded)).archive
        assert archive.id == upload_id
        assert archive.annotations.tags == ("old",)
        path = await library.file_path(upload_id)
        assert path is not None
        assert path.read_bytes() == source.read_bytes()
        assert archive.file.size_bytes == source.stat().st_size
        duplicate = await archive_file(library, events, source.read_bytes())
        assert duplicate.archive.duplicates.original_id == upload_id


async def test_a_stream_goes_to_review_or_to_the_queue(
    home: Home, sliced_data: SlicedData
) -> None:
    data = sliced_data(plates=2)
    async with home.open() as (library, events):
        first = await library.import_file(
            blocks(data), name="a.3mf", printer=imported(Mode.REVIEW)
        )
        assert (await events.next(UploadHeld)).upload.id == first
        second = await library.import_file(
            blocks(data),
            name="a.3mf",
            printer=imported(Mode.QUEUE),
            plan=JobPlan(plates=(2,)),
        )
        job = (await events.next(JobAdded)).job
        assert (job.archive_id, job.plate) == (second, 2)


async def test_what_is_no_sliced_file_is_refused_and_nothing_is_kept(
    home: Home, tmp_path: Path
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"PK"
        raise TimeoutError

    (tmp_path / "text").write_bytes(b"G28\n")
    printer = imported(Mode.IMMEDIATE)
    async with home.open() as (library, events):
        with pytest.raises(LibraryError, match="not a 3MF"):
            await library.import_file(tmp_path / "text", name="a", printer=printer)
        with pytest.raises(StorageError, match="cannot be read"):
            await library.import_file(tmp_path / "none", name="a", printer=printer)
        with pytest.raises(LibraryError):
            await library.import_file(blocks(b""), name="a", printer=printer)
        with pytest.raises(TimeoutError):
            await library.import_file(broken(), name="a", printer=printer)
        assert home.files() == set()
        assert events.seen == []


async def test_an_import_leaves_the_reserve_on_the_disk_and_ends_at_its_limit(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = imported(Mode.IMMEDIATE)
    space = LibraryFolder.space
    monkeypatch.setattr(copying, "ROOM_CHECKED_EVERY_BYTES", 20_000)
    async with home.open() as (library, events):
        library.settings = replace(library.settings, reserve_bytes=2**40)

        def shrinking(folder: LibraryFolder) -> Space:
            # Others fill the disk as soon as the file has begun.
            is_begun = any((home.folder / "inbox").rglob("*.part"))
            free_bytes = 0 if is_begun else 2**50
            return replace(space(folder), free_bytes=free_bytes)

        monkeypatch.setattr(LibraryFolder, "space", shrinking)
        with pytest.raises(StorageFullError, match="not enough room"):
            await library.import_file(
                blocks(sliced_data()), name="a.3mf", printer=printer
            )
        monkeypatch.undo()
        library.settings = replace(library.settings, reserve_bytes=0)
        monkeypatch.setattr(storage, "MAX_UPLOAD_BYTES", 2**20)
        with pytest.raises(LibraryError, match="more than 1 MB"):
            await library.import_file(blocks(bytes(2**21)), name="a", printer=printer)
        assert home.files() == set()
        assert events.seen == []


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, socket_at])
async def test_what_is_no_regular_file_is_refused_at_once(
    home: Home, sliced_data: SlicedData, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    source = tmp_path / "odd.3mf"
    make(source)
    async with home.open() as (library, events), asyncio.timeout(EVENT_TIMEOUT_S):
        archive = (await archive_file(library, events, sliced_data())).archive
        with pytest.raises(StorageError, match=r"odd.3mf cannot be read"):
            await library.import_file(source, name="a", printer=imported(Mode.REVIEW))
        with pytest.raises(StorageError, match=r"odd.3mf cannot be read"):
            await library.add_photo(archive.id, source)
        assert len(home.sliced_files()) == 1


async def test_a_file_that_is_another_one_when_it_is_read_on_is_refused(
    home: Home, sliced_data: SlicedData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BLOCK_BYTES", 1000)
    source = tmp_path / "a.3mf"
    source.write_bytes(sliced_data())
    kept = copying.open_regular

    def swap(path: Path) -> BinaryIO:
        file = kept(path)
        (tmp_path / "other").write_bytes(sliced_data())
        (tmp_path / "other").replace(source)
        return file

    monkeypatch.setattr(copying, "open_regular", swap)
    async with home.open() as (library, _):
        with pytest.raises(StorageError, match="was replaced while it was read"):
            await library.import_file(source, name="a", printer=imported(Mode.REVIEW))
        assert home.files() == set()


async def test_places_that_do_not_answer_delay_no_upload_and_are_told(
    home: Home, sliced_data: SlicedData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "ANSWER_WITHIN_S", 0.2)
    monkeypatch.setattr(context, "FINISH_WITHIN_S", 0.1)
    answer = threading.Event()

    def hang(path: Path) -> BinaryIO:
        answer.wait()
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(copying, "open_regular", hang)
    source = tmp_path / "a.3mf"
    async with home.open() as (library, events), asyncio.timeout(20):
        for _ in range(3):
            wishes = (
                library.import_file(source, name="a", printer=imported(Mode.REVIEW))
                for _ in range(4)
            )
            for result in await asyncio.gather(*wishes, return_exceptions=True):
                assert isinstance(result, StorageError)
                assert "does not answer" in str(result)
        await archive_file(library, events, sliced_data())
        assert len(home.sliced_files()) == 1
        hanging = [
            thread
            for thread in threading.enumerate()
            if thread.name == "bambu_library_external"
        ]
        assert len(hanging) == 4
    answer.set()
    for thread in hanging:
        await asyncio.to_thread(thread.join)


@pytest.mark.parametrize("slow", ["photo", "picture", "import", "export"])
async def test_slow_work_on_the_side_delays_no_upload(
    home: Home,
    sliced_file: SlicedFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    slow: str,
) -> None:
    go_on = threading.Event()
    data = sliced_file().read_bytes()

    def wait[**Parameters, Result](
        work: Callable[Parameters, Result],
    ) -> Callable[Parameters, Result]:
        def waiting(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            go_on.wait()
            return work(*args, **kwargs)

        return waiting

    async with home.open() as (library, events), asyncio.timeout(20):
        archive = (await archive_file(library, events, data)).archive
        begin: Callable[[int], Awaitable[object]]
        match slow:
            case "photo":
                monkeypatch.setattr(
                    photo_validation, "suffix_of", wait(photo_validation.suffix_of)
                )
                begin = lambda _: library.add_photo(  # noqa: E731
                    archive.id, blocks(PICTURES["PNG"])
                )
            case "picture":
                monkeypatch.setattr(thumbnails, "find", wait(thumbnails.find))
                begin = lambda _: library.thumbnail_path(archive.id)  # noqa: E731
            case "import":
                monkeypatch.setattr(importer, "_check", wait(importer._check))
                begin = lambda _: library.import_file(  # noqa: E731
                    sliced_file(), name="a", printer=imported(Mode.REVIEW)
                )
            case _:
                monkeypatch.setattr(export, "open_table", wait(export.open_table))
                begin = lambda number: library.export(tmp_path / f"{number}.csv")  # noqa: E731
        tasks = [asyncio.create_task(_awaited(begin(number))) for number in range(4)]
        for number in range(3):
            name = f"{number}.3mf"
            file = await receive(library.storage(REVIEW), name, data)
            assert await library.storage(REVIEW).locate(name) is not None
            assert (await library.upload(file.id)).file == file
        go_on.set()
        await asyncio.gather(*tasks)


async def _awaited(work: Awaitable[object]) -> None:
    await work


# --- export ---------------------------------------------------------------------------------------------------------


async def test_a_table_has_a_line_for_each_archive_of_the_query(
    home: Home, sliced_data: SlicedData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.engine.library.export.MAX_LIMIT", 2
    )
    table = tmp_path / "table.csv"
    async with home.open() as (library, events):
        for title in ("=cmd()", "Ünïcode", "plain, with comma"):
            archive = await archive_file(library, events, sliced_data(title=title))
            await library.update_archive(
                archive.archive.id,
                ArchiveChanges(
                    notes="two\nlines", tags=["a", "b"], link="https://example.com/a"
                ),
            )
        assert await library.export(table) == 3
        with table.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
        assert [line["name"] for line in lines] == [
            "plain, with comma",
            "Ünïcode",
            "'=cmd()",
        ]
        assert {line["notes"] for line in lines} == {"two\nlines"}
        assert {line["link"] for line in lines} == {"https://example.com/a"}
        assert lines[0]["tags"] == "a, b"
        assert float(lines[0]["filament_g"]) == archive.archive.filament_g
        assert await library.export(table, ArchiveQuery(text="comma")) == 1
        with pytest.raises(StorageError, match="cannot be written"):
            await library.export(tmp_path / "none" / "table.csv")
    assert [path.name for path in tmp_path.glob("*.csv*")] == ["table.csv"]


async def test_a_workbook_holds_numbers_times_and_no_formulas(
    home: Home, sliced_data: SlicedData, tmp_path: Path
) -> None:
    table = tmp_path / "Table.XLSX"
    async with home.open() as (library, events):
        for title in ("=cmd()", "https://example.com", "Ünïcode\x07"):
            archive = await archive_file(library, events, sliced_data(title=title))
        assert await library.export(table) == 3
    sheet = Workbook(table)
    assert sheet.column("name") == ["Ünïcode", "https://example.com", "=cmd()"]
    assert sheet.column("filament_g") == [archive.archive.filament_g] * 3
    assert sheet.column("favourite") == [False] * 3
    (newest, *_) = sheet.column("received_at")
    # Days since 1899-12-30, as workbooks count.
    received = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=newest)
    assert abs(received - archive.archive.file.received_at) < timedelta(seconds=1)
    assert "<f>" not in sheet.xml
    assert [path.name for path in tmp_path.glob(".Table*")] == []


async def test_a_table_is_complete_or_not_there(
    home: Home,
    sliced_data: SlicedData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
        monkeypatch.setattr(os, "replace", fail)
        for kind in ("csv", "xlsx"):
            with pytest.raises(StorageFullError, match="there is no room left"):
                await library.export(folder / f"table.{kind}")
        monkeypatch.undo()
        monkeypatch.setattr(
            "xlsxwriter.packager.Packager._write_worksheet_files",
            fail,
        )
        with pytest.raises(StorageFullError, match="there is no room left"):
            await library.export(folder / "table.xlsx")
        with pytest.raises(InvalidChangeError, match=r"ends with one of .csv, .xlsx"):
            await library.export(folder / "table.ods")
    assert list(folder.iterdir()) == []


async def test_a_workbook_that_is_full_is_not_cut_off(
    home: Home,
    sliced_data: SlicedData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
        monkeypatch.setattr("xlsxwriter.worksheet.Worksheet.write_row", lambda *_: -1)
        with pytest.raises(LibraryError, match=r"Choose a .csv file"):
            await library.export(tmp_path / "table.xlsx")
    assert not list(tmp_path.glob("*table*"))


async def test_tables_written_to_one_file_at_once_are_each_complete(
    home: Home, sliced_data: SlicedData, tmp_path: Path
) -> None:
    async with home.open() as (library, events):
        for _ in range(3):
            await archive_file(library, events, sliced_data())
        table = tmp_path / "table.csv"
        counts = await asyncio.gather(*(library.export(table) for _ in range(4)))
        assert counts == [3, 3, 3, 3]
        assert len(table.read_text("utf-8-sig").splitlines()) == 4
        assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_table_whose_reader_gives_up_is_written_to_its_end(
    home: Home, sliced_data: SlicedData, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
        task = asyncio.create_task(library.export(folder / f"table.{kind}"))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [path.name for path in folder.iterdir()] == [f"table.{kind}"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_table_is_never_written_through_a_link(
    home: Home, sliced_data: SlicedData, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("mine")
    table = folder / f"table.{kind}"
    for name in (table.name, f"{table.name}.part", f".{table.name}.part"):
        (folder / name).symlink_to(precious)
    (folder / "other.part").write_text("somebody's")
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
        assert await library.export(table) == 1
        assert precious.read_text() == "mine"
        assert table.is_file()
        assert not table.is_symlink()
        assert (folder / f"{table.name}.part").is_symlink()
        assert len(list(folder.iterdir())) == 4
        assert list((home.folder / "inbox").iterdir()) == []


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
async def test_a_table_does_not_take_the_place_of_what_is_no_file(
    home: Home, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "table.csv")
    async with home.open() as (library, _):
        with pytest.raises(StorageError, match="something else of that name"):
            await library.export(tmp_path / "table.csv")
    assert not (tmp_path / "table.csv").is_file()
    assert not list(tmp_path.glob(".*"))


class Workbook:
    """The cells of a workbook's only sheet, read as the standard describes them (ECMA-376 part 1, 18.3)."""

    def __init__(self, path: Path) -> None:
        """Read it."""
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
            self.xml = package.read("xl/worksheets/sheet1.xml").decode()
        names = {"": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
        root = ET.fromstring(self.xml)  # noqa: S314 - a file of our own
        self.rows = [
            {
                cell.attrib["r"].rstrip("0123456789"): self._value(cell, names)
                for cell in row.iterfind("c", names)
            }
            for row in root.iterfind("sheetData/row", names)
        ]

    @staticmethod
    def _value(cell: ET.Element, names: dict[str, str]) -> Any:
        text = "".join(cell.itertext())
        match cell.attrib.get("t"):
            case "inlineStr":
                return text
            case "b":
                return text == "1"
        return float(text) if text else None

    def column(self, name: str) -> list[Any]:
        """Return the cells below a heading."""
        (letter,) = (key for key, value in self.rows[0].items() if value == name)
        return [row.get(letter) for row in self.rows[1:]]


# --- backup ---------------------------------------------------------------------------------------------------------


async def test_a_copy_made_file_by_file_while_work_goes_on_can_be_restored(
    home: Home, sliced_data: SlicedData, tmp_path: Path
) -> None:
    database = Path(home.database_url.removeprefix("sqlite:///"))
    restored = replace(
        home,
        folder=tmp_path / "restored",
        database_url=f"sqlite:///{tmp_path}/restored.db",
    )
    async with home.open() as (library, events):
        before = (await archive_file(library, events, sliced_data(plates=3))).archive
        await library.queue.add(before.id)
        photo = await library.add_photo(before.id, blocks(PICTURES["JPEG"]))
        await library.prepare_backup()
        # More than SQLite leaves in its log by itself.
        for _ in range(3):
            await archive_file(library, events, sliced_data(plates=3))
        for number in range(300):
            changes = ArchiveChanges(notes=f"{number} " + "x" * 9000)
            await library.update_archive(before.id, changes)
        shutil.copy(database, tmp_path / "restored.db")
        await library.update_archive(before.id, ArchiveChanges(notes="in between"))
        log = database.with_name(f"{database.name}-wal").read_bytes()
        (tmp_path / "restored.db-wal").write_bytes(log[:-5])
        shutil.copytree(home.folder, restored.folder)
        await library.finish_backup()
        await hold_file(library, events, sliced_data())
    async with restored.open() as (library, events):
        statistics = await library.statistics()
        assert (statistics.archives, statistics.queued) == (4, 3)
        archive = (await library.archive(before.id)).archive
        assert archive.annotations.notes.startswith("299 ")
        assert await library.file_path(before.id)
        assert await library.photos(before.id) == (photo,)
        assert (await library.archives(ArchiveQuery(text="299"))).total == 1
        await library.queue.add(before.id)
    connection = sqlite3.connect(tmp_path / "restored.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


async def test_the_log_is_taken_over_again_after_a_backup(
    home: Home, sliced_data: SlicedData
) -> None:
    database = Path(home.database_url.removeprefix("sqlite:///"))
    log = database.with_name(f"{database.name}-wal")
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        await library.prepare_backup()
        await library.prepare_backup()
        content = database.read_bytes()

        async def write(times: int) -> None:
            for number in range(times):
                changes = ArchiveChanges(notes=f"{number} " + "x" * 9000)
                await library.update_archive(archive.id, changes)

        await write(200)
        assert database.read_bytes() == content
        assert log.stat().st_size > 8_000_000
        await library.finish_backup()
        await write(10)
        assert database.read_bytes() != content


async def test_an_index_that_somebody_else_reads_is_not_said_to_be_safe(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "custom_components.bambu_virtual_printer.engine.library.index.sqlite.BUSY_TIMEOUT_S",
        0.1,
    )
    async with home.open() as (library, events):
        await archive_file(library, events, sliced_data())
        reader = sqlite3.connect(
            home.database_url.removeprefix("sqlite:///"), isolation_level=None
        )
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM archives").fetchall()
        await archive_file(library, events, sliced_data())
        with pytest.raises(IndexUnavailableError, match="Another program"):
            await library.prepare_backup()
        reader.close()
        await library.prepare_backup()
        await library.finish_backup()
