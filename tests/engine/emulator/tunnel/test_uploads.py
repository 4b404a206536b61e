"""Uploads by the file tunnel: kept only when they are whole, cut anywhere, gone on with, several at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
import hashlib
import json
import random
import ssl
import time

import pytest

from custom_components.bambu_virtual_printer.engine import storage
from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.printer import (
    VirtualPrinter,
)
from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.emulator.tunnel import interrupted
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from custom_components.bambu_virtual_printer.engine.values import Service
from tests.support.ftps_clients import reset, sliced_file
from tests.support.tunnel_client import CALL, CHUNK_BYTES, call, frame, login
from tests.support.waiting import until

from .conftest import ANNA, ANNAS_CODE, Rig

NAME = "Cube.gcode.3mf"
LARGE = sliced_file(3 * CHUNK_BYTES + 1234, seed=5)


async def test_upload_is_kept_byte_for_byte_and_reported(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            assert client.ask(7, {"peer": "studio", "api_version": 2}) == {
                "mtype": 12289,
                "cmdtype": 7,
                "sequence": 1,
                "result": 0,
                "reply": {"storage": ["emmc", "udisk"]},
            }
            begun = client.begin_upload(NAME, len(LARGE))
            assert begun["result"] == 1
            assert begun["reply"] == {"chunk_size": 255, "offset": 0}
            for piece in client.pieces(LARGE):
                client.send(piece)
            head, data = client.reply()
            assert (head["cmdtype"], head["sequence"], head["result"]) == (5, 2, 0)
            assert data == b""

    await rig.do(scenario)
    await until(lambda: len(rig.received) == 1)
    assert rig.kept(NAME) == LARGE
    received = rig.received[0]
    assert received.service is Service.TUNNEL
    assert received.md5 == hashlib.md5(LARGE).hexdigest().upper()
    assert received.file.encrypted
    assert received.file.sha256 == hashlib.sha256(LARGE).hexdigest()
    assert [event.service for event in rig.started] == [Service.TUNNEL]


async def test_who_sends_is_who_has_the_code(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client(ANNAS_CODE) as client:
            assert client.upload(NAME, LARGE)["result"] == 0

    await rig.do(scenario)
    await until(lambda: len(rig.received) == 1)
    assert rig.received[0].file.person == ANNA.person
    assert rig.started[0].sender == ANNA


async def test_several_files_over_one_connection(rig: Rig) -> None:
    files = {f"File {i}.gcode.3mf": sliced_file(5000 * i, seed=i) for i in range(1, 5)}

    def scenario() -> None:
        with rig.client() as client:
            for name, content in files.items():
                assert client.upload(name, content)["result"] == 0

    await rig.do(scenario)
    assert {name: rig.kept(name) for name in files} == files


async def test_two_at_once_stay_apart(rig: Rig) -> None:
    one, other = sliced_file(900_000, seed=1), sliced_file(900_000, seed=2)

    def scenario() -> None:
        with rig.client() as first, rig.client() as second:
            first.begin_upload("One.gcode.3mf", len(one))
            second.begin_upload("Other.gcode.3mf", len(other))
            pieces = zip(first.pieces(one), second.pieces(other), strict=True)
            for of_one, of_other in pieces:
                first.send(of_one)
                second.send(of_other)
            assert second.reply()[0]["result"] == 0
            assert first.reply()[0]["result"] == 0

    await rig.do(scenario)
    assert rig.kept("One.gcode.3mf") == one
    assert rig.kept("Other.gcode.3mf") == other


async def test_pieces_of_any_size_in_any_number_of_records_make_up_the_file(
    rig: Rig,
) -> None:
    content = sliced_file(40_000, seed=8)
    random_ = random.Random(4)

    def scenario() -> None:
        with rig.client() as client:
            client.begin_upload(NAME, len(content))
            at, frames = 0, b""
            while at < len(content):
                size = min(random_.randint(1, 5000), len(content) - at)
                frames += call(
                    5,
                    client.sequence,
                    {"frag_id": at, "offset": at, "size": size},
                    content[at : at + size],
                )
                at += size
            while frames:
                size = random_.randint(1, 3000)
                client.send(frames[:size])
                frames = frames[size:]
            assert client.reply()[0]["result"] == 0

    await rig.do(scenario)
    assert rig.kept(NAME) == content


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("Cube.stl", 16),
        ("", 11),
        ("..", 11),
        ("Cube\n.gcode.3mf", 11),
        ("x" * 300 + ".gcode.3mf", 11),
    ],
)
async def test_what_cannot_be_kept_is_refused_before_it_is_sent(
    rig: Rig, name: str, result: int
) -> None:
    def scenario() -> None:
        with rig.client() as client:
            assert client.begin_upload(name, 1000)["result"] == result
            assert client.upload(NAME, LARGE)["result"] == 0

    await rig.do(scenario)
    assert len(rig.failed) == (name == "Cube.stl")
    assert [file.name for file, _ in rig.storage.kept.values()] == [NAME]


async def test_a_file_that_is_no_print_is_taken_and_dropped(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            assert client.upload("verify_job", b"x" * 300_000)["result"] == 0
            assert client.upload(NAME, LARGE)["result"] == 0

    await rig.do(scenario)
    assert [file.name for file, _ in rig.storage.kept.values()] == [NAME]
    assert len(rig.started) == 1


@pytest.mark.parametrize("total", [None, 0, -5, "10", 1.5, True, 2**70])
async def test_an_upload_without_a_size_is_refused(rig: Rig, total: object) -> None:
    def scenario() -> None:
        with rig.client() as client:
            req = {"type": "model", "storage": "emmc", "path": NAME, "total": total}
            assert client.ask(5, req)["result"] == 12

    await rig.do(scenario)
    assert rig.events == []


async def test_a_file_that_is_too_large_is_refused_before_it_is_sent(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            begun = client.begin_upload(NAME, storage.MAX_UPLOAD_BYTES + 1)
            assert begun["result"] == 12

    await rig.do(scenario)
    assert len(rig.failed) == 1


async def test_a_full_disk_is_told_before_the_file_is_sent(rig: Rig) -> None:
    rig.storage.begin_error = StorageFullError(as_it_stands("full"))

    def scenario() -> None:
        with rig.client() as client:
            assert client.begin_upload(NAME, 1000)["result"] == 20

    await rig.do(scenario)
    assert [str(event.reason) for event in rig.failed] == ["full"]


async def test_a_file_that_was_not_kept_is_not_acknowledged(rig: Rig) -> None:
    rig.storage.commit_error = StorageError(as_it_stands("broken"))

    def scenario() -> None:
        with rig.client() as client:
            assert client.upload(NAME, LARGE)["result"] == 22
            rig.storage.commit_error = None
            assert client.upload(NAME, LARGE)["result"] == 0

    await rig.do(scenario)
    assert len(rig.failed) == 1
    assert rig.kept(NAME) == LARGE


async def test_a_wrong_checksum_is_told_and_nothing_kept(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            assert client.upload(NAME, LARGE, md5="0" * 32)["result"] == 23

    await rig.do(scenario)
    assert rig.storage.kept == {}
    assert len(rig.failed) == 1


async def test_a_file_that_was_cut_before_it_was_sent_is_refused(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            assert client.upload(NAME, LARGE[:-100])["result"] == 15

    await rig.do(scenario)
    assert rig.storage.kept == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset": CHUNK_BYTES * 2},
        {"offset": "0"},
        {"offset": -1},
        {"size": 17},
        {"size": None},
    ],
    ids=["gap", "text", "negative", "size", "no size"],
)
async def test_a_wrong_piece_fails_the_upload_and_not_the_connection(
    rig: Rig, wrong: dict[str, object]
) -> None:
    def scenario() -> None:
        with rig.client() as client:
            client.begin_upload(NAME, len(LARGE))
            piece = LARGE[:CHUNK_BYTES]
            req = {"frag_id": 0, "offset": 0, "size": len(piece)} | wrong
            client.send(call(5, client.sequence, req, piece))
            # It does not read before it has sent the rest.
            for rest in client.pieces(LARGE)[1:]:
                client.send(rest)
            assert client.reply()[0]["result"] == 12
            assert client.upload(NAME, LARGE)["result"] == 0

    await rig.do(scenario)
    assert len(rig.failed) == 1
    assert rig.kept(NAME) == LARGE


async def test_more_than_was_announced_is_refused(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            client.begin_upload(NAME, 1000)
            req = {"frag_id": 0, "offset": 0, "size": 2000}
            client.send(call(5, client.sequence, req, bytes(2000)))
            assert client.reply()[0]["result"] == 12

    await rig.do(scenario)


async def test_an_upload_can_be_called_off(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            client.begin_upload(NAME, len(LARGE))
            upload = client.sequence
            client.send(client.pieces(LARGE)[0])
            sequence = client.start(0x1000, {"tasks": [upload]})
            head, _ = client.reply()
            assert (head["cmdtype"], head["sequence"]) == (0x1000, sequence)
            assert head["reply"] == {"tasks": [upload]}
            head, _ = client.reply()
            assert (head["sequence"], head["result"]) == (upload, 4)
            assert client.upload(NAME, LARGE)["result"] == 0

    await rig.do(scenario)
    assert len(rig.failed) == 1
    await until(lambda: rig.printer.uploads == ())


async def test_during_an_upload_other_calls_are_told_to_come_later(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            client.begin_upload(NAME, len(LARGE))
            upload = client.sequence
            pieces = client.pieces(LARGE)
            client.send(pieces[0])
            assert client.ask(1, {"type": "model"})["result"] == 5
            client.sequence = upload
            for piece in pieces[1:]:
                client.send(piece)
            assert client.reply()[0]["result"] == 0

    await rig.do(scenario)
    assert rig.kept(NAME) == LARGE


# --- cut, and gone on with -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["reset", "fin", "close"])
@pytest.mark.parametrize(
    "sent", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 777, 2 * CHUNK_BYTES]
)
async def test_an_upload_that_was_cut_goes_on_where_it_was(
    rig: Rig, how: str, sent: int
) -> None:
    def cut() -> None:
        client = rig.client()
        client.begin_upload(NAME, len(LARGE))
        left = sent
        for piece in client.pieces(LARGE):
            if left < CHUNK_BYTES:
                client.send(piece[: left + 100 if left else 0])
                break
            client.send(piece)
            left -= CHUNK_BYTES
        if how == "reset":
            # What was sent has to arrive before the end does.
            deadline = time.monotonic() + 20
            while _received(rig) < sent // CHUNK_BYTES * CHUNK_BYTES:
                assert time.monotonic() < deadline
            reset(client.sock)
        elif how == "fin":
            client.sock.close()
        else:
            with suppress(ssl.SSLError):
                client.sock.unwrap()
            client.sock.close()

    await rig.do(cut)
    await until(lambda: rig.printer._port_6000.logged_in == 0)  # type: ignore[union-attr]
    await until(
        lambda: bool(rig.failed) or len(rig.printer._tunnel._context.interrupted) == 1  # type: ignore[union-attr]
    )
    assert rig.storage.kept == {}

    def go_on() -> int:
        with rig.client() as client:
            begun = client.begin_upload(NAME, len(LARGE))
            offset: int = begun["reply"]["offset"]
            for piece in client.pieces(LARGE, offset):
                client.send(piece)
            assert client.reply()[0]["result"] == 0
            return offset

    offset = await rig.do(go_on)
    assert offset == sent // CHUNK_BYTES * CHUNK_BYTES
    assert rig.kept(NAME) == LARGE
    await until(lambda: len(rig.received) == 1)
    if sent >= CHUNK_BYTES:
        # For everybody else it is one upload.
        assert (len(rig.started), rig.failed) == (1, [])


def _received(rig: Rig) -> int:
    return sum(upload.received_bytes for upload in rig.printer.uploads)


async def _interrupted(rig: Rig, content: bytes, code: str | None = None) -> None:
    """Cut an upload in its third piece."""

    def cut() -> None:
        with rig.client(code) if code else rig.client() as client:
            client.begin_upload(NAME, len(content))
            for piece in client.pieces(content)[:2]:
                client.send(piece)

    await rig.do(cut)
    await until(lambda: len(rig.printer._tunnel._context.interrupted) == 1)  # type: ignore[union-attr]


# From the frame on so many bytes are sent before the cut; the frames are login, setup, call and four pieces.
STAGES = {
    "before the login": (0, 0),
    "in the login": (0, 20),
    "after the login": (1, 0),
    "in the setup": (1, 9),
    "in the call": (2, 40),
    "after the call": (3, 0),
    "in the header of a piece": (3, 7),
    "in the text of a piece": (3, 60),
    "in the bytes of a piece": (3, 5000),
    "between two pieces": (4, 0),
    "in the header of the last piece": (6, 15),
    "in the bytes of the last piece": (6, 1000),
    "before the last reply": (7, 0),
}


@pytest.mark.parametrize("stage", STAGES)
async def test_wherever_it_was_cut_the_file_arrives_whole(rig: Rig, stage: str) -> None:
    count, more = STAGES[stage]

    def cut() -> None:
        with rig.client(log_in=False) as client:
            client.sequence = 1
            setup = {"sequence": 0, "mtype": 12291, "req": {}}
            begin = {"type": "model", "storage": "emmc", "path": NAME, "total": len(LARGE)}  # fmt: skip
            frames = [
                login(),
                frame(CALL, json.dumps(setup).encode()),
                call(5, 1, begin),
                *client.pieces(LARGE),
            ]
            client.send(b"".join(frames[:count]))
            if more:
                client.send(frames[count][:more])

    await rig.do(cut)
    await until(lambda: rig.printer._port_6000.logged_in == 0)  # type: ignore[union-attr]

    def go_on() -> None:
        with rig.client() as client:
            assert client.upload(NAME, LARGE)["result"] == 0

    await rig.do(go_on)
    assert {path.read_bytes() for _file, path in rig.storage.kept.values()} == {LARGE}
    await until(lambda: rig.printer.uploads == ())


async def test_a_client_may_also_begin_again(rig: Rig) -> None:
    await _interrupted(rig, LARGE)

    def scenario() -> None:
        with rig.client() as client:
            assert client.begin_upload(NAME, len(LARGE))["reply"]["offset"]
            for piece in client.pieces(LARGE):
                client.send(piece)
            assert client.reply()[0]["result"] == 0

    await rig.do(scenario)
    assert rig.kept(NAME) == LARGE


async def test_another_file_of_the_same_size_is_not_mixed_with_what_was_cut(
    rig: Rig,
) -> None:
    await _interrupted(rig, LARGE)
    other = bytearray(LARGE)
    other[1000:1010] = bytes(10)

    def scenario() -> None:
        with rig.client() as client:
            assert client.upload(NAME, bytes(other))["result"] == 23
            # What was wrong is forgotten, so the next attempt is whole.
            assert client.upload(NAME, LARGE)["result"] == 0

    await rig.do(scenario)
    assert rig.kept(NAME) == LARGE


async def test_without_a_checksum_nothing_is_gone_on_with(rig: Rig) -> None:
    await _interrupted(rig, LARGE)

    def scenario() -> None:
        with rig.client() as client:
            begun = client.begin_upload(NAME, len(LARGE))
            offset = begun["reply"]["offset"]
            while offset < len(LARGE):
                piece = LARGE[offset : offset + CHUNK_BYTES]
                req = {"frag_id": 0, "offset": offset, "size": len(piece)}
                client.send(call(5, client.sequence, req, piece))
                offset += len(piece)
            assert client.reply()[0]["result"] == 23

    await rig.do(scenario)
    assert rig.storage.kept == {}


async def test_nobody_goes_on_with_the_upload_of_another_person(rig: Rig) -> None:
    await _interrupted(rig, LARGE, ANNAS_CODE)

    def scenario() -> None:
        with rig.client() as client:
            assert client.begin_upload(NAME, len(LARGE))["reply"]["offset"] == 0

    await rig.do(scenario)


async def test_a_cut_upload_fails_when_nobody_goes_on(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interrupted, "RESUME_LIMIT_S", 0.05)
    await _interrupted_soon(rig)
    await until(lambda: len(rig.failed) == 1)
    assert rig.failed[0].received_bytes >= CHUNK_BYTES
    assert rig.printer.uploads == ()
    assert rig.storage.leftovers() == []


async def _interrupted_soon(rig: Rig) -> None:
    def cut() -> None:
        with rig.client() as client:
            client.begin_upload(NAME, len(LARGE))
            for piece in client.pieces(LARGE)[:2]:
                client.send(piece)

    await rig.do(cut)


async def test_only_a_few_cut_uploads_are_kept(rig: Rig) -> None:
    count = interrupted.MAX_INTERRUPTED + 2

    def cut() -> None:
        for number in range(count):
            with rig.client() as client:
                client.begin_upload(f"{number}.gcode.3mf", len(LARGE))
                client.send(client.pieces(LARGE)[0])

    await rig.do(cut)
    await until(lambda: len(rig.failed) == 2)
    assert len(rig.printer.uploads) == interrupted.MAX_INTERRUPTED


async def test_a_revoked_code_ends_its_uploads_for_good(rig: Rig) -> None:
    await _interrupted(rig, LARGE, ANNAS_CODE)

    def begin() -> None:
        with rig.client(ANNAS_CODE) as client:
            # It may be over at any time.
            with suppress(OSError, EOFError):
                client.begin_upload("Other.gcode.3mf", len(LARGE))
                client.send(client.pieces(LARGE)[0])
            assert client.is_closed()

    task = asyncio.create_task(rig.do(begin))
    await until(lambda: len(rig.printer.uploads) == 2)
    rig.printer.drop(ANNA.person)
    await task
    await until(lambda: len(rig.failed) == 2)
    assert rig.printer.uploads == ()


async def test_the_end_of_the_printer_fails_what_is_under_way(rig: Rig) -> None:
    await _interrupted(rig, LARGE)

    def begin() -> None:
        with rig.client() as client:
            # It may be over at any time.
            with suppress(OSError, EOFError):
                client.begin_upload("Other.gcode.3mf", len(LARGE))
                client.send(client.pieces(LARGE)[0])
            assert client.is_closed()

    task = asyncio.create_task(rig.do(begin))
    await until(lambda: len(rig.printer.uploads) == 2)
    # The fixture looks whether anything is left.
    await rig.printer.__aexit__()
    await task
    assert len(rig.failed) == 2


async def test_an_upload_that_a_restart_cut_is_asked_for_anew(
    rig: Rig, identity: Identity, device: DeviceCertificate
) -> None:
    await _interrupted(rig, LARGE)
    await rig.printer.__aexit__()
    assert rig.storage.leftovers() == []

    def scenario() -> None:
        with rig.client() as client:
            assert client.begin_upload(NAME, len(LARGE))["reply"]["offset"] == 0
            for piece in client.pieces(LARGE):
                client.send(piece)
            assert client.reply()[0]["result"] == 0

    async with (
        SharedServices() as services,
        VirtualPrinter(identity, device, rig.storage, services, rig.events.append),
    ):
        await rig.do(scenario)
    assert rig.kept(NAME) == LARGE


async def test_a_file_is_reported_before_its_client_is_told(rig: Rig) -> None:
    """It may ask at once to print it."""

    def scenario() -> list[int]:
        known = []
        for number in range(1, 9):
            with rig.client() as client:
                assert client.upload(f"{number}.gcode.3mf", LARGE)["result"] == 0
                known.append(len(rig.received))
        return known

    assert await rig.do(scenario) == list(range(1, 9))


async def test_many_clients_at_once(rig: Rig) -> None:
    files = {f"{i}.gcode.3mf": sliced_file(400_000, seed=i) for i in range(12)}

    def send(item: tuple[str, bytes]) -> int:
        with rig.client() as client:
            return int(client.upload(*item)["result"])

    def scenario() -> list[int]:
        with ThreadPoolExecutor(12) as pool:
            return list(pool.map(send, files.items()))

    assert await rig.do(scenario) == [0] * 12
    assert {name: rig.kept(name) for name in files} == files
