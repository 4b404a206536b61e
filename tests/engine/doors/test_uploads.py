"""Uploads over HTTP, as far as they know neither a web server nor Home Assistant: real threads, real files."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
import hashlib
import io
from pathlib import Path
import zipfile

import pytest

from custom_components.bambu_virtual_printer.engine import storage
from custom_components.bambu_virtual_printer.engine.doors import streamed, uploads
from custom_components.bambu_virtual_printer.engine.doors.failures import (
    BusyError,
    RefusedError,
    status_of,
)
from custom_components.bambu_virtual_printer.engine.doors.uploads import (
    Destination,
    HttpUploads,
    progress_of,
)
from custom_components.bambu_virtual_printer.engine.events import (
    PrinterEvent,
    UploadFailed,
    UploadReceived,
    UploadStarted,
)
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.values.queueable import (
    queue_obstacle,
)
from custom_components.bambu_virtual_printer.engine.reception.failures import (
    AbortedError,
    BadArchiveError,
    CutError,
    NoRoomError,
    NotSlicedError,
    TimedOutError,
    TooLargeError,
    TransferError,
)
from custom_components.bambu_virtual_printer.engine.reception.transfer_thread import (
    TransferThread,
)
from custom_components.bambu_virtual_printer.engine.storage import Incoming
from custom_components.bambu_virtual_printer.engine.values import Sender, Service
from tests.support.folder_card import FolderCard

from .test_multipart import BOUNDARY, body_of

CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY.decode()}"
GCODE = b"; HEADER_BLOCK_START\n" + b"G1 X1\n" * 1000 + b"; EXECUTABLE_BLOCK_END\n"


def sliced(*plates: int, size_bytes: int = 0) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for plate in plates:
            package.writestr(f"Metadata/plate_{plate}.gcode", GCODE)
        package.writestr("filling", bytes(size_bytes))
    return content.getvalue()


class Door:
    """One printer's card behind the uploads."""

    def __init__(self, http: HttpUploads, folder: Path) -> None:
        self.http = http
        self.card = FolderCard(folder)
        self.events: list[PrinterEvent] = []
        self.destination = Destination(
            storage=self.card,
            emit=self.events.append,
            under_way=set(),
            peer="192.168.1.20",
            encrypted=False,
            sender=Sender(name="Anna"),
        )

    async def post(
        self,
        *parts: tuple[str, str | None, bytes],
        step: int = 65536,
        announced_bytes: int = 0,
    ) -> uploads.Stored:
        return await self.stream(
            pieces(body_of(parts), step), announced_bytes=announced_bytes
        )

    async def stream(
        self, chunks: AsyncIterator[bytes], *, announced_bytes: int = 0
    ) -> uploads.Stored:
        return await self.http.receive_form(
            chunks,
            self.destination,
            content_type=CONTENT_TYPE,
            announced_bytes=announced_bytes,
        )

    def leaves_nothing(self) -> bool:
        return (
            not self.card.kept
            and not self.card.leftovers()
            and not self.destination.under_way
        )


@pytest.fixture
async def threads() -> AsyncIterator[TransferThread]:
    async with TransferThread() as threads:
        yield threads


@pytest.fixture
async def door(threads: TransferThread, tmp_path: Path) -> AsyncIterator[Door]:
    http = HttpUploads(threads)
    (tmp_path / "card").mkdir()
    yield Door(http, tmp_path / "card")
    await http.close()


async def pieces(body: bytes, step: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), step):
        yield body[at : at + step]
        await asyncio.sleep(0)


async def cut(body: bytes) -> AsyncIterator[bytes]:
    yield body
    raise CutError(as_it_stands("The connection was lost"))


@pytest.mark.parametrize("step", [1, 7, 65536])
async def test_a_file_is_kept_with_its_hash_and_its_sender(
    door: Door, step: int
) -> None:
    content = sliced(1)
    stored = await door.post(
        ("print", None, b"false"),
        ("path", None, b""),
        ("file", "Cube.gcode.3mf", content),
        step=step,
    )
    file = stored.file
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert (file.name, file.size_bytes) == ("Cube.gcode.3mf", len(content))
    assert (file.sender, file.peer) == ("Anna", "192.168.1.20")
    assert door.card.kept[file.id][1].read_bytes() == content
    assert stored.request is None
    assert door.events == [
        UploadStarted(
            id=file.id,
            name=file.name,
            peer="192.168.1.20",
            service=Service.HTTP,
            sender=Sender(name="Anna"),
        ),
        UploadReceived(
            file=file, request=None, plates=frozenset({1}), service=Service.HTTP
        ),
    ]
    assert not door.destination.under_way


async def test_more_than_fits_into_its_blocks_is_written_as_it_comes(
    door: Door,
) -> None:
    content = sliced(1, size_bytes=12 * 1024 * 1024)
    stored = await door.post(("file", "Large.3mf", content))
    assert door.card.kept[stored.file.id][1].read_bytes() == content


@pytest.mark.parametrize("print_first", [True, False])
async def test_print_asks_for_a_plate_wherever_the_field_stands(
    door: Door, print_first: bool
) -> None:
    fields: list[tuple[str, str | None, bytes]] = [
        ("select", None, b"true"),
        ("print", None, b"true"),
        ("plateindex", None, b"2"),
    ]
    file = ("file", "Cube.gcode.3mf", sliced(1, 2))
    stored = await door.post(*([*fields, file] if print_first else [file, *fields]))
    assert stored.request is not None
    assert (stored.request.file, stored.request.plate) == ("Cube.gcode.3mf", 2)
    assert stored.request.subtask_name == "Cube"
    received = door.events[-1]
    assert isinstance(received, UploadReceived)
    assert received.request == stored.request


async def test_plain_gcode_is_kept(door: Door) -> None:
    stored = await door.post(("file", "Cube.gcode", GCODE))
    assert stored.file.name == "Cube.gcode"


@pytest.mark.parametrize("prints", [True, False])
async def test_what_the_queue_cannot_print_is_kept_and_named(
    door: Door, prints: bool
) -> None:
    door.destination = replace(door.destination, queue_obstacle=queue_obstacle)
    field = ("print", None, b"true" if prints else b"false")
    stored = await door.post(field, ("file", "Cube.gcode", GCODE))
    assert (stored.obstacle is not None) is prints
    assert "which printer" in str(stored.obstacle) or not prints
    # What cannot be read can neither be printed.
    zeros = b"; x\n" * 20_000 + b"\0"
    stored = await door.post(field, ("file", "Zeros.gcode", zeros))
    assert (stored.obstacle is not None) is prints
    assert len(door.card.kept) == 2
    stored = await door.post(field, ("file", "Cube.gcode.3mf", sliced(1)))
    assert stored.obstacle is None


@pytest.mark.parametrize(
    ("parts", "status", "says"),
    [
        ([("print", None, b"true")], 400, "no file"),
        ([("file", None, GCODE)], 400, "no usable name"),
        ([("file", "..", GCODE)], 400, "name"),
        ([("file", "Cube.stl", b"solid")], 415, "sliced"),
        ([("file", "Cube.bgcode", b"GCDE")], 415, "sliced"),
        ([("file", "Cube.gcode.3mf", sliced(1)[:-30])], 415, "complete"),
        ([("file", "Cube.gcode", GCODE[:-30])], 415, "complete"),
        ([("file", "Cube.gcode", b"GCDE\0\0\0")], 415, "G-code"),
        ([("file", "Cube.gcode", b"")], 415, "empty"),
        ([("file", "a.gcode", GCODE), ("file", "b.gcode", GCODE)], 400, "one file"),
        ([("plateindex", None, b"2"), ("file", "a.3mf", sliced(1))], 400, "plate 2"),
        ([("plateindex", None, b"2"), ("file", "a.gcode", GCODE)], 400, "plate 2"),
        ([("plateindex", None, b"all"), ("file", "a.3mf", sliced(1))], 400, "plate"),
        ([("print", None, b"x" * 5000), ("file", "a.3mf", sliced(1))], 400, "long"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_words_and_leaves_nothing_behind(
    door: Door,
    parts: list[tuple[str, str | None, bytes]],
    status: int,
    says: str,
) -> None:
    with pytest.raises(TransferError, match=says) as refused:
        await door.post(*parts)
    assert status_of(refused.value) == status
    # Cura shows no more of it.
    assert len(str(refused.value)) <= 100
    assert door.leaves_nothing()
    assert not [event for event in door.events if isinstance(event, UploadReceived)]


async def test_a_form_cut_anywhere_leaves_nothing_behind(door: Door) -> None:
    body = body_of([("print", None, b"true"), ("file", "Cube.gcode", GCODE)])
    for at in (*range(0, 300, 7), *range(len(body) - 60, len(body) - 3, 3)):
        with pytest.raises(TransferError):
            await door.stream(pieces(body[:at], 4096))
        with pytest.raises(CutError):
            await door.stream(cut(body[:at]))
        assert door.leaves_nothing()
    assert isinstance(door.events[-1], UploadFailed)
    assert door.events[-1].service is Service.HTTP


async def test_what_is_too_large_is_refused_before_and_while_it_comes(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "MAX_UPLOAD_BYTES", 100_000)
    body = body_of([("file", "Cube.gcode", GCODE * 100)])
    with pytest.raises(TooLargeError) as early:
        await door.stream(pieces(body, 4096), announced_bytes=len(body))
    assert status_of(early.value) == 413
    assert not door.events
    with pytest.raises(TooLargeError):
        await door.stream(pieces(body, 4096))
    assert door.leaves_nothing()


async def test_a_disk_without_room_is_told_before_the_file_comes(door: Door) -> None:
    door.card.reserve_bytes = 2**60
    with pytest.raises(NoRoomError) as refused:
        await door.post(("file", "Cube.gcode", GCODE))
    assert status_of(refused.value) == 507
    assert door.leaves_nothing()


async def test_two_hundred_at_once_are_all_kept_a_few_at_a_time(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 0

    class Counted(streamed.StreamedFile):
        async def write(self, data: memoryview) -> None:
            nonlocal most
            most = max(most, len(door.destination.under_way))
            await super().write(data)

    monkeypatch.setattr(uploads, "StreamedFile", Counted)
    names = [f"Part {number}.gcode" for number in range(200)]
    stored = await asyncio.gather(
        *(door.post(("file", name, GCODE), step=500) for name in names)
    )
    assert {each.file.name for each in stored} == {*names}
    assert len(door.card.kept) == 200
    assert 1 < most <= uploads.MAX_AT_ONCE


async def test_more_than_may_wait_are_told_to_come_back(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_WAITING", 1)
    waiting = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        await waiting.wait()
        yield body_of([("file", "Cube.gcode", GCODE)])

    first = asyncio.create_task(door.stream(slow()))
    await asyncio.sleep(0)
    with pytest.raises(BusyError) as busy:
        await door.post(("file", "Cube.gcode", GCODE))
    assert status_of(busy.value) == 503
    waiting.set()
    assert (await first).file.name == "Cube.gcode"


async def test_a_client_that_stops_sending_is_given_up(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "IDLE_LIMIT_S", 0.05)

    async def stuck() -> AsyncIterator[bytes]:
        yield body_of([("file", "Cube.gcode", GCODE)])[:500]
        await asyncio.Event().wait()

    with pytest.raises(TimedOutError) as refused:
        await door.stream(stuck())
    assert status_of(refused.value) == 408
    assert door.leaves_nothing()


async def test_closing_ends_what_is_under_way_and_leaves_nothing_behind(
    door: Door,
) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield body_of([("file", "Cube.gcode", GCODE)])[:-100]
        begun.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(door.stream(endless()))
    await begun.wait()
    (progress,) = progress_of(door.destination.under_way)
    assert (progress.name, progress.peer) == ("Cube.gcode", "192.168.1.20")
    assert progress.received_bytes > 0
    await door.http.close()
    with pytest.raises(AbortedError) as stopped:
        await upload
    assert status_of(stopped.value) == 503
    assert door.leaves_nothing()
    with pytest.raises(AbortedError):
        await door.post(("file", "Cube.gcode", GCODE))


@pytest.mark.parametrize("is_late", [True, False])
async def test_closing_lets_an_upload_that_has_failed_be_removed_however_long_the_disk_takes(
    door: Door, monkeypatch: pytest.MonkeyPatch, is_late: bool
) -> None:
    if is_late:
        monkeypatch.setattr(uploads, "IDLE_LIMIT_S", 0.05)
    removing, hanging = asyncio.Event(), asyncio.Event()
    abandon = door.card.abandon

    async def slow(incoming: Incoming) -> None:
        removing.set()
        await hanging.wait()
        await abandon(incoming)

    monkeypatch.setattr(door.card, "abandon", slow)

    async def stops() -> AsyncIterator[bytes]:
        yield body_of([("file", "Cube.gcode", GCODE)])[:-100]
        if not is_late:
            raise CutError(as_it_stands("The connection was lost"))
        await asyncio.Event().wait()

    upload = asyncio.create_task(door.stream(stops()))
    await removing.wait()
    closing = asyncio.create_task(door.http.close())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    hanging.set()
    await closing
    assert upload.done()
    assert isinstance(upload.exception(), AbortedError if is_late else CutError)
    assert [type(event) for event in door.events] == [UploadStarted, UploadFailed]
    assert door.leaves_nothing()


async def test_a_piece_that_comes_at_the_moment_of_the_end_does_not_prolong_an_upload(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "STOP_LIMIT_S", 20.0)
    monkeypatch.setattr(uploads, "IDLE_LIMIT_S", 3600.0)
    body = body_of([("file", "Cube.gcode", GCODE)])
    closing: list[asyncio.Task[None]] = []

    async def endless() -> AsyncIterator[bytes]:
        yield body[:-200]
        closing.append(asyncio.create_task(door.http.close()))
        # The upload is to end now, but has not been cancelled yet.
        await asyncio.sleep(0)
        yield body[-200:-100]
        await asyncio.Event().wait()

    async with asyncio.timeout(10):
        with pytest.raises(AbortedError):
            await door.stream(endless())
        await closing[0]
    assert door.leaves_nothing()


async def test_a_request_that_is_cancelled_leaves_nothing_behind(door: Door) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield body_of([("file", "Cube.gcode", GCODE)])[:-100]
        begun.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(door.stream(endless()))
    await begun.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert door.leaves_nothing()


async def test_a_request_that_is_cancelled_while_its_place_is_made_leaves_nothing_behind(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = door.card.begin
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(name: str) -> Incoming:
        incoming = await begin(name)
        asked.set()
        await go_on.wait()
        return incoming

    monkeypatch.setattr(door.card, "begin", slow)
    upload = asyncio.create_task(door.post(("file", "Cube.gcode", GCODE)))
    await asked.wait()
    upload.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert door.leaves_nothing()


async def test_a_body_that_is_the_file_is_kept(door: Door) -> None:
    stored = await door.http.receive_file(
        pieces(GCODE, 1000), door.destination, name="folder/Cube.gcode"
    )
    assert (stored.file.name, stored.request) == ("Cube.gcode", None)
    with pytest.raises(NotSlicedError):
        await door.http.receive_file(
            pieces(GCODE, 1000), door.destination, name="Cube.txt"
        )
    with pytest.raises(BadArchiveError):
        await door.http.receive_file(
            pieces(GCODE, 1000), door.destination, name="Cube.3mf"
        )
    with pytest.raises(CutError):
        await door.http.receive_file(
            cut(GCODE[:100]), door.destination, name="Cube.gcode"
        )
    assert len(door.card.kept) == 1


async def test_a_request_that_is_no_form_is_refused(door: Door) -> None:
    with pytest.raises(RefusedError, match="no form"):
        await door.http.receive_form(
            pieces(GCODE, 1000), door.destination, content_type="text/plain"
        )
