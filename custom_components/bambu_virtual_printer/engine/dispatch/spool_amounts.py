"""Keeps how much is left on the spools of a printer: what it or a sensor tells, less what prints have taken since. Pure."""

from ..machines.mapping import Places
from ..machines.values import MachineState, Spool, SpoolPlace
from .jobs import QueuedJob


def told_by_tag(spool: Spool) -> float | None:
    """Return how many grams are left of a spool by its RFID tag, None where it has none."""
    if spool.remaining_percent is None or spool.weight_g is None:
        return None
    return spool.remaining_percent * spool.weight_g / 100


class SpoolAmounts:
    """The amounts of one printer's spools.

    What is told is often old: sensors are brought up to date after a print, and tags tell whole percents. Until another
    amount is told, what prints take is subtracted.
    """

    def __init__(self) -> None:
        """Begin without knowledge."""
        self.told_by_sensors: dict[SpoolPlace, float] = {}
        """Grams by place, as sensors tell them; the printer's own word goes before."""
        # What was told when a print took something, None where nothing was yet, and what has been taken since.
        self._taken: dict[SpoolPlace, tuple[float | None, float]] = {}

    def left_g(self, state: MachineState) -> dict[SpoolPlace, float]:
        """Return how much is left, where it is known and there is a spool."""
        left: dict[SpoolPlace, float] = {}
        for place, told in self._told(state).items():
            before, taken = self._taken.get(place, (told, 0.0))
            if before is None:
                self._taken[place] = told, taken
            elif before != told:
                del self._taken[place]
                taken = 0.0
            left[place] = max(0.0, told - taken)
        return left

    def take(self, state: MachineState, job: QueuedJob, places: Places) -> None:
        """Subtract what a print takes that begins now, or is under way: where nothing is told, from what is told first."""
        left = self.left_g(state)
        told = self._told(state)
        for filament in job.needs.filaments:
            place = places[filament.index]
            if place is None or not filament.grams:
                continue
            if place in left:
                taken = told[place] - left[place] + filament.grams
                self._taken[place] = told[place], taken
                left[place] = told[place] - taken
            else:
                _none, taken = self._taken.get(place, (None, 0.0))
                self._taken[place] = None, taken + filament.grams

    def end(self) -> None:
        """Note that the print has ended: what is told first after that is as it is."""
        self._taken = {
            place: told for place, told in self._taken.items() if told[0] is not None
        }

    def give_back(self, job: QueuedJob, places: Places) -> None:
        """Take back what was subtracted for a print that never began."""
        for filament in job.needs.filaments:
            place = places[filament.index]
            if place in self._taken and filament.grams:
                told, taken = self._taken[place]
                self._taken[place] = told, max(0.0, taken - filament.grams)

    def _told(self, state: MachineState) -> dict[SpoolPlace, float]:
        found: dict[SpoolPlace, float] = {}
        for spool in state.spools:
            told = told_by_tag(spool)
            if told is None:
                told = self.told_by_sensors.get(spool.place)
            if told is not None and spool.is_present:
                found[spool.place] = told
        return found
