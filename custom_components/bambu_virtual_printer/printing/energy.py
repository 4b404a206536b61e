"""Measures what prints of the queue take, by the meters of real printers, at the price of the hour; over restarts too."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
import logging
from math import isfinite
from typing import Any

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfEnergy
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util.unit_conversion import EnergyConverter

from ..config.delayed_store import DelayedStore
from ..const import DOMAIN
from ..engine.dispatch.dispatcher import Dispatcher
from ..engine.library.library import Library
from ..engine.library.values.consumption import Consumption
from ..engine.storage import StorageError
from ..printers.machines import ManagedMachine
from .spawning import Spawn

_LOGGER = logging.getLogger(__name__)

STORAGE_KEY = f"{DOMAIN}.energy"
STORAGE_VERSION = 1
SAVE_DELAY_S = 30
# How many prints are measured at once at most, as far as is remembered.
_MAX_REMEMBERED = 100
# What a unit of price is in money per kWh, by what stands before and after the slash.
_PARTS = {"ct": 0.01, "cent": 0.01, "cents": 0.01, "c": 0.01, "¢": 0.01, "öre": 0.01}
_PER_KWH = {"wh": 1000.0, "kwh": 1.0, "mwh": 0.001, "gwh": 0.000001}


class PrintEnergy:
    """The meters of all real printers that have one."""

    def __init__(
        self,
        hass: HomeAssistant,
        library: Library,
        dispatcher: Dispatcher,
        spawn: Spawn,
    ) -> None:
        """Prepare; call `async_load` before anything else. `spawn` runs a coroutine in the background."""
        self._hass = hass
        self._library = library
        self._dispatcher = dispatcher
        self._spawn = spawn
        self._store = DelayedStore(
            hass,
            STORAGE_VERSION,
            STORAGE_KEY,
            delay_s=SAVE_DELAY_S,
            data=self._data,
        )
        # What prints have taken so far that are measured, by their ids.
        self._measured: dict[str, Consumption] = {}
        # The print that each printer is measured for.
        self._printing: dict[str, str] = {}
        self._meters: dict[str, tuple[str, CALLBACK_TYPE]] = {}

    async def async_load(self) -> None:
        """Read what was measured before."""
        stored = await self._store.async_load()
        self._measured = {
            print_id: Consumption(**values) for print_id, values in stored.items()
        }

    async def async_stop(self) -> None:
        """Measure nothing any more, and store what was measured."""
        for _, unfollow in self._meters.values():
            unfollow()
        self._meters.clear()
        await self._store.async_save()

    async def async_settle(self) -> None:
        """Note what prints took that ended while nobody looked."""
        try:
            open_prints = {one.id for one in await self._library.prints.open()}
        except StorageError as err:
            _LOGGER.warning("Energy of earlier prints is not noted: %s", err)
            return
        for print_id in self._measured.keys() - open_prints:
            await self._async_note(print_id)

    @callback
    def async_follow(self, machine: ManagedMachine) -> None:
        """Follow the meter that a printer's settings name now, if any."""
        wanted = machine.config.power.energy_meter
        known, unfollow = self._meters.get(machine.id, (None, None))
        if known == wanted:
            return
        if unfollow:
            unfollow()
            del self._meters[machine.id]
            print_id = self._printing.get(machine.id, "")
            if measured := self._measured.get(print_id):
                # Another meter has readings of its own.
                self._measured[print_id] = replace(measured, reading_kwh=None)
        if wanted:
            self._meters[machine.id] = (
                wanted,
                async_track_state_change_event(
                    self._hass, wanted, partial(self._read, machine)
                ),
            )

    @callback
    def async_forget(self, machine_id: str) -> None:
        """Follow a printer no more that was removed."""
        if known := self._meters.pop(machine_id, None):
            known[1]()
        self._printing.pop(machine_id, None)

    @callback
    def async_look(self, machine: ManagedMachine) -> None:
        """Look whether a print of the queue began or ended on a printer."""
        status = self._dispatcher.status(machine.id)
        if status is None:
            # Not attached just now; what is under way goes on.
            return
        print_ = status.print if status.print and status.print.phase.has_begun else None
        before = self._printing.get(machine.id)
        now = print_.id if print_ else None
        if before == now:
            return
        if before is not None:
            self._count(machine, before)
            del self._printing[machine.id]
            self._spawn(self._async_note(before), f"energy {machine.id}")
        if now is not None and machine.id in self._meters:
            self._printing[machine.id] = now
            self._count(machine, now)

    # --- inside ---

    @callback
    def _read(
        self, machine: ManagedMachine, _event: Event[EventStateChangedData]
    ) -> None:
        if print_id := self._printing.get(machine.id):
            self._count(machine, print_id)

    def _count(self, machine: ManagedMachine, print_id: str) -> None:
        reading = self._reading(machine)
        if reading is None:
            return
        before = self._measured.get(print_id, Consumption())
        after = before.read(reading, self._price(machine))
        if after != before:
            self._measured[print_id] = after
            while len(self._measured) > _MAX_REMEMBERED:
                del self._measured[next(iter(self._measured))]
            self._store.async_changed()

    def _reading(self, machine: ManagedMachine) -> float | None:
        """Read the meter in kWh; None while it says nothing."""
        meter, _ = self._meters.get(machine.id, ("", None))
        state = self._hass.states.get(meter) if meter else None
        value = _number(state.state if state else None)
        if state is None or value is None:
            return None
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if unit not in EnergyConverter.VALID_UNITS:
            unit = UnitOfEnergy.KILO_WATT_HOUR
        return EnergyConverter.convert(value, unit, UnitOfEnergy.KILO_WATT_HOUR)

    def _price(self, machine: ManagedMachine) -> float | None:
        """Return the price per kWh now; None while it is not known."""
        power = machine.config.power
        if power.price_sensor is None:
            return power.energy_price
        state = self._hass.states.get(power.price_sensor)
        value = _number(state.state if state else None)
        if state is None or value is None:
            return None
        return value * price_factor(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT))

    async def _async_note(self, print_id: str) -> None:
        measured = self._measured.get(print_id)
        if measured is None:
            return
        try:
            await self._library.prints.note_energy(
                print_id,
                kwh=round(measured.kwh, 6),
                cost=None if measured.cost is None else round(measured.cost, 6),
            )
        except StorageError as err:
            # It is noted after the next start.
            _LOGGER.warning("The energy of a print is not noted: %s", err)
            return
        self._measured.pop(print_id, None)
        self._store.async_changed()

    def _data(self) -> dict[str, Any]:
        return {
            print_id: asdict(measured) for print_id, measured in self._measured.items()
        }


def price_factor(unit: str | None) -> float:
    """Return what a number in this unit of price has to be multiplied with for money per kWh; 1 for units nobody knows."""
    money, _, energy = (unit or "").partition("/")
    return _of(_PARTS, money) * _of(_PER_KWH, energy)


def _of(factors: Mapping[str, float], word: str) -> float:
    return factors.get(word.strip().lower(), 1.0)


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else None
    except ValueError:
        return None
    return value if value is not None and isfinite(value) else None
