"""Follows the sensors that an owner bound to the slots of real printers: how many grams are left on a spool.

Any sensor that measures a mass will do, such as those of Spoolman integrations.
"""

from collections.abc import Callable, Mapping

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfMass
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util.unit_conversion import MassConverter

from ..config.subentries import MachineConfig
from ..engine.machines.values import SpoolPlace

type Tell = Callable[[str, Mapping[SpoolPlace, float]], None]


class SpoolSensors:
    """Tells amounts by printers and places, at once and whenever one changes."""

    def __init__(self, hass: HomeAssistant, tell: Tell) -> None:
        """Follow nothing yet. `tell` gets the grams of all bound slots of a printer of which they are known."""
        self._hass = hass
        self._tell = tell
        self._bound: dict[str, Mapping[SpoolPlace, str]] = {}
        self._stop: CALLBACK_TYPE = lambda: None

    @callback
    def async_follow(self, machines: Mapping[str, MachineConfig]) -> None:
        """Follow the sensors of these printers, and no others."""
        bound = {machine.id: machine.spool_sensors for machine in machines.values()}
        if bound != self._bound:
            self._bound = bound
            self.async_stop()
            if sensors := {one for of in bound.values() for one in of.values()}:
                self._stop = async_track_state_change_event(
                    self._hass, sensors, self._changed
                )
        for machine_id in bound:
            self.async_tell(machine_id)

    @callback
    def async_stop(self) -> None:
        """Follow nothing any more."""
        self._stop()
        self._stop = lambda: None

    @callback
    def async_tell(self, machine_id: str) -> None:
        """Tell what is known of a printer's spools now."""
        known = {
            place: grams_of(self._hass.states.get(sensor))
            for place, sensor in self._bound.get(machine_id, {}).items()
        }
        self._tell(
            machine_id,
            {place: grams for place, grams in known.items() if grams is not None},
        )

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        for machine_id, bound in self._bound.items():
            if event.data["entity_id"] in bound.values():
                self.async_tell(machine_id)


def grams_of(state: State | None) -> float | None:
    """Read a state as grams, without a unit as well; None where it is none, such as while it is unavailable."""
    if state is None:
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) or UnitOfMass.GRAMS
    try:
        grams = MassConverter.convert(float(state.state), unit, UnitOfMass.GRAMS)
    except ValueError, HomeAssistantError:
        return None
    # What is said to be less than nothing is nothing, infinite is unknown.
    return max(0.0, grams) if grams < float("inf") else None
