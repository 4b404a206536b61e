"""The transfer thread's start and end."""

import asyncio
from collections.abc import Callable
import os
from pathlib import Path
import threading
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.reception.transfer_thread import (
    TransferThread,
)
from tests.support.descriptors import open_descriptors, open_sockets
from tests.support.threads import no_threads


async def test_a_thread_that_cannot_be_started_leaves_nothing_open() -> None:
    before = open_sockets()
    with no_threads(), pytest.raises(RuntimeError, match="can't start"):
        async with TransferThread():
            pass
    assert open_sockets() == before


async def test_a_file_that_nobody_waits_for_any_more_is_closed_once_it_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "Cube.gcode.3mf"
    path.write_bytes(b"content")
    is_opening, may_open = threading.Event(), threading.Event()
    real_open: Callable[..., int] = os.open

    def slowly(name: Any, *args: Any, **kwargs: Any) -> int:
        if name == path:
            is_opening.set()
            may_open.wait()
        return real_open(name, *args, **kwargs)

    monkeypatch.setattr(os, "open", slowly)
    async with TransferThread() as thread:
        opening = asyncio.create_task(thread.open_source(path))
        await asyncio.to_thread(is_opening.wait)
        opening.cancel()
        await asyncio.wait([opening])
        may_open.set()
    assert opening.cancelled()
    assert str(path) not in open_descriptors()
