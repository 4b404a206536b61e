"""Ports that are passed through: every byte, every end, and nobody who is not meant."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
import errno
import os
from pathlib import Path
import socket
from time import monotonic
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.explanations import Explanation
from custom_components.bambu_virtual_printer.engine.net import admission
from custom_components.bambu_virtual_printer.engine.net.admission import (
    Admission,
    Limits,
)
from custom_components.bambu_virtual_printer.engine.net.binding import PrinterStartError
from custom_components.bambu_virtual_printer.engine.net.listener import listening_socket
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterIdentity,
)
from custom_components.bambu_virtual_printer.engine.relay.pass_through import (
    connection,
    ports,
)
from custom_components.bambu_virtual_printer.engine.relay.pass_through.ports import (
    PassThrough,
)
from custom_components.bambu_virtual_printer.engine.relay.pass_through.thread import (
    RelayThread,
)
from custom_components.bambu_virtual_printer.engine.relay.upstream import Upstream
from custom_components.bambu_virtual_printer.engine.values import Service
from scripts.printer_double.ftps_server import reset
from tests.support.serials import SERIAL
from tests.support.waiting import until

MIB = 2**20
TIMEOUT_S = 15.0
DATA_PORT = 50042

type Handler = Callable[[socket.socket], None]


@dataclass(kw_only=True)
class Rig:
    """A relay between two addresses, and what it told."""

    thread: RelayThread
    address: str
    upstream: Upstream
    relay: PassThrough | None = None
    admission: Admission = field(default_factory=Admission)
    failures: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    """The clients that are logged in at the printer."""
    verified: Callable[[], Awaitable[str | None]] | None = None
    open: list[socket.socket] = field(default_factory=list)

    def start(self, *ports: tuple[Service, tuple[int, ...]]) -> PassThrough:
        self.relay = PassThrough(
            self.thread,
            self.address,
            dict(ports or [(Service.TUNNEL, (6000,))]),
            self.upstream,
            admission=self.admission,
            verified_address=self.verified or self._verified,
            is_logged_in=self.known.__contains__,
            on_change=lambda: None,
            on_failure=self._failed,
        )
        self.relay.bind()
        self.relay.start()
        return self.relay

    async def _verified(self) -> str | None:
        return self.upstream.address

    def _failed(self, reason: Explanation) -> None:
        self.failures.append(str(reason))

    def listen(self, port: int = 6000) -> socket.socket:
        """Be the printer on this port."""
        assert self.upstream.address
        sock = socket.create_server((self.upstream.address, port))
        sock.settimeout(TIMEOUT_S)
        self.open.append(sock)
        return sock

    async def connect(self, port: int = 6000) -> socket.socket:
        """Be a slicer."""
        sock = await asyncio.to_thread(
            socket.create_connection, (self.address, port), TIMEOUT_S
        )
        self.open.append(sock)
        return sock

    async def is_reset(self, port: int = 6000) -> None:
        """Be a slicer that is refused, before it knows that it was connected or just after."""

        async def _try() -> None:
            slicer = await self.connect(port)
            slicer.sendall(b"!")
            await asyncio.to_thread(slicer.recv, 10)

        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            await _try()

    async def pair(self, port: int = 6000) -> tuple[socket.socket, socket.socket]:
        """Connect a slicer to the printer through the relay."""
        listening = self.listen(port)
        slicer = await self.connect(port)
        slicer.sendall(b"!")
        printer, _peer = await asyncio.to_thread(listening.accept)
        printer.settimeout(TIMEOUT_S)
        self.open.append(printer)
        # A byte each way, and the relay is through with what connecting takes.
        assert await asyncio.to_thread(printer.recv, 1) == b"!"
        printer.sendall(b"!")
        assert await asyncio.to_thread(slicer.recv, 1) == b"!"
        return slicer, printer


@pytest.fixture
async def rig(new_address: Callable[[], str]) -> AsyncIterator[Rig]:
    before = set(Path("/proc/self/fd").iterdir())
    target_address = new_address()
    upstream = Upstream(
        host=target_address,
        identity=PrinterIdentity(serial=SERIAL),
        address=target_address,
    )
    async with RelayThread() as thread:
        rig = Rig(thread=thread, address=new_address(), upstream=upstream)
        yield rig
        if rig.relay:
            await rig.relay.close()
            assert not rig.relay.connections
    for sock in rig.open:
        sock.close()
    assert len(set(Path("/proc/self/fd").iterdir()) - before) <= 1, (
        "a descriptor is left"
    )


def _everything(sock: socket.socket) -> bytes:
    found = bytearray()
    while data := sock.recv(65536):
        found += data
    return bytes(found)


async def test_every_byte_arrives_in_both_directions_and_is_counted(rig: Rig) -> None:
    relay = rig.start()
    slicer, printer = await rig.pair()
    upwards, downwards = os.urandom(5 * MIB + 1), os.urandom(3 * MIB + 7)

    def _send(sock: socket.socket, content: bytes) -> None:
        sock.sendall(content)
        sock.shutdown(socket.SHUT_WR)

    _one, _two, at_printer, at_slicer = await asyncio.gather(
        asyncio.to_thread(_send, slicer, upwards),
        asyncio.to_thread(_send, printer, downwards),
        asyncio.to_thread(_everything, printer),
        asyncio.to_thread(_everything, slicer),
    )

    assert (at_printer, at_slicer) == (upwards, downwards)
    await until(lambda: not relay.connections)
    traffic = relay.traffic[Service.TUNNEL]
    assert (traffic.up.total, traffic.down.total) == (
        1 + len(upwards),
        1 + len(downwards),
    )
    assert traffic.connections == 0


async def test_an_end_is_carried_over_and_the_other_direction_stays_open(
    rig: Rig,
) -> None:
    rig.start()
    slicer, printer = await rig.pair()
    slicer.sendall(b"all of it")
    slicer.shutdown(socket.SHUT_WR)
    assert await asyncio.to_thread(_everything, printer) == b"all of it"
    # Long after the slicer has said its last.
    printer.sendall(b"226")
    assert await asyncio.to_thread(slicer.recv, 10) == b"226"
    printer.close()
    assert await asyncio.to_thread(slicer.recv, 10) == b""


async def test_a_connection_without_a_byte_reaches_the_printer_and_ends_there(
    rig: Rig,
) -> None:
    rig.start()
    slicer, printer = await rig.pair()
    slicer.close()
    assert await asyncio.to_thread(printer.recv, 10) == b""


@pytest.mark.parametrize("who", ["slicer", "printer"])
async def test_a_reset_reaches_the_other_side_as_a_reset(rig: Rig, who: str) -> None:
    rig.start()
    slicer, printer = await rig.pair()
    slicer.sendall(b"half a file")
    await asyncio.to_thread(printer.recv, 11)
    reset(slicer if who == "slicer" else printer)
    other = printer if who == "slicer" else slicer
    with pytest.raises(ConnectionResetError):
        await asyncio.to_thread(other.recv, 10)


async def test_stopping_cuts_connections_so_that_no_half_file_looks_whole(
    rig: Rig,
) -> None:
    relay = rig.start()
    slicer, printer = await rig.pair()
    slicer.sendall(b"half a file")
    await asyncio.to_thread(printer.recv, 11)
    await relay.close()
    for sock in (slicer, printer):
        with pytest.raises(ConnectionResetError):
            await asyncio.to_thread(sock.recv, 10)
    with pytest.raises(ConnectionRefusedError):
        await rig.connect()


async def test_a_printer_that_is_known_to_be_away_is_refused_at_once(rig: Rig) -> None:
    rig.start()
    rig.upstream.address = None
    await rig.is_reset()
    assert not rig.failures


async def test_a_port_that_the_printer_refuses_is_refused_and_told(rig: Rig) -> None:
    rig.start()
    await rig.is_reset()
    await until(lambda: rig.failures == ["the connection was refused"])


async def test_a_printer_that_does_not_answer_is_given_up(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECT_TIMEOUT_S", 0.2)
    assert rig.upstream.address
    # A listener whose queue is full drops what comes.
    with socket.socket() as full:
        full.bind((rig.upstream.address, 6000))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            with suppress(BlockingIOError):
                sock.connect((rig.upstream.address, 6000))
        rig.start()
        await rig.is_reset()
        await until(lambda: rig.failures == ["no answer"])
        for sock in waiting:
            sock.close()


async def test_a_printer_that_does_not_read_stops_the_slicer_and_nothing_is_lost(
    rig: Rig,
) -> None:
    relay = rig.start()
    slicer, printer = await rig.pair()
    slicer.setblocking(False)
    content = os.urandom(MIB)
    loop = asyncio.get_running_loop()
    sent = 0

    async def _send_all() -> None:
        nonlocal sent
        while sent < 64 * MIB:
            await loop.sock_sendall(slicer, content)
            sent += len(content)
        slicer.shutdown(socket.SHUT_WR)

    sending = asyncio.create_task(_send_all())
    # Until nothing moves any more.
    taken = -1
    async with asyncio.timeout(TIMEOUT_S):
        while taken != relay.traffic[Service.TUNNEL].up.total or not taken:
            taken = relay.traffic[Service.TUNNEL].up.total
            await asyncio.sleep(0.5)
    assert not sending.done()
    # Mostly what the printer itself takes in without reading it.
    assert taken < 16 * MIB

    def _read() -> int:
        total = 0
        while block := printer.recv(MIB):
            total += len(block)
        return total

    received, _ = await asyncio.gather(asyncio.to_thread(_read), sending)
    assert received == 64 * MIB


async def test_data_connections_are_for_slicers_with_a_control_connection(
    rig: Rig,
) -> None:
    relay = rig.start((Service.FTPS, (990,)), (Service.FTPS_DATA, (DATA_PORT,)))
    data = rig.listen(DATA_PORT)
    await rig.is_reset(DATA_PORT)

    await rig.pair(990)
    slicer = await rig.connect(DATA_PORT)
    printer, _peer = await asyncio.to_thread(data.accept)
    rig.open.append(printer)
    slicer.sendall(b"file")
    assert await asyncio.to_thread(printer.recv, 10) == b"file"
    [connection] = [
        connection
        for connection in relay.connections
        if connection.service is Service.FTPS_DATA
    ]
    await until(lambda: connection.up.total == 4)


async def test_ftps_on_another_port_of_ours_still_calls_the_printers_own(
    rig: Rig,
) -> None:
    rig.start((Service.FTPS, (9990,)))
    listening = rig.listen(990)
    slicer = await rig.connect(9990)
    slicer.sendall(b"hello")
    printer, _peer = await asyncio.to_thread(listening.accept)
    rig.open.append(printer)
    assert await asyncio.to_thread(printer.recv, 10) == b"hello"


async def test_silence_ends_a_connection_but_not_one_whose_slicer_is_busy(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE_LIMIT_S", 2.0)
    relay = rig.start((Service.FTPS, (990,)), (Service.FTPS_DATA, (DATA_PORT,)))
    control, _printer = await rig.pair(990)
    data, _printer = await rig.pair(DATA_PORT)
    loop = asyncio.get_running_loop()
    end = loop.time() + 2.5
    while loop.time() < end:
        data.sendall(b"x")
        await asyncio.sleep(0.05)
    assert len(relay.connections) == 2
    for sock in (control, data):
        with pytest.raises(ConnectionResetError):
            await asyncio.to_thread(sock.recv, 10)


async def test_silent_strangers_make_room_for_a_slicer_and_never_reach_the_printer(
    rig: Rig,
) -> None:
    rig.admission = Admission(
        Limits(total=100, unauthenticated_per_printer=8, unauthenticated_per_peer=8)
    )
    relay = rig.start()
    silent = [await rig.connect() for _ in range(8)]
    await until(lambda: len(relay.connections) == 8)
    # The printer accepts one connection, and that is the slicer's.
    slicer, printer = await rig.pair()
    with pytest.raises(ConnectionResetError):
        await asyncio.to_thread(silent[0].recv, 10)
    slicer.sendall(b"file")
    assert await asyncio.to_thread(printer.recv, 10) == b"file"
    assert not rig.failures


async def test_a_slicer_that_is_logged_in_is_not_displaced_by_strangers(
    rig: Rig,
) -> None:
    rig.admission = Admission(
        Limits(total=100, unauthenticated_per_printer=4, unauthenticated_per_peer=4)
    )
    rig.start()
    rig.known.add("127.0.0.1")
    slicer, printer = await rig.pair()
    rig.known.clear()
    unauthenticated = [await rig.connect() for _ in range(6)]
    for stranger in unauthenticated[:2]:
        with pytest.raises(ConnectionResetError):
            await asyncio.to_thread(stranger.recv, 10)
    slicer.sendall(b"still here")
    assert await asyncio.to_thread(printer.recv, 10) == b"still here"


async def test_a_client_that_logs_in_later_is_known_from_then_on(rig: Rig) -> None:
    relay = rig.start()
    await rig.pair()
    [connection] = relay.connections
    assert not connection.admitted.authenticated
    rig.known.add("127.0.0.1")
    await until(lambda: connection.admitted.authenticated)


async def test_whoever_says_nothing_has_a_short_time(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = rig.start()
    await rig.pair()
    monkeypatch.setattr(admission, "LOGIN_LIMIT_S", 0.2)
    silent = await rig.connect()
    with pytest.raises(ConnectionResetError):
        await asyncio.to_thread(silent.recv, 10)
    # Who talks with the printer stays.
    await until(lambda: len(relay.connections) == 1)
    [connection] = relay.connections
    assert connection.admitted.deadline == float("inf")


async def test_the_printer_proves_who_it_is_before_a_strangers_bytes_go_there(
    rig: Rig,
) -> None:
    assert rig.upstream.address
    listening = rig.listen()
    asked: list[asyncio.Future[str | None]] = []

    async def _verified() -> str | None:
        asked.append(asyncio.get_running_loop().create_future())
        return await asked[-1]

    rig.verified = _verified
    relay = rig.start()
    first, second = await rig.connect(), await rig.connect()
    first.sendall(b"password")
    await until(lambda: len(asked) == 1)
    listening.settimeout(0)
    with pytest.raises(BlockingIOError):
        listening.accept()
    # Somebody else is there.
    asked[0].set_result(None)
    with pytest.raises(ConnectionResetError):
        await asyncio.to_thread(first.recv, 10)
    second.sendall(b"password")
    await until(lambda: len(asked) == 2)
    with pytest.raises(BlockingIOError):
        listening.accept()
    asked[1].set_result(rig.upstream.address)
    listening.settimeout(TIMEOUT_S)
    printer, _peer = await asyncio.to_thread(listening.accept)
    rig.open.append(printer)
    assert await asyncio.to_thread(printer.recv, 10) == b"password"
    # What was proved a moment ago is not asked for again.
    rig.upstream.verified_at = monotonic()
    third = await rig.connect()
    third.sendall(b"more")
    printer, _peer = await asyncio.to_thread(listening.accept)
    rig.open.append(printer)
    assert await asyncio.to_thread(printer.recv, 10) == b"more"
    assert len(asked) == 2
    # Whoever waits for the proof when the relay stops is let go.
    rig.upstream.verified_at = float("-inf")
    fourth = await rig.connect()
    fourth.sendall(b"more")
    await until(lambda: len(asked) == 3)
    await relay.close()
    with pytest.raises(ConnectionResetError):
        await asyncio.to_thread(fourth.recv, 10)


@pytest.mark.parametrize("who", ["slicer", "printer"])
async def test_a_reset_after_an_end_reaches_the_other_side_as_a_reset(
    rig: Rig, who: str
) -> None:
    relay = rig.start()
    slicer, printer = await rig.pair()
    one, other = (slicer, printer) if who == "slicer" else (printer, slicer)
    one.shutdown(socket.SHUT_WR)
    assert await asyncio.to_thread(other.recv, 10) == b""
    # The other side waits for an answer and sends nothing that would show that nobody is there.
    reset(one)
    await until(lambda: not relay.connections)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        other.sendall(b"x")


async def test_a_connection_that_is_half_ended_does_not_stay_for_long(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HALF_OPEN_LIMIT_S", 1.0)
    relay = rig.start((Service.FTPS, (990,)), (Service.FTPS_DATA, (DATA_PORT,)))
    await rig.pair(990)
    slicer, printer = await rig.pair(DATA_PORT)
    slicer.shutdown(socket.SHUT_WR)
    assert await asyncio.to_thread(printer.recv, 10) == b""
    # However busy the client is otherwise.
    with pytest.raises(ConnectionResetError):
        await asyncio.to_thread(slicer.recv, 10)
    await until(lambda: [each.service for each in relay.connections] == [Service.FTPS])


async def test_a_passive_port_in_use_is_opened_when_it_is_free(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "REBIND_INTERVAL_S", 0.1)
    with socket.create_server((rig.address, DATA_PORT)):
        relay = rig.start(
            (Service.FTPS, (990,)), (Service.FTPS_DATA, (DATA_PORT, DATA_PORT + 1))
        )
        assert relay.bound == {Service.FTPS: True, Service.FTPS_DATA: False}
    await until(lambda: relay.bound[Service.FTPS_DATA])
    await rig.pair(990)
    slicer, printer = await rig.pair(DATA_PORT)
    slicer.sendall(b"file")
    assert await asyncio.to_thread(printer.recv, 10) == b"file"


async def test_every_port_that_cannot_be_bound_is_named_and_none_is_left_open(
    rig: Rig,
) -> None:
    with (
        socket.create_server((rig.address, 990)),
        socket.create_server((rig.address, 322)),
        pytest.raises(PrinterStartError) as caught,
    ):
        rig.start(
            (Service.FTPS, (990,)), (Service.RTSPS, (322,)), (Service.TUNNEL, (6000,))
        )
    assert sorted(error.port for error in caught.value.failures) == [322, 990]
    rig.start(
        (Service.FTPS, (990,)), (Service.RTSPS, (322,)), (Service.TUNNEL, (6000,))
    )


@pytest.mark.parametrize("error", [errno.EMFILE, errno.ENETDOWN])
async def test_accepting_that_fails_is_logged_once_a_minute_and_raises_nothing(
    rig: Rig,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: int,
) -> None:
    monkeypatch.setattr(ports, "ACCEPT_PAUSE_S", 0.0)
    failed: list[int] = []

    class _Failing(socket.socket):
        def accept(self) -> tuple[socket.socket, Any]:
            failed.append(error)
            raise OSError(error, os.strerror(error))

    def _listen(*args: Any) -> socket.socket:
        sock = _Failing(fileno=listening_socket(*args).detach())
        sock.setblocking(False)
        return sock

    monkeypatch.setattr(ports, "listening_socket", _listen)
    rig.start()
    await rig.connect()
    await until(lambda: len(failed) >= 3)
    lines = [
        each for each in caplog.records if each.name.endswith("pass_through.ports")
    ]
    assert [each.levelname for each in lines] == ["WARNING"]
    assert "unexpectedly" not in caplog.text


class _Exhausted(socket.socket):
    """Has no descriptors left, once."""

    exhausted = True

    def accept(self) -> tuple[socket.socket, Any]:
        if self.exhausted:
            self.exhausted = False
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


async def test_accepting_goes_on_after_descriptors_ran_out(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "ACCEPT_PAUSE_S", 0.1)

    def _listen(*args: Any) -> socket.socket:
        sock = _Exhausted(fileno=listening_socket(*args).detach())
        sock.setblocking(False)
        return sock

    monkeypatch.setattr(ports, "listening_socket", _listen)
    rig.start()
    slicer, printer = await rig.pair()
    slicer.sendall(b"at last")
    assert await asyncio.to_thread(printer.recv, 10) == b"at last"


async def test_a_fault_of_one_connection_spares_the_others(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rig.start()
    slicer, printer = await rig.pair()
    with monkeypatch.context() as context:
        context.setattr(connection, "Pump", lambda *args: 1 / 0)
        await rig.is_reset()
    assert "failed unexpectedly" in caplog.text
    slicer.sendall(b"fine")
    assert await asyncio.to_thread(printer.recv, 10) == b"fine"


async def test_a_fault_in_a_callback_spares_the_thread(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.thread.call(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    rig.start()
    slicer, printer = await rig.pair()
    slicer.sendall(b"fine")
    assert await asyncio.to_thread(printer.recv, 10) == b"fine"
    assert "failed unexpectedly" in caplog.text


async def test_what_was_closed_twice_or_never_started_is_closed(rig: Rig) -> None:
    relay = rig.start()
    await relay.close()
    await relay.close()
    assert relay.bound == {Service.TUNNEL: False}
