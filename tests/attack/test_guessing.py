"""Access codes, one after the other."""

import asyncio
from collections.abc import Callable
import time

from custom_components.bambu_virtual_printer.engine.emulator.logins import Logins
from custom_components.bambu_virtual_printer.engine.events import LoginFailed
from custom_components.bambu_virtual_printer.engine.net.guesses import (
    GUESSES,
    MAX_REFUSAL_DELAY_S,
    REFUSAL_DELAY_S,
    GuessTracker,
)
from custom_components.bambu_virtual_printer.engine.values import Service
from tests.support.ftps_clients import ACCESS_CODE
from tests.support.waiting import until

from .conftest import Target

PEER = "192.168.1.66"


def test_different_codes_make_a_clients_refusals_wait_longer_and_longer() -> None:
    guesses = GuessTracker()
    delays = []
    for number in range(20):
        guesses.wrong(PEER, str(number).encode())
        delays.append(guesses.refusal_delay_s(PEER))
    assert delays[0] == REFUSAL_DELAY_S
    assert delays == sorted(delays)
    assert delays[-1] == MAX_REFUSAL_DELAY_S
    assert guesses.refusal_delay_s("192.168.1.7") == REFUSAL_DELAY_S
    assert guesses.handshake_pause_s("192.168.1.7") == 0.0


def test_a_slicer_that_repeats_a_stale_code_is_no_guesser() -> None:
    guesses = GuessTracker()
    for _ in range(1000):
        guesses.wrong(PEER, b"87654321")
    assert guesses.refusal_delay_s(PEER) == REFUSAL_DELAY_S
    assert guesses.handshake_pause_s(PEER) == 0.0


def test_many_clients_that_guess_a_little_are_slowed_down_as_well() -> None:
    guesses = GuessTracker()
    for number in range(100):
        for code in (b"1", b"2"):
            guesses.wrong(f"10.0.0.{number}", code)
    assert guesses.refusal_delay_s("10.0.0.1") > REFUSAL_DELAY_S
    # One wrong code is anybody's typo.
    guesses.wrong(PEER, b"1")
    assert guesses.refusal_delay_s(PEER) == REFUSAL_DELAY_S


def test_a_guesser_is_reported_when_it_turns_out_to_be_one() -> None:
    reports: list[LoginFailed] = []
    logins = Logins(ACCESS_CODE, reports.append)
    for number in range(3 * GUESSES):
        assert not logins.check(b"bblp", str(number).encode(), PEER, Service.MQTT)
    assert [report.codes for report in reports] == [1, GUESSES]


def test_what_is_remembered_of_guessers_is_bounded_and_holds_no_code() -> None:
    guesses = GuessTracker()
    for number in range(5000):
        guesses.wrong(f"10.0.{number // 250}.{number % 250}", b"aB345678")
        guesses.wrong(PEER, str(number).encode())
    assert len(guesses._guessers) <= 256
    assert len(guesses._guessers[PEER].codes) <= 64
    assert b"aB345678" not in repr(guesses._guessers).encode()


async def test_hanging_up_before_the_refusal_gains_nothing_and_costs_nobody_else(
    target: Target, new_peer: Callable[[], str]
) -> None:
    guesser = new_peer()
    guesses = target.services.guesses
    for number in range(10 * GUESSES):
        guesses.wrong(guesser, str(number).encode())
    began = time.monotonic()
    started = 0
    waiting = asyncio.get_running_loop()

    async def _guess(number: int) -> None:
        nonlocal started
        await target.services.handshakes.turn(guesser)
        started += 1

    tasks = [asyncio.create_task(_guess(number)) for number in range(50)]
    await until(lambda: started, "the first may begin")
    for _ in range(5):
        # Another client, and the right code of the guessing one's own.
        assert await target.mqtt(source=new_peer()) == b"\x00\x00"
    took = time.monotonic() - began
    assert started <= 1 + took / guesses.handshake_pause_s(guesser) + 1
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert waiting.is_running()


async def test_the_right_code_gets_in_from_an_address_that_guesses(
    target: Target, new_peer: Callable[[], str]
) -> None:
    guesser = new_peer()
    wrong = [
        asyncio.create_task(target.mqtt(f"{number:08}", guesser))
        for number in range(GUESSES + 2)
    ]
    await until(
        lambda: target.services.guesses._of(guesser) >= GUESSES, "it has guessed"
    )
    assert await target.mqtt(source=guesser) == b"\x00\x00"
    for task in wrong:
        task.cancel()
    await asyncio.wait(wrong)
    assert target.events.count(
        next(event for event in target.events if isinstance(event, LoginFailed))
    )
