"""The transfer thread's start and end."""

import pytest

from custom_components.bambu_virtual_printer.engine.reception.transfer_thread import (
    TransferThread,
)
from tests.support.descriptors import open_sockets
from tests.support.threads import no_threads


async def test_a_thread_that_cannot_be_started_leaves_nothing_open() -> None:
    before = open_sockets()
    with no_threads(), pytest.raises(RuntimeError, match="can't start"):
        async with TransferThread():
            pass
    assert open_sockets() == before
