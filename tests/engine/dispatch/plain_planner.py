"""Planning in its plainest form, to compare the planner with: each job asks each of its printers, one after the other."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
    hardware_obstacle,
    machine_obstacle,
    same_model,
)
from custom_components.bambu_virtual_printer.engine.dispatch.filament_choice import (
    by_time_free,
    spools_for,
    swaps,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import (
    Start,
    distance,
    may_be_overtaken,
    own_obstacle,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.machines.filaments import (
    LoadedSpools,
    has_chosen,
)
from custom_components.bambu_virtual_printer.engine.machines.mapping import Places
from custom_components.bambu_virtual_printer.engine.machines.values import SpoolPlace

BUSY = {
    ReasonKey.TAKEN,
    ReasonKey.PRINTING,
    ReasonKey.SETTLING,
    ReasonKey.PLATE_NOT_CLEARED,
}


class PlainPlanning:
    """One run."""

    def __init__(
        self,
        machines: Iterable[MachineView],
        now: datetime,
        overtake_for: timedelta | None,
    ) -> None:
        self.views = {machine.id: machine for machine in machines}
        self.now = now
        self.overtake_for = overtake_for
        self.taken: dict[str, str] = {}
        self.reserved: dict[str, dict[SpoolPlace, float]] = {
            view.id: dict(view.reserved_g) for view in self.views.values()
        }
        self.overtaken: list[Start] = []
        # The most that was taken at any time.
        self.most: dict[str, dict[SpoolPlace, float]] = {}
        self.starts: list[Start] = []
        self.reasons: dict[str, Reason] = {}

    def plan(self, jobs: Sequence[QueuedJob]) -> None:
        waiting: list[QueuedJob] = []
        self.jobs = {job.id: job for job in jobs}
        for job in sorted(jobs, key=lambda job: not job.is_started):
            is_patient = may_be_overtaken(job, self.now, self.overtake_for)
            result = self.place(job)
            if isinstance(result, Start) and is_patient and result.swaps > 0:
                waiting.append(job)
                self.overtaken.append(result)
            elif isinstance(result, Start) and not is_patient:
                self.overtaken = []
                for other in waiting:
                    self.settle(other)
                waiting = []
                self.settle(job)
            else:
                self.settle(job)
        self.overtaken = []
        for job in waiting:
            self.settle(job)

    def settle(self, job: QueuedJob) -> None:
        result = self.place(job)
        if isinstance(result, Start):
            self.starts.append(result)
            self.taken[result.machine_id] = job.id
            self.reserve(job, result.machine_id, result.places)
            return
        self.reasons[job.id] = result
        if not result.key.passes_with_time:
            return
        for machine in self.targets(job):
            if not machine.is_allowed or hardware_obstacle(job.needs, machine):
                continue
            found = self.spools(job, machine)
            if not isinstance(found, Reason):
                self.reserve(job, machine.id, found)
                return

    def reserve(self, job: QueuedJob, machine_id: str, places: Places) -> None:
        self.add(self.reserved.setdefault(machine_id, {}), job, places)

    def add(self, of: dict[SpoolPlace, float], job: QueuedJob, places: Places) -> None:
        for filament in job.needs.filaments:
            place = places[filament.index]
            if place and filament.grams:
                of[place] = of.get(place, 0.0) + filament.grams * job.copies

    def targets(self, job: QueuedJob) -> list[MachineView]:
        match job.target:
            case OnePrinter(machine_id=machine_id):
                return [view for view in self.views.values() if view.id == machine_id]
            case AnyPrinter(model=model):
                return [
                    view
                    for view in self.views.values()
                    if same_model(view.model, model)
                ]
        return []

    def place(self, job: QueuedJob) -> Start | Reason:
        if reason := own_obstacle(job, self.now):
            return reason
        results = [self.ask(job, machine) for machine in self.targets(job)]
        begun = [result for result in results if isinstance(result, Start)]
        if begun:
            return min(
                begun,
                key=lambda start: (
                    not has_chosen(
                        job.needs.filaments,
                        LoadedSpools(self.views[start.machine_id].state),
                    ),
                    start.swaps,
                    by_time_free(self.views[start.machine_id]),
                    list(self.views).index(start.machine_id),
                ),
            )
        match job.target:
            case OnePrinter(machine_id=machine_id):
                default = Reason(key=ReasonKey.NO_SUCH_PRINTER, machine_id=machine_id)
            case AnyPrinter(model=model):
                default = Reason(key=ReasonKey.NO_PRINTER_OF_MODEL, wanted=model)
            case None:
                default = Reason(key=ReasonKey.NO_TARGET)
        return min(
            [result for result in results if isinstance(result, Reason)],
            key=distance,
            default=default,
        )

    def ask(self, job: QueuedJob, machine: MachineView) -> Start | Reason:
        if reason := hardware_obstacle(job.needs, machine):
            return reason
        obstacle = machine_obstacle(machine)
        if machine.id in self.taken:
            obstacle = Reason(
                key=ReasonKey.TAKEN,
                machine_id=machine.id,
                other_job_id=self.taken[machine.id],
            )
        state = machine.state
        if obstacle and not (
            obstacle.key in BUSY and state.is_available and state.is_current
        ):
            return obstacle
        found = self.spools(job, machine)
        if isinstance(found, Reason):
            return found
        if obstacle:
            return obstacle
        return Start(
            job_id=job.id,
            machine_id=machine.id,
            places=found,
            swaps=swaps(found, machine),
        )

    def spools(self, job: QueuedJob, machine: MachineView) -> Places | Reason:
        return spools_for(
            job,
            machine,
            LoadedSpools(machine.state, machine.left_g),
            trust_wishes=isinstance(job.target, OnePrinter),
            reserved=self.taken_of(machine),
        )

    def taken_of(self, machine: MachineView) -> dict[SpoolPlace, float]:
        taken = dict(self.reserved.get(machine.id, {}))
        for start in self.overtaken:
            if start.machine_id == machine.id:
                self.add(taken, self.jobs[start.job_id], start.places)
        most = self.most.setdefault(machine.id, {})
        for place, grams in taken.items():
            most[place] = max(grams, most.get(place, 0.0))
        return taken


def plain_plan(
    jobs: Sequence[QueuedJob],
    machines: Iterable[MachineView],
    now: datetime,
    *,
    overtake_for: timedelta | None = None,
) -> tuple[list[Start], dict[str, Reason]]:
    """Return the starts and the reasons."""
    plain = PlainPlanning(machines, now, overtake_for)
    plain.plan(jobs)
    return plain.starts, plain.reasons
