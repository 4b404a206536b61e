"""A move of the library outlasts restarts and failures: it goes on, or leaves the old library in force."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
import errno
import itertools
import json
from pathlib import Path
import shutil
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.config.options import HubOptions
from custom_components.bambu_virtual_printer.config.shared_library import (
    CONF_SHARED_LIBRARY,
    FolderSettings,
    SharedLibrarySettings,
)
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.explanations import NO_ANSWER
from custom_components.bambu_virtual_printer.engine.library.index.joining import join
from custom_components.bambu_virtual_printer.engine.library.moving.ledger import Stamp
from custom_components.bambu_virtual_printer.engine.library.moving.to_local import (
    MoveToLocal,
)
from custom_components.bambu_virtual_printer.engine.library.moving.to_shared import (
    MoveToShared,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.keys import (
    file_key,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from custom_components.bambu_virtual_printer.engine.pauses import Pauses
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.sharing import (
    move_record,
    moves as sharing_moves,
)
from custom_components.bambu_virtual_printer.sharing.drivers import DriversMissingError
from custom_components.bambu_virtual_printer.sharing.move_state import (
    Direction,
    MoveState,
    Phase,
    Take,
    is_written,
)
from custom_components.bambu_virtual_printer.sharing.moves import (
    _MOVES,
    JOBS_LEFT_BEHIND,
    MOVE_INTERRUPTED,
    CopiesLeftError,
    LibraryMoves,
    library_moves,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from scripts import slicer
from tests.support.home_assistant import Send, SentFile
from tests.support.waiting import until

from .conftest import LIBRARY_ID


async def done(hass: HomeAssistant, moves: LibraryMoves) -> None:
    """Wait until the move under way has ended."""
    await asyncio.wait_for(moves.async_wait(), 60)
    await hass.async_block_till_done()


async def carry_out(hass: HomeAssistant, moves: LibraryMoves, move: MoveState) -> None:
    """Begin a move, and wait until it has ended, well or not."""
    await moves.async_begin(move)
    await done(hass, moves)


async def names(entry: MockConfigEntry) -> list[str]:
    page = await entry.runtime_data.library.archives(ArchiveQuery())
    return [archive.name for archive in page.archives]


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


async def test_the_library_is_moved_there_and_back(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
) -> None:
    await send(printer)
    await moves.async_begin(move)
    assert moves.is_open
    await done(hass, moves)
    assert moves.failure is None
    assert entry.data[CONF_SHARED_LIBRARY] == dict(move.settings)
    assert await names(entry) == ["Gear and star"]
    await carry_out(
        hass, moves, replace(move, direction=Direction.TO_LOCAL, is_new=False)
    )
    assert moves.failure is None
    assert CONF_SHARED_LIBRARY not in entry.data
    assert entry.state is ConfigEntryState.LOADED
    assert await names(entry) == ["Gear and star"]
    assert not moves.is_open


async def test_a_move_that_fails_leaves_the_old_library_and_is_offered_as_a_repair(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(_self: MoveToShared) -> None:
        raise IndexUnavailableError(NO_ANSWER)

    with monkeypatch.context() as patch:
        patch.setattr(MoveToShared, "finish", away)
        patch.setattr(MoveToShared, "has_finished", lambda _self: False)
        await carry_out(hass, moves, move)
    assert moves.failure
    assert moves.is_open
    assert CONF_SHARED_LIBRARY not in entry.data
    assert entry.state is ConfigEntryState.LOADED
    assert issue(hass, MOVE_INTERRUPTED) is not None
    moves.async_go_on()
    await done(hass, moves)
    assert moves.failure is None
    assert issue(hass, MOVE_INTERRUPTED) is None
    assert CONF_SHARED_LIBRARY in entry.data


async def test_what_nobody_expected_is_told_too(
    hass: HomeAssistant,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_self: MoveToShared) -> None:
        raise AssertionError("nobody knows why")

    with monkeypatch.context() as patch:
        patch.setattr(MoveToShared, "copy", fail)
        await carry_out(hass, moves, move)
    assert moves.is_open
    assert moves.failure is not None and "nobody knows why" in moves.failure
    told = issue(hass, MOVE_INTERRUPTED)
    assert told and told.translation_placeholders == {"reason": moves.failure}
    moves.async_go_on()
    await done(hass, moves)
    assert not moves.is_open
    assert issue(hass, MOVE_INTERRUPTED) is None


async def test_a_move_that_lacks_drivers_goes_on_by_itself_once_they_can_be_had(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts: list[float] = []
    told: list[bool] = []

    async def fetch(_hass: HomeAssistant) -> None:
        attempts.append(hass.loop.time())
        told.append(issue(hass, MOVE_INTERRUPTED) is not None)
        if len(attempts) < 5:
            raise DriversMissingError

    monkeypatch.setattr(sharing_moves, "async_fetch_drivers", fetch)
    moves._pauses = Pauses(0.1, 0.2)
    await moves.async_begin(move)
    await until(lambda: not moves.is_open)
    await done(hass, moves)
    assert entry.data[CONF_SHARED_LIBRARY]["library_id"] == LIBRARY_ID
    assert moves.failure is None
    assert issue(hass, MOVE_INTERRUPTED) is None
    # All the time, so that a person who dismissed it is not told again.
    assert told == [False, True, True, True, True]
    pauses = [after - before for before, after in itertools.pairwise(attempts)]
    assert all(
        pause >= least
        for pause, least in zip(pauses, (0.1, 0.2, 0.2, 0.2), strict=True)
    )


async def test_a_person_need_not_wait_for_it_and_may_give_it_up(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts = 0

    async def fetch(_hass: HomeAssistant) -> None:
        nonlocal attempts
        attempts += 1
        raise DriversMissingError

    monkeypatch.setattr(sharing_moves, "async_fetch_drivers", fetch)
    await moves.async_begin(move)
    await moves.async_wait()
    assert attempts == 1
    assert moves._cancel_going_on is not None
    moves.async_go_on()
    await moves.async_wait()
    assert attempts == 2
    assert moves._cancel_going_on is not None
    await moves.async_give_up()
    assert moves._cancel_going_on is None
    assert not moves.is_open


async def test_a_hub_that_does_not_let_go_of_its_library_keeps_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    with monkeypatch.context() as patch:

        async def _keeps(_entry_id: str, **_options: object) -> bool:
            return False

        patch.setattr(hass.config_entries, "async_unload", _keeps)
        await moves.async_begin(move)
        await done(hass, moves)
    assert moves.failure
    assert "Restart Home Assistant" in moves.failure
    assert moves.is_open
    assert CONF_SHARED_LIBRARY not in entry.data
    moves.async_go_on()
    await done(hass, moves)
    assert moves.failure is None
    assert await names(entry) == ["Gear and star"]


async def test_a_share_that_is_gone_is_not_taken_for_an_empty_one(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    with monkeypatch.context() as patch:
        patch.setattr(MoveToShared, "finish", _fail)
        patch.setattr(MoveToShared, "has_finished", lambda _self: False)
        await carry_out(hass, moves, move)
    files = move.shared.files
    assert isinstance(files, FolderSettings)
    aside = files.path.with_name("aside")
    files.path.rename(aside)
    files.path.mkdir()
    moves.async_go_on()
    await done(hass, moves)
    assert moves.failure
    assert list(files.path.iterdir()) == []
    files.path.rmdir()
    aside.rename(files.path)
    moves.async_go_on()
    await done(hass, moves)
    assert moves.failure is None
    assert CONF_SHARED_LIBRARY in entry.data


async def test_copies_on_a_share_that_is_not_mounted_are_not_said_to_be_removed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    monkeypatch.setattr(MoveToShared, "finish", _fail)
    monkeypatch.setattr(MoveToShared, "has_finished", lambda _self: False)
    await carry_out(hass, moves, move)
    files = move.shared.files
    assert isinstance(files, FolderSettings)
    aside = files.path.with_name("aside")
    files.path.rename(aside)
    files.path.mkdir()
    with pytest.raises(CopiesLeftError):
        await moves.async_give_up()
    assert moves.is_open
    await moves.async_give_up(leaving_copies=True)
    assert not moves.is_open
    assert list(aside.rglob("*.3mf"))


async def test_copies_are_removed_where_the_marker_is_gone(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    monkeypatch.setattr(MoveToShared, "finish", _fail)
    monkeypatch.setattr(MoveToShared, "has_finished", lambda _self: False)
    await carry_out(hass, moves, move)
    files = move.shared.files
    assert isinstance(files, FolderSettings)
    (files.path / "library.json").unlink()
    await moves.async_give_up()
    assert not moves.is_open
    assert not list(files.path.rglob("*.3mf"))


async def test_a_move_goes_on_after_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, move: MoveState
) -> None:
    """What a killed Home Assistant leaves is the file."""
    moves = library_moves(hass, entry)
    path = Path(hass.config.path(".storage", DOMAIN, "move.json"))
    move.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    await hass.config_entries.async_reload(entry.entry_id)
    await done(hass, moves)
    assert entry.data[CONF_SHARED_LIBRARY]["library_id"] == LIBRARY_ID


@pytest.mark.parametrize("is_there", [True, False])
async def test_one_that_was_killed_in_its_last_moment_asks_the_shared_library(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
    is_there: bool,
) -> None:
    moves = library_moves(hass, entry)
    path = Path(hass.config.path(".storage", DOMAIN, "move.json"))
    replace(move, phase=Phase.COMMITTING).write(path)
    monkeypatch.setattr(MoveToShared, "has_finished", lambda _self: is_there)
    monkeypatch.setattr(moves, "async_go_on", lambda: None)
    await hass.config_entries.async_reload(entry.entry_id)
    assert (CONF_SHARED_LIBRARY in entry.data) is is_there


async def test_a_move_is_given_up_with_all_that_was_copied(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    settings: SharedLibrarySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    monkeypatch.setattr(MoveToShared, "finish", _fail)
    monkeypatch.setattr(MoveToShared, "has_finished", lambda _self: False)
    await carry_out(hass, moves, move)
    assert isinstance(settings.files, FolderSettings)
    assert list(settings.files.path.rglob("*.3mf"))
    await moves.async_give_up()
    assert not list(settings.files.path.rglob("*.3mf"))
    assert not (settings.files.path / "library.json").exists()
    assert not moves.is_open
    assert issue(hass, MOVE_INTERRUPTED) is None
    assert await names(entry) == ["Gear and star"]
    await moves.async_give_up()


async def test_jobs_that_could_not_be_ended_in_the_shared_queue_are_told(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await carry_out(hass, moves, move)
    monkeypatch.setattr(MoveToLocal, "leave", _fail)
    await carry_out(hass, moves, replace(move, direction=Direction.TO_LOCAL))
    await until(lambda: issue(hass, JOBS_LEFT_BEHIND) is not None)
    assert CONF_SHARED_LIBRARY not in entry.data


async def test_it_stops_with_home_assistant_and_is_still_open(
    hass: HomeAssistant,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = asyncio.Event()

    def copy(self: MoveToShared) -> Any:
        hass.loop.call_soon_threadsafe(begun.set)
        while True:
            self.control.check()

    monkeypatch.setattr(MoveToShared, "copy", copy)
    await moves.async_begin(move)
    await asyncio.wait_for(begun.wait(), 60)
    assert moves.is_running
    await hass.async_stop()
    await asyncio.wait_for(moves.async_wait(), 60)
    assert (
        MoveState.read(Path(hass.config.path(".storage", DOMAIN, "move.json"))) == move
    )


def _fail(_self: object, **_: object) -> Any:
    raise IndexUnavailableError(NO_ANSWER)


async def killed(
    hass: HomeAssistant, entry: MockConfigEntry, written: dict[str, Any]
) -> LibraryMoves:
    """Begin again as after a SIGKILL, with what Home Assistant had written of the entry by then."""
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, data=written)
    hass.data.pop(_MOVES).record.forget_no_more()
    moves = library_moves(hass, entry)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return moves


async def test_an_entry_that_is_removed_takes_its_move_with_it(
    hass: HomeAssistant, entry: MockConfigEntry, moves: LibraryMoves, move: MoveState
) -> None:
    move.write(Path(hass.config.path(".storage", DOMAIN, "move.json")))
    await hass.config_entries.async_remove(entry.entry_id)
    assert not list(Path(hass.config.path(".storage", DOMAIN)).glob("move.*"))


async def test_uploads_go_on_in_the_shared_library_and_to_its_store(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
    settings: SharedLibrarySettings,
    sliced_file: Callable[..., SentFile],
) -> None:
    await carry_out(hass, moves, move)
    hub: Hub = entry.runtime_data
    printer = hub.printers[printer.id]
    file = sliced_file("Lamp.gcode.3mf", title="Lamp")
    await slicer.send(
        file.path,
        printer.config.bind_ip,
        printer.config.access_code,
        ca=None,
        on_step=lambda _: None,
    )
    assert isinstance(settings.files, FolderSettings)
    store = settings.files.path
    await until(lambda: bool(list(store.rglob("upload.json"))))
    assert [path.name for path in store.rglob("*.3mf")] == ["Lamp.gcode.3mf"]
    assert await names(entry) == ["Lamp"]


async def test_a_move_that_is_given_up_leaves_what_the_one_before_has_copied(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    move: MoveState,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moves = library_moves(hass, entry)
    key = file_key("01KB1000000000000000000000", "of-another.3mf")
    with moves.record.ledger() as ledger:
        ledger.note(key, Stamp(1, 1))
    path = tmp_path / "media" / "nas" / key
    path.parent.mkdir(parents=True)
    path.write_bytes(b"G")
    monkeypatch.setattr(MoveToShared, "copy", _fail)
    await moves.async_begin(move)
    await moves.async_wait()
    assert moves.failure
    await moves.async_give_up()
    assert path.read_bytes() == b"G"


@pytest.mark.parametrize("is_given_up", [False, True])
async def test_a_move_that_begins_before_the_last_one_is_written_down_leaves_the_right_library_in_force(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
    is_given_up: bool,
) -> None:
    before = dict(entry.data)
    await carry_out(hass, moves, move)
    monkeypatch.setattr(MoveToLocal, "copy", _fail)
    await carry_out(hass, moves, replace(move, direction=Direction.TO_LOCAL))
    if is_given_up:
        await moves.async_give_up()
    moves = await killed(hass, entry, before)
    assert entry.data[CONF_SHARED_LIBRARY] == dict(move.settings)
    assert entry.runtime_data.library.is_shared
    assert moves.is_open is not is_given_up


async def test_a_switch_that_home_assistant_did_not_write_down_is_a_switch(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    move: MoveState,
    settings: SharedLibrarySettings,
) -> None:
    before = dict(entry.data)
    await carry_out(hass, moves, move)
    moves = await killed(hass, entry, before)
    shared = dict(entry.data)
    assert shared[CONF_SHARED_LIBRARY]["library_id"] == LIBRARY_ID
    other = replace(settings, cache_gb=7.0)
    await moves.async_use(other)
    await hass.async_block_till_done()
    moves = await killed(hass, entry, shared)
    assert entry.data[CONF_SHARED_LIBRARY]["cache_gb"] == 7.0
    await moves.async_leave(
        replace(move, direction=Direction.TO_LOCAL, take=Take.NOTHING)
    )
    assert CONF_SHARED_LIBRARY not in entry.data
    await killed(hass, entry, shared)
    assert CONF_SHARED_LIBRARY not in entry.data
    assert not entry.runtime_data.library.is_shared


async def test_a_move_is_forgotten_once_home_assistant_has_written_its_entry(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(move_record, "LOOK_AFTER_S", 0)
    looks = 0
    path = Path(hass.config.path(".storage", DOMAIN, "move.json"))

    def not_yet(*_: object) -> bool:
        nonlocal looks
        looks += 1
        return looks > 3

    monkeypatch.setattr(move_record, "is_written", not_yet)
    await carry_out(hass, moves, move)
    await until(lambda: moves.state is None)
    assert looks == 4
    assert not path.exists()
    assert CONF_SHARED_LIBRARY in entry.data


def test_what_home_assistant_has_written_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "core.config_entries"
    assert not is_written(path, "hub", None)
    path.write_text("{")
    assert not is_written(path, "hub", None)
    entries = [{"entry_id": "hub", "data": {CONF_SHARED_LIBRARY: {"library_id": "1"}}}]
    path.write_text(json.dumps({"data": {"entries": entries}}))
    assert is_written(path, "hub", {"library_id": "1"})
    assert not is_written(path, "hub", {"library_id": "2"})
    assert not is_written(path, "hub", None)
    assert not is_written(path, "other", None)


async def test_a_disk_that_fails_while_the_library_is_put_in_its_place_is_tried_again(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await carry_out(hass, moves, move)
    with monkeypatch.context() as patch:
        patch.setattr(MoveToLocal, "install", _fail)
        await carry_out(hass, moves, replace(move, direction=Direction.TO_LOCAL))
        assert entry.state is ConfigEntryState.SETUP_RETRY
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert CONF_SHARED_LIBRARY not in entry.data


async def test_the_library_moves_back_to_a_disk_of_its_own(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    move: MoveState,
    store: Path,
    sliced_file: Callable[..., SentFile],
    other_disk: Path,
) -> None:
    archive = HubOptions.from_entry(hass, entry).library_folder / "archive"
    shutil.move(archive, other_disk)
    archive.symlink_to(other_disk / "archive")
    await carry_out(hass, moves, move)
    printer = entry.runtime_data.printers[printer.id]
    await slicer.send(
        sliced_file("Lamp.gcode.3mf", title="Lamp").path,
        printer.config.bind_ip,
        printer.config.access_code,
        ca=None,
        on_step=lambda _: None,
    )
    await until(lambda: bool(list(store.rglob("upload.json"))))
    await carry_out(hass, moves, replace(move, direction=Direction.TO_LOCAL))
    assert entry.state is ConfigEntryState.LOADED
    assert not moves.is_open
    assert await names(entry) == ["Lamp"]
    assert list((other_disk / "archive").rglob("Lamp.gcode.3mf"))


@pytest.mark.parametrize("phase", [Phase.SWITCHED, Phase.COPYING])
async def test_a_disk_that_takes_no_note_of_how_it_ended_is_tried_again(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
    phase: Phase,
) -> None:
    def write(self: MoveState, path: Path) -> None:
        if is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        written(self, path)

    written, is_full = MoveState.write, False
    path = Path(hass.config.path(".storage", DOMAIN, "move.json"))
    begun = Phase.COMMITTING if phase is Phase.COPYING else phase
    await hass.async_add_executor_job(replace(move, phase=begun).write, path)
    monkeypatch.setattr(MoveState, "write", write)
    monkeypatch.setattr(MoveToShared, "has_finished", lambda _self: False)
    monkeypatch.setattr(moves, "async_go_on", lambda: None)
    is_full = True
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason is not None and "no room left" in entry.reason
    is_full = False
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert (CONF_SHARED_LIBRARY in entry.data) is (phase is Phase.SWITCHED)


async def test_a_disk_that_does_not_tell_how_far_it_is_is_tried_again(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(MoveState, "read", read)
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state is ConfigEntryState.SETUP_RETRY
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_whoever_begins_where_somebody_else_just_did_is_told_and_keeps_the_library(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finish = MoveToShared.finish
    somebody = Instance(id="01KB3000000000000000000000", name="Cabin", version="1")

    def overtaken(self: MoveToShared) -> Any:
        asyncio.run(join(self.target_url, "01KB1000000000000000000009", somebody))
        return finish(self)

    monkeypatch.setattr(MoveToShared, "finish", overtaken)
    await carry_out(hass, moves, move)
    assert moves.failure is not None and "another library" in moves.failure
    assert moves.state is not None and moves.state.phase is Phase.COPYING
    assert entry.state is ConfigEntryState.LOADED
    assert CONF_SHARED_LIBRARY not in entry.data
    assert issue(hass, MOVE_INTERRUPTED) is not None
    await moves.async_give_up()


async def test_a_disk_that_is_not_mounted_any_more_is_told_and_nothing_is_moved(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    moves: LibraryMoves,
    move: MoveState,
    printer: ManagedPrinter,
    send: Send,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(printer)
    folder = HubOptions.from_entry(hass, entry).library_folder
    verify = MoveToShared._verify_files

    def unmounted(self: MoveToShared) -> None:
        verify(self)
        folder.rename(tmp_path / "disk")
        folder.mkdir()

    with monkeypatch.context() as patch:
        patch.setattr(MoveToShared, "_verify_files", unmounted)
        await carry_out(hass, moves, move)
    assert moves.failure is not None and str(folder) in moves.failure
    assert issue(hass, MOVE_INTERRUPTED) is not None
    assert CONF_SHARED_LIBRARY not in entry.data
    assert not list(folder.iterdir()), "no folder for what waits either"
    folder.rmdir()
    (tmp_path / "disk").rename(folder)
    moves.async_go_on()
    await done(hass, moves)
    assert moves.failure is None
    assert CONF_SHARED_LIBRARY in entry.data
    assert await names(entry) == ["Gear and star"]


async def test_jobs_that_were_moved_do_not_wait_in_the_library_of_before(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    move: MoveState,
) -> None:
    await send(printer)
    [archive] = (await hub.library.archives(ArchiveQuery())).archives
    await hub.library.queue.add(archive.id)
    await carry_out(hass, moves, move)
    hub = entry.runtime_data
    [job] = await hub.library.queue.queued_jobs()
    await moves.async_leave(
        replace(move, direction=Direction.TO_LOCAL, take=Take.NOTHING)
    )
    hub = entry.runtime_data
    assert not hub.library.is_shared
    assert [archive.id] == [
        one.id for one in (await hub.library.archives(ArchiveQuery())).archives
    ]
    assert not await hub.library.queue.queued_jobs()
    assert (await hub.library.queue.job(job.id)).state is JobState.CANCELLED
