"""Work that is done again and again: what fails for days is told once, and told again once it has worked between."""

import asyncio
import logging

import pytest

from custom_components.bambu_virtual_printer.engine.explanations import explain
from custom_components.bambu_virtual_printer.engine.library.rounds import Rounds
from custom_components.bambu_virtual_printer.engine.pauses import Pauses
from custom_components.bambu_virtual_printer.engine.storage import StorageError

PATIENCE_S = 10.0
FULL = StorageError(explain("test_full", "It is full."))


async def outcomes(*faults: Exception | None) -> list[str]:
    """Go through rounds that end so. Returns what was told."""
    told: list[str] = []
    left = iter(faults)
    is_done = asyncio.Event()

    async def work() -> None:
        try:
            fault = next(left)
        except StopIteration:
            is_done.set()
            await asyncio.Event().wait()
        if fault is not None:
            raise fault

    rounds = Rounds(
        work,
        rest_s=0.001,
        pauses=Pauses(0.001, 0.002),
        failing=lambda err: told.append(str(err)),
        working=lambda: told.append("works"),
    )
    rounds.start()
    async with asyncio.timeout(PATIENCE_S):
        await is_done.wait()
    await rounds.stop()
    return told


async def test_each_reason_is_told_once() -> None:
    absent = StorageError(explain("test_absent", "It is absent."))
    told = await outcomes(FULL, FULL, absent, FULL, None, None, FULL)
    assert told == [
        "It is full.",
        "It is absent.",
        "It is full.",
        "works",
        "It is full.",
    ]


async def test_what_nobody_expected_is_logged_once_until_it_works_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        told = await outcomes(
            KeyError("a"), KeyError("a"), KeyError("b"), None, KeyError("b")
        )
    assert told == []
    faults = [str(record.exc_info[1]) for record in caplog.records if record.exc_info]
    assert faults == ["'a'", "'b'", "'b'"]
