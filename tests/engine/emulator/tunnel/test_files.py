"""What the file tunnel shows of the memory card: lists, downloads, pictures, and what is deleted."""

import asyncio
import hashlib
import io
import json
import os
from pathlib import Path
import zipfile

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.tunnel import listing
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from custom_components.bambu_virtual_printer.engine.values import Sender
from tests.support.ftps_clients import sliced_file
from tests.support.tunnel_client import CHUNK_BYTES, call

from .conftest import ANNAS_CODE, Rig

NAME = "Cube.gcode.3mf"
LARGE = sliced_file(3 * CHUNK_BYTES + 1234, seed=5)


async def sent(rig: Rig, *names: str, code: str | None = None) -> None:
    def scenario() -> None:
        with rig.client(code) if code else rig.client() as client:
            for name in names:
                assert client.upload(name, LARGE)["result"] == 0

    await rig.do(scenario)


async def test_files_are_listed_newest_first(rig: Rig) -> None:
    await sent(rig, "One.gcode.3mf", "Two.gcode.3mf")

    def scenario() -> None:
        with rig.client() as client:
            req = {"api_version": 2, "notify": "DETAIL", "type": "model", "storage": ""}
            reply = client.ask(1, req)
            assert reply["result"] == 0
            files = reply["reply"]["file_lists"]
            assert [file["name"] for file in files] == ["Two.gcode.3mf", "One.gcode.3mf"]  # fmt: skip
            assert all(file["path"] == file["name"] for file in files)
            assert {file["size"] for file in files} == {len(LARGE)}
            assert all(isinstance(file["time"], int) for file in files)

    await rig.do(scenario)


@pytest.mark.parametrize("kind", ["timelapse", "video"])
async def test_there_are_no_films(rig: Rig, kind: str) -> None:
    await sent(rig, NAME)

    def scenario() -> None:
        with rig.client() as client:
            reply = client.ask(1, {"type": kind})
            assert (reply["result"], reply["reply"]["file_lists"]) == (0, [])
            assert client.ask(1, {"type": "songs"})["result"] == 16

    await rig.do(scenario)


@pytest.mark.parametrize("offset", [0, 1, CHUNK_BYTES, len(LARGE) - 1, len(LARGE)])
async def test_a_download_is_the_file_from_the_offset_on(rig: Rig, offset: int) -> None:
    await sent(rig, NAME)

    def scenario() -> None:
        with rig.client() as client:
            content, last = client.download(NAME, offset)
            assert content == LARGE[offset:]
            assert last["result"] == 0
            assert last["reply"]["file_md5"] == hashlib.md5(LARGE).hexdigest()

    await rig.do(scenario)


async def test_what_is_not_there_cannot_be_fetched(rig: Rig) -> None:
    await sent(rig, NAME)

    def scenario() -> None:
        with rig.client() as client:
            assert client.download("Other.gcode.3mf")[1]["result"] == 10
            assert client.download("../../secrets")[1]["result"] == 10
            assert client.download("mem:/26")[1]["result"] == 10
            assert client.ask(4, {})["result"] == 10
            assert client.download(NAME, len(LARGE) + 1)[1]["result"] == 12
            assert client.ask(4, {"path": NAME, "offset": "1"})["result"] == 12

    await rig.do(scenario)


async def test_a_file_that_cannot_be_read_is_told(rig: Rig) -> None:
    await sent(rig, NAME)
    [(_file, path)] = rig.storage.kept.values()
    os.truncate(path, 0)
    path.unlink()
    path.mkdir()

    def scenario() -> None:
        with rig.client() as client:
            assert client.download(NAME)[1]["result"] in {14, 22}
            assert client.ask(7, {"peer": "studio"})["result"] == 0

    await rig.do(scenario)
    path.rmdir()
    rig.storage.kept.clear()


async def test_a_download_can_be_called_off(rig: Rig) -> None:
    content = sliced_file(30_000_000, seed=6)

    def scenario() -> None:
        with rig.client() as client:
            assert client.upload(NAME, content)["result"] == 0
            sequence = client.start(4, {"path": NAME, "offset": 0})
            client.send(call(0x1000, 99, {"tasks": [sequence]}))
            while (head := client.reply()[0])["result"] == 1:
                assert head["sequence"] == sequence
            assert head["result"] == 4
            head, _ = client.reply()
            assert (head["cmdtype"], head["reply"]) == (0x1000, {"tasks": [sequence]})

    await rig.do(scenario)


async def test_a_file_that_is_opened_for_a_connection_that_has_ended_is_closed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fixture looks for what is left open."""
    await sent(rig, NAME, code=ANNAS_CODE)
    locate = rig.storage.locate
    is_asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slowly(name: str, client: Sender) -> Path | None:
        is_asked.set()
        await may_answer.wait()
        return await locate(name, client)

    monkeypatch.setattr(rig.storage, "locate", slowly)
    with await asyncio.to_thread(rig.client, ANNAS_CODE) as client:
        client.start(4, {"path": NAME, "offset": 0})
        await is_asked.wait()
        rig.printer.drop("anna")
        assert await asyncio.to_thread(client.is_closed)
    may_answer.set()


async def test_files_are_deleted_and_only_what_somebody_sent(rig: Rig) -> None:
    await sent(rig, "One.gcode.3mf", "Two.gcode.3mf")

    def scenario() -> None:
        with rig.client(ANNAS_CODE) as anna:
            assert anna.ask(3, {"paths": ["One.gcode.3mf"]})["result"] == 10
            assert anna.download("One.gcode.3mf")[1]["result"] == 10
        with rig.client() as client:
            assert client.ask(3, {"paths": ["One.gcode.3mf"]})["result"] == 0
            assert client.ask(3, {"delete": ["Two.gcode.3mf"]})["result"] == 0
            assert client.ask(3, {"paths": ["Two.gcode.3mf"]})["result"] == 10
            assert client.ask(3, {"paths": []})["result"] == 10
            assert client.ask(3, {"paths": ["x"] * (listing.MAX_PATHS + 1)})["result"] == 10  # fmt: skip

    await rig.do(scenario)
    assert rig.storage.kept == {}


async def test_pictures_of_files(rig: Rig) -> None:
    await sent(rig, "One.gcode.3mf", "Two.gcode.3mf", "Three.gcode.3mf")
    rig.storage.pictures |= {
        "One.gcode.3mf": b"\x89PNG one",
        "Three.gcode.3mf": bytes(listing.MAX_PICTURE_BYTES + 1),
    }

    def scenario() -> None:
        with rig.client() as client:
            paths = [f"{name}.gcode.3mf#thumbnail" for name in ("One", "Two", "Three")]
            client.start(2, {"paths": paths, "zip": False})
            replies = [client.reply() for _ in paths]
            assert [head["result"] for head, _ in replies] == [1, 1, 10]
            head, data = replies[0]
            assert data == b"\x89PNG one"
            assert head["reply"] == {
                "path": "One.gcode.3mf",
                "thumbnail": "One.gcode.3mf",
                "mimetype": "image/png",
                "size": len(data),
                "continue": True,
            }
            assert [data for _, data in replies[1:]] == [b"", b""]
            assert client.ask(2, {"paths": []})["result"] == 10
            assert client.ask(2, {"path": "..#thumbnail"})["result"] == 10

    await rig.do(scenario)


async def test_parts_of_a_file_come_in_an_archive(rig: Rig) -> None:
    await sent(rig, NAME)

    def scenario() -> None:
        with rig.client() as client:
            parts = ["Metadata/slice_info.config", "_rels/.rels"]
            client.start(2, {"paths": [f"{NAME}#{part}" for part in parts], "zip": True})  # fmt: skip
            head, data = client.reply()
            assert head["result"] == 0
            assert head["reply"]["mimetype"] == "application/zip"
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                assert archive.namelist() == ["Metadata/slice_info.config"]
                assert archive.read(parts[0]) == b"<config/>"
            client.start(2, {"paths": [f"{NAME}#nothing"]})
            assert client.reply()[0]["result"] == 10

    await rig.do(scenario)


async def test_replies_are_one_line(rig: Rig) -> None:
    """Slicers split text and bytes at the first empty line."""
    await sent(rig, NAME)

    def scenario() -> None:
        with rig.client() as client:
            client.start(1, {"type": "model"})
            _kind, payload = client.receive()
            assert b"\n" not in payload
            assert json.loads(payload)["result"] == 0

    await rig.do(scenario)


async def test_a_broken_disk_is_told(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def files(_client: Sender) -> None:
        raise StorageError(as_it_stands("broken"))

    async def crash(_client: Sender) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr(rig.storage, "files", files)

    def scenario() -> None:
        with rig.client() as client:
            assert client.ask(1, {"type": "model"})["result"] == 22

    await rig.do(scenario)
    monkeypatch.setattr(rig.storage, "files", crash)

    def again() -> None:
        with rig.client() as client:
            assert client.ask(1, {"type": "model"})["result"] == 14
            assert client.ask(7, {"peer": "studio"})["result"] == 0

    await rig.do(again)
