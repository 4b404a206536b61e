"""The transfer thread's start and end."""

import threading

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.ftps.transfer_thread import (
    TransferThread,
)
from tests.support.descriptors import open_sockets


async def test_a_thread_that_cannot_be_started_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def _no_thread(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    before = open_sockets()
    with monkeypatch.context() as context:
        context.setattr(threading.Thread, "start", _no_thread)
        with pytest.raises(RuntimeError, match="can't start"):
            async with TransferThread():
                pass
    assert open_sockets() == before
