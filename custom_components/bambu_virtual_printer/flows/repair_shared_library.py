"""The repair of a shared library whose database is away, or is not the one that is meant: waits, or begins anew.

Each choice says what happens before it does. Nothing in the database or in the store is removed by any of them.
"""

from collections.abc import Mapping

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir

from ..config.shared_library import SharedLibrarySettings
from ..const import DOMAIN
from ..engine.explanations import why_failed
from ..engine.library.values.errors import IndexFault
from ..engine.storage import StorageError
from ..hub import HubConfigEntry
from ..language.markdown import as_markdown
from ..language.texts import Texts
from ..sharing.move_state import Direction, MoveState, Phase, Take
from ..sharing.moves import library_moves
from ..sharing.opening import async_begin_anew

NOTHING = vol.Schema({})


class SharedLibraryRepairFlow(RepairsFlow):
    """Asks what to do about a database that cannot be used."""

    def __init__(self, fault: IndexFault) -> None:
        """Remember what is wrong with it."""
        self._fault = fault

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask what to do."""
        if self._settings is None:
            return self.async_abort(reason="hub_not_loaded")
        options = ["look_again", "go_local"]
        if self._fault is IndexFault.NO_LIBRARY:
            options.insert(1, "rebuild")
        return self.async_show_menu(
            step_id="init",
            menu_options=options,
            description_placeholders=self._placeholders,
        )

    async def async_step_look_again(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Look now; what waits is filed when the database can be used."""
        if self._settings is None:
            return self.async_abort(reason="hub_not_loaded")
        return await self._async_look()

    async def async_step_rebuild(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Fill an empty database from what lies in the store, once a person has said so again."""
        settings = self._settings
        if settings is None:
            return self.async_abort(reason="hub_not_loaded")
        if user_input is None:
            return self._page("rebuild")
        try:
            await async_begin_anew(self.hass, self._entry, settings)
        except StorageError as err:
            return self._page("rebuild", err)
        return await self._async_look()

    async def async_step_go_local(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Go back to this Home Assistant's own library with what waits here, once a person has said so again."""
        settings = self._settings
        if settings is None:
            return self.async_abort(reason="hub_not_loaded")
        moves = library_moves(self.hass, self._entry)
        state = MoveState(
            direction=Direction.TO_LOCAL,
            phase=Phase.COPYING,
            settings=settings.as_stored(),
            take=Take.WAITING,
        )
        error: StorageError | OSError | None = None
        waiting = "-"
        try:
            if user_input is not None:
                await moves.async_leave(state)
                return self.async_create_entry(data={})
            waiting = str(await moves.async_not_stored(state))
        except (StorageError, OSError) as err:
            error = err
        return self._page("go_local", error, waiting=waiting)

    # --- shared parts -----------------------------------------------------------------------------------------------

    async def _async_look(self) -> RepairsFlowResult:
        why = await self._entry.runtime_data.library.look_at_index()
        if why is None:
            return self.async_create_entry(data={})
        return self.async_abort(
            reason="still_there",
            description_placeholders={
                "reason": as_markdown(Texts(self.hass).explained(why))
            },
        )

    def _page(
        self,
        step_id: str,
        error: StorageError | OSError | None = None,
        **placeholders: str,
    ) -> RepairsFlowResult:
        """Show what will happen, and why it did not."""
        reason = ""
        if error is not None:
            reason = Texts(self.hass).explained(why_failed(error))
        return self.async_show_form(
            step_id=step_id,
            data_schema=NOTHING,
            errors={} if error is None else {"base": "refused"},
            description_placeholders={
                **self._placeholders,
                **placeholders,
                **({"reason": reason} if reason else {}),
            },
        )

    @property
    def _placeholders(self) -> Mapping[str, str]:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return dict((issue.translation_placeholders if issue else None) or {})

    @property
    def _entry(self) -> HubConfigEntry:
        entry: HubConfigEntry = self.hass.config_entries.async_entries(DOMAIN)[0]
        return entry

    @property
    def _settings(self) -> SharedLibrarySettings | None:
        """How the shared library is reached; None where there is none, or the hub is not loaded."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        return SharedLibrarySettings.from_entry(self._entry)
