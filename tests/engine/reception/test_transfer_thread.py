"""The transfer thread's start and end."""

import asyncio
from collections.abc import Callable
from contextlib import closing
import errno
from functools import partial
import os
from pathlib import Path
import socket
import threading
from typing import Any, override

import pytest

from custom_components.bambu_virtual_printer.engine.net.loop_bridge import (
    set_from_thread,
)
from custom_components.bambu_virtual_printer.engine.reception.failures import (
    CrashedError,
    StorageFailedError,
    TransferError,
)
from custom_components.bambu_virtual_printer.engine.reception.reactor import (
    Fiber,
    Reactor,
    Steps,
    Wait,
)
from custom_components.bambu_virtual_printer.engine.reception.transfer_thread import (
    TransferThread,
)
from tests.support.descriptors import open_descriptors, open_sockets
from tests.support.threads import no_threads
from tests.support.waiting import until


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


async def test_what_strangers_make_fail_fills_no_log(
    loopback: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    errors: list[TransferError | None] = []

    class Failing(Fiber):
        @override
        def run(self) -> Steps:
            yield Wait.TURN
            raise RuntimeError("a mistake")

        @override
        def ended(self, error: TransferError | None) -> None:
            errors.append(error)

    ended = asyncio.get_running_loop().create_future()
    reactor = Reactor("test", partial(set_from_thread, ended.get_loop(), ended, None))
    with closing(reactor):
        reactor.start()
        for _ in range(20):
            reactor.call(partial(reactor.add, Failing(socket.socket())))
        await until(lambda: len(errors) == 20)
        reactor.stop()
        await ended
        reactor.join()
    assert all(isinstance(error, CrashedError) for error in errors)
    (record,) = [record for record in caplog.records if record.exc_info]
    assert record.getMessage() == "A transfer failed unexpectedly"


async def test_every_call_is_answered_though_the_thread_is_woken_only_when_it_sleeps() -> (
    None
):
    ended = asyncio.get_running_loop().create_future()
    reactor = Reactor("test", partial(set_from_thread, ended.get_loop(), ended, None))

    def ask() -> int:
        """Call again and again, each time as the thread is about to sleep."""
        for number in range(3_000):
            answered = threading.Event()
            reactor.call(answered.set)
            if not answered.wait(10):
                return number
        return -1

    with closing(reactor):
        reactor.start()
        unanswered = await asyncio.gather(*(asyncio.to_thread(ask) for _ in range(3)))
        reactor.stop()
        await ended
        reactor.join()
    assert unanswered == [-1, -1, -1]


async def test_a_disk_that_fails_is_noticed_while_the_client_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int, _data: memoryview) -> int:
        raise OSError(errno.EIO, "the disk is broken")

    async with TransferThread() as thread:
        sink = await thread.open_sink(
            tmp_path / "Cube.gcode.3mf",
            name="Cube.gcode.3mf",
            reserve_bytes=0,
            announced_bytes=0,
        )
        noticed, ended = threading.Event(), threading.Event()
        sink.begin(ready=noticed.set, ended=lambda _error: ended.set())
        monkeypatch.setattr(os, "write", fail)
        block = sink.take()
        assert block is not None
        sink.put(block, 1)
        assert await asyncio.to_thread(noticed.wait, 10)
        assert isinstance(sink.failure, StorageFailedError)
        sink.end(None)
        assert await asyncio.to_thread(ended.wait, 10)
