"""Checks whether the file of a job can be copied to a printer, for a person who prints it there. Pure."""

from dataclasses import replace

from ..machines.values import DeveloperMode
from .admission import MachineView, hardware_obstacle, machine_obstacle
from .allowances import not_for
from .jobs import QueuedJob
from .reasons import Reason


def copying_obstacle(job: QueuedJob, machine: MachineView) -> Reason | None:
    """Return why it cannot be copied there now; None if it can.

    What only keeps the queue from starting there does not count: its switch, a plate that is not cleared, an error that stands,
    and Developer Mode, which files need not.
    """
    copied_to = replace(
        machine,
        is_allowed=True,
        is_plate_blocked=False,
        state=replace(
            machine.state, print_error=None, developer_mode=DeveloperMode.UNKNOWN
        ),
    )
    return (
        not_for(job.allowance, machine.id)
        or machine_obstacle(copied_to)
        or hardware_obstacle(job.needs, copied_to)
    )
