"""Moves the library into one that several Home Assistants share, and back, while everything else goes on.

Files are copied while uploads come in. For the last step, which copies what came meanwhile and then the index, the hub is
unloaded. The state of a move is in a file: after a restart it goes on by itself, and one that fails is offered as a repair.

Home Assistant writes its entries a while after they have changed. So that file says as well which library is in force, before the
entry does, until the entry is on the disk.

Only the shared library can say whether a move there that was cut in its last moment was its own already. While it does not
answer, the hub is loaded as one whose shared library is away: virtual printers receive, and what they receive is filed in
whichever library turns out to be in force.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from ..config.shared_library import CONF_SHARED_LIBRARY, SharedLibrarySettings
from ..const import DOMAIN
from ..engine.explanations import ExplainedError, explain, why_failed
from ..engine.library.moving.control import MoveCancelledError, MoveControl, Progress
from ..engine.library.moving.to_shared import Moved
from ..engine.library.values.errors import IndexUnavailableError
from ..engine.pauses import Pauses
from ..engine.storage import StorageError
from ..health.issues import Fix, async_raise, async_withdraw
from ..language.texts import Texts
from .drivers import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    DriversMissingError,
    PatientDrivers,
    async_fetch_drivers,
)
from .move_record import MoveRecord
from .move_state import Direction, MoveState, Phase, Take
from .move_work import MoveWork

_LOGGER = logging.getLogger(__name__)

MOVE_INTERRUPTED = "move_interrupted"
JOBS_LEFT_BEHIND = "jobs_left_behind"
STOPS_WITHIN_S = 10.0
"""How long whoever stops a move waits for its next step."""


class CopiesLeftError(StorageError):
    """A move is not given up yet, because what was copied cannot be removed."""


class LibraryMoves:
    """The move of the library of this Home Assistant; there is one at a time, and mostly none."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Remember what is moved; nothing begins."""
        self._hass = hass
        self.entry = entry
        self.record = MoveRecord(hass, entry)
        self._work = MoveWork(
            hass, entry, self.record, jobs_left=self._tell_of_jobs_left
        )
        self._task: asyncio.Task[None] | None = None
        self._is_in_the_last_step = False
        # Home Assistant would not know what the hub is where its unloading or loading was cut.
        self._is_at_hub = False
        self._is_ending = False
        self._is_settled = False
        self._is_answered = False
        self._drivers = PatientDrivers(hass, entry)
        self._pauses = Pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._cancel_going_on: CALLBACK_TYPE | None = None
        self.moved: Moved | None = None
        """What the last move did."""
        self.failure: str | None = None
        """Why a move does not go on, in the household's language."""

    # --- for people -------------------------------------------------------------------------------------------------

    @property
    def state(self) -> MoveState | None:
        """How far it is, as it was read or written last."""
        return self.record.state

    @property
    def is_running(self) -> bool:
        """Whether a move is under way just now."""
        return self._task is not None and not self._task.done()

    @property
    def is_open(self) -> bool:
        """Whether there is a move that has not ended."""
        return self.state is not None and self.state.is_open

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return self._work.control.progress

    async def async_begin(self, state: MoveState) -> None:
        """Begin a move. Raises OSError; then there is none."""
        await self.record.async_begin(state)
        self.async_go_on()

    @callback
    def async_go_on(self) -> None:
        """Go on with a move, unless it is under way."""
        if self.is_running or self._is_ending or self.state is None:
            return
        if self.state.phase is not Phase.COPYING:
            return
        self._wait_no_more()
        self.failure = None
        self.moved = None
        self._work.control = MoveControl()
        self._task = self._hass.async_create_background_task(
            self._async_move(self.state), f"{DOMAIN} move of the library"
        )

    async def async_wait(self, seconds: float | None = None) -> None:
        """Wait until the move under way has ended, well or not, or that long."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=seconds)

    async def async_give_up(self, *, leaving_copies: bool = False) -> None:
        """End the move, and remove what was copied; the library stays where it is.

        Raises CopiesLeftError where that cannot be removed, unless it may be left there, other StorageErrors, and OSError.
        """
        with self._ending():
            await self._async_stop()
            await self._async_be_clear()
            state = self.state
            if state is None or not self.is_open:
                return
            try:
                try:
                    await self._work.async_undo(state)
                except StorageError as err:
                    if not leaving_copies:
                        raise CopiesLeftError(err.explanation) from err
                    _LOGGER.warning("What was copied is left there: %s", err)
                await self.record.async_note_done(state.given_up())
            except (StorageError, OSError) as err:
                self._fail(Texts(self._hass).explained(why_failed(err)))
                raise
            async_withdraw(self._hass, MOVE_INTERRUPTED)

    async def async_not_stored(self, state: MoveState) -> int:
        """Return how much came in here that the shared library does not have yet. Raises StorageError."""
        return await self._work.async_not_stored(state)

    async def async_leave(self, state: MoveState) -> None:
        """Have a library of this Home Assistant's own again without a move. Raises OSError, StorageError; then it is not left."""
        with self._ending():
            await self._async_stop()
            async_withdraw(self._hass, MOVE_INTERRUPTED)
            if self.state is not None and self.state.phase is Phase.COMMITTING:
                # The shared library may have its jobs by now.
                await self._work.async_retire(self.state)
            await self.record.async_note(replace(state, phase=Phase.SWITCHED))
        await self._hass.config_entries.async_reload(self.entry.entry_id)

    async def async_use(self, settings: SharedLibrarySettings) -> None:
        """Use a shared library from now on, or the same one by another way. Raises OSError; then nothing is changed."""
        await self.record.async_note_done(
            MoveState(
                direction=Direction.TO_SHARED,
                phase=Phase.DONE,
                settings=settings.as_stored(),
            )
        )
        self._enter(settings.as_stored())

    async def async_drop(self) -> None:
        """Forget the move with the entry; what was copied stays. Raises OSError."""
        with self._ending():
            self._work.end()
            # Home Assistant keeps the entry from being loaded and unloaded meanwhile, which the move may wait for.
            await self._async_stop(within_s=STOPS_WITHIN_S)
            await self.record.async_forget_for_good()

    # --- for the hub ------------------------------------------------------------------------------------------------

    async def async_settle(self) -> None:
        """Have the entry say which library is in force, before it is opened. Raises ConfigEntryNotReady."""
        if self._is_in_the_last_step:
            raise self._not_ready("library_being_moved")
        try:
            await self._async_settle()
        except OSError as err:
            # A disk that is full, or fails: Home Assistant tries again by itself.
            raise self._unusable(err) from err

    async def _async_settle(self) -> None:
        """Do so. Raises ConfigEntryNotReady, OSError where how far a move is can be neither read nor noted."""
        # Those of a hub that is no more were cancelled with it.
        self._drivers = PatientDrivers(self._hass, self.entry)
        self._is_answered = False
        state = await self.record.async_read()
        if state is not None and state.phase is Phase.COMMITTING:
            try:
                await self._async_decide(state)
            except StorageError as err:
                self.failure = Texts(self._hass).explained(err.explanation)
                self._enter(state.settings)
                self._is_settled = False
                return
        if self.state is not None and self.state.phase is Phase.SWITCHED:
            await self._async_end(self.state)
            self._is_settled = False
        if (state := self.state) is None:
            return
        if not self._is_settled:
            # It may be as it was before the last change.
            self._enter(state.in_force)
            self._is_settled = True
        if state.phase is Phase.DONE:
            self.record.forget_when_written()

    async def async_prepare(self) -> None:
        """Have what it takes to open the index of a shared library, which has to be in force. Raises IndexUnavailableError.

        It is asked again and again then.
        """
        await self._drivers.async_have()
        await self._async_be_clear()

    # --- how --------------------------------------------------------------------------------------------------------

    async def _async_move(self, state: MoveState) -> None:
        """Move, and tell how that ended."""
        stop = self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stop)
        try:
            await async_fetch_drivers(self._hass)
            self._pauses.reset()
            async_withdraw(self._hass, MOVE_INTERRUPTED)
            await self._work.async_copy(state)
            await self._async_last_step(state)
        except MoveCancelledError:
            _LOGGER.info("The move of the library was stopped")
        except (ExplainedError, OSError) as err:
            self._fail(Texts(self._hass).explained(why_failed(err)))
        except DriversMissingError as err:
            self._fail(Texts(self._hass).error(err))
            self._go_on_later()
        except HomeAssistantError as err:
            self._fail(Texts(self._hass).error(err))
        except Exception as err:
            # Whoever waits for it is told all the same.
            _LOGGER.exception("The move of the library failed")
            self._fail(Texts(self._hass).explained(why_failed(err)))
        finally:
            if not self._hass.is_stopping:
                stop()

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """Have no move begin or go on meanwhile."""
        self._is_ending = True
        try:
            yield
        finally:
            self._is_ending = False

    async def _async_stop(self, within_s: float | None = None) -> None:
        """Stop the move under way, and have it not go on by itself."""
        self._work.control.cancel()
        await self.async_wait(STOPS_WITHIN_S)
        # Its store may hang.
        self._work.give_up()
        if self._task is not None and not (self._work.is_running or self._is_at_hub):
            # Nor is what is downloaded waited for.
            self._task.cancel()
        await self.async_wait(within_s)
        self._wait_no_more()

    @callback
    def _go_on_later(self) -> None:
        """Go on after a while: what is missing may be there by then."""
        self._wait_no_more()
        self._cancel_going_on = async_call_later(
            self._hass,
            self._pauses.take(),
            HassJob(self._async_go_on_by_itself, cancel_on_shutdown=True),
        )

    @callback
    def _wait_no_more(self) -> None:
        if self._cancel_going_on is not None:
            self._cancel_going_on()
            self._cancel_going_on = None

    @callback
    def _async_go_on_by_itself(self, _now: object) -> None:
        self._cancel_going_on = None
        if self.entry.state is ConfigEntryState.LOADED:
            # Else it goes on when the hub is loaded.
            self.async_go_on()

    async def _async_last_step(self, state: MoveState) -> None:
        """Unload the hub for what nobody may change meanwhile. It is loaded again with what is in force then."""
        if self.state != state:
            # It was given up while its files were waited for.
            raise MoveCancelledError
        self._is_in_the_last_step = self._is_at_hub = True
        try:
            if not await self._hass.config_entries.async_unload(self.entry.entry_id):
                # It would go on filing into the library of before.
                raise HomeAssistantError(
                    translation_domain=DOMAIN, translation_key="library_in_use"
                )
            self.moved = await self._work.async_finish(state)
        finally:
            self._is_in_the_last_step = False
            try:
                if self._may_be_loaded():
                    await self._hass.config_entries.async_reload(self.entry.entry_id)
            finally:
                self._is_at_hub = False

    def _may_be_loaded(self) -> bool:
        """Return whether the hub is to be there: nobody ends, and nobody has removed it."""
        entries = self._hass.config_entries
        return (
            not self._hass.is_stopping
            and entries.async_get_entry(self.entry.entry_id) is self.entry
            and self.entry.state.recoverable
        )

    async def _async_decide(self, state: MoveState) -> None:
        """Find out which library is in force. Raises IndexUnavailableError while the shared one does not answer.

        If it is the one of before, what came in meanwhile is put where that has its files. Raises ConfigEntryNotReady.
        """
        await self._drivers.async_have()
        if await self._async_has_it(state):
            await self.record.async_note(replace(state, phase=Phase.SWITCHED))
            return
        back = replace(state, direction=Direction.TO_LOCAL, take=Take.WAITING)
        try:
            await self._work.async_leave(back)
        except StorageError as err:
            raise self._unusable(err) from err
        await self.record.async_note(replace(state, phase=Phase.COPYING))

    async def _async_be_clear(self) -> None:
        """Make sure that it is known which library is in force. Raises IndexUnavailableError.

        That is settled when the entry is set up, so that happens once the shared library answers.
        """
        state = self.state
        if state is None or state.phase is not Phase.COMMITTING:
            return
        if not self._is_answered:
            await self._async_has_it(state)
            self._is_answered = True
            self._hass.config_entries.async_schedule_reload(self.entry.entry_id)
        raise IndexUnavailableError(_IS_CLEAR)

    async def _async_has_it(self, state: MoveState) -> bool:
        """Ask the shared library whether it has what was moved. Raises IndexUnavailableError."""
        try:
            return await self._work.async_has_it(state)
        except IndexUnavailableError:
            raise
        except StorageError as err:
            raise IndexUnavailableError(err.explanation) from err

    async def _async_end(self, state: MoveState) -> None:
        """Leave the old library, as well as possible. Raises ConfigEntryNotReady."""
        if state.direction is Direction.TO_LOCAL and state.take is not Take.WAITING:
            # Whoever waits for the internet can wait with a library of its own.
            with suppress(StorageError):
                await self._drivers.async_have()
        try:
            await self._work.async_leave(state)
        except StorageError as err:
            raise self._unusable(err) from err
        await self.record.async_note(replace(state, phase=Phase.DONE))

    @callback
    def _enter(self, settings: Mapping[str, Any] | None) -> None:
        """Have the entry say which library is in force; the hub follows it, if it is loaded."""
        data = dict(self.entry.data)
        data.pop(CONF_SHARED_LIBRARY, None)
        if settings is not None:
            data[CONF_SHARED_LIBRARY] = dict(settings)
        self._hass.config_entries.async_update_entry(self.entry, data=data)

    # --- telling ----------------------------------------------------------------------------------------------------

    @callback
    def _stop(self, _event: Event) -> None:
        """Stop with Home Assistant; the move goes on when it is there again."""
        self._work.control.cancel()

    @callback
    def _fail(self, reason: str) -> None:
        if not self.is_open:
            # Its end was only not told.
            return
        self.failure = reason
        if self.state is None or self.state.phase is not Phase.COPYING:
            # That the shared library does not answer is told by the hub.
            return
        _LOGGER.error("The library is not moved yet: %s", reason)
        async_raise(
            self._hass,
            MOVE_INTERRUPTED,
            MOVE_INTERRUPTED,
            {"reason": reason},
            fix=Fix.GO_ON_MOVING,
        )

    @callback
    def _tell_of_jobs_left(self) -> None:
        async_raise(
            self._hass,
            JOBS_LEFT_BEHIND,
            JOBS_LEFT_BEHIND,
            {},
            fix=Fix.CONFIRM,
            persistent=True,
        )

    def _not_ready(self, key: str) -> ConfigEntryNotReady:
        return ConfigEntryNotReady(translation_domain=DOMAIN, translation_key=key)

    def _unusable(self, err: StorageError | OSError) -> ConfigEntryNotReady:
        return ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="library_unusable",
            translation_placeholders={
                "reason": Texts(self._hass).explained(why_failed(err))
            },
        )


_IS_CLEAR = explain(
    "library_in_force_known",
    "It is known now which library is in use. It is being opened.",
)


_MOVES: HassKey[LibraryMoves] = HassKey(f"{DOMAIN}_moves")


@callback
def library_moves(hass: HomeAssistant, entry: ConfigEntry) -> LibraryMoves:
    """Return the moves of the library, which outlast reloads of the entry."""
    moves = hass.data.get(_MOVES)
    if moves is None or moves.entry is not entry:
        moves = hass.data[_MOVES] = LibraryMoves(hass, entry)
    return moves
