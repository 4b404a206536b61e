"""Threads that ask a store: none is left that ends in time."""

import asyncio
from pathlib import Path
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.store_worker import (
    StoreWorker,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    LibraryError,
)


async def test_closing_waits_for_a_look_at_the_store_that_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, answers = threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def marked_as(_: FolderBackend) -> None:
        threads.append(threading.current_thread())
        began.set()
        answers.wait(60)

    monkeypatch.setattr(FolderBackend, "marked_as", marked_as)
    worker = StoreWorker(FolderBackend(tmp_path), "test_store", 1, within_s=60)
    look = asyncio.create_task(worker.look())
    await asyncio.to_thread(began.wait, 60)
    asyncio.get_running_loop().call_later(0.1, answers.set)
    await worker.close(within_s=60)
    assert not threads[0].is_alive()
    with pytest.raises(LibraryError, match="closed"):
        await look
