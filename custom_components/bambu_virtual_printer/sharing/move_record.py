"""What is kept of a move on the disk, until Home Assistant has written in its entry which library is in force."""

import asyncio
from pathlib import Path
import threading

from homeassistant.config_entries import STORAGE_KEY, ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import STORAGE_DIR

from ..const import DOMAIN
from ..engine.library.moving.ledger import Ledger
from .move_state import MoveState, Phase, forget, is_written

LOOK_AFTER_S = 30
"""By then Home Assistant has written its entries, as a rule."""


class MoveRecord:
    """The state of the move of an entry's library, and which files were copied. There is one move at a time, and mostly none."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Remember where it is; nothing is read."""
        self._hass = hass
        self._entry_id = entry.entry_id
        self._path = Path(hass.config.path(".storage", DOMAIN, "move.json"))
        self._ledger = self._path.with_name("move.db")
        self._entries = Path(hass.config.path(STORAGE_DIR, STORAGE_KEY))
        self._noting = asyncio.Lock()
        self._writing = threading.Lock()
        self._is_closed = False
        self._cancel_forgetting: CALLBACK_TYPE | None = None
        self.state: MoveState | None = None
        """The move as it was read or written last."""

    async def async_read(self) -> MoveState | None:
        """Read how far the move is. Raises OSError."""
        self.state = await self._hass.async_add_executor_job(MoveState.read, self._path)
        return self.state

    async def async_begin(self, state: MoveState) -> None:
        """Note a new move. Raises OSError; then there is none."""
        # What the last one copied says nothing of this one; what it names is not to be removed with this one.
        await self._hass.async_add_executor_job(self.ledger().remove)
        await self.async_note(state)

    async def async_note(self, state: MoveState) -> None:
        """Note how far the move is. Raises OSError."""
        self.forget_no_more()
        async with self._noting:
            await self._hass.async_add_executor_job(self.write, state)

    async def async_note_done(self, state: MoveState) -> None:
        """Note that the move is done, until the entry says so too. Raises OSError."""
        await self.async_note(state)
        self.forget_when_written()

    async def async_forget(self) -> None:
        """Forget the move. Raises OSError."""
        self.forget_no_more()
        async with self._noting:
            await self._hass.async_add_executor_job(self._forget)
            self.state = None

    async def async_forget_for_good(self) -> None:
        """Forget the move with its entry; whoever still works on it writes nothing any more. Raises OSError."""
        with self._writing:
            self._is_closed = True
        await self.async_forget()

    @callback
    def forget_when_written(self) -> None:
        """Forget the move once Home Assistant has written the entry, which it does a second after a change."""
        self.forget_no_more()
        self._cancel_forgetting = async_call_later(
            self._hass,
            LOOK_AFTER_S,
            HassJob(self._async_look_whether_written, cancel_on_shutdown=True),
        )

    @callback
    def forget_no_more(self) -> None:
        """Keep it, whatever Home Assistant writes."""
        if self._cancel_forgetting is not None:
            self._cancel_forgetting()
            self._cancel_forgetting = None

    # --- these block ------------------------------------------------------------------------------------------------

    def write(self, state: MoveState) -> None:
        """Write how far the move is. Raises OSError."""
        with self._writing:
            if self._is_closed:
                return
            state.write(self._path)
            self.state = state

    def ledger(self) -> Ledger:
        """Return the list of what was copied, which is opened where it is used."""
        return Ledger(self._ledger)

    def _forget(self) -> None:
        forget(self._path)
        self.ledger().remove()

    async def _async_look_whether_written(self, _now: object) -> None:
        self._cancel_forgetting = None
        state = self.state
        if state is None or state.phase is not Phase.DONE:
            return
        has_written = await self._hass.async_add_executor_job(
            is_written, self._entries, self._entry_id, state.in_force
        )
        if self.state is not state:
            return
        if has_written:
            await self.async_forget()
        elif self._cancel_forgetting is None:
            self.forget_when_written()
