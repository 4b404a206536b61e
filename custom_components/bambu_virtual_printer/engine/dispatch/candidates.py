"""The printers that may take a job, and why others may not, while one run of planning gives them away."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ..library.values.driving import OtherPrinters
from .admission import MachineView, hardware_obstacle, machine_obstacle, same_model
from .allowances import not_for
from .filament_choice import SpoolMemory, by_time_free
from .jobs import AnyPrinter, Needs, OnePrinter, QueuedJob
from .nearness import distance, is_busy
from .reasons import Reason, ReasonKey
from .timing import Timing

type _Allowed = frozenset[str] | None
type _HardwareKey = tuple[str, tuple[float, ...], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The printers for plates alike in model, nozzles and size.

    `free` are those that can take one if they have the spools, each with its bit in the stock, the one first that has been free
    for the longest time. `busy` are those that will be free by themselves or with one touch, each with its reason, the nearest first: it
    counts only if they have the spools. `nearest` is the nearest reason of the others. `asked` are both, in the order of the printers.
    """

    free: Sequence[tuple[int, MachineView]]
    busy: Sequence[tuple[int, MachineView, Reason]]
    nearest: Reason | None
    asked: Sequence[MachineView]


class Candidates:
    """All printers of one run."""

    def __init__(
        self,
        machines: Mapping[str, MachineView],
        spools: SpoolMemory,
        timing: Timing,
        others: OtherPrinters,
    ) -> None:
        """Begin with what the printers tell. `others` are those for which other Home Assistants plan."""
        self._machines = machines
        self._spools = spools
        self._others = others
        self._obstacles = {
            machine.id: machine_obstacle(machine) or timing.circuit_obstacle(machine.id)
            for machine in machines.values()
        }
        self._bits = {
            machine_id: 1 << number for number, machine_id in enumerate(machines)
        }
        self._free_bytes = sorted(
            machine.state.storage.free_bytes
            for machine in machines.values()
            if machine.state.storage.free_bytes is not None
        )
        self._of_model: dict[str, list[tuple[int, MachineView]]] = {}
        self._holders_of: dict[str, int] = {}
        self._hardware: dict[tuple[_HardwareKey, str], Reason | None] = {}
        # As long as no printer was given away.
        self._choices: dict[tuple[_HardwareKey, str, _Allowed], Choice] = {}

    # --- giving away ---

    def take(self, machine_id: str, job_id: str) -> None:
        """Give a printer to a job."""
        self._choices.clear()
        self._obstacles[machine_id] = Reason(
            key=ReasonKey.TAKEN, machine_id=machine_id, other_job_id=job_id
        )

    def hold(self, machine_id: str, reason: Reason) -> None:
        """Let a printer wait that waits for nothing else."""
        self._choices.clear()
        self._obstacles[machine_id] = self._obstacles[machine_id] or reason

    @contextmanager
    def supposing(self) -> Iterator[None]:
        """Let what is given away inside be free again afterwards."""
        before = dict(self._obstacles)
        yield
        self._obstacles = before
        self._choices.clear()

    # --- choosing ---

    def choice(self, job: QueuedJob, model: str) -> Choice:
        """Return the printers of a model for a job."""
        key = self._hardware_key(job.needs)
        allowed = job.allowance.machines if job.allowance else None
        choice = self._choices.get((key, model, allowed))
        if choice is None:
            choice = self._choose(job, key, model)
            self._choices[key, model, allowed] = choice
        return choice

    def obstacle(self, needs: Needs, machine: MachineView) -> Reason | None:
        """Return why a printer cannot take such a plate."""
        return self._obstacle(needs, self._hardware_key(needs), machine)

    def able(self, job: QueuedJob) -> Iterator[MachineView]:
        """Give the printers that may print a job at some time, and may have the spools for it."""
        key = self._hardware_key(job.needs)
        for machine in self._targets(job):
            if (
                machine.is_allowed
                and not not_for(job.allowance, machine.id)
                and not self._unfit(job.needs, key, machine)
            ):
                yield machine

    def absent(self, machine_id: str) -> Reason:
        """Return why a printer prints nothing that is not set up here."""
        if other := self._others.get(machine_id):
            return Reason(
                key=ReasonKey.AT_OTHER_INSTANCE,
                machine_id=machine_id,
                instance=other.instance,
                since=other.seen_at,
            )
        return Reason(key=ReasonKey.NO_SUCH_PRINTER, machine_id=machine_id)

    def none_of(self, model: str) -> Reason:
        """Return why no printer of a model prints anything where none is set up here."""
        # One that is there goes first.
        for other in sorted(self._others.values(), key=lambda one: one.is_away):
            if same_model(other.model, model):
                return Reason(
                    key=ReasonKey.AT_OTHER_INSTANCE,
                    wanted=model,
                    instance=other.instance,
                    since=other.seen_at,
                )
        return Reason(key=ReasonKey.NO_PRINTER_OF_MODEL, wanted=model)

    def _targets(self, job: QueuedJob) -> Iterable[MachineView]:
        """Return the printers that a job is meant for and that may have the spools for it."""
        match job.target:
            case OnePrinter(machine_id=machine_id):
                machine = self._machines.get(machine_id)
                return () if machine is None else (machine,)
            case AnyPrinter(model=model):
                asked = self.holders(job)
                return (
                    machine for bit, machine in self._printers_of(model) if bit & asked
                )
        return ()

    def holders(self, job: QueuedJob) -> int:
        """Return the printers that may have the spools for a job, by their bits: jobs are placed more than once."""
        holders = self._holders_of.get(job.id)
        if holders is None:
            holders = self._holders_of[job.id] = self._spools.holders(job)
        return holders

    def _printers_of(self, model: str) -> list[tuple[int, MachineView]]:
        """Return the printers of a model, each with its bit."""
        printers = self._of_model.get(model)
        if printers is None:
            printers = self._of_model[model] = [
                (self._bits[machine.id], machine)
                for machine in self._machines.values()
                if same_model(machine.model, model)
            ]
        return printers

    def _choose(self, job: QueuedJob, key: _HardwareKey, model: str) -> Choice:
        free: list[tuple[int, MachineView]] = []
        busy: list[tuple[int, MachineView, Reason]] = []
        asked: list[MachineView] = []
        reasons: list[Reason] = []
        for bit, machine in self._printers_of(model):
            reason = not_for(job.allowance, machine.id) or self._obstacle(
                job.needs, key, machine
            )
            if reason and not is_busy(machine, reason):
                reasons.append(reason)
                continue
            asked.append(machine)
            if reason:
                busy.append((bit, machine, reason))
            else:
                free.append((bit, machine))
        return Choice(
            free=sorted(free, key=lambda one: by_time_free(one[1])),
            busy=sorted(busy, key=lambda one: distance(one[2])),
            nearest=min(reasons, key=distance, default=None),
            asked=asked,
        )

    def _hardware_key(self, needs: Needs) -> _HardwareKey:
        """Return what `hardware_obstacle` depends on: of the size, how many printers have less space than that."""
        return (
            needs.model,
            needs.nozzles_mm,
            bisect_left(self._free_bytes, needs.size_bytes),
        )

    def _obstacle(
        self, needs: Needs, key: _HardwareKey, machine: MachineView
    ) -> Reason | None:
        """Return why a printer cannot take such a plate. What it can never print goes before what it does now."""
        return self._unfit(needs, key, machine) or self._obstacles[machine.id]

    def _unfit(
        self, needs: Needs, key: _HardwareKey, machine: MachineView
    ) -> Reason | None:
        if (key, machine.id) not in self._hardware:
            self._hardware[key, machine.id] = hardware_obstacle(needs, machine)
        return self._hardware[key, machine.id]
