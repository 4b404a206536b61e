"""What clients fetch: lists, sizes, times and files, in clear text and encrypted."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
import re
import socket
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.ftps import connection
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from tests.support.ftps_clients import pour, reset, sliced_file

from .conftest import Rig

NAMES = ("a b.3mf", "Ünï.3mf")


async def stored(rig: Rig, size: int = 10_000) -> list[bytes]:
    contents = [sliced_file(size, seed) for seed in range(len(NAMES))]

    def scenario() -> None:
        with rig.client() as client:
            for name, content in zip(NAMES, contents, strict=True):
                assert client.store(name, content).startswith("226")

    await rig.do(scenario)
    return contents


@pytest.mark.parametrize("encrypted", [True, False])
async def test_file_comes_back_byte_for_byte(rig: Rig, encrypted: bool) -> None:
    contents = await stored(rig, 3_000_000)

    def scenario() -> list[bytes]:
        with rig.client() as client:
            client.command(f"PROT {'P' if encrypted else 'C'}")
            return [
                client.fetch(f"RETR /cache//{name}", encrypted=encrypted)
                for name in NAMES
            ]

    assert await rig.do(scenario) == contents


@pytest.mark.parametrize("encrypted", [True, False])
async def test_list_uses_the_data_connection(rig: Rig, encrypted: bool) -> None:
    contents = await stored(rig)

    def scenario() -> list[bytes]:
        with rig.client() as client:
            client.command(f"PROT {'P' if encrypted else 'C'}")
            client.command("CWD /sdcard")
            return [
                client.fetch(command, encrypted=encrypted)
                for command in ("LIST", "LIST -la /", "LIST a b.3mf", "NLST /cache")
            ]

    everything, the_same, one, names = await rig.do(scenario)
    lines = everything.decode().splitlines()
    assert the_same == everything
    assert one.decode().splitlines() == lines[1:]
    assert names.decode().splitlines() == list(reversed(NAMES))
    for line, name, content in zip(
        lines, reversed(NAMES), reversed(contents), strict=True
    ):
        assert re.fullmatch(
            rf"-rw-r--r-- 1 0 0 {len(content)} [A-Z][a-z][a-z] \d\d \d\d:\d\d {name}",
            line,
        )


@pytest.mark.parametrize("encrypted", [True, False])
async def test_empty_list_still_uses_the_data_connection(
    rig: Rig, encrypted: bool
) -> None:
    def scenario() -> bytes:
        with rig.client() as client:
            client.command(f"PROT {'P' if encrypted else 'C'}")
            return client.fetch("LIST", encrypted=encrypted)

    assert await rig.do(scenario) == b""


async def test_handshake_before_list_is_answered(rig: Rig) -> None:
    await stored(rig)

    def scenario() -> bytes:
        with rig.client() as client:
            client.command("PROT C")
            with client.encrypt(client.connect(client.epsv())) as data:
                assert client.command("NLST").startswith("150")
                found = data.recv(1000)
            assert client.reply().startswith("226")
            return found

    assert (await rig.do(scenario)).decode().splitlines() == list(reversed(NAMES))


async def test_size_time_and_deletion(rig: Rig) -> None:
    contents = await stored(rig)

    def scenario() -> list[str]:
        with rig.client() as client:
            # LIST leaves some clients in ASCII.
            client.command("TYPE A")
            return [
                client.command(command)
                for command in (
                    "SIZE /cache//a b.3mf",
                    "MDTM a b.3mf",
                    "DELE a b.3mf",
                    "DELE a b.3mf",
                    "SIZE a b.3mf",
                    "MDTM a b.3mf",
                )
            ]

    size, time, deleted, *gone = await rig.do(scenario)
    assert size == f"213 {len(contents[0])}"
    assert time.startswith("213 ")
    at = datetime.strptime(time[4:], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - at).total_seconds()) < 100
    assert deleted.startswith("250")
    assert [reply[:3] for reply in gone] == ["550", "550", "550"]


async def test_what_is_not_there_cannot_be_fetched(rig: Rig) -> None:
    def scenario() -> list[str]:
        with rig.client() as client:
            replies = []
            for command in ("RETR no.3mf", "LIST no.3mf", "NLST no.3mf"):
                client.epsv()
                replies.append(client.command(command))
            replies.append(client.command("RETR no.3mf"))
            return replies

    *missing, no_port = await rig.do(scenario)
    assert [reply[:3] for reply in missing] == ["550", "550", "550"]
    assert no_port.startswith("425")


async def test_file_that_vanished_is_550(rig: Rig) -> None:
    await stored(rig)
    for _file, path in rig.storage.kept.values():
        path.unlink()

    def scenario() -> str:
        with rig.client() as client:
            client.epsv()
            return client.command("RETR a b.3mf")

    assert (await rig.do(scenario)).startswith("550")


async def test_file_that_cannot_be_read_is_451(rig: Rig) -> None:
    await stored(rig)
    for _file, path in rig.storage.kept.values():
        path.unlink()
        path.mkdir()

    def scenario() -> list[str]:
        with rig.client() as client:
            client.command("PROT C")
            client.connect(client.epsv()).close()
            return [client.command("RETR a b.3mf"), client.reply(), client.command("NOOP")]  # fmt: skip

    opening, failed, alive = await rig.do(scenario)
    assert opening.startswith("150")
    assert failed.startswith("451")
    assert alive.startswith("200")
    for _file, path in rig.storage.kept.values():
        path.rmdir()


async def test_file_that_may_not_be_opened_is_451(rig: Rig, tmp_path: Path) -> None:
    await stored(rig)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for key, (file, _path) in [*rig.storage.kept.items()]:
        rig.storage.kept[key] = file, loop

    def scenario() -> str:
        with rig.client() as client:
            client.epsv()
            return client.command("RETR a b.3mf")

    assert (await rig.do(scenario)).startswith("451")


@pytest.mark.parametrize(
    "command", ["SIZE a", "MDTM a", "DELE a", "LIST", "RETR a", "AVBL"]
)
async def test_storage_that_fails_is_451(
    rig: Rig, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def _fail(*_args: object) -> None:
        raise StorageError(as_it_stands("The storage failed"))

    for method in ("files", "locate", "remove", "free_bytes"):
        monkeypatch.setattr(rig.storage, method, _fail)

    def scenario() -> list[str]:
        with rig.client() as client:
            client.epsv()
            return [client.command(command), client.command("NOOP")]

    failed, alive = await rig.do(scenario)
    assert failed.startswith("451 The storage failed")
    assert alive.startswith("200")


@pytest.mark.parametrize("shakes_hands", [True, False])
@pytest.mark.parametrize("encrypted", [True, False])
async def test_client_that_never_reads_times_out(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, encrypted: bool, shakes_hands: bool
) -> None:
    await stored(rig, 20_000_000)
    monkeypatch.setattr(connection, "IDLE_LIMIT_S", 1.0)

    def scenario() -> str:
        with rig.client() as client:
            client.command(f"PROT {'P' if encrypted else 'C'}")
            with client.connect(client.epsv()) as sock:
                assert client.command("RETR a b.3mf").startswith("150")
                data = client.encrypt(sock) if encrypted and shakes_hands else sock
                with data:
                    return client.reply()

    assert (await rig.do(scenario)).startswith("426")


async def test_client_that_goes_away_ends_the_download(rig: Rig) -> None:
    await stored(rig, 20_000_000)

    def scenario() -> list[str]:
        with rig.client() as client:
            port = client.epsv()
            sock = client.connect(port)
            assert client.command("RETR a b.3mf").startswith("150")
            data = client.encrypt(sock)
            data.recv(1000)
            reset(data)
            return [client.reply(), client.command("NOOP")]

    failed, alive = await rig.do(scenario)
    assert failed.startswith("426")
    assert alive.startswith("200")


async def test_reset_of_one_client_does_not_touch_another_ones_transfer(
    rig: Rig,
) -> None:
    """All transfers share a thread, and with it OpenSSL's queue of errors."""
    await stored(rig, 20_000_000)
    content = sliced_file(500_000)
    half_sent, go_on = threading.Event(), threading.Event()

    def uploads() -> str:
        with rig.client() as client:
            with client.storing("patient.3mf") as data:
                data.sendall(content[:100_000])
                half_sent.set()
                assert go_on.wait(20)
                data.sendall(content[100_000:])
            return client.reply()

    def resets() -> None:
        for _ in range(5):
            with rig.client() as client:
                port = client.epsv()
                sock = client.connect(port)
                client.command("RETR a b.3mf")
                data = client.encrypt(sock)
                data.recv(1000)
                reset(data)
                assert client.reply().startswith("426")

    upload = asyncio.create_task(rig.do(uploads))
    await asyncio.to_thread(half_sent.wait, 20)
    await rig.do(resets)
    go_on.set()
    assert (await upload).startswith("226")


async def test_client_that_sends_instead_of_parting_is_cut_in_the_end(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LINGER_LIMIT_S", 0.2)

    def scenario() -> bool:
        with rig.client() as client:
            client.command("PROT C")
            with client.connect(client.epsv()) as data:
                assert client.command("LIST").startswith("150")
                assert client.reply().startswith("226")
                assert data.recv(1) == b""
                while True:
                    if pour(data):
                        return True

    assert await rig.do(scenario)


async def test_client_that_keeps_the_data_connection_open_is_cut_in_the_end(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LINGER_LIMIT_S", 0.2)

    def scenario() -> None:
        with rig.client() as client:
            client.command("PROT C")
            data = client.connect(client.epsv())
            assert client.command("LIST").startswith("150")
            assert client.reply().startswith("226")
            with data:
                data.settimeout(20)
                assert data.recv(1) == b""
                # A FIN first; a while later there is nobody any more.
                while True:
                    try:
                        data.send(b"x", socket.MSG_NOSIGNAL)
                    except OSError:
                        return

    await rig.do(scenario)
