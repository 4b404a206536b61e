"""A network share that hangs while the library is moved: printers go on receiving, and the library stays what it was."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
import threading
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.config.shared_library import (
    CONF_SHARED_LIBRARY,
)
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.explanations import NO_ANSWER
from custom_components.bambu_virtual_printer.engine.library.moving.to_local import (
    MoveToLocal,
)
from custom_components.bambu_virtual_printer.engine.library.moving.to_shared import (
    MoveToShared,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.sharing import (
    at_store,
    move_work,
    moves as sharing_moves,
)
from custom_components.bambu_virtual_printer.sharing.move_state import (
    Direction,
    MoveState,
)
from custom_components.bambu_virtual_printer.sharing.moves import (
    MOVE_INTERRUPTED,
    CopiesLeftError,
    LibraryMoves,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from scripts import slicer
from tests.support.home_assistant import AddPrinter, Send, SentFile
from tests.support.waiting import LIMIT_S, until


class Share:
    """The folder that all reach; while it hangs, whoever asks it for anything waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._answers = threading.Event()
        self.waiting = 0
        self.answer()

    def hang(self) -> None:
        self._answers.clear()
        # Nobody waits long for an answer.
        self._monkeypatch.setattr(at_store, "THERE_WITHIN_S", 0.1)

    def answer(self) -> None:
        self._monkeypatch.setattr(at_store, "THERE_WITHIN_S", LIMIT_S)
        self._answers.set()

    def wait(self) -> None:
        if self._answers.is_set():
            return
        self.waiting += 1
        self._answers.wait()
        self.waiting -= 1


@pytest.fixture
async def share(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Share]:
    """A share that hangs when the test says so."""
    share = Share(monkeypatch)
    check = FolderBackend._check_there

    def check_there(self: FolderBackend) -> None:
        share.wait()
        check(self)

    monkeypatch.setattr(FolderBackend, "_check_there", check_there)
    monkeypatch.setattr(at_store, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(sharing_moves, "STOPS_WITHIN_S", 0.1)
    yield share
    share.answer()
    await until_nothing_hangs()


def _fail(_self: object) -> Any:
    raise IndexUnavailableError(NO_ANSWER)


def hanging_in(share: Share, method: Callable[..., Any]) -> Callable[..., Any]:
    """Have the share hang as soon as this is begun."""

    def work(*args: object) -> Any:
        share.hang()
        return method(*args)

    return work


async def receive(
    entry: MockConfigEntry, file: SentFile, printer: ManagedPrinter
) -> None:
    """Send a file over FTPS, as a slicer does; returns when it was acknowledged."""
    assert entry.state is ConfigEntryState.LOADED
    config = entry.runtime_data.printers[printer.id].config
    await slicer.send(
        file.path, config.bind_ip, config.access_code, ca=None, on_step=lambda _: None
    )


async def archived(entry: MockConfigEntry, *names: str) -> None:
    """Wait until these are in the archive, and nothing else."""
    found: set[str] = set()
    async with asyncio.timeout(LIMIT_S):
        while found != {*names}:
            page = await entry.runtime_data.library.archives(ArchiveQuery())
            found = {archive.name for archive in page.archives}


async def until_nothing_hangs() -> None:
    """Wait until the threads that were given up have ended."""
    await until(
        lambda: (
            not any(
                one.name.startswith("bambu_library_move")
                for one in threading.enumerate()
            )
        )
    )


def is_told(hass: HomeAssistant) -> bool:
    return ir.async_get(hass).async_get_issue(DOMAIN, MOVE_INTERRUPTED) is not None


def kept(hass: HomeAssistant) -> MoveState | None:
    return MoveState.read(Path(hass.config.path(".storage", DOMAIN, "move.json")))


async def end(hass: HomeAssistant, moves: LibraryMoves) -> None:
    await asyncio.wait_for(moves.async_wait(), LIMIT_S)
    await hass.async_block_till_done()


async def interrupted(
    hass: HomeAssistant,
    moves: LibraryMoves,
    move: MoveState,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Begin a move whose last step comes to a share that hangs, and wait until nobody waits for that any more."""
    step = MoveToShared if move.direction is Direction.TO_SHARED else MoveToLocal
    with monkeypatch.context() as patch:
        patch.setattr(step, "complete", hanging_in(share, step.complete))
        # Until then it answers, if the machine has not too much else to do.
        patch.setattr(at_store, "THERE_WITHIN_S", 3.0)
        await moves.async_begin(move)
        await end(hass, moves)
    share.hang()


async def test_printers_receive_when_it_hangs_in_the_last_step_and_the_move_is_made_later(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    move: MoveState,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    await interrupted(hass, moves, move, share, monkeypatch)
    assert share.waiting
    assert moves.failure and "does not answer" in moves.failure
    assert is_told(hass)
    assert CONF_SHARED_LIBRARY not in entry.data
    await receive(entry, sliced_file("Lamp.gcode.3mf", title="Lamp"), printer)
    await hass.async_block_till_done()
    await archived(entry, "Gear and star", "Lamp")
    share.answer()
    await until_nothing_hangs()
    # It has decided nothing when it went on.
    assert kept(hass) == move
    moves.async_go_on()
    await end(hass, moves)
    assert moves.failure is None
    assert not is_told(hass)
    assert CONF_SHARED_LIBRARY in entry.data
    await archived(entry, "Gear and star", "Lamp")


async def test_the_same_on_the_way_back(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    move: MoveState,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    await moves.async_begin(move)
    await end(hass, moves)
    back = replace(move, direction=Direction.TO_LOCAL, is_new=False)
    await interrupted(hass, moves, back, share, monkeypatch)
    assert moves.failure and "does not answer" in moves.failure
    assert is_told(hass)
    assert entry.runtime_data.library.is_shared
    await receive(entry, sliced_file("Lamp.gcode.3mf", title="Lamp"), printer)
    await until(lambda: not entry.runtime_data.library._context.tasks)
    await archived(entry, "Gear and star", "Lamp")
    share.answer()
    await until_nothing_hangs()
    assert kept(hass) == back
    moves.async_go_on()
    await end(hass, moves)
    assert moves.failure is None
    assert not entry.runtime_data.library.is_shared
    await archived(entry, "Gear and star", "Lamp")


async def test_it_is_told_when_it_hangs_while_files_are_copied(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    share: Share,
) -> None:
    await send(printer)
    share.hang()
    await moves.async_begin(move)
    await end(hass, moves)
    assert moves.failure and "does not answer" in moves.failure
    assert is_told(hass)
    # Nor is the next attempt begun beside the one that hangs.
    moves.async_go_on()
    await end(hass, moves)
    assert is_told(hass)
    share.answer()
    await until_nothing_hangs()
    moves.async_go_on()
    await end(hass, moves)
    assert moves.failure is None
    assert CONF_SHARED_LIBRARY in entry.data


async def test_a_library_that_is_back_does_not_wait_until_the_share_is_tidied(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    add_printer: AddPrinter,
    send: Send,
    move: MoveState,
    store: Path,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(await add_printer(mode="review"))
    await moves.async_begin(move)
    await end(hass, moves)
    assert list(store.rglob("*.3mf"))
    monkeypatch.setattr(
        MoveToLocal, "remove_taken", hanging_in(share, MoveToLocal.remove_taken)
    )
    await moves.async_begin(replace(move, direction=Direction.TO_LOCAL, is_new=False))
    await end(hass, moves)
    assert moves.failure is None
    await until(lambda: share.waiting > 0)
    assert entry.state is ConfigEntryState.LOADED
    library = entry.runtime_data.library
    assert not library.is_shared
    assert len((await library.pending.page()).uploads) == 1
    assert list(store.rglob("*.3mf"))
    share.answer()
    await until(lambda: not list(store.rglob("*.3mf")))
    await until_nothing_hangs()


async def test_a_person_who_gives_it_up_is_told_as_well(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    store: Path,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    await interrupted(hass, moves, move, share, monkeypatch)
    with pytest.raises(StorageError, match="does not answer"):
        await asyncio.wait_for(moves.async_give_up(), LIMIT_S)
    assert moves.is_open
    assert is_told(hass)
    share.answer()
    await until_nothing_hangs()
    await moves.async_give_up()
    assert not moves.is_open
    assert not is_told(hass)
    assert not list(store.rglob("*.3mf"))
    await archived(entry, "Gear and star")


async def test_a_copy_whose_removal_hangs_while_the_share_answers_is_not_waited_for(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    store: Path,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    monkeypatch.setattr(MoveToShared, "finish", _fail)
    monkeypatch.setattr(MoveToShared, "has_finished", lambda _self: False)
    await moves.async_begin(move)
    await end(hass, moves)
    removes, is_removed = threading.Event(), FolderBackend.remove

    def remove(self: FolderBackend, *args: Any) -> None:
        removes.wait(60)
        is_removed(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(FolderBackend, "remove", remove)
        patch.setattr(move_work, "STILL_FOR_S", 0.2)
        with pytest.raises(CopiesLeftError):
            await asyncio.wait_for(moves.async_give_up(), 30)
        assert moves.is_open
        removes.set()
        await until_nothing_hangs()
    await moves.async_give_up()
    assert not moves.is_open
    assert not list(store.rglob("*.3mf"))
    await archived(entry, "Gear and star")


async def test_nothing_goes_on_while_it_is_given_up(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Giving up takes a while, in which people look how far it is, and the hub is loaded again."""
    await send(printer)
    undo, began = MoveToShared.give_up, threading.Event()
    go_on = threading.Event()

    def slow(self: MoveToShared) -> None:
        began.set()
        go_on.wait()
        undo(self)

    with monkeypatch.context() as patch:
        patch.setattr(MoveToShared, "finish", _fail)
        patch.setattr(MoveToShared, "has_finished", lambda _self: False)
        await moves.async_begin(move)
        await end(hass, moves)
    assert moves.is_open
    monkeypatch.setattr(MoveToShared, "give_up", slow)
    giving_up = asyncio.ensure_future(moves.async_give_up())
    await until(began.is_set)
    moves.async_go_on()
    await hass.config_entries.async_reload(entry.entry_id)
    assert not moves.is_running
    go_on.set()
    await asyncio.wait_for(giving_up, LIMIT_S)
    assert not moves.is_running
    assert not moves.is_open
    assert CONF_SHARED_LIBRARY not in entry.data
    await archived(entry, "Gear and star")


async def test_a_way_back_can_be_given_up_though_the_share_hangs(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    await moves.async_begin(move)
    await end(hass, moves)
    back = replace(move, direction=Direction.TO_LOCAL, is_new=False)
    await interrupted(hass, moves, back, share, monkeypatch)
    await asyncio.wait_for(moves.async_give_up(), LIMIT_S)
    assert not moves.is_open
    assert not is_told(hass)
    assert entry.runtime_data.library.is_shared
    share.answer()
    await until_nothing_hangs()
    assert kept(hass) != back
    assert entry.runtime_data.library.is_shared


async def test_whoever_gives_it_up_does_not_wait_for_what_is_downloaded(
    moves: LibraryMoves, move: MoveState, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = asyncio.Event()

    async def fetch(_hass: HomeAssistant) -> None:
        began.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(sharing_moves, "STOPS_WITHIN_S", 0.1)
    monkeypatch.setattr(sharing_moves, "async_fetch_drivers", fetch)
    await moves.async_begin(move)
    await asyncio.wait_for(began.wait(), LIMIT_S)
    await asyncio.wait_for(moves.async_give_up(), LIMIT_S)
    assert not moves.is_running
    assert not moves.is_open


@pytest.mark.parametrize("step", ["unload", "reload"])
async def test_stopping_it_leaves_the_hub_as_home_assistant_knows_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    """Nothing of the store is waited for then."""
    monkeypatch.setattr(sharing_moves, "STOPS_WITHIN_S", 0.1)
    await send(printer)
    method = f"async_{step}"
    do, began, go_on = (
        getattr(hass.config_entries, method),
        asyncio.Event(),
        asyncio.Event(),
    )

    async def slow(entry_id: str, **options: Any) -> bool:
        began.set()
        await go_on.wait()
        return bool(await do(entry_id, **options))

    monkeypatch.setattr(hass.config_entries, method, slow)
    await moves.async_begin(move)
    await asyncio.wait_for(began.wait(), LIMIT_S)
    giving_up = asyncio.ensure_future(moves.async_give_up())
    # Longer than it is waited for.
    await asyncio.wait([giving_up], timeout=0.5)
    go_on.set()
    await asyncio.wait_for(giving_up, LIMIT_S)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert not moves.is_open
    is_moved = step == "reload"
    assert (CONF_SHARED_LIBRARY in entry.data) is is_moved
    await archived(entry, "Gear and star")


@pytest.mark.parametrize("is_removed", [True, False], ids=["removed", "stopped"])
async def test_whoever_ends_it_does_not_wait_for_the_share(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    share: Share,
    monkeypatch: pytest.MonkeyPatch,
    is_removed: bool,
) -> None:
    await send(printer)
    # It is not noticed by itself here.
    monkeypatch.setattr(at_store, "LOOK_EVERY_S", 3600.0)
    monkeypatch.setattr(
        MoveToShared, "complete", hanging_in(share, MoveToShared.complete)
    )
    await moves.async_begin(move)
    await until(lambda: share.waiting > 0)
    assert entry.state is ConfigEntryState.NOT_LOADED
    async with asyncio.timeout(LIMIT_S):
        if is_removed:
            await hass.config_entries.async_remove(entry.entry_id)
        else:
            await hass.async_stop()
        await moves.async_wait()
    assert not is_told(hass)
    assert kept(hass) == (None if is_removed else move)
    share.answer()
    await until_nothing_hangs()
    assert kept(hass) == (None if is_removed else move)
