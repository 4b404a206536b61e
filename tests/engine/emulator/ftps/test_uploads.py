"""Uploads as slicers and other clients send them, in every order and with every kind of end."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
import hashlib
import random
import socket
import ssl
import threading

import pytest

from custom_components.bambu_virtual_printer.engine import storage
from custom_components.bambu_virtual_printer.engine.emulator.ftps import (
    connection,
    passive,
)
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.reception import sinks
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from custom_components.bambu_virtual_printer.engine.values import ReceivedFile
from tests.support.ftps_clients import plain_fin, pour, reset, sliced_file
from tests.support.serials import SERIAL
from tests.support.waiting import until

from .conftest import Rig

NAME = "Cube.gcode.3mf"


async def test_upload_is_kept_byte_for_byte_and_reported(rig: Rig) -> None:
    content = sliced_file(6_000_000)

    def scenario() -> str:
        with rig.client() as client:
            return client.store(NAME, content)

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content
    (started,) = rig.started
    (received,) = rig.received
    assert received.request is None
    file = received.file
    assert (file.id, file.name) == (started.id, NAME)
    assert file.size_bytes == len(content)
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.peer == started.peer
    assert file.encrypted
    assert rig.failed == []


async def test_the_md5_is_that_of_the_whole_file_and_only_taken_when_wanted(
    rig: Rig,
) -> None:
    content = sliced_file(6_000_000)
    rig.wanting_md5.add(NAME)

    def scenario() -> None:
        with rig.client() as client:
            assert client.store(NAME, content).startswith("226")
            assert client.store("Other.3mf", content).startswith("226")

    await rig.do(scenario)
    wanted, other = rig.received
    assert wanted.md5 == hashlib.md5(content).hexdigest().upper()
    assert wanted.file.sha256 == hashlib.sha256(content).hexdigest()
    assert other.md5 == ""


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/Cube Ünïcode 1.gcode.3mf", "Cube Ünïcode 1.gcode.3mf"),
        ("  two  spaces .3mf", "  two  spaces .3mf"),
        ("/cache//x.3mf", "x.3mf"),
        ("sdcard/деталь.3MF", "деталь.3MF"),
        ("/no/such/folder/部品.3mf", "部品.3mf"),
        ("x" * 251 + ".3mf", "x" * 251 + ".3mf"),
    ],
)
async def test_name_is_the_last_part_of_the_path(
    rig: Rig, path: str, name: str
) -> None:
    content = sliced_file()

    def scenario() -> str:
        with rig.client() as client:
            return client.store(path, content)

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(name) == content


async def test_name_in_an_old_encoding_is_understood(rig: Rig) -> None:
    content = sliced_file()

    def scenario() -> None:
        with rig.client() as client, client.connect(client.epsv()) as sock:
            client.send_bytes("STOR Würfel.3mf\r\n".encode("latin-1"))
            assert client.reply().startswith("150")
            with client.encrypt(sock) as data:
                data.sendall(content)
            assert client.reply().startswith("226")

    await rig.do(scenario)
    assert rig.kept("Würfel.3mf") == content


@pytest.mark.parametrize("path", ["/", "", "cache/", ".", "..", "/cache/..", "a\x07.3mf", "ä" * 126 + ".3mf"])  # fmt: skip
async def test_name_that_cannot_be_one_is_refused(rig: Rig, path: str) -> None:
    def scenario() -> str:
        with rig.client() as client:
            client.epsv()
            return client.command(f"STOR {path}")

    assert (await rig.do(scenario)).startswith("553")
    assert rig.events == []


async def test_verify_job_is_accepted_and_forgotten(rig: Rig) -> None:
    def scenario() -> list[str]:
        with rig.client() as client:
            return [
                client.store("verify_job", b"some bytes"),
                client.store("verify_job", b""),
                client.store("probe.bin", b"some bytes" * 100_000),
            ]

    for reply in await rig.do(scenario):
        assert reply.startswith("226")
    assert rig.events == []
    assert rig.storage.kept == {}


@pytest.mark.parametrize("name", ["plate.bgcode", "PLATE.BGCODE", "cube.stl"])
async def test_what_is_not_sliced_is_refused_in_words_and_told(
    rig: Rig, name: str
) -> None:
    def scenario() -> list[str]:
        with rig.client() as client:
            client.epsv()
            return [
                client.command(f"STOR {name}"),
                client.store("verify_job", b"G28\n"),
            ]

    refused, probe = await rig.do(scenario)
    assert refused.startswith("550 ")
    assert ".gcode.3mf" in refused
    assert "Export plate sliced file" in refused
    assert probe.startswith("226")
    (failed,) = rig.failed
    assert (failed.id, failed.name, failed.peer) == (None, name, "127.0.0.1")
    assert str(failed.reason) in refused


GCODE = b"; HEADER_BLOCK_START\n" + b"G1 X1\n" * 5000 + b"; EXECUTABLE_BLOCK_END\n"


async def test_plain_gcode_is_kept_and_refused_when_its_end_is_missing(
    rig: Rig,
) -> None:
    def scenario() -> list[str]:
        with rig.client() as client:
            return [
                client.store("plate.gcode", GCODE),
                client.store("cut.gcode", GCODE[:-25]),
                client.store("binary.gcode", b"GCDE\0\0"),
            ]

    kept, cut, binary = await rig.do(scenario)
    assert kept.startswith("226")
    assert cut.startswith("426") and "EXECUTABLE_BLOCK_END" in cut
    assert binary.startswith("426") and "not G-code" in binary
    assert [file.name for file, _ in rig.storage.kept.values()] == ["plate.gcode"]


async def test_upload_without_close_notify_is_complete(rig: Rig) -> None:
    content = sliced_file(500_000)

    def scenario() -> str:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(content)
                plain_fin(data)
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content


async def test_upload_in_clear_text_is_accepted_although_protection_was_agreed(
    rig: Rig,
) -> None:
    content = sliced_file(2_500_000)

    def scenario() -> str:
        with rig.client() as client:
            with client.connect(client.epsv()) as data:
                assert client.command(f"STOR {NAME}").startswith("150")
                data.sendall(content)
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content
    assert not rig.received[0].file.encrypted


async def test_clear_client_may_keep_its_side_open_until_the_server_closes(
    rig: Rig,
) -> None:
    content = sliced_file()

    def scenario() -> str:
        with rig.client() as client:
            assert client.command("PROT C").startswith("200")
            with client.connect(client.epsv()) as data:
                assert client.command(f"STOR {NAME}").startswith("150")
                data.sendall(content)
                data.shutdown(socket.SHUT_WR)
                reply = client.reply()
                assert data.recv(1) == b""
            return reply

    assert (await rig.do(scenario)).startswith("226")


async def test_handshake_before_stor_is_answered(rig: Rig) -> None:
    content = sliced_file()

    def scenario() -> str:
        with rig.client() as client:
            with client.encrypt(client.connect(client.epsv())) as data:
                assert client.command(f"STOR {NAME}").startswith("150")
                data.sendall(content)
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content


async def test_whole_clear_file_before_stor_is_not_lost(rig: Rig) -> None:
    content = sliced_file()

    def scenario() -> str:
        with rig.client() as client:
            with client.connect(client.epsv()) as data:
                data.sendall(content)
            assert client.command(f"STOR {NAME}").startswith("150")
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content


async def test_150_comes_before_the_data_connection(rig: Rig) -> None:
    content = sliced_file()

    def scenario() -> str:
        with rig.client() as client:
            port = client.epsv()
            assert client.command(f"STOR {NAME}").startswith("150")
            with client.encrypt(client.connect(port)) as data:
                data.sendall(content)
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content


async def test_handshake_in_single_bytes_is_still_a_handshake(rig: Rig) -> None:
    content = sliced_file()

    def scenario() -> str:
        """Lay TLS over memory, and send what it makes of it one byte at a time."""
        with rig.client() as client, client.connect(client.epsv()) as sock:
            assert client.command(f"STOR {NAME}").startswith("150")
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = client.context.wrap_bio(inward, outward, server_hostname=SERIAL)
            while True:
                try:
                    tls.do_handshake()
                except ssl.SSLWantReadError:
                    for byte in outward.read():
                        sock.sendall(bytes((byte,)))
                    inward.write(sock.recv(65536))
                else:
                    break
            tls.write(content)
            sock.sendall(outward.read())
            sock.shutdown(socket.SHUT_WR)
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content


async def test_lone_first_byte_of_a_handshake_is_a_file_when_nothing_follows(
    rig: Rig,
) -> None:
    def scenario() -> str:
        with rig.client() as client:
            with client.connect(client.epsv()) as data:
                assert client.command("STOR verify_job").startswith("150")
                data.sendall(b"\x16")
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")


async def test_226_comes_before_the_end_of_the_data_connection(rig: Rig) -> None:
    """Slicers that see the end first say QUIT and report a failure."""
    content = sliced_file()

    def scenario() -> None:
        with rig.client() as client, client.storing(NAME) as data:
            data.sendall(content)
            closer = threading.Thread(target=data.unwrap)
            closer.start()
            closer.join(20)
            # close_notify of the server has arrived, so 226 must be readable without waiting.
            client.sock.settimeout(0.0)
            assert client.sock.recv(100).startswith(b"226")

    await rig.do(scenario)


async def test_upload_cut_by_a_reset_is_refused_and_leaves_nothing_behind(
    rig: Rig,
) -> None:
    content = sliced_file(4_000_000)

    def scenario() -> list[str]:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(content[:3_000_000])
                reset(data)
            first = client.reply()
            return [first, client.store(NAME, content)]

    cut, again = await rig.do(scenario)
    assert cut.startswith("426")
    assert again.startswith("226")
    (failed,) = rig.failed
    assert (failed.name, failed.id) == (NAME, rig.started[0].id)
    assert failed.received_bytes <= 3_000_000
    assert "broke off" in str(failed.reason)
    assert rig.kept(NAME) == content


async def test_truncated_archive_is_refused_and_leaves_nothing_behind(
    rig: Rig,
) -> None:
    content = sliced_file(400_000)

    def scenario() -> list[str]:
        with rig.client() as client:
            return [
                client.store(NAME, content[:count])
                for count in (0, 1, 200_000, len(content) - 1)
            ]

    for reply in await rig.do(scenario):
        assert reply.startswith("426"), reply
        assert "not a complete 3MF" in reply
    assert rig.storage.kept == {}
    assert rig.storage.leftovers() == []
    assert [failed.received_bytes for failed in rig.failed] == [
        0,
        1,
        200_000,
        len(content) - 1,
    ]


async def test_loss_of_the_control_connection_ends_the_upload(rig: Rig) -> None:
    def scenario() -> None:
        client = rig.client()
        with client.storing(NAME) as data:
            data.sendall(sliced_file()[:5000])
            client.reset()
            # The server hangs up on the data connection as well.
            assert pour(data)

    await rig.do(scenario)
    await until(lambda: bool(rig.failed), "the upload failed")
    assert "control connection" in str(rig.failed[0].reason)
    assert rig.storage.leftovers() == []
    assert rig.server.uploads == ()


async def test_abor_ends_the_upload_and_the_session_goes_on(rig: Rig) -> None:
    content = sliced_file()

    def scenario() -> list[str]:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(content[:5000])
                # As telnet clients send it.
                client.send_bytes(b"\xff\xf4\xff\xf2ABOR\r\n")
                replies = [client.reply(), client.reply()]
            return [*replies, client.command("ABOR"), client.store(NAME, content)]

    cut, aborted, nothing, stored = await rig.do(scenario)
    assert cut.startswith("426")
    assert aborted.startswith("226")
    assert nothing.startswith("225")
    assert stored.startswith("226")
    assert len(rig.failed) == 1


async def test_abor_that_comes_too_late_is_told_that_nothing_was_aborted(
    rig: Rig,
) -> None:
    """The file is safe, and the client must not believe that it is not."""
    commit = rig.storage.commit
    arrived = threading.Event()

    async def _slow(*args: object, **values: object) -> ReceivedFile:
        (session,) = rig.server._sessions
        arrived.set()
        await until(lambda: session._aborted, "ABOR has arrived")
        return await commit(*args, **values)

    rig.storage.commit = _slow

    def scenario() -> list[str]:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(sliced_file())
                plain_fin(data)
            assert arrived.wait(10)
            client.send("ABOR")
            return [client.reply(), client.reply(), client.command("NOOP")]

    stored, late, alive = await rig.do(scenario)
    assert stored.startswith("226 Transfer complete")
    assert late.startswith("225")
    assert alive.startswith("200")
    assert rig.failed == []


async def test_abor_while_waiting_for_the_data_connection(rig: Rig) -> None:
    def scenario() -> list[str]:
        with rig.client() as client:
            client.epsv()
            assert client.command(f"STOR {NAME}").startswith("150")
            client.send("ABOR")
            return [client.reply(), client.reply(), client.command("NOOP")]

    cut, aborted, alive = await rig.do(scenario)
    assert cut.startswith("426")
    assert aborted.startswith("226")
    assert alive.startswith("200")


async def test_quit_sent_ahead_is_answered_after_the_file_is_safe(rig: Rig) -> None:
    content = sliced_file(2_000_000)

    def scenario() -> list[str]:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(content[:1_000_000])
                client.send("NOOP", "QUIT")
                data.sendall(content[1_000_000:])
            return [client.reply() for _ in range(4)]

    stored, alive, goodbye, end = await rig.do(scenario)
    assert stored.startswith("226")
    assert alive.startswith("200")
    assert goodbye.startswith("221")
    assert end == ""
    assert rig.kept(NAME) == content


async def test_silent_data_connection_times_out(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE_LIMIT_S", 1.0)

    def scenario() -> list[str]:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(b"PK")
                first = client.reply()
            with client.connect(client.epsv()):
                # Not even a first byte.
                assert client.command(f"STOR {NAME}").startswith("150")
                second = client.reply()
            with client.connect(client.epsv()) as sock:
                # A handshake that stops half-way.
                sock.sendall(b"\x16\x03\x01\x02")
                assert client.command(f"STOR {NAME}").startswith("150")
                third = client.reply()
            return [first, second, third]

    for reply in await rig.do(scenario):
        assert reply.startswith("426")
        assert "too long" in reply
    assert len(rig.failed) == 3


async def test_upload_without_data_connection_times_out(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passive, "CONNECTION_LIMIT_S", 0.2)

    def scenario() -> list[str]:
        with rig.client() as client:
            client.epsv()
            assert client.command(f"STOR {NAME}").startswith("150")
            return [client.reply(), client.command("NOOP")]

    late, alive = await rig.do(scenario)
    assert late.startswith("425")
    assert alive.startswith("200")
    assert "no data connection" in str(rig.failed[0].reason)


async def test_stor_without_passive_port_is_refused(rig: Rig) -> None:
    def scenario() -> list[str]:
        with rig.client() as client:
            client.store("verify_job", b"")
            # A port is good for one transfer.
            return [client.command(f"STOR {NAME}"), client.command("NOOP")]

    refused, alive = await rig.do(scenario)
    assert refused.startswith("425")
    assert alive.startswith("200")
    assert rig.events == []


async def test_garbage_instead_of_a_handshake_fails_the_upload(rig: Rig) -> None:
    def scenario() -> str:
        with rig.client() as client, client.connect(client.epsv()) as sock:
            assert client.command(f"STOR {NAME}").startswith("150")
            sock.sendall(b"\x16\x03" + b"\xff" * 500)
            return client.reply()

    reply = await rig.do(scenario)
    assert reply.startswith("426")
    assert "encryption" in reply


async def test_damaged_record_fails_the_upload(rig: Rig) -> None:
    def scenario() -> str:
        with rig.client() as client, client.storing(NAME) as data:
            data.sendall(sliced_file())
            raw = socket.socket(fileno=data.detach())
            with raw:
                raw.sendall(b"\x17\x03\x03\x00\x40" + bytes(64))
                return client.reply()

    reply = await rig.do(scenario)
    assert reply.startswith("426")
    assert "encryption" in reply


async def test_two_uploads_of_one_name_at_once_do_not_mix(rig: Rig) -> None:
    contents = [sliced_file(2_000_000, seed) for seed in (1, 2)]
    both = threading.Barrier(2)

    def scenario(content: bytes) -> str:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(content[:1_000_000])
                both.wait(20)
                data.sendall(content[1_000_000:])
            return client.reply()

    replies = await asyncio.gather(
        *(asyncio.to_thread(scenario, content) for content in contents)
    )
    assert all(reply.startswith("226") for reply in replies)
    kept = [path.read_bytes() for _file, path in rig.storage.kept.values()]
    assert sorted(kept) == sorted(contents)


async def test_many_uploads_at_once_all_arrive_whole(rig: Rig) -> None:
    contents = [sliced_file(1_500_000, seed) for seed in range(10)]

    def scenario(number: int) -> str:
        with rig.client() as client:
            return client.store(f"{number}.3mf", contents[number])

    with ThreadPoolExecutor(10) as threads:
        loop = asyncio.get_running_loop()
        replies = await asyncio.gather(
            *(loop.run_in_executor(threads, scenario, n) for n in range(10))
        )
    assert all(reply.startswith("226") for reply in replies)
    for number, content in enumerate(contents):
        assert rig.kept(f"{number}.3mf") == content


async def test_progress_can_be_seen(rig: Rig) -> None:
    content = sliced_file(2_000_000)
    half_sent, go_on = threading.Event(), threading.Event()

    def scenario() -> str:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(content[:1_000_000])
                half_sent.set()
                assert go_on.wait(20)
                data.sendall(content[1_000_000:])
            return client.reply()

    upload = asyncio.create_task(rig.do(scenario))
    await asyncio.to_thread(half_sent.wait, 20)
    await until(
        lambda: (
            bool(rig.server.uploads)
            and rig.server.uploads[0].received_bytes == 1_000_000
        ),
        "half of it has arrived",
    )
    (progress,) = rig.server.uploads
    assert progress.name == NAME
    assert progress.id == rig.started[0].id
    assert progress.peer == rig.started[0].peer
    assert rig.server.sessions == 1
    go_on.set()
    assert (await upload).startswith("226")
    assert rig.server.uploads == ()


# --- limits and broken storages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [NAME, "large.bin"])
async def test_file_that_is_too_large_is_refused(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(storage, "MAX_UPLOAD_BYTES", 1_000_000)
    exact = sliced_file(1_000_000)
    exact = sliced_file(1_000_000 - (len(exact) - 1_000_000))

    def scenario() -> list[str]:
        with rig.client() as client:
            with client.storing(name) as data:
                assert pour(data)
            replies = [client.reply()]
            replies.append(client.store(name, exact[:1_000_000]))
            return replies

    too_large, just_fits = await rig.do(scenario)
    assert too_large.startswith("552")
    assert just_fits.startswith("226")


async def test_announced_size_is_refused_before_anything_is_sent(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "MAX_UPLOAD_BYTES", 10**17)

    def scenario() -> list[str]:
        with rig.client() as client:
            replies = []
            for size in (10**16, 10**18):
                assert client.command(f"ALLO {size}").startswith("202")
                client.epsv()
                replies.append(client.command(f"STOR {NAME}"))
            # The announcement is forgotten.
            replies.append(client.store(NAME, sliced_file()))
            return replies

    no_room, too_large, fine = await rig.do(scenario)
    assert no_room.startswith("452")
    assert too_large.startswith("552")
    assert fine.startswith("226")
    assert [failed.received_bytes for failed in rig.failed] == [0, 0]
    assert rig.storage.leftovers() == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StorageFullError(as_it_stands("full")), "452"),
        (StorageError(as_it_stands("read-only")), "451"),
    ],
)
async def test_storage_that_takes_no_upload_is_an_answer_of_its_own(
    rig: Rig, error: StorageError, code: str
) -> None:
    rig.storage.begin_error = error

    def scenario() -> list[str]:
        with rig.client() as client:
            client.epsv()
            return [client.command(f"STOR {NAME}"), client.command("NOOP")]

    refused, alive = await rig.do(scenario)
    assert refused == f"{code} {error}"
    assert alive.startswith("200")
    assert rig.started == []
    assert rig.failed[0].id is None
    assert str(rig.failed[0].reason) == str(error)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StorageFullError(as_it_stands("full")), "452"),
        (StorageError(as_it_stands("index\r\nbroken")), "451"),
    ],
)
async def test_upload_that_cannot_be_kept_is_not_acknowledged(
    rig: Rig, error: StorageError, code: str
) -> None:
    rig.storage.commit_error = error

    def scenario() -> list[str]:
        with rig.client() as client:
            return [client.store(NAME, sliced_file()), client.command("NOOP")]

    refused, alive = await rig.do(scenario)
    assert refused.startswith(code)
    assert "\n" not in refused
    assert alive.startswith("200")
    assert rig.received == []
    assert len(rig.failed) == 1


async def test_folder_that_cannot_be_written_is_a_storage_failure(rig: Rig) -> None:
    def scenario() -> str:
        with rig.client() as client:
            client.epsv()
            return client.command(f"STOR {NAME}")

    rig.storage.folder_is_missing = True
    reply = await rig.do(scenario)
    assert reply.startswith("451")
    assert len(rig.failed) == 1


async def test_fault_in_the_storage_ends_the_session_but_not_the_server(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.storage.begin_error = RuntimeError("a bug")  # type: ignore[assignment]

    def broken() -> list[str]:
        with rig.client() as client:
            client.epsv()
            return [client.command(f"STOR {NAME}"), client.reply()]

    def fine() -> str:
        with rig.client() as client:
            return client.store(NAME, sliced_file())

    internal, end = await rig.do(broken)
    assert internal.startswith("421")
    assert end == ""
    assert "a bug" in caplog.text
    rig.storage.begin_error = None
    assert (await rig.do(fine)).startswith("226")


@pytest.mark.parametrize("size", [0, 1, 5, 16_383, 16_384, 16_385, sinks.BLOCK_BYTES, sinks.BLOCK_BYTES * 5])  # fmt: skip
async def test_archives_of_every_size_fit_into_blocks(rig: Rig, size: int) -> None:
    content = sliced_file(size, random.randrange(1000))

    def scenario() -> str:
        with rig.client() as client:
            return client.store(NAME, content)

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content
