"""The relay thread's start and end."""

import threading

import pytest

from custom_components.bambu_virtual_printer.engine.relay.pass_through.thread import (
    RelayThread,
)
from tests.support.descriptors import open_sockets
from tests.support.threads import no_threads


async def test_a_thread_that_cannot_be_started_leaves_nothing_open() -> None:
    before = open_sockets()
    with no_threads(), pytest.raises(RuntimeError, match="can't start"):
        async with RelayThread():
            pass
    assert open_sockets() == before


async def test_what_was_called_before_the_end_is_done_and_nothing_is_left() -> None:
    before = open_sockets()
    done: list[int] = []
    async with RelayThread() as thread:
        for number in range(100):
            thread.call(lambda number=number: done.append(number))  # type: ignore[misc]
    assert done == list(range(100))
    assert open_sockets() == before
    assert "bvp-relay" not in {each.name for each in threading.enumerate()}
    # It is over, and says nothing.
    thread.call(lambda: done.append(-1))
