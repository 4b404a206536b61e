import asyncio
from collections.abc import Iterator
import contextlib
import socket

import pytest

from custom_components.bambu_virtual_printer.engine.net.handshakes import (
    HandshakeLimiter,
    whole_record,
)
from tests.support.waiting import LIMIT_S

RECORD = b"\x16\x03\x01\x00\x04abcd"


@pytest.fixture
def pair(loopback: None) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a TCP connection: ours, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        ours, _ = server.accept()
    ours.setblocking(False)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with ours, client:
        yield ours, client


async def test_a_few_begin_in_each_turn_of_the_loop() -> None:
    handshakes = HandshakeLimiter(2)
    begun: list[int] = []

    async def _begin(number: int) -> None:
        await handshakes.turn("a")
        begun.append(number)

    tasks = [asyncio.create_task(_begin(number)) for number in range(7)]
    counts: list[int] = []
    while len(begun) < 7:
        before = len(begun)
        await asyncio.sleep(0)
        counts.append(len(begun) - before)
    assert max(counts) == 2
    await asyncio.gather(*tasks)


async def test_every_client_gets_its_turn_before_any_gets_a_second() -> None:
    handshakes = HandshakeLimiter(1)
    begun: list[str] = []

    async def _begin(peer: str) -> None:
        await handshakes.turn(peer)
        begun.append(peer)

    await asyncio.gather(*map(_begin, ["flood"] * 20 + ["slicer"]))
    assert begun.index("slicer") <= 1


async def test_a_client_that_is_held_back_does_not_hold_back_others() -> None:
    handshakes = HandshakeLimiter(
        4, pause_s=lambda peer: 3600.0 if peer == "guesser" else 0.0
    )
    await handshakes.turn("guesser")
    held = asyncio.create_task(handshakes.turn("guesser"))
    await asyncio.sleep(0)
    async with asyncio.timeout(LIMIT_S):
        for _ in range(10):
            await handshakes.turn("slicer")
    assert not held.done()
    held.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await held
    assert handshakes._later is None


async def test_one_that_gives_up_waiting_is_forgotten() -> None:
    handshakes = HandshakeLimiter(1)
    tasks = [asyncio.create_task(handshakes.turn("a")) for _ in range(3)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    async with asyncio.timeout(LIMIT_S):
        await handshakes.turn("a")
    assert not handshakes._waiting


async def test_a_record_is_whole_however_it_is_split(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, client = pair
    waiting = asyncio.create_task(whole_record(ours))
    for byte in RECORD[:-1]:
        client.sendall(bytes((byte,)))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
    client.sendall(RECORD[-1:])
    async with asyncio.timeout(LIMIT_S):
        await waiting
    # Nothing was taken from it, and it wakes for single bytes again.
    assert ours.recv(100) == RECORD
    assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) == 1


@pytest.mark.parametrize("sent", [b"", RECORD[:1], RECORD[:7]])
async def test_the_end_is_not_waited_for_in_vain(
    pair: tuple[socket.socket, socket.socket], sent: bytes
) -> None:
    ours, client = pair
    waiting = asyncio.create_task(whole_record(ours))
    client.sendall(sent)
    for _ in range(5):
        await asyncio.sleep(0)
    client.close()
    async with asyncio.timeout(LIMIT_S):
        await waiting


async def test_what_is_no_tls_is_handed_on_at_once(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, client = pair
    client.sendall(b"G")
    async with asyncio.timeout(LIMIT_S):
        await whole_record(ours)
