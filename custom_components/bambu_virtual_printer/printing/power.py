"""Switches the plugs of real printers, as `engine.dispatch.power` decides; remembers over restarts what was switched by whom."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
import logging
from typing import Any

import voluptuous as vol

from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_OFF, STATE_ON
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HassJob,
    HomeAssistant,
    callback,
    split_entity_id,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later, async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..config.delayed_store import DelayedStore
from ..const import DOMAIN
from ..engine.dispatch.dispatcher import Dispatcher
from ..engine.dispatch.power import (
    FOLLOWS_WITHIN,
    Act,
    Decision,
    Plug,
    PowerMemory,
    PowerRules,
    PowerView,
    decide,
    refused,
)
from ..engine.dispatch.power_states import PowerState
from ..printers.machines import ManagedMachine
from .spawning import Spawn

_LOGGER = logging.getLogger(__name__)

STORAGE_KEY = f"{DOMAIN}.power"
STORAGE_VERSION = 1
CLOCK = dt_util.utcnow
SAVE_DELAY_S = 1
# How soon to look again while a job is being claimed.
_CLAIMED_WITHIN = timedelta(seconds=1)
_PLUGS = {STATE_ON: Plug.ON, STATE_OFF: Plug.OFF}
_TIMES = ("ordered_at", "failed_at", "changed_at", "idle_since")


class PrinterPower:
    """The plugs of all real printers that have one."""

    def __init__(
        self,
        hass: HomeAssistant,
        dispatcher: Dispatcher,
        *,
        spawn: Spawn,
        trouble: Callable[[ManagedMachine, PowerState | None], None],
    ) -> None:
        """Prepare; call `async_load` before anything else.

        `spawn` runs a coroutine in the background. `trouble` is called with what a person should look at, or None.
        """
        self._hass = hass
        self._dispatcher = dispatcher
        self._spawn = spawn
        self._trouble = trouble
        self._store = DelayedStore(
            hass,
            STORAGE_VERSION,
            STORAGE_KEY,
            delay_s=SAVE_DELAY_S,
            data=self._data,
        )
        self._memories: dict[str, PowerMemory] = {}
        self._plugged: dict[str, _Plugged] = {}

    async def async_load(self) -> None:
        """Read what is remembered."""
        stored = await self._store.async_load()
        self._memories = {
            machine_id: _restored(memory) for machine_id, memory in stored.items()
        }

    async def async_stop(self) -> None:
        """Switch nothing any more, and store what is remembered."""
        for plugged in self._plugged.values():
            plugged.stop()
        self._plugged.clear()
        await self._store.async_save()

    @callback
    def async_follow(self, machine: ManagedMachine) -> None:
        """Follow the plug that a printer's settings name now, if any."""
        entity_id = machine.config.power.switch
        known = self._plugged.get(machine.id)
        if known and known.entity_id == entity_id:
            self.async_look(machine)
            return
        if known:
            self._let_go(machine)
            # What was remembered is of another plug.
            self._memories.pop(machine.id, None)
        if entity_id:
            self._plugged[machine.id] = _Plugged(
                entity_id,
                async_track_state_change_event(
                    self._hass,
                    entity_id,
                    partial(self._switched, machine),
                ),
            )
            self.async_look(machine)

    @callback
    def async_forget(self, machine_id: str) -> None:
        """Forget a printer that was removed."""
        if known := self._plugged.pop(machine_id, None):
            known.stop()
        if self._memories.pop(machine_id, None):
            self._store.async_changed()

    @callback
    def async_look(self, machine: ManagedMachine) -> None:
        """Decide anew about a printer's plug."""
        plugged = self._plugged.get(machine.id)
        if plugged is None or machine.session is None:
            return
        plugged.cancel_timer()
        now = CLOCK()
        demand = self._dispatcher.demand(machine.id)
        power = machine.config.power
        decision = decide(
            PowerView(
                plug=self._plug(plugged.entity_id),
                state=machine.state,
                report_age_s=machine.session.report_age_s,
                is_busy=self._dispatcher.is_busy(machine.id),
                demand=demand,
            ),
            self._memories.get(machine.id, PowerMemory()),
            PowerRules(
                switches_off=power.switches_off,
                off_after=timedelta(minutes=power.off_after_minutes),
                takes_over=power.takes_over,
            ),
            now,
        )
        if decision.act is Act.SWITCH_OFF and self._dispatcher.is_deciding:
            # It may be about to get a job.
            self._look_at(machine, plugged, now + _CLAIMED_WITHIN, now)
            return
        self._apply(machine, plugged, decision, now)
        self._trouble(machine, decision.state if decision.is_trouble(demand) else None)

    # --- inside ---

    def _apply(
        self,
        machine: ManagedMachine,
        plugged: _Plugged,
        decision: Decision,
        now: datetime,
    ) -> None:
        self._remember(machine.id, decision.memory)
        # Before anything is switched, so that no job begins there meanwhile.
        self._dispatcher.set_power(machine.id, decision.state, decision.memory.declined)
        machine.async_show_power(decision.state)
        if decision.look_at is not None:
            self._look_at(machine, plugged, decision.look_at, now)
        if decision.act is not None:
            _LOGGER.info("%s: %s", machine.name, decision.act.value)
            self._spawn(
                self._async_switch(machine, plugged.entity_id, decision.act),
                f"{decision.act.value} {machine.name}",
            )

    async def _async_switch(
        self, machine: ManagedMachine, entity_id: str, act: Act
    ) -> None:
        service = SERVICE_TURN_ON if act is Act.SWITCH_ON else SERVICE_TURN_OFF
        domain, _ = split_entity_id(entity_id)
        try:
            async with asyncio.timeout(FOLLOWS_WITHIN.total_seconds()):
                await self._hass.services.async_call(
                    domain, service, {"entity_id": entity_id}, blocking=True
                )
        except (HomeAssistantError, vol.Invalid, TimeoutError) as err:
            _LOGGER.warning("%s cannot be switched: %s", entity_id, err)
            memory = self._memories.get(machine.id)
            if memory and memory.ordered is act:
                self._remember(machine.id, refused(memory, CLOCK()))
        self.async_look(machine)

    @callback
    def _switched(
        self, machine: ManagedMachine, event: Event[EventStateChangedData]
    ) -> None:
        self.async_look(machine)
        new = event.data["new_state"]
        if new is not None and new.state == STATE_ON:
            # It is going to answer soon, and need not wait for its turn.
            machine.async_retry()

    def _plug(self, entity_id: str) -> Plug:
        state = self._hass.states.get(entity_id)
        return _PLUGS.get(state.state if state else "", Plug.UNAVAILABLE)

    def _look_at(
        self,
        machine: ManagedMachine,
        plugged: _Plugged,
        moment: datetime,
        now: datetime,
    ) -> None:
        @callback
        def _look(_now: datetime) -> None:
            plugged.cancel = None
            self.async_look(machine)

        plugged.cancel_timer()
        plugged.cancel = async_call_later(
            self._hass,
            max(timedelta(0), moment - now),
            HassJob(_look, cancel_on_shutdown=True),
        )

    def _let_go(self, machine: ManagedMachine) -> None:
        self._plugged.pop(machine.id).stop()
        self._dispatcher.set_power(machine.id, None)
        machine.async_show_power(None)
        self._trouble(machine, None)

    def _remember(self, machine_id: str, memory: PowerMemory) -> None:
        if self._memories.get(machine_id) != memory:
            self._memories[machine_id] = memory
            self._store.async_changed()

    def _data(self) -> dict[str, Any]:
        return {
            machine_id: _stored(memory) for machine_id, memory in self._memories.items()
        }


class _Plugged:
    """A plug that is followed."""

    def __init__(self, entity_id: str, unfollow: CALLBACK_TYPE) -> None:
        self.entity_id = entity_id
        self.cancel: CALLBACK_TYPE | None = None
        self._unfollow = unfollow

    def cancel_timer(self) -> None:
        if self.cancel:
            self.cancel()
            self.cancel = None

    def stop(self) -> None:
        self.cancel_timer()
        self._unfollow()


def _stored(memory: PowerMemory) -> dict[str, Any]:
    values = asdict(memory)
    for name in _TIMES:
        if values[name] is not None:
            values[name] = values[name].isoformat()
    return values | {"declined": sorted(memory.declined)}


def _restored(stored: dict[str, Any]) -> PowerMemory:
    values = dict(stored)
    for name in _TIMES:
        if values[name] is not None:
            values[name] = datetime.fromisoformat(values[name])
    return PowerMemory(
        **values
        | {
            "plug": values["plug"] and Plug(values["plug"]),
            "ordered": values["ordered"] and Act(values["ordered"]),
            "declined": frozenset(values["declined"]),
        }
    )
