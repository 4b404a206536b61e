"""A move that is cut in its last moment: until the shared library says whether it has everything, printers receive all the same."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import make_url

from custom_components.bambu_virtual_printer.config.shared_library import (
    CONF_SHARED_LIBRARY,
    SharedLibrarySettings,
)
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.explanations import NO_ANSWER
from custom_components.bambu_virtual_printer.engine.library.moving.to_shared import (
    Moved,
    MoveToShared,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexUnavailableError,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.sharing import drivers
from custom_components.bambu_virtual_printer.sharing.move_state import (
    Direction,
    MoveState,
    Phase,
    Take,
)
from custom_components.bambu_virtual_printer.sharing.moves import (
    _MOVES,
    MOVE_INTERRUPTED,
    LibraryMoves,
    library_moves,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from scripts import slicer
from scripts.servers.postgresql import Server
from tests.support.home_assistant import Send, SentFile
from tests.support.waiting import until

from .conftest import settings_of

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def settings(postgresql_server: Server, store: Path) -> SharedLibrarySettings:
    """A shared library whose database the test may stop."""
    return settings_of(postgresql_server.new_database(), store)


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


async def archived(entry: MockConfigEntry) -> list[str]:
    """The names of what is archived, in the order of its ids, which is that in which it came."""
    page = await entry.runtime_data.library.archives(ArchiveQuery())
    return [one.file.name for one in sorted(page.archives, key=lambda one: one.id)]


class Cut:
    """A Home Assistant that was killed while it committed, and starts while the database is away."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MockConfigEntry,
        server: Server,
        ca: Path,
        sliced_file: Callable[..., SentFile],
    ) -> None:
        self.hass = hass
        self.entry = entry
        self.server = server
        self._ca = ca
        self._sliced_file = sliced_file

    @property
    def moves(self) -> LibraryMoves:
        return library_moves(self.hass, self.entry)

    async def restart(self) -> None:
        """Begin again with what is in the file and what Home Assistant had written of the entry before the move."""
        await self.hass.config_entries.async_unload(self.entry.entry_id)
        self.hass.config_entries.async_update_entry(self.entry, data={})
        self.hass.data.pop(_MOVES).record.forget_no_more()
        await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def receive(self, seed: int) -> None:
        """Send a file over FTPS, as a slicer does; returns when it was acknowledged."""
        assert self.entry.state is ConfigEntryState.LOADED
        (printer,) = self.entry.runtime_data.printers.values()
        assert printer.running
        self._ca.write_text(self.entry.runtime_data.certificates.authority.pem)
        await slicer.send(
            self._sliced_file(f"{seed}.gcode.3mf", seed=seed).path,
            printer.config.bind_ip,
            printer.config.access_code,
            ca=self._ca,
            on_step=lambda _: None,
        )

    async def until_clear(self, *, is_shared: bool) -> None:
        """Wait until all that came in is filed, once the database is there again."""
        await until(
            lambda: (
                self.entry.state is ConfigEntryState.LOADED
                and self.entry.runtime_data.library.is_shared is is_shared
                and self.entry.runtime_data.library.why_away is None
                and (CONF_SHARED_LIBRARY in self.entry.data) is is_shared
            )
        )
        await self.until_filed()

    async def have_database(self) -> None:
        await asyncio.to_thread(self.server.start)

    async def until_filed(self) -> None:
        await until(lambda: not self.entry.runtime_data.library._context.tasks)
        await self.hass.async_block_till_done()


@pytest.fixture(params=[True, False], ids=["committed", "not_committed"])
def has_committed(request: pytest.FixtureRequest) -> bool:
    """Whether the shared library had everything before the cut."""
    return bool(request.param)


@pytest.fixture
async def cut(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    moves: LibraryMoves,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    move: MoveState,
    postgresql_server: Server,
    tmp_path: Path,
    has_committed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> Cut:
    await send(printer, sliced_file("0.gcode.3mf", seed=0))
    [archive] = (await entry.runtime_data.library.archives(ArchiveQuery())).archives
    await entry.runtime_data.library.queue.add(archive.id)
    finish = MoveToShared.finish

    def commit_and_die(self: MoveToShared) -> Moved:
        if has_committed:
            finish(self)
        postgresql_server.stop()
        raise IndexUnavailableError(NO_ANSWER)

    with monkeypatch.context() as patch:
        patch.setattr(MoveToShared, "finish", commit_and_die)
        await moves.async_begin(move)
        await asyncio.wait_for(moves.async_wait(), 60)
    cut = Cut(hass, entry, postgresql_server, tmp_path / "ca.pem", sliced_file)
    await cut.restart()
    return cut


async def test_what_comes_in_is_filed_once_in_the_library_that_turns_out_to_be_in_force(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cut: Cut,
    has_committed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cut.moves.state is not None
    assert cut.moves.state.phase is Phase.COMMITTING
    assert issue(hass, "index_away")
    assert issue(hass, MOVE_INTERRUPTED) is None
    await cut.receive(1)
    await cut.receive(2)
    # Again in the middle.
    await cut.restart()
    await cut.receive(3)
    with monkeypatch.context() as patch:
        # Where it has to, the move goes on by itself; first what it leaves in force is looked at.
        patch.setattr(LibraryMoves, "async_go_on", lambda _self: None)
        await cut.have_database()
        await cut.until_clear(is_shared=has_committed)
    every = [f"{seed}.gcode.3mf" for seed in range(4)]
    assert await archived(entry) == every
    assert len(await entry.runtime_data.library.queue.queued_jobs()) == 1
    assert issue(hass, "index_away") is None
    cut.moves.async_go_on()
    await asyncio.wait_for(cut.moves.async_wait(), 60)
    await hass.async_block_till_done()
    assert not cut.moves.is_open
    assert entry.runtime_data.library.is_shared
    assert await archived(entry) == every
    assert len(await entry.runtime_data.library.queue.queued_jobs()) == 1
    assert issue(hass, MOVE_INTERRUPTED) is None


async def test_printers_receive_too_while_it_cannot_be_asked_for_want_of_drivers(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cut: Cut,
    has_committed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drivers, "FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(drivers, "LONGEST_PAUSE_S", 0.2)
    fetched = 0

    async def fetch(_hass: HomeAssistant) -> None:
        nonlocal fetched
        fetched += 1
        raise drivers.DriversMissingError

    with monkeypatch.context() as patch:
        patch.setattr(drivers, "async_fetch_drivers", fetch)
        await cut.restart()
        await cut.have_database()
        await cut.receive(1)
        assert issue(hass, "index_without_driver")
        fetched = 0
        # By themselves.
        await until(lambda: fetched > 1)
    monkeypatch.setattr(LibraryMoves, "async_go_on", lambda _self: None)
    await cut.until_clear(is_shared=has_committed)
    assert await archived(entry) == ["0.gcode.3mf", "1.gcode.3mf"]
    assert issue(hass, "index_without_driver") is None


@pytest.mark.parametrize("has_committed", [True], indirect=True)
async def test_it_cannot_be_given_up_before_it_is_known_whether_it_was_done(
    hass: HomeAssistant, entry: MockConfigEntry, cut: Cut, store: Path
) -> None:
    with pytest.raises(IndexUnavailableError, match="does not answer"):
        await cut.moves.async_give_up()
    await cut.have_database()
    with suppress(IndexUnavailableError):
        await cut.moves.async_give_up()
    await cut.until_clear(is_shared=True)
    assert list(store.rglob("0.gcode.3mf"))
    assert await archived(entry) == ["0.gcode.3mf"]


async def test_whoever_does_not_wait_has_the_library_of_before_with_what_came_in_and_prints_nothing_twice(
    hass: HomeAssistant, entry: MockConfigEntry, cut: Cut, move: MoveState
) -> None:
    await cut.receive(1)
    back = replace(move, direction=Direction.TO_LOCAL, take=Take.WAITING)
    assert await cut.moves.async_not_stored(back) == 1
    await cut.moves.async_leave(back)
    assert CONF_SHARED_LIBRARY not in entry.data
    await cut.until_filed()
    assert not entry.runtime_data.library.is_shared
    assert await archived(entry) == ["0.gcode.3mf", "1.gcode.3mf"]
    # They may wait in the shared library.
    assert not await entry.runtime_data.library.queue.queued_jobs()


@pytest.mark.parametrize("has_committed", [False], indirect=True)
async def test_an_empty_database_does_not_say_that_a_library_of_others_has_nothing_of_it(
    hass: HomeAssistant,
    cut: Cut,
    move: MoveState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LibraryMoves, "async_go_on", lambda _self: None)
    path = Path(hass.config.path(".storage", DOMAIN, "move.json"))
    stored = dict(move.settings)
    await cut.have_database()
    await cut.until_clear(is_shared=False)
    empty = await asyncio.to_thread(cut.server.new_database)
    stored["database"] = {**stored["database"], "name": make_url(empty).database}
    replace(move, settings=stored, phase=Phase.COMMITTING, is_new=False).write(path)
    await cut.restart()
    await cut.receive(1)
    assert issue(hass, "index_refused")
    assert cut.moves.state
    assert cut.moves.state.phase is Phase.COMMITTING
