"""The options' steps of a move of the library: how far it is, how it ended, and going back to a library of one's own."""

import asyncio
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..config.shared_library import CONF_SHARED_LIBRARY, SharedLibrarySettings
from ..engine.explanations import why_failed
from ..engine.storage import StorageError
from ..hub import Hub
from ..language.markdown import as_markdown
from ..language.texts import Texts
from ..sharing.move_state import Direction, MoveState, Phase, Take
from ..sharing.moves import CopiesLeftError, LibraryMoves, library_moves

CONF_TAKE = "take"
CONF_INSTANCE = "instance"
PROGRESS_EVERY_S = 1.0

LEAVE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_TAKE, default=Take.ALL): SelectSelector(
            SelectSelectorConfig(
                options=[Take.ALL, Take.OWN, Take.NOTHING],
                translation_key="library_take",
            )
        )
    }
)
NOTHING = vol.Schema({})


class LibraryMoveSteps(OptionsFlow):
    """The steps of moving the library."""

    _watching: asyncio.Task[None] | None = None
    _is_told_of_waiting = False
    _is_told_of_copies = False

    async def async_step_leave(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what is taken along from the shared library."""
        errors = {}
        waiting = 0
        if user_input is not None:
            take = Take(user_input[CONF_TAKE])
            state = MoveState(
                direction=Direction.TO_LOCAL,
                phase=Phase.COPYING,
                settings=self.config_entry.data[CONF_SHARED_LIBRARY],
                take=take,
            )
            if take is not Take.NOTHING:
                return await self._async_move(state)
            try:
                waiting = await self._moves.async_not_stored(state)
                if not waiting or self._is_told_of_waiting:
                    await self._moves.async_leave(state)
                    return self._finish()
            except (StorageError, OSError) as err:
                return self._refused(err)
            self._is_told_of_waiting = True
            errors[CONF_TAKE] = "not_stored_yet"
        return self.async_show_form(
            step_id="leave",
            data_schema=self.add_suggested_values_to_schema(LEAVE_SCHEMA, user_input),
            errors=errors,
            description_placeholders={"count": str(waiting)},
        )

    async def async_step_remove_instance(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a Home Assistant off the list that is gone for good, and have people asked about what it printed."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        hub: Hub = self.config_entry.runtime_data
        try:
            if user_input is not None:
                await hub.library.instances.remove(user_input[CONF_INSTANCE])
                await hub.machines.dispatcher.look_after_others()
                return self._finish()
            away = await hub.library.instances.away()
        except StorageError as err:
            return self._refused(err)
        if not away:
            return self.async_abort(reason="nobody_is_gone")
        texts = Texts(self.hass)
        options = [
            SelectOptionDict(
                value=one.id,
                label=texts(
                    "library_instance",
                    name=one.name,
                    version=one.version,
                    seen=texts.date_time(one.seen_at),
                ),
            )
            for one in away
        ]
        return self.async_show_form(
            step_id="remove_instance",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_INSTANCE): SelectSelector(
                        SelectSelectorConfig(
                            options=options, mode=SelectSelectorMode.LIST
                        )
                    )
                }
            ),
        )

    async def _async_move(self, state: MoveState) -> ConfigFlowResult:
        """Begin a move, and watch it."""
        try:
            await self._moves.async_begin(state)
        except OSError as err:
            return self._refused(err)
        return await self.async_step_moving()

    async def async_step_moving(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show how far the move is. It goes on when nobody looks."""
        moves = self._moves
        if self._watching is None:
            moves.async_go_on()
            self._watching = self.hass.async_create_task(
                self._async_watch(moves), "watch the move", eager_start=False
            )
        if not self._watching.done():
            return self.async_show_progress(
                step_id="moving",
                progress_action="moving",
                progress_task=self._watching,
            )
        self._watching = None
        step = "moved" if moves.moved is not None else "move_failed"
        return self.async_show_progress_done(next_step_id=step)

    async def _async_watch(self, moves: LibraryMoves) -> None:
        """Pass on how far it is, until it has ended."""
        while moves.is_running:
            self.async_update_progress(moves.progress.fraction)
            await moves.async_wait(PROGRESS_EVERY_S)

    async def async_step_moved(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what was moved, and what could not be."""
        moved = self._moves.moved
        if user_input is not None or moved is None:
            return self._finish()
        rows, files = moved.rows, moved.files
        return self.async_show_form(
            step_id="moved",
            data_schema=NOTHING,
            description_placeholders={
                "archives": str(rows.copied.get("archives", 0)),
                "known": str(rows.known.get("archives", 0)),
                "pending": str(rows.pending),
                "jobs": str(rows.copied.get("jobs", 0)),
                "missing": str(len(files.missing)),
                "damaged": str(len(files.damaged) + files.damaged_photos),
            },
        )

    async def async_step_move_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say why the move does not go on, and ask what to do."""
        return self.async_show_menu(
            step_id="move_failed",
            menu_options=["moving", "give_up"],
            description_placeholders={
                "reason": as_markdown(self._moves.failure or "-")
            },
        )

    async def async_step_give_up(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """End the move, once a person has said so again, and once more where its copies cannot be removed."""
        errors, reason = {}, ""
        if user_input is not None:
            try:
                await self._moves.async_give_up(leaving_copies=self._is_told_of_copies)
            except CopiesLeftError as err:
                self._is_told_of_copies = True
                errors["base"] = "copies_left"
                reason = Texts(self.hass).explained(err.explanation)
            except (StorageError, OSError) as err:
                return self._refused(err)
            else:
                return self._finish()
        return self.async_show_form(
            step_id="give_up",
            data_schema=NOTHING,
            errors=errors,
            description_placeholders={"reason": reason},
        )

    # --- shared parts -----------------------------------------------------------------------------------------------

    def _refused(self, err: StorageError | OSError) -> ConfigFlowResult:
        return self.async_abort(
            reason="library_refused",
            description_placeholders={
                "reason": as_markdown(Texts(self.hass).explained(why_failed(err)))
            },
        )

    async def _async_use(self, settings: SharedLibrarySettings) -> ConfigFlowResult:
        """Use a shared library, or another way to it; the hub follows the entry."""
        if self._moves.is_open:
            # It was begun while this form was open.
            return await self.async_step_moving()
        try:
            await self._moves.async_use(settings)
        except OSError as err:
            return self._refused(err)
        if self.config_entry.state is not ConfigEntryState.LOADED:
            # Nobody listens to the entry.
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
        return self._finish()

    def _finish(self) -> ConfigFlowResult:
        """End; the options stay as they are."""
        return self.async_create_entry(data=dict(self.config_entry.options))

    @property
    def _moves(self) -> LibraryMoves:
        return library_moves(self.hass, self.config_entry)
