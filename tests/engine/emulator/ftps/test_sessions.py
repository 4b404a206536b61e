"""Control connections: logging in, limits, ports, and the end."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
import logging
import socket
import threading
import time

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.ftps import (
    data_connections,
    replies,
    server as server_module,
    session as session_module,
)
from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.events import (
    LoginFailed,
    UploadRenamed,
)
from custom_components.bambu_virtual_printer.engine.net import admission, pauses
from custom_components.bambu_virtual_printer.engine.net.admission import (
    limits_of_process,
)
from custom_components.bambu_virtual_printer.engine.net.guesses import REFUSAL_DELAY_S
from custom_components.bambu_virtual_printer.engine.values import Service
from tests.support.ftps_clients import ACCESS_CODE, plain_fin, sliced_file, trusting
from tests.support.serials import SERIAL
from tests.support.waiting import until

from .conftest import Rig

NAME = "Cube.gcode.3mf"


async def test_recorded_conversation_of_a_slicer_is_answered(rig: Rig) -> None:
    """The order of commands of Bambu Studio 2.7 with a P2S."""

    def scenario() -> list[str]:
        with rig.client(log_in=False) as client:
            replies = [client.banner]
            replies += [
                client.command(line)
                for line in (
                    "USER bblp",
                    f"PASS {ACCESS_CODE}",
                    "PBSZ 0",
                    "PROT P",
                    "PWD",
                )
            ]
            port = client.epsv()
            replies.append(client.command("TYPE I"))
            sock = client.connect(port)
            replies.append(client.command("STOR verify_job"))
            with client.encrypt(sock) as data:
                assert data.session_reused
                data.sendall(b"ok")
            replies.append(client.reply())
            replies.append(client.command("QUIT"))
            assert client.reply() == ""
            return replies

    codes = [reply[:3] for reply in await rig.do(scenario)]
    assert codes == [
        "220",
        "331",
        "230",
        "200",
        "200",
        "257",
        "200",
        "150",
        "226",
        "221",
    ]


async def test_wrong_code_costs_a_moment_and_nothing_else(rig: Rig) -> None:
    def scenario() -> float:
        with rig.client(log_in=False) as client:
            began = time.monotonic()
            for _ in range(2):
                assert client.command("USER bblp").startswith("331")
                assert client.command("PASS 87654321").startswith("530")
            took = time.monotonic() - began
            assert client.command("LIST").startswith("530")
            client.log_in()
            assert client.store("verify_job", b"").startswith("226")
            return took

    assert await rig.do(scenario) >= 2 * REFUSAL_DELAY_S
    assert [type(event) for event in rig.logins_failed] == [LoginFailed]
    assert rig.logins_failed[0].service is Service.FTPS


@pytest.mark.parametrize(
    "lines",
    [
        ("USER other", f"PASS {ACCESS_CODE}"),
        ("USER bblp", "PASS"),
        ("USER", "PASS"),
        ("USER bblp", "PASS ÄÖ\udcff"),
    ],
)
async def test_wrong_user_and_strange_codes_are_refused(
    rig: Rig, lines: tuple[str, str]
) -> None:
    def scenario() -> list[str]:
        with rig.client(log_in=False) as client:
            replies = []
            for line in lines:
                client.send_bytes(line.encode(errors="surrogateescape") + b"\r\n")
                replies.append(client.reply())
            return replies

    replies = await rig.do(scenario)
    assert [reply[:3] for reply in replies] == ["331", "530"]


async def test_user_name_may_be_written_anyhow(rig: Rig) -> None:
    def scenario() -> str:
        with rig.client(log_in=False) as client:
            client.command("USER BBLP")
            return client.command(f"PASS {ACCESS_CODE}")

    assert (await rig.do(scenario)).startswith("230")


async def test_access_code_is_never_logged(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def scenario() -> None:
        with rig.client() as client:
            client.store(NAME, sliced_file())
            client.command("USER bblp")
            client.command("PASS 87654321")

    await rig.do(scenario)
    assert "OpenPassive" in caplog.text
    assert ACCESS_CODE not in caplog.text
    assert "87654321" not in caplog.text


async def test_commands_sent_ahead_are_answered_in_order(rig: Rig) -> None:
    def scenario() -> list[str]:
        with rig.client() as client:
            client.send("NOOP", "PWD", "STOR", "SYST", "NONSENSE")
            return [client.reply()[:3] for _ in range(5)]

    assert await rig.do(scenario) == ["200", "257", "553", "215", "502"]


async def test_client_that_sends_ahead_and_never_reads_is_not_read_from(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its commands neither fill our memory nor stop anybody else."""
    monkeypatch.setattr(session_module, "IDLE_LIMIT_S", 1.0)

    def floods() -> bool:
        with rig.client() as client:
            client.sock.settimeout(20)
            try:
                for _ in range(3000):
                    client.send_bytes(b"FEAT\r\n" * 1000)
            except OSError:
                return True
            return False

    def behaves() -> str:
        with rig.client() as client:
            return client.store("verify_job", b"")

    flood = asyncio.create_task(rig.do(floods))
    assert (await rig.do(behaves)).startswith("226")
    assert await flood


async def test_flood_of_commands_waits_for_its_turn_and_is_answered(rig: Rig) -> None:
    count = 20_000
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect((rig.address, 990))
    reader, writer = await asyncio.open_connection(
        sock=sock, ssl=trusting(rig.ca), server_hostname=SERIAL
    )
    assert (await reader.readline()).startswith(b"220")
    (session,) = rig.server._sessions
    session._transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_SNDBUF, 32 * 1024
    )
    writer.write(b"FEAT\r\n" * count)
    # The client does not read yet.
    await until(lambda: not session._writable.is_set(), "answers pile up")
    answer = replies.FEATURE_LIST.encode()
    assert await reader.readexactly(count * len(answer)) == answer * count
    writer.close()
    await writer.wait_closed()


async def test_idle_session_is_ended(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def scenario() -> list[str]:
        with rig.client() as client:
            # It holds from the next command on.
            monkeypatch.setattr(session_module, "IDLE_LIMIT_S", 0.3)
            assert client.command("NOOP").startswith("200")
            return [client.reply(), client.reply()]

    idle, end = await rig.do(scenario)
    assert idle.startswith("421")
    assert end == ""


async def test_a_command_that_arrived_while_the_process_was_paused_is_answered(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pauses, "STEP_S", 0.1)
    ready, paused, sent = (threading.Event() for _ in range(3))

    def scenario() -> str:
        with rig.client() as client:
            # It holds from the next command on.
            monkeypatch.setattr(session_module, "IDLE_LIMIT_S", 1.0)
            assert client.command("NOOP").startswith("200")
            ready.set()
            assert paused.wait(10)
            client.send("NOOP")
            sent.set()
            return client.reply()

    answer = asyncio.create_task(rig.do(scenario))
    await until(ready.is_set, "the client is logged in")
    # The loop does not run from here on.
    paused.set()
    assert sent.wait(10)
    time.sleep(1.3)  # noqa: ASYNC251
    assert (await answer).startswith("200")


async def test_single_bytes_do_not_keep_a_session_alive(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scenario() -> str:
        with rig.client() as client:
            # It holds from the next command on.
            monkeypatch.setattr(session_module, "IDLE_LIMIT_S", 0.5)
            assert client.command("NOOP").startswith("200")
            client.sock.settimeout(0.05)
            for _ in range(400):
                client.send_bytes(b"x")
                try:
                    return client.sock.recv(100).decode()
                except TimeoutError:
                    pass
            return "still alive"

    assert (await rig.do(scenario)).startswith("421")


async def test_transfer_is_not_idle(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "IDLE_LIMIT_S", 1.0)
    content = sliced_file(15_000)

    def scenario() -> str:
        with rig.client() as client:
            with client.storing(NAME) as data:
                for at in range(0, len(content), 1000):
                    data.sendall(content[at : at + 1000])
                    time.sleep(0.1)
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")


async def test_sessions_are_bounded_and_a_login_too_many_is_told_so(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "MAX_SESSIONS", 3)

    def scenario() -> None:
        with ExitStack() as stack:
            members = [stack.enter_context(rig.client()) for _ in range(3)]
            late = stack.enter_context(rig.client(log_in=False))
            assert late.command("USER bblp").startswith("331")
            assert late.command(f"PASS {ACCESS_CODE}").startswith("421")
            assert late.reply() == ""
            # Once more by the same client is no session more.
            members[0].log_in()
            for member in members:
                assert member.command("NOOP").startswith("200")
            members[0].command("QUIT")
            assert members[0].reply() == ""
            assert stack.enter_context(rig.client())

    await rig.do(scenario)


async def test_strangers_make_room_for_a_client_and_are_told_so(rig: Rig) -> None:
    def scenario() -> None:
        with ExitStack() as stack:
            unauthenticated = [
                stack.enter_context(rig.client(log_in=False))
                for _ in range(limits_of_process().unauthenticated_per_peer)
            ]
            authenticated = stack.enter_context(rig.client())
            assert unauthenticated[0].reply().startswith("421")
            assert unauthenticated[0].reply() == ""
            assert unauthenticated[1].command("NOOP").startswith("200")
            assert authenticated.command("NOOP").startswith("200")

    await rig.do(scenario)


async def test_a_client_that_does_not_log_in_in_time_is_told_so(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Time enough for the handshake.
    monkeypatch.setattr(admission, "LOGIN_LIMIT_S", 2.0)

    def scenario() -> list[str]:
        with rig.client(log_in=False) as client:
            return [client.reply(), client.reply()]

    late, end = await rig.do(scenario)
    assert late.startswith("421")
    assert end == ""


async def test_connection_that_says_nothing_leaves_no_trace(rig: Rig) -> None:
    def scenario() -> None:
        for _ in range(3):
            rig.client(log_in=False).close()
            rig.client(log_in=False).reset()

    await rig.do(scenario)
    await until(lambda: rig.server.sessions == 0, "all are gone")
    assert rig.events == []
    assert rig.logins_failed == []


# --- passive ports ---------------------------------------------------------------------------------------------------


def ports_in_use(rig: Rig) -> int:
    """Count the printer's data ports that somebody listens on."""
    used = 0
    for port in rig.data_ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((rig.address, port))
                probe.listen()
            except OSError:
                used += 1
    return used


def gets_nothing(connect: Callable[[], socket.socket]) -> bool:
    """Tell whether a connection is refused, reset or closed without a byte."""
    try:
        with connect() as sock:
            return sock.recv(1) == b""
    except OSError:
        return True


async def test_ports_are_those_of_the_printer(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            address, port = client.pasv()
            assert address == rig.address
            assert port in rig.data_ports
            assert client.epsv() in rig.data_ports
            # The port of the command before is free again.
            assert ports_in_use(rig) == 1
            client.store("verify_job", b"")
            assert ports_in_use(rig) == 0
            client.epsv()

    await rig.do(scenario)
    await until(lambda: ports_in_use(rig) == 0, "the port is free")


async def test_idle_ports_make_room_for_a_session_that_needs_one(rig: Rig) -> None:
    def scenario() -> None:
        with ExitStack() as stack:
            clients = [stack.enter_context(rig.client()) for _ in range(13)]
            ports = {client.epsv() for client in clients[:10]}
            assert ports == set(rig.data_ports)
            # The oldest goes, and its session is told so when it needs it.
            assert clients[10].store("verify_job", b"").startswith("226")
            assert clients[0].command("STOR verify_job").startswith("425")
            assert clients[0].store("verify_job", b"").startswith("226")
            # One whose transfer waits for its client is idle as well.
            assert clients[1].command("STOR verify_job").startswith("150")
            for number in (11, 12, 10):
                clients[number].epsv()
            assert clients[1].reply().startswith("425")
            for client in clients:
                assert client.command("NOOP").startswith("200")

    await rig.do(scenario)
    await until(lambda: ports_in_use(rig) == 0, "every port is free")


async def test_ports_that_were_used_are_forgotten(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            for _ in range(30):
                assert client.store("verify_job", b"").startswith("226")
                client.epsv()

    await rig.do(scenario)
    assert len(rig.server._context.data_connections._open_ports) <= 1


async def test_the_client_with_the_most_idle_ports_makes_room(rig: Rig) -> None:
    def scenario() -> None:
        with ExitStack() as stack:
            first = stack.enter_context(rig.client())
            port = first.epsv()
            others = [
                stack.enter_context(rig.client(source="127.0.0.9")) for _ in range(12)
            ]
            for client in others:
                client.epsv()
            with first.connect(port):
                assert first.command("STOR verify_job").startswith("150")

    await rig.do(scenario)


async def test_ports_that_are_all_in_use_are_425_until_one_is_free(rig: Rig) -> None:
    def scenario() -> None:
        with ExitStack() as stack:
            for port in rig.data_ports:
                other = stack.enter_context(socket.socket())
                other.bind((rig.address, port))
                other.listen()
            client = stack.enter_context(rig.client())
            for command in ("PASV", "EPSV"):
                assert client.command(command).startswith("425")
            assert client.command("STOR x").startswith("425")
            other.close()
            assert client.epsv() in rig.data_ports

    await rig.do(scenario)


async def test_data_connections_that_part_are_bounded(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_connections, "MAX_DATA_CONNECTIONS", 4)

    def scenario() -> None:
        with rig.client() as client, ExitStack() as stack:
            # None of them is closed by the client.
            for _ in range(12):
                sock = stack.enter_context(client.connect(client.epsv()))
                assert client.command("LIST").startswith("150")
                stack.enter_context(client.encrypt(sock))
                assert client.reply().startswith("226")
            assert len(rig.server._context.data_connections._connections) <= 4 + 1

    await rig.do(scenario)


# --- renaming --------------------------------------------------------------------------------------------------------


async def test_a_file_is_renamed(rig: Rig) -> None:
    def scenario() -> list[str]:
        with rig.client() as client:
            client.store(NAME, sliced_file())
            assert client.command(f"RNFR {NAME}").startswith("350")
            assert client.command("RNTO /cache/Other.gcode.3mf").startswith("250")
            return client.fetch("NLST").decode().split()

    assert await rig.do(scenario) == ["Other.gcode.3mf"]
    (renamed,) = [event for event in rig.events if isinstance(event, UploadRenamed)]
    assert (renamed.name, renamed.new_name) == (NAME, "Other.gcode.3mf")
    assert renamed.id == rig.received[0].file.id


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (("RNTO Other.3mf",), ["503"]),
        (("RNFR missing.3mf", "RNTO Other.3mf"), ["550", "503"]),
        ((f"RNFR {NAME}", "NOOP", "RNTO Other.3mf"), ["350", "200", "503"]),
        ((f"RNFR {NAME}", "RNTO /nowhere/Other.3mf"), ["350", "550"]),
        ((f"RNFR {NAME}", "RNTO ../../nowhere/Other.3mf"), ["350", "550"]),
        ((f"RNFR {NAME}", "RNTO Other.txt"), ["350", "553"]),
        ((f"RNFR {NAME}", "RNTO .."), ["350", "553"]),
        ((f"RNFR {NAME}", "RNTO"), ["350", "553"]),
        ((f"RNFR {NAME}", f"RNTO {NAME}"), ["350", "250"]),
        ((f"RNFR {NAME}", "RNTO " + "x" * 300 + ".3mf"), ["350", "553"]),
    ],
)
async def test_what_cannot_be_renamed_is_told(
    rig: Rig, lines: tuple[str, ...], codes: list[str]
) -> None:
    def scenario() -> tuple[list[str], list[str]]:
        with rig.client() as client:
            client.store(NAME, sliced_file())
            replies = [client.command(line)[:3] for line in lines]
            return replies, client.fetch("NLST").decode().split("\r\n")

    replies, names = await rig.do(scenario)
    assert replies == codes
    assert names[0] == NAME
    assert not [event for event in rig.events if isinstance(event, UploadRenamed)]


async def test_a_renamed_file_takes_the_place_of_one_of_that_name(rig: Rig) -> None:
    def scenario() -> bytes:
        with rig.client() as client:
            client.store("Other.3mf", sliced_file(seed=2))
            client.store(NAME, sliced_file(seed=3))
            client.command(f"RNFR {NAME}")
            assert client.command("RNTO Other.3mf").startswith("250")
            assert client.fetch("NLST") == b"Other.3mf\r\n"
            return client.fetch("RETR Other.3mf")

    assert await rig.do(scenario) == sliced_file(seed=3)


class TestPasvAddress:
    """A printer behind address translation names another address."""

    @pytest.fixture
    def identity(self, identity: Identity) -> Identity:
        return Identity(
            name=identity.name,
            model=identity.model,
            serial_suffix=identity.serial_suffix,
            access_code=identity.access_code,
            bind_ip=identity.bind_ip,
            pasv_address="192.0.2.7",
        )

    async def test_pasv_names_the_address_that_was_set(self, rig: Rig) -> None:
        def scenario() -> str:
            with rig.client() as client:
                address, port = client.pasv()
                with client.connect(port) as sock:
                    assert client.command("STOR verify_job").startswith("150")
                    client.encrypt(sock).close()
                assert client.reply().startswith("226")
                return address

        assert await rig.do(scenario) == "192.0.2.7"


async def test_strangers_cannot_take_a_data_port(
    rig: Rig, new_address: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    content = sliced_file()
    stranger = new_address()

    def scenario() -> str:
        with rig.client() as client:
            port = client.epsv()
            for _ in range(3):
                with socket.create_connection(
                    (rig.address, port), 20, source_address=(stranger, 0)
                ) as thief:
                    assert thief.recv(1) == b""
            with client.connect(port) as sock:
                # One, and no other.
                assert gets_nothing(lambda: client.connect(port))
                assert client.command(f"STOR {NAME}").startswith("150")
                with client.encrypt(sock) as data:
                    data.sendall(content)
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content
    assert stranger in caplog.text


async def test_data_connection_of_an_earlier_pasv_is_dropped(rig: Rig) -> None:
    content = sliced_file()

    def scenario() -> str:
        with rig.client() as client:
            first = client.connect(client.epsv())
            second = client.connect(client.epsv())
            with first:
                assert first.recv(1) == b""
            with second:
                assert client.command(f"STOR {NAME}").startswith("150")
                with client.encrypt(second) as data:
                    data.sendall(content)
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_close_ends_sessions_and_uploads(rig: Rig) -> None:
    waiting = threading.Barrier(4)

    def uploads() -> str:
        with rig.client() as client, client.storing(NAME) as data:
            data.sendall(sliced_file()[:5000])
            waiting.wait(20)
            return client.reply()

    def listens() -> str:
        with rig.client() as client:
            port = client.epsv()
            with client.connect(port):
                waiting.wait(20)
                return client.reply()

    def idles() -> str:
        with rig.client() as client:
            waiting.wait(20)
            return client.reply()

    clients = [asyncio.create_task(rig.do(each)) for each in (uploads, listens, idles)]
    await asyncio.to_thread(waiting.wait, 20)
    await until(lambda: bool(rig.server.uploads), "the upload has begun")
    await rig.server.close()
    upload, listening, idle = await asyncio.gather(*clients)
    assert upload.startswith("426")
    assert listening.startswith("421")
    assert idle.startswith("421")
    assert rig.server.sessions == 0
    assert len(rig.failed) == 1
    assert ports_in_use(rig) == 0


async def test_client_that_ignores_the_end_is_cut(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "CLOSE_LIMIT_S", 0.2)

    def scenario() -> str:
        with rig.client() as client:
            # Neither reads nor closes.
            connected.set()
            ended.wait(20)
            return client.reply()

    connected, ended = threading.Event(), threading.Event()
    client = asyncio.create_task(rig.do(scenario))
    await asyncio.to_thread(connected.wait, 20)
    await rig.server.close()
    assert rig.server.sessions == 0
    ended.set()
    assert (await client).startswith("421")


async def test_storage_that_never_answers_does_not_stop_the_end(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "STOP_LIMIT_S", 0.2)
    waiting = asyncio.Event()

    async def _never(*_args: object, **_kwargs: object) -> None:
        waiting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(rig.storage, "commit", _never)

    def scenario() -> str:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(sliced_file())
                plain_fin(data)
            return client.reply()

    client = asyncio.create_task(rig.do(scenario))
    await waiting.wait()
    await rig.server.close()
    assert rig.server.sessions == 0
    # Nothing was acknowledged; what is there belongs to the storage.
    assert await client == ""
    assert "stopped" in str(rig.failed[0].reason)
    await rig.storage.abandon(*rig.storage.incoming.values())


async def test_closed_server_takes_nobody(rig: Rig) -> None:
    await rig.server.close()

    def scenario() -> str:
        with rig.client(log_in=False) as client:
            return client.banner

    assert (await rig.do(scenario)).startswith("421")
