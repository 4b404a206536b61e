"""One small request, many datagrams: what nobody shall be able to make of a printer."""

import asyncio
import socket

import pytest

from custom_components.bambu_virtual_printer.engine.discovery import announcer
from custom_components.bambu_virtual_printer.engine.discovery.announcer import (
    ANSWERS_AT_ONCE,
    BURST_DELAYS_S,
    Discovery,
)
from tests.support.discovery import SEARCH
from tests.support.waiting import until

from .bind_client import ask, detect
from .conftest import Target


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect where datagrams go to; they go there."""
    hosts: list[str] = []
    send = Discovery._send

    def _send(
        self: Discovery, sock: socket.socket, message: bytes, host: str, port: int
    ) -> OSError | None:
        hosts.append(host)
        return send(self, sock, message, host, port)

    monkeypatch.setattr(Discovery, "_send", _send)
    return hosts


async def test_detect_requests_share_a_burst(
    target: Target, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcer, "INTERVAL_MIN_S", 3600.0)
    monkeypatch.setattr(announcer, "INTERVAL_MAX_S", 3600.0)
    speaker = target.printer._visibility._discovery
    assert speaker
    await until(lambda: not speaker._burst_left, "the burst of the start is over")
    for timer in speaker._timers:
        timer.cancel()
    sent.clear()
    for _ in range(100):
        assert b"20004" in await ask(target, detect())
    await until(lambda: not speaker._burst_left, "everybody was told")
    bursts = len(sent) / (3 * len(BURST_DELAYS_S))
    took = speaker._next_burst_at - asyncio.get_running_loop().time()
    # One for the first request, and one for those that came after it began.
    assert sent.count("127.0.0.1") >= len(BURST_DELAYS_S)
    assert bursts <= 2 + took / announcer.BURST_INTERVAL_S


async def test_requests_that_come_one_after_the_other_wait_for_the_next_burst(
    target: Target,
) -> None:
    speaker = target.printer._visibility._discovery
    assert speaker
    await until(lambda: not speaker._burst_left, "the burst of the start is over")
    first_after = speaker._next_burst_at
    speaker.announce(also_to="127.0.0.1")
    assert speaker._next_burst_at >= first_after + announcer.BURST_INTERVAL_S
    at = speaker._next_burst_at
    for number in range(500):
        speaker.announce(also_to=f"127.0.1.{number % 250}")
    assert speaker._next_burst_at == at
    assert len(speaker._addressees) <= announcer.MAX_ADDRESSEES


async def test_searches_get_a_bounded_number_of_answers(
    target: Target, sent: list[str]
) -> None:
    loop = asyncio.get_running_loop()
    began_at = loop.time()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        for _ in range(10 * ANSWERS_AT_ONCE):
            sock.sendto(SEARCH, (target.address, 2021))
            await asyncio.sleep(0)
        await until(lambda: "127.0.0.1" in sent, "one is answered")
        own = sent.count("127.0.0.1")
    # More are given with time.
    took_s = loop.time() - began_at
    assert 0 < own <= 2 * ANSWERS_AT_ONCE + took_s * announcer.ANSWERS_PER_S
