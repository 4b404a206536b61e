"""Planning in its plainest form, to compare the planner with: each job asks each of its printers, one after the other."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
    hardware_obstacle,
    machine_obstacle,
    same_model,
    spools_for,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import (
    Start,
    distance,
    own_obstacle,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.machines.filaments import (
    LoadedSpools,
)


def plain_plan(
    jobs: Sequence[QueuedJob], machines: Iterable[MachineView], now: datetime
) -> tuple[list[Start], dict[str, Reason]]:
    """Return the starts and the reasons."""
    views = {machine.id: machine for machine in machines}
    taken: dict[str, str] = {}
    starts: list[Start] = []
    reasons: dict[str, Reason] = {}
    for job in sorted(jobs, key=lambda job: not job.is_started):
        result = own_obstacle(job, now) or _place(job, views, taken)
        if isinstance(result, Start):
            starts.append(result)
            taken[result.machine_id] = job.id
        else:
            reasons[job.id] = result
    return starts, reasons


def _place(
    job: QueuedJob, views: dict[str, MachineView], taken: dict[str, str]
) -> Start | Reason:
    match job.target:
        case OnePrinter(machine_id=machine_id):
            if machine_id not in views:
                return Reason(key=ReasonKey.NO_SUCH_PRINTER, machine_id=machine_id)
            return _ask(job, views[machine_id], taken, trust_wishes=True)
        case AnyPrinter(model=model):
            results = [
                _ask(job, machine, taken, trust_wishes=False)
                for machine in views.values()
                if same_model(machine.model, model)
            ]
            if begun := [result for result in results if isinstance(result, Start)]:
                return begun[0]
            return min(
                [result for result in results if isinstance(result, Reason)],
                key=distance,
                default=Reason(key=ReasonKey.NO_PRINTER_OF_MODEL, wanted=model),
            )
    return Reason(key=ReasonKey.NO_TARGET)


def _ask(
    job: QueuedJob, machine: MachineView, taken: dict[str, str], *, trust_wishes: bool
) -> Start | Reason:
    if reason := hardware_obstacle(job.needs, machine):
        return reason
    if machine.id in taken:
        return Reason(
            key=ReasonKey.TAKEN,
            machine_id=machine.id,
            other_job_id=taken[machine.id],
        )
    found = machine_obstacle(machine) or spools_for(
        job.needs,
        machine,
        LoadedSpools(machine.state),
        trust_wishes=trust_wishes,
    )
    if isinstance(found, Reason):
        return found
    return Start(job_id=job.id, machine_id=machine.id, places=found)
