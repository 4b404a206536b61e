"""Work with a store that may hang: nobody waits for it longer than the store answers, and what was given up decides nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.library.moving.control import (
    MoveCancelledError,
    MoveControl,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from custom_components.bambu_virtual_printer.sharing import at_store
from custom_components.bambu_virtual_printer.sharing.at_store import AtStore
from tests.support.waiting import LIMIT_S, until


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_store, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(at_store, "THERE_WITHIN_S", LIMIT_S)


@pytest.fixture
async def gate() -> AsyncIterator[threading.Event]:
    """Open it, and what hangs goes on."""
    gate = threading.Event()
    yield gate
    gate.set()
    await until(lambda: not moving())


def moving() -> list[threading.Thread]:
    """The threads that work with a store."""
    return [
        one
        for one in threading.enumerate()
        if one.name.startswith("bambu_library_move")
    ]


class Store(FolderBackend):
    """A store that is asked whether it is there through a gate."""

    def __init__(self, root: Path, gate: threading.Event) -> None:
        super().__init__(root)
        self.gate = gate
        self.looked = 0

    def marked_as(self) -> str | None:
        self.looked += 1
        self.gate.wait()
        return super().marked_as()


@pytest.fixture
def there(tmp_path: Path) -> Store:
    """A store that answers."""
    opened = threading.Event()
    opened.set()
    return Store(tmp_path, opened)


@pytest.fixture
def hanging(
    tmp_path: Path, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> Store:
    """A store that does not answer, of which nobody waits long for an answer."""
    monkeypatch.setattr(at_store, "THERE_WITHIN_S", 0.1)
    return Store(tmp_path, gate)


async def hang(at: AtStore, store: Store, gate: threading.Event) -> None:
    """Have work hang whose turn it is."""
    began = threading.Event()

    def work() -> None:
        began.set()
        gate.wait()

    with pytest.raises(StorageError):
        await at.run(work, store, MoveControl())
    await until(began.is_set)


async def test_slow_work_is_waited_for_while_the_store_answers(there: Store) -> None:
    def work() -> str:
        while there.looked < 3:
            pass
        return "done"

    assert await AtStore().run(work, there, MoveControl()) == "done"


async def test_work_that_stands_still_is_given_up_though_the_store_answers(
    there: Store, gate: threading.Event
) -> None:
    control = MoveControl()
    with pytest.raises(StorageError, match="does not answer"):
        await AtStore().run(gate.wait, there, control, still_for_s=0.2)
    assert control.is_cancelled


async def test_work_that_goes_on_step_by_step_is_waited_for(there: Store) -> None:
    control = MoveControl()

    def work() -> str:
        while there.looked < 10:
            control.check()
        return "done"

    assert await AtStore().run(work, there, control, still_for_s=0.2) == "done"


async def test_what_was_given_up_decides_nothing_and_is_not_run_beside(
    hanging: Store,
    there: Store,
    gate: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    control = MoveControl()
    began, ended = threading.Event(), threading.Event()
    decided: list[str] = []

    def work() -> None:
        began.set()
        gate.wait()
        try:
            with control.deciding():
                decided.append("late")
        finally:
            ended.set()

    at = AtStore()
    with pytest.raises(StorageError, match="does not answer"):
        await at.run(work, hanging, control)
    await until(began.is_set)
    assert not ended.is_set()
    monkeypatch.setattr(at_store, "THERE_WITHIN_S", LIMIT_S)
    after = asyncio.ensure_future(
        at.run(lambda: decided.append("next"), there, MoveControl())
    )
    looked = there.looked
    await until(lambda: there.looked >= looked + 3)
    assert not after.done()
    gate.set()
    await asyncio.wait_for(after, LIMIT_S)
    assert ended.is_set()
    assert decided == ["next"]


async def test_whoever_waits_for_their_turn_is_told_too(
    hanging: Store, gate: threading.Event
) -> None:
    at = AtStore()
    await hang(at, hanging, gate)
    second = MoveControl()
    with pytest.raises(StorageError):
        await at.run(lambda: None, hanging, second)
    # It does not stay for its turn.
    await until(lambda: [one.name for one in moving()].count("bambu_library_move") == 1)


async def test_nobody_waits_for_ever_for_somebody_who_does_no_step(
    hanging: Store,
    there: Store,
    gate: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The store may answer all the same, or be another one by then."""
    at = AtStore()
    await hang(at, hanging, gate)
    monkeypatch.setattr(at_store, "THERE_WITHIN_S", LIMIT_S)
    monkeypatch.setattr(at_store, "TURN_WITHIN_S", 0.2)
    with pytest.raises(StorageError, match="does not answer"):
        await at.run(lambda: None, there, MoveControl())


async def test_whoever_is_given_up_ends_at_once_unless_it_decides(
    hanging: Store, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_store, "LOOK_EVERY_S", 3600.0)
    at, control, began = AtStore(), MoveControl(), threading.Event()
    # Nothing is under way.
    at.give_up(MoveControl())

    def work() -> None:
        began.set()
        gate.wait()

    task = asyncio.ensure_future(at.run(work, hanging, control))
    await until(began.is_set)
    at.give_up(MoveControl())
    assert not control.is_cancelled
    at.give_up(control)
    with pytest.raises(MoveCancelledError):
        await asyncio.wait_for(task, LIMIT_S)
    # Nor does it begin.
    with pytest.raises(MoveCancelledError):
        await at.run(lambda: pytest.fail("it was given up"), hanging, control)


async def test_what_decides_is_waited_for_whatever_the_store_does(
    hanging: Store, gate: threading.Event
) -> None:
    control = MoveControl()
    go_on = threading.Event()

    def work() -> str:
        with control.deciding():
            go_on.wait()
        return "decided"

    at = AtStore()
    task = asyncio.ensure_future(at.run(work, hanging, control))
    await until(lambda: hanging.looked > 0)
    # Longer than it waits for an answer.
    await asyncio.wait([task], timeout=0.5)
    assert not task.done()
    at.give_up(control)
    await asyncio.wait([task], timeout=0.1)
    assert not task.done()
    assert not control.is_cancelled
    go_on.set()
    assert await asyncio.wait_for(task, LIMIT_S) == "decided"


async def test_nothing_is_decided_once_it_was_cancelled() -> None:
    control = MoveControl()
    control.cancel()
    with pytest.raises(MoveCancelledError), control.deciding():
        pytest.fail("it was cancelled")
    assert control.abandon()
