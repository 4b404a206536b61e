"""Watches a printer for whether something may lie on its plate. Pure.

Every end of a print counts, also of prints that were started elsewhere (Bambuddy #1171), and of those that ended while there
was no connection (#961).
"""

from dataclasses import replace

from ..library.values.prints import Plate
from ..machines.values import MachineState, Phase, PrintJob

_ENDED = {Phase.FINISH, Phase.FAILED}


def identity(job: PrintJob) -> str:
    """Return what identifies a print: its id, if it has one, and its name."""
    return f"{job.subtask_id}\n{job.name or job.file}"


def same_print(first: str, second: str) -> bool:
    """Return whether two identities may be of one print: ids are often left out after the end."""
    first_id, _, first_name = first.partition("\n")
    second_id, _, second_name = second.partition("\n")
    if first_id and second_id:
        return first_id == second_id
    return bool(first_name) and first_name == second_name


class PlateWatch:
    """Follows the reports of one printer."""

    def __init__(self, plate: Plate) -> None:
        """Go on from what is stored."""
        self.plate = plate
        self._is_live = False

    def see(self, state: MachineState, *, may_be_own: bool) -> bool:
        """Look at a state. Returns whether the plate is another one now.

        `may_be_own` holds where the names may be of a print of the queue that has not begun yet.
        """
        if not state.is_available or not state.is_current:
            self._is_live = False
            return False
        is_first, self._is_live = not self._is_live, True
        before, plate = self.plate, self.plate
        found = identity(state.job)
        if state.phase.is_active:
            plate = replace(plate, running=found)
        elif state.phase is Phase.UNKNOWN:
            return False
        elif plate.running:
            plate = Plate(
                is_occupied=True,
                last=found if state.phase in _ENDED else plate.running,
            )
        elif (
            is_first
            and not may_be_own
            and state.phase in _ENDED
            and found != identity(PrintJob())
            and not same_print(found, plate.last)
        ):
            plate = Plate(is_occupied=True, last=found)
        self.plate = plate
        return plate != before

    def clear(self) -> None:
        """Mark the plate as cleared. A print under way occupies it again at its end."""
        self.plate = replace(self.plate, is_occupied=False)

    def occupy(self) -> None:
        """Mark the plate as occupied by a print of the queue."""
        self.plate = replace(self.plate, is_occupied=True)
