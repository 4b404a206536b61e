"""The memory card: what the FTPS server sees of the library."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import io
from pathlib import Path
import threading
import zipfile

import pytest

from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library import (
    renaming as renaming_module,
)
from custom_components.bambu_virtual_printer.engine.library.clock import LibraryClock
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
    NotFoundError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveChanged,
    UploadChanged,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobPlan
from custom_components.bambu_virtual_printer.engine.library.values.names import (
    NameSource,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
    ArchiveChanges,
    LibrarySettings,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from custom_components.bambu_virtual_printer.engine.values import Mode, Sender
from tests.support.library import (
    IMMEDIATE,
    REVIEW,
    Events,
    Home,
    archive_file,
    commit,
    receive,
    write_upload,
)
from tests.support.pictures import picture

NAME = "Cube Ünïcode 1.gcode.3mf"


async def test_a_committed_upload_is_there_whatever_comes(home: Home) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        incoming = await card.begin(NAME)
        assert incoming.name == NAME
        assert incoming.path.parent.is_dir()
        assert not incoming.path.exists()
        await asyncio.to_thread(write_upload, incoming.path, b"data")
        file = await commit(card, incoming, b"data")
        assert (file.id, file.name, file.size_bytes) == (incoming.id, NAME, 4)
        assert (file.peer, file.encrypted) == ("192.0.2.7", True)
        upload = await library.upload(file.id)
        assert upload.file == file
        assert upload.printer == REVIEW
        assert upload.state is UploadState.RECEIVED
        assert home.files() == {
            f"pending/{file.id}/{NAME}",
            f"pending/{file.id}/upload.json",
        }


async def test_the_card_shows_what_came_last_even_when_the_clock_was_put_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back = LibraryClock(lambda: datetime.now(UTC) - timedelta(hours=2))
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        await receive(card, NAME, b"first")
        monkeypatch.setattr(library._context, "clock", put_back)
        await receive(card, NAME, b"second")
        [shown] = await card.files()
        assert shown.size_bytes == len(b"second")
        path = await card.locate(NAME)
        assert path is not None
        assert path.read_bytes() == b"second"


async def test_an_upload_ends_as_what_it_began(home: Home) -> None:
    later = replace(REVIEW, name="Attic", mode=Mode.QUEUE)
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        incoming = await card.begin("a.3mf")
        abandoned = await card.begin("c.3mf")
        card.set_defaults(later, Annotations(tags=("new",)), JobPlan(copies=2))
        await asyncio.to_thread(write_upload, incoming.path, b"a")
        before = await library.upload((await commit(card, incoming, b"a")).id)
        await card.abandon(abandoned)
        after = await library.upload((await receive(card, "b.3mf", b"b")).id)
        assert (before.printer, before.annotations.tags) == (REVIEW, ())
        assert (after.printer, after.annotations.tags) == (later, ("new",))
        assert (before.plan.copies, after.plan.copies) == (1, 2)
        assert card._begun == {}


async def test_the_card_shows_the_newest_upload_of_each_name(home: Home) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        await receive(card, "a.3mf", b"first")
        second = await receive(card, "b.3mf", b"second")
        newest = await receive(card, "a.3mf", b"newest")
        files = await card.files()
        assert [(file.id, file.name) for file in files] == [
            (newest.id, "a.3mf"),
            (second.id, "b.3mf"),
        ]
        assert files[0].size_bytes == len(b"newest")
        assert files[0].modified == newest.received_at
        place = await card.locate("a.3mf")
        assert place is not None
        assert place.read_bytes() == b"newest"
        assert await card.locate("c.3mf") is None
        assert len(home.sliced_files()) == 3


async def test_cards_are_apart(home: Home) -> None:
    async with home.open() as (library, _):
        await receive(library.storage(REVIEW), "a.3mf", b"kids")
        await receive(library.storage(IMMEDIATE), "a.3mf", b"work")
        for printer, content in ((REVIEW, b"kids"), (IMMEDIATE, b"work")):
            card = library.storage(printer)
            assert len(await card.files()) == 1
            place = await card.locate("a.3mf")
            assert place is not None
            assert place.read_bytes() == content
        assert await library.storage(REVIEW).remove("a.3mf")
        assert len(await library.storage(IMMEDIATE).files()) == 1


async def test_the_card_is_the_same_after_a_restart(home: Home) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        for number in range(5):
            await receive(card, f"{number}.3mf", b"data")
        await card.remove("3.3mf")
        before = await card.files()
    async with home.open() as (library, _):
        assert await library.storage(REVIEW).files() == before
        assert [file.name for file in before] == ["4.3mf", "2.3mf", "1.3mf", "0.3mf"]


async def test_the_card_shows_a_hundred_files(home: Home) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        for number in range(103):
            await receive(card, f"{number}.3mf", b"")
        files = await card.files()
        assert [file.name for file in files] == [
            f"{number}.3mf" for number in range(102, 2, -1)
        ]


async def test_removing_hides_and_keeps(home: Home) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        file = await receive(card, NAME, b"data")
        assert await card.remove(NAME)
        assert not await card.remove(NAME)
        assert await card.files() == []
        assert await card.locate(NAME) is None
        assert (await library.upload(file.id)).state is UploadState.RECEIVED
        assert len(home.sliced_files()) == 1
        # The name is free for the next upload.
        await receive(card, NAME, b"again")
        assert len(await card.files()) == 1


async def test_a_renamed_upload_is_called_so_in_the_library_for_good(
    home: Home, sliced_data: Callable[..., bytes]
) -> None:
    async with home.open() as (library, events):
        library.settings = replace(library.settings, name_source=NameSource.FILENAME)
        card = library.storage(REVIEW)
        file = await receive(card, NAME, sliced_data())
        library.intake(file.id)
        await events.next(UploadHeld)
        assert await card.rename(NAME, "Other.gcode.3mf") == file.id
        assert await card.rename(NAME, "Third.gcode.3mf") is None
        assert [each.name for each in await card.files()] == ["Other.gcode.3mf"]
        assert await card.locate("Other.gcode.3mf")
        upload = await library.upload(file.id)
        assert (upload.name, upload.file.name) == ("Other", "Other.gcode.3mf")
        assert (await events.next(UploadChanged)).upload == upload
    for path in home.folder.parent.glob("index/library.db*"):
        path.unlink()
    async with home.open() as (library, _):
        assert (await library.upload(file.id)).file.name == "Other.gcode.3mf"


async def test_a_renamed_archive_is_found_by_its_new_name(
    home: Home, sliced_data: Callable[..., bytes]
) -> None:
    async with home.open() as (library, events):
        library.settings = replace(library.settings, name_source=NameSource.FILENAME)
        card = library.storage(IMMEDIATE)
        file = await receive(card, NAME, sliced_data())
        library.intake(file.id)
        # At once: what is being read is waited for.
        assert await card.rename(NAME, "Other.gcode.3mf") == file.id
        archive = (await events.next(ArchiveChanged)).archive
        assert (archive.name, archive.file.name) == ("Other", "Other.gcode.3mf")
        named = await library.update_archive(file.id, ArchiveChanges(name="Mine"))
        assert await card.rename("Other.gcode.3mf", "Third.gcode.3mf")
        assert (await library.archive(file.id)).archive.name == named.name == "Mine"


async def test_people_have_only_what_they_sent(
    home: Home, sliced_data: Callable[..., bytes]
) -> None:
    anna, bob = Sender(person="1", name="Anna"), Sender(person="2", name="Bob")
    async with home.open() as (library, events):
        card = library.storage(REVIEW)
        hers = await receive(card, "Hers.gcode.3mf", sliced_data(seed=1), anna)
        his = await receive(card, "His.gcode.3mf", sliced_data(seed=2), bob)
        for file in (hers, his):
            library.intake(file.id)
            await events.next(UploadHeld)
        assert {each.name: each.person for each in await card.files()} == {
            "Hers.gcode.3mf": "1",
            "His.gcode.3mf": "2",
        }
        assert await card.locate("Hers.gcode.3mf", bob) is None
        assert not await card.remove("Hers.gcode.3mf", bob)
        assert await card.rename("Hers.gcode.3mf", "Mine.gcode.3mf", bob) is None
        assert await card.locate("Hers.gcode.3mf", anna)
        assert await card.locate("Hers.gcode.3mf")
        assert await card.rename("His.gcode.3mf", "Hers.gcode.3mf", bob) == his.id
        assert [each.id for each in await card.files()] == [his.id]
        assert [each.id for each in await card.files(anna)] == [hers.id]
        assert await card.remove("Hers.gcode.3mf", bob)
        assert [each.id for each in await card.files()] == [hers.id]
        # Sending replaces what the sender had of the name, and nothing of others'.
        for _ in range(2):
            again = await receive(card, "Hers.gcode.3mf", sliced_data(seed=3), bob)
        assert [each.id for each in await card.files()] == [again.id]
        assert await card.locate("Hers.gcode.3mf", anna)
        assert (await library.upload(hers.id)).state is UploadState.PENDING
        # The printer's own code has all of a name.
        assert await card.remove("Hers.gcode.3mf")
        assert await card.files() == []


async def test_pictures_and_parts_of_files_are_for_who_may_have_them(
    home: Home,
) -> None:
    anna, bob = Sender(person="1", name="Anna"), Sender(person="2", name="Bob")
    image = picture("PNG")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("Metadata/plate_2.gcode", "G28")
        archive.writestr("Metadata/plate_2.png", image)
        archive.writestr("Metadata/slice_info.config", "<config/>")
        archive.writestr("Metadata/huge.json", bytes(600_000))
    gcode = b"; HEADER_BLOCK_START\nG28\n; EXECUTABLE_BLOCK_END\n"
    async with home.open() as (library, _events):
        card = library.storage(REVIEW)
        await receive(card, NAME, content.getvalue(), anna)
        await receive(card, "Plain.gcode", gcode, anna)
        await receive(card, "Odd.gcode.3mf", b"no archive", anna)
        assert await card.picture(NAME) == await card.picture(NAME, anna) == image
        assert await card.picture(NAME, bob) is None
        assert await card.picture("Plain.gcode") is None
        assert await card.picture("Odd.gcode.3mf") is None
        parts = ["Metadata/slice_info.config", "Metadata/huge.json", "_rels/.rels"]
        assert await card.members(NAME, parts) == {parts[0]: b"<config/>"}
        assert await card.members(NAME, parts, bob) == {}
        assert await card.members("Plain.gcode", parts) == {}
        assert await card.members("Odd.gcode.3mf", parts) == {}


async def test_a_file_without_sliced_plates_has_the_picture_of_its_project(
    home: Home,
) -> None:
    image = picture("PNG")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("Metadata/thumbnail.png", image)
    async with home.open() as (library, _events):
        card = library.storage(REVIEW)
        await receive(card, NAME, content.getvalue())
        assert await card.picture(NAME) == image


async def test_an_upload_that_is_not_read_in_time_is_not_renamed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renaming_module, "_READ_WITHIN_S", 0.2)
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        await receive(card, NAME, b"data")
        with pytest.raises(StorageError, match="still being read"):
            await card.rename(NAME, "Other.3mf")
        with pytest.raises(StorageError, match="characters"):
            await card.rename(NAME, "Ot\x07her.3mf")
        assert [each.name for each in await card.files()] == [NAME]


async def test_an_archived_file_stays_on_the_card_until_it_is_deleted(
    home: Home, sliced_data: Callable[..., bytes]
) -> None:
    async with home.open() as (library, events):
        card = library.storage(IMMEDIATE)
        event = await archive_file(library, events, sliced_data(), NAME)
        place = await card.locate(NAME)
        assert place is not None
        assert place.read_bytes() == sliced_data()
        assert "archive" in place.parts
        await library.delete_archive(event.archive.id)
        assert await card.locate(NAME) is None
        assert await card.files() == []


async def test_abandoning_leaves_nothing_behind(home: Home) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        incoming = await card.begin(NAME)
        incoming.path.write_bytes(b"cut sho")
        await card.abandon(incoming)
        await card.abandon(incoming)
        assert home.files() == set()
        assert await card.files() == []
    # Never raises, not even then.
    await card.abandon(incoming)


@pytest.mark.parametrize("name", ["", "a\nb.3mf", "\udcff.3mf", "ä" * 128])
async def test_names_that_are_none_are_refused(home: Home, name: str) -> None:
    async with home.open() as (library, _):
        with pytest.raises(StorageError, match="file name"):
            await library.storage(REVIEW).begin(name)


@pytest.mark.parametrize(
    "name", ["../../evil.3mf", "a\u00a0b.3mf", "x" * 251 + ".3mf", "CON.3mf", "ü.3MF"]
)
async def test_odd_names_are_shown_as_they_are_and_stored_as_is_safe(
    home: Home, name: str
) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        file = await receive(card, name, b"data")
        assert file.name == name
        assert [file.name for file in await card.files()] == [name]
        place = await card.locate(name)
        assert place is not None
        assert place.is_relative_to(home.folder / "pending" / file.id)


async def test_parallel_uploads_of_one_name_do_not_touch_each_other(
    home: Home,
) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        contents = [bytes([number]) * 1000 for number in range(20)]
        files = await asyncio.gather(
            *(receive(card, NAME, content) for content in contents)
        )
        assert len({file.id for file in files}) == 20
        stored = {path.read_bytes() for path in home.sliced_files()}
        assert stored == set(contents)
        assert len(await card.files()) == 1


async def test_too_little_room_is_told_before_anything_is_sent(home: Home) -> None:
    settings = LibrarySettings(reserve_bytes=2**62)
    async with home.library(settings=settings) as library:
        card = library.storage(REVIEW)
        assert card.reserve_bytes == 2**62
        with pytest.raises(StorageFullError):
            await card.begin(NAME)
        # Settings hold from the next moment on.
        library.settings = replace(library.settings, reserve_bytes=0)
        assert card.reserve_bytes == 0
        await card.begin(NAME)


# --- a commit that fails leaves nothing ----------------------------------------------------------------------------


async def test_a_file_that_is_not_what_was_received_is_not_kept(home: Home) -> None:
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        incoming = await card.begin(NAME)
        incoming.path.write_bytes(b"short")
        with pytest.raises(StorageError, match="5 bytes on the disk instead of 9"):
            await commit(card, incoming, b"much more")
        assert home.files() == set()
        assert await card.files() == []
        with pytest.raises(NotFoundError):
            await library.upload(incoming.id)


async def test_an_index_that_fails_keeps_the_file_from_being_kept(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise IndexUnavailableError(as_it_stands("The index does not answer: gone."))

    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        incoming = await card.begin(NAME)
        incoming.path.write_bytes(b"data")
        monkeypatch.setattr(
            "custom_components.bambu_virtual_printer.engine.library.index.upload_rows.add",
            fail,
        )
        with pytest.raises(IndexUnavailableError):
            await commit(card, incoming, b"data")
        assert home.files() == set()


class _Gate:
    """Stops a method of the folder until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
        self.reached, self._go_on = threading.Event(), threading.Event()
        real = getattr(LibraryFolder, method)

        def stop(*args: object) -> object:
            self.reached.set()
            assert self._go_on.wait(10)
            return real(*args)

        monkeypatch.setattr(LibraryFolder, method, stop)

    async def wait(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, 10)

    def let_go(self) -> None:
        self._go_on.set()


async def test_a_commit_nobody_waits_for_any_more_is_taken_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = _Gate(monkeypatch, "commit")
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        incoming = await card.begin(NAME)
        incoming.path.write_bytes(b"data")
        task = asyncio.create_task(commit(card, incoming, b"data"))
        await gate.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gate.let_go()
    assert home.files() == set()
    async with home.open() as (library, _):
        with pytest.raises(NotFoundError):
            await library.upload(incoming.id)


async def test_a_cancelled_beginning_leaves_no_place_behind(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    make = LibraryFolder.begin

    def begin(self: LibraryFolder, *args: object, **kwargs: object) -> Path:
        begun.set()
        assert go_on.wait(10)
        return make(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(LibraryFolder, "begin", begin)
    async with home.open() as (library, _):
        task = asyncio.create_task(library.storage(REVIEW).begin(NAME))
        assert await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
        await asyncio.wait(library._context.tasks)
        while library._context.tasks:
            await asyncio.wait(library._context.tasks)
        inbox = library._context.folder.root / "inbox"
        assert not [*inbox.iterdir()]


async def test_a_cancelled_commit_that_fails_is_no_more_than_a_failure(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = _Gate(monkeypatch, "commit")
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        incoming = await card.begin(NAME)
        task = asyncio.create_task(commit(card, incoming, b"never written"))
        await gate.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gate.let_go()
    assert home.files() == set()


async def test_what_cannot_be_taken_back_is_told_in_the_log(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise StorageError(
            as_it_stands("The files cannot be removed: Input/output error.")
        )

    gate = _Gate(monkeypatch, "commit")
    async with home.open() as (library, _):
        card = library.storage(REVIEW)
        incoming = await card.begin(NAME)
        incoming.path.write_bytes(b"data")
        task = asyncio.create_task(commit(card, incoming, b"data"))
        await gate.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        monkeypatch.setattr(LibraryFolder, "remove", refuse)
        gate.let_go()
    assert "could not be taken back" in caplog.text


async def test_a_closed_library_takes_nothing(home: Home, tmp_path: Path) -> None:
    library = Library(tmp_path / "library", home.database_url, emit=Events())
    async with library:
        card = library.storage(REVIEW)
    with pytest.raises(StorageError, match="closed"):
        await card.begin(NAME)
