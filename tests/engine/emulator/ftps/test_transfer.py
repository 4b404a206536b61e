"""The bulk path: every way to cut a stream into pieces, every way to end it, and faults of our own."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from functools import partial
import os
from pathlib import Path
import socket
import ssl
import sys
import threading
from time import monotonic

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator.ftps import connection
from custom_components.bambu_virtual_printer.engine.net import ahead
from custom_components.bambu_virtual_printer.engine.net.ahead import bound_ahead
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.reception import (
    reactor,
    sinks,
    transfer_thread,
)
from custom_components.bambu_virtual_printer.engine.reception.failures import (
    AbortedError,
    CutError,
    StorageFailedError,
)
from custom_components.bambu_virtual_printer.engine.reception.sinks import (
    Discard,
    FileSink,
)
from custom_components.bambu_virtual_printer.engine.reception.sources import BytesSource
from custom_components.bambu_virtual_printer.engine.reception.strand import Strand
from custom_components.bambu_virtual_printer.engine.reception.transfer_thread import (
    TransferThread,
)
from tests.support.examples import examples
from tests.support.ftps_clients import plain_fin, reset, sliced_file
from tests.support.waiting import until

from .conftest import Rig

NAME = "Cube.gcode.3mf"
CONTENT = sliced_file(3000)


class End(StrEnum):
    """How a client ends its stream."""

    CLOSE_NOTIFY = "close_notify"
    FIN = "fin"
    RESET = "reset"


def end_stream(data: socket.socket, end: End) -> None:
    match end, data:
        case End.RESET, _:
            reset(data)
        case End.FIN, ssl.SSLSocket():
            plain_fin(data)
        case End.CLOSE_NOTIFY, ssl.SSLSocket():
            data.unwrap().close()
        case _:
            data.close()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=examples(50),
)
@given(
    encrypted=st.booleans(),
    end=st.sampled_from(End),
    # Half of the time nothing is missing.
    kept_bytes=st.integers(0, len(CONTENT) - 1) | st.just(len(CONTENT)),
    pieces=st.lists(st.integers(1, 2000), min_size=1, max_size=8),
    block_bytes=st.sampled_from((1, 7, 100, 1024, 100_000)),
    turn_bytes=st.sampled_from((1, 50, 5000, 100_000)),
)
async def test_only_whole_files_are_acknowledged(
    rig: Rig,
    encrypted: bool,
    end: End,
    kept_bytes: int,
    pieces: list[int],
    block_bytes: int,
    turn_bytes: int,
) -> None:
    def scenario() -> str:
        with rig.client() as client, client.connect(client.epsv()) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            assert client.command(f"STOR {NAME}").startswith("150")
            data = client.encrypt(sock) if encrypted else sock
            at = turn = 0
            while at < kept_bytes:
                # Over TLS each piece is a record of its own.
                count = min(pieces[turn % len(pieces)], kept_bytes - at)
                data.sendall(CONTENT[at : at + count])
                at += count
                turn += 1
            # In a thread of its own, for what it leaves in OpenSSL's error queue.
            ender = threading.Thread(target=end_stream, args=(data, end))
            ender.start()
            reply = client.reply()
            ender.join()
            return reply

    rig.storage.kept.clear()
    rig.events.clear()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sinks, "BLOCK_BYTES", block_bytes)
        monkeypatch.setattr(connection, "TURN_BYTES", turn_bytes)
        monkeypatch.setattr(connection, "CLEAR_TURN_BYTES", turn_bytes)
        reply = await rig.do(scenario)
    if end is End.RESET or kept_bytes < len(CONTENT):
        assert reply.startswith("426")
        assert rig.storage.kept == {}
        assert len(rig.failed) == 1
        assert rig.received == []
    else:
        assert reply.startswith("226")
        assert rig.kept(NAME) == CONTENT
        assert rig.received[0].file.encrypted == encrypted
    assert rig.storage.leftovers() == []


# --- back-pressure ---------------------------------------------------------------------------------------------------


@pytest.fixture
def disk_that_hangs(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Have every write to a large file wait for an event."""
    works = threading.Event()

    def _write(descriptor: int, data: memoryview) -> int:
        if len(data) > 20_000:
            works.wait(20)
        return write(descriptor, data)

    write = os.write
    monkeypatch.setattr(sinks.os, "write", _write)
    return works


async def test_disk_that_hangs_stops_one_client_and_bounds_memory(
    rig: Rig, disk_that_hangs: threading.Event
) -> None:
    content = sliced_file(30_000_000)
    limit = sinks.BLOCKS * sinks.BLOCK_BYTES

    def large() -> str:
        with rig.client() as client:
            return client.store(NAME, content)

    def small() -> str:
        with rig.client() as client:
            return client.store("small.3mf", CONTENT)

    upload = asyncio.create_task(rig.do(large))
    await until(
        lambda: (
            bool(rig.server.uploads) and rig.server.uploads[0].received_bytes == limit
        ),
        "all blocks are full",
    )
    # The others go on meanwhile, and not a byte more is taken.
    assert (await rig.do(small)).startswith("226")
    assert rig.server.uploads[0].received_bytes == limit
    disk_that_hangs.set()
    assert (await upload).startswith("226")
    assert rig.kept(NAME) == content


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how near")
@pytest.mark.parametrize("encrypted", [True, False])
async def test_what_a_client_sends_ahead_is_bounded(
    rig: Rig, encrypted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "NEAR_US", 60_000_000)
    monkeypatch.setattr(ahead, "AHEAD_BYTES", 16 * 1024)
    ahead._buffer_option.cache_clear()
    buffers: list[int] = []

    def _bound_ahead(sock: socket.socket) -> None:
        bound_ahead(sock)
        buffers.append(sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))

    monkeypatch.setattr(connection, "bound_ahead", _bound_ahead)

    def _store() -> str:
        with rig.client() as client, client.connect(client.epsv()) as sock:
            assert client.command(f"STOR {NAME}").startswith("150")
            data = client.encrypt(sock) if encrypted else sock
            data.sendall(CONTENT)
            end_stream(data, End.CLOSE_NOTIFY)
            return client.reply()

    assert (await rig.do(_store)).startswith("226")
    ahead._buffer_option.cache_clear()
    # Linux doubles what it is told.
    assert buffers == [2 * 16 * 1024]


async def test_own_disk_does_not_count_as_the_clients_silence(
    rig: Rig, disk_that_hangs: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE_LIMIT_S", 1.0)
    content = sliced_file(10_000_000)

    def scenario() -> str:
        with rig.client() as client:
            return client.store(NAME, content)

    def another() -> str:
        """Times out, which proves that the clock was running."""
        with rig.client() as client, client.storing("other.3mf"):
            return client.reply()

    upload = asyncio.create_task(rig.do(scenario))
    await until(
        lambda: (
            bool(rig.server.uploads)
            and rig.server.uploads[0].received_bytes > 4_000_000
        ),
        "all blocks are full",
    )
    assert (await rig.do(another)).startswith("426")
    disk_that_hangs.set()
    assert (await upload).startswith("226")


async def test_upload_can_be_ended_while_the_disk_hangs(
    rig: Rig, disk_that_hangs: threading.Event
) -> None:
    content = sliced_file(10_000_000)

    def scenario() -> list[str]:
        with rig.client() as client, client.storing(NAME) as data:
            ender = threading.Thread(target=_send_all, args=(data, content))
            ender.start()
            full.wait(20)
            client.send("ABOR")
            ender.join()
            disk_that_hangs.set()
            return [client.reply(), client.reply()]

    full = threading.Event()
    upload = asyncio.create_task(rig.do(scenario))
    await until(
        lambda: (
            bool(rig.server.uploads)
            and rig.server.uploads[0].received_bytes > 4_000_000
        ),
        "all blocks are full",
    )
    full.set()
    cut, aborted = await upload
    assert cut.startswith("426")
    assert aborted.startswith("226")


def _send_all(data: socket.socket, content: bytes) -> None:
    with suppress(OSError):
        data.sendall(content)


# --- faults of our own -----------------------------------------------------------------------------------------------


async def test_crash_of_the_thread_fails_its_transfers_and_is_overcome(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reactor, "RESTART_PAUSE_S", 0.01)

    def scenario() -> list[str]:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(CONTENT[:100])
                rig.transfer_thread._reactor.call(_crash)
                first = client.reply()
            return [first, client.store(NAME, CONTENT)]

    def _crash() -> None:
        raise ZeroDivisionError("a bug")

    failed, fine = await rig.do(scenario)
    assert failed.startswith("426")
    assert "internal error" in failed
    assert fine.startswith("226")
    assert "a bug" in caplog.text


@pytest.mark.parametrize(
    ("owner", "method"), [(FileSink, "take"), (FileSink, "_write_all")]
)
async def test_crash_of_one_transfer_does_not_touch_the_others(
    rig: Rig,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    owner: type[FileSink],
    method: str,
) -> None:
    half_sent, go_on = threading.Event(), threading.Event()

    def patient() -> str:
        with rig.client() as client:
            with client.storing("verify_job") as data:
                data.sendall(CONTENT[:100])
                half_sent.set()
                go_on.wait(20)
                data.sendall(CONTENT[100:])
            return client.reply()

    def crashes() -> str:
        with rig.client() as client:
            with client.storing(NAME) as data:
                _send_all(data, CONTENT)
            return client.reply()

    def _crash(*_args: object) -> None:
        raise ZeroDivisionError("a bug")

    upload = asyncio.create_task(rig.do(patient))
    await asyncio.to_thread(half_sent.wait, 20)
    monkeypatch.setattr(owner, method, _crash)
    reply = await rig.do(crashes)
    assert reply.startswith("426")
    assert "internal error" in reply
    assert "a bug" in caplog.text
    go_on.set()
    assert (await upload).startswith("226")


async def test_file_that_cannot_be_closed_is_not_acknowledged(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Network file systems report some failed writes only then."""

    def _close(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        close(descriptor)
        if name == "file":
            raise OSError(5, "Input/output error")

    close = os.close
    monkeypatch.setattr(sinks.os, "close", _close)

    def scenario() -> str:
        with rig.client() as client:
            return client.store(NAME, CONTENT)

    assert (await rig.do(scenario)).startswith("451")


async def test_cancelled_session_leaves_nothing_behind(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client, client.storing(NAME) as data:
            data.sendall(CONTENT[:100])
            sent.set()
            assert client.reply() == ""

    sent = threading.Event()
    client = asyncio.create_task(rig.do(scenario))
    await asyncio.to_thread(sent.wait, 20)
    await until(lambda: bool(rig.server.uploads), "the upload has begun")
    (session,) = rig.server._sessions
    session.task.cancel()
    await asyncio.wait([session.task])
    await client
    assert rig.server.sessions == 0
    assert len(rig.failed) == 1
    assert rig.storage.leftovers() == []


# --- the thread without a server -------------------------------------------------------------------------------------


def pair(address: str) -> tuple[socket.socket, socket.socket]:
    """Connect two sockets; the first is non-blocking."""
    with socket.create_server((address, 0)) as listener:
        client = socket.create_connection(listener.getsockname(), 20)
        server, _ = listener.accept()
    server.setblocking(False)
    return server, client


async def test_stop_fails_what_is_under_way(
    address: str, device: DeviceCertificate
) -> None:
    context = device.ftps_context()
    server, client = pair(address)
    with client:
        async with TransferThread() as thread:
            receiving = thread.adopt(
                server, partial(connection.DataConnection, context)
            )
            upload = asyncio.create_task(receiving.receive(Discard()))
            parked_server, parked_client = pair(address)
            parked = thread.adopt(
                parked_server, partial(connection.DataConnection, context)
            )
            await asyncio.sleep(0)
        with pytest.raises(AbortedError):
            await upload
        assert isinstance(await receiving.closed, AbortedError)
        assert isinstance(await parked.closed, AbortedError)
        parked_client.close()
        # Whoever comes late is told so.
        with pytest.raises(AbortedError):
            await parked.send(BytesSource(b""), protected=False)
        late, other = pair(address)
        with other, pytest.raises(AbortedError):
            thread.adopt(late, partial(connection.DataConnection, context))
        assert late.fileno() == -1
    assert not [t for t in threading.enumerate() if t.name.startswith("bvp-")]


async def test_connection_that_broke_before_the_command_fails_the_transfer(
    address: str, device: DeviceCertificate
) -> None:
    async with TransferThread() as thread:
        server, client = pair(address)
        parked = thread.adopt(
            server, partial(connection.DataConnection, device.ftps_context())
        )
        reset(client)
        assert isinstance(await parked.closed, CutError)
        with pytest.raises(CutError):
            await parked.receive(Discard())


async def test_stop_does_not_wait_for_a_disk_that_hangs(
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(transfer_thread, "STOP_LIMIT_S", 0.1)
    works = threading.Event()
    async with TransferThread() as thread:
        hanging = asyncio.create_task(thread.run(lambda: works.wait(20)))
        await asyncio.sleep(0)
    assert "hangs" in caplog.text
    works.set()
    assert await hanging
    # The thread ends a moment after the last writer.
    await asyncio.to_thread(thread._reactor.join)


async def test_strand_keeps_the_order_and_ends_after_its_executor() -> None:
    done: list[int] = []
    gate = threading.Event()
    executor = ThreadPoolExecutor(2)
    strand = Strand(executor)
    strand.submit(lambda: bool(gate.wait(20)) and done.append(0))
    for number in range(1, 100):
        strand.submit(lambda number=number: done.append(number))
    executor.shutdown(wait=False)
    gate.set()
    await asyncio.to_thread(executor.shutdown)
    assert done == list(range(100))
    strand.submit(lambda: done.append(100))
    assert done[-1] == 100


def test_wake_of_a_reactor_that_has_ended_is_harmless() -> None:
    stopped = threading.Event()
    ended = reactor.Reactor("ended", stopped.set)
    ended.start()
    ended.stop()
    assert stopped.wait(20)
    ended.join()
    ended.close()
    ended.call(lambda: None)


def test_storage_failures_name_the_reason() -> None:
    error = sinks._storage_error(OSError(30, "Read-only file system"))
    assert isinstance(error, StorageFailedError)
    assert "nothing can be written" in str(error)


async def test_a_pause_of_the_process_ends_no_upload(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a host was suspended for longer than a client may be silent."""
    pause_s = 0.0
    swept = threading.Event()
    sweep = reactor.Reactor._sweep

    def watched(self: reactor.Reactor) -> None:
        after_pause = bool(pause_s)
        sweep(self)
        if after_pause:
            swept.set()

    monkeypatch.setattr(reactor, "monotonic", lambda: monotonic() + pause_s)
    monkeypatch.setattr(reactor.Reactor, "_sweep", watched)
    content = sliced_file()

    def scenario() -> str:
        nonlocal pause_s
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(content[:100])
                pause_s = 65.0
                assert swept.wait(10)
                data.sendall(content[100:])
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content


async def test_what_arrived_just_in_time_is_looked_at_before_the_time_is_up(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE_LIMIT_S", 1.0)
    content = sliced_file()
    outgoing: list[socket.socket] = []
    sent = threading.Event()
    sweep = reactor.Reactor._sweep

    def late(self: reactor.Reactor) -> None:
        """Send the rest at the very moment at which the client has been silent for too long."""
        if outgoing and any(fiber.deadline <= monotonic() for fiber in self._fibers):
            outgoing.pop().sendall(content[100:])
            sent.set()
        sweep(self)

    monkeypatch.setattr(reactor.Reactor, "_sweep", late)

    def scenario() -> str:
        with rig.client() as client:
            with client.storing(NAME) as data:
                data.sendall(content[:100])
                outgoing.append(data)
                assert sent.wait(10)
            return client.reply()

    assert (await rig.do(scenario)).startswith("226")
    assert rig.kept(NAME) == content
