"""Watches a printer for whether something may lie on its plate. Pure.

Every end of a print counts, also of prints that were started elsewhere (Bambuddy #1171), and of those that ended while there
was no connection (#961).
"""

from collections.abc import Callable
from dataclasses import replace

from ulid_transform import ulid_now

from ..library.values.prints import Plate, Print
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


def occupied_by(plate: Plate, print_: Print) -> Plate:
    """Return a plate on which a print of the queue lies."""
    return replace(plate, is_occupied=True, print_id=print_.id, job_id=print_.job_id)


class PlateWatch:
    """Follows the reports of one printer."""

    def __init__(self, plate: Plate, new_id: Callable[[], str] = ulid_now) -> None:
        """Go on from what is stored. `new_id` makes up what stands for a print that was started elsewhere."""
        self.plate = plate
        self._new_id = new_id
        self._is_live = False

    def see(self, state: MachineState, *, own: Print | None = None) -> bool:
        """Look at a state. Returns whether the plate is another one now.

        `own` is the open print of the queue where the names may be of that one, begun or not.
        """
        if not state.is_available or not state.is_current:
            self._is_live = False
            return False
        is_first, self._is_live = not self._is_live, True
        before, plate = self.plate, self.plate
        found = identity(state.job)
        if state.phase.is_active:
            if not same_print(found, plate.running):
                plate = replace(plate, print_id="", job_id="")
            plate = replace(plate, running=found)
        elif state.phase is Phase.UNKNOWN:
            return False
        elif plate.running:
            plate = self._occupied(
                found if state.phase in _ENDED else plate.running, own
            )
        elif (
            is_first
            and own is None
            and state.phase in _ENDED
            and found != identity(PrintJob())
            and not same_print(found, plate.last)
        ):
            plate = self._occupied(found, None)
        self.plate = plate
        return plate != before

    def _occupied(self, last: str, own: Print | None) -> Plate:
        return Plate(
            is_occupied=True,
            last=last,
            print_id=own.id if own else self._new_id(),
            job_id=own.job_id if own else "",
        )

    def clear(self) -> None:
        """Mark the plate as cleared. A print under way occupies it again at its end."""
        self.plate = replace(self.plate, is_occupied=False)

    def occupy(self, print_: Print) -> None:
        """Mark the plate as occupied by a print of the queue."""
        self.plate = occupied_by(self.plate, print_)
