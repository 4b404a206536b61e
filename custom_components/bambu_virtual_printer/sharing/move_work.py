"""The work of a move: what blocks, in a thread of its own, with what the entry says."""

from collections.abc import Callable
from dataclasses import replace
import logging
import math

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..config.options import HubOptions
from ..config.subentries import real_printers
from ..const import DOMAIN
from ..engine.library.index.threads import Worker
from ..engine.library.moving.control import MoveControl
from ..engine.library.moving.leaving import Withdrawn
from ..engine.library.moving.ledger import Ledger
from ..engine.library.moving.to_local import MoveToLocal
from ..engine.library.moving.to_shared import Moved, MoveToShared
from ..engine.library.store.backend.keys import MARKER
from ..engine.library.store.folder import LibraryFolder
from ..engine.library.values.errors import IndexFault, IndexUnavailableError
from ..engine.storage import StorageError
from . import opening
from .at_store import AtStore, at_store
from .move_record import MoveRecord
from .move_state import Direction, MoveState, Phase, Take

_NOT_THIS_ONE = {IndexFault.NO_LIBRARY, IndexFault.OTHER_LIBRARY}

_LOGGER = logging.getLogger(__name__)

STILL_FOR_S = 300.0
"""How long the last step may do nothing, with printers that receive nothing meanwhile, though the store is there."""

type _Move = MoveToShared | MoveToLocal


class MoveWork:
    """The steps of a move. Each raises StorageError and OSError, and MoveCancelledError once its control says so."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        record: MoveRecord,
        *,
        jobs_left: Callable[[], None],
    ) -> None:
        """Remember whose library it is. `jobs_left` is called when a library could not be told that its jobs were taken along."""
        self._hass = hass
        self._entry = entry
        self._record = record
        self._jobs_left = jobs_left
        self._running: dict[MoveControl, AtStore] = {}
        self._beside: set[MoveControl] = set()
        self.control = MoveControl()
        """How far it is, and how it is told to stop."""

    async def async_copy(self, state: MoveState) -> None:
        """Copy what there is, while everything goes on."""
        await self._async_at_store(self._copy, state, self.control)

    async def async_finish(self, state: MoveState) -> Moved | None:
        """Do the last step, while the hub is unloaded; what is written of it tells a later start which library is in force.

        Returns what was moved, None where that was not answered but is done. A store that hangs is not waited for: then the old
        library stays in force.
        """
        return await self._async_at_store(
            self._finish, state, self.control, still_for_s=STILL_FOR_S
        )

    async def async_has_it(self, state: MoveState) -> bool:
        """Ask the shared library whether it has what was moved."""
        return await self._async_in_thread(_has_it, state)

    async def async_not_stored(self, state: MoveState) -> int:
        """Return how much came in here that the shared library does not have yet."""
        return await self._async_in_thread(_not_stored, state)

    async def async_retire(self, state: MoveState) -> None:
        """Have the library of before print nothing any more."""
        await self._async_in_thread(_retire, state)

    async def async_leave(self, state: MoveState) -> None:
        """Leave the old library. It may be called again after an interruption."""
        taken = await self._async_in_thread(self._leave, state)
        if taken is not None and taken.uploads:
            self._hass.async_create_background_task(
                self._async_remove_taken(state, taken), f"{DOMAIN} files taken along"
            )

    async def async_undo(self, state: MoveState) -> None:
        """Remove what was copied."""
        if state.direction is Direction.TO_LOCAL:
            # That is here alone.
            await self._async_in_thread(_undo, state)
        else:
            await self._async_at_store(
                _undo, state, MoveControl(), still_for_s=STILL_FOR_S
            )

    @property
    def is_running(self) -> bool:
        """Whether the move does something with the store."""
        return self.control in self._running

    @callback
    def give_up(self) -> None:
        """Have the move's work with the store be waited for no longer, unless it decides just now."""
        if (at := self._running.get(self.control)) is not None:
            at.give_up(self.control)

    @callback
    def end(self) -> None:
        """Have what goes on beside the move end with its next step."""
        for control in self._beside:
            control.abandon()

    # --- in the thread ----------------------------------------------------------------------------------------------

    def _copy(self, state: MoveState, move: _Move) -> None:
        if isinstance(move, MoveToShared) and move.ledger.is_empty:
            # What has copies and no marker is where a share was mounted.
            opening.backend(state.shared.files).mark(state.shared.library_id)
        move.copy()

    def _finish(self, state: MoveState, move: _Move) -> Moved | None:
        move.complete()
        if isinstance(move, MoveToShared):
            # What comes in while nobody can say which library is in force waits there.
            self._make_working_folder(state)
            # Not beneath the place where a disk is mounted.
            move.check_here()
        # From here on it has nothing to do with the store, and what was given up writes nothing.
        with move.control.deciding():
            if isinstance(move, MoveToShared):
                moved = self._commit(state, move)
            else:
                moved = move.finish()
            self._record.write(replace(state, phase=Phase.SWITCHED))
        return moved

    def _commit(self, state: MoveState, move: MoveToShared) -> Moved | None:
        self._record.write(replace(state, phase=Phase.COMMITTING))
        try:
            return move.finish()
        except BaseException:
            # Also where the answer to the commit was lost.
            if not _has_it(state, move):
                self._record.write(state)
                raise
        return None

    def _leave(self, state: MoveState, move: _Move) -> Withdrawn | None:
        if isinstance(move, MoveToShared):
            move.retire()
        elif state.take is Take.WAITING:
            # Of a move that came too late.
            move.give_up()
            move.bring_waiting()
        else:
            takes_along = state.take is not Take.NOTHING
            if takes_along:
                move.install()
            else:
                move.forget_waiting()
            try:
                return move.leave(takes_along=takes_along)
            except StorageError as err:
                # Whoever is left can remove this one there.
                _LOGGER.warning("The shared library could not be told: %s", err)
                if takes_along:
                    self._hass.loop.call_soon_threadsafe(self._jobs_left)
        return None

    def _make_working_folder(self, state: MoveState) -> None:
        """Make the folder for what is not in the store yet, marked as the library's."""
        options = HubOptions.from_entry(self._hass, self._entry)
        folder = LibraryFolder(opening.working_folder(options, state.shared))
        folder.mark(state.shared.library_id)

    async def _async_in_thread[Result](
        self, work: Callable[[MoveState, _Move], Result], state: MoveState
    ) -> Result:
        """Do something that the store has no part in."""
        worker = Worker("bambu_library_move", 1)
        try:
            return await worker.run(self._prepared(work, state, self.control))
        finally:
            await worker.close()

    async def _async_at_store[Result](
        self,
        work: Callable[[MoveState, _Move], Result],
        state: MoveState,
        control: MoveControl,
        *,
        still_for_s: float = math.inf,
    ) -> Result:
        """Do something with the store; see `AtStore`."""
        run = self._prepared(work, state, control)
        store = await self._hass.async_add_executor_job(
            opening.backend, state.shared.files
        )
        at = at_store(self._hass, store)
        self._running[control] = at
        try:
            return await at.run(run, store, control, still_for_s=still_for_s)
        finally:
            del self._running[control]

    @callback
    def _prepared[Result](
        self,
        work: Callable[[MoveState, _Move], Result],
        state: MoveState,
        control: MoveControl,
    ) -> Callable[[], Result]:
        """Return the work with its move, for a thread."""
        options = HubOptions.from_entry(self._hass, self._entry)

        def run() -> Result:
            with self._record.ledger() as ledger:
                return work(state, self._made(state, options, ledger, control))

        return run

    async def _async_remove_taken(self, state: MoveState, taken: Withdrawn) -> None:
        """Remove from the store what waits here alone now."""

        def remove(_state: MoveState, move: _Move) -> None:
            if isinstance(move, MoveToLocal):
                move.remove_taken(taken)

        control = MoveControl()
        self._beside.add(control)
        try:
            await self._async_at_store(remove, state, control)
        except (StorageError, OSError) as err:
            _LOGGER.warning("What was taken along is left in the store: %s", err)
        finally:
            self._beside.discard(control)

    def _made(
        self,
        state: MoveState,
        options: HubOptions,
        ledger: Ledger,
        control: MoveControl,
    ) -> _Move:
        shared = state.shared
        if state.direction is Direction.TO_SHARED:
            return MoveToShared(
                source_url=opening.local_url(self._hass),
                folder=options.library_folder,
                target_url=shared.database.url,
                backend=opening.backend(shared.files, shared.library_id),
                instance=opening.instance(self._hass, self._entry),
                library_id=shared.library_id,
                printers=real_printers(self._entry),
                ledger=ledger,
                control=control,
            )
        return MoveToLocal(
            source_url=shared.database.url,
            backend=opening.backend(shared.files, shared.library_id),
            working=opening.working_folder(options, shared),
            folder=options.library_folder,
            database=opening.local_database(self._hass),
            instance=opening.instance(self._hass, self._entry),
            only_own=state.take is Take.OWN,
            reserve_bytes=options.library_settings.reserve_bytes,
            ledger=ledger,
            control=control,
        )


def _has_it(state: MoveState, move: _Move) -> bool:
    try:
        return isinstance(move, MoveToShared) and move.has_finished()
    except IndexUnavailableError as err:
        if state.is_new and err.fault in _NOT_THIS_ONE:
            # It was nobody's, or somebody else has begun another one there meanwhile.
            return False
        raise


def _not_stored(_state: MoveState, move: _Move) -> int:
    return move.not_stored() if isinstance(move, MoveToLocal) else 0


def _retire(_state: MoveState, move: _Move) -> None:
    if isinstance(move, MoveToShared):
        move.retire()


def _undo(state: MoveState, move: _Move) -> None:
    # Also where the marker is gone.
    store = opening.backend(state.shared.files)
    if isinstance(move, MoveToShared):
        _check_reaches_copies(state, move)
    replace(move, backend=store).give_up()
    if isinstance(move, MoveToShared):
        # Whoever was given up must not do this to the next one.
        move.control.check()
        if state.is_new:
            store.remove(MARKER)
        move.control.check()
    move.ledger.remove()


def _check_reaches_copies(state: MoveState, move: MoveToShared) -> None:
    """Make sure that the store is not an empty folder, as a share that is not mounted leaves. Raises StorageError."""
    copied = move.ledger.keys()
    if not copied:
        return
    ours = opening.backend(state.shared.files, state.shared.library_id)
    try:
        ours.holds(copied[0])
    except StorageError:
        store = opening.backend(state.shared.files)
        if not any(store.holds(key) for key in copied):
            raise
